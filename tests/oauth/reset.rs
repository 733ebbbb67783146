//! Who forgot their password gets another by a letter, and nobody learns who has an account.

use identity::persons;
use jiff::SignedDuration;
use kernel::{PersonId, Role};
use store::args;
use testkit::bedside_test;
use vault::Vault;

use super::app::{App, PASSWORD, browser, fields, sign_in};
use crate::cast::{Browser, MailServer, Page, Somebody, Ward};
use crate::secrecy::access_log::lines;

const NEW: &str = "another linden tea";

async fn anna(ward: &Ward) -> Somebody {
    ward.organisation("linde").await.patient("Anna").await.with_password(PASSWORD).await
}

async fn ask(visit: &mut Browser, email: &str) -> Page {
    let page = visit.open("/login/reset").await;
    visit.submit(&page, &[("email", email)]).await
}

/// Kind, reader and text of each letter, the newest last.
async fn letters(ward: &Ward) -> Vec<(String, PersonId, String)> {
    ward.settle().await;
    let found = ward.house.db.read((), |tx, ()| {
        Box::pin(async move {
            let sql = "SELECT l.kind, l.person, l.id, l.organisation FROM letters l ORDER BY l.id";
            let read = |row: &store::Row<'_>| {
                Ok((row.get::<String>(0)?, row.get::<PersonId>(1)?, row.get(2)?, row.get(3)?))
            };
            let mut all = Vec::new();
            for (kind, person, id, organisation) in tx.all(sql, &args![], read).await? {
                let stored = outbound::letters::find(tx, organisation, id).await?.expect("the letter");
                let content = stored.open(&tx.tool::<Vault>()?.house())?.expect("words");
                all.push((kind, person, content.text));
            }
            Ok(all)
        })
    });
    found.await.expect("letters")
}

fn link_of(text: &str) -> String {
    let at = text.find("/login/reset/new?code=").expect("a link");
    text[at..].split_whitespace().next().expect("its end").to_owned()
}

#[bedside_test]
async fn a_person_gets_another_password_and_all_that_came_of_the_old_one_ends(ward: Ward) {
    let anna = anna(&ward).await;
    let app = App::of(&anna.organisation, |_| {}).await;
    let token = app.token(&app.code(&anna, &[]).await).await;
    let mut old = browser(&ward);
    let login = old.open("/login").await;
    sign_in(&mut old, &login, &anna).await;

    let mut visit = browser(&ward);
    let asked = ask(&mut visit, &format!(" {} ", anna.email.to_uppercase())).await;
    assert_eq!((asked.status, asked.path.as_str()), (200, "/login/reset?asked=1"));
    let letters_then = letters(&ward).await;
    let [(kind, person, text)] = &letters_then[..] else { panic!("one letter: {letters_then:?}") };
    assert_eq!((kind.as_str(), *person), ("password_reset", anna.id));
    assert!(text.contains("Praktijk linde") && !text.contains("Anna"), "{text}");
    assert_eq!(app.try_token(&token).await, 200, "nothing has changed so far");

    let link = link_of(text);
    let page = visit.open(&link).await;
    for (new, again, at) in [("short", "short", "new-error"), (NEW, "another", "again-error")] {
        let refused = visit.submit(&page, &[("new", new), ("again", again)]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains(&format!("aria-describedby=\"{at}")), "{at}");
    }
    let changed = visit.submit(&page, &[("new", NEW), ("again", NEW)]).await;
    assert_eq!((changed.status, changed.path.as_str()), (200, "/login?reset=1"));
    assert!(changed.text.contains("Now sign in with your new password."));
    assert_eq!(app.try_token(&token).await, 401);
    assert!(old.open("/account").await.path.starts_with("/login"));
    assert_eq!(sign_in(&mut visit, &changed, &anna).await.status, 422, "the old one");
    let login = visit.open("/login").await;
    assert_eq!(visit.submit(&login, &[("email", &anna.email), ("password", NEW)]).await.path, "/chats");
    let mut late = browser(&ward);
    assert_eq!(late.open(&link).await.status, 404, "each link once");

    let told = letters(&ward).await;
    assert_eq!(told.len(), 2);
    assert!(told.iter().any(|one| one.0 == "account" && one.2.contains("was changed")), "{told:?}");
    let lines = lines(&ward).await;
    let reset = lines.iter().filter(|line| line.reason.as_deref() == Some("password reset"));
    assert_eq!(reset.filter(|line| line.patient == Some(anna.id)).count(), 1, "she sees it");
}

#[bedside_test]
async fn whoever_asks_hears_the_same_and_only_who_has_a_proven_address_gets_a_letter(ward: Ward) {
    const UNPROVEN: &str = "UPDATE person_identifiers SET verified_ms = NULL WHERE person = $1";
    let anna = anna(&ward).await;
    let disabled = anna.organisation.patient("Dirk").await.with_password(PASSWORD).await;
    let unproven = anna.organisation.patient("Eef").await.with_password(PASSWORD).await;
    let pending = anna.organisation.patient("Fien").await;
    let input = (anna.organisation.id, disabled.id, unproven.id);
    let changed = ward.house.db.write(input, |tx, (organisation, disabled, unproven)| {
        Box::pin(async move {
            persons::disable(tx, identity::By::Operator, *organisation, *disabled).await?;
            tx.run(UNPROVEN, &args![unproven]).await
        })
    });
    changed.await.expect("changed");
    let mut said = Vec::new();
    for email in
        ["niemand@example.test", &disabled.email, &unproven.email, &pending.email, &anna.email, "0612345678"]
    {
        let asked = ask(&mut browser(&ward), email).await;
        said.push((asked.status, asked.path, asked.text));
    }
    assert!(said.iter().all(|one| *one == said[0]), "{said:?}");
    let told = letters(&ward).await;
    assert_eq!(told.iter().map(|one| one.1).collect::<Vec<_>>(), [anna.id]);
    let lines = lines(&ward).await;
    let sent: Vec<_> =
        lines.iter().filter(|line| line.reason.as_deref() == Some("password letter sent")).collect();
    assert_eq!(sent.len(), 1, "who is nobody leaves no line");
    let line = (sent[0].kind.as_str(), sent[0].person, sent[0].patient);
    assert_eq!(line, ("sign_in_letter", None, Some(anna.id)), "she sees it, and that nobody knows who asked");
    let missing = ask(&mut browser(&ward), "").await;
    assert_eq!(missing.status, 422);
}

