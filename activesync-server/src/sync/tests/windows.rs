//! How much goes into an answer, and how much would.

use super::*;

fn estimate_of(world: &World, device: &Device) -> u32 {
    let mailbox = world.backend.snapshot(&world.user).unwrap();
    let folder = mailbox.folder(device.folder).unwrap().unwrap();
    estimate(&*mailbox, &device.session(world), &folder, &device.key, None).unwrap().unwrap()
}

#[test]
fn an_answer_has_no_more_than_the_window() {
    on_both(|world| {
        for number in 0..10 {
            world.add_contact(&number.to_string());
        }
        let mut phone = Device::new(world, "phone", FolderType::Contacts);
        phone.window = Some(4);
        phone.sync(world);
        let mut sizes = Vec::new();
        loop {
            let response = phone.sync(world);
            sizes.push((response.commands.len(), response.more_available));
            if !response.more_available {
                break;
            }
        }
        assert_eq!(sizes, [(4, true), (4, true), (2, false)]);
        assert_eq!(phone.items.len(), 10);
    });
}

#[test]
fn a_window_that_is_just_large_enough_leaves_no_more() {
    on_both(|world| {
        for number in 0..3 {
            world.add_contact(&number.to_string());
        }
        let mut phone = Device::new(world, "phone", FolderType::Contacts);
        phone.window = Some(3);
        phone.sync(world);
        let response = phone.sync(world);
        assert_eq!((response.commands.len(), response.more_available), (3, false));
    });
}

#[test]
fn what_changes_between_two_windows_is_told_once() {
    on_both(|world| {
        let ids: Vec<_> = (0..6).map(|number| world.add_contact(&number.to_string())).collect();
        let mut phone = Device::new(world, "phone", FolderType::Contacts);
        phone.window = Some(2);
        phone.sync(world);
        assert_eq!(told(&phone.sync(world)), ["add 5", "add 4"]);
        world.delete_contact(ids[5]);
        world.change_contact(ids[0], "zero");
        world.delete_contact(ids[1]);
        world.add_contact("6");
        assert_eq!(told(&phone.sync(world)).len(), 2);
        phone.sync_all(world);
        assert_eq!(phone.names(), ["2", "3", "4", "6", "zero"]);
    });
}

#[test]
fn bytes_are_capped_too_but_one_item_always_fits() {
    on_both(|world| {
        for number in 0..5 {
            world.add_contact(&format!("{number}{}", "x".repeat(1000)));
        }
        let phone = Device::new(world, "phone", FolderType::Contacts);
        let mut key = phone.send(world, &phone.request()).sync_key;
        let mut sizes = Vec::new();
        for bytes in [2500, 10, 0, 1_000_000] {
            let request = Collection { sync_key: key, ..phone.request() };
            let mut budget = Budget { bytes, ..Budget::default() };
            let synced = world.work(|mailbox| {
                sync_collection(mailbox, &phone.session(world), &request, &mut budget).unwrap()
            });
            sizes.push((synced.response.commands.len(), synced.response.more_available));
            key = synced.response.sync_key;
        }
        assert_eq!(sizes, [(2, true), (1, true), (1, true), (1, false)]);
    });
}

#[test]
fn the_window_of_the_whole_request_counts_for_all_its_collections() {
    on_both(|world| {
        for number in 0..3 {
            world.add_contact(&number.to_string());
            world.add_mail(&number.to_string(), 1);
        }
        let devices = [FolderType::Contacts, FolderType::Inbox].map(|kind| Device::new(world, "phone", kind));
        let keys = devices.each_ref().map(|device| device.send(world, &device.request()).sync_key);
        let mut budget = Budget { items: 4, ..Budget::default() };
        let mut sizes = Vec::new();
        for (device, sync_key) in devices.iter().zip(keys) {
            let request = Collection { sync_key, ..device.request() };
            let response = world
                .work(|mailbox| {
                    sync_collection(mailbox, &device.session(world), &request, &mut budget).unwrap()
                })
                .response;
            sizes.push((response.commands.len(), response.more_available));
        }
        assert_eq!(sizes, [(3, false), (1, true)]);
    });
}

#[test]
fn an_estimate_is_what_syncs_then_bring() {
    on_both(|world| {
        let ids: Vec<_> = (0..7).map(|number| world.add_contact(&number.to_string())).collect();
        let mut phone = Device::new(world, "phone", FolderType::Contacts);
        phone.window = Some(3);
        phone.sync(world);
        let expect = |world: &World, phone: &mut Device, expected: u32| {
            assert_eq!(estimate_of(world, phone), expected);
            assert_eq!(estimate_of(world, phone), expected, "asking changes nothing");
            let mut brought = 0;
            loop {
                let response = phone.sync(world);
                brought += response.commands.len();
                assert_eq!(estimate_of(world, phone) as usize + brought, expected as usize);
                if !response.more_available {
                    break;
                }
            }
        };
        expect(world, &mut phone, 7);
        expect(world, &mut phone, 0);
        world.change_contact(ids[0], "zero");
        world.change_contact(ids[0], "Zero");
        world.delete_contact(ids[1]);
        let passing = world.add_contact("passing");
        world.delete_contact(passing);
        world.add_contact("new");
        // A lost answer makes no difference.
        phone.send(world, &phone.request());
        expect(world, &mut phone, 3);
    });
}

#[test]
fn an_estimate_needs_a_key_that_is_good() {
    use activesync_types::status::GetItemEstimateStatus as Status;
    on_both(|world| {
        let mut phone = Device::new(world, "phone", FolderType::Contacts);
        let ask = |world: &World, device: &Device, key: &SyncKey<'_>| {
            let mailbox = world.backend.snapshot(&world.user).unwrap();
            let folder = mailbox.folder(device.folder).unwrap().unwrap();
            estimate(&*mailbox, &device.session(world), &folder, key, None).unwrap()
        };
        assert_eq!(ask(world, &phone, &SyncKey::INITIAL), Err(Status::NotPrimed));
        assert_eq!(ask(world, &phone, &SyncKey::from("1")), Err(Status::NotPrimed));
        phone.sync(world);
        assert_eq!(ask(world, &phone, &SyncKey::from("1")), Err(Status::InvalidSyncKey));
        assert_eq!(ask(world, &phone, &phone.key), Ok(0));
    });
}

#[test]
fn a_ping_sees_what_a_sync_would_bring() {
    on_both(|world| {
        let pending = |world: &World, device: &Device| {
            let mailbox = world.backend.snapshot(&world.user).unwrap();
            is_pending(&*mailbox, &device.session(world), device.folder).unwrap()
        };
        let mut phone = Device::new(world, "phone", FolderType::Contacts);
        assert_eq!(pending(world, &phone), None);
        phone.sync_all(world);
        assert_eq!(pending(world, &phone), Some(false));
        phone.add("own");
        phone.sync(world);
        assert_eq!(pending(world, &phone), Some(false), "its own change is no news");
        let passing = world.add_contact("passing");
        assert_eq!(pending(world, &phone), Some(true));
        world.delete_contact(passing);
        assert_eq!(pending(world, &phone), Some(false), "come and gone");
        world.add_contact("new");
        phone.sync(world);
        assert_eq!(pending(world, &phone), Some(false), "the last answer is on its way");
    });
}
