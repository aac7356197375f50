//! What becomes of items on their way: classes, versions, what a change leaves out, moves and deletions.

use activesync_types::airsyncbase::{Body, BodyPreference, BodyType};
use activesync_types::calendar::{Calendar, Exception, Recurrence};
use activesync_types::email::{Flag as FollowUp, FlagStatus};
use activesync_types::move_items::Move;
use activesync_types::recurrence::RecurrenceType;
use activesync_types::status::MoveItemsStatus;
use activesync_types::sync::{Fetch, Truncation};
use activesync_types::{Class, TagList};
use wbxml::codepages::contacts;
use wbxml::{Encode, IntoOwned};

use super::*;
use crate::backend::EmailMarks;

fn data(value: &impl Encode, version: ProtocolVersion) -> Fragment<'static> {
    Fragment::from_value(value, Some(version)).unwrap()
}

/// One command of a device that has everything, and how it went.
fn command(world: &World, device: &Device, command: ClientCommand<'static>) -> CollectionResponse<'static> {
    let request = Collection { commands: vec![command], options: vec![], ..device.request() };
    let response = device.send(world, &request);
    assert_eq!(response.status, SyncStatus::Success);
    response
}

fn change_status(response: &CollectionResponse<'_>) -> Option<SyncStatus> {
    response.responses.iter().find_map(|answer| match answer {
        CommandResponse::Change(change) => Some(change.status),
        _ => None,
    })
}

fn item_of(world: &World, folder: FolderId, item: ItemId) -> Content {
    world.backend.snapshot(&world.user).unwrap().item(folder, item).unwrap().unwrap().content
}

fn email_of(world: &World, item: ItemId) -> Email {
    match item_of(world, world.folder(FolderType::Inbox), item) {
        Content::Email(email) => *email,
        other => panic!("{other:?}"),
    }
}

fn contact_of(world: &World, item: ItemId) -> Contact<'static> {
    match item_of(world, world.folder(FolderType::Contacts), item) {
        Content::Contact(contact) => *contact,
        other => panic!("{other:?}"),
    }
}

fn event_of(world: &World, item: ItemId) -> Calendar<'static> {
    match item_of(world, world.folder(FolderType::Calendar), item) {
        Content::Event(event) => *event,
        other => panic!("{other:?}"),
    }
}

fn put(world: &World, kind: FolderType, content: &Content) -> ItemId {
    let folder = world.folder(kind);
    world.work(|mailbox| mailbox.create_item(folder, content).unwrap().0)
}

/// The application data of the only item that a new device gets.
fn only_item(
    world: &World,
    kind: FolderType,
    version: ProtocolVersion,
    options: SyncOptions<'static>,
) -> Fragment<'static> {
    let mut device = Device::new(world, "only", kind);
    (device.version, device.options) = (version, options);
    device.key = device.send(world, &device.request()).sync_key;
    let mut response = device.send(world, &device.request());
    assert_eq!(response.commands.len(), 1);
    match response.commands.remove(0) {
        ServerCommand::Add(add) => add.application_data,
        other => panic!("{other:?}"),
    }
}

#[test]
fn marking_a_mail_sends_the_marks_alone() {
    on_both(|world| {
        let mail = world.add_mail("Hello", 1);
        let mut phone = Device::synchronized(world, "phone", FolderType::Inbox);
        let mut tablet = Device::synchronized(world, "tablet", FolderType::Inbox);
        let flag = FollowUp { status: Some(FlagStatus::Active), ..FollowUp::default() };
        let marks = email::Email {
            read: Some(true),
            flag: Some(flag.clone()),
            categories: Some(vec!["Blue".into()]),
            ..email::Email::default()
        };
        command(world, &phone, change_command(&phone.id_of("Hello"), data(&marks, V)));
        let stored = email_of(world, mail).marks;
        assert_eq!(
            stored,
            EmailMarks {
                read: true,
                flag: Some(flag),
                categories: vec!["Blue".into()],
                ..EmailMarks::default()
            }
        );

        let response = tablet.sync(world);
        let [ServerCommand::Change(change)] = &response.commands[..] else { panic!("{response:?}") };
        let told: email::Email<'_> = change.application_data.decode().unwrap();
        assert_eq!(
            (told.read, told.flag.unwrap().is_set(), told.subject, told.body),
            (Some(true), true, None, None)
        );
        assert_eq!(tablet.names(), ["Hello (read)"]);

        // An empty flag says that there is none; what is left out stays.
        phone.sync_all(world);
        let unflagged = email::Email { flag: Some(FollowUp::default()), ..email::Email::default() };
        command(world, &tablet, change_command(&tablet.id_of("Hello (read)"), data(&unflagged, V)));
        let stored = email_of(world, mail).marks;
        assert_eq!((stored.flag, stored.read, stored.categories.len()), (None, true, 1));
    });
}

