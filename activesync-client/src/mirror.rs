//! Folders kept as files: messages as `.eml`, contacts as `.vcf`, events as `.ics`.
//!
//! Each folder of the mailbox is a directory, each item a file that is named after its identifier. A file is
//! complete or not there: it is written under another name, made durable, and renamed. Only when all files of a
//! window are durable does the state move on, and a window that is sent again writes the same files again. So a
//! program can be killed at any point, and nothing is lost or doubled.
//!
//! Directories nest as folders do, twelve deep; folders that lie deeper have theirs in the root, with the folder's
//! identifier in the name, since systems do not take longer paths.
//!
//! ```no_run
//! # async fn example(client: activesync_client::Client) -> Result<(), activesync_client::Error> {
//! use activesync_client::mirror::Mirror;
//!
//! let folders = client.folders().await?;
//! let mirror = Mirror::open(&client, "mail").await?;
//! mirror.arrange(&folders).await?;
//! let tally = mirror.sync(&folders, &folders.inbox()?, |_| ()).await?;
//! println!("{} new, {} changed, {} deleted", tally.added, tally.changed, tally.deleted);
//! # Ok(())
//! # }
//! ```

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use activesync_types::folder_hierarchy::FolderType;
use activesync_types::{Class, ServerId};
use wbxml::ProtocolVersion;

use crate::client::Client;
use crate::error::{Error, Result};
use crate::folders::{Folder, Folders};
use crate::records;
use crate::state::{StateError, Table};
use crate::sync::{Change, Window};

use content::Content;
use files::FileChange;
use journal::Journal;
use layout::{Layout, RootMarker};

mod content;
mod eml;
mod files;
mod journal;
mod layout;
mod names;

/// A directory with the items of a mailbox as files.
#[derive(Clone, Debug)]
pub struct Mirror {
    client: Client,
    root: PathBuf,
    /// Which copy this is: the keys in the state speak of one.
    replica: String,
    layout: Arc<Mutex<Layout>>,
    window: u32,
}

/// What synchronizing a folder did to the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// New files.
    pub added: u64,
    /// Items that changed. Their files are written anew, but for messages of which only the marks changed.
    pub changed: u64,
    /// Files that are gone.
    pub deleted: u64,
    /// Bytes written.
    pub bytes: u64,
    /// Items that could not be written as files, or not whole, and why.
    pub failed: Vec<Failure>,
}

/// An item that could not be written as a file, or not whole. The others are not held up by it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// The item.
    pub item: ServerId<'static>,
    /// Why.
    pub reason: String,
}

impl Tally {
    /// Changes of any kind.
    pub fn changes(&self) -> u64 {
        self.added + self.changed + self.deleted
    }

    /// Adds what happened in another folder.
    pub fn add(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.deleted += other.deleted;
        self.bytes += other.bytes;
        self.failed.extend(other.failed);
    }
}

/// Whether the items of a folder can be kept as files, and the protocol version lets them be synchronized: drafts
/// before 16.0 must not be (`[MS-ASCMD]` 3.1.5.4), and the Outbox has nothing to offer.
pub fn keeps(version: ProtocolVersion, folder: &Folder) -> bool {
    match folder.folder_type {
        FolderType::Drafts => version >= ProtocolVersion::V16_0,
        FolderType::Outbox | FolderType::RecipientInformationCache => false,
        // What older servers call a mail folder of the user.
        FolderType::UserCreated => true,
        other => matches!(other.class(), Some(Class::Email | Class::Contacts | Class::Calendar)),
    }
}

