//! Rows of `asap_subscriptions`, `asap_offers` and `freed_times`.

use store::in_list;

/// Who waits for an appointment, as [`crate::asap::Subscription`].
pub(crate) const FIND_OPEN: &str = "
    SELECT id, appointment, proxy, email, consented_ms, confirmed_ms FROM asap_subscriptions
    WHERE organisation = $1 AND appointment = $2 AND ended_ms IS NULL";

/// The same by its id, whether it has ended or not.
pub(crate) const FIND: &str = "
    SELECT id, appointment, proxy, email, consented_ms, confirmed_ms, ended_ms FROM asap_subscriptions
    WHERE organisation = $1 AND id = $2";

/// Of several appointments.
pub(crate) const OPEN_OF: &str = concat!(
    "SELECT id, appointment, proxy, email, consented_ms, confirmed_ms FROM asap_subscriptions
    WHERE organisation = $65 AND ended_ms IS NULL AND appointment IN ",
    in_list!()
);

/// Of an appointment, those whose address was confirmed, ended or not; with whether it can be written to no more.
pub(crate) const CONFIRMED_OF: &str = "
    SELECT id, appointment, proxy, email, consented_ms, confirmed_ms,
        lost_ms IS NOT NULL OR COALESCE(why_ended = 'mandate_ended', FALSE) FROM asap_subscriptions
    WHERE organisation = $1 AND appointment = $2 AND confirmed_ms IS NOT NULL
    ORDER BY consented_ms DESC, id DESC LIMIT $3";

/// Of what somebody has ahead, the newest, ended or not, whose address is not lost yet; with when each ended.
pub(crate) const AHEAD_OF: &str = "
    SELECT s.id, s.appointment, s.proxy, s.email, s.consented_ms, s.confirmed_ms, s.ended_ms
    FROM asap_subscriptions s JOIN appointments a ON a.id = s.appointment
    WHERE s.organisation = $1 AND a.organisation = $1 AND a.patient = $2 AND a.start_ms > $3 AND s.lost_ms IS NULL
    ORDER BY s.consented_ms DESC, s.id DESC LIMIT $4";

pub(crate) const LOSE: &str =
    concat!("UPDATE asap_subscriptions SET lost_ms = $66 WHERE organisation = $65 AND id IN ", in_list!());

pub(crate) const INSERT: &str = "
    INSERT INTO asap_subscriptions (id, organisation, appointment, proxy, email, consented_ms, confirmed_ms,
        legal_hold)
    VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE)";

/// Addresses that somebody had asked by letter since then, for all of their appointments together.
pub(crate) const ASKED_SINCE: &str = "
    SELECT COUNT(*) FROM asap_subscriptions s JOIN appointments a ON a.id = s.appointment
    WHERE s.organisation = $1 AND a.organisation = $1 AND a.patient = $2 AND s.consented_ms > $3
        AND (s.confirmed_ms IS NULL OR s.confirmed_ms > s.consented_ms)";

pub(crate) const END: &str = "
    UPDATE asap_subscriptions SET ended_ms = $3, why_ended = $4, confirmation_hash = NULL
    WHERE organisation = $1 AND appointment = $2 AND ended_ms IS NULL";

/// Those whose appointment has begun.
pub(crate) const STARTED: &str = "
    SELECT s.appointment, a.patient FROM asap_subscriptions s JOIN appointments a ON a.id = s.appointment
    WHERE s.organisation = $1 AND a.organisation = $1 AND a.start_ms <= $2 AND s.ended_ms IS NULL
    ORDER BY s.id LIMIT $3";

/// Those whose type has no list any more. It is given the instant, too, as the one before.
pub(crate) const CLOSED: &str = "
    SELECT s.appointment, a.patient FROM asap_subscriptions s JOIN appointments a ON a.id = s.appointment
        JOIN appointment_types t ON t.id = a.type
    WHERE s.organisation = $1 AND a.organisation = $1 AND t.organisation = $1 AND s.consented_ms <= $2
        AND NOT t.asap_enabled AND s.ended_ms IS NULL
    ORDER BY s.id LIMIT $3";

pub(crate) const ASK_TO_CONFIRM: &str = "
    UPDATE asap_subscriptions SET confirmation_hash = $3
    WHERE organisation = $1 AND id = $2 AND ended_ms IS NULL AND confirmed_ms IS NULL";

