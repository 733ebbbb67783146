-- People, the organisations they belong to, and the applications that act in their name.

CREATE TABLE organisations (
    id BYTEA NOT NULL PRIMARY KEY,
    -- A short word for commands and configuration.
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    languages TEXT NOT NULL,
    sandbox BOOLEAN NOT NULL,
    -- Whether patients find and may write to each other; staff they always may.
    patients_see_patients BOOLEAN NOT NULL,
    -- Whether all of its staff may ask colleagues in; administrators always may.
    staff_invite_coworkers BOOLEAN NOT NULL,
    session_idle_ms BIGINT NOT NULL,
    session_life_ms BIGINT NOT NULL,
    made_ms BIGINT NOT NULL,
    closed_ms BIGINT
);

CREATE TABLE organisation_identifiers (
    system TEXT NOT NULL,
    value TEXT NOT NULL,
    organisation BYTEA NOT NULL REFERENCES organisations (id),
    PRIMARY KEY (system, value)
);
CREATE INDEX organisation_identifiers_of ON organisation_identifiers (organisation);

-- Names are sealed with the installation's key, since a person spans organisations.
CREATE TABLE persons (
    id BYTEA NOT NULL PRIMARY KEY,
    first_name BYTEA NOT NULL,
    last_name BYTEA NOT NULL,
    language TEXT NOT NULL,
    made_ms BIGINT NOT NULL,
    disabled_ms BIGINT,
    -- Another with each picture of theirs; without one there is none.
    picture_mark TEXT
);

-- E-mail addresses, mobile numbers, BSNs and the like: sealed, and found by a keyed hash.
CREATE TABLE person_identifiers (
    system TEXT NOT NULL,
    value_hash BYTEA NOT NULL,
    person BYTEA NOT NULL REFERENCES persons (id),
    value BYTEA NOT NULL,
    verified_ms BIGINT,
    -- Since when what is sent there comes back.
    undeliverable_ms BIGINT,
    -- It was proved by a letter of a sandbox alone, which the sandbox's staff read: it counts in sandboxes, and makes
    -- room for who proves it elsewhere.
    sandbox BOOLEAN NOT NULL,
    PRIMARY KEY (system, value_hash)
);
CREATE INDEX person_identifiers_of ON person_identifiers (person);

CREATE TABLE credentials (
    person BYTEA NOT NULL REFERENCES persons (id),
    kind TEXT NOT NULL CHECK (kind IN ('password')),
    secret TEXT NOT NULL,
    made_ms BIGINT NOT NULL,
    PRIMARY KEY (person, kind)
);

CREATE TABLE memberships (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL REFERENCES organisations (id),
    person BYTEA NOT NULL REFERENCES persons (id),
    role TEXT NOT NULL CHECK (role IN ('patient', 'doctor', 'nurse', 'therapist', 'assistant', 'interpreter',
        'guest', 'scheduler', 'partner', 'administrator', 'auditor')),
    position TEXT NOT NULL,
    -- They were asked in and have not come yet: they can be written to, and can do nothing.
    pending BOOLEAN NOT NULL,
    start_ms BIGINT NOT NULL,
    end_ms BIGINT
);
CREATE UNIQUE INDEX memberships_once ON memberships (organisation, person, role) WHERE end_ms IS NULL;
CREATE INDEX memberships_of ON memberships (person);
-- In which order lists go on that are too long to be sorted by name.
CREATE INDEX memberships_in ON memberships (organisation, person);

CREATE TABLE teams (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL REFERENCES organisations (id),
    name TEXT NOT NULL,
    made_ms BIGINT NOT NULL,
    UNIQUE (organisation, name)
);

CREATE TABLE team_members (
    team BYTEA NOT NULL REFERENCES teams (id),
    person BYTEA NOT NULL REFERENCES persons (id),
    PRIMARY KEY (team, person)
);
CREATE INDEX team_members_of ON team_members (person);

-- Who may act in a patient's stead, and until when.
CREATE TABLE mandates (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL REFERENCES organisations (id),
    patient BYTEA NOT NULL REFERENCES persons (id),
    proxy BYTEA NOT NULL REFERENCES persons (id),
    kind TEXT NOT NULL CHECK (kind IN ('parent', 'carer', 'guardian', 'interpreter')),
    may_write BOOLEAN NOT NULL,
    may_book BOOLEAN NOT NULL,
    given_by BYTEA NOT NULL REFERENCES persons (id),
    start_ms BIGINT NOT NULL,
    end_ms BIGINT
);
CREATE INDEX mandates_of_proxy ON mandates (proxy);
CREATE INDEX mandates_of_patient ON mandates (patient);

