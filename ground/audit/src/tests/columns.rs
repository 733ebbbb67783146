//! What a line's MAC covers.

use std::collections::HashSet;

use crate::line::Columns;

const FULL: Columns<'static> = Columns {
    id: b"1",
    organisation: b"2",
    at_us: 3,
    kind: "4",
    outcome: "5",
    person: Some(b"6"),
    acting_for: Some(b"7"),
    role: Some("8"),
    client: Some(b"9"),
    patient: Some(b"a"),
    object: Some(b"b"),
    reason: Some("c"),
    request: Some(b"d"),
    address: Some("e"),
};

const BARE: Columns<'static> = Columns {
    person: None,
    acting_for: None,
    role: None,
    client: None,
    patient: None,
    object: None,
    reason: None,
    request: None,
    address: None,
    ..FULL
};

/// Copies of the line, each with one column of another value.
macro_rules! with_each {
    ($line:expr, $($column:ident: $value:expr),* $(,)?) => { vec![$(Columns { $column: $value, ..$line }),*] };
}

#[test]
fn no_change_of_any_column_leaves_the_bytes_as_they_were() {
    let mut lines = vec![FULL, BARE];
    lines.extend(with_each!(FULL, id: b"x", organisation: b"x", at_us: 0, kind: "x", outcome: "x"));
    for value in [None, Some("x"), Some("")] {
        let bytes = value.map(str::as_bytes);
        lines.extend(
            with_each!(FULL, person: bytes, acting_for: bytes, role: value, client: bytes, patient: bytes),
        );
        lines.extend(with_each!(FULL, object: bytes, reason: value, request: bytes, address: value));
    }
    // A value that stands alone, in one column or in its neighbour.
    for value in [Some("x"), Some("")] {
        let bytes = value.map(str::as_bytes);
        lines.extend(
            with_each!(BARE, person: bytes, acting_for: bytes, role: value, client: bytes, patient: bytes),
        );
        lines.extend(with_each!(BARE, object: bytes, reason: value, request: bytes, address: value));
    }
    let encoded: HashSet<_> = lines.iter().map(Columns::encoded).collect();
    assert_eq!(encoded.len(), lines.len());
}
