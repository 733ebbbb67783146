-- Booking: what can be booked where and when, by whom, and what was booked. Rules are wall-clock (minutes of a local day,
-- days since 1970); what happens is instants.

-- The numbers by which portals know institutions, insurances, categories and types: the last that was given.
CREATE TABLE booking_numbers (
    organisation BYTEA NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('institution', 'insurance', 'category', 'type')),
    last BIGINT NOT NULL,
    PRIMARY KEY (organisation, kind)
); -- by its key

CREATE TABLE booking_settings (
    organisation BYTEA NOT NULL PRIMARY KEY,
    -- Whether a patient may have two appointments at the same time.
    patients_may_overlap BOOLEAN NOT NULL,
    -- Since when the practice works on paper: what is here can be read and not changed.
    downtime_since_ms BIGINT,
    -- Another with each change of what can be booked.
    revision BIGINT NOT NULL
);

-- A place of the organisation where patients come.
CREATE TABLE institutions (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    photo_url TEXT,
    -- Names of details that patients must have given before they book, with blanks between.
    required_details TEXT NOT NULL,
    -- Letters about earlier appointments: none in these hours of its day, and so many a day for one subscription.
    quiet_from_minute BIGINT NOT NULL,
    quiet_until_minute BIGINT NOT NULL,
    letters_per_day_max BIGINT NOT NULL,
    -- From so long before a video visit until so long after it, it can be joined.
    video_opens_minutes BIGINT NOT NULL,
    video_closes_minutes BIGINT NOT NULL,
    ended_ms BIGINT
);
CREATE UNIQUE INDEX institutions_numbered ON institutions (organisation, number);

CREATE TABLE holidays (
    organisation BYTEA NOT NULL,
    institution BYTEA NOT NULL REFERENCES institutions (id),
    day BIGINT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (institution, day)
); -- by its key

-- Who or what an appointment needs.
CREATE TABLE resources (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    institution BYTEA NOT NULL REFERENCES institutions (id),
    kind TEXT NOT NULL CHECK (kind IN ('practitioner', 'room', 'device')),
    name TEXT NOT NULL,
    -- Who the practitioner is, when they are known here.
    person BYTEA,
    ended_ms BIGINT
);
CREATE INDEX resources_of ON resources (organisation, institution);
CREATE INDEX resources_person ON resources (organisation, person) WHERE person IS NOT NULL;

-- When a resource is there, each week. An interval may end on the next day, at minute 2,880 at the latest.
CREATE TABLE opening_hours (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    resource BYTEA NOT NULL REFERENCES resources (id),
    -- 1 is Monday.
    weekday BIGINT NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    from_minute BIGINT NOT NULL,
    until_minute BIGINT NOT NULL,
    -- The first and the last day on which it holds.
    first_day BIGINT,
    last_day BIGINT,
    CHECK (0 <= from_minute AND from_minute < 1440 AND from_minute < until_minute AND until_minute <= 2880)
);
CREATE INDEX opening_hours_of ON opening_hours (resource);

-- A day on which other hours hold, holidays included. Without minutes the resource is not there on that day.
CREATE TABLE opening_exceptions (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    resource BYTEA NOT NULL REFERENCES resources (id),
    day BIGINT NOT NULL,
    from_minute BIGINT,
    until_minute BIGINT,
    CHECK ((from_minute IS NULL) = (until_minute IS NULL))
);
CREATE INDEX opening_exceptions_of ON opening_exceptions (resource, day);

-- When somebody or something is away, in local minutes since 1970.
CREATE TABLE absences (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    resource BYTEA NOT NULL REFERENCES resources (id),
    from_local_minute BIGINT NOT NULL,
    until_local_minute BIGINT NOT NULL,
    made_by BYTEA,
    made_ms BIGINT NOT NULL,
    CHECK (from_local_minute < until_local_minute)
);
CREATE INDEX absences_of ON absences (resource, until_local_minute);

CREATE TABLE insurances (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('statutory', 'private', 'self_payer', 'other')),
    ended_ms BIGINT
);
CREATE UNIQUE INDEX insurances_numbered ON insurances (organisation, number);

