//! Messages as they stand on a page: in days, with author, time, files, and how far each has come.

use askama::Template;
use door::pages::{Language, Spoken, role, size};
use flows::{ChatRef, Stretch};
use identity::Person;
use kernel::{MessageId, PersonId};
use messaging::files::FileState;
use messaging::mentions::Said;
use messaging::{FileRow, Gone, May, Message, Receipt};

use crate::extras::{self, Extras, Names};
use crate::place::path_of;
use crate::words::{self, About, Chats, fill};

/// The messages of one day.
pub struct Day {
    date: String,
    heading: String,
    lines: Vec<Line>,
}

struct Line {
    id: String,
    seq: i64,
    is_mine: bool,
    /// Whether it was deleted.
    is_gone: bool,
    author: String,
    role: &'static str,
    time: String,
    instant: String,
    text: Vec<Said>,
    files: Vec<File>,
    extras: Extras,
    state: Option<State>,
    /// Where it is deleted, for who may.
    delete: Option<String>,
}

struct File {
    path: String,
    name: String,
    size: String,
    /// Why it cannot be fetched.
    why_not: Option<&'static str>,
    /// Whether that will change by itself.
    is_waiting: bool,
}

/// How far a message of the reader's own has come.
#[derive(Debug, PartialEq, Eq)]
struct State {
    /// Nothing more will change.
    is_final: bool,
    words: String,
}

/// Messages, the oldest first; also what a script asks for, without the page around it.
#[derive(Template)]
#[template(path = "lines.html")]
pub struct Lines {
    words: &'static Chats,
    about: &'static About,
    days: Vec<Day>,
}

/// Whose page it is, and how to speak to them.
pub struct Reader {
    pub me: PersonId,
    pub chat: ChatRef,
    /// What they may do in it; `None` for a page on which they only read.
    pub may: Option<May>,
    pub language: Language,
    pub spoken: Spoken,
    /// What makes a form on it one of ours.
    pub token: String,
}

impl Reader {
    /// Dresses messages for the page, with what stands where others were deleted; they come in any order.
    pub fn lines(&self, stretch: Stretch, gone: &[Gone]) -> Lines {
        let people: Names = stretch.people.into_iter().map(|person| (person.id, person)).collect();
        let there = stretch.messages.into_iter();
        let there = there.map(|one| (one.posted_ms, self.line(one, &people, &stretch.receipts)));
        let gone = gone.iter().map(|one| (one.posted_ms, self.mark(one, &people)));
        let mut all: Vec<(i64, Line)> = there.chain(gone).collect();
        all.sort_by_key(|(_, line)| line.seq);
        let mut days: Vec<Day> = Vec::new();
        for (posted_ms, line) in all {
            let date = self.spoken.date(posted_ms);
            match days.last_mut() {
                Some(day) if day.date == date.to_string() => day.lines.push(line),
                _ => {
                    let (heading, date) = (self.spoken.day(date), date.to_string());
                    days.push(Day { date, heading, lines: vec![line] });
                }
            }
        }
        Lines { words: words::chats(self.language), about: words::about(self.language), days }
    }

    fn line(&self, message: Message, people: &Names, receipts: &[Receipt]) -> Line {
        let words = words::chats(self.language);
        let may_delete = self.may.is_some_and(|may| may.delete(message.author));
        let state = (message.author == self.me).then(|| state(words, message.seq, self.me, receipts));
        let bare =
            Gone { id: message.id, seq: message.seq, author: message.author, posted_ms: message.posted_ms };
        let mark = self.mark(&bare, people);
        Line {
            is_gone: false,
            state,
            delete: may_delete.then(|| delete_path(self.chat, message.id)),
            files: message.files.iter().map(|file| self.file(file)).collect(),
            text: extras::said(self, &message.text, people),
            extras: Extras::of(self, &message, people, [&mark.author, &mark.time]),
            ..mark
        }
    }

