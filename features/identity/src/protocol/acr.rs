//! How sure a client wants to be of who signs in (`acr`, OpenID Connect core sections 3.1.2.1 and 5.5.1.1): `1` is one
//! proof, `2` are two different ones.

use serde_json::Value;

use super::authorize::{Fault, fault};
use super::form::Form;

/// One proof of who somebody is, and two.
pub const LEVELS: [&str; 2] = ["1", "2"];
/// The client insists on what was not to be had (OpenID Connect core error code `unmet_authentication_requirements`).
pub(super) const UNMET: Fault =
    fault("unmet_authentication_requirements", "The person did not prove who they are as this is asked for.");
/// Bytes of the parameter `claims` that are read.
const CLAIMS_BYTES_MAX: usize = 8 << 10;

/// How many proofs a client wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// One will do.
    Any,
    /// Two, when they can be had.
    Preferred,
    /// Two.
    Required,
}

/// What a request says of it: `claims` when it speaks of `acr`, else `acr_values`, the first that we know.
pub(super) fn read(values: Option<&str>, claims: Option<&str>) -> Result<Level, Fault> {
    if let Some(level) = claims.map(of_claims).transpose()?.flatten() {
        return Ok(level);
    }
    let first = values.and_then(|list| list.split_ascii_whitespace().find(|word| LEVELS.contains(word)));
    Ok(if first == Some("2") { Level::Preferred } else { Level::Any })
}

/// Whether a request asks for two, so that whoever signs in on its way is asked for both at once.
#[must_use]
pub fn asks_for_two(request: &Form) -> bool {
    let value = |name| request.one(name).ok().flatten();
    matches!(read(value("acr_values"), value("claims")), Ok(Level::Preferred | Level::Required))
}

fn of_claims(claims: &str) -> Result<Option<Level>, Fault> {
    let unfit = fault("invalid_request", "The claims parameter is no JSON object that is understood.");
    if claims.len() > CLAIMS_BYTES_MAX {
        return Err(unfit);
    }
    let Ok(Value::Object(claims)) = serde_json::from_str(claims) else { return Err(unfit) };
    let Some(acr) = claims.get("id_token").and_then(|wanted| wanted.get("acr")) else { return Ok(None) };
    let is_essential = acr.get("essential").and_then(Value::as_bool).unwrap_or_default();
    let many = acr.get("values").and_then(Value::as_array).cloned().unwrap_or_default();
    let wanted: Vec<Value> = many.into_iter().chain(acr.get("value").cloned()).collect();
    Ok(Some(match (wanted.iter().find(|one| LEVELS.iter().any(|level| *one == level)), is_essential) {
        (Some(level), true) if level == "2" && !wanted.iter().any(|one| one == "1") => Level::Required,
        (Some(level), _) if level == "2" => Level::Preferred,
        (None, true) if !wanted.is_empty() => return Err(UNMET),
        _ => Level::Any,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_level_that_is_known_counts_and_one_that_is_essential_is_required() {
        assert_eq!(read(None, None), Ok(Level::Any));
        assert_eq!(read(Some("urn:gold 2 1"), None), Ok(Level::Preferred));
        assert_eq!(read(Some("1 2"), None), Ok(Level::Any));
        let claims = |acr: &str| read(None, Some(&format!(r#"{{"id_token":{{"acr":{acr}}}}}"#)));
        assert_eq!(claims(r#"{"essential":true,"values":["2"]}"#), Ok(Level::Required));
        assert_eq!(claims(r#"{"essential":true,"value":"2"}"#), Ok(Level::Required));
        assert_eq!(claims(r#"{"essential":true,"values":["2","1"]}"#), Ok(Level::Preferred));
        assert_eq!(claims(r#"{"values":["2"]}"#), Ok(Level::Preferred));
        assert_eq!(claims(r#"{"essential":true}"#), Ok(Level::Any));
        assert_eq!(claims(r#"{"essential":true,"values":["urn:gold"]}"#), Err(UNMET));
        assert_eq!(claims("null"), Ok(Level::Any));
        assert_eq!(read(Some("2"), Some(r#"{"userinfo":{"name":null}}"#)), Ok(Level::Preferred));
        assert!(read(None, Some("[]")).is_err() && read(None, Some("{")).is_err());
    }
}
