use std::fs;
use std::path::Path;

use activesync_types::calendar::Calendar;
use activesync_types::contacts::Contact;
use activesync_types::email::{Flag, FlagStatus, LastVerbExecuted};
use activesync_types::folder_hierarchy::FolderType;
use activesync_types::time_zone::TimeZone;
use jiff::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;
use wbxml::OrEmpty;

use super::*;
use crate::backend::{Content, ContentKind, Email, EmailMarks, FolderId, ItemChange, ItemId, Revision};
use crate::push::Watched;

/// A store with the user ada, whose password hash is not worth the time that making it takes.
fn store() -> (TempDir, Store, UserId) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path().join("data")).unwrap();
    let ada = insert_user(&store, "ada");
    (directory, store, ada)
}

fn insert_user(store: &Store, name: &str) -> UserId {
    let connection = Connection::open(store.path().join("directory.sqlite")).unwrap();
    connection
        .execute(
            "INSERT INTO user (name, folded_name, address, folded_address, display_name, password)
             VALUES (?1, ?1, ?1 || '@example.org', ?1 || '@example.org', ?1, '')",
            [name],
        )
        .unwrap();
    UserId::new(connection.last_insert_rowid().to_string())
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn mail(subject: &str, received: &str) -> Content {
    Content::Email(Box::new(Email::new(format!("Subject: {subject}\r\n\r\nHello\r\n"), at(received))))
}

fn person(name: &'static str) -> Content {
    Content::Contact(Box::new(Contact { first_name: Some(name.into()), ..Contact::default() }))
}

fn folder_of(mailbox: &dyn Snapshot, kind: FolderType) -> FolderId {
    mailbox.folders().unwrap().into_iter().find(|folder| folder.kind == kind).unwrap().id
}

fn items(changes: &[ItemChange]) -> Vec<(u64, bool)> {
    changes.iter().map(|change| (change.item.0, change.present.is_some())).collect()
}

#[test]
fn users_log_in_by_name_domain_and_address() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let ada = NewUser {
        address: Some("Ada@Example.org".into()),
        display_name: Some("Ada L.".into()),
        ..NewUser::named("Ada")
    };
    let id = store.add_user(&ada, "correct horse").unwrap();
    for login in ["ada", "ADA", "DOMAIN\\ada", "ada@example.ORG"] {
        assert_eq!(store.authenticate(login, "correct horse").unwrap().as_ref(), Some(&id), "{login}");
        assert_eq!(store.authenticate(login, "wrong").unwrap(), None, "{login}");
    }
    assert_eq!(store.authenticate("bob", "correct horse").unwrap(), None);
    assert_eq!(store.resolve("ADA@example.org").unwrap(), Some(id.clone()));
    assert_eq!(store.resolve("ada").unwrap(), None);
    let mailbox = store.snapshot(&id).unwrap();
    assert_eq!((mailbox.address(), mailbox.display_name()), ("Ada@Example.org", "Ada L."));

    store.set_password("ada", "battery staple").unwrap();
    assert_eq!(store.authenticate("ada", "correct horse").unwrap(), None);
    assert_eq!(store.authenticate("ada", "battery staple").unwrap(), Some(id));
    assert!(matches!(store.set_password("bob", ""), Err(StoreError::NoUser(_))));
    let user = User { name: "Ada".into(), address: "Ada@Example.org".into(), display_name: "Ada L.".into() };
    assert_eq!(store.users().unwrap(), [user]);
}

#[test]
fn names_and_addresses_are_unique_and_sensible() {
    let (_directory, store, _) = store();
    assert!(matches!(store.add_user(&NewUser::named("ADA"), ""), Err(StoreError::UserExists(_))));
    let same_address = NewUser { address: Some("Ada@example.org".into()), ..NewUser::named("lovelace") };
    assert!(matches!(store.add_user(&same_address, ""), Err(StoreError::UserExists(_))));
    for name in ["", "  ", "a\\b", "a/b", "a:b", "a\nb", &"x".repeat(257)] {
        assert!(matches!(store.add_user(&NewUser::named(name), ""), Err(StoreError::BadName(_))), "{name:?}");
    }
    for address in ["", "bob", "@example.org", "bob@", "b ob@example.org"] {
        let bob = NewUser { address: Some(address.into()), ..NewUser::named("bob") };
        assert!(matches!(store.add_user(&bob, ""), Err(StoreError::BadAddress(_))), "{address:?}");
    }
    for shown in ["A\u{1}da", "Ada\n", "Ada\u{FFFF}"] {
        let bob = NewUser { display_name: Some(shown.into()), ..NewUser::named("bob") };
        let said = store.add_user(&bob, "");
        assert!(matches!(said, Err(StoreError::BadDisplayName(_))), "{shown:?}");
    }
    assert_eq!(store.users().unwrap().len(), 1);
}

