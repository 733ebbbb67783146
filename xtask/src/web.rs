//! What comes from the npm registry: the API pages that the binary embeds, and what drives the browser.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::shell::{command, find, root, run};

/// The files of Swagger UI that the API pages need, with the licences they come under.
const SWAGGER_UI: [&str; 11] = [
    "LICENSE",
    "NOTICE",
    "favicon-16x16.png",
    "favicon-32x32.png",
    "oauth2-redirect.html",
    "oauth2-redirect.js",
    "swagger-ui-bundle.js",
    "swagger-ui-bundle.js.LICENSE.txt",
    "swagger-ui-standalone-preset.js",
    "swagger-ui-standalone-preset.js.LICENSE.txt",
    "swagger-ui.css",
];

/// Lays what the binary embeds into `web/dist`; the reason, when that cannot be done on this machine.
pub fn lay_assets() -> Result<Option<String>> {
    let target = root().join("web/dist/api-docs");
    fs::create_dir_all(&target).with_context(|| format!("cannot make {}", target.display()))?;
    if let Some(reason) = install_packages()? {
        println!("*** {reason}");
        return Ok(Some(reason));
    }
    let source = root().join("web/node_modules/swagger-ui-dist");
    let mut laid = 0;
    for name in SWAGGER_UI {
        laid += usize::from(copy_if_changed(&source.join(name), &target.join(name))?);
    }
    println!("web/dist/api-docs: {} files, {laid} of them new", SWAGGER_UI.len());
    Ok(None)
}

/// Brings `web/node_modules` up to the lock file; the reason, when Node.js is not there.
pub fn install_packages() -> Result<Option<String>> {
    for program in ["node", "npm"] {
        if find(program).is_none() {
            return Ok(Some(format!("{program} was not found: install Node.js 20 or newer")));
        }
    }
    let web = root().join("web");
    let lock = fs::read(web.join("package-lock.json")).context("web/package-lock.json")?;
    if fs::read(stamp()).is_ok_and(|installed| installed == lock) {
        println!("web/node_modules is as the lock file says");
        return Ok(None);
    }
    // No package may run a script of its own: what we use works without, and some report to their makers.
    run(command("npm").current_dir(&web).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    fs::write(stamp(), lock).context("cannot note which lock file was installed")?;
    Ok(None)
}

fn stamp() -> PathBuf {
    root().join("web/node_modules/.installed-package-lock.json")
}

/// Leaves an equal file alone, since a newer one would make cargo build what embeds it again.
fn copy_if_changed(source: &Path, target: &Path) -> Result<bool> {
    let fresh = fs::read(source).with_context(|| format!("cannot read {}", source.display()))?;
    if fs::read(target).is_ok_and(|old| old == fresh) {
        return Ok(false);
    }
    fs::write(target, fresh).with_context(|| format!("cannot write {}", target.display()))?;
    Ok(true)
}
