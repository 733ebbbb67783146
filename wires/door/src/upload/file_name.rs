//! The name of a file as a form says it, in `Content-Disposition` (RFC 7578 section 4.2). Browsers write a quotation mark
//! in it as `%22`, some clients as `\"`, and others as it is; to all of them it is a part of the name.

/// How browsers write what would end the name or its line.
const ENCODED: [(&str, &str); 3] = [("%22", "\""), ("%0D", "\r"), ("%0A", "\n")];
const PARAMETER: &str = "filename";

/// The name in the header's value; `None` when it has none, and is no file's.
pub(super) fn file_name(disposition: &str) -> Option<String> {
    let given = value(disposition)?;
    let Some(quoted) = given.strip_prefix('"') else {
        return given.split([';', ' ']).next().map(ToOwned::to_owned);
    };
    let mut marks = quoted.match_indices('"').map(|(at, _)| at);
    let end = marks.find(|at| ends(&quoted[..*at], &quoted[at + 1..])).unwrap_or(quoted.len());
    let name = quoted[..end].replace("\\\"", "\"");
    Some(ENCODED.iter().fold(name, |name, (written, meant)| name.replace(written, meant)))
}

/// What stands behind `filename=`.
fn value(disposition: &str) -> Option<&str> {
    let lower = disposition.to_ascii_lowercase();
    lower.match_indices(PARAMETER).find_map(|(at, _)| {
        let begins =
            disposition[..at].ends_with(|before: char| before == ';' || before.is_ascii_whitespace());
        let rest = disposition[at + PARAMETER.len()..].trim_start().strip_prefix('=')?;
        begins.then(|| rest.trim_start())
    })
}

/// Whether a quotation mark ends the name: when nothing follows it, or another parameter does.
fn ends(before: &str, after: &str) -> bool {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$&+-.^_|~*".contains(c);
    match after.trim().strip_prefix(';').map(str::trim_start) {
        None => after.trim().is_empty(),
        Some("") => true,
        Some(next) => {
            let (name, _) = next.split_once('=').unwrap_or_default();
            !before.ends_with('\\') && !name.is_empty() && name.trim_end().chars().all(is_token)
        }
    }
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
            (r#"filename="a "b".txt"; filename*=UTF-8''b.txt"#, "a \"b\".txt"),
            (r#"filename*=UTF-8''b.txt; filename="brief.txt""#, "brief.txt"),
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
