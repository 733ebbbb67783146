//! The patient portal's API: the walkthrough, who may ask what, and what is refused.

mod earlier;
mod odd;
pub mod practice;
mod refusals;
mod scopes;
mod told;
mod video;
mod walk;
