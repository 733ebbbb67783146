-- What practices ask patients for before they book: gender, day of birth, telephone and postal address.

CREATE TABLE person_details (
    person BYTEA NOT NULL PRIMARY KEY REFERENCES persons (id),
    -- In JSON, sealed with the installation's key, as a person's names are.
    details BYTEA NOT NULL,
    made_ms BIGINT NOT NULL,
    -- Who they were taken over from, in a merge that can be undone.
    came_from BYTEA
); -- by its key
