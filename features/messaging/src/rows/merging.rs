//! The chats of two people who turned out to be one. In each statement `$1` is the organisation, `$2` who is gone and
//! `$3` who is kept, unless it says so. Nothing here goes through the chats of an organisation: all of it begins at the
//! places of the two, or at what was noted of them.

macro_rules! noted {
    ($what:literal) => {
        concat!(
            " IN (SELECT n.chat FROM merge_chats n WHERE n.organisation = $1 AND n.gone = $2 AND n.what = '",
            $what,
            "')"
        )
    };
}

/// Where who is gone has a place.
macro_rules! placed {
    () => {
        " IN (SELECT w.chat FROM merge_places w WHERE w.organisation = $1 AND w.gone = $2 AND w.whose = 'gone')"
    };
}

/// Where both have one.
macro_rules! shared {
    () => {
        " IN (SELECT w.chat FROM merge_places w WHERE w.organisation = $1 AND w.gone = $2 AND w.whose = 'kept')"
    };
}

macro_rules! note_places {
    ($gone:literal, $whose:literal, $now:literal, $from:literal) => {
        concat!(
            "INSERT INTO merge_places (gone, organisation, chat, whose, standing, joined_ms, left_ms, delivered_seq,
                 read_seq, read_ms, as_patient, guest, made_ms)
             SELECT ",
            $gone,
            ", m.organisation, m.chat, '",
            $whose,
            "', m.standing, m.joined_ms, m.left_ms, m.delivered_seq, m.read_seq, m.read_ms, m.as_patient, m.guest, ",
            $now,
            " FROM chat_members m ",
            $from
        )
    };
}

/// How many places who is gone has, or had.
pub(crate) const COUNT: &str = "SELECT COUNT(*) FROM chat_members WHERE organisation = $1 AND person = $2";

/// `$3` is now.
pub(crate) const NOTE_PLACES: &str =
    note_places!("m.person", "gone", "$3", "WHERE m.organisation = $1 AND m.person = $2");
/// `$4` is now, here and in the next.
pub(crate) const NOTE_KEPT: &str = note_places!(
    "g.person",
    "kept",
    "$4",
    "JOIN chat_members g ON g.organisation = m.organisation AND g.chat = m.chat AND g.person = $2
     WHERE m.organisation = $1 AND m.person = $3"
);
/// What the places of who is kept became.
pub(crate) const NOTE_FOLDED: &str = note_places!(
    "w.gone",
    "folded",
    "$4",
    "JOIN merge_places w ON w.organisation = m.organisation AND w.chat = m.chat AND w.whose = 'kept' AND w.gone = $2
     WHERE m.organisation = $1 AND m.person = $3"
);
/// `$3` is now, here and in the next two.
pub(crate) const NOTE_PEERS: &str = "
    INSERT INTO merge_chats (gone, organisation, chat, what, one, other, closed_ms, made_ms)
    SELECT w.gone, c.organisation, c.id, 'peers', c.one, c.other, c.closed_ms, $3
    FROM merge_places w JOIN chats c ON c.organisation = w.organisation AND c.id = w.chat
    WHERE c.organisation = $1 AND w.gone = $2 AND w.whose = 'gone' AND c.kind = 'direct'";
pub(crate) const NOTE_PATIENT: &str = "
    INSERT INTO merge_chats (gone, organisation, chat, what, made_ms)
    SELECT c.patient, c.organisation, c.id, 'patient', $3 FROM chats c WHERE c.organisation = $1 AND c.patient = $2";
pub(crate) const NOTE_LINKS: &str = "
    INSERT INTO merge_chats (gone, organisation, chat, what, made_ms)
    SELECT g.made_by, g.organisation, g.chat, 'link', $3 FROM guest_links g
    WHERE g.organisation = $1 AND g.made_by = $2";

/// A chat of the two, and one with somebody with whom who is kept has one, too: it is a closed group from now on, in which
/// all that was said can be read, and goes on in the other. `$4` is now.
pub(crate) const CLOSE_DOUBLED: &str = concat!(
    "UPDATE chats SET kind = 'group', one = NULL, other = NULL, closed_ms = COALESCE(closed_ms, $4)
     WHERE organisation = $1 AND kind = 'direct' AND id",
    noted!("peers"),
    " AND (one = $3 OR other = $3 OR EXISTS (
         SELECT 1 FROM chats h WHERE h.organisation = $1 AND h.kind = 'direct'
             AND ((h.one = $3 AND h.other = CASE WHEN chats.one = $2 THEN chats.other ELSE chats.one END)
                 OR (h.other = $3 AND h.one = CASE WHEN chats.one = $2 THEN chats.other ELSE chats.one END))))"
);

