//! Who is spoken to in a text. A mention stands in it as `[mention=` with a person's UUID and `]`, in any case; `@all`
//! instead of the UUID speaks to everybody in the chat. It is part of the text and kept as it was written.

use std::collections::{HashMap, HashSet};

use kernel::PersonId;

const OPENING: &str = "[mention=";
const EVERYBODY: &str = "@all";
const UUID_CHARS: usize = 36;

/// A stretch of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// What is written.
    Text(&'a str),
    /// Somebody who is spoken to, whether or not they are in the chat, and how that is written.
    Person(PersonId, &'a str),
    /// Everybody in the chat, and how that is written.
    Everybody(&'a str),
}

/// Who is spoken to in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Each once, in order; they may be in no way part of the chat.
    pub people: Vec<PersonId>,
    /// Whether everybody in the chat is.
    pub everybody: bool,
}

impl Mentions {
    /// Those of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let (mut mentions, mut seen) = (Self::default(), HashSet::new());
        for piece in pieces(text) {
            match piece {
                Piece::Person(person, _) if seen.insert(person) => mentions.people.push(person),
                Piece::Everybody(_) => mentions.everybody = true,
                Piece::Person(..) | Piece::Text(_) => {}
            }
        }
        mentions
    }

    /// Those of the people who are among these members, in the order in which they are spoken to. Everybody's mention
    /// is not among them.
    #[must_use]
    pub fn among(&self, members: &[PersonId]) -> Vec<PersonId> {
        if self.people.is_empty() {
            return Vec::new();
        }
        let members: HashSet<&PersonId> = members.iter().collect();
        self.people.iter().copied().filter(|person| members.contains(person)).collect()
    }
}

/// A text in its pieces, which put together are the text.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest, mut searched) = (Vec::new(), text, 0);
    while let Some(at) = rest[searched..].find('[').map(|at| at + searched) {
        let Some(piece) = mention(&rest[at..]) else {
            searched = at + 1;
            continue;
        };
        if at > 0 {
            pieces.push(Piece::Text(&rest[..at]));
        }
        let (Piece::Text(written) | Piece::Person(_, written) | Piece::Everybody(written)) = piece;
        rest = &rest[at + written.len()..];
        searched = 0;
        pieces.push(piece);
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// A stretch of a text as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What stands there.
    pub text: String,
    /// Whether it speaks to somebody.
    pub is_mention: bool,
}

/// What stands for who has no name: for everybody in the chat, and for whom the reader does not know from it.
#[derive(Clone, Copy, Debug)]
pub struct Nameless<'a> {
    /// Everybody.
    pub everybody: &'a str,
    /// Somebody who is not in the chat, and of whom nothing else in it tells the name.
    pub somebody: &'a str,
}

/// A text with names where it speaks to people, in place of the ids that programs write; `name` knows only of people whom
/// the reader meets in the chat anyway.
pub fn said(
    text: &str,
    nameless: Nameless<'_>,
    name: impl Fn(PersonId) -> Option<String>,
) -> impl Iterator<Item = Said> {
    let mention = |name: &str| Said { text: format!("@{name}"), is_mention: true };
    pieces(text).into_iter().map(move |piece| match piece {
        Piece::Text(written) => Said { text: written.to_owned(), is_mention: false },
        Piece::Everybody(_) => mention(nameless.everybody),
        Piece::Person(person, _) => mention(name(person).as_deref().unwrap_or(nameless.somebody)),
    })
}

/// A text that speaks to the same people by the ids that they have now.
pub(crate) fn renamed(text: &str, now: &HashMap<PersonId, PersonId>) -> String {
    let written = |piece: Piece<'_>| match piece {
        Piece::Person(person, written) => {
            now.get(&person).map_or_else(|| written.to_owned(), |now| format!("{OPENING}{}]", now.uuid()))
        }
        Piece::Text(written) | Piece::Everybody(written) => written.to_owned(),
    };
    pieces(text).into_iter().map(written).collect()
}

