//! A mailbox as files, whatever gets in the way.
#![cfg(feature = "mirror")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use activesync_client::mirror::{Mirror, Tally};
use activesync_client::state::{Batch, Table};
use activesync_client::types::airsyncbase::{Attachment, Body, BodyType};
use activesync_client::types::email::Email;
use activesync_client::types::folder_hierarchy::FolderType;
use activesync_client::types::sync::{CollectionResponse, ServerChange, ServerCommand, SyncResponse};
use activesync_client::types::{ServerId, Sync};
use activesync_client::{Client, Error, SqliteState, StateError, StateStore};
use support::mailbox::Mailbox;
use support::{Fake, Seen};
use wbxml::Fragment;

struct World {
    fake: Fake,
    mailbox: Arc<Mutex<Mailbox>>,
    directory: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        Self::with(|_, _| None).await
    }

    async fn with(
        mut between: impl FnMut(&Seen, &mut Mailbox) -> Option<support::Reply> + Send + 'static,
    ) -> Self {
        let mut mailbox = Mailbox::default();
        mailbox.add_folder("Inbox", FolderType::Inbox);
        mailbox.add_folder("Contacts", FolderType::Contacts);
        mailbox.add_folder("Tasks", FolderType::Tasks);
        let mailbox = Arc::new(Mutex::new(mailbox));
        let shared = Arc::clone(&mailbox);
        let fake = Fake::start("16.1", move |seen: &Seen| {
            let mut mailbox = shared.lock().unwrap();
            between(seen, &mut mailbox).unwrap_or_else(|| mailbox.answer(seen))
        })
        .await;
        Self { fake, mailbox, directory: tempfile::tempdir().unwrap() }
    }

    fn mailbox(&self) -> std::sync::MutexGuard<'_, Mailbox> {
        self.mailbox.lock().unwrap()
    }

    async fn client(&self) -> Client {
        let state = SqliteState::open(self.directory.path().join("state.db")).unwrap();
        self.fake.client().state(state).connect().await.unwrap()
    }

    /// Synchronizes everything into a directory.
    async fn sync(&self, client: &Client, out: &str) -> Result<Tally, Error> {
        let folders = client.folders().await?;
        let mirror = Mirror::open(client, self.directory.path().join(out)).await?.window(3);
        mirror.arrange(&folders).await?;
        let mut total = Tally::default();
        for folder in folders.iter().filter(|folder| mirror.keeps(folder)) {
            total.add(mirror.sync(&folders, folder, |_| ()).await?);
        }
        Ok(total)
    }

    /// The files below a directory, but for hidden ones, with what they hold.
    fn files(&self, out: &str) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        let root = self.directory.path().join(out);
        read(&root, &root, &mut files);
        files
    }

    fn names(&self, out: &str) -> Vec<String> {
        self.files(out).into_keys().collect()
    }
}

fn read(root: &Path, directory: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, files);
        } else if !path.file_name().unwrap().to_str().unwrap().starts_with('.') {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

fn counts(tally: &Tally) -> (u64, u64, u64) {
    (tally.added, tally.changed, tally.deleted)
}

#[tokio::test]
async fn items_become_files_and_follow_what_happens_to_them() {
    let world = World::new().await;
    for n in 1..=4 {
        world.mailbox().put("1", &format!("message {n}"));
    }
    world.mailbox().put("2", "Ada");
    world.mailbox().put("3", "a task");
    let client = world.client().await;
    let tally = world.sync(&client, "out").await.unwrap();
    assert_eq!((counts(&tally), tally.failed.len()), ((5, 0, 0), 0));
    let files = world.files("out");
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["Contacts/2%3a5.vcf", "Inbox/1%3a1.eml", "Inbox/1%3a2.eml", "Inbox/1%3a3.eml", "Inbox/1%3a4.eml"]
    );
    assert_eq!(files["Inbox/1%3a1.eml"], "Subject: message 1\r\n\r\nmessage 1\r\n");
    assert!(
        files["Contacts/2%3a5.vcf"].starts_with("BEGIN:VCARD\r\n")
            && files["Contacts/2%3a5.vcf"].contains("Ada")
    );
    assert_eq!(tally.bytes, files.values().map(|text| text.len() as u64).sum::<u64>());

    world.mailbox().write("1", "1:2", "edited");
    world.mailbox().remove("1", "1:3");
    world.mailbox().remove("2", "2:5");
    assert_eq!(counts(&world.sync(&client, "out").await.unwrap()), (0, 1, 2));
    assert_eq!(world.names("out"), ["Inbox/1%3a1.eml", "Inbox/1%3a2.eml", "Inbox/1%3a4.eml"]);
    assert_eq!(world.files("out")["Inbox/1%3a2.eml"], "Subject: edited\r\n\r\nedited\r\n");
    assert_eq!(counts(&world.sync(&client, "out").await.unwrap()), (0, 0, 0));
}

