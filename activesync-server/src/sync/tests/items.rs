//! What becomes of items on their way: classes, versions, what a change leaves out.

use activesync_types::airsyncbase::{Body, BodyPreference, BodyType};
use activesync_types::email::{Flag as FollowUp, FlagStatus};
use activesync_types::sync::{Fetch, Truncation};
use activesync_types::{Class, TagList};
use wbxml::IntoOwned;
use wbxml::codepages::contacts;

use super::*;
use crate::backend::EmailMarks;

fn change_status(response: &CollectionResponse<'_>) -> Option<SyncStatus> {
    response.responses.iter().find_map(|answer| match answer {
        CommandResponse::Change(change) => Some(change.status),
        _ => None,
    })
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
        assert_eq!(
            (body.text().unwrap().trim_end().len(), body.truncated.unwrap_or_default()),
            (2000, false)
        );
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
        assert_eq!(new.body.unwrap().text().as_deref(), Some("old notes"));
        let old = only_item(world, FolderType::Contacts, ProtocolVersion::V2_5, SyncOptions::default());
        let old: Contact<'_> = old.decode().unwrap();
        assert_eq!((old.legacy_body.as_deref(), old.body), (Some("old notes"), None));
    });
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

#[test]
fn drafts_of_devices_are_refused_one_by_one_and_stay_as_they_were() {
    on_both(|world| {
        let folder = world.folder(FolderType::Inbox);
        let stored = Email { draft: true, ..Email::new("Subject: First\r\n\r\nHello\r\n", world.now) };
        world.work(|mailbox| mailbox.create_item(folder, &Content::Email(Box::new(stored))).unwrap());
        let phone = Device::synchronized(world, "phone", FolderType::Inbox);
        let draft = email::Email { subject: Some("Second".into()), ..email::Email::default() };
        let id = phone.items.keys().next().unwrap().clone();
        let mut request = phone.request();
        request.commands.push(change_command(&id, data(&draft, V)));
        request.commands.push(ClientCommand::Add(ClientAdd {
            class: None,
            client_id: ClientId::from("new"),
            send: false,
            application_data: data(&draft, V),
        }));
        let response = phone.send(world, &request);
        assert_eq!(response.status, SyncStatus::Success, "the folder goes on");
        assert_eq!(change_status(&response), Some(SyncStatus::ConversionError));
        assert!(response.responses.iter().any(|answer| matches!(
            answer,
            CommandResponse::Add(add) if add.status == SyncStatus::ConversionError && add.server_id.is_none()
        )));
        // The device shows what the server does not have: it gets the server's draft back.
        let [ServerCommand::Change(change)] = &response.commands[..] else { panic!("{response:?}") };
        let told: email::Email<'_> = change.application_data.decode().unwrap();
        assert_eq!(told.subject.as_deref(), Some("First"));
        assert_eq!(world.work(|mailbox| mailbox.count(folder).unwrap()), 1);
    });
}
