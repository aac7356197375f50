//! The folder hierarchy.

use activesync_types::folder_hierarchy::{
    FolderCreateRequest, FolderDeleteRequest, FolderSyncResponse, FolderUpdateRequest,
};
use activesync_types::status::{
    FolderCreateStatus, FolderDeleteStatus, FolderSyncStatus, FolderUpdateStatus,
};

use super::*;

fn session() -> Session<'static> {
    Session::new("phone", V)
}

fn sync(world: &World, key: &SyncKey<'_>) -> FolderSyncResponse<'static> {
    world.work(|mailbox| folder_sync(mailbox, &session(), key).unwrap())
}

/// A device that knows all folders.
fn known(world: &World) -> SyncKey<'static> {
    sync(world, &SyncKey::INITIAL).sync_key.unwrap()
}

/// What an answer tells, by name.
fn told(response: &FolderSyncResponse<'_>) -> (Vec<String>, Vec<String>, usize) {
    assert_eq!(response.status, FolderSyncStatus::Success);
    let changes = response.changes.as_ref().unwrap();
    let names = |folders: &[activesync_types::folder_hierarchy::Folder<'_>]| {
        folders.iter().map(|folder| folder.display_name.clone().into_owned()).collect()
    };
    assert_eq!(
        changes.count.unwrap() as usize,
        changes.adds.len() + changes.updates.len() + changes.deletes.len()
    );
    (names(&changes.adds), names(&changes.updates), changes.deletes.len())
}

