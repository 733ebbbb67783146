-- Appointments of somebody who turned out to be somebody else: they went to who was kept. For thirty days, so that they can
-- go back.
CREATE TABLE merge_appointments (
    gone BYTEA NOT NULL,
    organisation BYTEA NOT NULL,
    appointment BYTEA NOT NULL,
    made_ms BIGINT NOT NULL,
    PRIMARY KEY (gone, appointment)
); -- by its key
CREATE INDEX merge_appointments_made ON merge_appointments (made_ms);
