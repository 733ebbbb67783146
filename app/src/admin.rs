//! What an operator may do: one list of commands, run in the server's own process or without a server.

mod answers;
pub mod clients;
pub mod keys;
pub mod log;
pub mod organisations;
pub mod people;
pub mod socket;
pub mod teams;
#[cfg(test)]
mod tests;

use flows::House;
use kernel::Result;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use answers::new_password;
pub use answers::{Fault, in_words};

/// A command with what it needs. Its answer is JSON; a secret in it is told this once.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is documented at its arguments")]
pub enum AdminCommand {
    OrganisationAdd(organisations::Add),
    OrganisationList,
    PersonAdd(people::Add),
    PersonList(people::List),
    PersonDisable(people::One),
    PersonEnable(people::One),
    PersonReset(people::One),
    MembershipAdd(people::Join),
    MembershipEnd(people::Leave),
    TeamAdd(teams::Add),
    TeamJoin(teams::Join),
    ClientAdd(clients::Add),
    ClientList(clients::List),
    ClientRotateSecret(clients::Rotate),
    ClientRemove(clients::One),
    Token(clients::Token),
    KeyRotate(keys::Rotate),
    AuditVerify(log::Verify),
    AuditHead(log::Head),
}

/// Runs a command. Each leaves a line in the access log.
///
/// # Errors
/// The features' own, as for anybody else.
pub async fn run(house: &House, command: AdminCommand) -> Result<Value> {
    match command {
        AdminCommand::OrganisationAdd(add) => organisations::add(house, add).await,
        AdminCommand::OrganisationList => organisations::list(house).await,
        AdminCommand::PersonAdd(add) => people::add(house, add).await,
        AdminCommand::PersonList(list) => people::list(house, list).await,
        AdminCommand::PersonDisable(one) => people::disable(house, one).await,
        AdminCommand::PersonEnable(one) => people::enable(house, one).await,
        AdminCommand::PersonReset(one) => people::reset(house, one).await,
        AdminCommand::MembershipAdd(join) => people::join(house, join).await,
        AdminCommand::MembershipEnd(leave) => people::leave(house, leave).await,
        AdminCommand::TeamAdd(add) => teams::add(house, add).await,
        AdminCommand::TeamJoin(join) => teams::join(house, join).await,
        AdminCommand::ClientAdd(add) => clients::add(house, add).await,
        AdminCommand::ClientList(list) => clients::list(house, list).await,
        AdminCommand::ClientRotateSecret(rotate) => clients::rotate(house, rotate).await,
        AdminCommand::ClientRemove(one) => clients::remove(house, one).await,
        AdminCommand::Token(token) => clients::token(house, token).await,
        AdminCommand::KeyRotate(rotate) => keys::rotate(house, rotate).await,
        AdminCommand::AuditVerify(verify) => log::verify(house, verify).await,
        AdminCommand::AuditHead(head) => log::head(house, head).await,
    }
}
