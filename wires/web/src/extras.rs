//! What stands in a message besides what it says: what it asks for, what was answered, and who likes it.

use std::collections::HashMap;

use askama::Template;
use door::pages::forms::FIELD;
use identity::Person;
use kernel::PersonId;
use messaging::mentions::{self, Nameless, Said};
use messaging::{Answer, May, Message, Question, Reply, Request, Verification};

use crate::lines::Reader;
use crate::place::path_of;
use crate::verifying::verify_path;
use crate::words::{self, Asking, fill};

/// Everybody whose name a page knows.
pub type Names = HashMap<PersonId, Person>;

/// The parts below a message's text; each has a place of its own, so that a script can replace it alone.
#[derive(Default, Template)]
#[template(path = "extras.html")]
pub struct Extras {
    token: String,
    ask: Option<Ask>,
    proof: Option<Proof>,
    answers: Vec<Given>,
    likes: Option<Likes>,
}

struct Ask {
    words: &'static Asking,
    /// Where an answer goes, for who may give one.
    path: Option<String>,
    takes_several: bool,
    is_upright: bool,
    options: Vec<Choice>,
}

struct Choice {
    name: String,
    label: String,
    colour: &'static str,
    /// Whether the reader answered it.
    is_own: bool,
}

struct Given {
    who: String,
    what: String,
}

struct Proof {
    words: &'static Asking,
    said: String,
    /// Where the provider is, for who is asked.
    path: Option<String>,
    attributes: Vec<(String, String)>,
}

struct Likes {
    words: &'static Asking,
    /// Where one says so, for who may.
    path: Option<String>,
    is_mine: bool,
    count: usize,
    /// Where their names are.
    who: String,
    /// Which message it is, for who does not see where the button stands.
    of_message: String,
}

impl Extras {
    const fn field(&self) -> &'static str {
        FIELD
    }

    /// The heading of the answers, once there are any.
    fn heading(&self) -> &'static str {
        self.ask.as_ref().map_or("", |ask| ask.words.answers)
    }

    /// What stands in a message besides its text, for this reader; `whose` is how it is told from others.
    pub fn of(reader: &Reader, message: &Message, names: &Names, [author, time]: [&str; 2]) -> Self {
        let words = words::asking(reader.language);
        let can_write = reader.may.as_ref().is_some_and(May::post);
        let is_asked = can_write && message.answers.iter().all(|answer| answer.person != reader.me);
        let is_asked = |request: &Request| is_asked && request.may_reply(message.author, &[reader.me]);
        let place = format!("{}/messages/{}", path_of(reader.chat), message.id.uuid());
        let (mut ask, mut proof, mut answers) = (None, None, Vec::new());
        match &message.request {
            Some(request @ Request::Question(question)) => {
                let path = is_asked(request).then(|| format!("{place}/answer"));
                let own = message.answers.iter().find(|answer| answer.person == reader.me);
                ask = Some(Ask::of(words, question, path, own));
                answers = given(reader, question, &message.answers, names);
            }
            Some(request @ Request::Verification(asked)) => {
                let path = is_asked(request).then(|| verify_path(reader.chat, message.id));
                proof = Some(Proof::of(reader, asked, message.answers.first(), names, path));
            }
            None => {}
        }
        let likes = Likes {
            words,
            path: can_write.then(|| format!("{place}/like")),
            is_mine: message.likes.contains(&reader.me),
            count: message.likes.len(),
            who: format!("{place}/likes"),
            of_message: if message.author == reader.me {
                fill(words.of_own_message, &[time])
            } else {
                fill(words.of_message, &[author, time])
            },
        };
        let likes = Some(likes).filter(|likes| likes.path.is_some() || likes.count > 0);
        Self { token: reader.token.clone(), ask, proof, answers, likes }
    }
}

impl Likes {
    /// What is counted.
    const fn counted(&self) -> &'static str {
        if self.count == 1 { self.words.likes_one } else { self.words.likes }
    }
}

impl Ask {
    fn of(words: &'static Asking, question: &Question, path: Option<String>, own: Option<&Answer>) -> Self {
        let is_own = |name: &String| matches!(own, Some(Answer { reply: Reply::Chosen(chosen), .. }) if chosen.contains(name));
        let choice = |option: &messaging::Choice| Choice {
            name: option.name.clone(),
            label: option.label.clone(),
            colour: colour(option.style.as_deref()),
            is_own: is_own(&option.name),
        };
        Self {
            words,
            path,
            takes_several: question.takes_several,
            is_upright: question.style == "vertical",
            options: question.options.iter().map(choice).collect(),
        }
    }
}

/// The colours that the vendor's clients ask for; others are none.
fn colour(style: Option<&str>) -> &'static str {
    match style {
        Some("green") => " green",
        Some("red") => " red",
        Some("blue") => " blue",
        Some("orange") => " orange",
        _ => "",
    }
}

fn given(reader: &Reader, question: &Question, answers: &[Answer], names: &Names) -> Vec<Given> {
    let label = |name: &String| {
        let option = question.options.iter().find(|option| option.name == *name);
        option.map_or_else(|| name.clone(), |option| option.label.clone())
    };
    let given = |answer: &Answer| match &answer.reply {
        Reply::Chosen(chosen) => Some(Given {
            who: name_of(reader, answer.person, names),
            what: chosen.iter().map(label).collect::<Vec<_>>().join(", "),
        }),
        Reply::Proved(_) | Reply::Refused => None,
    };
    answers.iter().filter_map(given).collect()
}

impl Proof {
    fn of(
        reader: &Reader,
        asked: &Verification,
        answer: Option<&Answer>,
        names: &Names,
        path: Option<String>,
    ) -> Self {
        let words = words::asking(reader.language);
        let (is_mine, who) = (asked.person == reader.me, name_of(reader, asked.person, names));
        let mine = |sentence| fill(sentence, &[&asked.provider_name]);
        let others = |sentence| fill(sentence, &[&who, &asked.provider_name]);
        let said = match (answer.map(|answer| &answer.reply), is_mine) {
            (Some(Reply::Proved(_)), true) => mine(words.you_proved),
            (Some(Reply::Proved(_)), false) => others(words.other_proved),
            (Some(_), true) => words.you_refused.to_owned(),
            (Some(_), false) => others(words.other_refused),
            (None, true) => mine(words.asks_you),
            (None, false) => others(words.asks_other),
        };
        let attributes = match answer.map(|answer| &answer.reply) {
            Some(Reply::Proved(attributes)) => words.attributes(reader.language, attributes),
            _ => Vec::new(),
        };
        Self { words, said, path, attributes }
    }
}

fn name_of(reader: &Reader, person: PersonId, names: &Names) -> String {
    let words = words::chats(reader.language);
    if person == reader.me {
        return words.you.to_owned();
    }
    names.get(&person).map_or_else(|| words.somebody.to_owned(), Person::full_name)
}

/// A text with the names of those whom it speaks to.
pub fn said(reader: &Reader, text: &str, names: &Names) -> Vec<Said> {
    let words = words::asking(reader.language);
    let nameless = Nameless { everybody: words.everybody, somebody: words.outsider };
    mentions::said(text, nameless, |person| names.get(&person).map(Person::full_name)).collect()
}
