//! What the backend cannot do is told in the way of the version.

mod common;

use std::sync::atomic::Ordering;

use activesync_types::compose_mail::SendMailRequest;
use activesync_types::folder_hierarchy::FolderSyncRequest;
use activesync_types::{FolderSync, SendMail, SyncKey};
use common::Server;
use common::troubled::{BUSY, CORRUPT, FULL, NO_USER, NONE, PANIC};
use wbxml::ProtocolVersion;

#[tokio::test]
async fn trouble_has_an_http_status_for_old_versions_and_a_status_for_new_ones() {
    let (server, trouble) = Server::start_troubled(|builder| builder);
    let mut device = server.device("ada", ProtocolVersion::V16_1);
    let request = FolderSyncRequest::new(SyncKey::INITIAL);
    for (kind, old, new) in
        [(BUSY, 503, 111), (FULL, 507, 113), (CORRUPT, 500, 110), (NO_USER, 403, 125), (PANIC, 500, 110)]
    {
        trouble.all.store(kind, Ordering::SeqCst);
        for version in [ProtocolVersion::V2_5, ProtocolVersion::V12_1] {
            device.version = Some(version);
            let answer = device.call::<FolderSync>(&request).await;
            assert_eq!(answer.status, old);
            assert_eq!(answer.header("retry-after").is_some(), old == 503);
        }
        for version in [ProtocolVersion::V14_0, ProtocolVersion::V16_1] {
            device.version = Some(version);
            let answer = device.call::<FolderSync>(&request).await;
            assert_eq!((answer.status, answer.first_status()), (200, Some(new)));
        }
        device.version = Some(ProtocolVersion::V12_1);
        let hierarchy = device.post("GetHierarchy", []).await;
        assert!([500, 503, 507, 403].contains(&hierarchy.status));
    }
    trouble.all.store(NONE, Ordering::SeqCst);
    device.version = Some(ProtocolVersion::V16_1);
    assert_eq!(
        device.call::<FolderSync>(&request).await.first_status(),
        Some(1),
        "it goes on as if nothing was"
    );
}

#[tokio::test]
async fn a_message_that_could_not_be_delivered_can_be_sent_again() {
    let (server, trouble) = Server::start_troubled(|builder| builder);
    let device = server.device("ada", ProtocolVersion::V16_1);
    let request = SendMailRequest::new("1", &b"To: ada@example.org\r\nSubject: hello\r\n\r\n"[..]);
    for (kind, status) in [(BUSY, 111), (FULL, 113)] {
        trouble.all.store(kind, Ordering::SeqCst);
        assert_eq!(device.call::<SendMail>(&request).await.first_status(), Some(status));
    }
    trouble.all.store(NONE, Ordering::SeqCst);
    let sent = device.call::<SendMail>(&request).await;
    assert_eq!((sent.status, sent.body.len()), (200, 0));
}
