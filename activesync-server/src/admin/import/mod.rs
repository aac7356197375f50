//! Mail, contacts and events from files into a mailbox.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use activesync_types::convert::icalendar::{self, Settings};
use activesync_types::convert::{Loss, Unreadable, Why, vcard};
use ring::digest::{SHA256, digest};

use crate::backend::{
    Backend, BackendError, Content, ContentKind, FolderId, ItemId, Mailbox, Result, UserId,
};
use cards::Card;
use files::{File, Kind};
use folders::Folders;
use message::Found;

mod cards;
mod files;
mod folders;
mod header;
mod maildir;
mod mbox;
mod message;
#[cfg(test)]
mod tests;

/// How many items go into one unit of work. A server that runs meanwhile gets its turn in between.
const BATCH_ITEMS: usize = 100;

/// How many bytes of them.
const BATCH_BYTES: usize = 4 << 20;

/// Puts files into the mailbox of a user.
///
/// | path | what becomes of it |
/// | --- | --- |
/// | `.eml` | a mail, if it begins with header fields of which at least one is known, such as From, Date or Subject |
/// | mbox | its mails; `Status` and `X-Status` say which are read, answered and flagged |
/// | Maildir | its mails with their marks, and the Maildirs inside as folders; or one of its mails |
/// | `.ics`, `.vcf` | the events and contacts in it |
/// | another directory | the files in it, and its directories as folders; what is hidden is passed over |
///
/// Files are known by their names, and if those say nothing by how they begin. Mail goes to the Inbox, events to the
/// Calendar, contacts to Contacts, unless they are in a directory inside of a path that was given: that one names a
/// folder. Names like `Sent` or `Papierkorb` mean the folder that every mailbox has for it. Links are followed, but a
/// directory is walked once, whatever leads to it.
///
/// An event whose start cannot be known is not imported: without `DTSTART`, with one that cannot be read, or in a time
/// zone that is not known and not defined in the file. What else of an event or a contact cannot be read, or has no
/// place, is named, and the rest of it imported. A time that names no zone (a floating one) means that time of day
/// wherever one is; ActiveSync has only points in time, so that it is taken for one in UTC, and named.
///
/// What was imported before is not imported again, so that an import which was interrupted can be repeated.
///
/// ```
/// # use activesync_server::{admin::{Importer, Progress}, store::{NewUser, Store}};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = tempfile::tempdir()?;
/// # let (data, file) = (directory.path().join("data"), directory.path().join("ada.vcf"));
/// # std::fs::write(&file, "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ada\r\nEND:VCARD\r\n")?;
/// let store = Store::open(data)?;
/// let ada = store.add_user(&NewUser::named("ada"), "secret")?;
/// let report = Importer::new(&store, &ada).run([file], &mut |progress| match progress {
///     Progress::Fault(fault) => eprintln!("{fault}"),
///     Progress::Lost(loss) => eprintln!("{loss}"),
///     Progress::Found { bytes, .. } => eprintln!("{bytes} bytes to read"),
///     _ => {}
/// })?;
/// assert_eq!(report.contacts, 1);
/// # Ok(())
/// # }
/// ```
pub struct Importer<'b> {
    backend: &'b dyn Backend,
    user: &'b UserId,
}

