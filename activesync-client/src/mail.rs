//! Sending mail, fetching what belongs to it, moving items.

use activesync_types::airsyncbase::{BodyPreference, BodyType};
use activesync_types::compose_mail::SendMailRequest;
use activesync_types::http::{CONTENT_TYPE_MULTIPART, MultiPart, Parameters};
use activesync_types::item_operations::{
    EmptyFolderContents, Fetch, FetchOptions, FetchResponse, ItemOperationsRequest, ItemProperties, Operation,
};
use activesync_types::move_items::{Move, MoveItemsRequest};
use activesync_types::status::{CommonStatus, ItemOperationsStatus, MoveItemsStatus, SendMailStatus};
use activesync_types::sync::MimeSupport;
use activesync_types::{ClientId, Command, FileReference, ItemOperations, MoveItems, SendMail, ServerId};
use bytes::Bytes;
use wbxml::{IntoOwned, ProtocolVersion};

use crate::client::{Answer, Client};
use crate::error::{Error, Result};
use crate::folders::Folder;
use crate::request::{Call, repeatable};
use crate::state::{Batch, Table};
use crate::sync::Item;

/// The content of an attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttachmentContent {
    /// Its media type, if the server says it.
    pub content_type: Option<String>,
    /// Its bytes.
    pub bytes: Bytes,
}

/// What became of an item that was to be moved.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Moved {
    /// The item, as it was called before.
    pub item: ServerId<'static>,
    /// The identifier that it has now, or why it was not moved.
    pub result: Result<ServerId<'static>, MoveItemsStatus>,
}

impl Client {
    /// Sends a message, in the form of RFC 5322 with CRLF line ends, and keeps a copy in Sent Items.
    ///
    /// From 14.0 on a message whose answer got lost is sent again, and known again by the server. Before that the
    /// client cannot tell whether such a message was sent, and leaves it to the caller.
    pub async fn send_mail(&self, message: impl Into<Vec<u8>>) -> Result<()> {
        let command = SendMail::NAME;
        let version = self.version();
        // At most 40 characters. [MS-ASCMD] 2.2.3.28.1
        let client_id = ClientId::from(uuid::Uuid::new_v4().simple().to_string());
        let message: Vec<u8> = message.into();
        let request = SendMailRequest::new(client_id, message);
        let body = SendMail::encode_request(&request, version)
            .map_err(|source| Error::Request { command, source })?;
        let save_in_sent = version < ProtocolVersion::V14_0;
        let call = Call {
            parameters: Parameters { save_in_sent, ..Parameters::default() },
            content_type: Some(SendMail::request_content_type(version)),
            repeatable: repeatable(command, version),
            ..Call::new(command, body)
        };
        let answer = Answer::<SendMail>::new(self.call(&call).await?.body);
        match answer.decode()?.status {
            // The identifier is new: what was sent previously is this very message, whose answer got lost.
            None
            | Some(SendMailStatus::Success | SendMailStatus::Common(CommonStatus::MessagePreviouslySent)) => {
                Ok(())
            }
            Some(status) => Err(Error::status(command, status.info())),
        }
    }

    /// Fetches an attachment, by the reference that its item gives:
    /// [`file_reference`](activesync_types::airsyncbase::Attachment::file_reference), or
    /// [`att_name`](activesync_types::email::Attachment::att_name) up to 2.5.
    pub async fn fetch_attachment(&self, reference: &str) -> Result<AttachmentContent> {
        if self.version() < ProtocolVersion::V12_0 {
            return self.get_attachment(reference).await;
        }
        let fetch = Fetch::attachment(FileReference::from(reference));
        // Beside the WBXML, where it needs no base64.
        let fetched = self.fetch(fetch, true).await?;
        let properties: ItemProperties<'_> = fetched.properties()?;
        let bytes = match properties.part {
            Some(part) => fetched.part(part)?,
            None => properties.content().ok_or_else(|| unexpected("the attachment is not in base64"))?.into(),
        };
        Ok(AttachmentContent {
            content_type: properties.content_type.map(std::borrow::Cow::into_owned),
            bytes,
        })
    }

    /// Up to 12.1: the whole answer is the attachment. `[MS-ASCMD]` 2.2.1.7.
    async fn get_attachment(&self, reference: &str) -> Result<AttachmentContent> {
        let call = Call {
            parameters: Parameters { attachment_name: Some(reference.into()), ..Parameters::default() },
            repeatable: true,
            raw_answer: true,
            ..Call::new("GetAttachment", Vec::new())
        };
        let answer = self.call(&call).await?;
        let content_type = answer.protocol().content_type.map(std::borrow::Cow::into_owned);
        Ok(AttachmentContent { content_type, bytes: answer.body })
    }

    /// Fetches an item whole, with the body in one form; since 12.0.
    pub async fn fetch_item(&self, folder: &Folder, id: &ServerId<'_>, body: BodyType) -> Result<Item> {
        let mut fetch = Fetch::item(folder.id.as_str(), id.borrowed());
        fetch.options = Some(FetchOptions {
            mime_support: (body == BodyType::Mime).then_some(MimeSupport::Always),
            body_preferences: vec![BodyPreference::new(body)],
            ..FetchOptions::default()
        });
        // Within the WBXML, so that the item is complete by itself.
        let fetched = self.fetch(fetch, false).await?;
        let response = fetched.response()?;
        let class = response.class.map_or_else(|| folder.class(), IntoOwned::into_owned);
        let data = response.properties.ok_or_else(|| unexpected("the item has no properties"))?;
        Ok(Item::new(ServerId::from(id.as_str().to_owned()), class, data.into_owned()))
    }

