-- What is taken of whom and of what: the one table that says whether a time is free. That no two rows of one `organisation`,
-- `taken` and `lane` overlap is held by the database itself; how is the one thing that is written for each engine
-- (`engines/`). Somebody may be a patient of two organisations, neither of which knows of the other's calendar.
CREATE TABLE occupancy (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    -- A resource, or a patient, who cannot be in two places either.
    taken BYTEA NOT NULL,
    -- 0, or for what was put beside another, knowing, a further one.
    lane BIGINT NOT NULL CHECK (lane >= 0),
    -- With its buffers, the end not included.
    from_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    -- By what: exactly one.
    appointment BYTEA,
    gathering BYTEA,
    hold BYTEA,
    CHECK (from_ms < until_ms AND until_ms - from_ms <= 172800000),
    CHECK ((appointment IS NOT NULL AND gathering IS NULL AND hold IS NULL)
        OR (appointment IS NULL AND gathering IS NOT NULL AND hold IS NULL)
        OR (appointment IS NULL AND gathering IS NULL AND hold IS NOT NULL))
);
-- Whoever lists times reads thousands of rows: they are in the index whole.
CREATE INDEX occupancy_at ON occupancy (organisation, taken, lane, from_ms, until_ms, appointment);
CREATE INDEX occupancy_held ON occupancy (organisation, taken, from_ms) WHERE appointment IS NULL;
CREATE INDEX occupancy_of_appointment ON occupancy (appointment) WHERE appointment IS NOT NULL;
CREATE INDEX occupancy_of_gathering ON occupancy (gathering) WHERE gathering IS NOT NULL;
CREATE INDEX occupancy_of_hold ON occupancy (hold) WHERE hold IS NOT NULL;

-- How often what appointments take of a resource has changed, for whoever remembers what it was. The database counts by itself,
-- whoever writes (`engines/`).
CREATE TABLE calendar_changes (
    organisation BYTEA NOT NULL,
    resource BYTEA NOT NULL,
    changes BIGINT NOT NULL,
    PRIMARY KEY (organisation, resource)
); -- by its key
