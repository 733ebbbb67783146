//! An administrator and what applications hold of people, and what people prove themselves by.

use identity::Dialect;
use identity::clients::NewClient;
use identity::factors;
use kernel::{Role, Scopes};
use serde_json::{Value, json};
use testkit::bedside_test;

use super::desk::{Desk, femke, problem};
use crate::cast::{Somebody, Ward};
use crate::oauth::app::{App, PASSWORD, browser, fields, sign_in};
use crate::secrecy::access_log::lines;

fn own(new: &mut NewClient) {
    new.dialect = Dialect::Own;
    new.grant_types = Dialect::Own.grant_types().to_vec();
    new.scopes = Scopes::parse("read write openid offline_access").0;
    new.trusted = true;
}

async fn redeemed(app: &App, person: &Somebody) -> (String, String) {
    let answer = app.redeem(&app.token_form(&app.code(person, &[]).await, &[])).await.ok();
    let text = |name: &str| answer[name].as_str().expect(name).to_owned();
    (text("access_token"), text("refresh_token"))
}

async fn refresh(app: &App, token: &str) -> u16 {
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.secret.as_str()),
    ];
    app.redeem(&fields(&form)).await.status
}

fn of_kind<'a>(all: &'a Value, kind: &str) -> Vec<&'a Value> {
    all.as_array().unwrap().iter().filter(|one| one["kind"] == kind).collect()
}

async fn count(ward: &Ward, reason: &str) -> usize {
    lines(ward).await.iter().filter(|line| line.reason.as_deref() == Some(reason)).count()
}

#[bedside_test]
async fn femke_ends_what_an_application_holds_and_it_cannot_help_itself_to_more(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let bram = linde.patient("Bram").await.with_password(PASSWORD).await;
    let app = App::of(&linde, own).await;
    let (kept, kept_refresh) = redeemed(&app, &bram).await;
    ward.pass_a_second();
    let (access, refresh_token) = redeemed(&app, &bram).await;
    let (desk, other) = (Desk::of(&femke(&linde).await).await, Desk::of(&femke(&eik).await).await);
    let of = format!("/people/{}/tokens", bram.uuid());
    let all = desk.get(&of).await.ok();
    assert_eq!((of_kind(&all, "access").len(), of_kind(&all, "refresh").len()), (2, 2), "{all}");
    assert!(!all.to_string().contains(&access) && !all.to_string().contains(&refresh_token));
    assert_eq!(all[0]["client_id"], app.client_id);
    let newest = format!("{of}/{}", of_kind(&all, "access")[0]["id"].as_str().unwrap());
    assert_eq!(problem(&other.delete(&newest).await).0, 404);
    assert_eq!(problem(&other.get(&of).await).0, 404);
    let colleagues = format!("/people/{}/tokens", linde.doctor("Anna").await.uuid());
    let anothers = newest.replace(&of, &colleagues);
    assert_eq!(problem(&desk.delete(&anothers).await).0, 404, "it is none of hers");
    assert_eq!(app.try_token(&access).await, 200);
    assert_eq!(desk.delete(&newest).await.status, 204);
    ward.pass_a_second();
    assert_eq!(app.try_token(&access).await, 401);
    assert_eq!(refresh(&app, &refresh_token).await, 400, "nor another one");
    assert_eq!((app.try_token(&kept).await, refresh(&app, &kept_refresh).await), (200, 200));
    assert_eq!(problem(&desk.delete(&newest).await).0, 404, "it has ended");
    assert_eq!(desk.get(&format!("/people/{}/grants", bram.uuid())).await.ok().as_array().unwrap().len(), 1);
    assert_eq!((count(&ward, "token ended").await, count(&ward, "tokens listed").await), (1, 1));
}

#[bedside_test]
async fn a_refresh_token_alone_can_be_ended_too(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let bram = linde.patient("Bram").await.with_password(PASSWORD).await;
    let app = App::of(&linde, own).await;
    let (_, refresh_token) = redeemed(&app, &bram).await;
    let boss = femke(&linde).await;
    ward.clock.pass(jiff::SignedDuration::from_hours(24 * 10));
    let desk = Desk::of(&boss).await;
    let of = format!("/people/{}/tokens", bram.uuid());
    let all = desk.get(&of).await.ok();
    assert_eq!((of_kind(&all, "access").len(), of_kind(&all, "refresh").len()), (0, 1), "{all}");
    assert_eq!(desk.delete(&format!("{of}/{}", all[0]["id"].as_str().unwrap())).await.status, 204);
    assert_eq!(refresh(&app, &refresh_token).await, 400);
    assert_eq!(desk.get(&of).await.ok(), json!([]));
}

/// Lets codes by SMS count for somebody, as their account page does.
async fn gets_sms(ward: &Ward, somebody: &Somebody) {
    let origin = kernel::Origin {
        request: kernel::RequestId::new(&ward.house.clock, &ward.house.rng),
        address: None,
        once: None,
    };
    let input = (somebody.id, origin);
    let set = ward.house.db.write(input, |tx, (id, origin)| Box::pin(factors::add_sms(tx, *id, *origin)));
    set.await.expect("a factor");
}

#[bedside_test]
async fn femke_takes_away_what_somebody_lost_and_they_hear_of_it(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let boss = femke(&linde).await;
    let (desk, other) = (Desk::of(&boss).await, Desk::of(&femke(&eik).await).await);
    let eva = linde.doctor("Eva").await.with_password(PASSWORD).await;
    let mut visit = browser(&ward);
    let page = visit.open("/login").await;
    assert_eq!(sign_in(&mut visit, &page, &eva).await.status, 200);
    gets_sms(&ward, &eva).await;
    let of = format!("/people/{}/factors", eva.uuid());
    let shown = json!({ "authenticator": false, "sms": true, "recovery_codes": 0, "passkeys": 0 });
    assert_eq!(desk.get(&of).await.ok(), shown);
    assert_eq!((problem(&other.get(&of).await).0, problem(&other.delete(&of).await).0), (404, 404));
    assert_eq!(visit.open("/account").await.status, 200);
    assert_eq!(desk.delete(&of).await.status, 204);
    assert_eq!(desk.get(&of).await.ok()["sms"], false);
    assert!(visit.open("/account").await.path.starts_with("/login"), "whoever found it may be in");
    let letters = ward.letters().await;
    assert_eq!(letters.iter().filter(|letter| letter.to == eva.email).count(), 1);
    assert_eq!(count(&ward, "second factors taken away").await, 1);
}

#[bedside_test]
async fn nobody_takes_away_their_own_factors_or_those_that_another_practice_relies_on(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let boss = femke(&linde).await;
    let desk = Desk::of(&boss).await;
    let chris = linde.doctor("Chris").await;
    eik.member(&chris, Role::Doctor).await;
    for (who, code) in [(&boss, "oneself"), (&chris, "belongs_elsewhere")] {
        gets_sms(&ward, who).await;
        let of = format!("/people/{}/factors", who.uuid());
        assert_eq!(problem(&desk.delete(&of).await), (409, code));
        let kept = ward.house.db.read(who.id, |tx, id| Box::pin(factors::enrolled(tx, *id)));
        assert!(kept.await.unwrap().has_sms, "nothing was taken");
    }
    assert_eq!(count(&ward, "second factors taken away").await, 0);
    ward.settle().await;
}
