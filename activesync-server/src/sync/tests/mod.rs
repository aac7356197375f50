//! The engine on both backends, and a device to go with it.

use std::collections::{BTreeMap, BTreeSet};

use activesync_types::contacts::Contact;
use activesync_types::email;
use activesync_types::folder_hierarchy::FolderType;
use activesync_types::status::SyncStatus;
use activesync_types::sync::{
    ClientAdd, ClientChange, ClientCommand, ClientDelete, Collection, CollectionResponse, CommandResponse,
    Conflict, ServerAdd, ServerChange, ServerCommand, SyncOptions,
};
use activesync_types::{ClientId, CollectionId, ServerId, SyncKey};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use wbxml::{Encode, Flag, Fragment, ProtocolVersion};

use super::*;
use crate::backend::memory::Memory;
use crate::backend::{Backend, Content, Email, FolderId, ItemId, Mailbox, UserId};
use crate::store::Store;

mod ageing;
mod answers;
mod conflicts;
mod events;
mod folders;
mod items;
mod model;
mod moves;
mod windows;

const V: ProtocolVersion = ProtocolVersion::V16_1;

/// A mailbox, and what the clock says.
struct World {
    backend: Box<dyn Backend>,
    user: UserId,
    now: Timestamp,
    _directory: Option<TempDir>,
}

/// A test has to pass on both backends.
fn on_both(test: impl Fn(&mut World)) {
    test(&mut World::memory());
    test(&mut World::sqlite());
}

impl World {
    fn memory() -> Self {
        let now = "2024-07-31T10:00:00Z".parse().unwrap();
        Self { backend: Box::new(Memory::new()), user: UserId::new("ada"), now, _directory: None }
    }

    fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let user = store.add_user(&crate::store::NewUser::named("ada"), "").unwrap();
        Self { backend: Box::new(store), user, _directory: Some(directory), ..Self::memory() }
    }

    fn pass(&mut self, hours: i64) {
        self.now += SignedDuration::from_hours(hours);
    }

    /// Something that happens on the server, at once.
    fn work<T>(&self, work: impl FnOnce(&mut dyn Mailbox) -> T) -> T {
        let mut mailbox = self.backend.open(&self.user).unwrap();
        let done = work(&mut *mailbox);
        mailbox.commit().unwrap();
        done
    }

    fn folder(&self, kind: FolderType) -> FolderId {
        let mailbox = self.backend.snapshot(&self.user).unwrap();
        mailbox.folders().unwrap().into_iter().find(|folder| folder.kind == kind).unwrap().id
    }

    fn add_contact(&self, name: &str) -> ItemId {
        let contacts = self.folder(FolderType::Contacts);
        self.work(|mailbox| mailbox.create_item(contacts, &person(name)).unwrap().0)
    }

    fn change_contact(&self, item: ItemId, name: &str) {
        let contacts = self.folder(FolderType::Contacts);
        self.work(|mailbox| mailbox.update_item(contacts, item, &person(name)).unwrap());
    }

    fn delete_contact(&self, item: ItemId) {
        let contacts = self.folder(FolderType::Contacts);
        self.work(|mailbox| mailbox.delete_item(contacts, item).unwrap());
    }

    fn add_mail(&self, subject: &str, hours_ago: i64) -> ItemId {
        let inbox = self.folder(FolderType::Inbox);
        let received = self.now - SignedDuration::from_hours(hours_ago);
        let mail =
            Content::Email(Box::new(Email::new(format!("Subject: {subject}\r\n\r\nHello\r\n"), received)));
        self.work(|mailbox| mailbox.create_item(inbox, &mail).unwrap().0)
    }

    /// The names of the contacts on the server.
    fn contacts(&self) -> BTreeMap<ItemId, String> {
        let contacts = self.folder(FolderType::Contacts);
        let mailbox = self.backend.snapshot(&self.user).unwrap();
        let items =
            mailbox.backlog(contacts, crate::backend::Revision(u64::MAX >> 1), usize::MAX >> 1).unwrap();
        items
            .into_iter()
            .map(|change| (change.item, name(&mailbox.item(contacts, change.item).unwrap().unwrap().content)))
            .collect()
    }
}

fn person(name: &str) -> Content {
    Content::Contact(Box::new(Contact { first_name: Some(name.to_owned().into()), ..Contact::default() }))
}

fn name(content: &Content) -> String {
    match content {
        Content::Contact(contact) => contact.first_name.as_deref().unwrap_or_default().to_owned(),
        _ => panic!("no contact"),
    }
}

/// A device that synchronizes one folder.
struct Device {
    id: &'static str,
    version: ProtocolVersion,
    folder: FolderId,
    key: SyncKey<'static>,
    options: SyncOptions<'static>,
    window: Option<u32>,
    /// What it has: a contact's name, or a mail's subject and whether it was read.
    items: BTreeMap<String, String>,
    adds: BTreeMap<String, String>,
    changes: BTreeSet<String>,
    deletes: BTreeSet<String>,
    last_client_id: u32,
}

