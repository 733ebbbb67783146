//! Commands on organisations.

use audit::{Deed, INSTALLATION};
use clap::{Args, Subcommand};
use flows::House;
use identity::By;
use identity::Language;
use identity::organisations::{self, NewOrganisation, Organisation};
use identity::policies;
use kernel::{Error, Kind, Result, Role};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answers::note;

/// Commands on organisations.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum OrganisationCommand {
    /// Add an organisation
    Add(Add),
    /// List every organisation
    List,
    /// Choose of which roles two factors are asked when they sign in
    SecondFactor(SecondFactor),
}

impl OrganisationCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Add(what) => add(house, what).await,
            Self::List => list(house).await,
            Self::SecondFactor(what) => second_factor(house, what).await,
        }
    }
}

/// An organisation to add.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Add {
    /// Its short word for commands: lower-case letters, digits and dashes
    pub slug: String,
    /// What it is called
    #[arg(long)]
    pub name: String,
    /// Its IANA time zone
    #[arg(long, default_value = "Europe/Amsterdam")]
    pub time_zone: String,
    /// The languages it speaks, its own first: nl, en, de, fr
    #[arg(long = "language", default_values = ["nl", "en"])]
    pub languages: Vec<String>,
    /// It is there to try things out: tokens without a browser, and mail that is never sent
    #[arg(long)]
    pub sandbox: bool,
    /// Patients find and may write to everybody, each other included, and not only to clinicians
    #[arg(long)]
    #[serde(default)]
    pub patients_see_patients: bool,
    /// All of its staff may invite colleagues, and not only administrators
    #[arg(long)]
    #[serde(default)]
    pub staff_invite_coworkers: bool,
    /// What others know it by, as SYSTEM=VALUE
    #[arg(long = "identifier", value_name = "SYSTEM=VALUE")]
    pub identifiers: Vec<String>,
}

/// Of whom an organisation asks two factors.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct SecondFactor {
    /// Its short word
    pub slug: String,
    /// The roles; none at all with an empty word. Without it, clinicians, administrators and auditors are asked, and
    /// nobody in a sandbox
    #[arg(long, value_delimiter = ',')]
    #[serde(default)]
    pub roles: Option<Vec<String>>,
}

async fn second_factor(house: &House, what: SecondFactor) -> Result<Value> {
    let named = |name: &String| {
        let unknown = || Error::invalid("roles", "role_unknown", "There is no such role.");
        Role::named(name).ok_or_else(unknown)
    };
    let roles = what
        .roles
        .map(|all| all.iter().filter(|name| !name.is_empty()).map(named).collect::<Result<Vec<Role>>>());
    let input = (what.slug, roles.transpose()?);
    let set = house.db.write(input, |tx, (slug, roles)| {
        Box::pin(async move {
            let found = organisations::find_by_slug(tx, slug).await?;
            let id = found.ok_or(Error::not_found(Kind::Organisation))?.id;
            policies::set_second_factor_roles(tx, By::Operator, id, roles.as_deref()).await?;
            let asked = policies::second_factor_roles(tx, id).await?;
            Ok((slug.clone(), asked))
        })
    });
    let (slug, asked) = set.await?;
    let names: Vec<_> = asked.iter().map(|role| role.name()).collect();
    Ok(json!({ "slug": slug, "second_factor_roles": names }))
}

async fn add(house: &House, add: Add) -> Result<Value> {
    let new = NewOrganisation {
        languages: add.languages.iter().map(|tag| language(tag)).collect::<Result<_>>()?,
        identifiers: add.identifiers.iter().map(|pair| identifier(pair)).collect::<Result<_>>()?,
        slug: add.slug,
        name: add.name,
        time_zone: time_zone(add.time_zone)?,
        sandbox: add.sandbox,
        patients_see_patients: add.patients_see_patients,
        staff_invite_coworkers: add.staff_invite_coworkers,
    };
    let slug = new.slug.clone();
    let id = house.db.write(new, |tx, new| Box::pin(organisations::add(tx, By::Operator, new))).await?;
    Ok(json!({ "id": id.uuid(), "slug": slug }))
}

async fn list(house: &House) -> Result<Value> {
    let all = house.db.read((), |tx, ()| Box::pin(organisations::list(tx))).await?;
    note(house, INSTALLATION, Deed::Administration, "organisations listed").await?;
    Ok(all.iter().map(shown).collect())
}

fn shown(one: &Organisation) -> Value {
    let languages: Vec<_> = one.languages.iter().map(|language| language.code()).collect();
    json!({
        "id": one.id.uuid(),
        "slug": one.slug,
        "name": one.name,
        "time_zone": one.time_zone,
        "languages": languages,
        "sandbox": one.sandbox,
    })
}

/// The language of a code.
pub(super) fn language(code: &str) -> Result<Language> {
    let sentence = "A language is one of nl, en, de and fr.";
    Language::of_tag(code).ok_or_else(|| Error::invalid("language", "language_unknown", sentence))
}

/// System and value of `SYSTEM=VALUE`; the system may be a URL, so the last sign of equality counts.
pub(super) fn identifier(pair: &str) -> Result<(String, String)> {
    let parts = pair.rsplit_once('=').filter(|(system, value)| !system.is_empty() && !value.is_empty());
    let (system, value) = parts.ok_or_else(|| {
        Error::invalid("identifier", "identifier_unfit", "An identifier is written SYSTEM=VALUE.")
    })?;
    Ok((system.to_owned(), value.to_owned()))
}

fn time_zone(name: String) -> Result<String> {
    let sentence = "A time zone has an IANA name, such as Europe/Amsterdam.";
    match jiff::tz::TimeZone::get(&name) {
        Ok(_) => Ok(name),
        Err(_) => Err(Error::invalid("time_zone", "time_zone_unknown", sentence)),
    }
}
