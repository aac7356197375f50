//! Keeping a folder in step with the server, whatever gets in the way.

mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use activesync_client::state::{Batch, Table};
use activesync_client::types::contacts::Contact;
use activesync_client::types::folder_hierarchy::FolderType;
use activesync_client::types::status::SyncStatus;
use activesync_client::types::sync::{
    ClientCommand, CollectionResponse, FilterType, MimeSupport, MimeTruncation, ServerCommand, SoftDelete,
    SyncResponse,
};
use activesync_client::types::{ServerId, Sync, SyncKey};
use activesync_client::{
    Change, Client, Error, Folder, MemoryState, Outcome, SqliteState, StateError, StateStore, SyncFolder,
};
use support::mailbox::Mailbox;
use support::{Fake, Reply, Seen};
use wbxml::Flag;

/// A mailbox that the test can look into, and a way to get in between.
struct World {
    fake: Fake,
    mailbox: Arc<Mutex<Mailbox>>,
}

type Between = Box<dyn FnMut(&Seen, &mut Mailbox) -> Option<Reply> + Send>;

impl World {
    async fn new(version: &str) -> Self {
        Self::with(version, Box::new(|_, _| None)).await
    }

    async fn with(version: &str, mut between: Between) -> Self {
        let mut mailbox = Mailbox::default();
        mailbox.add_folder("Inbox", FolderType::Inbox);
        mailbox.add_folder("Contacts", FolderType::Contacts);
        let mailbox = Arc::new(Mutex::new(mailbox));
        let shared = Arc::clone(&mailbox);
        let fake = Fake::start(version, move |seen: &Seen| {
            let mut mailbox = shared.lock().unwrap();
            between(seen, &mut mailbox).unwrap_or_else(|| mailbox.answer(seen))
        })
        .await;
        Self { fake, mailbox }
    }

    fn mailbox(&self) -> std::sync::MutexGuard<'_, Mailbox> {
        self.mailbox.lock().unwrap()
    }

    fn syncs(&self) -> Vec<Seen> {
        self.fake.seen().into_iter().filter(|seen| seen.command == "Sync").collect()
    }

    fn keys(&self) -> Vec<String> {
        self.syncs().iter().map(|seen| seen.request::<Sync>().collections[0].sync_key.to_string()).collect()
    }
}

/// Breaks the connection of the requests with these numbers, counted among those of a command from 1.
fn cut(command: &'static str, numbers: &'static [u32]) -> Between {
    let mut count = 0;
    Box::new(move |seen, mailbox| {
        if seen.command != command {
            return None;
        }
        count += 1;
        numbers.contains(&count).then(|| {
            // The server has dealt with it: only its answer is lost.
            mailbox.answer(seen);
            Reply::Cut
        })
    })
}

async fn collect(sync: SyncFolder) -> Vec<Change> {
    let mut changes = sync.changes();
    let mut all = Vec::new();
    while let Some(change) = changes.try_next().await.unwrap() {
        all.push(change);
    }
    all
}

/// `+1:1` for a new item, `~` for a changed one, `-` for a deleted one.
fn brief(changes: &[Change]) -> Vec<String> {
    changes
        .iter()
        .map(|change| match change {
            Change::Added(item) => format!("+{}", item.id),
            Change::Changed(item) => format!("~{}", item.id),
            Change::Deleted(id) => format!("-{id}"),
            Change::SoftDeleted(id) => format!("s{id}"),
            Change::Uploaded(uploaded) => format!("^{:?}", uploaded.outcome),
            other => format!("{other:?}"),
        })
        .collect()
}

async fn inbox(client: &Client) -> Folder {
    client.folders().await.unwrap().inbox().unwrap()
}

