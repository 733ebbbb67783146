//! Names among the rows of `search_tokens`.

use store::{in_list, union_list};

use super::programs::is_no_program;

/// Those in an organisation now, behind somebody, whose names are not written; one row a role. Guests of a group are
/// found in that group alone.
pub(crate) const UNWRITTEN: &str = concat!(
    "SELECT m.person, p.first_name, p.last_name
    FROM memberships m JOIN persons p ON p.id = m.person
    LEFT JOIN search_progress s ON s.organisation = m.organisation AND s.kind = 'name' AND s.object = m.person
    WHERE m.organisation = $1 AND m.person > $2 AND (m.end_ms IS NULL OR m.end_ms > $3) AND s.object IS NULL
        AND (m.role <> 'guest' OR NOT EXISTS (SELECT g.person FROM guests g WHERE g.person = m.person))",
    is_no_program!(),
    " ORDER BY m.person LIMIT $4"
);

/// Of these people those whose names are not written, in each organisation that they are in now; one row a role.
pub(crate) const UNWRITTEN_OF: &str = concat!(
    "SELECT m.organisation, m.person, p.first_name, p.last_name
    FROM memberships m JOIN persons p ON p.id = m.person
    LEFT JOIN search_progress s ON s.organisation = m.organisation AND s.kind = 'name' AND s.object = m.person
    WHERE (m.end_ms IS NULL OR m.end_ms > $65) AND s.object IS NULL
        AND (m.role <> 'guest' OR NOT EXISTS (SELECT g.person FROM guests g WHERE g.person = m.person))",
    is_no_program!(),
    " AND m.person IN ",
    in_list!()
);

/// While the names are those that were looked at, and their bearer is still there.
pub(crate) const INSERT: &str = concat!(
    "INSERT INTO search_tokens (organisation, kind, place, token_hmac, object)
    SELECT m.organisation, 'name', m.organisation, new_ones.token_hmac, m.person
    FROM (SELECT token_hmac FROM search_tokens WHERE FALSE ",
    union_list!(),
    ") new_ones, memberships m JOIN persons p ON p.id = m.person
    WHERE m.organisation = $65 AND m.person = $66 AND p.first_name = $67 AND p.last_name = $68
        AND (m.end_ms IS NULL OR m.end_ms > $69)
    ON CONFLICT (place, token_hmac, object) DO NOTHING"
);

/// Notes that names are written, as [`INSERT`] did.
pub(crate) const REACH: &str = "INSERT INTO search_progress (organisation, kind, object, seq)
    SELECT DISTINCT m.organisation, 'name', m.person, 0 FROM memberships m JOIN persons p ON p.id = m.person
    WHERE m.organisation = $1 AND m.person = $2 AND p.first_name = $3 AND p.last_name = $4
        AND (m.end_ms IS NULL OR m.end_ms > $5)
    ON CONFLICT (organisation, kind, object) DO NOTHING";
