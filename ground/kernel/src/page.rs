//! One page of a list, by number or by place.

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many rows to leave out first.
    pub skip: i64,
    /// How many rows to give at most.
    pub size: i64,
}

impl Page {
    /// The page `number` (the first is 0) of `size` rows.
    #[must_use]
    pub fn numbered(number: u32, size: u32) -> Self {
        Self { skip: i64::from(number) * i64::from(size), size: i64::from(size) }
    }

    /// This page of a list that is already in memory.
    pub fn of<T>(self, rows: Vec<T>) -> Vec<T> {
        let skip = usize::try_from(self.skip).unwrap_or(usize::MAX);
        let size = usize::try_from(self.size).unwrap_or(0);
        rows.into_iter().skip(skip).take(size).collect()
    }
}
