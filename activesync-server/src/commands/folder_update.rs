//! FolderUpdate (`[MS-ASCMD]` 2.2.1.6).

use activesync_types::FolderUpdate;

use super::Call;
use crate::http::{Failure, Reply};
use crate::sync;

pub(super) fn run(call: &Call) -> Result<Reply, Failure> {
    let request = call.request::<FolderUpdate>()?;
    let mut mailbox = call.mailbox()?;
    let response = sync::update_folder(&mut *mailbox, &call.session(), &request)?;
    let reply = call.reply::<FolderUpdate>(&response)?;
    if response.status.is_success() {
        mailbox.commit()?;
    }
    Ok(reply)
}
