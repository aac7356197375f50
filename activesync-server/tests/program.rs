//! The program, as its users call it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use activesync_server::backend::Backend;
use activesync_server::store::Store;
use tempfile::TempDir;

fn program(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_activesync-server"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end without having read anything.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn succeeds(arguments: &[&str], input: &str) -> String {
    let output = program(arguments, input);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// What it says on standard error: one line, and exit status 1.
fn fails(arguments: &[&str], input: &str) -> String {
    let output = program(arguments, input);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stderr));
    let said = text(&output.stderr);
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

/// The same of a server that should not start; one that does is killed.
fn refuses(options: &[&str]) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_activesync-server"))
        .arg("serve")
        .args(options)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    if !line.is_empty() {
        child.kill().unwrap();
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(line, "", "{options:?}: it started");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{options:?}: {said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

fn add(data: &str, name: &str) {
    succeeds(&["user", "add", "--data", data, "--password-stdin", name], "open sesame\n");
}

#[test]
fn users_are_added_listed_and_removed() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("data");
    let data = data.to_str().unwrap();
    let arguments = ["user", "add", "--data", data, "--password-stdin", "--address", "ada@example.org"];
    let arguments = [&arguments[..], &["--display-name", "Ada Lovelace", "ada"]].concat();
    succeeds(&arguments, "open sesame\n");
    add(data, "bob@example.org");
    let list = succeeds(&["user", "list", "--data", data], "");
    assert_eq!(
        list.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>(),
        ["ada Ada Lovelace <ada@example.org>", "bob@example.org bob@example.org <bob@example.org>"]
    );
    assert!(fails(&arguments, "open sesame\n").contains("already a user"));
    let empty = fails(&["user", "add", "--data", data, "--password-stdin", "carol"], "\n");
    assert!(empty.contains("the password is empty"), "{empty}");
    succeeds(&["user", "password", "--data", data, "--password-stdin", "ada"], "another\n");
    succeeds(&["user", "remove", "--data", data, "ada"], "");
    assert!(fails(&["user", "remove", "--data", data, "ada"], "").contains("no user named \"ada\""));
    assert!(!succeeds(&["user", "list", "--data", data], "").contains("Ada"));
    // No password is stored as it is.
    for entry in std::fs::read_dir(Path::new(data)).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_file() {
            let bytes = std::fs::read(entry.path()).unwrap();
            assert!(!bytes.windows(11).any(|window| window == b"open sesame"), "{:?}", entry.path());
        }
    }
}

#[test]
fn a_data_directory_is_made_where_a_user_is_added_and_nowhere_else() {
    let directory = TempDir::new().unwrap();
    let mail = directory.path().join("a.eml");
    std::fs::write(&mail, "Subject: a\r\n\r\n").unwrap();
    let mail = mail.to_str().unwrap();
    // What is there, but holds no store, is none either.
    let (missing, other) = (directory.path().join("dtaa"), directory.path().join("other"));
    std::fs::create_dir(&other).unwrap();
    for path in [&missing, &other] {
        let data = path.to_str().unwrap();
        for arguments in [
            &["user", "list", "--data", data][..],
            &["user", "remove", "--data", data, "ada"],
            &["user", "password", "--data", data, "--password-stdin", "ada"],
            &["import", "--data", data, "--user", "ada", mail],
        ] {
            let said = fails(arguments, "open sesame\n");
            assert!(said.contains(&format!("there is no data directory at {data}")), "{said}");
        }
    }
    assert!(!missing.exists());
    assert_eq!(std::fs::read_dir(&other).unwrap().count(), 0);
    add(missing.to_str().unwrap(), "ada");
    assert!(succeeds(&["user", "list", "--data", missing.to_str().unwrap()], "").contains("ada"));
    let said = fails(&["user", "add", "--data", mail, "--password-stdin", "ada"], "open sesame\n");
    assert_eq!(said.matches("os error").count(), 1, "a cause is told once: {said}");
}

#[test]
fn many_files_that_are_nothing_to_import_are_counted() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("data");
    let data = data.to_str().unwrap();
    add(data, "ada");
    let files = directory.path().join("files");
    std::fs::create_dir(&files).unwrap();
    for number in 0..13 {
        std::fs::write(files.join(format!("{number:02}.jpg")), "\u{FF}\u{D8}").unwrap();
    }
    let output = program(&["import", "--data", data, "--user", "ada", files.to_str().unwrap()], "");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("09.jpg: skipped") && !said.contains("10.jpg"), "{said}");
    assert!(said.contains("3 more files"), "{said}");
}

