//! One address for a whole hospital: what guests do there, and what one colleague does, shuts nobody else out.

use futures_util::future::join_all;
use jiff::SignedDuration;
use reqwest::Method;
use testkit::bedside_test;

use super::{ONE, OTHER};
use crate::cast::{Browser, Page, Restarted, Somebody, Ward};
use crate::oauth::app::{App, Fields, PASSWORD, answer_of, fields};

/// The ward where one address may ask so often a second.
async fn limited(ward: &Ward, requests_per_second: u32) -> Restarted {
    let proxies = vec![[127, 0, 0, 1].into(), std::net::Ipv6Addr::LOCALHOST.into()];
    let limited = ward.restarted_with(|settings| {
        settings.address_requests_per_second = requests_per_second;
        settings.trusted_proxies = proxies;
    });
    limited.await
}

/// Tries a password, from behind an address.
async fn try_password(browser: &mut Browser, email: &str, password: &str, at: (&str, &str)) -> Page {
    let mut fields = browser.send(Method::GET, "/login", None, &[at]).await.form().fields;
    fields.retain(|(name, _)| name != "email" && name != "password");
    fields.extend([("email".to_owned(), email.to_owned()), ("password".to_owned(), password.to_owned())]);
    browser.post("/login", &fields, &[at]).await
}

async fn come_in(browser: &mut Browser, person: &Somebody, at: (&str, &str)) -> u16 {
    try_password(browser, &person.email, PASSWORD, at).await.status
}

/// Uses up the requests that those without a session may make from behind an address.
async fn crowd(ward: &Ward, node: &Restarted, at: (&str, &str)) {
    let mut guest = Browser::at(&ward.http, &node.url);
    while guest.send(Method::GET, "/login", None, &[at]).await.status != 429 {}
}

#[bedside_test]
async fn colleagues_begin_their_day_at_one_address_and_a_guest_who_guesses_there_shuts_out_none_of_them(
    ward: Ward,
) {
    let linde = ward.organisation("linde").await;
    let bram = linde.doctor("Bram").await.with_password(PASSWORD).await;
    let node = limited(&ward, 20).await;
    let stranger = || Browser::at(&ward.http, &node.url);
    let mut colleagues = Vec::new();
    for number in 0..12 {
        let colleague = linde.doctor(&format!("Colleague {number}")).await.with_password(PASSWORD).await;
        let mut theirs = stranger();
        assert_eq!(come_in(&mut theirs, &colleague, ONE).await, 303, "who gets in has failed nothing");
        theirs.cookies.remove("bedside");
        colleagues.push((colleague, theirs));
    }
    ward.clock.pass(SignedDuration::from_secs(10));
    for number in 0..10 {
        let email = format!("person{number}@example.test");
        assert_eq!(try_password(&mut stranger(), &email, "a guess", ONE).await.status, 422, "{number}");
    }
    let refused = try_password(&mut stranger(), "person@example.test", "a guess", ONE).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "10"));
    let [(anna, hers), (chris, _), ..] = &mut colleagues[..] else { panic!("twelve colleagues") };
    assert_eq!(come_in(hers, anna, ONE).await, 303, "in a browser that she used before");
    assert_eq!(come_in(&mut stranger(), chris, ONE).await, 303, "in another, where he was before");
    assert_eq!(come_in(&mut stranger(), &bram, ONE).await, 429, "he was never there, no more than the guest");
    assert_eq!(come_in(&mut stranger(), &bram, OTHER).await, 303);
    node.close().await;
}

#[bedside_test]
async fn whoever_tries_many_accounts_at_once_has_no_more_tries_than_one_after_another(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let node = limited(&ward, 20).await;
    let mut hers = Browser::at(&ward.http, &node.url);
    assert_eq!(come_in(&mut hers, &anna, ONE).await, 303);
    hers.cookies.remove("bedside");
    ward.clock.pass(SignedDuration::from_secs(10));
    let mut stranger = Browser::at(&ward.http, &node.url);
    let mut fields = stranger.send(Method::GET, "/login", None, &[ONE]).await.form().fields;
    fields.retain(|(name, _)| name != "email");
    let tries = (0..40).map(|number| {
        let (mut one, mut fields) = (stranger.clone(), fields.clone());
        fields.push(("email".to_owned(), format!("person{number}@example.test")));
        fields
            .iter_mut()
            .filter(|(name, _)| name == "password")
            .for_each(|(_, value)| "a guess".clone_into(value));
        async move { one.post("/login", &fields, &[ONE]).await.status }
    });
    let mut statuses = join_all(tries).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![422; 10], vec![429; 30]].concat(), "the others are not even checked");
    assert_eq!(come_in(&mut hers, &anna, ONE).await, 303, "she is known");
    node.close().await;
}

#[bedside_test]
async fn who_signs_in_again_and_again_waits_alone_and_nobody_else_can_make_them_wait(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let bram = linde.patient("Bram").await.with_password(PASSWORD).await;
    let node = limited(&ward, 40).await;
    let mut hers = Browser::at(&ward.http, &node.url);
    for _ in 0..2 {
        hers.cookies.remove("bedside");
        assert_eq!(come_in(&mut hers, &anna, ONE).await, 303);
    }
    hers.cookies.remove("bedside");
    let refused = try_password(&mut hers, &anna.email, PASSWORD, ONE).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "10"));
    assert_eq!(come_in(&mut hers, &anna, OTHER).await, 429, "wherever she is");
    assert_eq!(come_in(&mut Browser::at(&ward.http, &node.url), &bram, ONE).await, 303);
    ward.clock.pass(SignedDuration::from_secs(10));
    let mut stranger = Browser::at(&ward.http, &node.url);
    for _ in 0..5 {
        assert_eq!(try_password(&mut stranger, &anna.email, "a guess", OTHER).await.status, 422);
    }
    assert_eq!(come_in(&mut hers, &anna, ONE).await, 303, "what others try in her name does not count");
    node.close().await;
}

