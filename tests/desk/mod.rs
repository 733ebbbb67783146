//! The desk's API: what it does with appointments, and who may.

mod appointments;
mod days;
mod practice;
