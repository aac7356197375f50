//! A server on a loopback port, and devices that speak to it: bytes over a socket, and nothing of the client crate.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use activesync_server::store::{NewUser, Store};
use activesync_server::{ActiveSync, ActiveSyncBuilder, Listener, PATH};
use activesync_types::folder_hierarchy::{Folder, FolderSyncRequest, FolderType};
use activesync_types::http::{Base64Head, CONTENT_TYPE_MULTIPART, MultiPart, Parameters, Query, is_wbxml};
use activesync_types::sync::{Collection, SyncRequest, SyncResponse};
use activesync_types::{CollectionId, Command, FolderSync, Sync, SyncKey};
use tempfile::TempDir;
use tokio::sync::oneshot;
use wbxml::{IntoOwned, ProtocolVersion};

const PASSWORD: &str = "open sesame";

/// A server with a store of its own and the users ada and bob.
pub(crate) struct Server {
    address: SocketAddr,
    directory: TempDir,
    http: reqwest::Client,
    /// The server stops when this is gone.
    _end: oneshot::Sender<()>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(|builder| builder)
    }

    pub(crate) fn start_with(configure: impl FnOnce(ActiveSyncBuilder) -> ActiveSyncBuilder) -> Self {
        // No TLS is spoken here, but an implementation is asked for all the same. It may be there already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let directory = TempDir::new().unwrap();
        let store = Store::open(directory.path()).unwrap();
        for name in ["ada", "bob"] {
            let address = Some(format!("{name}@example.org"));
            store.add_user(&NewUser { address, ..NewUser::named(name) }, PASSWORD).unwrap();
        }
        let service = configure(ActiveSync::builder(store)).build().unwrap();
        let listener = Listener::bind(SocketAddr::from(([127, 0, 0, 1], 0)), service).unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ended) = oneshot::channel();
        tokio::spawn(listener.run(async { drop(ended.await) }));
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { address, directory, http, _end: end }
    }

    /// The same store, as another program would open it.
    pub(crate) fn store(&self) -> Store {
        Store::open(self.directory.path()).unwrap()
    }

    /// A device of a user that speaks a version.
    pub(crate) fn device(&self, user: &'static str, version: ProtocolVersion) -> Device<'_> {
        Device {
            server: self,
            user,
            version,
            id: format!("{user}{}", version.number()),
            kind: "test",
            base64: false,
            policy_key: None,
            multi_part: false,
            answers: Mutex::default(),
        }
    }
}

impl Server {
    /// Another device of the same user and version.
    pub(crate) fn another(&self, of: &Device<'_>) -> Device<'_> {
        let mut another = self.device(of.user, of.version);
        another.id.push_str("another");
        another
    }
}

/// A device: who asks, and how.
pub(crate) struct Device<'s> {
    server: &'s Server,
    pub(crate) user: &'static str,
    pub(crate) version: ProtocolVersion,
    pub(crate) id: String,
    /// Its `DeviceType`.
    pub(crate) kind: &'static str,
    /// Whether queries go out in their short form.
    pub(crate) base64: bool,
    pub(crate) policy_key: Option<u32>,
    /// Whether answers may come in parts.
    pub(crate) multi_part: bool,
    answers: Mutex<Vec<Heard>>,
}

/// An answer in WBXML.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) command: &'static str,
    pub(crate) version: ProtocolVersion,
    pub(crate) document: Vec<u8>,
}

