//! The documents of `../shared/spec/examples`: each is read into its type, strictly, and written back to the same
//! bytes, in each version that it is of.

mod support;

use activesync_types::compose_mail::{SendMailRequest, SendMailResponse};
use activesync_types::folder_hierarchy::{
    FolderCreateRequest, FolderCreateResponse, FolderDeleteRequest, FolderDeleteResponse, FolderSyncRequest,
    FolderSyncResponse, FolderUpdateRequest, FolderUpdateResponse,
};
use activesync_types::get_item_estimate::{GetItemEstimateRequest, GetItemEstimateResponse};
use activesync_types::item_operations::{ItemOperationsRequest, ItemOperationsResponse};
use activesync_types::move_items::{MoveItemsRequest, MoveItemsResponse};
use activesync_types::ping::{PingRequest, PingResponse};
use activesync_types::provision::{ProvisionRequest, ProvisionResponse};
use activesync_types::sync::{SyncRequest, SyncResponse};
use support::{read_hex, rows, spec_dir};
use wbxml::{IntoOwned, ProtocolVersion, Reader};

type Check = fn(&str, &[u8], &[ProtocolVersion]);

macro_rules! documents {
    ($($name:literal: $document:ident,)*) => {
        &[$(($name, {
            let check: Check = |name, bytes, versions| {
                let value: $document<'_> =
                    Reader::new(bytes).strict(true).decode().unwrap_or_else(|fault| panic!("{name}: {fault}"));
                assert_eq!(wbxml::to_vec(&value).unwrap(), bytes, "{name}, any version");
                for version in versions {
                    let written = wbxml::to_vec_version(&value, *version).unwrap();
                    assert_eq!(written, bytes, "{name}, version {version}");
                }
                let owned: $document<'static> = value.clone().into_owned();
                assert_eq!(owned, value, "{name}, owned");
                assert_eq!(wbxml::to_vec(&owned).unwrap(), bytes, "{name}, owned");
            };
            check
        })),*]
    };
}

// A type without a lifetime, so that the table can treat all alike.
type SendMailAnswer<'a> = SendMailResponse;

const DOCUMENTS: &[(&str, Check)] = documents! {
    "ms-aswbxml-3-sync-contact-add": SyncResponse,
    "foldersync-initial-request": FolderSyncRequest,
    "foldersync-initial-response": FolderSyncResponse,
    "foldersync-changes-response": FolderSyncResponse,
    "foldersync-badkey-response": FolderSyncResponse,
    "foldercreate-request": FolderCreateRequest,
    "foldercreate-response": FolderCreateResponse,
    "folderupdate-request": FolderUpdateRequest,
    "folderupdate-response": FolderUpdateResponse,
    "folderdelete-request": FolderDeleteRequest,
    "folderdelete-response": FolderDeleteResponse,
    "sync-initial-request": SyncRequest,
    "sync-initial-response": SyncResponse,
    "sync-email-request": SyncRequest,
    "sync-email-add-response": SyncResponse,
    "sync-change-delete-request": SyncRequest,
    "sync-contact-add-request": SyncRequest,
    "sync-add-answer-response": SyncResponse,
    "sync-calendar-add-request-14": SyncRequest,
    "sync-calendar-add-request-16": SyncRequest,
    "sync-task-add-response": SyncResponse,
    "sync-note-add-response": SyncResponse,
    "sync-limit-response": SyncResponse,
    "getitemestimate-request": GetItemEstimateRequest,
    "getitemestimate-response": GetItemEstimateResponse,
    "moveitems-request": MoveItemsRequest,
    "moveitems-response": MoveItemsResponse,
    "ping-request": PingRequest,
    "ping-changes-response": PingResponse,
    "ping-heartbeat-response": PingResponse,
    "ping-toomany-response": PingResponse,
    "provision-initial-request": ProvisionRequest,
    "provision-initial-response": ProvisionResponse,
    "provision-ack-request": ProvisionRequest,
    "provision-ack-response": ProvisionResponse,
    "provision-remotewipe-response": ProvisionResponse,
    "provision-remotewipe-ack-request": ProvisionRequest,
    "itemoperations-fetch-request": ItemOperationsRequest,
    "itemoperations-attachment-response": ItemOperationsResponse,
    "itemoperations-multipart-response": ItemOperationsResponse,
    "itemoperations-emptyfolder-request": ItemOperationsRequest,
    "sendmail-request": SendMailRequest,
    "sendmail-error-response": SendMailAnswer,
};

/// The documents that have no type here.
const OTHERS: &[&str] = &[
    // Other languages.
    "w3c-wbxml-simple",
    "w3c-wbxml-expanded",
    // Commands without types yet.
    "search-gal-request",
    "search-gal-response",
    "search-mailbox-request",
    "find-mailbox-request",
    "find-mailbox-response",
    "smartreply-request",
    "smartforward-forwardees-request",
    "meetingresponse-request",
    "meetingresponse-propose-request",
    "meetingresponse-response",
    "resolverecipients-request",
    "resolverecipients-response",
    "settings-oof-get-request",
    "settings-oof-get-response",
    "settings-deviceinformation-request",
    "settings-deviceinformation-response",
    "validatecert-request",
    "validatecert-response",
];

#[test]
fn every_document_comes_back_the_same() {
    let Some(spec) = spec_dir() else { return };
    let examples = rows(&spec.join("wbxml-examples.tsv"));
    for row in &examples {
        let (name, versions) = (&row[0], versions(&row[3]));
        if OTHERS.contains(&name.as_str()) {
            continue;
        }
        let (_, check) =
            DOCUMENTS.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name} has no type"));
        assert!(!versions.is_empty(), "{name} is of no version");
        check(name, &read_hex(&spec.join("examples").join(format!("{name}.hex"))), &versions);
    }
    assert_eq!(examples.len(), DOCUMENTS.len() + OTHERS.len(), "documents that are no longer listed");
}

/// `All` is what the specification describes; a list names the versions that have every tag of the document.
fn versions(list: &str) -> Vec<ProtocolVersion> {
    if list == "All" {
        return ProtocolVersion::ALL
            .into_iter()
            .filter(|version| *version >= ProtocolVersion::V2_5)
            .collect();
    }
    list.split(',').filter_map(|version| version.parse().ok()).collect()
}
