//! What happens to a request on its way: versions, policies, busy servers, moved mailboxes, lost answers.

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use activesync_client::types::folder_hierarchy::{
    Changes, Folder, FolderSyncRequest, FolderSyncResponse, FolderType,
};
use activesync_client::types::provision::{
    Policy, PolicyAcknowledgement, PolicyData, PolicyType, ProvisionResponse, RemoteWipeStatus,
};
use activesync_client::types::settings::DeviceProperties;
use activesync_client::types::status::{
    CommonStatus, FolderSyncStatus, PolicyStatus, ProvisionStatus, StatusAction,
};
use activesync_client::types::{FolderSync, PolicyKey, Provision, ServerId, SyncKey};
use activesync_client::{Client, Error, ProtocolVersion, SqliteState, StateError};
use support::{Fake, Reply, Seen, in_order};

fn folders(seen: &Seen) -> Reply {
    let folder = Folder::new("1", ServerId::ROOT, "Inbox", FolderType::Inbox);
    Reply::to::<FolderSync>(seen, &FolderSyncResponse::new("1", Changes::new(vec![], vec![], vec![folder])))
}

fn initial() -> FolderSyncRequest<'static> {
    FolderSyncRequest::new(SyncKey::INITIAL)
}

#[tokio::test]
async fn the_newest_common_version_is_chosen_and_sent() {
    for (offered, chosen) in [
        ("1.0,2.0,2.1,2.5", "2.5"),
        ("2.5,12.0,12.1,14.0,14.1,16.0,16.1,17.0", "16.1"),
        ("14.1, 12.1", "14.1"),
    ] {
        let fake = Fake::start(offered, folders).await;
        let client = fake.client().connect().await.unwrap();
        assert_eq!(client.version().to_string(), chosen);
        client.send::<FolderSync>(&initial()).await.unwrap();
        let seen = fake.seen();
        assert_eq!(seen[0].command, "OPTIONS");
        assert_eq!(seen[0].uri.path(), "/Microsoft-Server-ActiveSync");
        assert_eq!(seen[0].uri.query(), None);
        assert_eq!(seen[1].header("MS-ASProtocolVersion"), Some(chosen));
        assert_eq!(seen[1].header("Content-Type"), Some("application/vnd.ms-sync.wbxml"));
        let query = seen[1].query();
        assert_eq!((query.user.as_deref(), &*query.device_id), (Some("ada"), &*client.device_id()));
        assert_eq!(seen[1].body, b"\x03\x01\x6A\x00\x00\x07\x56\x52\x030\x00\x01\x01");
    }
}

#[tokio::test]
async fn no_common_version_and_one_that_is_not_offered_are_errors_that_name_the_offer() {
    let fake = Fake::start("2.0,2.5", folders).await;
    let error = fake.client().version(ProtocolVersion::V14_1).connect().await.unwrap_err();
    assert_eq!(error.to_string(), "the server speaks protocol version 2.0, 2.5, but not 14.1");
    assert_eq!(error.action(), StatusAction::ChangeVersion);
    let client = fake.client().version(ProtocolVersion::V2_0).connect().await.unwrap();
    assert_eq!(client.version(), ProtocolVersion::V2_0);
}

// Some servers leave the header out now and then.
#[tokio::test]
async fn a_missing_version_header_is_transient_and_the_version_is_remembered() {
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().join("state.db");
    let fake = Fake::with_options(Reply::status(200), folders).await;
    let error = fake.client().connect().await.unwrap_err();
    assert!(matches!(error, Error::NoVersions) && error.is_transient());
    assert_eq!(fake.seen().len(), 3, "asked again before giving up");

    fake.set_options(Reply::status(200).header("MS-ASProtocolVersions", "12.1,14.0"));
    let client = fake.client().state(SqliteState::open(&state).unwrap()).connect().await.unwrap();
    assert_eq!(client.version(), ProtocolVersion::V14_0);
    let device = client.device_id();
    drop(client);

    fake.set_options(Reply::status(200));
    let again = fake.client().state(SqliteState::open(&state).unwrap()).connect().await.unwrap();
    assert_eq!(again.version(), ProtocolVersion::V14_0);
    assert_eq!(again.device_id(), device, "the device stays the same");
    let forced = fake.client().version(ProtocolVersion::V12_1).connect().await.unwrap();
    assert_eq!(forced.version(), ProtocolVersion::V12_1);
}

