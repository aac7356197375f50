//! FolderDelete (`[MS-ASCMD]` 2.2.1.3).

use activesync_types::FolderDelete;

use super::Call;
use crate::http::{Failure, Reply};
use crate::sync;

pub(super) fn run(call: &Call) -> Result<Reply, Failure> {
    let request = call.request::<FolderDelete>()?;
    let mut mailbox = call.mailbox()?;
    let response = sync::delete_folder(&mut *mailbox, &call.session(), &request)?;
    let reply = call.reply::<FolderDelete>(&response)?;
    if response.status.is_success() {
        mailbox.commit()?;
    }
    Ok(reply)
}
