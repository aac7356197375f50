//! A conversation in the documents of the specification's facts: what the client sends is held against their bytes,
//! and what it is told is theirs.

mod support;

use std::path::{Path, PathBuf};

use activesync_client::types::airsyncbase::BodyType;
use activesync_client::types::folder_hierarchy::FolderType;
use activesync_client::types::sync::{CollectionResponse, FilterType, SyncResponse};
use activesync_client::types::{ServerId, Sync};
use activesync_client::{Change, Error};
use support::{Fake, Reply, Seen};

/// `../shared/spec` beside the checkout. Where it is missing, CI fails and others are told.
fn spec() -> Option<PathBuf> {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/spec");
    if spec.join("examples").is_dir() {
        return Some(spec);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing", spec.display());
    eprintln!("SKIPPED: {} is missing", spec.display());
    None
}

fn hex(path: &Path) -> Vec<u8> {
    let text = std::fs::read_to_string(path).unwrap();
    text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

/// What the server hears, and says: each step a command, the request that it must be, and the answer.
struct Step {
    command: &'static str,
    request: Option<Vec<u8>>,
    answer: Box<dyn Fn(&Seen) -> Reply + Send>,
}

#[tokio::test]
async fn a_conversation_of_the_examples() {
    let Some(spec) = spec() else { return };
    let document = |name: &str| hex(&spec.join(format!("examples/{name}.hex")));
    let says = |command, request: Option<&str>, answer: &str| {
        let body = document(answer);
        let answer = move |_: &Seen| Reply::wbxml(body.clone());
        Step { command, request: request.map(document), answer: Box::new(answer) }
    };
    let multi_part = {
        let body = document("http-multipart-body");
        let headers = vec![("Content-Type".to_owned(), "application/vnd.ms-sync.multipart".to_owned())];
        move |_: &Seen| Reply::Answer { status: 200, headers: headers.clone(), body: body.clone() }
    };
    let key = |key: &'static str, folder: &'static str| {
        move |seen: &Seen| {
            Reply::to::<Sync>(seen, &SyncResponse::from(vec![CollectionResponse::new(key, folder)]))
        }
    };
    let steps = vec![
        says("FolderSync", Some("foldersync-initial-request"), "foldersync-initial-response"),
        says("Sync", Some("sync-initial-request"), "sync-initial-response"),
        says("Sync", None, "sync-email-add-response"),
        Step { command: "Sync", request: None, answer: Box::new(|_| Reply::status(200)) },
        says("GetItemEstimate", Some("getitemestimate-request"), "getitemestimate-response"),
        Step { command: "Sync", request: None, answer: Box::new(key("1", "2")) },
        Step { command: "Sync", request: None, answer: Box::new(key("2", "2")) },
        says("Ping", Some("ping-request"), "ping-heartbeat-response"),
        says("Ping", None, "ping-changes-response"),
        Step { command: "ItemOperations", request: None, answer: Box::new(multi_part) },
        says("ItemOperations", None, "itemoperations-attachment-response"),
        says("FolderSync", None, "foldersync-changes-response"),
        says("FolderCreate", Some("foldercreate-request"), "foldercreate-response"),
        says("MoveItems", Some("moveitems-request"), "moveitems-response"),
        says("SendMail", None, "sendmail-error-response"),
        says("Provision", None, "provision-initial-response"),
        says("Provision", Some("provision-ack-request"), "provision-ack-response"),
        says("FolderSync", None, "foldersync-badkey-response"),
        says("FolderSync", Some("foldersync-initial-request"), "foldersync-initial-response"),
        says("Provision", None, "provision-remotewipe-response"),
    ];
    let mut steps = steps.into_iter().enumerate();
    let fake = Fake::start("14.1", move |seen: &Seen| {
        let Some((number, step)) = steps.next() else { return Reply::status(599) };
        assert_eq!(seen.command, step.command, "step {number}");
        if let Some(request) = step.request {
            assert_eq!(seen.body, request, "step {number}, {}", step.command);
        }
        (step.answer)(seen)
    })
    .await;

    let client = fake.client().connect().await.unwrap();
    let folders = client.folders().await.unwrap();
    let (inbox, calendar) = (folders.inbox().unwrap(), folders.calendar().unwrap());
    assert_eq!(folders.find("inbox/überweisungen").unwrap().id, "3");

    let sync = client.sync(&inbox).filter(FilterType::OneWeek).window(25).body(BodyType::PlainText);
    let mut changes = sync.clone().changes();
    let Some(Change::Added(item)) = changes.try_next().await.unwrap() else { panic!() };
    let email = item.email().unwrap();
    assert_eq!((item.id.as_str(), email.subject.as_deref()), ("1:7", Some("Räkning & kvitto")));
    let reference = email.attachments[0].attachment().unwrap().file_reference.clone();
    assert_eq!(changes.try_next().await.unwrap(), None);
    assert_eq!(sync.estimate().await.unwrap(), 12);

    assert_eq!(client.sync(&calendar).changes().try_next().await.unwrap(), None);
    let changed = client.wait_for_changes([&inbox, &calendar]).await.unwrap();
    assert_eq!(changed, std::slice::from_ref(&inbox));
    let last = fake.seen().pop().unwrap();
    let ping = last.request::<activesync_client::types::Ping>();
    assert_eq!(ping.heartbeat_interval, Some(60), "what the server allows");

    for _ in 0..2 {
        let content = client.fetch_attachment(&reference).await.unwrap();
        assert_eq!(
            (&content.bytes[..], content.content_type.as_deref()),
            (&b"hello"[..], Some("text/plain"))
        );
    }

    let folders = client.folders().await.unwrap();
    assert_eq!((folders.find("3").unwrap().name, folders.iter().count()), ("Bank".to_owned(), 3));
    let receipts = client.create_folder(&inbox.id, "Receipts", FolderType::UserMail).await.unwrap();
    assert_eq!(receipts.id, "14");
    let moved = client.move_items(&inbox, [&ServerId::from("1:7")], &receipts).await.unwrap();
    assert_eq!(moved[0].result.as_ref().unwrap(), "14:1");

    let error = client.send_mail("Subject: to nobody\r\n\r\n").await.unwrap_err();
    assert!(matches!(&error, Error::Status { command: "SendMail", info } if info.code == 119), "{error}");

    client.provision().await.unwrap();
    let folders = client.folders().await.unwrap();
    assert_eq!(folders.iter().count(), 3, "started over: the new folder is not among those of the example");
    assert_eq!(fake.seen().last().unwrap().header("X-MS-PolicyKey"), Some("3942919513"));
    let error = client.provision().await.unwrap_err();
    assert!(matches!(error, Error::RemoteWipe { account_only: false }), "{error}");
    assert_eq!(fake.commands().len(), 20);
}
