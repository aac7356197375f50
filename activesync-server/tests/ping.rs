//! Ping hangs until something changes, and so does Sync.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use activesync_server::backend::{Backend, Content, Email, Mailbox, Result, Snapshot, UserId};
use activesync_server::push::ChangeHub;
use activesync_server::store::{NewUser, Store};
use activesync_server::{ActiveSync, PATH};
use activesync_types::calendar::Calendar;
use activesync_types::compose_mail::SendMailRequest;
use activesync_types::folder_hierarchy::{FolderCreateRequest, FolderSyncRequest, FolderType};
use activesync_types::ping::{PingFolder, PingRequest};
use activesync_types::status::PingStatus;
use activesync_types::sync::SyncRequest;
use activesync_types::{Class, Command, FolderCreate, FolderSync, Ping, SendMail, ServerId, Sync, SyncKey};
use common::{Device, PASSWORD, Server};
use http_body_util::{BodyExt, Full};
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tower::Service;
use wbxml::ProtocolVersion;

/// A device that has synchronized its Inbox, which has this identifier.
async fn ready(device: &Device<'_>) -> String {
    let inbox = device.folder(FolderType::Inbox).await;
    let key = device.start(&inbox, Class::Email).await;
    device.drain(key, &inbox, Class::Email).await;
    inbox
}

fn watch(inbox: &str) -> PingRequest<'static> {
    PingRequest::new(3540, vec![PingFolder::new(inbox.to_owned(), Class::Email)])
}

#[tokio::test]
async fn a_delivery_wakes_the_ping_of_who_gets_it() {
    for version in
        [ProtocolVersion::V2_5, ProtocolVersion::V12_1, ProtocolVersion::V14_1, ProtocolVersion::V16_1]
    {
        let server = Server::start();
        let (ada, bob) = (server.device("ada", version), server.device("bob", version));
        let (adas, bobs) = (ready(&ada).await, ready(&bob).await);
        let (adas_ping, bobs_ping) = (watch(&adas), watch(&bobs));
        let hanging = ada.call::<Ping>(&adas_ping);
        let others = bob.call::<Ping>(&bobs_ping);
        let delivery = async {
            server.until_waiting(2).await;
            let sender = server.device("bob", ProtocolVersion::V16_1);
            let request = SendMailRequest::new("1", &b"To: ada@example.org\r\nSubject: now\r\n\r\n"[..]);
            assert_eq!(sender.call::<SendMail>(&request).await.status, 200);
        };
        tokio::select! {
            (answer, ()) = async { tokio::join!(hanging, delivery) } => {
                let response = answer.decode::<Ping>();
                assert_eq!(response.status, PingStatus::Changes, "{version}");
                assert_eq!(response.folders, [adas.as_str()]);
            }
            answer = others => panic!("nothing happened to bob's Inbox: {:?}", answer.decode::<Ping>()),
            () = tokio::time::sleep(Duration::from_secs(30)) => panic!("nobody woke up"),
        }
        // What was not fetched is still news.
        assert_eq!(ada.call::<Ping>(&watch(&adas)).await.decode::<Ping>().status, PingStatus::Changes);
    }
}

#[tokio::test]
async fn a_delivery_by_another_program_wakes_it_too() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V16_1);
    let inbox = ready(&device).await;
    let request = watch(&inbox);
    let delivery = async {
        server.until_waiting(1).await;
        server.deliver("ada", "from elsewhere");
    };
    let (answer, ()) = tokio::join!(device.call::<Ping>(&request), delivery);
    assert_eq!(answer.decode::<Ping>().folders, [inbox.as_str()]);
}

