//! What a person reads who starts the demo.

use std::path::Path;

use serde_json::Value;

/// Where to click, who to be, and lines of curl that work as pasted. `bedside` is the path of this program.
#[must_use]
pub fn table(told: &Value, data: &Path, bedside: &Path) -> String {
    let url = text(&told["url"]);
    let curl = if url.starts_with("https:") { "curl -k" } else { "curl" };
    let anna = id_of(told, "anna");
    let (bedside, data) = (quoted(bedside), quoted(data));
    let people: String = told["people"].as_array().into_iter().flatten().map(person).collect();
    format!(
        "
Praktijk De Linde is open. Everybody in it is invented; mail and SMS are never sent.

  Open       {url}/
             and once more in a private window, as somebody else: then write to each other
  API        {url}/api-docs
  Figures    {metrics}

Who you can be:

  {head}
{people}
The messenger API, as pasted into another terminal:

  TOKEN=$({bedside} token --data {data} --url {url} --person devries@demo.test --client messenger --scope \"read write\")
  {curl} -H \"Authorization: Bearer $TOKEN\" {url}/v1/me
  {curl} -H \"Authorization: Bearer $TOKEN\" {url}/v1/me/contacts
  {curl} -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' \\
    -d '{{\"body\":\"Goedemorgen, hoe gaat het?\"}}' {url}/v1/conversations/{anna}/messages
  {curl} -H \"Authorization: Bearer $TOKEN\" {url}/v1/conversations/{anna}/messages

Everything above is also in {data}/demo.json. Ctrl-C stops the server; what is there stays.
",
        metrics = text(&told["metrics"]),
        head = row("role", "name", "e-mail", "password"),
    )
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

fn id_of<'a>(told: &'a Value, key: &str) -> &'a str {
    let mut people = told["people"].as_array().into_iter().flatten();
    people.find(|person| person["key"] == key).map_or("", |person| text(&person["id"]))
}

/// A path as the shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = path.chars().all(|sign| sign.is_ascii_alphanumeric() || "/._-+".contains(sign));
    if is_plain { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}
