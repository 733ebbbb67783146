//! Questions, likes, mentions, and proving who one is, on the pages.

use axum::http::StatusCode;
use messaging::{Choice, Draft, Question, Request};
use testkit::{Ground, bedside_test};

use super::clinic::{Browser, Clinic};

/// A question of Eva's to Anna.
async fn question(clinic: &Clinic, takes_several: bool) -> String {
    let option = |name: &str, label: &str| Choice {
        name: name.to_owned(),
        label: label.to_owned(),
        style: Some("green".to_owned()),
    };
    let request = Request::Question(Question {
        options: vec![option("good", "Good & well"), option("bad", "<b>Bad</b>")],
        takes_several,
        style: "horizontal".to_owned(),
        asked: Vec::new(),
    });
    clinic.post("eva", "anna", Draft { request: Some(request), ..Draft::text("How are you?") }).await
}

async fn fails(
    browser: &Browser,
    place: &str,
    action: &str,
    fields: &[(&str, &str)],
) -> (StatusCode, String) {
    let answer = browser.submit(place, action, fields).await;
    (answer.status, answer.body)
}

#[bedside_test]
async fn a_question_is_answered_by_a_form_and_everybody_in_it_sees_the_answer(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let (place, evas) = (clinic.with("eva"), clinic.with("anna"));
    let id = question(&clinic, false).await;
    let action = format!("{place}/messages/{id}/answer");
    let page = anna.get(&place).await.body;
    assert!(page.contains(&format!("action=\"{action}\"")), "{page}");
    assert!(page.contains("type=\"radio\" name=\"option\" value=\"good\""), "{page}");
    assert!(page.contains("Good &#38; well") && !page.contains("<b>Bad</b>"), "{page}");
    let asker = eva.get(&evas).await.body;
    assert!(!asker.contains("/answer\"") && asker.contains("Possible answers"), "{asker}");
    assert_eq!(anna.post_form(&action, "option=good").await.status, StatusCode::FORBIDDEN, "no token");
    let (status, told) = fails(&anna, &place, &action, &[]).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY || status == StatusCode::BAD_REQUEST, "{status}");
    assert!(told.contains("You have not chosen anything yet"), "{told}");

    let mut words = eva.listen(&format!("{evas}/live")).await;
    words.wait_for("event: changed").await;
    let answered = anna.submit(&place, &action, &[("option", "bad")]).await;
    assert_eq!(answered.status, StatusCode::SEE_OTHER, "{}", answered.body);
    assert_eq!(answered.header("location"), format!("{place}#m-{id}"));
    let hers = anna.get(&place).await.body;
    assert!(hers.contains("<li class=\"own ") && hers.matches("your answer").count() == 1, "{hers}");
    assert!(!asker.contains("<li class=\"own"), "nobody else's is marked");
    words.wait_for(&format!("event: again\ndata: {id}")).await;
    let line = eva.get(&format!("{evas}?fragment=1&message={id}")).await.body;
    assert!(line.contains("<b>anna de Boer</b>: <span dir=\"auto\">&#60;b&#62;Bad"), "{line}");
    assert!(line.contains(&format!("id=\"m-{id}\"")) && !line.contains("<html"), "{line}");
    let page = anna.get(&place).await.body;
    assert!(!page.contains("/answer\"") && page.contains("<b>You</b>"), "{page}");
    let (status, told) = fails(&anna, &place, &action, &[("option", "good")]).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(told.contains("You have answered this already."), "{told}");
    let stranger = clinic.browser("stranger").await;
    let line = stranger.get(&format!("{evas}?fragment=1&message={id}")).await;
    assert_eq!(line.status, StatusCode::NOT_FOUND);
}

#[bedside_test]
async fn a_question_that_takes_several_has_boxes_to_tick(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let anna = clinic.browser("anna").await;
    let place = clinic.with("eva");
    let id = question(&clinic, true).await;
    for (language, says) in [
        ("en", "Choose one or more"),
        ("nl", "Kies er één of meer"),
        ("de", "Wählen Sie eine oder mehrere Antworten"),
        ("fr", "Choisissez une ou plusieurs réponses"),
    ] {
        let page = anna.get(&format!("{place}?lang={language}")).await.body;
        assert!(page.contains(says) && page.contains("type=\"checkbox\" name=\"option\""), "{page}");
    }
    let action = format!("{place}/messages/{id}/answer");
    anna.submit(&place, &action, &[("option", "bad"), ("option", "good")]).await;
    assert!(anna.get(&place).await.body.contains("Good &#38; well, &#60;b&#62;Bad"));
}

#[bedside_test]
async fn a_message_is_liked_and_no_longer(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let (place, evas) = (clinic.with("eva"), clinic.with("anna"));
    let id = clinic.post("eva", "anna", Draft::text("See you tomorrow")).await;
    let action = format!("{place}/messages/{id}/like");
    let page = anna.get(&place).await.body;
    assert!(
        page.contains("aria-pressed=\"false\"")
            && page.contains("Like</span><span class=\"unseen\">: message from eva de Boer"),
        "{page}"
    );
    let mut words = eva.listen(&format!("{evas}/live")).await;
    words.wait_for("event: changed").await;
    assert_eq!(anna.submit(&place, &action, &[("on", "1")]).await.status, StatusCode::SEE_OTHER);
    words.wait_for(&format!("event: again\ndata: {id}")).await;
    assert!(anna.get(&place).await.body.contains("aria-pressed=\"true\""));
    let seen = eva.get(&evas).await.body;
    assert!(
        seen.contains("<span class=\"number\">1</span>") && seen.contains("aria-pressed=\"false\""),
        "{seen}"
    );
    assert_eq!(anna.submit(&place, &action, &[("on", "0")]).await.status, StatusCode::SEE_OTHER);
    assert!(!eva.get(&evas).await.body.contains("class=\"number\""));
    assert_eq!(anna.post_form(&action, "on=1").await.status, StatusCode::FORBIDDEN, "no token");
}

