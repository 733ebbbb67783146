//! Whose a group is, who may come into it, its guests and its picture.

use axum::http::StatusCode;
use testkit::{Ground, bedside_test};

use super::clinic::{Browser, Clinic};

/// A picture of one pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82";

/// The link that a page of a group shows, when it shows one.
async fn link(browser: &Browser, about: &str) -> Option<String> {
    let page = browser.get(about).await.body;
    let field = page.split("id=\"guest-link\" value=\"").nth(1)?;
    field.split('"').next().map(str::to_owned)
}

#[bedside_test]
async fn guests_come_by_a_link_until_it_ends(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let group = eva.group("Knee", &[clinic.id("anna")], &[]).await;
    let (about, give, end) =
        (format!("{group}/about"), format!("{group}/guests"), format!("{group}/end-guests"));
    assert_eq!(link(&eva, &about).await, None);
    for days in ["0", "31", "-1", "soon", ""] {
        let refused = eva.submit(&about, &give, &[("days", days)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{days}");
    }
    assert_eq!(link(&eva, &about).await, None);
    let given = eva.submit(&about, &give, &[("days", "7")]).await;
    assert_eq!((given.status, given.header("location")), (StatusCode::SEE_OTHER, &*about));
    let first = link(&eva, &about).await.expect("a link");
    assert!(first.starts_with("http://localhost:8080/guest?code="), "{first}");
    assert!(eva.get(&about).await.body.contains("Nobody has come by the link yet."));
    assert_eq!(link(&anna, &about).await, None, "who does not manage the group is not told");

    let guest = clinic.guest(&first, "Tante Truus").await.expect("an open door");
    assert_eq!(guest.get(&group).await.status, StatusCode::OK);
    assert!(of_guests(&eva, &about).await.contains("<li>Tante Truus</li>"));
    for action in [&give, &end] {
        let refused = guest.submit(&group, action, &[("days", "1")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{action}");
    }

    eva.submit(&about, &give, &[("days", "1"), ("instead", "1")]).await;
    let second = link(&eva, &about).await.expect("another link");
    assert_ne!(first, second);
    assert!(clinic.guest(&first, "Late").await.is_none(), "the link before opens no more");
    assert_eq!(guest.get(&group).await.status, StatusCode::FORBIDDEN, "its guests are out");
    eva.submit(&about, &end, &[]).await;
    assert_eq!(link(&eva, &about).await, None);
    assert!(clinic.guest(&second, "Late").await.is_none());
    // That a job looks after what has ended is not for the pages to show.
    clinic.operate("DELETE FROM jobs").await;
}

/// What the page of a group says of its guests.
async fn of_guests(browser: &Browser, about: &str) -> String {
    let page = browser.get(about).await.body;
    let section = page.split("id=\"guests-title\"").nth(1).and_then(|rest| rest.split("</section>").next());
    section.expect("a section").to_owned()
}

#[bedside_test]
async fn a_link_that_opens_no_more_is_not_shown_and_its_guests_can_still_be_seen_out(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (eva, nora) = (clinic.browser("eva").await, clinic.browser("nora").await);
    let group = eva.group("Knee", &[clinic.id("anna"), clinic.id("nora")], &[]).await;
    let (about, admins, openness) =
        (format!("{group}/about"), format!("{group}/admins"), format!("{group}/openness"));
    let (give, end, nora_id) = (format!("{group}/guests"), format!("{group}/end-guests"), clinic.id("nora"));
    eva.submit(&about, &admins, &[("person", &nora_id), ("on", "1")]).await;
    nora.submit(&about, &give, &[("days", "7")]).await;
    let shown = link(&eva, &about).await.expect("a link");
    let truus = clinic.guest(&shown, "Truus").await.expect("an open door");

    eva.submit(&about, &openness, &[("members_can_invite", "1")]).await;
    let said = of_guests(&eva, &about).await;
    assert!(
        !said.contains("guest-link\"") && said.contains("This group takes nobody from outside."),
        "{said}"
    );
    assert!(said.contains("<li>Truus</li>") && said.contains(&end) && !said.contains(&give), "{said}");
    eva.submit(&about, &openness, &[("members_can_invite", "1"), ("allow_contacts", "1")]).await;
    assert_eq!(link(&eva, &about).await.as_ref(), Some(&shown), "it opens again");

    eva.submit(&about, &admins, &[("person", &nora_id), ("on", "0")]).await;
    let said = of_guests(&eva, &about).await;
    assert!(!said.contains("guest-link\"") && said.contains("<li>Truus</li>"), "{said}");
    assert!(said.contains("The old link then stops working, and the guests who are here"), "{said}");
    assert!(said.contains("name=\"instead\"") && said.contains(&end), "{said}");
    // A page from before anybody came sees nobody out.
    let old = eva.submit(&about, &give, &[("days", "1")]).await;
    assert_eq!((old.status, old.header("location")), (StatusCode::SEE_OTHER, about.as_str()));
    assert_eq!(truus.get(&group).await.status, StatusCode::OK);
    eva.submit(&about, &end, &[]).await;
    assert_eq!(truus.get(&group).await.status, StatusCode::FORBIDDEN, "she is out");
    assert!(!of_guests(&eva, &about).await.contains("Truus"));
    clinic.operate("DELETE FROM jobs").await;
}

#[bedside_test]
async fn a_patient_who_owns_a_group_is_offered_no_link_and_given_none(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let anna = clinic.browser("anna").await;
    let group = anna.group("Family", &[clinic.id("eva")], &[]).await;
    let (about, give) = (format!("{group}/about"), format!("{group}/guests"));
    assert!(!anna.get(&about).await.body.contains(&give));
    let refused = anna.submit(&about, &give, &[("days", "1")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("Only people who work here can do that."), "{}", refused.body);
}

#[bedside_test]
async fn a_group_that_takes_nobody_from_outside_says_so_and_takes_no_guests(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let group = eva.group("Knee", &[clinic.id("anna")], &[]).await;
    let (about, openness) = (format!("{group}/about"), format!("{group}/openness"));
    let is_on = |page: &str, name: &str| page.contains(&format!("name=\"{name}\" value=\"1\" checked"));
    let page = eva.get(&about).await.body;
    assert!(is_on(&page, "members_can_invite") && is_on(&page, "allow_contacts"), "{page}");
    assert!(anna.get(&about).await.body.contains(&format!("{group}/add\"")), "every member brings people in");

    let changed = eva.submit(&about, &openness, &[]).await;
    assert_eq!((changed.status, changed.header("location")), (StatusCode::SEE_OTHER, &*about));
    let page = eva.get(&about).await.body;
    assert!(!is_on(&page, "members_can_invite") && !is_on(&page, "allow_contacts"), "{page}");
    assert!(page.contains("This group takes nobody from outside."), "{page}");
    let refused = eva.submit(&about, &format!("{group}/guests"), &[("days", "1")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("Whoever manages it can allow it"), "{}", refused.body);
    assert!(!anna.get(&about).await.body.contains(&format!("{group}/add\"")));
    let refused = anna.submit(&about, &openness, &[("members_can_invite", "1")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    eva.submit(&about, &openness, &[("members_can_invite", "1")]).await;
    let page = eva.get(&about).await.body;
    assert!(
        is_on(&page, "members_can_invite") && !is_on(&page, "allow_contacts"),
        "each box by itself: {page}"
    );
}

#[bedside_test]
async fn an_owner_names_admins_and_hands_the_group_over(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva, nora) =
        (clinic.browser("anna").await, clinic.browser("eva").await, clinic.browser("nora").await);
    let group = eva.group("Knee", &[clinic.id("anna"), clinic.id("nora")], &[]).await;
    let (about, admins, owner) =
        (format!("{group}/about"), format!("{group}/admins"), format!("{group}/owner"));
    let (nora_id, anna_id, nobody) = (clinic.id("nora"), clinic.id("anna"), clinic.id("nobody"));
    assert!(!anna.get(&about).await.body.contains(&admins), "who manages nothing is offered nothing");

    eva.submit(&about, &admins, &[("person", &nora_id), ("on", "1")]).await;
    let page = nora.get(&about).await.body;
    assert!(page.contains("Nurse · Manages this conversation"), "{page}");
    assert!(
        page.contains(&admins) && !page.contains(&owner),
        "an admin names admins, and hands nothing over"
    );
    let refused = nora.submit(&about, &owner, &[("person", &anna_id)]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    for (action, person) in [(&owner, nobody.as_str()), (&admins, nobody.as_str())] {
        let refused = eva.submit(&about, action, &[("person", person), ("on", "1")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{action}");
    }
    assert_eq!(eva.submit(&about, &owner, &[("person", "x")]).await.status, StatusCode::NOT_FOUND);

    eva.submit(&about, &admins, &[("person", &nora_id), ("on", "0")]).await;
    assert!(!nora.get(&about).await.body.contains(&admins));
    for _ in 0..2 {
        let handed = eva.submit(&about, &owner, &[("person", &nora_id)]).await;
        assert_eq!((handed.status, handed.header("location")), (StatusCode::SEE_OTHER, &*about));
    }
    let refused = anna.submit(&about, &owner, &[("person", &nora_id)]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "it was not hers");
    let page = anna.get(&about).await.body;
    assert!(page.contains("Nurse · Owner") && page.contains("Doctor · Manages this conversation"), "{page}");
    let refused = eva.submit(&about, &owner, &[("person", &anna_id)]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "it is Nora's by now");
}

#[bedside_test]
async fn a_group_is_handed_over_after_one_more_question(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let group = eva.group("Knee", &[clinic.id("anna"), clinic.id("nora")], &[]).await;
    let (about, owner) = (format!("{group}/about"), format!("{group}/owner"));
    let of = |name: &str| format!("{owner}?person={}", clinic.id(name));
    let page = eva.get(&about).await.body;
    assert!(page.contains(&format!("href=\"{}\"", of("nora"))), "{page}");
    assert!(!page.contains(&format!("action=\"{owner}\"")), "not at one press: {page}");
    let asked = eva.get(&of("nora")).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.body.contains("Make nora de Boer the owner?"), "{}", asked.body);
    assert!(asked.body.contains("Only nora de Boer can undo this."), "{}", asked.body);
    assert!(eva.get(&about).await.body.contains("Doctor · Owner"), "looking hands nothing over");
    for (browser, place, status) in [
        (&anna, of("nora"), StatusCode::FORBIDDEN),
        (&eva, of("eva"), StatusCode::NOT_FOUND),
        (&eva, of("stranger"), StatusCode::NOT_FOUND),
        (&eva, owner.clone(), StatusCode::NOT_FOUND),
    ] {
        assert_eq!(browser.get(&place).await.status, status, "{place}");
    }
    let handed = eva.submit(&of("nora"), &owner, &[("person", &clinic.id("nora"))]).await;
    let page = eva.follow(&handed).await.body;
    assert!(page.contains("The group is handed over.") && page.contains("Nurse · Owner"), "{page}");
}

#[bedside_test]
async fn what_was_done_to_a_group_is_said_above_all_else(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    let group = eva.group("Knee", &[clinic.id("anna"), clinic.id("nora")], &[]).await;
    let about = format!("{group}/about");
    let notice = "<div class=\"notice\" role=\"status\" tabindex=\"-1\" autofocus>";
    assert!(!eva.get(&about).await.body.contains(notice));
    let (nora, anna) = (clinic.id("nora"), clinic.id("anna"));
    for (action, fields, says) in [
        ("guests", vec![("days", "7")], "The link for guests is made."),
        ("end-guests", vec![], "The link is ended."),
        ("admins", vec![("person", &*nora), ("on", "1")], "This person now manages the conversation, too."),
        ("admins", vec![("person", &*nora), ("on", "0")], "This person no longer manages"),
        ("subject", vec![("subject", "Hip")], "The subject is changed."),
        ("team", vec![("team", "")], "The team is changed."),
        ("openness", vec![("members_can_invite", "1")], "Who may come in is changed."),
        ("times", vec![("close", "30")], "The times are changed."),
        ("remove", vec![("person", &*anna)], "This person is removed from the group."),
    ] {
        let done = eva.submit(&about, &format!("{group}/{action}"), &fields).await;
        let shown = eva.follow(&done).await;
        let above = shown.body.split("<h2").next().unwrap_or_default();
        assert!(above.contains(notice) && above.contains(says), "{action}: {}", shown.body);
        let to_link = above.contains("<a href=\"#guests\">Go to the link</a>");
        assert_eq!(to_link, action == "guests", "{}", shown.body);
        assert!(shown.header("set-cookie").starts_with("bedside-said=;"), "it is said once");
    }
    let other = eva.group("Hip", &[anna, nora.clone()], &[]).await;
    let done = eva.submit(&about, &format!("{group}/subject"), &[("subject", "Left hip")]).await;
    let nora = clinic.browser("nora").await;
    for (who, path) in [(&eva, format!("{other}/about")), (&nora, about.clone())] {
        let shown = who.follow_to(&path, &done).await.body;
        assert!(shown.contains("<h1") && !shown.contains(notice), "nobody did that there: {shown}");
    }
    for path in [&*about, &format!("{about}?done=link-ended")] {
        assert!(!eva.get(path).await.body.contains(notice), "no address says what was not done");
    }
    clinic.operate("DELETE FROM jobs").await;
}

#[bedside_test]
async fn a_guest_is_not_offered_a_group(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    let group = eva.group("Knee", &[clinic.id("anna")], &[]).await;
    clinic.guest_of("eva", &group).await;
    let page = eva.get(&format!("{group}/about")).await.body;
    assert!(page.contains("Make anna de Boer the owner") && page.contains("Riet"), "{page}");
    assert!(!page.contains("Make Riet the owner") && !page.contains("Let Riet manage it"), "{page}");
    clinic.operate("DELETE FROM jobs").await;
}

#[bedside_test]
async fn a_group_has_the_picture_that_who_manages_it_gives_it(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let group = eva.group("Knee", &[clinic.id("anna")], &[]).await;
    let (change, remove) = (format!("{group}/change-picture"), format!("{group}/remove-picture"));
    let picture = format!("{group}/picture");
    assert!(eva.get(&format!("{group}/about")).await.body.contains(&format!("href=\"{change}\"")));
    assert_eq!(anna.get(&change).await.status, StatusCode::FORBIDDEN);
    for unfit in [&b""[..], b"<svg/>", b"\x89PNG\r\n\x1a\n"] {
        let refused = eva.upload(&change, &change, "picture", unfit).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("role=\"alert\""), "{}", refused.body);
    }
    let refused = anna.upload(&group, &change, "picture", PIXEL).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(anna.get(&picture).await.status, StatusCode::NOT_FOUND);

    let given = eva.upload(&change, &change, "picture", PIXEL).await;
    assert_eq!((given.status, given.header("location")), (StatusCode::SEE_OTHER, &*format!("{group}/about")));
    assert!(anna.get(&group).await.body.contains(&format!("src=\"{picture}?v=")));
    assert!(eva.get(&change).await.body.contains("Remove the picture"));
    assert_eq!(anna.submit(&group, &remove, &[]).await.status, StatusCode::FORBIDDEN);
    for _ in 0..2 {
        assert_eq!(
            eva.submit(&change, &remove, &[]).await.status,
            StatusCode::SEE_OTHER,
            "also the second time"
        );
    }
    assert_eq!(anna.get(&picture).await.status, StatusCode::NOT_FOUND);
}
