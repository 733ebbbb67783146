-- What ID tokens are signed with: of each algorithm one key that signs, and those before it, by which older tokens are
-- still verified.

CREATE TABLE signing_keys (
    id BYTEA PRIMARY KEY,
    alg TEXT NOT NULL CHECK (alg IN ('RS256', 'ES256', 'EdDSA')),
    -- As everybody may have it (RFC 7517).
    public_key TEXT NOT NULL,
    -- Sealed by the installation's key. It goes when the key retires, since nothing is signed with it any more.
    private_key BYTEA,
    made_ms BIGINT NOT NULL,
    retired_ms BIGINT,
    -- When the last token that it signed has expired; until then it is published.
    ends_ms BIGINT
);
CREATE UNIQUE INDEX signing_keys_at_work ON signing_keys (alg) WHERE retired_ms IS NULL;
