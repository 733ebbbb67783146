//! Sealing: the committed lines of each organisation are linked to those before, after their commits and in
//! segments, so that no writer waits for another.

use std::fmt;

use kernel::{Error, OrganisationId, Result, id};
use store::{Db, Tx, leases};
use vault::Vault;

use crate::rows::{self, Seal};
use crate::segment::{NO_ROOT, SEGMENT_LINES_MAX, root};

const LEASE: &str = "audit.sealer";
const LEASE_MS: i64 = 10_000;
/// What has two sealers take turns: the one by the clock, and one at a stop or whose lease had lapsed.
const SEAL_LOCK: &str = "audit.seal";

/// The newest seal of an organisation's log. Kept elsewhere, it shows later whether the log lost its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Whose log.
    pub organisation: OrganisationId,
    /// The segment; the first is 1.
    pub n: i64,
    /// The root of its lines.
    pub root: [u8; 32],
}

/// Seals every line that is committed now and says how many it were. Two sealers at once do each other no harm.
///
/// # Errors
/// The store's; what was sealed before stays sealed.
pub async fn seal_once(db: &Db) -> Result<u64> {
    let (mut count, mut outcome) = (0, Ok(()));
    let mut after = Vec::new();
    while let Some(organisation) = next_organisation(db, &after).await? {
        // One organisation that cannot be sealed does not hold up the others.
        match seal_all_of(db, organisation).await {
            Ok(sealed) => count += sealed,
            Err(error) => outcome = Err(error),
        }
        after = organisation.as_bytes().to_vec();
    }
    outcome.map(|()| count)
}

/// Seals unless another process holds the lease, which spares many processes from doing the same work.
pub(crate) async fn seal_in_turn(db: &Db, holder: [u8; 12]) -> Result<u64> {
    // Most of the time there is nothing to seal, and then nothing is written.
    if next_organisation(db, &[]).await?.is_none() {
        return Ok(0);
    }
    let now = db.clock().now_ms();
    let taken = db.run_alone(leases::take(LEASE, &holder, now + LEASE_MS, now)).await?;
    if taken == 1 { seal_once(db).await } else { Ok(0) }
}

/// Leaves the lease to others.
pub(crate) async fn end_lease(db: &Db, holder: [u8; 12]) -> Result<()> {
    db.write(holder, |tx, holder| Box::pin(leases::end(tx, LEASE, holder))).await
}

/// The newest seal of the organisation's log.
///
/// # Errors
/// The store's.
pub async fn head(db: &Db, organisation: OrganisationId) -> Result<Option<Head>> {
    let newest =
        db.read(organisation, |tx, organisation| Box::pin(rows::newest_seal(tx, *organisation))).await?;
    Ok(newest.and_then(|(n, root)| Some(Head { organisation, n, root: root.try_into().ok()? })))
}

async fn next_organisation(db: &Db, after: &[u8]) -> Result<Option<OrganisationId>> {
    db.read(after.to_vec(), |tx, after| Box::pin(rows::next_open_organisation(tx, after))).await
}

async fn seal_all_of(db: &Db, organisation: OrganisationId) -> Result<u64> {
    let mut count = 0;
    loop {
        let sealed =
            db.write(organisation, |tx, organisation| Box::pin(seal_segment(tx, *organisation))).await?;
        count += sealed.unsigned_abs();
        if sealed < SEGMENT_LINES_MAX {
            return Ok(count);
        }
    }
}

/// Makes one segment of the oldest open lines and says how many it holds.
async fn seal_segment(tx: &Tx, organisation: OrganisationId) -> Result<i64> {
    tx.lock(SEAL_LOCK).await?;
    let (last, previous) =
        rows::newest_seal(tx, organisation).await?.unwrap_or_else(|| (0, NO_ROOT.to_vec()));
    let n = last.checked_add(1).ok_or_else(|| Error::bug("a seal of the last number that there is"))?;
    let mut lines = rows::seal_lines(tx, organisation, n, SEGMENT_LINES_MAX).await?;
    lines.sort();
    let (Some((first_line, _)), Some((last_line, _))) = (lines.first(), lines.last()) else { return Ok(0) };
    let line_count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    let mut seal = Seal {
        n,
        first_line: first_line.clone(),
        last_line: last_line.clone(),
        line_count,
        root: root(lines.iter().map(|(id, mac)| (&id[..], &mac[..]))).to_vec(),
        previous,
        mac: Vec::new(),
        sealed_ms: tx.now_ms(),
    };
    seal.mac = seal.mac_with(tx.tool::<Vault>()?, organisation).to_vec();
    rows::insert_seal(tx, organisation, &seal).await?;
    Ok(line_count)
}

impl fmt::Display for Head {
    /// Organisation, segment and root, as [`Head::parse`] reads them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.organisation, self.n, id::hex(&self.root))
    }
}

impl Head {
    /// The head that its own text names.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let organisation = OrganisationId::from_hex(words.next()?)?;
        let n = words.next()?.parse().ok()?;
        let digits = words.next().filter(|digits| digits.len() == 64 && digits.is_ascii())?;
        let mut root = [0; 32];
        for (byte, at) in root.iter_mut().zip((0..).step_by(2)) {
            *byte = u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?;
        }
        words.next().is_none().then_some(Self { organisation, n, root })
    }
}
