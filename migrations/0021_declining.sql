-- Applications that somebody said no to.

-- Since when, and why, in words that its developer reads and that name nobody: of one that waits for approval, or of the
-- wish for production of one in a sandbox.
ALTER TABLE clients ADD COLUMN declined_ms BIGINT;
ALTER TABLE clients ADD COLUMN declined_because TEXT;

-- Production that is wished for in an organisation.
CREATE INDEX clients_wished ON clients (wished_for) WHERE wished_ms IS NOT NULL;
-- Whether somebody is invented.
CREATE INDEX test_people_of ON test_people (person);
