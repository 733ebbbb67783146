//! Every test there is: the Rust tests on both engines, the browser journeys, the Postman collection, an application in
//! Python, and whether the generated files are fresh.

mod report;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::cluster::{Cluster, FOR_TESTS};
use crate::shell::{cargo, command, find, root, run};
use crate::{install, python, update, web};
use report::Report;

const POSTGRES: &str = "BEDSIDE_TEST_POSTGRES";
/// Names the file to which tests add why they cannot run here.
const NOT_RUN: &str = "BEDSIDE_NOT_RUN";
const RUST: &str = "Rust tests";
const ON_POSTGRES: &str = "Rust tests on PostgreSQL";
const JOURNEYS: &str = "browser journeys";
const POSTMAN: &str = "Postman collection";
const PYTHON: &str = "an application in Python";
const GENERATED: &str = "generated files";

/// What was asked for.
struct Wanted {
    rust: bool,
    browser: bool,
    filter: Vec<String>,
}

/// Runs what was asked for, goes on after a failure, and says at the end what failed and what could not run.
pub fn suite(args: &[String]) -> Result<()> {
    let wanted = wanted(args)?;
    let mut report = Report::default();
    // The binary embeds what lies here, and the journeys need the packages.
    let no_node = report.run("web packages", web::lay_assets).flatten();
    if wanted.rust {
        rust_tests(&mut report, &wanted.filter);
    } else {
        report.left_out(RUST);
    }
    if wanted.browser {
        outside_tests(&mut report, no_node.as_deref());
    } else {
        [JOURNEYS, POSTMAN, PYTHON, GENERATED].into_iter().for_each(|title| report.left_out(title));
    }
    report.close()
}

fn wanted(args: &[String]) -> Result<Wanted> {
    let (flags, filter): (Vec<_>, Vec<_>) = args.iter().cloned().partition(|arg| arg.starts_with("--"));
    let (mut rust, mut browser) = (true, filter.is_empty());
    for flag in &flags {
        match flag.as_str() {
            "--rust-only" => browser = false,
            "--browser-only" if filter.is_empty() => rust = false,
            "--browser-only" => bail!("a filter is for the Rust tests: leave --browser-only out"),
            _ => bail!("test knows --rust-only and --browser-only, not {flag}"),
        }
    }
    Ok(Wanted { rust, browser, filter })
}

/// All crates, on SQLite always and on PostgreSQL when a server is named or can be started.
fn rust_tests(report: &mut Report, filter: &[String]) {
    let mut tests = cargo();
    if find("cargo-nextest").is_some() {
        tests.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
    } else {
        tests.args(["test", "--workspace", "--no-fail-fast"]);
    }
    tests.args(filter);
    // The tests that need them say so themselves where they cannot be had.
    drop(install::curl());
    drop(install::clamd());
    drop(install::pdftotext());
    let named = std::env::var(POSTGRES).ok();
    let cluster = if named.is_some() { None } else { start_cluster(report) };
    if let Some(url) = named.or_else(|| cluster.as_ref().map(Cluster::url)) {
        println!("{POSTGRES}={url}");
        tests.env(POSTGRES, url);
    }
    let list = std::env::temp_dir().join(format!("bedside-not-run-{}", std::process::id()));
    tests.env(NOT_RUN, &list);
    report.run(RUST, || run(&mut tests));
    // Without a list there was nothing to add to it.
    let reasons = std::fs::read_to_string(&list).unwrap_or_default();
    drop(std::fs::remove_file(&list));
    reasons.lines().collect::<BTreeSet<_>>().into_iter().for_each(|reason| report.not_run(RUST, reason));
}

fn start_cluster(report: &mut Report) -> Option<Cluster> {
    match Cluster::start(FOR_TESTS) {
        Ok(cluster) => Some(cluster),
        Err(error) => {
            report.not_run(ON_POSTGRES, &format!("{error:#}"));
            None
        }
    }
}

/// What speaks to a running server from outside.
fn outside_tests(report: &mut Report, no_node: Option<&str>) {
    // As the Rust tests build it, so that this links at most one binary.
    let build = || run(cargo().args(["build", "--workspace", "--bins", "--tests"]));
    let titles = [JOURNEYS, POSTMAN, PYTHON, GENERATED];
    if report.run("debug binary", build).is_none() {
        titles.into_iter().for_each(|title| report.not_run(title, "the binary does not build"));
        return;
    }
    let binary = root().join("target/debug/bedside");
    if let Some(reason) = no_node {
        [JOURNEYS, POSTMAN].into_iter().for_each(|title| report.not_run(title, reason));
    } else {
        journeys(report, &binary);
        node_tests(report, POSTMAN, &binary, &[], vec![root().join("web/e2e/postman.test.mjs")]);
    }
    match python::environment() {
        Ok(Ok(environment)) => {
            report.run(PYTHON, || python::tests(&environment, &binary));
        }
        Ok(Err(reason)) => report.not_run(PYTHON, &reason),
        Err(error) => report.not_run(PYTHON, &format!("{error:#}")),
    }
    report.run(GENERATED, || update::check_with(&binary));
}

fn journeys(report: &mut Report, binary: &Path) {
    let files = match journey_files() {
        Ok(files) => files,
        Err(error) => return report.not_run(JOURNEYS, &format!("{error:#}")),
    };
    match install::chromium() {
        Ok(chromium) => node_tests(report, JOURNEYS, binary, &[("CHROMIUM", &chromium)], files),
        Err(error) => report.not_run(JOURNEYS, &format!("{error:#}")),
    }
}

fn node_tests(report: &mut Report, title: &str, binary: &Path, env: &[(&str, &Path)], files: Vec<PathBuf>) {
    // One file after the other: each starts a server and a browser, and machines have two cores.
    let mut node = command("node");
    // Of a file of journeys; one that hangs fails instead of holding everything up.
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec", "--test-timeout=600000"])
        .args(files);
    node.env("BEDSIDE_BIN", binary).envs(env.iter().copied());
    report.run(title, || run(&mut node));
}

fn journey_files() -> Result<Vec<PathBuf>> {
    let folder = root().join("web/e2e");
    let entries = std::fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut files: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|file| is_journey(file)).collect();
    files.sort();
    if files.is_empty() {
        bail!("there is no web/e2e/*.test.mjs");
    }
    Ok(files)
}

fn is_journey(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".test.mjs") && name != "postman.test.mjs"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(words: &[&str]) -> Result<Wanted> {
        wanted(&words.iter().map(|&word| String::from(word)).collect::<Vec<_>>())
    }

    #[test]
    fn a_filter_leaves_the_browser_out() -> Result<()> {
        let wanted = asked(&["keyset"])?;
        assert!(wanted.rust && !wanted.browser);
        assert_eq!(wanted.filter, ["keyset"]);
        Ok(())
    }

    #[test]
    fn a_flag_that_nobody_knows_runs_nothing() {
        assert!(asked(&["--rust"]).is_err());
        assert!(asked(&["--browser-only", "keyset"]).is_err());
    }

    #[test]
    fn the_postman_collection_is_not_run_twice() {
        assert!(is_journey(Path::new("web/e2e/two-people-talk.test.mjs")));
        assert!(!is_journey(Path::new("web/e2e/postman.test.mjs")));
        assert!(!is_journey(Path::new("web/e2e/harness.mjs")));
    }
}
