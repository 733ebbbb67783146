//! P8: times of four weeks with any of twenty clinicians, listed at a steady rate, and bookings of distinct times, each on
//! disk before its answer.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::clinic::{Clinic, Folder};
use super::table::Figure;
use super::yardsticks;

const BOOKERS: usize = 60;
/// Times that each of them books: all together some ten seconds at the rate that must be reached.
const EACH: usize = 200;
/// Long enough that the first few, when nothing has been read yet, are fewer than one in a hundred.
const LIST_SECONDS: f64 = 30.0;
/// The machine is shared: the middle round counts.
const LIST_ROUNDS: usize = 3;
const ECHO_SECONDS: f64 = 5.0;
const LISTS_PER_SECOND: f64 = 50.0;

/// Measures both.
pub fn bench() -> Result<Vec<Figure>> {
    let folder = Folder::new("booking")?;
    let limits = yardsticks::limits(&folder.0)?;
    let echo = yardsticks::echo(BOOKERS, ECHO_SECONDS)?;
    let data = folder.0.join("data");
    drop(Clinic::start(&data)?);
    let practice = practice(&data)?;
    let settings = ["limits.address_requests_per_second=0", "limits.portal_calls_per_second=0"];
    let clinic = Clinic::start_with(&data, "127.0.0.1:0", &settings)?;
    let days = days(&practice)?;
    let plan = json!({
        "port": clinic.port()?, "rounds": LIST_ROUNDS, "seconds": LIST_SECONDS, "rate": LISTS_PER_SECOND,
        "insurance": practice["insurance"], "full": practice["full"], "empty": practice["empty"],
        "from": days.first(), "to": days.last(), "days": &days[1..], "tokens": practice["tokens"],
        "bookers": BOOKERS, "each": EACH,
    });
    let report = yardsticks::drive("appointments", &plan)?;
    println!("limits {limits}\necho {echo}\n{report}");
    let rounds = report["lists"].as_array().context("no lists")?;
    for part in rounds.iter().chain([&report["bookings"]]) {
        if part["wrong"] != 0 || part["answered"] != part["distinct_ids"] || part["answered"] == 0 {
            bail!("answers were wrong: {report}");
        }
    }
    if report["bookings"]["answered"] != report["offered"] {
        bail!("not all that was offered was booked: {report}");
    }
    Ok(vec![list_figure(rounds, &report["times_in_a_list"])?, booking_figure(&report, &limits, &echo)?])
}

/// A practice with its patients in the clinic's folder.
fn practice(data: &Path) -> Result<Value> {
    let mut command = Command::new(yardsticks::built("bedside", "practice")?);
    command.arg(data).arg(BOOKERS.to_string()).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().context("the practice")?;
    if !output.status.success() {
        bail!("the practice could not be opened: {}", output.status);
    }
    serde_json::from_slice(&output.stdout).context("what the practice offers")
}

/// The local days that are listed, from today on.
fn days(practice: &Value) -> Result<Vec<String>> {
    let count = practice["days"].as_u64().context("days")?;
    let day = |number: u64| {
        let mut command = Command::new("date");
        command.env("TZ", "Europe/Amsterdam").args(["-d", &format!("today +{number} days"), "+%F"]);
        crate::shell::read(&mut command)
    };
    (0..count).map(day).collect()
}

fn number(report: &Value, name: &str) -> Result<f64> {
    report[name].as_f64().with_context(|| format!("no {name} in {report}"))
}

fn list_figure(rounds: &[Value], times: &Value) -> Result<Figure> {
    let read = |round| Ok((number(round, "p99_ms")?, number(round, "p50_ms")?));
    let mut rounds = rounds.iter().map(read).collect::<Result<Vec<_>>>()?;
    rounds.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    let (p99, p50) = rounds[LIST_ROUNDS / 2];
    Ok(Figure {
        id: "P8",
        what: format!(
            "the {times} times of four weeks with any of 20 clinicians, booked to three fifths, at {LISTS_PER_SECOND:.0} \
             lists a second, p99 (p50 {p50:.1} ms), the middle of {LIST_ROUNDS} rounds from {:.1} to {:.1} ms",
            rounds[0].0,
            rounds[LIST_ROUNDS - 1].0
        ),
        figure: format!("{p99:.1} ms"),
        goal: "<= 5 ms",
        is_reached: p99 <= 5.0,
    })
}

fn booking_figure(report: &Value, limits: &Value, echo: &Value) -> Result<Figure> {
    let bookings = &report["bookings"];
    let rate = number(bookings, "per_second")?;
    Ok(Figure {
        id: "P8",
        what: format!(
            "bookings of distinct times, {BOOKERS} patients at once, each on disk before its answer (p99 {:.1} ms; raw SQLite \
             in batches {:.0}/s, one-row commits {:.0}/s, a bare echo {:.0}/s)",
            number(bookings, "p99_ms")?,
            number(limits, "raw_rows_in_batches_of_64")?,
            number(limits, "raw_one_row_commits")?,
            number(echo, "per_second")?
        ),
        figure: format!("{rate:.0}/s"),
        goal: ">= 1,000/s",
        is_reached: rate >= 1_000.0,
    })
}
