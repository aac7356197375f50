//! The folder hierarchy over a real socket.

mod common;

use activesync_types::folder_hierarchy::{
    FolderCreateRequest, FolderDeleteRequest, FolderSyncRequest, FolderType, FolderUpdateRequest,
};
use activesync_types::status::{
    FolderCreateStatus, FolderDeleteStatus, FolderSyncStatus, FolderUpdateStatus,
};
use activesync_types::{
    FolderCreate, FolderDelete, FolderSync, FolderUpdate, GetHierarchy, ServerId, SyncKey,
};
use common::Server;
use wbxml::ProtocolVersion;

const ALL: [ProtocolVersion; 9] = [
    ProtocolVersion::V2_0,
    ProtocolVersion::V2_1,
    ProtocolVersion::V2_5,
    ProtocolVersion::V12_0,
    ProtocolVersion::V12_1,
    ProtocolVersion::V14_0,
    ProtocolVersion::V14_1,
    ProtocolVersion::V16_0,
    ProtocolVersion::V16_1,
];

#[tokio::test]
async fn a_folder_is_made_renamed_and_deleted_and_other_devices_learn_of_it() {
    for version in ALL {
        let server = Server::start();
        let device = server.device("ada", version);
        let mut other = server.device("ada", version);
        other.id = "other".into();
        let first = device.call::<FolderSync>(&FolderSyncRequest::new(SyncKey::INITIAL)).await;
        let first = first.decode::<FolderSync>();
        let given: Vec<_> =
            first.changes.as_ref().unwrap().adds.iter().map(|folder| folder.folder_type).collect();
        for kind in [FolderType::Inbox, FolderType::SentItems, FolderType::Calendar, FolderType::Contacts] {
            assert!(given.contains(&kind), "{kind:?}");
        }
        let key = first.sync_key.unwrap();
        let others = other.call::<FolderSync>(&FolderSyncRequest::new(SyncKey::INITIAL)).await;
        let others_key = others.decode::<FolderSync>().sync_key.unwrap().to_string();

        let request = FolderCreateRequest {
            sync_key: key,
            parent_id: ServerId::ROOT,
            display_name: "Größe".into(),
            folder_type: FolderType::UserMail,
        };
        let made = device.call::<FolderCreate>(&request).await;
        let made = made.decode::<FolderCreate>();
        assert_eq!(made.status, FolderCreateStatus::Success, "{version}");
        let (key, id) = (made.sync_key.unwrap(), made.server_id.unwrap());
        let told = other.call::<FolderSync>(&FolderSyncRequest::new(others_key)).await;
        let told = told.decode::<FolderSync>();
        assert_eq!(told.changes.unwrap().adds[0].display_name, "Größe");
        let others_key = told.sync_key.unwrap().to_string();

        let again = FolderCreateRequest { sync_key: key.clone(), display_name: "inbox".into(), ..request };
        let taken = device.call::<FolderCreate>(&again).await;
        assert_eq!(taken.decode::<FolderCreate>().status, FolderCreateStatus::NameExists);

        let request = FolderUpdateRequest {
            sync_key: key,
            server_id: id.clone(),
            parent_id: ServerId::ROOT,
            display_name: "Other".into(),
        };
        let renamed = device.call::<FolderUpdate>(&request).await;
        let renamed = renamed.decode::<FolderUpdate>();
        assert_eq!(renamed.status, FolderUpdateStatus::Success);
        let told = other.call::<FolderSync>(&FolderSyncRequest::new(others_key)).await;
        let told = told.decode::<FolderSync>();
        assert_eq!(told.changes.unwrap().updates[0].display_name, "Other");
        let others_key = told.sync_key.unwrap().to_string();

        let request = FolderDeleteRequest { sync_key: renamed.sync_key.unwrap(), server_id: id };
        let gone = device.call::<FolderDelete>(&request).await;
        let gone = gone.decode::<FolderDelete>();
        assert_eq!(gone.status, FolderDeleteStatus::Success);
        let told = other.call::<FolderSync>(&FolderSyncRequest::new(others_key)).await;
        assert_eq!(told.decode::<FolderSync>().changes.unwrap().deletes.len(), 1);
        let own = device.call::<FolderSync>(&FolderSyncRequest::new(gone.sync_key.unwrap())).await;
        assert_eq!(own.decode::<FolderSync>().changes.unwrap().count, Some(0), "it knows its own changes");
    }
}

