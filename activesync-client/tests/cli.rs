//! The program, against the server of this family.
#![cfg(feature = "cli")]

#[path = "support/server.rs"]
mod server;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use activesync_client::SqliteState;
use activesync_client::types::folder_hierarchy::FolderType;
use server::{PASSWORD, Server};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::task::JoinSet;

fn message(subject: &str) -> String {
    format!("From: bob@example.org\r\nTo: ada@example.org\r\nSubject: {subject}\r\n\r\nhello\r\n")
}

struct Session {
    server: Server,
    directory: tempfile::TempDir,
}

impl Session {
    fn start() -> Self {
        Self { server: Server::start(), directory: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(name)
    }

    fn command(&self, user: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_activesync-client"));
        command
            .args(["--url", &self.server.url, "--user", user, "--password-env", "MAIL_PASSWORD"])
            .arg("--state")
            .arg(self.path(&format!("state of {user}")))
            .args(arguments)
            .env("MAIL_PASSWORD", PASSWORD)
            .current_dir(self.directory.path())
            .kill_on_drop(true);
        command
    }

    async fn run(&self, user: &str, arguments: &[&str]) -> Output {
        self.command(user, arguments).output().await.unwrap()
    }

    /// Runs it, expects success, and gives what it printed.
    async fn ok(&self, user: &str, arguments: &[&str]) -> String {
        let output = self.run(user, arguments).await;
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{arguments:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
        text
    }
}

fn names(directory: &Path) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(directory) else { return BTreeSet::new() };
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect()
}

fn all_are(directory: &Path, extension: &str) -> bool {
    let names = names(directory);
    !names.is_empty()
        && names.iter().all(|name| Path::new(name).extension().is_some_and(|found| found == extension))
}

#[tokio::test]
async fn a_mailbox_is_looked_at_and_fetched_and_later_only_what_changed() {
    let session = Session::start();
    for n in 0..5 {
        session.server.deliver("ada", &message(&format!("number {n}")));
    }
    session.server.put_contact("ada", "Grace");
    session.server.put_event("ada", "Tea");
    let options = session.ok("ada", &["options"]).await;
    assert!(options.contains("2.5, 12.0, 12.1, 14.0, 14.1, 16.0, 16.1"), "{options}");
    assert!(options.contains("FolderSync") && options.contains("in use    16.1"), "{options}");

    let folders = session.ok("ada", &["folders"]).await;
    let inbox = folders.lines().find(|line| line.starts_with("Inbox")).unwrap();
    assert!(inbox.contains("  Inbox  "), "{inbox}");

    let estimate = session.ok("ada", &["estimate"]).await;
    let line = |name: &str| estimate.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(
        line("Inbox").ends_with(" 5") && line("Contacts").ends_with(" 1") && line("total").ends_with(" 7"),
        "{estimate}"
    );

    let first = session.ok("ada", &["sync", "--out", "mail"]).await;
    assert!(
        first.starts_with("7 new, 0 changed, 0 deleted; ") && first.contains("(the same as XML: "),
        "{first}"
    );
    assert_eq!(names(&session.path("mail/Inbox")).len(), 5);
    assert!(all_are(&session.path("mail/Calendar"), "ics"));
    assert!(all_are(&session.path("mail/Contacts"), "vcf"));

    session.server.deliver("ada", &message("one more"));
    let second = session.ok("ada", &["sync", "inbox", "--out", "mail"]).await;
    assert!(second.starts_with("1 new, 0 changed, 0 deleted; "), "{second}");
    let third = session.ok("ada", &["sync", "--out", "mail"]).await;
    assert!(third.starts_with("0 new, 0 changed, 0 deleted; "), "{third}");
}

#[tokio::test]
async fn a_message_is_sent_from_a_file_and_from_standard_input() {
    let session = Session::start();
    // As editors write it.
    fs::write(session.path("letter.eml"), message("from a file").replace('\r', "")).unwrap();
    let sent = session.ok("bob", &["send", "letter.eml"]).await;
    assert!(sent.starts_with("sent, "), "{sent}");
    let mut piped = session.command("bob", &["send", "-", "--protocol", "12.1"]);
    let mut child = piped.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(message("from a pipe").as_bytes()).await.unwrap();
    assert!(child.wait().await.unwrap().success());

    session.ok("ada", &["sync", "Inbox", "--out", "mail"]).await;
    let texts: BTreeSet<String> = names(&session.path("mail/Inbox"))
        .iter()
        .map(|name| fs::read_to_string(session.path("mail/Inbox").join(name)).unwrap())
        .filter_map(|text| Some(text.lines().find(|line| line.starts_with("Subject: "))?.to_owned()))
        .collect();
    assert_eq!(texts, BTreeSet::from(["Subject: from a file".to_owned(), "Subject: from a pipe".to_owned()]));

    fs::write(session.path("others.eml"), "To: x@elsewhere.example\n\nhello\n").unwrap();
    let refused = session.run("bob", &["send", "others.eml"]).await;
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("(status 116)") && said.contains("may need a relay"), "{said}");

