//! The access log: who did what to whom, through what, and nothing of what was said.

use std::collections::HashSet;

use kernel::{ClientId, LineId, OrganisationId, PersonId, Role};
use serde_json::json;
use store::args;
use testkit::bedside_test;

use crate::cast::{Browser, Kpn, Organisation, Page, Somebody, Ward};
use crate::oauth::app::{App, Fields, PASSWORD, answer_of, browser, fields, sign_in};

/// A line as it lies in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub id: LineId,
    pub organisation: OrganisationId,
    pub kind: String,
    pub outcome: String,
    pub person: Option<PersonId>,
    pub role: Option<String>,
    pub client: Option<ClientId>,
    pub patient: Option<PersonId>,
    pub object: Option<Vec<u8>>,
    pub reason: Option<String>,
    pub request: Option<Vec<u8>>,
    pub address: Option<String>,
}

const LINES: &str =
    "SELECT kind, outcome, person, role, client, patient, object, reason, request, address, id,
        organisation
    FROM audit_lines ORDER BY at_us, id";

/// Every line there is.
pub async fn lines(ward: &Ward) -> Vec<Line> {
    ward.settle().await;
    let read = ward.house.db.read((), |tx, ()| {
        Box::pin(async move {
            tx.all(LINES, &args![], |row| {
                Ok(Line {
                    id: row.get(10)?,
                    organisation: row.get(11)?,
                    kind: row.get(0)?,
                    outcome: row.get(1)?,
                    person: row.get(2)?,
                    role: row.get(3)?,
                    client: row.get(4)?,
                    patient: row.get(5)?,
                    object: row.get(6)?,
                    reason: row.get(7)?,
                    request: row.get(8)?,
                    address: row.get(9)?,
                })
            })
            .await
        })
    });
    read.await.expect("lines")
}

/// Those of a kind.
fn of<'a>(lines: &'a [Line], kind: &str) -> Vec<&'a Line> {
    lines.iter().filter(|line| line.kind == kind).collect()
}

/// The one of a kind.
#[track_caller]
fn only<'a>(lines: &'a [Line], kind: &str) -> &'a Line {
    let all = of(lines, kind);
    assert_eq!(all.len(), 1, "{kind}: {all:?}");
    all[0]
}

/// The lines that were there before something happened.
#[derive(Default)]
struct Before(HashSet<LineId>);

impl Before {
    async fn on(ward: &Ward) -> Self {
        let mut before = Self::default();
        before.new_ones(ward).await;
        before
    }

    /// What is new since then.
    async fn new_ones(&mut self, ward: &Ward) -> Vec<Line> {
        let all = lines(ward).await;
        all.into_iter().filter(|line| self.0.insert(line.id)).collect()
    }
}

fn client_of(app: &App) -> ClientId {
    ClientId::from_hex(&app.client_id).expect("an id")
}

fn id_of(uuid: &str) -> Vec<u8> {
    kernel::Id::<()>::from_uuid(uuid).expect("an id").as_bytes().to_vec()
}

#[track_caller]
fn by(line: &Line, person: &Somebody, app: &App, patient: Option<&Somebody>) {
    let who = (line.person, line.client, line.patient, line.address.as_deref());
    let expected = (Some(person.id), Some(client_of(app)), patient.map(|one| one.id), Some("127.0.0.1"));
    assert_eq!(who, expected, "{line:?}");
    assert!(line.request.is_some() && line.role.is_some(), "{line:?}");
}

