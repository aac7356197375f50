use std::fs;

use activesync_types::folder_hierarchy::FolderType;
use tempfile::TempDir;

use super::*;
use crate::backend::Snapshot;
use crate::store::{NewUser, Store};

/// Files to import, a mailbox to import them into, and what was reported.
struct Case {
    directory: TempDir,
    store: Store,
    user: UserId,
    faults: Vec<String>,
    lost: Vec<String>,
    skipped: Vec<String>,
    done: Vec<(u64, u64)>,
    found: (usize, u64),
}

impl Case {
    fn new(files: &[(&str, impl AsRef<[u8]>)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = directory.path().join("files").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let store = Store::open(directory.path().join("data")).unwrap();
        let user = store.add_user(&NewUser::named("ada@example.org"), "").unwrap();
        Self {
            directory,
            store,
            user,
            faults: vec![],
            lost: vec![],
            skipped: vec![],
            done: vec![],
            found: (0, 0),
        }
    }

    /// Imports paths, of which the empty one is the directory with all the files.
    fn import(&mut self, paths: &[&str]) -> Report {
        let files = self.directory.path().join("files");
        let importer = Importer::new(&self.store, &self.user);
        let relative = |path: &Path| path.strip_prefix(&files).unwrap_or(path).display().to_string();
        let told = |fault: &Fault| {
            let line = fault.line.map(|line| format!(":{line}")).unwrap_or_default();
            format!("{}{line}: {}", relative(&fault.path), fault.reason)
        };
        let (faults, lost, skipped) = (&mut self.faults, &mut self.lost, &mut self.skipped);
        let (done, found) = (&mut self.done, &mut self.found);
        let paths = paths.iter().map(|path| if path.is_empty() { files.clone() } else { files.join(path) });
        importer
            .run(paths, &mut |progress| match progress {
                Progress::Found { files, bytes } => *found = (files, bytes),
                Progress::Done { bytes, items } => done.push((bytes, items)),
                Progress::Fault(fault) => faults.push(told(fault)),
                Progress::Lost(loss) => lost.push(told(loss)),
                Progress::Skipped { path } => skipped.push(relative(path)),
            })
            .unwrap()
    }

    fn mailbox(&self) -> Box<dyn Snapshot + '_> {
        self.store.snapshot(&self.user).unwrap()
    }

    /// All items as `folder/folder: what`, in the order in which they came.
    fn items(&self) -> Vec<String> {
        let mailbox = self.mailbox();
        let folders = mailbox.folders().unwrap();
        let mut all = Vec::new();
        for folder in &folders {
            let mut path = folder.name.clone();
            let mut parent = folder.parent;
            while let Some(above) = folders.iter().find(|above| Some(above.id) == parent) {
                path = format!("{}/{path}", above.name);
                parent = above.parent;
            }
            for change in mailbox.changes(folder.id, crate::backend::Revision(0), 1000).unwrap() {
                let content = mailbox.item(folder.id, change.item).unwrap().unwrap().content;
                all.push((change.revision, format!("{path}: {}", describe(&content))));
            }
        }
        all.sort();
        all.into_iter().map(|(_, item)| item).collect()
    }
}

fn describe(content: &Content) -> String {
    match content {
        Content::Email(email) => {
            let text = String::from_utf8_lossy(&email.raw);
            let subject = text.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap_or_default();
            let mut marks = String::new();
            let all =
                [("draft", email.draft), ("read", email.marks.read), ("flagged", email.marks.flag.is_some())];
            for (mark, _) in all.into_iter().filter(|(_, is_set)| *is_set) {
                marks += " ";
                marks += mark;
            }
            format!("{subject}{marks}")
        }
        Content::Contact(contact) => contact.file_as.as_deref().unwrap_or_default().to_owned(),
        Content::Event(event) => event.subject.as_deref().unwrap_or_default().to_owned(),
    }
}

const CARD: &str = "BEGIN:VCARD\r\nVERSION:4.0\r\nN:Hopper;Grace;;;\r\nFN:Grace Hopper\r\nEND:VCARD\r\n";

const EVENT: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1@example.org\r\nSUMMARY:Launch\r\n\
    DTSTART:20240301T100000Z\r\nDTEND:20240301T110000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[test]