#[tokio::test]
async fn a_folder_comes_in_windows_and_later_only_what_changed() {
    let world = World::new("16.1").await;
    let ids: Vec<_> = (0..7).map(|n| world.mailbox().put("1", &format!("message {n}"))).collect();
    let client = world.fake.client().connect().await.unwrap();
    let inbox = inbox(&client).await;
    let changes = collect(client.sync(&inbox).window(3)).await;
    assert_eq!(changes.len(), 7);
    let Change::Added(first) = &changes[0] else { panic!("{changes:?}") };
    assert_eq!(first.email().unwrap().subject.as_deref(), Some("message 0"));
    assert_eq!(world.keys(), ["0", "1", "2", "3"]);

    assert_eq!(collect(client.sync(&inbox)).await, []);
    world.mailbox().write("1", &ids[2], "edited");
    world.mailbox().remove("1", &ids[5]);
    let new = world.mailbox().put("1", "new");
    let changes = collect(client.sync(&inbox)).await;
    assert_eq!(brief(&changes), [format!("~{}", ids[2]), format!("-{}", ids[5]), format!("+{new}")]);
}

#[tokio::test]
async fn what_was_not_dealt_with_comes_again_after_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().join("state.db");
    let world = World::new("16.1").await;
    for n in 0..7 {
        world.mailbox().put("1", &format!("message {n}"));
    }
    let client = world.fake.client().state(SqliteState::open(&state).unwrap()).connect().await.unwrap();
    let folder = inbox(&client).await;
    let mut changes = client.sync(&folder).window(3).changes();
    let mut before = Vec::new();
    for _ in 0..4 {
        before.push(changes.try_next().await.unwrap().unwrap());
    }
    assert_eq!(brief(&before), ["+1:1", "+1:2", "+1:3", "+1:4"]);
    drop(changes);
    drop(client);

    let client = world.fake.client().state(SqliteState::open(&state).unwrap()).connect().await.unwrap();
    let folder = inbox(&client).await;
    let after = collect(client.sync(&folder).window(3)).await;
    assert_eq!(brief(&after), ["+1:4", "+1:5", "+1:6", "+1:7"]);
    assert_eq!(world.keys(), ["0", "1", "2", "2", "4"]);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_key() {
    let world = World::with("14.1", cut("Sync", &[1, 3, 4])).await;
    for n in 0..4 {
        world.mailbox().put("1", &format!("message {n}"));
    }
    let client = world.fake.client().connect().await.unwrap();
    let folder = inbox(&client).await;
    let changes = collect(client.sync(&folder).window(2)).await;
    assert_eq!(brief(&changes), ["+1:1", "+1:2", "+1:3", "+1:4"]);
    assert_eq!(world.keys(), ["0", "0", "2", "2", "2", "5"]);
}

#[tokio::test]
async fn a_key_that_the_server_lost_starts_the_folder_over_without_doubling_anything() {
    let world = World::new("16.1").await;
    let ids: Vec<_> = (0..5).map(|n| world.mailbox().put("1", &format!("message {n}"))).collect();
    let client = world.fake.client().connect().await.unwrap();
    let folder = inbox(&client).await;
    collect(client.sync(&folder)).await;

    world.mailbox().forget();
    world.mailbox().remove("1", &ids[1]);
    let new = world.mailbox().put("1", "new");
    let changes = collect(client.sync(&folder).window(2)).await;
    assert_eq!(brief(&changes), ["~1:1", "~1:3", "~1:4", "~1:5", &format!("+{new}"), "-1:2"]);
    let collection = world.keys();
    assert_eq!(collection[3], "0", "{collection:?}");
    assert_eq!(collect(client.sync(&folder)).await, []);
}

#[tokio::test]
async fn a_start_over_that_is_interrupted_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().join("state.db");
    let world = World::new("16.1").await;
    let ids: Vec<_> = (0..5).map(|n| world.mailbox().put("1", &format!("message {n}"))).collect();
    let client = world.fake.client().state(SqliteState::open(&state).unwrap()).connect().await.unwrap();
    let folder = inbox(&client).await;
    collect(client.sync(&folder)).await;
    world.mailbox().forget();
    world.mailbox().remove("1", &ids[4]);
    let mut changes = client.sync(&folder).window(2).changes();
    for _ in 0..3 {
        changes.try_next().await.unwrap().unwrap();
    }
    drop(changes);
    drop(client);
    let client = world.fake.client().state(SqliteState::open(&state).unwrap()).connect().await.unwrap();
    let rest = collect(client.sync(&folder).window(2)).await;
    assert_eq!(brief(&rest), ["~1:3", "~1:4", "-1:5"]);
}

