//! A unit of work on a mailbox: one SQLite transaction.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use activesync_types::folder_hierarchy::FolderType;

use super::directory::Entry;
use super::{Store, folders, items};
use crate::backend::{
    BackendError, Content, EmailMarks, Folder, FolderId, Item, ItemChange, ItemId, Mailbox, Result, Revision,
    Snapshot, UserId,
};
use crate::push::Changed;

pub(super) struct SqliteMailbox<'s> {
    store: &'s Store,
    user: UserId,
    entry: Entry,
    /// `None` only while it is dropped.
    connection: Option<Connection>,
    replica: u128,
    head: Head,
    changed: Changed,
    /// A statement failed half-way: nothing of this may be committed.
    broken: bool,
}

/// The numbers that go up with changes; written back with the commit.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Head {
    revision: u64,
    hierarchy_revision: u64,
}

impl<'s> SqliteMailbox<'s> {
    pub(super) fn begin(
        store: &'s Store,
        user: UserId,
        entry: Entry,
        connection: Connection,
        writing: bool,
    ) -> Result<Self> {
        connection.execute_batch(if writing { "BEGIN IMMEDIATE" } else { "BEGIN DEFERRED" })?;
        // This read is what fixes the view of a transaction that only reads.
        let (replica, head) = connection
            .prepare_cached("SELECT replica, revision, hierarchy_revision FROM mailbox")?
            .query_row([], |row| {
                let head = Head { revision: number(row, 1)?, hierarchy_revision: number(row, 2)? };
                Ok((row.get::<_, [u8; 16]>(0)?, head))
            })?;
        Ok(Self {
            store,
            user,
            entry,
            connection: Some(connection),
            replica: u128::from_be_bytes(replica),
            head,
            changed: Changed::default(),
            broken: false,
        })
    }

    fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("the connection leaves only in drop")
    }

    /// Runs statements of which either all count or the whole unit of work does not.
    fn write<T>(&mut self, work: impl FnOnce(&Connection, &mut Writing<'_>) -> Result<T>) -> Result<T> {
        // SQLite itself ends a transaction when the disk is full; the next statement would be one of its own.
        if self.broken || self.connection().is_autocommit() {
            self.broken = true;
            return Err(BackendError::Other("the unit of work failed before: begin another".into()));
        }
        let mut writing = Writing { revision: &mut self.head.revision, changed: &mut self.changed };
        let connection = self.connection.as_ref().expect("the connection leaves only in drop");
        let done = work(connection, &mut writing);
        self.broken = done.is_err();
        done
    }

    fn change_hierarchy<T>(&mut self, work: impl FnOnce(&Connection, Revision) -> Result<T>) -> Result<T> {
        let done = self.write(|connection, writing| {
            writing.changed.hierarchy = true;
            work(connection, writing.next())
        })?;
        self.head.hierarchy_revision = self.head.revision;
        Ok(done)
    }
}

/// What a change takes and leaves.
pub(super) struct Writing<'w> {
    revision: &'w mut u64,
    changed: &'w mut Changed,
}

impl Writing<'_> {
    /// The number of the next change.
    fn next(&mut self) -> Revision {
        *self.revision += 1;
        Revision(*self.revision)
    }

    /// The number of the next change, which is to an item of this folder.
    pub(super) fn change_in(&mut self, folder: FolderId) -> Revision {
        self.changed.folders.insert(folder);
        self.next()
    }
}

impl Drop for SqliteMailbox<'_> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        // A connection that cannot even roll back is closed, which does the same.
        if connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok() {
            self.store.pool.give_back(self.entry.id, connection);
        }
    }
}

