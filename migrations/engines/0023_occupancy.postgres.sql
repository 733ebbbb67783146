-- No two rows of one `taken` and `lane` overlap.
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE occupancy ADD CONSTRAINT occupancy_is_exclusive
    EXCLUDE USING gist (taken WITH =, lane WITH =, int8range(from_ms, until_ms) WITH &&);
