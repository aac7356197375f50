//! The tables, and how those of an older program become the current ones.
//!
//! The version of a file is SQLite's `user_version`: how many of the steps below it has seen. A step that was
//! released never changes; a change to the tables is a new step at the end.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::error::StoreError;
use activesync_types::folder_hierarchy::FolderType;

/// Users; one file for the store.
pub(super) const DIRECTORY: &[&str] = &["
    CREATE TABLE user (
        id INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice: it names the mailbox's file
        name TEXT NOT NULL,
        folded_name TEXT NOT NULL UNIQUE, -- in lower case
        address TEXT NOT NULL,
        folded_address TEXT NOT NULL UNIQUE,
        display_name TEXT NOT NULL,
        password TEXT NOT NULL -- a PHC string
    ) STRICT;
"];

/// A mailbox; one file a user.
pub(super) const MAILBOX: &[&str] = &["
    CREATE TABLE mailbox (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        replica BLOB NOT NULL, -- 16 bytes
        revision INTEGER NOT NULL, -- the last one given to any change
        hierarchy_revision INTEGER NOT NULL
    ) STRICT;
    INSERT INTO mailbox (one, replica, revision, hierarchy_revision) VALUES (1, randomblob(16), 0, 0);

    CREATE TABLE folder (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        parent INTEGER NOT NULL, -- 0 at the top
        name TEXT NOT NULL,
        folded_name TEXT NOT NULL,
        kind INTEGER NOT NULL, -- FolderHierarchy:Type
        revision INTEGER NOT NULL,
        UNIQUE (parent, folded_name)
    ) STRICT;

    CREATE TABLE item (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        folder INTEGER NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
        kind INTEGER NOT NULL, -- 1 mail, 2 contact, 3 event
        revision INTEGER NOT NULL,
        content_revision INTEGER NOT NULL,
        date INTEGER, -- microseconds since 1970, as all times here
        received INTEGER, -- of mail, as the next two
        draft INTEGER,
        marks BLOB,
        content BLOB -- of all others; that of mail is large and has its own table
    ) STRICT;
    CREATE INDEX item_by_revision ON item (folder, revision, kind, content_revision, date);
    CREATE INDEX item_by_date ON item (folder, date, id, revision, kind, content_revision) WHERE date IS NOT NULL;

    CREATE TABLE message (
        item INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
        raw BLOB NOT NULL
    ) STRICT;

    CREATE TABLE tombstone (
        folder INTEGER NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
        item INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        PRIMARY KEY (folder, item)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX tombstone_by_revision ON tombstone (folder, revision);

    CREATE TABLE state (
        key BLOB PRIMARY KEY,
        value BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
"];

/// The folders that every mailbox has from its beginning.
const GIVEN_FOLDERS: &[(&str, FolderType)] = &[
    ("Inbox", FolderType::Inbox),
    ("Drafts", FolderType::Drafts),
    ("Sent Items", FolderType::SentItems),
    ("Deleted Items", FolderType::DeletedItems),
    ("Outbox", FolderType::Outbox),
    ("Calendar", FolderType::Calendar),
    ("Contacts", FolderType::Contacts),
    ("Tasks", FolderType::Tasks),
    ("Notes", FolderType::Notes),
    ("Journal", FolderType::Journal),
];

/// Brings a file to the newest version, all or nothing, and fills a new mailbox.
pub(super) fn upgrade(connection: &mut Connection, steps: &[&str]) -> Result<(), StoreError> {
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    if version(connection)? == known {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have come first.
    let seen = version(&transaction)?;
    if seen > known {
        return Err(StoreError::Newer { found: seen, known });
    }
    for step in steps.iter().skip(seen as usize) {
        transaction.execute_batch(step)?;
    }
    if seen == 0 {
        add_given_folders(&transaction)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}

fn version(connection: &Connection) -> Result<u32, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn add_given_folders(connection: &Connection) -> Result<(), StoreError> {
    let is_mailbox = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'folder'";
    if connection.query_row(is_mailbox, [], |_| Ok(())).optional()?.is_none() {
        return Ok(());
    }
    for (revision, (name, kind)) in (1..).zip(GIVEN_FOLDERS) {
        connection.execute(
            "INSERT INTO folder (parent, name, folded_name, kind, revision) VALUES (0, ?1, ?2, ?3, ?4)",
            params![name, name.to_lowercase(), kind.code(), revision],
        )?;
        connection.execute("UPDATE mailbox SET revision = ?1, hierarchy_revision = ?1", [revision])?;
    }
    Ok(())
}
