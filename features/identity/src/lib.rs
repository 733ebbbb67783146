//! People, the organisations they belong to, and the applications that act in their name.
//!
//! Always true:
//! - Names and identifiers of people are sealed in every row, and found by a keyed hash only.
//! - Of passwords an Argon2id hash is kept; of tokens, codes, sessions and client secrets a SHA-256 hash.
//! - A token stands only while its grant, client, organisation, person and a membership of theirs stand.
//! - A code, a refresh token and an assertion of a client count once, however many bring them at once.
//! - An answer of the authorization server goes to a registered address or nowhere.
//! - Nobody can allow an application more than they may do themselves.
//! - Two people become one only by somebody who names both, and for thirty days that can be undone.
//! - This crate knows no web framework and no partner; [`protocol`] does no input or output at all.

mod log;
mod secret;

pub mod applications;
pub mod arrivals;
pub mod assertions;
pub mod authorization;
pub mod aux_ids;
mod caps;
pub mod claims;
pub mod clients;
pub mod codes;
pub mod dates;
pub mod desk;
pub mod details;
pub mod device;
mod exchange;
pub mod factors;
mod fits;
pub mod grants;
pub mod guests;
pub mod halves;
pub mod imports;
pub mod introspection;
pub mod invented;
pub mod invitations;
pub mod issuing;
pub mod language;
pub mod mandates;
pub mod memberships;
pub mod merges;
pub mod methods;
pub mod names;
pub mod notices;
pub mod once;
pub mod organisations;
pub mod oversight;
pub mod passkeys;
pub mod password_links;
pub mod people;
pub mod persons;
pub mod pictures;
pub mod policies;
pub mod profile;
mod programs;
pub mod protocol;
pub mod recognise;
pub mod refresh;
pub mod registered_keys;
pub mod reseal;
pub mod rows;
pub mod scopes;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod sign_in_links;
pub mod signing_keys;
pub mod sms;
mod standing;
pub mod subjects;
pub mod teams;
#[cfg(test)]
mod tests;
mod throttle;
pub mod tokens;
pub mod verifications;
mod workshop;

pub use clients::{Algorithm, Client, Dialect, GrantType};
pub use desk::{Admitted, Desk, Proven, Trusted, Verdict};
pub use device::Device;
pub use grants::Grant;
pub use language::Language;
pub use log::By;
pub use methods::{Method, Methods};
pub use organisations::Organisation;
pub use people::{
    Party, PeopleFilter, Person, find_people, find_person, may_write_about, may_write_to, may_write_to_these,
    people_called, people_of, people_to_push, present, roster, shut_out, staff_of,
};
pub use recognise::{Recognised, recognise, recognise_session};
