//! P9: how fast it starts on a million messages, what it holds when idle, and how big it is.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::clinic::{Clinic, Folder, binary};
use super::table::Figure;
use super::yardsticks;

const MESSAGES: u32 = 1_000_000;
/// What starting took is given back to the system by then.
const AT_REST_AFTER: Duration = Duration::from_secs(30);

/// Measures all three.
pub fn bench() -> Result<Vec<Figure>> {
    let folder = Folder::new("start")?;
    let data = folder.0.join("data");
    drop(Clinic::start(&data)?);
    fill(&data)?;
    let began = Instant::now();
    let clinic = Clinic::start(&data)?;
    let cold_ms = began.elapsed().as_secs_f64() * 1_000.0;
    #[expect(clippy::disallowed_methods, reason = "what is measured is a rest")]
    std::thread::sleep(AT_REST_AFTER);
    let resident_mb = clinic.resident_mb()?;
    let size_mb = std::fs::metadata(binary())?.len() as f64 / (1024.0 * 1024.0);
    let figure = |what: &str, value: f64, unit, goal, most| Figure {
        id: "P9",
        what: what.to_owned(),
        figure: format!("{value:.0} {unit}"),
        goal,
        is_reached: value <= most,
    };
    Ok(vec![
        figure("from start to ready, with 1,000,000 messages", cold_ms, "ms", "<= 300 ms", 300.0),
        figure("resident memory, idle for half a minute", resident_mb, "MB", "<= 40 MB", 40.0),
        figure("the release binary", size_mb, "MB", "<= 40 MB", 40.0),
    ])
}

fn fill(data: &std::path::Path) -> Result<()> {
    let mut command = Command::new(yardsticks::built("bedside", "fill")?);
    let status =
        command.arg(data).arg(MESSAGES.to_string()).stdin(Stdio::null()).status().context("the fill")?;
    if !status.success() {
        bail!("the clinic could not be filled: {status}");
    }
    Ok(())
}
