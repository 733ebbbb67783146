//! P5: tokens of programs, introspection, and refresh tokens that rotate, each on disk before its answer.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::clinic::{self, Clinic, Folder};
use super::table::Figure;
use super::yardsticks;

const CONNECTIONS: usize = 64;
const SECONDS: f64 = 8.0;
/// More than can be asked for meanwhile, signed beforehand.
const ASSERTIONS: usize = 100_000;

/// Measures all of it.
pub fn bench() -> Result<Vec<Figure>> {
    let folder = Folder::new("tokens")?;
    let data = folder.0.join("data");
    drop(Clinic::start(&data)?);
    let known = clinic::applicants(&data, 1)?;
    // All of it comes from one address, which is not what is measured.
    let clinic = Clinic::start_with(&data, "127.0.0.1:0", &["limits.address_requests_per_second=0"])?;
    let run = |title: &str, who: &str, work: Value| {
        let report = measure(&clinic, &known[who], work).with_context(|| title.to_owned())?;
        println!("{title} {report}");
        Ok::<_, anyhow::Error>(report)
    };
    let basic = run("client_secret_basic", "program", json!("credentials"))?;
    let signed = json!({ "assertions": { "key": known["signer"]["key"], "count": ASSERTIONS } });
    let signed = run("private_key_jwt", "signer", signed)?;
    let looked_up = run("introspection", "program", json!("introspect"))?;
    let (patient, password) = (&known["patients"]["emails"][0], &known["patients"]["password"]);
    let rotation = json!({ "email": patient, "password": password, "callback": known["callback"] });
    let rotated = run("refresh", "app", json!({ "refresh": rotation }))?;
    Ok(vec![
        tokens_figure(&basic, &signed)?,
        per_second_figure("introspections of tokens that stand", &looked_up, ">= 15,000/s", 15_000.0)?,
        per_second_figure(
            &format!(
                "refresh tokens that rotate, {CONNECTIONS} families side by side, each on disk before its answer"
            ),
            &rotated,
            ">= 2,000/s",
            2_000.0,
        )?,
    ])
}

/// Has a client ask, and makes sure that it was answered rightly and as often as it gives tokens.
fn measure(clinic: &Clinic, client: &Value, work: Value) -> Result<Value> {
    let plan = json!({
        "port": clinic.port()?, "pid": clinic.pid(), "seconds": SECONDS, "connections": CONNECTIONS,
        "client_id": client["client_id"], "secret": client["secret"], "work": work,
    });
    let report = yardsticks::drive("tokens", &plan)?;
    if report["wrong"] != 0 || report["tokens"] != report["distinct_tokens"] || report["answered"] == 0 {
        bail!("answers were wrong: {report}");
    }
    Ok(report)
}

fn number(report: &Value, name: &str) -> Result<f64> {
    report[name].as_f64().with_context(|| format!("no {name} in {report}"))
}

fn tokens_figure(basic: &Value, signed: &Value) -> Result<Figure> {
    let rate = number(basic, "per_cpu_second")?;
    Ok(Figure {
        id: "P5",
        what: format!(
            "opaque tokens by client_secret_basic, each on disk before its answer, per second of the server's \
             processor time ({:.0}/s by the clock; by private_key_jwt {:.0} and {:.0}/s, where one core makes {:.0} \
             and checks {:.0} signatures of ES256 a second)",
            number(basic, "per_second")?,
            number(signed, "per_cpu_second")?,
            number(signed, "per_second")?,
            number(signed, "signatures_per_second")?,
            number(signed, "checks_per_second")?,
        ),
        figure: format!("{rate:.0} per CPU-second"),
        goal: ">= 5,000 per CPU-second",
        is_reached: rate >= 5_000.0,
    })
}

fn per_second_figure(what: &str, report: &Value, goal: &'static str, least: f64) -> Result<Figure> {
    let (rate, p99) = (number(report, "per_second")?, number(report, "p99_ms")?);
    Ok(Figure {
        id: "P5",
        what: format!("{what} (p99 {p99:.1} ms)"),
        figure: format!("{rate:.0}/s"),
        goal,
        is_reached: rate >= least,
    })
}
