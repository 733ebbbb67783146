//! The part of the story in which people come by the links of letters and as guests, listen at the gateway, give a
//! picture of themselves, prove who they are, and take a chat along.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::story::{Api, Cast, Markers};
use crate::cast::papers::picture;
use crate::cast::{Adapter, Browser};

/// Who was invited before this part begins.
pub const INVITED: &str = "genodigde.persoon@geheim.test";

/// Tells it.
pub(super) async fn tell(patient: &Api<'_>, doctor: &Api<'_>, cast: &Cast, markers: &mut Markers) {
    let subject = markers.note("a subject that is told by letter", "nazorg-na-de-operatie-van-haar");
    let new = json!({ "subject": subject, "members": [cast.patient], "send_email": true }).to_string();
    let (status, made) = doctor.post("groupchats", &new).await;
    assert_eq!(status, 201);
    let group = made["id"].as_str().expect("an id").to_owned();
    follow_letters(doctor, cast, markers).await;
    come_as_guest(doctor, &group, markers).await;
    prove(doctor, cast, &group, markers).await;
    listen(patient, doctor, &group, markers).await;
    show_oneself(patient, markers).await;
    for path in ["pdf/content", "export/content"] {
        assert_eq!(patient.get(&format!("groupchats/{group}/{path}")).await.0, 200, "{path}");
    }
}

async fn signed_in(api: &Api<'_>, (email, password): (&str, &str), markers: &mut Markers) -> Browser {
    let mut browser = Browser::at(api.http, api.url);
    let page = browser.open("/login").await;
    let inside = browser.submit(&page, &[("email", email), ("password", password)]).await;
    assert_eq!(inside.path, "/chats");
    markers.note("a later session cookie", &browser.cookies["bedside"].clone());
    browser
}

/// A link of ours as a path, the secret of which is noted.
fn path_of(api: &Api<'_>, link: &str, secret: &'static str, markers: &mut Markers) -> String {
    let (_, code) = link.split_once('=').expect("a parameter");
    markers.note(secret, code);
    link.strip_prefix(api.url).expect("of ours").to_owned()
}

/// The letters are read where a sandbox shows them, and their links are followed.
async fn follow_letters(doctor: &Api<'_>, cast: &Cast, markers: &mut Markers) {
    let staff = (cast.doctor_email.as_str(), cast.doctor_password.as_str());
    let desk = signed_in(doctor, staff, markers).await;
    let invitation = link_to(doctor, &desk, INVITED, "/invitation?").await;
    let invitation = path_of(doctor, &invitation, "the code of an invitation", markers);
    let mut newcomer = Browser::at(doctor.http, doctor.url);
    let page = newcomer.open(&invitation).await;
    let password = markers.note("a newcomer's password", "zelf-bedachte-toegang-tot-alles");
    let chosen = [("new", &*password), ("again", &*password), ("language", "nl")];
    assert!(newcomer.submit(&page, &chosen).await.path.starts_with("/chats"), "they are in");

    let ending = link_to(doctor, &desk, &cast.patient_email, "/unsubscribe?").await;
    let ending = path_of(doctor, &ending, "the token of a letter", markers);
    let mut reader = Browser::at(doctor.http, doctor.url);
    let page = reader.open(&ending).await;
    assert_eq!((page.status, reader.submit(&page, &[]).await.status), (200, 200));
}

/// A link of a letter to somebody. The running server writes some letters a moment after their cause.
async fn link_to(api: &Api<'_>, desk: &Browser, to: &str, path: &str) -> String {
    let cookies: Vec<String> = desk.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    for _ in 0..200 {
        let request = api.http.get(format!("{}/sandbox/inbox?format=json", api.url));
        let letters = request.header("cookie", cookies.join("; ")).send().await.expect("an answer");
        let letters: Vec<Value> = letters.json().await.expect("letters");
        let links = letters.iter().filter(|letter| letter["to"] == to);
        let mut links = links.flat_map(|letter| letter["links"].as_array().into_iter().flatten());
        if let Some(link) = links.find_map(|link| link.as_str().filter(|link| link.contains(path))) {
            return link.to_owned();
        }
        drop(tokio::time::timeout(std::time::Duration::from_millis(100), std::future::pending::<()>()).await);
    }
    panic!("no letter with a link to {path}");
}

