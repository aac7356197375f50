//! The loop that keeps a folder in step with the server.

use std::collections::HashSet;

use activesync_types::status::{StatusAction, StatusInfo, SyncStatus};
use activesync_types::sync::{Collection, CollectionResponse, ServerCommand, SyncRequest};
use activesync_types::{Command, ServerId, Sync};
use wbxml::{Flag, Fragment, IntoOwned, ProtocolVersion};

use super::{Change, Item, SyncFolder};
use crate::client::{Answer, Client};
use crate::error::{Error, Result};
use crate::records;
use crate::state::{Batch, StateError, StateStore, Table};
use crate::upload::{self, LocalChange, Outcome, Uploaded};

/// The changes of a folder, in the portions in which the server sends them.
///
/// Asking for the next window says that the one before is dealt with: only then the state moves past it. A program
/// that ends in between gets the same changes again.
#[derive(Debug)]
#[must_use]
pub struct Windows {
    sync: SyncFolder,
    lock: Option<tokio::sync::OwnedMutexGuard<()>>,
    /// What to write when the last window is dealt with.
    pending: Option<Batch>,
    finished: bool,
    troubles: Troubles,
}

/// What went wrong so far, so that nothing is tried forever.
#[derive(Debug, Default)]
struct Troubles {
    start_overs: u32,
    hierarchy: u32,
    retries: u32,
    idle_rounds: u32,
}

/// Some changes of a folder.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Window {
    /// The changes, at least one.
    pub changes: Vec<Change>,
    /// Whether the server said that there are more.
    pub more_available: bool,
}

/// The most changes of the client's own in one request.
const UPLOADS: usize = 50;

/// How often the server may say "more" without sending anything.
const IDLE_ROUNDS: u32 = 5;

impl Windows {
    pub(super) fn new(sync: SyncFolder) -> Self {
        Self { sync, lock: None, pending: None, finished: false, troubles: Troubles::default() }
    }

    /// The next window; `None` when the server has no more for now.
    ///
    /// # Errors
    /// Whatever goes wrong with a request. The next synchronization goes on where this one was.
    pub async fn next(&mut self) -> Result<Option<Window>> {
        if self.lock.is_none() && !self.finished {
            self.lock = Some(self.sync.client.lock_collection(&self.sync.folder).await);
        }
        self.commit().await?;
        while !self.finished {
            match self.round().await? {
                Some(window) if !window.changes.is_empty() => return Ok(Some(window)),
                _ => self.commit().await?,
            }
        }
        self.lock = None;
        Ok(None)
    }

    /// Moves the state past the window that was given last: what [`next`](Self::next) does first.
    pub async fn commit(&mut self) -> Result<()> {
        if let Some(batch) = &self.pending {
            self.sync.client.write(batch.clone()).await?;
            self.pending = None;
        }
        Ok(())
    }

    /// Makes the server know the collection, if it does not yet: only then it can count what is to come. Gives the
    /// number of changes that came at once, as from servers of 1.0.
    pub(crate) async fn prime(&mut self) -> Result<u32> {
        self.lock = Some(self.sync.client.lock_collection(&self.sync.folder).await);
        let folder = self.sync.folder.id.as_str().to_owned();
        let collection =
            self.sync.client.with_store(move |store| records::Collection::load(store, &folder)).await?;
        if !collection.is_initial() {
            return Ok(0);
        }
        if let Some(window) = self.round().await?.filter(|window| !window.changes.is_empty()) {
            // Nobody is there to deal with them: they come again.
            return Ok(u32::try_from(window.changes.len()).unwrap_or(u32::MAX));
        }
        self.commit().await?;
        Ok(0)
    }