impl Mirror {
    /// Opens a directory; makes it if it does not exist. On Unix what is made in it is for its owner only (0700 and
    /// 0600, whatever the umask); directories that are there keep their permissions.
    ///
    /// The state of the client goes with one directory. With another one, or one whose marker file
    /// (`.activesync`) is gone, everything is fetched again.
    ///
    /// What else is in the directory stays as it is, but for files in the folders' directories that are named like
    /// items.
    ///
    /// # Errors
    /// [`Error::OtherAccount`] if the directory has the files of another user, or of another server.
    pub async fn open(client: &Client, root: impl Into<PathBuf>) -> Result<Self> {
        let root = root.into();
        let at = root.clone();
        let (root, marked) = blocking(move || layout::open_root(&at)).await?;
        let known = client.account().replica.clone();
        let account = client.account_name();
        let replica = match (known, marked) {
            (Some(known), Some(marked)) if known == marked.replica => known,
            (_, Some(marked)) if marked.account != account => {
                return Err(Error::OtherAccount { path: root, found: marked.account, expected: account });
            }
            _ => {
                let replica = uuid::Uuid::new_v4().simple().to_string();
                client.start_over(true).await?;
                let kept = replica.clone();
                client.update_account(|account| account.replica = Some(kept)).await?;
                // Last of all: if the program ends before, the next one starts over again.
                let (at, marker) = (root.clone(), RootMarker { replica: replica.clone(), account });
                blocking(move || layout::mark_root(&at, &marker)).await?;
                replica
            }
        };
        let directory = root.to_string_lossy().into_owned();
        if client.account().directory.as_ref() != Some(&directory) {
            client.update_account(|account| account.directory = Some(directory)).await?;
        }
        let at = root.clone();
        let layout = blocking(move || Layout::read(&at)).await?;
        Ok(Self { client: client.clone(), root, replica, layout: Arc::new(Mutex::new(layout)), window: 100 })
    }

    /// The most changes to ask for at once: 1 to 512; 100 unless set.
    #[must_use]
    pub fn window(mut self, size: u32) -> Self {
        self.window = size;
        self
    }

