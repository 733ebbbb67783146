//! People give themselves a picture on a page that works without a script.

use reqwest::multipart::{Form, Part};
use testkit::bedside_test;

use super::app::{PASSWORD, browser, sign_in};
use crate::cast::{Browser, Ward};
use crate::kpn::clients::PIXEL;

/// Sends the form of the page with these bytes, and says what was answered.
async fn choose(visit: &mut Browser, bytes: &[u8]) -> u16 {
    let page = visit.open("/account/picture").await;
    let token = page.form().value("form_token").to_owned();
    let file = Part::bytes(bytes.to_vec()).file_name("ik.png");
    visit.post_parts("/account/picture", Form::new().text("form_token", token).part("picture", file)).await
}

#[bedside_test]
async fn a_picture_given_on_the_page_is_seen_by_others_until_it_is_removed(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let doctor = linde.doctor("Bram").await.kpn().await;
    let path = format!("users/{}/avatar", anna.uuid());
    let mut visit = browser(&ward);
    let page = visit.open("/login").await;
    sign_in(&mut visit, &page, &anna).await;
    for unfit in [&b""[..], b"<svg/>", b"\x89PNG\r\n\x1a\n"] {
        assert_eq!(choose(&mut visit, unfit).await, 422);
    }
    assert_eq!(doctor.get(&path).await.status, 404);
    assert_eq!(choose(&mut visit, PIXEL).await, 303);
    assert_eq!(doctor.get(&path).await.status, 200);
    let page = visit.open("/account/picture").await;
    let source = format!("/chats/with/{}/picture?v=", anna.uuid());
    assert!(page.text.contains(&source), "{}", page.text);
    let cookies: Vec<String> = visit.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let picture = ward.http.get(format!("{}/chats/with/{}/picture", ward.url, anna.uuid()));
    let picture = picture.header("cookie", cookies.join("; ")).send().await.expect("an answer");
    assert_eq!(
        (picture.status().as_u16(), &picture.headers()["content-type"]),
        (200, &"image/jpeg".parse().unwrap())
    );

    let token = page.forms()[1].value("form_token").to_owned();
    let fields = [("form_token".to_owned(), token)];
    visit.post("/account/picture/remove", &fields, &[]).await;
    assert_eq!(doctor.get(&path).await.status, 404);
}