#[cfg(unix)]
#[test]
fn password_hashes_are_for_nobody_elses_eyes_in_a_directory_that_was_there() {
    use std::os::unix::fs::PermissionsExt;

    let directory = TempDir::new().unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let store = Store::open(directory.path()).unwrap();
    store.add_user(&NewUser::named("ada"), "").unwrap();
    for entry in fs::read_dir(directory.path()).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o077;
        assert_eq!(mode, 0, "{name}");
    }
}

#[test]
fn a_broken_file_is_named() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("directory.sqlite");
    fs::write(&file, "no database at all, and longer than the head of one is expected to be".repeat(9))
        .unwrap();
    let error = Store::open(directory.path()).unwrap_err();
    assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");
}

#[test]
fn a_removed_user_is_gone_and_a_new_one_of_that_name_has_an_empty_mailbox() {
    let (_directory, store, ada) = store();
    let mut mailbox = store.open(&ada).unwrap();
    let contacts = folder_of(&*mailbox, FolderType::Contacts);
    mailbox.create_item(contacts, &person("Grace")).unwrap();
    mailbox.commit().unwrap();
    store.remove_user("Ada").unwrap();
    assert!(matches!(store.open(&ada), Err(BackendError::NoUser(_))));
    assert!(matches!(store.user("ada"), Err(StoreError::NoUser(_))));
    assert!(matches!(store.remove_user("ada"), Err(StoreError::NoUser(_))));
    assert_eq!(fs::read_dir(store.path().join(MAILBOXES)).unwrap().count(), 0);

    let again = insert_user(&store, "ada");
    assert_ne!(again, ada);
    assert_eq!(store.snapshot(&again).unwrap().count(contacts).unwrap(), 0);
}

#[test]
fn what_an_interrupted_removal_left_goes_when_a_server_starts() {
    let (_directory, store, ada) = store();
    drop(store.snapshot(&ada).unwrap());
    let orphan = store.mailbox_path(77);
    fs::write(&orphan, b"").unwrap();
    drop(store.lock_for_serving().unwrap());
    assert!(!orphan.exists());
    assert!(store.snapshot(&ada).is_ok());
}

#[test]
fn a_second_server_on_the_same_directory_is_refused() {
    let (_directory, store, _) = store();
    let other = Store::open(store.path()).unwrap();
    let lock = store.lock_for_serving().unwrap();
    let error = other.lock_for_serving().unwrap_err();
    assert!(matches!(&error, StoreError::Serving(path) if path == store.path()));
    assert!(error.to_string().contains("stop it first"));
    drop(lock);
    other.lock_for_serving().unwrap();
}

#[test]
fn a_new_mailbox_has_the_usual_folders() {
    let (_directory, store, ada) = store();
    let mailbox = store.snapshot(&ada).unwrap();
    let folders = mailbox.folders().unwrap();
    let kinds: Vec<_> = folders.iter().map(|folder| folder.kind).collect();
    assert_eq!(
        kinds,
        [
            FolderType::Inbox,
            FolderType::Drafts,
            FolderType::SentItems,
            FolderType::DeletedItems,
            FolderType::Outbox,
            FolderType::Calendar,
            FolderType::Contacts,
            FolderType::Tasks,
            FolderType::Notes,
            FolderType::Journal
        ]
    );
    assert!(folders.iter().all(|folder| folder.parent.is_none()));
    assert_eq!(mailbox.hierarchy_revision().unwrap(), folders.last().unwrap().revision);
    assert_ne!(mailbox.replica(), 0);
    assert_eq!(store.snapshot(&ada).unwrap().replica(), mailbox.replica());
}

