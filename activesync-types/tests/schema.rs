//! Answers with every element that they can have, held against the specification's schemas.

mod support;

use std::process::Command;

use activesync_types::airsyncbase::{Body, BodyType};
use activesync_types::calendar::Calendar;
use activesync_types::compose_mail::SendMailResponse;
use activesync_types::contacts::Contact;
use activesync_types::document_library::Document;
use activesync_types::email::Email;
use activesync_types::enumerations::{Importance, Sensitivity};
use activesync_types::folder_hierarchy::{
    Changes, DeletedFolder, Folder, FolderCreateResponse, FolderDeleteResponse, FolderSyncResponse,
    FolderType, FolderUpdateResponse, GetHierarchyResponse, HierarchyFolder,
};
use activesync_types::gal::{GalEntry, Picture, PictureStatus};
use activesync_types::get_item_estimate::{EstimateResponse, GetItemEstimateResponse};
use activesync_types::item_operations::{
    EmptyFolderContentsResponse, FetchResponse, ItemOperationsResponse, ItemProperties, MoveResponse,
    OperationResponses, Range,
};
use activesync_types::move_items::{self, MoveItemsResponse};
use activesync_types::notes::Note;
use activesync_types::ping::PingResponse;
use activesync_types::provision::{
    AllowBluetooth, EasProvisionDoc, EncryptionAlgorithm, EncryptionNegotiation, Policy, PolicyType,
    ProvisionResponse, SignatureAlgorithm,
};
use activesync_types::recurrence::{CalendarType, DaysOfWeek, FirstDayOfWeek, RecurrenceType};
use activesync_types::rights_management::{ContentExpiryDate, RightsManagementLicense};
use activesync_types::settings::DeviceInformationResponse;
use activesync_types::status::{
    CommonStatus, DeviceInformationStatus, FolderSyncStatus, GetItemEstimateStatus, ItemOperationsStatus,
    MoveItemsStatus, PingStatus, PolicyStatus, ProvisionStatus, SyncStatus,
};
use activesync_types::sync::{
    AddResponse, ChangeResponse, CollectionResponse, CommandResponse, DeleteResponse, FilterType, ServerAdd,
    ServerChange, ServerCommand, ServerDelete, SoftDelete, SyncResponse,
};
use activesync_types::tasks::{self, Task};
use activesync_types::{Class, PolicyKey, ServerId};
use support::{spec_dir, validate};
use wbxml::codepages::search;
use wbxml::{Bytes, Encode, EncodeElement, Fragment, OrEmpty, ProtocolVersion};

/// Valid in every version from this one on, and without a version.
#[track_caller]
fn valid_since(first: ProtocolVersion, answer: &impl EncodeElement) {
    let versions = ProtocolVersion::ALL.into_iter().filter(|version| *version >= first);
    for version in versions.map(Some).chain([None]) {
        valid_in(version, answer);
    }
}

#[track_caller]
fn valid_in(version: impl Into<Option<ProtocolVersion>>, answer: &impl EncodeElement) {
    let Some(spec) = spec_dir() else { return };
    let version = version.into();
    let bytes = match version {
        Some(version) => wbxml::to_vec_version(answer, version).unwrap(),
        None => wbxml::to_vec(answer).unwrap(),
    };
    let xml = wbxml::xml::to_xml(&bytes).unwrap();
    if let Err(fault) = validate(&spec, &xml) {
        panic!("{version:?}: {fault}\n{xml}");
    }
}

fn fragment(value: &impl Encode) -> Fragment<'static> {
    Fragment::from_value(value, None).unwrap()
}

#[test]
fn the_validator_refuses_a_wrong_order() {
    let Some(spec) = spec_dir() else { return };
    let wrong = "<FolderDelete xmlns='FolderHierarchy'><SyncKey>5</SyncKey><Status>1</Status></FolderDelete>";
    let verdict = validate(&spec, wrong);
    if Command::new("xmllint").arg("--version").output().is_ok() {
        assert!(verdict.is_err_and(|fault| fault.contains("SyncKey")));
    }
}

