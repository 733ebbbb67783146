//! What every wire shares: who is calling, body limits, quotas and rates, and answers that belong to no dialect.

mod address;
pub mod body;
mod caller;
pub mod download;
pub mod export;
mod fence;
mod holders;
mod joined;
pub mod once;
pub mod pages;
pub mod picture;
pub mod problem;
mod quota;
mod rates;
mod recognised;
mod requests;
mod stop;
mod strangers;
pub mod tags;
mod tally;
mod unproven;
pub mod upload;

use std::ops::Deref;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use flows::House;

pub use address::network;
pub use caller::{Caller, NotRecognised, bearer};
pub use fence::{documented, fenced};
pub use holders::Holders;
pub use joined::Joined;
pub use quota::{Quota, Standing};
pub use rates::{Charge, Rates, Work};
pub use recognised::Remembered;
pub use requests::{Refused, note_request};
pub use stop::{Stop, Stopped};
pub use strangers::Strangers;
pub use unproven::{REFUSED_CREDENTIALS, Unproven};

/// Of the calls that a token may make on the messenger's REST API, one in so many may be an upload.
const UPLOADS_ONE_IN: u32 = 3;

/// The house's door: the house, and what is remembered of those who knock.
#[derive(Clone)]
pub struct Door(Arc<Hall>);

/// What stands behind the door.
pub struct Hall {
    /// The house.
    pub house: House,
    /// Whom tokens stood for within the last second.
    pub remembered: Remembered,
    /// The messenger's quota.
    pub messenger_quota: Quota,
    /// What of it may be uploads.
    pub messenger_uploads: Quota,
    /// The patient portal's quota.
    pub portal_quota: Quota,
    /// How often each address, account and application has asked of the other wires.
    pub rates: Rates,
    /// Whose sessions were seen of late.
    pub holders: Holders,
    /// Requests under way.
    pub joined: Joined,
    /// Addresses that come with what nobody knows.
    pub strangers: Strangers,
}

impl Door {
    /// Opens the door of a house.
    #[must_use]
    pub fn new(house: House) -> Self {
        let remembered = Remembered::new(house.clock.clone());
        let observer = remembered.clone();
        house.db.observe(move |events| observer.observe(events));
        let (clock, limit) = (&house.clock, house.settings.messenger_calls_per_second);
        let uploads = limit.div_ceil(UPLOADS_ONE_IN);
        let portal_limit = house.settings.portal_calls_per_second;
        Self(Arc::new(Hall {
            remembered,
            portal_quota: Quota::per_second(clock.clone(), "calls_per_second", portal_limit),
            messenger_quota: Quota::per_second(clock.clone(), "calls_per_second", limit),
            messenger_uploads: Quota::per_second(clock.clone(), "uploads_per_second", uploads),
            rates: Rates::new(clock.clone(), house.settings.address_requests_per_second),
            holders: Holders::new(clock.clone()),
            joined: Joined::default(),
            strangers: Strangers::new(clock.clone()),
            house,
        }))
    }
}

impl Deref for Door {
    type Target = Hall;

    fn deref(&self) -> &Hall {
        &self.0
    }
}

impl axum::extract::FromRef<Door> for House {
    fn from_ref(door: &Door) -> Self {
        door.house.clone()
    }
}

/// A JSON answer that belongs to no dialect, such as for a path that nobody serves.
#[must_use]
pub fn neutral(status: StatusCode, error: &'static str) -> Response {
    let nosniff = [(axum::http::header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (status, nosniff, axum::Json(serde_json::json!({ "error": error }))).into_response()
}
