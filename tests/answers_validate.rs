//! Every answer of the server, good and bad, to devices of nine protocol versions, over a socket: as XML it is what the
//! schemas of Microsoft's interoperability tests allow.

#[path = "support/device.rs"]
mod device;
#[path = "support/schema.rs"]
mod schema;
mod support;

use std::collections::BTreeSet;
use std::path::Path;

use activesync_server::Policy;
use activesync_server::admin::Importer;
use activesync_server::backend::Backend as _;
use activesync_types::airsyncbase::{BodyPartPreference, BodyPreference, BodyType};
use activesync_types::calendar::Calendar;
use activesync_types::compose_mail::SendMailRequest;
use activesync_types::contacts::Contact;
use activesync_types::email::Email;
use activesync_types::folder_hierarchy::{
    FolderCreateRequest, FolderDeleteRequest, FolderSyncRequest, FolderType, FolderUpdateRequest,
};
use activesync_types::get_item_estimate::{EstimateCollection, GetItemEstimateRequest};
use activesync_types::http::Parameters;
use activesync_types::item_operations::{
    EmptyFolderContents, Fetch, FetchOptions, ItemOperationsRequest, Move as MoveConversation, Operation,
    Range,
};
use activesync_types::move_items::{Move, MoveItemsRequest};
use activesync_types::ping::{PingFolder, PingRequest};
use activesync_types::provision::{
    EasProvisionDoc, PolicyAcknowledgement, PolicyType, ProvisionRequest, RemoteWipeStatus,
};
use activesync_types::settings::DeviceProperties;
use activesync_types::sync::{
    ClientAdd, ClientChange, ClientCommand, ClientDelete, Collection, Conflict, FilterType, MimeSupport,
    ServerCommand, SyncOptions, SyncRequest, Truncation,
};
use activesync_types::{
    Class, CollectionId, FolderCreate, FolderDelete, FolderSync, FolderUpdate, GetHierarchy, GetItemEstimate,
    ItemOperations, MoveItems, Ping, PolicyKey, Provision, SendMail, ServerId, Sync, SyncKey,
};
use device::{Device, Server};
use schema::validate;
use wbxml::{Encode, Flag, Fragment, IntoOwned, ProtocolVersion};

const VERSIONS: [ProtocolVersion; 9] = [
    ProtocolVersion::V2_0,
    ProtocolVersion::V2_1,
    ProtocolVersion::V2_5,
    ProtocolVersion::V12_0,
    ProtocolVersion::V12_1,
    ProtocolVersion::V14_0,
    ProtocolVersion::V14_1,
    ProtocolVersion::V16_0,
    ProtocolVersion::V16_1,
];

#[tokio::test]
async fn all_commands_in_all_versions() {
    let server = Server::start_with(|builder| builder.heartbeat(1..=3540));
    import_sample_mailbox(&server);
    let mut heard = Vec::new();
    for (number, version) in VERSIONS.into_iter().enumerate() {
        // Each device changes and deletes some of what it finds.
        import_series(&server, version);
        let mut device = server.device("ada", version);
        // There is no short form of queries before 12.1.
        device.base64 = version >= ProtocolVersion::V12_1 && number % 2 == 0;
        let has_policies = version >= ProtocolVersion::V2_5;
        if has_policies {
            provision(&device).await;
        }
        let another = server.another(&device);
        folders(&device, &another).await;
        heard.extend(another.heard());
        let mut seen = collections(&device).await;
        client_changes(&device, &mut seen).await;
        rules_of_sync(&device, &seen).await;
        estimates(&device, &seen).await;
        operations(&mut device, &seen).await;
        moves(&device, &seen).await;
        if has_policies {
            pings(&server, &device, &seen).await;
        }
        mail(&device).await;
        malformed(&device).await;
        heard.extend(device.heard());
    }
    let commands =
        |version| heard.iter().filter(move |heard| heard.version == version).map(|heard| heard.command);
    let always = [
        "FolderCreate",
        "FolderDelete",
        "FolderSync",
        "FolderUpdate",
        "GetItemEstimate",
        "MoveItems",
        "Sync",
    ];
    for version in VERSIONS {
        let mut expected = BTreeSet::from(always);
        expected.extend(
            (version >= ProtocolVersion::V2_5).then_some(["Ping", "Provision"]).into_iter().flatten(),
        );
        expected.extend((version < ProtocolVersion::V14_0).then_some("GetHierarchy"));
        expected.extend((version >= ProtocolVersion::V12_0).then_some("ItemOperations"));
        expected.extend((version >= ProtocolVersion::V14_0).then_some("SendMail"));
        assert_eq!(commands(version).collect::<BTreeSet<_>>(), expected, "{version}");
        let occurrences = heard
            .iter()
            .filter(|heard| heard.version == version && heard.command == "Sync")
            .filter(|heard| wbxml::xml::to_xml(&heard.document).unwrap().contains(OCCURRENCE));
        assert!(occurrences.count() > 0, "{version}");
    }
    validate(heard);
}

