//! The commands of `bedside`, one file each.

mod audit;
mod booking;
mod certificate;
mod config;
mod demo;
mod generate;
mod given;
mod mail;
mod output;
mod reach;
mod running;
mod serve;
mod token;

use anyhow::Result;
use clap::{CommandFactory as _, Parser, Subcommand};

use crate::admin::{
    AdminCommand, ClientCommand, JobCommand, KeyCommand, MembershipCommand, OrganisationCommand,
    PersonCommand, TeamCommand,
};
use given::Given;
use reach::Asked;

/// Secure chat between care providers and patients, over the interfaces that healthcare software already speaks.
#[derive(Parser)]
#[command(name = "bedside", version, about, propagate_version = true, max_term_width = 110)]
pub struct Cli {
    #[command(flatten)]
    given: Given,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    Serve(serve::Serve),
    /// Make a whole clinic of invented people to try things out, and run the server on it
    Demo(demo::Demo),
    /// Add, list, show and change organisations, and choose of whom they ask two factors
    Organisation(Asked<OrganisationCommand>),
    /// Add, invite, list, disable and enable people, give them new passwords, sign them out, and end what applications
    /// hold of them
    Person(Asked<PersonCommand>),
    /// Make people members of organisations, and end that
    Membership(Asked<MembershipCommand>),
    /// Add and list teams, put people on them and take them off
    Team(Asked<TeamCommand>),
    /// Register, list, approve, decline, promote and remove OAuth applications, change their addresses, keys and lives, and
    /// rotate their secrets
    Client(Asked<ClientCommand>),
    /// Print an access token for a person of a sandbox organisation, without a browser
    Token(token::Token),
    /// Rotate keys, list them, and destroy those that nothing needs any more
    Key(Asked<KeyCommand>),
    /// Verify the access log, and print what proves later that it is whole
    Audit(audit::Audit),
    /// Take in letters that came back, and choose when people are told that a message waits
    Mail(mail::Mail),
    /// List the jobs that nobody tries any more, and have them tried again
    Job(Asked<JobCommand>),
    /// Set calendars up, and look after the appointments in them
    Booking(booking::Booking),
    /// Print the configuration that holds, without secrets
    Config(config::Show),
    /// Write the generated files
    #[command(hide = true)]
    Generate(generate::Generate),
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// What went wrong, in words for the operator.
    pub async fn run(self) -> Result<()> {
        let given = &self.given;
        match self.command {
            Command::Serve(serve) => serve.run(given).await,
            Command::Demo(demo) => demo.run(given).await,
            Command::Organisation(asked) => asked.run(given, AdminCommand::Organisation).await,
            Command::Person(asked) => asked.run(given, AdminCommand::Person).await,
            Command::Membership(asked) => asked.run(given, AdminCommand::Membership).await,
            Command::Team(asked) => asked.run(given, AdminCommand::Team).await,
            Command::Client(asked) => asked.run(given, AdminCommand::Client).await,
            Command::Token(token) => token.run(given).await,
            Command::Key(asked) => asked.run(given, AdminCommand::Key).await,
            Command::Audit(audit) => audit.run(given).await,
            Command::Mail(mail) => mail.run(given).await,
            Command::Job(asked) => asked.run(given, AdminCommand::Job).await,
            Command::Booking(booking) => booking.run(given).await,
            Command::Config(show) => show.run(given),
            Command::Generate(generate) => generate.run(),
        }
    }

    /// The commands as clap knows them, for their page in the guide.
    #[must_use]
    pub fn described() -> clap::Command {
        Self::command()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_well_formed() {
        Cli::described().debug_assert();
    }
}
