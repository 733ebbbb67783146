//! Sends messages over real sockets and measures, as a plan on standard input says; prints one line of JSON.
//!
//! The plan: `{"port": 8080, "seconds": 5, "rate": null, "senders": [{"path": "/v1/…", "token": "…"}]}`. Each sender
//! has one connection. Without a rate it sends as fast as it is answered; with one, all of them together send so
//! many a second, and a message is late from the instant when it should have gone.

mod wire;

use std::io::Read;
use std::time::{Duration, Instant};

use serde::Deserialize;

use wire::Line;

#[derive(Deserialize)]
struct Plan {
    port: u16,
    seconds: f64,
    rate: Option<f64>,
    senders: Vec<Sender>,
}

#[derive(Clone, Deserialize)]
struct Sender {
    path: String,
    token: String,
}

#[derive(Default)]
struct Tally {
    took: Vec<Duration>,
    ids: Vec<String>,
    wrong: Vec<String>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let plan: Plan = serde_json::from_str(&text)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (tally, elapsed) = runtime.block_on(carry_out(&plan))?;
    println!("{}", report(tally, elapsed));
    Ok(())
}

async fn carry_out(plan: &Plan) -> std::io::Result<(Tally, Duration)> {
    let started = Instant::now();
    let end = started + Duration::from_secs_f64(plan.seconds);
    let count = plan.senders.len();
    let pace = plan.rate.map(|rate| Duration::from_secs_f64(count as f64 / rate));
    let mut tasks = Vec::new();
    for (n, sender) in plan.senders.iter().enumerate() {
        let offset = pace.map(|pace| pace.mul_f64(n as f64 / count as f64)).unwrap_or_default();
        let line = Line::open(plan.port).await?;
        tasks.push(tokio::spawn(send(line, sender.clone(), n, pace, started + offset, end)));
    }
    let mut all = Tally::default();
    for task in tasks {
        let tally = task.await.map_err(std::io::Error::other)??;
        all.took.extend(tally.took);
        all.ids.extend(tally.ids);
        all.wrong.extend(tally.wrong);
    }
    Ok((all, started.elapsed()))
}

async fn send(
    mut line: Line,
    sender: Sender,
    n: usize,
    pace: Option<Duration>,
    begin: Instant,
    end: Instant,
) -> std::io::Result<Tally> {
    let mut tally = Tally::default();
    let mut due = begin;
    for count in 0_u64.. {
        if let Some(pace) = pace {
            tokio::time::sleep_until(due.into()).await;
            due = begin + pace.mul_f64(count as f64 + 1.0);
        }
        let began = pace.map_or_else(Instant::now, |pace| due.checked_sub(pace).unwrap_or(due));
        if Instant::now() >= end {
            break;
        }
        let answer = line.ask(&request(&sender, n, count)).await?;
        tally.took.push(began.elapsed());
        match serde_json::from_str::<serde_json::Value>(&answer.body) {
            Ok(json) if answer.status == 201 => {
                tally.ids.push(json["id"].as_str().unwrap_or_default().to_owned())
            }
            _ => tally.wrong.push(format!(
                "{} {}",
                answer.head.lines().next().unwrap_or_default(),
                answer.body
            )),
        }
    }
    Ok(tally)
}

/// A message of about 200 bytes, never the same twice.
fn request(sender: &Sender, n: usize, count: u64) -> String {
    let text = format!("{n}-{count} {}", "Good morning, how did you sleep? ".repeat(5));
    let body = format!("{{\"body\":\"{text}\"}}");
    format!(
        "POST {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json; charset=UTF-8\r\nContent-Length: {}\r\n\r\n{body}",
        sender.path,
        sender.token,
        body.len()
    )
}

fn report(mut tally: Tally, elapsed: Duration) -> serde_json::Value {
    tally.took.sort_unstable();
    let at = |part: f64| {
        let place = ((tally.took.len() as f64 * part) as usize).min(tally.took.len().saturating_sub(1));
        tally.took.get(place).map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
    };
    let answered = tally.ids.len();
    tally.ids.sort_unstable();
    tally.ids.dedup();
    serde_json::json!({
        "answered": answered,
        "distinct_ids": tally.ids.len(),
        "wrong": tally.wrong.len(),
        "first_wrong": tally.wrong.first(),
        "per_second": answered as f64 / elapsed.as_secs_f64(),
        "p50_ms": at(0.5),
        "p99_ms": at(0.99),
        "max_ms": at(1.0),
    })
}
