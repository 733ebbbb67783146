//! What open pages learn by themselves, and what is never lost.

use axum::http::StatusCode;
use jiff::SignedDuration;
use testkit::{Ground, bedside_test};

use super::clinic::Clinic;

#[bedside_test]
async fn an_open_list_hears_of_what_is_new_in_the_readers_own_conversations_alone(ground: Ground) {
    let clock = ground.clock.clone();
    let clinic = Clinic::open(ground).await;
    let (anna, eva, chris) =
        (clinic.browser("anna").await, clinic.browser("eva").await, clinic.browser("chris").await);
    anna.send(&clinic.with("eva"), "First").await;
    let mut evas = eva.listen("/chats/live").await;
    evas.wait_for("event: changed\ndata: 1").await;
    let mut noras = clinic.browser("nora").await.listen("/chats/live").await;
    noras.wait_for("event: changed\ndata: 0").await;
    clock.pass(SignedDuration::from_secs(1));
    chris.send(&clinic.with("eva"), "Second").await;
    evas.wait_for("event: changed\ndata: 2").await;
    let list = eva.get("/chats?fragment=1&page=0").await.body;
    assert!(!list.contains("<html") && list.contains("data-unread=\"2\""), "{list}");
    let first = list.find(&clinic.id("chris")).expect("Chris");
    assert!(first < list.find(&clinic.id("anna")).expect("Anna"), "the last active is first: {list}");
    eva.get(&clinic.with("chris")).await;
    evas.wait_for("event: changed\ndata: 1\n\n").await;
    chris.send(&clinic.with("nora"), "To Nora").await;
    noras.wait_for("event: changed\ndata: 1").await;
    assert_eq!(noras.count("event: changed"), 2, "nothing of what others wrote to each other");
    eva.sign_out().await;
    evas.wait_for("event: ended").await;
}

#[bedside_test]
async fn an_open_page_is_told_once_of_what_happened_while_it_did_not_listen(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    let others = ["anna", "chris", "nora"];
    let group = eva.group("Knee", &others.map(|name| clinic.id(name)), &[]).await;
    eva.send(&group, "Who can come on Friday?").await;
    let mut words = eva.listen(&format!("{group}/live")).await;
    words.wait_for("event: changed\ndata: 1").await;
    for name in others {
        clinic.browser(name).await.get(&group).await;
    }
    clinic.browser("anna").await.send(&group, "I can").await;
    words.wait_for("event: changed\ndata: 2").await;
    assert_eq!(words.count("event: changed"), 2, "three who read it and one who answers are one look");
}

#[bedside_test]
async fn a_picture_is_kept_under_the_address_that_names_it(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    let (mark, place) = (clinic.picture("anna").await, format!("{}/picture", clinic.with("anna")));
    let named = format!("{place}?v={mark}");
    assert!(eva.get("/chats/new").await.body.contains(&format!("src=\"{named}\"")));
    for (path, kept) in [
        (named, "private, max-age=600"),
        (format!("{place}?v=another"), "private, no-cache"),
        (place, "private, no-cache"),
    ] {
        let picture = eva.get(&path).await;
        assert_eq!((picture.body.as_str(), picture.header("cache-control")), ("a square", kept), "{path}");
    }
}

#[bedside_test]
async fn every_page_says_in_how_many_conversations_something_is_new(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let badge = "<span id=\"unread\" class=\"count\" data-most=\"100\"><span>1</span>";
    assert!(!eva.get("/").await.body.contains(badge));
    anna.send(&clinic.with("eva"), "Good morning").await;
    anna.send(&clinic.with("eva"), "Are you there?").await;
    for path in ["/", "/chats", "/chats/new", &clinic.with("nora")] {
        assert!(eva.get(path).await.body.contains(badge), "{path}");
    }
    assert!(eva.get("/chats").await.body.contains("<title>(1) Conversations"));
    assert!(!anna.get("/chats").await.body.contains(badge), "what she wrote is not new to her");
    assert!(!eva.get(&clinic.with("anna")).await.body.contains(badge), "it is read with this page");
}

#[bedside_test]
async fn where_counting_stops_the_pages_say_that_there_may_be_more(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    for number in 1..=100 {
        let whole = eva.get("/chats").await.body;
        assert!(!whole.contains("<span>100+</span>"), "before conversation {number}: {whole}");
        let group = anna.group("Knee", &[clinic.id("eva")], &[]).await;
        anna.send(&group, "Good morning").await;
    }
    let list = eva.get("/chats").await.body;
    assert!(list.contains("<title>(100+) Conversations") && list.contains("<span>100+</span>"), "{list}");
}

