use axum::http::HeaderMap;
use axum::http::header::{COOKIE, HeaderValue};
use identity::protocol::form::Form;

use super::local::safe_path;
use super::{Cookies, Language, language};

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| (name.parse().expect("a name"), HeaderValue::from_static(value)))
        .collect()
}

#[test]
fn nobody_is_led_away_from_this_server() {
    for ours in ["/", "/account", "/oauth/authorize?a=%2F%2Fx&b=1", "/chats/1?x=:@"] {
        assert_eq!(safe_path(ours), Some(ours));
    }
    for theirs in [
        "",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "/a\r\nb",
        "é",
        "/é",
        "javascript:1",
        " /",
    ] {
        assert_eq!(safe_path(theirs), None, "{theirs}");
    }
}

#[test]
fn what_somebody_chose_goes_before_what_the_application_and_the_browser_say() {
    let cookies = Cookies::at("http://localhost:8080");
    let language =
        |headers: &HeaderMap, query: &Form, ui_locales| language(headers, cookies, query, ui_locales);
    let browser = headers(&[("accept-language", "de"), ("cookie", "bedside-lang=fr; x=1")]);
    let query = |text| Form::parse(text).expect("UTF-8");
    assert_eq!(language(&browser, &query("lang=nl"), Some("en")), Language::Nl);
    assert_eq!(language(&browser, &query(""), Some("en")), Language::Fr);
    let plain = headers(&[("accept-language", "de")]);
    assert_eq!(language(&plain, &query("lang=xx"), Some("en-GB")), Language::En);
    assert_eq!(language(&plain, &query(""), None), Language::De);
    let account = headers(&[("accept-language", "de"), ("cookie", "bedside-account-lang=fr")]);
    assert_eq!(language(&account, &query(""), None), Language::Fr, "the account goes before the browser");
    assert_eq!(language(&account, &query(""), Some("nl")), Language::Nl);
    let both = headers(&[("cookie", "bedside-account-lang=fr; bedside-lang=nl")]);
    assert_eq!(language(&both, &query(""), Some("en")), Language::Nl);
    assert_eq!(language(&HeaderMap::new(), &query(""), None), Language::En);
}

#[test]
fn behind_https_a_language_counts_that_this_host_alone_could_have_set() {
    let cookies = Cookies::at("https://bedside.example");
    let query = Form::parse("").expect("UTF-8");
    for (cookie, expected) in [
        ("__Host-bedside-lang=fr", Language::Fr),
        ("__Host-bedside-account-lang=fr", Language::Fr),
        ("bedside-lang=fr", Language::En),
        ("bedside-account-lang=fr", Language::En),
    ] {
        assert_eq!(language(&headers(&[("cookie", cookie)]), cookies, &query, None), expected, "{cookie}");
    }
}

#[test]
fn a_session_is_read_from_among_cookies_with_attributes_of_clients_that_replay_them() {
    let cookies = Cookies::at("http://localhost:8080");
    let mut request = headers(&[("cookie", "other=1; Path=/; HttpOnly; bedside=abc; SameSite=Lax")]);
    assert_eq!(cookies.session(&request), Some("abc"));
    assert_eq!(Cookies::at("https://bedside.example").session(&request), None, "the names differ");
    request.insert(COOKIE, HeaderValue::from_static("bedside="));
    assert_eq!(cookies.session(&request), None);
}
