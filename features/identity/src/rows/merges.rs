//! Two people who turned out to be one. In each statement `$1` is who is kept and `$2` who is gone, unless it says so.

/// The statements of this list.
pub(crate) const ALL_SQL: &[&str] = &[
    FACTS,
    INSERT,
    FIND,
    KEPT,
    IS_LATER,
    REMOVE,
    REMOVE_MOVES,
    DISABLE,
    RESTORE_DISABLED,
    ORGANISATIONS,
    MEMBERSHIPS,
    TAKE_MEMBERSHIP,
    NOTE_MEMBERSHIP,
    END_MEMBERSHIPS,
    TAKEN_MEMBERSHIPS,
    GIVE_BACK_MEMBERSHIP,
    RESTORE_MEMBERSHIP,
    NOTE_TEAMS,
    TAKE_TEAMS,
    LEAVE_TEAMS,
    RESTORE_TEAMS,
    GIVE_BACK_TEAMS,
    NOTE_PATIENTS,
    NOTE_PROXIES,
    NOTE_BETWEEN,
    TAKE_PATIENTS,
    TAKE_PROXIES,
    END_BETWEEN,
    RESTORE_PATIENTS,
    RESTORE_PROXIES,
    RESTORE_BETWEEN,
    NOTE_IDENTIFIERS,
    NOTE_AUX_IDS,
    NOTE_PICTURE,
    IDENTIFIERS,
    AUX_IDS,
    PICTURE,
    TAKEN_IDENTIFIERS,
    TAKEN_AUX_IDS,
    TAKEN_PICTURE,
    NOTE_CAME,
    NOTE_ASKED_IN,
    NOTE_CLIENTS,
    TAKE_CAME,
    TAKE_ASKED_IN,
    TAKE_CLIENTS,
    RESTORE_CAME,
    RESTORE_ASKED_IN,
    RESTORE_CLIENTS,
    DUE,
    SETTLE,
    FORGET_PASSWORD,
    FORGET_PASSKEYS,
    FORGET_AUTHENTICATOR,
    FORGET_SMS,
    FORGET_RECOVERY_CODES,
];

/// What may speak against it. `$3` is now, `$4` and `$5` the systems of numbers that everybody has one of.
pub(crate) const FACTS: &str = "SELECT k.disabled_ms IS NOT NULL,
        EXISTS (SELECT c.id FROM clients c WHERE c.account = $1 OR c.account = $2),
        EXISTS (SELECT v.person FROM guests v WHERE v.person = $1 OR v.person = $2),
        EXISTS (SELECT m.id FROM memberships m WHERE (m.person = $1 OR m.person = $2) AND m.pending
            AND (m.end_ms IS NULL OR m.end_ms > $3)),
        EXISTS (SELECT o.gone FROM merges o WHERE o.gone = $1 OR o.gone = $2),
        EXISTS (SELECT o.gone FROM merges o WHERE o.keep = $2),
        EXISTS (SELECT a.person FROM person_identifiers a JOIN person_identifiers b ON b.system = a.system
            WHERE a.person = $1 AND b.person = $2 AND a.system IN ($4, $5)
                AND a.verified_ms IS NOT NULL AND b.verified_ms IS NOT NULL),
        (SELECT COUNT(*) FROM person_identifiers i WHERE i.person = $2)
            + (SELECT COUNT(*) FROM user_aux_ids x WHERE x.person = $2),
        (SELECT COUNT(*) FROM memberships m
            WHERE m.person = $2 AND (m.end_ms IS NULL OR m.end_ms > $3))
    FROM persons k JOIN persons g ON g.id = $2 WHERE k.id = $1";

/// `$3` is whose administrator did it.
pub(crate) const INSERT: &str = "INSERT INTO merges (gone, keep, done_in, disabled_ms, made_ms, settled)
    SELECT g.id, k.id, $3, g.disabled_ms, $4, FALSE FROM persons g JOIN persons k ON k.id = $1 WHERE g.id = $2";
/// `$1` is who may be gone.
pub(crate) const KEPT: &str = "SELECT keep FROM merges WHERE gone = $1";
pub(crate) const FIND: &str = "SELECT done_in, made_ms, settled FROM merges WHERE keep = $1 AND gone = $2";
/// Whether somebody else came to who is kept after this.
pub(crate) const IS_LATER: &str =
    "SELECT gone FROM merges WHERE keep = $1 AND gone <> $2 AND made_ms >= $3 AND NOT settled LIMIT 1";
