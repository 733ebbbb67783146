//! Who is speaking, settled once at the door of each wire.

use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{ClientId, OrganisationId, PersonId, RequestId, TeamId};

/// Somebody who acts in one organisation, in one role, with what was granted to the client they use.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Who.
    pub person: PersonId,
    /// In whose stead, by a mandate.
    pub acting_for: Option<PersonId>,
    /// As what.
    pub role: Role,
    /// Where.
    pub organisation: OrganisationId,
    /// Through which application; `None` in our own pages.
    pub client: Option<ClientId>,
    /// What the application may do in their name.
    pub scopes: Scopes,
    /// The teams of the organisation that they belong to.
    pub teams: Arc<[TeamId]>,
    /// The request that they make.
    pub origin: Origin,
}

/// Where a request came from, for the access log.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// The request's own id.
    pub request: RequestId,
    /// The caller's address.
    pub address: Option<IpAddr>,
    /// What the caller calls the request by, when it is to be done only once.
    pub once: Option<Once>,
}

/// A request that its client named, so that it is done once however often it comes. Both are keyed hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Once {
    /// Of the name, of the person and of the application.
    pub key: [u8; 32],
    /// Of what is asked for.
    pub request: [u8; 32],
}

impl Actor {
    /// Whether they care for patients.
    #[must_use]
    pub const fn is_clinician(&self) -> bool {
        self.role.is_clinician()
    }

    /// Whether they act for the organisation (docs/access.md, rule 7): they work there, and do not act in a patient's stead.
    #[must_use]
    pub const fn is_staff(&self) -> bool {
        self.role.is_staff() && self.acting_for.is_none()
    }
}

/// What a person is in an organisation (docs/access.md, rule 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Receives care.
    Patient,
    /// A clinician.
    Doctor,
    /// A clinician.
    Nurse,
    /// A clinician.
    Therapist,
    /// Helps at the desk.
    Assistant,
    /// Translates.
    Interpreter,
    /// Was invited to one thing.
    Guest,
    /// A program that plans consultations.
    Scheduler,
    /// A program of another organisation.
    Partner,
    /// Manages people, clients and settings, and reads no conversations.
    Administrator,
    /// Reads the access log.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 11] = [
        Self::Patient,
        Self::Doctor,
        Self::Nurse,
        Self::Therapist,
        Self::Assistant,
        Self::Interpreter,
        Self::Guest,
        Self::Scheduler,
        Self::Partner,
        Self::Administrator,
        Self::Auditor,
    ];

    /// Its name in the database and in commands.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Doctor => "doctor",
            Self::Nurse => "nurse",
            Self::Therapist => "therapist",
            Self::Assistant => "assistant",
            Self::Interpreter => "interpreter",
            Self::Guest => "guest",
            Self::Scheduler => "scheduler",
            Self::Partner => "partner",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
        }
    }

    /// The role of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether they care for patients.
    #[must_use]
    pub const fn is_clinician(self) -> bool {
        matches!(self, Self::Doctor | Self::Nurse | Self::Therapist)
    }

    /// Whether they work for the organisation, rather than receive its care or visit it.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        !matches!(self, Self::Patient | Self::Guest | Self::Partner)
    }
}

/// One thing that an application may be allowed. The sentence that a person reads is in `identity::scopes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Scope {
    /// Messenger: read chats and people.
    Read = 0,
    /// Messenger: write messages and change chats.
    Write = 1,
    /// Messenger: manage the organisation.
    Admin = 2,
    /// OpenID Connect: be told who signed in.
    OpenId = 3,
    /// OpenID Connect: their name, language and the like.
    Profile = 4,
    /// OpenID Connect: their e-mail address.
    Email = 5,
    /// OpenID Connect: their postal address.
    Address = 6,
    /// OpenID Connect: their telephone number.
    Phone = 7,
    /// OpenID Connect: go on while they are away.
    OfflineAccess = 8,
    /// Patient portal: read the own profile.
    ProfileRead = 9,
    /// Patient portal: read appointments and open a video consultation.
    AppointmentRead = 10,
    /// Patient portal: book, move and cancel.
    AppointmentWrite = 11,
    /// A hospital's system: create and update messages.
    SystemCommunicationCu = 12,
    /// A hospital's system: read and search messages.
    SystemCommunicationRs = 13,
    /// A hospital's system: update conversations.
    SystemEncounterU = 14,
    /// A hospital's system: read and search conversations.
    SystemEncounterRs = 15,
    /// A hospital's system: read and search patients.
    SystemPatientRs = 16,
    /// A practice's desk: its calendars, and the appointments of its patients.
    Desk = 17,
}

