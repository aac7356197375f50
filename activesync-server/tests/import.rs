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

fn calendar(lines: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nSUMMARY:Tea\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n"
    )
}

#[test]
fn what_is_lost_is_named_and_counted_and_no_failure() {
    let case = Case::new(&[
        (
            "tea.ics",
            &calendar(
                "DTSTART:20240301T100000\nDTEND:20240301T090000\nRRULE:FREQ=WEEKLY;BYDAY=XX;UNTIL=soon\nEXDATE:never",
            ),
        ),
        ("ada.vcf", "BEGIN:VCARD\nVERSION:4.0\nFN:Ada\nBDAY:1980-02-30\nEND:VCARD\n"),
    ]);
    let (status, said, report) = case.import(&["tea.ics", "ada.vcf"]);
    assert_eq!(
        said,
        [
            "tea.ics:6: \"Tea\": DTSTART: a time that names no zone, taken for one in UTC",
            "tea.ics:7: \"Tea\": DTEND: expected an end that is not before DTSTART, found \"20240301T090000\"; imported without it",
            "tea.ics:8: \"Tea\": RRULE: expected days of the week such as MO or -1FR, found \"BYDAY=XX\"; imported without it",
            "tea.ics:9: \"Tea\": EXDATE: expected a day or time such as 20240301T100000Z, found \"never\"; imported without it",
            "ada.vcf:4: \"Ada\": BDAY: expected a date such as 1815-12-10, found \"1980-02-30\"; imported without it",
        ]
    );
    assert_eq!(
        report,
        "0 messages, 1 contact and 1 event imported; there before: 0, duplicates: 0, not readable: 0, losses: 5"
    );
    assert_eq!(status, Some(0));
}

#[test]
fn what_is_refused_is_a_failure() {
    let case = Case::new(&[
        ("mars.ics", &calendar("DTSTART;TZID=Mars/Olympus:20240301T100000")),
        ("data.eml", "{\"subject\": 1}\n"),
        ("good.eml", "Subject: good\n\n"),
    ]);
    let (status, said, report) = case.import(&["mars.ics", "data.eml", "good.eml"]);
    assert_eq!(
        said,
        [
            "mars.ics:6: \"Tea\": the event is not imported: DTSTART: the time zone \"Mars/Olympus\" is not known, and not \
             defined in the file so that it can be read",
            "data.eml:1: expected a message, which has header fields such as From, Date or Subject, found \
             \"{\\\"subject\\\": 1}\"",
        ]
    );
    assert_eq!(
        report,
        "1 message, 0 contacts and 0 events imported; there before: 0, duplicates: 0, not readable: 2, losses: 0"
    );
    assert_eq!(status, Some(1));
    for one in ["mars.ics", "data.eml"] {
        assert_eq!(case.import(&[one]).0, Some(1), "{one}");
    }
}

#[test]
fn one_mail_of_a_maildir_is_imported() {
    let case = Case::new(&[("Maildir/cur/1:2,S", "From: a@example.org\n\nHello\n")]);
    let (status, said, report) = case.import(&["Maildir/cur/1:2,S"]);
    assert_eq!((status, said), (Some(0), vec![]));
    assert!(report.starts_with("1 message,"), "{report}");
}

#[test]
fn the_help_tells_the_exit_status() {
    let case = Case::new(&[]);
    let help = case.command(&["import", "--help"]).output().unwrap().stdout;
    let help = String::from_utf8(help).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("makes exit status 1") && help.contains("leaves the exit status at 0"), "{help}");
}

/// A limit on the size of files is the nearest to a full disk that a test can have.
#[cfg(unix)]
#[test]
fn a_disk_that_is_full_leaves_a_tally_and_the_name_of_a_file() {
    use std::fmt::Write;

    let mut noise = 1_u64;
    let mut mbox = String::new();
    for number in 0..600 {
        let _ = write!(mbox, "From a Sat Jan  3 01:05:34 1996\nSubject: {number}\n\n");
        for _ in 0..600 {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let _ = writeln!(mbox, "{noise:016x}");
        }
        mbox.push('\n');
    }
    let case = Case::new(&[("mail.mbox", &mbox)]);
    // What a write beyond the limit sends would end the program otherwise.
    let limited = "trap '' XFSZ; ulimit -f 5000; exec \"$0\" import --user ada mail.mbox";
    let program = env!("CARGO_BIN_EXE_activesync-server");
    let mut shell = Command::new("sh");
    shell.args(["-c", limited, program]).current_dir(case.0.path()).env("ACTIVESYNC_DATA", "data");
    let output = shell.output().unwrap();
    let (said, report) = (String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("mail.mbox: the import stopped"), "{said}");
    let imported: u32 = report.split(' ').next().unwrap().parse().unwrap();
    assert!(imported > 0 && imported < 600, "{report}");
    let (status, _, again) = case.import(&["mail.mbox"]);
    assert!(again.contains(&format!("there before: {imported},")), "{again}");
    assert!(again.starts_with(&format!("{} messages", 600 - imported)), "{again}");
    assert_eq!(status, Some(0));
}

/// Else no device could change it, since what it sends is held against the same limits.
#[test]
fn what_a_device_may_not_send_is_not_imported_either() {
    let often = "DTSTART:20310101T100000Z\nRRULE:FREQ=DAILY;INTERVAL=5000;COUNT=10";
    let case = Case::new(&[("often.ics", &calendar(often))]);
    let (status, said, report) = case.import(&["often.ics"]);
    assert_eq!(status, Some(1));
    assert!(said[0].contains("Interval: expected 0 to 999, found 5000"), "{said:?}");
    assert!(report.starts_with("0 messages, 0 contacts and 0 events imported"), "{report}");
}

#[test]
fn no_mail_of_a_directory_is_passed_over_without_a_word() {
    let mail = "From: a@example.org\nSubject: s\n\nx\n";
    let case = Case::new(&[
        ("M/cur/1:2,S", mail),
        ("M/loose.eml", mail),
        ("M/.half/new/1", mail),
        ("M/dovecot-uidlist", "3 V1\n"),
    ]);
    let (_, said, report) = case.import(&["M"]);
    let said = said.join("\n");
    assert!(said.contains("loose.eml") && said.contains(".half"), "{said}");
    assert!(!said.contains("dovecot"), "{said}");
    assert!(report.starts_with("1 message,"), "{report}");
}

#[test]
fn a_name_made_for_terminals_does_not_reach_one() {
    let case = Case::new(&[("esc\u{1B}[31m.eml", "no mail\n")]);
    let (status, said, _) = case.import(&["esc\u{1B}[31m.eml"]);
    assert_eq!(status, Some(1));
    assert!(said[0].starts_with("esc\u{FFFD}[31m.eml:1: "), "{said:?}");
}
