//! The words of the pages, in each language. A language that lacks one does not compile.

/// Leads from a language to the words of a file, which are its constants `NL`, `EN`, `DE` and `FR`.
macro_rules! by_language {
    ($(#[$doc:meta])* $find:ident -> $words:ty) => {
        $(#[$doc])*
        pub(crate) const fn $find(language: identity::Language) -> &'static $words {
            match language {
                identity::Language::Nl => &NL,
                identity::Language::En => &EN,
                identity::Language::De => &DE,
                identity::Language::Fr => &FR,
            }
        }
    };
}

pub(crate) mod account;
pub(crate) mod administration;
pub(crate) mod again;
pub(crate) mod applications;
mod de;
mod en;
mod fr;
pub(crate) mod guest;
pub(crate) mod invitation;
pub(crate) mod link;
pub(crate) mod mandates;
mod nl;
mod notices;
pub(crate) mod passkeys;
pub(crate) mod picture;
pub(crate) mod reset;
pub(crate) mod second;

use again::Again;
use audit::Deed;
use identity::Language;

pub(crate) use notices::{Notices, notices};

/// A page that only says something: its title and its text.
pub(crate) type Said = (&'static str, &'static str);

/// Every word of this wire's pages in one language.
pub(crate) struct Words {
    pub sign_in: &'static str,
    pub sign_in_button: &'static str,
    pub sign_in_help: &'static str,
    /// Leads to where a link to sign in is asked for.
    pub sign_in_by_link: &'static str,
    /// Goes before an application's name.
    pub towards: &'static str,
    pub email: &'static str,
    pub email_missing: &'static str,
    pub password: &'static str,
    pub password_missing: &'static str,
    pub wrong: &'static str,
    pub signed_out: &'static str,
    /// After a form that came from somebody who was signed out.
    pub unsent: &'static str,
    pub app_ended: &'static str,
    /// Goes before how long to wait.
    pub too_often: &'static str,
    pub again: &'static Again,
    pub sign_in_again: &'static str,
    pub stranger: &'static str,

    pub consent: &'static str,
    /// Stands between an application and its organisation.
    pub of: &'static str,
    /// Leads to what the application asks for.
    pub asks: &'static str,
    pub allow: &'static str,
    pub deny: &'static str,
    pub consent_help: &'static str,
    pub signed_in_as: &'static str,
    pub other_account: &'static str,

    pub account: &'static str,
    pub apps: &'static str,
    pub no_apps: &'static str,
    pub end_app: &'static str,
    pub sessions: &'static str,
    pub this_browser: &'static str,
    pub since: &'static str,
    pub last_seen: &'static str,
    pub end_session: &'static str,
    pub end_others: &'static str,
    pub end_others_hint: &'static str,
    /// Stands between a browser and the system that it is on.
    pub device_on: &'static str,
    pub other_browser: &'static str,
    pub change_password: &'static str,
    pub change_password_lead: &'static str,
    pub change_password_button: &'static str,
    pub password_now: &'static str,
    pub password_new: &'static str,
    pub password_again: &'static str,
    pub password_help: &'static str,
    pub password_wrong: &'static str,
    pub password_short: &'static str,
    pub password_long: &'static str,
    pub password_same: &'static str,
    pub password_differs: &'static str,
    pub password_changed: &'static str,
    pub language: &'static str,
    pub language_label: &'static str,
    pub language_hint: &'static str,
    pub language_save: &'static str,
    pub organisations: &'static str,
    pub here_now: &'static str,
    pub switch: &'static str,
    pub log: &'static str,
    pub log_lead: &'static str,
    /// Leads to the pages of the whole log.
    pub whole_log: &'static str,
    pub by_others: &'static str,
    pub by_you: &'static str,
    /// Stands behind what somebody tried to do and might not.
    pub refused: &'static str,
    /// Goes before a name.
    pub on_behalf_of: &'static str,
    /// Goes after a number.
    pub times: &'static str,
    /// Goes before a time of the day.
    pub last_at: &'static str,
    pub pages: &'static str,
    pub newer: &'static str,
    pub older: &'static str,
    pub no_lines: &'static str,
    pub somebody: &'static str,
    /// Who tried to sign in and did not.
    pub stranger_there: &'static str,
    /// A day and a time as `strftime` writes them.
    pub time_format: &'static str,
    pub deed_signed_in: &'static str,
    pub deed_refused: &'static str,
    pub deed_half: &'static str,
    pub deed_letter: &'static str,
    pub deed_consent: &'static str,
    pub deed_details_read: &'static str,
    pub deed_messages_read: &'static str,
    pub deed_messages_changed: &'static str,
    pub deed_answered: &'static str,
    pub deed_verification: &'static str,
    pub deed_searched: &'static str,
    pub deed_names_searched: &'static str,
    pub deed_file_read: &'static str,
    pub deed_file_infected: &'static str,
    pub deed_file_posted: &'static str,
    pub deed_chat_exported: &'static str,
    pub deed_chat_changed: &'static str,
    pub deed_appointments_read: &'static str,
    pub deed_appointments_changed: &'static str,
    pub deed_waiting_list: &'static str,
    pub deed_administration: &'static str,
    pub deed_log_read: &'static str,
    pub deed_other: &'static str,

    pub stale_form: Said,
    pub not_found: Said,
    pub not_allowed: Said,
    pub does_not_fit: Said,
    pub too_busy: Said,
    pub our_fault: Said,
    pub unknown_client: Said,
    pub doubled_client: Said,
    pub missing_redirect: Said,
    pub unknown_redirect: Said,
    pub pending_client: Said,
    /// A sign-out that leads to an address that is not registered, or for nobody we know.
    pub unfit_sign_out: Said,
    /// The page whose form goes on to an application.
    pub form_post: Said,
    pub form_post_button: &'static str,
    pub sign_out: Said,
    /// Goes after an application's name.
    pub sign_out_asked: &'static str,
    pub sign_out_button: &'static str,
}

pub(crate) const fn of(language: Language) -> &'static Words {
    match language {
        Language::Nl => &nl::WORDS,
        Language::En => &en::WORDS,
        Language::De => &de::WORDS,
        Language::Fr => &fr::WORDS,
    }
}

