//! The filter by age, and a clock that moves.

use activesync_types::sync::FilterType;

use super::*;

const DAY: i64 = 24;

fn mail_device(world: &World, filter: FilterType) -> Device {
    let mut device = Device::new(world, "phone", FolderType::Inbox);
    device.options.filter_type = Some(filter);
    device
}

fn soft_deleted(response: &CollectionResponse<'_>) -> usize {
    response.commands.iter().filter(|command| matches!(command, ServerCommand::SoftDelete(_))).count()
}

#[test]
fn only_young_mail_is_sent_and_leaves_as_it_ages() {
    on_both(|world| {
        for days in [0, 2, 5, 9, 40] {
            world.add_mail(&format!("{days} days"), days * DAY);
        }
        let mut phone = mail_device(world, FilterType::OneWeek);
        phone.sync_all(world);
        assert_eq!(phone.names(), ["0 days", "2 days", "5 days"]);
        world.pass(3 * DAY);
        let response = phone.sync(world);
        assert_eq!((response.commands.len(), soft_deleted(&response)), (1, 1));
        assert_eq!(phone.names(), ["0 days", "2 days"]);
        assert!(told(&phone.sync(world)).is_empty());
        world.pass(30 * DAY);
        phone.sync_all(world);
        assert!(phone.items.is_empty());
        let inbox = phone.folder;
        assert_eq!(
            world.work(|mailbox| mailbox.count(inbox).unwrap()),
            5,
            "nothing is deleted on the server"
        );
    });
}

#[test]
fn another_filter_brings_and_takes() {
    on_both(|world| {
        for days in [0, 2, 5, 9, 40] {
            world.add_mail(&format!("{days} days"), days * DAY);
        }
        let mut phone = mail_device(world, FilterType::OneWeek);
        phone.sync_all(world);
        phone.options.filter_type = Some(FilterType::All);
        let response = phone.sync(world);
        assert_eq!(told(&response), ["add 40 days", "add 9 days"]);
        phone.options.filter_type = Some(FilterType::ThreeDays);
        let response = phone.sync(world);
        assert_eq!((response.commands.len(), soft_deleted(&response)), (3, 3));
        assert_eq!(phone.names(), ["0 days", "2 days"]);
        phone.options.filter_type = Some(FilterType::TwoWeeks);
        phone.sync_all(world);
        assert_eq!(phone.names(), ["0 days", "2 days", "5 days", "9 days"]);
    });
}

#[test]
fn a_clock_that_goes_back_brings_mail_back() {
    on_both(|world| {
        world.add_mail("today", 0);
        let mut phone = mail_device(world, FilterType::OneDay);
        phone.sync_all(world);
        world.pass(365 * DAY);
        phone.sync_all(world);
        assert!(phone.items.is_empty());
        world.pass(-365 * DAY);
        phone.sync_all(world);
        assert_eq!(phone.names(), ["today"]);
    });
}

#[test]
fn ageing_obeys_windows_and_survives_lost_answers() {
    on_both(|world| {
        for number in 0..5 {
            world.add_mail(&number.to_string(), number);
        }
        let mut phone = mail_device(world, FilterType::OneDay);
        phone.sync_all(world);
        assert_eq!(phone.items.len(), 5);
        world.pass(2 * DAY);
        world.add_mail("new", 0);
        phone.window = Some(2);
        phone.send(world, &phone.request());
        let mut sizes = Vec::new();
        loop {
            let response = phone.sync(world);
            sizes.push(response.commands.len());
            if !response.more_available {
                break;
            }
        }
        assert_eq!(sizes, [2, 2, 2]);
        assert_eq!(phone.names(), ["new"]);
    });
}

#[test]
fn old_mail_that_is_marked_does_not_come_back() {
    on_both(|world| {
        let old = world.add_mail("old", 9 * DAY);
        let mut phone = mail_device(world, FilterType::OneWeek);
        phone.sync_all(world);
        let inbox = phone.folder;
        let marks = crate::backend::EmailMarks { read: true, ..Default::default() };
        world.work(|mailbox| mailbox.mark_email(inbox, old, &marks).unwrap());
        assert!(told(&phone.sync(world)).is_empty());
    });
}

#[test]
fn clients_before_soft_deletion_are_told_of_deletion() {
    on_both(|world| {
        world.add_mail("today", 0);
        let mut phone = mail_device(world, FilterType::OneDay);
        phone.version = ProtocolVersion::V2_0;
        phone.sync_all(world);
        world.pass(2 * DAY);
        let response = phone.sync(world);
        assert!(matches!(response.commands[..], [ServerCommand::Delete(_)]));
    });
}

#[test]
fn future_and_endless_events_and_all_contacts_are_always_in() {
    use activesync_types::calendar::{Calendar, Recurrence};
    use activesync_types::recurrence::RecurrenceType;

    on_both(|world| {
        let calendar = world.folder(FolderType::Calendar);
        let event = |subject: &'static str, start: &str, recurrence| {
            let start = start.parse().unwrap();
            Content::Event(Box::new(Calendar {
                subject: Some(subject.into()),
                start_time: Some(start),
                end_time: Some(start),
                recurrence,
                ..Calendar::default()
            }))
        };
        let weekly = |until: Option<&str>| {
            Some(Recurrence {
                recurrence_type: Some(RecurrenceType::Weekly),
                until: until.map(|until| until.parse().unwrap()),
                ..Recurrence::default()
            })
        };
        world.work(|mailbox| {
            for content in [
                event("long ago", "20240101T100000Z", None),
                event("last week", "20240725T100000Z", None),
                event("next year", "20250725T100000Z", None),
                event("endless", "20200101T100000Z", weekly(None)),
                event("over", "20200101T100000Z", weekly(Some("20210101T100000Z"))),
                event("not over", "20200101T100000Z", weekly(Some("20240730T100000Z"))),
            ] {
                mailbox.create_item(calendar, &content).unwrap();
            }
        });
        world.add_contact("Ada");
        let mut phone = Device::new(world, "phone", FolderType::Calendar);
        phone.options.filter_type = Some(FilterType::TwoWeeks);
        let key = phone.send(world, &phone.request()).sync_key;
        phone.key = key;
        let response = phone.send(world, &phone.request());
        let mut subjects: Vec<String> = response
            .commands
            .iter()
            .map(|command| match command {
                ServerCommand::Add(add) => {
                    add.application_data.decode::<Calendar<'_>>().unwrap().subject.unwrap().into_owned()
                }
                other => panic!("{other:?}"),
            })
            .collect();
        subjects.sort();
        assert_eq!(subjects, ["endless", "last week", "next year", "not over"]);

        let mut contacts = Device::new(world, "phone", FolderType::Contacts);
        contacts.options.filter_type = Some(FilterType::OneDay);
        contacts.sync_all(world);
        assert_eq!(contacts.names(), ["Ada"], "no fault, and no effect");
    });
}
