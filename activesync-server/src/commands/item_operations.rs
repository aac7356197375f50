//! ItemOperations: fetches items and attachments, empties folders (`[MS-ASCMD]` 2.2.1.10).

use activesync_types::airsyncbase::BodyType;
use activesync_types::calendar::Calendar;
use activesync_types::contacts::Contact;
use activesync_types::email::Email;
use activesync_types::http::write_multipart;
use activesync_types::item_operations::{
    EmptyFolderContents, EmptyFolderContentsResponse, Fetch, FetchOptions, FetchResponse,
    ItemOperationsResponse, ItemProperties, Move, MoveResponse, Operation, OperationResponses, Range, Store,
};
use activesync_types::status::{CommonStatus, ItemOperationsStatus};
use activesync_types::sync::SyncOptions;
use activesync_types::{Class, ItemOperations, TagList};
use wbxml::{AnyElement, Encode, Fragment, IntoOwned, ProtocolVersion, Writer};

use super::Call;
use super::get_attachment::attachment;
use crate::backend::{self, BackendError, Content, FolderId, Mailbox, Revision, Snapshot};
use crate::http::{Failure, Reply, encode};
use crate::sync::{self, find_folder, find_item};

/// Items that are deleted before the next ones are looked up.
const BATCH: usize = 500;

pub(super) fn run(call: &Call) -> Result<Reply, Failure> {
    let request = call.request::<ItemOperations>()?;
    if request.operations.is_empty() {
        return Err(CommonStatus::InvalidXml.into());
    }
    let mut parts =
        Parts { wanted: call.head.accept_multi_part, version: call.version(), contents: Vec::new() };
    let writes =
        request.operations.iter().any(|operation| matches!(operation, Operation::EmptyFolderContents(_)));
    let mut responses = OperationResponses::default();
    if writes {
        let mut mailbox = call.mailbox()?;
        for operation in &request.operations {
            match operation {
                Operation::EmptyFolderContents(operation) => {
                    responses.empty_folder_contents.push(empty(&mut *mailbox, operation)?);
                }
                other => read(&*mailbox, other, &mut parts, &mut responses)?,
            }
        }
        mailbox.commit()?;
    } else {
        let mailbox = call.snapshot()?;
        for operation in &request.operations {
            read(&*mailbox, operation, &mut parts, &mut responses)?;
        }
    }
    parts.reply(encode::<ItemOperations>(&ItemOperationsResponse::from(responses), call.version())?)
}

/// Content that goes beside the document, for clients that take it so.
struct Parts {
    wanted: bool,
    version: ProtocolVersion,
    contents: Vec<Vec<u8>>,
}

impl Parts {
    /// The number under which the document names the content.
    fn add(&mut self, content: Vec<u8>) -> Option<u32> {
        self.contents.push(content);
        u32::try_from(self.contents.len()).ok()
    }

    fn reply(self, document: Vec<u8>) -> Result<Reply, Failure> {
        if !self.wanted {
            return Ok(Reply::Document(document));
        }
        let parts: Vec<&[u8]> = std::iter::once(&document).chain(&self.contents).map(Vec::as_slice).collect();
        write_multipart(&parts).map(Reply::MultiPart).ok_or(Failure::Status(CommonStatus::ServerError))
    }
}

fn read(
    mailbox: &dyn Snapshot,
    operation: &Operation<'_>,
    parts: &mut Parts,
    responses: &mut OperationResponses<'static>,
) -> Result<(), Failure> {
    match operation {
        Operation::Fetch(wanted) => responses.fetches.push(fetch(mailbox, wanted, parts)?),
        Operation::Move(wanted) => responses.moves.push(refuse_move(wanted)),
        Operation::EmptyFolderContents(_) => {}
    }
    Ok(())
}

fn fetch(
    mailbox: &dyn Snapshot,
    wanted: &Fetch<'_>,
    parts: &mut Parts,
) -> Result<FetchResponse<'static>, Failure> {
    let fetched = match wanted {
        Fetch { store: Store::DocumentLibrary | Store::Other(_), .. } => {
            Err(ItemOperationsStatus::UnknownStore)
        }
        Fetch { file_reference: Some(reference), .. } => {
            fetch_attachment(mailbox, reference.as_str(), wanted.options.as_ref(), parts)?
                .map(|data| (None, data))
        }
        Fetch { collection_id: Some(_), server_id: Some(_), .. } => fetch_item(mailbox, wanted, parts)?,
        // There are no searches that could have given one out.
        Fetch { long_id: Some(_), .. } => Err(ItemOperationsStatus::NotFound),
        _ => Err(ItemOperationsStatus::ProtocolError),
    };
    let mut response = FetchResponse::new(ItemOperationsStatus::Success);
    match fetched {
        Ok((class, properties)) => {
            response.class = class;
            response.properties = Some(properties);
        }
        Err(status) => response.status = status,
    }
    response.collection_id = wanted.collection_id.clone().map(IntoOwned::into_owned);
    response.server_id = wanted.server_id.clone().map(IntoOwned::into_owned);
    response.long_id = wanted.long_id.clone().map(IntoOwned::into_owned);
    response.link_id = wanted.link_id.clone().map(IntoOwned::into_owned);
    response.file_reference = wanted.file_reference.clone().map(IntoOwned::into_owned);
    Ok(response)
}

