//! Rows of `chats`.

use kernel::{ChatId, PersonId, Result, TeamId};
use store::Row;
use vault::KeyRing;

use crate::chat::{Chat, ChatKind, Patients, Settings, Standing};
use crate::group::subject_place;

/// What a door reads: the chat, and the membership of the one who asks, in one statement.
macro_rules! door {
    ($filter:literal) => {
        concat!(
            "SELECT c.id, c.kind, c.one, c.other, c.patient, c.more_patients, c.team, c.closed_ms, c.last_seq,
                 c.members_can_invite, m.standing, COALESCE(m.guest, FALSE), c.mixes_times
             FROM chats c LEFT JOIN chat_members m ON m.organisation = c.organisation AND m.chat = c.id
                 AND m.person = $1 AND m.left_ms IS NULL
             WHERE c.organisation = $2 AND c.removed_ms IS NULL AND ",
            $filter
        )
    };
}

/// By its id.
pub(crate) const OPEN: &str = door!("c.id = $3");

/// By its two people, the smaller id first.
pub(crate) const OPEN_DIRECT: &str = door!("c.kind = 'direct' AND c.one = $3 AND c.other = $4");

/// What kind of chat it is, and who the two of a direct one are.
pub(crate) const KIND: &str = "SELECT kind, one, other FROM chats WHERE organisation = $1 AND id = $2";

