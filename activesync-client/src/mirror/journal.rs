//! Which files may be there without the state knowing.
//!
//! An item that was written just before a kill, and deleted on the server before the next run, is never heard of
//! again: its file would stay. So the names of new items are made durable before their files are.

use std::fs;
use std::path::{Path, PathBuf};

use super::files;
use crate::error::{Error, Result};

const NAME: &str = ".pending";

/// New items whose files were written, or are about to be, since the folder was last in step.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    /// Those of a run that was killed.
    earlier: Vec<String>,
    /// Those of the window that is being dealt with; the state knows all before it.
    current: Vec<String>,
    exists: bool,
}

impl Journal {
    /// Finds what an earlier run left. A journal that is damaged was not complete before any file was written.
    pub(super) fn open(directory: &Path) -> Result<Self> {
        let path = directory.join(NAME);
        let (earlier, exists) = match fs::read(&path) {
            Ok(text) => (serde_json::from_slice(&text).unwrap_or_default(), true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => (Vec::new(), false),
            Err(source) => return Err(Error::File { path, source }),
        };
        Ok(Self { path, earlier, current: Vec::new(), exists })
    }

    /// These items are written next.
    pub(super) fn expect(&mut self, items: impl Iterator<Item = String>) {
        self.current = items.collect();
    }

    /// Makes it durable, if there is anything to say.
    pub(super) fn save(&mut self) -> Result<()> {
        if self.current.is_empty() {
            return Ok(());
        }
        let all: Vec<&String> = self.earlier.iter().chain(&self.current).collect();
        let text = serde_json::to_vec(&all).expect("strings have a JSON form");
        files::replace(&self.path, &text)?;
        self.exists = true;
        self.path.parent().map_or(Ok(()), files::sync_directory)
    }

    /// Items that an earlier run may have written without the state knowing.
    pub(super) fn suspects(&self) -> Vec<String> {
        self.earlier.clone()
    }

    /// The folder is in step, and nothing is left to suspect.
    pub(super) fn close(self) -> Result<()> {
        if self.exists { files::remove(&self.path) } else { Ok(()) }
    }
}
