//! Second factors and links, as people meet them on the pages.

use axum::http::StatusCode;
use identity::protocol::totp::Key;
use identity::{By, organisations, policies};
use jiff::SignedDuration;
use kernel::Role;
use testkit::{Ground, bedside_test};

use super::browser::{Answer, Browser};
use super::clinic::{Clinic, PASSWORD};
use super::sign_in;

impl Clinic {
    /// Has the practice ask its patients for two factors.
    pub async fn asks_for_two(&self) {
        let set = self.ground.db.write((), |tx, ()| {
            Box::pin(async move {
                let linde = organisations::find_by_slug(tx, "linde").await?.expect("the practice").id;
                policies::set_second_factor_roles(tx, By::Operator, linde, Some(&[Role::Patient])).await
            })
        });
        set.await.expect("a policy");
    }

    fn now(&self) -> i64 {
        self.ground.clock.now_ms()
    }
}

/// The key that a page shows, as somebody types it into an application.
fn key_on(page: &Answer) -> Key {
    let written =
        page.body.split("<p class=\"key\"><code>").nth(1).expect("a key").split('<').next().expect("it");
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for letter in written.chars().filter(|letter| *letter != ' ') {
        bits = bits << 5 | u32::try_from(alphabet.find(letter).expect("base 32")).expect("small");
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    Key::of(&bytes).expect("twenty bytes")
}

fn codes_on(page: &Answer) -> Vec<String> {
    let parts = page.body.split("<li><code>").skip(1);
    parts.map(|part| part.split('<').next().expect("a code").to_owned()).collect()
}

async fn give_password(browser: &mut Browser) -> Answer {
    let page = browser.follow("/login?return=%2Faccount").await;
    browser.submit(&page, &[("email", "anna@demo.test"), ("password", PASSWORD)]).await
}

/// Has Anna set up an application on her way in.
async fn enrolled(clinic: &Clinic, browser: &mut Browser) -> (Key, Vec<String>) {
    let page = give_password(browser).await;
    assert!(page.path.starts_with("/login/set-up?return="), "{}", page.path);
    let key = key_on(&page);
    let again = browser.submit(&page, &[("key", &page.field("key")), ("code", "000 000")]).await;
    assert_eq!(
        (again.status, again.field("return").as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "/account")
    );
    assert_eq!(key_on(&again).bytes(), key.bytes(), "the same key once more");
    assert!(browser.follow("/account").await.path.starts_with("/login"), "nobody is in yet");
    let fields = [("key", again.field("key")), ("code", key.code(clinic.now()))];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let kept = browser.submit(&again, &fields).await;
    assert!(kept.path.starts_with("/account/recovery-codes?return=%2Faccount"), "{}", kept.path);
    clinic.ground.clock.pass(SignedDuration::from_secs(30));
    (key, codes_on(&kept))
}

#[bedside_test]
async fn who_must_have_two_factors_sets_the_second_up_on_the_way_in(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    clinic.asks_for_two().await;
    let mut browser = Browser::new(&clinic);
    let (key, codes) = enrolled(&clinic, &mut browser).await;
    assert_eq!(codes.len(), 10);
    assert!(codes_on(&browser.follow("/account/recovery-codes").await).is_empty(), "they are shown once");
    assert!(browser.follow("/account").await.body.contains("Anna de Boer"), "she is in");

    let mut other = Browser::new(&clinic);
    let page = give_password(&mut other).await;
    assert!(page.path.starts_with("/login/second?return="), "{}", page.path);
    assert!(other.follow("/account").await.path.starts_with("/login"), "half a sign-in");
    let set_up = other.follow("/login/set-up").await;
    assert!(set_up.path.starts_with("/login/second"), "who knows a password alone sets up no other");
    let empty = other.submit(&page, &[("code", " ")]).await;
    assert!(empty.body.contains("aria-invalid=\"true\" aria-describedby=\"code-error code-hint\""));
    let wrong = other.submit(&page, &[("code", "no code")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let code = key.code(clinic.now());
    let inside = other.submit(&page, &[("code", &code)]).await;
    assert!(inside.path == "/account" && inside.body.contains("Anna de Boer"), "{}", inside.path);

    let mut third = Browser::new(&clinic);
    let page = give_password(&mut third).await;
    let replayed = third.submit(&page, &[("code", &code)]).await;
    assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY, "a code is used once");
    let inside = third.submit(&page, &[("code", &codes[0])]).await;
    assert_eq!(inside.path, "/account", "a recovery code");
    let mut fourth = Browser::new(&clinic);
    let page = give_password(&mut fourth).await;
    let replayed = fourth.submit(&page, &[("code", &codes[0])]).await;
    assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY, "and so is that");
    clinic.work().await;
}

#[bedside_test]
async fn guesses_at_a_code_are_slowed_like_guesses_at_a_password(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    clinic.asks_for_two().await;
    let (key, _) = enrolled(&clinic, &mut Browser::new(&clinic)).await;
    let mut stranger = Browser::new(&clinic);
    let page = give_password(&mut stranger).await;
    let mut last = page.status;
    for _ in 0..7 {
        last = stranger.submit(&page, &[("code", "no code")]).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let waits = stranger.submit(&page, &[("code", &key.code(clinic.now()))]).await;
    assert_eq!(waits.status, StatusCode::TOO_MANY_REQUESTS, "the right one waits, too");
    assert!(waits.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1));
    let again = give_password(&mut stranger).await;
    let waits = stranger.submit(&again, &[("code", &key.code(clinic.now()))]).await;
    assert_eq!(waits.status, StatusCode::TOO_MANY_REQUESTS, "the password does not buy new tries");
    clinic.ground.clock.pass(SignedDuration::from_mins(11));
    let late = stranger.submit(&again, &[("code", &key.code(clinic.now()))]).await;
    assert!(late.path.starts_with("/login?return="), "after ten minutes it begins anew: {}", late.path);
    clinic.work().await;
}

#[bedside_test]
async fn somebody_sets_up_an_application_and_takes_it_away_on_their_own_page(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let mut browser = Browser::new(&clinic);
    let account = sign_in(&mut browser).await;
    assert!(account.body.contains("href=\"/account/second-factor\""));
    clinic.ground.clock.pass(SignedDuration::from_mins(11));
    let prove = browser.follow("/account/second-factor").await;
    assert!(prove.path.starts_with("/account/second-factor/prove?return="), "{}", prove.path);
    let wrong = browser.submit(&prove, &[("password", "a guess")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = browser.submit(&prove, &[("password", PASSWORD)]).await;
    assert!(page.path.starts_with("/account/second-factor"), "{}", page.path);
    let set_up = browser.follow("/account/second-factor/app").await;
    assert!(set_up.body.contains("<svg viewBox=") && !set_up.body.contains("otpauth"), "{}", set_up.body);
    let key = key_on(&set_up);
    let fields = [("key", set_up.field("key")), ("code", key.code(clinic.now()))];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let codes = codes_on(&browser.submit(&set_up, &fields).await);
    assert_eq!(codes.len(), 10);

    let mut phone = Browser::new(&clinic);
    let half = give_password(&mut phone).await;
    assert!(half.path.starts_with("/login/second"), "who has it is asked for it");

    let page = browser.follow("/account/second-factor").await;
    let token = page.field("form_token");
    let remove = async |browser: &mut Browser, code: &str| {
        let form = format!("which=app&code={code}&form_token={token}");
        browser.post("/account/second-factor/remove", &form, &[]).await
    };
    assert_eq!(remove(&mut browser, "000000").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let renewed = browser.post("/account/second-factor/codes", &format!("form_token={token}"), &[]).await;
    assert!(renewed.path.starts_with("/account/recovery-codes"), "{}", renewed.path);
    let newer = codes_on(&browser.follow("/account/recovery-codes").await);
    assert_eq!(
        remove(&mut browser, &codes[0]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "they were replaced"
    );
    let removed = remove(&mut browser, &newer[0]).await;
    assert_eq!(removed.path, "/account/second-factor?done=removed");
    assert!(
        give_password(&mut Browser::new(&clinic)).await.body.contains("Anna de Boer"),
        "a password will do again"
    );
    clinic.work().await;
}

#[bedside_test]
async fn a_session_of_one_factor_is_known_better_by_the_second(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let mut browser = Browser::new(&clinic);
    sign_in(&mut browser).await;
    let request =
        format!("/oauth/authorize?response_type=code&client_id={}&scope=read&acr_values=2", clinic.client_id);
    let there = format!("/login?return={}", super::encoded(&request));
    let page = browser.follow(&there).await;
    assert!(
        page.path.starts_with("/account/second-factor/app?return="),
        "who has none sets it up: {}",
        page.path
    );
    let key = key_on(&page);
    let fields = [("key", page.field("key")), ("code", key.code(clinic.now()))];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let kept = browser.submit(&page, &fields).await;
    assert!(kept.body.contains("/oauth/authorize?"), "and goes on to where they were on their way");
    let consent = browser.follow(&there).await;
    assert!(consent.path.starts_with("/consent"), "known by two: {}", consent.path);
    clinic.work().await;
}
