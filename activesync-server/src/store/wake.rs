//! Changes made by other processes, such as an import while the server runs.
//!
//! Each commit of a process without waiting requests touches a file named after the user; the operating system
//! tells the server so.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use notify::event::{EventKind, ModifyKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tracing::warn;

use super::error::StoreError;
use crate::backend::{BackendError, UserId};
use crate::push::{ChangeHub, Changed};

/// Tells the server that something changed for a user.
pub(super) fn touch(directory: &Path, user: &UserId) {
    let path = directory.join(user.as_str());
    // One byte more: also those see it who look at the size. The file stays small.
    let touched = OpenOptions::new().create(true).append(true).open(&path).and_then(|mut file| {
        if file.metadata()?.len() >= 4096 {
            file.set_len(0)?;
        }
        file.write_all(b".")
    });
    if let Err(error) = touched {
        // The change is safe; waiting devices learn of it later.
        warn!(path = %path.display(), %error, "cannot wake the server");
    }
}

/// Announces to the hub what other processes change, for as long as the watcher lives.
pub(super) fn watch(directory: &Path, hub: Arc<ChangeHub>) -> Result<RecommendedWatcher, StoreError> {
    let mut watcher = notify::recommended_watcher(move |event| hear(&hub, event)).map_err(cannot_watch)?;
    watcher.watch(directory, RecursiveMode::NonRecursive).map_err(cannot_watch)?;
    Ok(watcher)
}

fn hear(hub: &ChangeHub, event: notify::Result<Event>) {
    match event {
        Ok(event) if event.need_rescan() => hub.announce_all(),
        Ok(event) if is_touch(event.kind) => {
            let names = event.paths.iter().filter_map(|path| path.file_name()?.to_str());
            names.for_each(|user| hub.announce(&UserId::new(user), &Changed::everything()));
        }
        Ok(_) => {}
        Err(error) => {
            warn!(%error, "changes by other processes may come late");
            hub.announce_all();
        }
    }
}

fn is_touch(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::Create(_) | EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Any) | EventKind::Any
    )
}

fn cannot_watch(error: notify::Error) -> StoreError {
    StoreError::Backend(BackendError::Other(Box::new(error)))
}
