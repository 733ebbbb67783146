//! What a person reads who starts the demo, in the terminal and on the front page.

use std::path::Path;

use serde_json::Value;
use web::{DemoGuide, DemoPerson};

use super::cast::{DOCS, PEOPLE};

/// What a person reads in the terminal: where to click, who to be, and lines of curl that work as pasted.
/// `bedside` is the path of this program.
#[must_use]
pub fn table(told: &Value, data: &Path, bedside: &Path) -> String {
    let url = text(&told["url"]);
    let people: String = told["people"].as_array().into_iter().flatten().map(person).collect();
    let lines: String = lines(told, data, bedside).iter().map(|line| format!("  {line}\n")).collect();
    format!(
        "
Praktijk De Linde is open. Everybody in it is invented; mail and SMS are never sent.

  Open       {url}/
             and once more in a private window, as somebody else: then write to each other
  Mail       {url}/sandbox/inbox shows what would have been sent
  API        {url}/api-docs
  Figures    {metrics}

Who you can be:

  {head}
{people}
The messenger API, as pasted into another terminal:

{lines}
The portal API, by which patients book, and the API of the practice's desk:

{booking}
All of this is also in {data}/demo.json. Ctrl-C stops the server; what is there stays.
",
        booking = booking(told, data, bedside).iter().map(|line| format!("  {line}\n")).collect::<String>(),
        metrics = text(&told["metrics"]),
        head = row("role", "name", "e-mail", "password"),
        data = data.display(),
    )
}

/// The same for the front page.
#[must_use]
pub fn guide(told: &Value, data: &Path, bedside: &Path) -> DemoGuide {
    let people = told["people"].as_array().into_iter().flatten().zip(&PEOPLE);
    let person = |(told, cast): (&Value, &super::cast::Person)| DemoPerson {
        name: text(&told["name"]).to_owned(),
        role: cast.role,
        email: text(&told["email"]).to_owned(),
        password: text(&told["password"]).to_owned(),
    };
    DemoGuide {
        people: people.map(person).collect(),
        curl: [lines(told, data, bedside), booking(told, data, bedside)].concat(),
        docs_client: one(told, "clients", DOCS).map(|docs| text(&docs["client_id"]).to_owned()),
    }
}

/// What a patient may book from now on, and what the practice has set up.
fn booking(told: &Value, data: &Path, bedside: &Path) -> Vec<String> {
    let url = text(&told["url"]);
    let curl = curl(url);
    let (bedside, data) = (quoted(bedside), quoted(data));
    let token = |of: &str, person: &str, client: &str, scope: &str| {
        format!(
            "{of}=$({bedside} token --data {data} --url {url} --person {person}@demo.test --client {client} \
             --scope \"{scope}\")"
        )
    };
    let what = "appointment_category_id=53&appointment_type_id=198&insurance_id=136";
    vec![
        token("PORTAL", "anna", "portal", "profile_read appointment_read appointment_write"),
        format!("{curl} -H \"Authorization: Bearer $PORTAL\" '{url}/api/v1/availabilities?{what}'"),
        token("DESK", "beheer", "docs", "desk"),
        format!("{curl} -H \"Authorization: Bearer $DESK\" {url}/api/desk/v1/categories"),
    ]
}

/// The certificate of `--tls` is signed by nobody.
fn curl(url: &str) -> &'static str {
    if url.starts_with("https:") { "curl -k" } else { "curl" }
}

/// A token, who one is, whom one may write to, a message, and the messages.
fn lines(told: &Value, data: &Path, bedside: &Path) -> Vec<String> {
    let url = text(&told["url"]);
    let curl = curl(url);
    let (bedside, data) = (quoted(bedside), quoted(data));
    let anna = one(told, "people", "anna").map_or("", |anna| text(&anna["id"]));
    let ask = |more: &str| format!("{curl} -H \"Authorization: Bearer $TOKEN\" {more}");
    vec![
        format!(
            "TOKEN=$({bedside} token --data {data} --url {url} --person devries@demo.test --client messenger \
             --scope \"read write\")"
        ),
        ask(&format!("{url}/v1/me")),
        ask(&format!("{url}/v1/me/contacts")),
        ask(&format!(
            "-H 'Content-Type: application/json' -d '{{\"body\":\"Goedemorgen, hoe gaat het?\"}}' \
             {url}/v1/conversations/{anna}/messages"
        )),
        ask(&format!("{url}/v1/conversations/{anna}/messages")),
    ]
}

fn person(person: &Value) -> String {
    let field = |name: &str| text(&person[name]);
    format!("  {}\n", row(field("role"), field("name"), field("email"), field("password")))
}

fn row(role: &str, name: &str, email: &str, password: &str) -> String {
    format!("{role:<10} {name:<16} {email:<22} {password}")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn one<'a>(told: &'a Value, kind: &str, key: &str) -> Option<&'a Value> {
    told[kind].as_array()?.iter().find(|one| one["key"] == key)
}

/// A path as the shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = path.chars().all(|sign| sign.is_ascii_alphanumeric() || "/._-+".contains(sign));
    if is_plain { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}
