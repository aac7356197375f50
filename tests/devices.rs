//! What devices do, and what they cannot bear, as it meets a server over a socket.

#[path = "support/device.rs"]
mod device;
#[path = "support/schema.rs"]
mod schema;
mod support;

use activesync_server::backend::{Backend as _, Content, Email as Mail};
use activesync_types::airsyncbase::{Body, BodyPreference, BodyType, Location};
use activesync_types::calendar::{Attendee, Calendar, Exception, Recurrence};
use activesync_types::contacts::Contact;
use activesync_types::email::{Email, Flag};
use activesync_types::enumerations::Importance;
use activesync_types::folder_hierarchy::FolderType;
use activesync_types::move_items::{Move, MoveItemsRequest};
use activesync_types::recurrence::RecurrenceType;
use activesync_types::status::SyncStatus;
use activesync_types::sync::{
    ClientAdd, ClientChange, ClientCommand, Collection, CommandResponse, MimeSupport, ServerCommand,
    SyncOptions,
};
use activesync_types::{CollectionId, FolderSync, MoveItems, ServerId, SyncKey};
use device::{Device, Server};
use wbxml::{Encode, Fragment, OrEmpty, ProtocolVersion};

const OLD: ProtocolVersion = ProtocolVersion::V12_1;
const NEW: ProtocolVersion = ProtocolVersion::V16_1;

#[tokio::test]
async fn outlook_is_told_of_its_own_move_by_a_change_and_others_by_an_addition() {
    let server = Server::start();
    deliver(&server, MESSAGE);
    for (kind, expected) in [("WindowsOutlook15", "Change"), ("iPhone", "Add")] {
        let mut device = server.device("ada", ProtocolVersion::V14_1);
        device.id = kind.to_owned();
        device.kind = kind;
        let [from, to] = [FolderType::Inbox, FolderType::DeletedItems];
        let (from, to) = (device.folder(from).await, device.folder(to).await);
        let mut there = Folder::open(&device, &to).await;
        there.sync(vec![]).await;
        let mut here = Folder::open(&device, &from).await;
        let item = here.items().await.remove(0).0;
        let moves = vec![Move::new(item, from.clone(), to.clone())];
        let answer = device.call::<MoveItems>(&MoveItemsRequest { moves }).await;
        let answer = answer.decode::<MoveItems>();
        let there_now = answer.responses[0].dst_msg_id.clone().unwrap().into_inner().into_owned();
        let (commands, _) = there.sync(vec![]).await;
        let told = match commands.as_slice() {
            [ServerCommand::Change(change)] => ("Change", change.server_id.as_str()),
            [ServerCommand::Add(add)] => ("Add", add.server_id.as_str()),
            other => panic!("{kind}: {other:?}"),
        };
        assert_eq!(told, (expected, &*there_now), "{kind}");
        // Back again, for the next one.
        let moves = vec![Move::new(there_now, to, from)];
        device.call::<MoveItems>(&MoveItemsRequest { moves }).await;
    }
}

#[tokio::test]
async fn an_empty_picture_from_ios_erases_no_photo() {
    let server = Server::start();
    let mut device = server.device("ada", NEW);
    device.kind = "iPhone";
    let mut contacts = Folder::open(&device, &device.folder(FolderType::Contacts).await).await;
    let photo = "/9j/4AAQSkZJRgABAQEASABIAAD/2Q==";
    let contact = |name: &'static str, picture: &'static str| Contact {
        first_name: Some(name.into()),
        picture: Some(picture.into()),
        ..Contact::default()
    };
    let id = contacts.add("c1", &contact("Ada", photo)).await;
    contacts.change(&id, &contact("Ada Augusta", "")).await;

    let other = server.another(&device);
    let mut contacts = Folder::open(&other, &other.folder(FolderType::Contacts).await).await;
    let (_, data) = contacts.items().await.remove(0);
    let contact: Contact<'_> = data.decode().unwrap();
    assert_eq!(contact.first_name.as_deref(), Some("Ada Augusta"));
    assert_eq!(contact.picture.as_deref(), Some(photo));
}

