//! The appointments of two people who turned out to be one. In each statement `$1` is the organisation, `$2` who is gone and
//! `$3` who is kept, unless it says so.

macro_rules! noted {
    () => {
        " IN (SELECT n.appointment FROM merge_appointments n WHERE n.organisation = $1 AND n.gone = $2)"
    };
}

/// `$3` is now.
pub(crate) const NOTE: &str = "
    INSERT INTO merge_appointments (gone, organisation, appointment, made_ms)
    SELECT a.patient, a.organisation, a.id, $3 FROM appointments a WHERE a.organisation = $1 AND a.patient = $2";
pub(crate) const NOTED: &str =
    "SELECT appointment FROM merge_appointments WHERE organisation = $1 AND gone = $2 ORDER BY appointment";
pub(crate) const FORGET: &str = "DELETE FROM merge_appointments WHERE organisation = $1 AND gone = $2";
pub(crate) const SWEEP: &str = "DELETE FROM merge_appointments WHERE (gone, appointment) IN (
    SELECT gone, appointment FROM merge_appointments WHERE made_ms <= $1 ORDER BY made_ms LIMIT $2)";

pub(crate) const TAKE: &str = "UPDATE appointments SET patient = $3 WHERE organisation = $1 AND patient = $2";
pub(crate) const GIVE_BACK: &str =
    concat!("UPDATE appointments SET patient = $2 WHERE organisation = $1 AND patient = $3 AND id", noted!());
/// What takes somebody (`$2`) from now (`$3`) on.
pub(crate) const PLACES: &str = "SELECT id, from_ms, until_ms FROM occupancy
    WHERE organisation = $1 AND taken = $2 AND until_ms > $3 ORDER BY from_ms, id";
/// What takes who is kept from now (`$4`) on, and took who is gone.
pub(crate) const PLACES_OF_NOTED: &str = concat!(
    "SELECT id, from_ms, until_ms FROM occupancy
     WHERE organisation = $1 AND taken = $3 AND until_ms > $4 AND appointment",
    noted!(),
    " ORDER BY from_ms, id"
);
/// In which lanes somebody (`$2`) is taken from now (`$3`) on.
pub(crate) const LANES: &str = "SELECT lane, from_ms, until_ms FROM occupancy
    WHERE organisation = $1 AND taken = $2 AND until_ms > $3";
/// `$66` is whom they take and `$67` in which lane.
pub(crate) const PUT: &str = concat!(
    "UPDATE occupancy SET taken = $66, lane = $67 WHERE organisation = $65 AND id IN ",
    store::in_list!()
);
pub(crate) const TAKE_HOLDS: &str = "UPDATE holds SET patient = $3 WHERE organisation = $1 AND patient = $2";
/// What was kept for an offer of the waiting list goes back with the appointment that was to be moved. What else is kept is
/// over in minutes.
pub(crate) const GIVE_BACK_HOLDS: &str = concat!(
    "UPDATE holds SET patient = $2 WHERE organisation = $1 AND patient = $3 AND offer IN (
        SELECT o.id FROM asap_offers o WHERE o.organisation = $1 AND o.appointment",
    noted!(),
    ")"
);
pub(crate) const GIVE_BACK_WAITING: &str = "
    UPDATE asap_subscriptions SET proxy = $2, proxy_came_from = NULL
    WHERE organisation = $1 AND proxy = $3 AND proxy_came_from = $2";
/// Their number at an insurance is sealed for who is gone, and stays there. What is filled in says so.
pub(crate) const TAKE_NOTE: &str = "
    INSERT INTO booking_patients
        (organisation, patient, insurance, insurance_came_from, blocked_ms, block_came_from, legal_hold)
    SELECT b.organisation, $3, b.insurance, $2, b.blocked_ms, $2, FALSE FROM booking_patients b
    WHERE b.organisation = $1 AND b.patient = $2
    ON CONFLICT (organisation, patient) DO UPDATE
        SET insurance = COALESCE(booking_patients.insurance, excluded.insurance),
            insurance_came_from = CASE WHEN booking_patients.insurance IS NULL THEN excluded.insurance_came_from
                ELSE booking_patients.insurance_came_from END,
            blocked_ms = COALESCE(booking_patients.blocked_ms, excluded.blocked_ms),
            block_came_from = CASE WHEN booking_patients.blocked_ms IS NULL THEN excluded.block_came_from
                ELSE booking_patients.block_came_from END";
/// What was filled in, and is as it was.
pub(crate) const CLEAR_INSURANCE: &str = "
    UPDATE booking_patients SET insurance = NULL, insurance_came_from = NULL
    WHERE organisation = $1 AND patient = $3 AND insurance_came_from = $2";
pub(crate) const CLEAR_BLOCK: &str = "
    UPDATE booking_patients SET blocked_ms = NULL, block_came_from = NULL
    WHERE organisation = $1 AND patient = $3 AND block_came_from = $2";
/// What who is gone put on the waiting list for others goes on by the mandates that who is kept has now; and so does what has
/// ended, whose address may still be written to.
pub(crate) const TAKE_WAITING: &str =
    "UPDATE asap_subscriptions SET proxy = $3, proxy_came_from = $2 WHERE organisation = $1 AND proxy = $2";
/// Links into video visits end as every other way in of who is gone.
pub(crate) const END_VIDEO_LINKS: &str = "DELETE FROM video_links WHERE organisation = $1 AND person = $2";

/// Every statement of these.
pub const ALL_SQL: &[&str] = &[
    NOTE,
    NOTED,
    FORGET,
    SWEEP,
    TAKE,
    GIVE_BACK,
    PLACES,
    PLACES_OF_NOTED,
    LANES,
    PUT,
    TAKE_HOLDS,
    GIVE_BACK_HOLDS,
    GIVE_BACK_WAITING,
    TAKE_NOTE,
    CLEAR_INSURANCE,
    CLEAR_BLOCK,
    TAKE_WAITING,
    END_VIDEO_LINKS,
];