#[tokio::test]
async fn devices_that_must_provision_first() {
    let strict = Policy::required(EasProvisionDoc {
        device_password_enabled: Some(true),
        ..EasProvisionDoc::default()
    });
    let server = Server::start_with(|builder| builder.policy(strict));
    let mut heard = Vec::new();
    for version in VERSIONS {
        let mut device = server.device("bob", version);
        let refused =
            |status| if version < ProtocolVersion::V14_0 { (449, None) } else { (200, Some(status)) };
        for command in [
            "Sync",
            "FolderSync",
            "FolderCreate",
            "FolderUpdate",
            "FolderDelete",
            "GetItemEstimate",
            "MoveItems",
        ] {
            let answer = device.post(command, b"\x03\x01\x6A\x00\x45\x01").await;
            assert_eq!((answer.status, answer.first_status()), refused(142), "{version} {command}");
        }
        if version < ProtocolVersion::V2_5 {
            // There is no way in for them.
            continue;
        }
        let key = provision(&device).await;
        for (key, expected) in [(key, (200, Some(1))), (key ^ 1, refused(144))] {
            device.policy_key = Some(key);
            let answer = device.call::<FolderSync>(&FolderSyncRequest::new(SyncKey::INITIAL)).await;
            assert_eq!((answer.status, answer.first_status()), expected, "{version}");
        }
        heard.extend(device.heard());
    }
    validate(heard);
}

fn import_sample_mailbox(server: &Server) {
    let store = server.store();
    let ada = store.resolve("ada@example.org").unwrap().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sample-mailbox");
    let report = Importer::new(&store, &ada).run([sample], &mut |_| ()).unwrap();
    assert!(report.mails > 40 && report.contacts > 10 && report.events > 10, "{report:?}");
}

/// A meeting that recurs, and an occurrence of it that is an appointment and has nothing of all the rest either.
fn import_series(server: &Server, version: ProtocolVersion) {
    let text = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n\
         BEGIN:VEVENT\r\nUID:{version}@example.org\r\nDTSTAMP:20260901T080000Z\r\nDTSTART:20261005T093000Z\r\n\
         DTEND:20261005T100000Z\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\nSUMMARY:Berths\r\nLOCATION:Quay\r\n\
         DESCRIPTION:Who lies where\r\nCATEGORIES:Harbour\r\nCLASS:PRIVATE\r\nTRANSP:TRANSPARENT\r\n\
         ORGANIZER;CN=Bob:mailto:bob@example.org\r\n\
         ATTENDEE;CN=Ada;PARTSTAT=ACCEPTED:mailto:ada@example.org\r\n\
         BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Berths\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nUID:{version}@example.org\r\nRECURRENCE-ID:20261012T093000Z\r\n\
         DTSTAMP:20260901T080000Z\r\nDTSTART:20261012T103000Z\r\nDTEND:20261012T110000Z\r\n\
         SUMMARY:{OCCURRENCE}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    let directory = tempfile::TempDir::new().unwrap();
    let file = directory.path().join("series.ics");
    std::fs::write(&file, text).unwrap();
    let store = server.store();
    let ada = store.resolve("ada@example.org").unwrap().unwrap();
    let report = Importer::new(&store, &ada).run([file], &mut |_| ()).unwrap();
    assert_eq!((report.events, report.faults), (1, 0));
}

