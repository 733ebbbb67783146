-- Applications that people who work somewhere register themselves, and the invented people that they try them with.

-- Who registered it on the pages; nobody, when an operator or an administrator did.
ALTER TABLE clients ADD COLUMN registered_by BYTEA REFERENCES persons (id);
-- Since when its developer wishes to go into production, and for which organisation.
ALTER TABLE clients ADD COLUMN wished_ms BIGINT;
ALTER TABLE clients ADD COLUMN wished_for BYTEA REFERENCES organisations (id);
CREATE INDEX clients_registered ON clients (registered_by) WHERE registered_by IS NOT NULL;
CREATE INDEX clients_waiting ON clients (id) WHERE pending OR wished_ms IS NOT NULL;

-- Who is invented, and for whom: a developer has them once.
CREATE TABLE test_people (
    developer BYTEA NOT NULL REFERENCES persons (id),
    person BYTEA NOT NULL REFERENCES persons (id),
    organisation BYTEA NOT NULL REFERENCES organisations (id),
    made_ms BIGINT NOT NULL,
    PRIMARY KEY (developer, person)
);
