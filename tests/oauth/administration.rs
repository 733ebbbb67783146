//! The people whom administrators look after in the browser. For others none of these pages is there.

use jiff::SignedDuration;
use kernel::Role;
use testkit::bedside_test;

use super::app::{App, PASSWORD, browser, fields, sign_in};
use super::passkeys::make;
use crate::admin::desk::femke;
use crate::admin::developers::{at_home, post};
use crate::cast::{Browser, Page, Somebody, Ward};
use crate::secrecy::access_log::lines;

const PAGES: [&str; 6] = [
    "/administration",
    "/administration/people",
    "/administration/applications",
    "/administration/applications/new",
    "/administration/organisation",
    "/administration/keys",
];

fn page_of(somebody: &Somebody) -> String {
    format!("/administration/people/{}", somebody.uuid())
}

/// Has Femke do something to somebody's account.
async fn act(visit: &mut Browser, whom: &Somebody, deed: &str, more: &[(&str, &str)]) -> Page {
    post(visit, &page_of(whom), &[&[("act", deed)][..], more].concat()).await
}

/// How often the log says this of a patient, who finds it among the lines about them.
async fn noted(ward: &Ward, whom: &Somebody, what: &str) -> usize {
    let of = |line: &&crate::secrecy::access_log::Line| {
        line.reason.as_deref() == Some(what)
            && line.object.as_deref() == Some(whom.id.as_bytes().as_slice())
            && line.patient == Some(whom.id)
    };
    lines(ward).await.iter().filter(of).count()
}

#[bedside_test]
async fn femke_looks_at_an_account_and_ends_what_acts_in_its_name(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let app = App::of(&linde, |_| {}).await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let token = app.token(&app.code(&anna, &[]).await).await;
    let mut hers = at_home(&ward, anna.clone()).await;
    let mut visit = at_home(&ward, femke(&linde).await).await;

    let page = visit.open(&page_of(&anna)).await;
    for there in ["Anna de Boer", &anna.email, "Patient", "Can sign in.", "Messenger", "Nothing is set up."] {
        assert!(page.text.contains(there), "{there}: {}", page.text);
    }
    assert_eq!(noted(&ward, &anna, "account shown").await, 1);

    let grant =
        page.forms().iter().find_map(|form| form.fields.iter().find(|(name, _)| name == "grant").cloned());
    let done = act(&mut visit, &anna, "end-app", &[("grant", &grant.expect("a form").1)]).await;
    assert!(done.text.contains("The access has ended."), "{}", done.text);
    assert!(!visit.open(&page_of(&anna)).await.text.contains("The access has ended."), "said once");
    ward.pass_a_second();
    assert_eq!(app.try_token(&token).await, 401);

    assert_eq!(hers.open("/account").await.path, "/account");
    let session =
        page.forms().iter().find_map(|form| form.fields.iter().find(|(name, _)| name == "session").cloned());
    let session = session.expect("a form").1;
    let done = act(&mut visit, &anna, "end-session", &[("session", &session)]).await;
    assert!(done.text.contains("The session has ended."), "{}", done.text);
    let again = act(&mut visit, &anna, "end-session", &[("session", &session)]).await;
    assert!(again.status == 422 && again.text.contains("This had ended already."), "{}", again.text);
    let mut hers = at_home(&ward, anna.clone()).await;
    let done = act(&mut visit, &anna, "end-sessions", &[]).await;
    assert!(done.text.contains("Signed out everywhere.") && done.text.contains("Signed in nowhere."));
    assert!(hers.open("/account").await.path.starts_with("/login"));
    assert_eq!(noted(&ward, &anna, "sessions ended").await, 1);
}

