//! What patients are asked when they book: a form of the practice, and whether answers fit it.

#[cfg(test)]
mod tests;

use jiff::civil::Date;
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};

/// Questions of one form.
const QUESTIONS_MAX: usize = 50;
/// Answers to choose from.
const OPTIONS_MAX: usize = 50;
/// Characters of a question, and of an answer to choose.
const NAME_CHARS_MAX: usize = 200;
/// Characters of an answer.
const ANSWER_CHARS_MAX: usize = 2_000;

/// One question of a form, as it is kept in JSON: `{name, required, type, config}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What is asked, which is also its key.
    pub name: String,
    /// Whether an answer must be given.
    #[serde(default)]
    pub required: bool,
    /// `text`, `textarea`, `select`, `checkbox`, `date` or `number`.
    #[serde(rename = "type")]
    pub kind: String,
    /// For `select`: `{"options": ["…"]}`; else nothing.
    #[serde(default)]
    pub config: serde_json::Value,
}

/// The questions of a form.
///
/// # Errors
/// [`kernel::Error::Invalid`] for what is no form.
pub fn form(json: &str) -> Result<Vec<Question>> {
    let wrong = |sentence: &'static str| Error::invalid("comment_form", "comment_form_invalid", sentence);
    let questions: Vec<Question> = serde_json::from_str(json)
        .map_err(|_| wrong("A form is a list of questions: {name, required, type, config}."))?;
    if questions.len() > QUESTIONS_MAX {
        return Err(wrong("A form has 50 questions at most."));
    }
    for (at, question) in questions.iter().enumerate() {
        if questions[..at].iter().any(|earlier| earlier.name == question.name) {
            return Err(wrong("No two questions have the same name."));
        }
        question.fault().map_or(Ok(()), |fault| Err(wrong(fault)))?;
    }
    Ok(questions)
}

/// Which answers do not fit, and why, in English; nothing when all do. An answer to what was not asked does not fit.
#[must_use]
pub fn faults(form: &[Question], answers: &[(String, String)]) -> Vec<(String, &'static str)> {
    let of_question = |question: &Question| {
        let mut given = answers.iter().filter(|(name, _)| *name == question.name).map(|(_, answer)| answer);
        let answer = given.next().map_or("", String::as_str);
        let fault = if given.next().is_some() { Some("is answered twice") } else { question.against(answer) };
        fault.map(|fault| (question.name.clone(), fault))
    };
    let was_asked = |name: &str| form.iter().any(|question| question.name == name);
    let not_asked = answers.iter().filter(|(name, _)| !was_asked(name));
    form.iter()
        .filter_map(of_question)
        .chain(not_asked.map(|(name, _)| (name.clone(), "was not asked")))
        .collect()
}

impl Question {
    /// What is wrong with the question itself.
    fn fault(&self) -> Option<&'static str> {
        if !is_name(&self.name) {
            return Some("A question has a name of 200 characters at most.");
        }
        match self.kind.as_str() {
            "select" if self.are_options_good() => None,
            "select" => Some("A select has 1 to 50 different options, as {\"options\": [\"…\"]}."),
            "text" | "textarea" | "checkbox" | "date" | "number" => None,
            _ => Some("A question is a text, textarea, select, checkbox, date or number."),
        }
    }

    fn are_options_good(&self) -> bool {
        let given = self.config.get("options").and_then(serde_json::Value::as_array).map_or(0, Vec::len);
        let options: Vec<&str> = self.options().collect();
        let is_new = |(at, option): (usize, &&str)| is_name(option) && !options[..at].contains(option);
        (1..=OPTIONS_MAX).contains(&given) && options.len() == given && options.iter().enumerate().all(is_new)
    }

    fn options(&self) -> impl Iterator<Item = &str> {
        let options = self.config.get("options").and_then(serde_json::Value::as_array);
        options.into_iter().flatten().filter_map(serde_json::Value::as_str)
    }

    /// What speaks against an answer; a blank one is none.
    fn against(&self, answer: &str) -> Option<&'static str> {
        let answer = answer.trim();
        if answer.is_empty() {
            return self.required.then_some("must be answered");
        }
        if answer.chars().count() > ANSWER_CHARS_MAX {
            return Some("is too long");
        }
        let (fits, why) = match self.kind.as_str() {
            "select" => (self.options().any(|option| option.trim() == answer), "is none of the options"),
            "checkbox" if self.required => (answer == "true", "must be ticked"),
            "checkbox" => (matches!(answer, "true" | "false"), "is neither true nor false"),
            "date" => (is_date(answer), "is no date like 2026-12-31"),
            "number" => (is_number(answer), "is no number"),
            "text" => (!answer.contains(['\n', '\r']), "has more than one line"),
            _ => (true, ""),
        };
        (!fits).then_some(why)
    }
}

fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && name.chars().count() <= NAME_CHARS_MAX
}

fn is_date(answer: &str) -> bool {
    answer.len() == "2026-12-31".len() && answer.parse::<Date>().is_ok()
}

/// Digits, with a sign before and a fraction behind them when they like; both the point and the comma are in use.
fn is_number(answer: &str) -> bool {
    let unsigned = answer.strip_prefix(['-', '+']).unwrap_or(answer);
    let (whole, fraction) = unsigned.split_once(['.', ',']).unwrap_or((unsigned, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    are_digits(whole) && are_digits(fraction)
}
