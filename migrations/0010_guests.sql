-- Guests of a group: who comes by its link, for a while and under a name of their own.

-- Of each group there is one link at most.
CREATE TABLE guest_links (
    chat BYTEA NOT NULL PRIMARY KEY REFERENCES chats (id),
    organisation BYTEA NOT NULL,
    -- By which it is found; the code itself is sealed with the organisation's key, to be shown again.
    code_hash BYTEA NOT NULL UNIQUE,
    code BYTEA NOT NULL,
    made_by BYTEA NOT NULL,
    made_ms BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL,
    -- How many have come by it, those included who left.
    came BIGINT NOT NULL
);
CREATE INDEX guest_links_of ON guest_links (organisation, chat);

CREATE TABLE guests (
    person BYTEA NOT NULL PRIMARY KEY REFERENCES persons (id),
    organisation BYTEA NOT NULL REFERENCES organisations (id),
    -- The one chat that they came for.
    chat BYTEA NOT NULL,
    came_ms BIGINT NOT NULL,
    ended_ms BIGINT
);
CREATE INDEX guests_here ON guests (organisation, chat) WHERE ended_ms IS NULL;
