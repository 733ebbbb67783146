//! A query or a form as text: what was read reads the same when it is written again.

use super::UNREAD;
use crate::protocol::form::{Form, Repeated, decode, encode};

/// Takes a query.
pub fn target(data: &[u8]) -> &'static str {
    let Ok(text) = std::str::from_utf8(data) else { return UNREAD };
    assert_eq!(decode(&encode(text)).as_deref(), Some(text), "what is encoded is decoded to itself");
    let Some(form) = Form::parse(text) else { return UNREAD };
    let written = form.encode();
    assert!(written.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%=&".contains(&byte)));
    assert!(
        Form::parse(&written).as_ref() == Some(&form),
        "a form that is written reads the same: {written}"
    );
    let names = text.split('&').filter_map(|part| decode(part.split('=').next()?));
    names.for_each(|name| check(&form, &name));
    "read"
}

fn check(form: &Form, name: &str) {
    let all: Vec<&str> = form.all(name).collect();
    match form.one(name) {
        Ok(Some(value)) => assert_eq!(all, [value]),
        Ok(None) => assert!(matches!(all.as_slice(), [] | [""])),
        Err(Repeated) => assert!(all.len() > 1),
    }
    assert_eq!(form.first(name), all.first().copied());
    let without = form.without(name);
    assert_eq!(without.all(name).count(), 0);
    assert_eq!(without.with(name, "x").one(name), Ok(Some("x")));
}
