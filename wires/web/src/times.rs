//! How long messages stay in a group, and after how long a quiet group closes.

use axum::extract::State;
use axum::response::Response;
use door::pages::Language;
use identity::protocol::form::Form;
use kernel::{Error, Result};
use messaging::{Settings, SettingsChange};

use crate::about::group;
use crate::did::Did;
use crate::forms::OurForm;
use crate::managing::change_settings;
use crate::place::Place;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;
use crate::words::{self, fill};

const DAY_SECONDS: i64 = 86_400;
/// Days that can be chosen beside never, and beside what an application has chosen.
const DAYS: [i64; 5] = [7, 30, 90, 365, 3_650];

/// The choices of a group.
pub struct Times {
    /// In seconds.
    pub expire: Vec<Choice>,
    /// In days.
    pub close: Vec<Choice>,
}

/// A span that can be chosen.
pub struct Choice {
    pub value: i64,
    pub label: String,
    pub is_chosen: bool,
}

impl Times {
    pub fn of(language: Language, settings: &Settings) -> Self {
        let words = words::group(language);
        Self {
            expire: choices(language, settings.auto_expire_seconds, (1, words.for_ever)),
            close: choices(language, settings.auto_close_days, (DAY_SECONDS, words.never)),
        }
    }
}

/// Without an end, the usual days, and what is chosen when it is none of these: no form changes what nobody touched.
fn choices(language: Language, chosen: i64, (unit_seconds, endless): (i64, &'static str)) -> Vec<Choice> {
    let mut values: Vec<i64> = DAYS.iter().map(|days| days * (DAY_SECONDS / unit_seconds)).collect();
    values.extend([0, chosen]);
    values.sort_unstable();
    values.dedup();
    let choice = |value: i64| {
        let label = label(language, value * unit_seconds, endless);
        Choice { value, label, is_chosen: value == chosen }
    };
    values.into_iter().map(choice).collect()
}

fn label(language: Language, seconds: i64, endless: &str) -> String {
    let words = words::group(language);
    match seconds {
        0 => endless.to_owned(),
        _ if seconds % DAY_SECONDS == 0 && seconds > DAY_SECONDS => {
            fill(words.days, &[&(seconds / DAY_SECONDS).to_string()])
        }
        _ if seconds % 3_600 == 0 => format!("{} h", seconds / 3_600),
        _ if seconds % 60 == 0 => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

/// Changes both.
pub async fn change(
    _: State<Web>,
    visitor: Visitor,
    place: Place,
    OurForm(form): OurForm,
) -> Result<Response, Refusal> {
    group(place)?;
    let change = SettingsChange {
        auto_expire_seconds: span(&form, "expire")?,
        auto_close_days: span(&form, "close")?,
        ..SettingsChange::default()
    };
    change_settings(&visitor, place, change, Did::ChangeTimes).await
}

/// A span of the form, which offers no other than whole numbers; one that is not in it stays as it is.
fn span(form: &Form, name: &'static str) -> Result<Option<i64>> {
    let number = |text: &str| {
        text.parse().map_err(|_| Error::invalid(name, "not_a_number", "This must be a whole number."))
    };
    form.first(name).map(number).transpose()
}
