//! How much a Sync would bring: the same walk, counted.

use activesync_types::SyncKey;
use activesync_types::status::GetItemEstimateStatus;
use activesync_types::sync::FilterType;

use super::Session;
use super::collection::{kept_options, scope};
use super::scan::Walk;
use super::series::{Fit, Series};
use crate::backend::{Folder, FolderId, Result, Snapshot};

/// How many changes the client would get if it synchronized a folder with this key. Without a filter that of the
/// last Sync counts.
///
/// Items that turn out to be unsendable are counted as well.
///
/// # Errors
/// If the backend fails.
pub fn estimate(
    mailbox: &dyn Snapshot,
    session: &Session<'_>,
    folder: &Folder,
    key: &SyncKey<'_>,
    filter: Option<FilterType>,
) -> Result<Result<u32, GetItemEstimateStatus>> {
    let Some(class) = folder.class() else { return Ok(Err(GetItemEstimateStatus::InvalidCollection)) };
    if key.is_initial() {
        return Ok(Err(GetItemEstimateStatus::NotPrimed));
    }
    let Some(series) = Series::load(mailbox, session.device, folder.id)? else {
        return Ok(Err(GetItemEstimateStatus::NotPrimed));
    };
    let (has, scan) = match series.fit(key) {
        Fit::Base => (series.has(), series.scan().clone()),
        Fit::Candidate(index) => series.with_answer(index),
        Fit::None => return Ok(Err(GetItemEstimateStatus::InvalidSyncKey)),
    };
    let mut options = kept_options(&series.settings, &class);
    options.filter_type = filter.or(options.filter_type);
    let mut walk = Walk::new(mailbox, &scope(session, folder.id, &class, &options), has, scan)?;
    let mut count = 0;
    while let Some(step) = walk.peek()? {
        count += 1;
        walk.take(step);
    }
    Ok(Ok(count))
}

/// Whether there is anything to tell a device about a folder, presumed that it got the last answer. `None` if it has
/// never synchronized the folder.
///
/// # Errors
/// If the backend fails.
pub fn is_pending(mailbox: &dyn Snapshot, session: &Session<'_>, folder: FolderId) -> Result<Option<bool>> {
    let Some(series) = Series::load(mailbox, session.device, folder)? else { return Ok(None) };
    let Some(class) = mailbox.folder(folder)?.and_then(|folder| folder.class()) else { return Ok(None) };
    let (has, scan) = series.latest();
    let options = kept_options(&series.settings, &class);
    let mut walk = Walk::new(mailbox, &scope(session, folder, &class, &options), has, scan)?;
    Ok(Some(walk.peek()?.is_some()))
}
