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
