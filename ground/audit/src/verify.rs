//! Verifying: every MAC, every seal and every link is computed anew and compared.

use std::collections::HashSet;
use std::sync::Arc;

use kernel::{OrganisationId, Result};
use store::{Db, Tx};
use vault::{Vault, same};

use crate::rows::{self, Seal};
use crate::segment::{NO_ROOT, SEGMENT_LINES_MAX, find_changed};
use crate::{Fault, Head, Report, What, seal};

/// Segments that one reading transaction looks at.
const SEGMENTS_PER_READ: usize = 16;

/// Verifies the log of one organisation or of all. It finds every change but the loss of the newest segments as
/// a whole, which shows against a head that was kept elsewhere.
///
/// # Errors
/// The store's. What is wrong with the log is no error: it is in the report.
pub async fn verify(db: &Db, organisation: Option<OrganisationId>, kept: &[Head]) -> Result<Report> {
    let mut report = Report::default();
    if let Some(organisation) = organisation {
        verify_one(db, organisation, &mut report).await?;
    } else {
        let mut after = Vec::new();
        while let Some(raw) = next_organisation(db, after).await? {
            verify_raw(db, &raw, &mut report).await?;
            after = raw;
        }
    }
    for head in kept.iter().filter(|head| organisation.is_none_or(|id| id == head.organisation)) {
        verify_head(db, head, &mut report).await?;
    }
    Ok(report)
}

async fn next_organisation(db: &Db, after: Vec<u8>) -> Result<Option<Vec<u8>>> {
    db.read_long(after, |tx, after| Box::pin(rows::next_organisation(tx, after))).await
}

/// Rows of an organisation whose id is no id are nobody's: they were moved there.
async fn verify_raw(db: &Db, raw: &[u8], report: &mut Report) -> Result<()> {
    if let Some(organisation) = OrganisationId::from_slice(raw) {
        return verify_one(db, organisation, report).await;
    }
    let mut bytes = [0; 12];
    bytes.iter_mut().zip(raw).for_each(|(byte, raw)| *byte = *raw);
    let organisation = OrganisationId::from_bytes(bytes);
    report.faults.push(Fault { organisation, segment: None, line: None, what: What::LineUnreadable });
    Ok(())
}

/// Open lines first: one that is sealed meanwhile is then seen twice rather than never, and counted once.
async fn verify_one(db: &Db, organisation: OrganisationId, report: &mut Report) -> Result<()> {
    let open = verify_open(db, organisation, report).await?;
    verify_sealed(db, organisation, open, report).await?;
    report.heads.extend(seal::head(db, organisation).await?);
    Ok(())
}

/// The ids of lines that were seen before any segment held them.
pub(crate) type Open = Arc<HashSet<Vec<u8>>>;

pub(crate) async fn verify_open(db: &Db, organisation: OrganisationId, report: &mut Report) -> Result<Open> {
    let mut seen = HashSet::new();
    let mut after = Some(Vec::new());
    while let Some(place) = after {
        let page = db.read_long((organisation, place), |tx, (organisation, after)| {
            Box::pin(look_at_open_lines(tx, *organisation, after))
        });
        let page = page.await?;
        report.lines += page.lines;
        report.open_lines += page.lines;
        report.faults.extend(page.fault);
        seen.extend(page.ids);
        after = page.next;
    }
    Ok(Arc::new(seen))
}

pub(crate) async fn verify_sealed(
    db: &Db,
    organisation: OrganisationId,
    open: Open,
    report: &mut Report,
) -> Result<()> {
    let mut walk = Some(Walk::start(organisation, open));
    while let Some(from) = walk {
        let (next, found) = db.read_long(from, |tx, walk| Box::pin(walk_on(tx, walk.clone()))).await?;
        report.lines += found.lines;
        report.segments += found.segments;
        report.faults.extend(found.faults);
        walk = next;
    }
    Ok(())
}

async fn verify_head(db: &Db, head: &Head, report: &mut Report) -> Result<()> {
    let (organisation, n) = (head.organisation, head.n);
    let root = db
        .read((organisation, n), |tx, (organisation, n)| Box::pin(rows::root_of_seal(tx, *organisation, *n)))
        .await?;
    if root.is_none_or(|root| root != head.root) {
        report.faults.push(Fault { organisation, segment: Some(n), line: None, what: What::HeadLost });
    }
    Ok(())
}

