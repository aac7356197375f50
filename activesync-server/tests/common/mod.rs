//! A server on a loopback port, and a device that speaks to it: bytes over a socket, and nothing of the client crate.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use activesync_server::backend::{Backend, Content, Email};
use activesync_server::store::{NewUser, Store};
use activesync_server::{ActiveSync, ActiveSyncBuilder, Listener, PATH};
use activesync_types::folder_hierarchy::{FolderSyncRequest, FolderType};
use activesync_types::get_item_estimate::{EstimateCollection, GetItemEstimateRequest};
use activesync_types::sync::{Collection, FilterType, ServerCommand, SyncRequest};
use activesync_types::{Class, Command, FolderSync, GetItemEstimate, Sync, SyncKey};
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use troubled::{Trouble, Troubled};
use wbxml::ProtocolVersion;

pub(crate) mod schema;
pub(crate) mod troubled;

pub(crate) const PASSWORD: &str = "open sesame";

/// A server with a store of its own and the users ada and bob.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) service: ActiveSync,
    pub(crate) directory: TempDir,
    pub(crate) http: reqwest::Client,
    end: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<std::io::Result<()>>>,
    /// Answers as XML, to be held against the schemas when the test is over.
    answers: Mutex<Vec<String>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(|builder| builder)
    }

    pub(crate) fn start_with(configure: impl FnOnce(ActiveSyncBuilder) -> ActiveSyncBuilder) -> Self {
        Self::start_in(Self::new_directory(), configure)
    }

    /// With a store that fails when it is told to.
    pub(crate) fn start_troubled(
        configure: impl FnOnce(ActiveSyncBuilder) -> ActiveSyncBuilder,
    ) -> (Self, Arc<Trouble>) {
        let directory = Self::new_directory();
        let store = Store::open(directory.path()).unwrap();
        let trouble = Arc::<Trouble>::default();
        let backend = Troubled { store, trouble: Arc::clone(&trouble) };
        (Self::serve(directory, backend, configure), trouble)
    }

    fn new_directory() -> TempDir {
        let directory = TempDir::new().unwrap();
        let store = Store::open(directory.path()).unwrap();
        for name in ["ada", "bob"] {
            let user = NewUser {
                address: Some(format!("{name}@example.org")),
                display_name: Some(name.to_owned()),
                ..NewUser::named(name)
            };
            store.add_user(&user, PASSWORD).unwrap();
        }
        directory
    }

    /// On a directory that was used before.
    pub(crate) fn start_in(
        directory: TempDir,
        configure: impl FnOnce(ActiveSyncBuilder) -> ActiveSyncBuilder,
    ) -> Self {
        let store = Store::open(directory.path()).unwrap();
        Self::serve(directory, store, configure)
    }

    /// With a backend of the test's own.
    pub(crate) fn serve(
        directory: TempDir,
        backend: impl Backend,
        configure: impl FnOnce(ActiveSyncBuilder) -> ActiveSyncBuilder,
    ) -> Self {
        // The client speaks no TLS here, but asks for an implementation all the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let service = configure(ActiveSync::builder(backend)).build().unwrap();
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), service.clone()).unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ended) = oneshot::channel();
        let running = tokio::spawn(listener.run(async { drop(ended.await) }));
        Self {
            address,
            service,
            directory,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            end: Some(end),
            running: Some(running),
            answers: Mutex::default(),
        }
    }

    /// Tells the server to stop and waits until it has.
    pub(crate) async fn stop(&mut self) {
        drop(self.end.take());
        if let Some(running) = self.running.take() {
            running.await.unwrap().unwrap();
        }
    }

    /// Stops the server and gives back what it leaves.
    pub(crate) async fn into_directory(mut self) -> TempDir {
        self.stop().await;
        std::mem::replace(&mut self.directory, TempDir::new().unwrap())
    }

    /// The same store, as another program would open it.
    pub(crate) fn store(&self) -> Store {
        Store::open(self.directory.path()).unwrap()
    }

    /// Puts something into a folder, as another program would.
    pub(crate) fn put(&self, user: &str, kind: FolderType, content: &Content) {
        let store = self.store();
        let mut mailbox = store.open(&store.user(user).unwrap()).unwrap();
        let folder = mailbox.folders().unwrap().into_iter().find(|folder| folder.kind == kind).unwrap();
        mailbox.create_item(folder.id, content).unwrap();
        mailbox.commit().unwrap();
    }

    /// Puts a message into the Inbox.
    pub(crate) fn deliver(&self, user: &str, subject: &str) {
        let raw =
            format!("From: bob@example.org\r\nTo: {user}@example.org\r\nSubject: {subject}\r\n\r\nhello\r\n");
        self.put(user, FolderType::Inbox, &Content::Email(Box::new(Email::new(raw, Timestamp::now()))));
    }

    /// Ready when so many requests wait for changes.
    pub(crate) async fn until_waiting(&self, count: usize) {
        let reached = async {
            while self.service.waiting() != count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let waiting = || self.service.waiting();
        tokio::time::timeout(Duration::from_mins(1), reached)
            .await
            .unwrap_or_else(|_| panic!("{} wait", waiting()));
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn url(&self, query: &str) -> String {
        let mark = if query.is_empty() { "" } else { "?" };
        format!("http://{}{PATH}{mark}{query}", self.address)
    }

    /// A device of a user that speaks a version.
    pub(crate) fn device(&self, user: &str, version: ProtocolVersion) -> Device<'_> {
        Device {
            server: self,
            user: user.to_owned(),
            password: PASSWORD.to_owned(),
            version: Some(version),
            id: format!("test{user}"),
            policy_key: Mutex::default(),
        }
    }

    fn keep(&self, answer: &Answer, version: Option<ProtocolVersion>) {
        let is_wbxml = answer.header("content-type") == Some("application/vnd.ms-sync.wbxml");
        let Some(version) = version.filter(|_| is_wbxml && !answer.body.is_empty()) else {
            return;
        };
        let xml = wbxml::xml::to_xml(&answer.body).unwrap();
        if schema::covers(&xml, version) {
            self.answers.lock().unwrap_or_else(PoisonError::into_inner).push(xml);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            schema::validate(&self.answers.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

/// A device: who asks, and in which version.
pub(crate) struct Device<'s> {
    server: &'s Server,
    pub(crate) user: String,
    pub(crate) password: String,
    pub(crate) version: Option<ProtocolVersion>,
    pub(crate) id: String,
    policy_key: Mutex<Option<u32>>,
}

impl Device<'_> {
    pub(crate) fn set_policy_key(&self, key: Option<u32>) {
        *self.policy_key.lock().unwrap() = key;
    }

    pub(crate) fn query(&self, command: &str) -> String {
        format!("Cmd={command}&User={}&DeviceId={}&DeviceType=test", self.user, self.id)
    }

    /// A typed request.
    pub(crate) async fn call<C: Command>(&self, request: &C::Request<'_>) -> Answer {
        let body = C::encode_request(request, self.version.unwrap_or(ProtocolVersion::V1_0)).unwrap();
        self.send(
            &self.query(C::NAME),
            C::request_content_type(self.version.unwrap_or(ProtocolVersion::V1_0)),
            body,
        )
        .await
    }

    /// A typed request whose answer may come in parts.
    pub(crate) async fn call_multi_part<C: Command>(&self, request: &C::Request<'_>) -> Answer {
        let version = self.version.unwrap_or(ProtocolVersion::V1_0);
        let request = self
            .server
            .http
            .post(self.server.url(&self.query(C::NAME)))
            .basic_auth(&self.user, Some(&self.password))
            .header("MS-ASProtocolVersion", version.to_string())
            .header("MS-ASAcceptMultiPart", "T")
            .header("Content-Type", "application/vnd.ms-sync.wbxml")
            .body(C::encode_request(request, version).unwrap());
        Answer::of(request.send().await.unwrap()).await
    }

    /// Any bytes as the body of a command.
    pub(crate) async fn post(&self, command: &str, body: impl Into<Vec<u8>>) -> Answer {
        self.send(&self.query(command), "application/vnd.ms-sync.wbxml", body.into()).await
    }

    /// Any query, any type, any bytes.
    pub(crate) async fn send(&self, query: &str, content_type: &str, body: Vec<u8>) -> Answer {
        let mut request = self
            .server
            .http
            .post(self.server.url(query))
            .basic_auth(&self.user, Some(&self.password))
            .timeout(Duration::from_mins(1));
        if let Some(version) = self.version {
            request = request.header("MS-ASProtocolVersion", version.to_string());
        }
        let key = *self.policy_key.lock().unwrap();
        if let Some(key) = key {
            request = request.header("X-MS-PolicyKey", key.to_string());
        }
        if !body.is_empty() {
            request = request.header("Content-Type", content_type);
        }
        let answer = Answer::of(request.body(body).send().await.unwrap()).await;
        self.server.keep(&answer, self.version);
        answer
    }
}

/// What a device does before it can do anything else.
impl Device<'_> {
    /// What the server calls the folder that is for this.
    pub(crate) async fn folder(&self, kind: FolderType) -> String {
        let answer = self.call::<FolderSync>(&FolderSyncRequest::new(SyncKey::INITIAL)).await;
        let changes = answer.decode::<FolderSync>().changes.unwrap();
        let folder = changes.adds.iter().find(|folder| folder.folder_type == kind).unwrap();
        folder.server_id.to_string()
    }

    /// A collection as this version names it.
    pub(crate) fn collection(&self, key: &str, folder: &str, class: Class<'static>) -> Collection<'static> {
        let mut collection = Collection::new(key.to_owned(), folder.to_owned());
        collection.class = Some(class).filter(|_| self.version <= Some(ProtocolVersion::V12_1));
        collection
    }

    /// The first key of a folder.
    pub(crate) async fn start(&self, folder: &str, class: Class<'static>) -> String {
        let request = SyncRequest::from(self.collection("0", folder, class));
        let answer = self.call::<Sync>(&request).await;
        let response = answer.decode::<Sync>();
        assert!(response.collections[0].commands.is_empty());
        response.collections[0].sync_key.to_string()
    }

    /// Synchronizes a folder until there is no more; the key that stands then, and the `ServerId`s that were added.
    pub(crate) async fn drain(
        &self,
        mut key: String,
        folder: &str,
        class: Class<'static>,
    ) -> (String, Vec<String>) {
        let mut added = Vec::new();
        loop {
            let request = SyncRequest::from(self.collection(&key, folder, class.clone()));
            let answer = self.call::<Sync>(&request).await;
            let response = answer.decode::<Sync>();
            let collection = &response.collections[0];
            assert!(collection.status.is_success(), "{}", collection.status);
            key = collection.sync_key.to_string();
            added.extend(collection.commands.iter().filter_map(|command| match command {
                ServerCommand::Add(add) => Some(add.server_id.to_string()),
                _ => None,
            }));
            if !collection.more_available {
                return (key, added);
            }
        }
    }

    /// How many changes the server counts.
    pub(crate) async fn estimate(
        &self,
        key: &str,
        folder: &str,
        class: Class<'static>,
    ) -> (u16, Option<u32>) {
        let collection = EstimateCollection::new(key, folder).filter(class, FilterType::All);
        let request = GetItemEstimateRequest::from(vec![collection]);
        let answer = self.call::<GetItemEstimate>(&request).await;
        let response = answer.decode::<GetItemEstimate>();
        let first = &response.responses[0];
        (first.status.code(), first.collection.as_ref().and_then(|collection| collection.estimate))
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) async fn of(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        Self { status, headers, body: response.bytes().await.unwrap().to_vec() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The typed answer of a command that worked as far as HTTP goes.
    pub(crate) fn decode<C: Command>(&self) -> C::Response<'_> {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        C::decode_response(&self.body).unwrap_or_else(|error| panic!("{error}: {:02X?}", self.body))
    }

    /// A document as compact XML, to look for what must not be there.
    pub(crate) fn xml(&self) -> String {
        wbxml::xml::to_xml(&self.body).unwrap()
    }

    /// The first `Status` of a document, whichever command it is of.
    pub(crate) fn first_status(&self) -> Option<u16> {
        let xml = wbxml::xml::to_xml(&self.body).ok()?;
        let (_, rest) = xml.split_once("Status>").or_else(|| xml.split_once("<Status "))?;
        rest.split('<').next()?.trim().parse().ok()
    }
}
