//! Events: what every client needs of them, and what a change leaves out.

use activesync_types::airsyncbase::{AddAttachment, AttachmentEntry};
use activesync_types::calendar::{Calendar, Exception, Recurrence};
use activesync_types::recurrence::RecurrenceType;

use super::*;
use crate::sync::event::put_times;

fn event_of(world: &World, item: ItemId) -> Calendar<'static> {
    match item_of(world, world.folder(FolderType::Calendar), item) {
        Content::Event(event) => *event,
        other => panic!("{other:?}"),
    }
}

fn weekly_event() -> Calendar<'static> {
    Calendar {
        subject: Some("Planning".into()),
        start_time: Some("20240801T090000Z".parse().unwrap()),
        end_time: Some("20240801T100000Z".parse().unwrap()),
        location_text: Some("Room 1".into()),
        recurrence: Some(Recurrence {
            recurrence_type: Some(RecurrenceType::Weekly),
            ..Recurrence::default()
        }),
        exceptions: Some(vec![Exception {
            subject: Some("Longer planning".into()),
            ..Exception::of("20240808T090000Z".parse().unwrap())
        }]),
        ..Calendar::default()
    }
}

fn put_event(world: &World) -> ItemId {
    let mut event = weekly_event();
    store_event(&mut event);
    put(world, FolderType::Calendar, &Content::Event(Box::new(event)))
}

#[test]
fn every_client_gets_what_it_needs_of_an_event() {
    let world = World::memory();
    put_event(&world);
    for version in [ProtocolVersion::V2_5, ProtocolVersion::V12_1, ProtocolVersion::V14_1, V] {
        let event = only_item(&world, FolderType::Calendar, version, SyncOptions::default());
        let event: Calendar<'_> = event.decode().unwrap();
        assert_eq!(event.organizer_email.as_deref(), Some("ada@example.org"), "{version}: Android wants one");
        assert!(event.uid.is_some() && event.dt_stamp.is_some() && event.timezone.is_some(), "{version}");
        assert_eq!(event.location_name(), Some("Room 1"), "{version}");
        assert_eq!(event.location.is_some(), version == V);
        let exception = &event.exceptions.as_ref().unwrap()[0];
        assert_eq!(exception.original_start().unwrap().to_string(), "20240808T090000Z", "{version}");
        assert_eq!(exception.instance_id.is_some(), version == V);
    }
}