#[tokio::test]
async fn the_query_can_be_base64_and_takes_the_place_of_headers() {
    let fake = Fake::start("14.1", folders).await;
    let client =
        fake.client().base64_query(true).device_id("dev01").device_type("test").connect().await.unwrap();
    client.send::<FolderSync>(&initial()).await.unwrap();
    let seen = fake.seen();
    let query = seen[1].query();
    let head = query.base64.expect("a base64 query");
    assert_eq!(
        (head.version, &*query.command, &*query.device_id),
        (ProtocolVersion::V14_1, "FolderSync", "dev01")
    );
    assert_eq!(query.user.as_deref(), Some("ada"));
    assert_eq!(seen[1].header("MS-ASProtocolVersion"), None);
    assert_eq!(seen[1].header("X-MS-PolicyKey"), None);
}

/// Refuses what does not carry the policy key 77, and hands it out as the specification describes.
fn strict(refuse: impl Fn(&Seen) -> Reply + Send + 'static) -> impl FnMut(&Seen) -> Reply + Send {
    move |seen| match (seen.command.as_str(), seen.header("X-MS-PolicyKey")) {
        ("Provision", Some("0")) => {
            let request = seen.request::<Provision>();
            assert_eq!(request.policies[0].policy_key, None);
            let policy_type = PolicyType::of_version(seen.version());
            assert_eq!(request.policies[0].policy_type, policy_type);
            assert_eq!(request.device_information.is_some(), seen.version() >= ProtocolVersion::V14_1);
            policy(seen, "42")
        }
        ("Provision", Some("42")) => {
            let request = seen.request::<Provision>();
            assert_eq!(request.policies[0].policy_key, Some(PolicyKey::from(42)));
            assert_eq!(request.policies[0].status, Some(PolicyAcknowledgement::Success));
            policy(seen, "77")
        }
        ("FolderSync", Some("77")) => folders(seen),
        _ => refuse(seen),
    }
}

fn policy(seen: &Seen, key: &'static str) -> Reply {
    let policy = Policy {
        policy_type: PolicyType::of_version(seen.version()),
        status: PolicyStatus::Success,
        policy_key: Some(PolicyKey::from(key)),
        data: None,
    };
    Reply::to::<Provision>(seen, &ProvisionResponse::with_policy(policy))
}

#[tokio::test]
async fn http_449_makes_the_client_provision_and_repeat() {
    let fake = Fake::start("12.1", strict(|_| Reply::status(449))).await;
    let client = fake.client().connect().await.unwrap();
    assert_eq!(client.folders().await.unwrap().inbox().unwrap().id, "1");
    assert_eq!(fake.commands(), ["FolderSync", "Provision", "Provision", "FolderSync"]);
    client.send::<FolderSync>(&initial()).await.unwrap();
    assert_eq!(fake.commands().len(), 5, "the key is kept");
}

#[tokio::test]
async fn status_142_to_144_makes_the_client_provision_and_repeat() {
    for code in [142, 143, 144] {
        let refuse = move |seen: &Seen| {
            Reply::to::<FolderSync>(seen, &FolderSyncResponse::failed(FolderSyncStatus::from_code(code)))
        };
        let fake = Fake::start("16.1", strict(refuse)).await;
        let client = fake.client().connect().await.unwrap();
        assert_eq!(client.folders().await.unwrap().inbox().unwrap().id, "1");
        assert_eq!(fake.commands(), ["FolderSync", "Provision", "Provision", "FolderSync"]);
    }
}

