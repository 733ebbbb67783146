//! Commands on organisations.

use audit::{Deed, INSTALLATION};
use clap::{Args, Subcommand};
use flows::House;
use identity::By;
use identity::Language;
use identity::organisations::{self, NewOrganisation, Organisation};
use identity::policies;
use identity::settings::{self, Amendment, Settings};
use kernel::{Error, Result, Role};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Tx;

use super::answers::{note, organisation};

/// Commands on organisations.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum OrganisationCommand {
    /// Add an organisation
    Add(Add),
    /// List every organisation
    List,
    /// Show an organisation and what it chose
    Show(Named),
    /// Change what an organisation is called and speaks, and how long people stay signed in there
    Change(Change),
    /// Choose of which roles two factors are asked when they sign in
    SecondFactor(SecondFactor),
}

impl OrganisationCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Add(what) => add(house, what).await,
            Self::List => list(house).await,
            Self::Show(what) => show(house, what).await,
            Self::Change(what) => change(house, what).await,
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

/// One organisation.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Named {
    /// Its short word
    pub slug: String,
}

/// An organisation to change.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Change {
    /// Its short word, which stays
    pub slug: String,
    /// What changes
    #[command(flatten)]
    #[serde(flatten)]
    pub given: Given,
}

/// What of an organisation is to be otherwise; what is left out stays as it is.
#[derive(Debug, Args, Serialize, Deserialize)]
#[group(required = true, multiple = true)]
pub struct Given {
    /// What it is called
    #[arg(long)]
    #[serde(default)]
    pub name: Option<String>,
    /// Its IANA time zone
    #[arg(long)]
    #[serde(default)]
    pub time_zone: Option<String>,
    /// The languages it speaks, its own first: nl, en, de, fr; given once for each
    #[arg(long = "language", value_name = "LANGUAGE")]
    #[serde(default)]
    pub languages: Vec<String>,
    /// After how many minutes without a request a session ends, from 5 to 720; sessions that stand keep theirs
    #[arg(long, value_name = "MINUTES")]
    #[serde(default)]
    pub session_idle_minutes: Option<u32>,
    /// After how many hours a session ends in any case, from 1 to 720
    #[arg(long, value_name = "HOURS")]
    #[serde(default)]
    pub session_life_hours: Option<u32>,
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
            let id = organisation(tx, slug).await?.id;
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

async fn show(house: &House, named: Named) -> Result<Value> {
    let found = house.db.read(named.slug, |tx, slug| Box::pin(chosen(tx, slug))).await?;
    note(house, found.0.id, Deed::Administration, "organisation shown").await?;
    Ok(in_full(&found))
}

/// An organisation with the roles of which it asks two factors.
async fn chosen(tx: &Tx, slug: &str) -> Result<(Organisation, Vec<Role>)> {
    let found = organisation(tx, slug).await?;
    let roles = policies::second_factor_roles(tx, found.id).await?;
    Ok((found, roles))
}

fn in_full((found, roles): &(Organisation, Vec<Role>)) -> Value {
    let settings = Settings::of(found);
    let mut all = shown(found);
    all["session_idle_minutes"] = settings.idle_minutes.into();
    all["session_life_hours"] = settings.life_hours.into();
    all["second_factor_roles"] = roles.iter().map(|role| role.name()).collect();
    all
}

async fn change(house: &House, Change { slug, given }: Change) -> Result<Value> {
    let languages = given.languages.iter().map(|code| language(code)).collect::<Result<Vec<_>>>()?;
    let with = Amendment {
        name: given.name,
        time_zone: given.time_zone,
        languages: (!languages.is_empty()).then_some(languages),
        idle_minutes: given.session_idle_minutes.map(i64::from),
        life_hours: given.session_life_hours.map(i64::from),
    };
    let changed = house.db.write((slug, with), |tx, (slug, with)| {
        Box::pin(async move {
            let id = organisation(tx, slug).await?.id;
            settings::amend(tx, By::Operator, id, with).await?;
            chosen(tx, slug).await
        })
    });
    Ok(in_full(&changed.await?))
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
