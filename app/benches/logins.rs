//! Signs people in by the HTML form, all at once, and each from an address of their own, as a proxy in front of the server
//! tells of them. The plan on standard input: `{"port": 8080, "emails": ["…"], "password": "…"}`. Prints one line of
//! JSON.
//!
//! Each opens the form first, for its token and cookie. What is measured begins when all of them have it, and ends with
//! the last answer. Then each opens a page that only they may see.

#[path = "wire/browser.rs"]
mod browser;
mod wire;

use std::collections::BTreeSet;
use std::io::Read as _;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Deserialize;
use tokio::sync::Barrier;

use browser::Browser;

#[derive(Deserialize)]
struct Plan {
    port: u16,
    emails: Vec<String>,
    password: String,
}

/// How it went for one of them.
struct Went {
    took: Duration,
    session: Option<String>,
    /// What was answered that should not have been.
    wrong: Option<String>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let plan: Plan = serde_json::from_str(&text)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!("{}", runtime.block_on(carry_out(plan))?);
    Ok(())
}

async fn carry_out(plan: Plan) -> std::io::Result<serde_json::Value> {
    let count = plan.emails.len();
    // One more than they are: who measures waits with them.
    let (begin, end) = (Arc::new(Barrier::new(count + 1)), Arc::new(Barrier::new(count + 1)));
    let password: Arc<str> = plan.password.into();
    let mut tasks = Vec::new();
    for (number, email) in (0_u32..).zip(plan.emails) {
        let address = Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 0)) + number);
        let browser = Browser::open(plan.port, format!("X-Forwarded-For: {address}\r\n")).await?;
        let signing_in = sign_in(browser, email, password.clone(), begin.clone(), end.clone());
        tasks.push(tokio::spawn(signing_in));
    }
    begin.wait().await;
    let began = Instant::now();
    end.wait().await;
    let elapsed = began.elapsed();
    let mut all = Vec::new();
    for task in tasks {
        all.push(task.await.map_err(std::io::Error::other)??);
    }
    Ok(report(&all, elapsed))
}

async fn sign_in(
    mut browser: Browser,
    email: String,
    password: Arc<str>,
    begin: Arc<Barrier>,
    end: Arc<Barrier>,
) -> std::io::Result<Went> {
    let page = browser.get("/login").await;
    begin.wait().await;
    let began = Instant::now();
    let answer = match &page {
        Ok(page) => browser.sign_in(page, &email, &password).await,
        Err(error) => Err(error.kind().into()),
    };
    let took = began.elapsed();
    end.wait().await;
    let status = answer?.status;
    let own = browser.get("/account").await?.status;
    let session = browser.session().map(str::to_owned);
    let wrong = ((status, own) != (303, 200)).then(|| format!("{status}, and {own} at the account"));
    Ok(Went { took, session, wrong })
}

fn report(all: &[Went], elapsed: Duration) -> serde_json::Value {
    let mut took: Vec<Duration> = all.iter().map(|one| one.took).collect();
    took.sort_unstable();
    let at = |part: f64| {
        let place = ((took.len() as f64 * part) as usize).min(took.len().saturating_sub(1));
        took.get(place).map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
    };
    let sessions: BTreeSet<_> = all.iter().filter_map(|one| one.session.as_deref()).collect();
    let wrong: Vec<_> = all.iter().filter_map(|one| one.wrong.as_deref()).collect();
    serde_json::json!({
        "signed_in": all.len() - wrong.len(),
        "distinct_sessions": sessions.len(),
        "wrong": wrong.len(),
        "first_wrong": wrong.first(),
        "per_second": all.len() as f64 / elapsed.as_secs_f64(),
        "p50_ms": at(0.5),
        "max_ms": at(1.0),
    })
}