#[tokio::test]
async fn the_policy_key_survives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().join("state.db");
    let fake = Fake::start("14.0", strict(|_| Reply::status(449))).await;
    let first = fake.client().state(SqliteState::open(&state).unwrap()).connect().await.unwrap();
    first.folders().await.unwrap();
    drop(first);
    let second = fake.client().state(SqliteState::open(&state).unwrap()).connect().await.unwrap();
    second.send::<FolderSync>(&initial()).await.unwrap();
    assert_eq!(fake.commands()[4..], ["FolderSync"]);
    assert_eq!(fake.seen().last().unwrap().header("X-MS-PolicyKey"), Some("77"));
}

#[tokio::test]
async fn a_server_that_asks_for_its_policies_again_and_again_is_an_error() {
    let fake = Fake::start("14.1", |seen: &Seen| match seen.command.as_str() {
        "Provision" => policy(seen, "42"),
        _ => Reply::status(449),
    })
    .await;
    let client = fake.client().connect().await.unwrap();
    let error = client.folders().await.unwrap_err();
    assert!(matches!(error, Error::ProvisionLoop { command: "FolderSync" }), "{error}");
    assert_eq!(fake.commands(), ["FolderSync", "Provision", "Provision", "FolderSync"]);
}

#[tokio::test]
async fn policies_can_be_judged_and_the_device_described() {
    let judged = Arc::new(Mutex::new(Vec::new()));
    let fake = Fake::start("14.1", |seen: &Seen| {
        let request = seen.request::<Provision>();
        if let Some(device) = &request.device_information {
            assert_eq!(device.set.model.as_deref(), Some("loom"));
            let policy = Policy {
                policy_type: PolicyType::EasProvisioningWbxml,
                status: PolicyStatus::Success,
                policy_key: Some(PolicyKey::from(5)),
                data: Some(PolicyData::Eas(Box::default())),
            };
            return Reply::to::<Provision>(seen, &ProvisionResponse::with_policy(policy));
        }
        assert_eq!(request.policies[0].status, Some(PolicyAcknowledgement::Partial));
        policy(seen, "6")
    })
    .await;
    let device = DeviceProperties { model: Some("loom".into()), ..DeviceProperties::default() };
    let seen = Arc::clone(&judged);
    let judge = move |data: &PolicyData<'_>| {
        seen.lock().unwrap().push(format!("{data:?}"));
        PolicyAcknowledgement::Partial
    };
    let client = fake.client().device_properties(device).on_policy(judge).connect().await.unwrap();
    client.provision().await.unwrap();
    assert_eq!(judged.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn the_order_to_erase_the_device_is_an_error_that_can_be_acknowledged() {
    let fake = Fake::start("16.1", |seen: &Seen| {
        let request = seen.request::<Provision>();
        if let Some(report) = request.remote_wipe {
            assert_eq!(report.status, Some(RemoteWipeStatus::Success));
            return Reply::to::<Provision>(seen, &ProvisionResponse::new(ProvisionStatus::Success));
        }
        let order =
            ProvisionResponse { remote_wipe: true, ..ProvisionResponse::new(ProvisionStatus::Success) };
        Reply::to::<Provision>(seen, &order)
    })
    .await;
    let client = fake.client().connect().await.unwrap();
    let error = client.provision().await.unwrap_err();
    assert!(matches!(error, Error::RemoteWipe { account_only: false }), "{error}");
    client.acknowledge_wipe(false, RemoteWipeStatus::Success).await.unwrap();
    assert_eq!(fake.commands().len(), 2);
}

#[tokio::test]
async fn a_busy_server_gets_its_pause_or_the_caller_hears_of_it() {
    let fake = Fake::start(
        "14.1",
        in_order(vec![
            Box::new(|_| Reply::status(503).header("Retry-After", "0")),
            Box::new(folders),
            Box::new(|_| {
                Reply::status(503).header("Retry-After", "3600").header("X-MS-ASThrottle", "RecentCommands")
            }),
        ]),
    )
    .await;
    let client = fake.client().connect().await.unwrap();
    client.send::<FolderSync>(&initial()).await.unwrap();
    let error = client.send::<FolderSync>(&initial()).await.unwrap_err();
    assert!(error.is_transient());
    let Error::Busy { command: "FolderSync", retry_after, reason } = error else { panic!("{error}") };
    assert_eq!(retry_after, Some(Duration::from_hours(1)));
    assert_eq!(reason.as_deref(), Some("RecentCommands"));
    assert_eq!(fake.commands().len(), 3);
}

#[tokio::test]
async fn a_server_that_stays_busy_is_not_asked_forever() {
    let fake = Fake::start("14.1", |_: &Seen| Reply::status(503)).await;
    let client = fake.client().connect().await.unwrap();
    let error = client.folders().await.unwrap_err();
    assert!(matches!(error, Error::Busy { retry_after: None, .. }), "{error}");
    assert_eq!(fake.commands().len(), 3);
}

#[tokio::test]
async fn http_statuses_are_typed_and_say_what_to_do() {
    let fake = Fake::start("14.1", folders).await;
    let error = fake.client().login("ada", "wrong").connect().await.unwrap_err();
    assert!(matches!(&error, Error::Unauthorized { user } if user == "ada"));
    assert_eq!(error.action(), StatusAction::AskCredentials);
    assert!(!error.to_string().contains("wrong"));

    for (status, action) in [
        (400, StatusAction::FixRequest),
        (403, StatusAction::TellUser),
        (404, StatusAction::TellUser),
        (500, StatusAction::Retry),
        (501, StatusAction::FixRequest),
        (505, StatusAction::ChangeVersion),
        (507, StatusAction::TellUser),
    ] {
        let fake = Fake::start("14.1", move |_: &Seen| Reply::status(status)).await;
        let client = fake.client().connect().await.unwrap();
        let error = client.folders().await.unwrap_err();
        let Error::Http { command: "FolderSync", status: found } = &error else { panic!("{error}") };
        assert_eq!((found.0, error.action()), (status, action));
        assert!(error.to_string().contains(&format!("HTTP {status}")), "{error}");
        assert_eq!(fake.commands().len(), 1, "{status} is not repeated");
    }

    let expired =
        |_: &Seen| Reply::status(457).header("X-MS-Credential-Service-Url", "https://example.org/new");
    let fake = Fake::start("14.1", expired).await;
    let error = fake.client().connect().await.unwrap().folders().await.unwrap_err();
    assert!(
        matches!(error, Error::PasswordExpired { change_at: Some(page), .. } if page == "https://example.org/new")
    );
}

#[tokio::test]
async fn a_moved_mailbox_is_followed_and_its_place_remembered() {
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().join("state.db");
    let new = Fake::start("14.1", folders).await;
    let location = format!("{}/Microsoft-Server-ActiveSync", new.url());
    let old =
        Fake::start("14.1", move |_: &Seen| Reply::status(451).header("X-MS-Location", &location)).await;

    let client = old.client().state(SqliteState::open(&state).unwrap()).connect().await.unwrap();
    client.folders().await.unwrap();
    assert_eq!((old.commands().len(), new.commands().len()), (1, 1));
    assert_eq!(new.seen()[0].query().device_id, client.device_id());
    client.send::<FolderSync>(&initial()).await.unwrap();
    assert_eq!((old.commands().len(), new.commands().len()), (1, 2));
    drop(client);

    let client = old.client().state(SqliteState::open(&state).unwrap()).connect().await.unwrap();
    client.send::<FolderSync>(&initial()).await.unwrap();
    assert_eq!((old.seen().len(), new.seen().len()), (2, 4), "the old place is not asked any more");
}

#[tokio::test]
async fn a_moved_mailbox_that_cannot_be_followed_is_an_error() {
    let fake = Fake::start("14.1", |_: &Seen| Reply::status(451)).await;
    let error = fake.client().connect().await.unwrap().folders().await.unwrap_err();
    assert!(matches!(error, Error::Redirect { location: None, .. }), "{error}");

    let circle = Fake::start("14.1", |seen: &Seen| {
        Reply::status(451).header("X-MS-Location", &format!("http://{}/again", seen.header("Host").unwrap()))
    })
    .await;
    let error = circle.client().connect().await.unwrap().folders().await.unwrap_err();
    assert!(matches!(error, Error::Redirect { .. }), "{error}");
    assert_eq!(circle.commands().len(), 6);
}

#[tokio::test]
async fn a_mailbox_that_moved_from_https_to_http_is_not_followed() {
    for (status, header) in [("451 Moved", "X-MS-Location"), ("302 Found", "Location")] {
        let new = Fake::start("14.1", folders).await;
        let location = format!("{}/Microsoft-Server-ActiveSync", new.url());
        let answer = format!("HTTP/1.1 {status}\r\n{header}: {location}\r\n{ENDS}");
        let (old, pem) = over_tls(answer);
        let client =
            Client::builder(old).login(support::USER, support::PASSWORD).version(ProtocolVersion::V14_1);
        let client = client.add_root_certificates(pem.as_bytes()).unwrap().connect().await.unwrap();
        let error = client.folders().await.unwrap_err();
        let Error::Redirect { location: Some(found), fault } = &error else { panic!("{error}") };
        assert_eq!((found, *fault), (&location, "the password would go there without encryption"));
        assert_eq!(new.seen().len(), 0, "the password crossed unencrypted");
    }
}

/// The rest of the head of an answer without a body.
const ENDS: &str = "Content-Length: 0\r\nConnection: close\r\n\r\n";

/// A server that speaks TLS and gives one answer to all commands; its address, and its certificate as PEM.
fn over_tls(answer: String) -> (String, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let pem = certificate.self_signed(&key).unwrap().pem();
    let directory = tempfile::tempdir().unwrap();
    let files = ["cert.pem", "key.pem"].map(|name| directory.path().join(name));
    fs::write(&files[0], &pem).unwrap();
    fs::write(&files[1], key.serialize_pem()).unwrap();
    let mut tls = activesync_server::tls_config(&files[0], &files[1]).unwrap().as_ref().clone();
    tls.alpn_protocols.clear();
    let tls = Arc::new(tls);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    // It ends with the process.
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let connection = rustls::ServerConnection::new(Arc::clone(&tls)).unwrap();
            let mut stream = BufReader::new(rustls::StreamOwned::new(connection, socket.unwrap()));
            let mut head = String::new();
            while stream.read_line(&mut head).unwrap_or(0) > 2 {}
            let length = head
                .to_lowercase()
                .split("content-length: ")
                .nth(1)
                .map_or(0, |rest| rest.lines().next().unwrap().parse().unwrap());
            std::io::copy(&mut stream.by_ref().take(length), &mut std::io::sink()).unwrap();
            let versions = format!("HTTP/1.1 200 OK\r\nMS-ASProtocolVersions: 14.1\r\n{ENDS}");
            let answer = if head.starts_with("OPTIONS") { &versions } else { &answer };
            let mut stream = stream.into_inner();
            stream.write_all(answer.as_bytes()).unwrap();
            stream.conn.send_close_notify();
            stream.flush().unwrap();
        }
    });
    (url, pem)
}