const OCCURRENCE: &str = "Alone on the quay";

/// The key that the device ends up with.
async fn provision(device: &Device<'_>) -> u32 {
    let policy_type = || PolicyType::of_version(device.version);
    let properties = DeviceProperties { model: Some("test".into()), ..DeviceProperties::default() };
    let asked = ProvisionRequest::initial(policy_type(), Some(properties));
    let key = |answer: &device::Answer| {
        let answer = answer.decode::<Provision>();
        answer.policies[0].policy_key.as_ref().and_then(PolicyKey::number)
    };
    let temporary = key(&device.call::<Provision>(&asked).await).unwrap();
    let acknowledge = |key, said| ProvisionRequest::acknowledge(policy_type(), key, said);
    device.call::<Provision>(&acknowledge(temporary ^ 1, PolicyAcknowledgement::Success)).await;
    device.call::<Provision>(&acknowledge(temporary, PolicyAcknowledgement::NotApplied)).await;
    device.call::<Provision>(&ProvisionRequest::initial(PolicyType::Other("unheard of".into()), None)).await;
    device.call::<Provision>(&ProvisionRequest::acknowledge_wipe(RemoteWipeStatus::Success)).await;
    key(&device.call::<Provision>(&acknowledge(temporary, PolicyAcknowledgement::Success)).await).unwrap()
}

async fn folders(device: &Device<'_>, another: &Device<'_>) {
    let (mut told, _) = another.folders().await;
    let (key, folders) = device.folders().await;
    let inbox = &folders.iter().find(|folder| folder.folder_type == FolderType::Inbox).unwrap().server_id;
    let unknown = || ServerId::from("4711");

    let create = |key: &SyncKey<'_>, parent: ServerId<'static>, name: &'static str| FolderCreateRequest {
        sync_key: key.clone().into_owned(),
        parent_id: parent,
        display_name: name.into(),
        folder_type: FolderType::UserMail,
    };
    let name = ["Tugs", "Pilots"];
    let answer = device.call::<FolderCreate>(&create(&key, ServerId::ROOT, name[0])).await;
    let made = answer.decode::<FolderCreate>().into_owned();
    let (key, folder) = (made.sync_key.unwrap(), made.server_id.unwrap());
    told = learn(another, told, [1, 0, 0]).await;
    for (request, status) in [
        (create(&key, ServerId::ROOT, name[0]), 2),
        (create(&key, unknown(), name[1]), 5),
        (create(&"{0}9".into(), ServerId::ROOT, name[1]), 9),
    ] {
        assert_eq!(device.call::<FolderCreate>(&request).await.first_status(), Some(status), "{request:?}");
    }

    let update = |key: &SyncKey<'_>, id: &ServerId<'_>, parent: ServerId<'static>, name: &'static str| {
        FolderUpdateRequest {
            sync_key: key.clone().into_owned(),
            server_id: id.clone().into_owned(),
            parent_id: parent,
            display_name: name.into(),
        }
    };
    let answer = device.call::<FolderUpdate>(&update(&key, &folder, ServerId::ROOT, name[1])).await;
    let key = answer.decode::<FolderUpdate>().into_owned().sync_key.unwrap();
    told = learn(another, told, [0, 1, 0]).await;
    for (request, status) in [
        (update(&key, inbox, ServerId::ROOT, name[0]), 2),
        (update(&key, &unknown(), ServerId::ROOT, name[0]), 4),
        (update(&key, &folder, unknown(), name[0]), 5),
        (update(&"{0}9".into(), &folder, ServerId::ROOT, name[0]), 9),
    ] {
        assert_eq!(device.call::<FolderUpdate>(&request).await.first_status(), Some(status), "{request:?}");
    }

    let delete = |key: &SyncKey<'_>, id: &ServerId<'_>| FolderDeleteRequest {
        sync_key: key.clone().into_owned(),
        server_id: id.clone().into_owned(),
    };
    for (request, status) in
        [(delete(&key, inbox), 3), (delete(&key, &unknown()), 4), (delete(&"{0}9".into(), &folder), 9)]
    {
        assert_eq!(device.call::<FolderDelete>(&request).await.first_status(), Some(status), "{request:?}");
    }
    let answer = device.call::<FolderDelete>(&delete(&key, &folder)).await;
    let key = answer.decode::<FolderDelete>().into_owned().sync_key.unwrap();
    told = learn(another, told, [0, 0, 1]).await;
    learn(another, told, [0, 0, 0]).await;

    for (key, status) in [(key, 1), (SyncKey::from("nonsense"), 9)] {
        assert_eq!(
            device.call::<FolderSync>(&FolderSyncRequest::new(key)).await.first_status(),
            Some(status)
        );
    }
    if device.version < ProtocolVersion::V14_0 {
        assert!(device.post("GetHierarchy", b"").await.decode::<GetHierarchy>().folders.len() > 3);
    }
}