impl Scope {
    /// Every scope that there is.
    pub const ALL: [Self; 18] = [
        Self::Read,
        Self::Write,
        Self::Admin,
        Self::OpenId,
        Self::Profile,
        Self::Email,
        Self::Address,
        Self::Phone,
        Self::OfflineAccess,
        Self::ProfileRead,
        Self::AppointmentRead,
        Self::AppointmentWrite,
        Self::SystemCommunicationCu,
        Self::SystemCommunicationRs,
        Self::SystemEncounterU,
        Self::SystemEncounterRs,
        Self::SystemPatientRs,
        Self::Desk,
    ];
    /// Those of the messenger.
    pub const MESSENGER: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
            Self::OpenId => "openid",
            Self::Profile => "profile",
            Self::Email => "email",
            Self::Address => "address",
            Self::Phone => "phone",
            Self::OfflineAccess => "offline_access",
            Self::ProfileRead => "profile_read",
            Self::AppointmentRead => "appointment_read",
            Self::AppointmentWrite => "appointment_write",
            Self::SystemCommunicationCu => "system/Communication.cu",
            Self::SystemCommunicationRs => "system/Communication.rs",
            Self::SystemEncounterU => "system/Encounter.u",
            Self::SystemEncounterRs => "system/Encounter.rs",
            Self::SystemPatientRs => "system/Patient.rs",
            Self::Desk => "desk",
        }
    }

    /// The scope of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u64);

impl Scopes {
    /// Everything: what our own pages act with.
    pub const ALL: Self = Self(u64::MAX);

    /// Whether the scope is among them.
    #[must_use]
    pub const fn has(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u8) != 0
    }

    /// Whether each of `other` is among them.
    #[must_use]
    pub const fn cover(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// This one alone.
    #[must_use]
    pub const fn of(scope: Scope) -> Self {
        Self(1 << scope as u8)
    }

    /// Those of the messenger.
    #[must_use]
    pub fn messenger() -> Self {
        Scope::MESSENGER.into_iter().collect()
    }

    /// Those of these that are not among `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Those that are in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that are in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.has(*scope))
    }

    /// Their names, separated by spaces (RFC 6749 section 3.3).
    #[must_use]
    pub fn names(self) -> String {
        self.iter().map(Scope::name).collect::<Vec<_>>().join(" ")
    }

    /// The scopes that a space-separated list names, and the first name that is none.
    #[must_use]
    pub fn parse(list: &str) -> (Self, Option<&str>) {
        let mut unknown = None;
        let known = list.split_ascii_whitespace().filter_map(|name| {
            let scope = Scope::named(name);
            if scope.is_none() {
                unknown = unknown.or(Some(name));
            }
            scope
        });
        (known.collect(), unknown)
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | (1 << scope as u8)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_acts_in_a_patients_stead_is_no_staff() {
        let patient = PersonId::from_bytes([2; 12]);
        for (role, acting_for, is_staff) in [
            (Role::Nurse, None, true),
            (Role::Nurse, Some(patient), false),
            (Role::Administrator, None, true),
            (Role::Patient, None, false),
            (Role::Guest, None, false),
            (Role::Partner, None, false),
        ] {
            let actor = Actor {
                person: PersonId::from_bytes([1; 12]),
                acting_for,
                role,
                organisation: OrganisationId::from_bytes([3; 12]),
                client: None,
                scopes: Scopes::ALL,
                teams: Arc::new([]),
                origin: Origin { request: RequestId::from_bytes([4; 12]), address: None, once: None },
            };
            assert_eq!(actor.is_staff(), is_staff, "{role:?}");
        }
    }
}
