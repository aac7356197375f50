//! State in an SQLite database.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, params};

use crate::private;

use super::{Batch, MemoryState, Operation, StateError, StateStore, Table};

/// Keeps records in a file, for one process at a time: it is locked until the state is dropped, or the process
/// ends, however that happens. Other processes can still take a [`glance`](Self::glance) at it.
#[derive(Debug)]
pub struct SqliteState {
    connection: Mutex<Connection>,
    /// Whoever has locked this file has the state.
    _lock: File,
}

/// What marks a database as ours: `EAS` and a C for client.
const APPLICATION_ID: u32 = 0x4541_5343;

/// The layout of the tables. A later one is made from an earlier one by `upgrade`.
const FORMAT: u32 = 1;

/// How long to let another process finish what it does with the database: some records to read or write.
const PATIENCE: Duration = Duration::from_secs(10);

impl SqliteState {
    /// Opens a file; makes it, and the directory that it is in, if it does not exist. Beside it there are others of
    /// SQLite's, and an empty one with `.lock` in addition to the name, which stays.
    ///
    /// # Errors
    /// [`StateError::InUse`] if it is open elsewhere, [`StateError::Foreign`] if it is something else,
    /// [`StateError::TooNew`] if a later release wrote it.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StateError> {
        let path = path.as_ref();
        if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
            private::create_directory(directory).map_err(|error| {
                StateError::storage(format!("{}: cannot be made: {error}", directory.display()))
            })?;
        }
        let lock = lock(path)?;
        let fault = |error| explain(&error, path);
        // SQLite gives its other files the permissions of this one, and says what is wrong with it.
        let _ = private::file().truncate(false).open(path);
        let mut connection = Connection::open(path).map_err(fault)?;
        connection.busy_timeout(PATIENCE).map_err(fault)?;
        upgrade(&mut connection, path)?;
        // Who glances at the state does not hold up who writes it.
        connection.pragma_update(None, "journal_mode", "WAL").map_err(fault)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(fault)?;
        Ok(Self { connection: Mutex::new(connection), _lock: lock })
    }

    /// What a file knows of the account, the device and the folders at this moment, as a copy in memory; `None` if
    /// it knows nothing yet. The file is only read, and another process may have it open.
    ///
    /// A client with such a copy is the same device as that of the other process, and can send mail beside it. It
    /// must not synchronize: the server would move on, and the file would not know.
    ///
    /// # Errors
    /// As [`open`](Self::open), but for [`StateError::InUse`].
    pub fn glance(path: impl AsRef<Path>) -> Result<Option<MemoryState>, StateError> {
        let path = path.as_ref();
        if !path.try_exists().map_err(StateError::storage)? {
            return Ok(None);
        }
        let fault = |error| explain(&error, path);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(fault)?;
        connection.busy_timeout(PATIENCE).map_err(fault)?;
        // All that is read is of the same moment.
        let moment = connection.transaction().map_err(fault)?;
        if !is_ours(&moment, path)? {
            return Ok(None);
        }
        let mut batch = Batch::new();
        for table in [Table::Account, Table::Folder] {
            for (id, value) in list(&moment, table, "").map_err(fault)? {
                batch.put(table, "", &id, value);
            }
        }
        if batch.is_empty() {
            return Ok(None);
        }
        let copy = MemoryState::new();
        copy.write(&batch)?;
        Ok(Some(copy))
    }

    fn connection(&self) -> std::sync::MutexGuard<'_, Connection> {
        // A panic while it was held rolled its transaction back.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// SQLite's own locks would keep those out, too, who only want to read.
fn lock(path: &Path) -> Result<File, StateError> {
    // By whatever name it is opened.
    let mut name = path.canonicalize().unwrap_or_else(|_| path.to_owned()).into_os_string();
    name.push(".lock");
    let name = PathBuf::from(name);
    let fault = |error: std::io::Error| StateError::storage(format!("{}: {error}", name.display()));
    let file = private::file().truncate(false).open(&name).map_err(fault)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StateError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(fault(error)),
    }
}

