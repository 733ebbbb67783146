//! Stretches of time in lists: sorted, and apart from each other.

use super::Span;

impl Span {
    /// Whether both have an instant in common.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.from_ms < other.until_ms && other.from_ms < self.until_ms
    }

    /// Whether all of another lies in it.
    #[must_use]
    pub const fn holds(self, other: Self) -> bool {
        self.from_ms <= other.from_ms && other.until_ms <= self.until_ms
    }

    /// From where the first of both begins until the last ends.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self { from_ms: self.from_ms.min(other.from_ms), until_ms: self.until_ms.max(other.until_ms) }
    }

    /// In milliseconds.
    #[must_use]
    pub const fn length_ms(self) -> i64 {
        self.until_ms.saturating_sub(self.from_ms)
    }

    pub(super) const fn is_empty(self) -> bool {
        self.until_ms <= self.from_ms
    }
}

/// The same instants, as few spans as they take.
pub(crate) fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.from_ms <= last.until_ms => last.until_ms = last.until_ms.max(span.until_ms),
            _ => joined.push(span),
        }
    }
    joined
}

/// What is left of some spans without others; both are [`joined`].
pub(super) fn without(spans: &[Span], taken_out: &[Span]) -> Vec<Span> {
    let mut left = Vec::with_capacity(spans.len());
    for span in spans {
        let mut rest = *span;
        for cut in taken_out.iter().filter(|cut| cut.overlaps(*span)) {
            let before = Span { from_ms: rest.from_ms, until_ms: cut.from_ms };
            if !before.is_empty() {
                left.push(before);
            }
            rest.from_ms = cut.until_ms;
        }
        if !rest.is_empty() {
            left.push(rest);
        }
    }
    left
}

/// Whether a span has an instant in common with some that are [`joined`].
pub(super) fn touch(spans: &[Span], span: Span) -> bool {
    let next = spans.partition_point(|one| one.until_ms <= span.from_ms);
    spans.get(next).is_some_and(|one| one.overlaps(span))
}

/// Whether some that are [`joined`] hold all of a span.
pub(super) fn cover(spans: &[Span], span: Span) -> bool {
    let next = spans.partition_point(|one| one.until_ms <= span.from_ms);
    spans.get(next).is_some_and(|one| one.holds(span))
}
