//! Changes of the client's own: queued in the state, sent when the folder is synchronized.

use activesync_types::calendar::Calendar;
use activesync_types::contacts::Contact;
use activesync_types::email::Email;
use activesync_types::status::SyncStatus;
use activesync_types::sync::{
    ClientAdd, ClientChange, ClientCommand, ClientDelete, Collection, CommandResponse,
};
use activesync_types::{Class, ClientId, ServerId, SyncKey};
use wbxml::{Encode, Fragment, IntoOwned, ProtocolVersion};

use crate::client::Client;
use crate::error::{Error, Result};
use crate::folders::Folder;
use crate::state::{Batch, StateError, StateStore, Table};

/// A change of the client's own, on its way to the server.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LocalChange {
    /// The class of the item.
    pub class: Class<'static>,
    /// What is to be done.
    pub command: ClientCommand<'static>,
    /// The place in the queue.
    number: u64,
}

/// What became of a change of the client's own.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Uploaded {
    /// The change.
    pub change: LocalChange,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a change of the client's own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The server has it, under this identifier.
    Accepted(ServerId<'static>),
    /// The item was changed on the server, too, and the server's version stays. It comes as a change of the server;
    /// what the client wanted is in [`Uploaded::change`].
    Conflict,
    /// The server did not take it. The status says why, and what to do.
    Rejected(SyncStatus),
    /// The server answered the request, but did not say what became of this change.
    Unanswered,
}

/// An item that a client can make or change.
///
/// Of contacts, events and messages the elements that the protocol version does not have stay behind when they are
/// sent. An item of another class has to be written for the version in use.
pub trait LocalItem: Encode + Sync {
    /// The class of such items.
    const CLASS: Class<'static>;
}

impl LocalItem for Contact<'_> {
    const CLASS: Class<'static> = Class::Contacts;
}

impl LocalItem for Calendar<'_> {
    const CLASS: Class<'static> = Class::Calendar;
}

impl LocalItem for Email<'_> {
    const CLASS: Class<'static> = Class::Email;
}

impl Client {
    /// Queues a new item. It is sent when the folder is next synchronized; what became of it comes as
    /// [`Change::Uploaded`](crate::Change::Uploaded) with the identifier given here.
    ///
    /// ```no_run
    /// # async fn example(client: activesync_client::Client) -> Result<(), activesync_client::Error> {
    /// use activesync_client::types::contacts::Contact;
    ///
    /// let contacts = client.folders().await?.contacts()?;
    /// let ada = Contact { first_name: Some("Ada".into()), last_name: Some("Lovelace".into()), ..Contact::default() };
    /// client.add(&contacts, &ada).await?;
    /// let mut changes = client.sync(&contacts).changes();
    /// while let Some(change) = changes.try_next().await? {
    ///     println!("{change:?}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotInVersion`] for mail before 16.0: older versions have no drafts.
    pub async fn add<T: LocalItem>(&self, folder: &Folder, item: &T) -> Result<ClientId<'static>> {
        let version = self.version();
        if T::CLASS == Class::Email && version < ProtocolVersion::V16_0 {
            return Err(Error::NotInVersion { what: "drafts", version });
        }
        let client_id = ClientId::from(uuid::Uuid::new_v4().simple().to_string());
        let add = ClientAdd {
            class: None,
            client_id: client_id.clone(),
            send: false,
            application_data: content(item)?,
        };
        self.queue(folder, T::CLASS, ClientCommand::Add(add)).await?;
        Ok(client_id)
    }

    /// Queues new content of an item. What `item` leaves out is deleted, but for what
    /// [`ClientChange`](activesync_types::sync::ClientChange) lists.
    pub async fn change<T: LocalItem>(&self, folder: &Folder, id: &ServerId<'_>, item: &T) -> Result<()> {
        let change = ClientChange {
            server_id: ServerId::from(id.as_str().to_owned()),
            instance_id: None,
            send: false,
            application_data: content(item)?,
        };
        self.queue(folder, T::CLASS, ClientCommand::Change(change)).await
    }

    /// Queues that a message was read, or was not.
    pub async fn mark_read(&self, folder: &Folder, id: &ServerId<'_>, read: bool) -> Result<()> {
        self.change(folder, id, &Email { read: Some(read), ..Email::default() }).await
    }

    /// Queues the deletion of an item.
    pub async fn delete(&self, folder: &Folder, id: &ServerId<'_>) -> Result<()> {
        let delete = ClientDelete { server_id: ServerId::from(id.as_str().to_owned()), instance_id: None };
        self.queue(folder, folder.class(), ClientCommand::Delete(delete)).await
    }

    /// The changes that are queued for a folder and not yet answered.
    pub async fn queued(&self, folder: &Folder) -> Result<Vec<LocalChange>> {
        let folder = folder.id.as_str().to_owned();
        self.with_store(move |store| load(store, &folder)).await
    }

    async fn queue(
        &self,
        folder: &Folder,
        class: Class<'static>,
        command: ClientCommand<'static>,
    ) -> Result<()> {
        let collection = Collection {
            class: Some(class),
            commands: vec![command],
            ..Collection::new(SyncKey::INITIAL, "")
        };
        let value = wbxml::to_vec(&collection).map_err(unwritable)?;
        let folder = folder.id.as_str().to_owned();
        let number = {
            let mut account = self.account();
            account.last_upload += 1;
            account.last_upload
        };
        let mut batch = Batch::new();
        batch.put(Table::Upload, &folder, &id_of(number), value);
        self.update_account_with(batch, |account| account.last_upload = account.last_upload.max(number)).await
    }
}