-- What patients choose first: often a doctor, or a speciality.
CREATE TABLE appointment_categories (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    number BIGINT NOT NULL,
    institution BYTEA NOT NULL REFERENCES institutions (id),
    name TEXT NOT NULL,
    subtitle TEXT,
    description TEXT,
    photo_url TEXT,
    -- It is one person: nobody else takes their place when they are taken.
    is_person BOOLEAN NOT NULL,
    -- The ages in years that it is for, both included.
    age_from BIGINT,
    age_until BIGINT,
    ended_ms BIGINT
);
CREATE UNIQUE INDEX appointment_categories_numbered ON appointment_categories (organisation, number);

-- Whom a category is for; one that names none is for all.
CREATE TABLE category_insurances (
    organisation BYTEA NOT NULL,
    category BYTEA NOT NULL REFERENCES appointment_categories (id),
    insurance BYTEA NOT NULL REFERENCES insurances (id),
    PRIMARY KEY (category, insurance)
); -- by its key

-- What can be booked in a category.
CREATE TABLE appointment_types (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    number BIGINT NOT NULL,
    category BYTEA NOT NULL REFERENCES appointment_categories (id),
    name TEXT NOT NULL,
    description TEXT,
    -- What patients are shown; the buffers come on top.
    duration_minutes BIGINT NOT NULL CHECK (duration_minutes BETWEEN 1 AND 1440),
    buffer_before_minutes BIGINT NOT NULL CHECK (buffer_before_minutes BETWEEN 0 AND 240),
    buffer_after_minutes BIGINT NOT NULL CHECK (buffer_after_minutes BETWEEN 0 AND 240),
    -- Starts lie so far apart, from the beginning of each opening interval.
    grid_minutes BIGINT NOT NULL CHECK (grid_minutes BETWEEN 1 AND 1440),
    -- So long before, at the latest, and so many local days ahead, at most.
    notice_minutes BIGINT NOT NULL CHECK (notice_minutes >= 0),
    horizon_days BIGINT NOT NULL CHECK (horizon_days BETWEEN 1 AND 730),
    -- Until so long before the start a patient may cancel, and move it.
    cancel_minutes BIGINT NOT NULL CHECK (cancel_minutes >= 0),
    reschedule_minutes BIGINT NOT NULL CHECK (reschedule_minutes >= 0),
    reschedules_max BIGINT,
    -- How many patients come to one appointment together.
    capacity BIGINT NOT NULL CHECK (capacity BETWEEN 1 AND 500),
    is_video BOOLEAN NOT NULL,
    -- The staff say yes before it counts; until then it is taken.
    needs_confirmation BOOLEAN NOT NULL,
    requires_account BOOLEAN NOT NULL,
    needs_attendant BOOLEAN NOT NULL,
    -- What patients are asked, in JSON; none without one.
    comment_form TEXT,
    -- The waiting list.
    asap_enabled BOOLEAN NOT NULL,
    asap_strategy TEXT NOT NULL CHECK (asap_strategy IN ('broadcast', 'sequential')),
    -- In turn: for so long it is kept for one.
    asap_hold_minutes BIGINT NOT NULL CHECK (asap_hold_minutes BETWEEN 1 AND 2880),
    -- So long is waited after something was freed, so that a chain of moves does not write ten letters.
    asap_debounce_minutes BIGINT NOT NULL CHECK (asap_debounce_minutes BETWEEN 0 AND 120),
    -- Who moved stays on the list.
    asap_stays BOOLEAN NOT NULL,
    ended_ms BIGINT
);
CREATE UNIQUE INDEX appointment_types_numbered ON appointment_types (organisation, number);
CREATE INDEX appointment_types_of ON appointment_types (category);

-- When in the week a type may begin; one without a window whenever its resources are there.
CREATE TABLE type_windows (
    organisation BYTEA NOT NULL,
    type BYTEA NOT NULL REFERENCES appointment_types (id),
    weekday BIGINT NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    from_minute BIGINT NOT NULL,
    until_minute BIGINT NOT NULL,
    PRIMARY KEY (type, weekday, from_minute),
    CHECK (0 <= from_minute AND from_minute < until_minute AND until_minute <= 1440)
); -- by its key

