//! A story in which every field that must stay secret holds a marker of its own.

use reqwest::Client;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::comings;
use crate::cast::{Browser, Installation, Server};

/// What stands plain by design, to show that what is there is found.
pub const PLAIN_NAME: &str = "Praktijk Zichtbaar Huis";
const CALLBACK: &str = "http://127.0.0.1:9/callback";

/// Markers by what they are.
#[derive(Default)]
pub struct Markers(Vec<(&'static str, String)>);

impl Markers {
    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, text)| (*name, text.as_str()))
    }

    /// Remembers a marker, and gives it.
    pub fn note(&mut self, name: &'static str, text: &str) -> String {
        self.0.push((name, text.to_owned()));
        text.to_owned()
    }

    fn note_field(&mut self, name: &'static str, value: &Value) -> String {
        self.note(name, value.as_str().unwrap_or_else(|| panic!("no {name}")))
    }
}

/// The messenger's API for one person.
pub(super) struct Api<'a> {
    pub http: &'a Client,
    pub url: &'a str,
    pub token: String,
}

impl Api<'_> {
    pub async fn post(&self, path: &str, body: &str) -> (u16, Value) {
        let request = self.http.post(format!("{}/v1/{path}", self.url)).bearer_auth(&self.token);
        let response = request.header("content-type", "application/json").body(body.to_owned()).send();
        let response = response.await.expect("an answer");
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    }

    async fn put(&self, path: &str, body: Value) -> u16 {
        self.put_for(path, body).await.0
    }

    pub async fn put_for(&self, path: &str, body: Value) -> (u16, Value) {
        let request = self.http.put(format!("{}/v1/{path}", self.url)).bearer_auth(&self.token);
        let response = request.json(&body).send().await.expect("an answer");
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    }

    pub async fn get(&self, path: &str) -> (u16, String) {
        let request = self.http.get(format!("{}/v1/{path}", self.url)).bearer_auth(&self.token);
        let response = request.send().await.expect("an answer");
        (response.status().as_u16(), response.text().await.expect("a body"))
    }

    async fn upload(&self, path: &str, text: &str, name: &str, bytes: &str) -> (u16, Value) {
        let part = Part::bytes(bytes.as_bytes().to_vec()).file_name(name.to_owned());
        let form =
            Form::new().text("message", text.to_owned()).part("files", part.mime_str("text/plain").unwrap());
        let request = self.http.post(format!("{}/v1/{path}", self.url)).bearer_auth(&self.token);
        let response = request.multipart(form).send().await.expect("an answer");
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    }
}

/// Who is in it.
pub(super) struct Cast {
    client_id: String,
    client_secret: String,
    pub patient: String,
    pub patient_email: String,
    pub patient_password: String,
    doctor: String,
    pub doctor_email: String,
    pub doctor_password: String,
    doctor_token: String,
}

/// Tells the whole story on a running server.
pub async fn tell(installation: &Installation, server: &Server) -> Markers {
    let mut markers = Markers::default();
    let cast = enter(installation, &mut markers).await;
    let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let token = sign_in(&http, server, &cast, &mut markers).await;
    let patient = Api { http: &http, url: &server.url, token };
    let doctor = Api { http: &http, url: &server.url, token: cast.doctor_token.clone() };
    talk(&patient, &doctor, &cast, &mut markers).await;
    ask_in(installation, &doctor, &mut markers).await;
    comings::tell(&patient, &doctor, &cast, &mut markers).await;
    go_wrong(&patient, &cast, &mut markers).await;
    markers
}