fn files_go_where_their_kind_belongs() {
    let mut case = Case::new(&[
        ("hello.eml", "Subject: hello\n\nHello\n"),
        ("grace.vcf", CARD),
        ("launch.ics", EVENT),
        (
            "old",
            "From a Sat Jan  3 01:05:34 1996\nSubject: first\nStatus: RO\n\nx\n\nFrom b Sat Jan  3 01:05:34 1996\nSubject: second\n\ny\n",
        ),
    ]);
    let report = case.import(&["hello.eml", "grace.vcf", "launch.ics", "old"]);
    assert_eq!(
        (report.mails, report.contacts, report.events, report.faults),
        (3, 1, 1, 0),
        "{:?}",
        case.faults
    );
    assert_eq!(
        case.items(),
        ["Inbox: hello", "Contacts: Hopper, Grace", "Calendar: Launch", "Inbox: first read", "Inbox: second"]
    );
    assert_eq!(case.found.0, 4);
    assert_eq!(case.done.last(), Some(&(case.found.1, 5)), "everything was read in the end");
    assert!(case.lost.is_empty());
}

#[test]
fn directories_are_folders() {
    let mail = |subject: &str| format!("Subject: {subject}\n\n");
    let texts: Vec<String> = ["a", "b", "c", "d", "e", "f"].map(mail).to_vec();
    let mut case = Case::new(&[
        ("top.eml", &*texts[0]),
        ("INBOX/in.eml", &*texts[1]),
        ("Sent Items/out.eml", &*texts[2]),
        ("Entwürfe/draft.eml", &*texts[3]),
        ("Work/Harbour/deep.eml", &*texts[4]),
        ("Work/both.eml", &*texts[5]),
        ("Work/grace.vcf", CARD),
        ("Kontakte/grace.vcf", CARD),
        ("Calendar/Team/launch.ics", EVENT),
        ("README.md", "# Nothing to import"),
        (".hidden/x.eml", &*texts[0]),
    ]);
    let report = case.import(&[""]);
    assert_eq!(report.faults, 0, "{:?}", case.faults);
    assert_eq!((report.skipped, &case.skipped[..]), (2, &[".hidden", "README.md"].map(str::to_owned)[..]));
    let mut items = case.items();
    items.sort();
    assert_eq!(
        items,
        [
            "Calendar/Team: Launch",
            "Contacts: Hopper, Grace",
            "Drafts: d draft read",
            "Inbox: a",
            "Inbox: b",
            "Sent Items: c read",
            "Work (Contacts): Hopper, Grace",
            "Work/Harbour: e",
            "Work: f",
        ]
    );
    let folders = case.mailbox().folders().unwrap();
    let kind = |name: &str| folders.iter().find(|folder| folder.name == name).unwrap().kind;
    assert_eq!(kind("Harbour"), FolderType::UserMail);
    assert_eq!(kind("Work (Contacts)"), FolderType::UserContacts);
    assert_eq!(kind("Team"), FolderType::UserCalendar);
}

#[test]
fn a_maildir_keeps_its_marks_and_folders() {
    let mut case = Case::new(&[
        ("Maildir/cur/1.host:2,FS", "Subject: seen\n\n"),
        ("Maildir/new/2.host", "Subject: new\n\n"),
        ("Maildir/tmp/3.host", "Subject: not delivered yet\n\n"),
        ("Maildir/dovecot.index", "no mail"),
        ("Maildir/.Sent/cur/4.host:2,S", "Subject: sent\n\n"),
        ("Maildir/.Work.R&AOQ-d/cur/5.host:2,", "Subject: deep\n\n"),
        ("Maildir/.Work.R&AOQ-d/new/6.host", "Subject: deep and new\n\n"),
    ]);
    let report = case.import(&["Maildir"]);
    assert_eq!((report.mails, report.faults), (5, 0), "{:?}", case.faults);
    let mut items = case.items();
    items.sort();
    assert_eq!(
        items,
        [
            "Inbox: new",
            "Inbox: seen read flagged",
            "Sent Items: sent read",
            "Work/Räd: deep",
            "Work/Räd: deep and new"
        ]
    );
}