/// How an import gets on.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Progress<'p> {
    /// All files have been found.
    Found {
        /// How many.
        files: usize,
        /// How large they are together.
        bytes: u64,
    },
    /// So much has been read and is safe in the mailbox.
    Done {
        /// Bytes of the files.
        bytes: u64,
        /// Items.
        items: u64,
    },
    /// Something could not be read, and is not imported; the import goes on.
    Fault(&'p Fault),
    /// Something was imported, but for a part of it: there is no place for it, it cannot be read, or it is a time that
    /// names no zone and was taken for one in UTC. Also what in a calendar is no event.
    Lost(&'p Fault),
    /// A file in a directory is of no kind that can be imported.
    Skipped {
        /// The file.
        path: &'p Path,
    },
}

/// What could not be read or kept, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file or directory.
    pub path: PathBuf,
    /// The line in it, from 1, if it is known.
    pub line: Option<usize>,
    /// Why.
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Mails that are new in the mailbox.
    pub mails: u64,
    /// Contacts that are new in the mailbox.
    pub contacts: u64,
    /// Events that are new in the mailbox.
    pub events: u64,
    /// Items that had been imported before.
    pub known: u64,
    /// Items that are in the files more than once: each but the first.
    pub duplicates: u64,
    /// What could not be read and is not imported.
    pub faults: u64,
    /// What was lost or altered of that which was imported.
    pub lost: u64,
    /// Files in directories that are of no kind that can be imported.
    pub skipped: u64,
}

/// The mailbox failed in the middle of an import.
///
/// What was imported until then stays, and is known again when the import is repeated.
#[derive(Debug, thiserror::Error)]
#[error("{}the import stopped: {source}", .path.as_ref().map(|path| format!("{}: ", path.display())).unwrap_or_default())]
#[non_exhaustive]
pub struct Stopped {
    /// The file of which something could not be put into the mailbox; `None` if it did not come to that.
    pub path: Option<PathBuf>,
    /// What was done until then.
    pub report: Report,
    /// Why.
    #[source]
    pub source: BackendError,
}

impl<'b> Importer<'b> {
    /// For a mailbox.
    pub fn new(backend: &'b dyn Backend, user: &'b UserId) -> Self {
        Self { backend, user }
    }

    /// Imports files and directories.
    ///
    /// # Errors
    /// If the mailbox fails; what was reported as done until then stays.
    pub fn run(
        &self,
        paths: impl IntoIterator<Item = PathBuf>,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Report, Stopped> {
        let mut settings = Settings::default();
        let address = self.backend.snapshot(self.user).map(|mailbox| mailbox.address().to_owned());
        let early = |source| Stopped { path: None, report: Report::default(), source };
        settings.user = Some(address.map_err(early)?);
        let mut run = Run {
            importer: self,
            progress,
            settings,
            report: Report::default(),
            folders: Folders::default(),
            batch: Vec::new(),
            batch_bytes: 0,
            bytes: 0,
            seen: HashSet::new(),
            at: None,
        };
        let mut found = files::Found::default();
        for path in paths {
            files::find(&path, &mut found, &mut |fault| run.fault(&fault));
        }
        let files::Found { files, skipped } = found;
        for path in &skipped {
            run.report.skipped += 1;
            (run.progress)(Progress::Skipped { path });
        }
        let bytes = files.iter().map(|file| file.bytes).sum();
        (run.progress)(Progress::Found { files: files.len(), bytes });
        match files.iter().try_for_each(|file| run.file(file)).and_then(|()| run.flush()) {
            Ok(()) => Ok(run.report),
            Err(source) => Err(Stopped { path: run.at, report: run.report, source }),
        }
    }
}

/// An item on its way into the mailbox.
struct Waiting {
    path: PathBuf,
    line: Option<usize>,
    folder: Vec<String>,
    content: Content,
}

struct Run<'r> {
    importer: &'r Importer<'r>,
    progress: &'r mut dyn FnMut(Progress<'_>),
    settings: Settings,
    report: Report,
    folders: Folders,
    /// What has been read and is not in the mailbox yet.
    batch: Vec<Waiting>,
    batch_bytes: usize,
    /// What has been read.
    bytes: u64,
    /// What of the mailbox's items was in the files so far.
    seen: HashSet<Vec<u8>>,
    /// The file that something is being put into the mailbox from.
    at: Option<PathBuf>,
}

