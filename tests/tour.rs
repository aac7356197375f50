//! The guided tour, as a person takes it: all of it works, and what does not work is named.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use activesync::tour::{Place, Report, Stage, walk};
use activesync_server::backend::{Backend, Content, FolderId, Mailbox, Revision};

#[tokio::test]
async fn the_whole_mailbox_arrives_and_everything_is_told() {
    let written = Written::default();
    let mut report = Report::plain(written.clone());
    let stage = Stage::set_up(&Place::default(), &mut report).unwrap();
    let outcome = walk(&stage, &mut report).await.unwrap_or_else(|failure| panic!("{failure}"));
    stage.close().await.unwrap();

    let compared = outcome.compared;
    let [messages, contacts, events] =
        [("eml", "Subject:"), ("vcf", "BEGIN:VCARD"), ("ics", "UID:")].map(|(extension, mark)| {
            let texts = sample(extension).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            match extension {
                "eml" => texts.count(),
                "vcf" => texts.map(|text| text.matches(mark).count()).sum(),
                // The occurrences that differ from their series are no events of their own.
                _ => texts
                    .map(|text| text.matches("\r\nUID:").count() - text.matches("\r\nRECURRENCE-ID").count())
                    .sum(),
            }
        });
    let counted = [compared.messages, compared.contacts, compared.events];
    assert_eq!(counted, [messages as u64, contacts as u64, events as u64]);
    let in_utf8 = sample("eml").filter(|bytes| std::str::from_utf8(bytes).is_ok()).count();
    assert_eq!(compared.same_bytes, in_utf8 as u64);
    assert!(compared.attachments > 20 && compared.attachment_bytes > 500_000, "{compared:?}");
    assert!(outcome.checks > 5_000, "{} checks", outcome.checks);
    let wire = outcome.wire;
    assert!(wire.xml > wire.total() && wire.total() > 4 * 1_000_000, "{wire:?}");
    assert!(wire.documents > 100, "{wire:?}");

    let text = written.text();
    for wanted in [
        "Inbox               36 messages",
        "wakes ",
        "server wins",
        "client wins",
        "FolderSync  ",
        "2.5  ",
        "12.1  ",
        "14.1  ",
    ] {
        assert!(text.contains(wanted), "{wanted:?} is not in:\n{text}");
    }
    assert!(text.lines().count() < 80, "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 110), "{text}");
}

#[tokio::test]
async fn a_message_that_the_server_lost_is_missed() {
    let failure = failure_after(|mailbox| {
        let (inbox, item, _) = first_message(mailbox);
        mailbox.delete_item(inbox, item).unwrap();
    })
    .await;
    assert_eq!(failure, "Comparison: expected the message of Inbox/01-welcome-aboard.eml, found none");
}

#[tokio::test]
async fn a_message_that_the_server_changed_by_a_byte_is_missed() {
    let failure = failure_after(|mailbox| {
        let (inbox, item, mut content) = first_message(mailbox);
        if let Content::Email(email) = &mut content {
            let last = email.raw.iter().rposition(u8::is_ascii_lowercase).unwrap();
            email.raw[last] ^= 1;
        }
        mailbox.update_item(inbox, item, &content).unwrap();
    })
    .await;
    assert_eq!(failure, "Comparison: expected the message of Inbox/01-welcome-aboard.eml, found none");
}

#[tokio::test]
async fn an_item_that_is_in_no_file_is_one_too_many() {
    let failure = failure_after(|mailbox| {
        let (inbox, _, content) = first_message(mailbox);
        mailbox.create_item(inbox, &content).unwrap();
    })
    .await;
    assert!(failure.starts_with("Comparison: expected the number of items"), "{failure}");
}

#[test]
fn the_program_exits_with_success_even_where_the_environment_names_a_proxy() {
    let output = program(&[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.trim_end().lines().next_back().unwrap().starts_with("All of it worked: "), "{text}");
    assert!(!text.contains('\x1b'), "no colours where there is no terminal");
}

#[test]
fn the_program_names_the_step_that_failed_and_exits_with_1() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = program(&["--listen", &address]);
    assert_eq!(output.status.code(), Some(1));
    let fault = String::from_utf8(output.stderr).unwrap();
    let expected = format!("FAILED in step Server: expected to listen on {address}, found an error: ");
    assert!(fault.trim_start().starts_with(&expected), "{fault}");
}

#[test]
fn a_directory_in_which_there_is_something_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("thesis.txt"), "").unwrap();
    let output = program(&["--keep", directory.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("an empty directory"));
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}

