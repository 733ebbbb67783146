//! Asks the token endpoint and the introspection endpoint over real sockets, as a plan on standard input says; prints one
//! line of JSON. [`Work`] is what can be asked. Every answer is looked at: its status, its members, and that no token
//! was given twice. What the server's processor did meanwhile is read from `/proc`.

#[path = "wire/assertion.rs"]
mod assertion;
#[path = "wire/browser.rs"]
mod browser;
mod wire;

use std::collections::BTreeSet;
use std::io::{self, Read as _};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use identity::protocol::form::encode;
use serde::Deserialize;
use serde_json::{Value, json};

use assertion::Signer;
use browser::{Browser, form_of};
use wire::Line;

/// What `/proc` counts the processor's time in, on every Linux that there is.
const TICKS_PER_SECOND: f64 = 100.0;
/// Tokens that introspection is asked about.
const LOOKED_AT: usize = 64;

#[derive(Deserialize)]
struct Plan {
    port: u16,
    /// The server.
    pid: u32,
    seconds: f64,
    connections: usize,
    client_id: String,
    secret: Option<String>,
    work: Work,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Work {
    /// Tokens of a program for itself, by `client_secret_basic`.
    Credentials,
    /// The same by `private_key_jwt`: so many assertions are signed beforehand, with this key.
    Assertions { key: String, count: usize },
    /// Whether tokens stand.
    Introspect,
    /// New tokens for old ones: each connection has a family of its own, and asks for the next when it has the last.
    Refresh { email: String, password: String, callback: String },
}

/// What one connection was answered.
#[derive(Default)]
struct Tally {
    took: Vec<Duration>,
    tokens: Vec<String>,
    wrong: Vec<String>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let plan: Plan = serde_json::from_str(&text)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!("{}", runtime.block_on(carry_out(&plan))?);
    Ok(())
}

async fn carry_out(plan: &Plan) -> io::Result<Value> {
    let (mut extra, mut askers) = (json!({}), Vec::new());
    match &plan.work {
        Work::Credentials => {
            askers.resize_with(plan.connections, || Asker::Again(credentials(plan)));
        }
        Work::Assertions { key, count } => {
            let signer = Signer::new(key, &plan.client_id, plan.port).map_err(io::Error::other)?;
            let (shares, yardstick) = signer.sign(*count, plan.connections).map_err(io::Error::other)?;
            askers.extend(shares.into_iter().map(Asker::Each));
            extra = yardstick;
        }
        Work::Introspect => {
            let tokens = some_tokens(plan).await?;
            let asks = |n: usize| Asker::About(introspection(plan, &tokens[n % tokens.len()]));
            askers.extend((0..plan.connections).map(asks));
        }
        Work::Refresh { email, password, callback } => {
            let families = families(plan, email, password, callback).await?;
            askers.extend(families.into_iter().map(Asker::Next));
        }
    }
    let mut report = drive(plan, askers).await?;
    if let (Some(report), Some(extra)) = (report.as_object_mut(), extra.as_object()) {
        report.extend(extra.clone());
    }
    Ok(report)
}

/// How a connection finds what to ask next.
enum Asker {
    /// The same request, which gives another token each time.
    Again(String),
    /// The same request, which tells of a token that stands.
    About(String),
    /// One request after the other, the last first, each good for one token.
    Each(Vec<String>),
    /// The refresh token that was given last.
    Next(String),
}

impl Asker {
    /// The next request, or nothing when there is none left.
    fn request(&mut self, plan: &Plan) -> Option<String> {
        match self {
            Self::Again(request) | Self::About(request) => Some(request.clone()),
            Self::Each(requests) => requests.pop(),
            Self::Next(token) => {
                let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
                Some(post(plan, "/oauth/token", &form))
            }
        }
    }

