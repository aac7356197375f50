//! Ping hangs until something changes.

mod common;

use std::time::Duration;

use activesync_types::compose_mail::SendMailRequest;
use activesync_types::folder_hierarchy::{FolderCreateRequest, FolderSyncRequest, FolderType};
use activesync_types::ping::{PingFolder, PingRequest};
use activesync_types::status::PingStatus;
use activesync_types::{Class, FolderCreate, FolderSync, Ping, SendMail, ServerId, SyncKey};
use common::{Device, Server};
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
