//! Each route that is no operation of an API: the pages, the files that they are made of, and what applications call
//! for their tokens.

use std::collections::{BTreeMap, BTreeSet};

use bedside::house;
use jiff::SignedDuration;
use reqwest::header::LOCATION;
use reqwest::multipart::Form;
use reqwest::{Method, RequestBuilder};
use testkit::bedside_test;

use super::doors::{Hall, SECRETS};
use super::operation::operations;
use super::table::table;
use crate::cast::{Browser, Somebody, Ward};
use crate::kpn::guests::guest_in_browser;
use crate::oauth::app::{Fields, PASSWORD, browser, fields, sign_in};

const LEDGER: &str = include_str!("pages.txt");
const HERE: [(&str, &str); 2] = [("sec-fetch-site", "same-origin"), ("origin", "null")];
const ELSEWHERE: [(&str, &str); 2] =
    [("sec-fetch-site", "cross-site"), ("origin", "https://elders.example.test")];
/// What stands in the ledger where somebody is not asked: nothing can be posted to what is only shown.
const NOT_ASKED: &str = "-";

/// What is sent as a form with files.
const WITH_FILES: [&str; 5] = [
    "/chats/{chat}",
    "/chats/with/{person}",
    "/chats/{chat}/change-picture",
    "/account/picture",
    "/people/import",
];

/// A line of the ledger.
struct Entry {
    verb: &'static str,
    path: &'static str,
    /// The answer to each who asks, in their order.
    answers: [&'static str; 8],
}

fn ledger() -> Vec<Entry> {
    let lines = LEDGER.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let entry = |line: &'static str| {
        let mut words = line.split_whitespace();
        let (verb, path) = (words.next().expect("a verb"), words.next().expect("a path"));
        let answers: Vec<&str> = words.collect();
        Entry { verb, path, answers: answers.try_into().unwrap_or_else(|_| panic!("{line}: eight who ask")) }
    };
    lines.map(entry).collect()
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    /// No session.
    Nobody,
    /// A page of elsewhere in Anna's browser.
    Forger,
    /// Eva of another organisation.
    Stranger,
    /// Chris on another team, who is not in the chat.
    Colleague,
    /// Daan, a patient who is not in the chat.
    Patient,
    /// Riet, who came to another group of Anna's by a link.
    Guest,
    /// Bram, who is in it without rights of its owner.
    Member,
    /// Anna, to whom it belongs.
    Owner,
}

use Asker::{Colleague, Forger, Guest, Member, Nobody, Owner, Patient, Stranger};

const ASKERS: [Asker; 8] = [Nobody, Forger, Stranger, Colleague, Patient, Guest, Member, Owner];

/// The browsers of those who ask, in their order.
async fn browsers(ward: &Ward, hall: &Hall) -> [Browser; 8] {
    let mut nobody = browser(ward);
    nobody.open("/login").await;
    let of = async |person: &Somebody| {
        let person = person.clone().with_password(PASSWORD).await;
        let mut browser = browser(ward);
        let page = browser.open("/login").await;
        let inside = sign_in(&mut browser, &page, &person).await;
        assert_eq!(inside.status, 200, "{}", inside.text);
        browser
    };
    let owner = of(&hall.anna).await;
    let [eva, chris, daan, bram] =
        [of(&hall.eva).await, of(&hall.chris).await, of(&hall.daan).await, of(&hall.bram).await];
    let (_, guest) = guest_in_browser(ward, &hall.anna).await;
    [nobody, owner.clone(), eva, chris, daan, guest, bram, owner]
}

