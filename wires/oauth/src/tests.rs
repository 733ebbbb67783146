//! Browsers and applications that come to the authorization server.

mod browser;
mod clinic;
mod second;

use audit::{Deed, Outcome};
use axum::http::StatusCode;
use identity::sign_in::{Knock, Recalled};
use kernel::{Actor, Role};
use testkit::{Ground, bedside_test};

use browser::{Answer, Browser};
use clinic::{CALLBACK, Clinic, PASSWORD};

fn encoded(text: &str) -> String {
    identity::protocol::form::encode(text)
}

#[bedside_test]
async fn a_person_signs_in_allows_and_the_application_gets_its_token_as_kpn_documents_it(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let mut browser = Browser::new(&clinic);
    let client_id = &clinic.client_id;
    let start = format!(
        "/healthcaremessenger_oauth/authorize?response_type=code&state=12345&client_id={client_id}&scope=read&redirect_uri={}",
        encoded(CALLBACK)
    );
    let sign_in = browser.follow(&start).await;
    assert!(sign_in.path.starts_with("/login?return="), "{}", sign_in.path);
    assert!(sign_in.body.contains("<title>Sign in - Alterdesk</title>"), "KPN's sandbox is branded so");
    let policy = sign_in.header("content-security-policy");
    assert!(
        policy.contains("form-action 'self' http://127.0.0.1:9;") && !policy.contains("unsafe"),
        "{policy}"
    );

    let consent = browser.submit(&sign_in, &[("email", "ANNA@demo.test"), ("password", PASSWORD)]).await;
    assert!(consent.path.starts_with("/consent?return="), "{}", consent.path);
    assert!(consent.body.contains("read your conversations") && consent.body.contains("Anna de Boer"));
    assert!(consent.body.contains(r#"value="allow""#) && consent.body.contains(r#"value="deny""#));

    let outward = browser.submit(&consent, &[("answer", "allow")]).await;
    assert_eq!(outward.status, StatusCode::FOUND);
    let query = outward.path.strip_prefix(&format!("{CALLBACK}?code=")).expect("home");
    let (code, rest) = query.split_once('&').expect("more");
    assert_eq!(rest, "state=12345&iss=http%3A%2F%2Flocalhost%3A8080");

    let secret = &clinic.client_secret;
    let form = format!(
        "client_id={client_id}&client_secret={secret}&code={code}&grant_type=authorization_code&redirect_uri={}",
        encoded(CALLBACK)
    );
    let token = browser.post_as_program("/healthcaremessenger_oauth/token", &form, None).await;
    assert_eq!((token.status, token.header("cache-control")), (StatusCode::OK, "no-store"));
    let json: serde_json::Value = serde_json::from_str(&token.body).expect("JSON");
    let members: Vec<&String> = json.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["access_token", "scope", "token_type"], "and not one member more");
    assert_eq!((json["scope"].as_str(), json["token_type"].as_str()), (Some("read"), Some("bearer")));

    let again = browser.post_as_program("/oauth/token", &form, None).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert!(again.body.contains("invalid_grant"));

    // What was allowed once is not asked again, but more is.
    let second = browser.follow(&start).await;
    assert_eq!(second.status, StatusCode::FOUND);
    let wider = browser.follow(&start.replace("scope=read", "scope=read%20write")).await;
    assert!(wider.path.starts_with("/consent"));
    let denied = browser.submit(&wider, &[("answer", "deny")]).await;
    assert_eq!(denied.status, StatusCode::FOUND);
    assert!(denied.path.starts_with(&format!("{CALLBACK}?error=access_denied&")), "{}", denied.path);
    assert!(denied.path.contains("state=12345"));
}

#[bedside_test]
async fn nobody_is_sent_to_an_unknown_application_or_address(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let mut browser = Browser::new(&clinic);
    let id = &clinic.client_id;
    for query in [
        "".to_owned(),
        "response_type=code&client_id=nobody".to_owned(),
        format!("response_type=code&client_id={id}&redirect_uri=https%3A%2F%2Fevil.example%2F"),
        format!("response_type=code&client_id={id}&client_id={id}"),
        format!("response_type=code&client_id={id}&state=%FF"),
        format!("client_id={id}&redirect_uri=https%3A%2F%2Fevil.example%2F&bedside_denied=1"),
    ] {
        let shown = browser.follow(&format!("/oauth/authorize?{query}")).await;
        assert_eq!(shown.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(shown.body.contains("<html"), "a page for people");
    }
    let fault = browser.follow(&format!("/oauth/authorize?client_id={id}&scope=x&response_type=code")).await;
    assert!(fault.path.starts_with(&format!("{CALLBACK}?error=invalid_scope&")), "{}", fault.path);
    let odd = browser.follow("/login?return=https%3A%2F%2Fevil.example").await;
    assert!(odd.body.contains(r#"name="return" value="/chats""#));
}

#[bedside_test]
async fn a_form_that_our_page_did_not_make_changes_nothing(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let mut browser = Browser::new(&clinic);
    let page = browser.follow("/login").await;
    let forged = browser.post("/login", &format!("email=anna@demo.test&password={PASSWORD}"), &[]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let token = page.field("form_token");
    let good = format!("email=anna@demo.test&password={PASSWORD}&form_token={token}");
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let answer = browser.post("/login", &good, &[(name, value)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
    }
    let other_browser = Browser::new(&clinic).post("/login", &good, &[]).await;
    assert_eq!(other_browser.status, StatusCode::FORBIDDEN, "a token is bound to its browser");
    let mine = browser.post("/login", &good, &[("sec-fetch-site", "same-origin"), ("origin", "null")]).await;
    assert_eq!((mine.status, mine.path.as_str()), (StatusCode::SEE_OTHER, "/chats"));
    let cookie = mine.header("set-cookie");
    assert!(cookie.starts_with("bedside=") && cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
    let left = browser.post("/logout", "", &[]).await;
    assert_eq!(left.status, StatusCode::FORBIDDEN);
}

#[bedside_test]
async fn a_wrong_password_and_an_unknown_account_look_the_same_and_too_many_must_wait(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let mut browser = Browser::new(&clinic);
    let page = browser.follow("/login").await;
    let wrong = browser.submit(&page, &[("email", "anna@demo.test"), ("password", "wrong password")]).await;
    let nobody =
        browser.submit(&page, &[("email", "nobody@demo.test"), ("password", "wrong password")]).await;
    assert_eq!(
        (wrong.status, nobody.status),
        (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY)
    );
    assert_eq!(wrong.body.replace("anna@", "nobody@"), nobody.body);
    assert!(wrong.body.contains(r#"role="alert""#));
    let empty = browser.submit(&page, &[("email", ""), ("password", "")]).await;
    assert!(empty.body.contains(r#"aria-invalid="true" aria-describedby="email-error""#));
    let mut last = wrong;
    for _ in 0..8 {
        last = browser.submit(&page, &[("email", "anna@demo.test"), ("password", "wrong password")]).await;
    }
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(last.header("retry-after"), "1");
    assert!(last.body.contains("Try again in a second."), "{}", last.body);
    assert!(last.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1));
}

#[bedside_test]
async fn clients_hear_what_is_wrong_in_the_standards_words(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let browser = Browser::new(&clinic);
    let (id, secret) = (&clinic.client_id, &clinic.client_secret);
    let wrong = format!("client_id={id}&client_secret=wrong&grant_type=authorization_code&code=x");
    let answer = browser.post_as_program("/oauth/token", &wrong, None).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(
        answer.body.contains("invalid_client") && answer.header("www-authenticate").starts_with("Basic ")
    );
    let both = format!("client_id={id}&client_secret={secret}&grant_type=authorization_code&code=x");
    let answer = browser.post_as_program("/oauth/token", &both, Some("Basic YTpi")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body.contains("invalid_request"));
    let other = format!("client_id={id}&client_secret={secret}&grant_type=password&username=a&password=b");
    assert!(
        browser.post_as_program("/oauth/token", &other, None).await.body.contains("unsupported_grant_type")
    );
    let revoked = format!("client_id={id}&client_secret={secret}&token=none-of-ours");
    assert_eq!(browser.post_as_program("/oauth/revoke", &revoked, None).await.status, StatusCode::OK);
    let json = browser.send("POST", "/oauth/token", "{}", &[("content-type", "application/json")]).await;
    assert_eq!(json.status, StatusCode::BAD_REQUEST);
    assert!(json.body.contains("invalid_request"));
}

#[bedside_test]
async fn a_person_sees_and_ends_what_acts_for_them(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (mut phone, mut desk) = (Browser::new(&clinic), Browser::new(&clinic));
    sign_in(&mut phone).await;
    let start = format!("/oauth/authorize?response_type=code&client_id={}&scope=read", clinic.client_id);
    let consent = phone.follow(&start).await;
    phone.submit(&consent, &[("answer", "allow")]).await;
    let account = sign_in(&mut desk).await;
    assert!(account.body.contains("Messenger") && account.body.contains("this browser"));
    assert_eq!(account.body.matches("action=\"/account/end-session\"").count(), 1);
    let (app, session) = (account.field("grant"), account.field("session"));
    let token = account.field("form_token");
    let nothing = desk.post("/account/end-app", &format!("grant=none&form_token={token}"), &[]).await;
    assert_eq!((nothing.status, nothing.path.as_str()), (StatusCode::SEE_OTHER, "/account"));
    let ended = desk.post("/account/end-app", &format!("grant={app}&form_token={token}"), &[]).await;
    assert_eq!((ended.status, ended.path.as_str()), (StatusCode::SEE_OTHER, "/account?ended=1"));
    assert!(desk.follow("/account?ended=1").await.body.contains("Access has been withdrawn."));
    desk.post("/account/end-session", &format!("session={session}&form_token={token}"), &[]).await;
    let account = desk.follow("/account").await;
    assert!(account.body.contains("You have not given access to any app."));
    assert!(phone.follow("/account").await.path.starts_with("/login"), "signed out from afar");
    let left = desk.post("/logout", &format!("form_token={token}"), &[]).await;
    assert_eq!((left.path.as_str(), left.header("clear-site-data")), ("/login?left=1", "\"storage\""));
    assert!(desk.follow("/login?left=1").await.body.contains("You have signed out."));
    let unsent = desk.follow("/login?return=%2Fchats&unsent=1").await.body;
    assert!(unsent.contains("what you filled in was not sent"), "{unsent}");
    assert!(desk.follow("/account").await.path.starts_with("/login"));
}

#[bedside_test]
async fn a_person_tells_their_browsers_apart_and_signs_all_others_out_at_once(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let at = |agent| {
        let mut browser = Browser::new(&clinic);
        browser.agent = agent;
        browser
    };
    let mut here = at("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0");
    let mut phone = at("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/18.6 Safari/604.1");
    let mut odd = at("<b>Firefly</b> 1.0");
    for browser in [&mut phone, &mut odd] {
        sign_in(browser).await;
        clinic.ground.clock.pass(jiff::SignedDuration::from_secs(1));
    }
    let page = sign_in(&mut here).await;
    let told = |page: &str| -> Vec<String> {
        let rows = page.split("<p id=\"session-").skip(1);
        rows.map(|row| {
            row.split("<strong>").nth(1).expect("a name").split("</p>").next().expect("its end").to_owned()
        })
        .collect()
    };
    assert_eq!(
        told(&page.body),
        [
            "Firefox on Windows</strong> (this browser)",
            "Another browser</strong>",
            "Safari on iPhone</strong>"
        ]
    );
    let dutch = here.send("GET", "/account?lang=nl", "", &[]).await;
    assert!(dutch.body.contains("Firefox op Windows") && dutch.body.contains("Een andere browser"));
    let token = page.field("form_token");
    let ended = here.post("/account/end-others", &format!("form_token={token}"), &[]).await;
    assert_eq!((ended.status, ended.path.as_str()), (StatusCode::SEE_OTHER, "/account"));
    let left = here.follow("/account").await.body;
    assert_eq!(told(&left), ["Firefox on Windows</strong> (this browser)"]);
    assert!(!left.contains("/account/end-others"), "there is nowhere else");
    for browser in [&mut phone, &mut odd] {
        assert!(browser.follow("/account").await.path.starts_with("/login"), "signed out from afar");
    }
}

#[bedside_test]
async fn a_notice_of_a_new_password_is_believed_only_after_a_new_sign_in(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let mut browser = Browser::new(&clinic);
    sign_in(&mut browser).await;
    clinic.ground.clock.pass(jiff::SignedDuration::from_mins(1));
    let crafted = browser.follow("/account?password_changed=1").await.body;
    assert!(crafted.contains("My account") && !crafted.contains("has been changed"));
}

#[bedside_test]
async fn a_page_that_leads_nowhere_says_what_the_application_did_wrong(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let id = clinic.client_id.clone();
    clinic.add_callback("https://app.example/second").await;
    for (query, words) in [
        (format!("client_id={id}&client_id={id}"), "did not say clearly which app it is"),
        (format!("client_id={id}"), "did not say which address to send you back to"),
        (format!("client_id={id}&redirect_uri=https%3A%2F%2Fevil.example%2F"), "is not registered with us"),
        ("client_id=nobody".to_owned(), "is not known to us"),
    ] {
        let path = format!("/oauth/authorize?response_type=code&{query}");
        let page = Browser::new(&clinic).follow(&path).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert!(page.body.contains(words), "{query}: {}", page.body);
    }
}

async fn sign_in(browser: &mut Browser) -> Answer {
    let page = browser.follow("/account").await;
    browser.submit(&page, &[("email", "anna@demo.test"), ("password", PASSWORD)]).await
}

#[bedside_test]
async fn a_person_sees_who_looked_day_by_day_and_apart_from_what_they_did_themselves(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let mut browser = Browser::new(&clinic);
    sign_in(&mut browser).await;
    let (anna, doctor) = (clinic.anna().await, clinic.colleague("Eva", Role::Doctor).await);
    let day = jiff::SignedDuration::from_hours(24);
    for _ in 0..3 {
        clinic.line(&doctor, Deed::PersonRead, Outcome::Done).await;
    }
    clinic.line(&doctor, Deed::ChatOpened, Outcome::Refused).await;
    clinic.ground.clock.pass(day);
    let carer = Actor { acting_for: Some(anna.person), ..doctor.clone() };
    clinic.line(&carer, Deed::PersonRead, Outcome::Done).await;
    clinic.line(&anna, Deed::MessagePosted, Outcome::Done).await;
    let page = sign_in(&mut browser).await;
    for page in [page.body, browser.follow("/account/log").await.body] {
        let rows: Vec<&str> = page.split("<li>\n<div>").skip(1).filter(|row| row.contains("<time")).collect();
        assert_eq!(rows.len(), 4, "{page}");
        assert!(rows[3].contains("Your details or rights changed"), "the password that she was given");
        assert!(
            rows[0].contains("Your name or details seen") && rows[0].contains("On behalf of Anna de Boer")
        );
        assert!(!rows[0].contains("times"));
        assert!(rows[1].contains("Messages seen (refused)"), "{}", rows[1]);
        assert!(
            rows[2].contains("3 times, last at") && rows[2].contains("Eva Smit, Doctor, Praktijk De Linde")
        );
        assert!(page.find("Today") < page.find("Yesterday") && !page.contains("Message sent"));
    }
    clinic.flush().await;
    let own = browser.follow("/account/log?own=1").await.body;
    assert!(own.contains("Message sent or removed") && own.contains("This list seen"));
    assert!(!own.contains("Eva Smit"));
}

#[bedside_test]
async fn a_patient_sees_who_signed_in_or_failed_to_in_their_name_and_what_applications_got(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let mut browser = Browser::new(&clinic);
    let page = browser.follow("/login").await;
    browser.submit(&page, &[("email", "anna@demo.test"), ("password", "a guess")]).await;
    sign_in(&mut browser).await;
    clinic.flush().await;
    let rows = |page: &str, words: &str| page.matches(words).count();
    let guess = "Somebody tried to sign in as you and was not let in (refused)";
    for page in ["/account", "/account/log"] {
        let others = browser.follow(page).await.body;
        assert_eq!(rows(&others, guess), 1, "{others}");
        assert!(others.contains(">Somebody we do not know<"), "neither she nor anybody of the practice");
    }
    let own = browser.follow("/account/log?own=1").await.body;
    assert_eq!(rows(&own, guess), 0, "she did not do it: {own}");
    assert_eq!(rows(&own, "Signed in or out"), 1);
    assert_eq!(rows(&own, "Access of an app changed"), 0);
    let start = format!("/oauth/authorize?response_type=code&client_id={}&scope=read", clinic.client_id);
    let consent = browser.follow(&start).await;
    browser.submit(&consent, &[("answer", "allow")]).await;
    let own = browser.follow("/account/log?own=1").await.body;
    assert_eq!(rows(&own, "Access of an app changed"), 1);
}

#[bedside_test]
async fn the_whole_log_is_walked_page_by_page_to_its_end_and_back(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let mut browser = Browser::new(&clinic);
    sign_in(&mut browser).await;
    let doctor = clinic.colleague("Eva", Role::Doctor).await;
    // A page holds 40 lines; one of the days alone has more.
    for count in [12, 12, 45, 12, 12] {
        for _ in 0..count {
            clinic.line(&doctor, Deed::PersonRead, Outcome::Done).await;
        }
        clinic.ground.clock.pass(jiff::SignedDuration::from_hours(24));
    }
    sign_in(&mut browser).await;
    let (older, counts) = clinic.walk(&mut browser, "next", "/account/log").await;
    assert_eq!(counts, [vec![12, 12], vec![40], vec![5, 12, 12]], "whole days where they fit");
    let (_, counts) = clinic.walk(&mut browser, "prev", older.last().expect("a page")).await;
    assert_eq!(counts.iter().flatten().sum::<usize>() - 29, 64, "the same lines on the way back");
    assert_eq!(counts.len(), 3, "{counts:?}");
}

#[bedside_test]
async fn pages_speak_the_language_that_was_asked_for_and_remember_a_choice(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let mut browser = Browser::new(&clinic);
    for (tag, words) in [("nl", "Inloggen"), ("de", "Anmelden"), ("fr", "Se connecter"), ("en", "Sign in")] {
        let page = browser.send("GET", "/login", "", &[("accept-language", tag)]).await;
        assert!(page.body.contains(words) && page.body.contains(&format!("<html lang=\"{tag}\">")), "{tag}");
    }
    browser.follow("/login?lang=fr").await;
    let kept = browser.follow("/login").await;
    assert!(kept.body.contains("Se connecter"));
    let id = &clinic.client_id;
    let page = Browser::new(&clinic)
        .follow(&format!("/oauth/authorize?response_type=code&client_id={id}&ui_locales=xx%20de"))
        .await;
    assert!(page.body.contains("Anmelden"));
}

#[bedside_test]
async fn who_cannot_be_greeted_in_their_language_is_not_signed_in_and_nothing_is_lost(ground: Ground) {
    const BREAK: &str = "ALTER TABLE persons RENAME COLUMN language TO language_elsewhere";
    const MEND: &str = "ALTER TABLE persons RENAME COLUMN language_elsewhere TO language";
    let clinic = Clinic::open(ground).await;
    let mut browser = Browser::new(&clinic);
    let page = browser.follow("/account").await;
    let right = [("email", "anna@demo.test"), ("password", PASSWORD)];
    assert!(browser.submit(&page, &right).await.body.contains("<title>My account"));
    // The form was shown to nobody, and is shown anew to her.
    let form = browser.submit(&page, &right).await;
    let run = |sql| clinic.ground.db.write((), move |tx, ()| Box::pin(tx.run(sql, &[])));
    run(BREAK).await.expect("broken");
    let refused = browser.submit(&form, &right).await;
    assert!(refused.status.is_server_error(), "{}: {}", refused.status, refused.body);
    run(MEND).await.expect("mended");
    let account = browser.follow("/account").await;
    assert!(account.body.contains("<title>My account"), "what she had stands: {}", account.path);
}

#[bedside_test]
async fn a_wish_to_sign_in_again_is_met_once(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let mut browser = Browser::new(&clinic);
    sign_in(&mut browser).await;
    let id = &clinic.client_id;
    let start =
        format!("/oauth/authorize?response_type=code&client_id={id}&prompt=login%20consent&max_age=0");
    clinic.ground.clock.pass(jiff::SignedDuration::from_secs(1));
    let again = browser.follow(&start).await;
    assert!(again.path.starts_with("/login") && again.body.contains("sign in once more"));
    let consent = browser.submit(&again, &[("email", "anna@demo.test"), ("password", PASSWORD)]).await;
    assert!(consent.path.starts_with("/consent"), "{}", consent.path);
    let outward = browser.submit(&consent, &[("answer", "allow")]).await;
    assert!(outward.path.starts_with(&format!("{CALLBACK}?code=")), "{}", outward.path);
}

#[bedside_test]
async fn an_authorization_request_by_post_goes_the_same_way(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let browser = Browser::new(&clinic);
    let form = format!("response_type=code&client_id={}&state=a%26b", clinic.client_id);
    let answer = browser.post_as_program("/oauth/authorize", &form, None).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), format!("/oauth/authorize?{form}"));
}

#[bedside_test]
async fn an_address_that_an_application_thinks_somebody_has_is_in_no_address_of_ours(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let mut browser = Browser::new(&clinic);
    let query =
        format!("response_type=code&client_id={}&state=a%26b&login_hint=anna%40demo.test", clinic.client_id);
    let page = browser.follow(&format!("/oauth/authorize?{query}")).await;
    assert!(page.path.starts_with("/login?return=") && page.path.contains("state"), "{}", page.path);
    let posted =
        browser.post_as_program("/oauth/authorize", &query, None).await.header("location").to_owned();
    assert!(posted.contains("state=a%26b"), "{posted}");
    let crafted = format!("/login?return={}", encoded(&format!("/oauth/authorize?{query}")));
    let crafted = browser.follow(&crafted).await;
    let field = "value=\"anna@demo.test\"";
    assert_eq!(page.body.matches(field).count(), 1, "it stands in the field that it is for: {}", page.body);
    for told in [&page.path, &page.body.replace(field, ""), &posted, &crafted.body.replace(field, "")] {
        assert!(!told.contains("anna") && !told.contains("login_hint"), "{told}");
    }
    let consent = browser.submit(&crafted, &[("email", "anna@demo.test"), ("password", PASSWORD)]).await;
    assert!(consent.path.starts_with("/consent") && !consent.path.contains("anna"), "{}", consent.path);
}

#[bedside_test]
async fn who_is_known_is_not_held_up_by_their_address_while_few_from_there_come_at_once(ground: Ground) {
    let clinic = Clinic::open_at(ground, 2).await;
    let mut browser = Browser::new(&clinic);
    sign_in(&mut browser).await;
    let guess = async || {
        clinic.ground.clock.pass(jiff::SignedDuration::from_secs(60));
        let mut browser = Browser::new(&clinic);
        let page = browser.follow("/login").await;
        let mut statuses = Vec::new();
        for _ in 0..2 {
            let wrong = [("email", "anna@demo.test"), ("password", "a guess")];
            statuses.push(browser.submit(&page, &wrong).await.status);
        }
        statuses
    };
    let (wrong, wait) = (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(guess().await, [wrong, wrong], "she mistypes");
    let knock = Knock::new(&clinic.house.vault, "anna@demo.test", None, None);
    let trust = || clinic.house.desk.trust(&knock, &Recalled::default());
    let many: Vec<_> = std::iter::from_fn(trust).collect();
    assert_eq!(guess().await, [wrong, wait], "an address has one try in ten seconds here");
    drop(many);
    assert_eq!(guess().await, [wrong, wrong]);
}

#[bedside_test]
async fn who_belongs_to_two_organisations_switches_between_them_and_comes_back_to_the_last(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let mut browser = Browser::new(&clinic);
    let alone = sign_in(&mut browser).await;
    assert!(!alone.body.contains("/account/switch"), "there is nowhere to switch to");
    let hospital = clinic.join_anna_to("hospital").await;
    let both = browser.follow("/account").await;
    assert!(both.body.contains("/account/switch"));
    let fields = format!("organisation={hospital}&form_token={}", both.field("form_token"));
    let switched = browser.post("/account/switch", &fields, &[]).await;
    assert_eq!((switched.status, switched.path.as_str()), (StatusCode::SEE_OTHER, "/account"));
    assert!(browser.follow("/account").await.body.contains("<title>My account - hospital</title>"));
    let elsewhere = format!("organisation={}&form_token={}", "0".repeat(24), both.field("form_token"));
    let refused = browser.post("/account/switch", &elsewhere, &[]).await;
    assert_ne!(refused.status, StatusCode::SEE_OTHER, "an organisation that is not theirs");
    let again = sign_in(&mut Browser::new(&clinic)).await;
    assert!(again.body.contains("<title>My account - hospital</title>"), "where they were last");
}
