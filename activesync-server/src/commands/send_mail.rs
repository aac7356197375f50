//! SendMail (`[MS-ASCMD]` 2.2.1.17).

use std::sync::Arc;

use activesync_types::SendMail;
use activesync_types::compose_mail::SendMailResponse;
use activesync_types::status::CommonStatus;
use wbxml::ProtocolVersion;

use super::Call;
use crate::deliver::{self, Outgoing};
use crate::http::{Failure, Reply};

pub(super) async fn run(call: &Arc<Call>) -> Result<Reply, Failure> {
    match deliver::send(outgoing(call)?).await {
        Ok(()) => {}
        // The answer was lost, no more. Old clients know no status for it.
        Err(Failure::Status(CommonStatus::MessagePreviouslySent))
            if call.version() < ProtocolVersion::V14_0 => {}
        Err(failure) => return Err(failure),
    }
    call.reply::<SendMail>(&SendMailResponse::default())
}

fn outgoing(call: &Call) -> Result<Outgoing, Failure> {
    let is_wbxml = matches!(call.body.first(), Some(0x00..=0x03));
    if is_wbxml && call.version() < ProtocolVersion::V14_0 {
        return Err(CommonStatus::InvalidContent.into());
    }
    let request = call.request::<SendMail>()?;
    if is_wbxml && !request.client_id.is_valid() {
        return Err(CommonStatus::InvalidIds.into());
    }
    if request.account_id.is_some() {
        return Err(CommonStatus::InvalidAccountId.into());
    }
    Ok(Outgoing {
        front: Arc::clone(&call.front),
        sender: call.user.clone(),
        device: call.head.device.id.clone(),
        client_id: is_wbxml.then(|| request.client_id.as_str().to_owned()),
        save_in_sent: request.save_in_sent_items || call.head.parameters.save_in_sent,
        raw: request.mime.0.into_owned(),
    })
}
