//! The demo clinic: who is in it, and how it is made.

mod build;
mod calendars;
mod cast;
mod kept;
mod numbers;
mod profiles;
mod secrets;
mod table;
#[cfg(test)]
mod tests;
mod told;

use std::path::Path;

use flows::House;
use identity::organisations;
use kernel::{Error, Result};
use serde_json::Value;

pub use kept::read as read_kept;
pub use table::{guide, table};

/// Where a clinic is served.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// What its clients know it by.
    pub url: &'a str,
    /// Where its figures are.
    pub metrics_url: &'a str,
    /// Its folder.
    pub data: &'a Path,
}

/// Makes the clinic unless it is there already, and tells what a stranger needs to know of it, passwords included.
/// What is told is kept in the folder, so that a restart tells the same.
///
/// # Errors
/// [`Error::Precondition`] when the folder holds an installation that is no demo; the store's.
pub async fn furnish(house: &House, place: Place<'_>) -> Result<Value> {
    match standing(house).await? {
        Standing::Empty => build::build(house).await?,
        // What came to the cast since the folder was made comes to the folder.
        Standing::Demo => build::complete(house).await?,
        Standing::Foreign => {
            let why = "This folder holds an installation that is no demo; name another by --data.";
            return Err(Error::precondition("not_a_demo", why));
        }
    }
    let found = told::find(house).await?;
    calendars::build(house, &found).await?;
    profiles::fill(house, &found).await?;
    secrets::register_docs(house, &found, place.url).await?;
    let secrets = match kept::read(place.data).and_then(|told| secrets::of(&told, &found)) {
        Some(secrets) => secrets,
        None => secrets::hand_out(house, &found).await?,
    };
    let told = told::tell(&told::find(house).await?, &secrets, place);
    kept::write(place.data, &told).map_err(Error::unavailable)?;
    Ok(told)
}

enum Standing {
    Empty,
    Demo,
    Foreign,
}

async fn standing(house: &House) -> Result<Standing> {
    let all = house.db.read((), |tx, ()| Box::pin(organisations::list(tx))).await?;
    let is_ours = |slug: &str| all.iter().any(|one| one.sandbox && one.slug == slug);
    Ok(match all.len() {
        0 => Standing::Empty,
        _ if cast::ORGANISATIONS.iter().all(|one| is_ours(one.key)) => Standing::Demo,
        _ => Standing::Foreign,
    })
}
