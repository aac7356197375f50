//! The client: what it is, and how a request goes out and an answer comes in.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use activesync_types::Command;
use bytes::Bytes;
use reqwest::Url;
use wbxml::{IntoOwned, ProtocolVersion};

use crate::builder::{ClientBuilder, Config};
use crate::error::{Error, Result};
use crate::records::{self, Account};
use crate::request::{Call, repeatable};
use crate::state::{Batch, StateError, StateStore};
use crate::wire::WireStatistics;

/// A user's mailbox on a server, as one device sees it. Clones are the same client.
///
/// Each command is a typed call: [`send`](Self::send) takes any [`Command`], and for the common tasks there are
/// methods that keep the state and read the statuses: [`folders`](Self::folders), [`sync`](Self::sync),
/// [`send_mail`](Self::send_mail), [`wait_for_changes`](Self::wait_for_changes) …
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    /// The address that the user gave.
    pub(crate) url: Url,
    pub(crate) config: Config,
    pub(crate) store: Arc<dyn StateStore>,
    pub(crate) account: Mutex<Account>,
    pub(crate) statistics: Mutex<WireStatistics>,
    /// One task at a time changes the account's record.
    updating: tokio::sync::Mutex<()>,
    pub(crate) provisioning: tokio::sync::Mutex<()>,
    pub(crate) hierarchy: tokio::sync::Mutex<()>,
    /// One task at a time synchronizes a folder: by the folder's identifier.
    pub(crate) collections: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Client {
    /// Sets up a client for the server at an address: `https://mail.example.org`, or the whole address of
    /// ActiveSync there.
    pub fn builder(url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(url)
    }

    pub(crate) async fn connect(
        http: reqwest::Client,
        url: Url,
        store: Arc<dyn StateStore>,
        config: Config,
    ) -> Result<Self> {
        let opening = Arc::clone(&store);
        let (user, device_id, device_type) =
            (config.user.clone(), config.device_id.clone(), config.device_type.clone());
        let account = blocking(move || open_account(&*opening, user, device_id, device_type)).await?;
        let client = Self {
            inner: Arc::new(Inner {
                http,
                url,
                config,
                store,
                account: Mutex::new(account),
                statistics: Mutex::default(),
                updating: tokio::sync::Mutex::default(),
                provisioning: tokio::sync::Mutex::default(),
                hierarchy: tokio::sync::Mutex::default(),
                collections: Mutex::default(),
            }),
        };
        client.negotiate().await?;
        Ok(client)
    }

    /// The protocol version in use.
    pub fn version(&self) -> ProtocolVersion {
        // Set before anybody gets the client.
        self.account().version().unwrap_or(ProtocolVersion::LATEST)
    }

    /// The user.
    pub fn user(&self) -> &str {
        &self.inner.config.user
    }

    /// Whose data a mirror has: one line that says the user and the server.
    #[cfg(feature = "mirror")]
    pub(crate) fn account_name(&self) -> String {
        let name = format!("{} at {}", self.user(), self.inner.url.host_str().unwrap_or_default());
        name.replace(char::is_control, " ")
    }

    /// The identifier of the device.
    pub fn device_id(&self) -> String {
        self.account().device_id.clone()
    }

    /// The type of the device.
    pub fn device_type(&self) -> String {
        self.account().device_type.clone()
    }

    /// How much has crossed the wire, by command.
    pub fn statistics(&self) -> WireStatistics {
        self.inner.statistics.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends a request and gives the answer, whatever status is in it.
    ///
    /// On the way, policies are taken if the server asks for them, busy servers are given the pause that they ask
    /// for, moved mailboxes are followed, and requests that can be repeated without harm are repeated when they
    /// get no answer.
    ///
    /// ```no_run
    /// # async fn example(client: activesync_client::Client) -> Result<(), activesync_client::Error> {
    /// use activesync_client::types::folder_hierarchy::FolderSyncRequest;
    /// use activesync_client::types::{FolderSync, SyncKey};
    ///
    /// let answer = client.send::<FolderSync>(&FolderSyncRequest::new(SyncKey::INITIAL)).await?;
    /// println!("{}: {:?}", answer.status, answer.changes);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn send<C: Command>(&self, request: &C::Request<'_>) -> Result<C::Response<'static>>
    where
        for<'a> C::Response<'a>: IntoOwned<Owned = C::Response<'static>>,
    {
        Ok(self.exchange::<C>(request).await?.decode()?.into_owned())
    }

    /// As [`send`](Self::send), but gives the body of the answer, from which [`Answer::decode`] borrows.
    pub async fn exchange<C: Command>(&self, request: &C::Request<'_>) -> Result<Answer<C>> {
        let version = self.version();
        let body = C::encode_request(request, version)
            .map_err(|source| Error::Request { command: C::NAME, source })?;
        let call = Call {
            content_type: Some(C::request_content_type(version)),
            repeatable: repeatable(C::NAME, version),
            ..Call::new(C::NAME, body)
        };
        Ok(Answer::new(self.call(&call).await?.body))
    }

    pub(crate) fn account(&self) -> MutexGuard<'_, Account> {
        self.inner.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the account's record, and keeps it.
    pub(crate) async fn update_account(&self, change: impl FnOnce(&mut Account)) -> Result<()> {
        self.update_account_with(Batch::new(), change).await
    }

    /// Changes the account's record together with others.
    pub(crate) async fn update_account_with(
        &self,
        mut batch: Batch,
        change: impl FnOnce(&mut Account),
    ) -> Result<()> {
        let _one_at_a_time = self.inner.updating.lock().await;
        let mut account = self.account().clone();
        change(&mut account);
        account.save(&mut batch);
        self.write(batch).await?;
        *self.account() = account;
        Ok(())
    }

    /// Executes a function of the state where it may block.
    pub(crate) async fn with_store<T: Send + 'static>(
        &self,
        function: impl FnOnce(&dyn StateStore) -> Result<T, StateError> + Send + 'static,
    ) -> Result<T> {
        let store = Arc::clone(&self.inner.store);
        Ok(blocking(move || function(&*store)).await?)
    }

    pub(crate) async fn write(&self, batch: Batch) -> Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        self.with_store(move |store| store.write(&batch)).await
    }

    /// All keys back to 0. With `forget`, the client has none of the items any more.
    pub(crate) async fn start_over(&self, forget: bool) -> Result<()> {
        let batch = self.with_store(move |store| records::start_over(store, forget)).await?;
        self.update_account_with(batch, Account::start_over).await
    }
}

