-- Where somebody was on their way to when they asked for a link to sign in: by what the browser that asked is known again,
-- and the application, so that another browser can say where to go on. The way itself stays in the browser that asked.
ALTER TABLE sign_in_links ADD COLUMN browser_hash BYTEA;
ALTER TABLE sign_in_links ADD COLUMN client BYTEA;
