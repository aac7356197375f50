//! Ping: a request that hangs until something changes (`[MS-ASCMD]` 2.2.1.13).
//!
//! Anything that the next Sync would bring counts as a change, not additions alone: a message read on one device
//! shall be read on the other without waiting for the next message.

use std::sync::Arc;
use std::time::Duration;

use activesync_types::CollectionId;
use activesync_types::Ping;
use activesync_types::ping::{PingFolder, PingRequest, PingResponse};
use activesync_types::status::PingStatus;
use tokio::time::{Instant, sleep_until};
use wbxml::IntoOwned;

use super::Watched;
use crate::backend::{FolderId, Snapshot};
use crate::commands::{Call, blocking};
use crate::http::{Failure, Reply};
use crate::sync;

/// The most folders of a request.
const MAX_FOLDERS: u32 = 300;

pub(crate) async fn run(call: &Arc<Call>) -> Result<Reply, Failure> {
    let response = match blocking(call, prepare).await? {
        Ok(prepared) => wait(call, prepared).await?,
        Err(refusal) => refusal,
    };
    call.reply::<Ping>(&response)
}

/// What to wait for.
struct Prepared {
    heartbeat: Duration,
    /// As the client calls them, and as the backend does.
    folders: Arc<Vec<(CollectionId<'static>, FolderId)>>,
}

async fn wait(call: &Arc<Call>, prepared: Prepared) -> Result<PingResponse<'static>, Failure> {
    let deadline = Instant::now() + prepared.heartbeat;
    let watched = Watched::folders(prepared.folders.iter().map(|(_, folder)| *folder)).and_hierarchy();
    // Listen first and look then: what happens in between is not missed.
    let changes = call.front.hub.subscribe(&call.user, watched);
    loop {
        let folders = Arc::clone(&prepared.folders);
        if let Some(response) = blocking(call, move |call| look(call, &folders)).await? {
            return Ok(response);
        }
        tokio::select! {
            () = changes.changed() => {}
            () = sleep_until(deadline) => return Ok(PingResponse::new(PingStatus::NoChanges)),
            () = call.front.ended() => return Ok(PingResponse::new(PingStatus::NoChanges)),
        }
    }
}

/// What there is to tell, if anything.
fn look(
    call: &Call,
    folders: &[(CollectionId<'static>, FolderId)],
) -> Result<Option<PingResponse<'static>>, Failure> {
    let mailbox = call.snapshot()?;
    let session = call.session();
    if sync::is_hierarchy_pending(&*mailbox, &session)? == Some(true) {
        return Ok(Some(PingResponse::new(PingStatus::FolderSyncRequired)));
    }
    let mut changed = Vec::new();
    for (name, folder) in folders {
        // One that was never synchronized has nothing to tell: Android watches the Outbox, and asks for no more.
        if sync::is_pending(&*mailbox, &session, *folder)? == Some(true) {
            changed.push(name.clone());
        }
    }
    Ok((!changed.is_empty()).then(|| PingResponse::changed(changed)))
}

/// Completes the request with what the last one said, and keeps it for the next one.
fn prepare(call: &Call) -> Result<Result<Prepared, PingResponse<'static>>, Failure> {
    let sent = call.request::<Ping>()?;
    let mut mailbox = call.mailbox()?;
    let last = recall(call, &*mailbox)?;
    let heartbeat = sent.heartbeat_interval.or(last.heartbeat_interval);
    // Absent and empty mean the same: Android sends it empty.
    let folders = if sent.folders.is_empty() { last.folders } else { sent.into_owned().folders };
    let (Some(heartbeat), false) = (heartbeat, folders.is_empty()) else {
        return Ok(Err(PingResponse::new(PingStatus::MissingParameters)));
    };
    let nearest = heartbeat.clamp(*call.front.heartbeat.start(), *call.front.heartbeat.end());
    if heartbeat != nearest {
        return Ok(Err(PingResponse::heartbeat_out_of_range(nearest)));
    }
    if folders.len() > MAX_FOLDERS as usize {
        return Ok(Err(PingResponse::too_many_folders(MAX_FOLDERS)));
    }
    let Some(found) = find(&*mailbox, &folders)? else {
        return Ok(Err(PingResponse::new(PingStatus::FolderSyncRequired)));
    };
    let kept = PingRequest::new(heartbeat, folders);
    let document = wbxml::to_vec(&kept).map_err(Failure::Malformed)?;
    let value: Vec<u8> = std::iter::once(FORMAT).chain(document).collect();
    let key = call.state_key(LAST);
    if mailbox.state(&key)?.as_deref() != Some(&value) {
        mailbox.set_state(&key, &value)?;
        mailbox.commit()?;
    }
    Ok(Ok(Prepared { heartbeat: Duration::from_secs(u64::from(heartbeat)), folders: Arc::new(found) }))
}

/// The folders that the client means; `None` if one of them is not there.
fn find(
    mailbox: &dyn Snapshot,
    folders: &[PingFolder<'static>],
) -> Result<Option<Vec<(CollectionId<'static>, FolderId)>>, Failure> {
    let mut found: Vec<(CollectionId<'static>, FolderId)> = Vec::with_capacity(folders.len());
    for folder in folders {
        let Some(id) = sync::find_folder(mailbox, Some(&folder.id), None)?.map(|folder| folder.id) else {
            return Ok(None);
        };
        if !found.iter().any(|(_, known)| *known == id) {
            found.push((folder.id.clone(), id));
        }
    }
    Ok(Some(found))
}

/// Where the last request of a device is kept.
const LAST: &str = "request/Ping";

/// The form in which it is kept.
const FORMAT: u8 = 1;

fn recall(call: &Call, mailbox: &dyn Snapshot) -> Result<PingRequest<'static>, Failure> {
    let stored = mailbox.state(&call.state_key(LAST))?;
    // What cannot be read is as if it was not there: the client is asked to say it again.
    let last = stored.as_deref().and_then(|stored| match stored {
        [FORMAT, document @ ..] => wbxml::from_slice::<PingRequest<'_>>(document).ok(),
        _ => None,
    });
    Ok(last.map(IntoOwned::into_owned).unwrap_or_default())
}