#[bedside_test]
async fn femke_gives_and_ends_roles_shuts_out_lets_in_and_sends_a_letter(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let boss = femke(&linde).await;
    let (anna, chris) = (linde.patient("Anna").await, linde.doctor("Chris").await);
    eik.member(&chris, Role::Doctor).await;
    let mut visit = at_home(&ward, boss.clone()).await;

    let done = act(&mut visit, &anna, "give-role", &[("role", "auditor"), ("position", "quality")]).await;
    assert!(done.text.contains("The role is given.") && done.text.contains("quality"), "{}", done.text);
    let twice = act(&mut visit, &anna, "give-role", &[("role", "auditor")]).await;
    assert!(twice.status == 422 && twice.text.contains("has this role already"), "{}", twice.text);
    for (role, status) in [("partner", 400), ("guest", 400), ("king", 400)] {
        assert_eq!(act(&mut visit, &anna, "give-role", &[("role", role)]).await.status, status, "{role}");
    }
    let done = act(&mut visit, &anna, "end-role", &[("role", "auditor")]).await;
    assert!(done.text.contains("The role has ended.") && done.text.contains("until"), "{}", done.text);
    assert_eq!(act(&mut visit, &anna, "end-role", &[("role", "auditor")]).await.status, 422);

    let mut hers = at_home(&ward, anna.clone()).await;
    let done = act(&mut visit, &anna, "shut-out", &[]).await;
    assert!(done.text.contains("This person is shut out.") && done.text.contains("Let in again"));
    assert!(hers.open("/account").await.path.starts_with("/login"));
    let out = visit.open("/administration/people?show=out").await;
    assert!(out.text.contains("Anna de Boer") && !out.text.contains("Chris"), "{}", out.text);
    let done = act(&mut visit, &anna, "let-in", &[]).await;
    assert!(done.text.contains("can sign in again"), "{}", done.text);
    at_home(&ward, anna.clone()).await;

    let elsewhere = act(&mut visit, &chris, "shut-out", &[]).await;
    assert!(elsewhere.status == 422 && elsewhere.text.contains("belongs to another organisation"));
    let unsure = act(&mut visit, &chris, "take-factors", &[]).await;
    assert!(unsure.status == 422 && unsure.text.contains("First make sure"), "{}", unsure.text);
    assert_eq!(
        act(&mut visit, &chris, "take-factors", &[("sure", "1")]).await.status,
        422,
        "his of elsewhere, too"
    );
    for deed in ["shut-out", "take-factors"] {
        let own = act(&mut visit, &boss, deed, &[("sure", "1")]).await;
        assert!(own.status == 422 && own.text.contains("Another administrator has to"), "{deed}");
    }

    let done = act(&mut visit, &anna, "send-letter", &[]).await;
    assert!(done.text.contains("The e-mail is on its way."), "{}", done.text);
    assert_eq!(act(&mut visit, &anna, "send-letter", &[]).await.status, 429, "one in two minutes");
    let letters = ward.letters().await;
    assert!(letters.iter().any(|letter| letter.to == anna.email && letter.text.contains("/login/reset/new")));
    for what in [
        "membership added: auditor",
        "membership ended: auditor",
        "person disabled",
        "person enabled",
        "password letter asked for",
    ] {
        assert_eq!(noted(&ward, &anna, what).await, 1, "{what}");
    }
    ward.settle().await;
}

#[bedside_test]
async fn who_lost_their_second_factor_gets_in_by_their_password_once_femke_made_sure(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await;
    let mut hers = at_home(&ward, anna.clone()).await;
    let page = hers.open("/account/second-factor/app").await;
    super::second::set_up(&ward, &mut hers, &page).await;
    let mut visit = at_home(&ward, femke(&linde).await).await;
    let page = visit.open(&page_of(&anna)).await;
    assert!(page.text.contains("App on the phone") && page.text.contains("Recovery codes left: 10"));
    assert!(page.text.contains("this is the way that an impostor would come"), "{}", page.text);
    assert_eq!(act(&mut visit, &anna, "take-factors", &[]).await.status, 422);
    let done = act(&mut visit, &anna, "take-factors", &[("sure", "1")]).await;
    assert!(done.text.contains("The extra protection is taken away."), "{}", done.text);
    assert!(done.text.contains("Nothing is set up.") && done.text.contains("Signed in nowhere."));
    assert!(hers.open("/account").await.path.starts_with("/login"));
    assert!(ward.letters().await.iter().any(|letter| letter.to == anna.email), "she hears of it");
    assert_eq!(noted(&ward, &anna, "second factors taken away").await, 1);
    at_home(&ward, anna).await;
    ward.settle().await;
}