impl Run<'_> {
    fn file(&mut self, file: &File) -> Result<()> {
        let before = self.bytes;
        let read = match file.kind {
            Kind::Mail | Kind::MaildirMail => self.mail(file),
            Kind::Mbox => self.mbox(file),
            Kind::Calendar | Kind::Contacts => self.cards(file),
        };
        match read {
            Ok(done) => done?,
            Err(error) => {
                self.fault(&Fault { path: file.path.clone(), line: None, reason: error.to_string() });
            }
        }
        self.bytes = before + file.bytes;
        Ok(())
    }

    fn mail(&mut self, file: &File) -> std::io::Result<Result<()>> {
        let raw = std::fs::read(&file.path)?;
        let mut found = Found { received: file.modified, ..Found::default() };
        if file.kind == Kind::MaildirMail {
            found.marks = maildir::marks(&file.path);
        }
        Ok(self.message(file, 1, &raw, found))
    }

    fn mbox(&mut self, file: &File) -> std::io::Result<Result<()>> {
        let source = std::io::BufReader::new(std::fs::File::open(&file.path)?);
        let start = self.bytes;
        for entry in mbox::Reader::new(source) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(mbox::Fault::Io(error)) => return Err(error),
                Err(mbox::Fault::NoMailbox) => {
                    let reason =
                        "expected an mbox, which begins with a line that begins with \"From \"".to_owned();
                    self.fault(&Fault { path: file.path.clone(), line: Some(1), reason });
                    break;
                }
            };
            let found = Found { received: entry.received.or(file.modified), ..Found::default() };
            if let Err(error) = self.message(file, entry.line, &entry.raw, found) {
                return Ok(Err(error));
            }
            self.bytes = start + entry.end;
        }
        Ok(Ok(()))
    }

    fn message(&mut self, file: &File, first_line: usize, raw: &[u8], found: Found) -> Result<()> {
        match message::read(raw, found) {
            Ok(email) => self.add(file, Some(first_line), Content::Email(Box::new(email))),
            Err(no_message) => {
                let line = Some(first_line + no_message.line - 1);
                self.fault(&Fault { path: file.path.clone(), line, reason: no_message.reason });
                Ok(())
            }
        }
    }

    fn cards(&mut self, file: &File) -> std::io::Result<Result<()>> {
        let text = message::text_of(std::fs::read(&file.path)?);
        let are_contacts = file.kind == Kind::Contacts;
        let cards = if are_contacts { cards::contacts(&text) } else { cards::events(&text) };
        let fault = |line, reason| Fault { path: file.path.clone(), line, reason };
        for (name, (count, line)) in &cards.others {
            let reason = format!("not imported: {count} {name}, of which the first begins here");
            self.lost(&fault(Some(*line), reason));
        }
        if cards.found.is_empty() {
            let what = if are_contacts { "a contact" } else { "an event" };
            self.fault(&fault(Some(1), format!("there is not {what} in it")));
        }
        // What is wrong a thousand times is told once.
        let mut broken: HashMap<&str, u64> = HashMap::new();
        for same in cards.found.iter().filter_map(|card| card.as_ref().err()) {
            *broken.entry(&same.reason).or_default() += 1;
        }
        for card in &cards.found {
            let card = match card {
                Ok(card) => card,
                Err(first) => {
                    let reason = match broken.remove(&*first.reason) {
                        None => continue,
                        Some(1) => first.reason.clone(),
                        Some(times) => {
                            self.report.faults += times - 1;
                            format!("{} ({times} times in this file, first here)", first.reason)
                        }
                    };
                    self.fault(&fault(Some(first.line), reason));
                    continue;
                }
            };
            let read = if are_contacts { contacts(card) } else { events(card, &self.settings) };
            for Entry { content, lost, refused } in read {
                let in_file = |Told { line, reason }| {
                    fault(Some(line.map_or(card.line, |line| card.line_in_file(line))), reason)
                };
                for told in lost {
                    self.lost(&in_file(told));
                }
                for told in refused {
                    self.fault(&in_file(told));
                }
                if let Some(content) = content
                    && let Err(error) = self.add(file, Some(card.line), content)
                {
                    return Ok(Err(error));
                }
            }
        }
        Ok(Ok(()))
    }

    fn add(&mut self, file: &File, line: Option<usize>, content: Content) -> Result<()> {
        self.batch_bytes += if let Content::Email(email) = &content { email.raw.len() } else { 1000 };
        let (path, folder) = (file.path.clone(), file.folder.clone());
        self.batch.push(Waiting { path, line, folder, content });
        if self.batch.len() >= BATCH_ITEMS || self.batch_bytes >= BATCH_BYTES { self.flush() } else { Ok(()) }
    }

    /// Puts what was read into the mailbox.
    fn flush(&mut self) -> Result<()> {
        if let Some(first) = self.batch.first() {
            let first = first.path.clone();
            self.at = Some(first.clone());
            let mut mailbox = self.importer.backend.open(self.importer.user)?;
            let mut report = self.report;
            for Waiting { path, line, folder, mut content } in self.batch.drain(..) {
                self.at = Some(path.clone());
                let folder = self.folders.find(&mut *mailbox, &folder, content.kind())?;
                finish(&mut content, &folder);
                let key = identity(folder.id, &content);
                let is_new = put(&mut *mailbox, folder.id, &key, &content);
                match is_new {
                    Ok(_) if !self.seen.insert(key) => report.duplicates += 1,
                    Ok(true) => match content.kind() {
                        ContentKind::Email => report.mails += 1,
                        ContentKind::Contact => report.contacts += 1,
                        ContentKind::Event => report.events += 1,
                    },
                    Ok(false) => report.known += 1,
                    Err(error @ BackendError::Unstorable(_)) => {
                        report.faults += 1;
                        (self.progress)(Progress::Fault(&Fault { path, line, reason: error.to_string() }));
                    }
                    Err(error) => return Err(error),
                }
            }
            // Nothing of it is in the mailbox if this fails.
            self.at = Some(first);
            mailbox.commit()?;
            self.report = report;
            self.batch_bytes = 0;
        }
        let Report { mails, contacts, events, known, duplicates, .. } = self.report;
        let items = mails + contacts + events + known + duplicates;
        (self.progress)(Progress::Done { bytes: self.bytes, items });
        Ok(())
    }

    fn fault(&mut self, fault: &Fault) {
        self.report.faults += 1;
        (self.progress)(Progress::Fault(fault));
    }

    fn lost(&mut self, loss: &Fault) {
        self.report.lost += 1;
        (self.progress)(Progress::Lost(loss));
    }
}

