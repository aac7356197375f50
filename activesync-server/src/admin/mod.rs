//! What an administrator does: filling mailboxes from files. Users are managed by the [`Store`](crate::store::Store) itself.

pub use import::{Fault, Importer, Progress, Report, Stopped};

mod import;
