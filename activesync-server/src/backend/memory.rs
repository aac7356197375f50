//! A backend that forgets: for tests of what sits on top of the trait.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use activesync_types::folder_hierarchy::FolderType;
use jiff::Timestamp;

use super::{
    Backend, BackendError, Content, EmailMarks, Folder, FolderId, Item, ItemChange, ItemId, Mailbox, Present,
    Result, Revision, Snapshot, UserId,
};
use crate::push::{ChangeHub, Changed};

/// One user, whose name is `ada`, with any password.
pub(crate) struct Memory {
    data: Mutex<Data>,
    /// How many items there is room for.
    room: usize,
    hub: OnceLock<Arc<ChangeHub>>,
}

#[derive(Clone, Default)]
struct Data {
    revision: u64,
    hierarchy_revision: u64,
    last_id: u64,
    folders: BTreeMap<FolderId, Folder>,
    items: BTreeMap<(FolderId, ItemId), Stored>,
    tombstones: BTreeMap<(FolderId, ItemId), Revision>,
    states: BTreeMap<Vec<u8>, Vec<u8>>,
}

#[derive(Clone)]
struct Stored {
    revision: Revision,
    content_revision: Revision,
    content: Arc<Content>,
}

impl Memory {
    pub(crate) fn new() -> Self {
        let memory = Self { data: Mutex::default(), room: usize::MAX, hub: OnceLock::new() };
        let mut mailbox = memory.open(&UserId::new("ada")).unwrap();
        for (name, kind) in [
            ("Inbox", FolderType::Inbox),
            ("Deleted Items", FolderType::DeletedItems),
            ("Calendar", FolderType::Calendar),
            ("Contacts", FolderType::Contacts),
            ("Tasks", FolderType::Tasks),
        ] {
            mailbox.create_folder(None, name, kind).unwrap();
        }
        mailbox.commit().unwrap();
        memory
    }

    /// With room for so many items and no more.
    pub(crate) fn with_room(room: usize) -> Self {
        Self { room, ..Self::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Data> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Backend for Memory {
    fn authenticate(&self, name: &str, _: &str) -> Result<Option<UserId>> {
        Ok((name == "ada").then(|| UserId::new("ada")))
    }

    fn resolve(&self, address: &str) -> Result<Option<UserId>> {
        Ok((address == "ada@example.org").then(|| UserId::new("ada")))
    }

    fn snapshot(&self, _: &UserId) -> Result<Box<dyn Snapshot + '_>> {
        let data = self.lock().clone();
        Ok(Box::new(Work { guard: None, room: self.room, hub: None, data, changed: Changed::default() }))
    }

    fn open(&self, user: &UserId) -> Result<Box<dyn Mailbox + '_>> {
        let guard = self.lock();
        let data = guard.clone();
        let hub = self.hub.get().map(|hub| (Arc::clone(hub), user.clone()));
        Ok(Box::new(Work { guard: Some(guard), room: self.room, hub, data, changed: Changed::default() }))
    }

    fn attach(&self, hub: Arc<ChangeHub>) -> Result<()> {
        self.hub.get_or_init(|| hub);
        Ok(())
    }
}

struct Work<'m> {
    guard: Option<MutexGuard<'m, Data>>,
    room: usize,
    hub: Option<(Arc<ChangeHub>, UserId)>,
    data: Data,
    changed: Changed,
}

impl Work<'_> {
    fn next(&mut self, folder: FolderId) -> Revision {
        self.changed.folders.insert(folder);
        self.data.revision += 1;
        Revision(self.data.revision)
    }

    fn next_of_hierarchy(&mut self) -> Revision {
        self.changed.hierarchy = true;
        self.data.revision += 1;
        self.data.hierarchy_revision = self.data.revision;
        Revision(self.data.revision)
    }

    fn next_id(&mut self) -> u64 {
        self.data.last_id += 1;
        self.data.last_id
    }

    fn stored(&self, folder: FolderId, item: ItemId) -> Result<&Stored> {
        self.data.items.get(&(folder, item)).ok_or(BackendError::NoItem(folder, item))
    }

    fn present(&self, folder: FolderId) -> impl Iterator<Item = ItemChange> + '_ {
        let of_folder = move |((of, item), stored): (&(FolderId, ItemId), &Stored)| {
            (*of == folder).then(|| change(*item, stored))
        };
        self.data.items.iter().filter_map(of_folder)
    }

    fn check_parent(&self, folder: Option<FolderId>, parent: Option<FolderId>) -> Result<()> {
        let mut above = parent;
        while let Some(id) = above {
            if Some(id) == folder {
                return Err(BackendError::NoParent(id));
            }
            above = self.data.folders.get(&id).ok_or(BackendError::NoParent(id))?.parent;
        }
        Ok(())
    }

    fn check_name(&self, folder: Option<FolderId>, parent: Option<FolderId>, name: &str) -> Result<()> {
        let clash = |other: &Folder| {
            other.parent == parent
                && other.name.to_lowercase() == name.to_lowercase()
                && Some(other.id) != folder
        };
        if self.data.folders.values().any(clash) {
            return Err(BackendError::NameTaken(name.to_owned()));
        }
        Ok(())
    }

    fn check_own(&self, folder: FolderId) -> Result<()> {
        let found = self.data.folders.get(&folder).ok_or(BackendError::NoFolder(folder))?;
        if found.kind.is_user_created() { Ok(()) } else { Err(BackendError::GivenFolder(folder)) }
    }
}