#[tokio::test]
async fn a_birthday_stays_at_the_hour_that_its_client_chose() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V14_1);
    let mut contacts = Folder::open(&device, &device.folder(FolderType::Contacts).await).await;
    let hours = ["00", "08", "11", "12"];
    for hour in hours {
        let birthday = OrEmpty::Value(format!("1815-12-10T{hour}:00:00.000Z").parse().unwrap());
        contacts.add(hour, &Contact { birthday: Some(birthday), ..Contact::default() }).await;
    }
    let other = server.another(&device);
    let mut contacts = Folder::open(&other, &other.folder(FolderType::Contacts).await).await;
    let mut found: Vec<_> = contacts.items().await.iter().map(|(_, data)| birthday(data)).collect();
    found.sort();
    assert_eq!(found, hours.map(|hour| format!("1815-12-10T{hour}:00:00.000Z")));
}

fn birthday(data: &Fragment<'_>) -> String {
    data.decode::<Contact<'_>>().unwrap().birthday.and_then(OrEmpty::value).unwrap().to_string()
}

#[tokio::test]
async fn android_and_ios_get_what_they_need_though_nobody_said_it() {
    let server = Server::start();
    deliver(
        &server,
        "Subject: no date, no importance\r\nContent-Type: text/plain; name=notes.txt\r\n\
                      Content-Disposition: attachment\r\n\r\n0123456789",
    );
    for version in [OLD, NEW] {
        let device = server.device("ada", version);
        let mut calendar = Folder::open(&device, &device.folder(FolderType::Calendar).await).await;
        let start = Some("20261105T090000Z".parse().unwrap());
        calendar.add("e1", &Calendar { start_time: start, end_time: start, ..Calendar::default() }).await;

        let other = server.another(&device);
        let mut calendar = Folder::open(&other, &other.folder(FolderType::Calendar).await).await;
        for (_, data) in calendar.items().await {
            let event: Calendar<'_> = data.decode().unwrap();
            assert_eq!(
                event.organizer_email.as_deref(),
                Some("ada@example.org"),
                "Android drops events without"
            );
        }
        let mut inbox = Folder::open(&other, &other.folder(FolderType::Inbox).await).await;
        let (_, data) = inbox.items().await.remove(0);
        let email: Email<'_> = data.decode().unwrap();
        assert!(email.date_received.is_some(), "iOS would show the time of the synchronization");
        assert_eq!(email.importance, Some(Importance::Normal));
        let attachment = email.attachments.iter().find_map(|entry| entry.attachment()).unwrap();
        assert_eq!(attachment.estimated_data_size, Some(10), "Android would not show it");
        schema::validate(other.heard());
    }
}

#[tokio::test]
async fn control_characters_of_a_message_reach_no_device() {
    let server = Server::start();
    deliver(
        &server,
        "Subject: =?utf-8?Q?be=07ll=00_and=1B_more=EF=BF=BF?=\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\na\x01b\x0Bc\x1Fd\u{FFFE}e",
    );
    for version in [OLD, NEW] {
        let device = server.device("ada", version);
        let mut inbox = Folder::open(&device, &device.folder(FolderType::Inbox).await).await;
        inbox.options = Some(body(BodyType::PlainText));
        let (_, data) = inbox.items().await.remove(0);
        let email: Email<'_> = data.decode().unwrap();
        assert_clean(email.subject.as_deref());
        assert_clean(email.body.as_ref().and_then(Body::text).as_deref());
        schema::validate(device.heard());
    }
}

