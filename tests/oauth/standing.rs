//! What a token rests on: when any of it ends, the token ends, at once here and within a second elsewhere.

use identity::{By, memberships, persons};
use jiff::SignedDuration;
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

async fn end_memberships(somebody: &Somebody) {
    let input = (somebody.organisation.id, somebody.id);
    let house = &somebody.organisation.ward.house;
    let done = house.db.write(input, |tx, (organisation, person)| {
        Box::pin(async move {
            for one in memberships::of_person(tx, *person).await? {
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
        if let Some(token) = late.json["access_token"].as_str() {
            assert_eq!(app.try_token(token).await, 401, "a code on its way gives nothing that works");
        }
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
    let refused = lines.iter().filter(|line| line.kind == "sign_in_refused" && line.person == Some(anna.id));
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
