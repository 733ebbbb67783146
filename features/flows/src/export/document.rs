//! A chat as a document to print or to file: everything that was said, in the reader's language and at the clocks of
//! the organisation.

use futures_util::TryStreamExt as _;
use identity::Language;
use kernel::{Actor, Error, Result};
use messaging::mentions::{self, Nameless};
use messaging::{ChatKind, Entry, FileRow, Gone, Message, Question, Reply, Request};
use paper::{About, Picture, Style};

use super::press::{self, Press};
use super::shelf::{self, Room};
use super::words::{self, Words, fill};
use super::{Span, Taken, Turn, begin, turn};
use crate::House;
use crate::chats::ChatRef;

/// Room between two messages, in points.
const BETWEEN: f32 = 9.0;
/// Room above and below a picture.
const AROUND: f32 = 3.0;
/// What a picture is, among the types that are taken in; others are named.
const PICTURES: [&str; 4] = ["image/jpeg", "image/png", "image/webp", "image/gif"];

/// A document as it is handed over. As long as it is held, it takes its room, and it is its reader's turn.
pub struct Document {
    /// What it is called, without an extension.
    pub title: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Kept for as long as the bytes are.
    pub held: (Room, Turn),
}

/// The chat as a PDF, in this language, or in that of the reader's account. Nothing of it goes on a disk, and whoever
/// hangs up stops the press.
///
/// # Errors
/// As [`turn`] and [`begin`]; [`Error::TooLarge`] when it has more pages than a document may; [`Error::Unavailable`] when
/// too many are being printed, or wait to be taken.
pub async fn document(
    house: &House,
    actor: &Actor,
    chat: ChatRef,
    span: Span,
    language: Option<Language>,
) -> Result<Document> {
    let turn = turn(house, actor, chat).await?;
    let place = press::place().await?;
    let mut taken = begin(house, actor, turn, chat, span).await?;
    let language = language.unwrap_or_else(|| taken.language());
    let words = words::of(language);
    let title = taken.title(words);
    let mut press = Press::start(taken.about(language, &title));
    let brought = bring(&mut taken, words, &title, &mut press).await;
    let bytes = press.finish(brought).await?;
    let room = shelf::room(bytes.len()).await?;
    drop(place);
    Ok(Document { bytes, title, held: (room, taken.turn) })
}

async fn bring(taken: &mut Taken, words: &'static Words, title: &str, press: &mut Press) -> Result<()> {
    let (title, lead) = (title.to_owned(), taken.lead(words));
    let is_empty = taken.stretches().next().is_none();
    press
        .add(move |paper| {
            paper.write(Style::TITLE, &title);
            lead.iter().for_each(|line| paper.write(Style::NOTE, line));
            paper.leave(BETWEEN);
            paper.rule();
            if is_empty {
                paper.leave(BETWEEN);
                paper.write(Style::NOTE, words.nothing);
            }
        })
        .await?;
    for first in taken.stretches() {
        for entry in taken.stretch(first).await? {
            match entry {
                Entry::Said(message) => said(taken, words, press, *message).await?,
                Entry::Gone(gone) => deleted(taken, words, press, gone).await?,
            }
        }
    }
    Ok(())
}

async fn said(taken: &Taken, words: &'static Words, press: &mut Press, message: Message) -> Result<()> {
    let author = taken.author(words, &message);
    let at = words.moment(&taken.at(message.posted_ms));
    let asked = asked_and_answered(taken, words, &message);
    let text = taken.text(words, &message);
    let files = message.files;
    press
        .add(move |paper| {
            paper.leave(BETWEEN);
            paper.write_pair((Style::HEADING, &author), (Style::NOTE, &at));
            if !text.is_empty() {
                paper.write(Style::TEXT, &text);
            }
            asked.iter().for_each(|line| paper.write(Style::TEXT.indented(12.0), line));
        })
        .await?;
    for file in files {
        attached(taken, words, press, file).await?;
    }
    Ok(())
}

/// What a message asks for besides what it says, and what was replied: a line each.
fn asked_and_answered(taken: &Taken, words: &Words, message: &Message) -> Vec<String> {
    let name = |person| taken.name(person).unwrap_or_else(|| words.unknown.to_owned());
    let mut lines = match &message.request {
        None => Vec::new(),
        Some(Request::Question(question)) => {
            question.options.iter().map(|option| format!("\u{2022} {}", option.label)).collect()
        }
        Some(Request::Verification(asked)) => {
            vec![fill(words.asked_who, &[&name(asked.person), &asked.provider_name])]
        }
    };
    lines.extend(message.answers.iter().map(|answer| {
        let replied = match (&answer.reply, &message.request) {
            (Reply::Chosen(names), Some(Request::Question(question))) => labels(question, names),
            (Reply::Chosen(names), _) => names.join(", "),
            (Reply::Proved(_), _) => words.proved.to_owned(),
            (Reply::Refused, _) => words.not_proved.to_owned(),
        };
        format!("{} ({}): {replied}", name(answer.person), words.moment(&taken.at(answer.given_ms)))
    }));
    lines
}

/// The labels of the options of these names.
fn labels(question: &Question, names: &[String]) -> String {
    let chosen = question.options.iter().filter(|option| names.contains(&option.name));
    chosen.map(|option| option.label.as_str()).collect::<Vec<_>>().join(", ")
}

