//! One person in the place of another. Nothing here goes through the chats of an organisation: all of it begins at the
//! places of who waited, or at the index of whom chats are about.

use store::in_list;

/// In which chats somebody has, or had, a place, and whether it stands. `$1` is the organisation, `$2` who.
pub(crate) const PLACES: &str = "
    SELECT chat, TRUE FROM chat_members WHERE organisation = $1 AND person = $2 AND left_ms IS NULL
    UNION ALL
    SELECT chat, FALSE FROM chat_members WHERE organisation = $1 AND person = $2 AND left_ms IS NOT NULL";

/// The same, of one person in some chats.
pub(crate) const PLACES_IN: &str = concat!(
    "SELECT chat, left_ms IS NULL FROM chat_members WHERE organisation = $65 AND person = $66 AND chat IN ",
    in_list!()
);

/// A chat of two who turned out to be one is a closed group of that one. `$2` and `$3` are its two, the smaller id first.
pub(crate) const ALONE: &str = "
    UPDATE chats SET kind = 'group', one = NULL, other = NULL, closed_ms = COALESCE(closed_ms, $4)
    WHERE organisation = $1 AND kind = 'direct' AND one = $2 AND other = $3";

/// Keeps everybody from posting to these chats until the transaction ends.
pub(crate) const HOLD: &str =
    concat!("UPDATE chats SET last_seq = last_seq WHERE organisation = $65 AND id IN ", in_list!());

/// With whom a chat `w` of who waited (`$66`) is.
macro_rules! peer {
    () => {
        "(CASE WHEN w.one = $66 THEN w.other ELSE w.one END)"
    };
}

/// That a chat of two of who waited (`$66`), one of these, is with the same person as one of who came (`$67`).
macro_rules! doubled {
    ($had:literal) => {
        concat!(
            "w.kind = 'direct' AND ",
            $had,
            ".organisation = w.organisation AND ",
            $had,
            ".kind = 'direct' AND ",
            $had,
            ".one = CASE WHEN ",
            peer!(),
            " < $67 THEN ",
            peer!(),
            " ELSE $67 END AND ",
            $had,
            ".other = CASE WHEN ",
            peer!(),
            " < $67 THEN $67 ELSE ",
            peer!(),
            " END AND w.id IN ",
            in_list!()
        )
    };
}

/// Which of these chats of two of who waited who came has with the same person, too, which that is, and whether it is
/// closed.
pub(crate) const DOUBLED: &str = concat!(
    "SELECT w.id, h.id, h.closed_ms IS NOT NULL FROM chats w, chats h WHERE w.organisation = $65 AND ",
    doubled!("h")
);

/// What is written stays bound to its own row, and comes to stand behind what was written in the other chat. Its words are
/// written anew where it stands now, and go where it stood with the chat.
pub(crate) const MOVE_MESSAGES: &str = concat!(
    "UPDATE messages SET chat = h.id, seq = messages.seq + h.last_seq FROM chats w, chats h
     WHERE messages.organisation = $65 AND messages.chat = w.id AND w.organisation = $65 AND ",
    doubled!("h")
);
pub(crate) const MOVE_FILES: &str = concat!(
    "UPDATE files SET chat = h.id FROM chats w, chats h
     WHERE files.organisation = $65 AND files.chat = w.id AND w.organisation = $65 AND ",
    doubled!("h")
);
/// Who came is a patient of one chat when who waited was one of the other.
pub(crate) const TAKE_IN_AS_PATIENT: &str = concat!(
    "UPDATE chat_members SET as_patient = TRUE FROM chats w, chats h
     WHERE chat_members.organisation = $65 AND chat_members.chat = h.id AND chat_members.person = $67
         AND EXISTS (
             SELECT 1 FROM chat_members m
             WHERE m.organisation = $65 AND m.chat = w.id AND m.person = $66 AND m.as_patient)
         AND w.organisation = $65 AND ",
    doubled!("h")
);
/// What each of them becomes when the other was appended to it. Whoever wrote to who waited opens the chat again that
/// they have, as they could do themselves: unless they are a patient. No message is older than its chat, and none is
/// newer than when its chat was last active.
pub(crate) const TAKE_IN: &str = concat!(
    "UPDATE chats SET
         last_seq = chats.last_seq + w.last_seq,
         active_ms = CASE WHEN w.active_ms > chats.active_ms THEN w.active_ms ELSE chats.active_ms END,
         closed_ms = CASE WHEN w.last_seq > 0 AND w.closed_ms IS NULL AND NOT EXISTS (
                 SELECT 1 FROM chat_members p
                 WHERE p.organisation = w.organisation AND p.chat = w.id
                     AND p.person <> $66 AND p.person <> $67 AND p.as_patient)
             THEN NULL ELSE chats.closed_ms END,
         legal_hold = chats.legal_hold OR w.legal_hold,
         mixes_times = chats.mixes_times
             OR (w.last_seq > 0 AND chats.last_seq > 0 AND chats.active_ms > w.made_ms)
     FROM chats w WHERE w.organisation = $65 AND ",
    doubled!("chats"),
    " RETURNING chats.id, chats.closed_ms IS NOT NULL"
);
/// A chat that nothing is left in is between nobody, and about to be removed; what held it holds the other.
pub(crate) const EMPTY: &str = concat!(
    "UPDATE chats SET kind = 'group', one = NULL, other = NULL, closed_ms = COALESCE(closed_ms, $66),
         removed_ms = $66, last_seq = 0, legal_hold = FALSE
     WHERE organisation = $65 AND id IN ",
    in_list!()
);
/// Nobody has a place in it, or had one.
pub(crate) const EMPTY_PLACES: &str =
    concat!("DELETE FROM chat_members WHERE organisation = $65 AND chat IN ", in_list!());