    fs::write(session.path("nobody.eml"), "Subject: x\n\nhello\n").unwrap();
    let refused = session.run("bob", &["send", "nobody.eml"]).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("no To, Cc or Bcc"));
}

#[tokio::test]
async fn the_password_can_come_from_standard_input() {
    let session = Session::start();
    let mut command = Command::new(env!("CARGO_BIN_EXE_activesync-client"));
    command.args(["folders", "--url", &session.server.url, "--user", "ada", "--password-stdin", "--state"]);
    let mut child = command
        .arg(session.path("state"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains("Inbox"));
}

#[tokio::test]
async fn faults_have_a_status_and_one_line() {
    let session = Session::start();
    for (arguments, status, says) in [
        (&["sync", "Nowhere", "--out", "mail"][..], 1, "error: there is no folder Nowhere; there are: "),
        (&["sync", "--protocol", "13.0", "--out", "mail"][..], 2, "13.0"),
        (&["sync"][..], 2, "--out"),
        (&["folders", "--password-stdin"][..], 2, "--password-stdin"),
        (&["watch"][..], 1, "error: nothing was synchronized yet: give --out DIR"),
        (&["sync", "--out", "mail", "--window", "0"][..], 2, "--window"),
        (&[][..], 2, "Usage"),
    ] {
        let output = session.run("ada", arguments).await;
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {error}");
        assert!(error.contains(says), "{arguments:?}: {error}");
        assert!(status == 2 || error.lines().count() == 1, "{arguments:?}: {error}");
    }
    let output = session.command("ada", &["folders"]).env("MAIL_PASSWORD", "wrong").output().await.unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), error.lines().count()), (Some(1), 1), "{error}");
    assert!(error.contains("HTTP 401") && !error.contains("wrong)"), "{error}");

    for (options, says) in [
        (&["--password-env", "X"][..], "--url <URL> is required"),
        (&["--password-env", "X", "--url", "nonsense"], "--url <URL>: \"nonsense\" is no address"),
        (&["--password-env", "X", "--url", "ftp://localhost"], "begins with https:// or http://"),
        (
            &["--password-env", "NOT_SET", "--url", "http://localhost"],
            "NOT_SET: the environment variable is not set",
        ),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_activesync-client"));
        command.args(["folders", "--user", "ada", "--state"]).arg(session.path("none")).args(options);
        let output = command.env("X", "x").output().await.unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{options:?}: {error}");
        assert!(error.contains(says), "{options:?}: {error}");
    }
    assert!(!session.path("none").exists());
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        let password = std::ffi::OsStr::from_bytes(b"sesame\xFF");
        let output =
            session.command("ada", &["folders"]).env("MAIL_PASSWORD", password).output().await.unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains("is not UTF-8") && !error.contains("sesame"), "{error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn output_that_nobody_reads_to_the_end_is_no_fault() {
    let session = Session::start();
    // A pipe whose other end is closed before anything is written to it.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = session.command("ada", &["folders"]).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
    let output = output.wait_with_output().await.unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[tokio::test]
