//! What every wire shares: who is calling, body limits, quotas, and answers that belong to no dialect.

pub mod body;
mod caller;
mod joined;
pub mod pages;
mod quota;
mod recognised;
mod requests;
mod strangers;
pub mod upload;

use std::ops::Deref;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use flows::House;

pub use caller::{Caller, NotRecognised, bearer};
pub use joined::Joined;
pub use quota::{Quota, Standing};
pub use recognised::Remembered;
pub use requests::{Refused, note_request};
pub use strangers::Strangers;

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
        let limit = house.settings.messenger_calls_per_second;
        let messenger_quota = Quota::per_second(house.clock.clone(), limit);
        let strangers = Strangers::new(house.clock.clone());
        Self(Arc::new(Hall { house, remembered, messenger_quota, joined: Joined::default(), strangers }))
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
    (status, axum::Json(serde_json::json!({ "error": error }))).into_response()
}
