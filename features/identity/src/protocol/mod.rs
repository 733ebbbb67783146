//! The rules of OAuth 2.0 (RFC 6749, with RFC 7636, 9207 and 9700) as functions of what is known; they do no
//! input or output, so that every case can be tried.

pub mod authorize;
pub mod form;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod pkce;
pub mod redirect;
#[cfg(test)]
mod tests;
pub mod token;
