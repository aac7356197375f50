//! The folder hierarchy: FolderSync, FolderCreate, FolderDelete, FolderUpdate and GetHierarchy.
//!
//! Keys work as those of items do (see the [module above](super)); the state is small enough to keep whole with
//! every answer.

use std::collections::{BTreeMap, HashMap};

use activesync_types::folder_hierarchy::{
    Changes, DeletedFolder, Folder as WireFolder, FolderCreateRequest, FolderCreateResponse,
    FolderDeleteRequest, FolderDeleteResponse, FolderSyncResponse, FolderType, FolderUpdateRequest,
    FolderUpdateResponse, GetHierarchyResponse, HierarchyFolder,
};
use activesync_types::status::{
    FolderCreateStatus, FolderDeleteStatus, FolderSyncStatus, FolderUpdateStatus,
};
use activesync_types::{Class, CollectionId, LegacySyncKey, ServerId, SyncKey};
use serde::{Deserialize, Serialize};
use wbxml::ProtocolVersion;

use super::series::{forget_series, hierarchy_key};
use super::{Session, collection_id, find_folder, kind_of, state, text};
use crate::backend::{BackendError, Folder, FolderId, Mailbox, Result, Snapshot};

/// How many answers to one key may be under way at a time.
const CANDIDATES: usize = 4;

/// The most characters of a folder's name (`[MS-ASCMD]` 2.2.3.49.3).
const LONGEST_NAME: usize = 256;

/// The most levels of folders, one inside the other. The specification names no number; many clients keep folders as
/// directories, whose paths have an end, or walk over them by recursion.
const MOST_LEVELS: usize = 32;

/// What a device knows.
#[derive(Debug, Serialize, Deserialize)]
struct Hierarchy {
    guid: u128,
    /// The counter of the last key that was given out.
    last: u32,
    /// 0 if the client has nothing yet.
    base: u32,
    known: Known,
    /// Oldest first.
    candidates: Vec<(u32, Known)>,
    /// Folders that the client made since the base, by what it said.
    made: BTreeMap<(u64, String), u64>,
    /// Folders that the client deleted since the base, with all that was inside.
    deleted: BTreeMap<u64, Vec<u64>>,
}

/// Folders with the revision that the client has.
type Known = BTreeMap<u64, u64>;

impl Hierarchy {
    fn start() -> Self {
        Self {
            guid: uuid::Uuid::new_v4().as_u128(),
            last: 0,
            base: 0,
            known: Known::new(),
            candidates: Vec::new(),
            made: BTreeMap::new(),
            deleted: BTreeMap::new(),
        }
    }

    fn load(mailbox: &dyn Snapshot, device: &str) -> Result<Option<Self>> {
        mailbox.state(&hierarchy_key(device))?.map(|stored| state::decode(&stored)).transpose()
    }

    /// What belongs to a key that the client sent. If it got an answer, that becomes the base.
    fn find(mailbox: &dyn Snapshot, device: &str, key: &SyncKey<'_>) -> Result<Option<Self>> {
        let Some(mut hierarchy) = Self::load(mailbox, device)? else { return Ok(None) };
        let Some(key) = key.legacy().filter(|key| key.guid == hierarchy.guid) else { return Ok(None) };
        if key.counter != hierarchy.base {
            let Some(index) = hierarchy.candidates.iter().position(|(counter, _)| *counter == key.counter)
            else {
                return Ok(None);
            };
            (hierarchy.base, hierarchy.known) = hierarchy.candidates.swap_remove(index);
            hierarchy.candidates.clear();
            hierarchy.made.clear();
            hierarchy.deleted.clear();
        }
        Ok((hierarchy.last < u32::MAX).then_some(hierarchy))
    }

    /// Makes an answer after which the client knows these folders.
    fn answer(mut self, mailbox: &mut dyn Mailbox, device: &str, known: Known) -> Result<SyncKey<'static>> {
        self.last = self.last.saturating_add(1);
        if self.candidates.len() == CANDIDATES {
            self.candidates.remove(0);
        }
        self.candidates.push((self.last, known));
        self.save(mailbox, device)?;
        Ok(LegacySyncKey { guid: self.guid, counter: self.last }.into())
    }

    fn save(&self, mailbox: &mut dyn Mailbox, device: &str) -> Result<()> {
        mailbox.set_state(&hierarchy_key(device), &state::encode(self)?)
    }
}

/// The folders that can be synchronized.
fn visible(mailbox: &dyn Snapshot) -> Result<Vec<Folder>> {
    let mut folders = mailbox.folders()?;
    folders.retain(|folder| folder.class().as_ref().and_then(kind_of).is_some());
    Ok(folders)
}

