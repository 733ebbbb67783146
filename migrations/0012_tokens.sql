-- Refresh tokens, tokens that one application gets for another's, and what applications proved themselves by.

-- What came of one code: the refresh token at hand, all before it, and the access tokens that they gave end together.
CREATE TABLE refresh_families (
    id BYTEA NOT NULL PRIMARY KEY,
    grant_id BYTEA NOT NULL REFERENCES grants (id),
    -- So that a code used twice takes back what it gave.
    code_hash BYTEA,
    scopes TEXT NOT NULL,
    -- What an ID token says of the sign-in that it came of.
    signed_in_ms BIGINT NOT NULL,
    methods TEXT NOT NULL,
    made_ms BIGINT NOT NULL,
    -- When the last of its refresh tokens ends.
    ends_ms BIGINT NOT NULL,
    ended_ms BIGINT
);
CREATE INDEX refresh_families_of ON refresh_families (grant_id);
CREATE INDEX refresh_families_of_code ON refresh_families (code_hash) WHERE code_hash IS NOT NULL;
CREATE INDEX refresh_families_ending ON refresh_families (ends_ms);

CREATE TABLE refresh_tokens (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    family BYTEA NOT NULL REFERENCES refresh_families (id),
    made_ms BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL,
    -- When it was used, and what its answer was made of: the salt and the token together give the tokens of the answer
    -- again, the salt alone gives nothing.
    used_ms BIGINT,
    salt BYTEA,
    told_scopes TEXT
);
CREATE INDEX refresh_tokens_of ON refresh_tokens (family);
CREATE INDEX refresh_tokens_ending ON refresh_tokens (ends_ms);

ALTER TABLE tokens ADD COLUMN family BYTEA;
-- The application that got it for a token of another's (RFC 8693), whose grant it stands under.
ALTER TABLE tokens ADD COLUMN actor BYTEA REFERENCES clients (id);
-- The token that it was given for, with which it ends.
ALTER TABLE tokens ADD COLUMN subject BYTEA;
CREATE INDEX tokens_of_family ON tokens (family) WHERE family IS NOT NULL;
CREATE INDEX tokens_of_actor ON tokens (actor) WHERE actor IS NOT NULL;
CREATE INDEX tokens_of_subject ON tokens (subject) WHERE subject IS NOT NULL;

-- Assertions that a client proved itself by (RFC 7523), each of which counts once; by the hash of the client and the
-- name that it gave.
CREATE TABLE used_assertions (
    jti_hash BYTEA NOT NULL PRIMARY KEY,
    client BYTEA NOT NULL REFERENCES clients (id),
    ends_ms BIGINT NOT NULL
); -- by its key
CREATE INDEX used_assertions_ending ON used_assertions (ends_ms);

-- People are told from programs by it.
CREATE INDEX clients_acting ON clients (account) WHERE account IS NOT NULL;
