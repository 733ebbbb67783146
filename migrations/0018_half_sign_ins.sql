-- From where the first half of a sign-in came: what ends without the second half is a line of the access log.

-- The request, and the address as far as it is known; NULL in rows from before this step.
ALTER TABLE half_sign_ins ADD COLUMN request BYTEA;
ALTER TABLE half_sign_ins ADD COLUMN address TEXT;
