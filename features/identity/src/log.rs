//! Which line of the access log each deed of this crate leaves.

use kernel::{Actor, GrantId, OrganisationId, Origin, PersonId, Result, Role, SessionId};
use store::Tx;

/// Who does something that people of the house may do: one of them, or the operator at the command line.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    /// The command line of the server.
    Operator,
    /// Somebody who is signed in.
    Actor(&'a Actor),
}

pub(crate) async fn administration(
    tx: &Tx,
    by: By<'_>,
    organisation: OrganisationId,
    object: &[u8],
    deed: &'static str,
) -> Result<()> {
    Ok(())
}
pub(crate) async fn mandate(
    tx: &Tx,
    by: By<'_>,
    organisation: OrganisationId,
    patient: PersonId,
    object: &[u8],
    deed: &'static str,
) -> Result<()> {
    Ok(())
}
pub(crate) async fn grant(
    tx: &Tx,
    by: By<'_>,
    organisation: OrganisationId,
    person: PersonId,
    grant: GrantId,
    deed: &'static str,
) -> Result<()> {
    Ok(())
}
pub(crate) async fn person_read(tx: &Tx, actor: &Actor, patient: PersonId) -> Result<()> {
    Ok(())
}
pub(crate) async fn signed_in(
    tx: &Tx,
    organisation: OrganisationId,
    person: PersonId,
    role: Role,
    session: SessionId,
    origin: Origin,
) -> Result<()> {
    Ok(())
}
pub(crate) async fn sign_in_failed(
    tx: &Tx,
    organisation: OrganisationId,
    person: PersonId,
    role: Role,
    origin: Origin,
) -> Result<()> {
    Ok(())
}
pub(crate) async fn signed_out(tx: &Tx, actor: &Actor, session: SessionId) -> Result<()> {
    Ok(())
}