/// In chats that both have a place in, who came (`$67`) is there when either was, with the higher standing of those who
/// were, and as a patient when either was.
pub(crate) const FOLD_IN: &str = concat!(
    "UPDATE chat_members SET
         as_patient = chat_members.as_patient OR w.as_patient,
         standing = CASE
             WHEN w.left_ms IS NOT NULL THEN chat_members.standing
             WHEN chat_members.left_ms IS NOT NULL OR w.standing = 'owner' THEN w.standing
             WHEN w.standing = 'admin' AND chat_members.standing = 'member' THEN w.standing
             ELSE chat_members.standing END,
         joined_ms = CASE WHEN chat_members.left_ms IS NOT NULL AND w.left_ms IS NULL
             THEN w.joined_ms ELSE chat_members.joined_ms END,
         left_ms = CASE WHEN w.left_ms IS NULL THEN NULL ELSE chat_members.left_ms END
     FROM chat_members w
     WHERE w.organisation = $65 AND w.person = $66 AND w.chat = chat_members.chat
         AND chat_members.organisation = $65 AND chat_members.person = $67 AND chat_members.chat IN ",
    in_list!(),
    " RETURNING chat_members.chat"
);
/// Nothing is left of a place that was folded into another.
pub(crate) const GIVE_UP: &str = concat!(
    "DELETE FROM chat_members WHERE organisation = $65 AND person = $66 AND chat IN ",
    in_list!(),
    " RETURNING chat"
);
/// Past places too: what was written with a patient stays about them.
pub(crate) const TAKE_PLACES: &str = concat!(
    "UPDATE chat_members SET person = $67 WHERE organisation = $65 AND person = $66 AND chat IN ",
    in_list!(),
    " RETURNING chat"
);
/// The smaller id of the two stands first.
pub(crate) const RENAME_PEERS: &str = concat!(
    "UPDATE chats SET
         one = CASE WHEN (CASE WHEN one = $66 THEN other ELSE one END) < $67
             THEN (CASE WHEN one = $66 THEN other ELSE one END) ELSE $67 END,
         other = CASE WHEN (CASE WHEN one = $66 THEN other ELSE one END) < $67
             THEN $67 ELSE (CASE WHEN one = $66 THEN other ELSE one END) END
     WHERE organisation = $65 AND kind = 'direct' AND id IN ",
    in_list!(),
    " RETURNING id"
);

/// Wherever it is about who waited (`$2`), it is about who came (`$3`).
pub(crate) const NAME_PATIENT: &str = "
    UPDATE chats SET patient = $3 WHERE organisation = $1 AND patient = $2";
/// Who came is named, or is one of several, where they are in it as a patient.
pub(crate) const NAME_AS_PATIENT: &str = concat!(
    "UPDATE chats SET patient = COALESCE(patient, $66),
         more_patients = more_patients OR COALESCE(patient <> $66, FALSE)
     WHERE organisation = $65 AND EXISTS (
         SELECT 1 FROM chat_members m
         WHERE m.organisation = $65 AND m.chat = chats.id AND m.person = $66 AND m.as_patient)
         AND id IN ",
    in_list!(),
    " RETURNING id"
);

/// Who is in these chats, and who is, or was, a patient of them.
pub(crate) const AUDIENCES: &str = concat!(
    "SELECT c.id, c.kind, c.patient, m.person, m.left_ms IS NULL, m.as_patient
     FROM chats c JOIN chat_members m ON m.organisation = c.organisation AND m.chat = c.id
     WHERE c.organisation = $65 AND (m.left_ms IS NULL OR m.as_patient) AND c.id IN ",
    in_list!(),
    " ORDER BY c.id, m.person"
);

pub(crate) const ALL_SQL: &[&str] = &[
    PLACES,
    PLACES_IN,
    ALONE,
    HOLD,
    DOUBLED,
    MOVE_MESSAGES,
    MOVE_FILES,
    TAKE_IN_AS_PATIENT,
    TAKE_IN,
    EMPTY,
    EMPTY_PLACES,
    FOLD_IN,
    GIVE_UP,
    TAKE_PLACES,
    RENAME_PEERS,
    NAME_PATIENT,
    NAME_AS_PATIENT,
    AUDIENCES,
];
