//! Nothing acknowledged is ever lost: the real program under load, killed and stopped at instants of chance.

mod backend;
mod books;
mod kill;
mod load;
mod named;
mod paper;
mod parked;
mod practice;
mod stop;
