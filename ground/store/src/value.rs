//! Values that go into a statement and come out of a row: integer, boolean, text and bytes, nothing else.

use bytes::BytesMut;
use kernel::{Error, Id, Result};
use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::{IsNull, Type};

/// One argument of a statement.
#[derive(Clone, Copy, Debug)]
pub enum Arg<'a> {
    /// No value.
    Null,
    /// A `BIGINT`.
    Int(i64),
    /// A `BOOLEAN`.
    Bool(bool),
    /// A `TEXT`.
    Text(&'a str),
    /// A `BYTEA`.
    Bytes(&'a [u8]),
}

macro_rules! arg_from {
    ($($from:ty, $value:ident => $arg:expr;)*) => {
        $(impl<'a> From<$from> for Arg<'a> { fn from($value: $from) -> Self { $arg } })*
    };
}
arg_from! {
    i64, value => Self::Int(value);
    &'a i64, value => Self::Int(*value);
    bool, value => Self::Bool(value);
    &'a str, value => Self::Text(value);
    &'a String, value => Self::Text(value);
    &'a [u8], value => Self::Bytes(value);
    &'a Vec<u8>, value => Self::Bytes(value);
}
impl<'a, const N: usize> From<&'a [u8; N]> for Arg<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Self::Bytes(value)
    }
}
impl<'a, K> From<&'a Id<K>> for Arg<'a> {
    fn from(value: &'a Id<K>) -> Self {
        Self::Bytes(value.as_bytes())
    }
}
impl<'a, T: Into<Arg<'a>>> From<Option<T>> for Arg<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl rusqlite::ToSql for Arg<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(value),
            Self::Bool(value) => ValueRef::Integer(i64::from(value)),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

impl tokio_postgres::types::ToSql for Arg<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) => value.to_sql(kind, out),
            Self::Bool(value) => value.to_sql(kind, out),
            Self::Text(value) => value.to_sql(kind, out),
            Self::Bytes(value) => value.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

/// One row of an answer.
pub struct Row<'a>(pub(crate) RowOf<'a>);

pub(crate) enum RowOf<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

/// What is done with each row of an answer.
pub(crate) type Take<'t> = &'t mut (dyn FnMut(&Row<'_>) -> Result<()> + Send);

impl Row<'_> {
    /// The value of column `index`, the first being 0.
    ///
    /// # Errors
    /// [`Error::Bug`] when the column is not there or of another type.
    pub fn get<T: Col>(&self, index: usize) -> Result<T> {
        T::of(self, index)
    }
}

/// A type that a column can be read as.
pub trait Col: Sized {
    /// Reads column `index` of the row.
    ///
    /// # Errors
    /// [`Error::Bug`] when the column is not there or of another type.
    fn of(row: &Row<'_>, index: usize) -> Result<Self>;
}

macro_rules! plain_col {
    ($($plain:ty),*) => {$(
        impl Col for $plain {
            fn of(row: &Row<'_>, index: usize) -> Result<Self> {
                match row.0 {
                    RowOf::Sqlite(row) => row.get(index).map_err(Error::bug),
                    RowOf::Postgres(row) => row.try_get(index).map_err(Error::bug),
                }
            }
        }
        impl Col for Option<$plain> {
            fn of(row: &Row<'_>, index: usize) -> Result<Self> {
                match row.0 {
                    RowOf::Sqlite(row) => row.get(index).map_err(Error::bug),
                    RowOf::Postgres(row) => row.try_get(index).map_err(Error::bug),
                }
            }
        }
    )*};
}
plain_col!(i64, bool, String, Vec<u8>);

/// The bytes of a column where they lie.
fn bytes<'r>(row: &'r Row<'_>, index: usize) -> Result<Option<&'r [u8]>> {
    match row.0 {
        RowOf::Sqlite(row) => row.get_ref(index).map_err(Error::bug)?.as_blob_or_null().map_err(Error::bug),
        RowOf::Postgres(row) => row.try_get(index).map_err(Error::bug),
    }
}

fn id_of<K>(bytes: &[u8]) -> Result<Id<K>> {
    Id::from_slice(bytes).ok_or_else(|| Error::bug("an id of 12 bytes"))
}

impl<K> Col for Id<K> {
    fn of(row: &Row<'_>, index: usize) -> Result<Self> {
        id_of(bytes(row, index)?.ok_or_else(|| Error::bug("an id where there is none"))?)
    }
}
impl<K> Col for Option<Id<K>> {
    fn of(row: &Row<'_>, index: usize) -> Result<Self> {
        bytes(row, index)?.map(id_of).transpose()
    }
}
impl<const N: usize> Col for [u8; N] {
    fn of(row: &Row<'_>, index: usize) -> Result<Self> {
        let bytes = bytes(row, index)?.and_then(|bytes| bytes.try_into().ok());
        bytes.ok_or_else(|| Error::bug("bytes of a fixed length"))
    }
}
