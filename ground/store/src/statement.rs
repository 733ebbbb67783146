//! One statement with its arguments, made where no transaction is: one that is a transaction by itself, or a change
//! that was worked out before its transaction began.

use crate::value::Arg;

/// A statement with its arguments, to be run alone or later: see [`crate::Db::run_alone`] and
/// [`crate::Tx::run_made`].
#[derive(Clone, Debug)]
pub struct Statement {
    pub(crate) sql: &'static str,
    args: Vec<Kept>,
}

/// An argument that outlives what it was made from.
#[derive(Clone, Debug)]
enum Kept {
    Null,
    Int(i64),
    Bool(bool),
    Text(String),
    Bytes(Vec<u8>),
}

impl Statement {
    /// The statement with these arguments.
    #[must_use]
    pub fn new(sql: &'static str, args: &[Arg<'_>]) -> Self {
        Self { sql, args: args.iter().map(Kept::from).collect() }
    }

    pub(crate) fn args(&self) -> Vec<Arg<'_>> {
        self.args.iter().map(Arg::from).collect()
    }
}

impl From<&Arg<'_>> for Kept {
    fn from(arg: &Arg<'_>) -> Self {
        match *arg {
            Arg::Null => Self::Null,
            Arg::Int(value) => Self::Int(value),
            Arg::Bool(value) => Self::Bool(value),
            Arg::Text(value) => Self::Text(value.to_owned()),
            Arg::Bytes(value) => Self::Bytes(value.to_owned()),
        }
    }
}

impl<'a> From<&'a Kept> for Arg<'a> {
    fn from(kept: &'a Kept) -> Self {
        match kept {
            Kept::Null => Self::Null,
            Kept::Int(value) => Self::Int(*value),
            Kept::Bool(value) => Self::Bool(*value),
            Kept::Text(value) => Self::Text(value),
            Kept::Bytes(value) => Self::Bytes(value),
        }
    }
}
