//! Every operation of every wire, and who is refused: as nobody, as a colleague who is not in the chat, as a member
//! of another organisation, and with each scope missing. An operation that is not in the ledger fails here; what is
//! open to somebody nevertheless stands with its reason in `open-to-all.txt`.

mod doors;
mod entries;
mod operation;
mod routes;
mod scopes;

pub use operation::operations;