/// Another device learns of so many new, changed and deleted folders.
async fn learn(device: &Device<'_>, key: SyncKey<'_>, counts: [usize; 3]) -> SyncKey<'static> {
    let answer = device.call::<FolderSync>(&FolderSyncRequest::new(key)).await;
    let answer = answer.decode::<FolderSync>().into_owned();
    let changes = answer.changes.unwrap();
    assert_eq!([changes.adds.len(), changes.updates.len(), changes.deletes.len()], counts);
    answer.sync_key.unwrap()
}

/// What a device has of a folder.
struct Seen {
    folder: CollectionId<'static>,
    class: Class<'static>,
    key: SyncKey<'static>,
    items: Vec<ServerId<'static>>,
    attachments: Vec<String>,
}

impl Seen {
    fn collection(&self, device: &Device<'_>) -> Collection<'static> {
        let mut collection = Collection::new(self.key.clone(), self.folder.clone());
        collection.class = (device.version <= ProtocolVersion::V12_1).then(|| self.class.clone());
        collection
    }
}

/// Everything in the mailbox, in every form of body. The last form is kept.
async fn collections(device: &Device<'_>) -> [Seen; 3] {
    let mut seen = Vec::new();
    for (kind, class) in [
        (FolderType::Inbox, Class::Email),
        (FolderType::Contacts, Class::Contacts),
        (FolderType::Calendar, Class::Calendar),
    ] {
        let folder = device.folder(kind).await;
        let mut last = None;
        for options in forms(device.version) {
            last = Some(fetch_all(device, &folder, &class, options).await);
        }
        seen.extend(last);
    }
    seen.try_into().ok().unwrap()
}

/// Options that ask for each form of body that a version has.
fn forms(version: ProtocolVersion) -> Vec<SyncOptions<'static>> {
    let plain = SyncOptions { filter_type: Some(FilterType::All), ..SyncOptions::default() };
    if version <= ProtocolVersion::V2_5 {
        let mime = SyncOptions { mime_support: Some(MimeSupport::Always), ..plain.clone() };
        let cut = SyncOptions { truncation: Some(Truncation::Chars512), ..plain.clone() };
        return vec![mime, cut, plain];
    }
    let with = |preferences: &[BodyPreference]| SyncOptions {
        body_preferences: preferences.to_vec(),
        ..plain.clone()
    };
    let preview = (version >= ProtocolVersion::V14_0).then_some(100);
    let mut forms = vec![
        plain.clone(),
        with(&[BodyPreference { preview, ..BodyPreference::truncated(BodyType::PlainText, 200) }]),
        with(&[BodyPreference { all_or_none: Some(true), ..BodyPreference::truncated(BodyType::Html, 500) }]),
        with(&[BodyPreference::new(BodyType::Rtf), BodyPreference::new(BodyType::Html)]),
        SyncOptions {
            mime_support: Some(MimeSupport::Always),
            ..with(&[BodyPreference::new(BodyType::Mime)])
        },
    ];
    if version >= ProtocolVersion::V14_1 {
        let part = BodyPartPreference {
            body_type: BodyType::Html,
            truncation_size: Some(300),
            preview: Some(50),
            ..Default::default()
        };
        forms.push(SyncOptions {
            body_part_preferences: vec![part],
            ..with(&[BodyPreference::new(BodyType::Html)])
        });
    }
    forms
}