/// What was read of a card.
#[derive(Default)]
struct Entry {
    content: Option<Content>,
    lost: Vec<Told>,
    /// What of it is not imported, or all of it.
    refused: Vec<Told>,
}

/// Something to tell of a card.
struct Told {
    /// The line in the text of the card.
    line: Option<usize>,
    reason: String,
}

fn events(card: &Card, settings: &Settings) -> Vec<Entry> {
    let read = |event: std::result::Result<icalendar::Event, Unreadable>| {
        let icalendar::Event { mut calendar, lost, left_out, .. } = match event {
            Ok(event) => event,
            Err(unreadable) => return cannot_read(&unreadable),
        };
        let name = quoted(calendar.subject.as_deref().or(calendar.uid.as_deref()));
        let refuse = |what: &str, loss: &Loss| Told {
            line: loss.line,
            reason: format!("{name}{what} is not imported: {}: {}", loss.what, loss.why),
        };
        let occurrences = left_out.iter().map(|loss| refuse("an occurrence", loss));
        if calendar.start_time.is_none() {
            let fatal = lost.iter().filter(|loss| loss.what == "DTSTART" && loss.why != Why::NoPlace);
            let refused = fatal.map(|loss| refuse("the event", loss)).chain(occurrences).collect();
            return Entry { refused, ..Entry::default() };
        }
        crate::sync::store_event(&mut calendar);
        // What a device may not send, no device could change either.
        if let Err(invalid) = crate::sync::valid::event(&calendar) {
            return not_storable(&format!("{name}the event"), &invalid);
        }
        let refused = occurrences.collect();
        Entry { lost: losses(&name, &lost), refused, content: Some(Content::Event(Box::new(calendar))) }
    };
    icalendar::parse(&card.text, settings).map(read).collect()
}

