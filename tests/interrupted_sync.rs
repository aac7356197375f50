//! Server and client are killed at twenty random points of one synchronization, and it goes on each time: in the end both
//! have every message, and none twice. Meanwhile messages are deleted, and no folder begins anew.
//!
//! `ACTIVESYNC_TEST_SEED` repeats a run as far as its random choices go.

#![cfg(unix)]

#[path = "support/letters.rs"]
mod letters;
#[path = "support/programs.rs"]
mod programs;
#[path = "support/wire.rs"]
mod wire;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use activesync_client::state::Table;
use activesync_client::{SqliteState, StateStore as _};
use activesync_server::backend::{Backend as _, Content, Email, EmailMarks, FolderId, Revision, Snapshot};
use activesync_server::store::Store;
use activesync_types::folder_hierarchy::FolderType;
use jiff::Timestamp;
use letters::{Letter, letters};
use programs::{Process, Server, program, run};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand::{RngExt as _, SeedableRng as _};
use tempfile::TempDir;
use wire::Wire;

const MESSAGES: usize = 2_000;
const KILLS: usize = 20;
const PASSWORD: &str = "open sesame";

/// `SyncKey` with the text "0", as a Sync has it that begins a folder: `[MS-ASWBXML]` 2.1.2.1.1, code page AirSync.
const BEGINNING: &[u8] = b"\x4B\x030\x00";

/// Nothing here takes this long unless it hangs.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    Server,
    Client,
    Both,
}

#[test]
fn a_synchronization_killed_twenty_times_brings_every_message_once() {
    let seed = seed();
    let random = &mut StdRng::seed_from_u64(seed);
    let mut mail = letters(seed, 1 + MESSAGES);
    let mut scene = Scene::set(&mail);

    let mut victims: Vec<_> =
        [Victim::Server, Victim::Client, Victim::Both].into_iter().cycle().take(KILLS).collect();
    victims.shuffle(random);
    let beginnings = scene.wire.count(BEGINNING);
    assert!(beginnings > 0, "nothing was heard of any beginning");
    let mut gone = BTreeSet::new();
    for (number, victim) in victims.into_iter().enumerate() {
        // Each in its own part of the way, and the last one well before the end.
        let share = MESSAGES * 19 / 20 / KILLS;
        scene.wait_for(number * share + random.random_range(1..=share), random);
        // From here to the next message, whatever is going on: asking, waiting, answering, writing.
        thread::sleep(Duration::from_micros(random.random_range(0..20_000)));
        scene.kill(victim);
        let files = scene.files();
        assert!(files.len() < MESSAGES, "kill {number} came when all was done");
        eprintln!("killed {victim:?} at {} messages", files.len());
        if victim != Victim::Server {
            assert_parts_of(&files, &mail);
            // Of a message that is deleted before the client knows that it has its file, it never hears again.
            gone.extend(scene.delete_unknown(&files, &gone));
        }
        scene.restart(victim, random);
    }
    scene.finish(random);
    assert!(!gone.is_empty(), "no client was killed between a file and the state");
    // With the key that it had, also after a lost answer, a client gets only what it does not have.
    assert_eq!(scene.wire.count(BEGINNING), beginnings, "a folder was fetched from the beginning again");
    mail.retain(|letter| !gone.contains(&letter.message_id));
    assert_same(scene.files().into_values(), &mail, "on the client");
    assert_same(scene.stored(), &mail, "on the server");

    let again = scene.sync_once();
    assert_eq!((again.new, again.changed, again.deleted), (0, 0, 0));
    assert!(again.bytes < 5_000.0, "{} bytes on the wire to learn that nothing has changed", again.bytes);
    assert_same(scene.files().into_values(), &mail, "on the client, asked again");

    only_changes_arrive(&scene, mail.len(), random);
}

/// What changes on the server changes on the client, and nothing else does.
fn only_changes_arrive(scene: &Scene, messages: usize, random: &mut StdRng) {
    let before = scene.files();
    let late = letters(random.random(), 3);
    let gone = scene.change_on_the_server(random, 7, &late);

    let told = scene.sync_once();
    assert_eq!((told.new, told.changed, told.deleted), (3, 1, 7));
    let after = scene.files();
    let ids: Vec<_> = after.values().map(|text| message_id(text)).collect();
    assert_eq!(ids.len(), messages - 7 + 3);
    assert!(gone.iter().all(|id| !ids.contains(&id.as_str())), "a deleted message is still there");
    assert!(
        late.iter().all(|letter| ids.contains(&letter.message_id.as_str())),
        "a new message is not there"
    );
    let untouched = before.iter().filter(|(path, text)| after.get(*path) == Some(text)).count();
    assert_eq!(untouched, messages - 7, "the others are as they were");
}