struct OpenPage {
    lines: u64,
    fault: Option<Fault>,
    ids: Vec<Vec<u8>>,
    /// After which id the next page begins.
    next: Option<Vec<u8>>,
}

async fn look_at_open_lines(tx: &Tx, organisation: OrganisationId, after: &[u8]) -> Result<OpenPage> {
    let lines = rows::open_lines(tx, organisation, after, SEGMENT_LINES_MAX).await?;
    let fault = find_changed(&lines, tx.tool::<Vault>()?);
    let fault = fault.map(|(what, line)| Fault { organisation, segment: None, line, what });
    let ids: Vec<Vec<u8>> = lines.iter().flatten().map(|line| line.id.clone()).collect();
    let next = ids.last().cloned();
    Ok(OpenPage { lines: lines.len() as u64, fault, ids, next })
}

/// How far a walk along an organisation's segments has come.
#[derive(Clone)]
struct Walk {
    organisation: OrganisationId,
    /// The segment that was looked at last.
    after: i64,
    /// The number that comes next when nothing is missing.
    expected: i64,
    /// The root that the next seal must name; `None` when the seal before it is not to be believed.
    previous: Option<Vec<u8>>,
    /// What was counted already.
    open: Open,
}

#[derive(Default)]
struct Found {
    lines: u64,
    segments: u64,
    faults: Vec<Fault>,
}

impl Walk {
    fn start(organisation: OrganisationId, open: Open) -> Self {
        // Somebody who tampers may have written numbers below 1.
        Self { organisation, after: i64::MIN, expected: 1, previous: Some(NO_ROOT.to_vec()), open }
    }
}

/// Looks at the next few segments. Each read sees one state of the database, in which seals and lines agree.
async fn walk_on(tx: &Tx, mut walk: Walk) -> Result<(Option<Walk>, Found)> {
    let mut found = Found::default();
    for _ in 0..SEGMENTS_PER_READ {
        let seal = rows::next_seal(tx, walk.organisation, walk.after).await?;
        let named = rows::next_segment(tx, walk.organisation, walk.after).await?;
        let Some(n) = seal.iter().map(|seal| seal.n).chain(named).min() else { return Ok((None, found)) };
        let organisation = walk.organisation;
        if n > walk.expected {
            let what = What::SegmentsMissing { last: n - 1 };
            found.faults.push(Fault { organisation, segment: Some(walk.expected), line: None, what });
            walk.previous = None;
        }
        let seal = seal.filter(|seal| seal.n == n);
        let lines = rows::lines_of_segment(tx, organisation, n, SEGMENT_LINES_MAX + 1).await?;
        found.segments += 1;
        let counted = lines.iter().flatten().filter(|line| walk.open.contains(&line.id)).count();
        found.lines += (lines.len() - counted) as u64;
        let vault = tx.tool::<Vault>()?;
        let fault = match &seal {
            None => Some((What::SealMissing, lines.iter().flatten().find_map(rows::Stored::line_id))),
            Some(seal) => walk
                .find_fault_of(seal, vault)
                .map(|what| (what, None))
                .or_else(|| seal.find_fault_in(&lines, vault)),
        };
        found.faults.extend(fault.map(|(what, line)| Fault { organisation, segment: Some(n), line, what }));
        let genuine = seal.filter(|seal| seal.is_genuine(vault, organisation));
        walk.previous = genuine.map(|seal| seal.root);
        walk.after = n;
        walk.expected = walk.expected.max(n.saturating_add(1));
    }
    Ok((Some(walk), found))
}

impl Walk {
    /// What is wrong with the seal itself.
    fn find_fault_of(&self, seal: &Seal, vault: &Vault) -> Option<What> {
        if !seal.is_genuine(vault, self.organisation) {
            return Some(What::SealChanged);
        }
        let follows = self.previous.as_ref().is_none_or(|previous| same(previous, &seal.previous));
        (!follows).then_some(What::ChainBroken)
    }
}