#[bedside_test]
async fn who_is_taken_out_of_a_group_gets_back_what_they_were_writing(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let group = eva.group("Knee", &[clinic.id("anna")], &[]).await;
    let token = anna.token(&group).await;
    let remove = format!("{group}/remove");
    eva.submit(&format!("{group}/about"), &remove, &[("person", &clinic.id("anna"))]).await;
    for (language, says) in [
        ("en", "You are no longer in this group."),
        ("nl", "U doet niet meer mee aan deze groep."),
        ("de", "Sie sind nicht mehr in dieser Gruppe."),
        ("fr", "Vous ne faites plus partie de ce groupe."),
    ] {
        let place = format!("{group}?lang={language}");
        let refused = anna.send_with(&place, &token, "A long <story>", None).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        assert!(
            refused.body.contains(says) && refused.body.contains("A long &#60;story&#62;"),
            "{}",
            refused.body
        );
    }
    assert!(!eva.get(&group).await.body.contains("A long"));
}

#[bedside_test]
async fn an_open_page_learns_who_came_and_that_the_conversation_was_closed(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let group = eva.group("Knee", &[clinic.id("anna")], &[]).await;
    let mut words = anna.listen(&format!("{group}/live")).await;
    words.wait_for("event: changed").await;
    assert_eq!(words.count("event: head"), 0, "the page came with its head");
    eva.submit(&format!("{group}/add"), &format!("{group}/add"), &[("member", &clinic.id("nora"))]).await;
    words.wait_for("event: head").await;
    let head = format!("{group}?fragment=1&part=head");
    let now = anna.get(&head).await.body;
    assert!(now.contains("Group of 3") && !now.contains("data-stop") && !now.contains("<html"), "{now}");
    eva.submit(&format!("{group}/about"), &format!("{group}/close"), &[]).await;
    assert!(anna.get(&head).await.body.contains("data-stop=\"This conversation is closed."));
    let stranger = clinic.browser("stranger").await;
    assert_eq!(stranger.get(&head).await.status, StatusCode::NOT_FOUND);
}

#[bedside_test]
async fn who_closes_a_conversation_is_told_who_can_open_it_again(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    for (one, other, says) in [
        (&anna, "eva", "Only eva de Boer"),
        (&eva, "anna", "You can open it again later."),
        (&anna, "chris", "Nobody can open it again."),
    ] {
        one.send(&clinic.with(other), "Hello").await;
        let page = one.get(&clinic.with(other)).await.body;
        let closing =
            page.split("<details class=\"ending\">").nth(1).and_then(|rest| rest.split("</details>").next());
        assert!(closing.is_some_and(|closing| closing.contains(says)), "{says}: {page}");
    }
    let place = clinic.with("eva");
    anna.submit(&place, &format!("{place}/close"), &[]).await;
    let closed = anna.get(&place).await.body;
    assert!(
        closed.contains("This conversation is closed.") && closed.contains("Only eva de Boer"),
        "{closed}"
    );
    assert!(!closed.contains(&format!("action=\"{place}/open\"")));
    let in_dutch = anna.get(&format!("{place}?lang=nl")).await.body;
    assert!(in_dutch.contains("Alleen eva de Boer kan het weer openen."), "it is closed already: {in_dutch}");
}

#[bedside_test]
async fn a_mistyped_address_is_answered_to_a_browser_in_words_and_to_a_program_in_json(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let anna = clinic.browser("anna").await;
    for (language, says) in
        [("en", "Not found"), ("nl", "Niet gevonden"), ("de", "Nicht gefunden"), ("fr", "Introuvable")]
    {
        let page = anna.browse(&format!("/chatz?lang={language}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.body.contains(&format!("<h1>{says}</h1>")), "{}", page.body);
        assert!(page.body.contains("href=\"/account\""), "she keeps the menu");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
    }
    let program = anna.get("/chatz").await;
    assert_eq!((program.status, program.body.as_str()), (StatusCode::NOT_FOUND, "{\"error\":\"not_found\"}"));
    assert_eq!(program.header("x-content-type-options"), "nosniff");
    assert!(!clinic.nobody().browse("/chatz").await.body.contains("href=\"/account\""));
}
