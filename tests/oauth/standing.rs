//! What a token rests on: when any of it ends, the token ends, at once here and within a second elsewhere.

use identity::{By, memberships, persons};
use jiff::SignedDuration;
use kernel::Role;
use testkit::bedside_test;

use super::app::{App, PASSWORD, browser, error_of, fields, sign_in, try_token};
use crate::cast::{Node, Organisation, Somebody, Ward};
use crate::secrecy::access_log::lines;

async fn disable(somebody: &Somebody) {
    let input = (somebody.organisation.id, somebody.id);
    let house = &somebody.organisation.ward.house;
    let done = house.db.write(input, |tx, (organisation, person)| {
        Box::pin(persons::disable(tx, By::Operator, *organisation, *person))
    });
    done.await.expect("disabled");
}

async fn enable(somebody: &Somebody) {
    let input = (somebody.organisation.id, somebody.id);
    let house = &somebody.organisation.ward.house;
    let done = house.db.write(input, |tx, (organisation, person)| {
        Box::pin(persons::enable(tx, By::Operator, *organisation, *person))
    });
    done.await.expect("enabled");
}

async fn end_memberships(somebody: &Somebody) {
    let input = (somebody.organisation.id, somebody.id);
    let house = &somebody.organisation.ward.house;
    let done = house.db.write(input, |tx, (organisation, person)| {
        Box::pin(async move {
            let all = memberships::of_person(tx, *person).await?;
            for one in all.into_iter().filter(|one| one.organisation == *organisation) {
                memberships::end(tx, By::Operator, *organisation, one.id).await?;
            }
            Ok(())
        })
    });
    done.await.expect("ended");
}

async fn scene(ward: &Ward) -> (Organisation, Somebody, App) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    (linde, anna, app)
}

#[bedside_test]
async fn whoever_is_disabled_or_belongs_nowhere_any_more_has_no_token_no_session_and_no_way_in(ward: Ward) {
    let (linde, anna, app) = scene(&ward).await;
    let bram = linde.patient("Bram").await.with_password(PASSWORD).await;
    for (person, is_disabled) in [(&anna, true), (&bram, false)] {
        let mut visit = browser(&ward);
        app.allowed(person, &mut visit, &[]).await;
        let token = app.token(&app.code(person, &[]).await).await;
        let open_code = app.code(person, &[]).await;
        assert_eq!(app.try_token(&token).await, 200);
        if is_disabled {
            disable(person).await
        } else {
            end_memberships(person).await
        }
        assert_eq!(app.try_token(&token).await, 401, "at once");
        let late = app.redeem(&app.token_form(&open_code, &[])).await;
        assert_eq!((late.status, &late.json["error"]), (400, &"invalid_grant".into()), "a code on its way");
        assert!(visit.open("/account").await.path.starts_with("/login"), "signed out");
        let page = visit.open(&app.request(&[])).await;
        let refused = sign_in(&mut visit, &page, person).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        let nobody = visit.submit(&page, &[("email", "nobody@example.test"), ("password", PASSWORD)]).await;
        assert_eq!(nobody.text.replace("nobody@example.test", &person.email), refused.text, "as if unknown");
        assert_eq!(error_of(&visit.open(&app.request(&[("prompt", "none")])).await), "login_required");
    }
}

#[bedside_test]
async fn what_ended_with_a_standing_does_not_come_back_with_it(ward: Ward) {
    let (linde, anna, app) = scene(&ward).await;
    let bram = linde.patient("Bram").await.with_password(PASSWORD).await;
    for (person, is_disabled) in [(&anna, true), (&bram, false)] {
        let mut visit = browser(&ward);
        app.allowed(person, &mut visit, &[]).await;
        let token = app.token(&app.code(person, &[]).await).await;
        let open_code = app.code(person, &[]).await;
        if is_disabled {
            disable(person).await;
            enable(person).await;
        } else {
            end_memberships(person).await;
            linde.member(person, Role::Patient).await;
        }
        assert_eq!(app.try_token(&token).await, 401);
        let late = app.redeem(&app.token_form(&open_code, &[])).await;
        assert_eq!((late.status, &late.json["error"]), (400, &"invalid_grant".into()));
        assert!(visit.open("/account").await.path.starts_with("/login"));
        let anew = app.token(&app.code(person, &[]).await).await;
        assert_eq!(app.try_token(&anew).await, 200, "they are let in as they were");
    }
}

#[bedside_test]
async fn who_leaves_one_organisation_stays_in_the_other(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let eik = ward.organisation("eik").await;
    eik.member(&anna, Role::Patient).await;
    let there = App::of(&eik, |_| {}).await;
    let tokens =
        [app.token(&app.code(&anna, &[]).await).await, there.token(&there.code(&anna, &[]).await).await];
    end_memberships(&anna).await;
    assert_eq!((app.try_token(&tokens[0]).await, there.try_token(&tokens[1]).await), (401, 200));
}