#[tokio::test]
async fn nothing_is_answered_when_the_time_is_over_or_the_server_stops() {
    let mut server = Server::start_with(|builder| builder.heartbeat(1..=3540));
    {
        let device = server.device("ada", ProtocolVersion::V16_1);
        let inbox = ready(&device).await;
        let short = PingRequest { heartbeat_interval: Some(1), ..watch(&inbox) };
        assert_eq!(device.call::<Ping>(&short).await.decode::<Ping>().status, PingStatus::NoChanges);

        let long = watch(&inbox);
        let end = async {
            server.until_waiting(1).await;
            server.service.shut_down();
        };
        let (answer, ()) = tokio::join!(device.call::<Ping>(&long), end);
        assert_eq!(answer.decode::<Ping>().status, PingStatus::NoChanges);
    }
    server.stop().await;
}

#[tokio::test]
async fn what_is_left_out_is_as_last_time() {
    let server = Server::start_with(|builder| builder.heartbeat(1..=3540));
    let device = server.device("ada", ProtocolVersion::V14_1);
    let inbox = ready(&device).await;
    let missing = async |request: PingRequest<'static>| {
        device.call::<Ping>(&request).await.decode::<Ping>().status == PingStatus::MissingParameters
    };
    assert!(missing(PingRequest::default()).await, "nothing was said before");
    assert!(missing(PingRequest { heartbeat_interval: Some(1), ..PingRequest::default() }).await);
    assert!(missing(PingRequest { heartbeat_interval: None, ..watch(&inbox) }).await);
    server.deliver("ada", "news");
    assert_eq!(device.call::<Ping>(&watch(&inbox)).await.decode::<Ping>().status, PingStatus::Changes);

    let changes = |answer: common::Answer| answer.decode::<Ping>().folders.len() == 1;
    assert!(changes(device.post("Ping", []).await), "no body at all");
    // What Android sends: `HeartbeatInterval` and an empty `Folders`.
    let android = b"\x03\x01\x6A\x00\x00\x0D\x45\x48\x0360\x00\x01\x09\x01";
    assert!(changes(device.post("Ping", *android).await));
    assert!(changes(device.call::<Ping>(&PingRequest { heartbeat_interval: None, ..watch(&inbox) }).await));

    let mut other = server.device("ada", ProtocolVersion::V14_1);
    other.id = "other".into();
    assert_eq!(other.post("Ping", []).await.decode::<Ping>().status, PingStatus::MissingParameters);

    let directory = server.into_directory().await;
    let server = Server::start_in(directory, |builder| builder);
    let device = server.device("ada", ProtocolVersion::V14_1);
    assert!(changes(device.post("Ping", []).await), "after a restart, too");
}

#[tokio::test]
async fn intervals_and_folders_have_bounds() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V16_1);
    let inbox = ready(&device).await;
    for (interval, nearest) in [(0, 60), (59, 60), (3541, 3540), (u32::MAX, 3540)] {
        let request = PingRequest { heartbeat_interval: Some(interval), ..watch(&inbox) };
        let answer = device.call::<Ping>(&request).await;
        let response = answer.decode::<Ping>();
        assert_eq!(response.status, PingStatus::HeartbeatOutOfRange);
        assert_eq!(response.heartbeat_interval, Some(nearest));
    }
    let many = (0..301).map(|number| PingFolder::new(number.to_string(), Class::Email)).collect();
    let answer = device.call::<Ping>(&PingRequest::new(60, many)).await;
    let response = answer.decode::<Ping>();
    assert_eq!((response.status, response.max_folders), (PingStatus::TooManyFolders, Some(300)));
    assert_eq!(
        device.call::<Ping>(&watch("4711")).await.decode::<Ping>().status,
        PingStatus::FolderSyncRequired,
        "a folder that is not there"
    );
    assert_eq!(
        device.post("Ping", []).await.decode::<Ping>().status,
        PingStatus::MissingParameters,
        "what was refused is not kept"
    );
}

