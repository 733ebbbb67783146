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
    let (shown, hers) = (riet.get(&group).await.body, eva.get(&group).await.body);
    assert!(shown.contains("Welcome"));
    // A guest has nothing to sign in with, and is not told to.
    for (page, is_guest) in [(&shown, true), (&hers, false)] {
        assert_eq!(page.contains("data-out=\"Your visit as a guest is over."), is_guest, "{page}");
        assert_eq!(page.contains("comes back once you sign in"), !is_guest, "{page}");
    }
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

#[bedside_test]
async fn a_guest_whose_visit_is_over_is_told_so_and_who_can_give_another_link(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    let group = eva.group("Knee", &[clinic.id("anna")], &[]).await;
    let guest = clinic.guest_of("eva", &group).await;
    assert_eq!(guest.get(&group).await.status, StatusCode::OK);
    eva.submit(&format!("{group}/about"), &format!("{group}/end-guests"), &[]).await;
    for (language, says) in [
        ("nl", "Vraag dan de persoon die u de link gaf om een nieuwe link."),
        ("en", "ask the person who gave you the link for a new link."),
        ("de", "bitten Sie die Person, die Ihnen den Link gegeben hat, um einen neuen Link."),
        ("fr", "demandez un nouveau lien à la personne qui vous a donné le lien."),
    ] {
        let told = guest.get(&format!("{group}?lang={language}")).await;
        assert_eq!(told.status, StatusCode::FORBIDDEN, "{language}");
        assert!(told.body.contains(says), "{language}: {}", told.body);
    }
    let told = guest.get("/chats").await.body;
    assert!(told.contains("Your access as a guest has ended"), "{told}");
    assert!(
        told.contains("href=\"/login\"") && !told.contains("href=\"/chats\""),
        "no way in a circle: {told}"
    );
    assert!(
        !told.contains("Knee") && !told.contains("Riet"),
        "nothing of the group, nor of who they were: {told}"
    );
    assert_eq!(guest.get(&format!("{group}/live")).await.status, StatusCode::UNAUTHORIZED);
    let anna = clinic.browser("anna").await;
    anna.sign_out().await;
    for other in [&anna, &clinic.nobody()] {
        let led = other.get(&group).await;
        assert_eq!(led.status, StatusCode::SEE_OTHER, "everybody else signs in");
        assert!(led.header("location").starts_with("/login?return="));
    }
    clinic.operate("DELETE FROM jobs").await;
}

#[bedside_test]
async fn the_words_of_a_guest_whose_visit_is_over_are_shown_again_with_what_they_can_do(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    let group = eva.group("Knee", &[clinic.id("anna")], &[]).await;
    let guest = clinic.guest_of("eva", &group).await;
    let token = guest.token(&group).await;
    clinic.operate("UPDATE sessions SET seen_ms = 0").await;
    let away = guest.send_with(&group, &token, "Is it <better>?", None).await;
    assert!(away.body.contains("Open the link that you were given once more"), "{}", away.body);
    let eva = clinic.browser("eva").await;
    eva.submit(&format!("{group}/about"), &format!("{group}/end-guests"), &[]).await;
    let ended = guest.send_with(&group, &token, "Is it <better>?", None).await;
    assert!(ended.body.contains("ask the person who gave you the link for a new link."), "{}", ended.body);
    for told in [away, ended] {
        assert_eq!(told.status, StatusCode::FORBIDDEN);
        assert!(told.body.contains("Is it &#60;better&#62;?</textarea>"), "{}", told.body);
        assert!(
            told.body.contains("Nothing was sent.") && !told.body.contains("Sign in again"),
            "{}",
            told.body
        );
        assert!(!told.body.contains("method=\"post\""), "no form that could never be sent: {}", told.body);
    }
    let nothing = guest.send_with(&group, &token, " ", None).await;
    assert_eq!(nothing.status, StatusCode::FORBIDDEN);
    assert!(nothing.body.contains("Your access as a guest has ended"), "{}", nothing.body);
    let foreign = guest.send_with(&group, "of nobody", "Is it <better>?", None).await;
    assert!(foreign.status == StatusCode::FORBIDDEN && !foreign.body.contains("better"), "{}", foreign.body);
    assert!(!eva.get(&group).await.body.contains("better"), "nothing was sent");
    clinic.operate("DELETE FROM jobs").await;
}

#[bedside_test]
async fn a_guest_who_was_away_for_long_is_told_to_open_the_link_again(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    let group = eva.group("Knee", &[clinic.id("anna")], &[]).await;
    let guest = clinic.guest_of("eva", &group).await;
    clinic.operate("UPDATE sessions SET seen_ms = 0").await;
    let told = guest.get(&group).await;
    assert_eq!(told.status, StatusCode::FORBIDDEN);
    assert!(told.body.contains("Open the link that you were given once more"), "{}", told.body);
    clinic.operate("DELETE FROM jobs").await;
}