/// `$1` is who was gone.
pub(crate) const REMOVE: &str = "DELETE FROM merges WHERE gone = $1";
/// `$1` is who was gone.
pub(crate) const REMOVE_MOVES: &str = "DELETE FROM merge_moves WHERE gone = $1";

/// `$1` is who is gone.
pub(crate) const DISABLE: &str = "UPDATE persons SET disabled_ms = COALESCE(disabled_ms, $2) WHERE id = $1";
/// `$1` is who was gone.
pub(crate) const RESTORE_DISABLED: &str = "UPDATE persons SET disabled_ms = (SELECT m.disabled_ms FROM merges m WHERE m.gone = persons.id) WHERE id = $1";
/// Where either is, or was, something.
pub(crate) const ORGANISATIONS: &str = "SELECT DISTINCT organisation FROM memberships
    WHERE person = $1 OR person = $2 ORDER BY organisation";

/// What who is gone is now. `$1` is who, `$2` now.
pub(crate) const MEMBERSHIPS: &str =
    "SELECT id, organisation, role, position, start_ms, end_ms FROM memberships
    WHERE person = $1 AND (end_ms IS NULL OR end_ms > $2) ORDER BY id";
pub(crate) const TAKE_MEMBERSHIP: &str =
    "INSERT INTO memberships (id, organisation, person, role, position, start_ms, end_ms, pending)
    VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE) ON CONFLICT (organisation, person, role) WHERE end_ms IS NULL DO NOTHING";
pub(crate) const NOTE_MEMBERSHIP: &str = "INSERT INTO merge_moves (gone, kind, thing, place, other, until_ms)
    VALUES ($1, 'membership', $2, $3, $4, $5)";
/// `$1` is who is gone, `$2` now.
pub(crate) const END_MEMBERSHIPS: &str =
    "UPDATE memberships SET end_ms = $2 WHERE person = $1 AND (end_ms IS NULL OR end_ms > $2)";
/// `$1` is who was gone.
pub(crate) const TAKEN_MEMBERSHIPS: &str = "SELECT thing, place, other, until_ms FROM merge_moves
    WHERE gone = $1 AND kind = 'membership' ORDER BY thing";
/// A role that was not ended since.
pub(crate) const GIVE_BACK_MEMBERSHIP: &str = "DELETE FROM memberships
    WHERE organisation = $1 AND id = $2 AND person = $3 AND (end_ms IS NULL OR end_ms > $4)";
/// Unless they were given it anew since.
pub(crate) const RESTORE_MEMBERSHIP: &str = "UPDATE memberships SET end_ms = $3
    WHERE organisation = $1 AND id = $2 AND NOT EXISTS (SELECT o.id FROM memberships o
        WHERE o.organisation = memberships.organisation AND o.person = memberships.person
            AND o.role = memberships.role AND o.end_ms IS NULL)";

pub(crate) const NOTE_TEAMS: &str = "INSERT INTO merge_moves (gone, kind, thing, place, other)
    SELECT tm.person, 'team', tm.team, t.organisation, had.person
    FROM team_members tm JOIN teams t ON t.id = tm.team
    LEFT JOIN team_members had ON had.team = tm.team AND had.person = $1
    WHERE tm.person = $2";
pub(crate) const TAKE_TEAMS: &str = "INSERT INTO team_members (team, person)
    SELECT tm.team, k.id FROM team_members tm JOIN persons k ON k.id = $1 WHERE tm.person = $2
    ON CONFLICT (team, person) DO NOTHING";
/// `$1` is who is gone.
pub(crate) const LEAVE_TEAMS: &str = "DELETE FROM team_members WHERE person = $1";
/// But those that who was kept has been taken off since.
pub(crate) const RESTORE_TEAMS: &str = "INSERT INTO team_members (team, person)
    SELECT v.thing, v.gone FROM merge_moves v JOIN team_members k ON k.team = v.thing AND k.person = $1
    WHERE v.gone = $2 AND v.kind = 'team'
    ON CONFLICT (team, person) DO NOTHING";
pub(crate) const GIVE_BACK_TEAMS: &str = "DELETE FROM team_members WHERE person = $1 AND team IN
    (SELECT v.thing FROM merge_moves v WHERE v.gone = $2 AND v.kind = 'team' AND v.other IS NULL)";

