//! What a command says of a type besides its name, over what it is.

use booking::setup::types::NewType;
use booking::{Asap, Number, Strategy, Weekly, Window};
use clap::Args;
use kernel::{Error, OrganisationId, Result};
use serde::{Deserialize, Serialize};
use store::Tx;

use crate::admin::booking::found;
use crate::admin::booking::hours::weekly;

/// What else is said of a type.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Given {
    /// More about it
    #[arg(long)]
    pub description: Option<String>,
    /// Minutes before it that are taken as well
    #[arg(long, value_name = "MINUTES")]
    pub buffer_before: Option<i64>,
    /// Minutes after it that are taken as well
    #[arg(long, value_name = "MINUTES")]
    pub buffer_after: Option<i64>,
    /// Minutes between two starts; as long as it lasts unless it is said
    #[arg(long, value_name = "MINUTES")]
    pub grid: Option<i64>,
    /// Minutes before its start at which it can be booked at the latest
    #[arg(long, value_name = "MINUTES")]
    pub notice: Option<i64>,
    /// Days ahead on which it can be booked
    #[arg(long, value_name = "DAYS")]
    pub horizon: Option<i64>,
    /// Minutes before its start until which a patient may cancel
    #[arg(long, value_name = "MINUTES")]
    pub cancel: Option<i64>,
    /// Minutes before its start until which a patient may move it
    #[arg(long, value_name = "MINUTES")]
    pub reschedule: Option<i64>,
    /// How often a patient may move one appointment: a number, or any
    #[arg(long, value_name = "TIMES|any")]
    pub reschedules_max: Option<String>,
    /// How many patients come to one appointment together
    #[arg(long, value_name = "PATIENTS")]
    pub capacity: Option<i64>,
    /// Whether it is a video visit
    #[arg(long, value_name = "true|false")]
    pub video: Option<bool>,
    /// Whether the staff must say yes before it counts
    #[arg(long, value_name = "true|false")]
    pub needs_confirmation: Option<bool>,
    /// Whether patients need an account to book it
    #[arg(long, value_name = "true|false")]
    pub requires_account: Option<bool>,
    /// Whether who attends must be named
    #[arg(long, value_name = "true|false")]
    pub needs_attendant: Option<bool>,
    /// When it may begin, such as 1-5=08:00-12:00 with 1 for Monday: given once for each; whenever there are hours when it
    /// is 0
    #[arg(long = "window", value_name = "DAYS=FROM-UNTIL")]
    pub windows: Option<Vec<String>>,
    /// What patients are asked, as JSON: a list of {name, required, type, config}
    #[arg(long, value_name = "JSON")]
    pub comment_form: Option<String>,
    /// The insurances that it is for, by their numbers; those of its category when it is 0
    #[arg(long = "insurance", value_delimiter = ',', value_name = "NUMBER")]
    pub insurances: Option<Vec<Number>>,
    /// Allow patients to register for earlier appointment notifications
    #[arg(long, value_name = "true|false")]
    pub asap: Option<bool>,
    /// How earlier times are offered: broadcast or sequential
    #[arg(long, value_name = "STRATEGY")]
    pub asap_strategy: Option<String>,
    /// Sequential: for so many minutes a time is kept for one
    #[arg(long, value_name = "MINUTES")]
    pub asap_hold: Option<i64>,
    /// So many minutes are waited after something was freed
    #[arg(long, value_name = "MINUTES")]
    pub asap_debounce: Option<i64>,
    /// Whether who took an earlier time goes on waiting for one that is earlier still
    #[arg(long, value_name = "true|false")]
    pub asap_stays: Option<bool>,
}

impl Given {
    /// The type with what is said of it.
    pub(super) async fn over(&self, tx: &Tx, here: OrganisationId, is: NewType) -> Result<NewType> {
        let insurances = match &self.insurances {
            None => is.insurances,
            Some(numbers) if numbers[..] == [0] => Vec::new(),
            Some(numbers) => found::all_insurances(tx, here, numbers).await?,
        };
        Ok(NewType {
            description: self.description.clone().or(is.description),
            buffers: (self.buffer_before.unwrap_or(is.buffers.0), self.buffer_after.unwrap_or(is.buffers.1)),
            grid: self.grid.unwrap_or(is.grid),
            notice: self.notice.unwrap_or(is.notice),
            horizon: self.horizon.unwrap_or(is.horizon),
            cancel: self.cancel.unwrap_or(is.cancel),
            reschedule: self.reschedule.unwrap_or(is.reschedule),
            reschedules_max: self.reschedules_max(is.reschedules_max)?,
            capacity: self.capacity.unwrap_or(is.capacity),
            is_video: self.video.unwrap_or(is.is_video),
            needs_confirmation: self.needs_confirmation.unwrap_or(is.needs_confirmation),
            requires_account: self.requires_account.unwrap_or(is.requires_account),
            needs_attendant: self.needs_attendant.unwrap_or(is.needs_attendant),
            windows: self.windows(is.windows)?,
            comment_form: self.comment_form.clone().or(is.comment_form),
            insurances,
            asap: self.asap(is.asap)?,
            ..is
        })
    }

    fn asap(&self, is: Asap) -> Result<Asap> {
        let strategy = self.asap_strategy.as_deref().map_or(Ok(is.strategy), |name| {
            let why = "A strategy is broadcast or sequential.";
            Strategy::named(name).ok_or_else(|| Error::invalid("asap_strategy", "strategy_unknown", why))
        })?;
        Ok(Asap {
            enabled: self.asap.unwrap_or(is.enabled),
            strategy,
            hold: self.asap_hold.unwrap_or(is.hold),
            debounce: self.asap_debounce.unwrap_or(is.debounce),
            stays: self.asap_stays.unwrap_or(is.stays),
        })
    }

    fn reschedules_max(&self, is: Option<i64>) -> Result<Option<i64>> {
        match self.reschedules_max.as_deref() {
            None => Ok(is),
            Some("any") => Ok(None),
            Some(times) => times.parse().map(Some).map_err(|_| {
                Error::invalid(
                    "reschedules_max",
                    "out_of_range",
                    "A whole number, or any for as often as they like.",
                )
            }),
        }
    }

    fn windows(&self, is: Vec<Window>) -> Result<Vec<Window>> {
        let Some(texts) = &self.windows else { return Ok(is) };
        if texts[..] == ["0"] {
            return Ok(Vec::new());
        }
        let hours = texts.iter().map(|text| weekly(text)).collect::<Result<Vec<_>>>()?.concat();
        let window = |Weekly { weekday, from, until, .. }| Window { weekday, from, until };
        Ok(hours.into_iter().map(window).collect())
    }
}
