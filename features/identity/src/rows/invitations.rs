//! Invitations, and how often somebody invites.

use store::in_list;

pub(crate) const INSERT_PENDING: &str = "INSERT INTO memberships
        (id, organisation, person, role, position, start_ms, pending)
    VALUES ($1, $2, $3, $4, '', $5, TRUE)";
pub(crate) const INSERT: &str = "INSERT INTO invitations (id, organisation, person, inviter, role, system,
        address_hash, address, token_hash, token_ends_ms, made_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
/// Who has a place in the organisation and was found at this address: one who is known by it there, or one who was
/// asked in at it and still waits. Nobody of another organisation.
pub(crate) const FIND: &str = "SELECT m.person, m.role, m.pending, NULL
    FROM person_identifiers i JOIN memberships m ON m.person = i.person
    WHERE m.organisation = $1 AND i.system = $2 AND i.value_hash = $3 AND i.verified_ms IS NOT NULL
        AND m.start_ms <= $4 AND (m.end_ms IS NULL OR m.end_ms > $4)
    UNION ALL
    SELECT m.person, m.role, m.pending, v.id
    FROM invitations v JOIN memberships m ON m.person = v.person AND m.organisation = v.organisation
    WHERE v.organisation = $1 AND v.system = $2 AND v.address_hash = $3 AND v.ended_ms IS NULL
        AND m.pending AND m.start_ms <= $4 AND (m.end_ms IS NULL OR m.end_ms > $4)";
/// An invitation of somebody whose place has ended makes room for the next one at the same address.
pub(crate) const REPLACE: &str = "UPDATE invitations SET ended_ms = $4, address = NULL, token_hash = NULL
    WHERE organisation = $1 AND system = $2 AND address_hash = $3 AND ended_ms IS NULL";
pub(crate) const RENEW: &str = "UPDATE invitations SET token_hash = $3, token_ends_ms = $4
    WHERE organisation = $1 AND id = $2 AND ended_ms IS NULL";
pub(crate) const COUNT_BY: &str = "SELECT COUNT(*), MIN(made_ms) FROM invitation_tries
    WHERE organisation = $1 AND inviter = $2 AND made_ms > $3";
pub(crate) const COUNT_TO: &str = "SELECT COUNT(*), MIN(made_ms) FROM invitation_tries
    WHERE organisation = $1 AND address_hash = $2 AND made_ms > $3 AND wrote";
pub(crate) const NOTE: &str =
    "INSERT INTO invitation_tries (id, organisation, inviter, address_hash, wrote, made_ms)
    VALUES ($1, $2, $3, $4, $5, $6)";
pub(crate) const SWEEP: &str = "DELETE FROM invitation_tries WHERE id IN
    (SELECT id FROM invitation_tries WHERE made_ms < $1 ORDER BY made_ms LIMIT $2)";

/// What a link leads to; the person still has their place when it says so. An account is known by what was proved where
/// letters are sent, and in a sandbox by what was proved in one, too.
pub(crate) const OPEN: &str = "SELECT v.id, v.organisation, o.name, v.person, v.inviter, v.role, v.system,
        v.address, v.token_ends_ms, v.ended_ms, p.last_name,
        EXISTS (SELECT m.id FROM memberships m WHERE m.organisation = v.organisation AND m.person = v.person
            AND m.start_ms <= $2 AND (m.end_ms IS NULL OR m.end_ms > $2)),
        p.disabled_ms, i.person, o.sandbox
    FROM invitations v
    JOIN organisations o ON o.id = v.organisation
    JOIN persons p ON p.id = v.person
    LEFT JOIN person_identifiers i ON i.system = v.system AND i.value_hash = v.address_hash
        AND i.verified_ms IS NOT NULL AND (o.sandbox OR NOT i.sandbox)
    WHERE v.token_hash = $1 AND o.closed_ms IS NULL";
/// Each link once, and only in time.
pub(crate) const USE: &str = "UPDATE invitations SET ended_ms = $4, accepted_by = $5, address = NULL
    WHERE organisation = $1 AND id = $2 AND token_hash = $3 AND ended_ms IS NULL AND token_ends_ms > $4";
/// Those of these people who were asked in and have not come.
pub(crate) const WAITING: &str = concat!(
    "SELECT DISTINCT person FROM memberships WHERE organisation = $65 AND pending AND person IN ",
    in_list!()
);
pub(crate) const ARRIVE: &str = "UPDATE memberships SET pending = FALSE
    WHERE organisation = $1 AND person = $2 AND pending";
pub(crate) const NAME: &str =
    "UPDATE persons SET first_name = $2, last_name = $3, language = $4 WHERE id = $1";
pub(crate) const SPEAK: &str = "UPDATE persons SET language = $2 WHERE id = $1";
pub(crate) const DESCRIBE: &str = "UPDATE memberships SET position = $3
    WHERE organisation = $1 AND person = $2 AND end_ms IS NULL AND role NOT IN ('patient', 'guest', 'partner')";

/// Somebody who had an account already takes the place of the one who waited.
pub(crate) const LEAVE: &str = "UPDATE memberships SET end_ms = $3, pending = FALSE
    WHERE organisation = $1 AND person = $2 AND (end_ms IS NULL OR end_ms > $3) RETURNING role, position";
