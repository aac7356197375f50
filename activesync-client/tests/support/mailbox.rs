//! A mailbox behind the server of the tests: it keeps keys as the specification says, and nothing else.

use std::collections::BTreeMap;

use activesync_client::types::contacts::Contact;
use activesync_client::types::email::Email;
use activesync_client::types::folder_hierarchy::{Changes, Folder, FolderSyncResponse, FolderType};
use activesync_client::types::get_item_estimate::{EstimateResponse, GetItemEstimateResponse};
use activesync_client::types::status::{FolderSyncStatus, GetItemEstimateStatus, SyncStatus};
use activesync_client::types::sync::{
    AddResponse, ChangeResponse, ClientCommand, CollectionResponse, CommandResponse, ServerAdd, ServerChange,
    ServerCommand, ServerDelete, SyncResponse,
};
use activesync_client::types::{Class, CollectionId, FolderSync, GetItemEstimate, ServerId, Sync, SyncKey};
use wbxml::Fragment;

use super::{Reply, Seen};

/// What an item says, and how often it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) text: String,
    pub(crate) revision: u32,
}

type Items = BTreeMap<String, Stored>;

#[derive(Clone, Debug)]
pub(crate) struct Box {
    pub(crate) name: String,
    pub(crate) folder_type: FolderType,
    pub(crate) items: Items,
    /// What the client has, by the key that it was given for it; the last two.
    series: Vec<(u32, Items)>,
    last_key: u32,
    /// The identifiers that items of the client got.
    added: BTreeMap<String, String>,
}

/// The mailbox. Its folders are `1`, `2` …, their items `1:1`, `1:2` …
#[derive(Clone, Debug, Default)]
pub(crate) struct Mailbox {
    pub(crate) boxes: BTreeMap<String, Box>,
    hierarchy: u32,
    next: u32,
}

impl Mailbox {
    pub(crate) fn add_folder(&mut self, name: &str, folder_type: FolderType) -> String {
        let id = (self.boxes.len() + 1).to_string();
        let new = Box {
            name: name.to_owned(),
            folder_type,
            items: Items::new(),
            series: Vec::new(),
            last_key: 0,
            added: BTreeMap::new(),
        };
        self.boxes.insert(id.clone(), new);
        id
    }

    /// Makes an item and gives its identifier.
    pub(crate) fn put(&mut self, folder: &str, text: &str) -> String {
        self.next += 1;
        let id = format!("{folder}:{}", self.next);
        self.write(folder, &id, text);
        id
    }

    pub(crate) fn write(&mut self, folder: &str, id: &str, text: &str) {
        let items = &mut self.boxes.get_mut(folder).unwrap().items;
        let revision = items.get(id).map_or(0, |stored| stored.revision) + 1;
        items.insert(id.to_owned(), Stored { text: text.to_owned(), revision });
    }

    pub(crate) fn remove(&mut self, folder: &str, id: &str) {
        self.boxes.get_mut(folder).unwrap().items.remove(id);
    }

    pub(crate) fn texts(&self, folder: &str) -> Vec<String> {
        self.boxes[folder].items.values().map(|stored| stored.text.clone()).collect()
    }

    /// Loses what it knows of the client.
    pub(crate) fn forget(&mut self) {
        self.boxes.values_mut().for_each(|known| known.series.clear());
    }

    pub(crate) fn answer(&mut self, seen: &Seen) -> Reply {
        match seen.command.as_str() {
            "FolderSync" => self.folder_sync(seen),
            "GetItemEstimate" => self.estimate(seen),
            "Sync" => self.sync(seen),
            _ => Reply::status(501),
        }
    }

    fn folder_sync(&mut self, seen: &Seen) -> Reply {
        let key = seen.request::<FolderSync>().sync_key.as_str().to_owned();
        if key != "0" && key != self.hierarchy.to_string() {
            return Reply::to::<FolderSync>(
                seen,
                &FolderSyncResponse::failed(FolderSyncStatus::InvalidSyncKey),
            );
        }
        self.hierarchy += 1;
        let folder = |(id, known): (&String, &Box)| {
            Folder::new(id.clone(), ServerId::ROOT, known.name.clone(), known.folder_type)
        };
        let adds = if key == "0" { self.boxes.iter().map(folder).collect() } else { Vec::new() };
        let response =
            FolderSyncResponse::new(self.hierarchy.to_string(), Changes::new(vec![], vec![], adds));
        Reply::to::<FolderSync>(seen, &response)
    }

    fn estimate(&self, seen: &Seen) -> Reply {
        let responses = seen
            .request::<GetItemEstimate>()
            .collections
            .iter()
            .map(|asked| {
                let id = asked.collection_id.as_ref().unwrap().as_str().to_owned();
                let known = &self.boxes[&id];
                match known.series.iter().find(|(key, _)| asked.sync_key.as_str() == key.to_string()) {
                    Some((_, has)) => {
                        EstimateResponse::new(id, u32::try_from(changes(has, &known.items).len()).unwrap())
                    }
                    None => EstimateResponse::failed(id, GetItemEstimateStatus::NotPrimed),
                }
            })
            .collect();
        Reply::to::<GetItemEstimate>(seen, &GetItemEstimateResponse { status: None, responses })
    }

