//! Ids of 96 bits: 48 of milliseconds since 1970, then 48 of chance, so that they sort by the time they were made.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use crate::{Clock, Rng};

/// The id of one `K`. Its faces on the wires are [`Id::hex`] (24 digits) and [`Id::uuid`] (version 8).
pub struct Id<K> {
    bytes: [u8; 12],
    kind: PhantomData<fn() -> K>,
}

impl<K> Id<K> {
    /// A new id, of this instant and of chance.
    #[must_use]
    pub fn new(clock: &Clock, rng: &Rng) -> Self {
        let mut bytes = [0; 12];
        rng.fill(&mut bytes[6..]);
        let ms = clock.now_ms().max(0).to_be_bytes();
        bytes[..6].copy_from_slice(&ms[2..]);
        Self::from_bytes(bytes)
    }

    /// The id that these stored bytes are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 12]) -> Self {
        Self { bytes, kind: PhantomData }
    }

    /// The id that this stored slice is; `None` when it is not 12 bytes long.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_bytes)
    }

    /// The bytes to store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 12] {
        &self.bytes
    }

    /// When the id was made, in milliseconds since 1970.
    #[must_use]
    pub fn made_ms(&self) -> i64 {
        self.bytes[..6].iter().fold(0, |ms, byte| (ms << 8) | i64::from(*byte))
    }

    /// 24 lower-case hex digits.
    #[must_use]
    pub fn hex(&self) -> String {
        hex(&self.bytes)
    }

    /// The id that 24 hex digits of either case name.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        unhex(text).map(Self::from_bytes)
    }

    /// A UUID of version 8 (RFC 9562 section 5.8): 96 bits of id and 26 that are derived from them.
    #[must_use]
    pub fn uuid(&self) -> String {
        let b = hex(&self.uuid_bytes());
        format!("{}-{}-{}-{}-{}", &b[..8], &b[8..12], &b[12..16], &b[16..20], &b[20..])
    }

    /// The id behind a UUID of ours; `None` for any other UUID, since its derived bits do not fit.
    #[must_use]
    pub fn from_uuid(text: &str) -> Option<Self> {
        let dashes_fit = text.len() == 36
            && text.bytes().enumerate().all(|(at, byte)| matches!(at, 8 | 13 | 18 | 23) == (byte == b'-'));
        if !dashes_fit {
            return None;
        }
        let raw: [u8; 16] = unhex(&text.replace('-', ""))?;
        let bits = u128::from_be_bytes(raw);
        let (high, middle, low) = (bits >> 80, (bits >> 64) & 0xfff, bits & ((1 << 62) - 1));
        let mixed = (high << 48) | (middle << 36) | (low >> 26);
        let id = Self::from_bytes(mixed.to_be_bytes()[4..].try_into().ok()?);
        (id.uuid_bytes() == raw).then_some(id)
    }

    fn uuid_bytes(&self) -> [u8; 16] {
        let mut wide = [0; 16];
        wide[4..].copy_from_slice(&self.bytes);
        let bits = u128::from_be_bytes(wide);
        let (high, middle, low) = (bits >> 48, (bits >> 36) & 0xfff, bits & ((1 << 36) - 1));
        let derived = u128::from(derive_26_bits(&self.bytes));
        let uuid = (high << 80) | (0x8 << 76) | (middle << 64) | (0b10 << 62) | (low << 26) | derived;
        uuid.to_be_bytes()
    }
}

/// FNV-1a over the bytes, folded. It only tells our UUIDs from others; it is no protection.
fn derive_26_bits(bytes: &[u8; 12]) -> u32 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    u32::try_from((hash ^ (hash >> 26) ^ (hash >> 52)) & 0x03ff_ffff).unwrap_or_default()
}

/// Lower-case hex digits of any bytes.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|b| [DIGITS[usize::from(b >> 4)] as char, DIGITS[usize::from(b & 15)] as char])
        .collect()
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.as_bytes();
    if text.len() != 2 * N {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = (digit(pair[0])? << 4) | digit(pair[1])?;
    }
    Some(bytes)
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes.cmp(&other.bytes)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes.hash(state);
    }
}
impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}
impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

