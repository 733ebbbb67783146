//! Who is asked for two factors since they signed in, and what a change of how somebody signs in rests on.

use flows::factors::Setup;
use identity::arrivals::{Goes, Holder};
use identity::factors::Which;
use identity::protocol::totp::Key;
use identity::sign_in::{Knock, Recalled};
use identity::{Device, factors};
use jiff::SignedDuration;
use kernel::{Error, Role};
use secrecy::ExposeSecret as _;
use testkit::bedside_test;

use super::app::{App, PASSWORD, sign_in};
use super::second::{self, asks, set_up};
use crate::cast::{Browser, Node, Page, Somebody, Ward};
use crate::secrecy::access_log::lines;

const HALF_A_MINUTE: SignedDuration = SignedDuration::from_secs(30);

/// Gives the password at the sign-in page of a server.
async fn half_way_at(ward: &Ward, url: &str, person: &Somebody) -> (Browser, Page) {
    let mut visit = Browser::at(&ward.http, url);
    let page = visit.open("/login?return=%2Faccount").await;
    let page = sign_in(&mut visit, &page, person).await;
    (visit, page)
}

async fn half_way(ward: &Ward, person: &Somebody) -> (Browser, Page) {
    half_way_at(ward, &ward.url, person).await
}

/// A browser in which somebody has signed in by their password alone.
async fn signed_in(ward: &Ward, person: &Somebody) -> Browser {
    let (visit, page) = half_way(ward, person).await;
    assert_eq!(page.path, "/account");
    visit
}

/// An application that makes codes, which somebody set up a while ago.
async fn authenticator(ward: &Ward, person: &Somebody) -> Key {
    let key = second::authenticator(ward, person).await;
    ward.clock.pass(HALF_A_MINUTE);
    key
}

fn code(ward: &Ward, key: &Key) -> String {
    key.code(ward.clock.now_ms())
}

async fn count(ward: &Ward, kind: &str, reason: &str) -> usize {
    let lines = lines(ward).await;
    lines.iter().filter(|line| line.kind == kind && line.reason.as_deref() == Some(reason)).count()
}

#[bedside_test]
async fn a_patient_who_becomes_a_doctor_is_signed_out_where_one_factor_was_enough(ward: Ward) {
    let linde = ward.organisation("linde").await;
    asks(&linde, &[Role::Doctor]).await;
    let bram = linde.patient("Bram").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    let token = app.token(&app.code(&bram, &[]).await).await;
    let mut visit = signed_in(&ward, &bram).await;
    linde.member(&bram, Role::Doctor).await;

    let page = visit.open("/account").await;
    assert!(page.path.starts_with("/login?return="), "{}", page.path);
    assert_eq!(app.try_token(&token).await, 200, "what he allowed an application stays");
    let page = sign_in(&mut visit, &page, &bram).await;
    assert!(page.path.starts_with("/login/set-up?return="), "{}", page.path);
    let (_, kept) = set_up(&ward, &mut visit, &page).await;
    assert!(kept.path.starts_with("/account/recovery-codes"), "{}", kept.path);
    assert_eq!(visit.open("/account").await.path, "/account");
    assert_eq!(count(&ward, "sign_out", "two factors are asked").await, 2, "of two browsers");
}

#[bedside_test]
async fn a_stricter_policy_signs_out_whoever_showed_one_factor(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let eva = linde.doctor("Eva").await.with_password(PASSWORD).await;
    let (mut hers, mut evas) = (signed_in(&ward, &anna).await, signed_in(&ward, &eva).await);
    asks(&linde, &[Role::Doctor]).await;
    assert!(evas.open("/account").await.path.starts_with("/login?return="));
    assert_eq!(hers.open("/account").await.path, "/account", "it is for doctors");
    asks(&linde, &[Role::Doctor, Role::Patient]).await;
    let page = hers.open("/account").await;
    assert!(page.path.starts_with("/login?return="), "{}", page.path);
    let page = sign_in(&mut hers, &page, &anna).await;
    assert!(page.path.starts_with("/login/set-up?return="), "{}", page.path);
    ward.settle().await;
}

#[bedside_test]
async fn who_sets_a_second_factor_up_is_signed_out_wherever_a_password_was_enough(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let (mut here, mut there) = (signed_in(&ward, &anna).await, signed_in(&ward, &anna).await);
    let page = here.open("/account/second-factor/app").await;
    set_up(&ward, &mut here, &page).await;
    assert_eq!(here.open("/account").await.path, "/account");
    assert!(there.open("/account").await.path.starts_with("/login?return="), "who knows her password alone");
    assert_eq!(count(&ward, "sign_out", "two factors are asked").await, 1);
}

