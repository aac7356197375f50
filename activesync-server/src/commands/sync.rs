//! Sync: the request as a whole (`[MS-ASCMD]` 2.2.1.21). What happens to each collection is the
//! [engine's](crate::sync) business.

use std::sync::Arc;
use std::time::Duration;

use activesync_types::Sync;
use activesync_types::status::{CommonStatus, SyncStatus};
use activesync_types::sync::{Collection, SyncRequest, SyncResponse};
use tokio::time::{Instant, sleep_until};
use wbxml::{IntoOwned, ProtocolVersion};

use super::{Call, blocking};
use crate::backend::{Mailbox, Snapshot};
use crate::http::{Failure, Reply};
use crate::push::Watched;
use crate::sync::{self, Budget};

/// The most collections of a request.
const MAX_COLLECTIONS: u32 = 300;

pub(super) async fn run(call: &Arc<Call>) -> Result<Reply, Failure> {
    let prepared = match blocking(call, |call| Ok(prepare(call))).await? {
        Ok(prepared) => Arc::new(prepared),
        Err(Refusal::Answer(response)) => return call.reply::<Sync>(&response),
        Err(Refusal::Failure(failure)) => return Err(failure),
    };
    // Listen first and look then: what happens in between is not missed.
    let changes = prepared.wait.map(|_| call.front.hub.subscribe(&call.user, prepared.watched.clone()));
    let deadline = Instant::now() + prepared.wait.unwrap_or_default();
    loop {
        let is_last = changes.is_none() || Instant::now() >= deadline || call.front.is_ended();
        let attempted = Arc::clone(&prepared);
        if let Some(reply) = blocking(call, move |call| attempt(call, &attempted, is_last)).await? {
            return Ok(reply);
        }
        if let Some(changes) = &changes {
            tokio::select! {
                () = changes.changed() => {}
                () = sleep_until(deadline) => {}
                () = call.front.ended() => {}
            }
        }
    }
}

/// A request with all that earlier ones said for it.
struct Prepared {
    request: SyncRequest<'static>,
    /// How long it may wait for a change.
    wait: Option<Duration>,
    watched: Watched,
    /// An answer without a body is understood: the client knows of such, since it waits or sent no body itself. Others
    /// get one: iOS 6 goes on checking for mail forever otherwise.
    may_be_empty: bool,
}

/// Why a request gets no further.
enum Refusal {
    Answer(SyncResponse<'static>),
    Failure(Failure),
}

impl<E: Into<Failure>> From<E> for Refusal {
    fn from(failure: E) -> Self {
        Self::Failure(failure.into())
    }
}

fn prepare(call: &Call) -> Result<Prepared, Refusal> {
    let sent = call.request::<Sync>()?;
    let mailbox = call.snapshot()?;
    let is_empty = sent.is_empty();
    let request = complete(call, &*mailbox, sent.into_owned())?;
    let wait = wait(call, &request)?;
    let mut watched = Watched::default().and_hierarchy();
    for collection in &request.collections {
        let folder =
            sync::find_folder(&*mailbox, collection.collection_id.as_ref(), collection.class.as_ref())?;
        watched.folders.extend(folder.map(|folder| folder.id));
    }
    let may_be_empty = (is_empty || wait.is_some()) && call.version() >= ProtocolVersion::V12_1;
    Ok(Prepared { request, wait, watched, may_be_empty })
}

/// Adds what the client left out since it is as in its last request.
fn complete(
    call: &Call,
    mailbox: &dyn Snapshot,
    sent: SyncRequest<'static>,
) -> Result<SyncRequest<'static>, Refusal> {
    let refuse = |status| Err(Refusal::Answer(SyncResponse::failed(status)));
    let mut request = sent;
    if request.is_empty() || request.partial {
        let Some(last) = recall(call, mailbox)? else {
            if call.version() < ProtocolVersion::V12_1 {
                return Err(CommonStatus::InvalidContent.into());
            }
            return refuse(SyncStatus::IncompleteRequest);
        };
        if request.is_empty() {
            request = last;
        } else if request == (SyncRequest { partial: true, ..SyncRequest::default() }) {
            return refuse(SyncStatus::ProtocolError);
        } else {
            let is_sent = |old: &Collection<'_>| {
                request.collections.iter().any(|new| new.collection_id == old.collection_id)
            };
            let kept: Vec<_> = last.collections.into_iter().filter(|old| !is_sent(old)).collect();
            request.collections.extend(kept);
            if request.wait.is_none() && request.heartbeat_interval.is_none() {
                (request.wait, request.heartbeat_interval) = (last.wait, last.heartbeat_interval);
            }
            request.window_size = request.window_size.or(last.window_size);
            request.partial = false;
        }
    }
    if request.collections.is_empty() || names_one_twice(&request.collections) {
        return refuse(SyncStatus::ProtocolError);
    }
    if request.collections.len() > MAX_COLLECTIONS as usize {
        return Err(Refusal::Answer(SyncResponse {
            limit: Some(MAX_COLLECTIONS),
            ..SyncResponse::failed(SyncStatus::TooManyCollections)
        }));
    }
    Ok(request)
}

