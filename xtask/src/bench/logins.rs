//! P6: sign-ins by the HTML form, 500 at once, beside bare Argon2id on the same cores, and what the server holds meanwhile.

use std::net::TcpListener;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::clinic::{self, Clinic, Folder};
use super::table::Figure;
use super::yardsticks;

const AT_ONCE: usize = 500;
const CEILING_SECONDS: f64 = 4.0;
/// The machine is shared: the ceiling is measured before each round, and the middle round counts.
const ROUNDS: usize = 3;

/// One round: how many a second signed in, and how many bare hashes there were just before.
struct Round {
    logins: f64,
    ceiling: f64,
    peak_mb: f64,
    last_ms: f64,
}

impl Round {
    fn share(&self) -> f64 {
        self.logins / self.ceiling
    }
}

/// Measures both.
pub fn bench() -> Result<Vec<Figure>> {
    let folder = Folder::new("logins")?;
    let data = folder.0.join("data");
    drop(Clinic::start(&data)?);
    let known = clinic::applicants(&data, AT_ONCE)?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(round(&data, &known["patients"])?);
    }
    rounds.sort_by(|one, other| one.share().total_cmp(&other.share()));
    let peak_mb = rounds.iter().map(|round| round.peak_mb).fold(0.0, f64::max);
    Ok(vec![rate_figure(&rounds), memory_figure(peak_mb)])
}

/// A server that has just started, as one is when everybody comes back to it. The limits of each address are as they
/// are for everybody: each person comes from one of their own, of which a proxy tells.
fn round(data: &Path, patients: &Value) -> Result<Round> {
    let ceiling = yardsticks::argon(CEILING_SECONDS)?["per_second"].as_f64().context("the ceiling")?;
    let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let url = format!("server.public_url=http://localhost:{port}");
    let settings = ["server.trusted_proxies=127.0.0.1", url.as_str()];
    let clinic = Clinic::start_with(data, &format!("127.0.0.1:{port}"), &settings)?;
    let plan = json!({ "port": port, "emails": patients["emails"], "password": patients["password"] });
    let report = yardsticks::drive("logins", &plan)?;
    println!("logins {report}, bare hashes {ceiling:.1}/s");
    if report["wrong"] != 0 || report["signed_in"] != AT_ONCE || report["distinct_sessions"] != AT_ONCE {
        bail!("not everybody was signed in: {report}");
    }
    let logins = report["per_second"].as_f64().context("a rate")?;
    let last_ms = report["max_ms"].as_f64().context("the last of them")?;
    Ok(Round { logins, ceiling, peak_mb: clinic.peak_mb()?, last_ms })
}

fn rate_figure(rounds: &[Round]) -> Figure {
    let Round { logins, ceiling, last_ms, .. } = rounds[ROUNDS / 2];
    let share = rounds[ROUNDS / 2].share();
    Figure {
        id: "P6",
        what: format!(
            "{AT_ONCE} sign-ins at once by the form: {logins:.1}/s (bare Argon2id on all cores {ceiling:.1}/s; the last \
             was in after {:.1} s), the middle of {ROUNDS} rounds from {:.2} to {:.2}",
            last_ms / 1_000.0,
            rounds[0].share(),
            rounds[ROUNDS - 1].share()
        ),
        figure: format!("{:.0} % of the ceiling", 100.0 * share),
        goal: ">= 90 %",
        is_reached: share >= 0.9,
    }
}

fn memory_figure(peak_mb: f64) -> Figure {
    Figure {
        id: "P6",
        what: format!("resident memory at its highest, from the start on, with {AT_ONCE} sign-ins at once"),
        figure: format!("{peak_mb:.0} MB"),
        goal: "<= 300 MB",
        is_reached: peak_mb <= 300.0,
    }
}