#[test]
fn mail_comes_in_the_form_of_each_version() {
    let world = World::memory();
    let text = "x".repeat(2000);
    let raw = format!("From: a@example.org\r\nSubject: Hello\r\n\r\n{text}");
    put(&world, FolderType::Inbox, &Content::Email(Box::new(Email::new(raw, world.now))));
    let legacy = SyncOptions { truncation: Some(Truncation::Chars512), ..SyncOptions::default() };
    let old = only_item(&world, FolderType::Inbox, ProtocolVersion::V2_5, legacy);
    let old: email::Email<'_> = old.decode().unwrap();
    assert_eq!(old.legacy_body.as_deref().map(str::len), Some(512));
    assert_eq!((old.legacy_body_truncated, old.body, old.flag), (Some(true), None, None));
    let preference = BodyPreference::truncated(BodyType::PlainText, 100);
    let modern = SyncOptions { body_preferences: vec![preference], ..SyncOptions::default() };
    for version in [ProtocolVersion::V12_1, V] {
        let new = only_item(&world, FolderType::Inbox, version, modern.clone());
        let new: email::Email<'_> = new.decode().unwrap();
        let body = new.body.unwrap();
        assert_eq!((body.data.map(|data| data.len()), body.truncated), (Some(100), Some(true)));
        assert_eq!((new.legacy_body, new.read), (None, Some(false)));
        assert_eq!(new.is_draft, (version == V).then_some(false));
    }
}

#[test]
fn a_fetch_brings_all_of_it() {
    on_both(|world| {
        let raw = format!("Subject: Hello\r\n\r\n{}", "x".repeat(2000));
        put(world, FolderType::Inbox, &Content::Email(Box::new(Email::new(raw, world.now))));
        let mut phone = Device::new(world, "phone", FolderType::Inbox);
        phone.options.body_preferences = vec![BodyPreference::truncated(BodyType::PlainText, 100)];
        phone.sync_all(world);
        let server_id = ServerId::from(phone.id_of("Hello"));
        let response = command(world, &phone, ClientCommand::Fetch(Fetch { server_id }));
        let [CommandResponse::Fetch(fetch)] = &response.responses[..] else { panic!("{response:?}") };
        assert_eq!(fetch.status, SyncStatus::Success);
        let email: email::Email<'_> = fetch.application_data.as_ref().unwrap().decode().unwrap();
        let body = email.body.unwrap();
        assert_eq!((body.data.unwrap().trim_end().len(), body.truncated.unwrap_or_default()), (2000, false));
    });
}

#[test]
fn one_item_that_cannot_be_sent_does_not_stop_the_folder() {
    on_both(|world| {
        world.add_mail("one", 2);
        let no_message = Content::Email(Box::new(Email::new(*b"", world.now)));
        let bad = put(world, FolderType::Inbox, &no_message);
        world.add_mail("two", 1);
        let mut phone = Device::synchronized(world, "phone", FolderType::Inbox);
        assert_eq!(phone.names(), ["one", "two"]);
        assert!(!phone.send_for_news(world, &phone.request()).is_news, "it is not tried again and again");
        // Nobody ever heard of it.
        let inbox = phone.folder;
        world.work(|mailbox| mailbox.delete_item(inbox, bad).unwrap());
        assert!(phone.sync(world).commands.is_empty());
    });
}

/// Only a backend that stores anything can have such a contact.
#[test]
fn an_item_that_is_mended_comes_after_all() {
    let world = World::memory();
    let bad = world.add_contact("bad\0name");
    let mut phone = Device::synchronized(&world, "phone", FolderType::Contacts);
    assert!(phone.items.is_empty());
    world.change_contact(bad, "mended");
    phone.sync_all(&world);
    assert_eq!(phone.names(), ["mended"]);
    // The client keeps the version that it has, until the item is mended or deleted.
    world.change_contact(bad, "bad\0again");
    phone.sync_all(&world);
    assert_eq!(phone.names(), ["mended"]);
    world.delete_contact(bad);
    phone.sync_all(&world);
    assert!(phone.items.is_empty());
}

