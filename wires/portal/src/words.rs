//! The names of this API, exactly as its clients know them (portal-booking.md 1.5).

mod asked;
mod shown;

pub use asked::{Cancelling, Chosen, For, Listing, Many, Moving, NewBooking, Patient, Stretch, Subscribing};
pub use shown::{
    Appointment, AppointmentType, AsapList, Availability, Categories, Category, Day, Done, Earlier,
    Institution, InstitutionShown, Insurance, Known, List, Made, Offered, One, Page, Profile, Relative,
    VideoLink,
};