#[tokio::test]
async fn control_characters_that_a_device_sends_reach_no_other() {
    const TEXT: &str = "be\u{7}ll and\u{1B} mo\u{1}re\u{FFFE}\u{FFFF}\ton\r\nlines\u{B}";
    let server = Server::start();
    let text = || Some(TEXT.into());
    let start = "20261105T090000Z".parse().unwrap();
    for version in [ProtocolVersion::V2_5, OLD, NEW] {
        let device = server.device("ada", version);
        let contact = Contact {
            first_name: text(),
            file_as: text(),
            categories: Some(vec![TEXT.into()]),
            children: Some(vec![TEXT.into()]),
            body: Some(Body::plain_text(TEXT)),
            legacy_body: text(),
            ..Contact::default()
        };
        let event = Calendar {
            start_time: Some(start),
            end_time: Some(start),
            subject: text(),
            location_text: text(),
            location: Some(Location::named(TEXT)),
            attendees: Some(vec![Attendee::new(TEXT, "bob@example.org")]),
            categories: Some(vec![TEXT.into()]),
            body: Some(Body::new(BodyType::Html, TEXT)),
            legacy_body: text(),
            recurrence: Some(Recurrence {
                recurrence_type: Some(RecurrenceType::Daily),
                interval: Some(1),
                ..Recurrence::default()
            }),
            exceptions: Some(vec![Exception { subject: text(), ..Exception::of(start) }]),
            ..Calendar::default()
        };
        let mut contacts = Folder::open(&device, &device.folder(FolderType::Contacts).await).await;
        let id = contacts.add("c1", &contact).await;
        contacts.change(&id, &Contact { last_name: text(), ..contact }).await;
        let mut calendar = Folder::open(&device, &device.folder(FolderType::Calendar).await).await;
        calendar.add("e1", &event).await;
        deliver(&server, MESSAGE);
        let mut inbox = Folder::open(&device, &device.folder(FolderType::Inbox).await).await;
        let mail = inbox.items().await.remove(0).0;
        let flag = Flag { flag_type: text(), ..Flag::default() };
        inbox.change(&mail, &Email { flag: Some(flag), ..Email::default() }).await;

        let other = server.another(&device);
        let mut told = String::new();
        for kind in [FolderType::Contacts, FolderType::Calendar, FolderType::Inbox] {
            let mut folder = Folder::open(&other, &other.folder(kind).await).await;
            assert!(!folder.items().await.is_empty());
        }
        let heard = other.heard();
        for document in &heard {
            let mut reader = wbxml::Reader::new(&document.document);
            while let Some(event) = reader.next().unwrap() {
                if let wbxml::Event::Text(text) = event {
                    told.push_str(&text);
                }
            }
        }
        assert_clean(Some(&told));
        let texts = told.matches("bell and more\ton\r\nlines").count();
        assert!(texts > 10, "{version}: {texts} texts\n{told}");
        schema::validate(heard);
    }
}

#[tokio::test]
async fn notes_deleted_from_an_occurrence_go_out_as_the_schema_wants_them() {
    let server = Server::start();
    for version in [OLD, ProtocolVersion::V14_1, NEW] {
        let device = server.device("ada", version);
        let start = "20261105T090000Z".parse().unwrap();
        let event = Calendar {
            start_time: Some(start),
            end_time: Some(start),
            body: Some(Body::plain_text("notes of the series")),
            recurrence: Some(Recurrence {
                recurrence_type: Some(RecurrenceType::Daily),
                interval: Some(1),
                ..Recurrence::default()
            }),
            exceptions: Some(vec![Exception { body: Some(OrEmpty::Empty), ..Exception::of(start) }]),
            ..Calendar::default()
        };
        let mut calendar = Folder::open(&device, &device.folder(FolderType::Calendar).await).await;
        calendar.add("e1", &event).await;
        let other = server.another(&device);
        let mut calendar = Folder::open(&other, &other.folder(FolderType::Calendar).await).await;
        let (_, data) = calendar.items().await.pop().unwrap();
        let event: Calendar<'_> = data.decode().unwrap();
        let exceptions = event.exceptions.unwrap();
        let notes = exceptions[0].body.clone().and_then(OrEmpty::value).unwrap();
        assert_eq!((notes.body_type, notes.data), (BodyType::PlainText, None));
        schema::validate(other.heard());
    }
}

/// XML 1.0 can carry it, whatever a device makes of it.
#[track_caller]
fn assert_clean(text: Option<&str>) {
    let text = text.unwrap();
    let bad =
        |c: char| c.is_control() && !matches!(c, '\t' | '\r' | '\n') || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    assert!(!text.is_empty() && !text.contains(bad), "{text:?}");
}

