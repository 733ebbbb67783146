//! What an administrator does to somebody's account.

use flows::mail::account;
use identity::protocol::form::Form;
use identity::{By, oversight};
use kernel::{Error, GrantId, Kind, PersonId, Result, Role, SessionId};
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use crate::visit::Visit;
use crate::words::administration::Person as Words;

/// What a form of somebody's page asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    EndSession(SessionId),
    EndSessions,
    EndApp(GrantId),
    GiveRole(Role, String),
    EndRole(Role),
    /// And whether somebody made sure that it is them who asked.
    TakeFactors(bool),
    ShutOut,
    LetIn,
    SendLetter,
}

/// What was done.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum Told {
    SessionEnded,
    SessionsEnded,
    AppEnded,
    RoleGiven,
    RoleEnded,
    FactorsTaken,
    ShutOut,
    LetIn,
    LetterSent,
}

/// Why it was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Oneself,
    Elsewhere,
    NoAddress,
    HasRole,
    PositionLong,
    Gone,
    Unsure,
}

impl Told {
    pub const fn says(self, words: &'static Words) -> &'static str {
        match self {
            Self::SessionEnded => words.session_ended,
            Self::SessionsEnded => words.sessions_ended,
            Self::AppEnded => words.app_ended,
            Self::RoleGiven => words.role_given,
            Self::RoleEnded => words.role_ended,
            Self::FactorsTaken => words.factors_taken,
            Self::ShutOut => words.was_shut_out,
            Self::LetIn => words.was_let_in,
            Self::LetterSent => words.letter_sent,
        }
    }
}

impl Refused {
    pub const fn says(self, words: &'static Words) -> &'static str {
        match self {
            Self::Oneself => words.oneself,
            Self::Elsewhere => words.elsewhere,
            Self::NoAddress => words.no_address,
            Self::HasRole => words.has_role,
            Self::PositionLong => words.position_long,
            Self::Gone => words.gone,
            Self::Unsure => words.unsure,
        }
    }

    /// What of an error can be said on the page; the others have a page of their own.
    fn of(error: &Error) -> Option<Self> {
        match error {
            Error::Precondition { why } => match why.code {
                "oneself" => Some(Self::Oneself),
                "belongs_elsewhere" => Some(Self::Elsewhere),
                _ => None,
            },
            Error::Conflict { why } if why.code == "member_already" => Some(Self::HasRole),
            Error::TooLarge { limit } if limit.name == "position" => Some(Self::PositionLong),
            // What the form names ended already; the person themselves is looked for again by the page.
            Error::NotFound { .. } => Some(Self::Gone),
            _ => None,
        }
    }
}

impl Deed {
    /// Reads a form.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what names nothing that could be ended; [`Error::Invalid`] for anything else that no
    /// page of ours asks for.
    pub fn read(form: &Form) -> Result<Self> {
        let field = |name| form.first(name).unwrap_or_default();
        let gone = || Error::not_found(Kind::Page);
        let role = || {
            let unknown = || Error::invalid("role", "role_unknown", "There is no such role.");
            Role::named(field("role")).ok_or_else(unknown)
        };
        match field("act") {
            "end-session" => SessionId::from_hex(field("session")).map(Self::EndSession).ok_or_else(gone),
            "end-sessions" => Ok(Self::EndSessions),
            "end-app" => GrantId::from_hex(field("grant")).map(Self::EndApp).ok_or_else(gone),
            "give-role" => Ok(Self::GiveRole(role()?, field("position").trim().to_owned())),
            "end-role" => role().map(Self::EndRole),
            "take-factors" => Ok(Self::TakeFactors(field("sure") == "1")),
            "shut-out" => Ok(Self::ShutOut),
            "let-in" => Ok(Self::LetIn),
            "send-letter" => Ok(Self::SendLetter),
            _ => Err(Error::invalid("act", "act_unknown", "No page of ours asks for this.")),
        }
    }

