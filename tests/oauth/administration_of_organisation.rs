//! What an administrator chooses for the organisation in the browser, and the keys that they may look at.

use kernel::Role;
use testkit::bedside_test;

use super::app::fields;
use crate::admin::desk::femke;
use crate::admin::developers::{at_home, post};
use crate::cast::Ward;
use crate::secrecy::access_log::lines;

#[bedside_test]
async fn femke_changes_what_the_practice_is_called_and_of_whom_two_factors_are_asked(ward: Ward) {
    let linde = ward.organisation("linde").await;
    linde.doctor("Anna").await;
    let mut visit = at_home(&ward, femke(&linde).await).await;
    let here = "/administration/organisation";
    let fits = [
        ("name", "Huisartsen De Linde"),
        ("time_zone", "Europe/Brussels"),
        ("own", "fr"),
        ("language", "nl"),
        ("language", "fr"),
        ("idle", "20"),
        ("life", "8"),
    ];
    for (name, value) in [
        ("name", ""),
        ("time_zone", "Europe/Nowhere"),
        ("own", "xx"),
        ("idle", "4"),
        ("idle", "many"),
        ("life", "0"),
        ("life", "99999999999999999999"),
    ] {
        let mut form: Vec<(&str, &str)> = fits.into_iter().filter(|(one, _)| *one != name).collect();
        form.push((name, value));
        form.retain(|(one, _)| value != "xx" || *one != "language");
        let unfit = post(&mut visit, here, &form).await;
        assert_eq!(unfit.status, 422, "{name}={value}");
    }
    let read = || async {
        let found = ward.house.db.read(linde.id, |tx, id| Box::pin(identity::organisations::find(tx, *id)));
        found.await.unwrap().expect("the practice")
    };
    assert_eq!(read().await.name, "Praktijk linde");
    let done = post(&mut visit, here, &fits).await;
    assert!(done.text.contains("The details are saved.") && done.text.contains("Huisartsen De Linde"));
    let now = read().await;
    assert_eq!(
        (now.time_zone.as_str(), now.session_idle_ms, now.session_life_ms),
        ("Europe/Brussels", 1_200_000, 28_800_000)
    );
    assert_eq!(now.languages, [identity::Language::Fr, identity::Language::Nl]);

    let page = visit.open(here).await;
    assert!(page.text.contains("1 in all, 1 with nothing set up yet"), "{}", page.text);
    let choice = format!("{here}/second-factor");
    for role in ["king", "partner"] {
        assert_eq!(post(&mut visit, &choice, &[("role", role)]).await.status, 400, "{role}");
    }
    let done = post(&mut visit, &choice, &[("role", "doctor"), ("role", "nurse")]).await;
    assert!(done.text.contains("The choice is saved."), "{}", done.text);
    let asked =
        ward.house.db.read(linde.id, |tx, id| Box::pin(identity::policies::second_factor_roles(tx, *id)));
    assert_eq!(asked.await.unwrap(), [Role::Doctor, Role::Nurse]);
    let log = lines(&ward).await;
    for what in
        ["organisation changed: idle 20 minutes, life 8 hours", "second factor policy set: doctor nurse"]
    {
        assert_eq!(log.iter().filter(|line| line.reason.as_deref() == Some(what)).count(), 1, "{what}");
    }
}

#[bedside_test]
async fn the_keys_that_sign_are_shown_and_cannot_be_changed(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let mut visit = at_home(&ward, femke(&linde).await).await;
    let discovered = ward.http.get(format!("{}/oauth/discovery/keys", ward.url)).send().await.unwrap();
    let keys: serde_json::Value = serde_json::from_str(&discovered.text().await.unwrap()).unwrap();
    let page = visit.open("/administration/keys").await;
    for key in keys["keys"].as_array().expect("keys") {
        assert!(page.text.contains(key["kid"].as_str().unwrap()), "{key}: {}", page.text);
    }
    assert!(page.text.contains("Only the operator of the server replaces them.") && page.forms().is_empty());
    assert_eq!(visit.post("/administration/keys", &fields(&[]), &[]).await.status, 405);
    assert!(lines(&ward).await.iter().any(|line| line.reason.as_deref() == Some("signing keys listed")));
}
