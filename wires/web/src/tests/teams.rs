//! Groups that are for a team, or about a patient who is not in them.

use axum::http::StatusCode;
use testkit::{Ground, bedside_test};

use super::clinic::Clinic;

#[bedside_test]
async fn a_clinician_finds_and_joins_what_is_for_their_team_and_others_do_not(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (eva, nora) = (clinic.browser("eva").await, clinic.browser("nora").await);
    let team = clinic.team("Ward 3", &["nora", "chris"]).await;
    assert!(!nora.get("/chats").await.body.contains("Wound care"));
    let group = eva.group("Wound care", &[clinic.id("anna")], &[("team", &team)]).await;
    let list = nora.get("/chats").await.body;
    assert!(list.contains("Conversations of Ward 3") && list.contains("Wound care"), "{list}");
    for name in ["chris", "anna", "stranger"] {
        let page = clinic.browser(name).await.get("/chats").await.body;
        assert!(!page.contains("Conversations of Ward 3"), "{name}");
        let team = clinic.browser(name).await.get(&format!("/chats/of-team/{team}")).await;
        assert_eq!(team.status, StatusCode::NOT_FOUND, "{name}");
    }
    assert!(nora.get(&group).await.body.contains(&format!("{group}/join")), "she reads it and may join");
    assert_eq!(nora.get(&format!("{group}/add")).await.status, StatusCode::FORBIDDEN, "not yet in it");
    let chris = clinic.browser("chris").await;
    let refused = chris.submit("/chats/new-group", &format!("{group}/join"), &[]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert_eq!(nora.post_form(&format!("{group}/join"), "").await.status, StatusCode::FORBIDDEN, "no token");
    assert!(eva.get(&format!("{group}/about")).await.body.contains("Group of 2"));
    let joined = nora.submit("/chats", &format!("{group}/join"), &[]).await;
    assert_eq!(joined.status, StatusCode::SEE_OTHER);
    assert!(eva.get(&format!("{group}/about")).await.body.contains("Group of 3"), "all can see it");
    assert!(!nora.get("/chats").await.body.contains(&format!("{group}/join")));
    assert!(nora.get(&format!("/chats/of-team/{team}")).await.body.contains("Wound care"));
}

#[bedside_test]
async fn a_group_is_assigned_by_staff_to_teams_of_their_own_alone(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let team = clinic.team("Ward 3", &["nora"]).await;
    let hers = anna.group("My questions", &[clinic.id("eva")], &[]).await;
    assert!(!anna.get(&format!("{hers}/about")).await.body.contains("Ward 3"));
    assert!(!anna.get("/chats/new-group").await.body.contains("Ward 3"));
    let refused = anna.submit(&hers, &format!("{hers}/team"), &[("team", &team)]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("Only people who work here can do that."), "{}", refused.body);
    for (field, value) in [("team", team.clone()), ("about", clinic.id("chris"))] {
        let fields = [("subject", "Mine"), ("member", &clinic.id("eva")), (field, value.as_str())];
        let refused = anna.submit("/chats/new-group", "/chats/new-group", &fields).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{field}");
    }
    let group = eva.group("Wound care", &[clinic.id("anna")], &[]).await;
    let (about, assign) = (format!("{group}/about"), format!("{group}/team"));
    for foreign in [clinic.id("nobody"), "x".to_owned()] {
        assert_eq!(eva.submit(&about, &assign, &[("team", &foreign)]).await.status, StatusCode::NOT_FOUND);
    }
    let nora = clinic.browser("nora").await;
    assert_eq!(nora.get(&group).await.status, StatusCode::NOT_FOUND);
    assert_eq!(eva.submit(&about, &assign, &[("team", &team)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(nora.get(&group).await.status, StatusCode::OK);
    assert_eq!(eva.submit(&about, &assign, &[("team", "")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(nora.get(&group).await.status, StatusCode::NOT_FOUND);
}

#[bedside_test]
async fn whom_a_group_is_about_is_told_to_staff_and_not_to_a_patient_in_it(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let about_chris = [("about", clinic.id("chris"))];
    let about_chris: Vec<_> = about_chris.iter().map(|(name, id)| (*name, id.as_str())).collect();
    let group = eva.group("Wound care", &[clinic.id("anna")], &about_chris).await;
    let page = eva.get(&format!("{group}/about")).await.body;
    assert!(page.contains("About chris de Boer"), "{page}");
    assert!(!anna.get(&format!("{group}/about")).await.body.contains("chris"));
    let chris = clinic.browser("chris").await;
    assert_eq!(chris.get(&group).await.status, StatusCode::NOT_FOUND);
    for nobody in [clinic.id("nora"), clinic.id("stranger"), "x".to_owned()] {
        let fields = [("subject", "Mine"), ("member", &clinic.id("anna")), ("about", &nobody)];
        let refused = eva.submit("/chats/new-group", "/chats/new-group", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "no patient of theirs");
        assert!(refused.body.contains("One of these people is no longer there."), "{}", refused.body);
    }
}

#[bedside_test]
async fn an_open_page_ends_when_its_reader_leaves_the_team(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (eva, nora) = (clinic.browser("eva").await, clinic.browser("nora").await);
    let team = clinic.team("Ward 3", &["nora"]).await;
    let group = eva.group("Wound care", &[clinic.id("anna")], &[("team", &team)]).await;
    let mut words = nora.listen(&format!("{group}/live")).await;
    eva.send(&group, "Good morning").await;
    words.wait_for("event: changed\ndata: 1").await;
    clinic.leaves_team("nora", &team).await;
    words.wait_for("event: out").await;
    assert!(words.is_over().await);
    assert_eq!(nora.get(&format!("{group}/live")).await.status, StatusCode::NOT_FOUND);
}

#[bedside_test]
async fn an_open_page_ends_when_the_chat_is_taken_from_its_readers_team(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (eva, nora) = (clinic.browser("eva").await, clinic.browser("nora").await);
    let team = clinic.team("Ward 3", &["nora"]).await;
    let group = eva.group("Wound care", &[clinic.id("anna")], &[("team", &team)]).await;
    let mut words = nora.listen(&format!("{group}/live")).await;
    words.wait_for("event: changed").await;
    eva.submit(&format!("{group}/about"), &format!("{group}/team"), &[("team", "")]).await;
    words.wait_for("event: out").await;
    assert!(words.is_over().await);
}