#[test]
fn what_a_client_sends_and_nobody_understands_is_refused_and_set_right() {
    on_both(|world| {
        let ada = world.add_contact("Ada");
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        let birthday = wbxml::AnyElement::from_value(contacts::Birthday, "soon", None).unwrap();
        let bad = Contact { other: vec![birthday], ..Contact::default() };
        phone.edit(&phone.id_of("Ada"), "local");
        let request = Collection {
            commands: vec![change_command(&phone.id_of("local"), data(&bad, V))],
            ..phone.request()
        };
        let response = phone.send(world, &request);
        assert_eq!(change_status(&response), Some(SyncStatus::ConversionError));
        assert_eq!(told(&response), ["change Ada"], "the client shows again what there is");
        assert_eq!(world.contacts()[&ada], "Ada");
    });
}

/// A contact with a bit of everything that a change may leave out.
fn full_contact() -> Contact<'static> {
    Contact {
        first_name: Some("Ada".into()),
        job_title: Some("Countess".into()),
        company_name: Some("Analytical".into()),
        nick_name: Some("Enchantress".into()),
        picture: Some("aGVsbG8=".into()),
        body: Some(Body::plain_text("notes")),
        ..Contact::default()
    }
}

/// What is left of the full contact after a change that says only the first name.
fn after_renaming(version: ProtocolVersion, supported: Option<TagList>) -> Contact<'static> {
    let world = World::memory();
    let item = put(&world, FolderType::Contacts, &Content::Contact(Box::new(full_contact())));
    let mut phone = Device::new(&world, "phone", FolderType::Contacts);
    phone.version = version;
    phone.key = phone.send(&world, &Collection { supported, ..phone.request() }).sync_key;
    phone.sync_all(&world);
    let renamed = Contact { first_name: Some("Augusta".into()), ..Contact::default() };
    let id = phone.items.keys().next().unwrap().clone();
    let response = command(&world, &phone, change_command(&id, data(&renamed, version)));
    assert_eq!(change_status(&response), None);
    contact_of(&world, item)
}

#[test]
fn what_a_change_leaves_out_is_deleted_but_for_notes_and_picture() {
    let left = after_renaming(V, None);
    let expected = Contact {
        first_name: Some("Augusta".into()),
        picture: full_contact().picture,
        body: full_contact().body,
        ..Contact::default()
    };
    assert_eq!(left, expected);
}

#[test]
fn ghosted_properties_stay() {
    let renamed = Contact { first_name: Some("Augusta".into()), ..full_contact() };
    assert_eq!(after_renaming(V, Some(TagList::default())), renamed, "an empty list ghosts everything");
    let some = after_renaming(V, Some(TagList::from([contacts::FirstName, contacts::JobTitle])));
    assert_eq!(some, Contact { job_title: None, ..renamed });
}

#[test]
fn what_the_version_of_a_client_lacks_it_cannot_leave_out() {
    // Contacts2 came with 2.5.
    let left = after_renaming(ProtocolVersion::V2_1, None);
    assert_eq!(left.nick_name.as_deref(), Some("Enchantress"));
    assert_eq!((left.job_title, left.body), (None, full_contact().body));
}

#[test]
fn an_empty_picture_erases_no_picture() {
    let world = World::memory();
    let item = put(&world, FolderType::Contacts, &Content::Contact(Box::new(full_contact())));
    let phone = Device::synchronized(&world, "iphone", FolderType::Contacts);
    let edited = Contact { picture: Some("".into()), ..full_contact() };
    command(&world, &phone, change_command(&phone.id_of("Ada"), data(&edited, V)));
    assert_eq!(contact_of(&world, item), full_contact());
}