#[bedside_test]
async fn who_found_an_open_page_and_knows_the_password_proves_nothing_by_that(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let key = authenticator(&ward, &anna).await;
    let (mut visit, page) = half_way(&ward, &anna).await;
    assert_eq!(visit.submit(&page, &[("code", &code(&ward, &key))]).await.path, "/account");
    ward.clock.pass(SignedDuration::from_mins(11));

    let prove = visit.open("/account/second-factor").await;
    assert!(prove.path.starts_with("/account/second-factor/prove?return="), "{}", prove.path);
    let second = visit.submit(&prove, &[("password", PASSWORD)]).await;
    assert!(second.path.starts_with("/login/second?return="), "{}", second.path);
    let still = visit.open("/account/second-factor").await;
    assert!(still.path.starts_with("/account/second-factor/prove"), "nothing is open yet: {}", still.path);
    let wrong = visit.submit(&second, &[("code", "000000")]).await;
    assert_eq!(wrong.status, 422);
    let proven = visit.submit(&wrong, &[("code", &code(&ward, &key))]).await;
    assert!(proven.path.starts_with("/account/second-factor?return="), "{}", proven.path);
    assert!(proven.text.contains("/account/second-factor/remove"));
    ward.settle().await;
}

#[bedside_test]
async fn a_password_alone_neither_changes_a_session_of_two_factors_nor_makes_it_younger(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let key = authenticator(&ward, &anna).await;
    let (mut visit, page) = half_way(&ward, &anna).await;
    assert_eq!(visit.submit(&page, &[("code", &code(&ward, &key))]).await.path, "/account");
    let form = visit.open("/account/password").await;
    assert_eq!(form.path, "/account/password");
    ward.clock.pass(SignedDuration::from_mins(6));
    let typed = [("old", PASSWORD), ("new", "another linden tea"), ("again", "another linden tea")];
    let prove = visit.submit(&form, &typed).await;
    let asks = "/account/second-factor/prove?return=%2Faccount%2Fpassword";
    assert_eq!(prove.path, asks);
    assert_eq!(visit.open("/account/password").await.path, asks);

    let second = visit.submit(&prove, &[("password", PASSWORD)]).await;
    assert!(second.path.starts_with("/login/second?return="), "nothing has changed: {}", second.path);
    let form = visit.submit(&second, &[("code", &code(&ward, &key))]).await;
    assert_eq!(form.path, "/account/password");
    ward.clock.pass(SignedDuration::from_mins(4));
    let changed = visit.submit(&form, &typed).await;
    assert_eq!(changed.path, "/account?password_changed=1");
    assert!(changed.text.contains("Your password has been changed."), "{}", changed.text);
    ward.clock.pass(SignedDuration::from_mins(2));
    assert_eq!(visit.open("/account/password").await.path, asks, "both were shown six minutes ago");
    ward.settle().await;
}

#[bedside_test]
async fn who_was_signed_out_everywhere_while_a_form_was_on_its_way_changes_nothing_by_it(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let key = authenticator(&ward, &anna).await;
    let (mut lost, page) = half_way(&ward, &anna).await;
    assert_eq!(lost.submit(&page, &[("code", &code(&ward, &key))]).await.path, "/account");
    ward.clock.pass(HALF_A_MINUTE);
    let by = Holder::Session(vault::token_hash(&lost.cookies["bedside"]));
    let origin = anna.actor(Role::Patient, &[]).origin;
    let goes = Goes { by, instead_of: None, device: Device::default(), origin };
    let house = &ward.house;
    flows::factors::renew_codes(house, anna.id, goes).await.expect("it stands").expect("codes");

    let (mut hers, page) = half_way(&ward, &anna).await;
    let inside = hers.submit(&page, &[("code", &code(&ward, &key))]).await;
    ward.clock.pass(HALF_A_MINUTE);
    let token = inside.forms()[0].value("form_token").to_owned();
    let end = hers.post("/account/end-others", &[("form_token".to_owned(), token)], &[]).await;
    assert_eq!(end.status, 303);

    let other = Key::new(&house.rng);
    let now = ward.clock.now_ms();
    let sealed = factors::seal_key(&house.vault, anna.id, &other, &other.code(now), now).expect("its code");
    let enrolled = house.db.read(anna.id, |tx, id| Box::pin(factors::enrolled(tx, *id))).await.expect("it");
    let offer = factors::offer(&house.vault, &enrolled, by.hash(), &code(&ward, &key), now).expect("a code");
    let knock = Knock::new(&house.vault, "", None, None);
    let tried = house.desk.admit(&knock, &Recalled::default()).expect("a try");
    let shown = (offer, house.desk.memo_of(&tried, anna.id));
    let refused = [
        flows::factors::set_up(house, anna.id, goes, Setup::App(sealed)).await.map(drop),
        flows::factors::remove(house, anna.id, goes, Which::App, shown).await.map(drop),
        flows::factors::renew_codes(house, anna.id, goes).await.map(drop),
    ];
    for (number, refused) in refused.into_iter().enumerate() {
        assert!(matches!(refused, Err(Error::Unauthenticated)), "{number}: {refused:?}");
    }
    let (mut later, page) = half_way(&ward, &anna).await;
    let inside = later.submit(&page, &[("code", &code(&ward, &key))]).await;
    assert_eq!(inside.path, "/account", "the code is not used up, and the key is hers");
    assert_eq!(count(&ward, "administration", "recovery codes made").await, 1);
}

