//! Second factors, and sign-ins that wait for one.

use store::in_list;

pub(crate) const FIND_APP: &str = "SELECT secret, last_step, made_ms FROM authenticators WHERE person = $1";
pub(crate) const SET_APP: &str = "INSERT INTO authenticators (person, secret, last_step, made_ms)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (person) DO UPDATE SET secret = excluded.secret, last_step = excluded.last_step,
        made_ms = excluded.made_ms";
/// Only a step behind the last one, of the authenticator that was looked at.
pub(crate) const USE_STEP: &str = "UPDATE authenticators SET last_step = $2
    WHERE person = $1 AND last_step < $2 AND made_ms = $3";
pub(crate) const REMOVE_APP: &str = "DELETE FROM authenticators WHERE person = $1";
pub(crate) const SEALED: &str =
    concat!("SELECT person, secret FROM authenticators WHERE person IN ", in_list!());
/// Only while it is what was looked at.
pub(crate) const RESEAL: &str = "UPDATE authenticators SET secret = $2 WHERE person = $1 AND secret = $3";
/// Those that one key sealed, whose id stands behind their version.
pub(crate) const COUNT_SEALED_BY: &str =
    "SELECT COUNT(*) FROM authenticators WHERE substr(secret, 2, 12) = $1";

pub(crate) const HAS_SMS: &str = "SELECT person FROM sms_factors WHERE person = $1";
pub(crate) const SET_SMS: &str = "INSERT INTO sms_factors (person, made_ms) VALUES ($1, $2)
    ON CONFLICT (person) DO NOTHING";
pub(crate) const REMOVE_SMS: &str = "DELETE FROM sms_factors WHERE person = $1";
/// One that can get an SMS of this organisation: what was proved in a sandbox alone counts in sandboxes.
pub(crate) const MOBILE: &str = "SELECT i.value_hash, i.value
    FROM person_identifiers i JOIN organisations o ON o.id = $1
    WHERE i.person = $2 AND i.system = 'mobile' AND i.verified_ms IS NOT NULL AND i.undeliverable_ms IS NULL
        AND (o.sandbox OR NOT i.sandbox)
    ORDER BY i.verified_ms, i.value_hash LIMIT 1";
/// A newer one takes the place of an older.
pub(crate) const SET_SMS_CODE: &str =
    "INSERT INTO sms_codes (holder_hash, person, code_hash, tries, made_ms, ends_ms)
    VALUES ($1, $2, $3, 0, $4, $5)
    ON CONFLICT (holder_hash) DO UPDATE SET person = excluded.person, code_hash = excluded.code_hash, tries = 0,
        made_ms = excluded.made_ms, ends_ms = excluded.ends_ms";
pub(crate) const NOTE_SMS: &str = "INSERT INTO sms_sent (id, organisation, person, by_known, sent_ms)
    VALUES ($1, $2, $3, $4, $5)";
/// When somebody got an SMS, the newest first; of those that one of the two asked for who may ask.
pub(crate) const SMS_TO: &str = "SELECT sent_ms FROM sms_sent
    WHERE person = $1 AND by_known = $2 AND sent_ms > $3 ORDER BY sent_ms DESC LIMIT $4";
pub(crate) const COUNT_SMS_OF: &str =
    "SELECT COUNT(*) FROM sms_sent WHERE organisation = $1 AND sent_ms > $2";
pub(crate) const SWEEP_SMS: &str = "DELETE FROM sms_sent WHERE id IN
    (SELECT id FROM sms_sent WHERE sent_ms < $1 ORDER BY sent_ms LIMIT $2)";
/// Counts a try before it is looked at.
pub(crate) const TRY_SMS_CODE: &str = "UPDATE sms_codes SET tries = tries + 1
    WHERE holder_hash = $1 AND person = $2 AND ends_ms > $3 AND tries < $4 RETURNING code_hash";
/// What was used can be used no more.
pub(crate) const USE_SMS_CODE: &str = "UPDATE sms_codes SET ends_ms = 0 WHERE holder_hash = $1";
pub(crate) const SWEEP_SMS_CODES: &str = "DELETE FROM sms_codes WHERE holder_hash IN
    (SELECT holder_hash FROM sms_codes WHERE ends_ms < $1 AND made_ms < $1 ORDER BY ends_ms LIMIT $2)";

pub(crate) const COUNT_CODES: &str =
    "SELECT COUNT(*) FROM recovery_codes WHERE person = $1 AND used_ms IS NULL";
pub(crate) const ADD_CODE: &str = "INSERT INTO recovery_codes (person, code_hash) VALUES ($1, $2)
    ON CONFLICT (person, code_hash) DO NOTHING";
pub(crate) const USE_CODE: &str = "UPDATE recovery_codes SET used_ms = $3
    WHERE person = $1 AND code_hash = $2 AND used_ms IS NULL";
pub(crate) const REMOVE_CODES: &str = "DELETE FROM recovery_codes WHERE person = $1";

pub(crate) const INSERT_HALF: &str =
    "INSERT INTO half_sign_ins (secret_hash, person, methods, towards, ends_ms, request, address)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
pub(crate) const FIND_HALF: &str = "SELECT h.person, h.methods, h.towards
    FROM half_sign_ins h JOIN persons p ON p.id = h.person
    WHERE h.secret_hash = $1 AND h.ends_ms > $2 AND p.disabled_ms IS NULL";
