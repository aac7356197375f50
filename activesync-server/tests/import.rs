//! `activesync-server import`, as its users call it: what it names, and what it leaves with.

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A data directory with a user, and files to import.
struct Case(TempDir);

impl Case {
    fn new(files: &[(&str, &str)]) -> Self {
        let case = Self(TempDir::new().unwrap());
        let mut adding =
            case.command(&["user", "add", "--password-stdin", "ada"]).stdin(Stdio::piped()).spawn().unwrap();
        adding.stdin.take().unwrap().write_all(b"open sesame\n").unwrap();
        assert!(adding.wait().unwrap().success());
        for (name, text) in files {
            let path = case.0.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        case
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_activesync-server"));
        command.args(arguments).current_dir(self.0.path()).env("ACTIVESYNC_DATA", "data");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The exit status, the lines on standard error and the report.
    fn import(&self, paths: &[&str]) -> (Option<i32>, Vec<String>, String) {
        let Output { status, stdout, stderr } =
            self.command(&[&["import", "--user", "ada"], paths].concat()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status.code(), text(stderr).lines().map(str::to_owned).collect(), text(stdout).trim().to_owned())
    }
}

#[test]
fn one_mail_of_a_maildir_is_imported() {
    let case = Case::new(&[("Maildir/cur/1:2,S", "From: a@example.org\n\nHello\n")]);
    let (status, said, report) = case.import(&["Maildir/cur/1:2,S"]);
    assert_eq!((status, said), (Some(0), vec![]));
    assert!(report.starts_with("1 messages,"), "{report}");
}