fn upgrade(connection: &mut Connection, path: &Path) -> Result<(), StateError> {
    if is_ours(connection, path)? {
        return Ok(());
    }
    create(connection).map_err(|error| explain(&error, path))
}

/// Whether it is a state in the only format that there is; `false` if there is nothing in it.
fn is_ours(connection: &Connection, path: &Path) -> Result<bool, StateError> {
    let fault = |error| explain(&error, path);
    let pragma =
        |name: &str| -> rusqlite::Result<u32> { connection.pragma_query_value(None, name, |row| row.get(0)) };
    let (application, format) =
        (pragma("application_id").map_err(fault)?, pragma("user_version").map_err(fault)?);
    let tables: u32 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0)).map_err(fault)?;
    match (application, format) {
        (0, 0) if tables == 0 => Ok(false),
        (APPLICATION_ID, FORMAT) => Ok(true),
        (APPLICATION_ID, found) if found > FORMAT => Err(StateError::TooNew { found, known: FORMAT }),
        _ => Err(StateError::Foreign { path: path.to_owned() }),
    }
}

fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(
        "CREATE TABLE record (
            kind TEXT NOT NULL, scope TEXT NOT NULL, id TEXT NOT NULL, value BLOB NOT NULL,
            PRIMARY KEY (kind, scope, id)
        ) WITHOUT ROWID",
    )?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    transaction.commit()
}

fn explain(error: &rusqlite::Error, path: &Path) -> StateError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StateError::InUse { path: path.to_owned() }
        }
        Some(ErrorCode::NotADatabase) => StateError::Foreign { path: path.to_owned() },
        _ => StateError::storage(format!("{}: {error}", path.display())),
    }
}

impl StateStore for SqliteState {
    fn get(&self, table: Table, scope: &str, id: &str) -> Result<Option<Vec<u8>>, StateError> {
        self.connection()
            .prepare_cached("SELECT value FROM record WHERE kind = ? AND scope = ? AND id = ?")
            .and_then(|mut query| query.query_row([table.name(), scope, id], |row| row.get(0)).optional())
            .map_err(StateError::storage)
    }

    fn list(&self, table: Table, scope: &str) -> Result<Vec<(String, Vec<u8>)>, StateError> {
        list(&self.connection(), table, scope).map_err(StateError::storage)
    }

    fn write(&self, batch: &Batch) -> Result<(), StateError> {
        let mut connection = self.connection();
        let transaction = connection.transaction().map_err(StateError::storage)?;
        for operation in batch.operations() {
            execute(&transaction, operation).map_err(StateError::storage)?;
        }
        transaction.commit().map_err(StateError::storage)
    }
}

