//! One address for a whole hospital: what guests do there, and what one colleague does, shuts nobody else out.

use jiff::SignedDuration;
use reqwest::Method;
use testkit::bedside_test;

use super::{ONE, OTHER};
use crate::cast::{Browser, Page, Restarted, Somebody, Ward};
use crate::oauth::app::{App, PASSWORD, answer_of};

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

#[bedside_test]
async fn colleagues_begin_their_day_at_one_address_and_a_guest_who_guesses_there_shuts_out_none_of_them(
    ward: Ward,
) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await.with_password(PASSWORD).await;
    let bram = linde.doctor("Bram").await.with_password(PASSWORD).await;
    let node = limited(&ward, 20).await;
    let stranger = || Browser::at(&ward.http, &node.url);
    let mut hers = stranger();
    for _ in 0..12 {
        hers.cookies.clear();
        assert_eq!(come_in(&mut hers, &anna, ONE).await, 303, "who gets in has failed nothing");
    }
    hers.cookies.remove("bedside");
    for number in 0..10 {
        let email = format!("person{number}@example.test");
        assert_eq!(try_password(&mut stranger(), &email, "a guess", ONE).await.status, 422, "{number}");
    }
    let refused = try_password(&mut stranger(), "person@example.test", "a guess", ONE).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "10"));
    assert_eq!(come_in(&mut hers, &anna, ONE).await, 303, "in a browser that she used before");
    assert_eq!(come_in(&mut stranger(), &anna, ONE).await, 303, "in another, where she was before");
    assert_eq!(come_in(&mut stranger(), &bram, ONE).await, 429, "he was never there, no more than the guest");
    assert_eq!(come_in(&mut stranger(), &bram, OTHER).await, 303);
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