    /// The tokens in an answer that is as it must be.
    fn read(&mut self, answer: &Value) -> Option<Vec<String>> {
        let text = |name: &str| answer[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        if let Self::About(_) = self {
            let stands = answer["active"] == true && text("client_id").is_some() && text("scope").is_some();
            return stands.then(Vec::new);
        }
        let access = text("access_token").filter(|_| text("token_type").is_some())?;
        let Self::Next(token) = self else { return Some(vec![access]) };
        let next = text("refresh_token")?;
        token.clone_from(&next);
        Some(vec![access, next])
    }
}

async fn drive(plan: &Plan, askers: Vec<Asker>) -> io::Result<Value> {
    let mut lines = Vec::new();
    for asker in askers {
        lines.push((Line::open(plan.port).await?, asker));
    }
    let before = processor_seconds(plan.pid)?;
    let started = Instant::now();
    let end = started + Duration::from_secs_f64(plan.seconds);
    let asking = lines.into_iter().map(|(line, asker)| ask(plan, line, asker, end));
    let tallies = futures_util::future::try_join_all(asking).await?;
    let (elapsed, spent) = (started.elapsed(), processor_seconds(plan.pid)? - before);
    Ok(report(tallies, elapsed, spent))
}

async fn ask(plan: &Plan, mut line: Line, mut asker: Asker, end: Instant) -> io::Result<Tally> {
    let mut tally = Tally::default();
    while Instant::now() < end {
        let Some(request) = asker.request(plan) else { break };
        let began = Instant::now();
        let answer = line.ask(&request).await?;
        tally.took.push(began.elapsed());
        let read = serde_json::from_str::<Value>(&answer.body).ok().filter(|_| answer.status == 200);
        match read.and_then(|json| asker.read(&json)) {
            Some(tokens) => tally.tokens.extend(tokens),
            None => {
                tally.wrong.push(format!("{} {}", answer.status, answer.body));
                break;
            }
        }
    }
    Ok(tally)
}

fn report(tallies: Vec<Tally>, elapsed: Duration, spent: f64) -> Value {
    let mut all = Tally::default();
    for tally in tallies {
        all.took.extend(tally.took);
        all.tokens.extend(tally.tokens);
        all.wrong.extend(tally.wrong);
    }
    all.took.sort_unstable();
    let at = |part: f64| {
        let place = ((all.took.len() as f64 * part) as usize).min(all.took.len().saturating_sub(1));
        all.took.get(place).map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
    };
    let answered = all.took.len() - all.wrong.len();
    let given = all.tokens.len();
    json!({
        "answered": answered,
        "tokens": given,
        "distinct_tokens": all.tokens.iter().collect::<BTreeSet<_>>().len(),
        "wrong": all.wrong.len(),
        "first_wrong": all.wrong.first(),
        "per_second": answered as f64 / elapsed.as_secs_f64(),
        "per_cpu_second": answered as f64 / spent,
        "p50_ms": at(0.5),
        "p99_ms": at(0.99),
    })
}

/// What the server's threads have done so far, in seconds of one processor.
fn processor_seconds(pid: u32) -> io::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name of the program stands in parentheses and may hold blanks; utime and stime are the 14th and 15th field.
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let ticks =
        fields.split_ascii_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    Ok(ticks.sum::<f64>() / TICKS_PER_SECOND)
}

/// A form that a client posts, proven by `client_secret_basic` where it has a secret (RFC 6749 section 2.3.1).
fn post(plan: &Plan, path: &str, form: &[(&str, &str)]) -> String {
    let basic = plan.secret.as_ref().map(|secret| {
        let pair = STANDARD.encode(format!("{}:{}", encode(&plan.client_id), encode(secret)));
        format!("Authorization: Basic {pair}\r\n")
    });
    let (basic, body) = (basic.unwrap_or_default(), form_of(form));
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost:{}\r\n{basic}\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        plan.port,
        body.len()
    )
}

fn credentials(plan: &Plan) -> String {
    post(plan, "/oauth/token", &[("grant_type", "client_credentials")])
}

fn introspection(plan: &Plan, token: &str) -> String {
    post(plan, "/oauth/introspect", &[("token", token)])
}

/// Tokens of the program itself, to be asked about.
async fn some_tokens(plan: &Plan) -> io::Result<Vec<String>> {
    let mut line = Line::open(plan.port).await?;
    let mut tokens = Vec::new();
    for _ in 0..LOOKED_AT.min(plan.connections) {
        let answer = line.ask(&credentials(plan)).await?;
        tokens.push(member(&answer.body, "access_token")?);
    }
    Ok(tokens)
}

/// Signs somebody in once and has the application, which its organisation vouches for, redeem as many codes as there are
/// connections.
async fn families(plan: &Plan, email: &str, password: &str, callback: &str) -> io::Result<Vec<String>> {
    let mut browser = Browser::open(plan.port, String::new()).await?;
    let page = browser.get("/login").await?;
    browser.sign_in(&page, email, password).await?;
    if browser.session().is_none() {
        return Err(io::Error::other("the patient could not sign in"));
    }
    let mut line = Line::open(plan.port).await?;
    let wish = [
        ("response_type", "code"),
        ("client_id", plan.client_id.as_str()),
        ("redirect_uri", callback),
        ("scope", "read write"),
    ];
    let path = format!("/oauth/authorize?{}", form_of(&wish));
    let mut families = Vec::new();
    for _ in 0..plan.connections {
        let answer = browser.get(&path).await?;
        let location = wire::values(&answer.head, "location").next().unwrap_or_default();
        let code = location.split(['?', '&']).find_map(|pair| pair.strip_prefix("code="));
        let code = code.ok_or_else(|| io::Error::other(format!("no code: {} {location}", answer.status)))?;
        let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", callback)];
        let answer = line.ask(&post(plan, "/oauth/token", &form)).await?;
        families.push(member(&answer.body, "refresh_token")?);
    }
    Ok(families)
}

fn member(body: &str, name: &str) -> io::Result<String> {
    let json: Value = serde_json::from_str(body).unwrap_or_default();
    json[name].as_str().map(str::to_owned).ok_or_else(|| io::Error::other(format!("no {name}: {body}")))
}