#[bedside_test]
async fn nobody_fills_anothers_mailbox(ward: Ward) {
    let anna = anna(&ward).await;
    for _ in 0..3 {
        ask(&mut browser(&ward), &anna.email).await;
        assert_eq!(letters(&ward).await.len(), 1, "one in two minutes");
    }
    for _ in 0..8 {
        ward.clock.pass(SignedDuration::from_mins(3));
        ask(&mut browser(&ward), &anna.email).await;
        ward.settle().await;
    }
    assert_eq!(letters(&ward).await.len(), 5, "five a day");
}

#[bedside_test]
async fn a_stranger_who_asks_and_asks_takes_no_letter_from_anna(ward: Ward) {
    let anna = anna(&ward).await;
    let mut hers = browser(&ward);
    let login = hers.open("/login").await;
    sign_in(&mut hers, &login, &anna).await;
    hers.cookies.remove("bedside");
    let mut stranger = browser(&ward);
    ask(&mut stranger, &anna.email).await;
    ask(&mut hers, &anna.email).await;
    assert_eq!(letters(&ward).await.len(), 2, "both at the same moment");
    for _ in 0..8 {
        ward.clock.pass(SignedDuration::from_mins(3));
        ask(&mut stranger, &anna.email).await;
        ward.settle().await;
    }
    assert_eq!(letters(&ward).await.len(), 6, "five a day for strangers");
    ask(&mut hers, &anna.email).await;
    let sent = letters(&ward).await;
    assert_eq!(sent.len(), 7, "hers comes");
    let page = hers.open(&link_of(&sent[6].2)).await;
    assert_eq!(page.status, 200);
    ward.clock.pass(SignedDuration::from_hours(1));
    ask(&mut browser(&ward), &anna.email).await;
    assert_eq!(letters(&ward).await.len(), 8, "on a new device, too, once an hour");
    ask(&mut browser(&ward), &anna.email).await;
    assert_eq!(letters(&ward).await.len(), 8);
}

#[bedside_test]
async fn a_link_opens_for_half_an_hour_and_the_newest_use_closes_the_others(ward: Ward) {
    let anna = anna(&ward).await;
    ask(&mut browser(&ward), &anna.email).await;
    let first = link_of(&letters(&ward).await[0].2);
    ward.clock.pass(SignedDuration::from_mins(3));
    ask(&mut browser(&ward), &anna.email).await;
    let second = link_of(&letters(&ward).await[1].2);
    let mut visit = browser(&ward);
    let page = visit.open(&first).await;
    assert_eq!(visit.submit(&page, &[("new", NEW), ("again", NEW)]).await.path, "/login?reset=1");
    assert_eq!(visit.open(&second).await.status, 404, "what else was sent opens nothing");
    ward.clock.pass(SignedDuration::from_mins(3));
    ask(&mut browser(&ward), &anna.email).await;
    let third = link_of(&letters(&ward).await.last().expect("a letter").2);
    assert_eq!(visit.open(&third).await.status, 200);
    ward.clock.pass(SignedDuration::from_mins(30));
    let late = visit.open(&third).await;
    assert_eq!(late.status, 404);
    assert!(late.text.contains("no longer works"));
    let form = fields(&[
        ("form_token", page.form().value("form_token")),
        ("code", "guess"),
        ("new", NEW),
        ("again", NEW),
    ]);
    assert_eq!(visit.post("/login/reset/new", &form, &[]).await.status, 404);
}

#[bedside_test]
async fn staff_of_a_sandbox_do_not_read_the_links_of_who_is_elsewhere_for_real(ward: Ward) {
    const LIVE: &str = "UPDATE organisations SET sandbox = FALSE WHERE id = $1";
    let sandbox = ward.organisation("linde").await;
    let live = ward.organisation("elders").await;
    let bram = live.somebody("Bram", "Bakker", Role::Patient).await.with_password(PASSWORD).await;
    sandbox.member(&bram, Role::Patient).await;
    let made = ward.house.db.write(live.id, |tx, id| Box::pin(async move { tx.run(LIVE, &args![id]).await }));
    made.await.expect("live");
    ask(&mut browser(&ward), &bram.email).await;
    let server = MailServer::open().await;
    ward.with_mailer(server.mailer()).settle().await;
    let mails = server.take();
    assert_eq!(mails.iter().map(|mail| &mail.to).collect::<Vec<_>>(), [&bram.email]);
    let from = ward.house.db.read((), |tx, ()| {
        Box::pin(async move {
            let sql = "SELECT organisation FROM letters WHERE kind = 'password_reset'";
            tx.all(sql, &args![], |row| row.get::<kernel::OrganisationId>(0)).await
        })
    });
    assert_eq!(from.await.expect("letters"), [live.id]);
}
