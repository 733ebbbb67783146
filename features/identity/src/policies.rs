//! Who must prove themselves by two factors, by what each organisation asks of its roles.

use kernel::{Error, OrganisationId, PersonId, Result, Role};
use store::{Row, Tx, args};

use crate::log::{self, By};
use crate::rows::factors as rows;
use crate::rows::memberships::role;

/// Of whom two factors are asked unless the organisation chose otherwise. A sandbox asks nobody.
pub const BY_DEFAULT: [Role; 5] =
    [Role::Doctor, Role::Nurse, Role::Therapist, Role::Administrator, Role::Auditor];

/// The roles of which an organisation asks two factors.
pub async fn second_factor_roles(tx: &Tx, organisation: OrganisationId) -> Result<Vec<Role>> {
    let asked = args![&organisation];
    Ok(tx.one(rows::POLICY, &asked, |row| asked_of(row, 0)).await?.unwrap_or_default())
}

fn asked_of(row: &Row<'_>, at: usize) -> Result<Vec<Role>> {
    let (sandbox, chosen) = (row.get::<bool>(at)?, row.get::<Option<String>>(at + 1)?);
    Ok(match chosen {
        Some(names) => names.split(' ').filter_map(Role::named).collect(),
        None if sandbox => Vec::new(),
        None => BY_DEFAULT.to_vec(),
    })
}

/// Chooses of which roles an organisation asks two factors; `None` for what holds by default.
///
/// # Errors
/// [`Error::Invalid`] for a role that signs in nowhere.
pub async fn set_second_factor_roles(
    tx: &Tx,
    by: By<'_>,
    organisation: OrganisationId,
    roles: Option<&[Role]>,
) -> Result<()> {
    let is_program = |role: &Role| matches!(role, Role::Scheduler | Role::Partner);
    if roles.is_some_and(|roles| roles.iter().any(is_program)) {
        let why = "Programs have no password, and so no second factor.";
        return Err(Error::invalid("roles", "role_unfit", why));
    }
    let names = roles.map(|roles| roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" "));
    tx.run(rows::SET_POLICY, &args![&organisation, names.as_deref()]).await?;
    log::administration(tx, by, organisation, organisation.as_bytes(), "second factor policy set").await
}

/// Whether two factors are asked of somebody: the strictest of their organisations counts.
pub async fn needs_two(tx: &Tx, person: PersonId) -> Result<bool> {
    let asked = args![&person, tx.now_ms()];
    let found = tx
        .all(rows::POLICIES_OF, &asked, |row| Ok(asked_of(row, 1)?.contains(&role(&row.get::<String>(0)?)?)));
    Ok(found.await?.contains(&true))
}
