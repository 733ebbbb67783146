//! What is remembered of tries to sign in.

/// When a browser was last used by whoever has this account.
pub(crate) const DEVICE: &str = "SELECT d.used_ms
    FROM person_identifiers i JOIN known_devices d ON d.person = i.person
    WHERE i.system IN ('email', 'mobile') AND i.value_hash = $1 AND d.device_hash = $2 AND d.used_ms > $3";
pub(crate) const KEEP_DEVICE: &str = "INSERT INTO known_devices (person, device_hash, used_ms)
    VALUES ($1, $2, $3)
    ON CONFLICT (person, device_hash) DO UPDATE SET used_ms = excluded.used_ms";
/// All but the newest `$2`, and no more than `$3`.
pub(crate) const FORGET_OLDER_DEVICES: &str = "DELETE FROM known_devices WHERE person = $1 AND device_hash IN
    (SELECT device_hash FROM known_devices WHERE person = $1
        ORDER BY used_ms DESC, device_hash LIMIT $3 OFFSET $2)";
pub(crate) const FORGET_DEVICES: &str = "DELETE FROM known_devices WHERE person = $1";
pub(crate) const FORGET_OTHER_DEVICES: &str =
    "DELETE FROM known_devices WHERE person = $1 AND device_hash <> $2";
/// Whether there is another than this one; those from before `$3` count no more.
pub(crate) const OTHER_DEVICE: &str = "SELECT used_ms FROM known_devices
    WHERE person = $1 AND device_hash <> $2 AND used_ms > $3 LIMIT 1";
pub(crate) const SWEEP_DEVICES: &str = "DELETE FROM known_devices WHERE (person, device_hash) IN
    (SELECT person, device_hash FROM known_devices WHERE used_ms < $1 ORDER BY used_ms LIMIT $2)";
/// Of one place and of everywhere.
pub(crate) const FAILURES: &str = "SELECT place_hash, failures, last_ms FROM sign_in_failures
    WHERE account_hash = $1 AND place_hash IN ($2, $3)";
pub(crate) const KEEP_FAILURES: &str =
    "INSERT INTO sign_in_failures (account_hash, place_hash, failures, last_ms)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (account_hash, place_hash)
        DO UPDATE SET failures = excluded.failures, last_ms = excluded.last_ms
        WHERE excluded.last_ms >= sign_in_failures.last_ms";
pub(crate) const FORGIVE: &str = "DELETE FROM sign_in_failures WHERE account_hash = $1 AND place_hash = $2";
pub(crate) const SWEEP_FAILURES: &str = "DELETE FROM sign_in_failures WHERE (account_hash, place_hash) IN
    (SELECT account_hash, place_hash FROM sign_in_failures WHERE last_ms < $1 ORDER BY last_ms LIMIT $2)";
