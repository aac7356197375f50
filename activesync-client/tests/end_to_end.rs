//! The client and the server of this family, over a socket.
#![cfg(feature = "mirror")]

// The server that says what a test wants is not used here.
#[path = "support/server.rs"]
mod server;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use activesync_client::mirror::{Mirror, Tally};
use activesync_client::types::airsyncbase::BodyType;
use activesync_client::types::contacts::Contact;
use activesync_client::types::folder_hierarchy::FolderType;
use activesync_client::types::provision::EasProvisionDoc;
use activesync_client::types::sync::{ClientCommand, Conflict};
use activesync_client::types::{Class, ServerId};
use activesync_client::{Change, Client, Error, Folder, Outcome, ProtocolVersion, SqliteState};
use activesync_server::Policy;
use server::Server;

const PLAIN: &str = "From: Bob <bob@example.org>\r\nTo: Ada <ada@example.org>\r\nSubject: Gears\r\nDate: Sun, 1 Mar 2026 09:00:00 +0000\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nThe gears are here, Gr\u{fc}\u{df}e.\r\n";

const WITH_ATTACHMENT: &str = "From: Bob <bob@example.org>\r\nTo: Ada <ada@example.org>\r\nSubject: Plans\r\nDate: Sun, 1 Mar 2026 10:00:00 +0000\r\nMessage-ID: <2@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n--b1\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nSee the plans.\r\n--b1\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"plans.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECA//+\r\n--b1--\r\n";

const PLANS: &[u8] = b"\x00\x01\x02\x03\xFF\xFE";

async fn mirror(client: &Client, out: &Path) -> Tally {
    let folders = client.folders().await.unwrap();
    let mirror = Mirror::open(client, out).await.unwrap();
    mirror.arrange(&folders).await.unwrap();
    let mut total = Tally::default();
    for folder in folders.iter().filter(|folder| mirror.keeps(folder)) {
        total.add(mirror.sync(&folders, folder, |_| ()).await.unwrap());
    }
    total
}

fn files(directory: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(directory) else { return BTreeMap::new() };
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file() && !path.file_name().unwrap().to_str().unwrap().starts_with('.'))
        .map(|path| {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), text)
        })
        .collect()
}

async fn changes(client: &Client, folder: &Folder) -> Vec<Change> {
    let mut changes = client.sync(folder).changes();
    let mut all = Vec::new();
    while let Some(change) = changes.try_next().await.unwrap() {
        all.push(change);
    }
    all
}

#[tokio::test]
async fn every_version_mirrors_mail_contacts_and_events() {
    for version in ProtocolVersion::ALL {
        let server = Server::start();
        server.deliver("ada", PLAIN);
        server.deliver("ada", WITH_ATTACHMENT);
        server.put_contact("ada", "Grace Hopper");
        server.put_event("ada", "Tea");
        let directory = tempfile::tempdir().unwrap();
        let state = SqliteState::open(directory.path().join("state.db")).unwrap();
        let client = server.client("ada").version(version).state(state).connect().await.unwrap();
        let out = directory.path().join("out");
        let tally = mirror(&client, &out).await;
        assert_eq!((tally.added, tally.failed.as_slice()), (4, &[][..]), "{version}");

        let mail: Vec<String> = files(&out.join("Inbox")).into_values().collect();
        assert_eq!(mail.len(), 2, "{version}");
        let plain = mail.iter().find(|text| text.contains("Subject: Gears")).unwrap();
        let plans = mail.iter().find(|text| text.contains("Subject: Plans")).unwrap();
        if version >= ProtocolVersion::V2_5 {
            assert_eq!((plain.as_str(), plans.as_str()), (PLAIN, WITH_ATTACHMENT), "{version}");
        } else {
            assert!(
                plain.contains("The gears are here") && plans.contains("See the plans."),
                "{version}: {plain}"
            );
            assert!(plans.contains("AAECA//+") && plans.contains("plans.bin"), "{version}: {plans}");
        }
        let contacts: Vec<String> = files(&out.join("Contacts")).into_values().collect();
        assert!(contacts.len() == 1 && contacts[0].contains("Grace Hopper"), "{version}: {contacts:?}");
        let events: Vec<String> = files(&out.join("Calendar")).into_values().collect();
        assert!(events.len() == 1 && events[0].contains("SUMMARY:Tea"), "{version}: {events:?}");

        server.deliver("ada", PLAIN);
        let again = mirror(&client, &out).await;
        assert_eq!((again.added, again.changed, again.deleted), (1, 0, 0), "{version}");
        assert_eq!(mirror(&client, &out).await, Tally::default(), "{version}");
    }
}

