//! No time is ever taken twice: whoever books, moves, holds and plans at once, and whenever the house falls over.

mod asking;
mod lives;
mod practice;
mod rush;
mod turns;
