//! How folders, items and attachments are called on the wire.
//!
//! Up to 2.5 in the forms of Exchange 2003, later as short decimal numbers. What comes in is understood in both
//! forms whatever the version, since a device keeps its identifiers when it is upgraded.

use std::borrow::Cow;

use activesync_types::{Class, CollectionId, ReplicaId, ServerId};
use wbxml::ProtocolVersion;

use crate::backend::{BackendError, Folder, FolderId, ItemId, Result, Snapshot};

/// What a folder is called.
pub fn collection_id(
    mailbox: &dyn Snapshot,
    version: ProtocolVersion,
    folder: FolderId,
) -> CollectionId<'static> {
    if version > ProtocolVersion::V2_5 {
        return CollectionId::from(folder.to_string());
    }
    ReplicaId { replica: mailbox.replica(), counter: folder.0 }.to_collection_id()
}

/// What an item of a folder is called.
///
/// # Errors
/// If the backend gave the item a number of more than 48 bits.
pub fn server_id(
    mailbox: &dyn Snapshot,
    version: ProtocolVersion,
    folder: FolderId,
    item: ItemId,
) -> Result<ServerId<'static>> {
    if version > ProtocolVersion::V2_5 {
        return Ok(ServerId::from(format!("{folder}:{item}")));
    }
    let id = ReplicaId { replica: mailbox.replica(), counter: item.0 }.to_server_id();
    id.ok_or_else(|| BackendError::Corrupt(format!("the number of item {item} is too large")))
}

/// The folder that a client means. Clients of 1.0 name only a class, and mean its default folder.
///
/// # Errors
/// If the backend fails.
pub fn find_folder(
    mailbox: &dyn Snapshot,
    id: Option<&CollectionId<'_>>,
    class: Option<&Class<'_>>,
) -> Result<Option<Folder>> {
    match (id, class) {
        (Some(id), _) => match parse_folder(mailbox, id) {
            Some(folder) => mailbox.folder(folder),
            None => Ok(None),
        },
        (None, Some(class)) => {
            let is_default =
                |folder: &Folder| !folder.kind.is_user_created() && folder.class().as_ref() == Some(class);
            // The Inbox has the lowest number among the mail folders that are given, so sort order decides nothing else.
            Ok(mailbox.folders()?.into_iter().filter(is_default).min_by_key(|folder| folder.kind.code()))
        }
        (None, None) => Ok(None),
    }
}

fn parse_folder(mailbox: &dyn Snapshot, id: &CollectionId<'_>) -> Option<FolderId> {
    match ReplicaId::from_collection_id(id) {
        Some(legacy) => (legacy.replica == mailbox.replica()).then_some(FolderId(legacy.counter)),
        None => decimal(id.as_str()).map(FolderId),
    }
}

/// The item of a folder that a client means; `None` for an identifier of another folder, or for none at all. Whether the
/// item exists is another question.
pub fn find_item(mailbox: &dyn Snapshot, folder: FolderId, id: &ServerId<'_>) -> Option<ItemId> {
    if let Some(legacy) = ReplicaId::from_server_id(id) {
        return (legacy.replica == mailbox.replica()).then_some(ItemId(legacy.counter));
    }
    let (of, item) = id.as_str().split_once(':')?;
    (decimal(of)? == folder.0).then_some(ItemId(decimal(item)?))
}

/// An attachment of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId {
    /// The folder of the item.
    pub folder: FolderId,
    /// The item.
    pub item: ItemId,
    /// The number of the attachment within the item.
    pub number: u32,
}

impl FileId {
    /// The attachment that a client means.
    pub fn parse(reference: &str) -> Option<Self> {
        let mut parts = reference.split(':');
        let mut next = || decimal(parts.next()?);
        let id = Self { folder: FolderId(next()?), item: ItemId(next()?), number: next()?.try_into().ok()? };
        parts.next().is_none().then_some(id)
    }
}

/// What an attachment is called, in `FileReference` as in the `AttName` of 2.5.
pub fn file_reference(id: FileId) -> Cow<'static, str> {
    format!("{}:{}:{}", id.folder, id.item, id.number).into()
}

/// Only what was given out: no sign, no leading zero.
fn decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attachment_is_found_by_the_reference_that_was_given_out() {
        // A message that is an attachment as a whole has it at number 0.
        for number in [0, 1, 10, u32::MAX] {
            let id = FileId { folder: FolderId(1), item: ItemId(38), number };
            assert_eq!(FileId::parse(&file_reference(id)), Some(id));
        }
        for other in ["", "1:38", "1:38:", "1:38:01", "1:38:+1", "1:38:1:1", "1:38:4294967296", "00:38:1"] {
            assert_eq!(FileId::parse(other), None, "{other:?}");
        }
    }
}
