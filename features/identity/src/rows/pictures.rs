//! People's pictures.

pub(crate) const PUT: &str = "INSERT INTO person_pictures (person, picture, made_ms) VALUES ($1, $2, $3)
    ON CONFLICT (person) DO UPDATE SET picture = excluded.picture, made_ms = excluded.made_ms";
pub(crate) const MARK: &str = "UPDATE persons SET picture_mark = $2 WHERE id = $1";
pub(crate) const UNMARK: &str = "UPDATE persons SET picture_mark = NULL WHERE id = $1";
pub(crate) const GET: &str = "SELECT picture FROM person_pictures WHERE person = $1";
pub(crate) const DELETE: &str = "DELETE FROM person_pictures WHERE person = $1";
/// Only while the picture is the one that was looked at.
pub(crate) const RESEAL: &str = "UPDATE person_pictures SET picture = $2 WHERE person = $1 AND picture = $3";
