-- What leaves the house: letters, and whom to tell that something waits for them.

-- Mail and SMS: promised in the transaction of their cause, sent after it.
CREATE TABLE letters (
    id BYTEA NOT NULL PRIMARY KEY,
    -- In whose name it goes out.
    organisation BYTEA NOT NULL,
    -- What it is for; the words are the sender's.
    kind TEXT NOT NULL,
    way TEXT NOT NULL CHECK (way IN ('mail', 'sms')),
    -- Whom it is for, when they are known.
    person BYTEA,
    -- Address, subject and text, sealed with the installation's key; empty once they were removed.
    content BYTEA NOT NULL,
    -- A sandbox organisation's are kept and never sent.
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'kept', 'refused', 'bounced')),
    made_ms BIGINT NOT NULL,
    settled_ms BIGINT,
    retain_until_ms BIGINT,
    legal_hold BOOLEAN NOT NULL
);
CREATE INDEX letters_of ON letters (organisation, id);
CREATE INDEX letters_waiting ON letters (made_ms, id) WHERE state = 'waiting';
CREATE INDEX letters_by_time ON letters (made_ms);
-- Those whose words are still to be removed, so that no look reads a year of those whose words are gone.
CREATE INDEX letters_worded ON letters (made_ms) WHERE LENGTH(content) > 0 AND NOT legal_hold;

-- When an organisation tells people that a message waits for them. One without a row does so after the house's time.
CREATE TABLE notice_settings (
    organisation BYTEA NOT NULL PRIMARY KEY,
    after_minutes BIGINT NOT NULL,
    -- Minutes of its day between which nobody is told; the same twice is never.
    quiet_from_minute BIGINT NOT NULL,
    quiet_until_minute BIGINT NOT NULL
);

-- What a person chose of that, in all their organisations. Who has no row gets notices, and keeps the organisation's
-- hours.
CREATE TABLE notice_wishes (
    person BYTEA NOT NULL PRIMARY KEY,
    wanted BOOLEAN NOT NULL,
    quiet_from_minute BIGINT,
    quiet_until_minute BIGINT,
    -- When they last had a letter sent to prove that mail reaches them.
    proof_asked_ms BIGINT
);

-- Who may have to be told that a message waits, and who was. Whether one really waits is asked when it is due.
CREATE TABLE unread_notices (
    organisation BYTEA NOT NULL,
    person BYTEA NOT NULL,
    due_ms BIGINT,
    noticed_ms BIGINT,
    PRIMARY KEY (organisation, person)
);
CREATE INDEX unread_notices_due ON unread_notices (due_ms) WHERE due_ms IS NOT NULL;

-- Up to when messages were looked at for that.
CREATE TABLE notice_walk (
    name TEXT NOT NULL PRIMARY KEY,
    until_ms BIGINT NOT NULL
);