#[tokio::test]
async fn a_server_that_never_knows_the_key_is_an_error() {
    let refuse: Between = Box::new(|seen, _| {
        let request = (seen.command == "Sync").then(|| seen.request::<Sync>())?;
        let initial = request.collections[0].sync_key.is_initial();
        let mut response = CollectionResponse::new(if initial { "1" } else { "0" }, "1");
        response.status = if initial { SyncStatus::Success } else { SyncStatus::InvalidSyncKey };
        Some(Reply::to::<Sync>(seen, &SyncResponse::from(vec![response])))
    });
    let world = World::with("16.1", refuse).await;
    let client = world.fake.client().connect().await.unwrap();
    let folder = inbox(&client).await;
    let error = client.sync(&folder).changes().try_next().await.unwrap_err();
    assert!(matches!(&error, Error::Status { command: "Sync", info } if info.code == 3), "{error}");
    assert!(error.to_string().contains("status 3"), "{error}");
}

#[tokio::test]
async fn more_and_more_of_nothing_is_an_error() {
    let nothing: Between = Box::new(|seen, _| {
        let request = (seen.command == "Sync").then(|| seen.request::<Sync>())?;
        let key: u32 = request.collections[0].sync_key.as_str().parse().unwrap();
        let mut response = CollectionResponse::new((key + 1).to_string(), "1");
        response.more_available = true;
        Some(Reply::to::<Sync>(seen, &SyncResponse::from(vec![response])))
    });
    let world = World::with("16.1", nothing).await;
    let client = world.fake.client().connect().await.unwrap();
    let folder = inbox(&client).await;
    let error = client.sync(&folder).changes().try_next().await.unwrap_err();
    assert!(matches!(error, Error::NoProgress) && error.is_transient(), "{error}");
    assert!(world.syncs().len() < 10);
}

#[tokio::test]
async fn an_empty_answer_says_that_nothing_changed() {
    let empty: Between = Box::new(|seen, _| {
        let request = (seen.command == "Sync").then(|| seen.request::<Sync>())?;
        (!request.collections[0].sync_key.is_initial()).then(|| Reply::status(200))
    });
    let world = World::with("16.1", empty).await;
    let client = world.fake.client().connect().await.unwrap();
    let folder = inbox(&client).await;
    assert_eq!(collect(client.sync(&folder)).await, []);
    assert_eq!(collect(client.sync(&folder)).await, []);
    assert_eq!(world.keys(), ["0", "1", "1"]);
}

#[tokio::test]
async fn items_that_leave_the_filter_are_soft_deleted() {
    let soft: Between = Box::new(|seen, _| {
        let request = (seen.command == "Sync").then(|| seen.request::<Sync>())?;
        if request.collections[0].sync_key != "2" {
            return None;
        }
        assert_eq!(request.collections[0].options[0].filter_type, Some(FilterType::OneWeek));
        let mut response = CollectionResponse::new("3", "1");
        for id in ["1:1", "1:9"] {
            response.commands.push(ServerCommand::SoftDelete(SoftDelete { server_id: ServerId::from(id) }));
        }
        Some(Reply::to::<Sync>(seen, &SyncResponse::from(vec![response])))
    });
    let world = World::with("16.1", soft).await;
    world.mailbox().put("1", "old");
    let client = world.fake.client().connect().await.unwrap();
    let folder = inbox(&client).await;
    collect(client.sync(&folder)).await;
    let changes = collect(client.sync(&folder).filter(FilterType::OneWeek)).await;
    assert_eq!(brief(&changes), ["s1:1"], "an item that the client does not have cannot leave");
}