async fn fetch_all(
    device: &Device<'_>,
    folder: &CollectionId<'static>,
    class: &Class<'static>,
    options: SyncOptions<'static>,
) -> Seen {
    let (folder, class) = (folder.clone(), class.clone());
    let mut seen = Seen { folder, class, key: SyncKey::INITIAL, items: Vec::new(), attachments: Vec::new() };
    loop {
        let is_first = seen.key.is_initial();
        let mut collection = seen.collection(device);
        collection.window_size = Some(20);
        collection.options = vec![options.clone()];
        collection.get_changes = (!is_first).then_some(Flag::Empty);
        let mut answer = device.sync(collection).await;
        let answer = answer.collections.remove(0);
        assert_eq!(answer.status.code(), 1, "{} {:?}", device.version, seen.class);
        let is_last = !answer.more_available && !is_first;
        seen.key = answer.sync_key;
        for command in answer.commands {
            let ServerCommand::Add(add) = command else { panic!("{command:?} in the first synchronization") };
            if seen.class == Class::Email {
                let email: Email<'_> = add.application_data.decode().unwrap();
                let modern = email.attachments.iter().filter_map(|entry| entry.attachment());
                seen.attachments.extend(modern.map(|attachment| attachment.file_reference.to_string()));
                let legacy =
                    email.legacy_attachments.iter().filter_map(|attachment| attachment.att_name.as_deref());
                seen.attachments.extend(legacy.map(str::to_owned));
            }
            seen.items.push(add.server_id);
        }
        if is_last {
            assert!(seen.items.len() > 10, "the sample mailbox has more in {:?}", seen.class);
            return seen;
        }
    }
}

fn data(value: &impl Encode, version: ProtocolVersion) -> Fragment<'static> {
    Fragment::from_value(value, Some(version)).unwrap()
}

