//! The accounts of programs, among people and their memberships.

/// A condition on a row `m` of memberships: it is that of a person, and not of a program's account.
macro_rules! is_no_program {
    () => {
        " AND (m.role <> 'partner' OR NOT EXISTS (SELECT pc.id FROM clients pc WHERE pc.account = m.person))"
    };
}
pub(crate) use is_no_program;

pub(crate) const INSERT_ACCOUNT: &str =
    "INSERT INTO persons (id, first_name, last_name, language, made_ms) VALUES ($1, $2, $3, $4, $5)";
pub(crate) const INSERT_MEMBERSHIP: &str =
    "INSERT INTO memberships (id, organisation, person, role, position, start_ms, pending)
    VALUES ($1, $2, $3, 'partner', '', $4, FALSE)";

/// Every statement of these, so that a test can prepare each on both engines.
pub const ALL_SQL: &[&str] = &[INSERT_ACCOUNT, INSERT_MEMBERSHIP];
