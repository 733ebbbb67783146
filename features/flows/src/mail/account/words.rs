//! What letters and SMS about somebody's own account say, in each language.

use identity::Language;

use super::{About, News, de, en, fr, nl};

/// A subject and a text; `{}` is the organisation.
type Letter = [&'static str; 2];
/// The same, and what leads on.
type Leading = [&'static str; 3];

/// The words, in one language.
pub(super) struct Words {
    pub password_changed: Letter,
    pub password_removed: Letter,
    pub passkey_added: Letter,
    pub passkey_removed: Letter,
    pub passkey_copied: Letter,
    /// Leads to the link.
    pub reset: Letter,
    /// Leads to the account.
    pub not_you: &'static str,
    pub not_asked: &'static str,
    pub no_answer: &'static str,
    pub link: Leading,
    pub use_password: Leading,
    pub factor_added: Leading,
    pub factor_removed: Leading,
    pub recovery_used: Leading,
    /// Below these.
    pub unanswered: &'static str,
}

impl Words {
    pub const fn told(&self, news: News) -> Leading {
        let [subject, sentence] = match news {
            News::PasswordChanged => self.password_changed,
            News::PasswordRemoved => self.password_removed,
            News::PasskeyAdded => self.passkey_added,
            News::PasskeyRemoved => self.passkey_removed,
            News::PasskeyCopied => self.passkey_copied,
        };
        [subject, sentence, self.not_you]
    }

    pub const fn about(&self, about: About) -> Leading {
        match about {
            About::Link => self.link,
            About::UsePassword => self.use_password,
            About::FactorAdded => self.factor_added,
            About::FactorRemoved => self.factor_removed,
            About::RecoveryUsed => self.recovery_used,
        }
    }
}

pub(super) const fn of(language: Language) -> &'static Words {
    match language {
        Language::Nl => &nl::WORDS,
        Language::En => &en::WORDS,
        Language::De => &de::WORDS,
        Language::Fr => &fr::WORDS,
    }
}

/// An SMS with a code.
pub(crate) fn sms(language: Language, name: &str, code: &str) -> String {
    match language {
        Language::Nl => format!("{name}: uw code is {code}. Hij werkt 5 minuten. Geef hem aan niemand."),
        Language::En => format!("{name}: your code is {code}. It works for 5 minutes. Give it to nobody."),
        Language::De => {
            format!("{name}: Ihr Code ist {code}. Er gilt 5 Minuten. Geben Sie ihn niemandem weiter.")
        }
        Language::Fr => {
            format!("{name}\u{a0}: votre code est {code}. Il est valable 5 minutes. Ne le donnez à personne.")
        }
    }
}
