//! Commands on calendars and on the appointments in them.

mod absences;
pub mod day;
mod desk;
mod found;
mod hours;
mod offers;
mod places;
mod practice;
mod types;

use clap::Subcommand;
use flows::House;
use kernel::Result;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use hours::{HolidayCommand, HoursCommand};
use offers::{CategoryCommand, InsuranceCommand};
use places::{InstitutionCommand, ResourceCommand};
use types::TypeCommand;

/// Commands on calendars and on the appointments in them.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum BookingCommand {
    /// Places where patients come
    #[command(subcommand)]
    Institution(InstitutionCommand),
    /// Practitioners, rooms and devices
    #[command(subcommand)]
    Resource(ResourceCommand),
    /// When they are there
    #[command(subcommand)]
    Hours(HoursCommand),
    /// Days on which a place is closed
    #[command(subcommand)]
    Holiday(HolidayCommand),
    /// Who pays for care
    #[command(subcommand)]
    Insurance(InsuranceCommand),
    /// What patients choose first: often a doctor, or a speciality
    #[command(subcommand)]
    Category(CategoryCommand),
    /// What can be booked in a category
    #[command(subcommand)]
    Type(TypeCommand),
    /// Book, move, cancel, confirm, show and list appointments
    #[command(subcommand)]
    Appointment(desk::AppointmentCommand),
    /// List the appointments of a day, or print them for when the server is down
    Day(day::Day),
    /// Note when somebody or something is away, and see which appointments are to be planned again
    #[command(subcommand)]
    Absence(absences::AbsenceCommand),
    /// Work on paper: begin and end it
    #[command(subcommand)]
    Downtime(practice::DowntimeCommand),
    /// Let patients have two appointments at the same time, or no longer
    PatientsMayOverlap(practice::Overlap),
    /// Show how well the waiting list fills what is given up
    WaitingList(practice::WaitingList),
}

impl BookingCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Institution(command) => command.run(house).await,
            Self::Resource(command) => command.run(house).await,
            Self::Hours(command) => command.run(house).await,
            Self::Holiday(command) => command.run(house).await,
            Self::Insurance(command) => command.run(house).await,
            Self::Category(command) => command.run(house).await,
            Self::Type(command) => command.run(house).await,
            Self::Appointment(command) => command.run(house).await,
            Self::Day(day) => day.run(house).await,
            Self::Absence(command) => command.run(house).await,
            Self::Downtime(command) => command.run(house).await,
            Self::PatientsMayOverlap(what) => what.run(house).await,
            Self::WaitingList(what) => what.run(house).await,
        }
    }
}