#[tokio::test]
async fn malformed_answers_are_errors_with_the_place_of_the_fault() {
    // The string of FolderSync/Status has no end.
    let broken = b"\x03\x01\x6A\x00\x00\x07\x56\x4C\x031";
    let fake = Fake::start("14.1", |_: &Seen| Reply::wbxml(*broken)).await;
    let client = fake.client().connect().await.unwrap();
    let error = client.folders().await.unwrap_err();
    let Error::Malformed { command: "FolderSync", source } = &error else { panic!("{error}") };
    assert_eq!(source.offset(), Some(8));
    assert!(error.to_string().contains("FolderSync/Status at byte 8"), "{error}");

    let page = |_: &Seen| Reply::Answer {
        status: 200,
        headers: vec![("Content-Type".into(), "text/html".into())],
        body: b"<html>".to_vec(),
    };
    let fake = Fake::start("14.1", page).await;
    let error = fake.client().connect().await.unwrap().folders().await.unwrap_err();
    assert!(matches!(error, Error::Unexpected { .. }), "{error}");
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_and_not_forever() {
    let fake = Fake::start("14.1", in_order(vec![Box::new(|_| Reply::Cut), Box::new(folders)])).await;
    let client = fake.client().connect().await.unwrap();
    client.folders().await.unwrap();
    let seen = fake.seen();
    assert_eq!(seen[1].body, seen[2].body);

    let fake = Fake::start("14.1", |_: &Seen| Reply::Cut).await;
    let client = fake.client().connect().await.unwrap();
    let error = client.folders().await.unwrap_err();
    assert!(
        matches!(error, Error::Connection { command: "FolderSync", .. }) && error.is_transient(),
        "{error}"
    );
    assert_eq!(fake.commands().len(), 3);
}

#[tokio::test]
async fn what_would_happen_twice_is_not_asked_for_again() {
    let fake = Fake::start("14.1", |_: &Seen| Reply::Cut).await;
    let client = fake.client().connect().await.unwrap();
    client.send_mail("Subject: hello\r\n\r\nhello\r\n").await.unwrap_err();
    assert_eq!(fake.commands().len(), 3, "from 14.0 on the server knows a message again");

    let fake = Fake::start("12.1", |_: &Seen| Reply::Cut).await;
    let client = fake.client().connect().await.unwrap();
    client.send_mail("Subject: hello\r\n\r\nhello\r\n").await.unwrap_err();
    assert_eq!(fake.commands(), ["SendMail"]);
    assert_eq!(fake.seen()[1].header("Content-Type"), Some("message/rfc822"));
    assert_eq!(fake.seen()[1].body, b"Subject: hello\r\n\r\nhello\r\n");
    assert!(fake.seen()[1].query().parameters.save_in_sent);
}

#[tokio::test]
async fn a_repeated_message_that_was_sent_already_is_a_success() {
    use activesync_client::types::SendMail;
    use activesync_client::types::compose_mail::SendMailResponse;
    let sent = |seen: &Seen| {
        Reply::to::<SendMail>(seen, &SendMailResponse::failed(CommonStatus::MessagePreviouslySent))
    };
    let fake = Fake::start("16.1", in_order(vec![Box::new(|_| Reply::Cut), Box::new(sent)])).await;
    let client = fake.client().connect().await.unwrap();
    client.send_mail("Subject: hello\r\n\r\nhello\r\n").await.unwrap();
    let seen = fake.seen();
    let (first, second) = (seen[1].request::<SendMail>(), seen[2].request::<SendMail>());
    assert_eq!(first.client_id, second.client_id);
    assert!(first.client_id.as_str().len() <= 40 && first.save_in_sent_items);
    assert_eq!(&*first.mime.0, b"Subject: hello\r\n\r\nhello\r\n");
}

#[tokio::test]
async fn compressed_answers_are_read_and_counted_as_they_were_on_the_wire() {
    let many = |seen: &Seen| {
        let folders = (0..500).map(|n| {
            Folder::new(n.to_string(), ServerId::ROOT, "the same name again and again", FolderType::UserMail)
        });
        let changes = Changes::new(vec![], vec![], folders.collect());
        Reply::to::<FolderSync>(seen, &FolderSyncResponse::new("1", changes)).gzip()
    };
    let fake = Fake::start("14.1", many).await;
    let lengths = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&lengths);
    let client = fake
        .client()
        .on_exchange(move |exchange| {
            seen.lock().unwrap().push((
                exchange.command.to_owned(),
                exchange.request.len(),
                exchange.response.len(),
            ));
        })
        .connect()
        .await
        .unwrap();
    assert_eq!(client.folders().await.unwrap().iter().count(), 500);
    let lengths = lengths.lock().unwrap();
    assert_eq!(lengths[0], ("OPTIONS".to_owned(), 0, 0));
    let (command, sent, received) = &lengths[1];
    assert_eq!(command, "FolderSync");
    let traffic = client.statistics().of("FolderSync");
    assert_eq!((traffic.exchanges, traffic.sent), (1, *sent as u64));
    assert!(traffic.received * 5 < *received as u64, "{traffic:?} {received}");
    assert_eq!(client.statistics().total().sent, traffic.sent);
}

