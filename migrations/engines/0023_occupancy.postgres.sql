-- No two rows of one `organisation`, `taken` and `lane` overlap.
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE occupancy ADD CONSTRAINT occupancy_is_exclusive
    EXCLUDE USING gist (organisation WITH =, taken WITH =, lane WITH =, int8range(from_ms, until_ms) WITH &&);

-- Each change of what appointments take of a resource is counted. What there is not of a row, before or after, is null.
CREATE FUNCTION count_calendar_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO calendar_changes (organisation, resource, changes)
    SELECT organisation, id, 1 FROM resources
    WHERE (organisation = NEW.organisation AND id = NEW.taken) OR (organisation = OLD.organisation AND id = OLD.taken)
    ON CONFLICT (organisation, resource) DO UPDATE SET changes = calendar_changes.changes + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER occupancy_is_counted AFTER INSERT ON occupancy
    FOR EACH ROW WHEN (NEW.appointment IS NOT NULL) EXECUTE FUNCTION count_calendar_change();
CREATE TRIGGER occupancy_ends_counted AFTER DELETE ON occupancy
    FOR EACH ROW WHEN (OLD.appointment IS NOT NULL) EXECUTE FUNCTION count_calendar_change();
CREATE TRIGGER occupancy_moves_counted AFTER UPDATE ON occupancy
    FOR EACH ROW WHEN (OLD.appointment IS NOT NULL OR NEW.appointment IS NOT NULL) EXECUTE FUNCTION count_calendar_change();
