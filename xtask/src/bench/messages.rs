//! P1 and P2: messages over the messenger's REST API, each acknowledged after it is on disk.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::clinic::{Clinic, Folder};
use super::table::Figure;
use super::yardsticks;

const SENDERS: usize = 64;
const SECONDS: f64 = 10.0;
/// What takes a fraction of a millisecond is measured in turns with what it is held against, since a shared machine is
/// not equally quick in each of them; the middle round counts.
const ROUNDS: usize = 5;
const ROUND_SECONDS: f64 = 4.0;
/// Who writes to whom.
const PAIRS: [(&str, &str); 4] =
    [("anna", "devries"), ("bram", "devries"), ("chris", "devries"), ("devries", "anna")];

/// Measures both.
pub fn bench() -> Result<Vec<Figure>> {
    let folder = Folder::new("messages")?;
    let limits = yardsticks::limits(&folder.0)?;
    let echo = per_second(&yardsticks::echo(SENDERS, SECONDS / 2.0)?)?;
    let clinic = Clinic::start(&folder.0.join("data"))?;
    let senders = senders(&clinic)?;
    let port = clinic.port()?;
    let plan = |senders: &[Value], seconds: f64, rate: Option<f64>| {
        yardsticks::load(&json!({"port": port, "seconds": seconds, "rate": rate, "senders": senders}))
    };
    let alone = Rounds::measure(&folder.0, || plan(&senders[..1], ROUND_SECONDS, None))?;
    let flat_out = plan(&senders, SECONDS, None)?;
    let paced = plan(&senders, SECONDS, Some(1_000.0))?;
    println!("limits {limits}\nflat out {flat_out}\npaced {paced}");
    let rate = per_second(&flat_out)?;
    let batched = limits["raw_rows_in_batches_of_64"].as_f64().context("batched rows")?;
    Ok(vec![send_figure(rate), ratio_figure(rate, echo, batched), late_figure(&paced)?, alone.figure()])
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
    report["per_second"].as_f64().context("a rate")
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

/// One sender alone, and in the same seconds a bare echo and commits of one row.
struct Round {
    alone: f64,
    echo: f64,
    one_row: f64,
}

impl Round {
    fn ideal(&self) -> f64 {
        1.0 / (1.0 / self.echo + 1.0 / self.one_row)
    }

    fn share(&self) -> f64 {
        self.alone / self.ideal()
    }
}

/// The rounds, the slowest beside its ideal first.
struct Rounds([Round; ROUNDS]);

impl Rounds {
    fn measure(folder: &Path, alone: impl Fn() -> Result<Value>) -> Result<Self> {
        let round = || -> Result<Round> {
            let limits = yardsticks::limits(folder)?;
            let one_row = limits["raw_one_row_commits"].as_f64().context("one-row commits")?;
            let echo = per_second(&yardsticks::echo(1, ROUND_SECONDS)?)?;
            Ok(Round { alone: per_second(&alone()?)?, echo, one_row })
        };
        let mut rounds = [round()?, round()?, round()?, round()?, round()?];
        rounds.sort_by(|one, other| one.share().total_cmp(&other.share()));
        Ok(Self(rounds))
    }

    fn figure(&self) -> Figure {
        let [slowest, .., quickest] = &self.0;
        let Round { alone, echo, one_row } = self.0[ROUNDS / 2];
        let share = self.0[ROUNDS / 2].share();
        Figure {
            id: "P2",
            what: format!(
                "one sender alone: {alone:.0}/s (echo {echo:.0}/s, one-row commits {one_row:.0}/s), the middle of \
                 {ROUNDS} rounds from {:.2} to {:.2}",
                slowest.share(),
                quickest.share()
            ),
            figure: format!("{share:.2} of the ideal {:.0}/s", self.0[ROUNDS / 2].ideal()),
            goal: ">= 0.6",
            is_reached: share >= 0.6,
        }
    }
}
