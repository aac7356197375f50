//! What devices do that the specification does not say, and what they cannot bear.

use activesync_types::ping::PingRequest;
use activesync_types::provision::ProvisionResponse;
use activesync_types::status::{PingStatus, SyncStatus};
use activesync_types::sync::{
    AddResponse, ClientCommand, CollectionResponse, CommandResponse, SyncRequest, SyncResponse,
};
use activesync_types::{
    Class, Command, FolderSync, Password, Ping, SendMail, ServerId, Sync, SyncKey, TagList,
    compose_mail::SendMailResponse, item_operations,
};
use wbxml::codepages::{contacts, settings};
use wbxml::{ErrorKind, Flag, ProtocolVersion, to_vec};

const HEADER: &[u8] = &[0x03, 0x01, 0x6A, 0x00];

fn text(token: u8, text: &str) -> Vec<u8> {
    [&[token | 0x40, 0x03], text.as_bytes(), &[0x00, 0x01]].concat()
}

#[test]
fn no_collections_and_no_responses_are_written_where_there_are_none() {
    // iOS crashes on a bare `Collections`; Windows Phone fails on an empty `Responses`.
    let status_only = SyncResponse::failed(SyncStatus::HierarchyChanged);
    assert_eq!(to_vec(&status_only).unwrap(), [HEADER, &[0x45], &text(0x0E, "12"), &[0x01]].concat());

    let collection = CollectionResponse::new("5", "1");
    let bytes = to_vec(&SyncResponse::from(vec![collection])).unwrap();
    let expected =
        [HEADER, &[0x45, 0x5C, 0x4F], &text(0x0B, "5"), &text(0x12, "1"), &text(0x0E, "1"), &[1, 1, 1]]
            .concat();
    assert_eq!(bytes, expected);
}

#[test]
fn responses_come_before_more_available_and_commands() {
    let mut collection = CollectionResponse::new("5", "1");
    collection.responses.push(CommandResponse::Add(AddResponse::added("c-1", "1:9")));
    collection.more_available = true;
    let bytes = to_vec(&SyncResponse::from(vec![collection])).unwrap();
    let expected = [
        HEADER,
        &[0x45, 0x5C, 0x4F],
        &text(0x0B, "5"),
        &text(0x12, "1"),
        &text(0x0E, "1"),
        &[0x46, 0x47],
        &text(0x0C, "c-1"),
        &text(0x0D, "1:9"),
        &text(0x0E, "1"),
        &[0x01, 0x01, 0x14, 0x01, 0x01, 0x01],
    ]
    .concat();
    assert_eq!(bytes, expected);
}

#[test]
fn an_empty_body_means_as_last_time_or_no_changes() {
    let request = Sync::decode_request(b"").unwrap();
    assert!(request.is_empty());
    assert_eq!(Sync::encode_request(&request, ProtocolVersion::V16_1).unwrap(), b"");
    let answer = Sync::decode_response(b"").unwrap();
    assert!(answer.is_empty());
    assert_eq!(Sync::encode_response(&answer, ProtocolVersion::V16_1).unwrap(), b"");

    assert!(Ping::decode_request(b"").unwrap().is_empty());
    assert_eq!(Ping::encode_request(&PingRequest::default(), ProtocolVersion::V16_1).unwrap(), b"");
    assert!(Ping::decode_response(b"").is_err(), "a Ping always has a status");

    assert_eq!(SendMail::decode_response(b"").unwrap(), SendMailResponse::default());
    assert_eq!(SendMail::encode_response(&SendMailResponse::default(), ProtocolVersion::V16_1).unwrap(), b"");
    assert!(FolderSync::decode_request(b"").is_err());
}

#[test]
fn a_partial_request_is_not_an_empty_one() {
    let request = SyncRequest { partial: true, wait: Some(8), ..SyncRequest::default() };
    let body = Sync::encode_request(&request, ProtocolVersion::V16_1).unwrap();
    assert_eq!(body, [HEADER, &[0x45], &text(0x24, "8"), &[0x26, 0x01]].concat());
    assert_eq!(Sync::decode_request(&body).unwrap(), request);
}