async fn only_what_synchronizes_needs_the_state_for_itself() {
    let session = Session::start();
    let path = session.path("state of ada/state.db");
    let held = SqliteState::open(&path).unwrap();
    // There is nothing in it to go by.
    for command in [&["options", "--retry-pause", "0"][..], &["folders"]] {
        let output = session.run("ada", command).await;
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains("another activesync-client synchronizes"));
    }
    drop(held);
    session.ok("ada", &["folders"]).await;

    let client = session.server.client("ada").state(SqliteState::open(&path).unwrap());
    let client = client.connect().await.unwrap();
    let inbox = client.folders().await.unwrap().inbox().unwrap();
    fs::write(session.path("letter.eml"), message("meanwhile")).unwrap();
    session.ok("ada", &["send", "letter.eml"]).await;
    assert!(session.ok("ada", &["options"]).await.contains("in use    16.1"));
    let output = session.run("ada", &["folders"]).await;
    assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains("Inbox"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("these are the folders that it knows"));
    for command in [&["estimate"][..], &["sync", "--out", "mail"], &["watch", "--out", "mail"]] {
        let output = session.command("ada", command).args(["--retry-pause", "0"]).output().await.unwrap();
        assert_eq!(output.status.code(), Some(1), "{command:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("--state"), "{command:?}");
    }
    let mut changes = client.sync(&inbox).changes();
    let change = changes.try_next().await.unwrap().unwrap();
    let activesync_client::Change::Added(item) = change else { panic!("{change:?}") };
    assert_eq!(item.email().unwrap().subject.as_deref(), Some("meanwhile"));
}

