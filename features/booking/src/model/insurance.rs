//! Who pays for care.

use kernel::InsuranceId;

use super::Number;

/// Who pays for care.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insurance {
    /// Which.
    pub id: InsuranceId,
    /// What portals know it by.
    pub number: Number,
    /// What it is called.
    pub name: String,
    /// Of which kind.
    pub kind: InsuranceKind,
}

/// Kinds of insurance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InsuranceKind {
    /// By law.
    Statutory,
    /// Private.
    Private,
    /// The patient pays.
    SelfPayer,
    /// Another.
    Other,
}

impl InsuranceKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Statutory, Self::Private, Self::SelfPayer, Self::Other];

    /// Its name in the database and in commands.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Statutory => "statutory",
            Self::Private => "private",
            Self::SelfPayer => "self_payer",
            Self::Other => "other",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