#[test]
fn elements_in_an_odd_order_and_unknown_ones_are_read() {
    let body = [
        HEADER,
        &[0x45, 0x26, 0x5C, 0x4F, 0x56, 0x49],
        &text(0x0D, "1:8"),
        &[0x01, 0x01, 0x57],
        &text(0x18, "3"),
        &[0x01],
        // `WindowsLive`, the extra page of Outlook.com.
        &[0x00, 0xFE],
        &text(0x05, "x"),
        &[0x00, 0x00],
        &text(0x12, "1"),
        &[0x13],
        &text(0x0B, "7"),
        &[0x57],
        &text(0x10, "SMS"),
        &[0x01, 0x5E, 0x01, 0x01, 0x01],
        &text(0x15, "50"),
        &[0x01],
    ]
    .concat();
    let request: SyncRequest<'_> = wbxml::from_slice(&body).unwrap();
    assert!(request.partial);
    assert_eq!(request.window_size, Some(50));
    let collection = &request.collections[0];
    assert_eq!(collection.sync_key, SyncKey::from("7"));
    assert_eq!(collection.get_changes, Some(Flag::Empty));
    assert_eq!(collection.deletes_as_moves, Some(Flag::Empty));
    assert_eq!(collection.options.len(), 2, "repeated elements need not stand together");
    assert_eq!(collection.options[1].class, Some(Class::Sms));
    let ClientCommand::Delete(delete) = &collection.commands[0] else { panic!("{:?}", collection.commands) };
    assert_eq!(delete.server_id, ServerId::from("1:8"));
}

#[test]
fn a_heartbeat_with_empty_folders_is_read() {
    // Android.
    let body = [HEADER, &[0x00, 0x0D, 0x45], &text(0x08, "480"), &[0x09, 0x01]].concat();
    let request = Ping::decode_request(&body).unwrap();
    assert_eq!((request.heartbeat_interval, request.folders.len()), (Some(480), 0));
    assert!(!request.is_empty());
}

#[test]
fn what_is_missing_is_named_with_its_place() {
    let body = [HEADER, &[0x45, 0x5C, 0x4F], &text(0x12, "1"), &[0x01, 0x01, 0x01]].concat();
    let error = wbxml::from_slice::<SyncRequest<'_>>(&body).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::MissingElement(name) if name == "SyncKey"), "{error}");
    assert_eq!(error.path().to_string(), "Sync/Collections/Collection");
}

#[test]
fn absent_empty_and_filled_lists_of_supported_properties_differ() {
    let body = |supported: &[u8]| {
        [HEADER, &[0x45, 0x5C, 0x4F], &text(0x0B, "0"), &text(0x12, "5"), supported, &[1, 1, 1]].concat()
    };
    let read = |supported: &[u8]| {
        let bytes = body(supported);
        let request: SyncRequest<'_> = wbxml::from_slice(&bytes).unwrap();
        assert_eq!(to_vec(&request).unwrap(), bytes);
        request.collections[0].supported.clone()
    };
    assert_eq!(read(&[]), None);
    assert_eq!(read(&[0x20]), Some(TagList::default()));
    let some = read(&[0x60, 0x00, 0x01, 0x1F, 0x29, 0x01]);
    assert_eq!(some, Some(TagList::from([contacts::FirstName, contacts::LastName])));
}

#[test]
fn passwords_do_not_reach_a_log() {
    let options = item_operations::FetchOptions {
        user_name: Some("ada".into()),
        password: Some(Password::new("open sesame")),
        ..item_operations::FetchOptions::default()
    };
    let shown = format!("{options:?}");
    assert!(shown.contains("ada") && !shown.contains("sesame"), "{shown}");
}

#[test]
fn a_client_hears_of_a_wait_out_of_range() {
    let body = [HEADER, &[0x00, 0x0D, 0x45], &text(0x07, "5"), &text(0x08, "60"), &[0x01]].concat();
    let answer = Ping::decode_response(&body).unwrap();
    assert_eq!((answer.status, answer.heartbeat_interval), (PingStatus::HeartbeatOutOfRange, Some(60)));
}

#[test]
fn a_wrong_root_says_what_was_expected() {
    let body = [HEADER, &[0x00, settings::Settings.page(), settings::Settings.token()]].concat();
    let error = Sync::decode_request(&body).unwrap_err().to_string();
    assert!(error.contains("Sync") && error.contains("Settings"), "{error}");
}

/// As an entity and as OPAQUE: text that could not be written again is not read.
#[test]
fn a_nul_in_a_policy_is_no_text() {
    for nul in [&[0x02, 0x00][..], &[0xC3, 0x01, 0x00]] {
        let start =
            [0x00, 0x0E, 0x45, 0x4B, 0x03, b'1', 0x00, 0x01, 0x46, 0x47, 0x48, 0x03, b'x', 0x00, 0x01];
        let body = [HEADER, &start, &[0x4B, 0x03, b'1', 0x00, 0x01, 0x4A], nul, &[0x01; 4]].concat();
        let error = wbxml::from_slice::<ProvisionResponse<'_>>(&body).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::NulInText);
    }
}
