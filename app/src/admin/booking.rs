//! Commands on calendars and on the appointments in them.

pub mod desk;

use clap::Subcommand;
use flows::House;
use kernel::Result;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Commands on calendars and on the appointments in them.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum BookingCommand {
    /// Book, move, cancel, confirm and show appointments
    #[command(subcommand)]
    Appointment(desk::AppointmentCommand),
    /// List the appointments of a day, or print them for when the server is down
    Day(desk::Day),
    /// Note when somebody or something is away, and see which appointments are to be planned again
    #[command(subcommand)]
    Absence(desk::AbsenceCommand),
    /// Work on paper: begin and end it
    #[command(subcommand)]
    Downtime(desk::DowntimeCommand),
    /// Show how well the waiting list fills what is given up
    WaitingList(desk::WaitingList),
}

impl BookingCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Appointment(command) => command.run(house).await,
            Self::Day(day) => day.run(house).await,
            Self::Absence(command) => command.run(house).await,
            Self::Downtime(command) => command.run(house).await,
            Self::WaitingList(what) => what.run(house).await,
        }
    }
}
