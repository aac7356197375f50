//! FolderSync (`[MS-ASCMD]` 2.2.1.5).

use activesync_types::FolderSync;

use super::Call;
use crate::http::{Failure, Reply, encode};
use crate::sync;

pub(super) fn run(call: &Call) -> Result<Reply, Failure> {
    let request = call.request::<FolderSync>()?;
    let mut mailbox = call.mailbox()?;
    let response = sync::folder_sync(&mut *mailbox, &call.session(), &request.sync_key)?;
    let document = encode::<FolderSync>(&response, call.version())?;
    if response.status.is_success() {
        mailbox.commit()?;
    }
    Ok(if request.sync_key.is_initial() { Reply::FirstDocument(document) } else { Reply::Document(document) })
}
