//! Looking for words in one's conversations, and for people by name.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use testkit::{Ground, bedside_test};

use super::clinic::Clinic;

#[bedside_test]
async fn words_are_found_marked_and_lead_to_their_place(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (eva, anna) = (clinic.browser("eva").await, clinic.browser("anna").await);
    let place = clinic.with("anna");
    eva.send(&place, "Is your KNÉE <b>better</b>?").await;
    for number in 0..40 {
        eva.send(&place, &format!("Note {number}")).await;
    }
    clinic.write_words().await;
    let look = async |words: &str| anna.submit("/search", "/search", &[("q", words)]).await;
    let found = look("knee Better").await;
    assert_eq!(found.status, StatusCode::OK);
    assert!(
        found.body.contains("Is your <mark>KNÉE</mark> &#60;b&#62;<mark>better</mark>"),
        "{}",
        found.body
    );
    let link = found.body.split("href=\"").find(|rest| rest.contains("#m-")).expect("a link");
    let link = link.split('"').next().expect("its end").replace("&#38;", "&");
    let (path, id) = link.split_once('#').expect("a place on a page");
    assert!(!link.to_lowercase().contains("kn"), "no word is in an address: {link}");
    let page = anna.get(path).await.body;
    assert!(page.contains(&format!("id=\"{id}\"")), "the message stands on the page that its hit leads to");

    let many = look("note").await.body;
    assert_eq!(many.matches("<mark>").count(), 20);
    let before = many.split("name=\"before\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let rest =
        anna.submit("/search", "/search", &[("q", "note"), ("before", before.expect("more"))]).await.body;
    // The clock of this clinic stands still, so the order of its messages is any.
    let numbers = |page: &str| -> Vec<String> {
        let after = page.split("<mark>Note</mark> ").skip(1);
        after.filter_map(|rest| rest.split('<').next()).map(str::to_owned).collect()
    };
    let both: BTreeSet<String> = numbers(&many).into_iter().chain(numbers(&rest)).collect();
    assert_eq!((both.len(), numbers(&rest).len()), (40, 20), "each of them once, on two pages");
    assert!(look("absent").await.body.contains("Nothing was found"));
    let newest = look("39").await.body;
    assert!(
        newest.contains(&format!("{}#m-", clinic.with("eva"))),
        "the newest stand on the page as it opens"
    );
    let chris = clinic.browser("chris").await;
    assert!(chris.submit("/search", "/search", &[("q", "note")]).await.body.contains("Nothing was found"));
}

#[bedside_test]
async fn a_question_is_found_by_what_can_be_chosen_and_shows_it(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (eva, anna) = (clinic.browser("eva").await, clinic.browser("anna").await);
    let ask = format!("{}/ask", clinic.with("anna"));
    let fields = [("question", "What do you take for the pain?"), ("options", "Nothing\nParacetamol 500 mg")];
    assert_eq!(eva.submit(&ask, &ask, &fields).await.status, StatusCode::SEE_OTHER);
    clinic.write_words().await;
    let found = anna.submit("/search", "/search", &[("q", "pain paracetamol")]).await.body;
    assert!(found.contains("What do you take for the <mark>pain</mark>?"), "{found}");
    assert!(found.contains("<mark>Paracetamol</mark> 500 mg"), "{found}");
    assert!(!found.contains("Nothing<"), "only the choices in which a word was found: {found}");
}

#[bedside_test]
async fn who_is_spoken_to_in_a_found_message_stands_there_by_name(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (eva, anna) = (clinic.browser("eva").await, clinic.browser("anna").await);
    let id = clinic.id("anna");
    eva.send(&clinic.with("anna"), &format!("[mention={id}] and [mention=@all]: your knee?")).await;
    clinic.write_words().await;
    for browser in [&eva, &anna] {
        let found = browser.submit("/search", "/search", &[("q", "knee")]).await.body;
        assert!(found.contains(" and @everybody: your <mark>knee</mark>?"), "{found}");
        assert!(found.contains(">@anna de Boer and") && !found.contains("[mention="), "{found}");
    }
}

#[bedside_test]
async fn a_member_who_is_spoken_to_and_wrote_nothing_is_there_in_what_is_found(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (eva, anna) = (clinic.browser("eva").await, clinic.browser("anna").await);
    let (nora, chris) = (clinic.id("nora"), clinic.id("chris"));
    let group = eva.group("Knee", &[clinic.id("anna"), nora.clone()], &[]).await;
    eva.send(&group, &format!("[mention={nora}] and [mention={chris}]: a new bandage")).await;
    clinic.write_words().await;
    let found = anna.submit("/search", "/search", &[("q", "bandage")]).await.body;
    assert!(found.contains("nora de Boer and @somebody outside this conversation: a new"), "{found}");
}

#[bedside_test]
async fn of_many_who_are_called_alike_each_can_be_found(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    clinic.patients(70).await;
    clinic.write_words().await;
    let eva = clinic.browser("eva").await;
    let place = "/chats/new";
    let of_page = async |page: &str| {
        let list = eva.submit(place, place, &[("find", "Patient"), ("page", page)]).await.body;
        let people = list.split("href=\"/chats/with/").skip(1).filter_map(|rest| rest.split('#').next());
        (people.map(str::to_owned).collect::<BTreeSet<_>>(), list)
    };
    let ((first, list), (second, last)) = (of_page("0").await, of_page("1").await);
    assert!(
        list.contains("name=\"page\" value=\"1\"") && !last.contains("name=\"page\" value=\"2\""),
        "{list}"
    );
    assert_eq!((first.len(), second.len(), first.union(&second).count()), (60, 10, 70));
    for (typed, says) in [
        ("n", "Enter at least two letters of each name."),
        ("Nora d", "Enter at least two letters of each name."),
        ("J. de", "Enter at least two letters of each name."),
        ("Jan-P", "Enter at least two letters of each name."),
        ("\u{738b}", "Nobody was found whose name begins like this."),
        ("one two three four five six seven eight nine", "8 words"),
        ("zzz", "Nobody was found"),
    ] {
        let page = eva.submit(place, place, &[("find", typed)]).await.body;
        assert!(page.contains(says), "{typed}: {page}");
    }
}

#[bedside_test]
async fn what_is_no_word_is_explained_beside_the_field(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    for (typed, why) in [("", "Enter a word"), ("?!", "Enter a word"), ("a b c d e f g h i", "8 words")] {
        let page = eva.submit("/search", "/search", &[("q", typed)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        assert!(page.body.contains(why) && page.body.contains("aria-invalid=\"true\""), "{}", page.body);
    }
}

#[bedside_test]
async fn people_are_chosen_by_the_beginning_of_a_name_and_the_choice_goes_along(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    clinic.patients(70).await;
    clinic.write_words().await;
    let eva = clinic.browser("eva").await;
    let (anna, nora) = (clinic.id("anna"), clinic.id("nora"));
    let list = eva.submit("/chats/new", "/chats/new", &[("find", "NOR")]).await.body;
    assert!(list.contains(&nora) && !list.contains(&anna), "{list}");
    let nobody = eva.submit("/chats/new", "/chats/new", &[("find", "zzz")]).await.body;
    assert!(nobody.contains("Nobody was found"), "{nobody}");

    let place = "/chats/new-group";
    // As who types a name and presses Enter sends it: by the button of the form, and not by that of the list.
    let typed = [("subject", "Knee"), ("member", &*anna), ("at", "all.0"), ("found", ""), ("find", "nor")];
    let page = eva.submit(place, place, &typed).await;
    assert_eq!(page.status, StatusCode::OK, "no group was begun");
    assert!(page.body.contains(&format!("value=\"{nora}\"")), "{}", page.body);
    assert!(page.body.contains(&format!("value=\"{anna}\" checked")));
    assert!(page.body.contains("name=\"found\" value=\"nor\""));
    let begun = [
        ("subject", "Knee"),
        ("member", &*anna),
        ("member", &*nora),
        ("at", "all.0"),
        ("found", "nor"),
        ("find", "nor"),
    ];
    assert_eq!(eva.submit(place, place, &begun).await.status, StatusCode::SEE_OTHER);
}