#[tokio::test]
async fn ios_makes_events_with_a_long_client_uid_and_an_element_of_tasks() {
    let server = Server::start();
    let mut device = server.device("ada", NEW);
    device.kind = "iPhone";
    let calendar = Folder::open(&device, &device.folder(FolderType::Calendar).await).await;
    // 33 characters where the specification has 32 and a terminator.
    let uid = "0123456789ABCDEF0123456789ABCDEFG";
    let start = Some("20261105T090000Z".parse().unwrap());
    let event = Calendar {
        client_uid: Some(uid.into()),
        start_time: start,
        end_time: start,
        subject: Some("Tea".into()),
        recurrence: Some(Recurrence {
            recurrence_type: Some(RecurrenceType::Daily),
            interval: Some(1),
            ..Recurrence::default()
        }),
        ..Calendar::default()
    };
    let plain = calendar.request(vec![add("e1", &event, NEW)]);
    let bytes = wbxml::to_vec_version(&activesync_types::sync::SyncRequest::from(plain), NEW).unwrap();
    // Tasks:DeadOccur with "0" before the end of Calendar:Recurrence, which is 0x1B with content.
    let recurrence = bytes.iter().position(|byte| *byte == 0x5B).unwrap();
    let end = recurrence + bytes[recurrence..].windows(2).position(|pair| pair == [0x01, 0x01]).unwrap() + 1;
    let dead_occur = b"\x00\x09\x5A\x030\x00\x01\x00\x04";
    let bytes = [&bytes[..end], dead_occur, &bytes[end..]].concat();
    let answer = device.post("Sync", &bytes).await;
    let answer = answer.decode::<activesync_types::Sync>();
    let [CommandResponse::Add(added)] = answer.collections[0].responses.as_slice() else {
        panic!("{answer:?}")
    };
    assert!(added.status.is_success());

    let other = server.another(&device);
    let mut calendar = Folder::open(&other, &other.folder(FolderType::Calendar).await).await;
    let (_, data) = calendar.items().await.remove(0);
    let event: Calendar<'_> = data.decode().unwrap();
    assert_eq!(event.recurrence.unwrap().recurrence_type, Some(RecurrenceType::Daily));
}

#[tokio::test]
async fn exceptions_without_a_series_stop_nobody() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V14_1);
    let mut calendar = Folder::open(&device, &device.folder(FolderType::Calendar).await).await;
    let start = "20261105T090000Z".parse().unwrap();
    let event = |exceptions| Calendar {
        start_time: Some(start),
        end_time: Some(start),
        exceptions,
        ..Calendar::default()
    };
    let commands = vec![
        add("e1", &event(Some(vec![Exception::of(start)])), device.version),
        add("e2", &event(None), device.version),
    ];
    let (_, responses) = calendar.sync(commands).await;
    assert_eq!(responses.len(), 2);
    let other = server.another(&device);
    let mut calendar = Folder::open(&other, &other.folder(FolderType::Calendar).await).await;
    assert_eq!(calendar.items().await.len(), 2);
    schema::validate(other.heard());
}

#[tokio::test]
async fn outlook_is_sent_to_look_for_folders_rather_than_told_that_one_is_missing() {
    let server = Server::start();
    for version in [OLD, NEW] {
        let device = server.device("ada", version);
        device.folders().await;
        let answer = device.sync(Collection::new("{0}1", "4711")).await;
        let status = answer.status.or(answer.collections.first().map(|collection| collection.status));
        assert_eq!(status.map(SyncStatus::code), Some(12), "not 8, which says that an item is missing");
    }
}