#[bedside_test]
async fn for_a_nurse_and_a_patient_none_of_it_is_there(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let nurse = linde.somebody("Bram", "Visser", Role::Nurse).await;
    let anna = linde.patient("Anna").await;
    for somebody in [nurse, anna.clone()] {
        let mut visit = at_home(&ward, somebody).await;
        let gone = visit.open("/administration/people/nobody").await;
        for path in PAGES.iter().copied().chain([page_of(&anna).as_str()]) {
            let page = visit.open(path).await;
            assert_eq!((page.status, &page.text), (404, &gone.text), "{path}");
        }
        for path in ["/account", "/chats"] {
            let page = visit.open(path).await;
            assert!(page.status == 200 && !page.text.contains("/administration"), "{path}");
        }
        let before = ward.inventory().await;
        assert_eq!(act(&mut visit, &anna, "shut-out", &[]).await.status, 404);
        assert_eq!(post(&mut visit, "/administration/people", &[("name", "anna")]).await.status, 404);
        let named = [("name", "Ours"), ("time_zone", "UTC"), ("own", "nl"), ("idle", "30"), ("life", "12")];
        assert_eq!(post(&mut visit, "/administration/organisation", &named).await.status, 404);
        let choice = "/administration/organisation/second-factor";
        assert_eq!(post(&mut visit, choice, &[("role", "patient")]).await.status, 404);
        assert_eq!(ward.inventory().await, before, "nothing changed");
    }
    let nobody = browser(&ward).open("/administration/keys").await;
    assert_eq!(nobody.path, "/login?return=%2Fadministration%2Fkeys");
}

#[bedside_test]
async fn somebody_of_another_organisation_is_not_there(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let eva = eik.doctor("Eva").await;
    let app = App::of(&eik, |_| {}).await;
    let mut hers = at_home(&ward, eva.clone()).await;
    let mut visit = at_home(&ward, femke(&linde).await).await;
    let gone = visit.open("/administration/people/nobody").await;
    let elsewhere = format!("/administration/applications/{}", app.client_id);
    for path in [page_of(&eva), elsewhere.clone()] {
        let page = visit.open(&path).await;
        assert_eq!((page.status, &page.text), (404, &gone.text), "{path}");
    }
    let deeds: [(&str, &[(&str, &str)]); 8] = [
        ("end-sessions", &[]),
        ("shut-out", &[]),
        ("let-in", &[]),
        ("send-letter", &[]),
        ("take-factors", &[("sure", "1")]),
        ("give-role", &[("role", "patient")]),
        ("end-role", &[("role", "doctor")]),
        ("end-session", &[("session", "000000000000000000000000")]),
    ];
    for (deed, more) in deeds {
        assert_eq!(act(&mut visit, &eva, deed, more).await.status, 404, "{deed}");
    }
    for deed in ["renew", "remove"] {
        assert_eq!(post(&mut visit, &elsewhere, &[("act", deed)]).await.status, 404, "{deed}");
    }
    assert_eq!(hers.open("/account").await.path, "/account");
    let found = post(&mut visit, "/administration/people", &[("name", "eva")]).await;
    assert!(found.text.contains("Nobody was found."), "{}", found.text);
    let token = app.token(&app.code(&eva, &[]).await).await;
    assert_eq!(app.try_token(&token).await, 200);
    assert!(ward.letters().await.is_empty());
}

#[bedside_test]
async fn a_form_of_elsewhere_and_one_of_who_proved_themselves_long_ago_change_nothing(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let mut hers = at_home(&ward, anna.clone()).await;
    let boss = femke(&linde).await;
    let mut visit = at_home(&ward, boss.clone()).await;
    for form in [vec![], vec![("form_token", "guessed")]] {
        let sent = fields(&[form, vec![("act", "end-sessions")]].concat());
        assert_eq!(visit.post(&page_of(&anna), &sent, &[]).await.status, 403);
    }
    assert_eq!(hers.open("/account").await.path, "/account");

    ward.clock.pass(SignedDuration::from_mins(6));
    let page = visit.open(&page_of(&anna)).await;
    assert!(page.text.contains("first confirm that it is you"), "{}", page.text);
    assert!(page.forms().is_empty(), "there is nothing to press");
    let form = visit.open("/account/password").await.form().value("form_token").to_owned();
    let sent = fields(&[("form_token", form.as_str()), ("act", "end-sessions")]);
    let led = visit.post(&page_of(&anna), &sent, &[]).await;
    assert_eq!(led.status, 303);
    let prove = format!("/account/second-factor/prove?return={}", page_of(&anna).replace('/', "%2F"));
    assert_eq!(led.location(), Some(prove.as_str()));
    assert_eq!(hers.open("/account").await.path, "/account", "nothing ended");

    let page = visit.open(&prove).await;
    let back = visit.submit(&page, &[("password", PASSWORD)]).await;
    assert_eq!(back.path, page_of(&anna));
    assert!(act(&mut visit, &anna, "end-sessions", &[]).await.text.contains("Signed out everywhere."));
    assert!(hers.open("/account").await.path.starts_with("/login"));
}