#[tokio::test]
async fn answers_beyond_the_limit_are_refused_compressed_or_not() {
    for compress in [false, true] {
        let fake = Fake::start("14.1", move |_: &Seen| {
            let reply = Reply::wbxml(vec![0; 100_000]);
            if compress { reply.gzip() } else { reply }
        })
        .await;
        let client = fake.client().answer_limit(10_000).connect().await.unwrap();
        let error = client.folders().await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit: 10_000, .. }), "{error}");
    }
}

#[tokio::test]
async fn another_version_than_before_starts_over() {
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().join("state.db");
    let fake = Fake::start("12.1", folders).await;
    let client = fake.client().state(SqliteState::open(&state).unwrap()).connect().await.unwrap();
    client.folders().await.unwrap();
    client.folders().await.unwrap();
    drop(client);
    fake.set_options(Reply::status(200).header("MS-ASProtocolVersions", "12.1,16.1"));
    let client = fake.client().state(SqliteState::open(&state).unwrap()).connect().await.unwrap();
    client.folders().await.unwrap();
    let keys: Vec<_> = fake
        .seen()
        .iter()
        .filter(|seen| seen.command == "FolderSync")
        .map(|seen| seen.request::<FolderSync>().sync_key.to_string())
        .collect();
    assert_eq!(keys, ["0", "1", "0"]);
}