type Fetched<T> = Result<Result<T, ItemOperationsStatus>, Failure>;

fn fetch_attachment(
    mailbox: &dyn Snapshot,
    reference: &str,
    options: Option<&FetchOptions<'_>>,
    parts: &mut Parts,
) -> Fetched<Fragment<'static>> {
    let Some(file) = attachment(mailbox, reference)? else {
        return Ok(Err(ItemOperationsStatus::InvalidAttachment));
    };
    let total = u32::try_from(file.bytes.len()).ok();
    let (bytes, range) = match options.and_then(|options| options.range) {
        Some(range) => match cut(file.bytes, range) {
            Ok((bytes, range)) => (bytes, Some(range)),
            Err(status) => return Ok(Err(status)),
        },
        None => (file.bytes, None),
    };
    let mut properties = if parts.wanted {
        ItemProperties {
            content_type: Some(file.content_type.into()),
            part: parts.add(bytes),
            ..Default::default()
        }
    } else {
        ItemProperties::inline(file.content_type, &bytes)
    };
    // Nobody gets a range who did not ask for one: it breaks the first download of iOS 10.
    properties.total = range.and(total);
    properties.range = range;
    Ok(Ok(fragment(&properties, parts.version)?))
}

/// The bytes of a range that are there, and which ones these are.
fn cut(mut bytes: Vec<u8>, range: Range) -> Result<(Vec<u8>, Range), ItemOperationsStatus> {
    let Some(last) = bytes.len().checked_sub(1) else {
        return Err(ItemOperationsStatus::EmptyFile);
    };
    let last = u32::try_from(last).unwrap_or(Range::MAX).min(range.last());
    let range = Range::new(range.first(), last).ok_or(ItemOperationsStatus::InvalidRange)?;
    bytes.truncate(usize::try_from(last).map_or(usize::MAX, |last| last + 1));
    bytes.drain(..usize::try_from(range.first()).unwrap_or(usize::MAX).min(bytes.len()));
    Ok((bytes, range))
}

fn fetch_item(
    mailbox: &dyn Snapshot,
    wanted: &Fetch<'_>,
    parts: &mut Parts,
) -> Fetched<(Option<Class<'static>>, Fragment<'static>)> {
    let Some(folder) = find_folder(mailbox, wanted.collection_id.as_ref(), None)? else {
        return Ok(Err(ItemOperationsStatus::NotFound));
    };
    let item = wanted.server_id.as_ref().and_then(|id| find_item(mailbox, folder.id, id));
    let Some(item) = item.map(|item| mailbox.item(folder.id, item)).transpose()?.flatten() else {
        return Ok(Err(ItemOperationsStatus::NotFound));
    };
    let options = wanted.options.as_ref();
    let data = match sync::application_data(mailbox, parts.version, folder.id, &item, &sync_options(options))
    {
        Ok(data) => data,
        Err(error) => {
            tracing::warn!(%folder.id, %item.id, %error, "an item cannot be sent");
            return Ok(Err(ItemOperationsStatus::ConversionFailed));
        }
    };
    let class = item.content.kind().class();
    let data = if parts.wanted { body_as_part(&item.content, &data, parts)? } else { data };
    let data = match options.map(|options| options.schemas.as_slice()) {
        Some(schemas @ [_, ..]) => only(&data, schemas, parts.version)?,
        _ => data,
    };
    Ok(Ok((Some(class), data)))
}

/// What is wanted of the item, in the words of Sync.
fn sync_options(options: Option<&FetchOptions<'_>>) -> SyncOptions<'static> {
    let Some(options) = options else {
        return SyncOptions::default();
    };
    SyncOptions {
        mime_support: options.mime_support,
        body_preferences: options.body_preferences.clone(),
        body_part_preferences: options.body_part_preferences.clone(),
        ..SyncOptions::default()
    }
}

/// The item with its body in a part of its own, where a whole message has the bytes that it has in the store.
fn body_as_part(
    content: &Content,
    data: &Fragment<'_>,
    parts: &mut Parts,
) -> Result<Fragment<'static>, Failure> {
    macro_rules! with_part {
        ($kind:ident) => {{
            let mut item: $kind<'_> = data.decode().map_err(|error| unreadable(&error))?;
            if let Some(body) = &mut item.body
                && let Some(data) = body.data.take()
            {
                let is_whole = body.body_type == BodyType::Mime && body.truncated != Some(true);
                body.part = parts.add(match content {
                    Content::Email(email) if is_whole => email.raw.clone(),
                    _ => data.into_bytes().into_owned(),
                });
            }
            fragment(&item, parts.version)
        }};
    }
    match content {
        Content::Contact(_) => with_part!(Contact),
        Content::Event(_) => with_part!(Calendar),
        Content::Email(_) => with_part!(Email),
    }
}