#[tokio::test]
async fn a_message_is_sent_and_wakes_who_waits_for_it() {
    for version in [ProtocolVersion::V2_5, ProtocolVersion::V12_1, ProtocolVersion::V16_1] {
        let server = Server::start();
        let ada = server.client("ada").version(version).connect().await.unwrap();
        let bob = server.client("bob").version(version).connect().await.unwrap();
        let inbox = ada.folders().await.unwrap().inbox().unwrap();
        assert_eq!(changes(&ada, &inbox).await, []);
        let (device, folder) = (ada.clone(), inbox.clone());
        let waiting = tokio::spawn(async move { device.wait_for_changes([&folder]).await.unwrap() });
        while server.service.waiting() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        bob.send_mail(PLAIN).await.unwrap();
        assert_eq!(waiting.await.unwrap(), std::slice::from_ref(&inbox));
        let new = changes(&ada, &inbox).await;
        let [Change::Added(item)] = &new[..] else { panic!("{version}: {new:?}") };
        assert_eq!(item.email().unwrap().subject.as_deref(), Some("Gears"), "{version}");

        let sent = bob.folders().await.unwrap().find("Sent Items").unwrap();
        assert_eq!(changes(&bob, &sent).await.len(), 1, "{version}: a copy is kept");
    }
}

#[tokio::test]
async fn both_sides_change_a_contact_and_the_chosen_one_wins() {
    for (conflict, version) in [
        (Conflict::ServerWins, ProtocolVersion::V2_1),
        (Conflict::ServerWins, ProtocolVersion::V16_1),
        (Conflict::ClientWins, ProtocolVersion::V14_1),
    ] {
        let server = Server::start();
        server.put_contact("ada", "Grace");
        let phone = server.client("ada").version(version).connect().await.unwrap();
        let tablet = server.client("ada").version(version).connect().await.unwrap();
        let contacts = phone.folders().await.unwrap().contacts().unwrap();
        let [Change::Added(item)] = &changes(&phone, &contacts).await[..] else { panic!("{version}") };
        let contacts_of_tablet = tablet.folders().await.unwrap().contacts().unwrap();
        let [Change::Added(same)] = &changes(&tablet, &contacts_of_tablet).await[..] else {
            panic!("{version}")
        };
        let named = |name: &str| Contact { file_as: Some(name.to_owned().into()), ..Contact::default() };
        tablet.change(&contacts_of_tablet, &same.id, &named("Grace of the tablet")).await.unwrap();
        changes(&tablet, &contacts_of_tablet).await;
        phone.change(&contacts, &item.id, &named("Grace of the phone")).await.unwrap();
        let mut stream = phone.sync(&contacts).conflict(conflict).changes();
        let mut seen = Vec::new();
        while let Some(change) = stream.try_next().await.unwrap() {
            seen.push(change);
        }
        let Some(Change::Uploaded(own)) = seen.first() else { panic!("{version}: {seen:?}") };
        let ClientCommand::Change(_) = &own.change.command else { panic!() };
        if conflict == Conflict::ServerWins {
            assert_eq!(own.outcome, Outcome::Conflict, "{version}");
            let Some(Change::Changed(won)) = seen.get(1) else { panic!("{version}: {seen:?}") };
            assert_eq!(won.contact().unwrap().file_as.as_deref(), Some("Grace of the tablet"));
        } else {
            assert_eq!(own.outcome, Outcome::Accepted(item.id.clone()), "{version}");
            let [Change::Changed(won)] = &changes(&tablet, &contacts_of_tablet).await[..] else {
                panic!("{version}")
            };
            assert_eq!(won.contact().unwrap().file_as.as_deref(), Some("Grace of the phone"));
        }
    }
}