/// The mention that a text begins with.
fn mention(text: &str) -> Option<Piece<'_>> {
    let is = |part: Option<&str>, other: &str| part.is_some_and(|part| part.eq_ignore_ascii_case(other));
    if !is(text.get(..OPENING.len()), OPENING) {
        return None;
    }
    let named = &text[OPENING.len()..];
    let closed =
        |chars: usize| named.get(chars..)?.starts_with(']').then(|| &text[..OPENING.len() + chars + 1]);
    if is(named.get(..EVERYBODY.len()), EVERYBODY) {
        return closed(EVERYBODY.len()).map(Piece::Everybody);
    }
    let person = PersonId::from_uuid(&named.get(..UUID_CHARS)?.to_ascii_lowercase())?;
    closed(UUID_CHARS).map(|written| Piece::Person(person, written))
}

#[cfg(test)]
mod tests {
    use kernel::{Clock, Rng};

    use super::*;

    fn person(seed: u64) -> PersonId {
        PersonId::new(&Clock::set_to("2026-03-02T08:00:00Z".parse().expect("an instant")), &Rng::seeded(seed))
    }

    #[test]
    fn who_is_spoken_to_is_found_in_any_case_each_once_and_in_order() {
        let (anna, bram) = (person(1), person(2));
        let text = format!(
            "Dag [mention={}] en [MENTION={}], [mention={}] of [mention=@All]!",
            bram.uuid(),
            anna.uuid().to_uppercase(),
            bram.uuid()
        );
        let mentions = Mentions::of(&text);
        assert_eq!(mentions, Mentions { people: vec![bram, anna], everybody: true });
        assert_eq!(mentions.among(&[anna]), [anna]);
        assert_eq!(pieces(&text).len(), 9);
    }

    #[test]
    fn what_only_looks_like_a_mention_is_text() {
        let uuid = person(1).uuid();
        for text in [
            String::new(),
            "[mention=".to_owned(),
            "[mention=]".to_owned(),
            "[mention=@all".to_owned(),
            "[mention=@alles]".to_owned(),
            format!("[mention={uuid}"),
            format!("[mention ={uuid}]"),
            format!("mention={uuid}]"),
            format!("[mention={}]", &uuid[1..]),
            "[mention=00000000-0000-0000-0000-00000000000\u{e9}]".to_owned(),
            "[mentio\u{e9}=@all]".to_owned(),
            "[[[é[".to_owned(),
        ] {
            assert_eq!(Mentions::of(&text), Mentions::default(), "{text}");
        }
    }

    #[test]
    fn people_read_names_in_place_of_ids() {
        let (anna, bram) = (person(1), person(2));
        let text =
            format!("[mention={}], [MENTION=@ALL] en [mention={}]: [mention=x]", anna.uuid(), bram.uuid());
        let nameless = Nameless { everybody: "iedereen", somebody: "iemand" };
        let said = said(&text, nameless, |person| (person == anna).then(|| "Anna de Boer".to_owned()));
        let said: Vec<(String, bool)> = said.map(|said| (said.text, said.is_mention)).collect();
        let said: Vec<(&str, bool)> =
            said.iter().map(|(text, is_mention)| (text.as_str(), *is_mention)).collect();
        let expected = [
            ("@Anna de Boer", true),
            (", ", false),
            ("@iedereen", true),
            (" en ", false),
            ("@iemand", true),
            (": [mention=x]", false),
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn who_is_known_by_another_id_now_is_spoken_to_by_that_one() {
        let (waited, came, bram) = (person(1), person(2), person(3));
        let text = format!("[MENTION={}] en [mention={}]: [mention=@all", waited.uuid(), bram.uuid());
        let now = HashMap::from([(waited, came)]);
        let expected = format!("[mention={}] en [mention={}]: [mention=@all", came.uuid(), bram.uuid());
        assert_eq!(renamed(&text, &now), expected);
        assert_eq!(renamed(&text, &HashMap::new()), text);
    }

    #[test]
    fn the_pieces_put_together_are_the_text() {
        let uuid = person(1).uuid();
        for text in [
            format!("[mention={uuid}][mention=@all]x[mention={uuid}"),
            format!("[[mention={uuid}]] é [mention=@ALL]"),
            "niets".to_owned(),
        ] {
            let written = |piece: &Piece<'_>| match piece {
                Piece::Text(written) | Piece::Person(_, written) | Piece::Everybody(written) => {
                    (*written).to_owned()
                }
            };
            assert_eq!(pieces(&text).iter().map(written).collect::<String>(), text);
        }
    }
}