#[tokio::test]
async fn the_header_that_asks_to_start_over_is_obeyed() {
    let fake = Fake::start(
        "14.1",
        in_order(vec![
            // Here it only lists the versions. [MS-ASHTTP] 2.2.2.1.2.11
            Box::new(|seen| folders(seen).header("X-MS-RP", "14.1")),
            Box::new(|seen| folders(seen).header("X-MS-RP", "14.1")),
            Box::new(folders),
        ]),
    )
    .await;
    let client = fake.client().connect().await.unwrap();
    client.folders().await.unwrap();
    client.folders().await.unwrap();
    let keys: Vec<_> =
        fake.seen()[1..].iter().map(|seen| seen.request::<FolderSync>().sync_key.to_string()).collect();
    assert_eq!(keys, ["0", "1", "0"]);
}

#[tokio::test]
async fn the_state_of_another_user_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().join("state.db");
    let fake = Fake::start("14.1", folders).await;
    drop(fake.client().state(SqliteState::open(&state).unwrap()).connect().await.unwrap());
    let other = fake.client().login("grace", "x").state(SqliteState::open(&state).unwrap());
    let error = other.connect().await.unwrap_err();
    assert!(matches!(&error, Error::State(StateError::OtherUser { found, .. }) if found == "ada"), "{error}");
}

#[tokio::test]
async fn addresses_that_cannot_be_are_refused() {
    for url in
        ["mail.example.org", "ftp://mail.example.org", "https://ada:secret@mail.example.org", "https://"]
    {
        let error = Client::builder(url).login("ada", "x").connect().await.unwrap_err();
        assert!(matches!(error, Error::Setup(_)), "{url}: {error}");
        assert!(!error.to_string().contains("secret"));
    }
    let error = Client::builder("http://127.0.0.1:1")
        .login("ada", "x")
        .attempts(1, Duration::ZERO)
        .connect()
        .await
        .unwrap_err();
    let Error::Connection { command: "OPTIONS", host, .. } = &error else { panic!("{error}") };
    assert_eq!(host, "127.0.0.1");
    assert!(error.to_string().contains("refused"), "{error}");
}
