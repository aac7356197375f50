//! Contests become times, times become the lines of a table.

mod measure;
mod memory;
mod plot;
mod table;

pub(crate) use measure::{measure, try_once};
pub(crate) use memory::allocations;
pub(crate) use table::{Line, table, write};