#[test]
fn a_wrong_command_line_is_exit_status_2() {
    for arguments in [
        &["frobnicate"][..],
        &["serve"],
        &["user", "add", "ada"],
        &["serve", "--data", "x", "--tls-cert", "x"],
        &["serve", "--data", "x", "--listen", "localhost"],
        &["serve", "--data", "x", "--listen", "::1:8080"],
        &["serve", "--data", "x", "--listen", "localhost:70000"],
    ] {
        assert_eq!(program(arguments, "").status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(program(&["--help"], "").status.code(), Some(0));
}

#[test]
fn files_are_imported_and_what_cannot_be_read_is_named() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("data");
    let data = data.to_str().unwrap();
    add(data, "ada");
    let file = |name: &str, content: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let mail = file("hello.eml", "From: bob@example.org\r\nSubject: hello\r\n\r\nhello\r\n");
    let contact = file("ada.vcf", "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ada\r\nEND:VCARD\r\n");
    let broken = file("broken.vcf", "hello\r\n");
    let missing = directory.path().join("missing.eml").to_str().unwrap().to_owned();

    let output =
        program(&["import", "--data", data, "--user", "ada", &mail, &broken, &missing, &contact], "");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("broken.vcf:") && said.contains("missing.eml: "), "{said}");
    let report = text(&output.stdout);
    assert_eq!(
        report.trim(),
        "1 message, 1 contact and 0 events imported; there before: 0, duplicates: 0, not readable: 2, losses: 0"
    );
    let again = succeeds(&["import", "--data", data, "--user", "ada", &mail, &contact], "");
    assert!(again.contains("0 messages, 0 contacts and 0 events imported; there before: 2"), "{again}");
    assert!(fails(&["import", "--data", data, "--user", "bob", &mail], "").contains("no user named \"bob\""));
}

/// A server that was started by its command line.
struct Serving {
    child: Child,
    /// What it is reached by: `127.0.0.1:41234`.
    address: String,
}

impl Serving {
    fn start(data: &str) -> Self {
        Self::start_with(data, &["--listen", "127.0.0.1:0"])
    }

    fn start_with(data: &str, options: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_activesync-server"))
            .args(["serve", "--data", data])
            .args(options)
            .env("RUST_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").expect(&line).to_owned();
        Self { child, address }
    }

    /// Kills it and gives what it logged.
    fn log(&mut self) -> String {
        self.child.kill().unwrap();
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        log
    }

    /// Sends a request and leaves the answer to be read.
    fn request(&self, method: &str, query: &str, headers: &str, body: &[u8]) -> BufReader<TcpStream> {
        let mut socket = TcpStream::connect(&self.address).unwrap();
        write!(
            socket,
            "{method} /Microsoft-Server-ActiveSync{query} HTTP/1.1\r\nHost: localhost\r\n\
             Authorization: Basic YWRhOm9wZW4gc2VzYW1l\r\nContent-Length: {}\r\n{headers}\r\n",
            body.len()
        )
        .unwrap();
        socket.write_all(body).unwrap();
        BufReader::new(socket)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn status_line(answer: &mut impl BufRead) -> String {
    let mut line = String::new();
    answer.read_line(&mut line).unwrap();
    line
}

#[test]
fn a_second_server_on_the_same_data_refuses_to_start() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().to_str().unwrap();
    add(data, "ada");
    let serving = Serving::start(data);
    assert!(status_line(&mut serving.request("OPTIONS", "", "", b"")).starts_with("HTTP/1.1 200"));
    let refused = refuses(&["--data", data, "--listen", "127.0.0.1:0"]);
    assert!(refused.contains("another server is running"), "{refused}");
    drop(serving);
    drop(Serving::start(data));
}

#[test]
fn it_listens_on_a_name_of_this_machine() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().to_str().unwrap();
    add(data, "ada");
    let serving = Serving::start_with(data, &["--listen", "localhost:0"]);
    assert!(serving.address.parse::<SocketAddr>().unwrap().ip().is_loopback());
    assert!(status_line(&mut serving.request("OPTIONS", "", "", b"")).starts_with("HTTP/1.1 200"));
}

#[test]
fn what_keeps_it_from_starting_is_all_that_it_says() {
    let directory = TempDir::new().unwrap();
    // There is no user either.
    let data = directory.path().to_str().unwrap();
    let missing = directory.path().join("missing.pem");
    let missing = missing.to_str().unwrap();
    let tls = ["--tls-cert", missing, "--tls-key", missing];
    let said = refuses(&[&["--data", data, "--listen", "127.0.0.1:0"][..], &tls].concat());
    assert!(said.contains("missing.pem: expected a chain of certificates"), "{said}");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = refuses(&["--data", data, "--listen", &address]);
    assert!(said.contains(&format!("cannot listen on {address}")), "{said}");
}

#[test]
fn users_that_are_added_while_it_runs_can_log_in() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().to_str().unwrap();
    let mut serving = Serving::start(data);
    assert!(status_line(&mut serving.request("OPTIONS", "", "", b"")).starts_with("HTTP/1.1 401"));
    add(data, "ada");
    assert!(status_line(&mut serving.request("OPTIONS", "", "", b"")).starts_with("HTTP/1.1 200"));
    succeeds(&["user", "remove", "--data", data, "ada"], "");
    assert!(status_line(&mut serving.request("OPTIONS", "", "", b"")).starts_with("HTTP/1.1 401"));
    assert!(serving.log().contains("there is no user yet"));
}

