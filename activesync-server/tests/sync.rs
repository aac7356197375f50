//! Sync and GetItemEstimate over a real socket: the request as a whole, in every version.

mod common;

use activesync_server::backend::{Backend, Content, Revision};
use activesync_types::airsyncbase::{Body, BodyType};
use activesync_types::calendar::{
    Attendee, AttendeeStatus, AttendeeType, Calendar, Exception, MeetingStatus, Recurrence,
};
use activesync_types::contacts::Contact;
use activesync_types::email::Email;
use activesync_types::enumerations::{BusyStatus, Sensitivity};
use activesync_types::folder_hierarchy::{FolderCreateRequest, FolderSyncRequest, FolderType};
use activesync_types::get_item_estimate::{EstimateCollection, GetItemEstimateRequest};
use activesync_types::recurrence::{CalendarType, DaysOfWeek, FirstDayOfWeek, RecurrenceType};
use activesync_types::status::SyncStatus;
use activesync_types::sync::{
    ClientAdd, ClientChange, ClientCommand, ClientDelete, Collection, CommandResponse, FilterType,
    ServerCommand, SyncRequest,
};
use activesync_types::{
    Class, CollectionId, FolderCreate, FolderSync, GetItemEstimate, ServerId, Sync, SyncKey,
};
use common::{Device, Server};
use wbxml::{Fragment, OrEmpty, ProtocolVersion};

const ALL: [ProtocolVersion; 10] = ProtocolVersion::ALL;

async fn inbox(device: &Device<'_>) -> (String, String) {
    let inbox = device.folder(FolderType::Inbox).await;
    let key = device.start(&inbox, Class::Email).await;
    let (key, _) = device.drain(key, &inbox, Class::Email).await;
    (inbox, key)
}

#[tokio::test]
async fn a_mailbox_is_fetched_in_windows_in_every_version() {
    for version in &ALL[1..] {
        let server = Server::start();
        for number in 0..5 {
            server.deliver("ada", &format!("message {number}"));
        }
        let device = server.device("ada", *version);
        let folder = device.folder(FolderType::Inbox).await;
        let key = device.start(&folder, Class::Email).await;
        assert_eq!(device.estimate(&key, &folder, Class::Email).await, (1, Some(5)), "{version}");

        let mut collection = device.collection(&key, &folder, Class::Email);
        collection.window_size = Some(3);
        let answer = device.call::<Sync>(&SyncRequest::from(collection)).await;
        let response = answer.decode::<Sync>();
        let first = &response.collections[0];
        assert_eq!(first.class.is_some(), *version <= ProtocolVersion::V12_1, "{version}");
        assert_eq!(first.collection_id.as_ref().unwrap(), &folder.as_str());
        assert!(first.more_available);
        assert_eq!(first.commands.len(), 3);
        for command in &first.commands {
            let ServerCommand::Add(add) = command else { panic!("{command:?}") };
            let email: Email<'_> = add.application_data.decode().unwrap();
            assert!(email.subject.as_ref().unwrap().starts_with("message "));
            assert_eq!(email.read, Some(false));
            // Bodies have a form for old versions and one for new ones.
            assert_eq!(email.body.is_some(), *version >= ProtocolVersion::V12_0, "{version}");
            assert_eq!(email.legacy_body.is_some(), *version <= ProtocolVersion::V2_5, "{version}");
            let is_old = add.server_id.as_str().starts_with("rid:");
            assert_eq!(is_old, *version <= ProtocolVersion::V2_5, "{}", add.server_id);
        }
        assert!(first.sync_key.legacy().is_some() || *version > ProtocolVersion::V2_5);
        let key = first.sync_key.to_string();
        assert_eq!(device.estimate(&key, &folder, Class::Email).await, (1, Some(2)), "{version}");
        let (key, rest) = device.drain(key, &folder, Class::Email).await;
        assert_eq!(rest.len(), 2);
        assert_eq!(device.estimate(&key, &folder, Class::Email).await, (1, Some(0)));
    }
}

