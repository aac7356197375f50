//! The folders of the mailbox.

use activesync_types::folder_hierarchy::{
    self, Changes, FolderCreateRequest, FolderDeleteRequest, FolderSyncRequest, FolderType,
    FolderUpdateRequest,
};
use activesync_types::status::{
    FolderCreateStatus, FolderDeleteStatus, FolderSyncStatus, FolderUpdateStatus, StatusAction,
};
use activesync_types::{
    Class, CollectionId, Command, FolderCreate, FolderDelete, FolderSync, FolderUpdate, GetHierarchy, NoBody,
    ServerId, SyncKey,
};
use wbxml::ProtocolVersion;

use crate::client::Client;
use crate::error::{Error, Result};
use crate::records::{self, Account};
use crate::state::Batch;

/// A folder of the mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Folder {
    /// The server's identifier of it.
    pub id: ServerId<'static>,
    /// The folder that it is in; [`ServerId::ROOT`] for none.
    pub parent: ServerId<'static>,
    /// Its name, unique within the parent.
    pub name: String,
    /// What it is for.
    pub folder_type: FolderType,
    /// Up to 1.0 the server has one folder of contacts and one of events, which have no identifier but their class.
    pub(crate) by_class: bool,
}

impl Folder {
    /// The class of its items; mail where the type does not say.
    pub fn class(&self) -> Class<'static> {
        self.folder_type.class().unwrap_or(Class::Email)
    }

    /// How commands name it; `None` if its class is its name.
    pub fn collection_id(&self) -> Option<CollectionId<'_>> {
        (!self.by_class).then(|| CollectionId::from(self.id.as_str()))
    }

    fn new(folder: folder_hierarchy::Folder<'_>) -> Self {
        Self {
            id: folder.server_id.into_inner().into_owned().into(),
            parent: folder.parent_id.into_inner().into_owned().into(),
            name: folder.display_name.into_owned(),
            folder_type: folder.folder_type,
            by_class: false,
        }
    }

    /// The default folder of a class at version 1.0, where the hierarchy has mail folders only.
    fn of_class(name: &'static str, folder_type: FolderType) -> Self {
        Self {
            id: ServerId::from(name),
            parent: ServerId::ROOT,
            name: name.to_owned(),
            folder_type,
            by_class: true,
        }
    }
}

/// The folders of a mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folders {
    folders: Vec<Folder>,
}

impl Folders {
    /// The Inbox.
    pub fn inbox(&self) -> Result<Folder> {
        self.of_type(FolderType::Inbox, "of type Inbox")
    }

    /// The default calendar.
    pub fn calendar(&self) -> Result<Folder> {
        self.of_type(FolderType::Calendar, "of type Calendar")
    }

    /// The default folder of contacts.
    pub fn contacts(&self) -> Result<Folder> {
        self.of_type(FolderType::Contacts, "of type Contacts")
    }

    /// The folder of a path (`Inbox/Projects`), of a name that only one folder has, or of an identifier. Letter
    /// case does not matter in paths and names.
    pub fn find(&self, name: &str) -> Result<Folder> {
        let wanted = name.trim_matches('/').to_lowercase();
        let by_path = self.folders.iter().find(|folder| self.path(folder).to_lowercase() == wanted);
        let by_id = || self.folders.iter().find(|folder| folder.id == name);
        let by_name = || {
            let mut named = self.folders.iter().filter(|folder| folder.name.to_lowercase() == wanted);
            named.next().filter(|_| named.next().is_none())
        };
        by_path.or_else(by_name).or_else(by_id).cloned().ok_or_else(|| self.missing(name))
    }

    /// The names of the folders from the root down to this one, with `/` between them.
    pub fn path(&self, folder: &Folder) -> String {
        self.chain(folder).iter().map(|folder| folder.name.as_str()).collect::<Vec<_>>().join("/")
    }

    /// The folders from the root down to this one.
    pub(crate) fn chain(&self, folder: &Folder) -> Vec<Folder> {
        let mut chain = vec![folder.clone()];
        let mut parent = &folder.parent;
        // A hierarchy that the server makes a circle of must not hold us.
        for _ in 0..self.folders.len() {
            let Some(above) = self.folders.iter().find(|above| above.id == *parent) else { break };
            chain.push(above.clone());
            parent = &above.parent;
        }
        chain.reverse();
        chain
    }