fn names_one_twice(collections: &[Collection<'_>]) -> bool {
    let is_same = |one: &Collection<'_>, other: &Collection<'_>| {
        one.collection_id == other.collection_id && (one.collection_id.is_some() || one.class == other.class)
    };
    collections.iter().enumerate().any(|(at, one)| collections[..at].iter().any(|other| is_same(one, other)))
}

/// How long the request may wait (`[MS-ASCMD]` 2.2.3.198 and 2.2.3.88.2); since 12.1.
fn wait(call: &Call, request: &SyncRequest<'_>) -> Result<Option<Duration>, Refusal> {
    if call.version() < ProtocolVersion::V12_1 {
        return Ok(None);
    }
    let (shortest, longest) = (*call.front.heartbeat.start(), *call.front.heartbeat.end());
    let (given, unit, least, most) = match (request.wait, request.heartbeat_interval) {
        (Some(_), Some(_)) => return Err(Refusal::Answer(SyncResponse::failed(SyncStatus::ProtocolError))),
        (None, None) => return Ok(None),
        (Some(minutes), None) => (minutes, 60, shortest.div_ceil(60), (longest / 60).max(1)),
        (None, Some(seconds)) => (seconds, 1, shortest, longest),
    };
    let allowed = given.clamp(least, most);
    if given != allowed {
        let status = SyncResponse::failed(SyncStatus::WaitOutOfRange);
        return Err(Refusal::Answer(SyncResponse { limit: Some(allowed), ..status }));
    }
    Ok(Some(Duration::from_secs(u64::from(given) * unit)))
}

/// Synchronizes. `None` if there is nothing to tell and time is left to wait.
fn attempt(call: &Call, prepared: &Prepared, is_last: bool) -> Result<Option<Reply>, Failure> {
    let Prepared { request, may_be_empty, .. } = prepared;
    let mut mailbox = call.mailbox()?;
    let session = call.session();
    let mut budget = Budget::default();
    if let Some(window @ 1..=512) = request.window_size {
        budget.items = window as usize;
    }
    let mut response = SyncResponse::default();
    let mut is_news = false;
    for collection in &request.collections {
        let synced = sync::sync_collection(&mut *mailbox, &session, collection, &mut budget)?;
        is_news |= synced.is_news;
        // A collection that is missing has no changes.
        if synced.is_news || !may_be_empty {
            response.collections.push(synced.response);
        }
    }
    remember(call, &mut *mailbox, request)?;
    if prepared.wait.is_some() && !is_news {
        if sync::is_hierarchy_pending(&*mailbox, &session)? == Some(true) {
            response = SyncResponse::failed(SyncStatus::HierarchyChanged);
        } else if !is_last {
            mailbox.commit()?;
            return Ok(None);
        }
    }
    let reply = call.reply::<Sync>(&response)?;
    mailbox.commit()?;
    Ok(Some(reply))
}

/// Where the last request of a device is kept.
const LAST: &str = "request/Sync";

/// The form in which it is kept.
const FORMAT: u8 = 1;

fn recall(call: &Call, mailbox: &dyn Snapshot) -> Result<Option<SyncRequest<'static>>, Failure> {
    let stored = mailbox.state(&call.state_key(LAST))?;
    // What cannot be read is as if it was not there: the client is asked to say it again.
    Ok(match stored.as_deref() {
        Some([FORMAT, document @ ..]) => {
            wbxml::from_slice::<SyncRequest<'_>>(document).ok().map(IntoOwned::into_owned)
        }
        _ => None,
    })
}

/// Keeps a request without what the client changed: that is done.
fn remember(call: &Call, mailbox: &mut dyn Mailbox, request: &SyncRequest<'static>) -> Result<(), Failure> {
    let mut kept = request.clone();
    for collection in &mut kept.collections {
        collection.commands.clear();
    }
    let document = wbxml::to_vec(&kept).map_err(Failure::Malformed)?;
    let value: Vec<u8> = std::iter::once(FORMAT).chain(document).collect();
    let key = call.state_key(LAST);
    if mailbox.state(&key)?.as_deref() != Some(&value) {
        mailbox.set_state(&key, &value)?;
    }
    Ok(())
}