pub(crate) const CONFIRM_KNOWN: &str = "
    UPDATE asap_subscriptions SET confirmed_ms = $3, confirmation_hash = NULL
    WHERE organisation = $1 AND id = $2 AND ended_ms IS NULL AND confirmed_ms IS NULL";

/// By the newest letter that asked.
pub(crate) const CONFIRM: &str = "
    UPDATE asap_subscriptions SET confirmed_ms = $4, confirmation_hash = NULL
    WHERE organisation = $1 AND id = $2 AND confirmation_hash = $3 AND ended_ms IS NULL";

/// Who waits for something earlier of a type than this, behind the last that was looked at; the longest wait first.
pub(crate) const WAITING: &str = "
    SELECT s.id, s.appointment, s.proxy, s.email, s.consented_ms, s.confirmed_ms
    FROM asap_subscriptions s JOIN appointments a ON a.id = s.appointment
    WHERE s.organisation = $1 AND a.organisation = $1 AND a.type = $2 AND a.state = 'booked' AND a.start_ms > $3
        AND s.ended_ms IS NULL AND s.confirmed_ms IS NOT NULL
        AND (s.consented_ms > $4 OR (s.consented_ms = $4 AND s.id > $5))
    ORDER BY s.consented_ms, s.id LIMIT $6";

pub(crate) const INSERT_OFFER: &str = "
    INSERT INTO asap_offers (id, organisation, subscription, appointment, old_start_ms, start_ms, end_ms, state,
        letter, made_ms, expires_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9, $10)
    ON CONFLICT (appointment, start_ms) DO NOTHING";

pub(crate) const FIND_OFFER: &str = "
    SELECT id, subscription, appointment, old_start_ms, start_ms, end_ms, state, expires_ms FROM asap_offers
    WHERE organisation = $1 AND id = $2";

pub(crate) const OFFERS_OF: &str = "
    SELECT start_ms, made_ms, state, expires_ms FROM asap_offers WHERE organisation = $1 AND appointment = $2";

pub(crate) const SETTLE: &str = "
    UPDATE asap_offers SET state = $3, settled_ms = $4 WHERE organisation = $1 AND id = $2 AND state = 'open'";

/// Whoever moved to the time that they were offered has taken it (`$4`), whichever way they took.
pub(crate) const CLOSE_OFFERS: &str = "
    UPDATE asap_offers SET state = CASE WHEN start_ms = $4 THEN 'accepted' ELSE 'expired' END, settled_ms = $3
    WHERE organisation = $1 AND appointment = $2 AND state = 'open'";

/// Nobody was told of it.
pub(crate) const WITHDRAW: &str = "DELETE FROM asap_offers WHERE organisation = $1 AND id = $2";

/// Offers whose time is over.
pub(crate) const OVER: &str = "
    SELECT o.id, o.appointment, a.patient FROM asap_offers o JOIN appointments a ON a.id = o.appointment
    WHERE o.organisation = $1 AND a.organisation = $1 AND o.state = 'open' AND o.expires_ms <= $2
    ORDER BY o.expires_ms LIMIT $3";

/// What is kept for offers that move an appointment.
pub(crate) const HOLDS_FOR: &str = "
    SELECT h.id FROM holds h JOIN asap_offers o ON o.id = h.offer
        JOIN appointments a ON a.id = o.appointment AND a.patient = h.patient
    WHERE o.organisation = $1 AND h.organisation = $1 AND a.organisation = $1 AND o.appointment = $2";

/// What is kept for who has an offer.
pub(crate) const HOLD_OF: &str = "
    SELECT h.id FROM holds h JOIN asap_offers o ON o.id = h.offer
        JOIN appointments a ON a.id = o.appointment AND a.patient = h.patient
    WHERE o.organisation = $1 AND h.organisation = $1 AND a.organisation = $1 AND o.id = $2";

/// When the next of the times that are kept for somebody is given up.
pub(crate) const NEXT_GIVEN_UP: &str = "
    SELECT o.expires_ms FROM holds h JOIN asap_offers o ON o.id = h.offer
    WHERE o.organisation = $1 AND h.organisation = $1 AND o.state = 'open' ORDER BY o.expires_ms LIMIT 1";

