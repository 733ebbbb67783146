//! What stands on each page, for its template.

use askama::Template;
use door::pages::Language;
use door::pages::forms::FIELD;

use crate::words::{self, Words};
use crate::{assets, form_post};

/// The sign-in form.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignIn<'a> {
    pub words: &'static Words,
    pub token: &'a str,
    pub onward: &'a str,
    pub towards: Option<&'a str>,
    pub email: &'a str,
    pub notice: Option<&'a str>,
    pub error: Option<&'a str>,
    pub email_error: Option<&'a str>,
    pub password_error: Option<&'a str>,
    pub passkeys: &'static words::passkeys::Words,
    pub reset: &'static words::reset::Words,
    /// Where a link is asked for.
    pub link: &'a str,
}

/// The question whether an application may act for somebody.
#[derive(Template)]
#[template(path = "consent.html")]
pub(crate) struct Consent<'a> {
    pub words: &'static Words,
    pub token: &'a str,
    pub onward: &'a str,
    pub client: &'a str,
    pub organisation: &'a str,
    pub name: &'a str,
    pub other_account: &'a str,
    pub sentences: Vec<&'static str>,
    pub scopes: &'a str,
}

/// A person's own page.
#[derive(Template)]
#[template(path = "account.html")]
pub(crate) struct Account<'a> {
    pub words: &'static Words,
    pub token: &'a str,
    /// What has just been done.
    pub notice: Option<&'a str>,
    /// What the page of their picture is called.
    pub picture: &'static str,
    /// What the pages of administrators are called, for those.
    pub administration: Option<&'static str>,
    /// What the page of applications is called, for who works there.
    pub applications: Option<&'static str>,
    pub text: &'static words::account::Words,
    /// Who came by a link as a guest has no ways in of their own, and cannot give themselves one.
    pub is_guest: bool,
    pub has_password: bool,
    pub passkeys: u32,
    /// The language of their account.
    pub spoken: Language,
    pub name: String,
    pub email: Option<&'a str>,
    /// Empty for who belongs to one only.
    pub organisations: Vec<OrganisationRow<'a>>,
    pub sessions: Vec<SessionRow<'a>>,
    /// Whether there is more than this browser: a session elsewhere, or a browser that the account still knows.
    pub has_others: bool,
    pub apps: Vec<AppRow<'a>>,
    /// What they chose of notices by mail, when they have an address.
    pub notices: Option<Notices>,
    /// Who acts for whom, for patients and those who act for them.
    pub mandates: Option<crate::mandates::View<'a>>,
    /// The newest of what others did.
    pub days: Vec<LogDay>,
}

impl Account<'_> {
    /// The level of a day's heading.
    fn day_level(&self) -> u8 {
        3
    }
}

/// The form for another password.
#[derive(Template)]
#[template(path = "password.html")]
pub(crate) struct Password<'a> {
    pub words: &'static Words,
    pub token: &'a str,
    pub title: &'a str,
    pub lead: &'a str,
    /// Where it goes, and what its button says.
    pub action: &'a str,
    pub save: &'a str,
    /// Where a link leads back to, and what it says.
    pub back: Option<(&'a str, &'a str)>,
    /// That of the letter which leads here.
    pub code: Option<&'a str>,
    /// Whether the old one is asked for; who has none chooses their first.
    pub has_old: bool,
    pub error: Option<&'a str>,
    pub old_error: Option<&'a str>,
    pub new_error: Option<&'a str>,
    pub again_error: Option<&'a str>,
}

/// An organisation that they belong to.
pub(crate) struct OrganisationRow<'a> {
    pub id: String,
    pub name: &'a str,
    pub is_here: bool,
}

/// A browser in which they have signed in.
pub(crate) struct SessionRow<'a> {
    pub id: String,
    /// What kind of browser.
    pub device: String,
    pub organisation: &'a str,
    pub signed_in: String,
    pub seen: String,
    pub is_this: bool,
}

/// An application that acts for them.
pub(crate) struct AppRow<'a> {
    pub grant: String,
    pub name: &'a str,
    pub organisation: &'a str,
    pub since: String,
    /// When it last got a token.
    pub used: Option<String>,
    pub sentences: Vec<&'static str>,
}

/// A page of the access log about them.
#[derive(Template)]
#[template(path = "log.html")]
pub(crate) struct Log {
    pub words: &'static Words,
    /// Whether it is about what they did themselves.
    pub is_own: bool,
    pub days: Vec<LogDay>,
    pub older: Option<String>,
    pub newer: Option<String>,
}

impl Log {
    /// The level of a day's heading.
    fn day_level(&self) -> u8 {
        2
    }
}

/// A day of the access log.
pub(crate) struct LogDay {
    pub heading: String,
    pub rows: Vec<LogRow>,
}

/// What somebody did on a day, once or over and over.
pub(crate) struct LogRow {
    pub what: &'static str,
    pub is_refused: bool,
    pub times: usize,
    /// When they did it last.
    pub last: String,
    /// The same for machines.
    pub instant: String,
    /// Who, as what and where.
    pub who: String,
    pub on_behalf_of: Option<String>,
}

/// What somebody chose of notices by mail.
pub(crate) struct Notices {
    pub words: &'static words::Notices,
    /// What has just been done.
    pub done: Option<&'static str>,
    /// Why mail does not reach them, when it does not.
    pub trouble: Option<&'static str>,
    pub wanted: bool,
    /// When they are not told, as `22:00`.
    pub from: String,
    pub until: String,
}

/// A page that asks whether to do something.
#[derive(Template)]
#[template(path = "question.html")]
pub(crate) struct Question<'a> {
    pub title: &'a str,
    pub text: &'a str,
    /// Where the answer goes.
    pub action: &'a str,
    pub button: &'a str,
}

/// A page that only says something.
#[derive(Template)]
#[template(path = "message.html")]
pub(crate) struct Message<'a> {
    pub title: &'a str,
    pub text: &'a str,
    /// Where a button leads, and what it says.
    pub onward: Option<(&'a str, &'a str)>,
}

/// An answer that the person sends on to the application.
#[derive(Template)]
#[template(path = "form_post.html")]
pub(crate) struct FormPost<'a> {
    pub words: &'static Words,
    pub action: &'a str,
    pub parameters: &'a [(&'static str, String)],
}

/// The question whether to sign out.
#[derive(Template)]
#[template(path = "sign_out.html")]
pub(crate) struct SignOut<'a> {
    pub words: &'static Words,
    pub token: &'a str,
    /// The application that asks, when it says who it is.
    pub client: Option<&'a str>,
    /// What of its request is asked again.
    pub parameters: &'a [(&'static str, String)],
}
