//! Where the tour happens: a server of its own, with an embedded store and two users.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::time::Instant;

use activesync_server::admin::{Importer, Progress};
use activesync_server::backend::UserId;
use activesync_server::store::{NewUser, ServingLock, Store};
use activesync_server::{ActiveSync, Listener};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::check::{Checks, Failure, Result};
use super::report::{Report, count, duration};
use super::sample;

/// Where to set up a [`Stage`].
#[derive(Clone, Debug)]
pub struct Place {
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the data are, and stay; if nowhere, they go with the stage.
    pub keep: Option<PathBuf>,
}

impl Default for Place {
    /// A free port that only this machine reaches, and nothing stays.
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 0)), keep: None }
    }
}

/// A server that runs, with an embedded store and two users: Ada has the sample mailbox, Bo has nothing yet.
pub struct Stage {
    address: SocketAddr,
    ada: User,
    bo: User,
    service: ActiveSync,
    store: Store,
    end: oneshot::Sender<()>,
    server: JoinHandle<io::Result<()>>,
    _lock: ServingLock,
    // Dropped last: nobody uses what is in it then.
    home: Home,
}

/// Where the data are.
enum Home {
    Kept(PathBuf),
    /// Removed when it is dropped.
    Temporary(TempDir),
}

impl Home {
    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(directory) => directory.path(),
        }
    }
}

/// Somebody with a mailbox.
#[derive(Clone, Debug)]
pub struct User {
    /// The name to log in with, which is the mail address.
    pub name: &'static str,
    /// The password.
    pub password: String,
    /// The store's name.
    pub id: UserId,
}

/// The title of the step that sets up a stage.
pub(super) const TITLE: &str = "Server";

impl Stage {
    /// Sets up users and mailbox, and starts the server on the Tokio runtime that this is called in.
    ///
    /// # Errors
    /// [`Failure`] at the first thing that does not work.
    pub fn set_up(place: &Place, report: &mut Report) -> Result<Self, Failure> {
        let mut checks = Checks::new(TITLE);
        let checks = &mut checks;
        report.heading(TITLE, "with an embedded store, and a mailbox from files");
        let home = match &place.keep {
            Some(directory) => Home::Kept(directory.clone()),
            None => Home::Temporary(checks.done("a temporary directory", tempfile::tempdir())?),
        };
        let directory = home.path();
        let is_new =
            !directory.exists() || directory.read_dir().is_ok_and(|mut files| files.next().is_none());
        checks.ensure(
            is_new,
            || format!("an empty directory: give --keep another than {}", directory.display()),
            || "files in it",
        )?;
        let store = checks.done("a store", Store::open(directory))?;
        let lock = checks.done("a store of our own", store.lock_for_serving())?;
        let ada = add_user(&store, "ada@example.org", "Ada Lindqvist", checks)?;
        let bo = add_user(&store, "bo@example.org", "Bo Ekdahl", checks)?;
        import(&store, &ada, report, checks)?;
        // The server gets a store of its own; this one is there to look into it.
        let its_store = checks.done("a store", Store::open(directory))?;
        let service = checks.done("a service", ActiveSync::builder(its_store).build())?;
        let listener = Listener::bind(place.listen, service.clone());
        let listener = checks.done(format_args!("to listen on {}", place.listen), listener)?;
        let address = checks.done("an address", listener.local_addr())?;
        let (end, ended) = oneshot::channel();
        let server = tokio::spawn(listener.run(async {
            // The other end goes when the stage does.
            let _ = ended.await;
        }));
        report.fact("listening on", format!("http://{address}"));
        Ok(Self { address, ada, bo, service, store, end, server, _lock: lock, home })
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address for clients.
    pub fn url(&self) -> String {
        format!("http://{}", self.reachable())
    }

    /// Who has the sample mailbox.
    pub fn ada(&self) -> &User {
        &self.ada
    }

    /// Who gets a message.
    pub fn bo(&self) -> &User {
        &self.bo
    }

    /// The store that the server serves.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// How many requests wait for changes at the moment.
    pub(super) fn waiting(&self) -> usize {
        self.service.waiting()
    }

    /// Where the data are.
    pub(super) fn directory(&self) -> &Path {
        self.home.path()
    }

    /// Stops the server and removes the data, unless they are to be kept.
    ///
    /// # Errors
    /// [`Failure`] if the server did not stop as it should.
    pub async fn close(self) -> Result<(), Failure> {
        let mut checks = Checks::new(TITLE);
        // Nobody listens if the server has stopped already.
        let _ = self.end.send(());
        let stopped = checks.done("the server to stop", self.server.await)?;
        checks.done("the server to stop", stopped)
    }

    /// The address by which this machine is reached, where it listens on all.
    pub(super) fn reachable(&self) -> SocketAddr {
        let ip = match self.address.ip() {
            ip if ip.is_unspecified() => own_address().unwrap_or(IpAddr::from([127, 0, 0, 1])),
            ip => ip,
        };
        SocketAddr::new(ip, self.address.port())
    }
}

/// The address from which this machine would ask others. Nothing is sent.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // Set aside for documentation. RFC 5737
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip())
}

fn add_user(store: &Store, name: &'static str, display_name: &str, checks: &mut Checks) -> Result<User> {
    let password = password();
    let user = NewUser { name: name.to_owned(), address: None, display_name: Some(display_name.to_owned()) };
    let id = checks.done(format_args!("the user {name}"), store.add_user(&user, &password))?;
    Ok(User { name, password, id })
}

/// Twelve digits that can be typed on a phone: not known to others, should the address be reachable for them.
fn password() -> String {
    let digits = Uuid::new_v4().simple().to_string();
    format!("{}-{}-{}", &digits[..4], &digits[4..8], &digits[16..20])
}

/// Brings in the files as the server's own command does.
fn import(store: &Store, user: &User, report: &mut Report, checks: &mut Checks) -> Result<()> {
    let began = Instant::now();
    let files = checks.done("a temporary directory", tempfile::tempdir())?;
    checks.done("the files written", sample::write_to(files.path()))?;
    let (mut fault, mut lost) = (None, 0);
    let mut progress = |progress: Progress<'_>| match progress {
        Progress::Fault(found) => fault = Some(found.to_string()),
        Progress::Lost { .. } => lost += 1,
        _ => (),
    };
    let imported = Importer::new(store, &user.id).run([files.path().to_owned()], &mut progress);
    let imported = checks.done("an import", imported)?;
    checks.equal("files that cannot be read:", &None, &fault)?;
    checks.equal("messages imported:", &(sample::messages().len() as u64), &imported.mails)?;
    let (mails, contacts, events) = (
        count(imported.mails, "message"),
        count(imported.contacts, "contact"),
        count(imported.events, "event"),
    );
    let took = duration(began.elapsed());
    report.fact("imported", format!("{mails}, {contacts}, {events} for {} in {took}", user.name));
    report.fact("left out", format!("{} of these, for which the protocol has no place", properties(lost)));
    Ok(())
}

fn properties(number: u64) -> String {
    format!("{number} propert{}", if number == 1 { "y" } else { "ies" })
}