/// The people come in by the operator's commands, which the running server carries out.
async fn enter(installation: &Installation, markers: &mut Markers) -> Cast {
    installation.command(&["organisation", "add", "huis", "--name", PLAIN_NAME, "--sandbox"]).await;
    let mut person = async |role: &'static str, names: [&'static str; 7]| {
        let [first, last, email, mobile, bsn, first_name, last_name] = names;
        let email =
            markers.note(if role == "doctor" { "a doctor's e-mail" } else { "an e-mail address" }, email);
        for (name, text) in
            [(first_name, first), (last_name, last), ("a mobile number", mobile), ("a BSN", bsn)]
        {
            markers.note(name, text);
        }
        let (mobile, bsn) =
            (format!("mobile={mobile}"), format!("http://fhir.nl/fhir/NamingSystem/bsn={bsn}"));
        let who = ["--organisation", "huis", "--role", role, "--first-name", first, "--last-name", last];
        let known_by = ["--email", &email, "--identifier", &mobile, "--identifier", &bsn];
        let added = installation.command(&[&["person", "add"], &who[..], &known_by[..]].concat()).await;
        markers.note_field("a password", &added["password"]);
        let text = |name: &str| added[name].as_str().unwrap().to_owned();
        (text("id"), email, text("password"))
    };
    let anna =
        ["Annemiekelien", "Zwartebroekx", "zichtbaar.nergens@geheim.test", "+31687654321", "999998341"];
    let eva = ["Evangelientje", "Vriesekoopers", "dokter.stiekem@geheim.test", "+31612349876", "999994670"];
    let with_names =
        |who: [&'static str; 5], first, last| [who[0], who[1], who[2], who[3], who[4], first, last];
    let (patient, patient_email, patient_password) =
        person("patient", with_names(anna, "a first name", "a last name")).await;
    let (doctor, doctor_email, doctor_password) =
        person("doctor", with_names(eva, "a doctor's first name", "her last name")).await;
    let words = ["client", "add", "Messenger", "--organisation", "huis", "--redirect-uri", CALLBACK];
    let client = installation.command(&words).await;
    let client_id = client["client_id"].as_str().unwrap().to_owned();
    let client_secret = markers.note_field("a client secret", &client["client_secret"]);
    let token = installation.command(&["token", "--person", &doctor_email, "--client", &client_id]).await;
    let doctor_token = markers.note_field("a doctor's access token", &token["access_token"]);
    Cast {
        client_id,
        client_secret,
        patient,
        patient_email,
        patient_password,
        doctor,
        doctor_email,
        doctor_password,
        doctor_token,
    }
}

