//! Values of every message, made from random bytes: written and read they are the same, and so are their bytes after a
//! detour through XML; what a version leaves of them is the same when it is written again in that version; and damaged
//! documents never do worse than fail.

use activesync_types::compose_mail::{SendMailRequest, SendMailResponse};
use activesync_types::folder_hierarchy::{
    FolderCreateRequest, FolderCreateResponse, FolderDeleteRequest, FolderDeleteResponse, FolderSyncRequest,
    FolderSyncResponse, FolderUpdateRequest, FolderUpdateResponse, GetHierarchyResponse,
};
use activesync_types::get_item_estimate::{GetItemEstimateRequest, GetItemEstimateResponse};
use activesync_types::http::{Base64Head, Query, RequestHeaders};
use activesync_types::item_operations::{ItemOperationsRequest, ItemOperationsResponse, ItemProperties};
use activesync_types::move_items::{MoveItemsRequest, MoveItemsResponse};
use activesync_types::ping::{PingRequest, PingResponse};
use activesync_types::provision::{ProvisionRequest, ProvisionResponse};
use activesync_types::rights_management::{RightsManagementLicense, RightsManagementTemplate};
use activesync_types::settings::{DeviceInformation, DeviceInformationResponse};
use activesync_types::sync::{SyncRequest, SyncResponse};
use activesync_types::{COMMANDS, LegacySyncKey, ReplicaId, SyncKey};
use arbitrary::{Arbitrary, Unstructured};
use proptest::collection::vec;
use proptest::prelude::*;
use wbxml::{Element, IntoOwned, ProtocolVersion, Reader};

/// Bytes to make values from. Strings are taken from them as they are, and WBXML cannot hold a NUL.
fn seed() -> impl Strategy<Value = Vec<u8>> {
    vec(1_u8.., 0..1024)
}

fn value_of<'a, T: Arbitrary<'a>>(seed: &'a [u8]) -> T {
    T::arbitrary(&mut Unstructured::new(seed)).expect("any bytes make a value")
}

macro_rules! round_trips {
    ($($test:ident: $message:ident $(, normalised by $normalise:expr)?;)*) => {$(
        proptest! {
            #[test]
            fn $test(seed in seed(), place in any::<prop::sample::Index>(), byte in any::<u8>()) {
                type Alias<'a> = alias!($message 'a);
                let value: Alias<'_> = value_of(&seed);
                $(let value = $normalise(value);)?

                let bytes = wbxml::to_vec(&value).unwrap();
                let read: Alias<'_> = Reader::new(&bytes).strict(true).decode().unwrap();
                prop_assert_eq!(&read, &value);
                let owned = read.into_owned();
                prop_assert_eq!(&owned, &value);

                let xml = wbxml::xml::to_xml(&bytes).unwrap();
                prop_assert_eq!(wbxml::xml::from_xml(&xml).unwrap(), &bytes[..], "{}", xml);

                for version in ProtocolVersion::ALL {
                    if <Alias<'_> as Element>::TAG.versions().contains(version) {
                        let bytes = wbxml::to_vec_version(&value, version).unwrap();
                        let of_version: Alias<'_> = Reader::new(&bytes).strict(true).decode().unwrap();
                        let bytes = wbxml::to_vec_version(&of_version, version).unwrap();
                        let again: Alias<'_> = Reader::new(&bytes).strict(true).decode().unwrap();
                        prop_assert_eq!(again, of_version);
                    }
                }

                let mut damaged = bytes;
                let at = place.index(damaged.len());
                damaged[at] = byte;
                let _ = wbxml::from_slice::<Alias<'_>>(&damaged);
                let _ = wbxml::from_slice::<Alias<'_>>(&damaged[..at]);
            }
        }
    )*};
}

/// The type with its lifetime, if it has one.
macro_rules! alias {
    (SendMailResponse $lifetime:lifetime) => { SendMailResponse };
    (DeviceInformationResponse $lifetime:lifetime) => { DeviceInformationResponse };
    ($message:ident $lifetime:lifetime) => { $message<$lifetime> };
}