async fn blocking<T: Send + 'static>(
    function: impl FnOnce() -> Result<T, StateError> + Send + 'static,
) -> Result<T, StateError> {
    match tokio::task::spawn_blocking(function).await {
        Ok(result) => result,
        Err(error) => Err(StateError::storage(error)),
    }
}

fn open_account(
    store: &dyn StateStore,
    user: String,
    device_id: Option<String>,
    device_type: Option<String>,
) -> Result<Account, StateError> {
    let known = Account::load(store)?;
    let mut account = match known.clone() {
        Some(account) if account.user == user => account,
        Some(account) => return Err(StateError::OtherUser { found: account.user, expected: user }),
        None => Account::new(user),
    };
    let before = (account.device_id.clone(), account.device_type.clone());
    account.device_id = device_id.unwrap_or(account.device_id);
    account.device_type = device_type.unwrap_or(account.device_type);
    if known.as_ref() == Some(&account) {
        return Ok(account);
    }
    let mut batch = Batch::new();
    if known.is_some() && before != (account.device_id.clone(), account.device_type.clone()) {
        // To the server this is another device, whose keys and policies are others.
        account.policy_key = None;
        account.start_over();
        batch = records::start_over(store, false)?;
    }
    account.save(&mut batch);
    store.write(&batch)?;
    Ok(account)
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("url", &self.inner.url.as_str())
            .field("user", &self.user())
            .field("version", &self.version())
            .finish_non_exhaustive()
    }
}

/// The answer to a command, not decoded yet.
pub struct Answer<C> {
    body: Bytes,
    command: PhantomData<fn() -> C>,
}

impl<C: Command> Answer<C> {
    pub(crate) fn new(body: Bytes) -> Self {
        Self { body, command: PhantomData }
    }

    /// The body, WBXML or empty.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Decodes the answer, which borrows from the body.
    ///
    /// # Errors
    /// [`Error::Malformed`], with the offset of the fault.
    pub fn decode(&self) -> Result<C::Response<'_>> {
        C::decode_response(&self.body).map_err(|source| Error::Malformed { command: C::NAME, source })
    }
}

impl<C: Command> fmt::Debug for Answer<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({}, {} bytes)", C::NAME, self.body.len())
    }
}
