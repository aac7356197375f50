//! What the backend cannot do is told in the way of the version.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use activesync_server::backend::{Backend, BackendError, Mailbox, Result, Snapshot, UserId};
use activesync_server::push::ChangeHub;
use activesync_server::store::{NewUser, Store};
use activesync_types::compose_mail::SendMailRequest;
use activesync_types::folder_hierarchy::FolderSyncRequest;
use activesync_types::{FolderSync, SendMail, SyncKey};
use common::{PASSWORD, Server};
use tempfile::TempDir;
use wbxml::ProtocolVersion;

/// A store that has the trouble of a number.
struct Troubled {
    store: Store,
    trouble: Arc<AtomicU8>,
}

const NONE: u8 = 0;
const BUSY: u8 = 1;
const FULL: u8 = 2;
const CORRUPT: u8 = 3;
const NO_USER: u8 = 4;
const PANIC: u8 = 5;

impl Troubled {
    fn check(&self, user: &UserId) -> Result<()> {
        match self.trouble.load(Ordering::SeqCst) {
            BUSY => Err(BackendError::Busy),
            FULL => Err(BackendError::Full),
            CORRUPT => Err(BackendError::Corrupt("rust".into())),
            NO_USER => Err(BackendError::NoUser(user.clone())),
            PANIC => panic!("a fault in the backend"),
            _ => Ok(()),
        }
    }
}

impl Backend for Troubled {
    fn authenticate(&self, name: &str, password: &str) -> Result<Option<UserId>> {
        self.store.authenticate(name, password)
    }

    fn resolve(&self, address: &str) -> Result<Option<UserId>> {
        self.store.resolve(address)
    }

    fn snapshot(&self, user: &UserId) -> Result<Box<dyn Snapshot + '_>> {
        self.check(user)?;
        self.store.snapshot(user)
    }

    fn open(&self, user: &UserId) -> Result<Box<dyn Mailbox + '_>> {
        self.check(user)?;
        self.store.open(user)
    }

    fn attach(&self, hub: Arc<ChangeHub>) -> Result<()> {
        self.store.attach(hub)
    }
}

fn troubled() -> (Server, Arc<AtomicU8>) {
    let directory = TempDir::new().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let user = NewUser { address: Some("ada@example.org".into()), ..NewUser::named("ada") };
    store.add_user(&user, PASSWORD).unwrap();
    let trouble = Arc::new(AtomicU8::new(NONE));
    let backend = Troubled { store, trouble: Arc::clone(&trouble) };
    (Server::serve(directory, backend, |builder| builder), trouble)
}

#[tokio::test]
async fn trouble_has_an_http_status_for_old_versions_and_a_status_for_new_ones() {
    let (server, trouble) = troubled();
    let mut device = server.device("ada", ProtocolVersion::V16_1);
    let request = FolderSyncRequest::new(SyncKey::INITIAL);
    for (kind, old, new) in
        [(BUSY, 503, 111), (FULL, 507, 113), (CORRUPT, 500, 110), (NO_USER, 403, 125), (PANIC, 500, 110)]
    {
        trouble.store(kind, Ordering::SeqCst);
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
    trouble.store(NONE, Ordering::SeqCst);
    device.version = Some(ProtocolVersion::V16_1);
    assert_eq!(
        device.call::<FolderSync>(&request).await.first_status(),
        Some(1),
        "it goes on as if nothing was"
    );
}

#[tokio::test]
async fn a_message_that_could_not_be_delivered_can_be_sent_again() {
    let (server, trouble) = troubled();
    let device = server.device("ada", ProtocolVersion::V16_1);
    let request = SendMailRequest::new("1", &b"To: ada@example.org\r\nSubject: hello\r\n\r\n"[..]);
    for (kind, status) in [(BUSY, 111), (FULL, 113)] {
        trouble.store(kind, Ordering::SeqCst);
        assert_eq!(device.call::<SendMail>(&request).await.first_status(), Some(status));
    }
    trouble.store(NONE, Ordering::SeqCst);
    let sent = device.call::<SendMail>(&request).await;
    assert_eq!((sent.status, sent.body.len()), (200, 0));
}
