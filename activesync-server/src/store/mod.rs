//! The embedded store: SQLite files in a data directory.
//!
//! ```text
//! DIR/directory.sqlite        users
//! DIR/mailboxes/7.sqlite      all that belongs to user 7: folders, items, state of synchronization
//! DIR/wake/7                  touched when another process than the server changed that mailbox
//! DIR/lock                    held by the server that runs on this directory
//! ```
//!
//! One file a mailbox lets the users' requests run side by side, though each file has one writer at a time.

use std::fs::{DirBuilder, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use notify::RecommendedWatcher;

pub use directory::{NewUser, User};
pub use error::StoreError;

use crate::backend::{Backend, BackendError, Mailbox, Result, Snapshot, UserId};
use crate::push::ChangeHub;
use directory::{Directory, Entry};
use mailbox::SqliteMailbox;
use password::Verifier;
use pool::Pool;

mod content;
mod directory;
mod error;
mod folders;
mod items;
mod mailbox;
mod password;
mod pool;
mod schema;
#[cfg(test)]
mod tests;
mod wake;

/// Users and mailboxes in a data directory.
///
/// Several processes may open the same directory; only one of them may [serve](Store::lock_for_serving).
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    directory: Directory,
    verifier: Verifier,
    pool: Pool,
    hub: OnceLock<Arc<ChangeHub>>,
    watcher: Mutex<Option<RecommendedWatcher>>,
}

/// While it lives, no other server can run on the data directory.
#[derive(Debug)]
pub struct ServingLock {
    // The operating system releases the lock when the file is closed, however the process ends.
    _file: File,
}

impl Store {
    /// Opens a data directory that is there. Files of older programs are brought up to date.
    ///
    /// # Errors
    /// [`StoreError::NoDirectory`]; if the directory cannot be read, or if a newer program wrote it.
    pub fn open_existing(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let path = path.into();
        let users = path.join(USERS);
        if !users.try_exists().map_err(StoreError::io(&users))? {
            return Err(StoreError::NoDirectory(path));
        }
        Self::open(path)
    }

