//! The benchmarks: the release server is started, driven from another process over real sockets, and held against
//! yardsticks of the same run. Machines are shared and noisy, so the ratio is the result.

mod booking;
mod clinic;
mod gateway;
mod logins;
mod messages;
mod start;
mod table;
mod tokens;
mod yardsticks;

use anyhow::{Result, bail};

use crate::build;
use table::Figure;

/// A benchmark, its name, and what it measures.
type Bench = (&'static str, fn() -> Result<Vec<Figure>>);

const ALL: &[Bench] = &[
    ("messages", messages::bench),
    ("gateway", gateway::bench),
    ("tokens", tokens::bench),
    ("logins", logins::bench),
    ("booking", booking::bench),
    ("start", start::bench),
];

/// Runs what is named, or all, and prints one table.
pub fn bench(names: &[String]) -> Result<()> {
    if let Some(name) = names.iter().find(|name| ALL.iter().all(|(known, _)| known != name)) {
        let known: Vec<_> = ALL.iter().map(|(known, _)| *known).collect();
        bail!("no benchmark of that name: {name}; there are {}", known.join(", "));
    }
    build::build("release")?;
    let mut figures = Vec::new();
    for (_, run) in
        ALL.iter().filter(|(name, _)| names.is_empty() || names.iter().any(|wanted| wanted == name))
    {
        figures.extend(run()?);
    }
    println!("{}", table::print(&figures));
    Ok(())
}
