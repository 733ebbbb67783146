//! A segment: what its seal says, and whether its lines are those that were sealed.

use aws_lc_rs::digest::{SHA256, digest};
use kernel::{LineId, OrganisationId};
use vault::{Vault, same};

use crate::What;
use crate::encoding::Encoding;
use crate::rows::{Seal, Stored};

/// Lines of one segment.
pub(crate) const SEGMENT_LINES_MAX: i64 = 1_000;
/// What the first segment names as the root before it.
pub(crate) const NO_ROOT: [u8; 32] = [0; 32];

/// The root: SHA-256 over id and MAC of each line, in the order of the ids.
pub(crate) fn root<'a>(lines: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> [u8; 32] {
    let mut encoding = Encoding::of("bedside audit root 1");
    for (id, mac) in lines {
        encoding = encoding.bytes(id).bytes(mac);
    }
    let mut root = [0; 32];
    root.copy_from_slice(digest(&SHA256, &encoding.done()).as_ref());
    root
}

impl Seal {
    /// The MAC over every column of the seal.
    pub fn mac_with(&self, vault: &Vault, organisation: OrganisationId) -> [u8; 32] {
        let encoded = Encoding::of("bedside audit seal 1")
            .bytes(organisation.as_bytes())
            .number(self.n)
            .bytes(&self.first_line)
            .bytes(&self.last_line)
            .number(self.line_count)
            .bytes(&self.root)
            .bytes(&self.previous)
            .number(self.sealed_ms);
        vault.audit_mac(&encoded.done())
    }

    /// Whether the seal is as it was written.
    pub fn is_genuine(&self, vault: &Vault, organisation: OrganisationId) -> bool {
        same(&self.mac, &self.mac_with(vault, organisation))
    }

    /// The first thing that is wrong with the lines that were found for this seal.
    pub fn find_fault_in(&self, lines: &[Option<Stored>], vault: &Vault) -> Option<(What, Option<LineId>)> {
        let found = i64::try_from(lines.len()).unwrap_or(i64::MAX);
        if let Some((what, line)) = find_changed(lines, vault) {
            let what = if found > self.line_count { What::LineAdded } else { what };
            return Some((what, line));
        }
        let lines: Vec<_> = lines.iter().flatten().collect();
        let pairs = lines.iter().map(|line| (&line.id[..], &line.mac[..]));
        if found == self.line_count && same(&root(pairs), &self.root) {
            return None;
        }
        if found < self.line_count {
            let what = What::LinesMissing { missing: self.line_count - found };
            return Some((what, self.missing_end(&lines)));
        }
        let outside = |line: &&&Stored| line.id < self.first_line || line.id > self.last_line;
        let stranger = lines.iter().find(outside).and_then(|line| line.line_id());
        Some((if found > self.line_count { What::LineAdded } else { What::LinesExchanged }, stranger))
    }

    /// The seal names its first and last line, so that those can be named when they are gone.
    fn missing_end(&self, lines: &[&Stored]) -> Option<LineId> {
        let is_there = |id: &[u8]| lines.iter().any(|line| line.id == id);
        let end = [&self.first_line, &self.last_line].into_iter().find(|id| !is_there(id))?;
        LineId::from_slice(end)
    }
}

/// The first line that is not as it was written.
pub(crate) fn find_changed(lines: &[Option<Stored>], vault: &Vault) -> Option<(What, Option<LineId>)> {
    lines.iter().find_map(|line| match line {
        None => Some((What::LineUnreadable, None)),
        Some(line) if same(&line.mac, &line.columns().mac(vault)) => None,
        Some(line) => Some((What::LineChanged, line.line_id())),
    })
}
