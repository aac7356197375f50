//! The real server, on a port of its own.

// Each test file uses its own part of this.
#![allow(dead_code)]

use std::path::Path;
use std::sync::Arc;

use activesync_client::types::calendar::Calendar;
use activesync_client::types::contacts::Contact;
use activesync_client::types::folder_hierarchy::FolderType;
use activesync_client::{Client, ClientBuilder};
use activesync_server::backend::{Backend, Content, Email};
use activesync_server::store::{NewUser, Store};
use activesync_server::{ActiveSync, ActiveSyncBuilder, Listener};
use tempfile::TempDir;

pub(crate) const PASSWORD: &str = "open sesame";

/// A server with the users ada and bob. It ends with the runtime of its test.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) directory: TempDir,
    pub(crate) service: ActiveSync,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(|builder| builder)
    }

    pub(crate) fn start_with(configure: impl FnOnce(ActiveSyncBuilder) -> ActiveSyncBuilder) -> Self {
        Self::launch(configure, None)
    }

    pub(crate) fn start_with_tls(certificate: &Path, key: &Path) -> Self {
        let tls = activesync_server::tls_config(certificate, key).unwrap();
        Self::launch(|builder| builder, Some(tls))
    }

    fn launch(
        configure: impl FnOnce(ActiveSyncBuilder) -> ActiveSyncBuilder,
        tls: Option<Arc<rustls::ServerConfig>>,
    ) -> Self {
        let directory = TempDir::new().unwrap();
        let store = Store::open(directory.path()).unwrap();
        for name in ["ada", "bob"] {
            let user = NewUser { address: Some(format!("{name}@example.org")), ..NewUser::named(name) };
            store.add_user(&user, PASSWORD).unwrap();
        }
        let service = configure(ActiveSync::builder(store)).build().unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let mut listener = Listener::bind("127.0.0.1:0".parse().unwrap(), service.clone()).unwrap();
        let port = listener.local_addr().unwrap().port();
        if let Some(tls) = tls {
            listener = listener.tls(tls);
        }
        tokio::spawn(listener.run(std::future::pending()));
        Self { url: format!("{scheme}://localhost:{port}"), directory, service }
    }

    pub(crate) fn client(&self, user: &str) -> ClientBuilder {
        Client::builder(&self.url).login(user, PASSWORD)
    }

    /// Puts something into a folder, as another program would.
    pub(crate) fn put(&self, user: &str, kind: FolderType, content: &Content) {
        let store = Store::open(self.directory.path()).unwrap();
        let mut mailbox = store.open(&store.user(user).unwrap()).unwrap();
        let folder = mailbox.folders().unwrap().into_iter().find(|folder| folder.kind == kind).unwrap();
        mailbox.create_item(folder.id, content).unwrap();
        mailbox.commit().unwrap();
    }

    pub(crate) fn deliver(&self, user: &str, message: &str) {
        let email = Email::new(message.as_bytes().to_vec(), jiff::Timestamp::now());
        self.put(user, FolderType::Inbox, &Content::Email(Box::new(email)));
    }

    pub(crate) fn put_contact(&self, user: &str, name: &str) {
        let contact = Contact {
            file_as: Some(name.to_owned().into()),
            last_name: Some(name.to_owned().into()),
            ..Contact::default()
        };
        self.put(user, FolderType::Contacts, &Content::Contact(Box::new(contact)));
    }

    pub(crate) fn put_event(&self, user: &str, subject: &str) {
        let event = Calendar {
            subject: Some(subject.to_owned().into()),
            start_time: Some("20260301T090000Z".parse().unwrap()),
            end_time: Some("20260301T100000Z".parse().unwrap()),
            dt_stamp: Some("20260201T090000Z".parse().unwrap()),
            uid: Some(format!("{subject}@example.org").into()),
            ..Calendar::default()
        };
        self.put(user, FolderType::Calendar, &Content::Event(Box::new(event)));
    }
}