/// Where a route is in this hall, for this asker.
fn place(entry: &Entry, hall: &Hall, asker: Asker, real: &BTreeMap<String, String>) -> String {
    let is_direct = entry.path.contains("/with/");
    let [message, file] = if is_direct { &hall.direct } else { &hall.grouped };
    let [question, proof] = &hall.asked[usize::from(!is_direct)];
    let message = match entry.path {
        path if path.starts_with("/verify/") => proof,
        path if path.ends_with("/answer") => question,
        _ => message,
    };
    let other = if asker == Member { &hall.anna } else { &hall.bram };
    let file = match entry.path {
        path if path.starts_with("/api-docs/v1") => "swagger.json",
        path if path.starts_with("/api-docs") => "kpn.json",
        _ => file.as_str(),
    };
    let path = real.get(entry.path).map_or(entry.path, String::as_str);
    let blanks = [
        ("{chat}", hall.group.as_str()),
        ("{message}", message),
        ("{person}", &other.uuid()),
        ("{team}", &hall.teams[0].uuid()),
        ("{file}", file),
        ("{import}", hall.import.as_str()),
        ("{secret}", "nobody-has-this"),
    ];
    let path = blanks.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
    match (entry.verb, entry.path) {
        ("GET", "/chats/{chat}/owner") => format!("{path}?person={}", other.uuid()),
        _ => path,
    }
}

/// What is sent, so that somebody who may would get it done.
fn sent(path: &str, hall: &Hall, asker: Asker) -> Fields {
    let other = if asker == Member { &hall.anna } else { &hall.bram };
    let (other, chris, bram) = (other.uuid(), hall.chris.uuid(), hall.bram.uuid());
    let (elsewhere, other_team) = (hall.eva.organisation.id.hex(), hall.teams[1].uuid());
    fields(&match path {
        "/login" => vec![("email", "niemand@example.test"), ("password", "a guess")],
        "/oauth/logout" => vec![("client_id", "nobody")],
        "/account/switch" => vec![("organisation", elsewhere.as_str())],
        "/search" => vec![("q", "woorden")],
        "/chats/new" => vec![("find", "zzz")],
        "/account/picture" | "/chats/{chat}/change-picture" | "/people/import" => {
            vec![("note", "without a file")]
        }
        "/chats/new-group" => vec![("subject", "Nieuw"), ("member", chris.as_str())],
        "/chats/{chat}/subject" => vec![("subject", "Anders")],
        "/chats/{chat}/team" => vec![("team", other_team.as_str())],
        "/chats/{chat}/remove" => vec![("person", other.as_str())],
        "/chats/{chat}/times" => vec![("expire", "604800"), ("close", "30")],
        "/chats/{chat}/add" => vec![("member", chris.as_str())],
        "/chats/{chat}/guests" => vec![("days", "1")],
        "/chats/{chat}/admins" => vec![("person", bram.as_str()), ("on", "1")],
        "/chats/{chat}/owner" => vec![("person", bram.as_str())],
        "/account/applications" => vec![("name", "Bord"), ("addresses", "https://bord.example.test/")],
        "/account/language" => vec![("language", "en")],
        "/people/invite" => vec![("who", "patient"), ("address", "gast@example.test")],
        path if path.ends_with("/ask") => vec![("question", "Wanneer?"), ("options", "Nu")],
        path if path.ends_with("/prove") => vec![("person", bram.as_str())],
        "/chats/{chat}" | "/chats/with/{person}" => vec![("text", "Nog iets")],
        path if path.ends_with("/answer") => vec![("option", "ja")],
        path if path.starts_with("/verify/") => vec![("answer", "reject")],
        "/earlier/{token}" => vec![("answer", "accept")],
        _ => vec![],
    })
}

/// Fills a form in and sends it: with the token of a page of ours, but for who does so elsewhere.
async fn filled_in(
    request: RequestBuilder,
    entry: &Entry,
    asker: Asker,
    browser: &mut Browser,
    hall: &Hall,
) -> RequestBuilder {
    let (mut form, from) = (Fields::new(), if asker == Forger { ELSEWHERE } else { HERE });
    if asker != Forger {
        let shown = if asker == Nobody { "/login" } else { "/search" };
        let page = browser.send(Method::GET, shown, None, &[]).await;
        form.push(("form_token".to_owned(), page.form().value("form_token").to_owned()));
    }
    form.extend(sent(entry.path, hall, asker));
    let request = from.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    if WITH_FILES.contains(&entry.path) {
        request.multipart(form.into_iter().fold(Form::new(), |parts, (name, value)| parts.text(name, value)))
    } else {
        request.form(&form)
    }
}