    /// One request and its answer.
    async fn round(&mut self) -> Result<Option<Window>> {
        let client = self.sync.client.clone();
        let folder = self.sync.folder.id.as_str().to_owned();
        let (collection, queue) = client
            .with_store({
                let folder = folder.clone();
                move |store| Ok((records::Collection::load(store, &folder)?, upload::load(store, &folder)?))
            })
            .await?;
        let round = self.prepare(&client, collection, queue).await?;
        let answer = match self.ask(&client, &round).await {
            Ok(answer) => answer,
            Err(Error::StartOver { .. }) if self.troubles.start_overs == 0 => {
                self.troubles.start_overs += 1;
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let response = answer.decode()?;
        if let Some(status) = response.status.filter(|status| *status != SyncStatus::Success) {
            return self.refused(&client, round, status).await;
        }
        let Some(response) = response.collections.into_iter().find(|response| self.is_ours(response)) else {
            return self.unchanged(&client, round).await;
        };
        if response.status != SyncStatus::Success {
            let status = response.status;
            return self.refused(&client, round, status).await;
        }
        self.troubles.retries = 0;
        self.accept(&client, round, response.into_owned()).await.map(Some)
    }

    /// Chooses the changes to send, and remembers which: a repeated request must have the same.
    async fn prepare(
        &self,
        client: &Client,
        mut collection: records::Collection,
        queue: Vec<LocalChange>,
    ) -> Result<Round> {
        let most = if collection.one_by_one { 1 } else { UPLOADS };
        let uploads = if collection.is_initial() {
            Vec::new()
        } else {
            upload::choose(queue, &collection.in_flight, most)
        };
        let numbers: Vec<u64> = uploads.iter().map(LocalChange::number).collect();
        if numbers != collection.in_flight {
            collection.in_flight = numbers;
            self.save(client, &collection).await?;
        }
        Ok(Round { collection, uploads })
    }

    async fn ask(&self, client: &Client, round: &Round) -> Result<Answer<Sync>> {
        let version = client.version();
        let (sync, initial) = (&self.sync, round.collection.is_initial());
        let commands = round
            .uploads
            .iter()
            .map(|change| change.to_command(version))
            .collect::<wbxml::Result<_>>()
            .map_err(|source| Error::Request { command: Sync::NAME, source })?;
        let request = Collection {
            class: (version <= ProtocolVersion::V12_1).then(|| sync.folder.class()),
            collection_id: sync.collection_id(),
            // With key 0 there is nothing to get or to delete yet. [MS-ASCMD] 2.2.3.84
            deletes_as_moves: (!initial).then_some(if sync.deletes_as_moves {
                Flag::Empty
            } else {
                Flag::False
            }),
            get_changes: (!initial).then_some(Flag::Empty),
            window_size: (!initial).then_some(sync.window),
            options: if initial { Vec::new() } else { vec![sync.options(version)] },
            commands,
            ..Collection::new(round.collection.key(), "")
        };
        client.exchange::<Sync>(&SyncRequest::from(request)).await
    }

    fn is_ours(&self, response: &CollectionResponse<'_>) -> bool {
        match (&response.collection_id, self.sync.collection_id()) {
            (Some(theirs), Some(ours)) => theirs.as_str() == ours.as_str(),
            // The only collection of the request.
            _ => true,
        }
    }

    /// An empty answer, or one without the collection: nothing has changed, and the key stays.
    async fn unchanged(&mut self, client: &Client, round: Round) -> Result<Option<Window>> {
        if round.collection.is_initial() || !round.uploads.is_empty() {
            let fault = "it does not say what became of the collection".into();
            return Err(Error::Unexpected { command: Sync::NAME, fault });
        }
        let mut response = CollectionResponse::new(round.collection.sync_key.clone(), "");
        response.collection_id = None;
        self.accept(client, round, response).await.map(Some)
    }

    /// The server refused the request: what can be mended is, and the next round tries again.
    async fn refused(&mut self, client: &Client, round: Round, status: SyncStatus) -> Result<Option<Window>> {
        let Round { mut collection, uploads } = round;
        let info = status.info();
        tracing::debug!(folder = %self.sync.folder.name, %status, "Sync was refused");
        match info.action {
            StatusAction::Resync if !collection.is_initial() && self.troubles.start_overs < 2 => {
                self.troubles.start_overs += 1;
                collection.start_over();
                self.save(client, &collection).await?;
                Ok(None)
            }
            StatusAction::FolderSync if self.troubles.hierarchy == 0 => {
                self.troubles.hierarchy += 1;
                let folders = client.folders().await?;
                if folders.iter().any(|folder| folder.id == self.sync.folder.id) {
                    return Ok(None);
                }
                let known = folders.iter().map(|folder| folders.path(folder)).collect();
                Err(Error::NoFolder { name: self.sync.folder.name.clone(), known })
            }
            StatusAction::FixRequest | StatusAction::DropItem if !uploads.is_empty() => {
                self.isolate(client, collection, uploads, status).await
            }
            StatusAction::Retry if self.troubles.retries + 1 < client.inner.config.attempts => {
                tokio::time::sleep(client.inner.config.pause * 2_u32.pow(self.troubles.retries.min(16)))
                    .await;
                self.troubles.retries += 1;
                Ok(None)
            }
            _ => Err(failure(info)),
        }
    }

    /// One of the client's changes may be what the server does not take: they go one by one until it is found.
    async fn isolate(
        &mut self,
        client: &Client,
        mut collection: records::Collection,
        mut uploads: Vec<LocalChange>,
        status: SyncStatus,
    ) -> Result<Option<Window>> {
        collection.in_flight.clear();
        if uploads.len() > 1 {
            collection.one_by_one = true;
            self.save(client, &collection).await?;
            return Ok(None);
        }
        let mut batch = Batch::new();
        let folder = self.sync.folder.id.as_str();
        let rejected = uploads.drain(..).map(|change| {
            change.remove(&mut batch, folder);
            Change::Uploaded(Uploaded { change, outcome: Outcome::Rejected(status) })
        });
        let changes = rejected.collect();
        collection.save(&mut batch, folder);
        self.pending = Some(batch);
        Ok(Some(Window { changes, more_available: true }))
    }

    /// Turns an answer into changes, and into what to write when these are dealt with.
    async fn accept(
        &mut self,
        client: &Client,
        round: Round,
        response: CollectionResponse<'static>,
    ) -> Result<Window> {
        let folder = self.sync.folder.clone();
        let initial = round.collection.is_initial();
        let more_available = response.more_available;
        let same_key = response.sync_key.as_str() == round.collection.sync_key;
        let (batch, changes, queue_left) =
            client.with_store(move |store| digest(store, &folder, round, response)).await?;
        self.pending = Some(batch);
        // The answer to key 0 has nothing but the key.
        self.finished = !more_available && !initial && !queue_left;
        if changes.is_empty() && !self.finished {
            self.troubles.idle_rounds += 1;
            if self.troubles.idle_rounds > IDLE_ROUNDS || (same_key && self.troubles.idle_rounds > 1) {
                return Err(Error::NoProgress);
            }
        } else {
            self.troubles.idle_rounds = 0;
        }
        Ok(Window { changes, more_available })
    }

    async fn save(&self, client: &Client, collection: &records::Collection) -> Result<()> {
        let mut batch = Batch::new();
        collection.save(&mut batch, self.sync.folder.id.as_str());
        client.write(batch).await
    }
}

/// A request and what it was made from.
struct Round {
    collection: records::Collection,
    uploads: Vec<LocalChange>,
}

fn failure(info: StatusInfo) -> Error {
    Error::status(Sync::NAME, info)
}

/// What an answer changes, in the state and for whoever keeps the items; and whether changes of the client's own are
/// left that did not fit into the request.
fn digest(
    store: &dyn StateStore,
    folder: &crate::folders::Folder,
    round: Round,
    response: CollectionResponse<'static>,
) -> Result<(Batch, Vec<Change>, bool), StateError> {
    let Round { mut collection, uploads } = round;
    let id = folder.id.as_str();
    let queue_left = store.list(Table::Upload, id)?.len() > uploads.len();
    let complete = !response.more_available && !collection.is_initial();
    let mut digest = Digest {
        store,
        folder,
        generation: collection.generation,
        batch: Batch::new(),
        changes: Vec::new(),
        touched: HashSet::new(),
    };
    digest.moved()?;
    for change in uploads {
        digest.uploaded(change, &response);
    }
    for command in response.commands {
        digest.command(command)?;
    }
    if collection.resyncing && complete {
        digest.not_seen_again()?;
        collection.resyncing = false;
    }
    let Digest { mut batch, changes, .. } = digest;
    response.sync_key.as_str().clone_into(&mut collection.sync_key);
    collection.in_flight.clear();
    collection.one_by_one &= queue_left;
    collection.save(&mut batch, id);
    Ok((batch, changes, queue_left))
}

struct Digest<'a> {
    store: &'a dyn StateStore,
    folder: &'a crate::folders::Folder,
    generation: u32,
    batch: Batch,
    changes: Vec<Change>,
    /// Items that this answer is about.
    touched: HashSet<String>,
}

impl Digest<'_> {
    /// Items that the client moved away are gone, whether the server says so or not.
    fn moved(&mut self) -> Result<(), StateError> {
        let folder = self.folder.id.as_str();
        for (id, _) in self.store.list(Table::Moved, folder)? {
            self.batch.remove(Table::Moved, folder, &id);
            self.gone(ServerId::from(id), Change::Deleted)?;
        }
        Ok(())
    }