fn seed() -> u64 {
    let given = env::var("ACTIVESYNC_TEST_SEED").ok();
    let seed =
        given.map_or_else(rand::random, |seed| seed.parse().expect("ACTIVESYNC_TEST_SEED is a number"));
    eprintln!("again with: ACTIVESYNC_TEST_SEED={seed}");
    seed
}

/// A mailbox on a server, and a client that fetches it.
struct Scene {
    root: TempDir,
    server: Server,
    /// What the client takes for the server.
    wire: Wire,
    client: Option<Process>,
    /// The server was killed while this client was running: it may have given up.
    may_fail: bool,
}

impl Scene {
    /// Starts the server on a mailbox that these messages were imported into. The client has got the first of them
    /// when the others come: what it does to a folder for the first time it does not do later.
    fn set(mail: &[Letter]) -> Self {
        let root = TempDir::new().unwrap();
        let data = root.path().join("data");
        let admin = || Command::new(program("activesync-server"));
        run(admin().args(["user", "add", "ada", "--password-stdin", "--data"]).arg(&data), PASSWORD);
        let first = root.path().join("first.eml");
        fs::write(&first, &mail[0].text).unwrap();
        run(admin().args(["import", "--user", "ada", "--data"]).arg(&data).arg(first), "");
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let server = Server::start(&data, listen, &root.path().join("server.log"));
        let wire = Wire::to(server.address);
        let scene = Self { root, server, wire, client: None, may_fail: false };
        assert_eq!(scene.sync_once().new, 1);
        let sources = write_sources(&scene.root.path().join("sources"), &mail[1..]);
        run(admin().args(["import", "--user", "ada", "--data"]).arg(&data).args(sources), "");
        scene
    }

    fn command(&self, window: u32) -> Command {
        let mut command = Command::new(program("activesync-client"));
        command
            .args([
                "sync",
                "--window",
                &window.to_string(),
                "--user",
                "ada",
                "--password-env",
                "TEST_PASSWORD",
            ])
            .args(["--url", &format!("http://{}", self.wire.address), "--state"])
            .arg(self.root.path().join("state"))
            .arg("--out")
            .arg(self.root.path().join("out"))
            .env("TEST_PASSWORD", PASSWORD)
            .stdin(Stdio::null());
        command
    }

    fn start_client(&mut self, random: &mut StdRng) {
        // Small windows, so that most kills hit something else than the writing of files.
        let mut command = self.command(random.random_range(5..60));
        self.client =
            Some(Process::start(command.stdout(Stdio::null()), &self.root.path().join("client.log")));
        self.may_fail = false;
    }

    /// Waits until the client has this many messages. One that gave up when its server vanished is started again.
    fn wait_for(&mut self, messages: usize, random: &mut StdRng) {
        let begin = Instant::now();
        while self.count() < messages {
            self.keep_client(random);
            assert!(
                begin.elapsed() < PATIENCE,
                "no progress from {} to {messages}\n{}",
                self.count(),
                self.said()
            );
            thread::sleep(Duration::from_millis(2));
        }
        self.keep_client(random);
    }

    fn keep_client(&mut self, random: &mut StdRng) {
        match self.client.as_mut().map(Process::ended) {
            Some(None) => {}
            Some(Some(status)) => {
                assert!(!status.success(), "the client is done with {} of {MESSAGES} messages", self.count());
                assert!(self.may_fail && status.signal().is_none(), "the client: {status}\n{}", self.said());
                self.start_client(random);
            }
            None => self.start_client(random),
        }
    }

    fn kill(&mut self, victim: Victim) {
        let said = self.said();
        if victim != Victim::Client {
            assert!(self.server.process.kill(), "the server had ended by itself\n{said}");
            self.may_fail = true;
        }
        if let Some(client) = self.client.as_mut().filter(|_| victim != Victim::Server) {
            assert!(client.kill(), "the client had ended by itself\n{said}");
        }
    }

    fn restart(&mut self, victim: Victim, random: &mut StdRng) {
        if victim != Victim::Client {
            let data = self.root.path().join("data");
            self.server = Server::start(&data, self.server.address, &self.root.path().join("server.log"));
        }
        if victim != Victim::Server {
            self.start_client(random);
        }
    }