async fn come_as_guest(doctor: &Api<'_>, group: &str, markers: &mut Markers) {
    let (status, given) = doctor.put_for(&format!("groupchats/{group}/guest_access"), json!({})).await;
    assert_eq!(status, 200);
    let link = given["link"].as_str().expect("a link");
    let link = path_of(doctor, link, "the code of a link for guests", markers);
    let mut guest = Browser::at(doctor.http, doctor.url);
    let page = guest.open(&link).await;
    let name = markers.note("the name of a guest", "Buurvrouw Meekijkelien");
    let inside = guest.submit(&page, &[("name", &name)]).await;
    assert_eq!((inside.status, inside.path), (200, format!("/chats/{group}")));
    markers.note("a guest's session cookie", &guest.cookies["bedside"].clone());
}

/// What the provider says of the patient are the names that are markers already.
async fn prove(doctor: &Api<'_>, cast: &Cast, group: &str, markers: &mut Markers) {
    let body = json!({ "user_id": cast.patient, "provider_id": "sandbox" }).to_string();
    let (status, asked) = doctor.post(&format!("groupchats/{group}/verification"), &body).await;
    assert_eq!(status, 201);
    let id = asked["id"].as_str().expect("an id");
    let mut asked = signed_in(doctor, (&cast.patient_email, &cast.patient_password), markers).await;
    let page = asked.open(&format!("/verify/{group}/{id}")).await;
    assert!(asked.submit(&page, &[("answer", "accept")]).await.status < 400);
    let (_, told) = doctor.get(&format!("groupchats/{group}/messages/{id}")).await;
    assert!(told.contains("\"attributes\"") && told.contains("Annemiekelien"), "{told}");
}

async fn listen(patient: &Api<'_>, doctor: &Api<'_>, group: &str, markers: &mut Markers) {
    let mut stranger = Adapter::connect_to(doctor.url, "/v1").await;
    let bogus = markers.note("a token that is none, in a frame", "verzonnen-sleutel-voor-de-poort");
    assert_eq!(stranger.shake_hands(&bogus).await["event"], "error");

    let [mut hers, mut his] =
        [Adapter::connect_to(patient.url, "/v1").await, Adapter::connect_to(doctor.url, "/v1").await];
    for (adapter, api) in [(&mut hers, patient), (&mut his, doctor)] {
        assert_eq!(adapter.shake_hands(&api.token).await["event"], "authenticated");
        adapter.say("groupchat_subscribe", json!({ "groupchat_id": group })).await;
        adapter.next_is("groupchat_subscribed").await;
    }
    let text = markers.note("a message in a frame", "door-de-poort-gefluisterd-nieuws");
    his.say("groupchat_new_message", json!({ "groupchat_id": group, "body": text })).await;
    assert_eq!(hers.next_is("groupchat_new_message").await["body"], text.as_str());
    let unfit = markers.note("text in a frame that does not fit", "scheef-ingevuld-bericht-aan-haar");
    hers.say("groupchat_new_message", json!({ "groupchat_id": group, "body": [unfit] })).await;
    hers.next_is("error").await;
    let unknown = markers.note("an event that is none", "zelfverzonnen-gebeurtenis-vandaag");
    hers.say(&unknown, json!({ "text": unknown })).await;
    hers.next_is("error").await;
}

/// A photo has words in it that nobody sees: a comment, between its first two bytes and the rest.
async fn show_oneself(patient: &Api<'_>, markers: &mut Markers) {
    let comment = markers.note("a comment in a photo", "genomen-bij-haar-thuis-aan-de-gracht");
    let length = u16::try_from(comment.len() + 2).expect("a short comment").to_be_bytes();
    let photo = picture(200);
    let photo = [&photo[..2], &[0xff, 0xfe], &length, comment.as_bytes(), &photo[2..]].concat();
    let part = Part::bytes(photo).file_name("ik.jpg").mime_str("image/jpeg").expect("a type");
    let request = patient.http.post(format!("{}/v1/me/avatar", patient.url)).bearer_auth(&patient.token);
    let answer = request.multipart(Form::new().part("avatar", part)).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.status());
}
