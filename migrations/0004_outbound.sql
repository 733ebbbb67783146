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
    -- Address, subject and text, sealed with the installation's key.
    content BYTEA NOT NULL,
    -- A sandbox organisation's are kept and never sent.
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'kept', 'refused', 'bounced')),
    made_ms BIGINT NOT NULL,
    settled_ms BIGINT,
    retain_until_ms BIGINT,
    legal_hold BOOLEAN NOT NULL
);
CREATE INDEX letters_of ON letters (organisation, id);