fn revisions(folders: &[Folder]) -> Known {
    folders.iter().map(|folder| (folder.id.0, folder.revision.0)).collect()
}

/// All folders that can be synchronized, as FolderSync tells of them, parents before their children.
///
/// # Errors
/// If the backend fails.
pub fn folder_hierarchy(
    mailbox: &dyn Snapshot,
    version: ProtocolVersion,
) -> Result<Vec<WireFolder<'static>>> {
    let folders = visible(mailbox)?;
    Ok(folders.iter().map(|folder| wire(mailbox, version, folder, &folders)).collect())
}

fn wire(
    mailbox: &dyn Snapshot,
    version: ProtocolVersion,
    folder: &Folder,
    all: &[Folder],
) -> WireFolder<'static> {
    // What is inside a folder that cannot be shown comes to the top.
    let parent = folder.parent.filter(|parent| all.iter().any(|folder| folder.id == *parent));
    let parent = parent.map_or(ServerId::ROOT, |parent| collection_id(mailbox, version, parent).into());
    WireFolder::new(collection_id(mailbox, version, folder.id), parent, folder.name.clone(), folder.kind)
}

/// Tells what changed in the hierarchy (`[MS-ASCMD]` 2.2.1.5).
///
/// # Errors
/// If the backend fails. The mailbox is not to be committed then.
pub fn folder_sync(
    mailbox: &mut dyn Mailbox,
    session: &Session<'_>,
    key: &SyncKey<'_>,
) -> Result<FolderSyncResponse<'static>> {
    let hierarchy = if key.is_initial() {
        Hierarchy::start()
    } else {
        match Hierarchy::find(mailbox, session.device, key)? {
            Some(hierarchy) => hierarchy,
            None => return Ok(FolderSyncResponse::failed(FolderSyncStatus::InvalidSyncKey)),
        }
    };
    let folders = visible(mailbox)?;
    let current = revisions(&folders);
    let tell = |folder: &Folder| wire(mailbox, session.version, folder, &folders);
    let known = |folder: &&Folder| hierarchy.known.contains_key(&folder.id.0);
    let adds: Vec<_> = folders.iter().filter(|folder| !known(folder)).map(tell).collect();
    let is_newer =
        |folder: &&Folder| hierarchy.known.get(&folder.id.0).is_some_and(|has| *has != folder.revision.0);
    let updates: Vec<_> = folders.iter().filter(is_newer).map(tell).collect();
    let gone: Vec<FolderId> =
        hierarchy.known.keys().filter(|id| !current.contains_key(id)).map(|id| FolderId(*id)).collect();
    let deletes = gone
        .iter()
        .map(|id| DeletedFolder { server_id: collection_id(mailbox, session.version, *id).into() })
        .collect();
    let changes = Changes::new(updates, deletes, adds);
    for folder in gone {
        forget_series(mailbox, session.device, folder)?;
    }
    let key = if hierarchy.base > 0 && current == hierarchy.known {
        hierarchy.save(mailbox, session.device)?;
        LegacySyncKey { guid: hierarchy.guid, counter: hierarchy.base }.into()
    } else {
        hierarchy.answer(mailbox, session.device, current)?
    };
    Ok(FolderSyncResponse::new(key, changes))
}

/// Whether a device has anything to learn about the hierarchy, presumed that it got the last answer. `None` if it
/// has never synchronized it.
///
/// # Errors
/// If the backend fails.
pub fn is_hierarchy_pending(mailbox: &dyn Snapshot, session: &Session<'_>) -> Result<Option<bool>> {
    let Some(hierarchy) = Hierarchy::load(mailbox, session.device)? else { return Ok(None) };
    let known = hierarchy.candidates.last().map_or(&hierarchy.known, |(_, known)| known);
    Ok(Some(*known != revisions(&visible(mailbox)?)))
}

