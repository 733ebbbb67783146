//! The SQL of this crate, and what its rows become. Nothing here asks who may: see [`crate::access`].

pub(crate) mod aux_ids;
pub(crate) mod chats;
pub(crate) mod files;
pub(crate) mod guests;
pub(crate) mod handover;
pub(crate) mod members;
pub(crate) mod merging;
pub(crate) mod messages;
pub(crate) mod pictures;
pub(crate) mod reactions;
pub(crate) mod unread;
pub(crate) mod words;

/// Every statement of this crate, for the test that prepares each on both engines.
pub const ALL_SQL: &[&str] = &flat::<{ count(BY_TABLE) }>(BY_TABLE);

const BY_TABLE: &[&[&str]] = &[
    chats::ALL_SQL,
    members::ALL_SQL,
    merging::ALL_SQL,
    messages::ALL_SQL,
    files::ALL_SQL,
    reactions::ALL_SQL,
    aux_ids::ALL_SQL,
    guests::ALL_SQL,
    handover::ALL_SQL,
    pictures::ALL_SQL,
    unread::ALL_SQL,
    words::ALL_SQL,
];

const fn count(groups: &[&[&str]]) -> usize {
    let (mut at, mut count) = (0, 0);
    while at < groups.len() {
        count += groups[at].len();
        at += 1;
    }
    count
}

const fn flat<const N: usize>(groups: &[&[&'static str]]) -> [&'static str; N] {
    let (mut all, mut filled, mut group) = ([""; N], 0, 0);
    while group < groups.len() {
        let mut at = 0;
        while at < groups[group].len() {
            all[filled] = groups[group][at];
            (at, filled) = (at + 1, filled + 1);
        }
        group += 1;
    }
    all
}
