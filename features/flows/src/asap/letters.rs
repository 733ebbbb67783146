//! What the letters about appointments say. Nobody is named, nor what the appointment is for: a screen that shows a letter
//! may be anybody's.

mod de;
mod en;
mod fr;
mod nl;

use booking::{Institution, Strategy};
use identity::Language;
use kernel::Result;

use super::moments::moment;

/// A subject and a sentence; `{}` is where the appointment is.
type Said = [&'static str; 2];

/// The words, in one language.
pub(super) struct Words {
    /// Something earlier became free.
    pub offer: Said,
    pub now: &'static str,
    pub earlier: &'static str,
    /// It goes to whoever is first.
    pub first: &'static str,
    /// It is kept; `{}` is until when.
    pub kept: &'static str,
    /// `{}` is until when.
    pub good_until: &'static str,
    /// The practice has yet to say yes to the new time.
    pub to_confirm: &'static str,
    pub accept: &'static str,
    pub keep: &'static str,
    pub end: &'static str,
    /// Whether an address is theirs.
    pub confirm: Said,
    pub confirm_lead: &'static str,
    pub not_asked: &'static str,
    pub booked: Said,
    pub requested: Said,
    pub confirmed: Said,
    pub moved: Said,
    /// The practice has yet to say yes to the new time.
    pub moved_to_confirm: Said,
    pub cancelled: Said,
    /// Its time stays as it was told, and calendars show another.
    pub resettled: Said,
    pub when: &'static str,
    pub before: &'static str,
    pub place: &'static str,
    pub attached: &'static str,
    pub no_answer: &'static str,
    /// What a calendar shows: nothing of what it is for.
    pub summary: &'static str,
    /// The name of the file for calendars.
    pub file: &'static str,
}

pub(super) const fn of(language: Language) -> &'static Words {
    match language {
        Language::Nl => &nl::WORDS,
        Language::En => &en::WORDS,
        Language::De => &de::WORDS,
        Language::Fr => &fr::WORDS,
    }
}

/// A subject and a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub subject: String,
    pub text: String,
}

/// What is said about an earlier time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Earlier<'a> {
    pub strategy: Strategy,
    pub old_ms: i64,
    pub new_ms: i64,
    pub expires_ms: i64,
    /// The practice has yet to say yes to whatever is chosen.
    pub to_confirm: bool,
    /// Where to answer, and where to leave the list.
    pub answer: &'a str,
    pub leave: &'a str,
}

/// Says that something earlier became free.
///
/// # Errors
/// As [`moment`].
pub(super) fn earlier(language: Language, institution: &Institution, said: &Earlier<'_>) -> Result<Text> {
    let words = of(language);
    let at = |ms| moment(language, &institution.time_zone, ms);
    let whose = match said.strategy {
        Strategy::Broadcast => {
            format!("{} {}", words.first, words.good_until.replace("{}", &at(said.expires_ms)?))
        }
        Strategy::Sequential => words.kept.replace("{}", &at(said.expires_ms)?),
    };
    let whose = if said.to_confirm { format!("{whose}\n\n{}", words.to_confirm) } else { whose };
    let [subject, sentence] = words.offer.map(|text| text.replace("{}", &institution.name));
    let (old, new) = (at(said.old_ms)?, at(said.new_ms)?);
    let text = format!(
        "{sentence}\n\n{}\n{old}\n\n{}\n{new}\n\n{whose}\n\n{}\n{answer}\n\n{}\n{answer}#keep\n\n{}\n\n--\n{}\n{}\n",
        words.now,
        words.earlier,
        words.accept,
        words.keep,
        words.no_answer,
        words.end,
        said.leave,
        answer = said.answer,
    );
    Ok(Text { subject, text })
}

/// Asks whether an address is whose it is said to be.
pub(super) fn confirm(language: Language, institution: &Institution, link: &str) -> Text {
    let words = of(language);
    let [subject, sentence] = words.confirm.map(|text| text.replace("{}", &institution.name));
    let text = format!(
        "{sentence}\n\n{}\n{link}\n\n{}\n\n{}\n",
        words.confirm_lead, words.not_asked, words.no_answer
    );
    Text { subject, text }
}

/// What became of an appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    Booked,
    Requested,
    Confirmed,
    /// From this instant.
    Moved(i64),
    /// The same, to a time that waits for the yes of the practice.
    MovedToConfirm(i64),
    Cancelled,
    Resettled,
}

/// Tells what became of an appointment that begins at this instant.
///
/// # Errors
/// As [`moment`].
pub(super) fn told(
    language: Language,
    institution: &Institution,
    about: About,
    start_ms: i64,
) -> Result<Text> {
    let words = of(language);
    let said = match about {
        About::Booked => words.booked,
        About::Requested => words.requested,
        About::Confirmed => words.confirmed,
        About::Moved(_) => words.moved,
        About::MovedToConfirm(_) => words.moved_to_confirm,
        About::Cancelled => words.cancelled,
        About::Resettled => words.resettled,
    };
    let [subject, sentence] = said.map(|text| text.replace("{}", &institution.name));
    let at = |ms| moment(language, &institution.time_zone, ms);
    let mut text = format!("{sentence}\n\n{}\n{}\n", words.when, at(start_ms)?);
    if let About::Moved(old_ms) | About::MovedToConfirm(old_ms) = about {
        text.push_str(&format!("\n{}\n{}\n", words.before, at(old_ms)?));
    }
    if about != About::Cancelled {
        let place = [institution.name.as_str(), institution.address.as_str()];
        let place: Vec<&str> = place.into_iter().filter(|line| !line.is_empty()).collect();
        text.push_str(&format!("\n{}\n{}\n\n{}\n", words.place, place.join("\n"), words.attached));
    }
    text.push_str(&format!("\n{}\n", words.no_answer));
    Ok(Text { subject, text })
}