#[tokio::test]
async fn a_change_of_the_hierarchy_asks_for_a_folder_sync() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V16_1);
    let inbox = ready(&device).await;
    let request = watch(&inbox);
    let change = async {
        server.until_waiting(1).await;
        let mut other = server.device("ada", ProtocolVersion::V16_1);
        other.id = "other".into();
        let key = other.call::<FolderSync>(&FolderSyncRequest::new(SyncKey::INITIAL)).await;
        let request = FolderCreateRequest {
            sync_key: key.decode::<FolderSync>().sync_key.unwrap(),
            parent_id: ServerId::ROOT,
            display_name: "new".into(),
            folder_type: FolderType::UserMail,
        };
        assert_eq!(other.call::<FolderCreate>(&request).await.first_status(), Some(1));
    };
    let (answer, ()) = tokio::join!(device.call::<Ping>(&request), change);
    assert_eq!(answer.decode::<Ping>().status, PingStatus::FolderSyncRequired);
}

#[tokio::test]
async fn who_goes_away_is_not_waited_for() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V16_1);
    let inbox = ready(&device).await;
    let request = watch(&inbox);
    tokio::select! {
        answer = device.call::<Ping>(&request) => panic!("nothing happened: {:?}", answer.decode::<Ping>()),
        () = server.until_waiting(1) => {}
    }
    // The connection was closed with the request.
    server.until_waiting(0).await;
}

#[tokio::test]
async fn android_may_watch_the_outbox_which_it_never_synchronizes() {
    let server = Server::start_with(|builder| builder.heartbeat(1..=3540));
    let device = server.device("ada", ProtocolVersion::V12_1);
    ready(&device).await;
    let outbox = device.folder(FolderType::Outbox).await;
    let request = PingRequest { heartbeat_interval: Some(1), ..watch(&outbox) };
    assert_eq!(device.call::<Ping>(&request).await.decode::<Ping>().status, PingStatus::NoChanges);
}

/// A store that counts how often a mailbox is opened, for whatever purpose.
struct Counted {
    store: Arc<Store>,
    opened: Arc<AtomicUsize>,
}

impl Backend for Counted {
    fn authenticate(&self, name: &str, password: &str) -> Result<Option<UserId>> {
        self.store.authenticate(name, password)
    }

    fn resolve(&self, address: &str) -> Result<Option<UserId>> {
        self.store.resolve(address)
    }

    fn snapshot(&self, user: &UserId) -> Result<Box<dyn Snapshot + '_>> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        self.store.snapshot(user)
    }

    fn open(&self, user: &UserId) -> Result<Box<dyn Mailbox + '_>> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        self.store.open(user)
    }

    fn attach(&self, hub: Arc<ChangeHub>) -> Result<()> {
        self.store.attach(hub)
    }
}

fn counted() -> (Server, Arc<Store>, Arc<AtomicUsize>) {
    let directory = TempDir::new().unwrap();
    let store = Arc::new(Store::open(directory.path()).unwrap());
    for name in ["ada", "bob"] {
        store.add_user(&NewUser::named(name), PASSWORD).unwrap();
    }
    let opened = Arc::new(AtomicUsize::new(0));
    let backend = Counted { store: Arc::clone(&store), opened: Arc::clone(&opened) };
    (Server::serve(directory, backend, |builder| builder), store, opened)
}

/// Puts something into a folder, in the process of the server.
fn put(store: &Store, user: &str, kind: FolderType, content: &Content) {
    let mut mailbox = store.open(&store.user(user).unwrap()).unwrap();
    let folder = mailbox.folders().unwrap().into_iter().find(|folder| folder.kind == kind).unwrap();
    mailbox.create_item(folder.id, content).unwrap();
    mailbox.commit().unwrap();
}

