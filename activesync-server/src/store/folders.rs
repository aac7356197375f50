//! The folder hierarchy in SQL.

use activesync_types::folder_hierarchy::FolderType;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::mailbox::{number, sql, stored};
use crate::backend::{BackendError, Folder, FolderId, Result, Revision};

pub(super) fn all(connection: &Connection) -> Result<Vec<Folder>> {
    // Level by level, so that parents come first.
    let mut statement = connection.prepare_cached(
        "WITH RECURSIVE tree (id, parent, name, kind, revision, depth) AS (
             SELECT id, parent, name, kind, revision, 0 FROM folder WHERE parent = 0
             UNION ALL
             SELECT f.id, f.parent, f.name, f.kind, f.revision, depth + 1 FROM folder f JOIN tree ON f.parent = tree.id
         ) SELECT id, parent, name, kind, revision FROM tree ORDER BY depth, id",
    )?;
    let folders = statement.query_map([], folder)?.collect::<Result<_, _>>()?;
    Ok(folders)
}

pub(super) fn one(connection: &Connection, id: FolderId) -> Result<Option<Folder>> {
    let mut statement =
        connection.prepare_cached("SELECT id, parent, name, kind, revision FROM folder WHERE id = ?1")?;
    Ok(statement.query_row([sql(id.0)], folder).optional()?)
}

fn folder(row: &Row<'_>) -> rusqlite::Result<Folder> {
    let parent = number(row, 1)?;
    Ok(Folder {
        id: FolderId(number(row, 0)?),
        parent: (parent != 0).then_some(FolderId(parent)),
        name: row.get(2)?,
        kind: FolderType::from_code(row.get(3)?),
        revision: Revision(number(row, 4)?),
    })
}

/// The folder is there and not one of those that every mailbox has.
pub(super) fn check_own(connection: &Connection, folder: FolderId) -> Result<()> {
    let found = one(connection, folder)?.ok_or(BackendError::NoFolder(folder))?;
    if found.kind.is_user_created() { Ok(()) } else { Err(BackendError::GivenFolder(folder)) }
}

/// The parent is there, and not inside the folder that shall go there.
pub(super) fn check_parent(
    connection: &Connection,
    folder: Option<FolderId>,
    parent: Option<FolderId>,
) -> Result<()> {
    let mut above = parent;
    while let Some(id) = above {
        if Some(id) == folder {
            return Err(BackendError::NoParent(id));
        }
        above = one(connection, id)?.ok_or(BackendError::NoParent(id))?.parent;
    }
    Ok(())
}

pub(super) fn check_name(
    connection: &Connection,
    folder: Option<FolderId>,
    parent: Option<FolderId>,
    name: &str,
) -> Result<()> {
    let mut statement =
        connection.prepare_cached("SELECT id FROM folder WHERE parent = ?1 AND folded_name = ?2")?;
    let found = statement
        .query_row(params![sql(parent.map_or(0, |parent| parent.0)), name.to_lowercase()], |row| {
            number(row, 0)
        })
        .optional()?;
    if found.is_some_and(|found| Some(FolderId(found)) != folder) {
        return Err(BackendError::NameTaken(name.to_owned()));
    }
    Ok(())
}

pub(super) fn insert(
    connection: &Connection,
    parent: Option<FolderId>,
    name: &str,
    kind: FolderType,
    revision: Revision,
) -> Result<FolderId> {
    let sql = "INSERT INTO folder (parent, name, folded_name, kind, revision) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id";
    let parent = stored(parent.map_or(0, |parent| parent.0))?;
    let id = connection
        .prepare_cached(sql)?
        .query_row(params![parent, name, name.to_lowercase(), kind.code(), stored(revision.0)?], |row| {
            number(row, 0)
        })?;
    Ok(FolderId(id))
}

pub(super) fn update(
    connection: &Connection,
    folder: FolderId,
    parent: Option<FolderId>,
    name: &str,
    revision: Revision,
) -> Result<()> {
    let parent = stored(parent.map_or(0, |parent| parent.0))?;
    connection
        .prepare_cached(
            "UPDATE folder SET parent = ?2, name = ?3, folded_name = ?4, revision = ?5 WHERE id = ?1",
        )?
        .execute(params![stored(folder.0)?, parent, name, name.to_lowercase(), stored(revision.0)?])?;
    Ok(())
}

pub(super) fn with_descendants(connection: &Connection, folder: FolderId) -> Result<Vec<FolderId>> {
    let mut statement = connection.prepare_cached(
        "WITH RECURSIVE tree (id) AS (
             SELECT ?1 UNION ALL SELECT folder.id FROM folder JOIN tree ON folder.parent = tree.id
         ) SELECT id FROM tree",
    )?;
    let ids = statement
        .query_map([sql(folder.0)], |row| Ok(FolderId(number(row, 0)?)))?
        .collect::<Result<_, _>>()?;
    Ok(ids)
}

/// Items, messages and tombstones go with them.
pub(super) fn delete(connection: &Connection, folders: &[FolderId]) -> Result<()> {
    let mut statement = connection.prepare_cached("DELETE FROM folder WHERE id = ?1")?;
    for folder in folders {
        statement.execute([stored(folder.0)?])?;
    }
    Ok(())
}