#[test]
fn nothing_of_a_dropped_unit_of_work_remains() {
    let (_directory, store, ada) = store();
    let mut mailbox = store.open(&ada).unwrap();
    let contacts = folder_of(&*mailbox, FolderType::Contacts);
    let (item, revision) = mailbox.create_item(contacts, &person("Grace")).unwrap();
    mailbox.create_folder(None, "Mine", FolderType::UserMail).unwrap();
    mailbox.set_state(b"key", b"value").unwrap();
    assert!(mailbox.item(contacts, item).unwrap().is_some(), "it is there inside of the unit of work");
    drop(mailbox);

    let mut mailbox = store.open(&ada).unwrap();
    assert_eq!(mailbox.item(contacts, item).unwrap(), None);
    assert_eq!(mailbox.state(b"key").unwrap(), None);
    assert_eq!(mailbox.revision(contacts).unwrap(), Revision(0));
    assert_eq!(mailbox.folders().unwrap().len(), 10);
    // The numbers were never seen by anybody, and the history has no gap.
    assert_eq!(mailbox.create_item(contacts, &person("Ada")).unwrap().1, revision);
    mailbox.commit().unwrap();
    assert_eq!(store.snapshot(&ada).unwrap().count(contacts).unwrap(), 1);
}

/// What a kill leaves on the disk in the middle of a transaction is what a copy of the files has.
#[test]
fn a_crash_leaves_what_was_committed_and_nothing_else() {
    let (directory, store, ada) = store();
    let mut mailbox = store.open(&ada).unwrap();
    let inbox = folder_of(&*mailbox, FolderType::Inbox);
    let (kept, _) = mailbox.create_item(inbox, &mail("kept", "2024-03-01T00:00:00Z")).unwrap();
    mailbox.set_state(b"key", b"old").unwrap();
    mailbox.commit().unwrap();

    let mut mailbox = store.open(&ada).unwrap();
    mailbox.delete_item(inbox, kept).unwrap();
    mailbox.set_state(b"key", b"new").unwrap();
    // More than fits into the cache, so that much of it is in the file already.
    for _ in 0..50 {
        let large = Email::new(vec![b'x'; 200_000], at("2024-03-01T00:00:00Z"));
        mailbox.create_item(inbox, &Content::Email(Box::new(large))).unwrap();
    }
    let copy = directory.path().join("copy");
    copy_directory(store.path(), &copy);
    assert!(copy.join("mailboxes/1.sqlite-wal").metadata().unwrap().len() > 1_000_000, "nothing was written");
    drop(mailbox);

    let copy = Store::open(copy).unwrap();
    let mailbox = copy.snapshot(&ada).unwrap();
    assert_eq!(mailbox.count(inbox).unwrap(), 1);
    assert_eq!(mailbox.item(inbox, kept).unwrap().unwrap().content, mail("kept", "2024-03-01T00:00:00Z"));
    assert_eq!(mailbox.state(b"key").unwrap().unwrap(), b"old");
}

