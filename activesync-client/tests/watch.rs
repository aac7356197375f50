//! Waiting for changes.

mod support;

use std::time::Duration;

use activesync_client::types::folder_hierarchy::FolderType;
use activesync_client::types::ping::PingResponse;
use activesync_client::types::status::PingStatus;
use activesync_client::types::{CollectionId, Ping};
use activesync_client::{Client, Error, Folder, SqliteState};
use support::mailbox::Mailbox;
use support::{Fake, Reply, Seen};

/// A server with an Inbox and Contacts that answers Pings in this order, and the heartbeats that it was asked for.
async fn server(pings: Vec<fn(&Seen) -> Reply>) -> Fake {
    let mut mailbox = Mailbox::default();
    mailbox.add_folder("Inbox", FolderType::Inbox);
    mailbox.add_folder("Contacts", FolderType::Contacts);
    let mut pings = pings.into_iter();
    Fake::start("14.1", move |seen: &Seen| match seen.command.as_str() {
        "Ping" => pings.next().map_or_else(|| Reply::status(599), |ping| ping(seen)),
        _ => mailbox.answer(seen),
    })
    .await
}

fn nothing(seen: &Seen) -> Reply {
    Reply::to::<Ping>(seen, &PingResponse::new(PingStatus::NoChanges))
}

fn something(seen: &Seen) -> Reply {
    Reply::to::<Ping>(seen, &PingResponse::changed(vec![CollectionId::from("2")]))
}

async fn synchronized(client: &Client) -> Vec<Folder> {
    let folders: Vec<Folder> = client.folders().await.unwrap().into_iter().collect();
    client.estimate(&folders).await.unwrap();
    folders
}

fn heartbeats(fake: &Fake) -> Vec<u32> {
    let pings = fake.seen().into_iter().filter(|seen| seen.command == "Ping");
    pings.map(|seen| seen.request::<Ping>().heartbeat_interval.unwrap()).collect()
}

#[tokio::test]
async fn the_folders_that_changed_are_given_and_the_heartbeat_grows_until_then() {
    let fake = server(vec![nothing, nothing, something]).await;
    let client = fake.client().connect().await.unwrap();
    let folders = synchronized(&client).await;
    let changed = client.wait_for_changes(&folders).await.unwrap();
    assert_eq!(changed.iter().map(|folder| folder.name.as_str()).collect::<Vec<_>>(), ["Contacts"]);
    assert_eq!(heartbeats(&fake), [480, 720, 1080]);
    let seen = fake.seen().pop().unwrap();
    let request = seen.request::<Ping>();
    let watched: Vec<_> =
        request.folders.iter().map(|folder| (folder.id.as_str(), folder.class.clone())).collect();
    assert_eq!(watched.len(), 2);
    assert!(watched.iter().all(|(_, class)| class.is_some()));
}

#[tokio::test]
async fn a_cut_connection_shortens_the_heartbeat_which_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().join("state.db");
    let fake = server(vec![|_| Reply::Cut, something, something]).await;
    let client = fake.client().state(SqliteState::open(&state).unwrap()).connect().await.unwrap();
    let folders = synchronized(&client).await;
    client.wait_for_changes(&folders).await.unwrap();
    assert_eq!(heartbeats(&fake), [480, 320]);
    drop(client);
    let client = fake.client().state(SqliteState::open(&state).unwrap()).connect().await.unwrap();
    client.wait_for_changes(&folders).await.unwrap();
    assert_eq!(heartbeats(&fake), [480, 320, 320]);
}

#[tokio::test]
async fn the_bounds_of_the_server_are_taken() {
    let fake = server(vec![
        |seen| Reply::to::<Ping>(seen, &PingResponse::heartbeat_out_of_range(300)),
        nothing,
        something,
    ])
    .await;
    let client = fake.client().connect().await.unwrap();
    let folders = synchronized(&client).await;
    client.wait_for_changes(&folders).await.unwrap();
    assert_eq!(heartbeats(&fake), [480, 300, 300]);

    let fake =
        server(vec![|seen| Reply::to::<Ping>(seen, &PingResponse::too_many_folders(1)), something]).await;
    let client = fake.client().connect().await.unwrap();
    let folders = synchronized(&client).await;
    client.wait_for_changes(&folders).await.unwrap();
    let seen = fake.seen().pop().unwrap();
    assert_eq!(seen.request::<Ping>().folders.len(), 1);
}

#[tokio::test]
async fn a_changed_hierarchy_is_read_first() {
    let fake = server(vec![
        |seen| Reply::to::<Ping>(seen, &PingResponse::new(PingStatus::FolderSyncRequired)),
        something,
    ])
    .await;
    let client = fake.client().connect().await.unwrap();
    let folders = synchronized(&client).await;
    client.wait_for_changes(&folders).await.unwrap();
    assert_eq!(fake.commands()[fake.commands().len() - 3..], ["Ping", "FolderSync", "Ping"]);
}

#[tokio::test]
async fn a_server_that_is_gone_is_an_error_after_a_while() {
    let fake = server(vec![|_| Reply::Cut, |_| Reply::Cut, |_| Reply::Cut]).await;
    let client = fake.client().connect().await.unwrap();
    let folders = synchronized(&client).await;
    let error = client.wait_for_changes(&folders).await.unwrap_err();
    assert!(matches!(error, Error::Connection { command: "Ping", .. }), "{error}");
    assert_eq!(heartbeats(&fake).len(), 3);
}

#[tokio::test]
async fn a_folder_that_was_never_synchronized_counts_as_changed() {
    let fake = server(vec![]).await;
    let client = fake.client().connect().await.unwrap();
    let folders = client.folders().await.unwrap();
    let changed = client.wait_for_changes(&folders).await.unwrap();
    assert_eq!(changed.len(), 2);
    assert!(heartbeats(&fake).is_empty());
    let error = client.wait_for_changes([]).await.unwrap_err();
    assert!(matches!(error, Error::Setup(_)), "{error}");
}

#[tokio::test]
async fn waiting_ends_when_it_is_dropped() {
    let fake = server(vec![|_| {
        std::thread::sleep(Duration::from_millis(300));
        Reply::Cut
    }])
    .await;
    let client = fake.client().connect().await.unwrap();
    let folders = synchronized(&client).await;
    let waiting = tokio::time::timeout(Duration::from_millis(50), client.wait_for_changes(&folders));
    assert!(waiting.await.is_err());
}
