//! The rules of OAuth 2.0 (RFC 6749, with RFC 7523, 7636, 8693, 9207 and 9700) as functions of what is known; they do no
//! input or output, so that every case can be tried.

pub mod acr;
pub mod assertion;
pub mod authorize;
pub mod credentials;
pub mod form;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod grant;
pub mod jwks;
pub mod pkce;
pub mod redirect;
pub mod refresh;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_addresses;
#[cfg(test)]
mod tests_of_tokens;
pub mod token;
pub mod totp;
mod wish;
