//! Deletions and moves, and how things are called.

use activesync_types::Class;
use activesync_types::move_items::Move;
use activesync_types::status::MoveItemsStatus;

use super::*;

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
