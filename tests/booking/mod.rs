//! No time is ever taken twice: whoever books, moves, holds and plans at once, and whenever the house falls over.

mod asking;
mod cut_off;
mod lives;
mod practice;
mod queue;
mod rush;
mod tidying;
mod turns;