/// Adds the account as the words on the screen say, and stops the server as a service manager would.
#[cfg(unix)]
#[tokio::test]
async fn a_server_is_left_for_others_until_it_is_told_to_stop() {
    let mut server = Command::new(env!("CARGO_BIN_EXE_activesync"))
        .arg("--serve")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(server.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut told = Vec::new();
    for line in lines {
        let is_last = line.ends_with("Ctrl-C ends it.");
        told.push(line);
        if is_last {
            break;
        }
    }
    let told = told.join("\n");
    let after = |mark: &str| told.split(mark).nth(1).unwrap().split([' ', '\n']).next().unwrap().to_owned();
    let client = activesync_client::Client::builder(after("--url "))
        .login(after("user and e-mail ").trim_end_matches(','), after("password "))
        .connect()
        .await
        .unwrap();
    assert!(client.folders().await.unwrap().find("Projects/Harbour").is_ok());
    let data = after("Data in ").trim_end_matches('.').to_owned();
    assert!(Path::new(&data).is_dir());

    assert!(Command::new("kill").arg(server.id().to_string()).status().unwrap().success());
    assert!(server.wait().unwrap().success());
    assert!(!Path::new(&data).exists(), "what is temporary is gone");
}

// Linux has a file to which nothing can be written.
#[cfg(target_os = "linux")]
#[test]
fn what_is_told_to_nobody_is_no_success_unless_nobody_wants_to_hear_it() {
    for arguments in [&[][..], &["--help"], &["--serve"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = writing_to(full.into(), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let fault = String::from_utf8(output.stderr).unwrap();
        assert!(
            arguments == ["--help"] || fault.contains("FAILED in step Report: "),
            "{arguments:?}: {fault}"
        );
    }
    for arguments in [&[][..], &["--help"]] {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        assert_eq!(writing_to(writer.into(), arguments).status.code(), Some(0), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
fn writing_to(out: Stdio, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_activesync"));
    let child = command.args(arguments).stdout(out).stderr(Stdio::piped()).spawn().unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_wrong_command_line_is_2() {
    assert_eq!(program(&["--severe"]).status.code(), Some(2));
}

/// What the tour says after the server's mailbox was changed behind its back.
async fn failure_after(change: impl FnOnce(&mut dyn Mailbox)) -> String {
    let mut report = Report::plain(io::sink());
    let stage = Stage::set_up(&Place::default(), &mut report).unwrap();
    let mut mailbox = stage.store().open(&stage.ada().id).unwrap();
    change(&mut *mailbox);
    mailbox.commit().unwrap();
    let failure = walk(&stage, &mut report).await.unwrap_err().to_string();
    stage.close().await.unwrap();
    failure
}

fn first_message(mailbox: &dyn Mailbox) -> (FolderId, activesync_server::backend::ItemId, Content) {
    let folders = mailbox.folders().unwrap();
    let inbox = folders.iter().find(|folder| folder.name == "Inbox").unwrap().id;
    for change in mailbox.changes(inbox, Revision(0), usize::MAX).unwrap() {
        let item = mailbox.item(inbox, change.item).unwrap().unwrap();
        if let Content::Email(email) = &item.content
            && email.raw == sample_file("Inbox/01-welcome-aboard.eml")
        {
            return (inbox, item.id, item.content);
        }
    }
    panic!("the message is not there");
}

fn program(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_activesync"))
        .args(arguments)
        // A port at which nobody listens.
        .envs(["HTTP_PROXY", "http_proxy", "ALL_PROXY"].map(|name| (name, "http://127.0.0.1:9")))
        .output()
        .unwrap()
}

fn sample_file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sample-mailbox").join(name)).unwrap()
}

/// The sample files with an extension.
fn sample(extension: &str) -> impl Iterator<Item = Vec<u8>> {
    let mut files = Vec::new();
    let mut directories = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sample-mailbox")];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                files.push(std::fs::read(&path).unwrap());
            }
        }
    }
    files.into_iter()
}

/// What a report wrote.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
