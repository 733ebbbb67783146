//! Who is told by mail that something waits, and when.

pub(crate) const SETTINGS: &str = "
    SELECT after_minutes, quiet_from_minute, quiet_until_minute FROM notice_settings WHERE organisation = $1";
pub(crate) const SET_SETTINGS: &str = "
    INSERT INTO notice_settings (organisation, after_minutes, quiet_from_minute, quiet_until_minute)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (organisation) DO UPDATE SET after_minutes = excluded.after_minutes,
        quiet_from_minute = excluded.quiet_from_minute, quiet_until_minute = excluded.quiet_until_minute";
pub(crate) const WISHES: &str = "
    SELECT wanted, quiet_from_minute, quiet_until_minute FROM notice_wishes WHERE person = $1";
pub(crate) const SET_WISHES: &str = "
    INSERT INTO notice_wishes (person, wanted, quiet_from_minute, quiet_until_minute) VALUES ($1, $2, $3, $4)
    ON CONFLICT (person) DO UPDATE SET wanted = excluded.wanted,
        quiet_from_minute = excluded.quiet_from_minute, quiet_until_minute = excluded.quiet_until_minute";
/// Only once in a while.
pub(crate) const ASK_FOR_PROOF: &str = "
    INSERT INTO notice_wishes (person, wanted, proof_asked_ms) VALUES ($1, TRUE, $2)
    ON CONFLICT (person) DO UPDATE SET proof_asked_ms = excluded.proof_asked_ms
        WHERE notice_wishes.proof_asked_ms IS NULL OR notice_wishes.proof_asked_ms <= $3";
/// Somebody who has a place in the organisation now and an address that mail reaches, with what they chose. Services
/// read no mail.
pub(crate) const RECIPIENT: &str = "
    SELECT p.language, i.value_hash, i.value, w.wanted, w.quiet_from_minute, w.quiet_until_minute
    FROM persons p JOIN person_identifiers i ON i.person = p.id
    LEFT JOIN notice_wishes w ON w.person = p.id
    WHERE p.id = $2 AND p.disabled_ms IS NULL
        AND i.system = 'email' AND i.verified_ms IS NOT NULL AND i.undeliverable_ms IS NULL
        AND (NOT i.sandbox OR EXISTS (SELECT o.id FROM organisations o WHERE o.id = $1 AND o.sandbox))
        AND EXISTS (SELECT m.id FROM memberships m
            WHERE m.organisation = $1 AND m.person = p.id AND m.role NOT IN ('scheduler', 'partner')
                AND m.start_ms <= $3 AND (m.end_ms IS NULL OR m.end_ms > $3))
    ORDER BY i.verified_ms, i.value_hash LIMIT 1";
/// The address that somebody was given first.
pub(crate) const ADDRESS: &str = "
    SELECT value_hash, value, verified_ms, undeliverable_ms FROM person_identifiers
    WHERE person = $1 AND system = 'email' ORDER BY verified_ms NULLS LAST, value_hash LIMIT 1";
pub(crate) const LANGUAGE: &str = "SELECT language FROM persons WHERE id = $1 AND disabled_ms IS NULL";
pub(crate) const IS_UNDELIVERABLE: &str = "
    SELECT undeliverable_ms FROM person_identifiers
    WHERE system = 'email' AND value_hash = $1 AND undeliverable_ms IS NOT NULL";
pub(crate) const MARK_UNDELIVERABLE: &str = "
    UPDATE person_identifiers SET undeliverable_ms = $2
    WHERE system = 'email' AND value_hash = $1 AND undeliverable_ms IS NULL RETURNING person";
/// A letter of a sandbox (`$4`) is shown there and not sent: it proves nothing elsewhere, neither whose the address is nor
/// that mail arrives there, and takes nothing back.
pub(crate) const PROVE: &str = "
    UPDATE person_identifiers SET verified_ms = $3,
        undeliverable_ms = CASE WHEN $4 AND NOT sandbox THEN undeliverable_ms ELSE NULL END,
        sandbox = CASE WHEN $4 THEN sandbox OR verified_ms IS NULL ELSE FALSE END
    WHERE system = 'email' AND person = $1 AND value_hash = $2";
/// That something came for somebody, unless that is known already.
pub(crate) const NOTE_DUE: &str = "
    INSERT INTO unread_notices (organisation, person, due_ms) VALUES ($1, $2, $3)
    ON CONFLICT (organisation, person) DO UPDATE SET due_ms = excluded.due_ms WHERE unread_notices.due_ms IS NULL";
/// Of all organisations, since one walk looks after all; each row says whose it is.
pub(crate) const DUE: &str = "
    SELECT organisation, person, due_ms, noticed_ms FROM unread_notices
    WHERE due_ms <= $1 ORDER BY due_ms, person LIMIT $2";
/// Only while it is what was looked at, so that nobody is told twice.
pub(crate) const SETTLE: &str = "
    UPDATE unread_notices SET due_ms = $4, noticed_ms = $5
    WHERE organisation = $1 AND person = $2 AND due_ms = $3";
pub(crate) const WALKED: &str = "SELECT until_ms FROM notice_walk WHERE name = 'messages'";
/// It only goes on.
pub(crate) const WALK_ON: &str = "
    INSERT INTO notice_walk (name, until_ms) VALUES ('messages', $1)
    ON CONFLICT (name) DO UPDATE SET until_ms = excluded.until_ms WHERE notice_walk.until_ms < excluded.until_ms";