-- Whom a type is for; one that names none is for whom its category is for.
CREATE TABLE type_insurances (
    organisation BYTEA NOT NULL,
    type BYTEA NOT NULL REFERENCES appointment_types (id),
    insurance BYTEA NOT NULL REFERENCES insurances (id),
    PRIMARY KEY (type, insurance)
); -- by its key

-- What a type needs: one resource of each part. The hours of part 0 carry the grid.
CREATE TABLE type_resources (
    organisation BYTEA NOT NULL,
    type BYTEA NOT NULL REFERENCES appointment_types (id),
    part BIGINT NOT NULL CHECK (part BETWEEN 0 AND 9),
    resource BYTEA NOT NULL REFERENCES resources (id),
    PRIMARY KEY (type, part, resource)
); -- by its key
CREATE INDEX type_resources_by ON type_resources (resource);

-- What a practice knows of a patient who books.
CREATE TABLE booking_patients (
    organisation BYTEA NOT NULL,
    patient BYTEA NOT NULL,
    insurance BYTEA REFERENCES insurances (id),
    -- Sealed with the organisation's key.
    insurance_number BYTEA,
    -- They book nothing by themselves.
    blocked_ms BIGINT,
    -- Who each was taken over from, in a merge that can be undone.
    insurance_came_from BYTEA,
    block_came_from BYTEA,
    retain_until_ms BIGINT,
    legal_hold BOOLEAN NOT NULL,
    PRIMARY KEY (organisation, patient)
); -- by its key

CREATE TABLE appointments (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    institution BYTEA NOT NULL,
    category BYTEA NOT NULL,
    type BYTEA NOT NULL,
    insurance BYTEA,
    patient BYTEA NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'booked', 'cancelled')),
    -- What the patient was told, and the same in local minutes since 1970: when the rules of the zone change, those stay.
    start_ms BIGINT NOT NULL,
    end_ms BIGINT NOT NULL,
    start_local_minute BIGINT NOT NULL,
    time_zone TEXT NOT NULL,
    buffer_before_minutes BIGINT NOT NULL,
    buffer_after_minutes BIGINT NOT NULL,
    cancel_minutes BIGINT NOT NULL,
    reschedule_minutes BIGINT NOT NULL,
    reschedules_left BIGINT,
    -- The gathering that it is part of, where several patients come together.
    gathering BYTEA,
    -- The staff put it beside others, knowing.
    is_overbooked BOOLEAN NOT NULL,
    -- Rises with each change of its time and with its end.
    sequence BIGINT NOT NULL,
    -- Of the availability that it was booked with, so that a repetition finds it.
    jti BYTEA,
    -- Comments, answers, reference, e-mail and what is wished of letters, in JSON, sealed with the organisation's key.
    details BYTEA NOT NULL,
    -- Of one that was cancelled: the ids of whom and what it was with, one after the other.
    was_with BYTEA,
    -- Why it was cancelled, sealed the same way.
    cancel_reason BYTEA,
    made_by BYTEA,
    made_ms BIGINT NOT NULL,
    client BYTEA,
    updated_ms BIGINT NOT NULL,
    cancelled_ms BIGINT,
    retain_until_ms BIGINT,
    legal_hold BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX appointments_once ON appointments (organisation, patient, jti) WHERE jti IS NOT NULL;
CREATE INDEX appointments_of ON appointments (organisation, patient, start_ms, id);
CREATE INDEX appointments_by_start ON appointments (organisation, start_ms, id);

-- Each time that an appointment had: what was told, by whom, through which application. It is kept as long as its appointment.
CREATE TABLE appointment_changes (
    organisation BYTEA NOT NULL,
    appointment BYTEA NOT NULL REFERENCES appointments (id),
    sequence BIGINT NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('booked', 'confirmed', 'moved', 'cancelled', 'resettled')),
    start_ms BIGINT NOT NULL,
    by_person BYTEA,
    client BYTEA,
    at_ms BIGINT NOT NULL,
    -- Whose account was written to of it, with a file for calendars: that one hears of what follows, too.
    told BYTEA,
    PRIMARY KEY (appointment, sequence)
); -- by its key

-- A time at which several patients come together: its seats are counted here.
CREATE TABLE gatherings (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    type BYTEA NOT NULL,
    start_ms BIGINT NOT NULL,
    capacity BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    CHECK (0 <= taken AND taken <= capacity)
);
CREATE UNIQUE INDEX gatherings_at ON gatherings (organisation, type, start_ms, id);