#[tokio::test]
async fn a_device_of_1_0_names_no_version_and_no_folder_but_of_mail() {
    let server = Server::start();
    server.deliver("ada", "hello");
    let contact = Contact { file_as: Some("Lovelace, Ada".into()), ..Contact::default() };
    server.put("ada", FolderType::Contacts, &Content::Contact(Box::new(contact)));
    let mut device = server.device("ada", ProtocolVersion::V1_0);
    device.version = None;
    let of_class = |key: &str, class| Collection {
        class: Some(class),
        collection_id: None,
        ..Collection::new(key.to_owned(), CollectionId::from_static(""))
    };
    for class in [Class::Email, Class::Contacts, Class::Calendar] {
        let mut request = SyncRequest::from(of_class("0", class.clone()));
        request.version = Some("1.0".into());
        let answer = device.call::<Sync>(&request).await;
        let response = answer.decode::<Sync>();
        assert_eq!(response.collections[0].status, SyncStatus::Success, "{class:?}");
        let key = response.collections[0].sync_key.to_string();
        assert!(key.starts_with('{'), "{key}");

        let estimate = EstimateCollection {
            class: Some(class.clone()),
            collection_id: None,
            filter_type: Some(FilterType::All),
            ..EstimateCollection::new(key.as_str(), "")
        };
        let answer = device.call::<GetItemEstimate>(&GetItemEstimateRequest::from(vec![estimate])).await;
        let count = answer.decode::<GetItemEstimate>().responses[0].collection.as_ref().unwrap().estimate;
        assert_eq!(count, Some(u32::from(class != Class::Calendar)));

        let answer = device.call::<Sync>(&SyncRequest::from(of_class(&key, class.clone()))).await;
        let response = answer.decode::<Sync>();
        assert_eq!(
            response.collections[0].commands.len(),
            usize::from(class != Class::Calendar),
            "{class:?}"
        );
        assert!(response.collections[0].collection_id.is_some());
    }
}

#[tokio::test]
async fn what_the_client_adds_changes_and_deletes_is_done() {
    for version in
        [ProtocolVersion::V2_5, ProtocolVersion::V12_1, ProtocolVersion::V14_1, ProtocolVersion::V16_1]
    {
        let server = Server::start();
        let device = server.device("ada", version);
        let folder = device.folder(FolderType::Contacts).await;
        let key = device.start(&folder, Class::Contacts).await;
        let contact = |name: &'static str| {
            let contact = Contact { last_name: Some(name.into()), ..Contact::default() };
            Fragment::from_value(&contact, Some(version)).unwrap()
        };
        let with = |key: String, command| {
            let mut collection = device.collection(&key, &folder, Class::Contacts);
            collection.commands = vec![command];
            SyncRequest::from(collection)
        };
        let add = ClientAdd {
            class: None,
            client_id: "c1".into(),
            send: false,
            application_data: contact("Byron"),
        };
        let answer = device.call::<Sync>(&with(key.clone(), ClientCommand::Add(add.clone()))).await;
        let response = answer.decode::<Sync>();
        let CommandResponse::Add(added) = &response.collections[0].responses[0] else {
            panic!("{response:?}")
        };
        assert_eq!((added.status, added.client_id.as_str()), (SyncStatus::Success, "c1"));
        let id = added.server_id.clone().unwrap().to_string();
        let next = response.collections[0].sync_key.to_string();

        // The answer was lost: the same request again makes no second contact.
        let again = device.call::<Sync>(&with(key, ClientCommand::Add(add))).await;
        let again = again.decode::<Sync>();
        let CommandResponse::Add(known) = &again.collections[0].responses[0] else { panic!("{again:?}") };
        assert_eq!(known.server_id.as_ref().unwrap(), &id.as_str());
        drop(next);
        let key = again.collections[0].sync_key.to_string();

        let change = ClientChange {
            server_id: id.clone().into(),
            instance_id: None,
            send: false,
            application_data: contact("Lovelace"),
        };
        let answer = device.call::<Sync>(&with(key, ClientCommand::Change(change))).await;
        let response = answer.decode::<Sync>();
        assert!(response.collections[0].responses.is_empty(), "only failures are told");
        assert!(!answer.xml().contains("Responses"), "Windows Phone fails on an empty one");
        let key = response.collections[0].sync_key.to_string();
        let store = server.store();
        let read = || {
            let mailbox = store.snapshot(&store.user("ada").unwrap()).unwrap();
            let folder =
                mailbox.folders().unwrap().into_iter().find(|f| f.kind == FolderType::Contacts).unwrap();
            let changes = mailbox.changes(folder.id, Revision::default(), 10).unwrap();
            let items = changes.iter().filter_map(|change| mailbox.item(folder.id, change.item).unwrap());
            items.map(|item| item.content).collect::<Vec<_>>()
        };
        let contents = read();
        let [Content::Contact(contact)] = contents.as_slice() else { panic!("{contents:?}") };
        assert_eq!(contact.last_name.as_deref(), Some("Lovelace"));

        let delete = ClientDelete { server_id: id.into(), instance_id: None };
        let answer = device.call::<Sync>(&with(key, ClientCommand::Delete(delete))).await;
        assert_eq!(answer.decode::<Sync>().collections[0].status, SyncStatus::Success);
        assert!(read().is_empty());
    }
}