/// Makes a folder (`[MS-ASCMD]` 2.2.1.2). A request that is repeated since its answer was lost makes no second one.
///
/// # Errors
/// If the backend fails. The mailbox is not to be committed then.
pub fn create_folder(
    mailbox: &mut dyn Mailbox,
    session: &Session<'_>,
    request: &FolderCreateRequest<'_>,
) -> Result<FolderCreateResponse<'static>> {
    let failed = |status| Ok(FolderCreateResponse::failed(status));
    let Some(mut hierarchy) = Hierarchy::find(mailbox, session.device, &request.sync_key)? else {
        return failed(FolderCreateStatus::InvalidSyncKey);
    };
    let kind = request.folder_type;
    let can_be = kind.is_user_created()
        && (kind == FolderType::UserCreated || kind.class().as_ref().and_then(kind_of).is_some());
    if !can_be || !is_name(&request.display_name) {
        return failed(FolderCreateStatus::MalformedRequest);
    }
    let Place::In(parent) = find_parent(mailbox, &request.parent_id)? else {
        return failed(FolderCreateStatus::ParentNotFound);
    };
    // The one status whose cure is another parent.
    let all = mailbox.folders()?;
    if parent.is_some_and(|parent| level(&all, parent) >= MOST_LEVELS) {
        return failed(FolderCreateStatus::SystemFolder);
    }
    let said = (parent.map_or(0, |parent| parent.0), request.display_name.clone().into_owned());
    let made = hierarchy.made.get(&said).map(|id| mailbox.folder(FolderId(*id))).transpose()?.flatten();
    let id = match made {
        Some(folder) => folder.id,
        None => match mailbox.create_folder(parent, &request.display_name, kind) {
            Ok(id) => id,
            Err(BackendError::NameTaken(_)) => return failed(FolderCreateStatus::NameExists),
            Err(BackendError::NoParent(_)) => return failed(FolderCreateStatus::ParentNotFound),
            Err(error) => return Err(error),
        },
    };
    hierarchy.made.insert(said, id.0);
    let key = with_own_change(hierarchy, mailbox, session, id)?;
    Ok(FolderCreateResponse::new(key, collection_id(mailbox, session.version, id)))
}

/// Renames a folder, moves it, or both (`[MS-ASCMD]` 2.2.1.6).
///
/// # Errors
/// If the backend fails. The mailbox is not to be committed then.
pub fn update_folder(
    mailbox: &mut dyn Mailbox,
    session: &Session<'_>,
    request: &FolderUpdateRequest<'_>,
) -> Result<FolderUpdateResponse<'static>> {
    let failed = |status| Ok(FolderUpdateResponse::failed(status));
    let Some(hierarchy) = Hierarchy::find(mailbox, session.device, &request.sync_key)? else {
        return failed(FolderUpdateStatus::InvalidSyncKey);
    };
    if !is_name(&request.display_name) {
        return failed(FolderUpdateStatus::MalformedRequest);
    }
    let Some(folder) = find(mailbox, &request.server_id)? else {
        return failed(FolderUpdateStatus::NotFound);
    };
    let Place::In(parent) = find_parent(mailbox, &request.parent_id)? else {
        return failed(FolderUpdateStatus::ParentNotFound);
    };
    let all = mailbox.folders()?;
    let above = parent.filter(|_| folder.parent != parent).map_or(0, |parent| level(&all, parent));
    if above > 0 && above + levels_from(&all, folder.id) > MOST_LEVELS {
        return failed(FolderUpdateStatus::MalformedRequest);
    }
    if folder.parent != parent || folder.name != request.display_name {
        match mailbox.update_folder(folder.id, parent, &request.display_name) {
            Ok(()) => {}
            // So says the specification of both.
            Err(BackendError::NameTaken(_) | BackendError::GivenFolder(_)) => {
                return failed(FolderUpdateStatus::NameExists);
            }
            Err(BackendError::NoParent(_)) => return failed(FolderUpdateStatus::ParentNotFound),
            Err(error) => return Err(error),
        }
    }
    let key = with_own_change(hierarchy, mailbox, session, folder.id)?;
    Ok(FolderUpdateResponse::new(key))
}

/// Deletes a folder and what is in it (`[MS-ASCMD]` 2.2.1.3).
///
/// # Errors
/// If the backend fails. The mailbox is not to be committed then.
pub fn delete_folder(
    mailbox: &mut dyn Mailbox,
    session: &Session<'_>,
    request: &FolderDeleteRequest<'_>,
) -> Result<FolderDeleteResponse<'static>> {
    let failed = |status| Ok(FolderDeleteResponse::failed(status));
    let Some(mut hierarchy) = Hierarchy::find(mailbox, session.device, &request.sync_key)? else {
        return failed(FolderDeleteStatus::InvalidSyncKey);
    };
    let gone = if let Some(folder) = find(mailbox, &request.server_id)? {
        let gone = with_descendants(&mailbox.folders()?, folder.id);
        match mailbox.delete_folder(folder.id) {
            Ok(()) => {}
            Err(BackendError::GivenFolder(_)) => return failed(FolderDeleteStatus::SystemFolder),
            Err(error) => return Err(error),
        }
        hierarchy.deleted.insert(folder.id.0, gone.clone());
        gone
    } else {
        // The answer to the deletion may have been lost, and the request be repeated.
        let is_it = |id: u64| {
            collection_id(mailbox, session.version, FolderId(id)).as_str() == request.server_id.as_str()
        };
        match hierarchy.deleted.iter().find(|(id, _)| is_it(**id)) {
            Some((_, gone)) => gone.clone(),
            None => return failed(FolderDeleteStatus::NotFound),
        }
    };
    // The client takes what was inside with it.
    let mut known = hierarchy.known.clone();
    for folder in gone {
        known.remove(&folder);
        forget_series(mailbox, session.device, FolderId(folder))?;
    }
    Ok(FolderDeleteResponse::new(hierarchy.answer(mailbox, session.device, known)?))
}

