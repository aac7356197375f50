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
    done: Vec<(u64, u64)>,
    found: (usize, u64),
}

impl Case {
    fn new(files: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = directory.path().join("files").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let store = Store::open(directory.path().join("data")).unwrap();
        let user = store.add_user(&NewUser::named("ada@example.org"), "").unwrap();
        Self { directory, store, user, faults: vec![], lost: vec![], done: vec![], found: (0, 0) }
    }

    /// Imports paths, of which the empty one is the directory with all the files.
    fn import(&mut self, paths: &[&str]) -> Report {
        let files = self.directory.path().join("files");
        let importer = Importer::new(&self.store, &self.user);
        let relative = |path: &Path| path.strip_prefix(&files).unwrap_or(path).display().to_string();
        let (faults, lost, done, found) = (&mut self.faults, &mut self.lost, &mut self.done, &mut self.found);
        let paths = paths.iter().map(|path| if path.is_empty() { files.clone() } else { files.join(path) });
        importer
            .run(paths, &mut |progress| match progress {
                Progress::Found { files, bytes } => *found = (files, bytes),
                Progress::Done { bytes, items } => done.push((bytes, items)),
                Progress::Fault(fault) => {
                    let line = fault.line.map(|line| format!(":{line}")).unwrap_or_default();
                    faults.push(format!("{}{line}: {}", relative(&fault.path), fault.reason));
                }
                Progress::Lost { path, what } => lost.push(format!("{}: {what}", relative(path))),
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
        ("top.eml", &texts[0]),
        ("INBOX/in.eml", &texts[1]),
        ("Sent Items/out.eml", &texts[2]),
        ("Entwürfe/draft.eml", &texts[3]),
        ("Work/Harbour/deep.eml", &texts[4]),
        ("Work/both.eml", &texts[5]),
        ("Work/grace.vcf", CARD),
        ("Kontakte/grace.vcf", CARD),
        ("Calendar/Team/launch.ics", EVENT),
        ("README.md", "# Nothing to import"),
        (".hidden/x.eml", &texts[0]),
    ]);
    let report = case.import(&[""]);
    assert_eq!(report.faults, 0, "{:?}", case.faults);
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
        ("Maildir/.Sent/new/.keep", ""),
        ("Maildir/.Work.R&AOQ-d/cur/5.host:2,", "Subject: deep\n\n"),
        ("Maildir/.Work.R&AOQ-d/new/6.host", "Subject: deep and new\n\n"),
    ]);
    fs::remove_file(case.directory.path().join("files/Maildir/.Sent/new/.keep")).unwrap();
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
        ["missing.eml", "g.txt", "a.eml", "c.vcf:6", "d.ics:1", "e.mbox:1", "f.mbox:7", "h.ics"]
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
fn properties_without_a_place_are_named() {
    let card = CARD.replace("END:", "GENDER:F\r\nEND:");
    let mut case = Case::new(&[("grace.vcf", &card)]);
    case.import(&["grace.vcf"]);
    assert_eq!(case.lost.len(), 1);
    assert!(case.lost[0].starts_with("grace.vcf: ") && case.lost[0].contains("GENDER"), "{:?}", case.lost);
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
