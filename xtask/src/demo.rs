//! A whole clinic on one command.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::shell::root;

/// Builds, then becomes `bedside demo` with these arguments.
pub fn demo(mut args: Vec<String>) -> Result<()> {
    crate::build::build("demo")?;
    if !names_its_data(&args) {
        args.push("--data".to_owned());
        args.push(root().join("demo-data").display().to_string());
    }
    let binary = root().join("target/demo/bedside");
    let error = Command::new(&binary).arg("demo").args(&args).exec();
    Err(error).with_context(|| format!("cannot start {}", binary.display()))
}

fn names_its_data(args: &[String]) -> bool {
    args.iter().any(|arg| arg == "--data" || arg.starts_with("--data="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_was_named_is_kept() {
        assert!(names_its_data(&["--json".to_owned(), "--data=here".to_owned()]));
        assert!(names_its_data(&["--data".to_owned(), "here".to_owned()]));
        assert!(!names_its_data(&["--database".to_owned(), "here".to_owned()]));
    }
}