#[tokio::test]
async fn a_change_of_marks_leaves_the_message_as_it_is() {
    let world = World::with(|seen, _| {
        let key =
            (seen.command == "Sync").then(|| seen.request::<Sync>().collections[0].sync_key.to_string())?;
        if key != "2" || seen.request::<Sync>().collections[0].collection_id.as_ref().unwrap() != "1" {
            return None;
        }
        let read = Email { read: Some(true), ..Email::default() };
        let application_data = Fragment::from_value(&read, None).unwrap();
        let mut response = CollectionResponse::new("3", "1");
        let change = ServerChange { class: None, server_id: ServerId::from("1:1"), application_data };
        response.commands.push(ServerCommand::Change(change));
        Some(support::Reply::to::<Sync>(seen, &SyncResponse::from(vec![response])))
    })
    .await;
    world.mailbox().put("1", "hello");
    let client = world.client().await;
    world.sync(&client, "out").await.unwrap();
    let before = world.files("out");
    assert_eq!(counts(&world.sync(&client, "out").await.unwrap()), (0, 1, 0));
    assert_eq!(world.files("out"), before);
}

#[tokio::test]
async fn an_item_that_cannot_be_read_does_not_hold_up_the_others() {
    let world = World::with(|seen, mailbox| {
        let collection = (seen.command == "Sync").then(|| seen.request::<Sync>().collections.remove(0))?;
        if collection.sync_key != "1" || *collection.collection_id.as_ref().unwrap() != "2" {
            return None;
        }
        let reply = mailbox.answer(seen);
        let support::Reply::Answer { body, .. } = reply else { panic!() };
        let mut response: SyncResponse<'_> = wbxml::from_slice(&body).unwrap();
        // Contacts:Birthday with a text that is no date, in the first of the items.
        let ServerCommand::Add(add) = &mut response.collections[0].commands[0] else { panic!() };
        add.application_data = Fragment::from_value(&Bad, None).unwrap();
        Some(support::Reply::to::<Sync>(seen, &response))
    })
    .await;
    for name in ["Ada", "Edsger", "Grace"] {
        world.mailbox().put("2", name);
    }
    let client = world.client().await;
    let tally = world.sync(&client, "out").await.unwrap();
    assert_eq!(counts(&tally), (2, 0, 0));
    assert_eq!(tally.failed.len(), 1);
    assert_eq!(tally.failed[0].item, "2:1");
    assert!(tally.failed[0].reason.contains("date"), "{:?}", tally.failed);
    assert_eq!(world.names("out"), ["Contacts/2%3a2.vcf", "Contacts/2%3a3.vcf"]);
    assert_eq!(counts(&world.sync(&client, "out").await.unwrap()), (0, 0, 0));
}

#[tokio::test]
async fn a_message_that_is_no_text_becomes_a_file_of_its_bytes() {
    const EIGHT_BIT: &[u8] = b"Subject: r\xE4v\r\n\r\nna\xEFve \0\r\n";
    let world = World::with(|seen, mailbox| {
        let collection = (seen.command == "Sync").then(|| seen.request::<Sync>().collections.remove(0))?;
        if collection.sync_key != "1" || *collection.collection_id.as_ref().unwrap() != "1" {
            return None;
        }
        let reply = mailbox.answer(seen);
        let support::Reply::Answer { body, .. } = reply else { panic!() };
        let mut response: SyncResponse<'_> = wbxml::from_slice(&body).unwrap();
        let ServerCommand::Add(add) = &mut response.collections[0].commands[0] else { panic!() };
        let email = Email { body: Some(Body::new(BodyType::Mime, EIGHT_BIT)), ..Email::default() };
        add.application_data = Fragment::from_value(&email, None).unwrap();
        Some(support::Reply::to::<Sync>(seen, &response))
    })
    .await;
    world.mailbox().put("1", "fox");
    let client = world.client().await;
    assert_eq!(counts(&world.sync(&client, "out").await.unwrap()), (1, 0, 0));
    let file = world.directory.path().join("out/Inbox/1%3a1.eml");
    assert_eq!(fs::read(file).unwrap(), EIGHT_BIT);
}

