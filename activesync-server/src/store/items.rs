//! Items in SQL.

use jiff::Timestamp;
use rusqlite::{CachedStatement, Connection, Row as SqlRow, params, params_from_iter};

use super::content;
use super::mailbox::{limit_of, number, sql, stored};
use crate::backend::{
    BackendError, Content, ContentKind, Email, FolderId, Item, ItemChange, ItemId, Present, Result, Revision,
};

/// What of an item goes into which column.
pub(super) struct Row<'c> {
    kind: i64,
    date: Option<i64>,
    received: Option<i64>,
    draft: Option<bool>,
    marks: Option<Vec<u8>>,
    content: Option<Vec<u8>>,
    raw: Option<&'c [u8]>,
}

impl<'c> Row<'c> {
    pub(super) fn of(item: &'c Content) -> Result<Self> {
        let date = item.date().map(Timestamp::as_microsecond);
        let row = Self {
            kind: code(item.kind()),
            date,
            received: None,
            draft: None,
            marks: None,
            content: None,
            raw: None,
        };
        Ok(match item {
            Content::Email(email) => Self {
                received: Some(email.received.as_microsecond()),
                draft: Some(email.draft),
                marks: Some(content::encode_marks(&email.marks)?),
                raw: Some(&email.raw),
                ..row
            },
            Content::Contact(contact) => Self { content: Some(content::encode(&**contact)?), ..row },
            Content::Event(event) => Self { content: Some(content::encode(&**event)?), ..row },
        })
    }
}

pub(super) fn item(connection: &Connection, folder: FolderId, item: ItemId) -> Result<Option<Item>> {
    let mut statement = connection.prepare_cached(
        "SELECT kind, revision, received, draft, marks, content FROM item WHERE id = ?1 AND folder = ?2",
    )?;
    let mut rows = statement.query([sql(item.0), sql(folder.0)])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let revision = Revision(number(row, 1)?);
    let stored_content = || -> Result<Vec<u8>> { Ok(row.get(5)?) };
    let content = match kind(row.get(0)?)? {
        ContentKind::Email => Content::Email(Box::new(Email {
            raw: raw(connection, item)?,
            received: time(row.get(2)?)?,
            draft: row.get(3)?,
            marks: content::decode_marks(&row.get::<_, Vec<u8>>(4)?)?,
        })),
        ContentKind::Contact => Content::Contact(Box::new(content::decode(&stored_content()?)?)),
        ContentKind::Event => Content::Event(Box::new(content::decode(&stored_content()?)?)),
    };
    Ok(Some(Item { id: item, revision, content }))
}

fn raw(connection: &Connection, item: ItemId) -> Result<Vec<u8>> {
    let mut statement = connection.prepare_cached("SELECT raw FROM message WHERE item = ?1")?;
    Ok(statement.query_row([sql(item.0)], |row| row.get(0))?)
}

const SUMMARY: &str = "SELECT id, revision, kind, content_revision, date FROM item";

pub(super) fn summary(connection: &Connection, folder: FolderId, item: ItemId) -> Result<Option<ItemChange>> {
    let statement = connection.prepare_cached(&format!("{SUMMARY} WHERE id = ?1 AND folder = ?2"))?;
    Ok(present(statement, [sql(item.0), sql(folder.0)])?.pop())
}

pub(super) fn revision(connection: &Connection, folder: FolderId) -> Result<Revision> {
    let mut statement = connection.prepare_cached(
        "SELECT max(
             coalesce((SELECT max(revision) FROM item WHERE folder = ?1), 0),
             coalesce((SELECT max(revision) FROM tombstone WHERE folder = ?1), 0))",
    )?;
    Ok(Revision(statement.query_row([sql(folder.0)], |row| number(row, 0))?))
}

pub(super) fn changes(
    connection: &Connection,
    folder: FolderId,
    after: Revision,
    limit: usize,
) -> Result<Vec<ItemChange>> {
    // Each side has its own limit, so that neither is read to its end.
    let mut statement = connection.prepare_cached(
        "SELECT * FROM (
             SELECT id, revision, kind, content_revision, date FROM item
             WHERE folder = ?1 AND revision > ?2 ORDER BY revision LIMIT ?3)
         UNION ALL SELECT * FROM (
             SELECT item, revision, NULL, NULL, NULL FROM tombstone
             WHERE folder = ?1 AND revision > ?2 ORDER BY revision LIMIT ?3)
         ORDER BY 2 LIMIT ?3",
    )?;
    let mut rows = statement.query([sql(folder.0), stored(after.0)?, limit_of(limit)])?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        changes.push(change(row)?);
    }
    Ok(changes)
}

pub(super) fn backlog(
    connection: &Connection,
    folder: FolderId,
    before: Revision,
    limit: usize,
) -> Result<Vec<ItemChange>> {
    let condition = "WHERE folder = ?1 AND revision < ?2 ORDER BY revision DESC LIMIT ?3";
    let statement = connection.prepare_cached(&format!("{SUMMARY} {condition}"))?;
    present(statement, [sql(folder.0), stored(before.0)?, limit_of(limit)])
}

pub(super) fn dated(
    connection: &Connection,
    folder: FolderId,
    after: (Timestamp, ItemId),
    until: Timestamp,
    limit: usize,
) -> Result<Vec<ItemChange>> {
    let condition = "WHERE folder = ?1 AND (date, id) > (?2, ?3) AND date < ?4 ORDER BY date, id LIMIT ?5";
    let statement = connection.prepare_cached(&format!("{SUMMARY} {condition}"))?;
    let (after, item) = (after.0.as_microsecond(), sql(after.1.0));
    present(statement, [sql(folder.0), after, item, until.as_microsecond(), limit_of(limit)])
}