/// What a line of the access log says to the person whom it is about.
pub(crate) const fn deed(words: &Words, deed: Deed) -> &'static str {
    match deed {
        Deed::SignIn | Deed::SignOut => words.deed_signed_in,
        Deed::SignInRefused => words.deed_refused,
        Deed::HalfSignIn => words.deed_half,
        Deed::SignInLetter => words.deed_letter,
        Deed::ConsentGiven | Deed::ConsentDenied | Deed::TokenIssued | Deed::TokenRevoked => {
            words.deed_consent
        }
        Deed::PersonRead | Deed::PeopleListed => words.deed_details_read,
        Deed::ChatListed | Deed::ChatOpened | Deed::MessageRead => words.deed_messages_read,
        Deed::MessagePosted
        | Deed::MessageDeleted
        | Deed::MessageLiked
        | Deed::MessageUnliked
        | Deed::QuestionAsked => words.deed_messages_changed,
        Deed::QuestionAnswered => words.deed_answered,
        Deed::VerificationAsked | Deed::VerificationSettled => words.deed_verification,
        Deed::MessagesSearched => words.deed_searched,
        Deed::PeopleSearched => words.deed_names_searched,
        Deed::ChatExported => words.deed_chat_exported,
        Deed::FileRead => words.deed_file_read,
        Deed::FileInfected => words.deed_file_infected,
        Deed::FilePosted => words.deed_file_posted,
        Deed::ChatStarted
        | Deed::ChatChanged
        | Deed::MembersChanged
        | Deed::ChatClosed
        | Deed::ChatRemoved => words.deed_chat_changed,
        Deed::AppointmentsListed | Deed::AppointmentRead | Deed::DayPrinted | Deed::VideoVisitOpened => {
            words.deed_appointments_read
        }
        Deed::AppointmentBooked
        | Deed::AppointmentConfirmed
        | Deed::AppointmentMoved
        | Deed::AppointmentCancelled
        | Deed::TimeKept
        | Deed::TimeGivenUp => words.deed_appointments_changed,
        Deed::WaitingListChanged | Deed::EarlierTimeOffered => words.deed_waiting_list,
        Deed::Administration => words.deed_administration,
        Deed::LogRead => words.deed_log_read,
        Deed::LogGap => words.deed_other,
    }
}