#[tokio::test]
async fn requests_have_what_their_version_wants() {
    for (version, class, preference) in
        [("16.1", false, true), ("12.1", true, true), ("2.5", true, false), ("2.1", true, false)]
    {
        let world = World::new(version).await;
        let client = world.fake.client().connect().await.unwrap();
        let folder = inbox(&client).await;
        collect(client.sync(&folder).window(7)).await;
        let seen = world.syncs();
        let initial = seen[0].request::<Sync>().collections.remove(0);
        assert_eq!((initial.get_changes, initial.window_size, initial.deletes_as_moves), (None, None, None));
        assert_eq!(initial.class.is_some(), class, "{version}");
        let next = seen[1].request::<Sync>().collections.remove(0);
        assert_eq!((next.get_changes, next.window_size), (Some(Flag::Empty), Some(7)));
        let options = &next.options[0];
        assert_eq!(options.body_preferences.len(), usize::from(preference), "{version}");
        assert_eq!(options.truncation.is_some(), !preference, "{version}");
        assert_eq!(options.mime_support, (version != "2.1").then_some(MimeSupport::Always), "{version}");
        assert_eq!(options.mime_truncation, (version == "2.5").then_some(MimeTruncation::None), "{version}");
    }
}

#[tokio::test]
async fn a_changed_hierarchy_is_read_before_the_folder_is_asked_for_again() {
    let mut once = true;
    let changed: Between = Box::new(move |seen, _| {
        let first = seen.command == "Sync" && std::mem::take(&mut once);
        first.then(|| Reply::to::<Sync>(seen, &SyncResponse::failed(SyncStatus::HierarchyChanged)))
    });
    let world = World::with("16.1", changed).await;
    world.mailbox().put("1", "hello");
    let client = world.fake.client().connect().await.unwrap();
    let folder = inbox(&client).await;
    assert_eq!(brief(&collect(client.sync(&folder)).await), ["+1:1"]);
    assert_eq!(world.fake.commands(), ["FolderSync", "Sync", "FolderSync", "Sync", "Sync"]);
}

#[tokio::test]
async fn estimates_prime_a_folder_that_was_never_synchronized() {
    let world = World::new("16.1").await;
    for n in 0..3 {
        world.mailbox().put("1", &format!("message {n}"));
    }
    world.mailbox().put("2", "Ada");
    let client = world.fake.client().connect().await.unwrap();
    let folders = client.folders().await.unwrap();
    let chosen = [folders.inbox().unwrap(), folders.contacts().unwrap()];
    let counts = |estimates: Vec<activesync_client::Estimate>| {
        estimates.into_iter().map(|estimate| (estimate.folder.name, estimate.changes)).collect::<Vec<_>>()
    };
    let estimates = counts(client.estimate(&chosen).await.unwrap());
    assert_eq!(estimates, [("Inbox".to_owned(), 3), ("Contacts".to_owned(), 1)]);
    assert_eq!(collect(client.sync(&chosen[0])).await.len(), 3);
    assert_eq!(client.sync(&chosen[0]).estimate().await.unwrap(), 0);

    world.mailbox().forget();
    let estimates = counts(client.estimate(&chosen).await.unwrap());
    assert_eq!(estimates, [("Inbox".to_owned(), 3), ("Contacts".to_owned(), 1)], "primed again");
}

fn contact(name: &str) -> Contact<'static> {
    Contact { file_as: Some(name.to_owned().into()), ..Contact::default() }
}