#[bedside_test]
async fn who_has_signed_in_is_told_from_the_crowd_at_once_and_for_as_long_as_they_stay(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await.with_password(PASSWORD).await;
    let node = limited(&ward, 2).await;
    let mut hers = Browser::at(&ward.http, &node.url);
    assert_eq!(come_in(&mut hers, &anna, ONE).await, 303);
    crowd(&ward, &node, ONE).await;
    assert_eq!(hers.send(Method::GET, "/account", None, &[ONE]).await.status, 200, "her first page");
    for minutes in [25, 50, 75, 100] {
        ward.clock.pass(SignedDuration::from_mins(25));
        crowd(&ward, &node, ONE).await;
        assert_eq!(
            hers.send(Method::GET, "/account", None, &[ONE]).await.status,
            200,
            "after {minutes} minutes"
        );
    }
    node.close().await;
}

#[bedside_test]
async fn who_has_signed_in_counts_alone_and_not_with_those_who_crowd_their_address(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await.with_password(PASSWORD).await;
    let node = limited(&ward, 10).await;
    let mut hers = Browser::at(&ward.http, &node.url);
    assert_eq!(come_in(&mut hers, &anna, ONE).await, 303);
    assert_eq!(hers.send(Method::GET, "/account", None, &[ONE]).await.status, 200);
    let mut stranger = Browser::at(&ward.http, &node.url);
    let mut made_up = Browser::at(&ward.http, &node.url);
    made_up.cookies.insert("bedside".to_owned(), "made up".to_owned());
    for number in 0..98 {
        let guest = if number % 2 == 0 { &mut stranger } else { &mut made_up };
        assert_eq!(guest.send(Method::GET, "/login", None, &[ONE]).await.status, 200, "{number}");
    }
    for guest in [&mut stranger, &mut made_up] {
        assert_eq!(guest.send(Method::GET, "/login", None, &[ONE]).await.status, 429);
        assert_eq!(guest.send(Method::GET, "/chats", None, &[ONE]).await.status, 429);
    }
    for path in ["/chats", "/account", "/"].iter().cycle().take(9) {
        assert_eq!(hers.send(Method::GET, path, None, &[ONE]).await.status, 200, "{path}");
    }
    for (path, at) in [("/chats", ONE), ("/account", ONE), ("/chats", OTHER)] {
        assert_eq!(hers.send(Method::GET, path, None, &[at]).await.status, 429, "a tenth, wherever she is");
    }
    ward.clock.pass(SignedDuration::from_secs(10));
    assert_eq!(hers.send(Method::GET, "/chats", None, &[ONE]).await.status, 200);
    node.close().await;
}

#[bedside_test]
async fn one_person_cannot_use_up_the_codes_of_an_application(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let bram = linde.patient("Bram").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |new| new.trusted = true).await;
    let node = limited(&ward, 20).await;
    let (mut hers, mut his) = (Browser::at(&ward.http, &node.url), Browser::at(&ward.http, &node.url));
    for _ in 0..4 {
        answer_of(&app.allowed(&anna, &mut hers, &[]).await);
    }
    let over = app.allowed(&anna, &mut hers, &[]).await;
    assert_eq!((over.status, over.header("retry-after")), (429, "10"));
    answer_of(&app.allowed(&bram, &mut his, &[]).await);
    ward.clock.pass(SignedDuration::from_secs(10));
    answer_of(&app.allowed(&anna, &mut hers, &[]).await);
    node.close().await;
}

#[bedside_test]
async fn token_requests_that_prove_nothing_use_up_the_share_of_their_address_and_proven_ones_do_not(
    ward: Ward,
) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let portal = App::of(&linde, |_| {}).await;
    let phone = App::of(&linde, |new| new.public = true).await;
    let code = portal.code(&anna, &[]).await;
    let node = limited(&ward, 20).await;
    let ask = async |path: &str, form: &Fields, at: (&str, &str)| {
        let request = ward.http.post(format!("{}{path}", node.url)).header(at.0, at.1).form(form);
        request.send().await.expect("an answer").status().as_u16()
    };
    let (secret, none) = (("client_secret", portal.secret.as_str()), ("token", "none of ours"));
    for _ in 0..20 {
        assert_eq!(ask("/oauth/token", &portal.token_form("garbage", &[]), ONE).await, 400);
        assert_eq!(ask("/oauth/token", &portal.token_form("", &[]), ONE).await, 400, "no code at all");
        let theirs = fields(&[("client_id", &portal.client_id), secret, none]);
        assert_eq!(ask("/oauth/revoke", &theirs, ONE).await, 200);
    }
    for number in 0..8 {
        assert_eq!(ask("/oauth/token", &phone.token_form("garbage", &[]), ONE).await, 400);
        assert_eq!(ask("/oauth/token", &phone.token_form("", &[]), ONE).await, 400);
        assert_eq!(ask("/oauth/revoke", &fields(&[("client_id", &phone.client_id), none]), ONE).await, 200);
        assert_eq!(ask("/oauth/revoke", &fields(&[none]), ONE).await, 401, "nobody's word");
        let made_up = fields(&[("client_id", &format!("made up {number}")), secret, none]);
        assert_eq!(ask("/oauth/revoke", &made_up, ONE).await, 401);
    }
    assert_eq!(
        ask("/oauth/token", &portal.token_form(&code, &[]), ONE).await,
        429,
        "forty that proved nothing"
    );
    assert_eq!(ask("/oauth/token", &portal.token_form(&code, &[]), OTHER).await, 200);
    node.close().await;
}
