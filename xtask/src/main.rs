//! The tasks of this repository: build, demo, test, update, tidy, bench and fuzz.
//!
//! Always true:
//! - No crate of the workspace is used here, so that a task starts within seconds of a clean clone.
//! - What could not be run is said at the end, and under `CI=true` it is a failure.
//! - Whatever was started for a task is gone when the task is, however it ended.

mod bench;
mod build;
mod cluster;
mod demo;
mod fuzz;
mod install;
mod python;
mod shell;
mod suite;
mod tidy;
mod update;
mod web;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask build                      the web assets, then target/release/bedside
cargo xtask demo [ARGS…]               build, then `bedside demo ARGS…` (--data demo-data unless you say otherwise)
cargo xtask test [--rust-only | --browser-only] [FILTER…]
                                       everything, on both engines; a filter runs only the Rust tests that fit it
cargo xtask update [--check]           write the generated files again, or fail when they are stale
cargo xtask tidy                       the house rules, in a second
cargo xtask bench [NAME…]              the benchmarks
cargo xtask fuzz NAME [SECONDS]        libFuzzer on what the server reads from strangers";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let task = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let done = match task.as_str() {
        "build" => build::build("release"),
        "demo" => demo::demo(rest),
        "test" => suite::suite(&rest),
        "update" => update::update(&rest),
        "tidy" => tidy::tidy(),
        "bench" => bench::bench(&rest),
        "fuzz" => fuzz::fuzz(&rest),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {task}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