impl Device<'_> {
    /// All answers in WBXML since the last call.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        std::mem::take(&mut self.answers.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A typed request.
    pub(crate) async fn call<C: Command>(&self, request: &C::Request<'_>) -> Answer {
        let body = C::encode_request(request, self.version).unwrap();
        self.send(C::NAME, Parameters::default(), C::request_content_type(self.version), body).await
    }

    /// Any bytes as the WBXML of a command.
    pub(crate) async fn post(&self, command: &'static str, body: &[u8]) -> Answer {
        self.send(command, Parameters::default(), "application/vnd.ms-sync.wbxml", body.to_vec()).await
    }

    /// Any bytes of any type, and parameters of the query.
    pub(crate) async fn send(
        &self,
        command: &'static str,
        parameters: Parameters<'_>,
        content_type: &str,
        body: Vec<u8>,
    ) -> Answer {
        let head = Base64Head { version: self.version, locale: 0x0409, policy_key: self.policy_key };
        let query = Query {
            command: command.into(),
            user: Some(self.user.into()),
            device_id: self.id.as_str().into(),
            device_type: self.kind.into(),
            parameters: Parameters { accept_multi_part: self.multi_part, ..parameters },
            base64: None,
        };
        let query = if self.base64 { query.to_base64(head).unwrap() } else { query.to_plain() };
        let url = format!("http://{}{PATH}?{query}", self.server.address);
        let mut request = self.server.http.post(url).basic_auth(self.user, Some(PASSWORD)).timeout(PATIENCE);
        if !self.base64 {
            request = request.header("MS-ASProtocolVersion", self.version.to_string());
            if let Some(key) = self.policy_key {
                request = request.header("X-MS-PolicyKey", key.to_string());
            }
            if self.multi_part {
                request = request.header("MS-ASAcceptMultiPart", "T");
            }
        }
        if !body.is_empty() {
            request = request.header("Content-Type", content_type);
        }
        let answer = Answer::of(request.body(body).send().await.unwrap()).await;
        if let Some(document) = answer.document() {
            let answer = Heard { command, version: self.version, document: document.to_vec() };
            self.answers.lock().unwrap_or_else(PoisonError::into_inner).push(answer);
        }
        answer
    }

    /// All folders, and the key of the hierarchy.
    pub(crate) async fn folders(&self) -> (SyncKey<'static>, Vec<Folder<'static>>) {
        let answer = self.call::<FolderSync>(&FolderSyncRequest::new(SyncKey::INITIAL)).await;
        let answer = answer.decode::<FolderSync>().into_owned();
        (answer.sync_key.unwrap(), answer.changes.unwrap().adds)
    }

    /// The folder of a kind, which every mailbox has.
    pub(crate) async fn folder(&self, kind: FolderType) -> CollectionId<'static> {
        let (_, folders) = self.folders().await;
        let folder = folders.into_iter().find(|folder| folder.folder_type == kind).unwrap();
        CollectionId::from(folder.server_id.into_inner())
    }

    /// Synchronizes one collection once.
    pub(crate) async fn sync(&self, collection: Collection<'_>) -> SyncResponse<'static> {
        let answer = self.call::<Sync>(&SyncRequest::from(collection)).await;
        answer.decode::<Sync>().into_owned()
    }

    /// The first key of a collection.
    pub(crate) async fn first_key(&self, folder: &CollectionId<'_>) -> SyncKey<'static> {
        let answer = self.sync(Collection::new(SyncKey::INITIAL, folder)).await;
        answer.collections.into_iter().next().unwrap().sync_key
    }
}

/// Nothing here takes this long unless it hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    async fn of(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let content_type =
            response.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
        let body = response.bytes().await.unwrap().to_vec();
        Self { status, content_type: content_type.unwrap_or_default(), body }
    }

    /// The WBXML in it.
    pub(crate) fn document(&self) -> Option<&[u8]> {
        if self.content_type == CONTENT_TYPE_MULTIPART {
            return Some(MultiPart::parse(&self.body).unwrap().document());
        }
        (is_wbxml(&self.content_type) && !self.body.is_empty()).then_some(&self.body)
    }

    /// The typed answer of a command that worked as far as HTTP goes.
    pub(crate) fn decode<C: Command>(&self) -> C::Response<'_> {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        let document = self.document().unwrap_or(&self.body);
        C::decode_response(document).unwrap_or_else(|fault| panic!("{fault}: {document:02X?}"))
    }

    /// The first `Status` in it, whichever command it is of.
    pub(crate) fn first_status(&self) -> Option<u16> {
        let xml = wbxml::xml::to_xml(self.document()?).ok()?;
        let (_, rest) = xml.split_once("Status>").or_else(|| xml.split_once("<Status "))?;
        rest.split('<').next()?.trim().parse().ok()
    }
}