/// What became free and is due, with where it is; first what somebody was looked at for already.
pub(crate) const FREED: &str = "
    SELECT f.id, f.resource, r.institution, f.from_ms, f.until_ms, f.reached_type, f.reached_consented_ms,
        f.reached_subscription
    FROM freed_times f JOIN resources r ON r.id = f.resource
    WHERE f.organisation = $1 AND r.organisation = $1 AND f.due_ms <= $2
    ORDER BY CASE WHEN f.reached_type IS NULL THEN 1 ELSE 0 END, f.due_ms, f.id LIMIT $3";

pub(crate) const REACH: &str = concat!(
    "UPDATE freed_times SET reached_type = $66, reached_consented_ms = $67, reached_subscription = $68
    WHERE organisation = $65 AND id IN ",
    in_list!()
);

pub(crate) const NEXT_FREED: &str = "
    SELECT due_ms FROM freed_times WHERE organisation = $1 ORDER BY due_ms LIMIT 1";

pub(crate) const POSTPONE: &str =
    concat!("UPDATE freed_times SET due_ms = $66 WHERE organisation = $65 AND id IN ", in_list!());

pub(crate) const FORGET: &str =
    concat!("DELETE FROM freed_times WHERE organisation = $65 AND id IN ", in_list!());

/// What lies behind, due or not: it was over before anybody was looked for.
pub(crate) const FORGET_PAST: &str = "DELETE FROM freed_times WHERE organisation = $1 AND until_ms <= $2";

/// Times that were given up by a patient or for one.
pub(crate) const COUNT_FREED: &str = "
    SELECT COUNT(*) FROM appointment_changes
    WHERE organisation = $1 AND at_ms >= $2 AND at_ms < $3 AND what IN ('moved', 'cancelled')";

pub(crate) const COUNT_OFFERED: &str = "
    SELECT COUNT(*) FROM (SELECT DISTINCT a.type, o.start_ms FROM asap_offers o
        JOIN appointments a ON a.id = o.appointment
        WHERE o.organisation = $1 AND a.organisation = $1 AND o.made_ms >= $2 AND o.made_ms < $3) AS told";

/// Of these, the times that anybody took up: one that was given up again and taken up once more is one.
pub(crate) const COUNT_TAKEN_UP: &str = "
    SELECT COUNT(*) FROM (SELECT DISTINCT a.type, o.start_ms FROM asap_offers o
        JOIN appointments a ON a.id = o.appointment
        WHERE o.organisation = $1 AND a.organisation = $1 AND o.made_ms >= $2 AND o.made_ms < $3
            AND o.state = 'accepted') AS taken_up";

pub(crate) const COUNT_LETTERS: &str = "
    SELECT state, COUNT(*) FROM asap_offers WHERE organisation = $1 AND made_ms >= $2 AND made_ms < $3
    GROUP BY state";

/// How many of each length were taken up.
pub(crate) const COUNT_FILLED: &str = "
    SELECT end_ms - start_ms, COUNT(*) FROM asap_offers
    WHERE organisation = $1 AND state = 'accepted' AND made_ms >= $2 AND made_ms < $3 GROUP BY end_ms - start_ms";

pub(crate) const COUNT_WAITING: &str = "
    SELECT COUNT(*) FROM asap_subscriptions s JOIN appointments a ON a.id = s.appointment
    WHERE s.organisation = $1 AND a.organisation = $1 AND s.ended_ms IS NULL AND s.confirmed_ms IS NOT NULL
        AND a.state = 'booked' AND a.start_ms > $2";

/// Every statement of this file.
pub(crate) const ALL_SQL: &[&str] = &[
    FIND_OPEN,
    FIND,
    OPEN_OF,
    CONFIRMED_OF,
    AHEAD_OF,
    LOSE,
    INSERT,
    ASKED_SINCE,
    END,
    STARTED,
    CLOSED,
    ASK_TO_CONFIRM,
    CONFIRM_KNOWN,
    CONFIRM,
    WAITING,
    INSERT_OFFER,
    FIND_OFFER,
    OFFERS_OF,
    SETTLE,
    CLOSE_OFFERS,
    WITHDRAW,
    OVER,
    HOLDS_FOR,
    HOLD_OF,
    NEXT_GIVEN_UP,
    FREED,
    REACH,
    NEXT_FREED,
    POSTPONE,
    FORGET,
    FORGET_PAST,
    COUNT_FREED,
    COUNT_OFFERED,
    COUNT_TAKEN_UP,
    COUNT_LETTERS,
    COUNT_FILLED,
    COUNT_WAITING,
];
