//! Keys, lost answers, repeated requests.

use super::*;

#[test]
fn a_first_sync_is_empty_and_the_next_brings_everything() {
    on_both(|world| {
        world.add_contact("Ada");
        world.add_contact("Grace");
        let mut phone = Device::new(world, "phone", FolderType::Contacts);
        let first = phone.sync(world);
        assert!(first.commands.is_empty());
        assert!(phone.key.legacy().is_some_and(|key| key.counter == 1), "{}", phone.key);
        let second = phone.sync(world);
        assert_eq!(told(&second), ["add Grace", "add Ada"], "newest first");
        assert_eq!(phone.key.legacy().unwrap().counter, 2);
    });
}

#[test]
fn without_changes_the_key_stays() {
    on_both(|world| {
        world.add_contact("Ada");
        let phone = Device::synchronized(world, "phone", FolderType::Contacts);
        let key = phone.key.clone();
        let synced = phone.send_for_news(world, &phone.request());
        assert!(!synced.is_news);
        assert_eq!(synced.response.sync_key, key);
        world.add_contact("Grace");
        let synced = phone.send_for_news(world, &phone.request());
        assert!(synced.is_news);
        assert_ne!(synced.response.sync_key, key);
    });
}

#[test]
fn what_the_client_did_is_not_told_to_it() {
    on_both(|world| {
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        phone.add("Ada");
        assert!(told(&phone.sync(world)).is_empty());
        assert!(told(&phone.sync(world)).is_empty());
        let id = phone.id_of("Ada");
        phone.edit(&id, "Ada L.");
        assert!(told(&phone.sync(world)).is_empty());
        assert_eq!(world.contacts().into_values().collect::<Vec<_>>(), ["Ada L."]);
        phone.delete(&id);
        assert!(told(&phone.sync(world)).is_empty());
        assert!(told(&phone.sync(world)).is_empty());
        assert!(world.contacts().is_empty());
    });
}

#[test]
fn an_answer_that_was_lost_comes_again_with_what_is_new_since() {
    on_both(|world| {
        let ada = world.add_contact("Ada");
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        let grace = world.add_contact("Grace");
        world.change_contact(ada, "Ada L.");
        let lost = phone.send(world, &phone.request());
        assert_eq!(told(&lost), ["add Grace", "change Ada L."]);
        world.delete_contact(grace);
        world.add_contact("Edsger");
        let again = phone.sync(world);
        assert_eq!(
            told(&again),
            ["change Ada L.", "add Edsger"],
            "who never heard of Grace need not hear of the end"
        );
        assert!(told(&phone.sync(world)).is_empty());
    });
}

#[test]
fn whichever_answer_the_client_got_is_good() {
    on_both(|world| {
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        world.add_contact("Ada");
        let request = phone.request();
        let first = phone.send(world, &request);
        let grace = world.add_contact("Grace");
        let second = phone.send(world, &request);
        assert_ne!(first.sync_key, second.sync_key);
        // The first one arrives after all.
        phone.receive(&request, &first);
        assert_eq!(told(&phone.sync(world)), ["add Grace"]);
        assert_eq!(phone.names(), ["Ada", "Grace"]);

        let request = phone.request();
        world.delete_contact(grace);
        phone.send(world, &request);
        let second = phone.send(world, &request);
        phone.receive(&request, &second);
        assert!(told(&phone.sync(world)).is_empty());
        assert_eq!(phone.names(), ["Ada"]);
    });
}

#[test]
fn an_addition_sent_twice_is_one_item() {
    on_both(|world| {
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        phone.add("Ada");
        let request = phone.request();
        let lost = phone.send(world, &request);
        let again = phone.send(world, &request);
        assert_eq!(lost.responses, again.responses, "the same identifier");
        phone.receive(&request, &again);
        phone.sync_all(world);
        assert_eq!(world.contacts().into_values().collect::<Vec<_>>(), ["Ada"]);
        assert_eq!(phone.names(), ["Ada"]);
    });
}

#[test]
fn an_addition_edited_before_it_is_sent_again_is_one_item_with_the_last_content() {
    on_both(|world| {
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        let client_id = phone.add("Ada");
        phone.send(world, &phone.request());
        phone.adds.insert(client_id, "Ada L.".to_owned());
        phone.sync_all(world);
        assert_eq!(world.contacts().into_values().collect::<Vec<_>>(), ["Ada L."]);
        assert_eq!(phone.names(), ["Ada L."]);
    });
}

