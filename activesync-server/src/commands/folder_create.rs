//! FolderCreate (`[MS-ASCMD]` 2.2.1.2).

use activesync_types::FolderCreate;

use super::Call;
use crate::http::{Failure, Reply};
use crate::sync;

pub(super) fn run(call: &Call) -> Result<Reply, Failure> {
    let request = call.request::<FolderCreate>()?;
    let mut mailbox = call.mailbox()?;
    let response = sync::create_folder(&mut *mailbox, &call.session(), &request)?;
    let reply = call.reply::<FolderCreate>(&response)?;
    if response.status.is_success() {
        mailbox.commit()?;
    }
    Ok(reply)
}
