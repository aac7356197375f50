//! Which files there are, what they are, and which folder they belong to.

use std::collections::{HashSet, VecDeque};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{Fault, maildir, message};

/// A file to import.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
    /// The names of the folders that it is in, from the top; none for the usual one.
    pub(super) folder: Vec<String>,
    pub(super) bytes: u64,
    pub(super) modified: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Mail,
    /// A mail with its marks in the name of the file.
    MaildirMail,
    Mbox,
    Calendar,
    Contacts,
}

/// What there is to import, and what there is besides.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) files: Vec<File>,
    /// What was met in a directory and is of no kind that can be imported.
    pub(super) skipped: Vec<PathBuf>,
}

/// Finds what there is at a path that was given.
pub(super) fn find(path: &Path, found: &mut Found, fault: &mut dyn FnMut(Fault)) {
    let mut search = Search { found, fault, walked: HashSet::new(), links: VecDeque::new() };
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => search.tree(path),
        // To open a pipe is to wait for whoever writes into it.
        Ok(metadata) if !metadata.is_file() => {
            search.fault(path, &"expected a file or a directory, found a pipe, a device or the like");
        }
        Ok(metadata) => match kind_of_given(path) {
            Ok(Some(kind)) => search.file(path, kind, &[], &metadata),
            Ok(None) => search
                .fault(path, &"expected .eml, mbox, .ics, .vcf, a mail of a Maildir or a directory of them"),
            Err(error) => search.fault(path, &error),
        },
        Err(error) => search.fault(path, &error),
    }
}

struct Search<'s> {
    found: &'s mut Found,
    fault: &'s mut dyn FnMut(Fault),
    /// Where directories that were walked really are: links may go round in circles.
    walked: HashSet<PathBuf>,
    /// Links to directories, and the folders that these would be.
    links: VecDeque<(PathBuf, Vec<String>)>,
}

impl Search<'_> {
    /// A directory with all that is in it. Links come last, so that what is in it goes by its own name.
    fn tree(&mut self, path: &Path) {
        self.directory(path, &[]);
        while let Some((link, folder)) = self.links.pop_front() {
            self.directory(&link, &folder);
        }
    }

    /// Directories inside name folders; what is neither mail nor card is skipped, and what is hidden.
    fn directory(&mut self, path: &Path, folder: &[String]) {
        const DEEPEST: usize = 32;
        if folder.len() > DEEPEST {
            return self.fault(path, &"directories are too deep inside of each other");
        }
        let is_new = match path.canonicalize() {
            Ok(real) => self.walked.insert(real),
            Err(error) => return self.fault(path, &error),
        };
        if !is_new {
            return;
        }
        let is_maildir = maildir::is_one(path);
        for entry in self.sorted(path) {
            let name = entry.file_name().and_then(|name| name.to_str()).map(str::to_owned);
            let Some(name) = name else {
                self.fault(&entry, &"the name is not UTF-8");
                continue;
            };
            match fs::metadata(&entry) {
                Ok(metadata) if metadata.is_dir() => {
                    if is_maildir && matches!(name.as_str(), "cur" | "new" | "tmp") {
                        if name != "tmp" {
                            self.maildir(&entry, folder);
                        }
                    } else if let Some(inner) =
                        maildir::folder_names(&name).filter(|_| maildir::is_one(&entry))
                    {
                        self.inner(entry, [folder, &inner].concat());
                    } else if name.starts_with('.') {
                        self.found.skipped.push(entry);
                    } else {
                        self.inner(entry, [folder, &[name]].concat());
                    }
                }
                // Beside `cur` and `new` are the files of mail servers, but no mail.
                Ok(_) if is_maildir || name.starts_with('.') => {
                    if matches!(kind_of(&entry), Ok(Some(_))) {
                        self.found.skipped.push(entry);
                    }
                }
                Ok(metadata) if !metadata.is_file() => self.found.skipped.push(entry),
                Ok(metadata) => match kind_of(&entry) {
                    Ok(Some(kind)) => self.file(&entry, kind, folder, &metadata),
                    Ok(None) => self.found.skipped.push(entry),
                    Err(error) => self.fault(&entry, &error),
                },
                Err(error) => self.fault(&entry, &error),
            }
        }
    }

    fn inner(&mut self, path: PathBuf, folder: Vec<String>) {
        if path.is_symlink() {
            self.links.push_back((path, folder));
        } else {
            self.directory(&path, &folder);
        }
    }

    /// `cur` or `new`.
    fn maildir(&mut self, path: &Path, folder: &[String]) {
        for entry in self.sorted(path) {
            match fs::metadata(&entry) {
                Ok(metadata) if metadata.is_file() => self.file(&entry, Kind::MaildirMail, folder, &metadata),
                Ok(_) => self.found.skipped.push(entry),
                Err(error) => self.fault(&entry, &error),
            }
        }
    }

    fn sorted(&mut self, path: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(path).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
        let mut entries: Vec<PathBuf> = entries.unwrap_or_else(|error: std::io::Error| {
            self.fault(path, &error);
            Vec::new()
        });
        entries.sort();
        entries
    }

    fn file(&mut self, path: &Path, kind: Kind, folder: &[String], metadata: &fs::Metadata) {
        self.found.files.push(File {
            path: path.to_owned(),
            kind,
            folder: folder.to_vec(),
            bytes: metadata.len(),
            modified: metadata.modified().ok().and_then(|time| time.try_into().ok()),
        });
    }

    fn fault(&mut self, path: &Path, reason: &dyn std::fmt::Display) {
        (self.fault)(Fault { path: path.to_owned(), line: None, reason: reason.to_string() });
    }
}

/// Of a file that was given by itself, which may be a mail of a Maildir.
fn kind_of_given(path: &Path) -> std::io::Result<Option<Kind>> {
    match kind_by_name(path) {
        None if maildir::is_mail(path) => Ok(Some(Kind::MaildirMail)),
        _ => kind_of(path),
    }
}

/// By the name of a file, and if that says nothing by how it begins.
fn kind_of(path: &Path) -> std::io::Result<Option<Kind>> {
    kind_by_name(path).map_or_else(|| kind_by_beginning(path), |kind| Ok(Some(kind)))
}

fn kind_by_name(path: &Path) -> Option<Kind> {
    let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    match extension.as_deref() {
        Some("eml") => Some(Kind::Mail),
        Some("mbox" | "mbx") => Some(Kind::Mbox),
        Some("ics" | "ical" | "ifb" | "icalendar") => Some(Kind::Calendar),
        Some("vcf" | "vcard") => Some(Kind::Contacts),
        _ => None,
    }
}

fn kind_by_beginning(path: &Path) -> std::io::Result<Option<Kind>> {
    let mut beginning = Vec::new();
    fs::File::open(path)?.take(64).read_to_end(&mut beginning)?;
    let text = message::text_of(beginning).to_ascii_uppercase();
    let text = text.trim_start();
    Ok(if text.starts_with("FROM ") {
        Some(Kind::Mbox)
    } else if text.starts_with("BEGIN:VCALENDAR") {
        Some(Kind::Calendar)
    } else if text.starts_with("BEGIN:VCARD") {
        Some(Kind::Contacts)
    } else {
        None
    })
}
