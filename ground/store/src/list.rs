//! Statements over a list of ids: one text for any number of them, since a statement is a constant of the program.
//!
//! The list is the first [`PLACES`] arguments of the statement, filled up with its first id; what else it takes
//! follows from `$65`. [`Tx::all_of`](crate::Tx::all_of) fills the places.

use kernel::Id;

use crate::Arg;

/// Ids that one run of a statement takes.
pub(crate) const PLACES: usize = 64;

/// The list as it stands behind `IN`.
#[macro_export]
macro_rules! in_list {
    () => {
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
         $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41,
         $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61,
         $62, $63, $64)"
    };
}

/// The list as further rows behind a `SELECT` of one column, from which they have their type; each id once.
#[macro_export]
macro_rules! union_list {
    () => {
        "UNION SELECT $1 UNION SELECT $2 UNION SELECT $3 UNION SELECT $4 UNION SELECT $5 UNION SELECT $6
         UNION SELECT $7 UNION SELECT $8 UNION SELECT $9 UNION SELECT $10 UNION SELECT $11 UNION SELECT $12
         UNION SELECT $13 UNION SELECT $14 UNION SELECT $15 UNION SELECT $16 UNION SELECT $17
         UNION SELECT $18 UNION SELECT $19 UNION SELECT $20 UNION SELECT $21 UNION SELECT $22
         UNION SELECT $23 UNION SELECT $24 UNION SELECT $25 UNION SELECT $26 UNION SELECT $27
         UNION SELECT $28 UNION SELECT $29 UNION SELECT $30 UNION SELECT $31 UNION SELECT $32
         UNION SELECT $33 UNION SELECT $34 UNION SELECT $35 UNION SELECT $36 UNION SELECT $37
         UNION SELECT $38 UNION SELECT $39 UNION SELECT $40 UNION SELECT $41 UNION SELECT $42
         UNION SELECT $43 UNION SELECT $44 UNION SELECT $45 UNION SELECT $46 UNION SELECT $47
         UNION SELECT $48 UNION SELECT $49 UNION SELECT $50 UNION SELECT $51 UNION SELECT $52
         UNION SELECT $53 UNION SELECT $54 UNION SELECT $55 UNION SELECT $56 UNION SELECT $57
         UNION SELECT $58 UNION SELECT $59 UNION SELECT $60 UNION SELECT $61 UNION SELECT $62
         UNION SELECT $63 UNION SELECT $64"
    };
}

/// The arguments of one run: at most [`PLACES`] ids, and there is one at least.
pub(crate) fn filled<'a, K>(ids: &'a [Id<K>], rest: &[Arg<'a>]) -> Vec<Arg<'a>> {
    let filling = ids.iter().chain(std::iter::repeat_n(&ids[0], PLACES - ids.len()));
    filling.map(Arg::from).chain(rest.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_texts_have_every_place_once() {
        for text in [in_list!(), union_list!()] {
            let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
            let numbers: Vec<usize> = numbers.map(|number| number.parse().expect("a number")).collect();
            assert_eq!(numbers, (1..=PLACES).collect::<Vec<_>>());
        }
    }
}
