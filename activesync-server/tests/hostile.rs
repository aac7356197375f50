//! Whatever comes in, an answer goes out, and what is stored stays.

use std::convert::Infallible;

use activesync_server::backend::Backend;
use activesync_server::store::{NewUser, Store};
use activesync_server::{ActiveSync, PATH};
use activesync_types::folder_hierarchy::FolderSyncRequest;
use activesync_types::get_item_estimate::{EstimateCollection, GetItemEstimateRequest};
use activesync_types::http::Query;
use activesync_types::item_operations::{Fetch, ItemOperationsRequest, Operation};
use activesync_types::move_items::{Move, MoveItemsRequest};
use activesync_types::ping::PingRequest;
use activesync_types::sync::{Collection, SyncRequest};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::Full;
use proptest::prelude::*;
use tempfile::TempDir;
use tower::Service;

const VERSIONS: [&str; 12] =
    ["1.0", "2.0", "2.1", "2.5", "12.0", "12.1", "14.0", "14.1", "16.0", "16.1", "17.0", ""];
const COMMANDS: [&str; 15] = [
    "Sync",
    "SendMail",
    "GetAttachment",
    "GetHierarchy",
    "FolderSync",
    "FolderCreate",
    "FolderDelete",
    "FolderUpdate",
    "MoveItems",
    "GetItemEstimate",
    "Ping",
    "ItemOperations",
    "Provision",
    "Find",
    "Frobnicate",
];

/// Documents that are right, to be damaged.
fn documents() -> Vec<Vec<u8>> {
    let operation = Operation::from(Fetch::attachment("1:2:3"));
    let documents = [
        wbxml::to_vec(&FolderSyncRequest::new("{F1252269-B8CE-422E-8109-8DE067B7B0BA}3")),
        wbxml::to_vec(&SyncRequest::from(Collection::new("0", "1"))),
        wbxml::to_vec(&GetItemEstimateRequest::from(vec![EstimateCollection::new("1", "1")])),
        wbxml::to_vec(&MoveItemsRequest { moves: vec![Move::new("1:1", "1", "2")] }),
        wbxml::to_vec(&ItemOperationsRequest::from(vec![operation])),
        wbxml::to_vec(&PingRequest { heartbeat_interval: Some(1), ..PingRequest::default() }),
    ];
    documents.into_iter().map(Result::unwrap).collect()
}

fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let damaged =
        (prop::sample::select(documents()), any::<prop::sample::Index>(), any::<u8>(), any::<bool>());
    let damaged = damaged.prop_map(|(mut document, at, byte, cut)| {
        let at = at.index(document.len());
        document[at] = byte;
        if cut {
            document.truncate(at);
        }
        document
    });
    prop_oneof![
        1 => prop::collection::vec(any::<u8>(), 0..64),
        1 => prop::collection::vec(any::<u8>(), 0..64).prop_map(|rest| [b"\x03\x01\x6A\x00".to_vec(), rest].concat()),
        1 => prop::sample::select(documents()),
        2 => damaged,
    ]
}

fn queries() -> impl Strategy<Value = String> {
    let id = prop_oneof![9 => "[a-z0-9]{1,8}", 1 => "[ -~]{0,12}"];
    let plain = (prop::sample::select(COMMANDS.to_vec()), id).prop_map(|(command, id)| {
        let query = Query {
            command: command.into(),
            user: Some("ada".into()),
            device_id: id.into(),
            device_type: "t".into(),
            ..Query::default()
        };
        query.to_plain()
    });
    prop_oneof![8 => plain, 1 => "[A-Za-z0-9+/=&%]{0,40}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_request_gets_an_answer_and_changes_nothing(
        query in queries(),
        version in prop::sample::select(VERSIONS.to_vec()),
        key in prop_oneof![Just(String::new()), "[0-9]{1,12}", "[ -~]{1,8}"],
        body in bodies(),
    ) {
        with_server(|service, before| {
            let request = Request::post(format!("{PATH}?{query}"))
                .header("Authorization", "Basic YWRhOm9wZW4gc2VzYW1l")
                .header("MS-ASProtocolVersion", version)
                .header("X-MS-PolicyKey", key)
                .header("Content-Type", "application/vnd.ms-sync.wbxml")
                .body(Full::new(Bytes::from(body)));
            let Ok(request) = request else { return Ok(()) };
            let response: Result<_, Infallible> = runtime().block_on(service.clone().call(request));
            let response = response.unwrap();
            let known = [200, 400, 449, 500, 501, 505].map(|code| StatusCode::from_u16(code).unwrap());
            prop_assert!(known.contains(&response.status()), "{}", response.status());
            // 500 is for attachments that are not there, and for mail that cannot be sent.
            let may_fail = query.contains("Cmd=GetAttachment") || query.contains("Cmd=SendMail");
            prop_assert!(response.status() != StatusCode::INTERNAL_SERVER_ERROR || may_fail);
            prop_assert_eq!(folders(), before);
            Ok(())
        })?;
    }
}

thread_local! {
    static SERVER: (TempDir, ActiveSync, tokio::runtime::Runtime) = {
        let directory = TempDir::new().unwrap();
        let store = Store::open(directory.path()).unwrap();
        store.add_user(&NewUser::named("ada"), "open sesame").unwrap();
        let service = ActiveSync::builder(store).heartbeat(1..=1).build().unwrap();
        (directory, service, tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap())
    };
}

fn runtime() -> tokio::runtime::Handle {
    SERVER.with(|(_, _, runtime)| runtime.handle().clone())
}

/// Names of folders and numbers of items.
fn folders() -> Vec<(String, u64)> {
    SERVER.with(|(directory, _, _)| {
        let store = Store::open(directory.path()).unwrap();
        let mailbox = store.snapshot(&store.user("ada").unwrap()).unwrap();
        let folders = mailbox.folders().unwrap().into_iter();
        folders.map(|folder| (folder.name, mailbox.count(folder.id).unwrap())).collect()
    })
}

fn with_server<T>(test: impl FnOnce(&ActiveSync, Vec<(String, u64)>) -> T) -> T {
    let before = folders();
    SERVER.with(|(_, service, _)| test(service, before))
}
