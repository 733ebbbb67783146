//! P3 and P4: one message to everybody in a large group over the messenger's gateway, and what sessions hold that are idle,
//! and that were told a long message.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::clinic::{Clinic, Folder};
use super::table::Figure;
use super::yardsticks;

const MEMBERS: u64 = 1_000;
const MESSAGES: u64 = 200;
const IDLE: u64 = 10_000;
/// Characters of the longest message there is.
const LONG: u64 = 50_000;

/// Measures all three.
pub fn bench() -> Result<Vec<Figure>> {
    let folder = Folder::new("gateway")?;
    let data = folder.0.join("data");
    drop(Clinic::start(&data)?);
    let crowd = gather(&data)?;
    Ok(vec![tell(&data, &crowd)?, hold(&data, &crowd)?, tell_long(&data, &crowd)?])
}

fn gather(data: &Path) -> Result<Value> {
    let mut command = Command::new(yardsticks::built("bedside", "crowd")?);
    command.arg(data).arg(MEMBERS.to_string()).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().context("the crowd")?;
    if !output.status.success() {
        bail!("the crowd could not be gathered: {}", output.status);
    }
    serde_json::from_slice(&output.stdout).context("who is in the crowd")
}

/// P3.
fn tell(data: &Path, crowd: &Value) -> Result<Figure> {
    let clinic = Clinic::start(data)?;
    let plan = json!({
        "port": clinic.port()?, "tokens": crowd["members"], "sessions": MEMBERS, "group": crowd["group"],
        "messages": MESSAGES,
    });
    let (mut listening, report) = listen(&plan)?;
    listening.wait()?;
    println!("told {report}");
    if report["wrong"] != 0 || report["delivered"] != MEMBERS * MESSAGES {
        bail!("what was told was wrong: {report}");
    }
    let p99 = report["p99_ms"].as_f64().context("a p99")?;
    let among_newcomers = report["p99_among_newcomers_ms"].as_f64().context("a p99 while they come")?;
    Ok(Figure {
        id: "P3",
        what: format!(
            "from sending a message to each of {MEMBERS} members who are online, {MESSAGES} messages, p99 \
             ({among_newcomers:.0} ms while all of them have just come and hear of each other)"
        ),
        figure: format!("{p99:.1} ms"),
        goal: "<= 100 ms",
        is_reached: p99 <= 100.0,
    })
}

/// P4.
fn hold(data: &Path, crowd: &Value) -> Result<Figure> {
    let clinic = Clinic::start(data)?;
    let before_mb = clinic.resident_mb()?;
    let plan = json!({ "port": clinic.port()?, "tokens": crowd["loners"], "sessions": IDLE });
    let (mut listening, report) = listen(&plan)?;
    let resident_mb = clinic.resident_mb()?;
    drop(listening.stdin.take());
    listening.wait()?;
    if report["sessions"] != IDLE {
        bail!("not every session was opened: {report}");
    }
    Ok(Figure {
        id: "P4",
        what: format!(
            "resident memory with {IDLE} idle sessions of the gateway ({before_mb:.0} MB without them)"
        ),
        figure: format!("{resident_mb:.0} MB"),
        goal: "<= 140 MB, the server included",
        is_reached: resident_mb <= 140.0,
    })
}

/// P4 of sessions that are not idle any more: what they were told is not kept.
fn tell_long(data: &Path, crowd: &Value) -> Result<Figure> {
    let clinic = Clinic::start(data)?;
    let before_mb = clinic.resident_mb()?;
    let plan = json!({
        "port": clinic.port()?, "tokens": crowd["members"], "sessions": MEMBERS, "group": crowd["group"],
        "messages": 1, "chars": LONG,
    });
    let (mut listening, report) = listen(&plan)?;
    let resident_mb = clinic.resident_mb()?;
    drop(listening.stdin.take());
    listening.wait()?;
    if report["wrong"] != 0 || report["delivered"] != MEMBERS {
        bail!("what was told was wrong: {report}");
    }
    Ok(Figure {
        id: "P4",
        what: format!(
            "resident memory after one message of {LONG} characters to {MEMBERS} sessions that subscribed to its group \
             ({before_mb:.0} MB without them)"
        ),
        figure: format!("{resident_mb:.0} MB"),
        goal: "<= 140 MB, the server included",
        is_reached: resident_mb <= 140.0,
    })
}

/// Has sessions opened as the plan says, and gives what is told of them first.
fn listen(plan: &Value) -> Result<(Child, Value)> {
    let program = yardsticks::built("bedside", "listen")?;
    let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut line = plan.to_string();
    line.push('\n');
    child.stdin.as_mut().context("its standard input")?.write_all(line.as_bytes())?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().context("its standard output")?).read_line(&mut line)?;
    let report = serde_json::from_str(&line).context("the report of the sessions")?;
    Ok((child, report))
}
