//! The commands, a file each: a typed request in, a typed answer out.

use std::sync::Arc;

use activesync_types::http::{CONTENT_TYPE_MESSAGE, is_wbxml};
use activesync_types::status::CommonStatus;
use activesync_types::{self as types, Command, CommandInfo};
use bytes::Bytes;
use wbxml::{ErrorKind, ProtocolVersion};

use crate::backend::{BackendError, Mailbox, Snapshot, UserId};
use crate::http::{Failure, Front, Head, Reply, encode};
use crate::sync::{Quirks, Session};

pub use provision::Policy;

mod folder_create;
mod folder_delete;
mod folder_sync;
mod folder_update;
mod get_attachment;
mod get_hierarchy;
mod get_item_estimate;
mod item_operations;
mod move_items;
mod provision;
mod send_mail;
mod sync;

/// One request.
pub(crate) struct Call {
    pub(crate) front: Arc<Front>,
    pub(crate) user: UserId,
    pub(crate) head: Head,
    pub(crate) body: Bytes,
}

impl Call {
    pub(crate) fn version(&self) -> ProtocolVersion {
        self.head.version
    }

    /// The request of a command.
    pub(crate) fn request<C: Command>(&self) -> Result<C::Request<'_>, Failure> {
        if self.body.is_empty() && C::empty_request().is_none() {
            return Err(CommonStatus::InvalidContent.into());
        }
        C::decode_request(&self.body).map_err(Failure::Malformed)
    }

    /// The answer of a command.
    pub(crate) fn reply<C: Command>(&self, response: &C::Response<'_>) -> Result<Reply, Failure> {
        encode::<C>(response, self.version()).map(Reply::Document)
    }

    /// Who synchronizes.
    pub(crate) fn session(&self) -> Session<'_> {
        let quirks = Quirks::of_device_type(&self.head.device.kind);
        Session { quirks, ..Session::new(&self.head.device.id, self.version()) }
    }

    /// A unit of work on the user's mailbox.
    pub(crate) fn mailbox(&self) -> Result<Box<dyn Mailbox + '_>, Failure> {
        Ok(self.front.backend.open(&self.user)?)
    }

    /// The user's mailbox for reading.
    pub(crate) fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, Failure> {
        Ok(self.front.backend.snapshot(&self.user)?)
    }

    /// A key of the state table for this device.
    pub(crate) fn state_key(&self, what: &str) -> Vec<u8> {
        format!("{what}/{}", self.head.device.id).into_bytes()
    }
}

/// Does something that may block, where blocking does no harm.
pub(crate) async fn blocking<C: Send + Sync + 'static, T: Send + 'static>(
    context: &Arc<C>,
    work: impl FnOnce(&C) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let context = Arc::clone(context);
    let done = tokio::task::spawn_blocking(move || work(&context)).await;
    done.unwrap_or_else(|panic| {
        tracing::error!(%panic, "a command broke down");
        Err(CommonStatus::ServerError.into())
    })
}

type Handler = fn(&Call) -> Result<Reply, Failure>;

/// Commands that answer at once.
const HANDLERS: &[(&str, Handler)] = &[
    ("FolderCreate", folder_create::run),
    ("FolderDelete", folder_delete::run),
    ("FolderSync", folder_sync::run),
    ("FolderUpdate", folder_update::run),
    ("GetAttachment", get_attachment::run),
    ("GetHierarchy", get_hierarchy::run),
    ("GetItemEstimate", get_item_estimate::run),
    ("ItemOperations", item_operations::run),
    ("MoveItems", move_items::run),
    ("Provision", provision::run),
];

/// Commands that wait, for changes or for another server.
const WAITING: &[&str] = &["Ping", "SendMail", "Sync"];

/// Whether the server has a command.
pub(crate) fn is_implemented(command: &CommandInfo) -> bool {
    WAITING.contains(&command.name) || handler(command).is_some()
}

fn handler(command: &CommandInfo) -> Option<Handler> {
    HANDLERS.iter().find(|(name, _)| *name == command.name).map(|(_, handler)| *handler)
}

