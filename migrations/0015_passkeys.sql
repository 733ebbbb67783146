-- Passkeys, the questions that they answer, and links by which somebody gets another password.

CREATE TABLE passkeys (
    id BYTEA NOT NULL PRIMARY KEY,
    person BYTEA NOT NULL REFERENCES persons (id),
    -- SHA-256 of the id that it has with its device.
    credential_hash BYTEA NOT NULL UNIQUE,
    -- Its public key and what else is needed to check its answers. It opens nothing and names nobody.
    credential TEXT NOT NULL,
    -- What its owner calls it, sealed with the installation's key.
    name BYTEA NOT NULL,
    -- How often the device says that it has answered; one that counts back may be a copy.
    counter BIGINT NOT NULL,
    made_ms BIGINT NOT NULL,
    used_ms BIGINT
);
CREATE INDEX passkeys_of ON passkeys (person);

-- Questions put to a browser; each is answered once.
CREATE TABLE passkey_questions (
    question_hash BYTEA NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('sign_in', 'add', 'sign_up')),
    -- Whose passkey is to be made; who never comes is forgotten while it stands.
    person BYTEA,
    state TEXT NOT NULL,
    ends_ms BIGINT NOT NULL
);
CREATE INDEX passkey_questions_ending ON passkey_questions (ends_ms);

CREATE TABLE password_links (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    person BYTEA NOT NULL REFERENCES persons (id),
    made_ms BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL
);
CREATE INDEX password_links_of ON password_links (person);
CREATE INDEX password_links_ending ON password_links (ends_ms);