#[test]
fn folder_answers() {
    let since = ProtocolVersion::V2_0;
    let folder = || Folder::new("3", ServerId::ROOT, "Bank", FolderType::UserMail);
    let changes = Changes::new(
        vec![folder(), folder()],
        vec![DeletedFolder { server_id: "9".into() }, DeletedFolder { server_id: "10".into() }],
        vec![folder(), folder()],
    );
    assert_eq!(changes.count, Some(6));
    valid_since(since, &FolderSyncResponse::new("2", changes));
    valid_since(since, &FolderSyncResponse::new("2", Changes::new(vec![], vec![], vec![])));
    valid_since(since, &FolderSyncResponse::failed(FolderSyncStatus::InvalidSyncKey));
    valid_since(since, &FolderCreateResponse::new("3", "14"));
    valid_since(since, &FolderCreateResponse::failed(CommonStatus::AccessDenied.into()));
    valid_since(since, &FolderDeleteResponse::new("4"));
    valid_since(since, &FolderUpdateResponse::new("5"));
    let folder = HierarchyFolder {
        display_name: "Inbox".into(),
        server_id: "1".into(),
        folder_type: FolderType::Inbox,
        parent_id: ServerId::ROOT,
    };
    let answer = GetHierarchyResponse { folders: vec![folder.clone(), folder] };
    let Some(spec) = spec_dir() else { return };
    let bytes = wbxml::to_vec_version(&answer, ProtocolVersion::V12_1).unwrap();
    assert_eq!(validate(&spec, &wbxml::xml::to_xml(&bytes).unwrap()), Ok(()));
}

#[test]
fn sync_answers() {
    let mail = fragment(&Email { subject: Some("hej".into()), read: Some(true), ..Email::default() });
    let contact = fragment(&Contact { first_name: Some("Ada".into()), ..Contact::default() });
    let event = fragment(&Calendar { subject: Some("Planning".into()), ..Calendar::default() });
    let mut collection = CollectionResponse::new("5", "1");
    collection.more_available = true;
    collection.responses = vec![
        CommandResponse::Add(AddResponse {
            application_data: Some(mail.clone()),
            ..AddResponse::added("c-1", "1:9")
        }),
        CommandResponse::Add(AddResponse {
            class: Some(Class::Sms),
            ..AddResponse::failed("c-2", SyncStatus::ConversionError)
        }),
        CommandResponse::Change(ChangeResponse {
            class: Some(Class::Email),
            server_id: "1:7".into(),
            instance_id: Some("20240301T090000Z".parse().unwrap()),
            status: SyncStatus::Conflict,
            application_data: None,
        }),
        CommandResponse::Delete(DeleteResponse {
            server_id: "1:8".into(),
            instance_id: Some("20240301T090000Z".parse().unwrap()),
            status: SyncStatus::ObjectNotFound,
        }),
        CommandResponse::Fetch(activesync_types::sync::FetchResponse {
            server_id: Some("1:9".into()),
            status: SyncStatus::Success,
            application_data: Some(mail.clone()),
        }),
    ];
    collection.commands = vec![
        ServerCommand::Add(ServerAdd { class: None, server_id: "1:10".into(), application_data: mail }),
        ServerCommand::Add(ServerAdd { class: None, server_id: "1:11".into(), application_data: contact }),
        ServerCommand::Change(ServerChange {
            class: Some(Class::Calendar),
            server_id: "1:12".into(),
            application_data: event,
        }),
        ServerCommand::Delete(ServerDelete { class: Some(Class::Sms), server_id: "1:13".into() }),
        ServerCommand::SoftDelete(SoftDelete { server_id: "1:14".into() }),
        ServerCommand::Delete(ServerDelete { class: None, server_id: "1:15".into() }),
    ];
    valid_since(
        ProtocolVersion::V2_1,
        &SyncResponse::from(vec![collection.clone(), CollectionResponse::new("6", "2")]),
    );
    valid_since(ProtocolVersion::V2_1, &SyncResponse::failed(SyncStatus::HierarchyChanged));
    let limit = SyncResponse { limit: Some(59), ..SyncResponse::failed(SyncStatus::WaitOutOfRange) };
    valid_since(ProtocolVersion::V12_1, &limit);
}