pub(crate) const ERASE: &str =
    "UPDATE persons SET first_name = $2, last_name = $3, disabled_ms = $4 WHERE id = $1";
/// Who was asked in by a letter and never came, of all organisations.
pub(crate) const UNANSWERED: &str = "SELECT id, organisation, person FROM invitations
    WHERE ended_ms IS NULL AND token_ends_ms < $1 AND NOT legal_hold AND id > $2 ORDER BY id LIMIT $3";
/// Unless there was another letter meanwhile.
pub(crate) const END_UNANSWERED: &str =
    "UPDATE invitations SET ended_ms = $3, address = NULL, token_hash = NULL
    WHERE organisation = $1 AND id = $2 AND ended_ms IS NULL AND token_ends_ms < $4 AND NOT legal_hold";
pub(crate) const LEAVE_WAITING: &str = "UPDATE memberships SET end_ms = $3, pending = FALSE
    WHERE organisation = $1 AND person = $2 AND pending RETURNING role";
pub(crate) const FORGET_AUX_IDS: &str = "DELETE FROM user_aux_ids WHERE organisation = $1 AND person = $2";
pub(crate) const FORGET_IDENTIFIERS: &str = "DELETE FROM person_identifiers WHERE person = $1";
pub(crate) const TAKE_TEAMS: &str = "INSERT INTO team_members (team, person)
    SELECT tm.team, p.id FROM team_members tm JOIN teams t ON t.id = tm.team JOIN persons p ON p.id = $3
    WHERE t.organisation = $1 AND tm.person = $2
    ON CONFLICT (team, person) DO NOTHING";
pub(crate) const LEAVE_TEAMS: &str = "DELETE FROM team_members WHERE person = $2
    AND team IN (SELECT id FROM teams WHERE organisation = $1)";
pub(crate) const TAKE_MANDATES_OVER: &str =
    "UPDATE mandates SET patient = $3 WHERE organisation = $1 AND patient = $2 AND proxy <> $3";
pub(crate) const TAKE_MANDATES: &str =
    "UPDATE mandates SET proxy = $3 WHERE organisation = $1 AND proxy = $2 AND patient <> $3";
pub(crate) const IDENTIFIERS: &str =
    "SELECT system, value_hash, value FROM person_identifiers WHERE person = $1";
pub(crate) const TAKE_IDENTIFIER: &str = "UPDATE person_identifiers SET person = $4, value = $5
    WHERE system = $1 AND value_hash = $2 AND person = $3";
/// Whom those turned out to be who waited under another id, or were merged.
pub(crate) const SUCCESSORS: &str = concat!(
    "SELECT person, accepted_by FROM invitations
    WHERE organisation = $65 AND accepted_by IS NOT NULL AND accepted_by <> person AND person IN ",
    in_list!(),
    " UNION ALL SELECT gone, keep FROM merges WHERE gone IN ",
    in_list!()
);
/// Under which other ids those waited, or were there, who are one of these.
pub(crate) const WAITED_AS: &str = concat!(
    "SELECT person, accepted_by FROM invitations
    WHERE organisation = $65 AND accepted_by IS NOT NULL AND accepted_by <> person AND accepted_by IN ",
    in_list!(),
    " UNION ALL SELECT gone, keep FROM merges WHERE keep IN ",
    in_list!()
);
/// Under which ids somebody waited, or was there, who turned out to be this one.
pub(crate) const PREDECESSORS: &str = "SELECT person FROM invitations
    WHERE organisation = $1 AND accepted_by = $2 AND person <> $2
    UNION ALL SELECT gone FROM merges WHERE keep = $2";

pub(crate) const SEALED: &str =
    concat!("SELECT id, address FROM invitations WHERE address IS NOT NULL AND person IN ", in_list!());
pub(crate) const RESEAL: &str = "UPDATE invitations SET address = $2 WHERE id = $1 AND address = $3";
pub(crate) const COUNT_SEALED_BY: &str = "SELECT
    (SELECT COUNT(*) FROM invitations WHERE substr(address, 2, 12) = $1)
    + (SELECT COUNT(*) FROM import_rows WHERE substr(content, 2, 12) = $1)";

pub(crate) const ALL_SQL: &[&str] = &[
    INSERT_PENDING,
    INSERT,
    FIND,
    REPLACE,
    RENEW,
    COUNT_BY,
    COUNT_TO,
    NOTE,
    SWEEP,
    OPEN,
    USE,
    WAITING,
    ARRIVE,
    NAME,
    SPEAK,
    DESCRIBE,
    LEAVE,
    ERASE,
    UNANSWERED,
    END_UNANSWERED,
    LEAVE_WAITING,
    FORGET_AUX_IDS,
    FORGET_IDENTIFIERS,
    TAKE_TEAMS,
    LEAVE_TEAMS,
    TAKE_MANDATES_OVER,
    TAKE_MANDATES,
    IDENTIFIERS,
    TAKE_IDENTIFIER,
    SUCCESSORS,
    WAITED_AS,
    PREDECESSORS,
    SEALED,
    RESEAL,
    COUNT_SEALED_BY,
];
