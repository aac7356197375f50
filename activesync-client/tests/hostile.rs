//! The program, against a server whose names and numbers are none that a good one would send.
#![cfg(feature = "cli")]

mod support;

use std::fs;
use std::process::Output;
use std::sync::{Arc, Mutex};

use activesync_client::types::folder_hierarchy::{Changes, Folder, FolderSyncResponse, FolderType};
use activesync_client::types::{FolderSync, ServerId};
use support::mailbox::Mailbox;
use support::{Fake, PASSWORD, Reply, USER};
use tokio::process::Command;

/// What an answer could do to a terminal: set its title, clear it, begin a line, turn the direction of writing.
const EVIL: &str = "\x1b]0;pwn\x07\x1b[2J\r\nerror: \u{202e}gnp.exe\u{9b}";

struct World {
    fake: Fake,
    mailbox: Arc<Mutex<Mailbox>>,
    directory: tempfile::TempDir,
}

impl World {
    /// Folders of these names with a message each; in one another, or side by side.
    async fn with(names: Vec<String>, nested: bool) -> Self {
        let mut mailbox = Mailbox::default();
        for name in &names {
            let folder = mailbox.add_folder(name, FolderType::UserMail);
            mailbox.put(&folder, "hello");
        }
        let mailbox = Arc::new(Mutex::new(mailbox));
        let shared = Arc::clone(&mailbox);
        let fake = Fake::start("16.1", move |seen| {
            if seen.command != "FolderSync" {
                return shared.lock().unwrap().answer(seen);
            }
            let folder = |(index, name): (usize, &String)| {
                let parent = if nested { ServerId::from(index.to_string()) } else { ServerId::ROOT };
                Folder::new((index + 1).to_string(), parent, name.clone(), FolderType::UserMail)
            };
            let first = seen.request::<FolderSync>().sync_key.is_initial();
            let adds = if first { names.iter().enumerate().map(folder).collect() } else { Vec::new() };
            Reply::to::<FolderSync>(seen, &FolderSyncResponse::new("1", Changes::new(vec![], vec![], adds)))
        })
        .await;
        Self { fake, mailbox, directory: tempfile::tempdir().unwrap() }
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_activesync-client"));
        command
            .args(["--url", &self.fake.url(), "--user", USER, "--password-env", "MAIL_PASSWORD"])
            .args(["--retry-pause", "0", "--state", "state"])
            .args(arguments)
            .env("MAIL_PASSWORD", PASSWORD)
            .current_dir(self.directory.path())
            .kill_on_drop(true);
        command.output().await.unwrap()
    }

    /// How many messages there are below a directory.
    fn messages(&self, out: &str) -> usize {
        let mut directories = vec![self.directory.path().join(out)];
        let mut messages = 0;
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    directories.push(path);
                } else if path.extension().is_some_and(|extension| extension == "eml") {
                    messages += 1;
                }
            }
        }
        messages
    }
}

fn texts(output: &Output) -> [&str; 2] {
    [&output.stdout, &output.stderr].map(|bytes| std::str::from_utf8(bytes).unwrap())
}

#[tokio::test]
async fn folders_that_nest_beyond_the_longest_path_are_all_written() {
    let names: Vec<String> = (0..150).map(|n| format!("{n:060}")).collect();
    let world = World::with(names, true).await;
    for (new, total) in [("150 new", 150), ("1 new", 151)] {
        let output = world.run(&["sync", "--out", "mail"]).await;
        let [said, fault] = texts(&output);
        assert!(output.status.success() && said.starts_with(new), "{said}{fault}");
        assert_eq!(world.messages("mail"), total);
        world.mailbox.lock().unwrap().put("150", "one more in the innermost");
    }

    let output = world.run(&["sync", "Nope", "--out", "mail"]).await;
    let [_, fault] = texts(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(fault.ends_with(" and 140 more; `activesync-client folders` lists them all\n"), "{fault}");
    assert!(fault.len() < 1_000, "{fault}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_does_not_hold_up_the_others() {
    let long = "b".repeat(300);
    let world = World::with(vec!["a".into(), long, "c".into()], false).await;
    fs::create_dir(world.directory.path().join("mail")).unwrap();
    // What is in the way of both names that the folder's directory could have.
    for taken in ["b".repeat(60), format!("{} (2)", "b".repeat(60))] {
        fs::write(world.directory.path().join("mail").join(taken), "mine").unwrap();
    }
    let output = world.run(&["sync", "--out", "mail"]).await;
    let [said, fault] = texts(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.starts_with("2 new, 0 changed, 0 deleted; "), "{said}");
    let lines: Vec<&str> = fault.lines().collect();
    assert!(lines[0].starts_with(&format!("not written: folder {}…", "b".repeat(20))), "{fault}");
    assert!(lines[0].contains("files of others") && lines[0].len() < 400, "{fault}");
    assert_eq!(lines[1..], ["error: 1 of the folders could not be written; the others were"]);
    assert_eq!(world.messages("mail"), 2);

    // Of one that is not written, changes would be told of again and again.
    let output = world.run(&["watch", &"b".repeat(300)]).await;
    let [said, fault] = texts(&output);
    assert_eq!((output.status.code(), said), (Some(1), ""), "{fault}");
    assert!(fault.ends_with("error: there is no folder to wait for whose files can be written\n"), "{fault}");
}

#[tokio::test]
async fn what_a_server_calls_things_does_nothing_to_a_terminal() {
    let world = World::with(vec![EVIL.into()], false).await;
    let shown = r"\u{1b}]0;pwn\u{7}\u{1b}[2J\r\nerror: \u{202e}gnp.exe\u{9b}";
    for (arguments, status) in [
        (&["folders"][..], 0),
        (&["estimate"], 0),
        (&["sync", "Nope", "--out", "mail"], 1),
        (&["sync", "--out", "mail"], 1),
    ] {
        if arguments == ["sync", "--out", "mail"] {
            fs::create_dir(world.directory.path().join("mail")).unwrap();
            let safe = EVIL.replace(|c: char| c.is_control() || c == ':', "_");
            for taken in [format!("{safe} (1)"), safe] {
                fs::write(world.directory.path().join("mail").join(taken), "mine").unwrap();
            }
        }
        let output = world.run(arguments).await;
        let all = texts(&output).concat();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {all:?}");
        assert!(all.contains(shown), "{arguments:?}: {all:?}");
        let obeyed = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!all.contains(obeyed), "{arguments:?}: {all:?}");
        assert!(!all.lines().any(|line| line.starts_with("error: \u{202e}")), "{arguments:?}: {all:?}");
    }
}