#[test]
fn a_required_policy_turns_devices_away() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().to_str().unwrap();
    add(data, "ada");
    for option in [&["--require-policy"][..], &["--device-password", "6"]] {
        let serving = Serving::start_with(data, &[&["--listen", "127.0.0.1:0"], option].concat());
        let query = "?Cmd=FolderSync&User=ada&DeviceId=d1&DeviceType=test";
        let folders = b"\x03\x01\x6A\x00\x00\x07\x56\x52\x030\x00\x01\x01";
        let mut answer = serving.request("POST", query, "MS-ASProtocolVersion: 12.1\r\n", folders);
        // Devices of the time show these words.
        assert_eq!(status_line(&mut answer), "HTTP/1.1 449 Retry after sending a PROVISION command\r\n");
    }
    let wrong = ["--data", data, "--listen", "127.0.0.1:0", "--relay", "http://relay.example"];
    assert!(refuses(&wrong).contains("smtps://USER:PASSWORD@HOST"));
}

#[test]
fn without_tls_it_warns_where_others_can_listen_in() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().to_str().unwrap();
    let warning = "passwords and mail cross the network unencrypted";
    assert!(Serving::start_with(data, &["--listen", "0.0.0.0:0"]).log().contains(warning));
    assert!(!Serving::start(data).log().contains(warning));
}

#[test]
fn the_log_tells_who_asked_for_what_and_no_secrets() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().to_str().unwrap();
    add(data, "ada");
    let mut serving = Serving::start(data);
    let query = "?Cmd=SendMail&User=ada&DeviceId=d1&DeviceType=test";
    let headers = "MS-ASProtocolVersion: 12.1\r\nContent-Type: message/rfc822\r\n";
    let message = b"To: ada@localhost\r\nSubject: private\r\n\r\nconfidential\r\n";
    assert!(status_line(&mut serving.request("POST", query, headers, message)).contains("200"));
    let broken = b"\x03\x01\x6A\x00\x00\x07\x56\x52\x03confidential";
    let headers = "MS-ASProtocolVersion: 12.1\r\n";
    let query = "?Cmd=FolderSync&User=ada&DeviceId=d1&DeviceType=test";
    assert!(status_line(&mut serving.request("POST", query, headers, broken)).contains("400"));
    assert!(status_line(&mut serving.request("POST", query, "", broken)).contains("501"));
    let elsewhere = b"To: x@elsewhere.example\r\nSubject: private\r\n\r\nconfidential\r\n";
    let headers = "MS-ASProtocolVersion: 12.1\r\nContent-Type: message/rfc822\r\n";
    let query = "?Cmd=SendMail&User=ada&DeviceId=d1&DeviceType=test";
    assert!(status_line(&mut serving.request("POST", query, headers, elsewhere)).contains("500"));
    let log = serving.log();
    let missing = "MS-ASProtocolVersion is missing";
    for told in
        ["SendMail", "FolderSync", "ada", "d1", "12.1", "status=200", "status=400", missing, "--relay URL"]
    {
        assert!(log.contains(told), "{told} is not in {log}");
    }
    for secret in ["open sesame", "YWRhOm9wZW4gc2VzYW1l", "private", "confidential", "elsewhere.example"] {
        assert!(!log.contains(secret), "{secret} is in {log}");
    }
}

#[cfg(unix)]
#[test]
fn told_to_stop_it_answers_what_hangs_and_ends_well() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().to_str().unwrap();
    add(data, "ada");
    let mut serving = Serving::start(data);
    let version = "MS-ASProtocolVersion: 16.1\r\nContent-Type: application/vnd.ms-sync.wbxml\r\n";
    let query = |command: &str| format!("?Cmd={command}&User=ada&DeviceId=d1&DeviceType=test");
    // FolderSync with key 0, then a Ping on the folder 1 for 3540 seconds.
    let folders = b"\x03\x01\x6A\x00\x00\x07\x56\x52\x030\x00\x01\x01";
    assert!(
        status_line(&mut serving.request("POST", &query("FolderSync"), version, folders)).contains("200")
    );
    let ping = b"\x03\x01\x6A\x00\x00\x0D\x45\x48\x033540\x00\x01\x49\x4A\x4B\x031\x00\x01\x4D\x03Email\x00\x01\x01\x01\x01";
    let mut hanging = serving.request("POST", &query("Ping"), version, ping);
    // The Ping is kept before it hangs: as soon as an empty one would mean something, it hangs or is about to.
    let is_kept = || {
        let store = Store::open(data).unwrap();
        let mailbox = store.snapshot(&store.user("ada").unwrap()).unwrap();
        mailbox.state(b"request/Ping/d1").unwrap().is_some()
    };
    assert!(
        (0..6000).any(|_| is_kept() || {
            thread::sleep(Duration::from_millis(10));
            false
        }),
        "the Ping came to nothing"
    );
    let terminated = Command::new("kill").args(["-TERM", &serving.child.id().to_string()]).status().unwrap();
    assert!(terminated.success());
    assert!(status_line(&mut hanging).starts_with("HTTP/1.1 200"), "nobody is cut off");
    let ended = serving.child.wait().unwrap();
    assert_eq!(ended.code(), Some(0));
}