impl<K> serde::Serialize for Id<K> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.hex())
    }
}
impl<'de, K> serde::Deserialize<'de> for Id<K> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("an id of 24 hex digits"))
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident => $id:ident;)*) => {
        /// What an id names. These types have no values; they only keep ids of different things apart.
        pub mod kind {
            $($(#[$doc])* #[derive(Debug)] pub enum $kind {})*
        }
        $($(#[$doc])* pub type $id = Id<kind::$kind>;)*
    };
}

kinds! {
    /// Somebody: patient, clinician, colleague.
    Person => PersonId;
    /// A practice, hospital, clinic or company.
    Organisation => OrganisationId;
    /// A person in an organisation, with a role.
    Membership => MembershipId;
    /// A ward, a practice desk, a queue.
    Team => TeamId;
    /// An OAuth application.
    Client => ClientId;
    /// A browser in which a person has signed in.
    Session => SessionId;
    /// What a person allowed a client to do.
    Grant => GrantId;
    /// An access or refresh token.
    Token => TokenId;
    /// A conversation of two or more.
    Chat => ChatId;
    /// One message in a chat.
    Message => MessageId;
    /// A file in a chat.
    File => FileId;
    /// Work to be done after a commit.
    Job => JobId;
    /// A letter that leaves the house.
    Letter => LetterId;
    /// Somebody who was asked into an organisation.
    Invitation => InvitationId;
    /// A list of people that somebody brings.
    Import => ImportId;
    /// A line of the access log.
    Line => LineId;
    /// A key that signs ID tokens.
    SigningKey => SigningKeyId;
    /// One request of a client, as the log names it.
    Request => RequestId;
    /// A place of an organisation where patients come.
    Institution => InstitutionId;
    /// Who or what an appointment needs: a practitioner, a room, a device.
    Resource => ResourceId;
    /// When somebody or something is away.
    Absence => AbsenceId;
    /// Who pays for care.
    Insurance => InsuranceId;
    /// What patients choose first when they book: often a doctor.
    Category => CategoryId;
    /// What can be booked in a category.
    AppointmentType => AppointmentTypeId;
    /// An appointment.
    Appointment => AppointmentId;
    /// A time at which several patients come together.
    Gathering => GatheringId;
    /// A time that is kept for somebody for a few minutes.
    Hold => HoldId;
    /// Somebody's wish to come earlier.
    Subscription => SubscriptionId;
    /// An earlier time that they were told of.
    Offer => OfferId;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_of(bytes: [u8; 12]) -> Id<kind::Person> {
        Id::from_bytes(bytes)
    }

    #[test]
    fn every_face_leads_back_to_the_id() {
        let rng = Rng::seeded(7);
        let clock = Clock::system();
        for _ in 0..2_000 {
            let id = PersonId::new(&clock, &rng);
            assert_eq!(Id::from_hex(&id.hex()), Some(id));
            assert_eq!(Id::from_uuid(&id.uuid()), Some(id));
            assert_eq!(id.uuid().as_bytes()[14], b'8', "version 8");
            assert!(b"89ab".contains(&id.uuid().as_bytes()[19]), "RFC 9562 variant");
        }
    }

    #[test]
    fn a_uuid_of_somebody_else_is_nobody_here() {
        let ours = id_of([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]).uuid();
        let mut theirs = ours.into_bytes();
        theirs[35] = if theirs[35] == b'0' { b'1' } else { b'0' };
        assert_eq!(PersonId::from_uuid(&String::from_utf8(theirs).expect("ascii")), None);
        assert_eq!(PersonId::from_uuid("not-a-uuid"), None);
        assert_eq!(PersonId::from_uuid("------------------------------------"), None);
        assert_eq!(PersonId::from_uuid("é0000000-0000-0000-0000-00000000000"), None);
    }

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        let clock = Clock::set_to("2026-01-01T00:00:00Z".parse().expect("an instant"));
        let rng = Rng::seeded(1);
        let first = PersonId::new(&clock, &rng);
        clock.pass(jiff::SignedDuration::from_millis(1));
        assert!(first < PersonId::new(&clock, &rng));
        assert_eq!(first.made_ms(), 1_767_225_600_000);
    }
}