/// A task with every element of the schema; the other body and RTF are those of other versions.
fn task() -> Task<'static> {
    let date = Some("2024-02-29T07:08:09.000Z".parse().unwrap());
    let recurrence = tasks::Recurrence {
        recurrence_type: Some(RecurrenceType::YearlyNth),
        start: date,
        until: date,
        occurrences: Some(255),
        interval: Some(999),
        day_of_week: Some(DaysOfWeek::ANY),
        day_of_month: Some(31),
        week_of_month: Some(5),
        month_of_year: Some(12),
        regenerate: Some(true),
        dead_occur: Some(255),
        calendar_type: Some(CalendarType::KoreanLunar),
        is_leap_month: Some(true),
        first_day_of_week: Some(FirstDayOfWeek(6)),
    };
    Task {
        subject: Some("Boil eggs".into()),
        legacy_body: Some("soft".into()),
        legacy_body_size: Some(4),
        legacy_body_truncated: Some(false),
        compressed_rtf: None,
        importance: Some(Importance::High),
        utc_start_date: date,
        start_date: date,
        utc_due_date: date,
        due_date: date,
        categories: Some(vec!["Home".into(), "Kitchen".into()]),
        recurrence: Some(recurrence),
        complete: Some(true),
        date_completed: date,
        sensitivity: Some(Sensitivity::Confidential),
        reminder_time: date,
        reminder_set: Some(true),
        ordinal_date: date,
        sub_ordinal_date: Some("5".into()),
        body: Some(body()),
        native_body_type: Some(BodyType::PlainText),
        other: Vec::new(),
    }
}

fn body() -> Body<'static> {
    Body { estimated_data_size: Some(4), ..Body::plain_text("soft") }
}

#[test]
fn tasks_and_notes() {
    let note = Note {
        subject: Some("Idea".into()),
        message_class: Some(Note::STICKY_NOTE.into()),
        last_modified_date: Some("20240229T120000Z".parse().unwrap()),
        categories: Some(vec!["Home".into()]),
        body: Some(body()),
        native_body_type: Some(BodyType::PlainText),
        other: Vec::new(),
    };
    // What a version has of an item is made before: the item stands in the answer as it is.
    for version in ProtocolVersion::ALL.into_iter().filter(|version| *version >= ProtocolVersion::V2_5) {
        let mut collection = CollectionResponse::new("5", "6");
        let cleared = Task { categories: Some(Vec::new()), ..Task::default() };
        let mut items = vec![
            Fragment::from_value(&task(), Some(version)).unwrap(),
            Fragment::from_value(&cleared, Some(version)).unwrap(),
        ];
        if version >= ProtocolVersion::V14_0 {
            items.push(Fragment::from_value(&note, Some(version)).unwrap());
        }
        for application_data in items {
            let add = ServerAdd { class: None, server_id: "6:1".into(), application_data };
            let change = ServerChange {
                class: None,
                server_id: add.server_id.clone(),
                application_data: add.application_data.clone(),
            };
            collection.commands.extend([ServerCommand::Add(add), ServerCommand::Change(change)]);
        }
        valid_in(version, &SyncResponse::from(vec![collection]));
    }

    let answer = ItemOperationsResponse::from(vec![
        FetchResponse::item("6", "6:1", Class::Tasks, fragment(&task())),
        FetchResponse::item("8", "8:1", Class::Notes, fragment(&note)),
    ]);
    valid_since(ProtocolVersion::V12_0, &answer);
}

/// The answer to a Search, as far as a result needs it.
#[derive(Encode)]
#[wbxml(page = search, tag = Search)]
struct SearchAnswer {
    #[wbxml(Status)]
    status: u32,
    #[wbxml(Response)]
    response: SearchResponse,
}

#[derive(Encode)]
struct SearchResponse {
    #[wbxml(search::Store)]
    store: Store,
}

#[derive(Encode)]
#[wbxml(page = search)]
struct Store {
    #[wbxml(Status)]
    status: u32,
    #[wbxml(Result)]
    results: Vec<Found>,
}

#[derive(Encode)]
#[wbxml(page = search, tag = Result)]
struct Found {
    #[wbxml(Properties)]
    properties: Fragment<'static>,
}

impl SearchAnswer {
    fn new(results: impl IntoIterator<Item = Fragment<'static>>) -> Self {
        let results = results.into_iter().map(|properties| Found { properties }).collect();
        Self { status: 1, response: SearchResponse { store: Store { status: 1, results } } }
    }
}