#[test]
fn a_client_id_may_come_back_for_another_item_once_the_answer_arrived() {
    on_both(|world| {
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        for _ in 0..2 {
            phone.adds.insert("1".to_owned(), "Ada".to_owned());
            phone.sync(world);
        }
        assert_eq!(phone.names(), ["Ada", "Ada"]);
    });
}

#[test]
fn an_addition_sent_again_after_beginning_anew_is_one_item() {
    on_both(|world| {
        for gets_it_first in [false, true] {
            let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
            let name = format!("Ada {gets_it_first}");
            let client_id = phone.add(&name);
            let lost = phone.request();
            phone.send(world, &lost);
            // The client gives up its state, and sends what it has no answer for.
            phone.key = SyncKey::INITIAL;
            phone.items.clear();
            let pending = std::mem::take(&mut phone.adds);
            phone.sync(world);
            if gets_it_first {
                phone.sync_all(world);
                // It has the item already, and learns that it is the same.
                phone.items.remove(&phone.id_of(&name));
            }
            phone.adds = pending;
            phone.sync_all(world);
            assert_eq!(phone.id_of(&name).split(':').next(), Some(phone.folder.to_string().as_str()));
            let count = world.contacts().into_values().filter(|other| *other == name).count();
            assert_eq!(count, 1);
            // The name may be used for another item now.
            phone.adds.insert(client_id, format!("another {gets_it_first}"));
            phone.sync_all(world);
            assert_eq!(
                world
                    .contacts()
                    .into_values()
                    .filter(|other| other.contains(&format!("{gets_it_first}")))
                    .count(),
                2
            );
        }
    });
}

#[test]
fn a_change_sent_again_does_not_undo_what_came_after_it() {
    on_both(|world| {
        let ada = world.add_contact("Ada");
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        phone.edit(&phone.id_of("Ada"), "from the phone");
        let request = phone.request();
        phone.send(world, &request);
        assert_eq!(world.contacts()[&ada], "from the phone");
        world.change_contact(ada, "from elsewhere");
        let again = phone.send(world, &request);
        assert!(again.responses.is_empty(), "it went through the first time, before the other change");
        assert_eq!(told(&again), ["change from elsewhere"]);
        assert_eq!(world.contacts()[&ada], "from elsewhere");
    });
}

#[test]
fn after_a_lost_answer_the_client_may_have_changed_its_mind_twice() {
    on_both(|world| {
        let ada = world.add_contact("Ada");
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        let id = phone.id_of("Ada");
        for name in ["one", "two", "one"] {
            phone.edit(&id, name);
            phone.send(world, &phone.request());
            assert_eq!(world.contacts()[&ada], name);
        }
        phone.sync_all(world);
        assert_eq!(phone.names(), ["one"]);
    });
}

#[test]
fn a_deletion_sent_again_spares_what_was_brought_back() {
    on_both(|world| {
        let ada = world.add_contact("Ada");
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        phone.delete(&phone.id_of("Ada"));
        let request = phone.request();
        phone.send(world, &request);
        let (trash, contacts) = (world.folder(FolderType::DeletedItems), phone.folder);
        world.work(|mailbox| mailbox.move_item(trash, ada, contacts).unwrap());
        let again = phone.sync(world);
        assert!(again.responses.is_empty());
        assert_eq!(told(&again), ["add Ada"]);
        assert_eq!(world.contacts().len(), 1);
    });
}

#[test]
fn a_request_whose_commit_failed_never_happened() {
    on_both(|world| {
        world.add_contact("Grace");
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        phone.add("Ada");
        let request = phone.request();
        let mut mailbox = world.backend.open(&world.user).unwrap();
        sync_collection(&mut *mailbox, &phone.session(world), &request, &mut Budget::default()).unwrap();
        drop(mailbox);
        assert_eq!(world.contacts().len(), 1);
        phone.sync_all(world);
        assert_eq!(phone.names(), ["Ada", "Grace"]);
    });
}