#[bedside_test]
async fn who_likes_an_older_message_comes_back_to_the_page_on_which_it_stands(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let anna = clinic.browser("anna").await;
    let place = clinic.with("eva");
    let first = clinic.post("eva", "anna", Draft::text("The first of many")).await;
    for number in 2..=40 {
        clinic.post("eva", "anna", Draft::text(format!("No. {number}"))).await;
    }
    assert!(!anna.get(&place).await.body.contains(&format!("id=\"m-{first}\"")), "it is on a page before");
    let liked = anna.submit(&place, &format!("{place}/messages/{first}/like"), &[("on", "1")]).await;
    let (path, at) = liked.header("location").split_once('#').expect("a place on a page");
    assert_eq!(at, format!("m-{first}"));
    let page = anna.get(path).await.body;
    assert!(page.contains(&format!("id=\"{at}\"")) && page.contains("aria-pressed=\"true\""), "{page}");
    let likes = anna.get(&format!("{place}/messages/{first}/likes")).await.body;
    let back = format!("<p class=\"back\"><a href=\"{}\"", liked.header("location"));
    assert!(likes.contains(&back), "so does the page that names them: {likes}");
}

#[bedside_test]
async fn what_is_done_with_an_older_message_leads_back_to_the_page_on_which_it_stands(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let anna = clinic.browser("anna").await;
    let place = clinic.with("eva");
    let sent = clinic.post("anna", "eva", Draft::text("A mistake")).await;
    let (asked, proof) = (question(&clinic, false).await, clinic.asks_who("eva", "anna").await);
    for number in 1..=40 {
        clinic.post("eva", "anna", Draft::text(format!("No. {number}"))).await;
    }
    let verify = format!("/verify/with/{}/{proof}", clinic.id("eva"));
    let delete = format!("{place}/messages/{sent}/delete");
    let answer = format!("{place}/messages/{asked}/answer");
    for (id, page, action, fields) in [
        (&asked, &place, &answer, [("option", "good")]),
        (&proof, &verify, &verify, [("answer", "accept")]),
        (&sent, &delete, &delete, [("", "")]),
    ] {
        let done = anna.submit(page, action, &fields).await;
        let (path, at) = done.header("location").split_once('#').expect("a place on a page");
        assert_eq!(at, format!("m-{id}"), "{action}");
        assert!(anna.get(path).await.body.contains(&format!("id=\"{at}\"")), "{action}");
    }
    let settled = anna.get(&verify).await;
    assert!(settled.header("location").contains("?before="), "what is settled leads there, too");
}

#[bedside_test]
async fn who_is_spoken_to_stands_there_by_name_and_nothing_of_it_is_markup(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let text = format!(
        "[mention={}] <i> [mention=@all] [mention={}] [mention=x]",
        clinic.id("anna"),
        clinic.id("nora")
    );
    eva.send(&clinic.with("anna"), &text).await;
    let page = anna.get(&clinic.with("eva")).await.body;
    assert!(page.contains("<b class=\"mention\">@anna de Boer</b> &#60;i&#62; "), "{page}");
    assert!(page.contains("<b class=\"mention\">@everybody</b>") && page.contains("[mention=x]"), "{page}");
    assert!(!page.contains("nora"), "who is not in the chat is not told of: {page}");
}

#[bedside_test]
async fn who_is_asked_is_led_to_a_page_on_which_they_choose(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let (place, evas) = (clinic.with("eva"), clinic.with("anna"));
    let id = clinic.asks_who("eva", "anna").await;
    let verify = format!("/verify/with/{}/{id}", clinic.id("eva"));
    assert!(anna.get(&place).await.body.contains(&format!("href=\"{verify}\"")), "the chat leads there");
    assert!(!eva.get(&evas).await.body.contains("/verify/"), "and nobody else");
    for (language, says, born) in [
        ("en", "Pass the details on", "31/01/1980"),
        ("nl", "Gegevens doorgeven", "31-01-1980"),
        ("de", "Angaben weitergeben", "31.01.1980"),
        ("fr", "Transmettre les informations", "31/01/1980"),
    ] {
        let page = anna.get(&format!("{verify}?lang={language}")).await.body;
        assert!(page.contains(says) && page.contains(born), "{page}");
        assert!(page.contains(&format!("href=\"{place}#m-{id}\"")), "a way back: {page}");
    }
    assert_eq!(clinic.nobody().get(&verify).await.status, StatusCode::SEE_OTHER, "a session is needed");
    assert_eq!(anna.post_form(&verify, "answer=accept").await.status, StatusCode::FORBIDDEN, "no token");
    let mut words = eva.listen(&format!("{evas}/live")).await;
    words.wait_for("event: changed").await;
    assert_eq!(anna.submit(&verify, &verify, &[("answer", "accept")]).await.status, StatusCode::SEE_OTHER);
    words.wait_for(&format!("event: again\ndata: {id}")).await;
    let seen = eva.get(&evas).await.body;
    assert!(seen.contains("anna de Boer proved who they are") && seen.contains("31/01/1980"), "{seen}");
    assert!(anna.get(&place).await.body.contains("You proved who you are"));
    assert_eq!(anna.get(&verify).await.status, StatusCode::SEE_OTHER, "what is settled leads back");
}
