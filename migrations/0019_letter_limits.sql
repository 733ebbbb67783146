-- What is sent to somebody about their own account is counted by who asked for it, and each SMS by itself.

-- Whether it was asked for in a browser that the account knows: what strangers ask for does not count against its owner.
ALTER TABLE sign_in_links ADD COLUMN by_known BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE password_links ADD COLUMN by_known BOOLEAN NOT NULL DEFAULT FALSE;

-- One row for each code that went out by SMS.
CREATE TABLE sms_sent (
    id BYTEA NOT NULL PRIMARY KEY,
    -- In whose name.
    organisation BYTEA NOT NULL REFERENCES organisations (id),
    person BYTEA NOT NULL REFERENCES persons (id),
    by_known BOOLEAN NOT NULL,
    sent_ms BIGINT NOT NULL
); -- by its key
CREATE INDEX sms_sent_of ON sms_sent (person, sent_ms);
CREATE INDEX sms_sent_by ON sms_sent (organisation, sent_ms);
CREATE INDEX sms_sent_at ON sms_sent (sent_ms);