pub(crate) const END_HALF: &str = "DELETE FROM half_sign_ins WHERE secret_hash = $1";
pub(crate) const END_HALF_OF: &str = "DELETE FROM half_sign_ins WHERE secret_hash = $1 AND person = $2";
pub(crate) const END_HALVES: &str =
    "DELETE FROM half_sign_ins WHERE person = $1 RETURNING person, request, address";
/// But for so many of the newest; some at a time.
pub(crate) const END_OLDER_HALVES: &str = "DELETE FROM half_sign_ins WHERE person = $1 AND secret_hash IN
    (SELECT secret_hash FROM half_sign_ins WHERE person = $1
        ORDER BY ends_ms DESC, secret_hash LIMIT $3 OFFSET $2)
    RETURNING person, request, address";
pub(crate) const SWEEP_HALVES: &str = "DELETE FROM half_sign_ins WHERE secret_hash IN
    (SELECT secret_hash FROM half_sign_ins WHERE ends_ms < $1 ORDER BY ends_ms LIMIT $2)
    RETURNING person, request, address";

/// What a person is, and what is asked of whom in each place.
pub(crate) const POLICIES_OF: &str = "SELECT m.role, o.sandbox, o.second_factor_roles
    FROM memberships m JOIN organisations o ON o.id = m.organisation
    WHERE m.person = $1 AND NOT m.pending AND m.start_ms <= $2 AND (m.end_ms IS NULL OR m.end_ms > $2)
        AND o.closed_ms IS NULL";
pub(crate) const POLICY: &str = "SELECT sandbox, second_factor_roles FROM organisations WHERE id = $1";
pub(crate) const SET_POLICY: &str = "UPDATE organisations SET second_factor_roles = $2 WHERE id = $1";

/// When a browser was last used by a person.
pub(crate) const DEVICE: &str =
    "SELECT used_ms FROM known_devices WHERE person = $1 AND device_hash = $2 AND used_ms > $3";

/// Somebody who is not disabled, by an address of either kind.
pub(crate) const FIND_PERSON: &str = "SELECT p.id FROM person_identifiers i JOIN persons p ON p.id = i.person
    WHERE i.system IN ('email', 'mobile') AND i.value_hash = $1 AND p.disabled_ms IS NULL";
/// Where somebody is what, and who writes to them there: the organisations that are no sandbox before those that are.
pub(crate) const PLACES: &str = "SELECT o.id, o.sandbox, m.role
    FROM memberships m JOIN organisations o ON o.id = m.organisation
    WHERE m.person = $1 AND NOT m.pending AND m.start_ms <= $2 AND (m.end_ms IS NULL OR m.end_ms > $2)
        AND o.closed_ms IS NULL
    ORDER BY o.sandbox, m.start_ms, m.id";

/// When somebody got a link, the newest first; of those that one of the two asked for who may ask.
pub(crate) const LINKS_TO: &str = "SELECT made_ms FROM sign_in_links
    WHERE person = $1 AND by_known = $2 AND made_ms > $3 ORDER BY made_ms DESC LIMIT $4";
pub(crate) const INSERT_LINK: &str = "INSERT INTO sign_in_links
    (code_hash, person, made_ms, ends_ms, by_known, browser_hash, client) VALUES ($1, $2, $3, $4, $5, $6, $7)";
pub(crate) const FIND_LINK: &str = "SELECT l.person, l.browser_hash, l.client
    FROM sign_in_links l JOIN persons p ON p.id = l.person
    WHERE l.code_hash = $1 AND l.used_ms IS NULL AND l.ends_ms > $2 AND p.disabled_ms IS NULL";
pub(crate) const USE_LINK: &str = "UPDATE sign_in_links SET used_ms = $2
    WHERE code_hash = $1 AND used_ms IS NULL AND ends_ms > $2 RETURNING person";
pub(crate) const END_LINKS: &str =
    "UPDATE sign_in_links SET used_ms = $2 WHERE person = $1 AND used_ms IS NULL";
pub(crate) const SWEEP_LINKS: &str = "DELETE FROM sign_in_links WHERE code_hash IN
    (SELECT code_hash FROM sign_in_links WHERE ends_ms < $1 ORDER BY ends_ms LIMIT $2)";

/// Every statement of second factors.
pub(crate) const ALL_SQL: &[&str] = &[
    FIND_APP,
    SET_APP,
    USE_STEP,
    REMOVE_APP,
    SEALED,
    RESEAL,
    COUNT_SEALED_BY,
    HAS_SMS,
    SET_SMS,
    REMOVE_SMS,
    MOBILE,
    SET_SMS_CODE,
    NOTE_SMS,
    SMS_TO,
    COUNT_SMS_OF,
    SWEEP_SMS,
    TRY_SMS_CODE,
    USE_SMS_CODE,
    SWEEP_SMS_CODES,
    COUNT_CODES,
    ADD_CODE,
    USE_CODE,
    REMOVE_CODES,
    INSERT_HALF,
    FIND_HALF,
    END_HALF,
    END_HALF_OF,
    END_HALVES,
    END_OLDER_HALVES,
    SWEEP_HALVES,
    POLICIES_OF,
    POLICY,
    SET_POLICY,
    DEVICE,
    FIND_PERSON,
    PLACES,
    LINKS_TO,
    INSERT_LINK,
    FIND_LINK,
    USE_LINK,
    END_LINKS,
    SWEEP_LINKS,
];
