-- No two rows of one `organisation`, `taken` and `lane` overlap. None is longer than two days, so that the index is walked no
-- further.
CREATE TRIGGER occupancy_is_exclusive BEFORE INSERT ON occupancy
WHEN EXISTS (SELECT 1 FROM occupancy WHERE organisation = NEW.organisation AND taken = NEW.taken AND lane = NEW.lane
    AND from_ms > NEW.from_ms - 172800000 AND from_ms < NEW.until_ms AND until_ms > NEW.from_ms)
BEGIN
    SELECT RAISE(ABORT, 'occupied');
END;
CREATE TRIGGER occupancy_stays_exclusive BEFORE UPDATE OF organisation, taken, lane, from_ms, until_ms ON occupancy
WHEN EXISTS (SELECT 1 FROM occupancy WHERE organisation = NEW.organisation AND taken = NEW.taken AND lane = NEW.lane
    AND id <> NEW.id AND from_ms > NEW.from_ms - 172800000 AND from_ms < NEW.until_ms AND until_ms > NEW.from_ms)
BEGIN
    SELECT RAISE(ABORT, 'occupied');
END;

-- Each change of what appointments take of a resource is counted.
CREATE TRIGGER occupancy_is_counted AFTER INSERT ON occupancy WHEN NEW.appointment IS NOT NULL
BEGIN
    INSERT INTO calendar_changes (organisation, resource, changes)
    SELECT organisation, id, 1 FROM resources WHERE organisation = NEW.organisation AND id = NEW.taken
    ON CONFLICT (organisation, resource) DO UPDATE SET changes = changes + 1;
END;
CREATE TRIGGER occupancy_ends_counted AFTER DELETE ON occupancy WHEN OLD.appointment IS NOT NULL
BEGIN
    INSERT INTO calendar_changes (organisation, resource, changes)
    SELECT organisation, id, 1 FROM resources WHERE organisation = OLD.organisation AND id = OLD.taken
    ON CONFLICT (organisation, resource) DO UPDATE SET changes = changes + 1;
END;
CREATE TRIGGER occupancy_moves_counted AFTER UPDATE ON occupancy
WHEN OLD.appointment IS NOT NULL OR NEW.appointment IS NOT NULL
BEGIN
    INSERT INTO calendar_changes (organisation, resource, changes)
    SELECT organisation, id, 1 FROM resources
    WHERE (organisation = NEW.organisation AND id = NEW.taken) OR (organisation = OLD.organisation AND id = OLD.taken)
    ON CONFLICT (organisation, resource) DO UPDATE SET changes = changes + 1;
END;
