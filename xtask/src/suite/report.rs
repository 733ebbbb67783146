//! What ran, what failed, and, loudest, what did not run.

use anyhow::{Result, bail};

use crate::shell::{in_ci, step};

/// The outcome of each part of the tests.
#[derive(Default)]
pub struct Report {
    passed: Vec<String>,
    failed: Vec<String>,
    not_run: Vec<String>,
    left_out: Vec<String>,
}

impl Report {
    /// Runs one part; a failure is kept for the end.
    pub fn run<T>(&mut self, title: &str, work: impl FnOnce() -> Result<T>) -> Option<T> {
        match step(title, work) {
            Ok(done) => {
                self.passed.push(title.to_owned());
                Some(done)
            }
            Err(error) => {
                eprintln!("{title}: {error:#}");
                self.failed.push(format!("{title}: {error:#}"));
                None
            }
        }
    }

    /// This machine could not run it.
    pub fn not_run(&mut self, title: &str, reason: &str) {
        self.not_run.push(format!("{title}: {reason}"));
    }

    /// Nobody asked for it.
    pub fn left_out(&mut self, title: &str) {
        self.left_out.push(title.to_owned());
    }

    /// Says how it went; an error when something failed, or, on the build server, did not run.
    pub fn close(self) -> Result<()> {
        say("passed", &self.passed);
        say("left out, as asked", &self.left_out);
        say("FAILED", &self.failed);
        say("NOT RUN", &self.not_run);
        self.verdict(in_ci())
    }

    fn verdict(&self, in_ci: bool) -> Result<()> {
        if !self.failed.is_empty() {
            bail!("{} of the parts failed", self.failed.len());
        }
        if in_ci && !self.not_run.is_empty() {
            bail!("{} of the parts did not run, and on the build server all must", self.not_run.len());
        }
        Ok(())
    }
}

fn say(title: &str, lines: &[String]) {
    if !lines.is_empty() {
        println!("{title}:");
        lines.iter().for_each(|line| println!("  - {line}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_run_fails_only_on_the_build_server() {
        let mut report = Report::default();
        report.not_run("browser journeys", "no browser");
        assert!(report.verdict(false).is_ok());
        assert!(report.verdict(true).is_err());
    }

    #[test]
    fn a_failure_is_kept_while_the_rest_runs() {
        let mut report = Report::default();
        assert!(report.run("first", || -> Result<()> { bail!("no") }).is_none());
        assert_eq!(report.run("second", || Ok(7)), Some(7));
        assert!(report.verdict(false).is_err());
    }
}