struct Bad;

impl wbxml::Encode for Bad {
    fn encode(&self, writer: &mut wbxml::Writer<'_>) -> wbxml::Result<()> {
        writer.element(wbxml::codepages::contacts::Birthday, &"some day")
    }
}

/// A state whose process is killed at a write: this one and all later ones do not happen.
struct Killed {
    inner: SqliteState,
    writes: Mutex<u32>,
    dead: AtomicBool,
}

impl StateStore for Killed {
    fn get(&self, table: Table, scope: &str, id: &str) -> Result<Option<Vec<u8>>, StateError> {
        self.inner.get(table, scope, id)
    }

    fn list(&self, table: Table, scope: &str) -> Result<Vec<(String, Vec<u8>)>, StateError> {
        self.inner.list(table, scope)
    }

    fn write(&self, batch: &Batch) -> Result<(), StateError> {
        let mut writes = self.writes.lock().unwrap();
        if *writes == 0 || self.dead.load(Ordering::SeqCst) {
            self.dead.store(true, Ordering::SeqCst);
            return Err(StateError::storage("killed"));
        }
        *writes -= 1;
        self.inner.write(batch)
    }
}

#[tokio::test]
async fn a_kill_before_any_write_of_the_state_loses_and_doubles_nothing() {
    let mut killed = 0;
    for survived in 0.. {
        let world = World::new().await;
        for n in 1..=7 {
            world.mailbox().put("1", &format!("message {n}"));
        }
        let state = world.directory.path().join("state.db");
        let dying = Killed {
            inner: SqliteState::open(&state).unwrap(),
            writes: Mutex::new(survived),
            dead: AtomicBool::new(false),
        };
        let ended = match world.fake.client().state(dying).connect().await {
            Ok(client) => world.sync(&client, "out").await.map(|_| ()),
            Err(error) => Err(error),
        };
        // Between death and resurrection the mailbox moves on.
        world.mailbox().write("1", "1:1", "edited");
        world.mailbox().remove("1", "1:2");
        let client = world.client().await;
        world.sync(&client, "out").await.unwrap();
        let expected: Vec<_> = [1, 3, 4, 5, 6, 7].iter().map(|n| format!("Inbox/1%3a{n}.eml")).collect();
        assert_eq!(world.names("out"), expected, "killed at write {survived}");
        assert!(world.files("out")["Inbox/1%3a1.eml"].contains("edited"));
        assert_eq!(counts(&world.sync(&client, "out").await.unwrap()), (0, 0, 0));
        match ended {
            Ok(()) => break,
            Err(error) => assert!(error.to_string().contains("killed"), "{error}"),
        }
        killed += 1;
    }
    assert!(killed > 8, "only {killed} writes");
}

#[tokio::test]
async fn a_message_that_vanishes_right_after_a_kill_leaves_no_file() {
    for survived in 0.. {
        let world = World::new().await;
        world.mailbox().put("1", "first");
        let client = world.client().await;
        world.sync(&client, "out").await.unwrap();
        drop(client);
        for n in 2..=5 {
            world.mailbox().put("1", &format!("message {n}"));
        }
        let dying = Killed {
            inner: SqliteState::open(world.directory.path().join("state.db")).unwrap(),
            writes: Mutex::new(survived),
            dead: AtomicBool::new(false),
        };
        let ended = match world.fake.client().state(dying).connect().await {
            Ok(client) => world.sync(&client, "out").await.map(|_| ()),
            Err(error) => Err(error),
        };
        for n in [2, 3, 5] {
            world.mailbox().remove("1", &format!("1:{n}"));
        }
        let client = world.client().await;
        world.sync(&client, "out").await.unwrap();
        assert_eq!(world.names("out"), ["Inbox/1%3a1.eml", "Inbox/1%3a4.eml"], "killed at write {survived}");
        if ended.is_ok() {
            assert!(survived > 2, "only {survived} writes");
            return;
        }
    }
}

