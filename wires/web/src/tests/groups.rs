//! What people change about a group: its subject, who is in it, and its end.

use axum::http::StatusCode;
use testkit::{Ground, bedside_test};

use super::clinic::Clinic;

#[bedside_test]
async fn an_owner_renames_a_group_and_the_page_says_what_is_wrong_with_a_subject(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let group = eva.group("Knee", &[clinic.id("anna")], &[]).await;
    let (about, subject) = (format!("{group}/about"), format!("{group}/subject"));
    let renamed = eva.submit(&about, &subject, &[("subject", " Left <knee> ")]).await;
    assert_eq!((renamed.status, renamed.header("location")), (StatusCode::SEE_OTHER, &*about));
    assert!(anna.get(&about).await.body.contains("Left &#60;knee&#62; · Group of 2"));
    let long = "x".repeat(201);
    for (typed, says) in [
        (" ", "Enter a subject."),
        (long.as_str(), "more than 200"),
        ("a\u{7}b", "characters that it cannot"),
    ] {
        let refused = eva.submit(&about, &subject, &[("subject", typed)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
        assert!(refused.body.contains(says) && refused.body.contains(typed.trim()), "{}", refused.body);
    }
    assert!(anna.get(&about).await.body.contains("Left &#60;knee&#62; · Group of 2"));
}

#[bedside_test]
async fn who_does_not_manage_a_group_is_offered_nothing_and_refused_in_words(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let group = eva.group("Knee", &[clinic.id("anna"), clinic.id("chris")], &[]).await;
    let (about, chris) = (format!("{group}/about"), clinic.id("chris"));
    let page = anna.get(&about).await.body;
    for action in ["subject", "remove", "team", "times", "close", "delete"] {
        assert!(!page.contains(&format!("{group}/{action}\"")), "{action}");
    }
    assert!(page.contains(&format!("{group}/leave\"")));
    for (action, field, value, says) in [
        ("subject", "subject", "Mine", "Only the owner and those who manage this conversation"),
        ("remove", "person", chris.as_str(), "Only the owner and those who manage this conversation"),
        ("team", "team", "", "Only the owner and those who manage this conversation"),
        ("times", "expire", "604800", "Only the owner and those who manage this conversation"),
        ("close", "", "", "Only the owner and those who manage this conversation"),
        ("delete", "", "", "Only people who work here can do that."),
    ] {
        let refused = anna.submit(&about, &format!("{group}/{action}"), &[(field, value)]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{action}");
        assert!(refused.body.contains(says), "{action}: {}", refused.body);
        let forged = eva.post_form(&format!("{group}/{action}"), &format!("{field}={value}")).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN, "{action} without a token");
    }
    let page = eva.get(&about).await.body;
    assert!(page.contains("Knee · Group of 3") && page.contains(&chris), "nothing of it was done");
}

#[bedside_test]
async fn people_come_and_go_and_the_owner_stays_until_they_leave(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let group = eva.group("Knee", &[clinic.id("nora")], &[]).await;
    let (about, add, remove) = (format!("{group}/about"), format!("{group}/add"), format!("{group}/remove"));
    assert_eq!(anna.get(&about).await.status, StatusCode::NOT_FOUND);
    let form = eva.get(&add).await.body;
    assert!(form.contains(&clinic.id("anna")) && !form.contains(&clinic.id("nora")), "nora is in it already");
    let nobody = eva.submit(&add, &add, &[]).await;
    assert!(nobody.body.contains("Choose at least one person."), "{}", nobody.body);
    let (anna_id, stranger) = (clinic.id("anna"), clinic.id("stranger"));
    let foreign = eva.submit(&add, &add, &[("member", &anna_id), ("member", &stranger)]).await;
    assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(foreign.body.contains("One of these people is no longer there."), "{}", foreign.body);
    assert_eq!(anna.get(&about).await.status, StatusCode::NOT_FOUND, "nobody came with the stranger");
    assert_eq!(eva.submit(&add, &add, &[("member", &anna_id)]).await.header("location"), about);
    assert!(anna.get(&about).await.body.contains("Group of 3"));

    let owner = eva.submit(&about, &remove, &[("person", &clinic.id("nobody"))]).await;
    assert_eq!(owner.status, StatusCode::SEE_OTHER, "who is not in it is out already");
    assert_eq!(eva.submit(&about, &remove, &[("person", "x")]).await.status, StatusCode::NOT_FOUND);
    let mut words = anna.listen(&format!("{group}/live")).await;
    assert_eq!(eva.submit(&about, &remove, &[("person", &anna_id)]).await.status, StatusCode::SEE_OTHER);
    words.wait_for("event: out").await;
    assert!(words.is_over().await, "nothing is told to who was taken out");
    assert_eq!(anna.get(&group).await.status, StatusCode::NOT_FOUND);
    eva.submit(&about, &format!("{group}/leave"), &[]).await;
    assert_eq!(eva.get(&about).await.status, StatusCode::NOT_FOUND);
    let nora = clinic.browser("nora").await.get(&about).await.body;
    assert!(nora.contains("Group of 1") && nora.contains("Nurse · Owner"), "{nora}");
}

#[bedside_test]
async fn a_chat_of_strangers_is_not_there_on_any_of_its_pages(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (eva, stranger) = (clinic.browser("eva").await, clinic.browser("stranger").await);
    let group = eva.group("Knee", &[clinic.id("anna")], &[]).await;
    for page in ["about", "add"] {
        assert_eq!(stranger.get(&format!("{group}/{page}")).await.status, StatusCode::NOT_FOUND, "{page}");
    }
    let (me, team) = (clinic.id("stranger"), clinic.team("Desk", &["eva"]).await);
    for (action, field, value) in [
        ("subject", "subject", "Mine"),
        ("remove", "person", me.as_str()),
        ("add", "member", me.as_str()),
        ("team", "team", team.as_str()),
        ("join", "", ""),
        ("close", "", ""),
        ("leave", "", ""),
    ] {
        let refused =
            stranger.submit("/chats/new-group", &format!("{group}/{action}"), &[(field, value)]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{action}");
    }
}