/// Additions, changes, deletions, and a conflict; some of which cannot be done.
async fn client_changes(device: &Device<'_>, [inbox, contacts, calendar]: &mut [Seen; 3]) {
    let version = device.version;
    let contact = data(&Contact { first_name: Some("Grace".into()), ..Contact::default() }, version);
    let start = "20261105T090000Z".parse().unwrap();
    let end = "20261105T100000Z".parse().unwrap();
    let event = Calendar {
        start_time: Some(start),
        end_time: Some(end),
        subject: Some("Tea".into()),
        ..Calendar::default()
    };
    let event = data(&event, version);
    let mail = data(&Email { read: Some(true), ..Email::default() }, version);
    let add = |id: &'static str, data: &Fragment<'static>| {
        ClientCommand::Add(ClientAdd {
            class: None,
            client_id: id.into(),
            send: false,
            application_data: data.clone(),
        })
    };
    let change = |id: &ServerId<'static>, data: &Fragment<'static>| {
        ClientCommand::Change(ClientChange {
            server_id: id.clone(),
            instance_id: None,
            send: false,
            application_data: data.clone(),
        })
    };
    let delete = |id: &ServerId<'static>| {
        ClientCommand::Delete(ClientDelete { server_id: id.clone(), instance_id: None })
    };
    let unknown = |seen: &Seen| ServerId::from(format!("{}:4711", seen.folder));
    let fetch = |id: &ServerId<'static>| {
        ClientCommand::Fetch(activesync_types::sync::Fetch { server_id: id.clone() })
    };
    let of_contacts =
        vec![add("c1", &contact), change(&contacts.items[0], &contact), change(&unknown(contacts), &contact)];
    let of_calendar = vec![
        add("e1", &event),
        change(&calendar.items[0], &event),
        delete(&unknown(calendar)),
        delete(&calendar.items[1]),
    ];
    let of_inbox = vec![
        change(&inbox.items[0], &mail),
        delete(&inbox.items[1]),
        fetch(&inbox.items[2]),
        fetch(&unknown(inbox)),
        add("m1", &mail),
    ];
    for (seen, commands) in [(contacts, of_contacts), (calendar, of_calendar), (inbox, of_inbox)] {
        let mut collection = seen.collection(device);
        collection.commands = commands;
        collection.options =
            vec![SyncOptions { conflict: Some(Conflict::ServerWins), ..SyncOptions::default() }];
        let answer = device.sync(collection.clone()).await.collections.remove(0);
        assert_eq!(answer.status.code(), 1);
        assert!(!answer.responses.is_empty(), "{version} {:?}", seen.class);
        // As if that answer was lost.
        let again = device.sync(collection).await.collections.remove(0);
        assert_eq!(again.responses, answer.responses, "{version} {:?}", seen.class);
        seen.key = again.sync_key;
    }
}

/// What the specification says no to.
async fn rules_of_sync(device: &Device<'_>, [inbox, contacts, _]: &[Seen; 3]) {
    let version = device.version;
    let collection = || inbox.collection(device);
    let wrong_key = Collection { sync_key: "{0}99".into(), ..collection() };
    let wrong_folder = Collection { collection_id: Some("4711".into()), ..collection() };
    let wrong_filter = Collection {
        options: vec![SyncOptions {
            filter_type: Some(FilterType::IncompleteTasks),
            ..SyncOptions::default()
        }],
        ..collection()
    };
    let mixed = vec![collection(), Collection { sync_key: "{0}99".into(), ..contacts.collection(device) }];
    let mut requests = vec![
        (SyncRequest::from(wrong_key), 3),
        (SyncRequest::from(wrong_folder), 12),
        (SyncRequest::from(wrong_filter), 4),
        (SyncRequest::from(vec![collection(), collection()]), 4),
        (SyncRequest::from(mixed), 1),
    ];
    if version >= ProtocolVersion::V12_1 {
        requests.extend([
            (SyncRequest { wait: Some(1_000), ..SyncRequest::from(collection()) }, 14),
            (SyncRequest { partial: true, ..SyncRequest::default() }, 4),
            (SyncRequest::from(vec![collection(); 301]), 4),
        ]);
        let many = (0..301)
            .map(|number| Collection { collection_id: Some(number.to_string().into()), ..collection() });
        requests.push((SyncRequest::from(many.collect::<Vec<_>>()), 15));
    }
    if version >= ProtocolVersion::V14_0 {
        let both =
            SyncRequest { wait: Some(1), heartbeat_interval: Some(60), ..SyncRequest::from(collection()) };
        requests.push((both, 4));
        requests
            .push((SyncRequest { heartbeat_interval: Some(9_999), ..SyncRequest::from(collection()) }, 14));
    }
    for (request, status) in requests {
        let answer = device.call::<Sync>(&request).await;
        assert_eq!(answer.first_status(), Some(status), "{version} {request:?}");
    }
    // As last time.
    device.post("Sync", b"").await;
}