#[test]
fn notes_of_an_old_client_reach_a_new_one_and_back() {
    on_both(|world| {
        let mut old = Device::new(world, "old", FolderType::Contacts);
        old.version = ProtocolVersion::V2_5;
        old.sync_all(world);
        let with_notes = |contact: Contact<'static>| {
            command(
                world,
                &old,
                ClientCommand::Add(ClientAdd {
                    class: None,
                    client_id: ClientId::from("1"),
                    send: false,
                    application_data: data(&contact, ProtocolVersion::V2_5),
                }),
            )
        };
        with_notes(Contact { legacy_body: Some("old notes".into()), ..Contact::default() });
        let new = only_item(world, FolderType::Contacts, V, SyncOptions::default());
        let new: Contact<'_> = new.decode().unwrap();
        assert_eq!(new.body.unwrap().data.as_deref(), Some("old notes"));
        let old = only_item(world, FolderType::Contacts, ProtocolVersion::V2_5, SyncOptions::default());
        let old: Contact<'_> = old.decode().unwrap();
        assert_eq!((old.legacy_body.as_deref(), old.body), (Some("old notes"), None));
    });
}

fn weekly_event() -> Calendar<'static> {
    Calendar {
        subject: Some("Planning".into()),
        start_time: Some("20240801T090000Z".parse().unwrap()),
        end_time: Some("20240801T100000Z".parse().unwrap()),
        location_text: Some("Room 1".into()),
        recurrence: Some(Recurrence {
            recurrence_type: Some(RecurrenceType::Weekly),
            ..Recurrence::default()
        }),
        exceptions: Some(vec![Exception {
            subject: Some("Longer planning".into()),
            ..Exception::of("20240808T090000Z".parse().unwrap())
        }]),
        ..Calendar::default()
    }
}

fn put_event(world: &World) -> ItemId {
    let mut event = weekly_event();
    store_event(&mut event);
    put(world, FolderType::Calendar, &Content::Event(Box::new(event)))
}

#[test]
fn every_client_gets_what_it_needs_of_an_event() {
    let world = World::memory();
    put_event(&world);
    for version in [ProtocolVersion::V2_5, ProtocolVersion::V12_1, ProtocolVersion::V14_1, V] {
        let event = only_item(&world, FolderType::Calendar, version, SyncOptions::default());
        let event: Calendar<'_> = event.decode().unwrap();
        assert_eq!(event.organizer_email.as_deref(), Some("ada@example.org"), "{version}: Android wants one");
        assert!(event.uid.is_some() && event.dt_stamp.is_some() && event.timezone.is_some(), "{version}");
        assert_eq!(event.location_name(), Some("Room 1"), "{version}");
        assert_eq!(event.location.is_some(), version == V);
        let exception = &event.exceptions.as_ref().unwrap()[0];
        assert_eq!(exception.original_start().unwrap().to_string(), "20240808T090000Z", "{version}");
        assert_eq!(exception.instance_id.is_some(), version == V);
    }
}