fn sent(seen: &Seen) -> Vec<String> {
    let request = seen.request::<Sync>();
    let text = |command: &ClientCommand<'_>| match command {
        ClientCommand::Add(add) => {
            format!("+{}", add.application_data.decode::<Contact<'_>>().unwrap().file_as.unwrap())
        }
        ClientCommand::Change(change) => {
            format!("~{}", change.application_data.decode::<Contact<'_>>().unwrap().file_as.unwrap())
        }
        ClientCommand::Delete(delete) => format!("-{}", delete.server_id),
        ClientCommand::Fetch(_) => "fetch".to_owned(),
    };
    request.collections[0].commands.iter().map(text).collect()
}

#[tokio::test]
async fn changes_of_the_client_reach_the_server_and_do_not_come_back() {
    let world = World::new("16.1").await;
    let ada = world.mailbox().put("2", "Ada");
    let grace = world.mailbox().put("2", "Grace");
    let client = world.fake.client().connect().await.unwrap();
    let contacts = client.folders().await.unwrap().contacts().unwrap();
    collect(client.sync(&contacts)).await;

    let client_id = client.add(&contacts, &contact("Edsger")).await.unwrap();
    client.change(&contacts, &ServerId::from(ada.as_str()), &contact("Ada L.")).await.unwrap();
    client.delete(&contacts, &ServerId::from(grace.as_str())).await.unwrap();
    assert_eq!(client.queued(&contacts).await.unwrap().len(), 3);
    let changes = collect(client.sync(&contacts)).await;
    assert_eq!(sent(world.syncs().last().unwrap()), ["+Edsger", "~Ada L.", &format!("-{grace}")]);
    let [Change::Uploaded(new), Change::Uploaded(other), Change::Uploaded(gone)] = &changes[..] else {
        panic!("{changes:?}")
    };
    assert_eq!(new.change.client_id(), Some(&client_id));
    assert_eq!(new.outcome, Outcome::Accepted(ServerId::from("2:3")));
    assert_eq!(other.outcome, Outcome::Accepted(ServerId::from(ada)));
    assert_eq!(gone.outcome, Outcome::Accepted(ServerId::from(grace)));
    assert_eq!(world.mailbox().texts("2"), ["Ada L.", "Edsger"]);
    assert_eq!(client.queued(&contacts).await.unwrap(), []);
    assert_eq!(collect(client.sync(&contacts)).await, []);
    world.mailbox().write("2", "2:3", "Edsger W.");
    assert_eq!(brief(&collect(client.sync(&contacts)).await), ["~2:3"], "the client has what it added");
}

#[tokio::test]
async fn a_conflict_is_reported_with_what_lost() {
    let world = World::new("16.1").await;
    let id = world.mailbox().put("2", "Ada");
    let client = world.fake.client().connect().await.unwrap();
    let contacts = client.folders().await.unwrap().contacts().unwrap();
    collect(client.sync(&contacts)).await;
    world.mailbox().write("2", &id, "Ada of the server");
    client.change(&contacts, &ServerId::from(id.as_str()), &contact("Ada of the client")).await.unwrap();
    let changes = collect(client.sync(&contacts)).await;
    let [Change::Uploaded(lost), Change::Changed(won)] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!(lost.outcome, Outcome::Conflict);
    let ClientCommand::Change(change) = &lost.change.command else { panic!("{lost:?}") };
    assert_eq!(
        change.application_data.decode::<Contact<'_>>().unwrap().file_as.unwrap(),
        "Ada of the client"
    );
    assert_eq!(won.contact().unwrap().file_as.unwrap(), "Ada of the server");
    assert_eq!(client.queued(&contacts).await.unwrap(), []);
}

#[tokio::test]
async fn a_repeated_request_has_the_same_changes_and_nothing_is_added_twice() {
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().join("state.db");
    let world = World::with("16.1", cut("Sync", &[3])).await;
    let builder =
        || world.fake.client().attempts(1, Duration::ZERO).state(SqliteState::open(&state).unwrap());
    let client = builder().connect().await.unwrap();
    let contacts = client.folders().await.unwrap().contacts().unwrap();
    collect(client.sync(&contacts)).await;
    client.add(&contacts, &contact("Ada")).await.unwrap();
    let error = client.sync(&contacts).changes().try_next().await.unwrap_err();
    assert!(matches!(error, Error::Connection { .. }), "{error}");
    client.add(&contacts, &contact("Grace")).await.unwrap();
    drop(client);

    let client = builder().connect().await.unwrap();
    let changes = collect(client.sync(&contacts)).await;
    assert_eq!(changes.len(), 2);
    assert!(changes.iter().all(|change| matches!(change, Change::Uploaded(uploaded) if matches!(uploaded.outcome, Outcome::Accepted(_)))));
    let syncs = world.syncs();
    assert_eq!(syncs[2].body, syncs[3].body, "the same key, the same changes, the same ClientId");
    assert_eq!(sent(&syncs[3]), ["+Ada"]);
    assert_eq!(sent(&syncs[4]), ["+Grace"]);
    assert_eq!(world.mailbox().texts("2"), ["Ada", "Grace"]);
}

#[tokio::test]
async fn the_second_change_to_an_item_waits_for_the_answer_to_the_first() {
    let world = World::new("16.1").await;
    let id = world.mailbox().put("2", "Ada");
    let client = world.fake.client().connect().await.unwrap();
    let contacts = client.folders().await.unwrap().contacts().unwrap();
    collect(client.sync(&contacts)).await;
    let id = ServerId::from(id);
    client.change(&contacts, &id, &contact("Ada B.")).await.unwrap();
    client.change(&contacts, &id, &contact("Ada L.")).await.unwrap();
    let changes = collect(client.sync(&contacts)).await;
    assert_eq!(changes.len(), 2);
    let syncs = world.syncs();
    assert_eq!((sent(&syncs[2]), sent(&syncs[3])), (vec!["~Ada B.".to_owned()], vec!["~Ada L.".to_owned()]));
    assert_eq!(world.mailbox().texts("2"), ["Ada L."]);
}

#[tokio::test]
async fn one_change_that_the_server_does_not_take_does_not_hold_up_the_others() {
    let picky: Between = Box::new(|seen, _| {
        let bad = seen.command == "Sync" && sent(seen).iter().any(|text| text == "+bad");
        bad.then(|| Reply::to::<Sync>(seen, &SyncResponse::failed(SyncStatus::ProtocolError)))
    });
    let world = World::with("16.1", picky).await;
    let client = world.fake.client().connect().await.unwrap();
    let contacts = client.folders().await.unwrap().contacts().unwrap();
    collect(client.sync(&contacts)).await;
    for name in ["Ada", "bad", "Grace"] {
        client.add(&contacts, &contact(name)).await.unwrap();
    }
    let changes = collect(client.sync(&contacts)).await;
    let rejected: Vec<_> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Uploaded(uploaded) => {
                Some(matches!(uploaded.outcome, Outcome::Rejected(SyncStatus::ProtocolError)))
            }
            _ => None,
        })
        .collect();
    assert_eq!(rejected, [false, true, false]);
    assert_eq!(world.mailbox().texts("2"), ["Ada", "Grace"]);
    assert_eq!(collect(client.sync(&contacts)).await, []);
}

