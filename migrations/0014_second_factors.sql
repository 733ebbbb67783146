-- Second factors, sign-ins that wait for one, and links by which patients sign in.

-- The roles that must prove themselves by two factors, separated by spaces; by default it goes by the sandbox flag.
ALTER TABLE organisations ADD COLUMN second_factor_roles TEXT;

-- Authenticator applications (RFC 6238).
CREATE TABLE authenticators (
    person BYTEA NOT NULL PRIMARY KEY REFERENCES persons (id),
    -- The key, sealed with the installation's.
    secret BYTEA NOT NULL,
    -- The newest step whose code was used: none counts twice.
    last_step BIGINT NOT NULL,
    made_ms BIGINT NOT NULL
);

-- Who chose to get codes by SMS, too.
CREATE TABLE sms_factors (
    person BYTEA NOT NULL PRIMARY KEY REFERENCES persons (id),
    made_ms BIGINT NOT NULL
); -- by its key

-- The code that was sent to whoever holds this half-done sign-in or session.
CREATE TABLE sms_codes (
    holder_hash BYTEA NOT NULL PRIMARY KEY,
    person BYTEA NOT NULL REFERENCES persons (id),
    code_hash BYTEA NOT NULL,
    tries BIGINT NOT NULL,
    made_ms BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL
); -- by its key
CREATE INDEX sms_codes_of ON sms_codes (person, made_ms);
CREATE INDEX sms_codes_end ON sms_codes (ends_ms);

-- Codes that were written down for when all else is lost, by a keyed hash.
CREATE TABLE recovery_codes (
    person BYTEA NOT NULL REFERENCES persons (id),
    code_hash BYTEA NOT NULL,
    used_ms BIGINT,
    PRIMARY KEY (person, code_hash)
); -- by its key

-- Sign-ins that wait for a second factor. They are no sessions, and let nobody in.
CREATE TABLE half_sign_ins (
    secret_hash BYTEA NOT NULL PRIMARY KEY,
    person BYTEA NOT NULL REFERENCES persons (id),
    methods TEXT NOT NULL,
    -- Where they want to go.
    towards BYTEA REFERENCES organisations (id),
    ends_ms BIGINT NOT NULL
); -- by its key
CREATE INDEX half_sign_ins_of ON half_sign_ins (person);
CREATE INDEX half_sign_ins_end ON half_sign_ins (ends_ms);

-- Links by which patients sign in; each opens once.
CREATE TABLE sign_in_links (
    code_hash BYTEA NOT NULL PRIMARY KEY,
    person BYTEA NOT NULL REFERENCES persons (id),
    made_ms BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL,
    used_ms BIGINT
); -- by its key
CREATE INDEX sign_in_links_of ON sign_in_links (person, made_ms);
CREATE INDEX sign_in_links_end ON sign_in_links (ends_ms);
