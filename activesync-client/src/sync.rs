//! Synchronizing the items of a folder.

use std::sync::{Arc, PoisonError};

use activesync_types::airsyncbase::{BodyPreference, BodyType};
use activesync_types::sync::{Conflict, FilterType, MimeSupport, MimeTruncation, SyncOptions, Truncation};
use activesync_types::{Class, CollectionId};
use wbxml::ProtocolVersion;

use crate::client::Client;
use crate::error::Result;
use crate::folders::Folder;

pub use change::{Change, Item};
pub use changes::Changes;
pub use windows::{Window, Windows};

mod change;
mod changes;
mod windows;

/// How to synchronize a folder: made by [`Client::sync`], carried out by [`changes`](Self::changes) or
/// [`windows`](Self::windows).
#[derive(Clone, Debug)]
#[must_use]
pub struct SyncFolder {
    client: Client,
    folder: Folder,
    window: u32,
    filter: FilterType,
    conflict: Conflict,
    body: Option<BodyType>,
    truncation: Option<u32>,
    deletes_as_moves: bool,
}

impl Client {
    /// Synchronizes a folder: sends the changes that are queued for it, and gets those of the server.
    ///
    /// ```no_run
    /// # async fn example(client: activesync_client::Client) -> Result<(), activesync_client::Error> {
    /// use activesync_client::Change;
    ///
    /// let inbox = client.folders().await?.inbox()?;
    /// let mut changes = client.sync(&inbox).window(100).changes();
    /// while let Some(change) = changes.try_next().await? {
    ///     match change {
    ///         Change::Added(item) => println!("new: {}", item.email()?.subject.unwrap_or_default()),
    ///         Change::Deleted(id) => println!("gone: {id}"),
    ///         other => println!("{other:?}"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn sync(&self, folder: &Folder) -> SyncFolder {
        SyncFolder {
            client: self.clone(),
            folder: folder.clone(),
            window: 100,
            filter: FilterType::All,
            conflict: Conflict::ServerWins,
            body: None,
            truncation: None,
            deletes_as_moves: true,
        }
    }

    /// One task at a time synchronizes a folder: two would use the same key.
    async fn lock_collection(&self, folder: &Folder) -> tokio::sync::OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.inner.collections.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(locks.entry(folder.id.as_str().to_owned()).or_default())
        };
        lock.lock_owned().await
    }
}

impl SyncFolder {
    /// The most changes that the server sends at once: 1 to 512; 100 unless set. More is faster, but a window that
    /// is lost on the way is sent again as a whole.
    pub fn window(mut self, size: u32) -> Self {
        self.window = size.clamp(1, 512);
        self
    }

    /// How old items may be; all unless set. An item that grows too old is [`Change::SoftDeleted`].
    pub fn filter(mut self, filter: FilterType) -> Self {
        self.filter = filter;
        self
    }

    /// Who wins when both sides changed an item; the server unless set.
    pub fn conflict(mut self, conflict: Conflict) -> Self {
        self.conflict = conflict;
        self
    }

    /// The form of bodies. Unless set, mail comes as whole MIME messages ([`BodyType::Mime`]) where the version has
    /// that (from 2.5 on), everything else in plain text. Up to 2.5 there are no other forms.
    pub fn body(mut self, body: BodyType) -> Self {
        self.body = Some(body);
        self
    }

    /// The most bytes of each body, from 12.0 on; all unless set.
    pub fn truncate(mut self, bytes: u32) -> Self {
        self.truncation = Some(bytes);
        self
    }

    /// Whether deleted items go to the folder for deleted items, as they do unless set, or for good.
    pub fn deletes_as_moves(mut self, moves: bool) -> Self {
        self.deletes_as_moves = moves;
        self
    }

    /// The changes, one by one.
    pub fn changes(self) -> Changes {
        Changes::new(self.windows())
    }

    /// The changes in the portions in which the server sends them.
    pub fn windows(self) -> Windows {
        Windows::new(self)
    }

    /// How many changes there are to come, as the server counts.
    pub async fn estimate(self) -> Result<u32> {
        let estimates = self.client.clone().estimate_filtered([(&self.folder, self.filter)]).await?;
        Ok(estimates.first().map_or(0, |estimate| estimate.changes))
    }

    /// What to send of the items, and in what form.
    fn options(&self, version: ProtocolVersion) -> SyncOptions<'static> {
        let mail = self.folder.class() == Class::Email;
        let body = self.body.unwrap_or(if mail { BodyType::Mime } else { BodyType::PlainText });
        let mime = mail && body == BodyType::Mime;
        let options = SyncOptions {
            filter_type: Some(self.filter),
            conflict: Some(self.conflict),
            mime_support: mime.then_some(MimeSupport::Always),
            ..SyncOptions::default()
        };
        if version >= ProtocolVersion::V12_0 {
            let preference = BodyPreference { truncation_size: self.truncation, ..BodyPreference::new(body) };
            return SyncOptions { body_preferences: vec![preference], ..options };
        }
        SyncOptions {
            truncation: Some(Truncation::None),
            mime_truncation: mime.then_some(MimeTruncation::None),
            ..options
        }
    }

    fn collection_id(&self) -> Option<CollectionId<'_>> {
        self.folder.collection_id()
    }
}