/// A request of ada without a socket, whose time limits would be over at once where time jumps.
async fn request(mut service: ActiveSync, command: &str, body: Vec<u8>) -> bytes::Bytes {
    let query = format!("{PATH}?Cmd={command}&User=ada&DeviceId=testada&DeviceType=test");
    let request = http::Request::post(query)
        .header("Authorization", "Basic YWRhOm9wZW4gc2VzYW1l")
        .header("MS-ASProtocolVersion", "16.1")
        .body(Full::new(bytes::Bytes::from(body)))
        .unwrap();
    let answer = service.call(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.into_body().collect().await.unwrap().to_bytes()
}

async fn ping(service: ActiveSync, seconds: u32, inbox: &str) -> PingStatus {
    let ping = PingRequest { heartbeat_interval: Some(seconds), ..watch(inbox) };
    let body = Ping::encode_request(&ping, ProtocolVersion::V16_1).unwrap();
    Ping::decode_response(&request(service, "Ping", body).await).unwrap().status
}

#[tokio::test]
async fn who_hangs_looks_at_the_mailbox_only_when_it_changed() {
    const HANGING: usize = 10;
    let (server, store, opened) = counted();
    let inbox = ready(&server.device("ada", ProtocolVersion::V16_1)).await;
    let count = || opened.load(Ordering::SeqCst);

    // From now on time passes when nobody has anything to do, and then at once.
    tokio::time::pause();
    let mut cost = Vec::new();
    for seconds in [60, 3540] {
        let (begin, before) = (Instant::now(), count());
        assert_eq!(ping(server.service.clone(), seconds, &inbox).await, PingStatus::NoChanges);
        assert!(begin.elapsed() >= Duration::from_secs(seconds.into()));
        cost.push(count() - before);
    }
    assert_eq!(cost[0], cost[1], "an hour costs what a minute does");

    let before = count();
    let hanging = async {
        let mut requests = JoinSet::new();
        for _ in 0..HANGING {
            let (service, inbox) = (server.service.clone(), inbox.clone());
            requests.spawn(async move { ping(service, 3540, &inbox).await });
        }
        requests.join_all().await
    };
    let change = async {
        server.until_waiting(HANGING).await;
        let settled = async || {
            tokio::time::sleep(Duration::from_secs(10)).await;
            count() - before
        };
        assert_eq!(settled().await, HANGING * cost[0]);
        let mail = || Content::Email(Box::new(Email::new("Subject: x\r\n\r\n", Timestamp::now())));
        put(&store, "ada", FolderType::Calendar, &Content::Event(Box::new(Calendar::default())));
        put(&store, "bob", FolderType::Inbox, &mail());
        assert_eq!(settled().await, HANGING * cost[0], "this is nothing that they wait for");
        put(&store, "ada", FolderType::Inbox, &mail());
    };
    let (statuses, ()) = tokio::join!(hanging, change);
    assert_eq!(statuses, [PingStatus::Changes; HANGING]);
    assert_eq!(count() - before, HANGING * (cost[0] + 1), "one look each");
}

#[tokio::test]
async fn a_sync_that_hangs_does_not_look_either() {
    let (server, _, opened) = counted();
    let device = server.device("ada", ProtocolVersion::V16_1);
    let inbox = device.folder(FolderType::Inbox).await;
    let key = device.start(&inbox, Class::Email).await;
    let (key, _) = device.drain(key, &inbox, Class::Email).await;
    tokio::time::pause();
    let mut cost = Vec::new();
    for seconds in [60, 3540] {
        let (begin, before) = (Instant::now(), opened.load(Ordering::SeqCst));
        let collection = device.collection(&key, &inbox, Class::Email);
        let sync = SyncRequest { heartbeat_interval: Some(seconds), ..SyncRequest::from(collection) };
        let body = Sync::encode_request(&sync, ProtocolVersion::V16_1).unwrap();
        assert_eq!(request(server.service.clone(), "Sync", body).await, "", "nothing changed");
        assert!(begin.elapsed() >= Duration::from_secs(seconds.into()));
        cost.push(opened.load(Ordering::SeqCst) - before);
    }
    assert_eq!(cost[0], cost[1], "an hour costs what a minute does");
}
