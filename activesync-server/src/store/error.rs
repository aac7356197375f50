use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::backend::BackendError;

/// Why the store could not be opened, or its users not be managed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another server runs on this data directory.
    #[error("another server is running on {}: stop it first, or choose another data directory", .0.display())]
    Serving(PathBuf),
    /// There is no data directory here.
    #[error("there is no data directory at {}: look for a slip in its name, or add a user, which makes one", .0.display())]
    NoDirectory(PathBuf),
    /// A newer program made the file.
    #[error(
        "the store has version {found}, this program knows versions up to {known}: use the newer program that made it"
    )]
    Newer {
        /// The version of the file.
        found: u32,
        /// The newest version that this program can read.
        known: u32,
    },
    /// There is a user of this name, or one who has this mail address.
    #[error("there is already a user with the name or address {0:?}")]
    UserExists(String),
    /// There is no user of this name.
    #[error("there is no user named {0:?}")]
    NoUser(String),
    /// No user can be called that.
    #[error(
        "{0:?} cannot be a name: it must have 1 to 256 characters, none of them a control character, '\\', '/' or ':'"
    )]
    BadName(String),
    /// No user can be shown as that.
    #[error("{0:?} cannot be a display name: there is a control character in it")]
    BadDisplayName(String),
    /// This is no mail address.
    #[error("{0:?} is no mail address: expected something like ada@example.org")]
    BadAddress(String),
    /// A file or directory could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database refused.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

impl StoreError {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_owned(), source }
    }

    /// With the file that is broken.
    pub(super) fn of_file(self, path: &Path) -> Self {
        match self {
            Self::Backend(BackendError::Corrupt(why)) => {
                Self::Backend(BackendError::Corrupt(format!("{}: {why}", path.display())))
            }
            other => other,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Backend(error.into())
    }
}

impl From<rusqlite::Error> for BackendError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(error.to_string()),
            _ => Self::Other(Box::new(error)),
        }
    }
}

/// The trait of the backend knows less of a store's troubles.
impl From<StoreError> for BackendError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Backend(error) => error,
            other => Self::Other(Box::new(other)),
        }
    }
}