#[tokio::test]
async fn quiet_answers_are_empty_for_those_who_know_of_it_and_whole_for_others() {
    let server = Server::start_with(|builder| builder.heartbeat(1..=3540));
    let device = server.device("ada", ProtocolVersion::V14_1);
    let (folder, key) = inbox(&device).await;
    let plain = SyncRequest::from(device.collection(&key, &folder, Class::Email));
    let answer = device.call::<Sync>(&plain).await;
    let response = answer.decode::<Sync>();
    assert_eq!(
        response.collections[0].status,
        SyncStatus::Success,
        "iOS 6 keeps on checking after an empty one"
    );
    assert_eq!(response.collections[0].sync_key, key.as_str(), "nothing changed");
    assert!(!answer.xml().contains("Commands"));

    let waiting = SyncRequest { heartbeat_interval: Some(1), ..plain };
    let answer = device.call::<Sync>(&waiting).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0), "and no bare Collections, on which iOS crashes");
    assert_eq!(answer.header("content-length"), Some("0"));
    assert!(answer.header("content-type").is_none());

    let again = device.post("Sync", []).await;
    assert_eq!((again.status, again.body.len()), (200, 0));
    server.deliver("ada", "news");
    let again = device.post("Sync", []).await;
    assert_eq!(again.decode::<Sync>().collections[0].commands.len(), 1, "the same as last time");

    let directory = server.into_directory().await;
    let server = Server::start_in(directory, |builder| builder.heartbeat(1..=3540));
    let device = server.device("ada", ProtocolVersion::V14_1);
    let again = device.post("Sync", []).await;
    assert_eq!(again.decode::<Sync>().collections[0].commands.len(), 1, "after a restart, too");
}

#[tokio::test]
async fn old_versions_always_get_an_answer_with_a_body() {
    let server = Server::start();
    for version in [ProtocolVersion::V2_0, ProtocolVersion::V2_5, ProtocolVersion::V12_0] {
        let mut device = server.device("ada", version);
        device.id = format!("d{version}");
        assert_eq!(device.post("Sync", []).await.status, 400, "nothing was said before");
        let (folder, key) = inbox(&device).await;
        let request = SyncRequest::from(device.collection(&key, &folder, Class::Email));
        device.call::<Sync>(&request).await.decode::<Sync>();
        let again = device.post("Sync", []).await;
        assert_eq!(again.decode::<Sync>().collections[0].sync_key, key.as_str());
    }
}

#[tokio::test]
async fn a_partial_request_is_completed_with_the_last_one() {
    let server = Server::start_with(|builder| builder.heartbeat(1..=3540));
    let device = server.device("ada", ProtocolVersion::V14_1);
    let partial = |collections, heartbeat| SyncRequest {
        partial: true,
        heartbeat_interval: heartbeat,
        ..SyncRequest::from(collections)
    };
    let answer = device.call::<Sync>(&partial(vec![], Some(1))).await;
    assert_eq!(answer.first_status(), Some(13), "nothing was said before");
    assert_eq!(device.post("Sync", []).await.first_status(), Some(13));

    let (folder, key) = inbox(&device).await;
    let contacts = device.folder(FolderType::Contacts).await;
    let contacts_key = device.start(&contacts, Class::Contacts).await;
    let whole = SyncRequest {
        heartbeat_interval: Some(1),
        ..SyncRequest::from(vec![
            device.collection(&key, &folder, Class::Email),
            device.collection(&contacts_key, &contacts, Class::Contacts),
        ])
    };
    assert!(device.call::<Sync>(&whole).await.body.is_empty());
    server.deliver("ada", "news");
    let one = vec![device.collection(&contacts_key, &contacts, Class::Contacts)];
    let answer = device.call::<Sync>(&partial(one, None)).await;
    let response = answer.decode::<Sync>();
    assert_eq!(response.collections.len(), 1, "one without changes is left out");
    assert_eq!(response.collections[0].collection_id.as_ref().unwrap(), &folder.as_str());
    assert_eq!(
        device.call::<Sync>(&partial(vec![], None)).await.first_status(),
        Some(4),
        "nothing but Partial"
    );
}