#[bedside_test]
async fn a_password_that_an_operator_gives_ends_what_was_there_in_all_organisations(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let eik = ward.organisation("eik").await;
    eik.member(&anna, Role::Patient).await;
    let node = match &ward.site.place {
        store::Place::Url(_) => Some(Node::open(&ward.site, "second", Some(&ward.url)).await),
        store::Place::File(_) => None,
    };
    let there = App::of(&eik, |_| {}).await;
    let mut visit = browser(&ward);
    app.allowed(&anna, &mut visit, &[]).await;
    let mut stolen = Vec::new();
    for app in [&app, &there] {
        let token = app.token(&app.code(&anna, &[]).await).await;
        assert_eq!(app.try_token(&token).await, 200);
        if let Some(node) = &node {
            assert_eq!(try_token(&ward, &node.url, &token).await, 200);
        }
        stolen.push((app, token, app.code(&anna, &[]).await));
    }
    let anna = anna.with_password("another linden tea").await;
    for (app, token, open_code) in &stolen {
        assert_eq!(app.try_token(token).await, 401, "at once where it was done");
        let late = app.redeem(&app.token_form(open_code, &[])).await;
        assert_eq!((late.status, &late.json["error"]), (400, &"invalid_grant".into()));
    }
    if let Some(node) = node {
        ward.clock.pass(SignedDuration::from_secs(1));
        for (_, token, _) in &stolen {
            assert_eq!(
                try_token(&ward, &node.url, token).await,
                401,
                "a second after it was asked for there"
            );
        }
        node.close().await;
    }
    let page = visit.open("/account").await;
    assert!(page.path.starts_with("/login"), "signed out");
    assert_eq!(sign_in(&mut visit, &page, &anna).await.status, 422, "the old password");
    let with_new = [("email", anna.email.as_str()), ("password", "another linden tea")];
    assert_eq!(visit.submit(&page, &with_new).await.path, "/account");
}

#[bedside_test]
async fn a_right_password_that_leads_nowhere_is_written_down_and_delayed_like_a_wrong_one(ward: Ward) {
    let (_, anna, _) = scene(&ward).await;
    end_memberships(&anna).await;
    let mut visit = browser(&ward);
    let page = visit.open("/login").await;
    for _ in 0..6 {
        assert_eq!(sign_in(&mut visit, &page, &anna).await.status, 422);
    }
    let delayed = sign_in(&mut visit, &page, &anna).await;
    assert_eq!((delayed.status, delayed.header("retry-after")), (429, "1"));
    let lines = lines(&ward).await;
    let refused = lines.iter().filter(|line| {
        let is_about_her = line.object.as_deref() == Some(anna.id.as_bytes());
        line.kind == "sign_in_refused" && line.person.is_none() && is_about_her
    });
    assert_eq!(refused.count(), 6);
    assert!(lines.iter().all(|line| line.kind != "sign_in"), "{lines:?}");
}

#[bedside_test]
async fn who_belongs_to_another_organisation_alone_cannot_allow_this_ones_application(ward: Ward) {
    let (_, _, app) = scene(&ward).await;
    let eik = ward.organisation("eik").await;
    let stranger = eik.patient("Zoe").await.with_password(PASSWORD).await;
    let mut visit = browser(&ward);
    let page = visit.open(&app.request(&[])).await;
    let still_there = sign_in(&mut visit, &page, &stranger).await;
    assert!(still_there.path.starts_with("/login"), "{}", still_there.path);
    assert_eq!(error_of(&visit.open(&app.request(&[("prompt", "none")])).await), "login_required");
}

// Two servers over one database, in one process: time is injected, and both have to go by the same.
#[bedside_test]
async fn a_revoked_token_stops_at_once_here_and_within_a_second_on_every_other_node(ward: Ward) {
    let (linde, anna, app) = scene(&ward).await;
    let node = match &ward.site.place {
        store::Place::Url(_) => Some(Node::open(&ward.site, "second", Some(&ward.url)).await),
        store::Place::File(_) => None,
    };
    let elsewhere = node.as_ref().map(|node| node.url.as_str());
    let bram = linde.patient("Bram").await.with_password(PASSWORD).await;
    let chris = linde.patient("Chris").await.with_password(PASSWORD).await;
    let revoke = async |token: &str| {
        let own = [("client_id", app.client_id.as_str()), ("client_secret", &app.secret), ("token", token)];
        assert_eq!(app.post("/oauth/revoke", &fields(&own), None).await.status, 200);
    };
    for (number, person) in [&anna, &bram, &chris].into_iter().enumerate() {
        let token = app.token(&app.code(person, &[]).await).await;
        assert_eq!(app.try_token(&token).await, 200);
        if let Some(url) = elsewhere {
            assert_eq!(try_token(&ward, url, &token).await, 200);
        }
        ward.clock.pass(SignedDuration::from_millis(1));
        match number {
            0 => revoke(&token).await,
            1 => disable(person).await,
            _ => end_memberships(person).await,
        }
        assert_eq!(app.try_token(&token).await, 401, "at once where it was done");
        if let Some(url) = elsewhere {
            ward.clock.pass(SignedDuration::from_millis(999));
            assert_eq!(try_token(&ward, url, &token).await, 401, "a second after it was asked for there");
        }
    }
    if let Some(node) = node {
        node.close().await;
    }
}
