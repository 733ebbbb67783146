//! Sign-ins that wait for a second factor: known by a secret that one browser holds, for ten minutes, and good for
//! nothing else.
//!
//! One that ends without the second factor leaves a line in the access log: somebody knew the password. One that is
//! gone on with leaves none, so that nobody is alarmed by how they sign in themselves.
//!
//! They cost whoever knows a password nothing. So ten of a person wait at most, and however many end at once, it takes
//! few statements.

use kernel::{OrganisationId, Origin, PersonId, RequestId, Result};
use secrecy::SecretString;
use store::{Row, Tx, args};

use crate::rows::factors as rows;
use crate::{Methods, log, secret};

/// How long somebody has for the second half.
pub const LIFE_MS: i64 = 10 * 60_000;
/// Those of one person that are kept at most; each is a line of the access log once it is left.
const HALVES_MAX: i64 = 10;
/// Those that one transaction removes at most of people who may all be others: each person is asked for by a statement.
const LEFT_TOGETHER: i64 = 40;

/// Somebody who has proven themselves once.
#[derive(Clone, Copy, Debug)]
pub struct Half {
    /// Who.
    pub person: PersonId,
    /// How, so far.
    pub methods: Methods,
    /// Where they want to go.
    pub towards: Option<OrganisationId>,
}

/// Keeps one more, in the place of the oldest when there are many. The caller holds the standing of the person.
pub(crate) async fn begin(tx: &Tx, half: &Half, origin: Origin) -> Result<SecretString> {
    let too_many = args![&half.person, HALVES_MAX - 1, LEFT_TOGETHER];
    let left = tx.all(rows::END_OLDER_HALVES, &too_many, left).await?;
    log::half_sign_ins(tx, &left).await?;
    let secret = vault::secret(tx.rng());
    let (hash, methods) = (secret::hash(&secret), half.methods.names());
    let (towards, ends_ms) = (half.towards.as_ref(), tx.now_ms() + LIFE_MS);
    let address = origin.address.map(|address| address.to_string());
    let values = args![&hash, &half.person, &methods, towards, ends_ms, &origin.request, address.as_deref()];
    tx.run(rows::INSERT_HALF, &values).await?;
    Ok(secret)
}

/// The half-done sign-in whose secret has this hash, while it waits.
pub async fn find(tx: &Tx, hash: &[u8; 32]) -> Result<Option<Half>> {
    tx.one(rows::FIND_HALF, &args![hash, tx.now_ms()], |row| {
        let methods = Methods::parse(&row.get::<String>(1)?);
        Ok(Half { person: row.get(0)?, methods, towards: row.get(2)? })
    })
    .await
}

pub(crate) async fn end(tx: &Tx, hash: &[u8; 32]) -> Result<bool> {
    Ok(tx.run(rows::END_HALF, &args![hash]).await? > 0)
}

/// Ends the one that a browser held, whose owner came in by it or in another way, or begins anew there: it was theirs.
pub async fn end_of(tx: &Tx, person: PersonId, hash: &[u8; 32]) -> Result<()> {
    tx.run(rows::END_HALF_OF, &args![hash, &person]).await.map(drop)
}

/// Ends those of a person whose password is another now, or who may come in no more.
pub(crate) async fn end_all(tx: &Tx, person: PersonId) -> Result<()> {
    let left = tx.all(rows::END_HALVES, &args![&person], left).await?;
    log::half_sign_ins(tx, &left).await
}

/// Removes those that are over. Says how many there were, or as many as asked for when more may be left.
pub async fn sweep(tx: &Tx, most: i64) -> Result<u64> {
    let some = most.min(LEFT_TOGETHER);
    let left = tx.all(rows::SWEEP_HALVES, &args![tx.now_ms(), some], left).await?;
    log::half_sign_ins(tx, &left).await?;
    let swept = i64::try_from(left.len()).unwrap_or(some);
    Ok(if swept == some { most } else { swept }.unsigned_abs())
}

/// Whose one was that was left without its second factor, and from where the first one was given, as far as that was
/// kept: the line names the request in which it was, by which its instant is known, too.
fn left(row: &Row<'_>) -> Result<(PersonId, Option<Origin>)> {
    let (request, address) = (row.get::<Option<RequestId>>(1)?, row.get::<Option<String>>(2)?);
    let address = address.and_then(|address| address.parse().ok());
    Ok((row.get(0)?, request.map(|request| Origin { request, address, once: None })))
}
