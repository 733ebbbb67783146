//! libFuzzer on what the server reads from strangers. It needs a C++ compiler and no other Rust than ours.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::shell::{cargo, command, read, root, run, step};

const SECONDS: u32 = 60;
/// What makes the compiler tell libFuzzer where the program went, as `cargo fuzz` has it without a sanitizer: no crate
/// of ours has unsafe code that one could find.
const FLAGS: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Tries a target for some seconds. What was found stays under `target/fuzz`, and the next time goes on from there.
pub fn fuzz(args: &[String]) -> Result<()> {
    let known = targets()?;
    let (name, seconds) = wanted(args, &known)?;
    let folder = root().join("target/fuzz");
    let corpus = folder.join("corpus").join(&name);
    fs::create_dir_all(&corpus).with_context(|| format!("cannot make {}", corpus.display()))?;
    let host = host()?;
    step("the fuzzer", || build(&folder, &host))?;
    let mut fuzzer = command(folder.join(&host).join("release/fuzz"));
    fuzzer.env("BEDSIDE_FUZZ_TARGET", &name);
    fuzzer.arg(format!("-max_total_time={seconds}")).args([
        "-timeout=10",
        "-max_len=4096",
        "-print_final_stats=1",
    ]);
    fuzzer.arg(format!("-artifact_prefix={}/found-{name}-", folder.display()));
    fuzzer.arg(&corpus).arg(root().join("fuzz/seeds").join(&name));
    step(&format!("{name} for {seconds} s"), || run(&mut fuzzer))
}

/// Each target has a folder of seeds of its name.
fn targets() -> Result<Vec<String>> {
    let folder = root().join("fuzz/seeds");
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

fn wanted(args: &[String], known: &[String]) -> Result<(String, u32)> {
    let (name, seconds) = match args {
        [name] => (name, SECONDS),
        [name, seconds] => {
            (name, seconds.parse().with_context(|| format!("{seconds} is no number of seconds"))?)
        }
        _ => bail!("fuzz wants one of {}, and for how many seconds", known.join(", ")),
    };
    if !known.contains(name) {
        bail!("there is no target {name}; there are {}", known.join(", "));
    }
    Ok((name.clone(), seconds))
}

/// What this machine is to the compiler. It is named so that the flags are not for build scripts, too.
fn host() -> Result<String> {
    let about = read(command("rustc").arg("-vV"))?;
    let line = about.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(line.context("rustc does not say what it runs on")?.to_owned())
}

fn build(folder: &Path, host: &str) -> Result<()> {
    let mut build = cargo();
    build.args(["build", "--release", "--locked", "--manifest-path", "fuzz/Cargo.toml", "--target", host]);
    build.arg("--target-dir").arg(folder).env("RUSTFLAGS", FLAGS.join(" "));
    run(&mut build)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(all: &[&str]) -> Vec<String> {
        all.iter().map(|&word| String::from(word)).collect()
    }

    #[test]
    fn a_target_that_there_is_not_is_told_with_those_that_there_are() -> Result<()> {
        let known = words(&["authorize", "form"]);
        let error = wanted(&words(&["token"]), &known).unwrap_err().to_string();
        assert!(error.contains("token") && error.contains("authorize, form"), "{error}");
        assert!(wanted(&words(&["form", "soon"]), &known).is_err() && wanted(&[], &known).is_err());
        assert_eq!(wanted(&words(&["form"]), &known)?, ("form".to_owned(), SECONDS));
        assert_eq!(wanted(&words(&["form", "5"]), &known)?, ("form".to_owned(), 5));
        Ok(())
    }

    #[test]
    fn there_are_targets() -> Result<()> {
        assert!(targets()?.contains(&"authorize".to_owned()));
        Ok(())
    }
}