#[test]
fn days_have_no_zone_from_16_0_on() {
    let world = World::memory();
    let all_day = Calendar { all_day_event: Some(true), ..weekly_event() };
    put(&world, FolderType::Calendar, &Content::Event(Box::new(all_day)));
    for (version, has_zone) in [(ProtocolVersion::V14_1, true), (V, false)] {
        let event = only_item(&world, FolderType::Calendar, version, SyncOptions::default());
        assert_eq!(event.decode::<Calendar<'_>>().unwrap().timezone.is_some(), has_zone, "{version}");
    }
}

/// A device that has the event, and its identifier.
fn with_event(world: &World, version: ProtocolVersion) -> (Device, String) {
    let mut device = Device::new(world, "phone", FolderType::Calendar);
    device.version = version;
    device.key = device.send(world, &device.request()).sync_key;
    let response = device.send(world, &device.request());
    device.key = response.sync_key.clone();
    let [ServerCommand::Add(add)] = &response.commands[..] else { panic!("{response:?}") };
    (device, add.server_id.to_string())
}

#[test]
fn up_to_14_1_a_change_of_an_event_is_the_whole_event_but_for_exceptions() {
    let world = World::memory();
    let item = put_event(&world);
    let (phone, id) = with_event(&world, ProtocolVersion::V14_1);
    let said = Calendar {
        subject: Some("Replanning".into()),
        start_time: weekly_event().start_time,
        end_time: weekly_event().end_time,
        recurrence: weekly_event().recurrence,
        exceptions: Some(vec![Exception {
            deleted: Some(true),
            exception_start_time: Some("20240815T090000Z".parse().unwrap()),
            ..Exception::default()
        }]),
        ..Calendar::default()
    };
    command(&world, &phone, change_command(&id, data(&said, ProtocolVersion::V14_1)));
    let event = event_of(&world, item);
    assert_eq!(event.subject.as_deref(), Some("Replanning"));
    assert_eq!(event.location_name(), None, "left out in the one form, it is gone in both");
    let exceptions = event.exceptions.unwrap();
    assert_eq!(exceptions.len(), 2, "one that is not named stays");
    assert!(exceptions.iter().any(|exception| exception.subject.as_deref() == Some("Longer planning")));
    assert!(exceptions.iter().any(Exception::is_deleted));
}

#[test]
fn from_16_0_on_a_change_of_an_event_says_only_what_changed() {
    let world = World::memory();
    let item = put_event(&world);
    let (phone, id) = with_event(&world, V);
    let said = Calendar { subject: Some("Replanning".into()), ..Calendar::default() };
    command(&world, &phone, change_command(&id, data(&said, V)));
    let event = event_of(&world, item);
    assert_eq!((event.subject.as_deref(), event.location_name()), (Some("Replanning"), Some("Room 1")));
    assert_eq!(event.recurrence, weekly_event().recurrence);
}

#[test]
fn from_16_0_on_single_occurrences_change_and_go() {
    let world = World::memory();
    let item = put_event(&world);
    let (phone, id) = with_event(&world, V);
    let occurrence = |day: &str| Some(day.parse().unwrap());
    let said = Calendar {
        location: Some(activesync_types::airsyncbase::Location::named("Room 2")),
        ..Calendar::default()
    };
    let change = ClientChange {
        server_id: ServerId::from(id.clone()),
        instance_id: occurrence("20240808T090000Z"),
        send: false,
        application_data: data(&said, V),
    };
    let delete = ClientDelete { server_id: ServerId::from(id), instance_id: occurrence("20240815T090000Z") };
    let commands = vec![ClientCommand::Change(change), ClientCommand::Delete(delete)];
    let response = phone.send(&world, &Collection { commands, ..phone.request() });
    assert!(response.responses.is_empty() && response.commands.is_empty(), "{response:?}");
    let exceptions = event_of(&world, item).exceptions.unwrap();
    assert_eq!(exceptions.len(), 2);
    assert_eq!(exceptions[0].subject.as_deref(), Some("Longer planning"), "what was said before stays");
    assert_eq!(exceptions[0].location_name(), Some("Room 2"));
    assert!(exceptions[1].is_deleted());
}

#[test]
fn a_new_event_gets_an_identifier_and_a_stamp_from_the_server() {
    on_both(|world| {
        let phone = Device::synchronized(world, "phone", FolderType::Calendar);
        let add = ClientAdd {
            class: None,
            client_id: ClientId::from("1"),
            send: false,
            application_data: data(&Calendar { uid: None, ..weekly_event() }, V),
        };
        let response = command(world, &phone, ClientCommand::Add(add));
        let [CommandResponse::Add(added)] = &response.responses[..] else { panic!("{response:?}") };
        let item = find_item(
            &*world.backend.snapshot(&world.user).unwrap(),
            phone.folder,
            added.server_id.as_ref().unwrap(),
        );
        let event = event_of(world, item.unwrap());
        assert!(event.uid.is_some_and(|uid| !uid.is_empty()));
        assert_eq!(event.dt_stamp.unwrap().to_string(), "20240731T100000Z");
    });
}

#[test]
fn a_new_event_without_times_takes_place_soon() {
    // It is 10:00 on 2024-07-31. `[MS-ASCAL]` 3.2.4.4, from R52514 on.
    let time = |text: &str| (!text.is_empty()).then(|| format!("20240731T{text}00Z").parse().unwrap());
    for (start, end, expected) in [
        ("", "", Some(("1000", "1030"))),
        ("", "0900", None),
        ("", "1200", Some(("1000", "1200"))),
        ("0900", "", Some(("0900", "1030"))),
        ("1100", "", None),
    ] {
        let world = World::memory();
        let phone = Device::synchronized(&world, "phone", FolderType::Calendar);
        let event = Calendar { start_time: time(start), end_time: time(end), ..Calendar::default() };
        let add = ClientAdd {
            class: None,
            client_id: ClientId::from("1"),
            send: false,
            application_data: data(&event, V),
        };
        let response = command(&world, &phone, ClientCommand::Add(add));
        let [CommandResponse::Add(added)] = &response.responses[..] else { panic!("{response:?}") };
        let Some((start, end)) = expected else {
            assert_eq!(added.status, SyncStatus::ConversionError, "{start}-{end}");
            continue;
        };
        let id = added.server_id.as_ref().unwrap();
        let item = find_item(&*world.backend.snapshot(&world.user).unwrap(), phone.folder, id);
        let event = event_of(&world, item.unwrap());
        assert_eq!((event.start_time, event.end_time), (time(start), time(end)));
    }
}

#[test]
fn a_time_is_soon_at_the_next_half_hour() {
    let mut event = Calendar::default();
    assert!(put_times(&mut event, "2024-07-31T18:03:00Z".parse().unwrap()));
    assert_eq!(event.start_time.unwrap().to_string(), "20240731T183000Z");
    assert_eq!(event.end_time.unwrap().to_string(), "20240731T190000Z");
}

#[test]
fn attachments_that_cannot_be_kept_are_refused_rather_than_lost() {
    let world = World::memory();
    let phone = Device::synchronized(&world, "phone", FolderType::Calendar);
    let attachment =
        AddAttachment { client_id: "a".into(), display_name: "plan.pdf".into(), ..AddAttachment::default() };
    let event = Calendar { attachments: vec![AttachmentEntry::Add(attachment)], ..weekly_event() };
    let add = ClientAdd {
        class: None,
        client_id: ClientId::from("1"),
        send: false,
        application_data: data(&event, V),
    };
    let response = command(&world, &phone, ClientCommand::Add(add));
    let [CommandResponse::Add(added)] = &response.responses[..] else { panic!("{response:?}") };
    assert_eq!((added.status, &added.server_id), (SyncStatus::ConversionError, &None));
    let calendar = phone.folder;
    assert_eq!(world.work(|mailbox| mailbox.count(calendar).unwrap()), 0);
}

#[test]
fn a_change_that_makes_no_event_is_refused_and_the_event_comes_back() {
    for version in [ProtocolVersion::V14_1, V] {
        let world = World::memory();
        let item = put_event(&world);
        let (phone, id) = with_event(&world, version);
        let said = Calendar { end_time: Some("20240801T080000Z".parse().unwrap()), ..weekly_event() };
        let response = command(&world, &phone, change_command(&id, data(&said, version)));
        let [CommandResponse::Change(changed)] = &response.responses[..] else { panic!("{response:?}") };
        assert_eq!(changed.status, SyncStatus::ConversionError);
        assert!(matches!(&response.commands[..], [ServerCommand::Change(_)]), "{response:?}");
        assert_eq!(event_of(&world, item).end_time, weekly_event().end_time);
    }
}

#[test]
fn an_empty_recurrence_ends_a_series_from_16_0_on_and_is_none_before() {
    let said = Calendar { recurrence: Some(Recurrence::default()), ..Calendar::default() };
    for (version, ends) in [(ProtocolVersion::V14_1, false), (ProtocolVersion::V16_0, true), (V, true)] {
        let world = World::memory();
        let item = put_event(&world);
        let (phone, id) = with_event(&world, version);
        command(&world, &phone, change_command(&id, data(&said, version)));
        let event = event_of(&world, item);
        assert_eq!((event.recurrence.is_none(), event.exceptions.is_none()), (ends, ends), "{version}");
    }
}
