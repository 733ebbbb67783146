-- People who were asked in, and people who came on a list.

CREATE TABLE invitations (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL REFERENCES organisations (id),
    -- Who waits under the names that the inviter gave.
    person BYTEA NOT NULL REFERENCES persons (id),
    -- Who they turned out to be: the same, or somebody who had an account already.
    accepted_by BYTEA REFERENCES persons (id),
    inviter BYTEA NOT NULL REFERENCES persons (id),
    role TEXT NOT NULL CHECK (role IN ('patient', 'guest', 'assistant')),
    system TEXT NOT NULL,
    address_hash BYTEA NOT NULL,
    -- Sealed with the installation's key; gone once the invitation has ended.
    address BYTEA,
    -- Of the newest letter: an older link no longer opens.
    token_hash BYTEA,
    token_ends_ms BIGINT,
    made_ms BIGINT NOT NULL,
    -- Accepted, replaced by a later one, or never answered.
    ended_ms BIGINT,
    retain_until_ms BIGINT,
    legal_hold BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX invitations_waiting ON invitations (id) WHERE ended_ms IS NULL;
CREATE UNIQUE INDEX invitations_open ON invitations (organisation, system, address_hash) WHERE ended_ms IS NULL;
CREATE UNIQUE INDEX invitations_token ON invitations (token_hash) WHERE token_hash IS NOT NULL;
CREATE INDEX invitations_of ON invitations (organisation, person);
CREATE INDEX invitations_for ON invitations (person);
CREATE INDEX invitations_by ON invitations (accepted_by) WHERE accepted_by IS NOT NULL;

-- Who invited whom within the last day, so that nobody is written to without end.
CREATE TABLE invitation_tries (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    -- Nobody's for whoever is on a list, which counts for the address alone.
    inviter BYTEA,
    address_hash BYTEA NOT NULL,
    -- Whether a letter went out.
    wrote BOOLEAN NOT NULL,
    made_ms BIGINT NOT NULL
);
CREATE INDEX invitation_tries_by ON invitation_tries (organisation, inviter, made_ms);
CREATE INDEX invitation_tries_to ON invitation_tries (organisation, address_hash, made_ms);
CREATE INDEX invitation_tries_made ON invitation_tries (made_ms);

-- A list of people that an administrator brought.
CREATE TABLE imports (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL REFERENCES organisations (id),
    importer BYTEA NOT NULL REFERENCES persons (id),
    client BYTEA,
    send_email BOOLEAN NOT NULL,
    -- Its rows are coming in, wait to be worked on, or have all been.
    state TEXT NOT NULL CHECK (state IN ('coming', 'waiting', 'done')),
    row_count BIGINT NOT NULL,
    made_ms BIGINT NOT NULL,
    done_ms BIGINT,
    retain_until_ms BIGINT,
    legal_hold BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX imports_made ON imports (made_ms);
CREATE INDEX imports_by ON imports (importer);

CREATE TABLE import_rows (
    import BYTEA NOT NULL REFERENCES imports (id),
    organisation BYTEA NOT NULL,
    place BIGINT NOT NULL,
    -- Sealed with the installation's key; gone once the row was worked on, unless it was refused.
    content BYTEA,
    outcome TEXT NOT NULL CHECK (outcome IN ('waiting', 'made', 'already_there', 'refused')),
    -- Why it was refused, in one word.
    reason TEXT,
    person BYTEA,
    PRIMARY KEY (import, place)
);