#[tokio::test]
async fn what_cannot_be_done_is_told_and_changes_nothing() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V16_1);
    let first = device.call::<FolderSync>(&FolderSyncRequest::new(SyncKey::INITIAL)).await;
    let first = first.decode::<FolderSync>();
    let key = first.sync_key.clone().unwrap();
    let inbox = first.changes.unwrap().adds.into_iter().find(|f| f.folder_type == FolderType::Inbox).unwrap();

    let wrong = device.call::<FolderSync>(&FolderSyncRequest::new("nonsense")).await;
    assert_eq!(wrong.decode::<FolderSync>().status, FolderSyncStatus::InvalidSyncKey);
    let create = |key: &SyncKey<'_>, parent: &str, name: &str, folder_type| FolderCreateRequest {
        sync_key: SyncKey::from(key.to_string()),
        parent_id: ServerId::from(parent.to_owned()),
        display_name: name.to_owned().into(),
        folder_type,
    };
    for (request, status) in [
        (create(&"x".into(), "0", "a", FolderType::UserMail), FolderCreateStatus::InvalidSyncKey),
        (create(&key, "4711", "a", FolderType::UserMail), FolderCreateStatus::ParentNotFound),
        (create(&key, "0", "", FolderType::UserMail), FolderCreateStatus::MalformedRequest),
        (create(&key, "0", "a", FolderType::Inbox), FolderCreateStatus::MalformedRequest),
    ] {
        assert_eq!(device.call::<FolderCreate>(&request).await.decode::<FolderCreate>().status, status);
    }
    let delete =
        |id: &str| FolderDeleteRequest { sync_key: key.clone(), server_id: ServerId::from(id.to_owned()) };
    for (id, status) in
        [(inbox.server_id.as_str(), FolderDeleteStatus::SystemFolder), ("4711", FolderDeleteStatus::NotFound)]
    {
        assert_eq!(device.call::<FolderDelete>(&delete(id)).await.decode::<FolderDelete>().status, status);
    }
    let request = FolderUpdateRequest {
        sync_key: key.clone(),
        server_id: "4711".into(),
        parent_id: ServerId::ROOT,
        display_name: "a".into(),
    };
    assert_eq!(
        device.call::<FolderUpdate>(&request).await.decode::<FolderUpdate>().status,
        FolderUpdateStatus::NotFound
    );
    let after = device.call::<FolderSync>(&FolderSyncRequest::new(key)).await;
    assert_eq!(after.decode::<FolderSync>().changes.unwrap().count, Some(0));
}

#[tokio::test]
async fn old_devices_get_the_whole_mail_hierarchy() {
    let server = Server::start();
    for version in
        [None, Some(ProtocolVersion::V2_0), Some(ProtocolVersion::V2_5), Some(ProtocolVersion::V12_1)]
    {
        let mut device = server.device("ada", ProtocolVersion::V2_5);
        device.version = version;
        let answer = device.post("GetHierarchy", []).await;
        let folders = answer.decode::<GetHierarchy>().folders;
        let inbox = folders.iter().find(|folder| folder.folder_type == FolderType::Inbox).unwrap();
        assert_eq!(inbox.display_name, "Inbox");
        assert_eq!(inbox.parent_id, ServerId::ROOT);
        assert!(
            folders
                .iter()
                .all(|f| f.folder_type != FolderType::Calendar && f.folder_type != FolderType::Contacts)
        );
        let is_old = version.is_none_or(|version| version <= ProtocolVersion::V2_5);
        // The form of Exchange 2003: 32 hexadecimal digits, a dash, and a counter.
        assert_eq!(
            inbox.server_id.as_str().split('-').next().map(str::len) == Some(32),
            is_old,
            "{version:?}"
        );
    }
}

#[tokio::test]
async fn users_do_not_see_each_others_folders() {
    let server = Server::start();
    let ada = server.device("ada", ProtocolVersion::V2_5);
    let bob = server.device("bob", ProtocolVersion::V2_5);
    let adas = ada.folder(FolderType::Inbox).await;
    let key = bob.call::<FolderSync>(&FolderSyncRequest::new(SyncKey::INITIAL)).await;
    let key = key.decode::<FolderSync>().sync_key.unwrap().to_string();
    let request = FolderDeleteRequest { sync_key: key.into(), server_id: adas.into() };
    assert_eq!(
        bob.call::<FolderDelete>(&request).await.decode::<FolderDelete>().status,
        FolderDeleteStatus::NotFound
    );
}