    /// All folders, in the order of their paths.
    pub fn iter(&self) -> std::slice::Iter<'_, Folder> {
        self.folders.iter()
    }

    fn new(folders: Vec<Folder>) -> Self {
        let mut all = Self { folders };
        let order: Vec<String> = all.folders.iter().map(|folder| all.path(folder).to_lowercase()).collect();
        let mut sorted: Vec<_> = order.into_iter().zip(std::mem::take(&mut all.folders)).collect();
        sorted.sort_by(|(one, a), (other, b)| one.cmp(other).then_with(|| a.id.cmp(&b.id)));
        all.folders = sorted.into_iter().map(|(_, folder)| folder).collect();
        all
    }

    fn of_type(&self, folder_type: FolderType, name: &str) -> Result<Folder> {
        let found = self.folders.iter().find(|folder| folder.folder_type == folder_type);
        found.cloned().ok_or_else(|| self.missing(name))
    }

    fn missing(&self, name: &str) -> Error {
        Error::NoFolder {
            name: name.to_owned(),
            known: self.folders.iter().map(|folder| self.path(folder)).collect(),
        }
    }
}

impl<'a> IntoIterator for &'a Folders {
    type Item = &'a Folder;
    type IntoIter = std::slice::Iter<'a, Folder>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Folders {
    type Item = Folder;
    type IntoIter = std::vec::IntoIter<Folder>;

    fn into_iter(self) -> Self::IntoIter {
        self.folders.into_iter()
    }
}

impl Client {
    /// The folders, synchronized with the server: it sends what has changed since last time.
    pub async fn folders(&self) -> Result<Folders> {
        let _one_at_a_time = self.inner.hierarchy.lock().await;
        self.synchronize_hierarchy().await
    }

    /// The folders as they were when they were last synchronized, without asking the server.
    pub async fn known_folders(&self) -> Result<Folders> {
        Ok(Folders::new(self.with_store(records::load_folders).await?))
    }

    async fn synchronize_hierarchy(&self) -> Result<Folders> {
        if self.version() < ProtocolVersion::V2_0 {
            return self.get_hierarchy().await;
        }
        let mut started_over = false;
        loop {
            let key = self.account().folder_key.clone();
            let answer =
                match self.send::<FolderSync>(&FolderSyncRequest::new(SyncKey::from(key.as_str()))).await {
                    // Its state is reset: what follows is a first synchronization.
                    Err(Error::StartOver { .. }) if !started_over => {
                        started_over = true;
                        continue;
                    }
                    answer => answer?,
                };
            let resync = matches!(answer.status.action(), StatusAction::FolderResync | StatusAction::Resync);
            if resync && key != SyncKey::INITIAL.as_str() {
                self.update_account(Account::start_over).await?;
                continue;
            }
            if answer.status != FolderSyncStatus::Success {
                return Err(Error::status(FolderSync::NAME, answer.status.info()));
            }
            let before = self.known_folders().await?;
            let first = key == SyncKey::INITIAL.as_str();
            let after = merge(&before, answer.changes.unwrap_or_default(), first);
            let next = answer.sync_key.map(|key| key.as_str().to_owned());
            self.save_hierarchy(&before, &after, next).await?;
            return Ok(Folders::new(after));
        }
    }

    async fn get_hierarchy(&self) -> Result<Folders> {
        let answer = self.send::<GetHierarchy>(&NoBody).await?;
        let before = self.known_folders().await?;
        let mut after: Vec<Folder> = answer
            .folders
            .into_iter()
            .map(|folder| {
                let folder_hierarchy::HierarchyFolder { server_id, parent_id, display_name, folder_type } =
                    folder;
                Folder::new(folder_hierarchy::Folder { server_id, parent_id, display_name, folder_type })
            })
            .collect();
        for (name, folder_type) in [("Calendar", FolderType::Calendar), ("Contacts", FolderType::Contacts)] {
            if !after.iter().any(|folder| folder.folder_type == folder_type) {
                after.push(Folder::of_class(name, folder_type));
            }
        }
        self.save_hierarchy(&before, &after, None).await?;
        Ok(Folders::new(after))
    }

