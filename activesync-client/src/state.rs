//! What a client must not forget: keys, folders, items it has, changes it has yet to send.
//!
//! A [`StateStore`] keeps records and writes some of them together or none. [`SqliteState`] is the one for
//! programs; [`MemoryState`] forgets everything with the process. What the records hold is the client's own
//! business, and carries a version, so that a later release can read what this one wrote.

use std::fmt;
use std::path::PathBuf;

pub use memory::MemoryState;
pub use sqlite::SqliteState;

mod memory;
mod sqlite;

/// Keeps the records of one account on one device.
///
/// A [`Client`](crate::Client) calls it from threads that may block. One process at a time may have a store
/// open: two of them would hand out the same key twice.
pub trait StateStore: Send + Sync + 'static {
    /// The value of a record, if there is one.
    fn get(&self, table: Table, scope: &str, id: &str) -> Result<Option<Vec<u8>>, StateError>;

    /// All records of a scope with their identifiers, ordered by these.
    fn list(&self, table: Table, scope: &str) -> Result<Vec<(String, Vec<u8>)>, StateError>;

    /// Executes a batch in order: all of it or, on an error or a crash, nothing. When it returns, the change
    /// survives the loss of power.
    fn write(&self, batch: &Batch) -> Result<(), StateError>;
}

/// The kinds of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Table {
    /// The account and the device: one record.
    Account,
    /// Folders, by their identifier.
    Folder,
    /// How far each collection is synchronized, by the folder's identifier.
    Collection,
    /// The items that the client has. Scope: the folder.
    Item,
    /// Changes to send, by a number that grows. Scope: the folder.
    Upload,
    /// Items that the client has moved to another folder, until it has said so. Scope: the folder where they were.
    Moved,
}

impl Table {
    /// A name to store it under, which stays the same in later releases.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Folder => "folder",
            Self::Collection => "collection",
            Self::Item => "item",
            Self::Upload => "upload",
            Self::Moved => "moved",
        }
    }
}

/// Changes to records that are made together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    operations: Vec<Operation>,
}

/// One change of a [`Batch`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// Makes a record or replaces it.
    Put {
        /// Its kind.
        table: Table,
        /// What it belongs to; empty for some kinds.
        scope: String,
        /// Its identifier within the scope.
        id: String,
        /// What it says.
        value: Vec<u8>,
    },
    /// Removes a record, if it is there.
    Remove {
        /// Its kind.
        table: Table,
        /// What it belongs to.
        scope: String,
        /// Its identifier within the scope.
        id: String,
    },
    /// Removes all records of a scope.
    RemoveAll {
        /// Their kind.
        table: Table,
        /// What they belong to.
        scope: String,
    },
}

impl Batch {
    /// A batch without changes.
    pub fn new() -> Self {
        Self::default()
    }

    /// The changes, in the order in which they are to be made.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    pub(crate) fn put(&mut self, table: Table, scope: &str, id: &str, value: Vec<u8>) {
        self.operations.push(Operation::Put { table, scope: scope.into(), id: id.into(), value });
    }

    pub(crate) fn remove(&mut self, table: Table, scope: &str, id: &str) {
        self.operations.push(Operation::Remove { table, scope: scope.into(), id: id.into() });
    }

    pub(crate) fn remove_all(&mut self, table: Table, scope: &str) {
        self.operations.push(Operation::RemoveAll { table, scope: scope.into() });
    }
}

/// Why the state cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// Another process has it open.
    #[error("{path}: another process uses this state: end it, or choose another state")]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// It holds the state of something else.
    #[error("{path}: this is no state of an ActiveSync client: choose another file")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A later release wrote it.
    #[error(
        "the state has format {found}, and this program knows up to {known}: use the program that wrote it, or a later one"
    )]
    TooNew {
        /// The format's number.
        found: u32,
        /// The latest that is known.
        known: u32,
    },
    /// It belongs to another user.
    #[error("the state belongs to the user {found}, not to {expected}: choose another state")]
    OtherUser {
        /// Whose it is.
        found: String,
        /// Whose it should be.
        expected: String,
    },
    /// A record cannot be read.
    #[error("the state is damaged: the record {record}: {fault}")]
    Damaged {
        /// Which record.
        record: String,
        /// What is wrong with it.
        fault: String,
    },
    /// Reading or writing failed.
    #[error("the state cannot be read or written: {0}")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StateError {
    /// A failure of whatever the records are kept in.
    pub fn storage(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Storage(error.into())
    }

    pub(crate) fn damaged(table: Table, id: &str, fault: impl fmt::Display) -> Self {
        Self::Damaged { record: format!("{}/{id}", table.name()), fault: fault.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_batch_is_executed_in_order(store: &dyn StateStore) {
        let mut batch = Batch::new();
        batch.put(Table::Item, "5", "5:2", b"two".to_vec());
        batch.put(Table::Item, "5", "5:1", b"one".to_vec());
        batch.put(Table::Item, "6", "6:1", b"other folder".to_vec());
        batch.put(Table::Upload, "5", "5:1", b"other table".to_vec());
        batch.put(Table::Item, "5", "5:1", b"uno".to_vec());
        store.write(&batch).unwrap();
        assert_eq!(
            store.list(Table::Item, "5").unwrap(),
            [("5:1".into(), b"uno".to_vec()), ("5:2".into(), b"two".to_vec())]
        );
        let mut batch = Batch::new();
        batch.remove(Table::Item, "5", "5:1");
        batch.remove(Table::Item, "5", "5:9");
        batch.remove_all(Table::Item, "6");
        store.write(&batch).unwrap();
        assert_eq!(store.get(Table::Item, "5", "5:1").unwrap(), None);
        assert_eq!(store.get(Table::Item, "5", "5:2").unwrap().as_deref(), Some(&b"two"[..]));
        assert_eq!(store.list(Table::Item, "6").unwrap(), []);
        assert_eq!(store.get(Table::Upload, "5", "5:1").unwrap().as_deref(), Some(&b"other table"[..]));
    }

    #[test]
    fn stores_agree_on_what_a_batch_does() {
        a_batch_is_executed_in_order(&MemoryState::new());
        let directory = tempfile::tempdir().unwrap();
        a_batch_is_executed_in_order(&SqliteState::open(directory.path().join("state.db")).unwrap());
    }
}