#[tokio::test]
async fn what_the_client_makes_is_on_the_server_once() {
    let server = Server::start();
    let client = server.client("ada").connect().await.unwrap();
    let contacts = client.folders().await.unwrap().contacts().unwrap();
    changes(&client, &contacts).await;
    for n in 0..60 {
        let contact = Contact { file_as: Some(format!("contact {n}").into()), ..Contact::default() };
        client.add(&contacts, &contact).await.unwrap();
    }
    let done = changes(&client, &contacts).await;
    assert_eq!(done.len(), 60);
    let accepted = |change: &Change| matches!(change, Change::Uploaded(own) if matches!(own.outcome, Outcome::Accepted(_)));
    assert!(done.iter().all(accepted), "{done:?}");
    let other = server.client("ada").connect().await.unwrap();
    let contacts = other.folders().await.unwrap().contacts().unwrap();
    let Some(Change::Added(first)) = changes(&other, &contacts).await.into_iter().next() else { panic!() };
    other.delete(&contacts, &first.id).await.unwrap();
    changes(&other, &contacts).await;
    let gone = changes(&client, &client.folders().await.unwrap().contacts().unwrap()).await;
    assert!(matches!(&gone[..], [Change::Deleted(_)]), "{gone:?}");
}

#[tokio::test]
async fn attachments_and_items_are_fetched() {
    for version in [ProtocolVersion::V2_5, ProtocolVersion::V12_0, ProtocolVersion::V16_1] {
        let server = Server::start();
        server.deliver("ada", WITH_ATTACHMENT);
        let client = server.client("ada").version(version).connect().await.unwrap();
        let inbox = client.folders().await.unwrap().inbox().unwrap();
        let mut stream = client.sync(&inbox).body(BodyType::PlainText).changes();
        let Some(Change::Added(item)) = stream.try_next().await.unwrap() else { panic!("{version}") };
        let email = item.email().unwrap();
        let reference = match version {
            ProtocolVersion::V2_5 => email.legacy_attachments[0].att_name.clone().unwrap(),
            _ => email.attachments[0].attachment().unwrap().file_reference.clone(),
        };
        let content = client.fetch_attachment(&reference).await.unwrap();
        assert_eq!(content.bytes, PLANS, "{version}");
        assert_eq!(content.content_type.as_deref(), Some("application/octet-stream"), "{version}");
        let error = client.fetch_attachment("no such thing").await.unwrap_err();
        assert!(matches!(error, Error::Status { .. } | Error::Http { .. }), "{version}: {error}");
        if version >= ProtocolVersion::V12_0 {
            let whole = client.fetch_item(&inbox, &item.id, BodyType::Mime).await.unwrap();
            assert_eq!(whole.class, Class::Email);
            assert_eq!(whole.email().unwrap().body.unwrap().data.unwrap(), WITH_ATTACHMENT, "{version}");
            let error =
                client.fetch_item(&inbox, &ServerId::from("1:999"), BodyType::Mime).await.unwrap_err();
            assert!(matches!(error, Error::Status { command: "ItemOperations", .. }), "{version}: {error}");
        }
    }
}

