-- Words by their keyed hashes, so that people find what they may read and nobody reads what they look for.

-- A word of a message or of a chat's subject, or the beginning of a name. Plain words are nowhere.
CREATE TABLE search_tokens (
    organisation BYTEA NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('message', 'subject', 'name')),
    -- The chat that it was said in; of a name the organisation.
    place BYTEA NOT NULL,
    token_hmac BYTEA NOT NULL,
    -- The message, the chat or the person.
    object BYTEA NOT NULL,
    PRIMARY KEY (place, token_hmac, object)
);
-- What is deleted takes its words along.
CREATE INDEX search_tokens_of ON search_tokens (object);

-- What has its words in the table above: the messages of a chat up to a place, a subject, the names of a person.
CREATE TABLE search_progress (
    organisation BYTEA NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('message', 'subject', 'name')),
    object BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (organisation, kind, object)
);