#[test]
fn what_a_search_finds_outside_of_the_mailbox() {
    let date = Some("2024-02-29T07:08:09.000Z".parse().unwrap());
    let document = Document {
        link_id: Some("\\\\fs\\share\\film.mkv".into()),
        display_name: Some("film.mkv".into()),
        is_folder: Some(false),
        creation_date: date,
        last_modified_date: date,
        is_hidden: Some(true),
        content_length: Some(5_000_000_000),
        content_type: Some("video/x-matroska".into()),
        other: Vec::new(),
    };
    valid_since(ProtocolVersion::V12_0, &SearchAnswer::new([fragment(&document), fragment(&document)]));

    let entry = GalEntry {
        display_name: Some("Ada Exempel".into()),
        phone: Some("0".into()),
        office: Some("12".into()),
        title: Some("Countess".into()),
        company: Some("Exempel".into()),
        alias: Some("ada".into()),
        first_name: Some("Ada".into()),
        last_name: Some("Exempel".into()),
        home_phone: Some("1".into()),
        mobile_phone: Some("2".into()),
        email_address: Some("ada@example.org".into()),
        picture: Some(Picture::new(&b"\xFF\xD8"[..])),
        other: Vec::new(),
    };
    let shy = GalEntry { picture: Some(Picture::absent(PictureStatus::NoPicture)), ..entry.clone() };
    valid_since(ProtocolVersion::V14_1, &SearchAnswer::new([fragment(&entry), fragment(&shy)]));
}

#[test]
fn a_protected_message() {
    let yes = Some(true);
    let licence = RightsManagementLicense {
        content_expiry_date: Some(ContentExpiryDate::Never),
        content_owner: Some("ada@example.org".into()),
        edit_allowed: yes,
        export_allowed: yes,
        extract_allowed: yes,
        forward_allowed: yes,
        modify_recipients_allowed: yes,
        owner: yes,
        print_allowed: yes,
        programmatic_access_allowed: yes,
        reply_all_allowed: yes,
        reply_allowed: yes,
        template_description: Some("For us only".into()),
        template_id: Some("1".into()),
        template_name: Some("Confidential".into()),
    };
    let mail = Email { rights_management_license: Some(licence), ..Email::default() };
    let answer =
        ItemOperationsResponse::from(vec![FetchResponse::item("1", "1:7", Class::Email, fragment(&mail))]);
    valid_since(ProtocolVersion::V14_1, &answer);
}

#[test]
fn estimates_and_moves() {
    let answer = GetItemEstimateResponse {
        status: None,
        responses: vec![
            EstimateResponse::new("1", 12),
            EstimateResponse::failed("2", GetItemEstimateStatus::NotPrimed),
            EstimateResponse { status: GetItemEstimateStatus::InvalidCollection, collection: None },
        ],
    };
    valid_since(ProtocolVersion::V1_0, &answer);
    let failed = GetItemEstimateResponse { status: Some(CommonStatus::InvalidXml.into()), responses: vec![] };
    valid_since(ProtocolVersion::V1_0, &failed);

    let answer = MoveItemsResponse {
        status: None,
        responses: vec![
            move_items::MoveResponse::moved("1:7", "14:1"),
            move_items::MoveResponse::failed("1:8", MoveItemsStatus::SameFolder),
        ],
    };
    valid_since(ProtocolVersion::V1_0, &answer);
}

#[test]
fn ping_answers() {
    let everything = PingResponse {
        status: PingStatus::Changes,
        folders: vec!["1".into(), "2".into()],
        max_folders: Some(200),
        heartbeat_interval: Some(60),
    };
    for answer in [
        everything,
        PingResponse::new(PingStatus::NoChanges),
        PingResponse::changed(vec!["1".into()]),
        PingResponse::heartbeat_out_of_range(60),
        PingResponse::too_many_folders(200),
    ] {
        valid_since(ProtocolVersion::V2_5, &answer);
    }
}

#[test]
fn a_message_that_was_not_sent() {
    valid_since(ProtocolVersion::V14_0, &SendMailResponse::failed(CommonStatus::MessageHasNoRecipient));
}

