//! What is taken, and times at which several patients come together.

use store::in_list;

/// No row is longer, so that those that reach into a time begin no earlier than this before it.
pub(crate) const LONGEST_MS: i64 = 172_800_000;

pub(crate) const INSERT: &str = "
    INSERT INTO occupancy (id, organisation, taken, lane, from_ms, until_ms, appointment, gathering, hold)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
/// In which lanes something is taken in a stretch of time; `$5` is the earliest that may reach into it.
pub(crate) const LANES: &str = "SELECT lane FROM occupancy
    WHERE organisation = $1 AND taken = $2 AND from_ms > $5 AND from_ms < $4 AND until_ms > $3";

/// Whether anything else, in any lane, takes one of these in a stretch of time: no lane sees another. `$69` is the gathering
/// that is joined.
pub(crate) const BESIDE: &str = concat!(
    "SELECT 1 FROM occupancy WHERE organisation = $65 AND taken IN ",
    in_list!(),
    " AND from_ms > $68 AND from_ms < $67 AND until_ms > $66
      AND (gathering IS NULL OR COALESCE(gathering <> $69, TRUE)) LIMIT 1"
);

pub(crate) const GIVE_BACK_OF_APPOINTMENT: &str = "DELETE FROM occupancy
    WHERE organisation = $1 AND appointment = $2 RETURNING taken, from_ms, until_ms";
pub(crate) const GIVE_BACK_OF_GATHERING: &str = "DELETE FROM occupancy
    WHERE organisation = $1 AND gathering = $2 RETURNING taken, from_ms, until_ms";
pub(crate) const GIVE_BACK_OF_HOLD: &str = "DELETE FROM occupancy
    WHERE organisation = $1 AND hold = $2 RETURNING taken, from_ms, until_ms";
pub(crate) const OF_GATHERING: &str =
    "SELECT taken, from_ms, until_ms FROM occupancy WHERE organisation = $1 AND gathering = $2";
/// What holds that are over still take of these in a stretch of time.
pub(crate) const GIVE_BACK_OF_EXPIRED: &str = concat!(
    "DELETE FROM occupancy WHERE organisation = $65 AND taken IN ",
    in_list!(),
    " AND from_ms > $69 AND from_ms < $68 AND until_ms > $67
      AND hold IN (SELECT h.id FROM holds h WHERE h.organisation = $65 AND h.expires_ms <= $66)
      RETURNING taken, from_ms, until_ms"
);
/// With whom and what these appointments are.
pub(crate) const RESOURCES_OF: &str = concat!(
    "SELECT o.appointment, o.taken FROM occupancy o
     JOIN resources r ON r.organisation = o.organisation AND r.id = o.taken
     WHERE o.organisation = $65 AND o.appointment IN ",
    in_list!(),
    " ORDER BY o.taken"
);
/// With whom and what these gatherings are.
pub(crate) const RESOURCES_OF_GATHERINGS: &str = concat!(
    "SELECT o.gathering, o.taken FROM occupancy o WHERE o.organisation = $65 AND o.gathering IN ",
    in_list!(),
    " ORDER BY o.taken"
);

pub(crate) const INSERT_GATHERING: &str = "
    INSERT INTO gatherings (id, organisation, type, start_ms, capacity, taken) VALUES ($1, $2, $3, $4, $5, 1)";
pub(crate) const JOIN_GATHERING: &str = "UPDATE gatherings SET taken = taken + 1
    WHERE organisation = $1 AND id = $2 AND taken < capacity RETURNING id";
pub(crate) const LEAVE_GATHERING: &str = "UPDATE gatherings SET taken = taken - 1
    WHERE organisation = $1 AND id = $2 AND taken > 0 RETURNING taken";
pub(crate) const REMOVE_GATHERING: &str =
    "DELETE FROM gatherings WHERE organisation = $1 AND id = $2 AND taken = 0";
/// Where it stands no longer at `$3`, somebody else of it was settled anew first.
pub(crate) const SHIFT_GATHERING: &str =
    "UPDATE gatherings SET start_ms = $4 WHERE organisation = $1 AND id = $2 AND start_ms = $3";

/// Every statement of these.
pub const ALL_SQL: &[&str] = &[
    INSERT,
    LANES,
    BESIDE,
    GIVE_BACK_OF_APPOINTMENT,
    GIVE_BACK_OF_GATHERING,
    GIVE_BACK_OF_HOLD,
    OF_GATHERING,
    GIVE_BACK_OF_EXPIRED,
    RESOURCES_OF,
    RESOURCES_OF_GATHERINGS,
    INSERT_GATHERING,
    JOIN_GATHERING,
    LEAVE_GATHERING,
    REMOVE_GATHERING,
    SHIFT_GATHERING,
];
