//! Versions up to 12.1, whose messages differ from today's.

use activesync_types::folder_hierarchy::{FolderType, GetHierarchyResponse, HierarchyFolder};
use activesync_types::get_item_estimate::{EstimateCollection, GetItemEstimateRequest};
use activesync_types::provision::{Policy, PolicyData, PolicyType, ProvisionRequest, ProvisionResponse};
use activesync_types::settings::DeviceProperties;
use activesync_types::status::{PolicyStatus, SyncStatus};
use activesync_types::sync::{
    Collection, CollectionResponse, Conflict, FilterType, ServerCommand, ServerDelete, SyncOptions,
    SyncRequest, SyncResponse, Truncation,
};
use activesync_types::{
    Class, Command, GetHierarchy, NoBody, PolicyKey, SendMail, ServerId, Sync, compose_mail::SendMailRequest,
};
use wbxml::{Element, Flag, ProtocolVersion, to_vec, to_vec_version};

const HEADER: &[u8] = &[0x03, 0x01, 0x6A, 0x00];

/// An element with text, on the page in force.
fn text(token: u8, text: &str) -> Vec<u8> {
    [&[token | 0x40, 0x03], text.as_bytes(), &[0x00, 0x01]].concat()
}

// A conversation with Exchange 2003, captured in July 2005.
#[test]
fn a_captured_request_is_written_as_it_was() {
    let key = "{F1252269-B8CE-422E-8109-8DE067B7B0BA}3";
    let folder = "ef23694f89d86f40bad1e46d83415b4a-281d";
    let captured = [
        HEADER,
        &[0x45, 0x5C, 0x4F],
        &text(0x10, "Email"),
        &text(0x0B, key),
        &text(0x12, folder),
        &[0x1E, 0x13],
        &text(0x15, "100"),
        &[0x57],
        &text(0x18, "2"),
        &text(0x19, "1"),
        &text(0x1B, "1"),
        &[0x01, 0x01, 0x01, 0x01],
    ]
    .concat();

    let collection = Collection {
        class: Some(Class::Email),
        deletes_as_moves: Some(Flag::Empty),
        get_changes: Some(Flag::Empty),
        window_size: Some(100),
        options: vec![SyncOptions {
            filter_type: Some(FilterType::ThreeDays),
            truncation: Some(Truncation::Chars512),
            conflict: Some(Conflict::ServerWins),
            ..SyncOptions::default()
        }],
        ..Collection::new(key, folder)
    };
    let request = SyncRequest::from(collection);
    assert_eq!(wbxml::from_slice::<SyncRequest<'_>>(&captured).unwrap(), request);
    assert_eq!(to_vec_version(&request, ProtocolVersion::V2_0).unwrap(), captured);
    assert_eq!(Sync::encode_request(&request, ProtocolVersion::V2_5).unwrap(), captured);

    // From 14.0 on a collection has neither class nor truncation.
    let modern = to_vec_version(&request, ProtocolVersion::V14_0).unwrap();
    let modern: SyncRequest<'_> = wbxml::from_slice(&modern).unwrap();
    assert_eq!(modern.collections[0].class, None);
    assert_eq!(modern.collections[0].options[0].truncation, None);
    assert_eq!(modern.collections[0].options[0].conflict, Some(Conflict::ServerWins));
}

#[test]
fn the_captured_answer_has_its_class_first() {
    let captured = [
        HEADER,
        &[0x45, 0x5C, 0x4F],
        &text(0x10, "Email"),
        &text(0x0B, "{F1252269-B8CE-422E-8109-8DE067B7B0BA}4"),
        &text(0x12, "ef23694f89d86f40bad1e46d83415b4a-281d"),
        &text(0x0E, "1"),
        &[0x56, 0x48],
        &text(0x0D, "rid:ef23694f89d86f40bad1e46d83415b4a000000004962"),
        &[0x5D, 0x00, 0x02],
        &text(0x15, "1"),
        &[0x01, 0x01, 0x01, 0x01, 0x01, 0x01],
    ]
    .concat();
    let answer: SyncResponse<'_> = wbxml::from_slice(&captured).unwrap();
    let collection = &answer.collections[0];
    assert_eq!(collection.class, Some(Class::Email));
    assert_eq!(collection.sync_key.legacy().unwrap().counter, 4);
    assert_eq!(collection.status, SyncStatus::Success);
    assert_eq!(collection.commands.len(), 1);
    assert_eq!(to_vec_version(&answer, ProtocolVersion::V2_0).unwrap(), captured);
}

#[test]
fn get_hierarchy_asks_without_a_body_and_answers_with_folders() {
    assert_eq!(GetHierarchy::encode_request(&NoBody, ProtocolVersion::V12_1).unwrap(), b"");
    assert_eq!(GetHierarchy::decode_request(b"").unwrap(), NoBody);
    assert!(GetHierarchy::decode_request(&[HEADER, &[0x00, 0x07, 0x05]].concat()).is_err());

    let expected = [
        HEADER,
        &[0x00, 0x07, 0x45, 0x46],
        &text(0x07, "Inbox"),
        &text(0x08, "1"),
        &text(0x0A, "2"),
        &text(0x09, "0"),
        &[0x01, 0x01],
    ]
    .concat();
    let answer = GetHierarchyResponse {
        folders: vec![HierarchyFolder {
            display_name: "Inbox".into(),
            server_id: "1".into(),
            folder_type: FolderType::Inbox,
            parent_id: ServerId::ROOT,
        }],
    };
    assert_eq!(GetHierarchy::encode_response(&answer, ProtocolVersion::V2_5).unwrap(), expected);
    assert_eq!(GetHierarchy::decode_response(&expected).unwrap(), answer);
}

#[test]
fn an_estimate_is_asked_for_in_two_forms() {
    let old = [
        HEADER,
        &[0x00, 0x06, 0x45, 0x47, 0x48],
        &text(0x09, "Email"),
        &text(0x0A, "1"),
        &[0x00, 0x00],
        &text(0x18, "3"),
        &text(0x0B, "2"),
        &[0x01, 0x01, 0x01],
    ]
    .concat();
    let new = [
        HEADER,
        &[0x00, 0x06, 0x45, 0x47, 0x48, 0x00, 0x00],
        &text(0x0B, "2"),
        &[0x00, 0x06],
        &text(0x0A, "1"),
        &[0x00, 0x00, 0x57],
        &text(0x18, "3"),
        &[0x01, 0x01, 0x01, 0x01],
    ]
    .concat();

    let collection = EstimateCollection::new("2", "1").filter(Class::Email, FilterType::OneWeek);
    let request = GetItemEstimateRequest::from(vec![collection]);
    for version in ProtocolVersion::ALL {
        let form = if version <= ProtocolVersion::V12_1 { &old } else { &new };
        assert_eq!(&to_vec_version(&request, version).unwrap(), form, "{version}");
    }
    assert_eq!(to_vec(&request).unwrap(), new);
    for form in [&old, &new] {
        let read: GetItemEstimateRequest<'_> = wbxml::from_slice(form).unwrap();
        assert_eq!(read.collections[0].effective_filter(), FilterType::OneWeek);
        assert_eq!(&to_vec(&read).unwrap(), form, "what was read decides the form");
    }
}

#[test]
fn a_policy_of_2_5_is_text() {
    let xml = "<wap-provisioningdoc><characteristic type=\"SecurityPolicy\"/></wap-provisioningdoc>";
    let answer = ProvisionResponse::with_policy(Policy {
        policy_type: PolicyType::of_version(ProtocolVersion::V2_5),
        status: PolicyStatus::Success,
        policy_key: Some(PolicyKey::from(1_307_199_584)),
        data: Some(PolicyData::Wap(xml.into())),
    });
    let expected = [
        HEADER,
        &[0x00, 0x0E, 0x45],
        &text(0x0B, "1"),
        &[0x46, 0x47],
        &text(0x08, "MS-WAP-Provisioning-XML"),
        &text(0x0B, "1"),
        &text(0x09, "1307199584"),
        &text(0x0A, xml),
        &[0x01, 0x01, 0x01],
    ]
    .concat();
    assert_eq!(to_vec_version(&answer, ProtocolVersion::V2_5).unwrap(), expected);
    assert_eq!(wbxml::from_slice::<ProvisionResponse<'_>>(&expected).unwrap(), answer);
}

#[test]
fn a_message_up_to_12_1_is_the_body() {
    let mime = b"From: ada@example.org\r\n\r\nhej\r\n";
    let request = SendMailRequest::new("msg-1", &mime[..]);
    for version in ProtocolVersion::ALL {
        let body = SendMail::encode_request(&request, version).unwrap();
        let read = SendMail::decode_request(&body).unwrap();
        assert_eq!(read.mime.0, &mime[..], "{version}");
        if version <= ProtocolVersion::V12_1 {
            assert_eq!(body, mime, "{version}");
            assert_eq!(SendMail::request_content_type(version), "message/rfc822");
        } else {
            assert_eq!(read, request, "{version}");
            assert_eq!(SendMail::request_content_type(version), "application/vnd.ms-sync.wbxml");
        }
    }
    assert!(SendMail::decode_request(b"").is_err(), "a message cannot be empty");
}

/// The versions in which `value` holds the element that `has` looks for, after it was written and read.
macro_rules! versions_with {
    ($message:ident, $value:expr, $has:expr) => {{
        let has: fn(&$message<'_>) -> bool = $has;
        let value = $value;
        ProtocolVersion::ALL
            .into_iter()
            .filter(|version| <$message<'_> as Element>::TAG.versions().contains(*version))
            .filter(|version| has(&wbxml::from_slice(&to_vec_version(&value, *version).unwrap()).unwrap()))
            .collect::<Vec<_>>()
    }};
}

// `[MS-ASCMD]` 2.2.3.27.6 and `[MS-ASPROV]` 2.2.2.53: here the parent decides, not the tag.
#[test]
fn a_class_moves_from_the_collection_to_the_item_with_14_0() {
    use ProtocolVersion::{V1_0, V2_0, V2_1, V2_5, V12_0, V12_1, V14_0, V14_1, V16_0, V16_1};
    let (old, new) = ([V1_0, V2_0, V2_1, V2_5, V12_0, V12_1], [V14_0, V14_1, V16_0, V16_1]);

    let collection = || Collection { class: Some(Class::Email), ..Collection::new("1", "5") };
    assert_eq!(
        versions_with!(SyncRequest, SyncRequest::from(collection()), |r| r.collections[0].class.is_some()),
        old
    );
    let options = SyncOptions { class: Some(Class::Sms), ..SyncOptions::default() };
    let request = SyncRequest::from(Collection { options: vec![options], ..collection() });
    assert_eq!(versions_with!(SyncRequest, request, |r| r.collections[0].options[0].class.is_some()), new);

    let answer = || CollectionResponse { class: Some(Class::Email), ..CollectionResponse::new("1", "5") };
    assert_eq!(
        versions_with!(SyncResponse, SyncResponse::from(vec![answer()]), |r| r.collections[0]
            .class
            .is_some()),
        old
    );
    let delete = ServerDelete { class: Some(Class::Sms), server_id: "5:1".into() };
    let response = SyncResponse::from(vec![CollectionResponse {
        commands: vec![ServerCommand::Delete(delete)],
        ..answer()
    }]);
    let has_class = |r: &SyncResponse<'_>| match &r.collections[0].commands[0] {
        ServerCommand::Delete(delete) => delete.class.is_some(),
        other => panic!("{other:?}"),
    };
    assert_eq!(versions_with!(SyncResponse, response, has_class), new);
}

#[test]
fn the_device_tells_of_itself_in_provision_from_14_1_on() {
    let device = DeviceProperties { model: Some("m1".into()), ..DeviceProperties::default() };
    let request = ProvisionRequest::initial(PolicyType::EasProvisioningWbxml, Some(device));
    let versions = versions_with!(ProvisionRequest, request, |r| r.device_information.is_some());
    assert_eq!(versions, [ProtocolVersion::V14_1, ProtocolVersion::V16_0, ProtocolVersion::V16_1]);
}