    /// Keeps the folders and the key that goes with them. What is known of a folder that is gone goes with it.
    async fn save_hierarchy(&self, before: &Folders, after: &[Folder], key: Option<String>) -> Result<()> {
        let mut batch = Batch::new();
        for gone in before.iter().filter(|folder| !after.iter().any(|other| other.id == folder.id)) {
            records::remove_folder(&mut batch, gone.id.as_str());
        }
        for folder in after.iter().filter(|folder| !before.folders.contains(folder)) {
            records::save_folder(&mut batch, folder);
        }
        match key {
            Some(key) => self.update_account_with(batch, |account| account.folder_key = key).await,
            None => self.write(batch).await,
        }
    }

    /// Makes a folder for items of a class; `parent` is [`ServerId::ROOT`] or the identifier of a folder.
    ///
    /// # Errors
    /// [`Error::Status`] with what [`FolderCreateStatus`] says, [`Error::NotInVersion`] before 2.0.
    pub async fn create_folder(
        &self,
        parent: &ServerId<'_>,
        name: &str,
        folder_type: FolderType,
    ) -> Result<Folder> {
        let _one_at_a_time = self.inner.hierarchy.lock().await;
        let key = self.hierarchy_key().await?;
        let answer = self
            .send::<FolderCreate>(&FolderCreateRequest {
                sync_key: SyncKey::from(key.as_str()),
                parent_id: parent.borrowed(),
                display_name: name.into(),
                folder_type,
            })
            .await?;
        if answer.status != FolderCreateStatus::Success {
            return Err(Error::status(FolderCreate::NAME, answer.status.info()));
        }
        let Some(id) = answer.server_id else {
            let fault = "it has no identifier of the new folder".into();
            return Err(Error::Unexpected { command: FolderCreate::NAME, fault });
        };
        let folder = Folder {
            id,
            parent: ServerId::from(parent.as_str().to_owned()),
            name: name.to_owned(),
            folder_type,
            by_class: false,
        };
        let mut after = self.known_folders().await?.folders;
        let before = Folders { folders: after.clone() };
        after.push(folder.clone());
        self.save_hierarchy(&before, &after, answer.sync_key.map(|key| key.as_str().to_owned())).await?;
        Ok(folder)
    }

    /// Renames a folder.
    ///
    /// # Errors
    /// [`Error::Status`] with what [`FolderUpdateStatus`] says, [`Error::NotInVersion`] before 2.0.
    pub async fn rename_folder(&self, folder: &Folder, name: &str) -> Result<Folder> {
        self.update_folder(Folder { name: name.to_owned(), ..folder.clone() }).await
    }

    /// Puts a folder into another one, or with [`ServerId::ROOT`] into none.
    ///
    /// # Errors
    /// As for [`rename_folder`](Self::rename_folder).
    pub async fn move_folder(&self, folder: &Folder, parent: &ServerId<'_>) -> Result<Folder> {
        let parent = ServerId::from(parent.as_str().to_owned());
        self.update_folder(Folder { parent, ..folder.clone() }).await
    }

    async fn update_folder(&self, folder: Folder) -> Result<Folder> {
        let _one_at_a_time = self.inner.hierarchy.lock().await;
        let key = self.hierarchy_key().await?;
        let answer = self
            .send::<FolderUpdate>(&FolderUpdateRequest {
                sync_key: SyncKey::from(key.as_str()),
                server_id: folder.id.borrowed(),
                parent_id: folder.parent.borrowed(),
                display_name: folder.name.as_str().into(),
            })
            .await?;
        if answer.status != FolderUpdateStatus::Success {
            return Err(Error::status(FolderUpdate::NAME, answer.status.info()));
        }
        let before = self.known_folders().await?;
        let mut after = before.folders.clone();
        after.retain(|other| other.id != folder.id);
        after.push(folder.clone());
        self.save_hierarchy(&before, &after, answer.sync_key.map(|key| key.as_str().to_owned())).await?;
        Ok(folder)
    }

