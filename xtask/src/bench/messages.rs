//! P1 and P2: messages over the messenger's REST API, each acknowledged after it is on disk.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::clinic::{Clinic, Folder};
use super::table::Figure;
use super::yardsticks;

const SENDERS: usize = 64;
const SECONDS: f64 = 10.0;
/// Who writes to whom.
const PAIRS: [(&str, &str); 4] =
    [("anna", "devries"), ("bram", "devries"), ("chris", "devries"), ("devries", "anna")];

/// Measures both.
pub fn bench() -> Result<Vec<Figure>> {
    let folder = Folder::new("messages")?;
    let limits = yardsticks::limits(&folder.0)?;
    let echo = per_second(&yardsticks::echo(SENDERS, SECONDS / 2.0)?)?;
    let echo_alone = per_second(&yardsticks::echo(1, SECONDS / 2.0)?)?;
    let clinic = Clinic::start(&folder.0.join("data"))?;
    let senders = senders(&clinic)?;
    let plan = |senders: &[Value], rate: Option<f64>| -> Result<Value> {
        let port = clinic.port()?;
        yardsticks::load(&json!({"port": port, "seconds": SECONDS, "rate": rate, "senders": senders}))
    };
    let flat_out = plan(&senders, None)?;
    let paced = plan(&senders, Some(1_000.0))?;
    let alone = per_second(&plan(&senders[..1], None)?)?;
    println!("limits {limits}\nflat out {flat_out}\npaced {paced}");
    let rate = per_second(&flat_out)?;
    let one_row = limits["raw_one_row_commits"].as_f64().context("one-row commits")?;
    let batched = limits["raw_rows_in_batches_of_64"].as_f64().context("batched rows")?;
    Ok(vec![
        send_figure(rate),
        ratio_figure(rate, echo, batched),
        late_figure(&paced)?,
        alone_figure(alone, echo_alone, one_row),
    ])
}

fn senders(clinic: &Clinic) -> Result<Vec<Value>> {
    let sender = |n: usize| {
        let (from, to) = PAIRS[n % PAIRS.len()];
        let to = clinic.person(to)["id"].as_str().context("the id of a person")?.to_owned();
        let path = format!("/v1/conversations/{to}/messages");
        Ok(json!({"path": path, "token": clinic.token(from)?}))
    };
    (0..SENDERS).map(sender).collect()
}

fn per_second(report: &Value) -> Result<f64> {
    let count = report["answered"].as_f64().unwrap_or(0.0);
    let wrong = report["wrong"].as_f64().unwrap_or(0.0);
    let rate = report["per_second"].as_f64().context("a rate")?;
    // The echo's answers have no id, and count as wrong to the load.
    Ok(if count > 0.0 { rate * (count + wrong) / count } else { wrong / SECONDS * 2.0 })
}

fn send_figure(rate: f64) -> Figure {
    Figure {
        id: "P1",
        what: format!("messages sent, {SENDERS} senders, each on disk before its answer"),
        figure: format!("{rate:.0}/s"),
        goal: ">= 5,000/s on 2 cores shared with the client",
        is_reached: rate >= 5_000.0,
    }
}

fn ratio_figure(rate: f64, echo: f64, batched: f64) -> Figure {
    Figure {
        id: "P1",
        what: format!("the same beside a bare echo ({echo:.0}/s; raw SQLite in batches {batched:.0}/s)"),
        figure: format!("{:.1} %", 100.0 * rate / echo),
        goal: ">= 10 % of the echo",
        is_reached: rate >= 0.1 * echo,
    }
}

fn late_figure(paced: &Value) -> Result<Figure> {
    let p99 = paced["p99_ms"].as_f64().context("a p99")?;
    Ok(Figure {
        id: "P1",
        what: "p99 at 1,000 messages a second".to_owned(),
        figure: format!("{p99:.1} ms"),
        goal: "<= 50 ms",
        is_reached: p99 <= 50.0,
    })
}

fn alone_figure(alone: f64, echo: f64, one_row: f64) -> Figure {
    let ideal = 1.0 / (1.0 / echo + 1.0 / one_row);
    Figure {
        id: "P2",
        what: format!("one sender alone: {alone:.0}/s (echo {echo:.0}/s, one-row commits {one_row:.0}/s)"),
        figure: format!("{:.2} of the ideal {ideal:.0}/s", alone / ideal),
        goal: ">= 0.6",
        is_reached: alone >= 0.6 * ideal,
    }
}