#[tokio::test]
async fn large_messages_come_in_answers_of_bounded_size() {
    let server = Server::start();
    let line = "All work and no play makes Jack a dull boy, said the harbour master.\r\n";
    let large = format!("Subject: large\r\n\r\n{}", line.repeat(5_000_000 / line.len()));
    for _ in 0..4 {
        deliver(&server, &large);
    }
    let device = server.device("ada", ProtocolVersion::V14_1);
    let inbox = device.folder(FolderType::Inbox).await;
    let mut key = device.first_key(&inbox).await;
    let mut answers = 0;
    let mut items = 0;
    loop {
        let collection = Collection {
            options: vec![mime()],
            window_size: Some(100),
            ..Collection::new(key, inbox.clone())
        };
        let answer = device.call::<activesync_types::Sync>(&collection.into()).await;
        assert!(answer.body.len() < 6_000_000, "{} bytes", answer.body.len());
        let answer = answer.decode::<activesync_types::Sync>();
        let answer = answer.collections.into_iter().next().unwrap();
        (answers, items) = (answers + 1, items + answer.commands.len());
        key = wbxml::IntoOwned::into_owned(answer.sync_key);
        if !answer.more_available {
            break;
        }
    }
    assert_eq!((answers, items), (4, 4));
}

#[tokio::test]
async fn one_item_that_cannot_be_sent_holds_up_no_other() {
    let server = Server::start();
    deliver(&server, MESSAGE);
    // No header, no body: no message.
    deliver(&server, "");
    deliver(&server, MESSAGE);
    let device = server.device("ada", ProtocolVersion::V14_1);
    let mut inbox = Folder::open(&device, &device.folder(FolderType::Inbox).await).await;
    assert_eq!(inbox.items().await.len(), 2);
    let (commands, _) = inbox.sync(vec![]).await;
    assert_eq!(commands, [], "and it does not come again and again");
}

#[tokio::test]
async fn text_without_its_end_is_reported_with_its_place_and_stores_nothing() {
    // From Android 2.3: an empty category as STR_I without NUL, so that the next element reads as its text.
    let server = Server::start();
    for (version, expected) in [(OLD, 400), (NEW, 200)] {
        let device = server.device("ada", version);
        let calendar = Folder::open(&device, &device.folder(FolderType::Calendar).await).await;
        let start = "20261105T090000Z".parse().ok();
        let categories = Some(vec!["".into()]);
        let event = Calendar { start_time: start, end_time: start, categories, ..Calendar::default() };
        let request = calendar.request(vec![add("e1", &event, version)]);
        let mut bytes =
            wbxml::to_vec_version(&activesync_types::sync::SyncRequest::from(request), version).unwrap();
        // Categories 0x0E with content, Category 0x0F with content or without.
        let at = bytes.windows(2).position(|pair| pair[0] == 0x4E && pair[1] & 0x3F == 0x0F).unwrap();
        let rest = if bytes[at + 1] == 0x0F {
            at + 2
        } else {
            at + 1 + bytes[at + 1..].iter().position(|byte| *byte == 0x01).unwrap()
        };
        bytes.splice(at + 1..rest, [0x4F, 0x03]);
        let answer = device.post("Sync", &bytes).await;
        assert_eq!(answer.status, expected);
        if expected == 200 {
            assert!(matches!(answer.first_status(), Some(102 | 103)), "{:?}", answer.first_status());
        } else {
            let words = String::from_utf8(answer.body).unwrap();
            assert!(words.contains("byte ") || words.contains("offset "), "{words}");
        }
        let mut calendar = Folder::open(&device, &device.folder(FolderType::Calendar).await).await;
        assert_eq!(calendar.items().await.len(), 0);
    }
}

#[tokio::test]
async fn pages_that_are_switched_for_nothing_or_unknown_do_no_harm() {
    let server = Server::start();
    let device = server.device("ada", NEW);
    for (what, body) in [
        (
            "Nokia: switches before ends and twice",
            &b"\x03\x01\x6A\x00\x00\x00\x00\x07\x56\x52\x00\x07\x030\x00\x00\x01\x01\x00\x07\x01"[..],
        ),
        (
            "Outlook.com: an element of its own page 0xFE",
            b"\x03\x01\x6A\x00\x00\x07\x56\x00\xFE\x47\x03x\x00\x01\x00\x07\x52\x030\x00\x01\x01",
        ),
        (
            "an element that came later than the code pages",
            b"\x03\x01\x6A\x00\x00\x07\x56\x3F\x52\x030\x00\x01\x01",
        ),
    ] {
        let answer = device.post("FolderSync", body).await;
        assert_eq!(answer.status, 200, "{what}");
        let answer = answer.decode::<FolderSync>();
        assert!(answer.status.is_success(), "{what}: {:?}", answer.status);
    }
}