    fn uploaded(&mut self, change: LocalChange, response: &CollectionResponse<'_>) {
        let folder = self.folder.id.as_str();
        let outcome = change.outcome(&response.responses);
        change.remove(&mut self.batch, folder);
        match (&outcome, &change.command) {
            (Outcome::Accepted(id), activesync_types::sync::ClientCommand::Add(_)) => self.keep(id.as_str()),
            (Outcome::Accepted(id), activesync_types::sync::ClientCommand::Delete(_)) => {
                self.batch.remove(Table::Item, folder, id.as_str());
                self.touched.insert(id.as_str().to_owned());
            }
            _ => {}
        }
        self.changes.push(Change::Uploaded(Uploaded { change, outcome }));
    }

    fn command(&mut self, command: ServerCommand<'static>) -> Result<(), StateError> {
        match command {
            ServerCommand::Add(add) => self.item(add.server_id, add.class, add.application_data),
            ServerCommand::Change(change) => {
                self.item(change.server_id, change.class, change.application_data)
            }
            ServerCommand::Delete(delete) => self.gone(delete.server_id, Change::Deleted),
            ServerCommand::SoftDelete(delete) => self.gone(delete.server_id, Change::SoftDeleted),
        }
    }

    /// New or changed is what the client does not have or has, whatever the server thinks: after a lost answer or a
    /// new start it sends items again.
    fn item(
        &mut self,
        id: ServerId<'static>,
        class: Option<activesync_types::Class<'static>>,
        data: Fragment<'static>,
    ) -> Result<(), StateError> {
        let known = self.is_known(id.as_str())?;
        self.keep(id.as_str());
        let item = Item::new(id, class.unwrap_or_else(|| self.folder.class()), data);
        self.changes.push(if known { Change::Changed(item) } else { Change::Added(item) });
        Ok(())
    }

