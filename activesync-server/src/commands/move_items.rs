//! MoveItems (`[MS-ASCMD]` 2.2.1.12).

use activesync_types::MoveItems;
use activesync_types::move_items::{MoveItemsResponse, MoveResponse};
use activesync_types::status::{CommonStatus, MoveItemsStatus};
use wbxml::IntoOwned;

use super::Call;
use crate::http::{Failure, Reply};
use crate::sync;

pub(super) fn run(call: &Call) -> Result<Reply, Failure> {
    let request = call.request::<MoveItems>()?;
    if request.moves.is_empty() {
        return Err(CommonStatus::InvalidXml.into());
    }
    let mut mailbox = call.mailbox()?;
    let session = call.session();
    let mut responses = Vec::with_capacity(request.moves.len());
    for wanted in &request.moves {
        let earlier = request.moves.iter().zip(&responses);
        let is_moved = earlier
            .filter(|(_, response): &(_, &MoveResponse<'_>)| response.status.is_success())
            .any(|(earlier, _)| {
                earlier.src_msg_id == wanted.src_msg_id && earlier.src_fld_id == wanted.src_fld_id
            });
        responses.push(if is_moved {
            // An item cannot be moved to more than one place at once.
            MoveResponse::failed(wanted.src_msg_id.clone().into_owned(), MoveItemsStatus::Failure)
        } else {
            sync::move_item(&mut *mailbox, &session, wanted)?
        });
    }
    let moved = responses.iter().any(|response| response.status.is_success());
    let reply = call.reply::<MoveItems>(&MoveItemsResponse { status: None, responses })?;
    if moved {
        mailbox.commit()?;
    }
    Ok(reply)
}