async fn estimates(device: &Device<'_>, [inbox, contacts, calendar]: &[Seen; 3]) {
    let of = |key: &SyncKey<'static>, folder: &CollectionId<'static>, class: &Class<'static>| {
        EstimateCollection::new(key.clone(), folder.clone()).filter(class.clone(), FilterType::All)
    };
    let request = GetItemEstimateRequest::from(vec![
        of(&contacts.key, &contacts.folder, &contacts.class),
        of(&SyncKey::INITIAL, &calendar.folder, &calendar.class),
        of(&"{0}99".into(), &inbox.folder, &inbox.class),
        of(&inbox.key, &"4711".into(), &inbox.class),
    ]);
    let answer = device.call::<GetItemEstimate>(&request).await;
    let answer = answer.decode::<GetItemEstimate>();
    let statuses: Vec<_> = answer.responses.iter().map(|response| response.status.code()).collect();
    assert_eq!(statuses[1..], [3, 4, 2]);
}

async fn operations(device: &mut Device<'_>, [inbox, contacts, calendar]: &[Seen; 3]) {
    let attachment = inbox.attachments.last().unwrap().clone();
    if device.version < ProtocolVersion::V14_0 {
        for (name, status) in [(attachment.clone(), 200), ("nonsense".to_owned(), 500)] {
            let parameters = Parameters { attachment_name: Some(name.into()), ..Parameters::default() };
            assert_eq!(device.send("GetAttachment", parameters, "", Vec::new()).await.status, status);
        }
    }
    if device.version < ProtocolVersion::V12_0 {
        return;
    }
    let form = |body_type| FetchOptions {
        body_preferences: vec![BodyPreference::new(body_type)],
        ..FetchOptions::default()
    };
    let item = |seen: &Seen, body_type| -> Operation<'static> {
        Fetch { options: Some(form(body_type)), ..Fetch::item(seen.folder.clone(), seen.items[5].clone()) }
            .into()
    };
    let part = |range| FetchOptions { range, ..FetchOptions::default() };
    let piece = |range| Fetch { options: Some(part(range)), ..Fetch::attachment(attachment.clone()) };
    let mut operations: Vec<Operation<'_>> = vec![
        item(inbox, BodyType::PlainText),
        item(inbox, BodyType::Html),
        item(inbox, BodyType::Mime),
        item(contacts, BodyType::PlainText),
        item(calendar, BodyType::PlainText),
        Fetch::item(inbox.folder.clone(), "4711").into(),
        Fetch::item("4711", inbox.items[5].clone()).into(),
        Fetch::attachment(attachment.clone()).into(),
        Fetch::attachment("nonsense").into(),
        piece(Range::new(2, 9)).into(),
        piece(Range::new(99_999_999, 99_999_999)).into(),
        Fetch::search_result("nonsense").into(),
        Fetch::document("\\\\server\\share\\file.txt").into(),
        EmptyFolderContents::new("4711", false).into(),
    ];
    if device.version >= ProtocolVersion::V14_0 {
        operations.push(MoveConversation::new(&b"\x01\x02"[..], inbox.folder.clone()).into());
    }
    let request = ItemOperationsRequest::from(operations);
    for multi_part in [false, true] {
        device.multi_part = multi_part;
        let answer = device.call::<ItemOperations>(&request).await;
        let answer = answer.decode::<ItemOperations>();
        let responses = answer.response.unwrap();
        assert_eq!(responses.fetches.len(), 13);
        let good = responses.fetches.iter().filter(|fetch| fetch.status.is_success()).count();
        assert_eq!(good, 7, "{} {:?}", device.version, responses.fetches);
    }
    device.multi_part = false;
}

async fn moves(device: &Device<'_>, [inbox, contacts, _]: &[Seen; 3]) {
    let deleted = device.folder(FolderType::DeletedItems).await;
    let here = &inbox.folder;
    let request = MoveItemsRequest {
        moves: vec![
            Move::new(inbox.items[6].clone(), here.clone(), deleted.clone()),
            Move::new(inbox.items[7].clone(), here.clone(), here.clone()),
            Move::new(inbox.items[7].clone(), here.clone(), contacts.folder.clone()),
            Move::new(inbox.items[7].clone(), here.clone(), "4711"),
            Move::new("4711", here.clone(), deleted.clone()),
            Move::new(inbox.items[7].clone(), "4711", deleted),
        ],
    };
    let answer = device.call::<MoveItems>(&request).await;
    let answer = answer.decode::<MoveItems>();
    let statuses: Vec<_> = answer.responses.iter().map(|response| response.status.code()).collect();
    assert_eq!(statuses, [3, 4, 2, 2, 1, 1]);
}