/// A chat as its list shows it. The reader's own messages are never unread, nor are deleted ones; the count looks
/// at the newest 1,000 only, so that a list stays fast for who never marks anything read. `$1` is the reader, `$2` the
/// organisation.
macro_rules! listed {
    ($from:literal) => {
        concat!(
            "SELECT c.id, c.kind, c.one, c.other, c.subject, c.patient, c.team, c.made_by, c.made_ms, c.active_ms, c.closed_ms,
                 c.last_seq, c.allow_contacts, c.members_can_invite, c.hybrid_messaging, c.auto_close_days,
                 c.auto_expire_seconds, c.standing, c.more_patients,
                 (SELECT COUNT(*) FROM (SELECT author, deleted_ms FROM messages
                      WHERE organisation = $2 AND chat = c.id AND seq > c.read_seq
                      ORDER BY seq DESC LIMIT 1000) newest
                  WHERE newest.author <> $1 AND newest.deleted_ms IS NULL),
                 c.picture_mark, COALESCE(c.guest, FALSE)
             FROM (",
            $from,
            ") c ORDER BY c.active_ms DESC, c.id DESC"
        )
    };
}

/// The chats of a person, the last active first.
pub(crate) const LIST: &str = listed!(
    "SELECT ch.*, m.standing, m.guest, m.read_seq FROM chat_members m JOIN chats ch ON ch.organisation = m.organisation AND ch.id = m.chat
     WHERE m.person = $1 AND m.left_ms IS NULL AND m.organisation = $2 AND ch.kind IN ($3, $4)
     ORDER BY ch.active_ms DESC, ch.id DESC LIMIT $5 OFFSET $6"
);

/// As [`LIST`], of the groups that an application has a name for: this one, or any when `$5`.
pub(crate) const LIST_NAMED: &str = listed!(
    "SELECT ch.*, m.standing, m.guest, m.read_seq FROM chat_members m JOIN chats ch ON ch.organisation = m.organisation AND ch.id = m.chat
     JOIN chat_aux_ids a ON a.organisation = ch.organisation AND a.chat = ch.id AND a.client = $3
     WHERE m.person = $1 AND m.left_ms IS NULL AND m.organisation = $2 AND ch.kind = 'group' AND (a.aux_hash = $4 OR $5)
     ORDER BY ch.active_ms DESC, ch.id DESC LIMIT $6 OFFSET $7"
);

/// With whom a person has chats of two, the last active first.
pub(crate) const PEERS: &str = "
    SELECT CASE WHEN c.one = $1 THEN c.other ELSE c.one END
    FROM chat_members m JOIN chats c ON c.organisation = m.organisation AND c.id = m.chat
    WHERE m.person = $1 AND m.left_ms IS NULL AND m.organisation = $2 AND c.kind = 'direct'
    ORDER BY c.active_ms DESC, c.id DESC LIMIT $3";

/// A person's chat with this other one, as their list shows it.
pub(crate) const LISTED_WITH: &str = listed!(
    "SELECT ch.*, m.standing, m.guest, m.read_seq FROM chats ch
     JOIN chat_members m ON m.organisation = ch.organisation AND m.chat = ch.id AND m.person = $1 AND m.left_ms IS NULL
     WHERE ch.organisation = $2 AND ch.kind = 'direct' AND ch.one = $3 AND ch.other = $4"
);

/// Which chats a person is in, the last active first.
pub(crate) const IDS: &str = "
    SELECT c.id FROM chat_members m JOIN chats c ON c.organisation = m.organisation AND c.id = m.chat
    WHERE m.person = $1 AND m.left_ms IS NULL AND m.organisation = $2
    ORDER BY c.active_ms DESC, c.id DESC LIMIT $3";

/// In how many of their chats, of `$3` at most, a person has something unread, as their list counts it.
pub(crate) const UNREAD_CHATS: &str = "
    SELECT COUNT(*) FROM (
        SELECT m.chat FROM chat_members m JOIN chats c ON c.organisation = m.organisation AND c.id = m.chat
        WHERE m.person = $1 AND m.left_ms IS NULL AND m.organisation = $2 AND c.last_seq > m.read_seq
            AND EXISTS (SELECT 1 FROM (SELECT author, deleted_ms FROM messages
                    WHERE organisation = $2 AND chat = c.id AND seq > m.read_seq
                    ORDER BY seq DESC LIMIT 1000) newest
                WHERE newest.author <> $1 AND newest.deleted_ms IS NULL)
        LIMIT $3) found";

/// The chats of a team, the last active first. Who is no member has read nothing of them.
pub(crate) const LIST_OF_TEAM: &str = listed!(
    "SELECT ch.*, m.standing, m.guest, COALESCE(m.read_seq, ch.last_seq) AS read_seq FROM chats ch
     LEFT JOIN chat_members m ON m.organisation = ch.organisation AND m.chat = ch.id AND m.person = $1 AND m.left_ms IS NULL
     WHERE ch.organisation = $2 AND ch.team = $3
     ORDER BY ch.active_ms DESC, ch.id DESC LIMIT $4 OFFSET $5"
);

/// The open chats of a team that a reader is not in, the last active first.
pub(crate) const LIST_TO_JOIN: &str = listed!(
    "SELECT ch.*, m.standing, m.guest, ch.last_seq AS read_seq FROM chats ch
     LEFT JOIN chat_members m ON m.organisation = ch.organisation AND m.chat = ch.id AND m.person = $1 AND m.left_ms IS NULL
     WHERE ch.organisation = $2 AND ch.team = $3 AND ch.closed_ms IS NULL AND m.person IS NULL
     ORDER BY ch.active_ms DESC, ch.id DESC LIMIT $4 OFFSET $5"
);

/// One chat as its list shows it.
pub(crate) const DETAILS: &str = listed!(
    "SELECT ch.*, m.standing, m.guest, COALESCE(m.read_seq, ch.last_seq) AS read_seq FROM chats ch
     LEFT JOIN chat_members m ON m.organisation = ch.organisation AND m.chat = ch.id AND m.person = $1 AND m.left_ms IS NULL
     WHERE ch.organisation = $2 AND ch.id = $3"
);

/// Two who begin at once get one chat: the second finds the row of the first.
pub(crate) const INSERT_DIRECT: &str = "
    INSERT INTO chats (id, organisation, kind, one, other, patient, more_patients, made_by, made_ms, last_seq, active_ms,
        allow_contacts, members_can_invite, hybrid_messaging, auto_close_days, auto_expire_seconds, legal_hold)
    VALUES ($1, $2, 'direct', $3, $4, $5, $6, $7, $8, 0, $8, FALSE, FALSE, FALSE, 0, 0, FALSE)
    ON CONFLICT (organisation, one, other) WHERE kind = 'direct' DO NOTHING";

pub(crate) const INSERT_GROUP: &str = "
    INSERT INTO chats (id, organisation, kind, subject, patient, more_patients, team, made_by, made_ms, last_seq, active_ms,
        allow_contacts, members_can_invite, hybrid_messaging, auto_close_days, auto_expire_seconds, legal_hold)
    VALUES ($1, $2, 'group', $3, $4, $5, $6, $7, $8, 0, $8, $9, $10, $11, $12, $13, FALSE)";

/// Takes the next place in an open chat; the row's lock is what keeps places without gaps.
pub(crate) const TAKE_PLACE: &str = "
    UPDATE chats SET last_seq = last_seq + 1, active_ms = $3
    WHERE organisation = $1 AND id = $2 AND closed_ms IS NULL RETURNING last_seq";

pub(crate) const ALLOWS_CONTACTS: &str =
    "SELECT allow_contacts FROM chats WHERE organisation = $1 AND id = $2";

pub(crate) const RENAME: &str = "UPDATE chats SET subject = $3 WHERE organisation = $1 AND id = $2";

/// The next chat of the organisation in the order of their ids, with what of it is sealed.
pub(crate) const NEXT_SEALED: &str = "
    SELECT c.id, c.subject, p.picture
    FROM chats c LEFT JOIN chat_pictures p ON p.organisation = c.organisation AND p.chat = c.id
    WHERE c.organisation = $1 AND c.id > $2 ORDER BY c.id LIMIT 1";

/// The next chats of the organisation in the order of their ids.
pub(crate) const NEXT: &str = "
    SELECT id FROM chats WHERE organisation = $1 AND id > $2 ORDER BY id LIMIT $3";

/// Only while the subject is the one that was looked at.
pub(crate) const RESEAL_SUBJECT: &str = "
    UPDATE chats SET subject = $3 WHERE organisation = $1 AND id = $2 AND subject = $4";

/// Subjects in a stretch of chats that one key sealed, whose id stands behind their version.
pub(crate) const COUNT_SEALED_BY: &str = "
    SELECT COUNT(*) FROM chats
    WHERE organisation = $1 AND id > $3 AND id <= $4 AND substr(subject, 2, 12) = $2";

/// Takes the row's lock, so that what is read of the chat from now on stays so until the transaction ends.
pub(crate) const HOLD: &str = "UPDATE chats SET last_seq = last_seq WHERE organisation = $1 AND id = $2";

pub(crate) const CHANGE_SETTINGS: &str = "
    UPDATE chats SET allow_contacts = $3, members_can_invite = $4, hybrid_messaging = $5, auto_close_days = $6,
        auto_expire_seconds = $7
    WHERE organisation = $1 AND id = $2";

pub(crate) const CLOSE: &str = "
    UPDATE chats SET closed_ms = $3 WHERE organisation = $1 AND id = $2 AND closed_ms IS NULL";

/// As [`CLOSE`], when nothing was written since `$4`.
pub(crate) const CLOSE_IDLE: &str = "
    UPDATE chats SET closed_ms = $3
    WHERE organisation = $1 AND id = $2 AND closed_ms IS NULL AND removed_ms IS NULL AND active_ms <= $4";

/// It is active from now on, or one that closed since nothing was written would close again at once.
pub(crate) const REOPEN: &str = "
    UPDATE chats SET closed_ms = NULL, active_ms = $3
    WHERE organisation = $1 AND id = $2 AND closed_ms IS NOT NULL AND removed_ms IS NULL";

/// What of a chat ends by itself, as a look at it asks.
pub(crate) const LASTING: &str = "
    SELECT patient, more_patients, closed_ms, active_ms, legal_hold, auto_close_days, auto_expire_seconds
    FROM chats WHERE organisation = $1 AND id = $2 AND removed_ms IS NULL";

/// Whether a legal hold on a chat, or on a message, a file, an answer or the picture of it keeps it.
pub(crate) const IS_HELD: &str = "
    SELECT c.legal_hold
        OR EXISTS (SELECT 1 FROM messages m WHERE m.organisation = c.organisation AND m.chat = c.id AND m.legal_hold)
        OR EXISTS (SELECT 1 FROM files f WHERE f.organisation = c.organisation AND f.chat = c.id AND f.legal_hold)
        OR EXISTS (SELECT 1 FROM answers a WHERE a.organisation = c.organisation AND a.chat = c.id AND a.legal_hold)
        OR EXISTS (SELECT 1 FROM chat_pictures p WHERE p.organisation = c.organisation AND p.chat = c.id AND p.legal_hold)
    FROM chats c WHERE c.organisation = $1 AND c.id = $2";

/// No door finds it any more, nobody can post to it, and its subject goes at once.
pub(crate) const MARK_REMOVED: &str = "
    UPDATE chats SET removed_ms = $3, closed_ms = COALESCE(closed_ms, $3), subject = NULL, team = NULL,
        picture_mark = NULL
    WHERE organisation = $1 AND id = $2 AND removed_ms IS NULL AND NOT legal_hold";

pub(crate) const DELETE_REMOVED: &str = "
    DELETE FROM chats WHERE organisation = $1 AND id = $2 AND removed_ms IS NOT NULL";

pub(crate) const ASSIGN_TO_TEAM: &str = "UPDATE chats SET team = $3 WHERE organisation = $1 AND id = $2";

/// Names a patient who came, or says that there are more than the one whom it names. Nothing is ever taken back:
/// what was written with a patient stays about them.
pub(crate) const NAME_PATIENT: &str = "
    UPDATE chats SET patient = COALESCE(patient, $3), more_patients = more_patients OR $4 OR COALESCE(patient <> $3, FALSE)
    WHERE organisation = $1 AND id = $2 RETURNING patient, more_patients";

pub(crate) const ALL_SQL: &[&str] = &[
    OPEN,
    OPEN_DIRECT,
    KIND,
    LIST,
    LIST_NAMED,
    PEERS,
    LISTED_WITH,
    IDS,
    UNREAD_CHATS,
    LIST_OF_TEAM,
    LIST_TO_JOIN,
    DETAILS,
    INSERT_DIRECT,
    INSERT_GROUP,
    TAKE_PLACE,
    ALLOWS_CONTACTS,
    RENAME,
    NEXT_SEALED,
    NEXT,
    RESEAL_SUBJECT,
    COUNT_SEALED_BY,
    HOLD,
    CHANGE_SETTINGS,
    CLOSE,
    CLOSE_IDLE,
    REOPEN,
    LASTING,
    IS_HELD,
    MARK_REMOVED,
    DELETE_REMOVED,
    ASSIGN_TO_TEAM,
    NAME_PATIENT,
];

/// What [`OPEN`] and [`OPEN_DIRECT`] answer.
pub(crate) struct DoorRow {
    pub id: ChatId,
    pub kind: ChatKind,
    pub peers: Option<(PersonId, PersonId)>,
    pub patients: Patients,
    pub team: Option<TeamId>,
    pub is_closed: bool,
    pub last_seq: i64,
    pub members_can_invite: bool,
    pub standing: Option<Standing>,
    pub is_guest: bool,
    pub mixes_times: bool,
}

impl DoorRow {
    pub fn of(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            kind: ChatKind::named(&row.get::<String>(1)?)?,
            peers: row.get::<Option<PersonId>>(2)?.zip(row.get(3)?),
            patients: Patients::of_row(row.get(4)?, row.get(5)?),
            team: row.get(6)?,
            is_closed: row.get::<Option<i64>>(7)?.is_some(),
            last_seq: row.get(8)?,
            members_can_invite: row.get(9)?,
            standing: standing(row, 10)?,
            is_guest: row.get(11)?,
            mixes_times: row.get(12)?,
        })
    }
}

