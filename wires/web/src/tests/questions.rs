//! Asking a question, asking for a proof, and seeing who likes a message.

use axum::http::StatusCode;
use testkit::{Ground, bedside_test};

use super::clinic::Clinic;

#[bedside_test]
async fn a_question_is_asked_with_answers_to_choose_from(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let (with_anna, with_eva) = (clinic.with("anna"), clinic.with("eva"));
    let ask = format!("{with_anna}/ask");
    assert!(eva.get(&with_anna).await.body.contains(&format!("href=\"{ask}\"")));
    assert_eq!(eva.get(&ask).await.status, StatusCode::OK, "also where nothing was said yet");
    let (many, long) = ("x\n".repeat(3) + "y", "x".repeat(201));
    let too_many: String = (0..51).map(|at| format!("{at}\n")).collect();
    for (question, options, says) in [
        (" ", "Yes", "Write your question."),
        ("When?", " \r\n ", "Write at least one answer."),
        ("When?", many.as_str(), "The same answer stands there twice."),
        ("When?", long.as_str(), "no more than 50 answers"),
        ("When?", too_many.as_str(), "no more than 50 answers"),
    ] {
        let refused = eva.submit(&ask, &ask, &[("question", question), ("options", options)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
        assert!(refused.body.contains(says) && refused.body.contains(question), "{says}: {}", refused.body);
    }
    assert!(!anna.get(&with_eva).await.body.contains("When?"), "nothing was asked so far");

    let fields = [("question", "When can you come?"), ("options", "Monday at 9\r\n\r\n Tuesday at 14 \r\n")];
    let asked = eva.submit(&ask, &ask, &fields).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    assert!(asked.header("location").starts_with(&format!("{with_anna}#m-")));
    let page = anna.get(&with_eva).await.body;
    assert!(
        page.contains("When can you come?") && page.contains("type=\"radio\" name=\"option\" value=\"2\""),
        "{page}"
    );
    let answer = page.split("action=\"").find(|rest| rest.contains("/answer\"")).expect("a form");
    let answer = answer.split('"').next().expect("an address");
    let answered = anna.submit(&with_eva, answer, &[("option", "2")]).await;
    assert_eq!(answered.status, StatusCode::SEE_OTHER, "{}", answered.body);
    assert!(
        eva.get(&with_anna)
            .await
            .body
            .contains("<b>anna de Boer</b>: <span dir=\"auto\">Tuesday at 14</span>")
    );
}

#[bedside_test]
async fn several_answers_may_be_chosen_where_the_question_says_so(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let ask = format!("{}/ask", clinic.with("anna"));
    let fields = [("question", "Which days?"), ("options", "Monday\nTuesday"), ("several", "1")];
    eva.submit(&ask, &ask, &fields).await;
    assert!(
        anna.get(&clinic.with("eva")).await.body.contains("type=\"checkbox\" name=\"option\" value=\"2\"")
    );
}

#[bedside_test]
async fn only_who_may_write_in_a_conversation_asks_in_it(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (eva, chris, stranger) =
        (clinic.browser("eva").await, clinic.browser("chris").await, clinic.browser("stranger").await);
    let group = eva.group("Knee", &[clinic.id("anna")], &[]).await;
    let (ask, prove) = (format!("{group}/ask"), format!("{group}/prove"));
    for outsider in [&chris, &stranger] {
        for page in [&ask, &prove] {
            assert_eq!(outsider.get(page).await.status, StatusCode::NOT_FOUND, "{page}");
        }
        let refused =
            outsider.submit("/chats/new", &ask, &[("question", "Why?"), ("options", "Because")]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        let refused = outsider.submit("/chats/new", &prove, &[("person", &clinic.id("anna"))]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
    }
    assert!(!eva.get(&group).await.body.contains("Why?"));
}

#[bedside_test]
async fn staff_ask_somebody_in_a_conversation_to_prove_who_they_are(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let group = eva.group("Knee", &[clinic.id("anna"), clinic.id("chris")], &[]).await;
    let prove = format!("{group}/prove");
    assert!(eva.get(&group).await.body.contains(&format!("href=\"{prove}\"")));
    assert!(!anna.get(&group).await.body.contains(&prove), "a patient asks nobody");
    assert_eq!(anna.get(&prove).await.status, StatusCode::FORBIDDEN);
    let form = eva.get(&prove).await.body;
    assert!(form.contains(&clinic.id("anna")) && form.contains(&clinic.id("chris")), "{form}");
    assert!(!form.contains(&format!("value=\"{}\"", clinic.id("eva"))), "nobody asks themselves");
    for person in ["", "x", clinic.id("nora").as_str()] {
        let refused = eva.submit(&prove, &prove, &[("person", person)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{person}");
        assert!(refused.body.contains("Choose somebody in this conversation."), "{}", refused.body);
    }
    let asked = eva.submit(&prove, &prove, &[("person", &clinic.id("anna"))]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    let page = anna.get(&group).await.body;
    let verify = page.split("href=\"/verify/").nth(1).and_then(|rest| rest.split('"').next());
    let verify = format!("/verify/{}", verify.expect("the way to the provider"));
    anna.submit(&verify, &verify, &[("answer", "accept")]).await;
    let again = eva.submit(&prove, &prove, &[("person", &clinic.id("anna"))]).await;
    assert!(again.body.contains("This person has proved who they are already."), "{}", again.body);
}

#[bedside_test]
async fn a_page_names_those_who_like_a_message(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva, nora) =
        (clinic.browser("anna").await, clinic.browser("eva").await, clinic.browser("nora").await);
    let group = eva.group("Knee", &[clinic.id("anna"), clinic.id("nora")], &[]).await;
    eva.send(&group, "Well done").await;
    let page = anna.get(&group).await.body;
    let id = page.split("<li id=\"m-").nth(1).and_then(|rest| rest.split('"').next()).expect("a message");
    let (like, likes) = (format!("{group}/messages/{id}/like"), format!("{group}/messages/{id}/likes"));
    assert!(anna.get(&likes).await.body.contains("Nobody yet."));
    anna.submit(&group, &like, &[("on", "1")]).await;
    let page = eva.get(&group).await.body;
    let said = "<span class=\"number\">1</span><span class=\"unseen\"> like: your message, ";
    assert!(page.contains(&format!("href=\"{likes}\"")) && page.contains(said), "{page}");
    nora.submit(&group, &like, &[("on", "1")]).await;
    assert!(eva.get(&group).await.body.contains("2</span><span class=\"unseen\"> likes: your message, "));
    let page = eva.get(&likes).await.body;
    assert!(page.contains("<li>anna de Boer</li>") && page.contains("<li>nora de Boer</li>"), "{page}");
    assert!(!page.contains("<li>eva de Boer</li>"));
    assert_eq!(clinic.browser("chris").await.get(&likes).await.status, StatusCode::NOT_FOUND);
}
