//! The benchmarks: each is a function in a file of `bench/`, named here.

use anyhow::{Result, bail};

/// A benchmark and its name.
type Bench = (&'static str, fn() -> Result<()>);

const ALL: &[Bench] = &[];

/// Runs what is named, or all.
pub fn bench(names: &[String]) -> Result<()> {
    if let Some(name) = names.iter().find(|name| ALL.iter().all(|(known, _)| known != name)) {
        bail!("no benchmark of that name: {name}");
    }
    if ALL.is_empty() {
        bail!("there are no benchmarks yet");
    }
    for (name, run) in ALL {
        if names.is_empty() || names.iter().any(|wanted| wanted == name) {
            run()?;
        }
    }
    Ok(())
}
