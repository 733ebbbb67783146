//! Who proved who they are.

use store::in_list;

/// What a legal hold keeps is not replaced.
pub(crate) const KEEP: &str = "INSERT INTO verifications
        (organisation, person, provider, attributes, made_ms, legal_hold)
    VALUES ($1, $2, $3, $4, $5, FALSE)
    ON CONFLICT (person, organisation, provider)
        DO UPDATE SET attributes = excluded.attributes, made_ms = excluded.made_ms
        WHERE NOT verifications.legal_hold";
pub(crate) const OF_PERSON: &str = "SELECT provider FROM verifications
    WHERE organisation = $1 AND person = $2 ORDER BY made_ms, provider";
/// What was said of these people, as it is sealed.
pub(crate) const SEALED: &str = concat!(
    "SELECT person, organisation, provider, attributes FROM verifications WHERE person IN ",
    in_list!()
);
/// Only while it is what was looked at.
pub(crate) const RESEAL: &str = "UPDATE verifications SET attributes = $4
    WHERE person = $1 AND organisation = $2 AND provider = $3 AND attributes = $5";
