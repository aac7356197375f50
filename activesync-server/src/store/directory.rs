//! Who the users are.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};

use super::error::StoreError;
use super::{password, pool, schema};
use crate::sync::text::is_clean;

/// A user, as `user list` tells of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name to log in with.
    pub name: String,
    /// The mail address.
    pub address: String,
    /// The name that others see.
    pub display_name: String,
}

/// A user to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// The name to log in with.
    pub name: String,
    /// The mail address; `None` for the name, with `@localhost` if it has no domain.
    pub address: Option<String>,
    /// The name that others see; `None` for the name.
    pub display_name: Option<String>,
}

impl NewUser {
    /// A user of whom only the name is known.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), address: None, display_name: None }
    }
}

/// A row of the directory.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) id: i64,
    pub(super) user: User,
    pub(super) password: String,
}

#[derive(Debug)]
pub(super) struct Directory {
    connection: Mutex<Connection>,
}

impl Directory {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { connection: Mutex::new(pool::connect(path, schema::DIRECTORY)?) })
    }

    pub(super) fn add(&self, user: &NewUser, password: &str) -> Result<i64, StoreError> {
        let name = user.name.trim();
        let bad = |c: char| c.is_control() || !is_clean(c) || matches!(c, '\\' | '/' | ':');
        if name.is_empty() || name.chars().count() > 256 || name.contains(bad) {
            return Err(StoreError::BadName(user.name.clone()));
        }
        let address = match &user.address {
            Some(address) => address.trim().to_owned(),
            None if name.contains('@') => name.to_owned(),
            None => format!("{name}@localhost"),
        };
        if !is_address(&address) {
            return Err(StoreError::BadAddress(address));
        }
        let display_name = user.display_name.as_deref().unwrap_or(name);
        if !display_name.chars().all(|c| !c.is_control() && is_clean(c)) {
            return Err(StoreError::BadDisplayName(display_name.to_owned()));
        }
        let hash = password::hash(password)?;
        let connection = self.lock();
        let inserted = connection.execute(
            "INSERT INTO user (name, folded_name, address, folded_address, display_name, password)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![name, name.to_lowercase(), address, address.to_lowercase(), display_name, hash],
        );
        match inserted {
            Ok(_) => Ok(connection.last_insert_rowid()),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                Err(StoreError::UserExists(name.to_owned()))
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn set_password(&self, name: &str, password: &str) -> Result<(), StoreError> {
        let hash = password::hash(password)?;
        let sql = "UPDATE user SET password = ?2 WHERE folded_name = ?1";
        match self.lock().execute(sql, params![name.to_lowercase(), hash])? {
            0 => Err(StoreError::NoUser(name.to_owned())),
            _ => Ok(()),
        }
    }

    pub(super) fn remove(&self, name: &str) -> Result<i64, StoreError> {
        let sql = "DELETE FROM user WHERE folded_name = ?1 RETURNING id";
        let id = self.lock().query_row(sql, [name.to_lowercase()], |row| row.get(0)).optional()?;
        id.ok_or_else(|| StoreError::NoUser(name.to_owned()))
    }

    pub(super) fn list(&self) -> Result<Vec<User>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&select("TRUE ORDER BY folded_name"))?;
        let users = statement.query_map([], |row| Ok(entry(row)?.user))?.collect::<Result<_, _>>()?;
        Ok(users)
    }

    pub(super) fn by_id(&self, id: i64) -> Result<Option<Entry>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&select("id = ?1"))?;
        Ok(statement.query_row([id], entry).optional()?)
    }

    pub(super) fn by_address(&self, address: &str) -> Result<Option<Entry>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&select("folded_address = ?1"))?;
        Ok(statement.query_row([address.trim().to_lowercase()], entry).optional()?)
    }

    /// By name, by `DOMAIN\name`, or by mail address.
    pub(super) fn by_login(&self, login: &str) -> Result<Option<Entry>, StoreError> {
        let name = login.rsplit_once('\\').map_or(login, |(_, name)| name).trim().to_lowercase();
        let connection = self.lock();
        // A name that is somebody else's address goes before it.
        let mut statement = connection.prepare_cached(&select(
            "folded_name = ?1 OR folded_address = ?1 ORDER BY folded_name = ?1 DESC LIMIT 1",
        ))?;
        Ok(statement.query_row([name], entry).optional()?)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn select(condition: &str) -> String {
    format!("SELECT id, name, address, display_name, password FROM user WHERE {condition}")
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let user = User { name: row.get(1)?, address: row.get(2)?, display_name: row.get(3)? };
    Ok(Entry { id: row.get(0)?, user, password: row.get(4)? })
}

/// Enough of a check to find names given for addresses.
fn is_address(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control() || !is_clean(c))
    };
    text.rsplit_once('@').is_some_and(|(local, domain)| plain(local) && plain(domain)) && text.len() <= 320
}
