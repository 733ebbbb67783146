-- Two people who turned out to be one: who was kept, who is gone, and for thirty days what was moved, so that it can be put
-- back. That somebody is gone is kept for good, since what they wrote stays under their id and leads to who was kept.

CREATE TABLE merges (
    gone BYTEA NOT NULL PRIMARY KEY REFERENCES persons (id),
    keep BYTEA NOT NULL REFERENCES persons (id),
    done_in BYTEA REFERENCES organisations (id), -- whose administrator did it; nobody's: an operator
    disabled_ms BIGINT, -- since when who is gone was disabled before
    made_ms BIGINT NOT NULL,
    settled BOOLEAN NOT NULL -- nothing is recorded any more by which it could be undone
);
CREATE INDEX merges_into ON merges (keep);
CREATE INDEX merges_open ON merges (made_ms) WHERE NOT settled;

-- What went over, by what it is: which thing, where, and what else is needed to put it back.
CREATE TABLE merge_moves (
    gone BYTEA NOT NULL REFERENCES merges (gone),
    kind TEXT NOT NULL CHECK (kind IN ('membership', 'team', 'patient', 'proxy', 'between', 'identifier', 'aux_id',
        'picture', 'came', 'asked_in', 'client')),
    thing BYTEA NOT NULL, -- an id, or the keyed hash of an identifier
    place BYTEA NOT NULL, -- the organisation; who is gone where there is none
    other BYTEA, -- of a membership the new one; of a team who was on it already; of an auxiliary id its keyed hash
    word TEXT, -- the system of an identifier, the mark of a picture
    until_ms BIGINT, -- when it was to end
    PRIMARY KEY (gone, kind, thing, place)
);

-- Places in chats as they were: of who is gone, of who was kept in the same chats, and what became of the latter.
CREATE TABLE merge_places (
    gone BYTEA NOT NULL,
    organisation BYTEA NOT NULL,
    chat BYTEA NOT NULL,
    whose TEXT NOT NULL CHECK (whose IN ('gone', 'kept', 'folded')),
    standing TEXT NOT NULL,
    joined_ms BIGINT NOT NULL,
    left_ms BIGINT,
    delivered_seq BIGINT NOT NULL,
    read_seq BIGINT NOT NULL,
    read_ms BIGINT,
    as_patient BOOLEAN NOT NULL,
    guest BOOLEAN NOT NULL,
    made_ms BIGINT NOT NULL,
    PRIMARY KEY (gone, chat, whose)
);
CREATE INDEX merge_places_made ON merge_places (made_ms);

-- What chats said of who is gone: between which two they were, whom they were about, whose link they had.
CREATE TABLE merge_chats (
    gone BYTEA NOT NULL,
    organisation BYTEA NOT NULL,
    chat BYTEA NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('peers', 'patient', 'link')),
    one BYTEA,
    other BYTEA,
    closed_ms BIGINT,
    made_ms BIGINT NOT NULL,
    PRIMARY KEY (gone, chat, what)
);
CREATE INDEX merge_chats_made ON merge_chats (made_ms);