fn copy_directory(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_directory(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn a_snapshot_stays_as_it_was() {
    let (_directory, store, ada) = store();
    let before = store.snapshot(&ada).unwrap();
    let contacts = folder_of(&*before, FolderType::Contacts);
    let mut mailbox = store.open(&ada).unwrap();
    mailbox.create_item(contacts, &person("Grace")).unwrap();
    mailbox.commit().unwrap();
    assert_eq!(before.count(contacts).unwrap(), 0);
    assert_eq!(store.snapshot(&ada).unwrap().count(contacts).unwrap(), 1);
}

#[test]
fn after_a_full_disk_nothing_of_the_unit_of_work_is_committed() {
    let (_directory, store, ada) = store();
    let contacts = folder_of(&*store.snapshot(&ada).unwrap(), FolderType::Contacts);
    let connection = store.pool.take(1, &store.mailbox_path(1)).unwrap();
    let pages: u32 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    let _: u32 = connection
        .query_row(&format!("PRAGMA max_page_count = {}", pages + 20), [], |row| row.get(0))
        .unwrap();
    store.pool.give_back(1, connection);

    let mut mailbox = store.open(&ada).unwrap();
    mailbox.create_item(contacts, &person("Grace")).unwrap();
    let large = Content::Email(Box::new(Email::new(vec![b'x'; 1_000_000], at("2024-03-01T00:00:00Z"))));
    assert!(matches!(
        mailbox.create_item(folder_of(&*mailbox, FolderType::Inbox), &large),
        Err(BackendError::Full)
    ));
    assert!(mailbox.create_item(contacts, &person("Ada")).is_err());
    assert!(mailbox.commit().is_err());

    let mut mailbox = store.open(&ada).unwrap();
    assert_eq!(mailbox.count(contacts).unwrap(), 0);
    mailbox.create_item(contacts, &person("Ada")).unwrap();
    mailbox.commit().unwrap();
}

#[test]
fn items_come_back_as_they_went_in() {
    let (_directory, store, ada) = store();
    let mut mailbox = store.open(&ada).unwrap();
    let inbox = folder_of(&*mailbox, FolderType::Inbox);
    let marks = EmailMarks {
        read: true,
        flag: Some(Flag {
            status: Some(FlagStatus::Active),
            flag_type: Some("Follow up".into()),
            ..Flag::default()
        }),
        categories: vec!["Blue".into(), "Größe".into()],
        last_verb: LastVerbExecuted::Forward,
        last_verb_time: Some(at("2024-03-02T10:11:12.131Z")),
    };
    let email = Email {
        raw: (0..=255).cycle().take(70_000).collect(),
        received: at("2024-03-01T00:00:00.123456Z"),
        draft: true,
        marks: marks.clone(),
    };
    let contact = Contact {
        birthday: Some(OrEmpty::Empty),
        categories: Some(vec![]),
        legacy_body: Some("notes of 2.5".into()),
        body: Some(activesync_types::airsyncbase::Body::plain_text("notes of 16.1")),
        ..Contact::default()
    };
    let event = Calendar {
        timezone: Some(TimeZone::fixed(60)),
        start_time: Some("20240301T120000Z".parse().unwrap()),
        subject: Some("Brötchen".into()),
        attendees: Some(vec![]),
        ..Calendar::default()
    };
    let contents = [
        Content::Email(Box::new(email)),
        Content::Contact(Box::new(contact)),
        Content::Event(Box::new(event)),
        Content::Contact(Box::default()),
        Content::Event(Box::default()),
    ];
    for content in &contents {
        let (item, _) = mailbox.create_item(inbox, content).unwrap();
        assert_eq!(&mailbox.item(inbox, item).unwrap().unwrap().content, content);
        let summary = mailbox.summary(inbox, item).unwrap().unwrap().present.unwrap();
        assert_eq!((summary.kind, summary.date), (content.kind(), content.date()));
        // The same again as an update of another item.
        let blank = match content.kind() {
            ContentKind::Email => mail("", "2020-01-01T00:00:00Z"),
            ContentKind::Contact => Content::Contact(Box::default()),
            ContentKind::Event => Content::Event(Box::default()),
        };
        let (item, _) = mailbox.create_item(inbox, &blank).unwrap();
        mailbox.update_item(inbox, item, content).unwrap();
        assert_eq!(&mailbox.item(inbox, item).unwrap().unwrap().content, content);
        assert_eq!(mailbox.summary(inbox, item).unwrap().unwrap().present.unwrap().date, content.date());
    }
}

#[test]
fn marking_a_mail_changes_the_marks_and_not_the_content_revision() {
    let (_directory, store, ada) = store();
    let mut mailbox = store.open(&ada).unwrap();
    let inbox = folder_of(&*mailbox, FolderType::Inbox);
    let (item, created) = mailbox.create_item(inbox, &mail("hello", "2024-03-01T00:00:00Z")).unwrap();
    let marks = EmailMarks { read: true, ..EmailMarks::default() };
    let marked = mailbox.mark_email(inbox, item, &marks).unwrap();
    assert!(marked > created);
    let Content::Email(email) = mailbox.item(inbox, item).unwrap().unwrap().content else {
        panic!("no mail")
    };
    assert_eq!(email.marks, marks);
    assert_eq!(email.raw, b"Subject: hello\r\n\r\nHello\r\n");
    let summary = mailbox.summary(inbox, item).unwrap().unwrap();
    assert_eq!((summary.revision, summary.present.unwrap().content_revision), (marked, created));

    let (contact, _) = mailbox.create_item(inbox, &person("Grace")).unwrap();
    assert!(matches!(mailbox.mark_email(inbox, contact, &marks), Err(BackendError::OtherClass(..))));
    assert!(matches!(
        mailbox.update_item(inbox, contact, &mail("", "2024-03-01T00:00:00Z")),
        Err(BackendError::OtherClass(..))
    ));
    // A call that was refused does no harm to the rest.
    mailbox.commit().unwrap();
}

#[test]
fn what_cannot_be_stored_is_refused_and_the_rest_counts() {
    let (_directory, store, ada) = store();
    let mut mailbox = store.open(&ada).unwrap();
    let contacts = folder_of(&*mailbox, FolderType::Contacts);
    let (item, _) = mailbox.create_item(contacts, &person("Grace")).unwrap();
    assert!(matches!(mailbox.create_item(contacts, &person("a\0b")), Err(BackendError::Unstorable(_))));
    assert!(matches!(mailbox.update_item(contacts, item, &person("a\0b")), Err(BackendError::Unstorable(_))));
    mailbox.commit().unwrap();
    let mailbox = store.snapshot(&ada).unwrap();
    assert_eq!(mailbox.count(contacts).unwrap(), 1);
    assert_eq!(mailbox.item(contacts, item).unwrap().unwrap().content, person("Grace"));
}

#[test]
fn changes_tell_each_item_once_with_its_last_change() {
    let (_directory, store, ada) = store();
    let mut mailbox = store.open(&ada).unwrap();
    let contacts = folder_of(&*mailbox, FolderType::Contacts);
    let ids: Vec<ItemId> =
        ["a", "b", "c", "d"].map(|name| mailbox.create_item(contacts, &person(name)).unwrap().0).to_vec();
    let after_adding = mailbox.revision(contacts).unwrap();
    mailbox.update_item(contacts, ids[1], &person("B")).unwrap();
    let deleted = mailbox.delete_item(contacts, ids[0]).unwrap();

    let all = mailbox.changes(contacts, Revision(0), 100).unwrap();
    let expected =
        [(ids[2], true), (ids[3], true), (ids[1], true), (ids[0], false)].map(|(id, there)| (id.0, there));
    assert_eq!(items(&all), expected);
    assert!(all.is_sorted_by_key(|change| change.revision));
    assert_eq!(items(&mailbox.changes(contacts, after_adding, 100).unwrap()), expected[2..]);
    assert_eq!(items(&mailbox.changes(contacts, Revision(0), 3).unwrap()), expected[..3]);
    assert_eq!(mailbox.changes(contacts, deleted, 100).unwrap(), []);
    assert_eq!(mailbox.revision(contacts).unwrap(), deleted);

    let mut backlog = expected[..3].to_vec();
    backlog.reverse();
    assert_eq!(items(&mailbox.backlog(contacts, Revision(deleted.0 + 1), 100).unwrap()), backlog);
    assert_eq!(items(&mailbox.backlog(contacts, Revision(deleted.0 + 1), 1).unwrap()), backlog[..1]);
    assert_eq!(mailbox.backlog(contacts, all[0].revision, 100).unwrap(), []);
    assert_eq!(mailbox.count(contacts).unwrap(), 3);
    assert!(matches!(mailbox.delete_item(contacts, ids[0]), Err(BackendError::NoItem(..))));
    assert!(matches!(mailbox.update_item(contacts, ids[0], &person("x")), Err(BackendError::NoItem(..))));
}

#[test]
fn dated_items_come_by_date_and_number() {
    let (_directory, store, ada) = store();
    let mut mailbox = store.open(&ada).unwrap();
    let inbox = folder_of(&*mailbox, FolderType::Inbox);
    let days = ["2024-03-03", "2024-03-01", "2024-03-02", "2024-03-01"];
    let ids = days.map(|day| mailbox.create_item(inbox, &mail(day, &format!("{day}T00:00:00Z"))).unwrap().0);
    mailbox.create_item(inbox, &person("ageless")).unwrap();
    let before = |after, limit| {
        let found = mailbox.dated(inbox, after, at("2024-03-03T00:00:00Z"), limit).unwrap();
        found.iter().map(|change| change.item).collect::<Vec<_>>()
    };
    let beginning = (Timestamp::MIN, ItemId(0));
    assert_eq!(before(beginning, 100), [ids[1], ids[3], ids[2]]);
    assert_eq!(before(beginning, 1), [ids[1]]);
    assert_eq!(before((at("2024-03-01T00:00:00Z"), ids[1]), 100), [ids[3], ids[2]]);
    assert_eq!(before((at("2024-03-01T00:00:00Z"), ids[3]), 100), [ids[2]]);
}

#[test]
fn a_moved_item_is_deleted_here_and_new_there() {
    let (_directory, store, ada) = store();
    let mut mailbox = store.open(&ada).unwrap();
    let (inbox, trash) =
        (folder_of(&*mailbox, FolderType::Inbox), folder_of(&*mailbox, FolderType::DeletedItems));
    let (item, created) = mailbox.create_item(inbox, &mail("hello", "2024-03-01T00:00:00Z")).unwrap();
    assert_eq!(mailbox.move_item(inbox, item, trash).unwrap(), item);
    assert_eq!(items(&mailbox.changes(inbox, created, 9).unwrap()), [(item.0, false)]);
    assert_eq!(items(&mailbox.changes(trash, created, 9).unwrap()), [(item.0, true)]);
    assert_eq!(mailbox.item(inbox, item).unwrap(), None);
    assert!(mailbox.item(trash, item).unwrap().is_some());
    assert!(matches!(mailbox.move_item(inbox, item, trash), Err(BackendError::NoItem(..))));
    assert!(matches!(mailbox.move_item(trash, item, FolderId(99)), Err(BackendError::NoFolder(_))));

    let there = mailbox.revision(inbox).unwrap();
    mailbox.move_item(trash, item, inbox).unwrap();
    assert_eq!(items(&mailbox.changes(inbox, there, 9).unwrap()), [(item.0, true)]);
    assert_eq!(items(&mailbox.changes(inbox, Revision(0), 9).unwrap()), [(item.0, true)]);
    mailbox.delete_item(inbox, item).unwrap();
    let (next, _) = mailbox.create_item(inbox, &mail("another", "2024-03-01T00:00:00Z")).unwrap();
    assert_ne!(next, item, "numbers are never given twice");
}

#[test]
fn folders_are_made_renamed_moved_and_deleted() {
    let (_directory, store, ada) = store();
    let mut mailbox = store.open(&ada).unwrap();
    let inbox = folder_of(&*mailbox, FolderType::Inbox);
    let before = mailbox.hierarchy_revision().unwrap();
    let work = mailbox.create_folder(Some(inbox), "Work", FolderType::UserMail).unwrap();
    let inner = mailbox.create_folder(Some(work), "Größe", FolderType::UserMail).unwrap();
    assert!(mailbox.hierarchy_revision().unwrap() > before);
    assert_eq!(mailbox.folder(inner).unwrap().unwrap().parent, Some(work));
    assert!(matches!(
        mailbox.create_folder(Some(work), "GRÖßE", FolderType::UserMail),
        Err(BackendError::NameTaken(_))
    ));
    assert!(matches!(
        mailbox.create_folder(Some(FolderId(99)), "x", FolderType::UserMail),
        Err(BackendError::NoParent(_))
    ));
    assert!(matches!(mailbox.update_folder(work, Some(inner), "Work"), Err(BackendError::NoParent(_))));
    assert!(matches!(mailbox.update_folder(work, Some(work), "Work"), Err(BackendError::NoParent(_))));
    assert!(matches!(mailbox.update_folder(inbox, None, "In"), Err(BackendError::GivenFolder(_))));
    assert!(matches!(mailbox.update_folder(FolderId(99), None, "x"), Err(BackendError::NoFolder(_))));
    assert!(matches!(mailbox.update_folder(work, None, "inbox"), Err(BackendError::NameTaken(_))));
    mailbox.update_folder(work, Some(inbox), "WORK").unwrap();
    mailbox.update_folder(work, None, "Work").unwrap();
    assert_eq!(mailbox.folder(work).unwrap().unwrap().parent, None);

    let (item, _) = mailbox.create_item(inner, &mail("deep", "2024-03-01T00:00:00Z")).unwrap();
    assert!(matches!(mailbox.delete_folder(inbox), Err(BackendError::GivenFolder(_))));
    let before = mailbox.hierarchy_revision().unwrap();
    mailbox.delete_folder(work).unwrap();
    assert!(mailbox.hierarchy_revision().unwrap() > before);
    assert_eq!(mailbox.folder(inner).unwrap(), None);
    assert_eq!(mailbox.item(inner, item).unwrap(), None);
    assert!(matches!(mailbox.create_item(inner, &person("x")), Err(BackendError::NoFolder(_))));
    mailbox.commit().unwrap();
    let left: u32 = Connection::open(store.mailbox_path(1))
        .unwrap()
        .query_row("SELECT (SELECT count(*) FROM item) + (SELECT count(*) FROM message)", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(left, 0);
}

#[test]
fn state_is_an_ordered_table_of_bytes() {
    let (_directory, store, ada) = store();
    let mut mailbox = store.open(&ada).unwrap();
    for key in [&b"a"[..], b"b", b"b\x00", b"b\xFF", b"b\xFF\xFF", b"c", b"\xFF", b"\xFF\xFFx"] {
        mailbox.set_state(key, b"old").unwrap();
        mailbox.set_state(key, key).unwrap();
    }
    let keys = |mailbox: &dyn Snapshot, prefix: &[u8], after: Option<&[u8]>, limit| {
        let states = mailbox.states(prefix, after, limit).unwrap();
        assert!(states.iter().all(|(key, value)| key == value));
        states.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    assert_eq!(keys(&*mailbox, b"b", None, 9), [&b"b"[..], b"b\x00", b"b\xFF", b"b\xFF\xFF"]);
    assert_eq!(keys(&*mailbox, b"b", Some(b"b\x00"), 9), [&b"b\xFF"[..], b"b\xFF\xFF"]);
    assert_eq!(keys(&*mailbox, b"b", None, 2), [&b"b"[..], b"b\x00"]);
    assert_eq!(keys(&*mailbox, b"b\xFF", None, 9), [&b"b\xFF"[..], b"b\xFF\xFF"]);
    assert_eq!(keys(&*mailbox, b"\xFF", None, 9), [&b"\xFF"[..], b"\xFF\xFFx"]);
    assert_eq!(keys(&*mailbox, b"", None, 99).len(), 8);
    assert_eq!(keys(&*mailbox, b"b", Some(b"a"), 2), [&b"b"[..], b"b\x00"], "before the first of them");
    assert_eq!(keys(&*mailbox, b"b", Some(b"c"), 9), [&b""[..]; 0]);
    assert_eq!(keys(&*mailbox, b"\xFF", Some(b"\xFF"), 9), [b"\xFF\xFFx"]);
    mailbox.remove_state(b"b\x00").unwrap();
    mailbox.remove_state(b"nothing").unwrap();
    mailbox.remove_states(b"b\xFF").unwrap();
    mailbox.remove_states(b"\xFF").unwrap();
    assert_eq!(keys(&*mailbox, b"", None, 99), [&b"a"[..], b"b", b"c"]);
    assert_eq!(mailbox.state(b"b").unwrap().unwrap(), b"b");
}

#[test]
fn a_commit_is_announced_and_a_drop_is_not() {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    let (_directory, store, ada) = store();
    let hub = ChangeHub::new();
    store.attach(Arc::clone(&hub)).unwrap();
    let contacts = folder_of(&*store.snapshot(&ada).unwrap(), FolderType::Contacts);
    let subscription = hub.subscribe(&ada, Watched::folders([contacts]));
    let woken = || pin!(subscription.changed()).poll(&mut Context::from_waker(Waker::noop())).is_ready();

    let mut mailbox = store.open(&ada).unwrap();
    mailbox.create_item(contacts, &person("Grace")).unwrap();
    assert!(!woken(), "it is not committed yet");
    drop(mailbox);
    assert!(!woken());
    let mut mailbox = store.open(&ada).unwrap();
    mailbox.create_item(contacts, &person("Grace")).unwrap();
    mailbox.commit().unwrap();
    assert!(woken());
    let mut mailbox = store.open(&ada).unwrap();
    mailbox.set_state(b"only", b"state").unwrap();
    mailbox.commit().unwrap();
    assert!(!woken());
}

#[tokio::test]
async fn a_change_by_another_process_wakes_who_waits() {
    let (_directory, server, ada) = store();
    let hub = ChangeHub::new();
    server.attach(Arc::clone(&hub)).unwrap();
    let import = Store::open(server.path()).unwrap();
    let contacts = folder_of(&*import.snapshot(&ada).unwrap(), FolderType::Contacts);
    // Twice: the first time makes the file, the second finds it.
    for _ in 0..2 {
        let subscription = hub.subscribe(&ada, Watched::folders([contacts]));
        let mut mailbox = import.open(&ada).unwrap();
        mailbox.create_item(contacts, &person("Grace")).unwrap();
        mailbox.commit().unwrap();
        subscription.changed().await;
    }
}

/// The file is kept as version 1 of this program wrote it; newer programs have to read it for ever.
#[test]
fn a_mailbox_of_the_first_version_opens() {
    let (_directory, store, ada) = store();
    let path = store.mailbox_path(1);
    let old = Connection::open(&path).unwrap();
    old.execute_batch(include_str!("fixtures/mailbox-1.sql")).unwrap();
    drop(old);
    let mut mailbox = store.open(&ada).unwrap();
    assert_eq!(mailbox.replica(), 0xef23_694f_89d8_6f40_bad1_e46d_8341_5b4a);
    assert_eq!(mailbox.folders().unwrap().len(), 3);
    let changes = mailbox.changes(FolderId(1), Revision(0), 9).unwrap();
    assert_eq!(items(&changes), [(1, true), (2, false)]);
    let Content::Email(email) = mailbox.item(FolderId(1), ItemId(1)).unwrap().unwrap().content else {
        panic!("no mail")
    };
    assert_eq!(email.raw, b"Subject: old\r\n\r\n");
    assert!(email.marks.read);
    let item = mailbox.item(FolderId(2), ItemId(3)).unwrap().unwrap();
    assert_eq!(item.content, person("Grace"));
    assert_eq!(mailbox.state(b"key").unwrap().unwrap(), b"value");
    let (_, revision) = mailbox.create_item(FolderId(2), &person("Ada")).unwrap();
    assert_eq!(revision, Revision(8));
    mailbox.commit().unwrap();
}

#[test]
fn a_store_of_a_newer_program_is_refused() {
    let (_directory, store, ada) = store();
    drop(store.snapshot(&ada).unwrap());
    let newer = Connection::open(store.mailbox_path(1)).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    let store = Store::open(store.path()).unwrap();
    let error = store.snapshot(&ada).err().unwrap();
    assert!(error.to_string().contains("version 99"), "{error}");
}

#[test]
fn an_upgrade_is_all_or_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file.sqlite");
    let connection = pool::connect(&path, &["CREATE TABLE a (x INTEGER) STRICT"]).unwrap();
    drop(connection);
    let broken = ["", "CREATE TABLE b (x INTEGER) STRICT", "no SQL"];
    assert!(pool::connect(&path, &broken).is_err());
    let good = ["", "CREATE TABLE b (x INTEGER) STRICT; INSERT INTO b VALUES (7)", "UPDATE b SET x = x + 1"];
    let connection = pool::connect(&path, &good).unwrap();
    let x: u32 = connection.query_row("SELECT x FROM b", [], |row| row.get(0)).unwrap();
    assert_eq!(x, 8);
    drop(connection);
    // Once is enough.
    let connection = pool::connect(&path, &good).unwrap();
    let x: u32 = connection.query_row("SELECT x FROM b", [], |row| row.get(0)).unwrap();
    assert_eq!(x, 8);
}