async fn pings(server: &Server, device: &Device<'_>, [inbox, contacts, calendar]: &[Seen; 3]) {
    let folder = |seen: &Seen| PingFolder { id: seen.folder.clone(), class: Some(seen.class.clone()) };
    // The device knows nothing of its own move yet.
    let answer = device.call::<Ping>(&PingRequest::new(2, vec![folder(inbox)])).await;
    assert_eq!(answer.first_status(), Some(2));
    let quiet = fetch_all(device, &contacts.folder, &contacts.class, SyncOptions::default()).await;
    let many = (0..301).map(|number| PingFolder { id: number.to_string().into(), class: None }).collect();
    for (request, status) in [
        (PingRequest::new(2, vec![folder(&quiet)]), 1),
        (PingRequest::new(0, vec![folder(&quiet)]), 5),
        (PingRequest::new(9_999, vec![folder(&quiet)]), 5),
        (PingRequest::new(2, vec![PingFolder { id: "4711".into(), class: None }]), 7),
        (PingRequest::new(2, many), 6),
    ] {
        let answer = device.call::<Ping>(&request).await;
        assert_eq!(answer.first_status(), Some(status), "{} {request:?}", device.version);
    }
    // Nothing was kept of another device.
    let nobody = server.another(device);
    assert_eq!(nobody.post("Ping", b"").await.first_status(), Some(3));
    let _ = calendar;
}

async fn mail(device: &Device<'_>) {
    let message =
        |to: &str| format!("From: ada@example.org\r\n{to}Subject: hej\r\n\r\nHej!\r\n").into_bytes();
    let old = device.version < ProtocolVersion::V14_0;
    let refused = |status| if old { (500, None) } else { (200, Some(status)) };
    let id = format!("letter-{}", device.version);
    for (to, expected) in [
        ("To: bob@example.org\r\n", (200, None)),
        ("To: bob@example.org\r\n", if old { (200, None) } else { (200, Some(118)) }),
        ("", refused(119)),
    ] {
        let id = if to.is_empty() { "another" } else { id.as_str() };
        let answer = device.call::<SendMail>(&SendMailRequest::new(id, message(to))).await;
        assert_eq!((answer.status, answer.first_status()), expected, "{} {to:?}", device.version);
    }
}

/// Bodies that are none, for each command.
async fn malformed(device: &Device<'_>) {
    let cut: &[u8] = b"\x03\x01\x6A\x00\x45";
    let other: &[u8] = b"\x03\x01\x6A\x00\x00\x07\x56\x01";
    let mut commands = vec![
        "Sync",
        "FolderSync",
        "FolderCreate",
        "FolderUpdate",
        "FolderDelete",
        "GetItemEstimate",
        "MoveItems",
    ];
    if device.version >= ProtocolVersion::V2_5 {
        commands.extend(["Ping", "Provision"]);
    }
    if device.version >= ProtocolVersion::V12_0 {
        commands.push("ItemOperations");
    }
    if device.version >= ProtocolVersion::V14_0 {
        commands.push("SendMail");
    }
    for command in commands {
        for body in [cut, other] {
            let answer = device.post(command, body).await;
            if device.version < ProtocolVersion::V14_0 {
                assert_eq!(answer.status, 400, "{} {command}", device.version);
            } else {
                assert!(
                    answer.first_status().is_some_and(|status| status > 1),
                    "{} {command}",
                    device.version
                );
            }
        }
    }
}
