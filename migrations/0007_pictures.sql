-- Pictures of people and of groups: small squares, each beside what it shows, so that a list that names them does not
-- read them. What it shows carries a mark that is new with each picture.

CREATE TABLE person_pictures (
    person BYTEA NOT NULL PRIMARY KEY REFERENCES persons (id),
    -- Sealed with the installation's key, as a person's names are.
    picture BYTEA NOT NULL,
    made_ms BIGINT NOT NULL
);

CREATE TABLE chat_pictures (
    chat BYTEA NOT NULL PRIMARY KEY REFERENCES chats (id),
    organisation BYTEA NOT NULL,
    picture BYTEA NOT NULL,
    made_ms BIGINT NOT NULL,
    retain_until_ms BIGINT,
    legal_hold BOOLEAN NOT NULL
);