macro_rules! note_mandates {
    ($kind:literal, $gone:literal, $which:literal) => {
        concat!(
            "INSERT INTO merge_moves (gone, kind, thing, place, until_ms) SELECT ",
            $gone,
            ", '",
            $kind,
            "', m.id, m.organisation, m.end_ms FROM mandates m WHERE ",
            $which,
            " AND (m.end_ms IS NULL OR m.end_ms > $3)"
        )
    };
}

/// Mandates that stand. Nobody acts in their own stead: one between the two ends. `$3` is now.
pub(crate) const NOTE_PATIENTS: &str =
    note_mandates!("patient", "m.patient", "m.patient = $2 AND m.proxy <> $1");
pub(crate) const NOTE_PROXIES: &str = note_mandates!("proxy", "m.proxy", "m.proxy = $2 AND m.patient <> $1");
pub(crate) const NOTE_BETWEEN: &str = note_mandates!(
    "between",
    "CASE WHEN m.patient = $2 THEN m.patient ELSE m.proxy END",
    "((m.patient = $2 AND m.proxy = $1) OR (m.patient = $1 AND m.proxy = $2))"
);

macro_rules! of_kind {
    ($kind:literal) => {
        concat!(" IN (SELECT v.thing FROM merge_moves v WHERE v.gone = $2 AND v.kind = '", $kind, "')")
    };
}

pub(crate) const TAKE_PATIENTS: &str =
    concat!("UPDATE mandates SET patient = $1 WHERE patient = $2 AND id", of_kind!("patient"));
pub(crate) const TAKE_PROXIES: &str =
    concat!("UPDATE mandates SET proxy = $1 WHERE proxy = $2 AND id", of_kind!("proxy"));
/// `$1` is now.
pub(crate) const END_BETWEEN: &str = concat!("UPDATE mandates SET end_ms = $1 WHERE id", of_kind!("between"));
pub(crate) const RESTORE_PATIENTS: &str =
    concat!("UPDATE mandates SET patient = $2 WHERE patient = $1 AND id", of_kind!("patient"));
pub(crate) const RESTORE_PROXIES: &str =
    concat!("UPDATE mandates SET proxy = $2 WHERE proxy = $1 AND id", of_kind!("proxy"));
/// `$1` is who was gone.
pub(crate) const RESTORE_BETWEEN: &str = "UPDATE mandates SET end_ms = v.until_ms FROM merge_moves v
    WHERE v.gone = $1 AND v.kind = 'between' AND v.thing = mandates.id";

/// `$1` is who is gone.
pub(crate) const NOTE_IDENTIFIERS: &str = "INSERT INTO merge_moves (gone, kind, thing, place, word)
    SELECT i.person, 'identifier', i.value_hash, i.person, i.system FROM person_identifiers i WHERE i.person = $1";
/// What an application calls them, unless it calls who is kept something, too.
pub(crate) const NOTE_AUX_IDS: &str = "INSERT INTO merge_moves (gone, kind, thing, place, other)
    SELECT x.person, 'aux_id', x.client, x.organisation, x.aux_hash FROM user_aux_ids x
    WHERE x.person = $2 AND NOT EXISTS (SELECT k.person FROM user_aux_ids k
        WHERE k.client = x.client AND k.organisation = x.organisation AND k.person = $1)";
/// `$1` is who is gone, `$2` the mark that their picture has from now on.
pub(crate) const NOTE_PICTURE: &str = "INSERT INTO merge_moves (gone, kind, thing, place, word)
    SELECT f.person, 'picture', f.person, f.person, $2 FROM person_pictures f WHERE f.person = $1";

/// What is to be sealed anew for who is kept.
pub(crate) const IDENTIFIERS: &str = "SELECT i.system, i.value_hash, i.value
    FROM person_identifiers i JOIN persons k ON k.id = $1 WHERE i.person = $2 ORDER BY i.system, i.value_hash";
pub(crate) const AUX_IDS: &str = "SELECT x.client, x.organisation, x.aux_hash, x.value FROM user_aux_ids x
    WHERE x.person = $2 AND NOT EXISTS (SELECT k.person FROM user_aux_ids k
        WHERE k.client = x.client AND k.organisation = x.organisation AND k.person = $1)";
