//! What somebody looks for.

use kernel::limits::{SEARCH_CHARS_MAX, SEARCH_WORDS_MAX};
use kernel::{Error, Result};
use vault::SearchKey;

use crate::words::token;
use crate::{Of, Token, words};

/// The words that somebody looks for, each once, the longest first: it is the one that is found least often. Its
/// `Debug` does not tell them.
#[derive(Clone, PartialEq, Eq)]
pub struct Wanted(Vec<String>);

impl Wanted {
    /// Reads what somebody typed.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is no word in it, [`Error::TooLarge`] for more than 200 characters or 8 words.
    pub fn read(typed: &str) -> Result<Self> {
        if typed.chars().nth(SEARCH_CHARS_MAX).is_some() {
            return Err(Error::too_large("query_chars", SEARCH_CHARS_MAX as u64));
        }
        let mut wanted: Vec<String> = Vec::new();
        for word in words(typed) {
            if !wanted.contains(&word.folded) {
                wanted.push(word.folded);
            }
        }
        if wanted.is_empty() {
            return Err(Error::invalid(
                "query",
                "query_is_empty",
                "A search has at least one word or number.",
            ));
        }
        if wanted.len() > SEARCH_WORDS_MAX {
            return Err(Error::too_large("query_words", SEARCH_WORDS_MAX as u64));
        }
        wanted.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        Ok(Self(wanted))
    }

    /// By what they are found, in their order.
    #[must_use]
    pub fn tokens(&self, key: &SearchKey, of: Of) -> Vec<Token> {
        self.0.iter().map(|word| token(key, of, word)).collect()
    }

    /// Whether a word of a text is one of them.
    #[must_use]
    pub fn has(&self, folded: &str) -> bool {
        self.0.iter().any(|word| word == folded)
    }
}

impl std::fmt::Debug for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wanted").field("words", &self.0.len()).finish_non_exhaustive()
    }
}