#[bedside_test]
async fn every_deed_leaves_its_line_with_who_through_what_and_about_whom(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let eva = linde.doctor("Eva").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    let mut before = Before::on(&ward).await;

    let mut browser = Browser::at(&ward.http, &ward.url);
    let page = browser.open(&app.request(&[("scope", "read write")])).await;
    browser.submit(&page, &[("email", &anna.email), ("password", "wrong")]).await;
    let new = before.new_ones(&ward).await;
    let refused = only(&new, "sign_in_refused");
    assert_eq!((refused.outcome.as_str(), refused.person), ("refused", None), "somebody, and not she");
    assert_eq!(refused.object.as_deref(), Some(anna.id.as_bytes().as_slice()), "her account");
    assert_eq!(refused.patient, Some(anna.id), "she is to see it");
    let consent = sign_in(&mut browser, &page, &anna).await;
    let outward = browser.submit(&consent, &[("answer", "allow")]).await;
    let token = app.token(&answer_of(&outward)["code"]).await;
    let new = before.new_ones(&ward).await;
    let line = only(&new, "sign_in");
    assert_eq!(
        (line.outcome.as_str(), line.person, line.address.as_deref()),
        ("done", Some(anna.id), Some("127.0.0.1"))
    );
    assert_eq!(line.patient, Some(anna.id));
    for kind in ["consent_given", "token_issued"] {
        let line = only(&new, kind);
        assert_eq!((line.person, line.client), (Some(anna.id), Some(client_of(&app))), "{line:?}");
        assert_eq!(line.patient, Some(anna.id), "{line:?}");
    }

    let patient = Kpn::new(&ward, token);
    let doctor = Kpn::new(&ward, app.token(&app.code(&eva, &[("scope", "read write")]).await).await);
    before.new_ones(&ward).await;
    let (to_eva, to_anna) =
        (format!("conversations/{}", eva.uuid()), format!("conversations/{}", anna.uuid()));
    let message = patient.say(&to_eva, "the first words").await;
    let new = before.new_ones(&ward).await;
    by(only(&new, "message_posted"), &anna, &app, Some(&anna));
    assert_eq!(only(&new, "message_posted").object, Some(id_of(&message)));
    by(only(&new, "chat_started"), &anna, &app, Some(&anna));

    doctor.texts(&to_anna).await;
    let new = before.new_ones(&ward).await;
    by(only(&new, "chat_opened"), &eva, &app, Some(&anna));
    doctor.texts(&to_anna).await;
    doctor.texts(&to_anna).await;
    assert_eq!(of(&before.new_ones(&ward).await, "chat_opened").len(), 2, "one for each request");
    doctor.get(&format!("{to_anna}/messages/{message}")).await.ok();
    let new = before.new_ones(&ward).await;
    by(only(&new, "message_read"), &eva, &app, Some(&anna));
    assert_eq!(only(&new, "message_read").object, Some(id_of(&message)));
    assert!(of(&new, "chat_opened").is_empty(), "one message is not the chat");

    patient
        .upload(
            &format!("{to_eva}/attachments"),
            Some("see here"),
            &[("notes.txt", "text/plain", b"secret notes")],
        )
        .await
        .created();
    let new = before.new_ones(&ward).await;
    by(only(&new, "message_posted"), &anna, &app, Some(&anna));
    by(only(&new, "file_posted"), &anna, &app, Some(&anna));
    let file = doctor.get(&format!("{to_anna}/messages")).await.ok()[0]["attachments"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    before.new_ones(&ward).await;
    assert_eq!(doctor.get(&format!("{to_anna}/attachments/{file}/content")).await.text, "secret notes");
    let new = before.new_ones(&ward).await;
    by(only(&new, "file_read"), &eva, &app, Some(&anna));
    assert_eq!(only(&new, "file_read").object, Some(id_of(&file)));

    nothing_of_what_was_said(&lines(&ward).await, &["words", "see here", "notes", "Anna", "Eva", "@"]);
    let report = audit::verify(&ward.house.db, None, &[]).await.expect("a report");
    assert!(
        report.is_clean() && report.lines as usize >= before.0.len() && report.segments > 0,
        "{report:?}"
    );
}

#[track_caller]
fn nothing_of_what_was_said(lines: &[Line], texts: &[&str]) {
    for line in lines {
        let told =
            [&line.reason, &line.role, &line.address].into_iter().flatten().cloned().collect::<String>();
        assert!(texts.iter().all(|text| !told.contains(text)), "{line:?}");
    }
}

#[bedside_test]
async fn a_door_that_stays_shut_leaves_a_line_about_who_knocked(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await;
    let (eva, nosy) = (linde.doctor("Eva").await, linde.doctor("Nosy").await);
    let group = json!({ "subject": "about Anna", "members": [anna.uuid()] });
    let chat = eva.kpn().await.post("groupchats", group).await.created();
    let knocking = nosy.kpn().await;
    let mut before = Before::on(&ward).await;
    let shut = knocking.get(&format!("groupchats/{chat}/messages")).await;
    assert_eq!(shut.refused(), (404, "groupchat_not_found"));
    let posted = knocking.post(&format!("groupchats/{chat}/messages"), json!({ "body": "let me in" })).await;
    assert_eq!(posted.refused(), (404, "groupchat_not_found"));
    let new = before.new_ones(&ward).await;
    let refused: Vec<&Line> = new.iter().filter(|line| line.outcome == "refused").collect();
    assert_eq!(refused.len(), 2, "{new:?}");
    for line in refused {
        assert_eq!(
            (line.kind.as_str(), line.person, line.patient),
            ("chat_opened", Some(nosy.id), Some(anna.id))
        );
        assert_eq!((line.object.clone(), line.client), (Some(id_of(&chat)), Some(linde.client)));
    }
    nothing_of_what_was_said(&new, &["about Anna", "let me in"]);
}

#[bedside_test]
async fn a_denied_consent_and_a_code_that_came_twice_leave_their_lines(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    let mut before = Before::on(&ward).await;
    let mut browser = Browser::at(&ward.http, &ward.url);
    let page = browser.open(&app.request(&[])).await;
    let consent = sign_in(&mut browser, &page, &anna).await;
    browser.submit(&consent, &[("answer", "deny")]).await;
    let new = before.new_ones(&ward).await;
    let denied = only(&new, "consent_denied");
    let of_anna = (Some(anna.id), Some(anna.id), Some(client_of(&app)));
    assert_eq!((denied.person, denied.patient, denied.client), of_anna);
    assert!(of(&new, "consent_given").is_empty());
    let code = app.code(&anna, &[]).await;
    app.token(&code).await;
    assert_eq!(app.redeem(&app.token_form(&code, &[])).await.status, 400);
    let new = before.new_ones(&ward).await;
    let revoked = only(&new, "token_revoked");
    assert_eq!(revoked.outcome, "refused");
    assert_eq!((revoked.person, revoked.patient, revoked.client), of_anna);

    let token = app.token(&app.code(&anna, &[]).await).await;
    before.new_ones(&ward).await;
    let proof = [("client_id", app.client_id.as_str()), ("client_secret", &app.secret), ("token", &token)];
    assert_eq!(app.post("/oauth/revoke", &fields(&proof), None).await.status, 200);
    let new = before.new_ones(&ward).await;
    let given_back = only(&new, "token_revoked");
    assert_eq!((given_back.outcome.as_str(), given_back.reason.as_deref()), ("done", Some("given back")));
    assert_eq!((given_back.person, given_back.patient, given_back.client), of_anna);

    let mut page = browser.open("/account").await;
    before.new_ones(&ward).await;
    page = press(&mut browser, &page, "/account/end-app").await;
    assert_eq!(page.path, "/account?ended=1");
    let new = before.new_ones(&ward).await;
    let withdrawn = only(&new, "token_revoked");
    assert_eq!(withdrawn.reason.as_deref(), Some("consent withdrawn"));
    assert_eq!((withdrawn.person, withdrawn.patient, withdrawn.client), of_anna);
}

/// Presses the first button of a page whose form goes there.
async fn press(browser: &mut Browser, page: &Page, action: &str) -> Page {
    let form = page.forms().into_iter().find(|form| form.action == action).expect("a button");
    let answer = browser.post(action, &form.fields, &[]).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    browser.open(answer.location().expect("a page")).await
}

#[bedside_test]
async fn a_look_at_a_patient_that_was_refused_is_no_look(ward: Ward) {
    let linde = ward.organisation_where("linde", false).await;
    let (anna, bram, eva) =
        (linde.patient("Anna").await, linde.patient("Bram").await, linde.doctor("Eva").await);
    let (patient, doctor) = (anna.kpn().await, eva.kpn().await);
    let stranger = ward.organisation("eik").await.doctor("Chris").await.kpn().await;
    let him = format!("users/{}", bram.uuid());
    let mut before = Before::on(&ward).await;
    assert_eq!(patient.get(&him).await.refused().0, 404);
    let new = before.new_ones(&ward).await;
    let hidden = only(&new, "person_read");
    assert_eq!((hidden.outcome.as_str(), hidden.person), ("refused", Some(anna.id)), "{new:?}");
    assert_eq!((hidden.patient, hidden.organisation), (Some(bram.id), linde.id));
    assert_eq!(stranger.get(&him).await.refused().0, 404);
    assert_eq!(before.new_ones(&ward).await, [], "as if he did not exist");
    doctor.get(&him).await.ok();
    let new = before.new_ones(&ward).await;
    let seen = only(&new, "person_read");
    assert_eq!((seen.outcome.as_str(), seen.person, seen.patient), ("done", Some(eva.id), Some(bram.id)));
}

#[bedside_test]
async fn a_browser_that_is_signed_out_from_afar_and_one_that_changes_place_leave_their_lines(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    eik.member(&anna, Role::Nurse).await;
    let (mut phone, mut desk) = (browser(&ward), browser(&ward));
    for browser in [&mut phone, &mut desk] {
        let page = browser.open("/login").await;
        assert_eq!(sign_in(browser, &page, &anna).await.path, "/chats");
        ward.clock.pass(jiff::SignedDuration::from_secs(1));
    }
    let lines_before = lines(&ward).await;
    let sessions: Vec<_> = of(&lines_before, "sign_in").iter().map(|line| line.object.clone()).collect();
    let mut before = Before::on(&ward).await;

    let page = desk.open("/account").await;
    before.new_ones(&ward).await;
    let page = press(&mut desk, &page, "/account/end-session").await;
    let new = before.new_ones(&ward).await;
    let ended = only(&new, "sign_out");
    assert_eq!((ended.person, ended.patient, ended.organisation), (Some(anna.id), Some(anna.id), linde.id));
    assert_eq!((&ended.object, ended.address.as_deref()), (&sessions[0], Some("127.0.0.1")));

    let form = page.forms().into_iter().find(|form| form.action == "/account/switch").expect("a switch");
    assert_eq!(go_to(&mut desk, &form.fields, &eik).await, 303);
    let new = before.new_ones(&ward).await;
    let (left, came) = (only(&new, "sign_out"), only(&new, "sign_in"));
    assert_eq!((left.organisation, left.patient), (linde.id, Some(anna.id)));
    assert_eq!((came.organisation, came.patient), (eik.id, None), "there she is no patient");
    for line in [left, came] {
        assert_eq!((line.person, &line.object), (Some(anna.id), &sessions[1]));
        assert_eq!(line.reason.as_deref(), Some("organisation switched"));
    }

    let page = desk.open("/account").await;
    before.new_ones(&ward).await;
    let token = page.forms()[0].value("form_token").to_owned();
    assert_eq!(desk.post("/logout", &fields(&[("form_token", &token)]), &[]).await.status, 303);
    let new = before.new_ones(&ward).await;
    let left = only(&new, "sign_out");
    assert_eq!((left.organisation, left.person, left.patient), (eik.id, Some(anna.id), None));
}

async fn go_to(browser: &mut Browser, form: &Fields, to: &Organisation) -> u16 {
    let mut fields = form.clone();
    fields.retain(|(name, _)| name != "organisation");
    fields.push(("organisation".to_owned(), to.id.hex()));
    browser.post("/account/switch", &fields, &[]).await.status
}