    const fn done(&self) -> Told {
        match self {
            Self::EndSession(_) => Told::SessionEnded,
            Self::EndSessions => Told::SessionsEnded,
            Self::EndApp(_) => Told::AppEnded,
            Self::GiveRole(..) => Told::RoleGiven,
            Self::EndRole(_) => Told::RoleEnded,
            Self::TakeFactors(_) => Told::FactorsTaken,
            Self::ShutOut => Told::ShutOut,
            Self::LetIn => Told::LetIn,
            Self::SendLetter => Told::LetterSent,
        }
    }
}

/// Does it, or says why not.
///
/// # Errors
/// What cannot be said on their page.
pub(super) async fn run(
    visit: &Visit,
    desk: &Desk,
    person: PersonId,
    deed: Deed,
) -> Result<std::result::Result<Told, Refused>> {
    let told = deed.done();
    let done = match deed {
        Deed::TakeFactors(false) => return Ok(Err(Refused::Unsure)),
        Deed::TakeFactors(true) => {
            flows::factors::take_away_by(&visit.house, &desk.actor(visit), person).await
        }
        Deed::SendLetter => match send_letter(visit, desk, person).await {
            Ok(false) => return Ok(Err(Refused::NoAddress)),
            sent => sent.map(drop),
        },
        deed => change(visit, desk, person, deed).await,
    };
    match done {
        Ok(()) => Ok(Ok(told)),
        Err(error) => Refused::of(&error).map(Err).ok_or(error),
    }
}

async fn send_letter(visit: &Visit, desk: &Desk, person: PersonId) -> Result<bool> {
    let input = (desk.actor(visit), person, visit.issuer().to_owned());
    let sent = visit.house.db.write(input, |tx, (actor, person, url)| {
        Box::pin(async move {
            let by = By::Actor(actor);
            oversight::open(tx, by, actor.organisation, *person).await?;
            account::send_reset(tx, by, actor.organisation, *person, url).await
        })
    });
    sent.await
}

async fn change(visit: &Visit, desk: &Desk, person: PersonId, deed: Deed) -> Result<()> {
    let changed = visit.house.db.write((desk.actor(visit), person, deed), |tx, (actor, person, deed)| {
        Box::pin(async move {
            let by = By::Actor(actor);
            let of = oversight::open(tx, by, actor.organisation, *person).await?;
            match deed {
                Deed::EndSession(id) => oversight::end_session(tx, by, of, *id).await,
                Deed::EndSessions => oversight::end_sessions(tx, by, of).await,
                Deed::EndApp(id) => oversight::end_grant(tx, by, of, *id).await,
                Deed::GiveRole(role, position) => oversight::give_role(tx, actor, of, *role, position).await,
                Deed::EndRole(role) => oversight::take_role(tx, actor, of, *role).await,
                Deed::ShutOut => oversight::let_in(tx, actor, of, false).await,
                Deed::LetIn => oversight::let_in(tx, actor, of, true).await,
                Deed::TakeFactors(_) | Deed::SendLetter => Err(Error::bug("it is done elsewhere")),
            }
        })
    });
    changed.await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_no_page_of_ours_has_asks_for_nothing() {
        let read = |text: &str| Deed::read(&Form::parse(text).expect("text"));
        assert_eq!(read("act=end-role&role=nurse").expect("a deed"), Deed::EndRole(Role::Nurse));
        assert_eq!(read("act=take-factors").expect("a deed"), Deed::TakeFactors(false));
        for text in ["", "act=", "act=remove", "act=end-role&role=king", "act=give-role", "act=END-SESSIONS"]
        {
            assert!(matches!(read(text), Err(Error::Invalid { .. })), "{text}");
        }
        for text in ["act=end-session", "act=end-session&session=x", "act=end-app&grant=1"] {
            assert!(matches!(read(text), Err(Error::NotFound { .. })), "{text}");
        }
    }
}