    /// The directory that the state of a client goes with, if there is one.
    pub fn last_directory(client: &Client) -> Option<PathBuf> {
        client.account().directory.clone().map(PathBuf::from)
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The directory of a folder, once it was arranged.
    pub fn directory(&self, folder: &Folder) -> Option<PathBuf> {
        self.layout
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .directory(folder.id.as_str())
            .map(Path::to_owned)
    }

    /// Whether a folder can be kept as files: see [`keeps`].
    pub fn keeps(&self, folder: &Folder) -> bool {
        keeps(self.client.version(), folder)
    }

    /// Renames directories as the folders were renamed, and removes the files of folders that are gone.
    pub async fn arrange(&self, folders: &Folders) -> Result<()> {
        let folders: Vec<Folder> = folders.iter().filter(|folder| self.keeps(folder)).cloned().collect();
        let layout = Arc::clone(&self.layout);
        blocking(move || layout.lock().unwrap_or_else(PoisonError::into_inner).arrange(&folders)).await
    }

    /// Synchronizes a folder with its directory. `progress` is called after each item.
    pub async fn sync(
        &self,
        folders: &Folders,
        folder: &Folder,
        progress: impl FnMut(Progress),
    ) -> Result<Tally> {
        let mut tally = Tally::default();
        self.sync_into(folders, folder, &mut tally, progress).await?;
        Ok(tally)
    }

    /// The same, and adds to the tally what was done also if an error or the end of the future comes in between.
    pub async fn sync_into(
        &self,
        folders: &Folders,
        folder: &Folder,
        tally: &mut Tally,
        mut progress: impl FnMut(Progress),
    ) -> Result<()> {
        if !self.keeps(folder) {
            return Err(Error::Setup(format!("the items of {} cannot be kept as files", folder.name)));
        }
        let directory = self.settle(folders, folder).await?;
        let at = directory.clone();
        let mut journal = blocking(move || Journal::open(&at)).await?;
        let mut windows = self.client.sync(folder).window(self.window).windows();
        while let Some(window) = windows.next().await? {
            let (done, left) = self.apply(folder, &directory, window, journal, &mut progress).await?;
            tally.add(done);
            journal = left;
        }
        self.remove_strays(folder, &directory, journal).await
    }

    /// The directory of a folder, made if need be.
    async fn settle(&self, folders: &Folders, folder: &Folder) -> Result<PathBuf> {
        if let Some(directory) = self.directory(folder) {
            return Ok(directory);
        }
        let chain = folders.chain(folder);
        let layout = Arc::clone(&self.layout);
        blocking(move || layout.lock().unwrap_or_else(PoisonError::into_inner).settle(&chain)).await
    }

    /// Makes the changes of a window to the files, which are durable afterwards.
    async fn apply(
        &self,
        folder: &Folder,
        directory: &Path,
        window: Window,
        mut journal: Journal,
        progress: &mut impl FnMut(Progress),
    ) -> Result<(Tally, Journal)> {
        let new = window.changes.iter().filter_map(|change| match change {
            Change::Added(item) => Some(item.id.as_str().to_owned()),
            _ => None,
        });
        journal.expect(new);
        let mut tally = Tally::default();
        let mut changes = Vec::new();
        for change in window.changes {
            match self.plan(folder, change, &mut tally).await {
                Ok(planned) => changes.extend(planned),
                Err((item, Error::Malformed { source, .. })) => {
                    tally.failed.push(Failure { item, reason: source.to_string() });
                }
                Err((_, error)) => return Err(error),
            }
        }
        let written: Vec<u64> = changes.iter().map(FileChange::bytes).collect();
        let directory = directory.to_owned();
        let journal = blocking(move || {
            journal.save()?;
            files::execute(&directory, &changes)?;
            Ok(journal)
        })
        .await?;
        for bytes in written {
            tally.bytes += bytes;
            progress(Progress { items: 1, bytes });
        }
        Ok((tally, journal))
    }

    async fn plan(
        &self,
        folder: &Folder,
        change: Change,
        tally: &mut Tally,
    ) -> Result<Option<FileChange>, (ServerId<'static>, Error)> {
        let (item, new) = match change {
            Change::Added(item) => (item, true),
            Change::Changed(item) => (item, false),
            Change::Deleted(id) | Change::SoftDeleted(id) => {
                tally.deleted += 1;
                return Ok(names::stem(id.as_str()).map(|stem| FileChange::Remove { stem }));
            }
            Change::Uploaded(_) => return Ok(None),
        };
        let Some(stem) = names::stem(item.id.as_str()) else {
            tally
                .failed
                .push(Failure { item: item.id, reason: "its identifier is too long for a file name".into() });
            return Ok(None);
        };
        let content = content::of(&self.client, folder, &item).await;
        let change = match content.map_err(|error| (item.id.clone(), error))? {
            Content::File { extension, bytes, missing } => {
                let of_item = |reason| Failure { item: item.id.clone(), reason };
                tally.failed.extend(missing.into_iter().map(of_item));
                FileChange::Write { stem, extension, bytes }
            }
            Content::MarksOnly => FileChange::Nothing,
            Content::Unknown(class) => {
                let reason = format!("its class is {class:?}");
                tally.failed.push(Failure { item: item.id, reason });
                return Ok(None);
            }
        };
        if new {
            tally.added += 1;
        } else {
            tally.changed += 1;
        }
        Ok(Some(change))
    }

    /// Removes the files of items that are not there any more, without the server having said so: those of an
    /// earlier run that was killed after it wrote them and before the state knew, and all that a directory had
    /// before the folder was fetched into it from the beginning.
    async fn remove_strays(&self, folder: &Folder, directory: &Path, journal: Journal) -> Result<()> {
        let id = folder.id.as_str().to_owned();
        let complete = self.layout.lock().unwrap_or_else(PoisonError::into_inner).is_of(&id, &self.replica);
        let (directory, layout, replica) =
            (directory.to_owned(), Arc::clone(&self.layout), self.replica.clone());
        let suspects = if complete { Some(journal.suspects()) } else { None };
        let known = self.known(id.clone(), suspects).await?;
        blocking(move || {
            if complete {
                files::remove_unless(&directory, &journal.suspects(), &known)?;
            } else {
                files::retain(&directory, &known)?;
                layout.lock().unwrap_or_else(PoisonError::into_inner).belongs_to(&id, &replica)?;
            }
            journal.close()
        })
        .await
    }

    /// The names of the items that the client has, of these or of all.
    async fn known(&self, folder: String, among: Option<Vec<String>>) -> Result<HashSet<String>> {
        self.client
            .with_store(move |store| {
                let Some(among) = among else {
                    let items = records::Item::list(store, &folder)?;
                    return Ok(items.into_iter().filter_map(|(id, _)| names::stem(&id)).collect());
                };
                let mut known = HashSet::new();
                for id in among {
                    if store.get(Table::Item, &folder, &id)?.is_some() {
                        known.extend(names::stem(&id));
                    }
                }
                Ok(known)
            })
            .await
    }
}

/// How far a synchronization has come since the last call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Items that were dealt with.
    pub items: u64,
    /// Bytes that were written.
    pub bytes: u64,
}

async fn blocking<T: Send + 'static>(function: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(function).await {
        Ok(result) => result,
        Err(error) => Err(Error::State(StateError::storage(error))),
    }
}