#[tokio::test]
async fn changes_are_written_for_the_version_that_sends_them() {
    let world = World::new("2.5").await;
    let client = world.fake.client().connect().await.unwrap();
    let contacts = client.folders().await.unwrap().contacts().unwrap();
    let mut ada = contact("Ada");
    ada.body = Some(activesync_client::types::airsyncbase::Body::plain_text("of 12.0 and later"));
    ada.legacy_body = Some("up to 2.5".into());
    client.add(&contacts, &ada).await.unwrap();
    collect(client.sync(&contacts)).await;
    let seen = world.syncs().pop().unwrap();
    let request = seen.request::<Sync>();
    let ClientCommand::Add(add) = &request.collections[0].commands[0] else { panic!() };
    let sent: Contact<'_> = add.application_data.decode().unwrap();
    assert_eq!((sent.body, sent.legacy_body.as_deref()), (None, Some("up to 2.5")));
}

#[tokio::test]
async fn a_message_is_marked_as_read_and_drafts_need_16_0() {
    let world = World::with(
        "14.1",
        Box::new(|seen, _| {
            let request = (seen.command == "Sync").then(|| seen.request::<Sync>())?;
            let commands = &request.collections[0].commands;
            let ClientCommand::Change(change) = commands.first()? else { panic!() };
            let email: activesync_client::types::email::Email<'_> = change.application_data.decode().unwrap();
            assert_eq!((change.server_id.as_str(), email.read, email.subject), ("1:1", Some(true), None));
            Some(Reply::to::<Sync>(seen, &SyncResponse::from(vec![CollectionResponse::new("3", "1")])))
        }),
    )
    .await;
    world.mailbox().put("1", "hello");
    let client = world.fake.client().connect().await.unwrap();
    let folder = inbox(&client).await;
    collect(client.sync(&folder)).await;
    client.mark_read(&folder, &ServerId::from("1:1"), true).await.unwrap();
    assert_eq!(brief(&collect(client.sync(&folder)).await), ["^Accepted(ServerId(\"1:1\"))"]);
    let error = client.add(&folder, &activesync_client::types::email::Email::default()).await.unwrap_err();
    assert!(matches!(error, Error::NotInVersion { what: "drafts", .. }), "{error}");
}