    /// Lets the client come to its end.
    fn finish(&mut self, random: &mut StdRng) {
        let begin = Instant::now();
        loop {
            match self.client.as_mut().and_then(Process::ended) {
                Some(status) if status.success() => return,
                _ => self.keep_client(random),
            }
            assert!(begin.elapsed() < PATIENCE, "the client does not end\n{}", self.said());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Runs the client from begin to end.
    fn sync_once(&self) -> Summary {
        let output = run(&mut self.command(100), "");
        Summary::parse(&output).unwrap_or_else(|| panic!("no summary: {output}"))
    }

    /// Every message that the client has, by its file.
    fn files(&self) -> BTreeMap<PathBuf, String> {
        let read = |path: PathBuf| {
            let bytes = fs::read(&path).unwrap();
            (path, normal(bytes))
        };
        self.paths().into_iter().map(read).collect()
    }

    fn count(&self) -> usize {
        self.paths().len()
    }

    fn paths(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        find_messages(&self.root.path().join("out"), &mut found);
        found
    }

    /// Every message that the server has.
    fn stored(&self) -> Vec<String> {
        let store = Store::open(self.root.path().join("data")).unwrap();
        let user = store.resolve("ada@localhost").unwrap().unwrap();
        let mailbox = store.snapshot(&user).unwrap();
        let folders = mailbox.folders().unwrap();
        let texts = folders.iter().flat_map(|folder| {
            let items = mailbox.changes(folder.id, Revision(0), 2 * MESSAGES).unwrap();
            let there = items.into_iter().filter(|item| item.present.is_some());
            there.map(|item| stored_text(&*mailbox, folder.id, item.item)).collect::<Vec<_>>()
        });
        texts.collect()
    }

    /// Deletes some of the messages from the server that the client has files of without knowing so. Says which.
    fn delete_unknown(&self, files: &BTreeMap<PathBuf, String>, gone: &BTreeSet<String>) -> Vec<String> {
        let state = SqliteState::open(self.root.path().join("state/state.db")).unwrap();
        let is_known = |path: &Path| {
            // The name of a file is the identifier, which begins with that of the folder.
            let id = path.file_stem().unwrap().to_str().unwrap().replace("%3a", ":");
            let (folder, _) = id.split_once(':').unwrap();
            state.get(Table::Item, folder, &id).unwrap().is_some()
        };
        let unknown = files.iter().filter(|(path, _)| !is_known(path)).map(|(_, text)| message_id(text));
        let doomed: Vec<_> = unknown.filter(|id| !gone.contains(*id)).take(3).map(str::to_owned).collect();
        if doomed.is_empty() {
            return doomed;
        }
        let store = Store::open(self.root.path().join("data")).unwrap();
        let user = store.resolve("ada@localhost").unwrap().unwrap();
        let mut mailbox = store.open(&user).unwrap();
        let folders = mailbox.folders().unwrap();
        let inbox = folders.iter().find(|folder| folder.kind == FolderType::Inbox).unwrap().id;
        let mut deleted = 0;
        for item in mailbox.changes(inbox, Revision(0), 2 * MESSAGES).unwrap() {
            if item.present.is_some()
                && doomed.iter().any(|id| id == message_id(&stored_text(&*mailbox, inbox, item.item)))
            {
                mailbox.delete_item(inbox, item.item).unwrap();
                deleted += 1;
            }
        }
        assert_eq!(deleted, doomed.len());
        mailbox.commit().unwrap();
        doomed
    }

    /// Deletes some messages, marks another one as read, and adds these. Says which are gone.
    fn change_on_the_server(&self, random: &mut StdRng, deletions: usize, late: &[Letter]) -> Vec<String> {
        let store = Store::open(self.root.path().join("data")).unwrap();
        let user = store.resolve("ada@localhost").unwrap().unwrap();
        let mut mailbox = store.open(&user).unwrap();
        let folders = mailbox.folders().unwrap();
        let inbox = folders.iter().find(|folder| folder.kind == FolderType::Inbox).unwrap().id;
        let items = mailbox.changes(inbox, Revision(0), 2 * MESSAGES).unwrap();
        let there: Vec<_> = items.into_iter().filter(|item| item.present.is_some()).collect();
        let chosen: Vec<_> = there.sample(random, deletions + 1).collect();
        let marks = EmailMarks { read: true, ..EmailMarks::default() };
        mailbox.mark_email(inbox, chosen[0].item, &marks).unwrap();
        let mut gone = Vec::new();
        for doomed in &chosen[1..] {
            gone.push(message_id(&stored_text(&*mailbox, inbox, doomed.item)).to_owned());
            mailbox.delete_item(inbox, doomed.item).unwrap();
        }
        for letter in late {
            let email = Email::new(letter.text.replace('\n', "\r\n"), Timestamp::now());
            mailbox.create_item(inbox, &Content::Email(Box::new(email))).unwrap();
        }
        mailbox.commit().unwrap();
        gone
    }

    fn said(&self) -> String {
        let client = self.client.as_ref().map(Process::said).unwrap_or_default();
        format!("--- client\n{client}\n--- server\n{}", self.server.process.said())
    }
}

/// One half as a mailbox file, the other as a Maildir, as programs of Unix write them.
fn write_sources(directory: &Path, mail: &[Letter]) -> [PathBuf; 2] {
    let (in_file, in_directory) = mail.split_at(mail.len() / 2);
    fs::create_dir(directory).unwrap();
    let mbox = directory.join("Inbox.mbox");
    let mut text = String::new();
    for letter in in_file {
        text.push_str("From ada@example.org Thu Oct  1 08:00:00 2026\n");
        for line in letter.text.lines() {
            let quoted = line.trim_start_matches('>').starts_with("From ");
            let _ = writeln!(text, "{}{line}", if quoted { ">" } else { "" });
        }
        text.push('\n');
    }
    fs::write(&mbox, text).unwrap();
    let maildir = directory.join("Inbox");
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(maildir.join(part)).unwrap();
    }
    for (number, letter) in in_directory.iter().enumerate() {
        let name =
            if number % 3 == 0 { format!("new/{number}.host") } else { format!("cur/{number}.host:2,S") };
        fs::write(maildir.join(name), &letter.text).unwrap();
    }
    [mbox, maildir]
}

fn find_messages(directory: &Path, found: &mut Vec<PathBuf>) {
    // It is not there before the client has made it.
    for entry in fs::read_dir(directory).into_iter().flatten() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            find_messages(&entry.path(), found);
        } else if entry.path().extension() == Some(OsStr::new("eml")) {
            found.push(entry.path());
        }
    }
}

