//! The release binary, with the web assets inside.

use anyhow::Result;

use crate::shell::{cargo, run, step};
use crate::web;

/// Lays the web assets and builds `target/release/bedside`.
pub fn build() -> Result<()> {
    let missing = step("web assets", web::lay_assets)?;
    step("cargo build --release -p bedside", || run(cargo().args(["build", "--release", "-p", "bedside"])))?;
    if let Some(reason) = missing {
        println!("*** BUILT WITHOUT WEB ASSETS: {reason}");
        println!("*** The server works; its page /api-docs says what is missing.");
    }
    Ok(())
}
