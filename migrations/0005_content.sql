-- What is done with a message that is there: likes, answers to what it asks, and what people proved about themselves.

CREATE TABLE likes (
    organisation BYTEA NOT NULL,
    chat BYTEA NOT NULL,
    -- The place of the message in its chat.
    seq BIGINT NOT NULL,
    person BYTEA NOT NULL,
    made_ms BIGINT NOT NULL,
    PRIMARY KEY (chat, seq, person),
    FOREIGN KEY (chat, seq) REFERENCES messages (chat, seq) ON UPDATE CASCADE ON DELETE CASCADE
);

-- One for each who was asked, and it is final: chosen options, or whether they proved who they are, and as whom.
CREATE TABLE answers (
    organisation BYTEA NOT NULL,
    chat BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    person BYTEA NOT NULL,
    -- Sealed with the organisation's key.
    content BYTEA NOT NULL,
    made_ms BIGINT NOT NULL,
    retain_until_ms BIGINT,
    legal_hold BOOLEAN NOT NULL,
    PRIMARY KEY (chat, seq, person),
    FOREIGN KEY (chat, seq) REFERENCES messages (chat, seq) ON UPDATE CASCADE ON DELETE CASCADE
);

-- By which provider somebody proved to an organisation who they are.
CREATE TABLE verifications (
    organisation BYTEA NOT NULL REFERENCES organisations (id),
    person BYTEA NOT NULL REFERENCES persons (id),
    provider TEXT NOT NULL,
    -- What the provider said of them, sealed with the installation's key.
    attributes BYTEA NOT NULL,
    made_ms BIGINT NOT NULL,
    retain_until_ms BIGINT,
    legal_hold BOOLEAN NOT NULL,
    PRIMARY KEY (person, organisation, provider)
);