/// Sends it; what was answered in one word, and what was told.
async fn answer(request: RequestBuilder) -> (String, String) {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let location = response.headers().get(LOCATION).map(|to| to.to_str().expect("ASCII").to_owned());
    let is_to_sign_in = location.as_deref().is_some_and(|to| to.starts_with("/login"));
    let word = if status == 303 && is_to_sign_in { "login".to_owned() } else { status.to_string() };
    let is_endless = response.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream");
    let text = if is_endless { String::new() } else { response.text().await.expect("a whole body") };
    (word, text)
}

/// What this asker is answered, having changed nothing where that is a refusal, and heard no secret.
async fn answered(
    ward: &Ward,
    entry: &Entry,
    path: &str,
    asker: Asker,
    browser: &mut Browser,
    hall: &Hall,
) -> String {
    let before = ward.inventory().await;
    let verb: Method = entry.verb.parse().unwrap();
    let mut request = ward.http.request(verb.clone(), format!("{}{path}", ward.url));
    if verb == Method::POST {
        request = filled_in(request, entry, asker, browser, hall).await;
    }
    let cookies: Vec<String> =
        browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let (word, text) = answer(request.header("cookie", cookies.join("; "))).await;
    let at = format!("{verb} {} as {asker:?}", entry.path);
    let is_refused = word == "login" || word.parse::<u16>().is_ok_and(|status| status >= 400);
    assert!(!is_refused || ward.inventory().await == before, "{at} is refused, and yet something changed");
    if !matches!(asker, Member | Owner) {
        assert_eq!(SECRETS.iter().find(|secret| text.contains(**secret)), None, "told at {at}");
    }
    word
}

#[bedside_test]
async fn each_page_answers_everybody_as_the_ledger_of_the_pages_says(ward: Ward) {
    let mut hall = Hall::of(&ward).await;
    let mut browsers = browsers(&ward, &hall).await;
    let real = marked(&table(&house::router(&ward.house)));
    let mut wrong = Vec::new();
    for entry in ledger() {
        if entry.verb == "POST" && entry.path.starts_with("/chats/{chat}") {
            hall.renew().await;
        }
        if entry.path == "/chats/{chat}/open" {
            let (owner, group) = (hall.anna.kpn().await, format!("groupchats/{}", hall.group));
            owner.delete(&group, serde_json::json!({})).await.ok();
        }
        let mut answers = Vec::new();
        for (asker, browser) in ASKERS.into_iter().zip(&mut browsers) {
            if asker == Forger && entry.verb == "GET" {
                answers.push(NOT_ASKED.to_owned());
                continue;
            }
            ward.clock.pass(SignedDuration::from_secs(2));
            let path = place(&entry, &hall, asker, &real);
            answers.push(answered(&ward, &entry, &path, asker, browser, &hall).await);
        }
        if answers != entry.answers {
            wrong.push(format!("{} {} {}", entry.verb, entry.path, answers.join(" ")));
        }
    }
    let wrong = wrong.join("\n");
    assert!(wrong.is_empty(), "the house answers otherwise than tests/ledger/pages.txt says:\n{wrong}");
    ward.settle().await;
}

#[bedside_test]
async fn a_verb_that_a_page_does_not_know_is_405_and_changes_nothing(ward: Ward) {
    let hall = Hall::of(&ward).await;
    let real = marked(&table(&house::router(&ward.house)));
    let before = ward.inventory().await;
    for entry in ledger() {
        ward.pass_a_second();
        let url = format!("{}{}", ward.url, place(&entry, &hall, Nobody, &real));
        let answer = ward.http.delete(url).send().await.expect("an answer");
        assert_eq!(answer.status(), 405, "DELETE {}", entry.path);
    }
    assert_eq!(ward.inventory().await, before);
}

