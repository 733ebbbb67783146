-- No two rows of one `organisation`, `taken` and `lane` overlap.
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE occupancy ADD CONSTRAINT occupancy_is_exclusive
    EXCLUDE USING gist (organisation WITH =, taken WITH =, lane WITH =, int8range(from_ms, until_ms) WITH &&);