async fn deleted(taken: &Taken, words: &'static Words, press: &mut Press, gone: Gone) -> Result<()> {
    let author = taken.name(gone.author).unwrap_or_else(|| words.unknown.to_owned());
    let at = words.moment(&taken.at(gone.posted_ms));
    let print = press.add(move |paper| {
        paper.leave(BETWEEN);
        paper.write_pair((Style::HEADING, &author), (Style::NOTE, &at));
        paper.write(Style::NOTE, words.deleted);
    });
    print.await
}

/// A picture as such, and every file by its name and size.
async fn attached(taken: &Taken, words: &'static Words, press: &mut Press, file: FileRow) -> Result<()> {
    let mut length = words.size(file.size);
    if let Some(why) = words.withheld(file.state) {
        length = format!("{length}, {why}");
    }
    let named = fill(words.attachment, &[&file.name, &length]);
    let is_shown = file.state.is_released() && PICTURES.contains(&file.mime.as_str());
    let side = press.room_for_a_picture().filter(|_| is_shown);
    if let Some(side) = side
        && let Some(picture) = picture(taken, &file, side).await?
    {
        press.add(|paper| paper.leave(AROUND)).await?;
        press.show(picture).await?;
        press.add(|paper| paper.leave(AROUND)).await?;
    }
    press.add(move |paper| paper.write(Style::NOTE, &named)).await
}

/// A file as a picture to print; `None` when it is none that can be.
async fn picture(taken: &Taken, file: &FileRow, side: u32) -> Result<Option<Picture>> {
    // Before its bytes are fetched: nobody else holds a picture as it came meanwhile.
    let turn = pictures::turn().await?;
    let Some(bytes) = bytes_of(taken, file).await? else { return Ok(None) };
    let small = turn.small(bytes, side).await?;
    Ok(small.map(|pictures::Small { jpeg, width, height }| Picture { jpeg, width, height }))
}

/// The bytes of a file; `None` when they went while the document was being printed, and when they are damaged: one
/// picture does not take the whole document away.
async fn bytes_of(taken: &Taken, file: &FileRow) -> Result<Option<Vec<u8>>> {
    let house = taken.house();
    let ring = house.vault.ring_of(&house.db, taken.actor.organisation).await?;
    let whole = async {
        let mut frames = std::pin::pin!(messaging::files::send(&house.blobs, &ring, file).await?);
        let mut whole = Vec::with_capacity(usize::try_from(file.size).unwrap_or_default());
        while let Some(frame) = frames.try_next().await? {
            whole.extend_from_slice(&frame);
        }
        Ok(whole)
    };
    match whole.await {
        Ok(whole) => Ok(Some(whole)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error @ Error::Bug { .. }) => {
            tracing::error!(
                file = file.id.hex(),
                ?error,
                "a picture is damaged and is missing in a document"
            );
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

impl Taken {
    /// What the chat is called: its subject, or the names of the two.
    fn title(&self, words: &Words) -> String {
        let subject = self.chat.subject.clone().filter(|subject| !subject.is_empty());
        match (self.chat.kind, subject) {
            (ChatKind::Group, subject) => subject.unwrap_or_else(|| words.group.to_owned()),
            (ChatKind::Direct, _) => self.names(words).join(" – "),
        }
    }

    fn names(&self, words: &Words) -> Vec<String> {
        let name = |person| self.name(person).unwrap_or_else(|| words.unknown.to_owned());
        self.members.iter().map(|member| name(member.person)).collect()
    }

    fn author(&self, words: &Words, message: &Message) -> String {
        let name = |person| self.name(person).unwrap_or_else(|| words.unknown.to_owned());
        let author = name(message.author);
        match message.acting_for {
            Some(other) => fill(words.in_stead_of, &[&author, &name(other)]),
            None => author,
        }
    }

    /// What a message says, with the names of those whom it speaks to.
    fn text(&self, words: &Words, message: &Message) -> String {
        let nameless = Nameless { everybody: words.everybody, somebody: words.outsider };
        mentions::said(&message.text, nameless, |person| self.name(person)).map(|said| said.text).collect()
    }

    fn about(&self, language: Language, title: &str) -> About {
        About {
            title: title.to_owned(),
            language: language.code(),
            made_ms: self.asked_ms,
            foot: format!("{title} · {}", self.organisation.name),
            page: words::of(language).page,
        }
    }

    /// The lines below the title.
    fn lead(&self, words: &Words) -> Vec<String> {
        let moment = |at: jiff::Timestamp| words.moment(&at.to_zoned(self.zone()));
        let span = match (self.span.from, self.span.until) {
            (None, None) => words.whole.to_owned(),
            (Some(from), None) => fill(words.since, &[&moment(from)]),
            (None, Some(until)) => fill(words.until, &[&moment(until)]),
            (Some(from), Some(until)) => fill(words.between, &[&moment(from), &moment(until)]),
        };
        let reader = self.name(self.reader()).unwrap_or_else(|| words.unknown.to_owned());
        vec![
            self.organisation.name.clone(),
            span,
            fill(words.members, &[&self.names(words).join(", ")]),
            fill(words.saved, &[&words.moment(&self.at(self.asked_ms)), &reader]),
            fill(words.zone, &[&self.organisation.time_zone]),
        ]
    }
}