pub(crate) const PICTURE: &str = "SELECT p.picture_mark, f.picture
    FROM person_pictures f JOIN persons p ON p.id = f.person
    WHERE f.person = $2 AND p.picture_mark IS NOT NULL
        AND NOT EXISTS (SELECT k.person FROM person_pictures k WHERE k.person = $1)";
/// What is to be sealed anew for who was gone: what is still as it went over.
pub(crate) const TAKEN_IDENTIFIERS: &str = "SELECT i.system, i.value_hash, i.value
    FROM merge_moves v JOIN person_identifiers i ON i.system = v.word AND i.value_hash = v.thing
    WHERE i.person = $1 AND v.gone = $2 AND v.kind = 'identifier' ORDER BY i.system, i.value_hash";
pub(crate) const TAKEN_AUX_IDS: &str = "SELECT x.client, x.organisation, x.aux_hash, x.value
    FROM merge_moves v JOIN user_aux_ids x
        ON x.client = v.thing AND x.organisation = v.place AND x.aux_hash = v.other
    WHERE x.person = $1 AND v.gone = $2 AND v.kind = 'aux_id'";
pub(crate) const TAKEN_PICTURE: &str = "SELECT p.picture_mark, f.picture
    FROM merge_moves v JOIN persons p ON p.picture_mark = v.word
    JOIN person_pictures f ON f.person = p.id
    WHERE p.id = $1 AND v.gone = $2 AND v.kind = 'picture'";

/// Whom others who waited turned out to be. `$1` is who is gone.
pub(crate) const NOTE_CAME: &str = "INSERT INTO merge_moves (gone, kind, thing, place)
    SELECT i.accepted_by, 'came', i.id, i.organisation FROM invitations i WHERE i.accepted_by = $1";
/// Whom they asked in and who has not come. `$1` is who is gone.
pub(crate) const NOTE_ASKED_IN: &str = "INSERT INTO merge_moves (gone, kind, thing, place)
    SELECT i.inviter, 'asked_in', i.id, i.organisation FROM invitations i
    WHERE i.inviter = $1 AND i.ended_ms IS NULL";
/// The applications that they registered. `$1` is who is gone.
pub(crate) const NOTE_CLIENTS: &str = "INSERT INTO merge_moves (gone, kind, thing, place)
    SELECT c.registered_by, 'client', c.id, c.organisation FROM clients c WHERE c.registered_by = $1";
pub(crate) const TAKE_CAME: &str =
    concat!("UPDATE invitations SET accepted_by = $1 WHERE accepted_by = $2 AND id", of_kind!("came"));
pub(crate) const TAKE_ASKED_IN: &str =
    concat!("UPDATE invitations SET inviter = $1 WHERE inviter = $2 AND id", of_kind!("asked_in"));
pub(crate) const TAKE_CLIENTS: &str =
    concat!("UPDATE clients SET registered_by = $1 WHERE registered_by = $2 AND id", of_kind!("client"));
pub(crate) const RESTORE_CAME: &str =
    concat!("UPDATE invitations SET accepted_by = $2 WHERE accepted_by = $1 AND id", of_kind!("came"));
pub(crate) const RESTORE_ASKED_IN: &str =
    concat!("UPDATE invitations SET inviter = $2 WHERE inviter = $1 AND id", of_kind!("asked_in"));
pub(crate) const RESTORE_CLIENTS: &str =
    concat!("UPDATE clients SET registered_by = $2 WHERE registered_by = $1 AND id", of_kind!("client"));

/// Whose record is too old. `$1` is the instant before which it was made.
pub(crate) const DUE: &str =
    "SELECT gone FROM merges WHERE NOT settled AND made_ms <= $1 ORDER BY made_ms, gone LIMIT $2";
/// `$1` is who is gone, here and in what follows: nobody signs in as them any more.
pub(crate) const SETTLE: &str = "UPDATE merges SET settled = TRUE WHERE gone = $1";
pub(crate) const FORGET_PASSWORD: &str = "DELETE FROM credentials WHERE person = $1";
pub(crate) const FORGET_PASSKEYS: &str = "DELETE FROM passkeys WHERE person = $1";
pub(crate) const FORGET_AUTHENTICATOR: &str = "DELETE FROM authenticators WHERE person = $1";
pub(crate) const FORGET_SMS: &str = "DELETE FROM sms_factors WHERE person = $1";
pub(crate) const FORGET_RECOVERY_CODES: &str = "DELETE FROM recovery_codes WHERE person = $1";