fn change(item: ItemId, stored: &Stored) -> ItemChange {
    let content = &stored.content;
    let present =
        Present { kind: content.kind(), content_revision: stored.content_revision, date: content.date() };
    ItemChange { item, revision: stored.revision, present: Some(present) }
}

impl Snapshot for Work<'_> {
    fn replica(&self) -> u128 {
        0xef23_694f_89d8_6f40_bad1_e46d_8341_5b4a
    }

    fn address(&self) -> &'static str {
        "ada@example.org"
    }

    fn display_name(&self) -> &'static str {
        "Ada"
    }

    fn folders(&self) -> Result<Vec<Folder>> {
        let mut sorted: Vec<Folder> = Vec::new();
        let mut left: Vec<Folder> = self.data.folders.values().cloned().collect();
        while !left.is_empty() {
            let is_ready =
                |folder: &Folder| folder.parent.is_none_or(|id| sorted.iter().any(|above| above.id == id));
            let (ready, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(is_ready);
            sorted.extend(ready);
            left = rest;
        }
        Ok(sorted)
    }

    fn folder(&self, id: FolderId) -> Result<Option<Folder>> {
        Ok(self.data.folders.get(&id).cloned())
    }

    fn hierarchy_revision(&self) -> Result<Revision> {
        Ok(Revision(self.data.hierarchy_revision))
    }

    fn revision(&self, folder: FolderId) -> Result<Revision> {
        let buried =
            self.data.tombstones.iter().filter(|((of, _), _)| *of == folder).map(|(_, revision)| *revision);
        Ok(self.present(folder).map(|change| change.revision).chain(buried).max().unwrap_or_default())
    }

    fn item(&self, folder: FolderId, item: ItemId) -> Result<Option<Item>> {
        let found = self.data.items.get(&(folder, item));
        Ok(found.map(|stored| Item {
            id: item,
            revision: stored.revision,
            content: (*stored.content).clone(),
        }))
    }

    fn summary(&self, folder: FolderId, item: ItemId) -> Result<Option<ItemChange>> {
        Ok(self.data.items.get(&(folder, item)).map(|stored| change(item, stored)))
    }

    fn changes(&self, folder: FolderId, after: Revision, limit: usize) -> Result<Vec<ItemChange>> {
        let buried = self.data.tombstones.iter().filter(|((of, _), _)| *of == folder);
        let buried = buried.map(|((_, item), revision)| ItemChange {
            item: *item,
            revision: *revision,
            present: None,
        });
        let mut changes: Vec<_> =
            self.present(folder).chain(buried).filter(|change| change.revision > after).collect();
        changes.sort_by_key(|change| change.revision);
        changes.truncate(limit);
        Ok(changes)
    }

    fn backlog(&self, folder: FolderId, before: Revision, limit: usize) -> Result<Vec<ItemChange>> {
        let mut items: Vec<_> = self.present(folder).filter(|change| change.revision < before).collect();
        items.sort_by_key(|change| std::cmp::Reverse(change.revision));
        items.truncate(limit);
        Ok(items)
    }

    fn dated(
        &self,
        folder: FolderId,
        after: (Timestamp, ItemId),
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<ItemChange>> {
        let key = |change: &ItemChange| {
            change.present.and_then(|present| present.date).map(|date| (date, change.item))
        };
        let is_between = |at: (Timestamp, ItemId)| at > after && at.0 < until;
        let mut items: Vec<_> =
            self.present(folder).filter(|change| key(change).is_some_and(is_between)).collect();
        items.sort_by_key(key);
        items.truncate(limit);
        Ok(items)
    }

    fn count(&self, folder: FolderId) -> Result<u64> {
        Ok(self.present(folder).count() as u64)
    }

    fn state(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.data.states.get(key).cloned())
    }

    fn states(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let states = self.data.states.range(prefix.to_vec()..).take_while(|(key, _)| key.starts_with(prefix));
        let states = states.filter(|(key, _)| after.is_none_or(|after| key.as_slice() > after));
        Ok(states.take(limit).map(|(key, value)| (key.clone(), value.clone())).collect())
    }
}