fn list(connection: &Connection, table: Table, scope: &str) -> rusqlite::Result<Vec<(String, Vec<u8>)>> {
    connection
        .prepare_cached("SELECT id, value FROM record WHERE kind = ? AND scope = ? ORDER BY id")?
        .query_map([table.name(), scope], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

fn execute(transaction: &Transaction<'_>, operation: &Operation) -> rusqlite::Result<usize> {
    match operation {
        Operation::Put { table, scope, id, value } => transaction
            .prepare_cached("INSERT OR REPLACE INTO record (kind, scope, id, value) VALUES (?, ?, ?, ?)")?
            .execute(params![table.name(), scope, id, value]),
        Operation::Remove { table, scope, id } => transaction
            .prepare_cached("DELETE FROM record WHERE kind = ? AND scope = ? AND id = ?")?
            .execute(params![table.name(), scope, id]),
        Operation::RemoveAll { table, scope } => transaction
            .prepare_cached("DELETE FROM record WHERE kind = ? AND scope = ?")?
            .execute(params![table.name(), scope]),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn put(value: &[u8]) -> Batch {
        let mut batch = Batch::new();
        batch.put(Table::Account, "", "", value.to_vec());
        batch
    }

    #[test]
    fn what_was_written_is_there_after_reopening() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("new/directory/state.db");
        SqliteState::open(&path).unwrap().write(&put(b"kept")).unwrap();
        let again = SqliteState::open(&path).unwrap();
        assert_eq!(again.get(Table::Account, "", "").unwrap().as_deref(), Some(&b"kept"[..]));
    }

    #[test]
    fn a_state_that_is_in_use_is_refused_and_unharmed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.db");
        let first = SqliteState::open(&path).unwrap();
        first.write(&put(b"one")).unwrap();
        let refused = SqliteState::open(&path).unwrap_err();
        assert!(matches!(&refused, StateError::InUse { path: found } if *found == path), "{refused}");
        #[cfg(unix)]
        {
            let alias = directory.path().join("alias.db");
            std::os::unix::fs::symlink(&path, &alias).unwrap();
            assert!(matches!(SqliteState::open(&alias), Err(StateError::InUse { .. })));
        }
        first.write(&put(b"two")).unwrap();
        drop(first);
        let next = SqliteState::open(&path).unwrap();
        assert_eq!(next.get(Table::Account, "", "").unwrap().as_deref(), Some(&b"two"[..]));
    }

    #[test]
    fn a_glance_shows_the_account_and_the_folders_and_leaves_the_state_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.db");
        assert!(SqliteState::glance(&path).unwrap().is_none());
        assert!(!path.exists());
        let owner = SqliteState::open(&path).unwrap();
        assert!(SqliteState::glance(&path).unwrap().is_none(), "nothing is known yet");
        let mut batch = put(b"device");
        batch.put(Table::Folder, "", "5", b"Inbox".to_vec());
        batch.put(Table::Collection, "", "5", b"key".to_vec());
        owner.write(&batch).unwrap();

        let copy = SqliteState::glance(&path).unwrap().unwrap();
        assert_eq!(copy.get(Table::Account, "", "").unwrap().as_deref(), Some(&b"device"[..]));
        assert_eq!(copy.list(Table::Folder, "").unwrap(), [("5".to_owned(), b"Inbox".to_vec())]);
        assert_eq!(copy.list(Table::Collection, "").unwrap(), []);
        copy.write(&put(b"changed")).unwrap();
        assert_eq!(owner.get(Table::Account, "", "").unwrap().as_deref(), Some(&b"device"[..]));

        owner.write(&put(b"later")).unwrap();
        drop(owner);
        let copy = SqliteState::glance(&path).unwrap().unwrap();
        assert_eq!(copy.get(Table::Account, "", "").unwrap().as_deref(), Some(&b"later"[..]));
        SqliteState::open(&path).unwrap();
    }

    #[test]
    fn files_of_others_and_of_later_releases_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let text = directory.path().join("text");
        fs::write(&text, "Dear diary,\n".repeat(100)).unwrap();
        assert!(matches!(SqliteState::open(&text), Err(StateError::Foreign { .. })));
        assert!(matches!(SqliteState::glance(&text), Err(StateError::Foreign { .. })));
        assert!(fs::read_to_string(&text).unwrap().starts_with("Dear diary"));

        let other = directory.path().join("other.db");
        Connection::open(&other).unwrap().execute_batch("CREATE TABLE recipes (name TEXT)").unwrap();
        assert!(matches!(SqliteState::open(&other), Err(StateError::Foreign { .. })));

        let later = directory.path().join("later.db");
        drop(SqliteState::open(&later).unwrap());
        Connection::open(&later).unwrap().pragma_update(None, "user_version", FORMAT + 1).unwrap();
        assert!(matches!(SqliteState::open(&later), Err(StateError::TooNew { found: 2, known: 1 })));
        assert!(matches!(SqliteState::glance(&later), Err(StateError::TooNew { found: 2, known: 1 })));
    }
}