    fn sync(&mut self, seen: &Seen) -> Reply {
        let request = seen.request::<Sync>();
        let asked = &request.collections[0];
        let id = asked.collection_id.as_ref().unwrap().as_str().to_owned();
        let collection_id = CollectionId::from(id.clone());
        let Some(known) = self.boxes.get_mut(&id) else {
            return Reply::to::<Sync>(seen, &SyncResponse::failed(SyncStatus::HierarchyChanged));
        };
        if asked.sync_key.is_initial() {
            known.last_key += 1;
            known.series = vec![(known.last_key, Items::new())];
            let response = CollectionResponse::new(known.last_key.to_string(), collection_id);
            return Reply::to::<Sync>(seen, &SyncResponse::from(vec![response]));
        }
        let Some(at) = known.series.iter().position(|(key, _)| asked.sync_key == key.to_string().as_str())
        else {
            let mut response = CollectionResponse::new(SyncKey::INITIAL, collection_id);
            response.status = SyncStatus::InvalidSyncKey;
            return Reply::to::<Sync>(seen, &SyncResponse::from(vec![response]));
        };
        // Whoever sends a key again has not seen what came after it.
        known.series.truncate(at + 1);
        let mut has = known.series[at].1.clone();
        let mut responses = Vec::new();
        for command in &asked.commands {
            known.apply(&id, command, &mut has, &mut self.next, &mut responses);
        }
        let mut todo = changes(&has, &known.items);
        let more = todo.len() > asked.effective_window_size() as usize;
        todo.truncate(asked.effective_window_size() as usize);
        for change in &todo {
            match known.items.get(change) {
                Some(stored) => has.insert(change.clone(), stored.clone()),
                None => has.remove(change),
            };
        }
        let before = &known.series[at].1;
        let class = known.folder_type.class().unwrap();
        let commands =
            todo.iter().map(|change| command(&class, change, before, known.items.get(change))).collect();
        known.last_key += 1;
        let key = known.last_key.to_string();
        known.series.push((known.last_key, has));
        let response = CollectionResponse {
            responses,
            more_available: more,
            commands,
            ..CollectionResponse::new(key, collection_id)
        };
        Reply::to::<Sync>(seen, &SyncResponse::from(vec![response]))
    }
}

impl Box {
    fn apply(
        &mut self,
        folder: &str,
        command: &ClientCommand<'_>,
        has: &mut Items,
        next: &mut u32,
        responses: &mut Vec<CommandResponse<'static>>,
    ) {
        match command {
            ClientCommand::Add(add) => {
                let client_id = add.client_id.as_str().to_owned();
                let id = self.added.entry(client_id.clone()).or_insert_with(|| {
                    *next += 1;
                    format!("{folder}:{next}")
                });
                let stored = Stored { text: name_of(&add.application_data), revision: 1 };
                self.items.insert(id.clone(), stored.clone());
                has.insert(id.clone(), stored);
                responses.push(CommandResponse::Add(AddResponse::added(client_id, id.clone())));
            }
            ClientCommand::Change(change) => {
                let id = change.server_id.as_str().to_owned();
                let conflict = self.items.get(&id) != has.get(&id);
                if conflict {
                    responses.push(CommandResponse::Change(ChangeResponse {
                        class: None,
                        server_id: id.into(),
                        instance_id: None,
                        status: SyncStatus::Conflict,
                        application_data: None,
                    }));
                    return;
                }
                let revision = self.items[&id].revision + 1;
                let stored = Stored { text: name_of(&change.application_data), revision };
                self.items.insert(id.clone(), stored.clone());
                has.insert(id, stored);
            }
            ClientCommand::Delete(delete) => {
                self.items.remove(delete.server_id.as_str());
                has.remove(delete.server_id.as_str());
            }
            ClientCommand::Fetch(_) => {}
        }
    }
}

fn name_of(data: &Fragment<'_>) -> String {
    data.decode::<Contact<'_>>().unwrap().file_as.unwrap().into_owned()
}

/// The items that differ.
fn changes(has: &Items, items: &Items) -> Vec<String> {
    let mut all: Vec<&String> = has.keys().chain(items.keys()).collect();
    all.sort();
    all.dedup();
    all.into_iter().filter(|id| has.get(*id) != items.get(*id)).cloned().collect()
}

fn command(class: &Class<'_>, id: &str, before: &Items, now: Option<&Stored>) -> ServerCommand<'static> {
    let server_id = ServerId::from(id.to_owned());
    let Some(stored) = now else { return ServerCommand::Delete(ServerDelete { class: None, server_id }) };
    let application_data = data(class, &stored.text);
    if before.contains_key(id) {
        ServerCommand::Change(ServerChange { class: None, server_id, application_data })
    } else {
        ServerCommand::Add(ServerAdd { class: None, server_id, application_data })
    }
}

/// An item of a text: the name of a contact, the MIME of a message.
pub(crate) fn data(class: &Class<'_>, text: &str) -> Fragment<'static> {
    use activesync_client::types::airsyncbase::{Body, BodyType};
    if *class == Class::Contacts {
        let contact =
            Contact { file_as: Some(text.into()), last_name: Some(text.into()), ..Contact::default() };
        return Fragment::from_value(&contact, None).unwrap();
    }
    let email = Email {
        subject: Some(text.into()),
        body: Some(Body::new(BodyType::Mime, format!("Subject: {text}\r\n\r\n{text}\r\n"))),
        ..Email::default()
    };
    Fragment::from_value(&email, None).unwrap()
}