#[tokio::test]
async fn what_breaks_the_rules_is_told() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V14_1);
    let (folder, key) = inbox(&device).await;
    let one = || device.collection(&key, &folder, Class::Email);
    let request = |collections: Vec<Collection<'static>>| SyncRequest::from(collections);
    let many = (0..301).map(|number| Collection::new("0", number.to_string())).collect();
    for (request, status, limit) in [
        (SyncRequest { wait: Some(0), ..request(vec![one()]) }, SyncStatus::WaitOutOfRange, Some(1)),
        (SyncRequest { wait: Some(60), ..request(vec![one()]) }, SyncStatus::WaitOutOfRange, Some(59)),
        (
            SyncRequest { heartbeat_interval: Some(59), ..request(vec![one()]) },
            SyncStatus::WaitOutOfRange,
            Some(60),
        ),
        (
            SyncRequest { heartbeat_interval: Some(3541), ..request(vec![one()]) },
            SyncStatus::WaitOutOfRange,
            Some(3540),
        ),
        (
            SyncRequest { wait: Some(1), heartbeat_interval: Some(60), ..request(vec![one()]) },
            SyncStatus::ProtocolError,
            None,
        ),
        (request(vec![one(), one()]), SyncStatus::ProtocolError, None),
        (SyncRequest { wait: Some(1), ..SyncRequest::default() }, SyncStatus::ProtocolError, None),
        (request(many), SyncStatus::TooManyCollections, Some(300)),
    ] {
        let answer = device.call::<Sync>(&request).await;
        let response = answer.decode::<Sync>();
        assert_eq!((response.status, response.limit), (Some(status), limit));
        assert!(response.collections.is_empty());
    }
    let bad = async |collection| device.call::<Sync>(&SyncRequest::from(collection)).await;
    let answer = bad(Collection::new("nonsense", folder.clone())).await;
    assert_eq!(answer.decode::<Sync>().collections[0].status, SyncStatus::InvalidSyncKey);
    let answer = bad(Collection::new("0", "4711")).await;
    assert_eq!(
        answer.decode::<Sync>().collections[0].status,
        SyncStatus::HierarchyChanged,
        "Outlook dislikes status 8 here"
    );
    let good = device.call::<Sync>(&SyncRequest::from(one())).await;
    assert_eq!(good.decode::<Sync>().collections[0].status, SyncStatus::Success, "none of it did any harm");
}

#[tokio::test]
async fn the_window_of_the_request_is_for_all_collections() {
    let server = Server::start();
    for number in 0..3 {
        server.deliver("ada", &format!("message {number}"));
        let contact = Contact { file_as: Some(format!("contact {number}").into()), ..Contact::default() };
        server.put("ada", FolderType::Contacts, &Content::Contact(Box::new(contact)));
    }
    let device = server.device("ada", ProtocolVersion::V16_1);
    let mail = device.folder(FolderType::Inbox).await;
    let contacts = device.folder(FolderType::Contacts).await;
    let request = SyncRequest {
        window_size: Some(4),
        ..SyncRequest::from(vec![
            device.collection(&device.start(&mail, Class::Email).await, &mail, Class::Email),
            device.collection(&device.start(&contacts, Class::Contacts).await, &contacts, Class::Contacts),
        ])
    };
    let answer = device.call::<Sync>(&request).await;
    let response = answer.decode::<Sync>();
    let counts: Vec<_> = response.collections.iter().map(|c| (c.commands.len(), c.more_available)).collect();
    assert_eq!(counts, [(3, false), (1, true)]);
}

