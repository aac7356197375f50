//! Files that are complete or not there.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use super::names;
use crate::error::{Error, Result};
use crate::private;

/// The extensions of items' files.
pub(super) const EXTENSIONS: [&str; 3] = ["eml", "vcf", "ics"];

/// What is not complete yet has this in addition.
const TEMPORARY: &str = "tmp";

/// A change to the file of an item.
#[derive(Debug)]
pub(super) enum FileChange {
    Write {
        stem: String,
        extension: &'static str,
        bytes: Vec<u8>,
    },
    Remove {
        stem: String,
    },
    /// The item changed, but not in what its file holds.
    Nothing,
}

impl FileChange {
    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::Write { bytes, .. } => bytes.len() as u64,
            Self::Remove { .. } | Self::Nothing => 0,
        }
    }
}

/// Makes changes in order. They survive the loss of power when this returns.
pub(super) fn execute(directory: &Path, changes: &[FileChange]) -> Result<()> {
    for change in changes {
        match change {
            FileChange::Write { stem, extension, bytes } => {
                replace(&directory.join(format!("{stem}.{extension}")), bytes)?;
            }
            FileChange::Remove { stem } => {
                for extension in EXTENSIONS {
                    remove(&directory.join(format!("{stem}.{extension}")))?;
                    remove(&directory.join(format!("{stem}.{extension}.{TEMPORARY}")))?;
                }
            }
            FileChange::Nothing => {}
        }
    }
    sync_directory(directory)
}

/// Writes a file under another name, makes it durable, and gives it its name.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".");
    temporary.push(TEMPORARY);
    let temporary = Path::new(&temporary);
    let fault = |source| Error::File { path: path.to_owned(), source };
    let mut file = private::file().truncate(true).open(temporary).map_err(fault)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(fault)?;
    drop(file);
    fs::rename(temporary, path).map_err(fault)
}

/// Removes a file, if it is there.
pub(super) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::File { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// Makes the names in a directory durable, where systems have a way to say so.
pub(super) fn sync_directory(directory: &Path) -> Result<()> {
    if cfg!(unix) {
        File::open(directory)
            .and_then(|directory| directory.sync_all())
            .map_err(|source| Error::File { path: directory.to_owned(), source })?;
    }
    Ok(())
}

/// Removes the files of items that are not among these, and what was left incomplete. Files of others stay.
pub(super) fn retain(directory: &Path, known: &HashSet<String>) -> Result<()> {
    let fault = |source| Error::File { path: directory.to_owned(), source };
    for entry in fs::read_dir(directory).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let Some(name) = path.file_name().and_then(OsStr::to_str) else { continue };
        let complete = without_temporary(name);
        let stray =
            item_of(complete.unwrap_or(name)).is_some_and(|stem| complete.is_some() || !known.contains(stem));
        if stray && path.is_file() {
            remove(&path)?;
        }
    }
    sync_directory(directory)
}

/// Removes the files of these items, but for those that are known.
pub(super) fn remove_unless(directory: &Path, items: &[String], known: &HashSet<String>) -> Result<()> {
    let strays = items.iter().filter_map(|id| names::stem(id)).filter(|stem| !known.contains(stem));
    let changes: Vec<_> = strays.map(|stem| FileChange::Remove { stem }).collect();
    if changes.is_empty() { Ok(()) } else { execute(directory, &changes) }
}

/// Whether a file is one of an item by its name, complete or not.
pub(super) fn is_item(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| item_of(without_temporary(name).unwrap_or(name)).is_some())
}

fn without_temporary(name: &str) -> Option<&str> {
    name.strip_suffix(TEMPORARY)?.strip_suffix('.')
}

/// The stem of an item's file, if it is one by its name.
fn item_of(name: &str) -> Option<&str> {
    let (stem, extension) = name.rsplit_once('.')?;
    EXTENSIONS.contains(&extension).then_some(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn changes_made_twice_are_as_made_once() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("2.eml.tmp"), "left by a kill").unwrap();
        let write = |stem: &str, text: &str| FileChange::Write {
            stem: stem.into(),
            extension: "eml",
            bytes: text.as_bytes().to_vec(),
        };
        let changes = [
            write("1", "one"),
            write("2", "two"),
            write("1", "uno"),
            FileChange::Remove { stem: "2".into() },
        ];
        for _ in 0..2 {
            execute(directory.path(), &changes).unwrap();
            assert_eq!(names(directory.path()), ["1.eml"]);
            assert_eq!(fs::read_to_string(directory.path().join("1.eml")).unwrap(), "uno");
        }
    }

    // Linux refuses to make names durable that are not on a disk.
    #[cfg(target_os = "linux")]
    #[test]
    fn names_are_durable_too_or_it_is_an_error() {
        let fault = execute(Path::new("/proc/self"), &[]).unwrap_err();
        assert!(matches!(&fault, Error::File { path, .. } if path == Path::new("/proc/self")), "{fault}");
    }

    #[test]
    fn only_strays_of_our_own_are_removed() {
        let directory = tempfile::tempdir().unwrap();
        for name in ["1.eml", "2.eml", "3.vcf.tmp", "notes.txt", "notes.tmp", ".folder"] {
            fs::write(directory.path().join(name), name).unwrap();
        }
        retain(directory.path(), &HashSet::from(["1".to_owned()])).unwrap();
        assert_eq!(names(directory.path()), [".folder", "1.eml", "notes.tmp", "notes.txt"]);
    }
}
