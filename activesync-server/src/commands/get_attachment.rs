//! GetAttachment, up to 12.1 (`[MS-ASCMD]` 2.2.1.7).

use activesync_types::convert::mail::Message;
use activesync_types::status::CommonStatus;
use http::StatusCode;

use super::Call;
use crate::backend::{Content, Snapshot};
use crate::http::{Failure, Reply};
use crate::sync::FileId;

pub(super) fn run(call: &Call) -> Result<Reply, Failure> {
    let Some(name) = &call.head.parameters.attachment_name else {
        return Err(CommonStatus::InvalidContent.into());
    };
    let file = attachment(&*call.snapshot()?, name)?;
    // There is no other way to say that it is gone.
    let File { content_type, bytes } = file.ok_or(Failure::Http(StatusCode::INTERNAL_SERVER_ERROR))?;
    Ok(Reply::Content { content_type, bytes })
}

/// What an attachment holds.
pub(super) struct File {
    pub(super) content_type: String,
    pub(super) bytes: Vec<u8>,
}

/// The attachment of this name; `None` if there is none (any more).
pub(super) fn attachment(mailbox: &dyn Snapshot, reference: &str) -> Result<Option<File>, Failure> {
    let Some(id) = FileId::parse(reference) else {
        return Ok(None);
    };
    let Some(item) = mailbox.item(id.folder, id.item)? else {
        return Ok(None);
    };
    let Content::Email(email) = &item.content else {
        return Ok(None);
    };
    let Ok(message) = Message::parse(&email.raw) else {
        return Ok(None);
    };
    let file = message.attachment(id.number);
    Ok(file.map(|file| File { content_type: file.content_type.clone(), bytes: file.bytes.into_owned() }))
}