#[tokio::test]
async fn a_waiting_sync_wakes_with_what_happened() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V16_1);
    let (folder, key) = inbox(&device).await;
    let mut request = SyncRequest::from(device.collection(&key, &folder, Class::Email));
    request.wait = Some(59);
    let delivery = async {
        server.until_waiting(1).await;
        server.deliver("ada", "now");
    };
    let (answer, ()) = tokio::join!(device.call::<Sync>(&request), delivery);
    let response = answer.decode::<Sync>();
    assert_eq!(response.collections[0].commands.len(), 1);
    let key = response.collections[0].sync_key.to_string();

    let mut request = SyncRequest::from(device.collection(&key, &folder, Class::Email));
    request.wait = Some(59);
    let change = async {
        server.until_waiting(1).await;
        let mut other = server.device("ada", ProtocolVersion::V16_1);
        other.id = "other".into();
        let key = other.call::<FolderSync>(&FolderSyncRequest::new(SyncKey::INITIAL)).await;
        let request = FolderCreateRequest {
            sync_key: key.decode::<FolderSync>().sync_key.unwrap(),
            parent_id: ServerId::ROOT,
            display_name: "new".into(),
            folder_type: FolderType::UserMail,
        };
        assert_eq!(other.call::<FolderCreate>(&request).await.first_status(), Some(1));
    };
    let (answer, ()) = tokio::join!(device.call::<Sync>(&request), change);
    assert_eq!(answer.decode::<Sync>().status, Some(SyncStatus::HierarchyChanged));

    device.folder(FolderType::Inbox).await;
    let mut request = SyncRequest::from(device.collection(&key, &folder, Class::Email));
    request.wait = Some(59);
    let end = async {
        server.until_waiting(1).await;
        server.service.shut_down();
    };
    let (answer, ()) = tokio::join!(device.call::<Sync>(&request), end);
    assert_eq!((answer.status, answer.body.len()), (200, 0));
}

#[tokio::test]
async fn estimates_tell_what_is_wrong_with_a_collection() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V14_1);
    let folder = device.folder(FolderType::Inbox).await;
    assert_eq!(device.estimate("0", &folder, Class::Email).await, (3, None), "no Sync with key 0 yet");
    device.start(&folder, Class::Email).await;
    assert_eq!(device.estimate("nonsense", &folder, Class::Email).await, (4, None));
    assert_eq!(device.estimate("1", "4711", Class::Email).await, (2, None));
    let none = device.call::<GetItemEstimate>(&GetItemEstimateRequest::from(vec![])).await;
    assert_eq!(none.first_status(), Some(103));
}

fn starting(start: &str, end: &str) -> Calendar<'static> {
    Calendar {
        subject: Some("Planning".into()),
        start_time: Some(start.parse().unwrap()),
        end_time: Some(end.parse().unwrap()),
        ..Calendar::default()
    }
}

fn repeating(recurrence: Recurrence) -> Calendar<'static> {
    Calendar { recurrence: Some(recurrence), ..starting("20240801T090000Z", "20240801T100000Z") }
}

/// What Status an addition gets, and what another device is told of the folder then.
async fn add(
    server: &Server,
    kind: FolderType,
    class: Class<'static>,
    data: Fragment<'static>,
) -> (u16, usize) {
    let device = server.device("ada", ProtocolVersion::V16_1);
    let folder = device.folder(kind).await;
    let key = device.start(&folder, class.clone()).await;
    let (key, _) = device.drain(key, &folder, class.clone()).await;
    let command = ClientCommand::Add(ClientAdd {
        class: None,
        client_id: "1".into(),
        send: false,
        application_data: data,
    });
    let mut collection = device.collection(&key, &folder, class.clone());
    collection.commands = vec![command];
    let answer = device.call::<Sync>(&SyncRequest::from(collection)).await;
    let response = answer.decode::<Sync>();
    let [CommandResponse::Add(added)] = &response.collections[0].responses[..] else {
        panic!("{response:?}")
    };
    let mut other = server.device("ada", ProtocolVersion::V16_1);
    other.id = "other".into();
    let folder = other.folder(kind).await;
    let key = other.start(&folder, class.clone()).await;
    (added.status.code(), other.drain(key, &folder, class).await.1.len())
}