#[bedside_test]
async fn who_has_two_factors_shows_both_before_they_change_anything(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let boss = femke(&linde).await;
    let mut hers = at_home(&ward, anna.clone()).await;
    let mut both = at_home(&ward, boss.clone()).await;
    make(&mut both, &ward, "").await;

    // Where nobody has to give two, a password alone goes on signing in whoever has a passkey.
    let mut one = browser(&ward);
    let page = one.open("/login").await;
    assert_eq!(sign_in(&mut one, &page, &boss).await.path, "/chats");
    let page = one.open(&page_of(&anna)).await;
    let second = format!("/login/second?return={}", page_of(&anna).replace('/', "%2F"));
    assert!(page.status == 200 && page.text.contains(&format!("href=\"{second}\"")), "{}", page.text);
    assert!(page.forms().is_empty(), "there is nothing to press");
    // Looking for somebody changes nothing, so that there is a form of it.
    let form = one.open("/administration/people").await.forms()[0].value("form_token").to_owned();
    let before = lines(&ward).await.len();
    for deed in ["end-sessions", "shut-out", "take-factors"] {
        let sent = fields(&[("form_token", form.as_str()), ("act", deed), ("sure", "1")]);
        let led = one.post(&page_of(&anna), &sent, &[]).await;
        assert_eq!((led.status, led.location()), (303, Some(second.as_str())), "{deed}");
    }
    assert_eq!(lines(&ward).await.len(), before, "nothing changed, or the log would say so");
    assert_eq!(hers.open("/account").await.path, "/account", "she is still signed in");

    let done = act(&mut both, &anna, "end-sessions", &[]).await;
    assert!(done.text.contains("Signed out everywhere."), "{}", done.text);
    assert!(hers.open("/account").await.path.starts_with("/login"));
    ward.settle().await;
}

#[bedside_test]
async fn people_are_found_by_name_and_no_name_stands_in_an_address(ward: Ward) {
    let linde = ward.organisation("linde").await;
    for number in 0..22 {
        linde.somebody(&format!("Arts{number}"), "Veel", Role::Doctor).await;
    }
    let anna = linde.patient("Anna").await;
    ward.settle().await;
    let mut visit = at_home(&ward, femke(&linde).await).await;
    let first = visit.open("/administration/people").await;
    assert_eq!(first.text.matches("Veel</strong>").count(), 19, "Femke and nineteen more");
    assert!(!first.text.contains("Anna") && first.text.contains("rel=\"next\""), "staff alone");
    let second = visit.open("/administration/people?show=staff&page=1").await;
    assert_eq!(second.text.matches("Veel</strong>").count(), 3);
    assert!(second.text.contains("rel=\"prev\"") && !second.text.contains("rel=\"next\""));
    let beyond = visit.open("/administration/people?show=all&page=4000000000").await;
    assert!(beyond.status == 200 && beyond.text.contains("There is nothing more here."));

    let found = post(&mut visit, "/administration/people", &[("name", "ann")]).await;
    assert!(found.status == 200 && found.path == "/administration/people");
    assert!(found.text.contains(&page_of(&anna)) && !found.text.contains("Arts1"), "{}", found.text);
    let many = post(&mut visit, "/administration/people", &[("name", "veel"), ("page", "1")]).await;
    assert_eq!(many.text.matches("Veel</strong>").count(), 2, "{}", many.text);
    for none in ["", " ", "een twee drie vier vijf zes zeven acht negen", &"x".repeat(201)] {
        let unfit = post(&mut visit, "/administration/people", &[("name", none)]).await;
        assert_eq!(unfit.status, 422, "{none}");
    }
    let searched = lines(&ward).await;
    assert!(searched.iter().any(|line| line.patient == Some(anna.id)), "her name was shown");
}
