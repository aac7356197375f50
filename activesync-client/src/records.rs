//! The records that the client keeps, typed.

use activesync_types::folder_hierarchy::FolderType;
use activesync_types::{ServerId, SyncKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wbxml::ProtocolVersion;

use crate::folders::Folder;
use crate::heartbeat::Heartbeat;
use crate::state::{Batch, StateError, StateStore, Table};

/// The account and the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) user: String,
    pub(crate) device_id: String,
    pub(crate) device_type: String,
    /// The address that the user gave, and the one that a server gave instead of it.
    #[serde(default)]
    pub(crate) location: Option<(String, String)>,
    /// The number of the protocol version that the stored keys belong to.
    #[serde(default)]
    pub(crate) version: Option<u8>,
    #[serde(default)]
    pub(crate) policy_key: Option<u32>,
    /// The key of the folder hierarchy.
    #[serde(default = "initial")]
    pub(crate) folder_key: String,
    #[serde(default)]
    pub(crate) heartbeat: Heartbeat,
    /// The number of the last change that was queued.
    #[serde(default)]
    pub(crate) last_upload: u64,
    /// Which copy of the data the keys speak of, where the data are kept as files.
    #[serde(default)]
    pub(crate) replica: Option<String>,
    /// The directory of those files.
    #[serde(default)]
    pub(crate) directory: Option<String>,
}

impl Account {
    /// A new device of the user.
    pub(crate) fn new(user: String) -> Self {
        Self {
            user,
            // 32 hexadecimal digits: devices have no other characters than letters and digits.
            device_id: uuid::Uuid::new_v4().simple().to_string(),
            device_type: "activesync".to_owned(),
            location: None,
            version: None,
            policy_key: None,
            folder_key: initial(),
            heartbeat: Heartbeat::default(),
            last_upload: 0,
            replica: None,
            directory: None,
        }
    }

    pub(crate) fn load(store: &dyn StateStore) -> Result<Option<Self>, StateError> {
        load(store, Table::Account, "", ACCOUNT)
    }

    pub(crate) fn save(&self, batch: &mut Batch) {
        save(batch, Table::Account, "", ACCOUNT, self);
    }

    /// Back to key 0 of the hierarchy; the collections are [`start_over`]'s.
    pub(crate) fn start_over(&mut self) {
        self.folder_key = initial();
    }

    pub(crate) fn version(&self) -> Option<ProtocolVersion> {
        self.version.and_then(ProtocolVersion::from_number)
    }
}

/// The identifier of the only record of its table.
const ACCOUNT: &str = "account";

fn initial() -> String {
    SyncKey::INITIAL.as_str().to_owned()
}

#[derive(Debug, Serialize, Deserialize)]
struct FolderRecord {
    parent: String,
    name: String,
    folder_type: u32,
    #[serde(default)]
    by_class: bool,
}

/// All folders, in the order of their identifiers.
pub(crate) fn load_folders(store: &dyn StateStore) -> Result<Vec<Folder>, StateError> {
    let records = store.list(Table::Folder, "")?;
    records
        .into_iter()
        .map(|(id, value)| {
            let record: FolderRecord = parse(Table::Folder, &id, &value)?;
            Ok(Folder {
                id: ServerId::from(id),
                parent: ServerId::from(record.parent),
                name: record.name,
                folder_type: FolderType::from_code(record.folder_type),
                by_class: record.by_class,
            })
        })
        .collect()
}

pub(crate) fn save_folder(batch: &mut Batch, folder: &Folder) {
    let record = FolderRecord {
        parent: folder.parent.as_str().to_owned(),
        name: folder.name.clone(),
        folder_type: folder.folder_type.code(),
        by_class: folder.by_class,
    };
    save(batch, Table::Folder, "", folder.id.as_str(), &record);
}