fn stored_text(
    mailbox: &(impl Snapshot + ?Sized),
    folder: FolderId,
    item: activesync_server::backend::ItemId,
) -> String {
    match mailbox.item(folder, item).unwrap().unwrap().content {
        Content::Email(email) => normal(email.raw),
        other => panic!("{other:?} was not imported"),
    }
}

/// Line ends are LF in mailbox files and CRLF on the wire.
fn normal(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("all messages here are UTF-8").replace("\r\n", "\n")
}

fn message_id(text: &str) -> &str {
    let (_, rest) = text.split_once("Message-ID: <").expect("all messages here have one");
    rest.split('>').next().unwrap()
}

/// What is there is whole, and nothing is there twice.
#[track_caller]
fn assert_parts_of(files: &BTreeMap<PathBuf, String>, mail: &[Letter]) {
    let expected: HashMap<_, _> =
        mail.iter().map(|letter| (letter.message_id.as_str(), &letter.text)).collect();
    let mut seen = HashMap::new();
    for (path, text) in files {
        let id = message_id(text);
        assert_eq!(Some(&text), expected.get(id), "{} is not as it was sent", path.display());
        if let Some(other) = seen.insert(id, path) {
            panic!("{id} is there twice: {} and {}", other.display(), path.display());
        }
    }
}

/// These messages, each once, each as it was sent.
#[track_caller]
fn assert_same(found: impl IntoIterator<Item = String>, mail: &[Letter], place: &str) {
    let mut found: Vec<_> = found.into_iter().collect();
    let mut expected: Vec<_> = mail.iter().map(|letter| letter.text.as_str()).collect();
    found.sort();
    expected.sort_unstable();
    assert_eq!(found.len(), expected.len(), "messages {place}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found == expected, "{place}: found\n{found}\nexpected\n{expected}");
    }
}

/// `3 new, 1 changed, 7 deleted; 4.5 kB on the wire (…)`
struct Summary {
    new: u64,
    changed: u64,
    deleted: u64,
    bytes: f64,
}

impl Summary {
    fn parse(output: &str) -> Option<Self> {
        let (counts, rest) = output.trim().lines().last()?.split_once("; ")?;
        let counts: Vec<u64> = counts
            .split(", ")
            .map(|count| count.split(' ').next()?.replace(',', "").parse().ok())
            .collect::<Option<_>>()?;
        let (wire, _) = rest.split_once(" on the wire")?;
        let (number, unit) = wire.split_once(' ')?;
        let scale = match unit {
            "bytes" => 1.0,
            "kB" => 1e3,
            _ => 1e6,
        };
        let [new, changed, deleted] = counts.try_into().ok()?;
        Some(Self { new, changed, deleted, bytes: number.parse::<f64>().ok()? * scale })
    }
}
