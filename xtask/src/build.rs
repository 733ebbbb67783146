//! The server, with the web assets inside.

use anyhow::Result;

use crate::shell::{cargo, run, step};
use crate::web;

/// Lays the web assets and builds `target/release/bedside`, or what another profile names.
pub fn build(profile: &str) -> Result<()> {
    let missing = step("web assets", web::lay_assets)?;
    let what = format!("cargo build --profile {profile} -p bedside");
    step(&what, || run(cargo().args(["build", "--profile", profile, "-p", "bedside"])))?;
    if let Some(reason) = missing {
        println!("*** BUILT WITHOUT WEB ASSETS: {reason}");
        println!("*** The server works; its page /api-docs says what is missing.");
    }
    Ok(())
}