fn create(
    world: &World,
    key: &SyncKey<'_>,
    parent: &str,
    name: &str,
    kind: FolderType,
) -> (FolderCreateStatus, Option<(SyncKey<'static>, String)>) {
    let request = FolderCreateRequest {
        sync_key: key.borrowed(),
        parent_id: ServerId::from(parent.to_owned()),
        display_name: name.to_owned().into(),
        folder_type: kind,
    };
    let response = world.work(|mailbox| create_folder(mailbox, &session(), &request).unwrap());
    (response.status, response.sync_key.map(|key| (key, response.server_id.unwrap().to_string())))
}

fn update(
    world: &World,
    key: &SyncKey<'_>,
    id: &str,
    parent: &str,
    name: &str,
) -> (FolderUpdateStatus, Option<SyncKey<'static>>) {
    let request = FolderUpdateRequest {
        sync_key: key.borrowed(),
        server_id: ServerId::from(id.to_owned()),
        parent_id: ServerId::from(parent.to_owned()),
        display_name: name.to_owned().into(),
    };
    let response = world.work(|mailbox| update_folder(mailbox, &session(), &request).unwrap());
    (response.status, response.sync_key)
}

fn delete(world: &World, key: &SyncKey<'_>, id: &str) -> (FolderDeleteStatus, Option<SyncKey<'static>>) {
    let request = FolderDeleteRequest { sync_key: key.borrowed(), server_id: ServerId::from(id.to_owned()) };
    let response = world.work(|mailbox| delete_folder(mailbox, &session(), &request).unwrap());
    (response.status, response.sync_key)
}

fn none() -> (Vec<String>, Vec<String>, usize) {
    (vec![], vec![], 0)
}

#[test]
fn the_first_answer_has_all_folders_that_can_be_synchronized() {
    on_both(|world| {
        let response = sync(world, &SyncKey::INITIAL);
        let (names, updates, deletes) = told(&response);
        for name in ["Inbox", "Deleted Items", "Calendar", "Contacts"] {
            assert!(names.contains(&name.to_owned()), "{names:?}");
        }
        assert!(!names.contains(&"Tasks".to_owned()), "whose items the server would have to refuse");
        assert!(updates.is_empty() && deletes == 0);
        let key = response.sync_key.unwrap();
        let again = sync(world, &key);
        assert_eq!(told(&again), none());
        assert_eq!(again.sync_key.unwrap(), key);
    });
}

#[test]
fn changes_are_told_once_and_again_if_the_answer_was_lost() {
    on_both(|world| {
        let inbox = world.folder(FolderType::Inbox);
        let (old, going) = world.work(|mailbox| {
            let old = mailbox.create_folder(Some(inbox), "Old", FolderType::UserMail).unwrap();
            (old, mailbox.create_folder(None, "Going", FolderType::UserMail).unwrap())
        });
        let key = known(world);
        sync(world, &key);
        world.work(|mailbox| {
            mailbox.update_folder(old, None, "Renamed").unwrap();
            mailbox.delete_folder(going).unwrap();
            mailbox.create_folder(Some(old), "New", FolderType::UserMail).unwrap();
        });
        let expected = (vec!["New".to_owned()], vec!["Renamed".to_owned()], 1);
        let lost = sync(world, &key);
        assert_eq!(told(&lost), expected);
        world.work(|mailbox| mailbox.create_folder(None, "Newer", FolderType::UserContacts).unwrap());
        let again = sync(world, &key);
        assert_eq!(told(&again).0, ["Newer", "New"], "what came since is in it");
        // Either may have arrived.
        let (first, second) = (lost.sync_key.unwrap(), again.sync_key.unwrap());
        assert_eq!(told(&sync(world, &second)), none());
        assert_eq!(
            sync(world, &first).status,
            FolderSyncStatus::InvalidSyncKey,
            "the other one was acknowledged"
        );
        for bad in ["", "1", "x"] {
            assert_eq!(sync(world, &SyncKey::from(bad)).status, FolderSyncStatus::InvalidSyncKey);
        }
    });
}

#[test]
fn the_first_of_two_answers_is_good_too() {
    on_both(|world| {
        let key = known(world);
        world.work(|mailbox| mailbox.create_folder(None, "One", FolderType::UserMail).unwrap());
        let first = sync(world, &key).sync_key.unwrap();
        world.work(|mailbox| mailbox.create_folder(None, "Two", FolderType::UserMail).unwrap());
        sync(world, &key);
        assert_eq!(told(&sync(world, &first)).0, ["Two"]);
    });
}

#[test]
fn what_the_client_does_is_not_told_to_it_but_what_others_do_is() {
    on_both(|world| {
        let key = known(world);
        let (status, made) = create(world, &key, "0", "Mine", FolderType::UserMail);
        assert_eq!(status, FolderCreateStatus::Success);
        let (key, mine) = made.unwrap();
        world.work(|mailbox| mailbox.create_folder(None, "Theirs", FolderType::UserMail).unwrap());
        let (status, key) = update(world, &key, &mine, "0", "Still mine");
        assert_eq!(status, FolderUpdateStatus::Success);
        let response = sync(world, &key.unwrap());
        assert_eq!(told(&response), (vec!["Theirs".to_owned()], vec![], 0));
        let (status, key) = delete(world, &response.sync_key.unwrap(), &mine);
        assert_eq!(status, FolderDeleteStatus::Success);
        assert_eq!(told(&sync(world, &key.unwrap())), none());
    });
}

#[test]
fn requests_repeated_after_a_lost_answer_are_done_once() {
    on_both(|world| {
        let key = known(world);
        let (_, lost) = create(world, &key, "0", "Mine", FolderType::UserMail);
        let (status, again) = create(world, &key, "0", "Mine", FolderType::UserMail);
        assert_eq!(status, FolderCreateStatus::Success);
        let ((_, first), (key, mine)) = (lost.unwrap(), again.unwrap());
        assert_eq!(first, mine);
        let (_, inner) = create(world, &key, &mine, "Inner", FolderType::UserMail);
        let (key, _) = inner.unwrap();

        update(world, &key, &mine, "0", "Renamed");
        let (status, renamed) = update(world, &key, &mine, "0", "Renamed");
        assert_eq!(status, FolderUpdateStatus::Success);
        let key = renamed.unwrap();
        delete(world, &key, &mine);
        let (status, deleted) = delete(world, &key, &mine);
        assert_eq!(status, FolderDeleteStatus::Success);
        assert_eq!(told(&sync(world, &deleted.unwrap())), none(), "what was inside went with it");
    });
}

#[test]
fn a_creation_whose_answer_was_lost_is_told_by_a_folder_sync() {
    on_both(|world| {
        let key = known(world);
        create(world, &key, "0", "Mine", FolderType::UserMail);
        assert_eq!(told(&sync(world, &key)).0, ["Mine"]);
    });
}

#[test]
fn what_cannot_be_done_says_why_and_changes_nothing() {
    on_both(|world| {
        let key = known(world);
        let inbox = world.folder(FolderType::Inbox).to_string();
        let (_, made) = create(world, &key, &inbox, "Mine", FolderType::UserMail);
        let (key, mine) = made.unwrap();
        let before = world.work(|mailbox| mailbox.folders().unwrap());

        let cases = [
            ("0", "Inbox", FolderType::UserMail, FolderCreateStatus::NameExists),
            ("0", "inbox", FolderType::UserMail, FolderCreateStatus::NameExists),
            ("99", "x", FolderType::UserMail, FolderCreateStatus::ParentNotFound),
            ("x", "x", FolderType::UserMail, FolderCreateStatus::ParentNotFound),
            ("0", "", FolderType::UserMail, FolderCreateStatus::MalformedRequest),
            ("0", "a\nb", FolderType::UserMail, FolderCreateStatus::MalformedRequest),
            ("0", "a\u{FFFE}b", FolderType::UserMail, FolderCreateStatus::MalformedRequest),
            ("0", "x", FolderType::Inbox, FolderCreateStatus::MalformedRequest),
            ("0", "x", FolderType::UserTasks, FolderCreateStatus::MalformedRequest),
        ];
        for (parent, name, kind, expected) in cases {
            assert_eq!(
                create(world, &key, parent, name, kind),
                (expected, None),
                "{parent} {name:?} {kind:?}"
            );
        }
        let long = "x".repeat(257);
        assert_eq!(
            create(world, &key, "0", &long, FolderType::UserMail).0,
            FolderCreateStatus::MalformedRequest
        );
        assert_eq!(
            create(world, &SyncKey::from("x"), "0", "x", FolderType::UserMail).0,
            FolderCreateStatus::InvalidSyncKey
        );

        let cases = [
            (inbox.as_str(), "0", "In", FolderUpdateStatus::NameExists),
            (mine.as_str(), "0", "Inbox", FolderUpdateStatus::NameExists),
            (mine.as_str(), "99", "x", FolderUpdateStatus::ParentNotFound),
            (mine.as_str(), mine.as_str(), "x", FolderUpdateStatus::ParentNotFound),
            ("99", "0", "x", FolderUpdateStatus::NotFound),
            (mine.as_str(), "0", " ", FolderUpdateStatus::MalformedRequest),
        ];
        for (id, parent, name, expected) in cases {
            assert_eq!(update(world, &key, id, parent, name), (expected, None), "{id} {parent} {name:?}");
        }
        assert_eq!(update(world, &SyncKey::INITIAL, &mine, "0", "x").0, FolderUpdateStatus::InvalidSyncKey);

        assert_eq!(delete(world, &key, &inbox).0, FolderDeleteStatus::SystemFolder);
        assert_eq!(delete(world, &key, "99").0, FolderDeleteStatus::NotFound);
        assert_eq!(delete(world, &SyncKey::from("1"), &mine).0, FolderDeleteStatus::InvalidSyncKey);
        assert_eq!(world.work(|mailbox| mailbox.folders().unwrap()), before);
        assert_eq!(told(&sync(world, &key)), none(), "the key is still good");
    });
}

#[test]
fn a_deleted_folder_takes_its_state_along() {
    on_both(|world| {
        let key = known(world);
        let (_, made) = create(world, &key, "0", "Mine", FolderType::UserContacts);
        let (key, mine) = made.unwrap();
        let folder = FolderId(mine.parse().unwrap());
        world.work(|mailbox| mailbox.create_item(folder, &person("Ada")).unwrap());
        let mut phone = Device { folder, ..Device::new(world, "phone", FolderType::Contacts) };
        phone.sync_all(world);
        assert_eq!(phone.names(), ["Ada"]);
        let key = sync(world, &key).sync_key.unwrap();
        world.work(|mailbox| {
            mailbox.delete_folder(folder).unwrap();
            assert!(!mailbox.states(b"has\0", None, 9).unwrap().is_empty());
        });
        assert_eq!(phone.send(world, &phone.request()).status, SyncStatus::HierarchyChanged);
        assert_eq!(told(&sync(world, &key)).2, 1);
        world.work(|mailbox| assert_eq!(mailbox.states(b"has\0", None, 9).unwrap(), []));
    });
}

#[test]
fn a_ping_sees_whether_the_hierarchy_changed() {
    on_both(|world| {
        let pending = |world: &World| {
            is_hierarchy_pending(&*world.backend.snapshot(&world.user).unwrap(), &session()).unwrap()
        };
        assert_eq!(pending(world), None);
        let key = known(world);
        assert_eq!(pending(world), Some(false));
        let (_, made) = create(world, &key, "0", "Mine", FolderType::UserMail);
        assert_eq!(pending(world), Some(false));
        world.work(|mailbox| mailbox.create_folder(None, "Theirs", FolderType::UserMail).unwrap());
        assert_eq!(pending(world), Some(true));
        sync(world, &made.unwrap().0);
        assert_eq!(pending(world), Some(false));
    });
}

#[test]
fn old_clients_get_the_mail_folders() {
    on_both(|world| {
        let inbox = world.folder(FolderType::Inbox);
        world.work(|mailbox| mailbox.create_folder(Some(inbox), "Mine", FolderType::UserMail).unwrap());
        let mailbox = world.backend.snapshot(&world.user).unwrap();
        let folders = mail_folders(&*mailbox, ProtocolVersion::V2_5).unwrap().folders;
        assert!(folders.iter().all(|folder| folder.folder_type.code() <= 6), "{folders:?}");
        let mine = folders.iter().find(|folder| folder.display_name == "Mine").unwrap();
        let inbox = folders.iter().find(|folder| folder.folder_type == FolderType::Inbox).unwrap();
        assert_eq!((mine.folder_type, &mine.parent_id), (FolderType::UserCreated, &inbox.server_id));
        assert_eq!(inbox.parent_id, ServerId::ROOT);
        assert!(folders.iter().all(|folder| folder.display_name != "Calendar"));
        assert_eq!(folder_hierarchy(&*mailbox, V).unwrap().len(), folders.len() + 2);
    });
}

#[test]
fn folders_are_no_more_than_32_levels_deep() {
    let world = World::memory();
    let (mut key, mut parent) = (known(&world), "0".to_owned());
    let mut path = Vec::new();
    for number in 1..=32 {
        let (status, made) = create(&world, &key, &parent, &format!("level {number}"), FolderType::UserMail);
        assert_eq!(status, FolderCreateStatus::Success, "{number}");
        (key, parent) = made.unwrap();
        path.push(parent.clone());
    }
    let (status, _) = create(&world, &key, &parent, "level 33", FolderType::UserMail);
    assert_eq!(status, FolderCreateStatus::SystemFolder, "create it in another one");

    // Two levels fit into level 30, and not into level 31.
    let (_, made) = create(&world, &key, "0", "box", FolderType::UserMail);
    let (next, outer) = made.unwrap();
    let (_, made) = create(&world, &next, &outer, "in it", FolderType::UserMail);
    let (key, _) = made.unwrap();
    assert_eq!(update(&world, &key, &outer, &path[30], "box").0, FolderUpdateStatus::MalformedRequest);
    let (status, moved) = update(&world, &key, &outer, &path[29], "box");
    assert_eq!(status, FolderUpdateStatus::Success);
    let renamed = update(&world, &moved.unwrap(), &outer, &path[29], "chest");
    assert_eq!(renamed.0, FolderUpdateStatus::Success, "a name is not a place");
}
