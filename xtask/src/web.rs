//! What comes from the npm registry: the API pages that the binary embeds, and what drives the browser.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::shell::{command, find, root, run};

/// The files of Swagger UI that the API pages need, with the licences they come under.
const SWAGGER_UI: [&str; 9] = [
    "LICENSE",
    "NOTICE",
    "favicon-16x16.png",
    "favicon-32x32.png",
    "oauth2-redirect.html",
    "oauth2-redirect.js",
    "swagger-ui-bundle.js",
    "swagger-ui-bundle.js.LICENSE.txt",
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
        laid += usize::from(pack_if_changed(&source.join(name), &target.join(format!("{name}.gz")))?);
    }
    remove_the_rest(&target)?;
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

/// Packs a file, as the binary has it: it is the smaller for it. Leaves an equal one alone, since a newer one would make
/// cargo build what embeds it again.
fn pack_if_changed(source: &Path, target: &Path) -> Result<bool> {
    let fresh = fs::read(source).with_context(|| format!("cannot read {}", source.display()))?;
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&fresh)?;
    let packed = packed.finish()?;
    if fs::read(target).is_ok_and(|old| old == packed) {
        return Ok(false);
    }
    fs::write(target, packed).with_context(|| format!("cannot write {}", target.display()))?;
    Ok(true)
}

/// What an older build laid there would be embedded with the rest.
fn remove_the_rest(folder: &Path) -> Result<()> {
    let is_wanted =
        |name: &OsStr| SWAGGER_UI.iter().any(|wanted| name == OsStr::new(&format!("{wanted}.gz")));
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let entry = entry?;
        if !is_wanted(&entry.file_name()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
