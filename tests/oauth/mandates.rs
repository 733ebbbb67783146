//! A patient has somebody act for them, sees who may, and ends it.

use testkit::bedside_test;

use super::app::{PASSWORD, browser, fields, sign_in};
use crate::cast::{Browser, Page, Somebody, Ward};
use crate::secrecy::access_log::lines;

async fn signed_in(ward: &Ward, person: &Somebody) -> Browser {
    let mut visit = browser(ward);
    let page = visit.open("/login").await;
    assert_eq!(sign_in(&mut visit, &page, person).await.path, "/chats");
    visit
}

async fn give(visit: &mut Browser, more: &[(&str, &str)]) -> Page {
    let page = visit.open("/account").await;
    let mut form = fields(&[("form_token", page.forms()[0].value("form_token")), ("kind", "carer")]);
    form.extend(fields(more));
    visit.post("/account/mandates", &form, &[]).await
}

#[bedside_test]
async fn a_patient_has_their_carer_act_for_them_until_either_ends_it(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let carla = linde.somebody("Carla", "Zorg", kernel::Role::Guest).await.with_password(PASSWORD).await;
    let (mut hers, mut carlas) = (signed_in(&ward, &anna).await, signed_in(&ward, &carla).await);
    assert!(hers.open("/account").await.text.contains("Nobody may act for you."));
    assert!(
        !carlas.open("/account").await.text.contains("id=\"mandates\""),
        "who acts for nobody sees nothing of it"
    );

    let given = give(
        &mut hers,
        &[("email", &carla.email.to_uppercase()), ("may_write", "1"), ("until", "2099-12-31")],
    )
    .await;
    assert_eq!(given.location(), Some("/account?mandate=given#mandates"), "{}", given.text);
    let page = hers.open("/account").await;
    assert!(page.text.contains("Carla Zorg") && page.text.contains("may write messages"), "{}", page.text);
    assert!(page.text.contains("until 1 Jan 2100"), "the last day is whole");
    let theirs = carlas.open("/account").await;
    assert!(theirs.text.contains("Anna de Boer") && theirs.text.contains("You may act for these people"));
    assert_eq!(
        give(&mut hers, &[("email", &carla.email)]).await.location(),
        Some("/account?mandate=stands#mandates")
    );

    let end =
        theirs.forms().into_iter().find(|form| form.action == "/account/mandates/end").expect("a way out");
    assert_eq!(
        carlas.post(&end.action, &end.fields, &[]).await.location(),
        Some("/account?mandate=ended#mandates")
    );
    assert!(hers.open("/account").await.text.contains("Nobody may act for you."));
    give(&mut hers, &[("email", &carla.email)]).await;
    let page = hers.open("/account").await;
    let end = page.forms().into_iter().find(|form| form.action == "/account/mandates/end").expect("an end");
    assert_eq!(hers.post(&end.action, &end.fields, &[]).await.status, 303);
    let lines = lines(&ward).await;
    let count = |what: &str| {
        lines
            .iter()
            .filter(|line| line.reason.as_deref() == Some(what) && line.patient == Some(anna.id))
            .count()
    };
    assert_eq!((count("mandate given"), count("mandate ended")), (2, 2));
}

#[bedside_test]
async fn only_a_patient_gives_one_and_only_to_somebody_of_the_same_organisation(ward: Ward) {
    let (linde, elders) = (ward.organisation("linde").await, ward.organisation("elders").await);
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let eva = linde.doctor("Eva").await.with_password(PASSWORD).await;
    let stranger = elders.patient("Sam").await;
    let mut hers = signed_in(&ward, &anna).await;
    for (email, word) in [
        ("niemand@example.test", "unknown"),
        (stranger.email.as_str(), "unknown"),
        (anna.email.as_str(), "unknown"),
        ("no address", "unknown"),
    ] {
        let refused = give(&mut hers, &[("email", email)]).await;
        assert_eq!(refused.location(), Some(format!("/account?mandate={word}#mandates").as_str()), "{email}");
    }
    let passed = give(&mut hers, &[("email", &eva.email), ("until", "2020-01-01")]).await;
    assert_eq!(passed.location(), Some("/account?mandate=passed#mandates"));
    let mut evas = signed_in(&ward, &eva).await;
    assert_eq!(give(&mut evas, &[("email", &anna.email)]).await.status, 403, "a doctor is no patient");
    give(&mut hers, &[("email", &eva.email)]).await;
    let page = hers.open("/account").await;
    let end = page.forms().into_iter().find(|form| form.action == "/account/mandates/end").expect("an end");
    let bram = linde.patient("Bram").await.with_password(PASSWORD).await;
    let mut brams = signed_in(&ward, &bram).await;
    let own = brams.open("/account").await;
    let form =
        fields(&[("form_token", own.forms()[0].value("form_token")), ("mandate", end.value("mandate"))]);
    assert_eq!(brams.post("/account/mandates/end", &form, &[]).await.status, 404, "it is not Bram's");
    ward.settle().await;
}