/// Forgets a folder and all that is known of its items.
pub(crate) fn remove_folder(batch: &mut Batch, id: &str) {
    batch.remove(Table::Folder, "", id);
    batch.remove(Table::Collection, "", id);
    batch.remove_all(Table::Item, id);
    batch.remove_all(Table::Upload, id);
    batch.remove_all(Table::Moved, id);
}

/// How far a folder is synchronized.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Collection {
    pub(crate) sync_key: String,
    /// Grows when the collection starts over at key 0. Items of an earlier one that are not seen again until the
    /// server has sent everything are gone.
    #[serde(default)]
    pub(crate) generation: u32,
    /// Started over, and the server has not sent everything yet.
    #[serde(default)]
    pub(crate) resyncing: bool,
    /// The changes in the request whose answer has not come: a repeated request has exactly these.
    #[serde(default)]
    pub(crate) in_flight: Vec<u64>,
    /// The server refused a request with several changes: from now on one at a time, until it is known which.
    #[serde(default)]
    pub(crate) one_by_one: bool,
}

impl Default for Collection {
    fn default() -> Self {
        Self {
            sync_key: initial(),
            generation: 0,
            resyncing: false,
            in_flight: Vec::new(),
            one_by_one: false,
        }
    }
}

impl Collection {
    pub(crate) fn load(store: &dyn StateStore, folder: &str) -> Result<Self, StateError> {
        Ok(load(store, Table::Collection, "", folder)?.unwrap_or_default())
    }

    pub(crate) fn save(&self, batch: &mut Batch, folder: &str) {
        save(batch, Table::Collection, "", folder, self);
    }

    pub(crate) fn key(&self) -> SyncKey<'_> {
        SyncKey::from(self.sync_key.as_str())
    }

    pub(crate) fn is_initial(&self) -> bool {
        self.key().is_initial()
    }

    /// Back to key 0. What is queued is sent again; what the server made of it is not known.
    pub(crate) fn start_over(&mut self) {
        self.sync_key = initial();
        self.generation = self.generation.wrapping_add(1);
        self.resyncing = true;
        self.in_flight.clear();
    }
}

/// An item that the client has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    pub(crate) generation: u32,
}

impl Item {
    pub(crate) fn list(store: &dyn StateStore, folder: &str) -> Result<Vec<(String, Self)>, StateError> {
        let records = store.list(Table::Item, folder)?;
        records
            .into_iter()
            .map(|(id, value)| {
                let item = parse(Table::Item, &id, &value)?;
                Ok((id, item))
            })
            .collect()
    }

    pub(crate) fn save(self, batch: &mut Batch, folder: &str, id: &str) {
        save(batch, Table::Item, folder, id, &self);
    }
}

/// All collections back to key 0; with `forget` also without what is known of their items. Queued changes stay.
pub(crate) fn start_over(store: &dyn StateStore, forget: bool) -> Result<Batch, StateError> {
    let mut batch = Batch::new();
    for (folder, value) in store.list(Table::Collection, "")? {
        let mut collection: Collection = parse(Table::Collection, &folder, &value)?;
        collection.start_over();
        if forget {
            collection.resyncing = false;
            batch.remove_all(Table::Item, &folder);
            batch.remove_all(Table::Moved, &folder);
        }
        collection.save(&mut batch, &folder);
    }
    Ok(batch)
}

fn load<T: DeserializeOwned>(
    store: &dyn StateStore,
    table: Table,
    scope: &str,
    id: &str,
) -> Result<Option<T>, StateError> {
    store.get(table, scope, id)?.map(|value| parse(table, id, &value)).transpose()
}

fn parse<T: DeserializeOwned>(table: Table, id: &str, value: &[u8]) -> Result<T, StateError> {
    serde_json::from_slice(value).map_err(|error| StateError::damaged(table, id, error))
}

fn save<T: Serialize>(batch: &mut Batch, table: Table, scope: &str, id: &str, record: &T) {
    let value =
        serde_json::to_vec(record).expect("records have string keys only, and no value that can fail");
    batch.put(table, scope, id, value);
}