#[test]
fn policies() {
    let yes = Some(true);
    let document = EasProvisionDoc {
        device_password_enabled: yes,
        alphanumeric_device_password_required: yes,
        password_recovery_enabled: yes,
        require_storage_card_encryption: yes,
        document_browse_enabled: None,
        attachments_enabled: yes,
        min_device_password_length: Some(OrEmpty::Value(4)),
        max_inactivity_time_device_lock: Some(OrEmpty::Value(300)),
        max_device_password_failed_attempts: Some(OrEmpty::Value(8)),
        max_attachment_size: Some(OrEmpty::Empty),
        allow_simple_device_password: yes,
        device_password_expiration: Some(OrEmpty::Value(0)),
        device_password_history: Some(3),
        allow_storage_card: yes,
        allow_camera: yes,
        require_device_encryption: yes,
        allow_unsigned_applications: yes,
        allow_unsigned_installation_packages: yes,
        min_device_password_complex_characters: Some(3),
        allow_wifi: yes,
        allow_text_messaging: yes,
        allow_pop_imap_email: yes,
        allow_bluetooth: Some(AllowBluetooth::HandsFree),
        allow_irda: yes,
        require_manual_sync_when_roaming: yes,
        allow_desktop_sync: yes,
        max_calendar_age_filter: Some(FilterType::SixMonths),
        allow_html_email: yes,
        max_email_age_filter: Some(FilterType::OneMonth),
        max_email_body_truncation_size: Some(-1),
        max_email_html_body_truncation_size: Some(1024),
        require_signed_smime_messages: yes,
        require_encrypted_smime_messages: yes,
        require_signed_smime_algorithm: Some(SignatureAlgorithm::Sha1),
        require_encryption_smime_algorithm: Some(EncryptionAlgorithm::Rc2_40),
        allow_smime_encryption_algorithm_negotiation: Some(EncryptionNegotiation::Strong),
        allow_smime_soft_certs: yes,
        allow_browser: yes,
        allow_consumer_email: yes,
        allow_remote_desktop: yes,
        allow_internet_sharing: yes,
        unapproved_in_rom_application_list: Some(vec!["game.exe".into(), "other.exe".into()]),
        approved_application_list: Some(vec![]),
    };
    let mut answer = ProvisionResponse::with_policy(Policy {
        policy_type: PolicyType::EasProvisioningWbxml,
        status: PolicyStatus::Success,
        policy_key: Some(PolicyKey::from(1_307_199_584)),
        data: Some(document.into()),
    });
    answer.device_information =
        Some(DeviceInformationResponse { status: Some(DeviceInformationStatus::Success) });
    answer.remote_wipe = true;
    answer.account_only_remote_wipe = true;
    valid_since(ProtocolVersion::V12_0, &answer);
    valid_since(ProtocolVersion::V12_0, &ProvisionResponse::new(ProvisionStatus::ProtocolError));
}

#[test]
fn operations() {
    let document = fragment(&ItemProperties {
        content_type: None,
        range: Range::new(0, 4),
        total: Some(5),
        version: Some("2024-02-29T07:08:09.000Z".parse().unwrap()),
        ..ItemProperties::inline("", b"hello")
    });
    let mail = fragment(&Email { subject: Some("hej".into()), ..Email::default() });
    let answer = ItemOperationsResponse::from(OperationResponses {
        moves: vec![MoveResponse {
            status: ItemOperationsStatus::Success,
            conversation_id: Bytes(b"\x01\x02"[..].into()),
        }],
        empty_folder_contents: vec![EmptyFolderContentsResponse {
            status: ItemOperationsStatus::Success,
            collection_id: "4".into(),
        }],
        fetches: vec![
            FetchResponse::item("1", "1:7", Class::Email, mail.clone()),
            FetchResponse::attachment("1:7:0", fragment(&ItemProperties::inline("text/plain", b"hello"))),
            FetchResponse::attachment("1:7:1", fragment(&ItemProperties::in_part("text/plain", 1))),
            FetchResponse {
                link_id: Some("\\\\server\\share\\file.txt".into()),
                properties: Some(document),
                ..FetchResponse::new(ItemOperationsStatus::Success)
            },
            FetchResponse {
                long_id: Some("RgAAAAD".into()),
                class: Some(Class::Email),
                properties: Some(mail),
                ..FetchResponse::new(ItemOperationsStatus::Success)
            },
            FetchResponse::new(ItemOperationsStatus::InvalidAttachment),
        ],
    });
    valid_since(ProtocolVersion::V12_0, &answer);
    valid_since(ProtocolVersion::V12_0, &ItemOperationsResponse::failed(ItemOperationsStatus::ProtocolError));
}
