//! Asking a question with answers to choose from.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use door::Work;
use door::pages::Corner;
use door::pages::forms::FIELD;
use flows::ChatRef;
use identity::protocol::form::Form;
use kernel::{Actor, Error, Result};
use messaging::{Choice, Draft, Question, Request, Right};
use store::Tx;

use crate::assets::STYLE_PATH;
use crate::forms::OurForm;
use crate::once;
use crate::place::{Place, path_of};
use crate::reacting::back_to;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;
use crate::words::{self, Chats, Questions, fill};

#[derive(Template)]
#[template(path = "ask.html")]
struct Page<'a> {
    words: &'static Chats,
    questions: &'static Questions,
    field: &'static str,
    token: &'a str,
    once: String,
    path: String,
    typed: Typed,
}

/// What stood in the form that was sent, and what is wrong with it.
#[derive(Default)]
struct Typed {
    question: String,
    options: String,
    takes_several: bool,
    question_error: Option<String>,
    options_error: Option<&'static str>,
}

impl Typed {
    fn of(form: &Form) -> Self {
        let text = |name| form.first(name).unwrap_or_default().replace("\r\n", "\n");
        Self {
            question: text("question"),
            options: text("options"),
            takes_several: form.first("several").is_some(),
            ..Self::default()
        }
    }

    /// The message that asks; what is missing is said beside its field.
    fn read(&mut self, words: &Questions) -> Option<Draft> {
        let lines = self.options.lines().map(str::trim).filter(|line| !line.is_empty());
        let labels: Vec<&str> = lines.collect();
        let is_twice = labels.iter().enumerate().any(|(at, label)| labels[..at].contains(label));
        self.question_error = self.question.trim().is_empty().then(|| words.question_missing.to_owned());
        self.options_error = if labels.is_empty() {
            Some(words.options_missing)
        } else {
            is_twice.then_some(words.option_twice)
        };
        if self.question_error.is_some() || self.options_error.is_some() {
            return None;
        }
        // A name is for programs; people read the label.
        let choice = |(at, label): (usize, &&str)| Choice {
            name: (at + 1).to_string(),
            label: (*label).to_owned(),
            style: None,
        };
        let question = Question {
            options: labels.iter().enumerate().map(choice).collect(),
            takes_several: self.takes_several,
            style: "horizontal".to_owned(),
            asked: Vec::new(),
        };
        let request = Some(Request::Question(question));
        Some(Draft { text: self.question.clone(), request, ..Draft::default() })
    }

    /// Says beside its field what is wrong; an error that they cannot mend comes back.
    fn explain(&mut self, visitor: &Visitor, error: Error) -> Result<()> {
        let language = visitor.view.language;
        match &error {
            Error::TooLarge { limit } if matches!(limit.name, "question_options" | "label") => {
                self.options_error = Some(words::questions(language).too_many);
            }
            Error::Invalid { field: "label", .. } => {
                self.options_error = Some(words::trouble(language).strange_characters);
            }
            _ => self.question_error = Some(words::trouble(language).mendable(&error, None).ok_or(error)?),
        }
        Ok(())
    }
}

/// The empty form.
pub async fn form(State(web): State<Web>, visitor: Visitor, place: Place) -> Result<Response, Refusal> {
    visitor.caller.read(place.chat, |tx, actor, chat| Box::pin(may_write(tx, actor, *chat))).await?;
    Ok(page(&web, &visitor, place, Typed::default()))
}

/// Whoever may write may ask, and begins a chat of two by it as by any message.
async fn may_write(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<()> {
    flows::chats::find(tx, actor, chat, Right::Post).await.map(drop)
}

fn page(web: &Web, visitor: &Visitor, place: Place, typed: Typed) -> Response {
    let questions = words::questions(visitor.view.language);
    let has_error = typed.question_error.is_some() || typed.options_error.is_some();
    let (status, title) = if has_error {
        let title = fill(visitor.words().title_of_error, &[questions.title]);
        (StatusCode::UNPROCESSABLE_ENTITY, title)
    } else {
        (StatusCode::OK, questions.title.to_owned())
    };
    let body = Page {
        words: visitor.words(),
        questions,
        field: FIELD,
        token: visitor.view.token.value(),
        once: once::number(&visitor.caller.house.rng),
        path: path_of(place.chat),
        typed,
    };
    visitor.show_as(web, status, &title, Corner::Chats, &body)
}

/// Asks, or shows the form again with what is wrong with it.
pub async fn ask(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    OurForm(form): OurForm,
) -> Result<Response, Refusal> {
    visitor.caller.read(place.chat, |tx, actor, chat| Box::pin(may_write(tx, actor, *chat))).await?;
    visitor.may(&web, Work::Message)?;
    let mut typed = Typed::of(&form);
    if let Some(draft) = typed.read(words::questions(visitor.view.language)) {
        let caller = once::by_form(&visitor.caller, &format!("{}/ask", path_of(place.chat)), &form);
        let asking = async {
            let asked = flows::chats::post(&caller.house, &caller.actor, place.chat, &draft);
            asked.await.map(|posted| posted.id)
        };
        match once::done(&caller, asking).await {
            Ok(asked) => return Ok(back_to(&visitor, place.chat, asked.made).await),
            Err(error) => typed.explain(&visitor, error)?,
        }
    }
    Ok(page(&web, &visitor, place, typed))
}