impl Device {
    fn new(world: &World, id: &'static str, kind: FolderType) -> Self {
        Self {
            id,
            version: V,
            folder: world.folder(kind),
            key: SyncKey::INITIAL,
            options: SyncOptions::default(),
            window: None,
            items: BTreeMap::new(),
            adds: BTreeMap::new(),
            changes: BTreeSet::new(),
            deletes: BTreeSet::new(),
            last_client_id: 0,
        }
    }

    /// A device that has everything.
    fn synchronized(world: &World, id: &'static str, kind: FolderType) -> Self {
        let mut device = Self::new(world, id, kind);
        device.sync_all(world);
        device
    }

    fn add(&mut self, name: &str) -> String {
        self.last_client_id += 1;
        let client_id = format!("{}-{}", self.id, self.last_client_id);
        self.adds.insert(client_id.clone(), name.to_owned());
        client_id
    }

    /// Edits an item that it has.
    fn edit(&mut self, id: &str, name: &str) {
        self.items.insert(id.to_owned(), name.to_owned());
        self.changes.insert(id.to_owned());
    }

    fn delete(&mut self, id: &str) {
        self.items.remove(id);
        self.changes.remove(id);
        self.deletes.insert(id.to_owned());
    }

    /// The identifier of the item that it knows by this name.
    fn id_of(&self, name: &str) -> String {
        self.items.iter().find(|(_, has)| *has == name).unwrap_or_else(|| panic!("no {name}")).0.clone()
    }

    fn names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.items.values().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    fn request(&self) -> Collection<'static> {
        let mut request = Collection::new(self.key.clone(), CollectionId::from(self.folder.to_string()));
        if self.key.is_initial() {
            return request;
        }
        request.window_size = self.window;
        request.options = vec![self.options.clone()];
        request.get_changes = Some(Flag::Empty);
        for (client_id, name) in &self.adds {
            request.commands.push(ClientCommand::Add(ClientAdd {
                class: None,
                client_id: ClientId::from(client_id.clone()),
                send: false,
                application_data: contact_data(name),
            }));
        }
        for id in &self.changes {
            request.commands.push(change_command(id, contact_data(&self.items[id])));
        }
        for id in &self.deletes {
            let delete = ClientDelete { server_id: ServerId::from(id.clone()), instance_id: None };
            request.commands.push(ClientCommand::Delete(delete));
        }
        request
    }

    fn session(&self, world: &World) -> Session<'static> {
        Session { now: world.now, ..Session::new(self.id, self.version) }
    }

    /// The server gets a request; what becomes of the answer is another question.
    fn send(&self, world: &World, request: &Collection<'_>) -> CollectionResponse<'static> {
        self.send_for_news(world, request).response
    }

    fn send_for_news(&self, world: &World, request: &Collection<'_>) -> Synced {
        world.work(|mailbox| {
            sync_collection(mailbox, &self.session(world), request, &mut Budget::default()).unwrap()
        })
    }

    /// A whole Sync; what the server said.
    fn sync(&mut self, world: &World) -> CollectionResponse<'static> {
        let request = self.request();
        let response = self.send(world, &request);
        self.receive(&request, &response);
        response
    }

    /// Until there is nothing left to say.
    fn sync_all(&mut self, world: &World) {
        if self.key.is_initial() {
            self.sync(world);
        }
        for _ in 0..1000 {
            let response = self.sync(world);
            let is_quiet =
                response.commands.is_empty() && response.responses.is_empty() && !response.more_available;
            if is_quiet && self.adds.is_empty() && self.changes.is_empty() && self.deletes.is_empty() {
                return;
            }
        }
        panic!("the server never has enough");
    }

    /// Takes in an answer. Edits since the request stay to be sent.
    fn receive(&mut self, request: &Collection<'_>, response: &CollectionResponse<'static>) {
        assert_eq!(response.status, SyncStatus::Success);
        self.key = response.sync_key.clone();
        let mut refused = BTreeSet::new();
        for answer in &response.responses {
            match answer {
                CommandResponse::Add(add) => {
                    let name = self.adds.remove(add.client_id.as_str()).expect("an addition that was sent");
                    if add.status == SyncStatus::Success {
                        let known = self.items.insert(add.server_id.as_ref().unwrap().to_string(), name);
                        assert_eq!(known, None, "an addition got the identifier of another item");
                    }
                }
                CommandResponse::Change(change) => {
                    assert_ne!(change.status, SyncStatus::Success, "only failures are reported");
                    refused.insert(change.server_id.to_string());
                }
                CommandResponse::Delete(delete) => panic!("{delete:?}"),
                CommandResponse::Fetch(_) => {}
            }
        }
        for command in &request.commands {
            match command {
                ClientCommand::Change(change) => {
                    let id = change.server_id.to_string();
                    let is_as_sent =
                        self.items.get(&id).is_some_and(|has| contact_data(has) == change.application_data);
                    if is_as_sent || refused.contains(&id) {
                        self.changes.remove(&id);
                    }
                }
                ClientCommand::Delete(delete) => {
                    self.deletes.remove(delete.server_id.as_str());
                }
                ClientCommand::Add(_) | ClientCommand::Fetch(_) => {}
            }
        }
        for command in &response.commands {
            self.take(command);
        }
    }

    fn take(&mut self, command: &ServerCommand<'_>) {
        match command {
            ServerCommand::Add(add) => {
                let text = text(&add.application_data, None);
                let known = self.items.insert(add.server_id.to_string(), text);
                assert_eq!(known, None, "{} was added twice", add.server_id);
            }
            ServerCommand::Change(change) => {
                let id = change.server_id.to_string();
                if self.deletes.contains(&id) {
                    return;
                }
                let Some(before) = self.items.get(&id) else {
                    panic!("a change of {id}, which the device does not have")
                };
                // What the user edited since is newer.
                if !self.changes.contains(&id) {
                    let text = text(&change.application_data, Some(before));
                    self.items.insert(id, text);
                }
            }
            ServerCommand::Delete(delete) => self.remove(delete.server_id.as_str()),
            ServerCommand::SoftDelete(delete) => self.remove(delete.server_id.as_str()),
        }
    }

    fn remove(&mut self, id: &str) {
        let known = self.items.remove(id).is_some() || self.deletes.contains(id);
        assert!(known, "{id} is deleted, which the device does not have");
        self.changes.remove(id);
        self.deletes.remove(id);
    }
}