#[tokio::test]
async fn a_file_that_changes_is_replaced_and_not_written_over() {
    let world = World::new().await;
    world.mailbox().put("1", "old");
    let client = world.client().await;
    world.sync(&client, "out").await.unwrap();
    let file = world.directory.path().join("out/Inbox/1%3a1.eml");
    // Another name for what is there now, as whoever reads it at the moment has it.
    let held = world.directory.path().join("held");
    fs::hard_link(&file, &held).unwrap();
    world.mailbox().write("1", "1:1", "new");
    assert_eq!(counts(&world.sync(&client, "out").await.unwrap()), (0, 1, 0));
    assert!(fs::read_to_string(&file).unwrap().contains("new"));
    assert!(fs::read_to_string(&held).unwrap().contains("old"), "half of a file could be seen");
}

// Linux refuses to make durable what is no file of a disk.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_state_does_not_move_past_a_file_that_is_not_durable() {
    let world = World::new().await;
    world.mailbox().put("1", "first");
    let client = world.client().await;
    world.sync(&client, "out").await.unwrap();
    world.mailbox().write("1", "1:1", "changed");
    world.mailbox().put("1", "second");
    for name in ["1%3a1.eml", "1%3a2.eml"] {
        let temporary = world.directory.path().join(format!("out/Inbox/{name}.tmp"));
        std::os::unix::fs::symlink("/dev/null", &temporary).unwrap();
        let fault = world.sync(&client, "out").await.unwrap_err();
        assert!(matches!(&fault, Error::File { path, .. } if path.ends_with(name)), "{fault}");
        fs::remove_file(temporary).unwrap();
        let files = world.files("out");
        let is_changed = files["Inbox/1%3a1.eml"].contains("changed");
        assert_eq!((is_changed, files.len()), (name == "1%3a2.eml", 1), "what is not durable has no name");
    }
    assert_eq!(counts(&world.sync(&client, "out").await.unwrap()), (1, 1, 0), "both come again");
    assert_eq!(world.names("out"), ["Inbox/1%3a1.eml", "Inbox/1%3a2.eml"]);
    assert!(world.files("out")["Inbox/1%3a1.eml"].contains("changed"));
}

#[tokio::test]
async fn another_directory_gets_everything_and_a_lost_marker_too() {
    let world = World::new().await;
    for n in 1..=3 {
        world.mailbox().put("1", &format!("message {n}"));
    }
    let client = world.client().await;
    world.sync(&client, "one").await.unwrap();
    assert_eq!(counts(&world.sync(&client, "two").await.unwrap()), (3, 0, 0));
    assert_eq!(
        Mirror::last_directory(&client).unwrap(),
        world.directory.path().join("two").canonicalize().unwrap()
    );

    fs::write(world.directory.path().join("two/Inbox/notes.txt"), "mine").unwrap();
    fs::remove_file(world.directory.path().join("two/.activesync")).unwrap();
    world.mailbox().remove("1", "1:2");
    assert_eq!(counts(&world.sync(&client, "two").await.unwrap()), (2, 0, 0));
    assert_eq!(
        world.names("two"),
        ["Inbox/1%3a1.eml", "Inbox/1%3a3.eml", "Inbox/notes.txt"],
        "what is gone on the server goes here, what is not ours stays"
    );
    assert_eq!(counts(&world.sync(&client, "one").await.unwrap()), (2, 0, 0), "the last one counts");
    assert_eq!(world.names("one"), ["Inbox/1%3a1.eml", "Inbox/1%3a3.eml"]);
}

#[tokio::test]
async fn a_directory_can_be_moved_together_with_its_markers() {
    let world = World::new().await;
    world.mailbox().put("1", "hello");
    let client = world.client().await;
    world.sync(&client, "one").await.unwrap();
    fs::rename(world.directory.path().join("one"), world.directory.path().join("two")).unwrap();
    assert_eq!(counts(&world.sync(&client, "two").await.unwrap()), (0, 0, 0));
    assert_eq!(world.names("two"), ["Inbox/1%3a1.eml"]);
}