    fn gone(
        &mut self,
        id: ServerId<'static>,
        change: fn(ServerId<'static>) -> Change,
    ) -> Result<(), StateError> {
        let known = self.is_known(id.as_str())?;
        self.batch.remove(Table::Item, self.folder.id.as_str(), id.as_str());
        self.touched.remove(id.as_str());
        if known {
            self.changes.push(change(id));
        }
        Ok(())
    }

    /// The server has started over and sent all that it has: what was not among it is gone.
    fn not_seen_again(&mut self) -> Result<(), StateError> {
        for (id, item) in records::Item::list(self.store, self.folder.id.as_str())? {
            if item.generation != self.generation && !self.touched.contains(&id) {
                self.batch.remove(Table::Item, self.folder.id.as_str(), &id);
                self.changes.push(Change::Deleted(ServerId::from(id)));
            }
        }
        Ok(())
    }

    fn is_known(&self, id: &str) -> Result<bool, StateError> {
        Ok(self.touched.contains(id) || self.store.get(Table::Item, self.folder.id.as_str(), id)?.is_some())
    }

    fn keep(&mut self, id: &str) {
        records::Item { generation: self.generation }.save(&mut self.batch, self.folder.id.as_str(), id);
        self.touched.insert(id.to_owned());
    }
}
