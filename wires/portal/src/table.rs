//! The one table of what may be asked with which scopes (portal-booking.md 1.1 and 1.4): the guards of the routes and the
//! document both come from it, so that they cannot differ.

use axum::http::Method;
use kernel::Scope;

/// One operation.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The verb.
    pub method: Verb,
    /// The path below a base path, with its parameters in braces.
    pub path: &'static str,
    /// Every scope that a token must have; one of them is not enough.
    pub scopes: &'static [Scope],
}

/// What a calendar's path may end with.
pub const CALENDAR_SUFFIX: &str = ".ics";

const P: &[Scope] = &[Scope::ProfileRead];
const PR: &[Scope] = &[Scope::ProfileRead, Scope::AppointmentRead];
const PW: &[Scope] = &[Scope::ProfileRead, Scope::AppointmentWrite];

/// Every operation, in the order of the vendor's rows; row 14 is two.
pub const ROWS: [Row; 20] = [
    row(Verb::Get, "/insurances", P),
    row(Verb::Get, "/appointment_categories", PR),
    row(Verb::Get, "/appointment_types", PR),
    row(Verb::Get, "/availabilities", PR),
    row(Verb::Post, "/booking", PW),
    row(Verb::Post, "/appointments/{id}/reschedule", PW),
    row(Verb::Post, "/appointments/{id}/cancel", PW),
    row(Verb::Get, "/appointments/{id}/availabilities", PR),
    row(Verb::Get, "/appointments", PR),
    row(Verb::Get, "/appointments/{id}", PR),
    row(Verb::Get, "/appointments/{id}/earlier_availability", PR),
    row(Verb::Get, "/available_days", PR),
    row(Verb::Get, "/appointments/{id}/calendar", PR),
    row(Verb::Put, "/appointments/{id}/asap_list", PW),
    row(Verb::Delete, "/appointments/{id}/asap_list", PW),
    row(Verb::Get, "/profile", P),
    row(Verb::Get, "/institutions", P),
    row(Verb::Get, "/institutions/{id}", P),
    row(Verb::Get, "/profile/relatives", P),
    row(Verb::Post, "/appointments/{id}/video_consultation", PR),
];

/// The verbs of this wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the method of its name")]
pub enum Verb {
    Get,
    Post,
    Put,
    Delete,
}

impl Verb {
    /// Its name in a document.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
            Self::Delete => "delete",
        }
    }

    fn is(self, method: &Method) -> bool {
        match self {
            // Whoever may have an answer may know how long it is.
            Self::Get => matches!(*method, Method::GET | Method::HEAD),
            Self::Post => *method == Method::POST,
            Self::Put => *method == Method::PUT,
            Self::Delete => *method == Method::DELETE,
        }
    }
}

const fn row(method: Verb, path: &'static str, scopes: &'static [Scope]) -> Row {
    Row { method, path, scopes }
}

/// What the table says of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found {
    /// It is this row.
    Row(Row),
    /// The path takes other verbs.
    WrongVerb,
    /// There is no such path. What is not in the table is not served, whatever routes there are.
    Nothing,
}

/// The row of a request to this path, with its parameters in braces.
pub(crate) fn find(method: &Method, path: &str) -> Found {
    let bare = path.strip_suffix(CALENDAR_SUFFIX).filter(|path| path.ends_with("/calendar")).unwrap_or(path);
    let mut there = ROWS.iter().filter(|row| row.path == bare).peekable();
    if there.peek().is_none() {
        return Found::Nothing;
    }
    there.find(|row| row.method.is(method)).map_or(Found::WrongVerb, |row| Found::Row(*row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_with_its_verb_and_a_calendar_with_its_suffix() {
        let scopes = |method, path| match find(&method, path) {
            Found::Row(row) => row.scopes.len(),
            Found::WrongVerb => 405,
            Found::Nothing => 404,
        };
        assert_eq!(scopes(Method::GET, "/insurances"), 1);
        assert_eq!(scopes(Method::HEAD, "/appointments/{id}/calendar.ics"), 2);
        assert_eq!(scopes(Method::DELETE, "/appointments/{id}/asap_list"), 2);
        assert_eq!(scopes(Method::GET, "/booking"), 405);
        assert_eq!(scopes(Method::GET, "/insurances.ics"), 404);
        assert_eq!(scopes(Method::GET, ""), 404);
    }
}