#[tokio::test]
async fn a_message_without_an_attachment_that_the_server_does_not_give_is_told_of() {
    let world = World::with(|seen, mailbox| {
        if seen.command == "ItemOperations" {
            return Some(support::Reply::status(500));
        }
        let collection = (seen.command == "Sync").then(|| seen.request::<Sync>().collections.remove(0))?;
        if collection.sync_key != "1" || *collection.collection_id.as_ref().unwrap() != "1" {
            return None;
        }
        let support::Reply::Answer { body, .. } = mailbox.answer(seen) else { panic!() };
        let mut response: SyncResponse<'_> = wbxml::from_slice(&body).unwrap();
        let ServerCommand::Add(add) = &mut response.collections[0].commands[0] else { panic!() };
        let plans = Attachment {
            display_name: Some("plans.pdf".into()),
            file_reference: "1".into(),
            ..Attachment::default()
        };
        let email = Email {
            subject: Some("Plans".into()),
            body: Some(Body::plain_text("see there")),
            attachments: vec![plans.into()],
            ..Email::default()
        };
        add.application_data = Fragment::from_value(&email, None).unwrap();
        Some(support::Reply::to::<Sync>(seen, &response))
    })
    .await;
    world.mailbox().put("1", "message");
    let client = world.client().await;
    let tally = world.sync(&client, "out").await.unwrap();
    assert!(world.files("out")["Inbox/1%3a1.eml"].contains("see there"));
    assert_eq!((counts(&tally), tally.failed.len()), ((1, 0, 0), 1));
    assert_eq!(tally.failed[0].item, "1:1");
    assert_eq!(tally.failed[0].reason, "its attachment plans.pdf: the server failed (HTTP 500)");
}

#[tokio::test]
async fn files_of_others_stay_where_they_are() {
    let world = World::new().await;
    let item = world.mailbox().put("1", "message");
    let notes = world.directory.path().join("out/Inbox/notes.eml");
    fs::create_dir_all(notes.parent().unwrap()).unwrap();
    fs::write(&notes, "mine").unwrap();
    let client = world.client().await;
    assert_eq!(counts(&world.sync(&client, "out").await.unwrap()), (1, 0, 0));
    assert_eq!(world.names("out"), ["Inbox (1)/1%3a1.eml", "Inbox/notes.eml"]);
    world.mailbox().remove("1", &item);
    assert_eq!(counts(&world.sync(&client, "out").await.unwrap()), (0, 0, 1));
    assert_eq!(fs::read_to_string(&notes).unwrap(), "mine");
}

#[tokio::test]
async fn a_directory_of_another_account_is_refused() {
    let world = World::new().await;
    world.mailbox().put("1", "message");
    world.sync(&world.client().await, "out").await.unwrap();
    let elsewhere = world.fake.url().replace("127.0.0.1", "localhost");
    let other = Client::builder(elsewhere).login(support::USER, support::PASSWORD).connect().await.unwrap();
    let error = world.sync(&other, "out").await.unwrap_err();
    let Error::OtherAccount { found, expected, .. } = error else { panic!("{error}") };
    assert_eq!((&*found, &*expected), ("ada at 127.0.0.1", "ada at localhost"));
    assert_eq!(world.names("out"), ["Inbox/1%3a1.eml"]);

    // The same account whose state was lost goes on with what is there.
    let again = world.fake.client().connect().await.unwrap();
    assert_eq!(counts(&world.sync(&again, "out").await.unwrap()), (1, 0, 0));
    assert_eq!(world.names("out"), ["Inbox/1%3a1.eml"]);
}

#[cfg(unix)]
#[tokio::test]
async fn mail_and_state_are_for_the_eyes_of_their_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new().await;
    world.mailbox().put("1", "secret");
    let outer = world.directory.path().to_owned();
    let state = SqliteState::open(outer.join("new/state.db")).unwrap();
    let client = world.fake.client().state(state).connect().await.unwrap();
    world.sync(&client, "out").await.unwrap();
    for (path, mode) in [
        ("new", 0o700),
        ("new/state.db", 0o600),
        ("new/state.db-wal", 0o600),
        ("out", 0o700),
        ("out/.activesync", 0o600),
        ("out/Inbox", 0o700),
        ("out/Inbox/.folder", 0o600),
        ("out/Inbox/1%3a1.eml", 0o600),
    ] {
        let found = fs::metadata(outer.join(path)).unwrap().permissions().mode();
        assert_eq!(found & 0o777, mode, "{path}: {found:o}");
    }
    // Who shares the directory goes on doing so.
    fs::set_permissions(outer.join("out"), fs::Permissions::from_mode(0o750)).unwrap();
    world.sync(&client, "out").await.unwrap();
    assert_eq!(fs::metadata(outer.join("out")).unwrap().permissions().mode() & 0o777, 0o750);
}
