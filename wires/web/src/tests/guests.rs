//! A guest of one group on the pages.

use axum::http::StatusCode;
use testkit::{Ground, bedside_test};

use super::clinic::Clinic;

#[bedside_test]
async fn a_guest_is_offered_nothing_that_a_guest_cannot_do(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    let group = eva.group("Knee", &[clinic.id("anna")], &[]).await;
    eva.send(&group, "Welcome").await;
    let riet = clinic.guest_of("eva", &group).await;
    let (about, add) = (format!("{group}/about"), format!("{group}/add"));
    assert!(riet.get(&group).await.body.contains("Welcome"));
    let members = clinic.browser("anna").await;
    for (browser, may) in [(&members, true), (&riet, false)] {
        let list = browser.get("/chats").await.body;
        for path in ["/chats/new", "/chats/new-group"] {
            assert_eq!(list.contains(&format!("href=\"{path}\"")), may, "{path}");
        }
        assert_eq!(browser.get(&about).await.body.contains(&format!("href=\"{add}\"")), may);
        let form = browser.get(&add).await.status;
        assert_eq!(form, if may { StatusCode::OK } else { StatusCode::FORBIDDEN });
    }
    assert_eq!(riet.get("/chats/new-group").await.status, StatusCode::FORBIDDEN);
    let nobody = riet.get("/chats/new").await;
    assert!(nobody.status == StatusCode::OK && !nobody.body.contains(&clinic.id("eva")), "{}", nobody.body);
    clinic.operate("DELETE FROM jobs").await;
}