#[tokio::test]
async fn folders_are_made_renamed_and_deleted_and_items_move_between_them() {
    let server = Server::start();
    server.deliver("ada", PLAIN);
    let directory = tempfile::tempdir().unwrap();
    let state = SqliteState::open(directory.path().join("state.db")).unwrap();
    let client = server.client("ada").state(state).connect().await.unwrap();
    let out = directory.path().join("out");
    mirror(&client, &out).await;
    let inbox = client.folders().await.unwrap().inbox().unwrap();
    let work = client.create_folder(&inbox.id, "Work", FolderType::UserMail).await.unwrap();
    let error = client.create_folder(&inbox.id, "work", FolderType::UserMail).await.unwrap_err();
    assert!(matches!(&error, Error::Status { command: "FolderCreate", info } if info.code == 2), "{error}");

    let id = files(&out.join("Inbox")).into_keys().next().unwrap();
    let id = ServerId::from(id.trim_end_matches(".eml").replace("%3a", ":"));
    let moved = client.move_items(&inbox, [&id], &work).await.unwrap();
    assert!(moved[0].result.is_ok(), "{moved:?}");
    mirror(&client, &out).await;
    assert_eq!(files(&out.join("Inbox")).len(), 0);
    assert_eq!(files(&out.join("Inbox/Work")).into_values().collect::<Vec<_>>(), [PLAIN]);

    let work = client.rename_folder(&work, "Done").await.unwrap();
    mirror(&client, &out).await;
    assert_eq!(files(&out.join("Inbox/Done")).len(), 1);
    assert!(!out.join("Inbox/Work").exists());

    client.delete_folder(&work).await.unwrap();
    mirror(&client, &out).await;
    assert!(!out.join("Inbox/Done").exists());
    assert!(client.folders().await.unwrap().find("Done").is_err() || !out.join("Inbox/Done").exists());
}

#[tokio::test]
async fn policies_are_taken_in_every_version_that_has_them() {
    for version in
        [ProtocolVersion::V2_5, ProtocolVersion::V12_1, ProtocolVersion::V14_0, ProtocolVersion::V16_1]
    {
        let policy = Policy::required(EasProvisionDoc::default());
        let server = Server::start_with(|builder| builder.policy(policy));
        let client = server.client("ada").version(version).connect().await.unwrap();
        client.folders().await.unwrap().inbox().unwrap();
        assert_eq!(client.statistics().of("Provision").exchanges, 2, "{version}");
    }
}

#[tokio::test]
async fn base64_queries_do_the_same() {
    let server = Server::start();
    server.deliver("ada", WITH_ATTACHMENT);
    for version in [ProtocolVersion::V12_1, ProtocolVersion::V16_1] {
        let client = server.client("ada").version(version).base64_query(true).connect().await.unwrap();
        let inbox = client.folders().await.unwrap().inbox().unwrap();
        let mut stream = client.sync(&inbox).body(BodyType::PlainText).changes();
        let Some(Change::Added(item)) = stream.try_next().await.unwrap() else { panic!("{version}") };
        let reference = item.email().unwrap().attachments[0].attachment().unwrap().file_reference.clone();
        assert_eq!(client.fetch_attachment(&reference).await.unwrap().bytes, PLANS);
    }
}

#[tokio::test]
async fn a_large_folder_comes_in_windows_as_estimated() {
    let server = Server::start();
    for n in 0..250 {
        server.deliver("ada", &PLAIN.replace("Gears", &format!("Gears {n}")));
    }
    let client = server.client("ada").connect().await.unwrap();
    let folders = client.folders().await.unwrap();
    let inbox = folders.inbox().unwrap();
    assert_eq!(client.sync(&inbox).estimate().await.unwrap(), 250);
    let mut windows = client.sync(&inbox).window(100).windows();
    let mut sizes = Vec::new();
    let mut subjects = std::collections::BTreeSet::new();
    while let Some(window) = windows.next().await.unwrap() {
        sizes.push(window.changes.len());
        for change in &window.changes {
            let Change::Added(item) = change else { panic!("{change:?}") };
            subjects.insert(item.email().unwrap().subject.unwrap().into_owned());
        }
    }
    assert_eq!((sizes.iter().sum::<usize>(), subjects.len()), (250, 250));
    assert!(sizes.len() >= 3 && sizes.iter().all(|size| *size <= 100), "{sizes:?}");
    assert_eq!(client.sync(&inbox).estimate().await.unwrap(), 0);
    assert_eq!(client.estimate(folders.iter().take(2)).await.unwrap().len(), 2);
}
