//! Letters that come back: the return path that each one has, and what a mail server says of it there (RFC 3464).

use kernel::LetterId;
use vault::Vault;

/// What the keyed hash of a return path is for.
const SYSTEM: &str = "bedside:bounce";
/// Hex digits of an id, and of the hash behind it.
const ID_DIGITS: usize = 24;
const PROOF_DIGITS: usize = 16;
/// Bytes of what makes a return path that of one letter.
pub(crate) const TOKEN_BYTES: usize = ID_DIGITS + PROOF_DIGITS;
/// Bytes of a message that are looked at: reports say what they have to say before they repeat the letter.
pub const MESSAGE_BYTES_MAX: usize = 128 << 10;

/// What a report says of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What stands behind the `+` of the return path.
    pub token: String,
    /// Whether it will never arrive.
    pub has_failed: bool,
    /// Whether that is because of the address.
    pub is_about_the_address: bool,
}

/// What makes a return path that of one letter, in lower case, since not every mail server keeps capitals.
#[must_use]
pub fn token_of(vault: &Vault, letter: LetterId) -> String {
    format!("{}{}", letter.hex(), proof(vault, letter))
}

/// The letter of such a token; `None` for one that we did not make.
#[must_use]
pub fn letter_of(vault: &Vault, token: &str) -> Option<LetterId> {
    let (id, given) = token.split_at_checked(ID_DIGITS)?;
    let letter = LetterId::from_hex(id)?;
    vault::same(proof(vault, letter).as_bytes(), given.to_ascii_lowercase().as_bytes()).then_some(letter)
}

fn proof(vault: &Vault, letter: LetterId) -> String {
    let mut digits = kernel::id::hex(&vault.blind(SYSTEM, &letter.hex()));
    digits.truncate(PROOF_DIGITS);
    digits
}

/// What a message to a return path says; `None` for one that is no report on a letter of ours. It is hostile input: it
/// is never taken apart further than into lines.
#[must_use]
pub fn read(message: &str) -> Option<Report> {
    let token = message.lines().find_map(token_in)?;
    let fields = of_the_recipient(message)?;
    let field =
        |name: &str| fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, said)| *said);
    let action = field("action")?;
    let status = field("status").and_then(|status| status.split_whitespace().next()).unwrap_or_default();
    Some(Report {
        token,
        has_failed: action.eq_ignore_ascii_case("failed") && !status.starts_with('4'),
        is_about_the_address: is_about_the_address(status),
    })
}

/// The fields about the recipient (RFC 3464 section 2.3): of the lines that stand together, those among which they are
/// named. Mailboxes write a `Status` of their own above a message.
fn of_the_recipient(message: &str) -> Option<Vec<(&str, &str)>> {
    let lines: Vec<&str> = message.lines().collect();
    lines.split(|line| line.trim().is_empty()).find_map(|group| {
        let fields = group.iter().filter_map(|line| line.split_once(':'));
        let fields: Vec<_> = fields.map(|(key, said)| (key.trim(), said.trim())).collect();
        fields.iter().any(|(key, _)| key.eq_ignore_ascii_case("final-recipient")).then_some(fields)
    })
}

/// What stands between `bounce+` (or whatever the operator chose) and the `@`, when it has the shape of a token.
fn token_in(line: &str) -> Option<String> {
    let is_of_header = line.get(..1).is_some_and(|first| !first.starts_with(['>', '|']));
    let candidates = line.split('+').skip(1).filter(|_| is_of_header);
    let token = |rest: &str| {
        let token: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
        let is_whole = token.len() == TOKEN_BYTES && rest[token.len()..].starts_with('@');
        is_whole.then_some(token)
    };
    candidates.into_iter().find_map(token)
}

/// Whether an enhanced status code (RFC 3463) says that the address or its mailbox is no more. Others are about the
/// sender's address (5.1.7 and 5.1.8), a mailbox that is full, somebody's policy, a system that does not work, or about
/// nothing that could be said (5.0.0).
#[must_use]
pub fn is_about_the_address(status: &str) -> bool {
    matches!(status, "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.2.0" | "5.2.1")
}