impl Snapshot for SqliteMailbox<'_> {
    fn replica(&self) -> u128 {
        self.replica
    }

    fn address(&self) -> &str {
        &self.entry.user.address
    }

    fn display_name(&self) -> &str {
        &self.entry.user.display_name
    }

    fn folders(&self) -> Result<Vec<Folder>> {
        folders::all(self.connection())
    }

    fn folder(&self, id: FolderId) -> Result<Option<Folder>> {
        folders::one(self.connection(), id)
    }

    fn hierarchy_revision(&self) -> Result<Revision> {
        Ok(Revision(self.head.hierarchy_revision))
    }

    fn revision(&self, folder: FolderId) -> Result<Revision> {
        items::revision(self.connection(), folder)
    }

    fn item(&self, folder: FolderId, item: ItemId) -> Result<Option<Item>> {
        items::item(self.connection(), folder, item)
    }

    fn summary(&self, folder: FolderId, item: ItemId) -> Result<Option<ItemChange>> {
        items::summary(self.connection(), folder, item)
    }

    fn changes(&self, folder: FolderId, after: Revision, limit: usize) -> Result<Vec<ItemChange>> {
        items::changes(self.connection(), folder, after, limit)
    }

    fn backlog(&self, folder: FolderId, before: Revision, limit: usize) -> Result<Vec<ItemChange>> {
        items::backlog(self.connection(), folder, before, limit)
    }

    fn dated(
        &self,
        folder: FolderId,
        after: (Timestamp, ItemId),
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<ItemChange>> {
        items::dated(self.connection(), folder, after, until, limit)
    }

    fn count(&self, folder: FolderId) -> Result<u64> {
        items::count(self.connection(), folder)
    }

    fn state(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let mut statement = self.connection().prepare_cached("SELECT value FROM state WHERE key = ?1")?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    }

    fn states(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let (from, end) = range(prefix, after);
        let mut statement = self.connection().prepare_cached(&format!(
            "SELECT key, value FROM state WHERE {} ORDER BY key LIMIT ?3",
            bounds(end.is_some())
        ))?;
        let rows =
            statement.query_map(params![from, end, limit_of(limit)], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Mailbox for SqliteMailbox<'_> {
    fn create_folder(&mut self, parent: Option<FolderId>, name: &str, kind: FolderType) -> Result<FolderId> {
        folders::check_parent(self.connection(), None, parent)?;
        folders::check_name(self.connection(), None, parent, name)?;
        self.change_hierarchy(|connection, revision| {
            folders::insert(connection, parent, name, kind, revision)
        })
    }

    fn update_folder(&mut self, folder: FolderId, parent: Option<FolderId>, name: &str) -> Result<()> {
        folders::check_own(self.connection(), folder)?;
        folders::check_parent(self.connection(), Some(folder), parent)?;
        folders::check_name(self.connection(), Some(folder), parent, name)?;
        self.change_hierarchy(|connection, revision| {
            folders::update(connection, folder, parent, name, revision)
        })
    }

    fn delete_folder(&mut self, folder: FolderId) -> Result<()> {
        folders::check_own(self.connection(), folder)?;
        let gone = folders::with_descendants(self.connection(), folder)?;
        self.changed.folders.extend(&gone);
        self.change_hierarchy(|connection, _| folders::delete(connection, &gone))
    }

    fn create_item(&mut self, folder: FolderId, content: &Content) -> Result<(ItemId, Revision)> {
        if self.folder(folder)?.is_none() {
            return Err(BackendError::NoFolder(folder));
        }
        let stored = items::Row::of(content)?;
        self.write(|connection, writing| {
            items::insert(connection, folder, &stored, writing.change_in(folder))
        })
    }

    fn update_item(&mut self, folder: FolderId, item: ItemId, content: &Content) -> Result<Revision> {
        items::check(self.connection(), folder, item, content.kind())?;
        let stored = items::Row::of(content)?;
        self.write(|connection, writing| items::update(connection, item, &stored, writing.change_in(folder)))
    }

    fn mark_email(&mut self, folder: FolderId, item: ItemId, marks: &EmailMarks) -> Result<Revision> {
        items::check(self.connection(), folder, item, crate::backend::ContentKind::Email)?;
        let marks = super::content::encode_marks(marks)?;
        self.write(|connection, writing| items::mark(connection, item, &marks, writing.change_in(folder)))
    }

    fn delete_item(&mut self, folder: FolderId, item: ItemId) -> Result<Revision> {
        if self.summary(folder, item)?.is_none() {
            return Err(BackendError::NoItem(folder, item));
        }
        self.write(|connection, writing| items::delete(connection, folder, item, writing.change_in(folder)))
    }

    fn move_item(&mut self, from: FolderId, item: ItemId, to: FolderId) -> Result<ItemId> {
        if self.folder(to)?.is_none() {
            return Err(BackendError::NoFolder(to));
        }
        if self.summary(from, item)?.is_none() {
            return Err(BackendError::NoItem(from, item));
        }
        if from != to {
            self.write(|connection, writing| {
                let left = writing.change_in(from);
                items::relocate(connection, from, item, to, left, writing.change_in(to))
            })?;
        }
        Ok(item)
    }

    fn set_state(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.write(|connection, _| {
            let sql =
                "INSERT INTO state (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2";
            connection.prepare_cached(sql)?.execute([key, value])?;
            Ok(())
        })
    }

    fn remove_state(&mut self, key: &[u8]) -> Result<()> {
        self.write(|connection, _| {
            connection.prepare_cached("DELETE FROM state WHERE key = ?1")?.execute([key])?;
            Ok(())
        })
    }

    fn remove_states(&mut self, prefix: &[u8]) -> Result<()> {
        let (from, end) = range(prefix, None);
        self.write(|connection, _| {
            let sql = format!("DELETE FROM state WHERE {}", bounds(end.is_some()));
            connection.prepare_cached(&sql)?.execute(params![from, end])?;
            Ok(())
        })
    }

    fn commit(mut self: Box<Self>) -> Result<()> {
        let head = self.head;
        self.write(|connection, _| {
            connection
                .prepare_cached(
                    "UPDATE mailbox SET revision = ?1, hierarchy_revision = ?2 WHERE revision <> ?1",
                )?
                .execute([stored(head.revision)?, stored(head.hierarchy_revision)?])?;
            // Should this fail the transaction is still open, and ends with the drop.
            Ok(connection.execute_batch("COMMIT")?)
        })?;
        if !self.changed.is_empty() {
            self.store.announce(&self.user, &self.changed);
        }
        Ok(())
    }
}

/// The keys that begin with `prefix` and are greater than `after`: from the first to before the last, if there is a key that
/// ends them.
fn range(prefix: &[u8], after: Option<&[u8]>) -> (Vec<u8>, Option<Vec<u8>>) {
    let mut end = prefix.to_vec();
    while end.pop_if(|byte| *byte == u8::MAX).is_some() {}
    if let Some(last) = end.last_mut() {
        *last += 1;
    }
    // Nothing lies between a key and the same with a zero behind it.
    let from =
        after.filter(|after| *after >= prefix).map_or(prefix.to_vec(), |after| [after, b"\0"].concat());
    (from, (!end.is_empty()).then_some(end))
}

/// Of the second parameter something has to be said even if it means nothing. Written so that both ends are looked up in
/// the index.
fn bounds(has_end: bool) -> &'static str {
    if has_end { "key >= ?1 AND key < ?2" } else { "key >= ?1 AND ?2 IS NULL" }
}

/// SQLite counts in signed numbers; ours have 48 bits, or grow by one a change.
pub(super) fn stored(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|_| BackendError::Corrupt(format!("the number {number} is out of range")))
}

/// An id that cannot be stored is none that was given out.
pub(super) fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(-1)
}

pub(super) fn limit_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

pub(super) fn number(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let stored: i64 = row.get(column)?;
    u64::try_from(stored).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, stored))
}