const MESSAGE: &str = "From: bob@example.org\r\nSubject: hej\r\n\r\nHej!\r\n";

/// Puts a message into ada's Inbox.
fn deliver(server: &Server, message: &str) {
    let store = server.store();
    let ada = store.resolve("ada@example.org").unwrap().unwrap();
    let mut mailbox = store.open(&ada).unwrap();
    let folders = mailbox.folders().unwrap();
    let inbox = folders.iter().find(|folder| folder.kind == FolderType::Inbox).unwrap().id;
    let email = Mail::new(message, "2026-10-01T08:00:00Z".parse().unwrap());
    mailbox.create_item(inbox, &Content::Email(Box::new(email))).unwrap();
    mailbox.commit().unwrap();
}

fn mime() -> SyncOptions<'static> {
    SyncOptions { mime_support: Some(MimeSupport::Always), ..body(BodyType::Mime) }
}

fn body(form: BodyType) -> SyncOptions<'static> {
    SyncOptions { body_preferences: vec![BodyPreference::new(form)], ..SyncOptions::default() }
}

fn add(id: &'static str, data: &impl Encode, version: ProtocolVersion) -> ClientCommand<'static> {
    let application_data = Fragment::from_value(data, Some(version)).unwrap();
    ClientCommand::Add(ClientAdd { class: None, client_id: id.into(), send: false, application_data })
}

/// A folder as a device has it.
struct Folder<'d> {
    device: &'d Device<'d>,
    id: CollectionId<'static>,
    key: SyncKey<'static>,
    options: Option<SyncOptions<'static>>,
}

type Synchronized = (Vec<ServerCommand<'static>>, Vec<CommandResponse<'static>>);

impl<'d> Folder<'d> {
    async fn open(device: &'d Device<'d>, id: &CollectionId<'static>) -> Self {
        Self { device, id: id.clone(), key: device.first_key(id).await, options: None }
    }

    fn request(&self, commands: Vec<ClientCommand<'static>>) -> Collection<'static> {
        let mut collection = Collection::new(self.key.clone(), self.id.clone());
        collection.options.extend(self.options.clone());
        collection.commands = commands;
        collection
    }

    async fn sync(&mut self, commands: Vec<ClientCommand<'static>>) -> Synchronized {
        let answer = self.device.sync(self.request(commands)).await.collections.remove(0);
        assert!(answer.status.is_success(), "{:?}", answer.status);
        self.key = answer.sync_key;
        (answer.commands, answer.responses)
    }

    /// All items of a folder that was not synchronized before.
    async fn items(&mut self) -> Vec<(ServerId<'static>, Fragment<'static>)> {
        let (commands, _) = self.sync(vec![]).await;
        let item = |command| match command {
            ServerCommand::Add(add) => (add.server_id, add.application_data),
            other => panic!("{other:?}"),
        };
        commands.into_iter().map(item).collect()
    }

    async fn add(&mut self, id: &'static str, data: &impl Encode) -> ServerId<'static> {
        let (_, responses) = self.sync(vec![add(id, data, self.device.version)]).await;
        match responses.into_iter().next() {
            Some(CommandResponse::Add(added)) => added.server_id.unwrap(),
            other => panic!("{other:?}"),
        }
    }

    async fn change(&mut self, id: &ServerId<'static>, data: &impl Encode) {
        let application_data = Fragment::from_value(data, Some(self.device.version)).unwrap();
        let change = ClientChange { server_id: id.clone(), instance_id: None, send: false, application_data };
        let (_, responses) = self.sync(vec![ClientCommand::Change(change)]).await;
        assert_eq!(responses, [], "only changes that failed are answered");
    }
}
