//! Those who said who they are and did not prove it: counted and told to the operator, who sees an attack by it.

use kernel::RequestId;

/// The counter, by what did not fit.
pub const REFUSED_CREDENTIALS: &str = "bedside_refused_credentials_total";

/// What did not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// A password, or the account that it was for.
    Password,
    /// A passkey, or its answer.
    Passkey,
    /// A code of a second factor, or a link that came by mail.
    Code,
    /// An application's secret, or its id.
    Client,
    /// An access token. Every application comes with an old one now and then, so that it has no line of its own at
    /// the level at which servers run.
    Token,
}

impl Unproven {
    /// Each of them.
    pub const ALL: [Self; 5] = [Self::Password, Self::Passkey, Self::Code, Self::Client, Self::Token];

    /// Its name in the figures and in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Code => "code",
            Self::Client => "client",
            Self::Token => "token",
        }
    }

    /// Counts one, and tells it without a word of what was given.
    pub fn note(self, request: RequestId) {
        metrics::counter!(REFUSED_CREDENTIALS, "what" => self.name()).increment(1);
        match self {
            Self::Password => tracing::info!(%request, "a password did not fit"),
            Self::Passkey => tracing::info!(%request, "a passkey did not fit"),
            Self::Code => tracing::info!(%request, "a code did not fit"),
            Self::Client => tracing::info!(%request, "an application did not prove who it is"),
            Self::Token => tracing::debug!(%request, "a token stands for nobody"),
        }
    }
}