/// The smaller id of the two stands first.
macro_rules! rename_peers {
    ($from:literal, $to:literal) => {
        concat!(
            "UPDATE chats SET one = CASE WHEN one = ",
            $from,
            " THEN CASE WHEN other < ",
            $to,
            " THEN other ELSE ",
            $to,
            " END ELSE CASE WHEN one < ",
            $to,
            " THEN one ELSE ",
            $to,
            " END END, other = CASE WHEN one = ",
            $from,
            " THEN CASE WHEN other < ",
            $to,
            " THEN ",
            $to,
            " ELSE other END ELSE CASE WHEN one < ",
            $to,
            " THEN ",
            $to,
            " ELSE one END END
             WHERE organisation = $1 AND kind = 'direct' AND (one = ",
            $from,
            " OR other = ",
            $from,
            ") AND id",
            noted!("peers")
        )
    };
}
pub(crate) const RENAME_PEERS: &str = rename_peers!("$2", "$3");
/// Unless who was gone has one with them by now.
pub(crate) const RENAME_BACK: &str = concat!(
    rename_peers!("$3", "$2"),
    " AND NOT EXISTS (SELECT 1 FROM chats h WHERE h.organisation = $1 AND h.kind = 'direct'
         AND ((h.one = $2 AND h.other = CASE WHEN chats.one = $3 THEN chats.other ELSE chats.one END)
             OR (h.other = $2 AND h.one = CASE WHEN chats.one = $3 THEN chats.other ELSE chats.one END)))"
);

/// In chats that both have a place in, who is kept is there when either was, with the higher standing of those who were,
/// as a patient when either was, and has read what either has.
pub(crate) const FOLD: &str = "
    UPDATE chat_members SET
        as_patient = chat_members.as_patient OR w.as_patient,
        standing = CASE
            WHEN w.left_ms IS NOT NULL THEN chat_members.standing
            WHEN chat_members.left_ms IS NOT NULL OR w.standing = 'owner' THEN w.standing
            WHEN w.standing = 'admin' AND chat_members.standing = 'member' THEN w.standing
            ELSE chat_members.standing END,
        joined_ms = CASE WHEN chat_members.left_ms IS NOT NULL AND w.left_ms IS NULL
            THEN w.joined_ms ELSE chat_members.joined_ms END,
        left_ms = CASE WHEN w.left_ms IS NULL THEN NULL ELSE chat_members.left_ms END,
        delivered_seq = CASE WHEN chat_members.delivered_seq < w.delivered_seq
            THEN w.delivered_seq ELSE chat_members.delivered_seq END,
        read_ms = CASE WHEN chat_members.read_seq < w.read_seq THEN w.read_ms ELSE chat_members.read_ms END,
        read_seq = CASE WHEN chat_members.read_seq < w.read_seq THEN w.read_seq ELSE chat_members.read_seq END
    FROM merge_places w
    WHERE w.organisation = $1 AND w.gone = $2 AND w.whose = 'gone' AND w.chat = chat_members.chat
        AND chat_members.organisation = $1 AND chat_members.person = $3";
/// Nothing is left of a place that was folded into another.
pub(crate) const GIVE_UP: &str =
    concat!("DELETE FROM chat_members WHERE organisation = $1 AND person = $2 AND chat", shared!());
pub(crate) const TAKE_PLACES: &str = concat!(
    "UPDATE chat_members SET person = $3 WHERE organisation = $1 AND person = $2 AND chat",
    placed!()
);
pub(crate) const NAME_PATIENT: &str = concat!(
    "UPDATE chats SET patient = $3 WHERE organisation = $1 AND patient = $2 AND id",
    noted!("patient")
);
pub(crate) const TAKE_LINKS: &str = concat!(
    "UPDATE guest_links SET made_by = $3 WHERE organisation = $1 AND made_by = $2 AND chat",
    noted!("link")
);

/// Places that who is kept did not have go back, with what who was gone had read.
pub(crate) const RETURN_PLACES: &str = concat!(
    "UPDATE chat_members SET person = $2, delivered_seq = w.delivered_seq, read_seq = w.read_seq, read_ms = w.read_ms
     FROM merge_places w
     WHERE w.organisation = $1 AND w.gone = $2 AND w.whose = 'gone' AND w.chat = chat_members.chat
         AND chat_members.organisation = $1 AND chat_members.person = $3 AND chat_members.chat NOT",
    shared!()
);
/// In chats that both had a place in: whoever left one since left it for both.
pub(crate) const RESTORE_GONE: &str = concat!(
    "INSERT INTO chat_members (organisation, chat, person, standing, joined_ms, left_ms, delivered_seq, read_seq,
         read_ms, as_patient, guest)
     SELECT w.organisation, w.chat, w.gone, w.standing, w.joined_ms, COALESCE(w.left_ms, m.left_ms), w.delivered_seq,
         w.read_seq, w.read_ms, w.as_patient, w.guest
     FROM merge_places w JOIN chat_members m ON m.organisation = w.organisation AND m.chat = w.chat AND m.person = $3
     WHERE w.organisation = $1 AND w.gone = $2 AND w.whose = 'gone' AND w.chat",
    shared!(),
    " ON CONFLICT (chat, person) DO NOTHING"
);
/// Where nothing was changed since.
pub(crate) const RESTORE_KEPT: &str = "
    UPDATE chat_members SET standing = k.standing, joined_ms = k.joined_ms, left_ms = k.left_ms,
        as_patient = k.as_patient,
        delivered_seq = CASE WHEN chat_members.delivered_seq = f.delivered_seq
            THEN k.delivered_seq ELSE chat_members.delivered_seq END,
        read_ms = CASE WHEN chat_members.read_seq = f.read_seq THEN k.read_ms ELSE chat_members.read_ms END,
        read_seq = CASE WHEN chat_members.read_seq = f.read_seq THEN k.read_seq ELSE chat_members.read_seq END
    FROM merge_places k, merge_places f
    WHERE k.organisation = $1 AND k.gone = $2 AND k.whose = 'kept'
        AND f.organisation = $1 AND f.gone = k.gone AND f.chat = k.chat AND f.whose = 'folded'
        AND chat_members.organisation = $1 AND chat_members.chat = k.chat AND chat_members.person = $3
        AND chat_members.standing = f.standing AND chat_members.joined_ms = f.joined_ms
        AND COALESCE(chat_members.left_ms, -1) = COALESCE(f.left_ms, -1)";