impl Mailbox for Work<'_> {
    fn create_folder(&mut self, parent: Option<FolderId>, name: &str, kind: FolderType) -> Result<FolderId> {
        self.check_parent(None, parent)?;
        self.check_name(None, parent, name)?;
        let (id, revision) = (FolderId(self.next_id()), self.next_of_hierarchy());
        self.data.folders.insert(id, Folder { id, parent, name: name.to_owned(), kind, revision });
        Ok(id)
    }

    fn update_folder(&mut self, folder: FolderId, parent: Option<FolderId>, name: &str) -> Result<()> {
        self.check_own(folder)?;
        self.check_parent(Some(folder), parent)?;
        self.check_name(Some(folder), parent, name)?;
        let revision = self.next_of_hierarchy();
        let found = self.data.folders.get_mut(&folder).ok_or(BackendError::NoFolder(folder))?;
        (found.parent, found.name, found.revision) = (parent, name.to_owned(), revision);
        Ok(())
    }

    fn delete_folder(&mut self, folder: FolderId) -> Result<()> {
        self.check_own(folder)?;
        self.next_of_hierarchy();
        let mut gone = vec![folder];
        while let Some(id) = gone.pop() {
            gone.extend(
                self.data.folders.values().filter(|inner| inner.parent == Some(id)).map(|inner| inner.id),
            );
            self.data.folders.remove(&id);
            self.data.items.retain(|(of, _), _| *of != id);
            self.data.tombstones.retain(|(of, _), _| *of != id);
            self.changed.folders.insert(id);
        }
        Ok(())
    }

    fn create_item(&mut self, folder: FolderId, content: &Content) -> Result<(ItemId, Revision)> {
        if !self.data.folders.contains_key(&folder) {
            return Err(BackendError::NoFolder(folder));
        }
        if self.data.items.len() >= self.room {
            return Err(BackendError::Full);
        }
        let (item, revision) = (ItemId(self.next_id()), self.next(folder));
        let stored = Stored { revision, content_revision: revision, content: Arc::new(content.clone()) };
        self.data.items.insert((folder, item), stored);
        Ok((item, revision))
    }

    fn update_item(&mut self, folder: FolderId, item: ItemId, content: &Content) -> Result<Revision> {
        if self.stored(folder, item)?.content.kind() != content.kind() {
            return Err(BackendError::OtherClass(folder, item));
        }
        let revision = self.next(folder);
        let stored = Stored { revision, content_revision: revision, content: Arc::new(content.clone()) };
        self.data.items.insert((folder, item), stored);
        Ok(revision)
    }

    fn mark_email(&mut self, folder: FolderId, item: ItemId, marks: &EmailMarks) -> Result<Revision> {
        let stored = self.stored(folder, item)?.clone();
        let Content::Email(email) = &*stored.content else {
            return Err(BackendError::OtherClass(folder, item));
        };
        let mut email = email.clone();
        email.marks = marks.clone();
        let revision = self.next(folder);
        let stored = Stored { revision, content: Arc::new(Content::Email(email)), ..stored };
        self.data.items.insert((folder, item), stored);
        Ok(revision)
    }

    fn delete_item(&mut self, folder: FolderId, item: ItemId) -> Result<Revision> {
        self.stored(folder, item)?;
        let revision = self.next(folder);
        self.data.items.remove(&(folder, item));
        self.data.tombstones.insert((folder, item), revision);
        Ok(revision)
    }

    fn move_item(&mut self, from: FolderId, item: ItemId, to: FolderId) -> Result<ItemId> {
        if !self.data.folders.contains_key(&to) {
            return Err(BackendError::NoFolder(to));
        }
        let stored = self.stored(from, item)?.clone();
        if from != to {
            self.delete_item(from, item)?;
            self.data.tombstones.remove(&(to, item));
            let revision = self.next(to);
            self.data.items.insert((to, item), Stored { revision, content_revision: revision, ..stored });
        }
        Ok(item)
    }

    fn set_state(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.data.states.insert(key.to_vec(), value.to_vec());
        Ok(())
    }

    fn remove_state(&mut self, key: &[u8]) -> Result<()> {
        self.data.states.remove(key);
        Ok(())
    }

    fn remove_states(&mut self, prefix: &[u8]) -> Result<()> {
        self.data.states.retain(|key, _| !key.starts_with(prefix));
        Ok(())
    }

    fn commit(mut self: Box<Self>) -> Result<()> {
        if let Some(guard) = &mut self.guard {
            **guard = std::mem::take(&mut self.data);
        }
        self.guard = None;
        if let Some((hub, user)) = &self.hub {
            hub.announce(user, &self.changed);
        }
        Ok(())
    }
}