#[test]
fn days_have_no_zone_from_16_0_on() {
    let world = World::memory();
    let all_day = Calendar { all_day_event: Some(true), ..weekly_event() };
    put(&world, FolderType::Calendar, &Content::Event(Box::new(all_day)));
    for (version, has_zone) in [(ProtocolVersion::V14_1, true), (V, false)] {
        let event = only_item(&world, FolderType::Calendar, version, SyncOptions::default());
        assert_eq!(event.decode::<Calendar<'_>>().unwrap().timezone.is_some(), has_zone, "{version}");
    }
}

/// A device that has the event, and its identifier.
fn with_event(world: &World, version: ProtocolVersion) -> (Device, String) {
    let mut device = Device::new(world, "phone", FolderType::Calendar);
    device.version = version;
    device.key = device.send(world, &device.request()).sync_key;
    let response = device.send(world, &device.request());
    device.key = response.sync_key.clone();
    let [ServerCommand::Add(add)] = &response.commands[..] else { panic!("{response:?}") };
    (device, add.server_id.to_string())
}

#[test]
fn up_to_14_1_a_change_of_an_event_is_the_whole_event_but_for_exceptions() {
    let world = World::memory();
    let item = put_event(&world);
    let (phone, id) = with_event(&world, ProtocolVersion::V14_1);
    let said = Calendar {
        subject: Some("Replanning".into()),
        start_time: weekly_event().start_time,
        end_time: weekly_event().end_time,
        recurrence: weekly_event().recurrence,
        exceptions: Some(vec![Exception {
            deleted: Some(true),
            exception_start_time: Some("20240815T090000Z".parse().unwrap()),
            ..Exception::default()
        }]),
        ..Calendar::default()
    };
    command(&world, &phone, change_command(&id, data(&said, ProtocolVersion::V14_1)));
    let event = event_of(&world, item);
    assert_eq!(event.subject.as_deref(), Some("Replanning"));
    assert_eq!(event.location_name(), None, "left out in the one form, it is gone in both");
    let exceptions = event.exceptions.unwrap();
    assert_eq!(exceptions.len(), 2, "one that is not named stays");
    assert!(exceptions.iter().any(|exception| exception.subject.as_deref() == Some("Longer planning")));
    assert!(exceptions.iter().any(Exception::is_deleted));
}

#[test]
fn from_16_0_on_a_change_of_an_event_says_only_what_changed() {
    let world = World::memory();
    let item = put_event(&world);
    let (phone, id) = with_event(&world, V);
    let said = Calendar { subject: Some("Replanning".into()), ..Calendar::default() };
    command(&world, &phone, change_command(&id, data(&said, V)));
    let event = event_of(&world, item);
    assert_eq!((event.subject.as_deref(), event.location_name()), (Some("Replanning"), Some("Room 1")));
    assert_eq!(event.recurrence, weekly_event().recurrence);
}

#[test]
fn from_16_0_on_single_occurrences_change_and_go() {
    let world = World::memory();
    let item = put_event(&world);
    let (phone, id) = with_event(&world, V);
    let occurrence = |day: &str| Some(day.parse().unwrap());
    let said = Calendar {
        location: Some(activesync_types::airsyncbase::Location::named("Room 2")),
        ..Calendar::default()
    };
    let change = ClientChange {
        server_id: ServerId::from(id.clone()),
        instance_id: occurrence("20240808T090000Z"),
        send: false,
        application_data: data(&said, V),
    };
    let delete = ClientDelete { server_id: ServerId::from(id), instance_id: occurrence("20240815T090000Z") };
    let commands = vec![ClientCommand::Change(change), ClientCommand::Delete(delete)];
    let response = phone.send(&world, &Collection { commands, ..phone.request() });
    assert!(response.responses.is_empty() && response.commands.is_empty(), "{response:?}");
    let exceptions = event_of(&world, item).exceptions.unwrap();
    assert_eq!(exceptions.len(), 2);
    assert_eq!(exceptions[0].subject.as_deref(), Some("Longer planning"), "what was said before stays");
    assert_eq!(exceptions[0].location_name(), Some("Room 2"));
    assert!(exceptions[1].is_deleted());
}

#[test]
fn a_new_event_gets_an_identifier_and_a_stamp_from_the_server() {
    on_both(|world| {
        let phone = Device::synchronized(world, "phone", FolderType::Calendar);
        let add = ClientAdd {
            class: None,
            client_id: ClientId::from("1"),
            send: false,
            application_data: data(&Calendar { uid: None, ..weekly_event() }, V),
        };
        let response = command(world, &phone, ClientCommand::Add(add));
        let [CommandResponse::Add(added)] = &response.responses[..] else { panic!("{response:?}") };
        let item = find_item(
            &*world.backend.snapshot(&world.user).unwrap(),
            phone.folder,
            added.server_id.as_ref().unwrap(),
        );
        let event = event_of(world, item.unwrap());
        assert!(event.uid.is_some_and(|uid| !uid.is_empty()));
        assert_eq!(event.dt_stamp.unwrap().to_string(), "20240731T100000Z");
    });
}

#[test]
fn attachments_that_cannot_be_kept_are_refused_rather_than_lost() {
    use activesync_types::airsyncbase::{AddAttachment, AttachmentEntry};

    let world = World::memory();
    let phone = Device::synchronized(&world, "phone", FolderType::Calendar);
    let attachment =
        AddAttachment { client_id: "a".into(), display_name: "plan.pdf".into(), ..AddAttachment::default() };
    let event = Calendar { attachments: vec![AttachmentEntry::Add(attachment)], ..weekly_event() };
    let add = ClientAdd {
        class: None,
        client_id: ClientId::from("1"),
        send: false,
        application_data: data(&event, V),
    };
    let response = command(&world, &phone, ClientCommand::Add(add));
    let [CommandResponse::Add(added)] = &response.responses[..] else { panic!("{response:?}") };
    assert_eq!((added.status, &added.server_id), (SyncStatus::ConversionError, &None));
    let calendar = phone.folder;
    assert_eq!(world.work(|mailbox| mailbox.count(calendar).unwrap()), 0);
}

#[test]
fn items_of_a_class_that_the_folder_has_not_are_refused() {
    let world = World::memory();
    for kind in [FolderType::Inbox, FolderType::Tasks] {
        let folder = world.folder(kind);
        let mut phone = Device::new(&world, "phone", kind);
        phone.sync(&world);
        let add = ClientAdd {
            class: None,
            client_id: ClientId::from("1"),
            send: false,
            application_data: contact_data("Ada"),
        };
        let response = command(&world, &phone, ClientCommand::Add(add));
        let [CommandResponse::Add(added)] = &response.responses[..] else { panic!("{response:?}") };
        assert_eq!(added.status, SyncStatus::ConversionError, "{kind:?}");
        assert_eq!(world.work(|mailbox| mailbox.count(folder).unwrap()), 0);
    }
    let phone = Device::synchronized(&world, "phone", FolderType::Contacts);
    let request = Collection { class: Some(Class::Email), ..phone.request() };
    assert_eq!(phone.send(&world, &request).status, SyncStatus::ProtocolError);
}

#[test]
fn deleted_items_are_kept_unless_the_client_says_otherwise() {
    // The flag of the deletion, a flag that came before it, the version; and whether the item is kept.
    let cases = [
        (None, None, V, true),
        (Some(Flag::Empty), None, V, true),
        (Some(Flag::True), None, V, true),
        (Some(Flag::False), None, V, false),
        (None, None, ProtocolVersion::V2_5, true),
        (None, Some(Flag::Empty), ProtocolVersion::V2_5, false),
        (Some(Flag::Empty), Some(Flag::Empty), ProtocolVersion::V2_5, true),
        (None, Some(Flag::Empty), ProtocolVersion::V12_0, true),
    ];
    for (flag, before, version, is_kept) in cases {
        on_both(|world| {
            world.add_mail("Hello", 1);
            let mut phone = Device::new(world, "phone", FolderType::Inbox);
            phone.version = version;
            phone.sync_all(world);
            let request = Collection { deletes_as_moves: before, ..phone.request() };
            phone.send(world, &request);
            phone.delete(&phone.id_of("Hello"));
            let request = Collection { deletes_as_moves: flag, ..phone.request() };
            assert!(phone.send(world, &request).responses.is_empty());
            let mut trash = Device::new(world, "phone", FolderType::DeletedItems);
            trash.sync_all(world);
            let expected: &[&str] = if is_kept { &["Hello"] } else { &[] };
            assert_eq!(trash.names(), expected, "{flag:?} after {before:?} at {version}");
        });
    }
}

#[test]
fn what_is_deleted_from_deleted_items_is_gone() {
    on_both(|world| {
        let (mail, inbox, trash) = (
            world.add_mail("Hello", 1),
            world.folder(FolderType::Inbox),
            world.folder(FolderType::DeletedItems),
        );
        world.work(|mailbox| mailbox.move_item(inbox, mail, trash).unwrap());
        let mut phone = Device::synchronized(world, "phone", FolderType::DeletedItems);
        phone.delete(&phone.id_of("Hello"));
        phone.sync_all(world);
        assert_eq!(world.work(|mailbox| mailbox.count(trash).unwrap()), 0);
    });
}

#[test]
fn a_deleted_contact_is_not_shown_among_mail() {
    on_both(|world| {
        world.add_contact("Ada");
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        phone.delete(&phone.id_of("Ada"));
        phone.sync_all(world);
        let trash = Device::synchronized(world, "phone", FolderType::DeletedItems);
        assert!(trash.items.is_empty());
        let folder = trash.folder;
        assert_eq!(world.work(|mailbox| mailbox.count(folder).unwrap()), 1, "but it is kept");
    });
}

fn move_to(world: &World, device: &Device, id: &str, to: FolderId) -> (MoveItemsStatus, Option<String>) {
    let request = Move::new(id.to_owned(), device.folder.to_string(), to.to_string());
    let answer = world.work(|mailbox| move_item(mailbox, &device.session(world), &request).unwrap());
    assert_eq!(answer.src_msg_id, id);
    (answer.status, answer.dst_msg_id.map(|id| id.to_string()))
}

#[test]
fn a_moved_item_arrives_under_the_identifier_that_was_told() {
    for moved_items_are_changes in [false, true] {
        on_both(|world| {
            world.add_mail("Hello", 1);
            let mut inbox = Device::synchronized(world, "phone", FolderType::Inbox);
            let mut trash = Device::synchronized(world, "phone", FolderType::DeletedItems);
            let other = Device::synchronized(world, "tablet", FolderType::DeletedItems);
            let id = inbox.id_of("Hello");
            let (status, now) = move_to(world, &inbox, &id, trash.folder);
            assert_eq!(status, MoveItemsStatus::Success);
            let now = now.unwrap();
            assert_eq!(move_to(world, &inbox, &id, trash.folder), (status, Some(now.clone())), "repeated");
            inbox.sync_all(world);
            assert!(inbox.items.is_empty());

            let quirks = Quirks { moved_items_are_changes };
            let answer = |device: &Device| {
                let session = Session { quirks, ..device.session(world) };
                let request = device.request();
                world
                    .work(|mailbox| {
                        sync_collection(mailbox, &session, &request, &mut Budget::default()).unwrap()
                    })
                    .response
            };
            match &answer(&trash).commands[..] {
                [ServerCommand::Change(change)] if moved_items_are_changes => {
                    assert_eq!(change.server_id, now.as_str());
                }
                [ServerCommand::Add(add)] if !moved_items_are_changes => {
                    assert_eq!(add.server_id, now.as_str());
                }
                other => panic!("{other:?}"),
            }
            assert!(
                matches!(answer(&other).commands[..], [ServerCommand::Add(_)]),
                "the other device did not move it"
            );
            if moved_items_are_changes {
                trash.items.insert(now, String::new());
            }
            let request = trash.request();
            trash.receive(&request, &answer(&trash));
            assert_eq!(trash.names(), ["Hello"]);
            assert!(answer(&trash).commands.is_empty());
        });
    }
}

#[test]
fn moves_that_cannot_be_say_why() {
    on_both(|world| {
        world.add_mail("Hello", 1);
        let inbox = Device::synchronized(world, "phone", FolderType::Inbox);
        let (id, trash) = (inbox.id_of("Hello"), world.folder(FolderType::DeletedItems));
        assert_eq!(move_to(world, &inbox, &id, inbox.folder).0, MoveItemsStatus::SameFolder);
        assert_eq!(move_to(world, &inbox, &id, FolderId(99)).0, MoveItemsStatus::InvalidDestination);
        assert_eq!(
            move_to(world, &inbox, &id, world.folder(FolderType::Contacts)).0,
            MoveItemsStatus::InvalidDestination
        );
        for bad in [format!("{}:99", inbox.folder), "x".into(), String::new(), format!("99{id}")] {
            assert_eq!(move_to(world, &inbox, &bad, trash).0, MoveItemsStatus::InvalidSource, "{bad:?}");
        }
        assert_eq!(inbox.names(), ["Hello"]);
    });
}

#[test]
fn identifiers_have_the_form_of_the_version_and_are_understood_in_both() {
    on_both(|world| {
        let ada = world.add_contact("Ada");
        let folder = world.folder(FolderType::Contacts);
        let mailbox = world.backend.snapshot(&world.user).unwrap();
        let old = collection_id(&*mailbox, ProtocolVersion::V2_5, folder);
        assert_eq!(old, format!("{:032x}-{:x}", mailbox.replica(), folder.0).as_str());
        let item = server_id(&*mailbox, ProtocolVersion::V2_5, folder, ada).unwrap();
        assert_eq!(item, format!("rid:{:032x}{:012x}", mailbox.replica(), ada.0).as_str());
        assert_eq!(item.as_str().len(), 48);
        let new = collection_id(&*mailbox, V, folder);
        for id in [&old, &new] {
            assert_eq!(find_folder(&*mailbox, Some(id), None).unwrap().unwrap().id, folder);
        }
        for id in [&item, &server_id(&*mailbox, V, folder, ada).unwrap()] {
            assert_eq!(find_item(&*mailbox, folder, id), Some(ada));
        }
        let foreign = format!("{:032x}-{:x}", mailbox.replica() ^ 1, folder.0);
        for bad in ["", "0", "04", "+4", "-1", "x", "99999999999999999999", foreign.as_str()] {
            assert_eq!(
                find_folder(&*mailbox, Some(&CollectionId::from(bad)), None).unwrap(),
                None,
                "{bad:?}"
            );
        }
        assert_eq!(FileId::parse("4:7:2"), Some(FileId { folder: FolderId(4), item: ItemId(7), number: 2 }));
        for bad in ["", "4:7", "4:7:2:1", "4:7:x", "4:7:99999999999", "04:7:2"] {
            assert_eq!(FileId::parse(bad), None, "{bad:?}");
        }
        drop(mailbox);

        // A device that was upgraded goes on with what it has.
        let mut phone = Device::new(world, "phone", FolderType::Contacts);
        phone.version = ProtocolVersion::V2_5;
        phone.sync_all(world);
        assert!(phone.items.keys().all(|id| id.starts_with("rid:")));
        phone.version = V;
        phone.edit(&phone.id_of("Ada"), "Ada L.");
        phone.sync_all(world);
        assert_eq!(world.contacts()[&ada], "Ada L.");
    });
}

#[test]
fn clients_of_1_0_name_a_class_and_mean_its_default_folder() {
    on_both(|world| {
        world.add_contact("Ada");
        let mut phone = Device::new(world, "phone", FolderType::Contacts);
        phone.version = ProtocolVersion::V1_0;
        let by_class = |device: &Device| Collection {
            collection_id: None,
            class: Some(Class::Contacts),
            ..device.request()
        };
        phone.key = phone.send(world, &by_class(&phone)).sync_key;
        let response = phone.send(world, &by_class(&phone));
        assert_eq!((told(&response), &response.class), (vec!["add Ada".to_owned()], &Some(Class::Contacts)));
        let mail = world.backend.snapshot(&world.user).unwrap();
        assert_eq!(find_folder(&*mail, None, Some(&Class::Email)).unwrap().unwrap().kind, FolderType::Inbox);
        assert_eq!(find_folder(&*mail, None, None).unwrap(), None);
    });
}

#[test]
fn old_clients_that_send_something_ask_for_changes_if_they_want_them() {
    on_both(|world| {
        for (version, comes) in [(ProtocolVersion::V2_5, false), (ProtocolVersion::V12_0, true)] {
            let mut phone = Device::new(world, "phone", FolderType::Contacts);
            phone.version = version;
            phone.sync_all(world);
            world.add_contact("Grace");
            phone.add("Ada");
            let request = Collection { get_changes: None, ..phone.request() };
            assert_eq!(!phone.send(world, &request).commands.is_empty(), comes, "{version}");
            let request = Collection { get_changes: None, commands: vec![], ..phone.request() };
            assert!(!phone.send(world, &request).commands.is_empty(), "{version}");
        }
    });
}

#[test]
fn options_hold_until_the_client_gives_others() {
    on_both(|world| {
        let ada = world.add_contact("Ada");
        let mut phone = Device::new(world, "phone", FolderType::Contacts);
        phone.options = conflict_options(Conflict::ClientWins);
        phone.sync_all(world);
        phone.edit(&phone.id_of("Ada"), "from the phone");
        world.change_contact(ada, "from the server");
        let request = Collection { options: vec![], ..phone.request() };
        phone.send(world, &request);
        assert_eq!(world.contacts()[&ada], "from the phone");
    });
}

#[test]
fn supported_may_come_only_with_the_first_key() {
    let owned: Contact<'static> = after_renaming(V, None).into_owned();
    assert_eq!(owned.job_title, None);
    let world = World::memory();
    let item = put(&world, FolderType::Contacts, &Content::Contact(Box::new(full_contact())));
    let phone = Device::synchronized(&world, "phone", FolderType::Contacts);
    let renamed = Contact { first_name: Some("Augusta".into()), ..Contact::default() };
    let request = Collection {
        supported: Some(TagList::default()),
        commands: vec![change_command(&phone.id_of("Ada"), data(&renamed, V))],
        ..phone.request()
    };
    phone.send(&world, &request);
    assert_eq!(contact_of(&world, item).job_title, None, "later it is passed over");
}