/// The schemas say of which values; the server holds all its answers of this test against them.
#[tokio::test]
async fn an_event_that_no_answer_could_hold_is_refused() {
    let typed =
        |recurrence_type| Recurrence { recurrence_type: Some(recurrence_type), ..Recurrence::default() };
    let weekly = typed(RecurrenceType::Weekly);
    let base = starting("20240801T090000Z", "20240801T100000Z");
    let guest = |attendee| Calendar { attendees: Some(vec![attendee]), ..base.clone() };
    let refused = vec![
        repeating(typed(RecurrenceType::Other(99))),
        repeating(Recurrence::default()),
        repeating(Recurrence { interval: Some(1000), ..weekly }),
        repeating(Recurrence { occurrences: Some(70_000), ..weekly }),
        repeating(Recurrence { week_of_month: Some(6), ..weekly }),
        repeating(Recurrence { day_of_week: Some(DaysOfWeek(128)), ..weekly }),
        repeating(Recurrence { month_of_year: Some(13), ..weekly }),
        repeating(Recurrence { day_of_month: Some(0), ..weekly }),
        repeating(Recurrence { calendar_type: Some(CalendarType::Other(24)), ..weekly }),
        starting("20240801T090000Z", "20240801T085959Z"),
        Calendar { meeting_status: Some(MeetingStatus(2)), ..base.clone() },
        Calendar { busy_status: Some(BusyStatus::Other(7)), ..base.clone() },
        Calendar { sensitivity: Some(Sensitivity::Other(7)), ..base.clone() },
        Calendar { body: Some(Body::new(BodyType::Other(300), "x")), ..base.clone() },
        Calendar { uid: Some("x".repeat(301).into()), ..base.clone() },
        Calendar { categories: Some(vec!["x".into(); 301]), ..base.clone() },
        guest(Attendee { attendee_status: Some(AttendeeStatus::Other(1)), ..Attendee::new("Bob", "b@c") }),
        guest(Attendee { attendee_type: Some(AttendeeType::Other(9)), ..Attendee::new("Bob", "b@c") }),
        Calendar {
            exceptions: Some(vec![Exception {
                busy_status: Some(OrEmpty::Value(BusyStatus::Other(7))),
                ..Exception::of("20240808T090000Z".parse().unwrap())
            }]),
            ..repeating(weekly)
        },
        Calendar {
            exceptions: Some(vec![Exception {
                start_time: Some(OrEmpty::Value("20240808T100000Z".parse().unwrap())),
                end_time: Some(OrEmpty::Value("20240808T090000Z".parse().unwrap())),
                ..Exception::of("20240808T090000Z".parse().unwrap())
            }]),
            ..repeating(weekly)
        },
    ];
    let server = Server::start();
    for event in refused {
        let data = Fragment::from_value(&event, None).unwrap();
        assert_eq!(add(&server, FolderType::Calendar, Class::Calendar, data).await, (6, 0), "{event:?}");
    }
    // What devices are known to send and the schemas do not allow is sent in a form that they do.
    let odd = Calendar {
        attendees: Some(vec![
            Attendee::default(),
            Attendee { email: Some("b@c".into()), ..Attendee::default() },
        ]),
        ..repeating(Recurrence { first_day_of_week: Some(FirstDayOfWeek(9)), ..weekly })
    };
    let data = Fragment::from_value(&odd, None).unwrap();
    assert_eq!(add(&server, FolderType::Calendar, Class::Calendar, data).await, (1, 1));
}

#[tokio::test]
async fn a_contact_without_anything_can_be_told_of() {
    let server = Server::start();
    let nothing = Fragment::from_value(&Contact::default(), None).unwrap();
    assert_eq!(add(&server, FolderType::Contacts, Class::Contacts, nothing).await, (1, 1));
    let rubbish = Contact { body: Some(Body::new(BodyType::Other(300), "x")), ..Contact::default() };
    let rubbish = Fragment::from_value(&rubbish, None).unwrap();
    assert_eq!(add(&server, FolderType::Contacts, Class::Contacts, rubbish).await, (6, 1));
}
