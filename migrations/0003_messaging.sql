-- Chats, their members, messages and files.

CREATE TABLE chats (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('direct', 'group')),
    -- The two of a direct chat, the smaller id first; a group has neither.
    one BYTEA,
    other BYTEA,
    subject BYTEA,
    -- The patient whom it is with or about. Of several the first; the others are, or were, members as patients.
    patient BYTEA,
    more_patients BOOLEAN NOT NULL,
    -- The ward, desk or queue whose clinicians may find and join it.
    team BYTEA,
    made_by BYTEA NOT NULL,
    made_ms BIGINT NOT NULL,
    closed_ms BIGINT,
    -- Since when it is gone for everybody; what is left of it is being removed.
    removed_ms BIGINT,
    -- The place of its newest message; the first is 1.
    last_seq BIGINT NOT NULL,
    -- What was handed over stands behind newer messages: its places are not in the order of time.
    mixes_times BOOLEAN NOT NULL DEFAULT FALSE,
    active_ms BIGINT NOT NULL,
    -- Another with each picture of the group; without one there is none.
    picture_mark TEXT,
    allow_contacts BOOLEAN NOT NULL,
    members_can_invite BOOLEAN NOT NULL,
    hybrid_messaging BOOLEAN NOT NULL,
    auto_close_days BIGINT NOT NULL,
    auto_expire_seconds BIGINT NOT NULL,
    retain_until_ms BIGINT,
    legal_hold BOOLEAN NOT NULL,
    CHECK ((kind = 'direct') = (one IS NOT NULL AND other IS NOT NULL))
);
CREATE UNIQUE INDEX chats_direct ON chats (organisation, one, other) WHERE kind = 'direct';
-- What goes through an organisation chat by chat, as re-sealing does.
CREATE INDEX chats_of ON chats (organisation, id);
CREATE INDEX chats_team ON chats (team) WHERE team IS NOT NULL;
-- What is about somebody who turns out to be somebody else.
CREATE INDEX chats_about ON chats (organisation, patient) WHERE patient IS NOT NULL;

CREATE TABLE chat_members (
    organisation BYTEA NOT NULL,
    chat BYTEA NOT NULL REFERENCES chats (id),
    person BYTEA NOT NULL,
    standing TEXT NOT NULL CHECK (standing IN ('owner', 'admin', 'member')),
    joined_ms BIGINT NOT NULL,
    left_ms BIGINT,
    -- Up to which place it reached a device of theirs, and up to which they read it.
    delivered_seq BIGINT NOT NULL,
    read_seq BIGINT NOT NULL,
    -- When they last read on.
    read_ms BIGINT,
    -- They came as a patient, and what is done in the chat is a line about them, also after they left.
    as_patient BOOLEAN NOT NULL,
    -- They came by its link: they bring in nobody, and are never its admin or owner.
    guest BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (chat, person)
);
CREATE INDEX chat_members_of ON chat_members (person, chat) WHERE left_ms IS NULL;
CREATE INDEX chat_members_were ON chat_members (person, chat) WHERE left_ms IS NOT NULL;

CREATE TABLE messages (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    chat BYTEA NOT NULL REFERENCES chats (id),
    seq BIGINT NOT NULL,
    author BYTEA NOT NULL,
    acting_for BYTEA,
    client BYTEA,
    posted_ms BIGINT NOT NULL,
    -- Sealed; empty once deleted.
    body BYTEA NOT NULL,
    -- What it asks of its readers besides what it says, sealed; nothing in most, and nothing once deleted.
    payload BYTEA,
    deleted_ms BIGINT,
    deleted_by BYTEA,
    retain_until_ms BIGINT,
    legal_hold BOOLEAN NOT NULL,
    UNIQUE (chat, seq)
);
-- The places that no longer hold a message, so that numbered pages are counted without reading messages.
CREATE INDEX messages_gone ON messages (chat, seq) WHERE deleted_ms IS NOT NULL;
-- What a legal hold keeps, so that a chat is asked for it without its messages being read.
CREATE INDEX messages_held ON messages (chat) WHERE legal_hold;

CREATE TABLE files (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    chat BYTEA NOT NULL REFERENCES chats (id),
    message BYTEA NOT NULL REFERENCES messages (id),
    -- Where its sealed bytes lie.
    blob_key TEXT NOT NULL UNIQUE,
    -- The data key that sealed those bytes; the name carries its own.
    data_key BYTEA NOT NULL,
    name BYTEA NOT NULL,
    mime_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    -- What the scanner made of it. One that waits is given to nobody; the bytes of an infected one are gone.
    state TEXT NOT NULL CHECK (state IN ('unscanned', 'waiting', 'clean', 'infected')),
    made_ms BIGINT NOT NULL,
    retain_until_ms BIGINT,
    legal_hold BOOLEAN NOT NULL
);
CREATE INDEX files_of ON files (message);
CREATE INDEX files_in ON files (chat);
CREATE INDEX files_waiting ON files (organisation, id) WHERE state = 'waiting';
CREATE INDEX files_held ON files (chat) WHERE legal_hold;
