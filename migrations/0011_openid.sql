-- What OpenID Connect, refresh tokens and programs that act for themselves need of applications, sessions, codes and
-- tokens.

-- Its public keys (RFC 7517), when it proves itself by those and not by a secret.
ALTER TABLE clients ADD COLUMN jwks TEXT;
-- In which ways it may ask for tokens, separated by spaces.
ALTER TABLE clients ADD COLUMN grant_types TEXT NOT NULL DEFAULT 'authorization_code';
-- How long it may stay away and still refresh.
ALTER TABLE clients ADD COLUMN refresh_life_ms BIGINT NOT NULL DEFAULT 2592000000;
-- Whether every application is told the same subject of a person, or each host another.
ALTER TABLE clients ADD COLUMN pairwise BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE clients ADD COLUMN id_token_alg TEXT NOT NULL DEFAULT 'RS256'
    CHECK (id_token_alg IN ('RS256', 'ES256', 'EdDSA'));
-- Where the browser may go after signing out, a line each.
ALTER TABLE clients ADD COLUMN post_logout_uris TEXT NOT NULL DEFAULT '';
-- The program's own account, when it acts for itself.
ALTER TABLE clients ADD COLUMN account BYTEA REFERENCES persons (id);
-- Until an operator approves of it, it gets no code and no token.
ALTER TABLE clients ADD COLUMN pending BOOLEAN NOT NULL DEFAULT FALSE;

-- How the person proved who they are, separated by spaces.
ALTER TABLE sessions ADD COLUMN methods TEXT NOT NULL DEFAULT 'password';

-- What an ID token says of the sign-in that the code came of.
ALTER TABLE codes ADD COLUMN nonce TEXT;
ALTER TABLE codes ADD COLUMN signed_in_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE codes ADD COLUMN methods TEXT NOT NULL DEFAULT 'password';