pub(super) fn count(connection: &Connection, folder: FolderId) -> Result<u64> {
    let mut statement = connection.prepare_cached("SELECT count(*) FROM item WHERE folder = ?1")?;
    Ok(statement.query_row([sql(folder.0)], |row| number(row, 0))?)
}

fn present<const N: usize>(
    mut statement: CachedStatement<'_>,
    parameters: [i64; N],
) -> Result<Vec<ItemChange>> {
    let mut rows = statement.query(params_from_iter(parameters))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(change(row)?);
    }
    Ok(items)
}

fn change(row: &SqlRow<'_>) -> Result<ItemChange> {
    let present = match row.get::<_, Option<i64>>(2)? {
        None => None,
        Some(code) => Some(Present {
            kind: kind(code)?,
            content_revision: Revision(number(row, 3)?),
            date: row.get::<_, Option<i64>>(4)?.map(time).transpose()?,
        }),
    };
    Ok(ItemChange { item: ItemId(number(row, 0)?), revision: Revision(number(row, 1)?), present })
}

/// The item is there and of this class.
pub(super) fn check(
    connection: &Connection,
    folder: FolderId,
    item: ItemId,
    kind: ContentKind,
) -> Result<()> {
    match summary(connection, folder, item)?.and_then(|change| change.present) {
        None => Err(BackendError::NoItem(folder, item)),
        Some(present) if present.kind != kind => Err(BackendError::OtherClass(folder, item)),
        Some(_) => Ok(()),
    }
}

pub(super) fn insert(
    connection: &Connection,
    folder: FolderId,
    row: &Row<'_>,
    revision: Revision,
) -> Result<(ItemId, Revision)> {
    let sql = "
        INSERT INTO item (folder, kind, revision, content_revision, date, received, draft, marks, content)
        VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id";
    let values = params![
        stored(folder.0)?,
        row.kind,
        stored(revision.0)?,
        row.date,
        row.received,
        row.draft,
        row.marks,
        row.content
    ];
    let id: i64 = connection.prepare_cached(sql)?.query_row(values, |row| row.get(0))?;
    if let Some(raw) = row.raw {
        connection
            .prepare_cached("INSERT INTO message (item, raw) VALUES (?1, ?2)")?
            .execute(params![id, raw])?;
    }
    Ok((ItemId(id.unsigned_abs()), revision))
}

pub(super) fn update(
    connection: &Connection,
    item: ItemId,
    row: &Row<'_>,
    revision: Revision,
) -> Result<Revision> {
    let id = stored(item.0)?;
    let sql = "
        UPDATE item SET revision = ?2, content_revision = ?2, date = ?3, received = ?4, draft = ?5, marks = ?6, content = ?7
        WHERE id = ?1";
    let values = params![id, stored(revision.0)?, row.date, row.received, row.draft, row.marks, row.content];
    connection.prepare_cached(sql)?.execute(values)?;
    if let Some(raw) = row.raw {
        connection
            .prepare_cached("UPDATE message SET raw = ?2 WHERE item = ?1")?
            .execute(params![id, raw])?;
    }
    Ok(revision)
}

pub(super) fn mark(
    connection: &Connection,
    item: ItemId,
    marks: &[u8],
    revision: Revision,
) -> Result<Revision> {
    connection
        .prepare_cached("UPDATE item SET revision = ?2, marks = ?3 WHERE id = ?1")?
        .execute(params![stored(item.0)?, stored(revision.0)?, marks])?;
    Ok(revision)
}

pub(super) fn delete(
    connection: &Connection,
    folder: FolderId,
    item: ItemId,
    revision: Revision,
) -> Result<Revision> {
    connection.prepare_cached("DELETE FROM item WHERE id = ?1")?.execute([stored(item.0)?])?;
    bury(connection, folder, item, revision)?;
    Ok(revision)
}

/// An item keeps its number wherever it goes.
pub(super) fn relocate(
    connection: &Connection,
    from: FolderId,
    item: ItemId,
    to: FolderId,
    left: Revision,
    arrived: Revision,
) -> Result<()> {
    let id = stored(item.0)?;
    bury(connection, from, item, left)?;
    // It may have been there before.
    connection
        .prepare_cached("DELETE FROM tombstone WHERE folder = ?1 AND item = ?2")?
        .execute([stored(to.0)?, id])?;
    connection
        .prepare_cached("UPDATE item SET folder = ?2, revision = ?3, content_revision = ?3 WHERE id = ?1")?
        .execute([id, stored(to.0)?, stored(arrived.0)?])?;
    Ok(())
}

/// Leaves a trace of an item in a folder where it no longer is.
fn bury(connection: &Connection, folder: FolderId, item: ItemId, revision: Revision) -> Result<()> {
    connection
        .prepare_cached("INSERT INTO tombstone (folder, item, revision) VALUES (?1, ?2, ?3)")?
        .execute([stored(folder.0)?, stored(item.0)?, stored(revision.0)?])?;
    Ok(())
}

fn code(kind: ContentKind) -> i64 {
    match kind {
        ContentKind::Email => 1,
        ContentKind::Contact => 2,
        ContentKind::Event => 3,
    }
}

fn kind(code: i64) -> Result<ContentKind> {
    match code {
        1 => Ok(ContentKind::Email),
        2 => Ok(ContentKind::Contact),
        3 => Ok(ContentKind::Event),
        _ => Err(BackendError::Corrupt(format!("an item has the unknown class {code}"))),
    }
}

fn time(microseconds: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(microseconds)
        .map_err(|error| BackendError::Corrupt(format!("an item has no date: {error}")))
}