fn contact_data(name: &str) -> Fragment<'static> {
    let contact = Contact { first_name: Some(name.to_owned().into()), ..Contact::default() };
    Fragment::from_value(&contact, Some(V)).unwrap()
}

fn change_command(id: &str, application_data: Fragment<'static>) -> ClientCommand<'static> {
    let server_id = ServerId::from(id.to_owned());
    ClientCommand::Change(ClientChange { server_id, instance_id: None, send: false, application_data })
}

/// What a device shows of an item.
fn text(data: &Fragment<'_>, before: Option<&String>) -> String {
    let contact: Contact<'_> = data.decode().unwrap();
    if let Some(name) = contact.first_name {
        return name.into_owned();
    }
    let mail: email::Email<'_> = data.decode().unwrap();
    let subject = mail.subject.map(std::borrow::Cow::into_owned);
    // A change of the marks alone leaves the rest as it is.
    let subject = subject.or_else(|| Some(before?.split(" (read)").next()?.to_owned())).unwrap_or_default();
    if mail.read == Some(true) { format!("{subject} (read)") } else { subject }
}

/// The items that an answer adds, changes and deletes, by what a device shows of them or by their identifier.
fn told(response: &CollectionResponse<'_>) -> Vec<String> {
    let tell = |command: &ServerCommand<'_>| match command {
        ServerCommand::Add(add) => format!("add {}", text(&add.application_data, None)),
        ServerCommand::Change(change) => format!("change {}", text(&change.application_data, None)),
        ServerCommand::Delete(delete) => format!("delete {}", delete.server_id),
        ServerCommand::SoftDelete(delete) => format!("soft-delete {}", delete.server_id),
    };
    response.commands.iter().map(tell).collect()
}

fn conflict_options(conflict: Conflict) -> SyncOptions<'static> {
    SyncOptions { conflict: Some(conflict), ..SyncOptions::default() }
}

fn data(value: &impl Encode, version: ProtocolVersion) -> Fragment<'static> {
    Fragment::from_value(value, Some(version)).unwrap()
}

/// One command of a device that has everything, and how it went.
fn command(world: &World, device: &Device, command: ClientCommand<'static>) -> CollectionResponse<'static> {
    let request = Collection { commands: vec![command], options: vec![], ..device.request() };
    let response = device.send(world, &request);
    assert_eq!(response.status, SyncStatus::Success);
    response
}

fn item_of(world: &World, folder: FolderId, item: ItemId) -> Content {
    world.backend.snapshot(&world.user).unwrap().item(folder, item).unwrap().unwrap().content
}

fn put(world: &World, kind: FolderType, content: &Content) -> ItemId {
    let folder = world.folder(kind);
    world.work(|mailbox| mailbox.create_item(folder, content).unwrap().0)
}

/// The application data of the only item that a new device gets.
fn only_item(
    world: &World,
    kind: FolderType,
    version: ProtocolVersion,
    options: SyncOptions<'static>,
) -> Fragment<'static> {
    let mut device = Device::new(world, "only", kind);
    (device.version, device.options) = (version, options);
    device.key = device.send(world, &device.request()).sync_key;
    let mut response = device.send(world, &device.request());
    assert_eq!(response.commands.len(), 1);
    match response.commands.remove(0) {
        ServerCommand::Add(add) => add.application_data,
        other => panic!("{other:?}"),
    }
}
