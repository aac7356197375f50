//! MoveItems (`[MS-ASCMD]` 2.2.1.12).

use activesync_types::move_items::{Move, MoveResponse};
use activesync_types::status::MoveItemsStatus;
use wbxml::IntoOwned;

use super::series::{Entry, Mark, Series};
use super::{Session, find_folder, find_item, kind_of, server_id};
use crate::backend::{Mailbox, Result};

/// Moves one item. A request that is repeated since its answer was lost gets the same answer.
///
/// # Errors
/// If the backend fails.
pub fn move_item(
    mailbox: &mut dyn Mailbox,
    session: &Session<'_>,
    request: &Move<'_>,
) -> Result<MoveResponse<'static>> {
    let failed = |status| Ok(MoveResponse::failed(request.src_msg_id.clone().into_owned(), status));
    let Some(from) = find_folder(mailbox, Some(&request.src_fld_id), None)? else {
        return failed(MoveItemsStatus::InvalidSource);
    };
    let Some(to) = find_folder(mailbox, Some(&request.dst_fld_id), None)? else {
        return failed(MoveItemsStatus::InvalidDestination);
    };
    if from.id == to.id {
        return failed(MoveItemsStatus::SameFolder);
    }
    let Some(item) = find_item(mailbox, from.id, &request.src_msg_id) else {
        return failed(MoveItemsStatus::InvalidSource);
    };
    let Some(here) = mailbox.summary(from.id, item)?.and_then(|change| change.present) else {
        // It has been moved already, if items keep their number.
        return match mailbox.summary(to.id, item)? {
            Some(_) => {
                let now = server_id(mailbox, session.version, to.id, item)?;
                Ok(MoveResponse::moved(request.src_msg_id.clone().into_owned(), now))
            }
            None => failed(MoveItemsStatus::InvalidSource),
        };
    };
    // A contact among mail could not be shown.
    if to.class().as_ref().and_then(kind_of) != Some(here.kind) {
        return failed(MoveItemsStatus::InvalidDestination);
    }
    let moved = mailbox.move_item(from.id, item, to.id)?;
    if let Some(mut series) = Series::load(mailbox, session.device, to.id)? {
        let revision = mailbox.revision(to.id)?;
        series.note(mailbox, moved, Entry { revision: revision.0, mark: Mark::Moved })?;
        series.save(mailbox, session.device, to.id)?;
    }
    let now = server_id(mailbox, session.version, to.id, moved)?;
    Ok(MoveResponse::moved(request.src_msg_id.clone().into_owned(), now))
}