fn standing(row: &Row<'_>, index: usize) -> Result<Option<Standing>> {
    row.get::<Option<String>>(index)?.map(|name| Standing::named(&name)).transpose()
}

/// A listed chat as `reader` sees it, its subject opened.
pub(crate) fn chat(row: &Row<'_>, reader: PersonId, ring: &KeyRing) -> Result<Chat> {
    let id: ChatId = row.get(0)?;
    let peers = row.get::<Option<PersonId>>(2)?.zip(row.get::<Option<PersonId>>(3)?);
    let sealed = row.get::<Option<Vec<u8>>>(4)?;
    Ok(Chat {
        id,
        kind: ChatKind::named(&row.get::<String>(1)?)?,
        peer: peers.map(|(one, other)| if one == reader { other } else { one }),
        subject: sealed.map(|sealed| ring.open_text(subject_place(&id), &sealed)).transpose()?,
        patients: Patients::of_row(row.get(5)?, row.get(18)?),
        team: row.get(6)?,
        made_by: row.get(7)?,
        made_ms: row.get(8)?,
        active_ms: row.get(9)?,
        closed_ms: row.get(10)?,
        last_seq: row.get(11)?,
        settings: settings(row)?,
        standing: standing(row, 17)?,
        is_guest: row.get(21)?,
        unread: row.get(19)?,
        picture_mark: row.get(20)?,
    })
}

fn settings(row: &Row<'_>) -> Result<Settings> {
    Ok(Settings {
        allow_contacts: row.get(12)?,
        members_can_invite: row.get(13)?,
        hybrid_messaging: row.get(14)?,
        auto_close_days: row.get(15)?,
        auto_expire_seconds: row.get(16)?,
    })
}

/// The keys of the organisation, which the caller has made sure are at hand.
pub(crate) fn ring(tx: &store::Tx, organisation: kernel::OrganisationId) -> Result<std::sync::Arc<KeyRing>> {
    tx.tool::<vault::Vault>()?.ring_at_hand(organisation)
}
