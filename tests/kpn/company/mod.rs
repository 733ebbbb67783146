//! The company: who is invited into it, who works there, and lists of people.

mod accounts;
mod groups;
mod imports;
mod invites;
mod joining;
mod meanwhile;
mod mentions;
mod people;
mod refused;
mod sandboxes;

use kernel::PersonId;
use serde_json::Value;

use crate::cast::{Browser, Organisation, Page, Somebody, Ward};
use crate::oauth::app::{PASSWORD, browser};

/// Follows the link of the newest letter, and makes an account with the usual password.
async fn sign_up(ward: &Ward, link: &str, more: &[(&str, &str)]) -> (Browser, Page) {
    let mut visit = browser(ward);
    let page = visit.open(link).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let filled = [&[("new", PASSWORD), ("again", PASSWORD), ("language", "nl")], more].concat();
    let inside = visit.submit(&page, &filled).await;
    (visit, inside)
}

/// The link of the newest letter.
async fn newest_link(ward: &Ward) -> String {
    ward.letters().await.pop().expect("a letter").link(ward)
}

/// Somebody by the id that the wire tells.
fn known(organisation: &Organisation, id: &str, email: &str) -> Somebody {
    let id = PersonId::from_uuid(id).expect("an id");
    Somebody { organisation: organisation.clone(), id, email: email.to_owned() }
}

/// How many rows there are.
async fn count(ward: &Ward, sql: &'static str) -> i64 {
    let read = ward.house.db.read(sql, |tx, sql| Box::pin(tx.one(sql, &[], |row| row.get::<i64>(0))));
    read.await.expect("a count").expect("a count")
}

const PERSONS: &str = "SELECT COUNT(*) FROM persons";

fn names(user: &Value) -> (&str, &str) {
    (user["first_name"].as_str().expect("a name"), user["last_name"].as_str().expect("a name"))
}