#[test]
fn a_maildir_of_which_new_was_not_copied_is_one() {
    let mut case = Case::new(&[
        ("Maildir/cur/1.host:2,S", "Subject: seen\n\n"),
        ("Maildir/.Sent/cur/2.host:2,S", "Subject: sent\n\n"),
    ]);
    let report = case.import(&["Maildir"]);
    assert_eq!((report.mails, report.faults, report.skipped), (2, 0, 0), "{:?}", case.faults);
    assert_eq!(case.items(), ["Sent Items: sent read", "Inbox: seen read"]);
}

#[test]
fn names_of_directories_become_names_that_devices_can_take() {
    let mail = "Subject: a\n\n";
    // The second is a NUL in the UTF-7 of IMAP.
    let mut case = Case::new(&[("Be\u{7}ll/a.eml", mail), (".N&AAA-l/cur/1", mail)]);
    case.import(&[""]);
    assert_eq!(case.items(), ["N\u{FFFD}l: a", "Be\u{FFFD}ll: a"]);
}

#[cfg(unix)]
#[test]
fn a_directory_is_walked_once_whatever_links_lead_to_it() {
    let mut case = Case::new(&[("Work/Harbour/a.eml", "Subject: a\n\n"), ("b.eml", "Subject: b\n\n")]);
    let files = case.directory.path().join("files");
    let elsewhere = case.directory.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("c.eml"), "Subject: c\n\n").unwrap();
    let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, files.join(name)).unwrap();
    // In a circle, to what has a name of its own, and twice to what has none.
    link(&files, "Work/Harbour/Again");
    link(&files.join("Work/Harbour"), "Another");
    link(&elsewhere, "Linked");
    link(&elsewhere, "Work/Linked as well");
    let report = case.import(&[""]);
    assert_eq!((report.mails, report.known, report.faults), (3, 0, 0), "{:?}", case.faults);
    assert_eq!(case.items(), ["Work/Harbour: a", "Inbox: b", "Linked: c"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_no_file() {
    let mut case = Case::new(&[("a.eml", "Subject: a\n\n"), ("Maildir/cur/1", "Subject: b\n\n")]);
    for name in ["pipe.eml", "Maildir/cur/pipe", "../given.eml"] {
        let path = case.directory.path().join("files").join(name);
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        // For who opens it all the same there is a mail in it; nobody does, and so this waits until the test is over.
        std::thread::spawn(move || fs::write(path, "Subject: from a pipe\n\n"));
    }
    let report = case.import(&["", "../given.eml", "/dev/null"]);
    assert_eq!((report.mails, report.faults, report.skipped), (2, 2, 2), "{:?}", case.items());
    assert_eq!(case.skipped, ["Maildir/cur/pipe", "pipe.eml"]);
    for (fault, name) in case.faults.iter().zip(["../given.eml", "/dev/null"]) {
        assert_eq!(
            fault,
            &format!("{name}: expected a file or a directory, found a pipe, a device or the like")
        );
    }
}

#[test]
fn a_card_without_its_end_costs_no_other() {
    let unfinished = CARD.replace("END:VCARD\r\n", "").replace("Grace", "Nobody");
    let cards = format!("{CARD}{unfinished}{}{unfinished}", CARD.replace("Grace", "Ada"));
    let mut case = Case::new(&[("a.vcf", &cards)]);
    let report = case.import(&["a.vcf"]);
    assert_eq!((report.contacts, report.faults), (2, 2));
    assert_eq!(case.faults, ["a.vcf:6: BEGIN:VCARD has no END:VCARD (2 times in this file, first here)"]);
    assert_eq!(case.items(), ["Contacts: Hopper, Grace", "Contacts: Hopper, Ada"]);
}

#[test]
fn an_event_that_cannot_be_read_costs_no_other() {
    let event =
        |uid: &str, more: &str| format!("BEGIN:VEVENT\r\nUID:{uid}\r\nSUMMARY:{uid}\r\n{more}END:VEVENT\r\n");
    let at = "DTSTART:20240301T100000Z\r\n";
    let calendar = [
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n",
        // Line 3.
        &event("unfinished", at).replace("END:VEVENT\r\n", ""),
        // Line 7.
        &event("first", at),
        // Line 12.
        &event("never", ""),
        // Line 16.
        &event("some time", "DTSTART:next week\r\n"),
        // Line 21; the END is in line 25.
        &event("crooked", &format!("{at}END:VALARM\r\n")),
        // Line 27.
        &event("alarm", &format!("BEGIN:VALARM\r\nUID:x\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n{at}")),
        "BEGIN:VTODO\r\nSUMMARY:tea\r\nEND:VTODO\r\n",
        // Line 39.
        "X-NOTE:a\r\n b\r\nrubbish\r\n",
        &event("last", at),
        "END:VCALENDAR\r\n",
    ];
    let mut case = Case::new(&[("a.ics", &calendar.concat())]);
    let report = case.import(&["a.ics"]);
    assert_eq!((report.events, report.faults), (3, 5), "{:?}", case.faults);
    assert_eq!(
        case.faults,
        [
            "a.ics:3: BEGIN:VEVENT has no END:VEVENT",
            "a.ics:25: expected END:VEVENT, found \"END:VALARM\"",
            "a.ics:41: expected a property of the calendar or BEGIN:VEVENT, found \"rubbish\"",
            "a.ics:12: \"never\": the event is not imported: DTSTART: there is none",
            "a.ics:19: \"some time\": the event is not imported: DTSTART: expected a day or time such as \
             20240301T100000Z, found \"next week\"",
        ]
    );
    assert_eq!(case.lost, ["a.ics:36: not imported: 1 VTODO, of which the first begins here"]);
    assert_eq!(case.items(), ["Calendar: first", "Calendar: alarm", "Calendar: last"]);
}

#[test]
fn a_series_is_one_event_with_its_zone_wherever_its_parts_are() {
    let zone = "BEGIN:VTIMEZONE\r\nTZID:Our own zone\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n\
        TZOFFSETFROM:+0300\r\nTZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
    // The identifier and the name of the zone are folded.
    let part = |more: &str| {
        format!(
            "BEGIN:VEVENT\r\nUID:the-ser\r\n ies@example.org\r\nSUMMARY:x\r\nDTSTART;TZID=Our o\r\n wn zone:{more}END:VEVENT\r\n"
        )
    };
    let series = part("20240301T100000\r\nRRULE:FREQ=DAILY;COUNT=5\r\n");
    let changed = part("20240302T120000\r\nRECURRENCE-ID:20240302T070000Z\r\n");
    let unreadable = part("noon\r\nRECURRENCE-ID:20240303T070000Z\r\n");
    let calendar = format!("BEGIN:VCALENDAR\r\n{changed}{EVENT}{series}{unreadable}{zone}END:VCALENDAR\r\n")
        .replacen("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "", 1)
        .replacen("END:VCALENDAR\r\n", "", 1);
    let mut case = Case::new(&[("a.ics", &calendar)]);
    let report = case.import(&["a.ics"]);
    assert_eq!((report.events, report.faults), (2, 1), "{:?}", case.faults);
    assert_eq!(
        case.faults,
        [
            "a.ics:28: \"x\": an occurrence is not imported: DTSTART: expected a day or time such as 20240301T100000Z, \
          found \"noon\""
        ]
    );
    let mailbox = case.mailbox();
    let folder =
        mailbox.folders().unwrap().into_iter().find(|folder| folder.kind == FolderType::Calendar).unwrap().id;
    let first = mailbox.changes(folder, crate::backend::Revision(0), 1).unwrap()[0].item;
    let Content::Event(event) = mailbox.item(folder, first).unwrap().unwrap().content else { panic!() };
    assert_eq!(event.start_time.unwrap().to_string(), "20240301T070000Z");
    let exceptions: Vec<_> = event.exceptions.as_deref().unwrap_or_default().iter().collect();
    assert_eq!(exceptions.len(), 1);
    let start = exceptions[0].start_time.unwrap().value().unwrap();
    assert_eq!(start.to_string(), "20240302T090000Z");
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_goes_on() {
    let cards =
        format!("{CARD}this is no card\r\n{}", CARD.replace("Grace", "Ada").replace("Hopper", "Lovelace"));
    let mut case = Case::new(&[
        ("a.eml", "\n\nno header"),
        ("b.eml", "Subject: good\n\n"),
        ("c.vcf", &cards),
        ("d.ics", "nothing at all"),
        ("e.mbox", "Subject: no separator\n\n"),
        (
            "f.mbox",
            "From a 01:02\nSubject: good too\n\nx\n\nFrom b 01:02\n\nFrom c 01:02\nSubject: the last\n\n",
        ),
        ("g.txt", "some text"),
        ("h.ics", ""),
    ]);
    let report = case.import(&[
        "missing.eml",
        "a.eml",
        "b.eml",
        "c.vcf",
        "d.ics",
        "e.mbox",
        "f.mbox",
        "g.txt",
        "h.ics",
    ]);
    assert_eq!((report.mails, report.contacts), (3, 2), "{:?}", case.faults);
    let places: Vec<&str> = case.faults.iter().map(|fault| fault.split(": ").next().unwrap()).collect();
    assert_eq!(
        places,
        ["missing.eml", "g.txt", "a.eml:3", "c.vcf:6", "d.ics:1", "e.mbox:1", "f.mbox:7", "h.ics:1"]
    );
    assert!(case.faults[1].contains("expected .eml"), "{}", case.faults[1]);
    assert!(case.faults[3].contains("this is no card"), "{}", case.faults[3]);
    assert_eq!(report.faults, case.faults.len() as u64);
    assert_eq!(
        case.items(),
        [
            "Inbox: good",
            "Contacts: Hopper, Grace",
            "Contacts: Lovelace, Ada",
            "Inbox: good too",
            "Inbox: the last"
        ]
    );
}

#[test]
fn what_a_contact_loses_is_named_with_its_line() {
    let card = CARD.replace("END:", "GENDER:F\r\nBDAY:1906-02-30\r\nEND:");
    let mut case = Case::new(&[("grace.vcf", format!("{CARD}{card}"))]);
    let report = case.import(&["grace.vcf"]);
    assert_eq!(
        case.lost,
        [
            "grace.vcf:10: \"Hopper, Grace\": GENDER: there is no place for it; imported without it",
            "grace.vcf:11: \"Hopper, Grace\": BDAY: expected a date such as 1815-12-10, found \"1906-02-30\"; \
             imported without it",
        ]
    );
    assert_eq!((report.contacts, report.duplicates, report.lost, report.faults), (1, 1, 2, 0));
}

/// The lines are those of the file, in spite of the zones and the events in between.
#[test]
fn what_an_event_loses_is_named_with_its_line_wherever_its_parts_are() {
    let event = |more: &str| format!("BEGIN:VEVENT\r\n{more}END:VEVENT\r\n");
    let at = "DTSTART:20240301T100000Z\r\n";
    let calendar = [
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n",
        // Line 3.
        &event(&format!("UID:1\r\n{at}SUMMARY:Tea\r\nRRULE:FREQ=SOMETIMES\r\n")),
        // Line 9.
        &event(&format!("UID:2\r\n{at}DTEND:late\r\nRDATE:20240302T100000Z\r\n")),
        // Line 15.
        &event(
            "UID:1\r\nSUMMARY:Coffee\r\nDTSTART;TZID=Ours:20240302T100000\r\nRECURRENCE-ID:20240302T100000Z\r\nCOMMENT:x\r\n",
        ),
        // Line 22.
        "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n",
        "TZOFFSETFROM:+0300\r\nTZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n",
        // Line 30.
        &event("UID:3\r\nSUMMARY:Where\r\nDTSTART;TZID=Mars/Olympus:20240301T100000\r\nCOMMENT:x\r\n"),
        // Line 36.
        &event("UID:4\r\nSUMMARY:Anywhere\r\nDTSTART:20240301T100000\r\n"),
        "END:VCALENDAR\r\n",
    ];
    let mut case = Case::new(&[("a.ics", calendar.concat())]);
    let report = case.import(&["a.ics"]);
    assert_eq!(
        case.lost,
        [
            "a.ics:7: \"Tea\": RRULE: expected SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY, found \
             \"FREQ=SOMETIMES\"; imported without it",
            "a.ics:20: \"Coffee\": COMMENT: there is no place for it; imported without it",
            "a.ics:12: \"2\": DTEND: expected a day or time such as 20240301T100000Z, found \"late\"; imported without it",
            "a.ics:13: \"2\": RDATE: there is no place for it; imported without it",
            "a.ics:39: \"Anywhere\": DTSTART: a time that names no zone, taken for one in UTC",
        ]
    );
    assert_eq!(
        case.faults,
        [
            "a.ics:33: \"Where\": the event is not imported: DTSTART: the time zone \"Mars/Olympus\" is not known, and not \
          defined in the file so that it can be read"
        ]
    );
    // Of what is no series any more the occurrence is an event.
    assert_eq!((report.events, report.lost, report.faults), (4, 5, 1));
    assert_eq!(case.items(), ["Calendar: Tea", "Calendar: Coffee", "Calendar: ", "Calendar: Anywhere"]);
}

#[test]
fn what_is_no_message_is_not_imported_as_one() {
    let png: &[u8] = b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0:\0";
    let noise: &[u8] = b"\xA7\x03:\x99\n\xFE\n\n";
    let mut case = Case::new(&[
        ("data.eml", &b"{\n  \"subject\": \"x\"\n}\n"[..]),
        ("image.eml", png),
        ("noise.eml", noise),
        ("notes.eml", b"Note: buy milk\nLater: tea\n"),
        ("Maildir/new/1", b"#!/bin/sh\n: nothing\n"),
        ("Maildir/cur/2:2,S", b"Subject: good\n\n"),
        ("all.mbox", b"From a 01:02\nSubject: also good\n\nx\n\nFrom b 01:02\nX-Y: 1\nnothing\n\n"),
        ("with.eml", b"\xEF\xBB\xBF\nFrom a 01:02\nX-Y: 1\nReceived: from a\n\tby b;\nSubject: kind\n\n"),
    ]);
    let report = case.import(&[""]);
    assert_eq!((report.mails, report.faults), (3, 6), "{:?}", case.faults);
    let fields = "expected a message, which begins with header fields such as \"Subject: hello\", found";
    let known = "expected a message, which has header fields such as From, Date or Subject, found";
    assert_eq!(
        case.faults,
        [
            format!("Maildir/new/1:1: {fields} \"#!/bin/sh\""),
            format!("all.mbox:8: {fields} \"nothing\""),
            format!("data.eml:1: {fields} \"{{\""),
            format!("image.eml:1: {fields} \"\u{FFFD}PNG\""),
            format!("noise.eml:1: {fields} \"\u{FFFD}\\u{{3}}:\u{FFFD}\""),
            format!("notes.eml:1: {known} \"Note: buy milk\""),
        ]
    );
    assert_eq!(case.items(), ["Maildir: good read", "Inbox: also good", "Inbox: kind"]);
}

#[test]
fn a_mail_of_a_maildir_can_be_given_by_itself() {
    let mut case = Case::new(&[
        ("Maildir/cur/1.host:2,FS", "Subject: marked\n\n"),
        ("Maildir/new/2.host", "From a 01:02\nSubject: new\n\n"),
        ("elsewhere/3.host:2,S", "Subject: taken out\n\n"),
        ("new/launch.ics", EVENT),
        ("Maildir/cur/4.host:2,", "nothing"),
    ]);
    let paths = ["Maildir/cur/1.host:2,FS", "Maildir/new/2.host", "elsewhere/3.host:2,S", "new/launch.ics"];
    let report = case.import(&[&paths[..], &["Maildir/cur/4.host:2,"]].concat());
    assert_eq!((report.mails, report.events, report.faults), (3, 1, 1), "{:?}", case.faults);
    assert!(case.faults[0].starts_with("Maildir/cur/4.host:2,:1: expected a message"), "{:?}", case.faults);
    assert_eq!(
        case.items(),
        ["Inbox: marked read flagged", "Inbox: new", "Inbox: taken out read", "Calendar: Launch"]
    );
}

#[test]
fn a_second_import_brings_only_what_is_new_or_gone() {
    let mut case = Case::new(&[("a.eml", "Subject: a\n\n"), ("grace.vcf", CARD), ("launch.ics", EVENT)]);
    case.import(&[""]);
    fs::write(case.directory.path().join("files/b.eml"), "Subject: b\n\n").unwrap();
    let report = case.import(&[""]);
    assert_eq!((report.mails, report.contacts, report.events, report.known), (1, 0, 0, 3));
    let mut mailbox = case.store.open(&case.user).unwrap();
    let inbox = mailbox.folders().unwrap()[0].id;
    let first = mailbox.changes(inbox, crate::backend::Revision(0), 1).unwrap()[0].item;
    mailbox.delete_item(inbox, first).unwrap();
    mailbox.commit().unwrap();
    let report = case.import(&[""]);
    assert_eq!((report.mails, report.known), (1, 3));
}

#[test]
fn many_items_go_in_by_the_hundred() {
    let mails: Vec<_> = (0..250).map(|number| format!("From a 01:02\nSubject: {number}\n\n\n")).collect();
    let mbox = mails.concat();
    let mut case = Case::new(&[("all.mbox", &mbox)]);
    let report = case.import(&["all.mbox"]);
    assert_eq!(report.mails, 250);
    let items: Vec<u64> = case.done.iter().map(|(_, items)| *items).collect();
    assert_eq!(items, [100, 200, 250]);
    assert!(case.done.is_sorted());
    assert_eq!(case.items()[249], "Inbox: 249");
}

#[test]
fn a_fault_reads_like_those_of_a_compiler() {
    let fault = Fault { path: "a/b.vcf".into(), line: Some(7), reason: "no card".into() };
    assert_eq!(fault.to_string(), "a/b.vcf:7: no card");
    assert_eq!(Fault { line: None, ..fault }.to_string(), "a/b.vcf: no card");
}

#[test]
fn what_is_wrong_a_thousand_times_is_told_once_a_file() {
    let unclosed = "BEGIN:VCALENDAR\n".to_owned() + &"BEGIN:VEVENT\nSUMMARY:x\n".repeat(20_000);
    let mut case = Case::new(&[("a.ics", &unclosed), ("b.ics", &unclosed)]);
    let report = case.import(&["a.ics", "b.ics"]);
    assert_eq!(report.faults, 40_000, "all are counted");
    let told = "ics:2: BEGIN:VEVENT has no END:VEVENT (20000 times in this file, first here)";
    assert_eq!(case.faults, [format!("a.{told}"), format!("b.{told}")]);
}

#[test]
fn what_is_in_the_files_more_than_once_was_not_there_before() {
    let mbox = "From a Sat Jan  3 01:05:34 1996\nSubject: same\n\nx\n\n".repeat(3);
    let mut case = Case::new(&[("mail.mbox", &mbox)]);
    let first = case.import(&["mail.mbox"]);
    assert_eq!((first.mails, first.known, first.duplicates), (1, 0, 2));
    assert_eq!(case.done.last(), Some(&(case.found.1, 3)));
    let again = case.import(&["mail.mbox"]);
    assert_eq!((again.mails, again.known, again.duplicates), (0, 1, 2));
}

#[test]
fn cards_may_be_in_utf_16() {
    let little = |text: &str| {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [0xFF, 0xFE].into_iter().chain(units).collect::<Vec<u8>>()
    };
    let big = |text: &str| {
        let units = text.encode_utf16().flat_map(u16::to_be_bytes);
        [0xFE, 0xFF].into_iter().chain(units).collect::<Vec<u8>>()
    };
    let event = EVENT.replace("Launch", "Stapellauf für Ä");
    // The name says it, or the beginning.
    let mut case = Case::new(&[("grace.vcf", little(CARD)), ("launch", big(&event))]);
    let report = case.import(&["grace.vcf", "launch"]);
    assert_eq!((report.contacts, report.events, report.faults), (1, 1, 0), "{:?}", case.faults);
    assert_eq!(case.items(), ["Contacts: Hopper, Grace", "Calendar: Stapellauf für Ä"]);
}

#[test]
fn a_mailbox_that_is_full_stops_the_import_at_a_file_with_what_was_done() {
    let directory = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for number in 0..250 {
        let path = directory.path().join(format!("{number:03}.eml"));
        fs::write(&path, format!("Subject: {number}\n\n")).unwrap();
        paths.push(path);
    }
    let (memory, user) = (crate::backend::memory::Memory::with_room(150), UserId::new("ada"));
    let stopped = Importer::new(&memory, &user).run(paths.clone(), &mut |_| {}).unwrap_err();
    assert_eq!(stopped.report.mails, 100, "a unit of work is done, or it is not");
    assert_eq!(stopped.path.as_ref(), Some(&paths[150]));
    assert!(matches!(stopped.source, BackendError::Full));
    let expected =
        format!("{}: the import stopped: there is no space left for the mailbox", paths[150].display());
    assert_eq!(stopped.to_string(), expected);
}