CREATE TABLE clients (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL REFERENCES organisations (id),
    name TEXT NOT NULL,
    -- Which wire's token shape its answers have.
    dialect TEXT NOT NULL CHECK (dialect IN ('kpn', 'portal', 'fhir', 'own')),
    public BOOLEAN NOT NULL,
    redirect_uris TEXT NOT NULL,
    scopes TEXT NOT NULL,
    token_life_ms BIGINT NOT NULL,
    code_life_ms BIGINT NOT NULL,
    -- A clinic's own client may skip the consent page; demo clients never do.
    trusted BOOLEAN NOT NULL,
    made_ms BIGINT NOT NULL,
    removed_ms BIGINT
);
CREATE INDEX clients_of ON clients (organisation);

-- Two secrets may stand while one replaces the other.
CREATE TABLE client_secrets (
    client BYTEA NOT NULL REFERENCES clients (id),
    secret_hash BYTEA NOT NULL,
    made_ms BIGINT NOT NULL,
    ends_ms BIGINT,
    PRIMARY KEY (client, secret_hash)
);

CREATE TABLE sessions (
    id BYTEA NOT NULL PRIMARY KEY,
    secret_hash BYTEA NOT NULL UNIQUE,
    person BYTEA NOT NULL REFERENCES persons (id),
    -- Which of their organisations they act in.
    organisation BYTEA NOT NULL REFERENCES organisations (id),
    -- What kind of browser and system it is, each of a short fixed list or empty: enough for its owner to know it again,
    -- and too little to know a person by, so that it is not sealed.
    browser TEXT NOT NULL,
    system TEXT NOT NULL,
    signed_in_ms BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL,
    idle_ms BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL,
    ended_ms BIGINT
);
CREATE INDEX sessions_of ON sessions (person);
CREATE INDEX sessions_ending ON sessions (ends_ms);

-- Browsers in which a person has signed in before, by the hash of what each was given on its first visit. Wrong
-- passwords of others do not hold them up.
CREATE TABLE known_devices (
    person BYTEA NOT NULL REFERENCES persons (id),
    device_hash BYTEA NOT NULL,
    used_ms BIGINT NOT NULL,
    PRIMARY KEY (person, device_hash)
);
CREATE INDEX known_devices_used ON known_devices (used_ms);

-- Wrong passwords of the last hour, so that a restart gives nobody new tries. Account and place are keyed hashes; a
-- place is a network, a browser, or everywhere. There may be no such account.
CREATE TABLE sign_in_failures (
    account_hash BYTEA NOT NULL,
    place_hash BYTEA NOT NULL,
    failures BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    PRIMARY KEY (account_hash, place_hash)
);
CREATE INDEX sign_in_failures_last ON sign_in_failures (last_ms);

-- What a person allowed a client, in one organisation.
CREATE TABLE grants (
    id BYTEA NOT NULL PRIMARY KEY,
    person BYTEA NOT NULL REFERENCES persons (id),
    client BYTEA NOT NULL REFERENCES clients (id),
    organisation BYTEA NOT NULL REFERENCES organisations (id),
    scopes TEXT NOT NULL,
    made_ms BIGINT NOT NULL,
    ended_ms BIGINT
);
CREATE UNIQUE INDEX grants_once ON grants (person, client, organisation) WHERE ended_ms IS NULL;

CREATE TABLE codes (
    code_hash BYTEA NOT NULL PRIMARY KEY,
    grant_id BYTEA NOT NULL REFERENCES grants (id),
    redirect_uri TEXT NOT NULL,
    -- Whether the authorization request named the redirect URI; then the token request must, too.
    redirect_named BOOLEAN NOT NULL,
    scopes TEXT NOT NULL,
    challenge TEXT,
    ends_ms BIGINT NOT NULL,
    used_ms BIGINT
);
CREATE INDEX codes_ending ON codes (ends_ms);
CREATE INDEX codes_open ON codes (grant_id) WHERE used_ms IS NULL;

CREATE TABLE tokens (
    id BYTEA NOT NULL PRIMARY KEY,
    token_hash BYTEA NOT NULL UNIQUE,
    grant_id BYTEA NOT NULL REFERENCES grants (id),
    -- The code it came from, so that a code used twice takes back what it gave.
    code_hash BYTEA,
    scopes TEXT NOT NULL,
    made_ms BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL,
    revoked_ms BIGINT
);
CREATE INDEX tokens_of ON tokens (grant_id);
CREATE INDEX tokens_of_code ON tokens (code_hash) WHERE code_hash IS NOT NULL;
CREATE INDEX tokens_ending ON tokens (ends_ms);