/// The properties that are named, and no others.
fn only(
    data: &Fragment<'_>,
    schemas: &[TagList],
    version: ProtocolVersion,
) -> Result<Fragment<'static>, Failure> {
    let mut kept = Elements(Vec::new());
    let mut reader = data.reader().map_err(|error| unreadable(&error))?;
    while let Some(tag) = reader.child().map_err(|error| unreadable(&error))? {
        let element = reader.any(tag).map_err(|error| unreadable(&error))?;
        if schemas.iter().any(|schema| schema.contains(tag)) {
            kept.0.push(element);
        }
    }
    fragment(&kept, version)
}

struct Elements<'a>(Vec<AnyElement<'a>>);

impl Encode for Elements<'_> {
    fn encode(&self, writer: &mut Writer<'_>) -> wbxml::Result<()> {
        self.0.iter().try_for_each(|element| wbxml::EncodeElement::encode_element(element, writer))
    }
}

fn fragment(value: &impl Encode, version: ProtocolVersion) -> Result<Fragment<'static>, Failure> {
    Fragment::from_value(value, Some(version)).map_err(|error| unreadable(&error))
}

/// What the server wrote itself, it can read.
fn unreadable(error: &wbxml::Error) -> Failure {
    tracing::error!(%error, "an item cannot be written");
    CommonStatus::ServerError.into()
}

fn empty(
    mailbox: &mut dyn Mailbox,
    operation: &EmptyFolderContents<'_>,
) -> Result<EmptyFolderContentsResponse<'static>, Failure> {
    let collection_id = operation.collection_id.clone().into_owned();
    let Some(folder) = find_folder(mailbox, Some(&operation.collection_id), None)? else {
        return Ok(EmptyFolderContentsResponse { status: ItemOperationsStatus::NotFound, collection_id });
    };
    delete_items(mailbox, folder.id)?;
    let mut status = ItemOperationsStatus::Success;
    if operation.options.is_some_and(|options| options.delete_sub_folders) {
        for inside in mailbox.folders()?.into_iter().filter(|inside| inside.parent == Some(folder.id)) {
            match mailbox.delete_folder(inside.id) {
                Ok(()) => {}
                Err(BackendError::GivenFolder(_)) => status = ItemOperationsStatus::PartialSuccess,
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(EmptyFolderContentsResponse { status, collection_id })
}

fn delete_items(mailbox: &mut dyn Mailbox, folder: FolderId) -> backend::Result<()> {
    let mut seen = Revision(0);
    loop {
        let changes = mailbox.changes(folder, seen, BATCH)?;
        let Some(last) = changes.last() else {
            return Ok(());
        };
        seen = last.revision;
        for change in changes.iter().filter(|change| change.present.is_some()) {
            mailbox.delete_item(folder, change.item)?;
        }
    }
}

/// Conversations stay where they are: nothing keeps track of what belongs to one.
fn refuse_move(wanted: &Move<'_>) -> MoveResponse<'static> {
    let always = wanted.options.is_some_and(|options| options.move_always);
    let status = if always {
        CommonStatus::FailureInMoveOperation
    } else {
        CommonStatus::MoveCommandDisallowedForNonPersistentMoveAction
    };
    MoveResponse { status: status.into(), conversation_id: wanted.conversation_id.clone().into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(range: (u32, u32)) -> Result<(Vec<u8>, String), ItemOperationsStatus> {
        let range = Range::new(range.0, range.1).unwrap();
        cut(b"0123456789".to_vec(), range).map(|(bytes, range)| (bytes, range.to_string()))
    }

    #[test]
    fn a_range_counts_from_0_and_ends_with_the_content() {
        assert_eq!(bytes((0, 9)), Ok((b"0123456789".to_vec(), "0-9".to_owned())));
        assert_eq!(bytes((3, 5)), Ok((b"345".to_vec(), "3-5".to_owned())));
        assert_eq!(bytes((9, 9)), Ok((b"9".to_vec(), "9-9".to_owned())));
        assert_eq!(bytes((8, 999_999_999)), Ok((b"89".to_vec(), "8-9".to_owned())));
        assert_eq!(bytes((10, 12)), Err(ItemOperationsStatus::InvalidRange));
        assert_eq!(cut(Vec::new(), Range::new(0, 0).unwrap()).unwrap_err(), ItemOperationsStatus::EmptyFile);
    }
}