/// Through the pages, with a slip first, to a token.
async fn sign_in(http: &Client, server: &Server, cast: &Cast, markers: &mut Markers) -> String {
    let mut browser = Browser::at(http, &server.url);
    let state = markers.note("a client's state", "toestand-verborgen-4711");
    let query = [
        ("response_type", "code"),
        ("client_id", &cast.client_id),
        ("scope", "read write"),
        ("state", &state),
        ("login_hint", &cast.patient_email),
    ];
    let start = reqwest::Url::parse_with_params("http://x/oauth/authorize", query).unwrap();
    let start = format!("/oauth/authorize?{}", start.query().unwrap());
    let page = browser.open(&start).await;
    markers.note("the binding of a form", &browser.cookies["bedside-form"].clone());
    markers.note("a form's token", page.form().value("form_token"));
    let slip = markers.note("a wrong password", "fout-wachtwoord-verklikker");
    let nobody = markers.note("an unknown address", "onbekende.bezoeker@elders.test");
    browser.submit(&page, &[("email", &cast.patient_email), ("password", &slip)]).await;
    browser.submit(&page, &[("email", &nobody), ("password", &slip)]).await;
    let consent =
        browser.submit(&page, &[("email", &cast.patient_email), ("password", &cast.patient_password)]).await;
    markers.note("a session cookie", &browser.cookies["bedside"].clone());
    let outward = browser.submit(&consent, &[("answer", "allow")]).await;
    let code = code_of(outward.location(), markers);
    let redeem = async |code: &str, secret: &str| {
        let (id, kind) = (cast.client_id.as_str(), "authorization_code");
        let form = [("client_id", id), ("client_secret", secret), ("code", code), ("grant_type", kind)];
        let request = http.post(format!("{}/healthcaremessenger_oauth/token", server.url)).form(&form);
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let wrong = markers.note("a wrong client secret", "verkeerd-geheim-van-een-app");
    redeem(&code, &wrong).await;
    let token =
        markers.note_field("an access token", &redeem(&code, &cast.client_secret).await["access_token"]);
    let spent = code_of(browser.open(&start).await.location(), markers);
    let revoked = redeem(&spent, &cast.client_secret).await;
    markers.note_field("a revoked access token", &revoked["access_token"]);
    redeem(&spent, &cast.client_secret).await;
    for path in ["/account", "/", "/chats"] {
        assert!(browser.open(path).await.status < 400, "{path}");
    }
    let page = browser.open("/search").await;
    let sought = markers.note("words typed on a page", "op-de-bladzijde-ingetikt-kwaaltje");
    let form = page.forms().into_iter().find(|form| form.action == "/search").expect("a form to look with");
    let typed = [("form_token".to_owned(), form.value("form_token").to_owned()), ("q".to_owned(), sought)];
    assert_eq!(browser.post("/search", &typed, &[("sec-fetch-site", "same-origin")]).await.status, 200);
    let place = format!("/chats/with/{}", cast.doctor);
    let page = browser.open(&place).await;
    let text = markers.note("a message from our own page", "vanaf-de-eigen-bladzijde-getypt");
    let form =
        page.forms().into_iter().find(|form| form.action.contains("once=")).expect("a form to write in");
    let parts =
        Form::new().text("form_token", form.value("form_token").to_owned()).text("text", text.clone());
    assert_eq!(browser.post_parts(&form.action, parts).await, 303);
    assert!(browser.open(&place).await.text.contains(&text));
    token
}

fn code_of(location: Option<&str>, markers: &mut Markers) -> String {
    let url = reqwest::Url::parse(location.expect("outward")).unwrap();
    let code = url.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned();
    markers.note("a code", &code)
}

/// Messages, files and groups, written, read, changed and deleted.
async fn talk(patient: &Api<'_>, doctor: &Api<'_>, cast: &Cast, markers: &mut Markers) {
    let (to_doctor, to_patient) =
        (format!("conversations/{}", cast.doctor), format!("conversations/{}", cast.patient));
    let text = markers.note("a message", "het-kriebelt-tussen-mijn-tenen");
    let (status, _) =
        patient.post(&format!("{to_doctor}/messages"), &json!({ "body": text }).to_string()).await;
    assert_eq!(status, 201);
    let gone = markers.note("a deleted message", "dit-had-ik-niet-willen-zeggen");
    let (_, made) =
        patient.post(&format!("{to_doctor}/messages"), &json!({ "body": gone }).to_string()).await;
    let request = patient.http.delete(format!(
        "{}/v1/{to_doctor}/messages/{}",
        patient.url,
        made["id"].as_str().unwrap()
    ));
    assert_eq!(request.bearer_auth(&patient.token).send().await.unwrap().status(), 200);
    let line = markers.note("the bytes of a file", "bloeddruk-honderdtachtig-over-negentig");
    let (caption, name) = ("bijschrift-bij-de-meting", "thuismeting-van-zwartebroekx.txt");
    let (caption, name) = (markers.note("a caption", caption), markers.note("a file's name", name));
    let bytes = format!("{line}\n").repeat(3_000);
    let (status, _) = patient.upload(&format!("{to_doctor}/attachments"), &caption, &name, &bytes).await;
    assert_eq!(status, 201);
    let lies = "%PDF-1.7 een-bestand-dat-liegt-over-zichzelf";
    markers.note("the bytes of a refused file", "een-bestand-dat-liegt-over-zichzelf");
    let refused = markers.note("a refused file's name", "geweigerd-bestand-van-anna.exe");
    patient.upload(&format!("{to_doctor}/attachments"), "", &refused, &format!("MZ\u{0}\u{1}{lies}")).await;

    let (status, read) = doctor.get(&format!("{to_patient}/messages")).await;
    assert!(status == 200 && read.contains(&text) && read.contains(&caption), "{read}");
    let read: Value = serde_json::from_str(&read).unwrap();
    let file =
        read.as_array().unwrap().iter().find_map(|one| one["attachments"][0]["id"].as_str()).expect("a file");
    let link = format!("{to_patient}/attachments/{file}");
    assert_eq!(doctor.get(&format!("{link}?headers=false")).await.0, 302);
    assert_eq!(doctor.get(&format!("{link}/content")).await, (200, bytes));

    let subject = markers.note("a subject", "wondzorg-aan-huis-bij-mevrouw");
    let group = json!({ "subject": subject, "members": [cast.patient] }).to_string();
    let (status, made) = doctor.post("groupchats", &group).await;
    assert_eq!(status, 201);
    let chat = format!("groupchats/{}", made["id"].as_str().unwrap());
    let renamed = markers.note("a later subject", "tweede-week-van-de-wondzorg");
    assert_eq!(doctor.put(&chat, json!({ "subject": renamed })).await, 200);
    let text = markers.note("a message to a group", "verband-morgen-verwisselen-graag");
    doctor.post(&format!("{chat}/messages"), &json!({ "body": text }).to_string()).await;
    ask(patient, doctor, cast, &chat, markers).await;
    let number = markers.note("a person's auxiliary id", "patientnummer-0042-van-het-ziekenhuis");
    assert_eq!(doctor.put(&format!("users/{}/aux", cast.patient), json!({ "aux_id": number })).await, 200);
    let case = markers.note("a group's auxiliary id", "zaaknummer-4711-van-de-wijkverpleging");
    assert_eq!(doctor.put(&format!("{chat}/aux"), json!({ "aux_id": case })).await, 200);
    for path in [format!("aux/users/{number}"), format!("aux/conversations/{number}/messages?before={file}")]
    {
        doctor.get(&path).await;
    }
    for path in [format!("aux/groupchats/{case}"), format!("aux/groupchats?aux_id={case}")] {
        assert!(doctor.get(&path).await.1.contains(&case), "{path}");
    }
    let key = markers.note("a name of a request", "sleutel-van-een-verzoek-om-een-bericht");
    let text = markers.note("a message that was named", "dubbel-verzonden-bericht-over-de-wond");
    for _ in 0..2 {
        let request = doctor.http.post(format!("{}/v1/aux/groupchats/{case}/messages", doctor.url));
        let request = request.bearer_auth(&doctor.token).header("idempotency-key", &key);
        let answer = request.json(&json!({ "body": text })).send().await.expect("an answer");
        assert_eq!(answer.status(), 201);
    }
    let sought = markers.note("words that are looked for", "nergens-te-vinden-kwaaltje-gezocht");
    assert_eq!(patient.post("me/search", &json!({ "query": sought }).to_string()).await.0, 200);
    assert_eq!(patient.post("me/contacts/search", &json!({ "name": sought }).to_string()).await.0, 200);
    until_found(patient, &text).await;
    for path in ["me", "me/contacts", "conversations", "groupchats", &chat, &format!("{chat}/messages")] {
        assert_eq!(patient.get(path).await.0, 200, "{path}");
    }
}

/// A question and its answer, and somebody who proves who they are.
async fn ask(patient: &Api<'_>, doctor: &Api<'_>, cast: &Cast, chat: &str, markers: &mut Markers) {
    let label = markers.note("an option", "alleen-wanneer-ik-hoest");
    let name = markers.note("an answer", "optie_die_heimelijk_is_gekozen");
    let question = json!({ "options": [{ "name": name, "label": label }, { "name": "anders" }] });
    let body = json!({ "body": "Wanneer doet het pijn?", "question": question }).to_string();
    let (status, made) = doctor.post(&format!("{chat}/messages"), &body).await;
    assert_eq!(status, 201);
    let answer = format!("{chat}/messages/{}/answer", made["id"].as_str().unwrap());
    let (status, _) = patient.post(&answer, &json!({ "options": [name] }).to_string()).await;
    assert_eq!(status, 200);
    let (status, read) = doctor.get(&format!("{chat}/messages")).await;
    assert!(status == 200 && read.contains(&label), "{read}");
    let body = json!({ "user_id": cast.patient, "provider_id": "sandbox" }).to_string();
    assert_eq!(doctor.post(&format!("{chat}/verification"), &body).await.0, 201);
}

/// The running server writes words a moment after their message.
async fn until_found(who: &Api<'_>, text: &str) {
    let query = json!({ "query": text }).to_string();
    for _ in 0..200 {
        if who.post("me/search", &query).await.1["messages"][0]["body"] == text {
            return;
        }
        drop(tokio::time::timeout(std::time::Duration::from_millis(100), std::future::pending::<()>()).await);
    }
    panic!("a message is not found by its words");
}

/// Somebody is invited, and others come on a list.
async fn ask_in(installation: &Installation, doctor: &Api<'_>, markers: &mut Markers) {
    let mut somebody = |names: [&'static str; 4], texts: [&str; 4]| -> [String; 4] {
        std::array::from_fn(|at| markers.note(names[at], texts[at]))
    };
    let [email, first, last, text] = somebody(
        ["an invited address", "an invited first name", "an invited last name", "an invitation's text"],
        [comings::INVITED, "Genodigdelien", "Uitnodigmans", "kom-gerust-binnen-bij-ons"],
    );
    let new = json!({ "email": email, "first_name": first, "last_name": last, "invite_text": text });
    assert_eq!(doctor.post("users/invite/private", &new.to_string()).await.0, 201);
    let [email, first, last, saml] = somebody(
        ["a listed address", "a listed first name", "a listed last name", "a listed name elsewhere"],
        ["lijst.persoon@geheim.test", "Opgesomdelien", "Lijstenmakers", "opsommer4711elders"],
    );
    let boss =
        ["person", "add", "--organisation", "huis", "--role", "administrator", "--last-name", "Beheer"];
    installation.command(&[&boss[..], &["--email", "beheer.zelf@huis.test"]].concat()).await;
    let words = [
        "client",
        "add",
        "Beheer",
        "--organisation",
        "huis",
        "--redirect-uri",
        CALLBACK,
        "--scopes",
        "admin",
    ];
    let client = installation.command(&words).await;
    let client = client["client_id"].as_str().expect("an id");
    let whose = ["token", "--person", "beheer.zelf@huis.test", "--client", client, "--scope", "admin"];
    let token = installation.command(&whose).await;
    let token = markers.note_field("an administrator's token", &token["access_token"]);
    let row = json!({ "email": email, "first_name": first, "last_name": last, "saml_username": saml });
    let boss = Api { token, ..*doctor };
    assert_eq!(boss.post("company/import", &json!({ "users": [row] }).to_string()).await.0, 201);
}

/// Markers where nobody should have put them: in paths, queries, headers and bodies that are refused.
async fn go_wrong(patient: &Api<'_>, cast: &Cast, markers: &mut Markers) {
    let stray = markers.note("text in a path", "verdwaald-in-het-pad-van-iemand");
    patient.get(&format!("users/{stray}")).await;
    patient.get(&format!("{stray}/{stray}")).await;
    let query = markers.note("text in a query", "meegegeven-in-de-vraagtekens");
    patient.get(&format!("me?token={query}&code={query}&tk={query}&identifier={query}")).await;
    let body = markers.note("text in a malformed body", "half-afgebroken-zin-over-klachten");
    let to_doctor = format!("conversations/{}/messages", cast.doctor);
    assert_eq!(patient.post(&to_doctor, &format!("{{\"body\":\"{body}")).await.0, 400);
    assert_eq!(patient.post(&to_doctor, &json!({ "body": [body] }).to_string()).await.0, 400);
    let code = markers.note("a code that is none", "zomaar-geraden-code-uit-een-brief");
    for path in ["unsubscribe?token", "account/confirm?token", "invitation?code", "guest?code"] {
        let request = patient.http.get(format!("{}/{path}={code}", patient.url)).send();
        assert!(request.await.expect("an answer").status().is_client_error(), "{path}");
    }
    let bogus = markers.note("a token that is none", "geen-echte-sleutel-maar-wel-geprobeerd");
    let stranger = Api { token: bogus, ..*patient };
    assert_eq!(stranger.get("me").await.0, 401);
    let cookie = markers.note("a session that is none", "geraden-sessie-die-niet-bestaat");
    let request =
        patient.http.get(format!("{}/account", patient.url)).header("cookie", format!("bedside={cookie}"));
    request.send().await.expect("an answer");
    let agent = markers.note("a header", "uitgebreide-omschrijving-van-browser");
    let request = patient.http.get(format!("{}/v1/me", patient.url)).header("user-agent", &agent);
    request.header("api-version", &agent).header("x-forwarded-for", &agent).send().await.expect("an answer");
}
