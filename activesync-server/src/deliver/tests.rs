//! A sender's mailbox that is full when somebody has the message already.

use super::*;
use crate::ActiveSync;
use crate::backend::memory::Memory;
use crate::backend::{Backend, Revision};

const MESSAGE: &str = "From: ada@example.org\r\nTo: ada@example.org\r\nSubject: hello\r\n\r\nx\r\n";

/// A service for the user ada, who has room for so many items.
fn service(room: usize) -> ActiveSync {
    let memory = Memory::with_room(room);
    let mut mailbox = memory.open(&UserId::new("ada")).unwrap();
    mailbox.create_folder(None, "Sent Items", FolderType::SentItems).unwrap();
    mailbox.commit().unwrap();
    ActiveSync::builder(memory).build().unwrap()
}

async fn send_as_ada(service: &ActiveSync, message: &str) -> Result<(), Failure> {
    send(Outgoing {
        front: Arc::clone(&service.front),
        sender: UserId::new("ada"),
        device: "device".into(),
        client_id: Some("1".into()),
        raw: message.into(),
        save_in_sent: true,
    })
    .await
}

/// The mails of a folder.
fn mails(service: &ActiveSync, kind: FolderType) -> Vec<String> {
    let mailbox = service.front.backend.snapshot(&UserId::new("ada")).unwrap();
    let folder = folder(&*mailbox, kind).unwrap();
    let changes = mailbox.changes(folder, Revision::default(), 100).unwrap().into_iter();
    let items = changes.map(|change| mailbox.item(folder, change.item).unwrap().unwrap().content);
    items
        .map(|content| match content {
            Content::Email(email) => String::from_utf8(email.raw).unwrap(),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[tokio::test]
async fn the_copy_for_which_there_is_no_room_is_left_out_and_the_rest_is_done() {
    let service = service(1);
    send_as_ada(&service, MESSAGE).await.unwrap();
    assert_eq!(mails(&service, FolderType::Inbox).len(), 1);
    assert!(mails(&service, FolderType::SentItems).is_empty());
    let again = send_as_ada(&service, MESSAGE).await;
    assert!(matches!(again, Err(Failure::Status(CommonStatus::MessagePreviouslySent))), "{again:?}");
}

#[tokio::test]
async fn the_report_comes_before_the_copy_and_fails_nothing_either() {
    let message = MESSAGE.replace("To: ", "To: x@elsewhere.example, ");
    let service_for_both = service(2);
    send_as_ada(&service_for_both, &message).await.unwrap();
    let inbox = mails(&service_for_both, FolderType::Inbox);
    assert!(inbox.len() == 2 && inbox[1].contains("Undelivered: hello"), "{inbox:?}");
    assert!(mails(&service_for_both, FolderType::SentItems).is_empty());

    let service_for_one = service(1);
    send_as_ada(&service_for_one, &message).await.unwrap();
    assert_eq!(mails(&service_for_one, FolderType::Inbox).len(), 1);
}

#[tokio::test]
async fn what_nobody_has_is_not_sent() {
    let service = service(0);
    let sent = send_as_ada(&service, MESSAGE).await;
    assert!(matches!(sent, Err(Failure::Status(CommonStatus::MailboxQuotaExceeded))), "{sent:?}");
}