/// At which level a folder is; 1 is the top.
fn level(folders: &[Folder], folder: FolderId) -> usize {
    levels(folders).get(&folder).copied().unwrap_or_default()
}

/// How many levels a folder has with all that is inside of it.
fn levels_from(folders: &[Folder], top: FolderId) -> usize {
    let levels = levels(folders);
    let inside = with_descendants(folders, top).into_iter().filter_map(|id| levels.get(&FolderId(id)));
    let deepest = inside.max().copied().unwrap_or_default();
    deepest + 1 - levels.get(&top).copied().unwrap_or(1).min(deepest + 1)
}

fn levels(folders: &[Folder]) -> HashMap<FolderId, usize> {
    let mut levels = HashMap::new();
    // Parents come before their children.
    for folder in folders {
        let above = folder.parent.and_then(|parent| levels.get(&parent)).copied().unwrap_or_default();
        levels.insert(folder.id, above + 1);
    }
    levels
}

fn with_descendants(folders: &[Folder], folder: FolderId) -> Vec<u64> {
    let mut found = vec![folder.0];
    // Parents come before their children.
    for folder in folders {
        if folder.parent.is_some_and(|parent| found.contains(&parent.0)) {
            found.push(folder.id.0);
        }
    }
    found
}

/// An answer after which the client knows its own change to a folder, and nothing else that is new.
fn with_own_change(
    hierarchy: Hierarchy,
    mailbox: &mut dyn Mailbox,
    session: &Session<'_>,
    folder: FolderId,
) -> Result<SyncKey<'static>> {
    let mut known = hierarchy.known.clone();
    if let Some(folder) = mailbox.folder(folder)? {
        known.insert(folder.id.0, folder.revision.0);
    }
    hierarchy.answer(mailbox, session.device, known)
}

fn find(mailbox: &dyn Snapshot, id: &ServerId<'_>) -> Result<Option<Folder>> {
    find_folder(mailbox, Some(&CollectionId::from(id.as_str())), None)
}

/// Where a client wants a folder to be.
enum Place {
    /// In this folder, or at the top.
    In(Option<FolderId>),
    /// In a folder that is not there.
    Nowhere,
}

fn find_parent(mailbox: &dyn Snapshot, id: &ServerId<'_>) -> Result<Place> {
    if *id == ServerId::ROOT {
        return Ok(Place::In(None));
    }
    Ok(find(mailbox, id)?.map_or(Place::Nowhere, |folder| Place::In(Some(folder.id))))
}

fn is_name(name: &str) -> bool {
    let trimmed = name.trim();
    !trimmed.is_empty()
        && name.chars().count() <= LONGEST_NAME
        && name.chars().all(|c| !c.is_control() && text::is_clean(c))
}

/// The mail folders, as clients up to 12.1 ask for them (`[MS-ASCMD]` 2.2.1.8).
///
/// # Errors
/// If the backend fails.
pub fn mail_folders(
    mailbox: &dyn Snapshot,
    version: ProtocolVersion,
) -> Result<GetHierarchyResponse<'static>> {
    let mut folders = visible(mailbox)?;
    folders.retain(|folder| folder.class() == Some(Class::Email));
    let tell = |folder: &Folder| {
        let WireFolder { server_id, parent_id, display_name, folder_type } =
            wire(mailbox, version, folder, &folders);
        // The only type that this command has for folders of the user's.
        let folder_type = if folder_type.is_user_created() { FolderType::UserCreated } else { folder_type };
        HierarchyFolder { display_name, server_id, folder_type, parent_id }
    };
    Ok(GetHierarchyResponse { folders: folders.iter().map(tell).collect() })
}
