//! Everything that the house serves, and who is refused: as nobody, as a colleague on another team who is not in the
//! chat, as a patient who is not in it, as a member of another organisation, and with each scope missing. An operation
//! that is not in the ledger of the API, or a route that is not in the ledger of the pages, fails here. What of the API
//! is open to somebody nevertheless stands with its reason in `open-to-all.txt`; what each page answers to whom stands
//! in `pages.txt`.

mod doors;
mod entries;
mod operation;
mod pages;
mod routes;
mod scopes;
mod table;

pub use operation::operations;
