//! A line of the log: built by a door, stamped with its id and time, and signed.

use std::borrow::Cow;
use std::net::IpAddr;

use kernel::{Actor, ClientId, Clock, LineId, OrganisationId, Origin, PersonId, RequestId, Rng, Role};
use vault::Vault;

use crate::encoding::Encoding;
use crate::{Deed, Outcome};

/// Whose log holds what happened before any organisation is known, as a refused sign-in of nobody we know.
pub const INSTALLATION: OrganisationId = OrganisationId::from_bytes([0; 12]);

/// What a door says of a deed. It never holds content.
#[derive(Clone, Debug)]
#[must_use]
pub struct Line {
    pub(crate) deed: Deed,
    pub(crate) outcome: Outcome,
    pub(crate) organisation: OrganisationId,
    pub(crate) person: Option<PersonId>,
    pub(crate) acting_for: Option<PersonId>,
    pub(crate) role: Option<Role>,
    pub(crate) client: Option<ClientId>,
    pub(crate) patient: Option<PersonId>,
    pub(crate) object: Option<[u8; 12]>,
    pub(crate) reason: Option<Cow<'static, str>>,
    pub(crate) request: Option<RequestId>,
    pub(crate) address: Option<IpAddr>,
}

impl Line {
    /// Somebody did something, and it was done.
    pub fn of(actor: &Actor, deed: Deed) -> Self {
        let line = Self::without_actor(actor.organisation, deed).from(actor.origin);
        Self {
            person: Some(actor.person),
            acting_for: actor.acting_for,
            role: Some(actor.role),
            client: actor.client,
            ..line
        }
    }

    /// Something was done before anybody was known, or by the house itself.
    pub fn without_actor(organisation: OrganisationId, deed: Deed) -> Self {
        Self {
            deed,
            outcome: Outcome::Done,
            organisation,
            person: None,
            acting_for: None,
            role: None,
            client: None,
            patient: None,
            object: None,
            reason: None,
            request: None,
            address: None,
        }
    }

    /// By this person, who is no actor yet.
    pub fn by(self, person: Option<PersonId>) -> Self {
        Self { person, ..self }
    }

    /// In the stead of this person.
    pub fn acting_for(self, acting_for: Option<PersonId>) -> Self {
        Self { acting_for, ..self }
    }

    /// Through this client.
    pub fn through(self, client: Option<ClientId>) -> Self {
        Self { client, ..self }
    }

    /// In this request.
    pub fn from(self, origin: Origin) -> Self {
        Self { request: Some(origin.request), address: origin.address, ..self }
    }

    /// On this patient's data.
    pub fn about(self, patient: Option<PersonId>) -> Self {
        Self { patient, ..self }
    }

    /// To the thing of this id.
    pub fn object(self, id: &[u8; 12]) -> Self {
        Self { object: Some(*id), ..self }
    }

    /// And it ended so.
    pub fn outcome(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }

    /// On this ground: a code of ours, or what they gave as their reason for breaking the glass.
    pub fn because(self, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }
}

/// A line with its id and time.
#[derive(Clone, Debug)]
pub(crate) struct Stamped {
    pub id: LineId,
    pub at_us: i64,
    pub line: Line,
    address: Option<String>,
}

impl Stamped {
    pub fn new(line: Line, clock: &Clock, rng: &Rng) -> Self {
        let address = line.address.map(|address| address.to_string());
        Self { id: LineId::new(clock, rng), at_us: clock.now_us(), line, address }
    }

    pub fn columns(&self) -> Columns<'_> {
        let line = &self.line;
        Columns {
            id: self.id.as_bytes(),
            organisation: line.organisation.as_bytes(),
            at_us: self.at_us,
            kind: line.deed.name(),
            outcome: line.outcome.name(),
            person: line.person.as_ref().map(|id| &id.as_bytes()[..]),
            acting_for: line.acting_for.as_ref().map(|id| &id.as_bytes()[..]),
            role: line.role.map(Role::name),
            client: line.client.as_ref().map(|id| &id.as_bytes()[..]),
            patient: line.patient.as_ref().map(|id| &id.as_bytes()[..]),
            object: line.object.as_ref().map(|id| &id[..]),
            reason: line.reason.as_deref(),
            request: line.request.as_ref().map(|id| &id.as_bytes()[..]),
            address: self.address.as_deref(),
        }
    }
}

/// The columns that a MAC covers: all but the MAC itself and the segment, which comes later.
#[derive(Clone, Copy)]
pub(crate) struct Columns<'a> {
    pub id: &'a [u8],
    pub organisation: &'a [u8],
    pub at_us: i64,
    pub kind: &'a str,
    pub outcome: &'a str,
    pub person: Option<&'a [u8]>,
    pub acting_for: Option<&'a [u8]>,
    pub role: Option<&'a str>,
    pub client: Option<&'a [u8]>,
    pub patient: Option<&'a [u8]>,
    pub object: Option<&'a [u8]>,
    pub reason: Option<&'a str>,
    pub request: Option<&'a [u8]>,
    pub address: Option<&'a str>,
}

impl Columns<'_> {
    pub fn mac(&self, vault: &Vault) -> [u8; 32] {
        vault.audit_mac(&self.encoded())
    }

    pub fn encoded(&self) -> Vec<u8> {
        Encoding::of("bedside audit line 1")
            .bytes(self.id)
            .bytes(self.organisation)
            .number(self.at_us)
            .bytes(self.kind.as_bytes())
            .bytes(self.outcome.as_bytes())
            .maybe(self.person)
            .maybe(self.acting_for)
            .text(self.role)
            .maybe(self.client)
            .maybe(self.patient)
            .maybe(self.object)
            .text(self.reason)
            .maybe(self.request)
            .text(self.address)
            .done()
    }
}
