//! Every cookie that a browser is handed is bound to this host, and neither scripts nor other sites get at it.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use kernel::Role;
use testkit::bedside_test;

use super::app::{App, PASSWORD, fields, sign_in};
use super::second::{asks, set_up};
use crate::cast::{Browser, Page, Ward};

const PUBLIC_URL: &str = "https://zorg.example.test";

/// What the pages give a browser behind https, by name.
const COOKIES: [&str; 7] = [
    "__Host-bedside",
    "__Host-bedside-account-lang",
    "__Host-bedside-form",
    "__Host-bedside-half",
    "__Host-bedside-lang",
    "__Host-bedside-said",
    "__Host-bedside-way",
];

/// Holds a `Set-Cookie` to what all of them must be, and gives the cookie's name.
#[track_caller]
fn must_be_bound(cookie: &str) -> &str {
    let (pair, attributes) = cookie.split_once("; ").expect("attributes");
    let attributes: BTreeSet<&str> = attributes.split("; ").collect();
    let has = |attribute| attributes.contains(attribute);
    assert!(pair.starts_with("__Host-"), "{cookie}");
    assert!(has("Secure") && has("HttpOnly") && has("Path=/"), "{cookie}");
    assert!(has("SameSite=Lax") || has("SameSite=Strict"), "{cookie}");
    assert!(!attributes.iter().any(|one| one.to_lowercase().starts_with("domain")), "{cookie}");
    pair.split_once('=').expect("a value").0
}

async fn posted(visit: &mut Browser, page: &Page, path: &str, more: &[(&str, &str)]) -> Page {
    let form = page.forms().into_iter().find(|form| form.action == path);
    let form = form.unwrap_or_else(|| panic!("no form that leads to {path}: {}", page.text));
    let mut sent = form.fields;
    sent.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    sent.extend(fields(more));
    visit.post(path, &sent, &[]).await
}

#[bedside_test]
async fn behind_https_every_cookie_of_every_page_is_bound_to_the_host(ward: Ward) {
    let linde = ward.organisation("linde").await;
    asks(&linde, &[Role::Doctor]).await;
    let eva = linde.doctor("Eva").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    let after = ward.restarted_with(|settings| settings.public_url = PUBLIC_URL.to_owned()).await;
    let mut visit = Browser::at(&ward.http, &after.url);

    for path in
        ["/login", "/login?lang=nl", "/login/reset?lang=fr", "/login/link?lang=en", "/login/by-link?code=x"]
    {
        visit.open(path).await;
    }
    let page = visit.open("/login/reset").await;
    visit.submit(&page, &[("email", &eva.email)]).await;
    let page = visit.open("/login/link").await;
    visit.submit(&page, &[("email", &eva.email)]).await;
    let page = visit.open(&app.request(&[("login_hint", &eva.email)])).await;
    let wrong = visit.submit(&page, &[("email", &eva.email), ("password", "a guess")]).await;
    assert_eq!(wrong.status, 422);
    let page = sign_in(&mut visit, &wrong, &eva).await;
    assert!(page.path.starts_with("/login/set-up"), "{}", page.path);
    let (_, kept) = set_up(&ward, &mut visit, &page).await;
    assert!(kept.path.starts_with("/account/recovery-codes"), "{}", kept.path);
    let consent = visit.open(&app.request(&[])).await;
    assert!(consent.path.starts_with("/consent"), "{}", consent.path);
    assert_eq!(visit.submit(&consent, &[("answer", "allow")]).await.status, 302);
    let account = visit.open("/account?lang=de").await;
    assert!(account.text.contains("Eva de Vries"));
    let chosen = posted(&mut visit, &account, "/account/language", &[("language", "fr")]).await;
    assert_eq!(chosen.status, 303);
    for path in
        ["/account/log", "/account/passkeys", "/account/second-factor", "/account/applications", "/chats"]
    {
        visit.open(path).await;
    }
    let out = visit.open("/oauth/logout").await;
    visit.submit(&out, &[]).await;
    assert!(visit.open("/account").await.path.starts_with("/login"), "signed out");

    let names: BTreeSet<&str> = visit.met.iter().map(|cookie| must_be_bound(cookie)).collect();
    assert_eq!(names, BTreeSet::from(COOKIES));
    after.close().await;
    ward.settle().await;
}

#[bedside_test]
async fn a_copy_of_the_cookie_with_recovery_codes_tells_nothing_a_minute_later_nor_in_another_session(
    ward: Ward,
) {
    let linde = ward.organisation("linde").await;
    asks(&linde, &[Role::Doctor]).await;
    let eva = linde.doctor("Eva").await.with_password(PASSWORD).await;
    let (mut visit, mut other) = (Browser::at(&ward.http, &ward.url), Browser::at(&ward.http, &ward.url));
    let page = visit.open("/login?return=%2Faccount").await;
    let page = sign_in(&mut visit, &page, &eva).await;
    let (key, kept) = set_up(&ward, &mut visit, &page).await;
    assert!(kept.text.contains("<li><code>"), "{}", kept.path);
    let met = visit.met.iter().filter_map(|cookie| cookie.strip_prefix("bedside-said="));
    let said = met.filter_map(|rest| rest.split(';').next()).find(|value| !value.is_empty());
    let said = said.expect("the codes, sealed").to_owned();
    let page = other.open("/login?return=%2Faccount").await;
    let page = sign_in(&mut other, &page, &eva).await;
    let code = key.code(ward.clock.now_ms());
    assert_eq!(other.submit(&page, &[("code", &code)]).await.path, "/account");

    let tells = async |visit: &mut Browser| {
        visit.cookies.insert("bedside-said".to_owned(), said.clone());
        visit.open("/account/recovery-codes").await.text.contains("<li><code>")
    };
    assert!(!tells(&mut other).await, "another session of hers");
    assert!(tells(&mut visit).await, "half a minute later");
    ward.clock.pass(SignedDuration::from_secs(31));
    assert!(!tells(&mut visit).await);
    ward.settle().await;
}