    /// What stands where a message was deleted: whose it was and when, and nothing of what it said.
    fn mark(&self, gone: &Gone, people: &Names) -> Line {
        let words = words::chats(self.language);
        let is_mine = gone.author == self.me;
        let author = people.get(&gone.author);
        let name = author.map_or_else(|| words.somebody.to_owned(), Person::full_name);
        Line {
            id: gone.id.uuid(),
            seq: gone.seq,
            is_mine,
            is_gone: true,
            author: if is_mine { words.you.to_owned() } else { name },
            role: author.filter(|_| !is_mine).map_or("", |author| role(self.language, author.role)),
            time: self.spoken.time(gone.posted_ms),
            instant: Spoken::machine(gone.posted_ms),
            text: Vec::new(),
            files: Vec::new(),
            extras: Extras::default(),
            state: None,
            delete: None,
        }
    }

    fn file(&self, file: &FileRow) -> File {
        let path = format!("{}/files/{}", path_of(self.chat), file.id.uuid());
        let words = words::search(self.language);
        let why_not = match file.state {
            FileState::Unscanned | FileState::Clean => None,
            FileState::Waiting => Some(words.file_waits),
            FileState::Infected => Some(words.file_was_unsafe),
        };
        let is_waiting = file.state == FileState::Waiting;
        File { path, name: file.name.clone(), size: size(self.language, file.size), why_not, is_waiting }
    }
}

/// Where a message is deleted.
pub fn delete_path(chat: ChatRef, message: MessageId) -> String {
    format!("{}/messages/{}/delete", path_of(chat), message.uuid())
}

impl Lines {
    /// Whether there is nothing to read.
    pub const fn is_empty(&self) -> bool {
        self.days.is_empty()
    }
}

/// How far the message at this place has come with the others.
fn state(words: &Chats, seq: i64, me: PersonId, receipts: &[Receipt]) -> State {
    let others: Vec<&Receipt> = receipts.iter().filter(|receipt| receipt.person != me).collect();
    let count = |has: fn(&Receipt, i64) -> bool| others.iter().filter(|other| has(other, seq)).count();
    let (read, received) =
        (count(|other, seq| other.has_read(seq)), count(|other, seq| other.has_received(seq)));
    let of_all = |words: &str, some: usize| fill(words, &[&some.to_string(), &others.len().to_string()]);
    let said = match others.len() {
        0 => words.sent.to_owned(),
        all if read == all && all > 1 => words.read_by_all.to_owned(),
        all if read == all => words.read.to_owned(),
        _ if read > 0 => of_all(words.read_by, read),
        all if received == all => words.delivered.to_owned(),
        _ if received > 0 => of_all(words.delivered_to, received),
        _ => words.sent.to_owned(),
    };
    State { is_final: !others.is_empty() && read == others.len(), words: said }
}

#[cfg(test)]
mod tests {
    use kernel::{Clock, Rng};

    use super::*;

    fn person(seed: u64) -> PersonId {
        PersonId::new(&Clock::set_to("2026-03-02T08:00:00Z".parse().expect("an instant")), &Rng::seeded(seed))
    }

    #[test]
    fn a_message_is_read_only_once_everybody_else_has_read_it() {
        let words = words::chats(Language::En);
        let (me, bram, chris) = (person(1), person(2), person(3));
        let at = |person, delivered_seq, read_seq| Receipt { person, delivered_seq, read_seq };
        let said = |receipts: &[Receipt]| {
            let state = state(words, 5, me, receipts);
            (state.words, state.is_final)
        };
        let expect = |words: &str, is_final| (words.to_owned(), is_final);
        assert_eq!(said(&[at(me, 5, 5), at(bram, 4, 4)]), expect("Sent", false));
        assert_eq!(said(&[at(me, 5, 5), at(bram, 5, 4)]), expect("Delivered", false));
        assert_eq!(said(&[at(me, 5, 5), at(bram, 5, 5)]), expect("Read", true));
        assert_eq!(said(&[at(bram, 5, 4), at(chris, 0, 0)]), expect("Delivered to 1 of 2", false));
        assert_eq!(said(&[at(bram, 5, 5), at(chris, 5, 0)]), expect("Read by 1 of 2", false));
        assert_eq!(said(&[at(bram, 5, 5), at(chris, 5, 5)]), expect("Read by everyone", true));
        assert_eq!(said(&[at(me, 5, 5)]), expect("Sent", false), "nobody is left to read it");
    }
}