round_trips! {
    sync_request: SyncRequest;
    sync_response: SyncResponse;
    folder_sync_request: FolderSyncRequest;
    folder_sync_response: FolderSyncResponse;
    folder_create_request: FolderCreateRequest;
    folder_create_response: FolderCreateResponse;
    folder_delete_request: FolderDeleteRequest;
    folder_delete_response: FolderDeleteResponse;
    folder_update_request: FolderUpdateRequest;
    folder_update_response: FolderUpdateResponse;
    get_hierarchy_response: GetHierarchyResponse;
    get_item_estimate_request: GetItemEstimateRequest, normalised by one_form;
    get_item_estimate_response: GetItemEstimateResponse;
    move_items_request: MoveItemsRequest;
    move_items_response: MoveItemsResponse;
    ping_request: PingRequest;
    ping_response: PingResponse;
    provision_request: ProvisionRequest;
    provision_response: ProvisionResponse;
    send_mail_request: SendMailRequest;
    send_mail_response: SendMailResponse;
    item_operations_request: ItemOperationsRequest;
    item_operations_response: ItemOperationsResponse;
    item_properties: ItemProperties;
    rights_management_license: RightsManagementLicense;
    rights_management_template: RightsManagementTemplate;
    device_information: DeviceInformation;
    device_information_response: DeviceInformationResponse;
}

/// A collection to estimate is written in one of two forms, and what only the other has is left out.
fn one_form(mut request: GetItemEstimateRequest<'_>) -> GetItemEstimateRequest<'_> {
    for collection in &mut request.collections {
        if !collection.options.is_empty() || collection.conversation_mode.is_some() {
            collection.class = None;
            collection.filter_type = None;
        }
    }
    request
}

proptest! {
    #[test]
    fn queries_come_back_in_both_forms(seed in seed(), command in 0..COMMANDS.len()) {
        let mut query: Query<'_> = value_of(&seed);
        query.command = COMMANDS[command].name.into();
        // Both are required.
        query.device_id = format!("d{}", query.device_id.len()).into();
        query.device_type.to_mut().push('t');

        let head = query.base64.take();
        let mut plain = query.clone();
        plain.parameters.accept_multi_part = false;
        let text = plain.to_plain();
        prop_assert_eq!(Query::parse(&text).unwrap(), plain);

        if let Some(head) = head
            && let Ok(text) = query.to_base64(head)
        {
            query.base64 = Some(head);
            prop_assert_eq!(Query::parse(&text).unwrap().into_owned(), query.into_owned());
        }
    }

    #[test]
    fn any_query_is_read_or_refused(query in ".*", bytes in vec(any::<u8>(), 0..64)) {
        let _ = Query::parse(&query);
        let head = Base64Head { version: ProtocolVersion::V16_1, locale: 0, policy_key: None };
        let mut valid = Query { command: "Sync".into(), device_id: "d".into(), ..Query::default() }
            .to_base64(head)
            .unwrap();
        valid.extend(bytes.iter().map(|byte| char::from(b'A' + byte % 26)));
        let _ = Query::parse(&valid);
    }

    #[test]
    fn request_headers_come_back(seed in seed()) {
        let mut headers: RequestHeaders<'_> = value_of(&seed);
        // White space around a value is not part of it.
        for value in [&mut headers.content_type, &mut headers.user_agent, &mut headers.accept_language] {
            *value = value.take().map(|text| text.trim().to_owned().into());
        }
        let pairs = headers.to_pairs();
        let read = RequestHeaders::read(pairs.iter().map(|(name, value)| (*name, &**value)));
        prop_assert_eq!(read, Ok(headers));
    }

    #[test]
    fn legacy_identifiers_come_back(guid in any::<u128>(), counter in any::<u32>(), item in 0..=ReplicaId::MAX_COUNTER) {
        let key = LegacySyncKey { guid, counter };
        prop_assert_eq!(SyncKey::from(key).legacy(), Some(key));
        let id = ReplicaId { replica: guid, counter: item };
        prop_assert_eq!(ReplicaId::from_collection_id(&id.to_collection_id()), Some(id));
        prop_assert_eq!(ReplicaId::from_server_id(&id.to_server_id().unwrap()), Some(id));
    }
}
