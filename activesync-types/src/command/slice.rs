//! The commands whose types are here.

use wbxml::{DecodeElement, EncodeElement, ProtocolVersion, Reader, Tag, Writer};

use super::Command;
use crate::compose_mail::{SendMailRequest, SendMailResponse};
use crate::folder_hierarchy::{
    FolderCreateRequest, FolderCreateResponse, FolderDeleteRequest, FolderDeleteResponse, FolderSyncRequest,
    FolderSyncResponse, FolderUpdateRequest, FolderUpdateResponse, GetHierarchyResponse,
};
use crate::get_item_estimate::{GetItemEstimateRequest, GetItemEstimateResponse};
use crate::item_operations::{ItemOperationsRequest, ItemOperationsResponse};
use crate::move_items::{MoveItemsRequest, MoveItemsResponse};
use crate::ping::{PingRequest, PingResponse};
use crate::provision::{ProvisionRequest, ProvisionResponse};
use crate::sync::{SyncRequest, SyncResponse};

/// Synchronizes items: [`sync`](crate::sync).
#[derive(Clone, Copy, Debug)]
pub struct Sync;

impl Command for Sync {
    const NAME: &'static str = "Sync";
    const CODE: Option<u8> = Some(0);
    type Request<'a> = SyncRequest<'a>;
    type Response<'a> = SyncResponse<'a>;

    fn empty_request<'a>() -> Option<SyncRequest<'a>> {
        Some(SyncRequest::default())
    }

    fn empty_response<'a>() -> Option<SyncResponse<'a>> {
        Some(SyncResponse::default())
    }

    fn is_empty_request(request: &SyncRequest<'_>) -> bool {
        request.is_empty()
    }

    fn is_empty_response(response: &SyncResponse<'_>) -> bool {
        response.is_empty()
    }
}

/// Sends a message: [`compose_mail`](crate::compose_mail).
///
/// Up to 12.1 the body is the message, and nothing else of the request goes with it: `SaveInSent` is a parameter
/// of the query. Reading takes either form, by its first bytes: a message cannot begin with those of WBXML.
#[derive(Clone, Copy, Debug)]
pub struct SendMail;

impl Command for SendMail {
    const NAME: &'static str = "SendMail";
    const CODE: Option<u8> = Some(1);
    type Request<'a> = SendMailRequest<'a>;
    type Response<'a> = SendMailResponse;

    fn empty_response<'a>() -> Option<Self::Response<'a>> {
        Some(SendMailResponse::default())
    }

    fn is_empty_response(response: &SendMailResponse) -> bool {
        response.status.is_none()
    }

    fn request_content_type(version: ProtocolVersion) -> &'static str {
        if version < ProtocolVersion::V14_0 {
            crate::http::CONTENT_TYPE_MESSAGE
        } else {
            crate::http::CONTENT_TYPE_WBXML
        }
    }

    fn decode_request(body: &[u8]) -> wbxml::Result<SendMailRequest<'_>> {
        // WBXML begins with its version, 0x00 to 0x03; a message with a printable character or a line end.
        match body.first() {
            Some(0x04..) => Ok(SendMailRequest::from_mime(body)),
            _ => Reader::new(body).decode(),
        }
    }

    fn encode_request(request: &SendMailRequest<'_>, version: ProtocolVersion) -> wbxml::Result<Vec<u8>> {
        if version < ProtocolVersion::V14_0 {
            return Ok(request.mime.0.to_vec());
        }
        Writer::new(Vec::new()).version(version).encode(request)
    }
}

/// Lists the mail folders, up to 12.1: [`folder_hierarchy`](crate::folder_hierarchy).
#[derive(Clone, Copy, Debug)]
pub struct GetHierarchy;

impl Command for GetHierarchy {
    const NAME: &'static str = "GetHierarchy";
    const CODE: Option<u8> = Some(5);
    type Request<'a> = NoBody;
    type Response<'a> = GetHierarchyResponse<'a>;

    fn empty_request<'a>() -> Option<Self::Request<'a>> {
        Some(NoBody)
    }

    fn is_empty_request(_request: &NoBody) -> bool {
        true
    }
}

/// A body that is always empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoBody;

impl DecodeElement<'_> for NoBody {
    fn accepts(_tag: Tag) -> bool {
        false
    }

    fn decode_element(tag: Tag, reader: &mut Reader<'_>) -> wbxml::Result<Self> {
        Err(reader.unexpected(tag, Self::expected()))
    }

    fn expected() -> &'static str {
        "no body"
    }
}

impl EncodeElement for NoBody {
    fn encode_element(&self, _writer: &mut Writer<'_>) -> wbxml::Result<()> {
        Ok(())
    }
}

/// Waits for changes: [`ping`](crate::ping).
#[derive(Clone, Copy, Debug)]
pub struct Ping;

impl Command for Ping {
    const NAME: &'static str = "Ping";
    const CODE: Option<u8> = Some(18);
    type Request<'a> = PingRequest<'a>;
    type Response<'a> = PingResponse<'a>;

    fn empty_request<'a>() -> Option<PingRequest<'a>> {
        Some(PingRequest::default())
    }

    fn is_empty_request(request: &PingRequest<'_>) -> bool {
        request.is_empty()
    }
}

macro_rules! command {
    ($(#[$doc:meta])* $name:ident $code:literal $request:ident $response:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Command for $name {
            const NAME: &'static str = stringify!($name);
            const CODE: Option<u8> = Some($code);
            type Request<'a> = $request<'a>;
            type Response<'a> = $response<'a>;
        }
    };
}

command! {
    /// Synchronizes the folder hierarchy; since 2.0: [`folder_hierarchy`](crate::folder_hierarchy).
    FolderSync 9 FolderSyncRequest FolderSyncResponse
}

command! {
    /// Makes a folder; since 2.0: [`folder_hierarchy`](crate::folder_hierarchy).
    FolderCreate 10 FolderCreateRequest FolderCreateResponse
}

command! {
    /// Deletes a folder; since 2.0: [`folder_hierarchy`](crate::folder_hierarchy).
    FolderDelete 11 FolderDeleteRequest FolderDeleteResponse
}

command! {
    /// Renames or moves a folder; since 2.0: [`folder_hierarchy`](crate::folder_hierarchy).
    FolderUpdate 12 FolderUpdateRequest FolderUpdateResponse
}

command! {
    /// Moves items: [`move_items`](crate::move_items).
    MoveItems 13 MoveItemsRequest MoveItemsResponse
}

command! {
    /// Tells how many changes there are: [`get_item_estimate`](crate::get_item_estimate).
    GetItemEstimate 14 GetItemEstimateRequest GetItemEstimateResponse
}

command! {
    /// Fetches items and attachments, empties folders; since 12.0: [`item_operations`](crate::item_operations).
    ItemOperations 19 ItemOperationsRequest ItemOperationsResponse
}

command! {
    /// Gets policies; since 2.5: [`provision`](crate::provision).
    Provision 20 ProvisionRequest ProvisionResponse
}
