-- What every feature stands on: jobs, keys and the access log.

CREATE TABLE jobs (
    id BYTEA NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- Whether somebody outside is waited for; the others are done beside those.
    lane TEXT NOT NULL CHECK (lane IN ('inward', 'outward')),
    -- Two jobs of one name and key are one job while the first still waits.
    dedupe TEXT,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'parked')),
    due_ms BIGINT NOT NULL,
    lease_until_ms BIGINT,
    attempts BIGINT NOT NULL,
    -- From when on patience is counted: a job may be left years before it is due.
    first_tried_ms BIGINT,
    last_tried_ms BIGINT,
    -- Why it was not done then: words of ours alone, nothing of what it is about.
    last_error TEXT
);
CREATE INDEX jobs_due ON jobs (lane, due_ms, id) WHERE state = 'waiting';
CREATE INDEX jobs_leased ON jobs (lane, lease_until_ms, id) WHERE state = 'running';
CREATE INDEX jobs_parked ON jobs (id) WHERE state = 'parked';
CREATE UNIQUE INDEX jobs_dedupe ON jobs (name, dedupe) WHERE state = 'waiting' AND dedupe IS NOT NULL;

-- Data keys, wrapped by the master key. The installation's own keys have no organisation.
CREATE TABLE data_keys (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA,
    purpose TEXT NOT NULL CHECK (purpose IN ('seal', 'index', 'audit', 'id')),
    wrapped BYTEA NOT NULL,
    master_key TEXT NOT NULL,
    made_ms BIGINT NOT NULL,
    -- Set when a newer key took over; what it sealed can still be opened.
    retired_ms BIGINT,
    -- Set once nothing is left that it sealed; only then it may be destroyed.
    resealed_ms BIGINT
);
CREATE INDEX data_keys_of ON data_keys (organisation, purpose);

-- The access log (NEN 7513). Lines are never changed but for the segment that seals them.
CREATE TABLE audit_lines (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    at_us BIGINT NOT NULL,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused', 'failed')),
    person BYTEA,
    acting_for BYTEA,
    role TEXT,
    client BYTEA,
    patient BYTEA,
    object BYTEA,
    reason TEXT,
    request BYTEA,
    address TEXT,
    mac BYTEA NOT NULL,
    segment BIGINT
); -- by its key
CREATE INDEX audit_lines_open ON audit_lines (organisation, id) WHERE segment IS NULL;
-- Partial, so that a line that is written pays for one index of the two.
CREATE INDEX audit_lines_sealed ON audit_lines (organisation, segment, id) WHERE segment IS NOT NULL;
-- What others did about a patient, and what the patient did: a line is in one of the two.
CREATE INDEX audit_lines_others ON audit_lines (patient, organisation, id)
    WHERE patient IS NOT NULL AND (person = patient) IS NOT TRUE;
CREATE INDEX audit_lines_own ON audit_lines (patient, organisation, id)
    WHERE patient IS NOT NULL AND (person = patient) IS TRUE;

-- A segment of an organisation's log: the lines it holds, their root, and the root before it.
CREATE TABLE audit_seals (
    organisation BYTEA NOT NULL,
    n BIGINT NOT NULL,
    first_line BYTEA NOT NULL,
    last_line BYTEA NOT NULL,
    line_count BIGINT NOT NULL,
    root BYTEA NOT NULL,
    previous BYTEA NOT NULL,
    mac BYTEA NOT NULL,
    sealed_ms BIGINT NOT NULL,
    PRIMARY KEY (organisation, n)
);

-- A process that runs on this database. One that did not say goodbye may have lost lines of reading.
CREATE TABLE audit_writers (
    id BYTEA NOT NULL PRIMARY KEY,
    started_us BIGINT NOT NULL,
    flushed_us BIGINT NOT NULL
);

-- Who may do a job that only one process may do at a time.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder BYTEA NOT NULL,
    until_ms BIGINT NOT NULL
);
