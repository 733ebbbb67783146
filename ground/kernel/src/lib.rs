//! Words that every crate shares: ids, the actor, errors, events, clock and chance.
//!
//! Always true:
//! - Nothing here does input or output, and nothing here knows a feature's rules.
//! - Time comes from [`Clock`] and chance from [`Rng`], so that a test can set both.
//! - An [`Error`] has a public half, which may be shown, and a private half, which may only be logged.

pub mod actor;
pub mod clock;
pub mod error;
pub mod event;
pub mod id;
pub mod limits;
pub mod page;
pub mod rng;

pub use actor::{Actor, Once, Origin, Role, Scope, Scopes};
pub use clock::Clock;
pub use error::{Error, Kind, Private, Public, Result};
pub use event::{ChatChange, Event, MessageChange};
pub use id::{
    AbsenceId, AppointmentId, AppointmentTypeId, CategoryId, ChatId, ClientId, FileId, GatheringId, GrantId,
    HoldId, Id, ImportId, InstitutionId, InsuranceId, InvitationId, JobId, LetterId, LineId, MembershipId,
    MessageId, OfferId, OrganisationId, PersonId, RequestId, ResourceId, SessionId, SigningKeyId,
    SubscriptionId, TeamId, TokenId,
};
pub use limits::Limit;
pub use page::Page;
pub use rng::Rng;