/// A state whose writes fail on demand.
#[derive(Clone, Default)]
struct Failing {
    inner: Arc<MemoryState>,
    fails: Arc<AtomicBool>,
}

impl StateStore for Failing {
    fn get(&self, table: Table, scope: &str, id: &str) -> Result<Option<Vec<u8>>, StateError> {
        self.inner.get(table, scope, id)
    }

    fn list(&self, table: Table, scope: &str) -> Result<Vec<(String, Vec<u8>)>, StateError> {
        self.inner.list(table, scope)
    }

    fn write(&self, batch: &Batch) -> Result<(), StateError> {
        if self.fails.load(Ordering::SeqCst) {
            return Err(StateError::storage("the disk is full"));
        }
        self.inner.write(batch)
    }
}

#[tokio::test]
async fn a_state_that_cannot_be_written_stops_before_the_next_window() {
    let world = World::new("16.1").await;
    for n in 0..4 {
        world.mailbox().put("1", &format!("message {n}"));
    }
    let state = Failing::default();
    let client = world.fake.client().state(state.clone()).connect().await.unwrap();
    let folder = inbox(&client).await;
    let mut changes = client.sync(&folder).window(2).changes();
    changes.try_next().await.unwrap();
    changes.try_next().await.unwrap();
    state.fails.store(true, Ordering::SeqCst);
    let error = changes.try_next().await.unwrap_err();
    assert_eq!(error.to_string(), "the state cannot be read or written: the disk is full");
    assert_eq!(world.keys(), ["0", "1"], "the next window was not asked for");
    drop(changes);
    state.fails.store(false, Ordering::SeqCst);
    assert_eq!(brief(&collect(client.sync(&folder)).await), ["+1:1", "+1:2", "+1:3", "+1:4"]);
}

#[tokio::test]
async fn two_tasks_take_turns_with_a_folder() {
    let world = World::new("16.1").await;
    for n in 0..6 {
        world.mailbox().put("1", &format!("message {n}"));
    }
    let client = world.fake.client().connect().await.unwrap();
    let folder = inbox(&client).await;
    let (one, other) =
        tokio::join!(collect(client.sync(&folder).window(1)), collect(client.sync(&folder).window(1)));
    assert_eq!(one.len() + other.len(), 6, "each item came once");
    assert_eq!(world.keys().iter().filter(|key| *key == SyncKey::INITIAL.as_str()).count(), 1);
}

#[tokio::test]
async fn changes_are_a_stream() {
    use futures_util::TryStreamExt;
    let world = World::new("16.1").await;
    for n in 0..3 {
        world.mailbox().put("1", &format!("message {n}"));
    }
    let client = world.fake.client().connect().await.unwrap();
    let folder = inbox(&client).await;
    let all: Vec<Change> =
        client.sync(&folder).window(2).changes().into_stream().try_collect().await.unwrap();
    assert_eq!(brief(&all), ["+1:1", "+1:2", "+1:3"]);
}