    /// Deletes what is in a folder; the folders inside of it, too, if `delete_sub_folders`. Since 12.0.
    pub async fn empty_folder(&self, folder: &Folder, delete_sub_folders: bool) -> Result<()> {
        let operation = EmptyFolderContents::new(folder.id.as_str(), delete_sub_folders);
        let answer = self.item_operations(vec![operation.into()]).await?;
        let answer = answer.decode()?;
        let status = answer
            .response
            .as_ref()
            .and_then(|responses| responses.empty_folder_contents.first())
            .map_or(answer.status, |response| response.status);
        success(status)
    }

    /// Executes operations; since 12.0. The statuses of each are in the answer.
    ///
    /// # Errors
    /// [`Error::Status`] if the request as a whole failed.
    pub async fn item_operations(&self, operations: Vec<Operation<'_>>) -> Result<Answer<ItemOperations>> {
        let (answer, _) = self.operations(operations, false).await?;
        Ok(answer)
    }

    async fn fetch(&self, fetch: Fetch<'_>, multi_part: bool) -> Result<Fetched> {
        let (answer, body) = self.operations(vec![fetch.into()], multi_part).await?;
        Ok(Fetched { answer, body })
    }

    async fn operations(
        &self,
        operations: Vec<Operation<'_>>,
        multi_part: bool,
    ) -> Result<(Answer<ItemOperations>, Bytes)> {
        let command = ItemOperations::NAME;
        let version = self.version();
        if version < ProtocolVersion::V12_0 {
            return Err(Error::NotInVersion { what: "ItemOperations", version });
        }
        let request = ItemOperationsRequest::from(operations);
        let body = ItemOperations::encode_request(&request, version)
            .map_err(|source| Error::Request { command, source })?;
        let call = Call {
            parameters: Parameters { accept_multi_part: multi_part, ..Parameters::default() },
            content_type: Some(ItemOperations::request_content_type(version)),
            repeatable: true,
            ..Call::new(command, body)
        };
        let incoming = self.call(&call).await?;
        let is_multi_part = incoming
            .protocol()
            .content_type
            .is_some_and(|media_type| media_type.starts_with(CONTENT_TYPE_MULTIPART));
        let document = if is_multi_part {
            let parts = MultiPart::parse(&incoming.body).map_err(|error| unexpected(&error.to_string()))?;
            incoming.body.slice_ref(parts.document())
        } else {
            incoming.body.clone()
        };
        let answer = Answer::<ItemOperations>::new(document);
        let status = answer.decode()?.status;
        match status {
            ItemOperationsStatus::Success => Ok((answer, incoming.body)),
            status => Err(Error::status(command, status.info())),
        }
    }

    /// Moves items of one folder to another. The next synchronization says that they are gone from the one, and new
    /// in the other.
    ///
    /// # Errors
    /// [`Error::Status`] if the request as a whole failed; the fate of each item is in the result.
    pub async fn move_items<'a>(
        &self,
        from: &Folder,
        items: impl IntoIterator<Item = &'a ServerId<'a>>,
        to: &Folder,
    ) -> Result<Vec<Moved>> {
        let moves: Vec<_> = items
            .into_iter()
            .map(|item| Move::new(item.borrowed(), from.id.as_str(), to.id.as_str()))
            .collect();
        if moves.is_empty() {
            return Ok(Vec::new());
        }
        let response = self.send::<MoveItems>(&MoveItemsRequest { moves }).await?;
        if let Some(status) = response.status.filter(|status| *status != MoveItemsStatus::Success) {
            return Err(Error::status(MoveItems::NAME, status.info()));
        }
        let mut batch = Batch::new();
        let fates = response
            .responses
            .into_iter()
            .map(|response| {
                let result = match (response.status, response.dst_msg_id) {
                    (MoveItemsStatus::Success, now) => Ok(now.unwrap_or_else(|| response.src_msg_id.clone())),
                    (status, _) => Err(status),
                };
                if result.is_ok() {
                    batch.put(Table::Moved, from.id.as_str(), response.src_msg_id.as_str(), Vec::new());
                }
                Moved { item: response.src_msg_id, result }
            })
            .collect();
        self.write(batch).await?;
        Ok(fates)
    }
}

/// The answer to a fetch, with the parts beside it.
struct Fetched {
    answer: Answer<ItemOperations>,
    body: Bytes,
}

impl Fetched {
    fn response(&self) -> Result<FetchResponse<'_>> {
        let responses = self.answer.decode()?.response.unwrap_or_default();
        let response =
            responses.fetches.into_iter().next().ok_or_else(|| unexpected("it has no fetched item"))?;
        success(response.status)?;
        Ok(response)
    }

    fn properties(&self) -> Result<ItemProperties<'static>> {
        let response = self.response()?;
        let properties =
            response.properties.ok_or_else(|| unexpected("what was fetched has no properties"))?;
        let properties: ItemProperties<'_> = properties
            .decode()
            .map_err(|source| Error::Malformed { command: ItemOperations::NAME, source })?;
        Ok(properties.into_owned())
    }

    fn part(&self, number: u32) -> Result<Bytes> {
        let parts = MultiPart::parse(&self.body).map_err(|error| unexpected(&error.to_string()))?;
        let part = parts.part(number).ok_or_else(|| unexpected(&format!("it has no part {number}")))?;
        Ok(self.body.slice_ref(part))
    }
}

fn success(status: ItemOperationsStatus) -> Result<()> {
    match status {
        ItemOperationsStatus::Success => Ok(()),
        status => Err(Error::status(ItemOperations::NAME, status.info())),
    }
}

fn unexpected(fault: &str) -> Error {
    Error::Unexpected { command: ItemOperations::NAME, fault: fault.to_owned() }
}
