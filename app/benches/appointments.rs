//! Asks the patient portal over real sockets, as a plan on standard input says; prints one line of JSON. First the times of
//! four weeks with any of twenty clinicians are listed at a steady rate, in some rounds: a list is late from the instant when
//! it should have been asked for. Then distinct times are booked as fast as they are answered, each offered beforehand. Every answer is
//! looked at: times rise, offers and appointments are given once.

mod wire;

use std::collections::BTreeSet;
use std::io::{self, Read as _};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};

use wire::Line;

/// The most that a list may hold.
const LIMIT: usize = 1_000;

#[derive(Deserialize)]
struct Plan {
    port: u16,
    /// How often, for how long lists are asked for, and how many a second.
    rounds: usize,
    seconds: f64,
    rate: f64,
    insurance: i64,
    full: Offered,
    empty: Vec<Offered>,
    /// Local days that are listed, the first and the last.
    from: String,
    to: String,
    /// The single days whose times are booked.
    days: Vec<String>,
    tokens: Vec<String>,
    /// How many book at once, and how many times each at most.
    bookers: usize,
    each: usize,
}

#[derive(Deserialize)]
struct Offered {
    category: i64,
    r#type: i64,
}

#[derive(Default)]
struct Tally {
    took: Vec<Duration>,
    ids: Vec<String>,
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
    let (mut lists, mut times) = (Vec::new(), 0);
    for _ in 0..plan.rounds {
        let (listed, last) = list(plan).await?;
        lists.push(report(listed, Duration::from_secs_f64(plan.seconds)));
        times = last;
    }
    let mut bookers = Vec::new();
    for number in 0..plan.bookers {
        bookers.push(Booker::ready(plan, number).await?);
    }
    let offered: usize = bookers.iter().map(|booker| booker.offers.len()).sum();
    let began = Instant::now();
    let tallies =
        futures_util::future::try_join_all(bookers.into_iter().map(|booker| booker.book(plan))).await?;
    let elapsed = began.elapsed();
    let mut booked = Tally::default();
    for tally in tallies {
        booked.took.extend(tally.took);
        booked.ids.extend(tally.ids);
        booked.wrong.extend(tally.wrong);
    }
    Ok(json!({
        "lists": lists,
        "times_in_a_list": times,
        "offered": offered,
        "bookings": report(booked, elapsed),
    }))
}

/// The lists, and how many times stood in the last one.
async fn list(plan: &Plan) -> io::Result<(Tally, usize)> {
    let mut line = Line::open(plan.port).await?;
    let (mut tally, mut times) = (Tally::default(), 0);
    let pace = Duration::from_secs_f64(1.0 / plan.rate);
    let began = Instant::now();
    let count = (plan.seconds * plan.rate) as u32;
    for number in 0..count {
        let due = began + pace * number;
        #[expect(
            clippy::disallowed_methods,
            reason = "nothing else is done here, and the runtime would wake it up to a millisecond late"
        )]
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let token = &plan.tokens[number as usize % plan.tokens.len()];
        let request = availabilities(plan, &plan.full, token, (&plan.from, &plan.to));
        let answer = line.ask(&request).await?;
        tally.took.push(due.elapsed());
        match offers(&answer) {
            Some(offers) if !offers.is_empty() => {
                times = offers.len();
                tally.ids.extend(offers.into_iter().next());
            }
            _ => tally.wrong.push(format!(
                "{} {:.300}",
                answer.head.lines().next().unwrap_or_default(),
                answer.body
            )),
        }
    }
    Ok((tally, times))
}

/// The offers of a list as it must be: their times rise, and none is given twice.
fn offers(answer: &wire::Answer) -> Option<Vec<String>> {
    let json: Value = serde_json::from_str(&answer.body).ok().filter(|_| answer.status == 200)?;
    let entries = json["data"].as_array()?;
    let text = |entry: &Value, name: &str| entry[name].as_str().map(str::to_owned);
    let starts: Option<Vec<String>> = entries.iter().map(|entry| text(entry, "starts_at")).collect();
    let ids: Option<Vec<String>> = entries.iter().map(|entry| text(entry, "id")).collect();
    let (starts, ids) = (starts?, ids?);
    let is_once = ids.iter().collect::<BTreeSet<_>>().len() == ids.len();
    let rises = starts.iter().collect::<BTreeSet<_>>().len() == starts.len();
    (is_once && rises).then_some(ids)
}

fn availabilities(plan: &Plan, offered: &Offered, token: &str, (from, to): (&str, &str)) -> String {
    format!(
        "GET /api/v1/availabilities?insurance_id={}&appointment_category_id={}&appointment_type_id={}\
         &from={from}&to={to}&limit={LIMIT} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n",
        plan.insurance, offered.category, offered.r#type
    )
}

/// Somebody who books what they were offered, one after the other.
struct Booker {
    line: Line,
    token: String,
    offers: Vec<String>,
}

impl Booker {
    /// Has a clinician's times offered, and takes a share of them that no other booker of that clinician has: what is
    /// booked is never in another's way.
    async fn ready(plan: &Plan, number: usize) -> io::Result<Self> {
        let mut line = Line::open(plan.port).await?;
        let token = plan.tokens[number % plan.tokens.len()].clone();
        let clinician = &plan.empty[number % plan.empty.len()];
        let (sharers, share) = (plan.bookers.div_ceil(plan.empty.len()), number / plan.empty.len());
        let mut own = Vec::new();
        for day in &plan.days {
            let answer = line.ask(&availabilities(plan, clinician, &token, (day, day))).await?;
            let all = offers(&answer);
            let all = all.ok_or_else(|| io::Error::other(format!("{} {}", answer.status, answer.body)))?;
            own.extend(all.into_iter().skip(share).step_by(sharers));
            if own.len() >= plan.each {
                break;
            }
        }
        own.truncate(plan.each);
        own.reverse();
        Ok(Self { line, token, offers: own })
    }

    async fn book(mut self, plan: &Plan) -> io::Result<Tally> {
        let mut tally = Tally::default();
        while let Some(offer) = self.offers.pop() {
            let body = json!({ "availability_id": offer }).to_string();
            let request = format!(
                "POST /api/v1/booking HTTP/1.1\r\nHost: localhost:{}\r\nAuthorization: Bearer {}\r\n\
                 Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                plan.port,
                self.token,
                body.len()
            );
            let began = Instant::now();
            let answer = self.line.ask(&request).await?;
            tally.took.push(began.elapsed());
            let json: Value = serde_json::from_str(&answer.body).unwrap_or_default();
            match json["data"]["id"].as_str().filter(|_| answer.status == 200 && json["success"] == true) {
                Some(id) => tally.ids.push(id.to_owned()),
                None => tally.wrong.push(format!(
                    "{} {:.300}",
                    answer.head.lines().next().unwrap_or_default(),
                    answer.body
                )),
            }
        }
        Ok(tally)
    }
}

fn report(mut tally: Tally, elapsed: Duration) -> Value {
    tally.took.sort_unstable();
    let at = |part: f64| {
        let place = ((tally.took.len() as f64 * part) as usize).min(tally.took.len().saturating_sub(1));
        tally.took.get(place).map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
    };
    json!({
        "answered": tally.took.len() - tally.wrong.len(),
        "distinct_ids": tally.ids.iter().collect::<BTreeSet<_>>().len(),
        "wrong": tally.wrong.len(),
        "first_wrong": tally.wrong.first(),
        "per_second": tally.took.len() as f64 / elapsed.as_secs_f64(),
        "p50_ms": at(0.5),
        "p99_ms": at(0.99),
    })
}
