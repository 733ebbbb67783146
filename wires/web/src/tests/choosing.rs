//! Choosing people from a list of any length, a page at a time.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use testkit::{Ground, bedside_test};

use super::clinic::Clinic;

/// Those who can be chosen on a page.
fn offered(page: &str) -> BTreeSet<String> {
    let boxes = page.split("type=\"checkbox\" name=\"member\" value=\"").skip(1);
    boxes.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[bedside_test]
async fn everybody_can_be_chosen_however_many_there_are_and_the_choice_goes_along(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    clinic.patients(130).await;
    let eva = clinic.browser("eva").await;
    let place = "/chats/new-group";
    let mut seen = offered(&eva.get(place).await.body);
    assert_eq!(seen.len(), 60);
    let first = seen.first().expect("somebody").clone();
    for number in ["patients.0", "patients.1", "patients.2"] {
        let page =
            eva.submit(place, place, &[("turn", number), ("member", &first), ("subject", "Knee")]).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains(&format!("value=\"{first}\" checked")), "{number}");
        assert!(page.body.contains("value=\"Knee\""), "what was typed stays");
        seen.extend(offered(&page.body));
    }
    assert!(!eva.submit(place, place, &[("turn", "patients.2")]).await.body.contains("patients.3"));
    assert_eq!(seen.len(), 133, "130, Anna, Chris, and Nora among everybody");
    let last = seen.last().expect("somebody").clone();
    let group = eva.group("Knee", &[first, last], &[]).await;
    assert!(eva.get(&format!("{group}/about")).await.body.contains("Group of 3"));
}

#[bedside_test]
async fn who_is_not_offered_again_is_not_said_to_be_nobody(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    clinic.write_words().await;
    let eva = clinic.browser("eva").await;
    let (place, anna) = ("/chats/new-group", clinic.id("anna"));
    let find = [("at", "all.0"), ("found", ""), ("find", "anna")];
    let chosen = [&find[..], &[("member", &*anna)]].concat();
    let page = eva.submit(place, place, &chosen).await.body;
    assert!(page.contains("Whoever is called like this is chosen already"), "{page}");
    let add = format!("{}/add", eva.group("Knee", std::slice::from_ref(&anna), &[]).await);
    let page = eva.submit(&add, &add, &find).await.body;
    assert!(page.contains("or takes part already."), "{page}");
    let nobody = [("at", "all.0"), ("found", ""), ("find", "zoe")];
    assert!(eva.submit(place, place, &nobody).await.body.contains("Nobody was found whose name begins"));
}

#[bedside_test]
async fn a_patient_is_chosen_for_a_group_to_be_about_and_stays_chosen(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    let (place, chris) = ("/chats/new-group", clinic.id("chris"));
    let (anna, nora) = (clinic.id("anna"), clinic.id("nora"));
    let list = eva.submit(place, place, &[("turn", "about.0"), ("member", &anna)]).await.body;
    assert!(list.contains(&format!("type=\"radio\" name=\"about\" value=\"{chris}\"")), "{list}");
    assert!(!list.contains(&nora), "only patients");
    assert!(list.contains(&format!("type=\"hidden\" name=\"member\" value=\"{anna}\"")));
    let back =
        eva.submit(place, place, &[("turn", "all.0"), ("member", &anna), ("about", &chris)]).await.body;
    assert!(back.contains(&format!("type=\"hidden\" name=\"about\" value=\"{chris}\"")));
    assert!(back.contains(&format!("value=\"{anna}\" checked")));
    let stranger = clinic.id("stranger");
    let foreign = eva.submit(place, place, &[("turn", "all.0"), ("member", &stranger)]).await.body;
    assert!(!foreign.contains(&stranger), "who is not of the house is not shown");
}

#[bedside_test]
async fn choosing_the_patient_leads_on_to_the_people_and_begins_nothing(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    let (place, anna, chris) = ("/chats/new-group", clinic.id("anna"), clinic.id("chris"));
    let step = eva.submit(place, place, &[("turn", "about.0"), ("member", &anna)]).await.body;
    let onward = "<button name=\"turn\" value=\"all.0\">On to the people in it</button>";
    assert!(step.contains(onward) && !step.contains("<button>Begin the group</button>"), "{step}");
    assert!(!step.contains(">Show</p>"), "nothing is named that is not there: {step}");
    // The return key sends the form as it stands.
    let typed = [("subject", "Knee"), ("member", &anna), ("about", &chris), ("at", "about.0"), ("found", "")];
    let people = eva.submit(place, place, &[&typed[..], &[("find", "")]].concat()).await;
    assert_eq!(people.status, StatusCode::OK, "{}", people.body);
    assert!(people.body.contains(&format!("value=\"{anna}\" checked")), "{}", people.body);
    // A name that was looked for among patients is not looked for among the people.
    let looked = [&typed[..], &[("find", "chr"), ("turn", "all.0")]].concat();
    let people = eva.submit(place, place, &looked).await.body;
    assert!(people.contains(&clinic.id("nora")) && people.contains(&chris), "{people}");
}

#[bedside_test]
async fn a_patient_whom_a_group_is_about_and_who_takes_part_is_told_to_read_along(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    let (place, anna, chris) = ("/chats/new-group", clinic.id("anna"), clinic.id("chris"));
    let fields = [("turn", "all.0"), ("member", &*anna), ("about", &*anna)];
    let form = eva.submit(place, place, &fields).await.body;
    assert!(form.contains("This patient takes part, and so reads along."), "{form}");
    let group = eva.group("Knee", std::slice::from_ref(&anna), &[("about", &anna)]).await;
    let about = format!("{group}/about");
    let said = "About anna de Boer. This patient takes part, and so reads along.";
    assert!(eva.get(&about).await.body.contains(said), "{}", eva.get(&about).await.body);
    assert!(!clinic.browser("anna").await.get(&about).await.body.contains("reads along"));
    eva.submit(&about, &format!("{group}/remove"), &[("person", &anna)]).await;
    let said = "About anna de Boer. The patient does not read along, but can see who did.";
    assert!(eva.get(&about).await.body.contains(said), "{}", eva.get(&about).await.body);
    let both = eva.group("Walk", &[anna, chris], &[]).await;
    let page = eva.get(&format!("{both}/about")).await.body;
    assert!(page.contains("These patients take part, and so read along."), "{page}");
}

#[bedside_test]
async fn who_chose_nobody_is_led_to_what_is_wrong(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    let place = "/chats/new-group";
    let refused = eva.submit(place, place, &[("subject", "Knee")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fault = "role=\"alert\" tabindex=\"-1\" autofocus>Choose at least one person.";
    assert!(refused.body.contains(fault), "{}", refused.body);
    let untitled = eva.submit(place, place, &[]).await.body;
    let first = untitled.split(" autofocus").next().unwrap_or_default();
    assert!(first.contains("id=\"subject\"") && !first.contains("id=\"members-error\""), "{untitled}");
}
