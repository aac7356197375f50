//! State in an SQLite database.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, params};

use super::{Batch, Operation, StateError, StateStore, Table};

/// Keeps records in a file, for one process at a time: it is locked until the state is dropped, or the process
/// ends, however that happens.
#[derive(Debug)]
pub struct SqliteState {
    connection: Mutex<Connection>,
}

/// What marks a database as ours: `EAS` and a C for client.
const APPLICATION_ID: u32 = 0x4541_5343;

/// The layout of the tables. A later one is made from an earlier one by `upgrade`.
const FORMAT: u32 = 1;

impl SqliteState {
    /// Opens a file; makes it, and the directory that it is in, if it does not exist.
    ///
    /// # Errors
    /// [`StateError::InUse`] if it is open elsewhere, [`StateError::Foreign`] if it is something else,
    /// [`StateError::TooNew`] if a later release wrote it.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StateError> {
        let path = path.as_ref();
        if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
            fs::create_dir_all(directory).map_err(|error| {
                StateError::storage(format!("{}: cannot be made: {error}", directory.display()))
            })?;
        }
        let fault = |error| explain(&error, path);
        let mut connection = Connection::open(path).map_err(fault)?;
        lock(&connection).map_err(fault)?;
        upgrade(&mut connection, path)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    fn connection(&self) -> std::sync::MutexGuard<'_, Connection> {
        // A panic while it was held rolled its transaction back.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// In exclusive mode the lock that the first transaction takes stays until the connection ends.
fn lock(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::ZERO)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")
}

fn upgrade(connection: &mut Connection, path: &Path) -> Result<(), StateError> {
    let pragma = |connection: &Connection, name: &str| -> Result<u32, StateError> {
        connection.pragma_query_value(None, name, |row| row.get(0)).map_err(|error| explain(&error, path))
    };
    let (application, format) = (pragma(connection, "application_id")?, pragma(connection, "user_version")?);
    let tables: u32 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))
        .map_err(|error| explain(&error, path))?;
    match (application, format) {
        (0, 0) if tables == 0 => create(connection).map_err(StateError::storage),
        (APPLICATION_ID, FORMAT) => Ok(()),
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
        let connection = self.connection();
        let mut query = connection
            .prepare_cached("SELECT id, value FROM record WHERE kind = ? AND scope = ? ORDER BY id")
            .map_err(StateError::storage)?;
        query
            .query_map([table.name(), scope], |row| Ok((row.get(0)?, row.get(1)?)))
            .and_then(Iterator::collect)
            .map_err(StateError::storage)
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
        first.write(&put(b"two")).unwrap();
        drop(first);
        let next = SqliteState::open(&path).unwrap();
        assert_eq!(next.get(Table::Account, "", "").unwrap().as_deref(), Some(&b"two"[..]));
    }

    #[test]
    fn files_of_others_and_of_later_releases_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let text = directory.path().join("text");
        fs::write(&text, "Dear diary,\n".repeat(100)).unwrap();
        assert!(matches!(SqliteState::open(&text), Err(StateError::Foreign { .. })));
        assert!(fs::read_to_string(&text).unwrap().starts_with("Dear diary"));

        let other = directory.path().join("other.db");
        Connection::open(&other).unwrap().execute_batch("CREATE TABLE recipes (name TEXT)").unwrap();
        assert!(matches!(SqliteState::open(&other), Err(StateError::Foreign { .. })));

        let later = directory.path().join("later.db");
        drop(SqliteState::open(&later).unwrap());
        Connection::open(&later).unwrap().pragma_update(None, "user_version", FORMAT + 1).unwrap();
        assert!(matches!(SqliteState::open(&later), Err(StateError::TooNew { found: 2, known: 1 })));
    }
}
