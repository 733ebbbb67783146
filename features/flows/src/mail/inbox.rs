//! The inbox of the sandboxes: what would have been sent.

use identity::organisations;
use kernel::{Error, OrganisationId, Result};
pub use outbound::letters::Attachment;
use outbound::letters::{self, State, Way};
use store::Tx;
use vault::KeyRing;

use crate::House;

/// Letters that are read, of all organisations together, to find those to one address: an address is sealed.
const LETTERS_READ_MAX: usize = 2_000;
/// Organisations that are looked at.
const ORGANISATIONS_MAX: usize = 50;
/// Letters that are shown.
const LETTERS_MAX: usize = 200;

/// A letter of a sandbox organisation, as its reader would see it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its id.
    pub id: String,
    /// In whose name it was written.
    pub organisation: String,
    /// The time zone of that organisation.
    pub time_zone: String,
    /// What it is for.
    pub kind: String,
    /// Whether it would go by SMS.
    pub is_sms: bool,
    /// Where it would go.
    pub to: String,
    /// What stands above it.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// What goes with it.
    pub attachments: Vec<Attachment>,
    /// When it was written.
    pub made_ms: i64,
    /// What became of it.
    pub state: State,
}

/// The newest letters of all sandbox organisations, or of one, to everybody or to one address; `None` when there is no
/// such organisation.
///
/// # Errors
/// The store's.
pub async fn newest(
    house: &House,
    only: Option<OrganisationId>,
    to: Option<&str>,
) -> Result<Option<Vec<Shown>>> {
    let input = (only, to.is_some());
    let found = house.db.read_long(input, |tx, (only, is_of_one)| Box::pin(read(tx, *only, *is_of_one)));
    let found = found.await?;
    if found.is_empty() {
        return Ok(None);
    }
    let (ring, to) = (house.vault.house(), to.map(|to| to.trim().to_owned()));
    // Up to 2,000 letters are opened: not on a thread that serves.
    let opening = tokio::task::spawn_blocking(move || shown(&ring, &found, to.as_deref()));
    opening.await.map_err(Error::bug)?.map(Some)
}

fn shown(ring: &KeyRing, found: &Found, to: Option<&str>) -> Result<Vec<Shown>> {
    let each =
        found.iter().flat_map(|(organisation, letters)| letters.iter().map(move |one| (organisation, one)));
    let mut each: Vec<_> = each.collect();
    // The sort keeps the order of letters of one organisation and one instant: the newest first.
    each.sort_by_key(|(_, letter)| std::cmp::Reverse(letter.made_ms));
    let mut shown = Vec::new();
    for (organisation, letter) in each {
        if shown.len() == LETTERS_MAX {
            break;
        }
        let Some(content) = letter.open(ring)? else { continue };
        let address = content.to.text();
        if to.is_some_and(|to| !address.eq_ignore_ascii_case(to)) {
            continue;
        }
        shown.push(Shown {
            id: letter.id.uuid(),
            organisation: organisation.name.clone(),
            time_zone: organisation.time_zone.clone(),
            kind: letter.kind.clone(),
            is_sms: letter.way == Way::Sms,
            to: address.to_owned(),
            subject: content.subject.clone(),
            text: content.text.clone(),
            attachments: content.attachments.clone(),
            made_ms: letter.made_ms,
            state: letter.state,
        });
    }
    Ok(shown)
}

type Found = Vec<(identity::Organisation, Vec<letters::Stored>)>;

/// Of each sandbox as many letters as are shown, or more when only those to one address are.
async fn read(tx: &Tx, only: Option<OrganisationId>, is_of_one: bool) -> Result<Found> {
    let all = organisations::list(tx).await?.into_iter();
    let sandboxes = all.filter(|one| one.sandbox && only.is_none_or(|only| only == one.id));
    let sandboxes: Vec<_> = sandboxes.take(ORGANISATIONS_MAX).collect();
    let most =
        if is_of_one { (LETTERS_READ_MAX / sandboxes.len().max(1)).max(LETTERS_MAX) } else { LETTERS_MAX };
    let mut found = Vec::new();
    for organisation in sandboxes {
        let letters = letters::newest(tx, organisation.id, i64::try_from(most).unwrap_or(i64::MAX)).await?;
        found.push((organisation, letters));
    }
    Ok(found)
}
