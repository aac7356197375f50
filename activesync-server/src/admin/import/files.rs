//! Which files there are, what they are, and which folder they belong to.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{Fault, maildir};

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

/// Finds what there is at a path that was given.
pub(super) fn find(path: &Path, files: &mut Vec<File>, fault: &mut dyn FnMut(Fault)) {
    let mut search = Search { files, fault };
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => search.directory(path, &[]),
        Ok(metadata) => match kind_of(path) {
            Ok(Some(kind)) => search.file(path, kind, &[], &metadata),
            Ok(None) => search.fault(path, &"expected .eml, mbox, .ics, .vcf or a directory of them"),
            Err(error) => search.fault(path, &error),
        },
        Err(error) => search.fault(path, &error),
    }
}

struct Search<'s> {
    files: &'s mut Vec<File>,
    fault: &'s mut dyn FnMut(Fault),
}

impl Search<'_> {
    /// Directories inside name folders; what is neither mail nor card is passed over. The depth of folders has a
    /// limit, since links may go round in circles.
    fn directory(&mut self, path: &Path, folder: &[String]) {
        const DEEPEST: usize = 32;
        if folder.len() > DEEPEST {
            return self.fault(path, &"directories are too deep inside of each other");
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
                        self.directory(&entry, &[folder, &inner].concat());
                    } else if !name.starts_with('.') {
                        self.directory(&entry, &[folder, &[name]].concat());
                    }
                }
                Ok(_) if is_maildir || name.starts_with('.') => {}
                Ok(metadata) => match kind_of(&entry) {
                    Ok(Some(kind)) => self.file(&entry, kind, folder, &metadata),
                    Ok(None) => {}
                    Err(error) => self.fault(&entry, &error),
                },
                Err(error) => self.fault(&entry, &error),
            }
        }
    }

    /// `cur` or `new`.
    fn maildir(&mut self, path: &Path, folder: &[String]) {
        for entry in self.sorted(path) {
            match fs::metadata(&entry) {
                Ok(metadata) if metadata.is_file() => self.file(&entry, Kind::MaildirMail, folder, &metadata),
                Ok(_) => {}
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
        self.files.push(File {
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

/// By the name of a file, and if that says nothing by how it begins.
fn kind_of(path: &Path) -> std::io::Result<Option<Kind>> {
    let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    Ok(match extension.as_deref() {
        Some("eml") => Some(Kind::Mail),
        Some("mbox" | "mbx") => Some(Kind::Mbox),
        Some("ics" | "ical" | "ifb" | "icalendar") => Some(Kind::Calendar),
        Some("vcf" | "vcard") => Some(Kind::Contacts),
        _ => {
            let mut beginning = Vec::new();
            fs::File::open(path)?.take(64).read_to_end(&mut beginning)?;
            let text = beginning.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&beginning).to_ascii_uppercase();
            let text = text.trim_ascii_start();
            if text.starts_with(b"FROM ") {
                Some(Kind::Mbox)
            } else if text.starts_with(b"BEGIN:VCALENDAR") {
                Some(Kind::Calendar)
            } else if text.starts_with(b"BEGIN:VCARD") {
                Some(Kind::Contacts)
            } else {
                None
            }
        }
    })
}