#[tokio::test]
async fn what_is_said_of_a_certificate_is_one_line_without_colours() {
    let directory = tempfile::tempdir().unwrap();
    let mut parameters = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = rcgen::KeyPair::generate().unwrap();
    let (certificate, key_file) = (directory.path().join("cert.pem"), directory.path().join("key.pem"));
    fs::write(&certificate, parameters.self_signed(&key).unwrap().pem()).unwrap();
    fs::write(&key_file, key.serialize_pem()).unwrap();
    let session = Session { server: Server::start_with_tls(&certificate, &key_file), directory };
    let output = session.run("ada", &["folders"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: the certificate of localhost is refused: it is self-signed; if it is the right one, trust it with \
         --ca-cert FILE, its PEM file\n"
    );
    session.ok("ada", &["folders", "--ca-cert", "cert.pem"]).await;

    // The wrong scheme, which no certificate helps.
    let url = session.server.url.replace("https://", "http://");
    let mut command = Command::new(env!("CARGO_BIN_EXE_activesync-client"));
    command.args(["folders", "--url", &url, "--user", "ada", "--password-env", "X", "--retry-pause", "0"]);
    let output = command.arg("--state").arg(session.path("http")).env("X", "x").output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        said,
        "error: no answer from localhost: what answers there does not speak HTTP; if it speaks TLS, the address needs \
         https://: check the address, and whether the server is up\n"
    );

    // Those who ask for the log get it, in colours only where they can be shown.
    let mut command = session.command("ada", &["folders"]);
    let output = command.env("RUST_LOG", "warn").env_remove("NO_COLOR").output().await.unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.lines().count() > 1 && !log.contains('\u{1b}'), "{log:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_sync_that_is_killed_again_and_again_ends_with_each_message_once() {
    const MESSAGES: usize = 120;
    // `SyncKey` with the text "0", as a Sync has it that begins a folder.
    const BEGINNING: &[u8] = b"\x4B\x030\x00";
    let mut session = Session::start();
    let gate = Gate::before(&mut session).await;
    session.ok("ada", &["sync", "Inbox", "--out", "mail"]).await;
    let beginnings = gate.count(BEGINNING);
    assert_eq!(beginnings, 1);
    for n in 0..MESSAGES {
        session.server.deliver("ada", &message(&format!("number {n}")));
    }
    let inbox = session.path("mail/Inbox");
    for files in [1, 2, 9, 20, 41, 60, 61, 80, 110] {
        let mut child = session
            .command("ada", &["sync", "Inbox", "--out", "mail", "--window", "10"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while names(&inbox).len() < files && child.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // SIGKILL: nothing gets a chance to clean up.
        let _ = child.kill().await;
    }
    session.ok("ada", &["sync", "Inbox", "--out", "mail"]).await;
    let subjects: BTreeSet<String> = names(&inbox)
        .iter()
        .map(|name| fs::read_to_string(inbox.join(name)).unwrap().lines().nth(2).unwrap().to_owned())
        .collect();
    assert_eq!((names(&inbox).len(), subjects.len()), (MESSAGES, MESSAGES));
    let again = session.ok("ada", &["sync", "Inbox", "--out", "mail"]).await;
    assert!(again.starts_with("0 new, 0 changed, 0 deleted; "), "{again}");
    // An answer that was lost is asked for again with the key before it, and nothing else is.
    assert_eq!(gate.count(BEGINNING), beginnings, "the folder was fetched from the beginning again");
}

#[cfg(unix)]
#[tokio::test]
async fn watching_fetches_what_arrives_and_ends_with_ctrl_c() {
    let session = Session::start();
    session.server.deliver("ada", &message("before"));
    session.ok("ada", &["sync", "--out", "mail"]).await;
    let mut child = session.command("ada", &["watch", "Inbox"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next_line().await.unwrap().unwrap(), "watching Inbox");
    while session.server.service.waiting() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    session.server.deliver("ada", &message("meanwhile"));
    assert_eq!(lines.next_line().await.unwrap().unwrap(), "Inbox: 1 new, 0 changed, 0 deleted");
    assert_eq!(names(&session.path("mail/Inbox")).len(), 2);

    let pid = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().await.unwrap().success());
    let last = lines.next_line().await.unwrap().unwrap();
    assert!(last.starts_with("1 new, 0 changed, 0 deleted; "), "{last}");
    assert!(child.wait().await.unwrap().success());
}

/// What stands between a client and its server, and can get in the way. It listens all the time: another process
/// could get the port.
struct Gate {
    listener: Arc<TcpListener>,
    server: String,
    running: JoinSet<()>,
    /// What clients sent to the server, by connection.
    sent: Sent,
}

type Sent = Arc<Mutex<Vec<Arc<Mutex<Vec<u8>>>>>>;

impl Gate {
    /// All that the session says to its server goes through it.
    async fn before(session: &mut Session) -> Self {
        let listener = Arc::new(TcpListener::bind("127.0.0.1:0").await.unwrap());
        let address = listener.local_addr().unwrap();
        let server = std::mem::replace(&mut session.server.url, format!("http://{address}"));
        let server = server.trim_start_matches("http://").to_owned();
        let mut gate = Self { listener, server, running: JoinSet::new(), sent: Sent::default() };
        gate.open().await;
        gate
    }

    /// Connections end, and new ones are not answered any more.
    async fn close(&mut self) {
        self.serve(|client| async { drop(client) }).await;
    }

    async fn open(&mut self) {
        let (server, all) = (self.server.clone(), Arc::clone(&self.sent));
        self.serve(move |mut client| {
            let (server, sent) = (server.clone(), Arc::<Mutex<Vec<u8>>>::default());
            all.lock().unwrap().push(Arc::clone(&sent));
            async move {
                let mut server = TcpStream::connect(server).await.unwrap();
                let (mut from_client, mut to_client) = client.split();
                let (mut from_server, mut to_server) = server.split();
                let ask = async {
                    let mut buffer = vec![0; 1 << 16];
                    while let Ok(length @ 1..) = from_client.read(&mut buffer).await {
                        sent.lock().unwrap().extend(&buffer[..length]);
                        if to_server.write_all(&buffer[..length]).await.is_err() {
                            break;
                        }
                    }
                };
                tokio::select! {
                    () = ask => {}
                    _ = tokio::io::copy(&mut from_server, &mut to_client) => {}
                }
            }
        })
        .await;
    }

    /// How often clients sent these bytes.
    fn count(&self, part: &[u8]) -> usize {
        let in_one = |sent: &Vec<u8>| sent.windows(part.len()).filter(|found| *found == part).count();
        self.sent.lock().unwrap().iter().map(|sent| in_one(&sent.lock().unwrap())).sum()
    }

    /// All requests are answered so.
    async fn answer(&mut self, answer: &'static str) {
        self.serve(move |mut client| async move {
            let mut request = BufReader::new(&mut client);
            let (mut line, mut length) = (String::new(), 0);
            while request.read_line(&mut line).await.is_ok_and(|read| read > 2) {
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            if request.read_exact(&mut vec![0; length]).await.is_ok() {
                let answer = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                let _ = client.write_all(answer.as_bytes()).await;
            }
        })
        .await;
    }

    /// Ends what there is, and does this with each connection from now on.
    async fn serve<F: Future<Output = ()> + Send + 'static>(
        &mut self,
        each: impl Fn(TcpStream) -> F + Send + 'static,
    ) {
        self.running.shutdown().await;
        let listener = Arc::clone(&self.listener);
        self.running.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (client, _) = listener.accept().await.unwrap();
                connections.spawn(each(client));
            }
        });
    }
}