#[test]
fn no_api_can_be_served_where_pages_are() {
    let begins = |entry: &Entry| entry.path.split('/').nth(1).unwrap_or_default();
    let mut first: BTreeSet<&str> = ledger().iter().map(begins).collect();
    first.retain(|segment| !segment.is_empty() && !house::FIRST_SEGMENTS.contains(segment));
    assert!(first.is_empty(), "FIRST_SEGMENTS lacks {first:?}, which wires.kpn_paths could then take");
}

#[bedside_test]
async fn everything_that_the_house_serves_is_in_one_ledger_or_the_other(ward: Ward) {
    let mut served = table(&house::router(&ward.house));
    // The APIs of administrators, of the portal and of the desk have ledgers of their own (tests/admin/ledger.rs and others).
    let is_elsewhere = |path: &str| path.starts_with("/api/");
    served.retain(|(_, path)| !is_elsewhere(path));
    let is_of_api = |path: &str| ::kpn::BASE_PATHS.iter().any(|base| path.starts_with(&format!("{base}/")));
    let (api, pages): (BTreeSet<_>, BTreeSet<_>) = served.into_iter().partition(|(_, path)| is_of_api(path));

    let real = marked(&pages);
    let back: BTreeMap<&String, &String> = real.iter().map(|(marked, real)| (real, marked)).collect();
    let pages: BTreeSet<(&str, &str)> = pages
        .iter()
        .map(|(verb, path)| (verb.as_str(), back.get(path).map_or(path.as_str(), |path| path)))
        .collect();
    let entries = ledger();
    let listed: BTreeSet<(&str, &str)> = entries.iter().map(|entry| (entry.verb, entry.path)).collect();
    assert_eq!(listed.len(), entries.len(), "each stands once");
    let unlisted: Vec<_> = pages.difference(&listed).collect();
    let unserved: Vec<_> = listed.difference(&pages).collect();
    assert!(
        unlisted.is_empty() && unserved.is_empty(),
        "not in pages.txt: {unlisted:?}; not served: {unserved:?}"
    );

    for base in ::kpn::BASE_PATHS {
        for operation in operations() {
            let found = api.contains(&(operation.method.clone(), format!("{base}{}", operation.path)));
            assert!(found, "{} {base}{}", operation.method, operation.path);
        }
    }
    let documented: BTreeSet<(String, String)> =
        operations().into_iter().map(|operation| (operation.method, operation.path)).collect();
    for (verb, path) in &api {
        let inside = ::kpn::BASE_PATHS.iter().filter_map(|base| path.strip_prefix(base));
        let found = inside.filter(|path| is_documented(&documented, verb, path)).count();
        assert!(found > 0, "{verb} {path} is in no ledger");
    }
}

/// What the base path itself hands on to all of its routes is no route of its own. The gateway is a websocket, which a
/// document of HTTP cannot describe: who is refused there, tests/kpn/gateway asks frame by frame.
fn is_documented(documented: &BTreeSet<(String, String)>, verb: &str, path: &str) -> bool {
    let path = format!("/{}", path.trim_start_matches('/'));
    let is_another = [("ANY", "/"), ("ANY", "/gateway")].contains(&(verb, path.as_str()));
    is_another || documented.contains(&(verb.to_owned(), path))
}

/// The names of files that change with their content, by what stands for them in the ledger.
fn marked(served: &BTreeSet<(String, String)>) -> BTreeMap<String, String> {
    let assets = served.iter().map(|(_, path)| path).filter(|path| path.starts_with("/assets/"));
    let mark = |path: &String| {
        let (head, rest) = path.split_once('-').expect("a name and a mark");
        let (_, kind) = rest.split_once('.').expect("a mark and a kind");
        (format!("{head}-*.{kind}"), path.clone())
    };
    assets.map(mark).collect()
}
