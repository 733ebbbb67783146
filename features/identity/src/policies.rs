//! Who must prove themselves by two factors, by what each organisation asks of its roles.
//!
//! Always true:
//! - A session that was proven by one factor is nobody's from the moment when two are asked of its person
//!   ([`recognise_session`](crate::recognise_session) asks), so that no change of roles or policies is too big or too
//!   late to count. What is asked newly of one person also ends it for good ([`settle`]).
//! - What they allowed applications stays, and is asked for two factors when it is allowed anew.

use kernel::{Error, Event, OrganisationId, PersonId, Result, Role};
use store::{Row, Tx, args};

use crate::log::{self, By};
use crate::rows::factors as rows;
use crate::rows::memberships::role;
use crate::sessions;

/// Of whom two factors are asked unless the organisation chose otherwise. A sandbox asks nobody.
pub const BY_DEFAULT: [Role; 5] =
    [Role::Doctor, Role::Nurse, Role::Therapist, Role::Administrator, Role::Auditor];

/// The roles of which an organisation asks two factors.
pub async fn second_factor_roles(tx: &Tx, organisation: OrganisationId) -> Result<Vec<Role>> {
    let asked = args![&organisation];
    let of_row = |row: &Row<'_>| {
        let mut asked = Vec::new();
        for role in Role::ALL.iter().copied() {
            if asks(row, role, 0)? {
                asked.push(role);
            }
        }
        Ok(asked)
    };
    Ok(tx.one(rows::POLICY, &asked, of_row).await?.unwrap_or_default())
}

/// Whether two factors are asked of a role by the organisation whose flag of a sandbox, and whose choice, stand in a row.
/// The guest of a chat has nowhere to set one up.
pub(crate) fn asks(row: &Row<'_>, role: Role, at: usize) -> Result<bool> {
    let (sandbox, chosen) = (row.get::<bool>(at)?, row.get::<Option<String>>(at + 1)?);
    Ok(match chosen {
        _ if role == Role::Guest => false,
        Some(names) => names.split(' ').any(|name| name == role.name()),
        None => !sandbox && BY_DEFAULT.contains(&role),
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
    let has_no_account = |role: &Role| matches!(role, Role::Scheduler | Role::Partner | Role::Guest);
    if roles.is_some_and(|roles| roles.iter().any(has_no_account)) {
        let why = "Programs and guests have no password, and so no second factor.";
        return Err(Error::invalid("roles", "role_unfit", why));
    }
    let names = roles.map(|roles| roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" "));
    tx.run(rows::SET_POLICY, &args![&organisation, names.as_deref()]).await?;
    tx.emit(Event::OrganisationChanged { organisation });
    let of = match names.as_deref() {
        None => "by default",
        Some("") => "nobody",
        Some(names) => names,
    };
    let what = format!("second factor policy set: {of}");
    log::administration(tx, by, organisation, organisation.as_bytes(), what).await
}

/// Whether two factors are asked of somebody: the strictest of their organisations counts.
pub async fn needs_two(tx: &Tx, person: PersonId) -> Result<bool> {
    let asked = args![&person, tx.now_ms()];
    let found = tx.all(rows::POLICIES_OF, &asked, |row| asks(row, role(&row.get::<String>(0)?)?, 1));
    Ok(found.await?.contains(&true))
}

/// Ends the sessions of somebody that were proven by one factor, when two are asked of them now. The caller holds their
/// standing.
pub(crate) async fn settle(tx: &Tx, person: PersonId) -> Result<()> {
    if needs_two(tx, person).await? { sessions::end_short(tx, person, None).await } else { Ok(()) }
}