    /// Opens a data directory; one that does not exist is made. Files of older programs are brought up to date.
    ///
    /// # Errors
    /// If the directory cannot be made or read, or if a newer program wrote it.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let path = path.into();
        for directory in [path.clone(), path.join(MAILBOXES), path.join(WAKE)] {
            private_directory(&directory)?;
        }
        private_file(&path.join(USERS))?;
        let directory = Directory::open(&path.join(USERS))?;
        Ok(Self {
            path,
            directory,
            verifier: Verifier::new()?,
            pool: Pool::default(),
            hub: OnceLock::new(),
            watcher: Mutex::default(),
        })
    }

    /// The data directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Claims the data directory for this server. What removed users may have left is cleaned up.
    ///
    /// # Errors
    /// [`StoreError::Serving`] if another server runs on it.
    pub fn lock_for_serving(&self) -> Result<ServingLock, StoreError> {
        let path = self.path.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(StoreError::io(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::Serving(self.path.clone())),
            Err(TryLockError::Error(source)) => return Err(StoreError::Io { path, source }),
        }
        self.remove_orphans()?;
        Ok(ServingLock { _file: file })
    }

    /// Makes a user with a mailbox that has the usual folders.
    ///
    /// # Errors
    /// [`StoreError::UserExists`], [`StoreError::BadName`], [`StoreError::BadDisplayName`],
    /// [`StoreError::BadAddress`].
    pub fn add_user(&self, user: &NewUser, password: &str) -> Result<UserId, StoreError> {
        let id = self.directory.add(user, password)?;
        let connection = self.pool.take(id, &self.mailbox_path(id))?;
        self.pool.give_back(id, connection);
        Ok(user_id(id))
    }

    /// Gives a user another password.
    ///
    /// # Errors
    /// [`StoreError::NoUser`].
    pub fn set_password(&self, name: &str, password: &str) -> Result<(), StoreError> {
        self.directory.set_password(name, password)
    }

    /// Removes a user and the mailbox with everything in it.
    ///
    /// # Errors
    /// [`StoreError::NoUser`].
    pub fn remove_user(&self, name: &str) -> Result<(), StoreError> {
        let id = self.directory.remove(name)?;
        self.pool.forget(id);
        // A device that waits finds no user any more.
        self.announce(&user_id(id), &crate::push::Changed::everything());
        self.remove_mailbox(id)
    }

    /// All users, by name.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn users(&self) -> Result<Vec<User>, StoreError> {
        self.directory.list()
    }

    /// The user of this name, `DOMAIN\name` or mail address.
    ///
    /// # Errors
    /// [`StoreError::NoUser`].
    pub fn user(&self, login: &str) -> Result<UserId, StoreError> {
        let entry = self.directory.by_login(login)?;
        entry.map(|entry| user_id(entry.id)).ok_or_else(|| StoreError::NoUser(login.to_owned()))
    }

    fn begin(&self, user: &UserId, writing: bool) -> Result<SqliteMailbox<'_>> {
        let entry = self.entry(user)?;
        let connection = self.pool.take(entry.id, &self.mailbox_path(entry.id))?;
        SqliteMailbox::begin(self, user.clone(), entry, connection, writing)
    }

    fn entry(&self, user: &UserId) -> Result<Entry> {
        let id = user.as_str().parse().ok();
        let entry = id.map(|id| self.directory.by_id(id)).transpose()?.flatten();
        entry.ok_or_else(|| BackendError::NoUser(user.clone()))
    }

    fn mailbox_path(&self, id: i64) -> PathBuf {
        self.path.join(MAILBOXES).join(format!("{id}.sqlite"))
    }

    fn announce(&self, user: &UserId, changed: &crate::push::Changed) {
        match self.hub.get() {
            Some(hub) => hub.announce(user, changed),
            None => wake::touch(&self.path.join(WAKE), user),
        }
    }

    /// Mailboxes without a user: their removal was interrupted.
    fn remove_orphans(&self) -> Result<(), StoreError> {
        let directory = self.path.join(MAILBOXES);
        for entry in std::fs::read_dir(&directory).map_err(StoreError::io(&directory))? {
            let name = entry.map_err(StoreError::io(&directory))?.file_name();
            let number =
                name.to_str().and_then(|name| name.split('.').next()).and_then(|number| number.parse().ok());
            if let Some(id) = number
                && self.directory.by_id(id)?.is_none()
            {
                self.remove_mailbox(id)?;
            }
        }
        Ok(())
    }

    fn remove_mailbox(&self, id: i64) -> Result<(), StoreError> {
        let main = self.mailbox_path(id);
        let wake = self.path.join(WAKE).join(id.to_string());
        for path in [main.with_extension("sqlite-wal"), main.with_extension("sqlite-shm"), main, wake] {
            match std::fs::remove_file(&path) {
                Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::Io { path, source });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl Backend for Store {
    fn authenticate(&self, name: &str, password: &str) -> Result<Option<UserId>> {
        let Some(entry) = self.directory.by_login(name)? else {
            Verifier::verify_nothing(password);
            return Ok(None);
        };
        let right = self.verifier.verify(entry.id, &entry.password, password)?;
        Ok(right.then(|| user_id(entry.id)))
    }

    fn resolve(&self, address: &str) -> Result<Option<UserId>> {
        Ok(self.directory.by_address(address)?.map(|entry| user_id(entry.id)))
    }

    fn snapshot(&self, user: &UserId) -> Result<Box<dyn Snapshot + '_>> {
        Ok(Box::new(self.begin(user, false)?))
    }

    fn open(&self, user: &UserId) -> Result<Box<dyn Mailbox + '_>> {
        Ok(Box::new(self.begin(user, true)?))
    }

    /// Also watches for the changes of other processes.
    fn attach(&self, hub: Arc<ChangeHub>) -> Result<()> {
        let watcher = wake::watch(&self.path.join(WAKE), Arc::clone(&hub))?;
        *self.watcher.lock().unwrap_or_else(PoisonError::into_inner) = Some(watcher);
        self.hub.get_or_init(|| hub);
        Ok(())
    }
}

const USERS: &str = "directory.sqlite";
const MAILBOXES: &str = "mailboxes";
const WAKE: &str = "wake";

fn user_id(id: i64) -> UserId {
    UserId::new(id.to_string())
}

/// Made before SQLite does, whose files anybody may read, in a directory that may be somebody's own.
fn private_file(path: &Path) -> Result<(), StoreError> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(StoreError::io(path))
}

/// Mail and password hashes are nobody else's business.
fn private_directory(path: &Path) -> Result<(), StoreError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(StoreError::io(path))
}