/// Answers a request.
pub(crate) async fn run(call: Call) -> Result<Reply, Failure> {
    check_content_type(&call)?;
    let call = Arc::new(call);
    if call.front.policy.is_required() && provision::needs_policy(call.head.command) {
        blocking(&call, provision::check).await?;
    }
    match call.head.command.name {
        "Ping" => crate::push::ping::run(&call).await,
        "SendMail" => send_mail::run(&call).await,
        "Sync" => sync::run(&call).await,
        _ => match handler(call.head.command) {
            Some(handler) => blocking(&call, handler).await,
            None => Err(CommonStatus::CommandNotSupported.into()),
        },
    }
}

/// A body is what the header says, and what the command takes (`[MS-ASCMD]` 2.2.2, status 101).
fn check_content_type(call: &Call) -> Result<(), Failure> {
    let Some(content_type) = call.head.content_type.as_deref().filter(|_| !call.body.is_empty()) else {
        return Ok(());
    };
    let is_message =
        content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(CONTENT_TYPE_MESSAGE);
    let fits = match call.head.command.name {
        "GetAttachment" | "GetHierarchy" => true,
        // A message may come as it is in every version; as WBXML only from 14.0 on.
        "SendMail" => is_message || (is_wbxml(content_type) && call.version() >= ProtocolVersion::V14_0),
        _ => is_wbxml(content_type),
    };
    if fits { Ok(()) } else { Err(CommonStatus::InvalidContent.into()) }
}

impl From<BackendError> for Failure {
    fn from(error: BackendError) -> Self {
        let status = match error {
            BackendError::NoUser(_) => CommonStatus::UserPrincipalCouldNotBeFound,
            BackendError::Busy => CommonStatus::ServerErrorRetryLater,
            BackendError::Full => CommonStatus::MailboxQuotaExceeded,
            _ => CommonStatus::ServerError,
        };
        tracing::error!(%error, "the mailbox failed");
        Self::Status(status)
    }
}

/// The status of a request that cannot be decoded.
pub(crate) fn status_of(error: &wbxml::Error) -> CommonStatus {
    match error.kind() {
        ErrorKind::MissingElement(_)
        | ErrorKind::UnexpectedElement { .. }
        | ErrorKind::DuplicateElement(_)
        | ErrorKind::UnexpectedContent
        | ErrorKind::UnknownTag(_)
        | ErrorKind::InvalidValue { .. } => CommonStatus::InvalidXml,
        _ => CommonStatus::InvalidWbxml,
    }
}

/// The answer of a command that has nothing but a status.
pub(crate) fn status_document(
    command: &CommandInfo,
    version: ProtocolVersion,
    status: CommonStatus,
) -> Option<Vec<u8>> {
    use types::compose_mail::SendMailResponse;
    use types::folder_hierarchy::{
        FolderCreateResponse, FolderDeleteResponse, FolderSyncResponse, FolderUpdateResponse,
    };
    use types::get_item_estimate::GetItemEstimateResponse;
    use types::item_operations::ItemOperationsResponse;
    use types::move_items::MoveItemsResponse;
    use types::ping::PingResponse;
    use types::provision::ProvisionResponse;
    use types::sync::SyncResponse;

    let document = match command.name {
        "FolderCreate" => {
            encode::<types::FolderCreate>(&FolderCreateResponse::failed(status.into()), version)
        }
        "FolderDelete" => {
            encode::<types::FolderDelete>(&FolderDeleteResponse::failed(status.into()), version)
        }
        "FolderSync" => encode::<types::FolderSync>(&FolderSyncResponse::failed(status.into()), version),
        "FolderUpdate" => {
            encode::<types::FolderUpdate>(&FolderUpdateResponse::failed(status.into()), version)
        }
        "GetItemEstimate" => {
            let response = GetItemEstimateResponse { status: Some(status.into()), ..Default::default() };
            encode::<types::GetItemEstimate>(&response, version)
        }
        "ItemOperations" => {
            encode::<types::ItemOperations>(&ItemOperationsResponse::failed(status.into()), version)
        }
        "MoveItems" => {
            let response = MoveItemsResponse { status: Some(status.into()), ..Default::default() };
            encode::<types::MoveItems>(&response, version)
        }
        "Ping" => encode::<types::Ping>(&PingResponse::new(status.into()), version),
        "Provision" => encode::<types::Provision>(&ProvisionResponse::new(status.into()), version),
        "SendMail" => encode::<types::SendMail>(&SendMailResponse::failed(status), version),
        "Sync" => encode::<types::Sync>(&SyncResponse::failed(status.into()), version),
        _ => return None,
    };
    document.ok()
}
