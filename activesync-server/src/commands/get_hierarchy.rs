//! GetHierarchy, up to 12.1 (`[MS-ASCMD]` 2.2.1.8).

use activesync_types::GetHierarchy;
use http::StatusCode;

use super::Call;
use crate::http::{Failure, Reply};
use crate::sync;

pub(super) fn run(call: &Call) -> Result<Reply, Failure> {
    // The answer has no status; whatever goes wrong is HTTP status 500.
    let folders = sync::mail_folders(&*call.snapshot()?, call.version());
    let folders = folders.map_err(|error| {
        tracing::error!(%error, "the folders cannot be listed");
        Failure::Http(StatusCode::INTERNAL_SERVER_ERROR)
    })?;
    call.reply::<GetHierarchy>(&folders)
}