/// All elements that the item has: which of them go out, the version decides when the change is sent.
fn content<T: LocalItem>(item: &T) -> Result<Fragment<'static>> {
    Fragment::from_value(item, None).map_err(unwritable)
}

fn unwritable(source: wbxml::Error) -> Error {
    Error::Request { command: "Sync", source }
}

/// As many digits as the largest number has, so that their order as text is that as numbers.
fn id_of(number: u64) -> String {
    format!("{number:020}")
}

/// The queue of a folder, oldest first.
pub(crate) fn load(store: &dyn StateStore, folder: &str) -> Result<Vec<LocalChange>, StateError> {
    let records = store.list(Table::Upload, folder)?;
    records
        .into_iter()
        .map(|(id, value)| {
            let damaged = |fault: &dyn std::fmt::Display| StateError::damaged(Table::Upload, &id, fault);
            let number = id.parse().map_err(|error| damaged(&error))?;
            let collection: Collection<'_> = wbxml::from_slice(&value).map_err(|error| damaged(&error))?;
            let collection = collection.into_owned();
            let command = collection.commands.into_iter().next().ok_or_else(|| damaged(&"it is empty"))?;
            Ok(LocalChange { class: collection.class.unwrap_or(Class::Email), command, number })
        })
        .collect()
}

/// The changes to send now: exactly those of a request whose answer did not come, or else the oldest ones. Of two
/// changes to one item the second waits for the answer to the first.
pub(crate) fn choose(queue: Vec<LocalChange>, in_flight: &[u64], most: usize) -> Vec<LocalChange> {
    if in_flight.iter().any(|number| queue.iter().any(|change| change.number == *number)) {
        return queue.into_iter().filter(|change| in_flight.contains(&change.number)).collect();
    }
    let mut chosen: Vec<LocalChange> = Vec::new();
    let mut touched: Vec<String> = Vec::new();
    for change in queue {
        if chosen.len() == most {
            break;
        }
        if let Some(id) = change.server_id().map(|id| id.as_str().to_owned()) {
            if touched.contains(&id) {
                continue;
            }
            touched.push(id);
        }
        chosen.push(change);
    }
    chosen
}

impl LocalChange {
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The item that it is about, if the server knows it.
    pub fn server_id(&self) -> Option<&ServerId<'static>> {
        match &self.command {
            ClientCommand::Change(change) => Some(&change.server_id),
            ClientCommand::Delete(delete) => Some(&delete.server_id),
            ClientCommand::Fetch(fetch) => Some(&fetch.server_id),
            ClientCommand::Add(_) => None,
        }
    }

    /// The client's identifier of a new item.
    pub fn client_id(&self) -> Option<&ClientId<'static>> {
        match &self.command {
            ClientCommand::Add(add) => Some(&add.client_id),
            _ => None,
        }
    }

    /// What to send: the content without what the version does not have.
    pub(crate) fn to_command(&self, version: ProtocolVersion) -> wbxml::Result<ClientCommand<'static>> {
        let mut command = self.command.clone();
        match &mut command {
            ClientCommand::Add(add) => {
                add.application_data = for_version(&add.application_data, &self.class, version)?;
            }
            ClientCommand::Change(change) => {
                change.application_data = for_version(&change.application_data, &self.class, version)?;
            }
            ClientCommand::Delete(_) | ClientCommand::Fetch(_) => {}
        }
        Ok(command)
    }

    /// What the server says of it. It is silent on changes and deletions that worked. `[MS-ASCMD]` 2.2.3.154.
    pub(crate) fn outcome(&self, responses: &[CommandResponse<'_>]) -> Outcome {
        let own = |id: &ServerId<'_>| self.server_id().is_some_and(|own| own.as_str() == id.as_str());
        let accepted = || self.server_id().map_or(Outcome::Unanswered, |id| Outcome::Accepted(id.clone()));
        for response in responses {
            let status = match (&self.command, response) {
                (ClientCommand::Add(add), CommandResponse::Add(response))
                    if add.client_id.as_str() == response.client_id.as_str() =>
                {
                    if let (SyncStatus::Success, Some(id)) = (response.status, &response.server_id) {
                        return Outcome::Accepted(ServerId::from(id.as_str().to_owned()));
                    }
                    response.status
                }
                (ClientCommand::Change(_), CommandResponse::Change(response)) if own(&response.server_id) => {
                    response.status
                }
                // What should be deleted is gone.
                (ClientCommand::Delete(_), CommandResponse::Delete(response)) if own(&response.server_id) => {
                    if response.status == SyncStatus::ObjectNotFound {
                        SyncStatus::Success
                    } else {
                        response.status
                    }
                }
                _ => continue,
            };
            return match status {
                SyncStatus::Success => accepted(),
                SyncStatus::Conflict => Outcome::Conflict,
                status => Outcome::Rejected(status),
            };
        }
        accepted()
    }

    pub(crate) fn remove(&self, batch: &mut Batch, folder: &str) {
        batch.remove(Table::Upload, folder, &id_of(self.number));
    }
}

fn for_version(
    data: &Fragment<'_>,
    class: &Class<'_>,
    version: ProtocolVersion,
) -> wbxml::Result<Fragment<'static>> {
    match class {
        Class::Contacts => Fragment::from_value(&data.decode::<Contact<'_>>()?, Some(version)),
        Class::Calendar => Fragment::from_value(&data.decode::<Calendar<'_>>()?, Some(version)),
        Class::Email => Fragment::from_value(&data.decode::<Email<'_>>()?, Some(version)),
        _ => Ok(data.clone().into_owned()),
    }
}