#[test]
fn only_the_base_and_the_answers_to_it_are_good_keys() {
    on_both(|world| {
        let mut phone = Device::new(world, "phone", FolderType::Contacts);
        let status = |device: &Device, world: &World, key: &str| {
            let response = device
                .send(world, &Collection { sync_key: SyncKey::from(key.to_owned()), ..device.request() });
            (response.status, response.sync_key.to_string())
        };
        let refused = (SyncStatus::InvalidSyncKey, "0".to_owned());
        assert_eq!(status(&phone, world, "1"), refused, "never primed");
        phone.sync(world);
        let guid = phone.key.legacy().unwrap().guid;
        let key = |counter| activesync_types::LegacySyncKey { guid, counter }.to_string();
        for counter in 2..6 {
            world.add_contact("somebody");
            phone.sync(world);
            assert_eq!(phone.key.to_string(), key(counter));
        }
        // 4 is the base, since 5 did not come back yet.
        assert_eq!(status(&phone, world, &key(3)), refused);
        assert_eq!(status(&phone, world, &key(6)), refused);
        for bad in ["", "x", "5", "{}5", "-1", "{F1252269-B8CE-422E-8109-8DE067B7B0BA}5"] {
            assert_eq!(status(&phone, world, bad), refused, "{bad:?}");
        }
        let another = Device::new(world, "tablet", FolderType::Contacts);
        assert_eq!(status(&another, world, &key(5)), refused, "somebody else's");
        assert_eq!(status(&phone, world, &key(4)).0, SyncStatus::Success);
        assert_eq!(status(&phone, world, &key(5)).0, SyncStatus::Success);
        assert_eq!(status(&phone, world, &key(4)), refused, "5 was acknowledged");

        // Beginning anew ends the old keys.
        phone.key = SyncKey::INITIAL;
        phone.items.clear();
        phone.sync_all(world);
        assert_eq!(phone.items.len(), 4);
        assert_eq!(status(&phone, world, &key(5)), refused);
    });
}

#[test]
fn faults_of_a_request_change_nothing_and_leave_the_key() {
    on_both(|world| {
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        phone.add("Ada");
        let with_commands = Collection { sync_key: SyncKey::INITIAL, ..phone.request() };
        assert_eq!(phone.send(world, &with_commands).status, SyncStatus::ProtocolError);
        let elsewhere = Collection { collection_id: Some("99".into()), ..phone.request() };
        let response = phone.send(world, &elsewhere);
        assert_eq!((response.status, response.sync_key), (SyncStatus::HierarchyChanged, phone.key.clone()));
        let filter = Some(activesync_types::sync::FilterType::IncompleteTasks);
        let filtered = SyncOptions { filter_type: filter, ..SyncOptions::default() };
        let mail = Device::synchronized(world, "phone", FolderType::Inbox);
        let request = Collection { options: vec![filtered], ..mail.request() };
        assert_eq!(mail.send(world, &request).status, SyncStatus::ProtocolError);
        assert!(world.contacts().is_empty());
        phone.sync_all(world);
        assert_eq!(phone.names(), ["Ada"]);
    });
}

#[test]
fn a_device_that_is_forgotten_leaves_nothing() {
    on_both(|world| {
        world.add_contact("Ada");
        let phone = Device::synchronized(world, "phone", FolderType::Contacts);
        Device::synchronized(world, "phone", FolderType::Inbox);
        let mut tablet = Device::synchronized(world, "phone2", FolderType::Contacts);
        world.work(|mailbox| {
            folder_sync(mailbox, &phone.session(world), &SyncKey::INITIAL).unwrap();
            forget_device(mailbox, "phone").unwrap();
        });
        assert_eq!(phone.send(world, &phone.request()).status, SyncStatus::InvalidSyncKey);
        tablet.sync_all(world);
        world.work(|mailbox| {
            forget_device(mailbox, "phone2").unwrap();
            assert_eq!(mailbox.states(b"", None, 9).unwrap(), []);
        });
    });
}

#[test]
fn beginning_anew_leaves_nothing_of_the_old_state() {
    on_both(|world| {
        for number in 0..3 {
            world.add_contact(&number.to_string());
        }
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        let states = |world: &World| {
            let mailbox = world.backend.snapshot(&world.user).unwrap();
            mailbox.states(b"", None, 99).unwrap().len()
        };
        let before = states(world);
        for _ in 0..3 {
            phone.key = SyncKey::INITIAL;
            phone.items.clear();
            phone.sync_all(world);
            assert_eq!(states(world), before);
        }
    });
}