/// Closed groups of what were chats of two, whose two are both in it, and have no other one by now.
pub(crate) const RESTORE_DOUBLED: &str = "
    UPDATE chats SET kind = 'direct', one = n.one, other = n.other, closed_ms = n.closed_ms FROM merge_chats n
    WHERE n.organisation = $1 AND n.gone = $2 AND n.what = 'peers' AND n.chat = chats.id
        AND chats.organisation = $1 AND chats.kind = 'group' AND chats.removed_ms IS NULL
        AND EXISTS (SELECT 1 FROM chat_members m
            WHERE m.organisation = $1 AND m.chat = chats.id AND m.person = n.one)
        AND EXISTS (SELECT 1 FROM chat_members m
            WHERE m.organisation = $1 AND m.chat = chats.id AND m.person = n.other)
        AND NOT EXISTS (SELECT 1 FROM chats h
            WHERE h.organisation = $1 AND h.kind = 'direct' AND h.one = n.one AND h.other = n.other)";
pub(crate) const RESTORE_PATIENT: &str = concat!(
    "UPDATE chats SET patient = $2 WHERE organisation = $1 AND patient = $3 AND id",
    noted!("patient")
);
pub(crate) const RETURN_LINKS: &str = concat!(
    "UPDATE guest_links SET made_by = $2 WHERE organisation = $1 AND made_by = $3 AND chat",
    noted!("link")
);
pub(crate) const FORGET_PLACES: &str = "DELETE FROM merge_places WHERE organisation = $1 AND gone = $2";
pub(crate) const FORGET_CHATS: &str = "DELETE FROM merge_chats WHERE organisation = $1 AND gone = $2";

/// Who is in these chats, and who is, or was, a patient of them.
pub(crate) const AUDIENCES: &str = "
    SELECT c.id, c.patient, m.person, m.left_ms IS NULL, m.as_patient
    FROM merge_places w
    JOIN chats c ON c.organisation = w.organisation AND c.id = w.chat
    JOIN chat_members m ON m.organisation = c.organisation AND m.chat = c.id
    WHERE c.organisation = $1 AND w.gone = $2 AND w.whose = 'gone' AND (m.left_ms IS NULL OR m.as_patient)
    ORDER BY c.id, m.person";

/// What was made before `$1`, of all organisations.
pub(crate) const SWEEP_PLACES: &str = "DELETE FROM merge_places WHERE (gone, chat, whose) IN
    (SELECT gone, chat, whose FROM merge_places WHERE made_ms <= $1 ORDER BY made_ms LIMIT $2)";
pub(crate) const SWEEP_CHATS: &str = "DELETE FROM merge_chats WHERE (gone, chat, what) IN
    (SELECT gone, chat, what FROM merge_chats WHERE made_ms <= $1 ORDER BY made_ms LIMIT $2)";

pub(crate) const ALL_SQL: &[&str] = &[
    COUNT,
    NOTE_PLACES,
    NOTE_KEPT,
    NOTE_FOLDED,
    NOTE_PEERS,
    NOTE_PATIENT,
    NOTE_LINKS,
    CLOSE_DOUBLED,
    RENAME_PEERS,
    RENAME_BACK,
    FOLD,
    GIVE_UP,
    TAKE_PLACES,
    NAME_PATIENT,
    TAKE_LINKS,
    RETURN_PLACES,
    RESTORE_GONE,
    RESTORE_KEPT,
    RESTORE_DOUBLED,
    RESTORE_PATIENT,
    RETURN_LINKS,
    FORGET_PLACES,
    FORGET_CHATS,
    AUDIENCES,
    SWEEP_PLACES,
    SWEEP_CHATS,
];
