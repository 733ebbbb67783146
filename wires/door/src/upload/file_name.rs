//! The name of a file as a form says it, in `Content-Disposition` (RFC 7578 section 4.2). Browsers write a quotation mark
//! in it as `%22`, some clients as `\"`, and others as it is; to all of them it is a part of the name. Clients that know
//! nothing but ASCII say it once more in `filename*` (RFC 8187), and that is the name then.

use identity::protocol::form::decode;

/// How browsers write what would end the name or its line.
const ENCODED: [(&str, &str); 3] = [("%22", "\""), ("%0D", "\r"), ("%0A", "\n")];
const PARAMETER: &str = "filename";

/// The name in the header's value; `None` when it has none, and is no file's.
pub(super) fn file_name(disposition: &str) -> Option<String> {
    let disposition = disposition.trim_end();
    let Some((before, given)) = behind(disposition, "=") else { return extended(disposition) };
    let (name, after) = match given.strip_prefix('"') {
        Some(quoted) => unquoted(quoted),
        None => {
            let end = given.find([';', ' ']).unwrap_or(given.len());
            (given[..end].to_owned(), &given[end..])
        }
    };
    Some(extended(before).or_else(|| extended(after)).unwrap_or(name))
}

/// A name up to its last quotation mark, and what follows it.
fn unquoted(quoted: &str) -> (String, &str) {
    let mut marks = quoted.match_indices('"').map(|(at, _)| at);
    let end = marks.find(|at| ends(&quoted[..*at], &quoted[at + 1..])).unwrap_or(quoted.len());
    let name = quoted[..end].replace("\\\"", "\"");
    let name = ENCODED.iter().fold(name, |name, (written, meant)| name.replace(written, meant));
    (name, &quoted[end..])
}

/// The name in `filename*=UTF-8''...`.
fn extended(parameters: &str) -> Option<String> {
    let (_, value) = behind(parameters, "*=")?;
    let value = value.split([';', ' ', '"']).next()?;
    let (charset, rest) = value.split_once('\'')?;
    let (_, encoded) = rest.split_once('\'')?;
    // Nothing in it stands for a space but `%20`.
    decode(&encoded.replace('+', "%2B")).filter(|_| charset.eq_ignore_ascii_case("utf-8"))
}

/// What stands before the parameter, and behind it.
fn behind<'d>(disposition: &'d str, sign: &str) -> Option<(&'d str, &'d str)> {
    let lower = disposition.to_ascii_lowercase();
    lower.match_indices(PARAMETER).find_map(|(at, _)| {
        let before = &disposition[..at];
        let begins = before.ends_with(|last: char| last == ';' || last.is_ascii_whitespace());
        let rest = disposition[at + PARAMETER.len()..].trim_start().strip_prefix(sign)?;
        begins.then(|| (before, rest.trim_start()))
    })
}

/// Whether a quotation mark ends the name: when nothing follows it, or another parameter does.
fn ends(before: &str, after: &str) -> bool {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$&+-.^_|~*".contains(c);
    let Some(next) = after.trim_start().strip_prefix(';').map(str::trim_start) else {
        return after.trim_start().is_empty();
    };
    let rest = next.trim_start_matches(is_token);
    let is_parameter = rest.len() < next.len() && rest.trim_start().starts_with('=');
    next.is_empty() || is_parameter && !before.ends_with('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_whole_however_its_quotation_marks_are_written() {
        for (written, name) in [
            (r#"filename="brief.txt""#, "brief.txt"),
            (r#"filename="ö "x".txt""#, "ö \"x\".txt"),
            (r#"filename="ö \"x\".txt""#, "ö \"x\".txt"),
            (r#"filename="a%22b%0D%0A.txt""#, "a\"b\r\n.txt"),
            (r#"filename="100%25.txt""#, "100%25.txt"),
            (r#"filename="a"; b.txt""#, "a\"; b.txt"),
            (r#"filename="C:\temp\brief.txt""#, r"C:\temp\brief.txt"),
            (r#"filename="temp\""#, r"temp\"),
            (r#"filename="open.txt"#, "open.txt"),
            (r#"filename="""#, ""),
            (r#"FileName = "brief.txt" ; "#, "brief.txt"),
            (r#"filename="a "b".txt"; filename*=UTF-8''b.txt"#, "b.txt"),
            (r#"filename*=utf-8''%C3%B6+%20b.txt; filename="=?utf-8?B?w7Y=?=""#, "ö+ b.txt"),
            (r#"filename*=UTF-8'nl'brief.txt"#, "brief.txt"),
            (r#"filename*=ISO-8859-1''%F6.txt; filename="o.txt""#, "o.txt"),
            (r#"filename="a; filename*=UTF-8''b.txt""#, "a; filename*=UTF-8''b.txt"),
            ("filename=brief.txt; size=3", "brief.txt"),
        ] {
            let whole = format!("form-data; name=\"files\"; {written}");
            assert_eq!(file_name(&whole).as_deref(), Some(name), "{written}");
        }
        let first = r#"form-data; filename="a "b".txt"; name="files""#;
        assert_eq!(file_name(first).as_deref(), Some("a \"b\".txt"));
    }

    #[test]
    fn what_is_no_file_has_no_name() {
        for written in ["", "form-data", r#"form-data; name="message""#, r#"form-data; name="myfilename=x""#]
        {
            assert_eq!(file_name(written), None, "{written}");
        }
    }
}
