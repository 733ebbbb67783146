//! What an operator may do: one list of commands, run in the server's own process or without a server.

mod answers;
pub mod booking;
pub mod clients;
mod jobs;
mod keys;
mod log;
mod mail;
mod organisations;
mod people;
pub mod socket;
mod teams;
#[cfg(test)]
mod tests;

use flows::House;
pub(crate) use identity::invented::password as new_password;
use kernel::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use answers::{Fault, Of, in_words};
pub use booking::BookingCommand;
pub use clients::ClientCommand;
pub use jobs::JobCommand;
pub use keys::KeyCommand;
pub use log::AuditCommand;
pub use mail::MailCommand;
pub use organisations::OrganisationCommand;
pub use people::{MembershipCommand, PersonCommand};
pub use teams::TeamCommand;

/// A command with what it needs. Its answer is JSON; a secret in it is told this once.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is documented where its commands are")]
pub enum AdminCommand {
    Organisation(OrganisationCommand),
    Person(PersonCommand),
    Membership(MembershipCommand),
    Team(TeamCommand),
    Client(ClientCommand),
    Token(clients::Token),
    Key(KeyCommand),
    Audit(AuditCommand),
    Mail(MailCommand),
    Job(JobCommand),
    Booking(BookingCommand),
    Address,
}

/// Runs a command. Each that tells or changes something leaves a line in the access log.
///
/// # Errors
/// The features' own, as for anybody else.
pub async fn run(house: &House, command: AdminCommand) -> Result<Value> {
    match command {
        AdminCommand::Organisation(command) => command.run(house).await,
        AdminCommand::Person(command) => command.run(house).await,
        AdminCommand::Membership(command) => command.run(house).await,
        AdminCommand::Team(command) => command.run(house).await,
        AdminCommand::Client(command) => command.run(house).await,
        AdminCommand::Token(token) => clients::token(house, token).await,
        AdminCommand::Key(command) => command.run(house).await,
        AdminCommand::Audit(command) => command.run(house).await,
        AdminCommand::Mail(command) => command.run(house).await,
        AdminCommand::Job(command) => command.run(house).await,
        AdminCommand::Booking(command) => command.run(house).await,
        // It tells of nobody, and leaves no line.
        AdminCommand::Address => Ok(json!({ "url": house.settings.public_url })),
    }
}