#[cfg(unix)]
#[tokio::test]
async fn watching_goes_on_when_a_server_that_was_away_is_back() {
    let mut session = Session::start();
    let mut gate = Gate::before(&mut session).await;
    session.ok("ada", &["sync", "--out", "mail"]).await;
    let mut child = session
        .command("ada", &["watch", "Inbox", "--retry-pause", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut errors = BufReader::new(child.stderr.take().unwrap()).lines();
    assert_eq!(out.next_line().await.unwrap().unwrap(), "watching Inbox");

    gate.close().await;
    let line = errors.next_line().await.unwrap().unwrap();
    assert!(
        line.starts_with("no answer from 127.0.0.1: ")
            && line.ends_with("; waiting until the server is back")
    );
    session.server.deliver("ada", &message("meanwhile"));
    gate.open().await;
    assert_eq!(errors.next_line().await.unwrap().unwrap(), "the server is back", "told once");
    assert_eq!(out.next_line().await.unwrap().unwrap(), "Inbox: 1 new, 0 changed, 0 deleted");

    for (answer, says) in [
        ("503 Service Unavailable\r\nRetry-After: 0", "the server is busy (HTTP 503); waiting"),
        ("500 Internal Server Error", ": the server failed (HTTP 500); waiting"),
    ] {
        gate.answer(answer).await;
        let line = errors.next_line().await.unwrap().unwrap();
        assert!(line.contains(says), "{line}");
        gate.open().await;
        assert_eq!(errors.next_line().await.unwrap().unwrap(), "the server is back");
    }

    // What waiting does not mend ends it.
    gate.answer("401 Unauthorized").await;
    let line = errors.next_line().await.unwrap().unwrap();
    assert!(line.starts_with("error: ") && line.contains("HTTP 401"), "{line}");
    assert_eq!(child.wait().await.unwrap().code(), Some(1));
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_ends_a_watch_whose_server_is_away() {
    let mut session = Session::start();
    let mut gate = Gate::before(&mut session).await;
    let mut child = session
        .command("ada", &["watch", "--out", "mail", "--retry-pause", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut errors = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(out.next_line().await.unwrap().unwrap().starts_with("watching "));
    gate.close().await;
    assert!(errors.next_line().await.unwrap().unwrap().ends_with("waiting until the server is back"));
    let pid = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().await.unwrap().success());
    assert!(child.wait().await.unwrap().success());
}

#[cfg(unix)]
#[tokio::test]
async fn watching_notices_folders_that_come_and_go() {
    let session = Session::start();
    let other = session.server.client("ada").connect().await.unwrap();
    other.folders().await.unwrap();
    let mut child = session
        .command("ada", &["watch", "--out", "mail"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next_line().await.unwrap().unwrap();
    assert!(first.starts_with("watching ") && !first.contains("Recipes"), "{first}");
    let root = activesync_client::types::ServerId::ROOT;
    let recipes = other.create_folder(&root, "Recipes", FolderType::UserMail).await.unwrap();
    let second = lines.next_line().await.unwrap().unwrap();
    assert!(second.starts_with("watching ") && second.contains("Recipes"), "{second}");
    other.delete_folder(&recipes).await.unwrap();
    assert_eq!(lines.next_line().await.unwrap().unwrap(), first);
}