-- Somebody is choosing: what they look at is kept for them for a few minutes.
CREATE TABLE holds (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    -- Whose.
    patient BYTEA NOT NULL,
    client BYTEA,
    -- The offer of the waiting list that it is kept for.
    offer BYTEA,
    type BYTEA NOT NULL,
    start_ms BIGINT NOT NULL,
    end_ms BIGINT NOT NULL,
    made_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE INDEX holds_of ON holds (organisation, patient, expires_ms);
CREATE INDEX holds_due ON holds (expires_ms);

-- What became free: written with its cause, and looked at by who finds people on the waiting list for it.
CREATE TABLE freed_times (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    resource BYTEA NOT NULL,
    from_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    made_ms BIGINT NOT NULL,
    -- Letters about it go out from then on.
    due_ms BIGINT NOT NULL,
    -- Who waits for it was looked at up to there: of which type, and behind whom in their line.
    reached_type BYTEA,
    reached_consented_ms BIGINT,
    reached_subscription BYTEA
);
CREATE INDEX freed_times_due ON freed_times (organisation, due_ms, id);
CREATE INDEX freed_times_over ON freed_times (until_ms);

-- Who would rather come earlier.
CREATE TABLE asap_subscriptions (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    appointment BYTEA NOT NULL REFERENCES appointments (id),
    -- Who put it there in the patient's stead: it goes on as long as they may book for them. And whom it was taken over of, who
    -- turned out to be the same.
    proxy BYTEA,
    proxy_came_from BYTEA,
    -- Sealed with the organisation's key.
    email BYTEA NOT NULL,
    consented_ms BIGINT NOT NULL,
    -- Another address than the one that is known to be theirs counts once its letter was answered.
    confirmed_ms BIGINT,
    -- Of the newest letter that asks to confirm.
    confirmation_hash BYTEA,
    ended_ms BIGINT,
    why_ended TEXT CHECK (why_ended IN
        ('left', 'cancelled', 'started', 'disabled', 'bounced', 'moved', 'mandate_ended')),
    -- Since when letters come back from the address.
    lost_ms BIGINT,
    retain_until_ms BIGINT,
    legal_hold BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX asap_subscriptions_open ON asap_subscriptions (organisation, appointment) WHERE ended_ms IS NULL;
CREATE INDEX asap_subscriptions_of ON asap_subscriptions (appointment);

-- An earlier time that somebody on the waiting list was told of: one letter for each.
CREATE TABLE asap_offers (
    id BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    subscription BYTEA NOT NULL REFERENCES asap_subscriptions (id),
    appointment BYTEA NOT NULL,
    -- What they were to leave, and what they were offered.
    old_start_ms BIGINT NOT NULL,
    start_ms BIGINT NOT NULL,
    end_ms BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'taken', 'expired')),
    letter BYTEA,
    made_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    settled_ms BIGINT
);
-- Of one time they are told once, however often they leave the list and join it again.
CREATE UNIQUE INDEX asap_offers_once ON asap_offers (appointment, start_ms);
CREATE INDEX asap_offers_of ON asap_offers (subscription);
CREATE INDEX asap_offers_open ON asap_offers (organisation, expires_ms) WHERE state = 'open';
CREATE INDEX asap_offers_made ON asap_offers (organisation, made_ms);

-- A link with which somebody joins a video visit, in one browser: the newest that they made.
CREATE TABLE video_links (
    secret_hash BYTEA NOT NULL PRIMARY KEY,
    organisation BYTEA NOT NULL,
    appointment BYTEA NOT NULL REFERENCES appointments (id),
    -- The appointment's when the link was made: a later one makes it worthless.
    sequence BIGINT NOT NULL,
    person BYTEA NOT NULL,
    valid_from_ms BIGINT NOT NULL,
    valid_until_ms BIGINT NOT NULL,
    -- When it was used, and by which browser.
    used_ms BIGINT,
    browser_hash BYTEA
); -- by its key
CREATE UNIQUE INDEX video_links_of ON video_links (appointment, person);
CREATE INDEX video_links_over ON video_links (valid_until_ms);
