use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use super::schema;

/// How many connections are kept for the next request.
const IDLE: usize = 64;

/// How long to wait for others who write to the same file, such as an import.
const BUSY_TIMEOUT: Duration = Duration::from_secs(20);

/// Connections that are open and not in use, by the number of the user; those used last at the back.
#[derive(Debug, Default)]
pub(super) struct Pool {
    idle: Mutex<VecDeque<(i64, Connection)>>,
}

impl Pool {
    /// A connection to the mailbox of a user, whose file is made if there is none.
    pub(super) fn take(&self, user: i64, path: &Path) -> Result<Connection, StoreError> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let known = idle.iter().rposition(|(of, _)| *of == user).and_then(|index| idle.remove(index));
        drop(idle);
        match known {
            Some((_, connection)) => Ok(connection),
            None => connect(path, schema::MAILBOX),
        }
    }

    /// Keeps a connection for the next time.
    pub(super) fn give_back(&self, user: i64, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push_back((user, connection));
        // Closing may have to wait for the disk: not while others wait for the pool.
        let surplus = if idle.len() > IDLE { idle.pop_front() } else { None };
        drop(idle);
        drop(surplus);
    }

    /// Closes what is kept for a user.
    pub(super) fn forget(&self, user: i64) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).retain(|(of, _)| *of != user);
    }
}

/// Opens a database file or makes it, and brings it to the newest version.
pub(super) fn connect(path: &Path, steps: &[&str]) -> Result<Connection, StoreError> {
    open(path, steps).map_err(|error| error.of_file(path))
}

fn open(path: &Path, steps: &[&str]) -> Result<Connection, StoreError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Readers and one writer at the same time; a commit is on the disk when it returns.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    schema::upgrade(&mut connection, steps)?;
    Ok(connection)
}
