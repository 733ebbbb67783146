//! Details of people.

use store::in_list;

/// The statements of this list.
pub(crate) const ALL_SQL: &[&str] = &[PUT, GET, OF, RESEAL, COUNT_SEALED_BY, FOR_MERGE, TAKE, GIVE_BACK];

pub(crate) const PUT: &str =
    "INSERT INTO person_details (person, details, made_ms, came_from) VALUES ($1, $2, $3, NULL)
    ON CONFLICT (person) DO UPDATE SET details = excluded.details, made_ms = excluded.made_ms,
        came_from = excluded.came_from";
pub(crate) const GET: &str = "SELECT details FROM person_details WHERE person = $1";
pub(crate) const OF: &str =
    concat!("SELECT person, details FROM person_details WHERE person IN ", in_list!());
/// Only while they are what was looked at.
pub(crate) const RESEAL: &str = "UPDATE person_details SET details = $2 WHERE person = $1 AND details = $3";
/// Those that one key sealed, whose id stands behind their version.
pub(crate) const COUNT_SEALED_BY: &str =
    "SELECT COUNT(*) FROM person_details WHERE substr(details, 2, 12) = $1";
/// Those of who is gone (`$2`), when who is kept (`$1`) has none.
pub(crate) const FOR_MERGE: &str = "SELECT d.details FROM person_details d
    WHERE d.person = $2 AND NOT EXISTS (SELECT k.person FROM person_details k WHERE k.person = $1)";
/// Who has some by now keeps them.
pub(crate) const TAKE: &str =
    "INSERT INTO person_details (person, details, made_ms, came_from) VALUES ($1, $2, $3, $4)
    ON CONFLICT (person) DO NOTHING";
/// What was noted since stays.
pub(crate) const GIVE_BACK: &str = "DELETE FROM person_details WHERE person = $1 AND came_from = $2";