#[bedside_test]
async fn of_two_forms_that_each_set_up_a_first_app_one_shows_codes_and_those_count(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let hers = signed_in(&ward, &anna).await;
    let (house, origin) = (&ward.house, anna.actor(Role::Patient, &[]).origin);
    let add_app = async |secret: &str| {
        let by = Holder::Session(vault::token_hash(secret));
        let goes = Goes { by, instead_of: None, device: Device::default(), origin };
        let (key, now) = (Key::new(&house.rng), ward.clock.now_ms());
        let sealed = factors::seal_key(&house.vault, anna.id, &key, &key.code(now), now).expect("its code");
        let done = flows::factors::set_up(house, anna.id, goes, Setup::App(sealed)).await;
        done.expect("it stands").expect("an app")
    };
    let (session, codes) = add_app(&hers.cookies["bedside"]).await;
    assert_eq!(codes.len(), 10);
    let (_, none) = add_app(session.secret.expose_secret()).await;
    assert!(none.is_empty(), "she has those from before");
    assert_eq!(count(&ward, "administration", "recovery codes made").await, 1);
    let (mut later, page) = half_way(&ward, &anna).await;
    assert_eq!(later.submit(&page, &[("code", &codes[0])]).await.path, "/account", "what was shown counts");
    ward.settle().await;
}

#[bedside_test]
async fn half_a_sign_in_that_nobody_goes_on_with_is_in_the_log_and_her_own_sign_in_is_not(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let key = authenticator(&ward, &anna).await;
    let tidy = async || {
        ward.clock.pass(SignedDuration::from_mins(11));
        bedside::house::tidy_up(&ward.house).await.expect("tidy");
        count(&ward, "half_sign_in", "second factor never given").await
    };
    let (mut hers, _) = half_way(&ward, &anna).await;
    let page = hers.open("/login?return=%2Faccount").await;
    let page = sign_in(&mut hers, &page, &anna).await;
    assert_eq!(hers.submit(&page, &[("code", &code(&ward, &key))]).await.path, "/account");
    assert_eq!(tidy().await, 0, "she typed her password twice, and came in");

    let (mut stranger, page) = half_way(&ward, &anna).await;
    assert_eq!(stranger.submit(&page, &[("code", "000000")]).await.status, 422);
    half_way(&ward, &anna).await;
    assert_eq!(tidy().await, 2, "one that was wrong, and one that was never given");
    assert_eq!(tidy().await, 2, "once each");
    let lines = lines(&ward).await;
    let halves: Vec<_> = lines.iter().filter(|line| line.kind == "half_sign_in").collect();
    for line in &halves {
        assert_eq!((line.outcome.as_str(), line.person, line.patient), ("refused", None, Some(anna.id)));
        assert!(line.address.is_some() && line.request.is_some(), "from where, and when: {line:?}");
    }
    assert_ne!(halves[0].request, halves[1].request);

    let (mut hers, page) = half_way(&ward, &anna).await;
    hers.submit(&page, &[("code", &code(&ward, &key))]).await;
    let account = hers.open("/account").await;
    assert!(account.text.contains("did not pass the second step"), "{}", account.text);
    assert!(account.text.contains("Somebody we do not know"));
}

#[bedside_test]
async fn half_a_sign_in_that_a_new_password_ends_is_in_the_log(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    authenticator(&ward, &anna).await;
    half_way(&ward, &anna).await;
    anna.with_password("another linden tea").await;
    assert_eq!(count(&ward, "half_sign_in", "second factor never given").await, 1);
}

#[bedside_test]
async fn a_code_counts_once_whichever_server_it_is_typed_at(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let key = authenticator(&ward, &anna).await;
    let node = match &ward.site.place {
        store::Place::Url(_) => Some(Node::open(&ward.site, "second", Some(&ward.url)).await),
        store::Place::File(_) => None,
    };
    let other = node.as_ref().map_or(ward.url.as_str(), |node| node.url.as_str());
    for _ in 0..3 {
        let ((mut here, page), (mut there, other_page)) =
            (half_way(&ward, &anna).await, half_way_at(&ward, other, &anna).await);
        assert!(other_page.path.starts_with("/login/second"), "{}", other_page.path);
        let code = code(&ward, &key);
        let fields = [("code", code.as_str())];
        let (one, two) = tokio::join!(here.submit(&page, &fields), there.submit(&other_page, &fields));
        let mut came = [(one.status, one.path.as_str()), (two.status, two.path.as_str())];
        came.sort_unstable();
        assert_eq!(came, [(200, "/account"), (422, "/login/second")], "at the same time (RFC 6238, 5.2)");
        let (mut late, page) = half_way_at(&ward, other, &anna).await;
        let status = late.submit(&page, &fields).await.status;
        assert!([422, 429].contains(&status), "refused later, or held up by the failures before: {status}");
        ward.clock.pass(HALF_A_MINUTE);
    }
    if let Some(node) = node {
        node.close().await;
    }
    ward.settle().await;
}
