//! Generated files: one command makes them, and a stale one fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell::{cargo, command, root, run};

/// Writes the generated files again; with `--check` only says which are stale.
pub fn update(args: &[String]) -> Result<()> {
    let mut generator = cargo();
    generator.args(["run", "-q", "-p", "bedside", "--"]);
    match args {
        [] => generate(generator, root()),
        [flag] if flag == "--check" => check(generator),
        _ => bail!("update takes nothing but --check"),
    }
}

/// The same as `update --check`, by a binary that is already built.
pub fn check_with(binary: &Path) -> Result<()> {
    check(command(binary))
}

fn check(generator: Command) -> Result<()> {
    let fresh = std::env::temp_dir().join(format!("bedside-generated-{}", std::process::id()));
    fs::create_dir_all(&fresh)?;
    let compared = generate(generator, &fresh).and_then(|()| stale_files(&fresh, root()));
    fs::remove_dir_all(&fresh)?;
    let (count, stale) = compared?;
    if count == 0 {
        bail!("`bedside generate` wrote no file, so nothing was compared");
    }
    if !stale.is_empty() {
        bail!("stale, run `cargo xtask update` and commit: {}", stale.join(", "));
    }
    println!("{count} generated files are as the code makes them");
    Ok(())
}

fn generate(mut generator: Command, into: &Path) -> Result<()> {
    run(generator.args(["generate", "--into"]).arg(into))
}

/// How many files lie in `fresh`, and the names of those that differ in `kept`.
fn stale_files(fresh: &Path, kept: &Path) -> Result<(usize, Vec<String>)> {
    let mut stale = Vec::new();
    let files = files_in(fresh)?;
    for file in &files {
        let name = file.strip_prefix(fresh).context("a file outside its folder")?;
        if fs::read(kept.join(name)).ok() != Some(fs::read(file)?) {
            stale.push(name.display().to_string());
        }
    }
    stale.sort();
    Ok((files.len(), stale))
}

fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { files.extend(files_in(&path)?) } else { files.push(path) }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_differs_or_is_missing_is_stale() -> Result<()> {
        let base = std::env::temp_dir().join(format!("bedside-stale-{}", std::process::id()));
        let (fresh, kept) = (base.join("fresh"), base.join("kept"));
        for (name, text) in [("same", "1"), ("docs/other", "new"), ("missing", "1")] {
            fs::create_dir_all(fresh.join(name).parent().context("a parent")?)?;
            fs::write(fresh.join(name), text)?;
        }
        fs::create_dir_all(kept.join("docs"))?;
        fs::write(kept.join("same"), "1")?;
        fs::write(kept.join("docs/other"), "old")?;
        let found = stale_files(&fresh, &kept)?;
        fs::remove_dir_all(&base)?;
        assert_eq!(found, (3, vec!["docs/other".to_owned(), "missing".to_owned()]));
        Ok(())
    }
}
