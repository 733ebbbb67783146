//! An availability in few bytes, since hundreds are sent at a time: numbers are big-endian, and what there may be none of
//! stands behind a flag.

use kernel::Id;

use super::Availability;

const VERSION: u8 = 1;
const HAS_CLIENT: u8 = 1;
const IS_MOVE: u8 = 2;

pub(super) fn write(availability: &Availability) -> Vec<u8> {
    let Availability { minutes: (duration, before, after), client, moves, resources, .. } = availability;
    let mut flags = 0;
    if client.is_some() {
        flags |= HAS_CLIENT;
    }
    if moves.is_some() {
        flags |= IS_MOVE;
    }
    let mut bytes = Vec::with_capacity(160);
    bytes.extend([VERSION, flags]);
    for instant in [availability.issued_ms, availability.expires_ms, availability.start_ms] {
        bytes.extend(instant.to_be_bytes());
    }
    for minutes in [duration, before, after] {
        bytes.extend(u16::try_from(*minutes).unwrap_or(u16::MAX).to_be_bytes());
    }
    bytes.extend(availability.kind.as_bytes());
    bytes.extend(availability.category.as_bytes());
    bytes.extend(availability.insurance.as_bytes());
    bytes.extend(availability.revision.to_be_bytes());
    bytes.extend(availability.patient.as_bytes());
    bytes.extend(availability.jti);
    bytes.extend(client.iter().flat_map(|id| *id.as_bytes()));
    bytes.extend(moves.iter().flat_map(|id| *id.as_bytes()));
    // The rest is who and what was free: nothing says how many, since nothing follows.
    bytes.extend(resources.iter().flat_map(|id| *id.as_bytes()));
    bytes
}

/// What was written; `None` for anything else.
pub(super) fn read(bytes: &[u8]) -> Option<Availability> {
    let mut rest = Rest(bytes);
    let [version, flags] = rest.take()?;
    if version != VERSION || flags > (HAS_CLIENT | IS_MOVE) {
        return None;
    }
    let availability = Availability {
        issued_ms: rest.number()?,
        expires_ms: rest.number()?,
        start_ms: rest.number()?,
        minutes: (rest.minutes()?, rest.minutes()?, rest.minutes()?),
        kind: rest.id()?,
        category: rest.id()?,
        insurance: rest.id()?,
        revision: rest.number()?,
        patient: rest.id()?,
        jti: rest.take()?,
        client: if flags & HAS_CLIENT == 0 { None } else { Some(rest.id()?) },
        moves: if flags & IS_MOVE == 0 { None } else { Some(rest.id()?) },
        resources: std::iter::from_fn(|| rest.id()).collect(),
    };
    rest.0.is_empty().then_some(availability)
}

/// What is yet to be read.
struct Rest<'b>(&'b [u8]);

impl Rest<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn number(&mut self) -> Option<i64> {
        self.take().map(i64::from_be_bytes)
    }

    fn minutes(&mut self) -> Option<i64> {
        self.take().map(|bytes| u16::from_be_bytes(bytes).into())
    }

    fn id<K>(&mut self) -> Option<Id<K>> {
        self.take().map(Id::from_bytes)
    }
}