fn contacts(card: &Card) -> Vec<Entry> {
    let read = |contact: std::result::Result<vcard::Card, Unreadable>| {
        let vcard::Card { mut contact, lost, .. } = match contact {
            Ok(contact) => contact,
            Err(unreadable) => return cannot_read(&unreadable),
        };
        let lost = losses(&quoted(contact.file_as.as_deref()), &lost);
        crate::sync::store_contact(&mut contact);
        if let Err(invalid) = crate::sync::valid::contact(&contact) {
            return not_storable(&format!("{}the contact", quoted(contact.file_as.as_deref())), &invalid);
        }
        Entry { lost, content: Some(Content::Contact(Box::new(contact))), ..Entry::default() }
    };
    vcard::parse(&card.text).map(read).collect()
}

/// An item that no answer could hold.
fn not_storable(what: &str, invalid: &impl fmt::Display) -> Entry {
    let told = Told { line: None, reason: format!("{what} is not imported: {invalid}") };
    Entry { refused: vec![told], ..Entry::default() }
}

/// What an item is called, for what is told of it.
fn quoted(name: Option<&str>) -> String {
    name.map(|name| format!("{:?}: ", shortened(name))).unwrap_or_default()
}

fn losses(name: &str, lost: &[Loss]) -> Vec<Told> {
    let tell = |loss: &Loss| {
        let instead = match loss.why {
            Why::Floating(_) => "",
            Why::Partly => "; imported without the others",
            _ => "; imported without it",
        };
        Told { line: loss.line, reason: format!("{name}{}: {}{instead}", loss.what, loss.why) }
    };
    lost.iter().map(tell).collect()
}

fn cannot_read(unreadable: &Unreadable) -> Entry {
    let reason = format!("cannot read {:?}", shortened(&unreadable.found));
    Entry { refused: vec![Told { line: unreadable.line, reason }], ..Entry::default() }
}

/// What the folder says about a mail.
fn finish(content: &mut Content, folder: &crate::backend::Folder) {
    use activesync_types::folder_hierarchy::FolderType;

    if let Content::Email(email) = content {
        email.draft |= folder.kind == FolderType::Drafts;
        // What one wrote oneself is not news.
        email.marks.read |= email.draft || folder.kind == FolderType::SentItems;
    }
}

/// Puts an item into a folder, unless it was imported before and still is where it was put.
fn put(mailbox: &mut dyn Mailbox, folder: FolderId, key: &[u8], content: &Content) -> Result<bool> {
    if let Some(stored) = mailbox.state(key)?
        && let Ok(number) = <[u8; 8]>::try_from(stored)
        && mailbox.summary(folder, ItemId(u64::from_be_bytes(number)))?.is_some()
    {
        return Ok(false);
    }
    let (item, _) = mailbox.create_item(folder, content)?;
    mailbox.set_state(key, &item.0.to_be_bytes())?;
    Ok(true)
}

/// The same for the same content in the same folder.
fn identity(folder: FolderId, content: &Content) -> Vec<u8> {
    let hash = match content {
        Content::Email(email) => digest(&SHA256, &email.raw),
        // A test of equality is all that this is for.
        other => digest(&SHA256, format!("{other:?}").as_bytes()),
    };
    [b"import\0", &folder.0.to_be_bytes()[..], &hash.as_ref()[..16]].concat()
}

fn shortened(text: &str) -> String {
    const MOST: usize = 80;
    if text.chars().count() <= MOST {
        text.to_owned()
    } else {
        text.chars().take(MOST).chain(['…']).collect()
    }
}