    /// Deletes a folder, and all that is in it.
    ///
    /// # Errors
    /// [`Error::Status`] with what [`FolderDeleteStatus`] says, [`Error::NotInVersion`] before 2.0.
    pub async fn delete_folder(&self, folder: &Folder) -> Result<()> {
        let _one_at_a_time = self.inner.hierarchy.lock().await;
        let key = self.hierarchy_key().await?;
        let request =
            FolderDeleteRequest { sync_key: SyncKey::from(key.as_str()), server_id: folder.id.borrowed() };
        let answer = self.send::<FolderDelete>(&request).await?;
        if answer.status != FolderDeleteStatus::Success {
            return Err(Error::status(FolderDelete::NAME, answer.status.info()));
        }
        let before = self.known_folders().await?;
        let mut after = before.folders.clone();
        remove_with_children(&mut after, &folder.id);
        self.save_hierarchy(&before, &after, answer.sync_key.map(|key| key.as_str().to_owned())).await
    }

    /// The key of the hierarchy, which has to be synchronized before it can be changed.
    async fn hierarchy_key(&self) -> Result<String> {
        let version = self.version();
        if version < ProtocolVersion::V2_0 {
            return Err(Error::NotInVersion { what: "commands that change folders", version });
        }
        if self.account().folder_key == SyncKey::INITIAL.as_str() {
            self.synchronize_hierarchy().await?;
        }
        Ok(self.account().folder_key.clone())
    }
}

/// The folders after the server's changes; with `first` it sent all that there are.
fn merge(before: &Folders, changes: Changes<'_>, first: bool) -> Vec<Folder> {
    let mut folders = if first { Vec::new() } else { before.folders.clone() };
    for folder in changes.adds.into_iter().chain(changes.updates) {
        let folder = Folder::new(folder);
        folders.retain(|known| known.id != folder.id);
        folders.push(folder);
    }
    for gone in changes.deletes {
        folders.retain(|known| known.id.as_str() != gone.server_id.as_str());
    }
    folders
}

fn remove_with_children(folders: &mut Vec<Folder>, id: &ServerId<'_>) {
    let mut gone = vec![ServerId::from(id.as_str().to_owned())];
    while let Some(id) = gone.pop() {
        folders.retain(|folder| {
            if folder.parent == id && folder.id != id {
                gone.push(folder.id.clone());
            }
            folder.id != id && folder.parent != id
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(id: &'static str, parent: &'static str, name: &str, folder_type: FolderType) -> Folder {
        Folder {
            id: ServerId::from(id),
            parent: ServerId::from(parent),
            name: name.into(),
            folder_type,
            by_class: false,
        }
    }

    fn some() -> Folders {
        Folders::new(vec![
            folder("1", "0", "Inbox", FolderType::Inbox),
            folder("2", "1", "Projects", FolderType::UserMail),
            folder("3", "0", "Contacts", FolderType::Contacts),
            folder("4", "2", "Old", FolderType::UserMail),
            folder("5", "0", "old", FolderType::UserMail),
        ])
    }

    #[test]
    fn folders_are_found_by_path_name_and_identifier() {
        let folders = some();
        let paths: Vec<_> = folders.iter().map(|folder| folders.path(folder)).collect();
        assert_eq!(paths, ["Contacts", "Inbox", "Inbox/Projects", "Inbox/Projects/Old", "old"]);
        for (name, id) in [
            ("inbox", "1"),
            ("PROJECTS", "2"),
            ("Inbox/Projects/", "2"),
            ("inbox/projects/old", "4"),
            ("Old", "5"),
            ("3", "3"),
        ] {
            assert_eq!(folders.find(name).unwrap().id, id, "{name}");
        }
        let error = folders.find("Outbox").unwrap_err().to_string();
        assert_eq!(
            error,
            "there is no folder Outbox; there are: Contacts, Inbox, Inbox/Projects, Inbox/Projects/Old, old"
        );
        assert_eq!(folders.contacts().unwrap().class(), Class::Contacts);
        assert!(folders.calendar().is_err());
    }

    #[test]
    fn a_hierarchy_in_a_circle_has_paths_all_the_same() {
        let folders = Folders::new(vec![
            folder("1", "2", "A", FolderType::UserMail),
            folder("2", "1", "B", FolderType::UserMail),
        ]);
        assert_eq!(folders.iter().count(), 2);
        let mut all = folders.folders;
        remove_with_children(&mut all, &ServerId::from("1"));
        assert_eq!(all, []);
    }

    #[test]
    fn children_go_with_their_parents() {
        let mut folders = some().folders;
        remove_with_children(&mut folders, &ServerId::from("1"));
        let left: Vec<_> = folders.iter().map(|folder| folder.id.as_str()).collect();
        assert_eq!(left, ["3", "5"]);
    }
}
