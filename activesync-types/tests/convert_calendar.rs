//! Calendar files turned into events and back.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use activesync_types::airsyncbase::{Body, BodyType, Location};
use activesync_types::calendar::{
    Attendee, AttendeeStatus, AttendeeType, Calendar, Exception, MeetingStatus, Recurrence, ResponseType,
};
use activesync_types::convert::icalendar::{Event, Settings, parse, to_text};
use activesync_types::convert::{Loss, Unreadable};
use activesync_types::date_time::CompactDateTime;
use activesync_types::enumerations::{BusyStatus, Sensitivity};
use activesync_types::recurrence::{DaysOfWeek, RecurrenceType};
use activesync_types::sync::{CollectionResponse, ServerAdd, ServerCommand, SyncResponse};
use activesync_types::time_zone::{SystemTime, TimeZone, ZoneName};
use proptest::prelude::*;
use support::{spec_dir, validate};
use wbxml::{Fragment, OrEmpty, ProtocolVersion};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/calendar")
}

fn events(text: &str) -> Vec<Event> {
    parse(text, &Settings::default()).map(Result::unwrap).collect()
}

fn file(name: &str) -> Vec<Event> {
    events(&fs::read_to_string(directory().join(name)).unwrap())
}

/// The events of all files.
fn all() -> Vec<(String, Event)> {
    let mut names: Vec<String> = fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
        .into_iter()
        .flat_map(|name| file(&name).into_iter().map(move |event| (name.clone(), event)))
        .collect()
}

/// An event of a `VEVENT` with these lines, in Stockholm.
fn event(lines: &str) -> Event {
    let lines = lines.replace('\n', "\r\n");
    let text = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n\
         DTSTART;TZID=Europe/Stockholm:20261005T093000\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    events(&text).remove(0)
}

fn told(lost: &[Loss]) -> Vec<String> {
    lost.iter().map(ToString::to_string).collect()
}

fn time(text: &str) -> CompactDateTime {
    text.parse().unwrap()
}

#[test]
fn what_an_event_says_comes_back_from_icalendar() {
    let events = all();
    assert!(events.len() >= 17, "{}", events.len());
    for (name, event) in events {
        let text = to_text(&event.calendar);
        let again = self::events(&text);
        assert_eq!(again.len(), 1, "{name}\n{text}");
        assert_eq!(again[0].calendar, event.calendar, "{name}\n{text}");
        assert!(again[0].lost.is_empty(), "{name}");
        assert_eq!(to_text(&again[0].calendar), text, "{name}");
    }
}

#[test]
fn every_event_makes_a_valid_answer() {
    let Some(spec) = spec_dir() else { return };
    for version in [ProtocolVersion::V12_1, ProtocolVersion::V14_1, ProtocolVersion::V16_1] {
        let mut collection = CollectionResponse::new("2", "5");
        for (number, (_, event)) in all().iter().enumerate() {
            let application_data = Fragment::from_value(&event.calendar, Some(version)).unwrap();
            let server_id = format!("5:{number}").into();
            collection.commands.push(ServerCommand::Add(ServerAdd {
                class: None,
                server_id,
                application_data,
            }));
        }
        let bytes = wbxml::to_vec_version(&SyncResponse::from(vec![collection]), version).unwrap();
        let xml = wbxml::xml::to_xml(&bytes).unwrap();
        if let Err(fault) = validate(&spec, &xml) {
            panic!("{version}: {fault}");
        }
    }
}

#[test]
fn a_series_has_its_exceptions() {
    let [event] = &file("04-pilot-briefing-weekly.ics")[..] else { panic!() };
    let calendar = &event.calendar;
    assert_eq!(calendar.start_time, Some(time("20261005T061500Z")));
    assert_eq!(calendar.reminder, Some(OrEmpty::Value(10)));
    let recurrence = calendar.recurrence.unwrap();
    assert_eq!((recurrence.interval, recurrence.occurrences), (Some(2), Some(24)));
    assert_eq!(recurrence.day_of_week, Some(DaysOfWeek::MONDAY | DaysOfWeek::WEDNESDAY | DaysOfWeek::FRIDAY));
    let [skipped, later, at_sea] = &calendar.exceptions.as_ref().unwrap()[..] else { panic!() };
    assert!(skipped.is_deleted());
    assert_eq!(skipped.original_start(), Some(time("20261021T061500Z")));
    assert_eq!(later.start_time, Some(OrEmpty::Value(time("20261023T110000Z"))));
    // As in the series, and therefore not said again; but there is no alarm.
    assert_eq!(later.location_name(), None);
    assert_eq!(later.reminder, Some(OrEmpty::Empty));
    assert_eq!(at_sea.original_start(), Some(time("20261106T071500Z")));
    assert_eq!(at_sea.location_name(), Some("On board the tug"));
}

#[test]
fn days_stay_days_in_any_zone() {
    for zone in ["UTC", "Europe/Stockholm", "America/Los_Angeles", "Pacific/Kiritimati"] {
        let mut settings = Settings::default();
        settings.zone = jiff::tz::db().get(zone).unwrap();
        let text = fs::read_to_string(directory().join("02-crane-inspection-all-day.ics")).unwrap();
        let event = parse(&text, &settings).next().unwrap().unwrap();
        assert_eq!(event.calendar.all_day_event, Some(true));
        let start = event.calendar.start_time.unwrap().timestamp();
        assert_eq!(settings.zone.to_datetime(start), jiff::civil::date(2026, 12, 2).at(0, 0, 0, 0), "{zone}");
        let back = to_text(&event.calendar);
        assert!(
            back.contains("DTSTART;VALUE=DATE:20261202\r\nDTEND;VALUE=DATE:20261205\r\n"),
            "{zone}\n{back}"
        );
    }
}

#[test]
fn clocks_that_change_are_followed() {
    let night = &file("12-night-shift-across-dst.ics")[0].calendar;
    let length = night.end_time.unwrap().timestamp().duration_since(night.start_time.unwrap().timestamp());
    assert_eq!(length.as_hours(), 9);
    // Days of a duration are days of the calendar: the same time on the next day, 25 hours later.
    let event = event("DURATION:P20DT1H").calendar;
    assert_eq!(event.end_time, Some(time("20261025T093000Z")));
}

#[test]
fn who_is_invited_and_what_they_answered() {
    let mut settings = Settings::default();
    settings.user = Some("ADA@example.org".to_owned());
    let text = fs::read_to_string(directory().join("09-claims-meeting-new-york.ics")).unwrap();
    let calendar = parse(&text, &settings).next().unwrap().unwrap().calendar;
    assert_eq!(calendar.organizer_name.as_deref(), Some("Feldspar, Naomi"));
    assert_eq!(calendar.organizer_email.as_deref(), Some("naomi@example.com"));
    assert_eq!(calendar.meeting_status, Some(MeetingStatus::RECEIVED));
    assert_eq!(calendar.response_type, Some(ResponseType::Accepted));
    let attendees: Vec<_> = calendar
        .attendees
        .as_ref()
        .unwrap()
        .iter()
        .map(|a| (a.email.as_deref().unwrap(), a.attendee_status.unwrap(), a.attendee_type.unwrap()))
        .collect();
    assert_eq!(
        attendees,
        [
            ("naomi@example.com", AttendeeStatus::Accept, AttendeeType::Required),
            ("ada@example.org", AttendeeStatus::Accept, AttendeeType::Required),
            ("bo@example.org", AttendeeStatus::Tentative, AttendeeType::Required),
            ("ingrid@example.net", AttendeeStatus::Decline, AttendeeType::Optional),
            ("leila@example.com", AttendeeStatus::NotResponded, AttendeeType::Optional),
            ("barnacle@example.com", AttendeeStatus::Accept, AttendeeType::Resource),
        ]
    );
    settings.user = Some("naomi@example.com".to_owned());
    let calendar = parse(&text, &settings).next().unwrap().unwrap().calendar;
    assert_eq!(calendar.meeting_status, Some(MeetingStatus::ORGANIZED));
    assert_eq!(calendar.response_type, Some(ResponseType::Organizer));
}

#[test]
fn notes_are_kept_in_both_forms() {
    let [event] = &file("09-claims-meeting-new-york.ics")[..] else { panic!() };
    let body = event.calendar.body.as_ref().unwrap();
    assert_eq!(body.body_type, BodyType::Html);
    assert!(body.text().unwrap().starts_with("<html>"));
    assert!(event.calendar.legacy_body.as_ref().unwrap().starts_with("Agenda:\r\n1. The seal"));
}

#[test]
fn status_class_and_transparency() {
    let event = |lines: &str| event(lines).calendar;
    assert_eq!(event("").busy_status, Some(BusyStatus::Busy));
    assert_eq!(event("TRANSP:TRANSPARENT").busy_status, Some(BusyStatus::Free));
    assert_eq!(event("STATUS:TENTATIVE").busy_status, Some(BusyStatus::Tentative));
    assert_eq!(event("X-MICROSOFT-CDO-BUSYSTATUS:OOF").busy_status, Some(BusyStatus::OutOfOffice));
    assert_eq!(event("STATUS:CANCELLED").meeting_status, Some(MeetingStatus(4)));
    let canceled = event("STATUS:CANCELLED\nORGANIZER:mailto:bo@example.org").meeting_status;
    assert_eq!(canceled, Some(MeetingStatus::RECEIVED_CANCELED));
    assert_eq!(event("").sensitivity, Some(Sensitivity::Normal));
    assert_eq!(event("CLASS:PRIVATE").sensitivity, Some(Sensitivity::Private));
    assert_eq!(event("CLASS:CONFIDENTIAL").sensitivity, Some(Sensitivity::Confidential));
    assert_eq!(event("CLASS:X-UNHEARD-OF").sensitivity, Some(Sensitivity::Private));
}

#[test]
fn alarms_are_minutes_before_the_start() {
    let alarm = |trigger: &str| {
        let lines = format!(
            "DTEND;TZID=Europe/Stockholm:20261005T103000\nBEGIN:VALARM\nACTION:DISPLAY\n{trigger}\nEND:VALARM"
        );
        event(&lines).calendar.reminder
    };
    assert_eq!(alarm("TRIGGER:-PT15M"), Some(OrEmpty::Value(15)));
    assert_eq!(alarm("TRIGGER:-P1DT1H"), Some(OrEmpty::Value(1500)));
    assert_eq!(alarm("TRIGGER:PT0S"), Some(OrEmpty::Value(0)));
    assert_eq!(alarm("TRIGGER;RELATED=END:-PT2H"), Some(OrEmpty::Value(60)));
    assert_eq!(alarm("TRIGGER;VALUE=DATE-TIME:20261005T070000Z"), Some(OrEmpty::Value(30)));
    assert_eq!(alarm("TRIGGER:PT15M"), None);
}

#[test]
fn the_end_of_a_series_is_a_time_in_utc() {
    let until = |rule: &str| event(rule).calendar.recurrence.unwrap().until;
    assert_eq!(until("RRULE:FREQ=DAILY;UNTIL=20261218T083000Z"), Some(time("20261218T083000Z")));
    // A day includes its occurrence, in winter time by then.
    assert_eq!(until("RRULE:FREQ=DAILY;UNTIL=20261218"), Some(time("20261218T083000Z")));
    assert_eq!(until("RRULE:FREQ=DAILY;UNTIL=20261218T093000"), Some(time("20261218T083000Z")));
}

#[test]
fn zones_are_known_by_many_names() {
    for tzid in ["Europe/Berlin", "/freeassociation.sourceforge.net/Europe/Berlin", "W. Europe Standard Time"]
    {
        let text = format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=\"{tzid}\":20260701T100000\r\n\
             END:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        let calendar = &events(&text)[0].calendar;
        assert_eq!(calendar.start_time, Some(time("20260701T080000Z")), "{tzid}");
        assert_eq!(calendar.timezone.unwrap().iana_name(2026).as_deref(), Some("Europe/Berlin"), "{tzid}");
    }
}

#[test]
fn a_zone_of_the_file_s_own_is_defined_there_and_again() {
    let text = "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Harbour Time\r\n\
        BEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0220\r\nTZOFFSETTO:+0120\r\n\
        RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n\
        BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0120\r\nTZOFFSETTO:+0220\r\n\
        RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n\
        BEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Harbour Time:20260701T100000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let calendar = events(text).remove(0).calendar;
    assert_eq!(calendar.start_time, Some(time("20260701T074000Z")));
    let zone = calendar.timezone.unwrap();
    assert_eq!((zone.bias, zone.daylight_bias), (-80, -60));
    assert_eq!(zone.iana_name(2026), None);
    let zone = TimeZone { standard_name: ZoneName::new("Harbour Time"), ..zone };
    let calendar = Calendar { timezone: Some(zone), end_time: calendar.start_time, ..calendar };
    let back = to_text(&calendar);
    assert!(back.contains("DTSTART;TZID=\"Harbour Time\":20260701T100000\r\n"), "{back}");
    assert!(back.contains("TZOFFSETFROM:+0120\r\nTZOFFSETTO:+0220\r\nDTSTART:20250330T020000\r\n"), "{back}");
    assert_eq!(events(&back)[0].calendar.start_time, calendar.start_time);
}

#[test]
fn what_has_no_place_is_named() {
    let lost = event("RRULE:FREQ=YEARLY;BYWEEKNO=20\nRDATE;TZID=Europe/Stockholm:20261006T093000\nATTACH:https://example.org/").lost;
    assert_eq!(
        told(&lost),
        [
            "line 6: RRULE:FREQ=YEARLY;BYWEEKNO=20: there is no place for it",
            "line 7: RDATE: there is no place for it",
            "line 8: ATTACH: there is no place for it",
        ]
    );
    assert_eq!(
        told(&file("09-claims-meeting-new-york.ics")[0].lost),
        ["line 54: VALARM: there is no place for it"]
    );
}

#[test]
fn what_was_deleted_from_an_occurrence_is_not_taken_from_the_series() {
    let mut event =
        event("RRULE:FREQ=DAILY;COUNT=3\nCLASS:PRIVATE\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\nDESCRIPTION:notes");
    let start = event.calendar.start_time.unwrap();
    let plain = Exception { subject: Some("other".into()), ..Exception::of(start) };
    let emptied = Exception {
        busy_status: Some(OrEmpty::Empty),
        sensitivity: Some(OrEmpty::Empty),
        body: Some(OrEmpty::Empty),
        ..plain.clone()
    };
    let mut count = |exception| {
        event.calendar.exceptions = Some(vec![exception]);
        let text = to_text(&event.calendar);
        ["CLASS:PRIVATE", "BUSYSTATUS:OOF", "DESCRIPTION:notes"].map(|line| text.matches(line).count())
    };
    assert_eq!(count(plain), [2, 2, 2]);
    assert_eq!(count(emptied), [1, 1, 1]);
}

/// [MS-ASCAL] 2.2.2.40: ResponseType is a number wherever it is.
#[test]
fn an_occurrence_that_is_no_meeting_has_the_answer_none() {
    let series = "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261005T093000Z\r\nRRULE:FREQ=WEEKLY\r\n\
                  ATTENDEE:mailto:ada@example.org\r\nEND:VEVENT\r\n";
    let changed = "BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID:20261012T093000Z\r\nDTSTART:20261012T103000Z\r\n\
                   SUMMARY:Alone\r\nEND:VEVENT\r\n";
    let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{series}{changed}END:VCALENDAR\r\n");
    let [Event { calendar, .. }] = &*events(&text) else { panic!("one series") };
    assert_eq!(calendar.response_type, Some(ResponseType::Organizer));
    let exceptions = calendar.exceptions.as_deref().unwrap();
    assert_eq!(exceptions[0].response_type, Some(OrEmpty::Value(ResponseType::None)));
}

#[test]
fn an_occurrence_without_its_series_is_an_orphan() {
    let event = event("RECURRENCE-ID;TZID=Europe/Stockholm:20261005T083000");
    assert_eq!(event.calendar.instance_id, Some(time("20261005T063000Z")));
    assert!(to_text(&event.calendar).contains("RECURRENCE-ID;TZID=Europe/Stockholm:20261005T083000\r\n"));
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_read() {
    let text =
        "rubbish\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let settings = Settings::default();
    let found: Vec<Result<Event, Unreadable>> = parse(text, &settings).collect();
    assert_eq!(found[0].as_ref().unwrap_err().to_string(), "line 1: cannot read \"rubbish\"");
    assert_eq!(found.last().unwrap().as_ref().unwrap().calendar.subject.as_deref(), Some("x"));
    assert!(parse("BEGIN:VCARD\r\nFN:x\r\nEND:VCARD\r\n", &settings).all(|found| found.is_err()));
}

#[test]
fn all_that_both_can_say_goes_both_ways() {
    let start = time("20240301T090000Z");
    let zone = TimeZone::from_zone(&jiff::tz::db().get("Europe/Berlin").unwrap(), 2024);
    let mut exception = Exception::of(time("20240308T090000Z"));
    exception.start_time = Some(OrEmpty::Value(time("20240308T100000Z")));
    exception.end_time = Some(OrEmpty::Value(time("20240308T103000Z")));
    exception.subject = Some("Later".into());
    exception.reminder = Some(OrEmpty::Empty);
    exception.busy_status = Some(OrEmpty::Value(BusyStatus::WorkingElsewhere));
    exception.categories = Some(Vec::new());
    exception.body = Some(OrEmpty::Value(Body::plain_text("")));
    exception.legacy_body = Some("".into());
    let mut event = Calendar {
        timezone: Some(zone),
        all_day_event: Some(false),
        start_time: Some(start),
        end_time: Some(time("20240301T093000Z")),
        dt_stamp: Some(time("20240229T120000Z")),
        subject: Some("Planning; more, \\ and ö".into()),
        uid: Some("1@example.org".into()),
        organizer_name: Some("Bo".into()),
        organizer_email: Some("bo@example.org".into()),
        busy_status: Some(BusyStatus::OutOfOffice),
        sensitivity: Some(Sensitivity::Personal),
        reminder: Some(OrEmpty::Value(15)),
        meeting_status: Some(MeetingStatus::RECEIVED),
        attendees: Some(vec![Attendee {
            attendee_status: Some(AttendeeStatus::Tentative),
            attendee_type: Some(AttendeeType::Optional),
            ..Attendee::new("Ada, \"A.\"", "ada@example.org")
        }]),
        categories: Some(vec!["A, B".into(), "C".into()]),
        recurrence: Some(Recurrence {
            recurrence_type: Some(RecurrenceType::Weekly),
            interval: Some(1),
            day_of_week: Some(DaysOfWeek::FRIDAY),
            until: Some(time("20240401T080000Z")),
            ..Recurrence::default()
        }),
        exceptions: Some(vec![exception]),
        disallow_new_time_proposal: Some(true),
        response_requested: Some(true),
        appointment_reply_time: Some(start),
        online_meeting_conf_link: Some("conf:sip:bo@example.org;gruu".into()),
        online_meeting_external_link: Some("https://meet.example.org/1".into()),
        native_body_type: Some(BodyType::PlainText),
        ..Calendar::default()
    };
    event.location_text = Some("Room 1".into());
    event.location =
        Some(Location { latitude: Some(57.5), longitude: Some(-11.25), ..Location::named("Room 1") });
    event.body = Some(Body { estimated_data_size: Some(8), ..Body::plain_text("a\r\nb, c;") });
    event.legacy_body = Some("a\r\nb, c;".into());
    let text = to_text(&event);
    let back = &events(&text)[0];
    assert_eq!(back.calendar, event, "{text}");
    assert!(back.lost.is_empty());
}

fn recurrence() -> impl Strategy<Value = Recurrence> {
    let unit = prop_oneof![
        Just(RecurrenceType::Daily),
        Just(RecurrenceType::Weekly),
        Just(RecurrenceType::Monthly),
        Just(RecurrenceType::MonthlyNth),
        Just(RecurrenceType::Yearly),
        Just(RecurrenceType::YearlyNth),
    ];
    (unit, 1_u32..100, 1_u32..=5, 1_u16..=127, 1_u32..=12, 1_u32..=31, proptest::option::of(1_u32..999))
        .prop_map(|(unit, interval, week, days, month, day, occurrences)| {
            let nth = matches!(unit, RecurrenceType::MonthlyNth | RecurrenceType::YearlyNth);
            let yearly = matches!(unit, RecurrenceType::Yearly | RecurrenceType::YearlyNth);
            let dated = matches!(unit, RecurrenceType::Monthly | RecurrenceType::Yearly);
            Recurrence {
                recurrence_type: Some(unit),
                interval: Some(interval),
                week_of_month: nth.then_some(week),
                day_of_week: (nth || unit == RecurrenceType::Weekly).then_some(DaysOfWeek(days)),
                month_of_year: yearly.then_some(month),
                day_of_month: dated.then_some(day),
                occurrences,
                first_day_of_week: Some(jiff::civil::Weekday::Monday.into()),
                ..Recurrence::default()
            }
        })
}

proptest! {
    #[test]
    fn any_recurrence_is_the_same_after_both_ways(recurrence in recurrence()) {
        // The nth of all days is a day of the month, and no rule has the nth of some set of days but these.
        let nth = recurrence.week_of_month.is_some();
        let days = recurrence.day_of_week.unwrap_or_default();
        let sets = [DaysOfWeek::WEEKDAYS, DaysOfWeek::WEEKEND];
        prop_assume!(!nth || days.0.is_power_of_two() || sets.contains(&days));
        let start = time("20240301T090000Z");
        let event = Calendar {
            start_time: Some(start),
            end_time: Some(start),
            recurrence: Some(recurrence),
            ..Calendar::default()
        };
        let text = to_text(&event);
        let back = events(&text);
        prop_assert_eq!(back[0].calendar.recurrence, Some(recurrence), "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(BEGIN:VCALENDAR\r\n|BEGIN:VEVENT\r\n|END:VEVENT\r\n|END:VCALENDAR\r\n|\
        DTSTART(;TZID=(UTC|x))?:[0-9TZ]{0,16}\r\n|RRULE:FREQ=(DAILY|MONTHLY|YEARLY)(;[A-Z]{3,8}=[-0-9A-Z,]{0,6}){0,3}\r\n|\
        EXDATE:[0-9TZ,]{0,30}\r\n|DURATION:-?P[0-9DTHMSW]{0,8}\r\n|UID:[a-c]?\r\n|RECURRENCE-ID:[0-9TZ]{0,16}\r\n|\
        TRIGGER:-?P[0-9DTHMSW]{0,20}\r\n|BEGIN:VALARM\r\n|END:VALARM\r\n|[ -~]{0,30}\r\n){0,20}") {
        for event in parse(&text, &Settings::default()).flatten() {
            let _ = to_text(&event.calendar);
            let _ = Fragment::from_value(&event.calendar, None).unwrap();
        }
    }

    #[test]
    fn any_event_can_be_written(seed in proptest::collection::vec(1_u8.., 0..1024)) {
        use arbitrary::Arbitrary as _;
        let calendar = Calendar::arbitrary(&mut arbitrary::Unstructured::new(&seed)).unwrap();
        let text = to_text(&calendar);
        prop_assert!(parse(&text, &Settings::default()).next().unwrap().is_ok(), "{}", text);
    }
}

#[test]
fn a_zone_with_a_date_that_comes_once_is_written_too() {
    let once = SystemTime { year: 2026, month: 3, day: 29, hour: 2, ..SystemTime::default() };
    let zone = TimeZone {
        bias: -77,
        daylight_bias: -60,
        daylight_date: once,
        standard_date: SystemTime { month: 10, day: 25, ..once },
        ..TimeZone::default()
    };
    let start = time("20260701T080000Z");
    let event = Calendar {
        timezone: Some(zone),
        start_time: Some(start),
        end_time: Some(start),
        ..Calendar::default()
    };
    let text = to_text(&event);
    assert!(text.contains("DTSTART;TZID=Local:20260701T101700\r\n"), "{text}");
}

/// A file of a `VEVENT` with these lines, which begin in line 4.
fn lost_of(lines: &str) -> (Event, Vec<String>) {
    let lines = lines.replace('\n', "\r\n");
    let event = events(&format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n{lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ))
    .remove(0);
    let lost = told(&event.lost);
    (event, lost)
}

const START: &str = "DTSTART;TZID=Europe/Stockholm:20261005T093000";

#[test]
fn a_start_that_cannot_be_known_is_none() {
    for (start, reason) in [
        (
            "DTSTART;TZID=Mars/Olympus:20261005T093000",
            "line 4: DTSTART: the time zone \"Mars/Olympus\" is not known, and not defined in the file so that it can be read",
        ),
        (
            "DTSTART:20261305T093000Z",
            "line 4: DTSTART: expected a day or time such as 20260301T100000Z, found \"20261305T093000Z\"",
        ),
        (
            "DTSTART:20261005T09",
            "line 4: DTSTART: expected a day or time such as 20260301T100000Z, found \"20261005T09\"",
        ),
        (
            "DTSTART:2026100",
            "line 4: DTSTART: expected a day or time such as 20260301T100000Z, found \"2026100\"",
        ),
        (
            "DTSTART;VALUE=DATE:20261005T093000",
            "line 4: DTSTART: expected a day or time such as 20260301T100000Z, found \"20261005T093000\"",
        ),
        (
            "DTSTART:20261005T093000Z or so",
            "line 4: DTSTART: expected a day or time such as 20260301T100000Z, found \"20261005T093000Z or so\"",
        ),
        (
            "DTSTART:20261005T093000Z,soon",
            "line 4: DTSTART: expected a day or time such as 20260301T100000Z, found \"20261005T093000Z,soon\"",
        ),
        (
            "DTSTART:99991231T235959Z",
            "line 4: DTSTART: expected a day or time no later than 9999-12-30T22:00:00Z, found \"99991231T235959Z\"",
        ),
        ("UID:1", "line 3: DTSTART: there is none"),
    ] {
        let (event, lost) = lost_of(start);
        assert_eq!(event.calendar.start_time, None, "{start}");
        assert_eq!(lost, [reason.replace("20260301", "20240301")], "{start}");
    }
    // What is no time in this form of the standard says when it is all the same.
    let (event, lost) = lost_of("DTSTART:20261005T093000+0200");
    assert_eq!((event.calendar.start_time, lost), (Some(time("20261005T073000Z")), vec![]));
    // A day is a day in any zone.
    let (event, lost) = lost_of("DTSTART;TZID=Mars/Olympus;VALUE=DATE:20261005");
    assert_eq!((event.calendar.all_day_event, lost), (Some(true), vec![]));
}

/// RFC 5545 3.3.10: a rule is not imported in part, which would be another rule.
#[test]
fn a_rule_that_cannot_be_read_is_named() {
    for (rule, part) in [
        (
            "FREQ=SOMETIMES",
            "SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY, found \"FREQ=SOMETIMES\"",
        ),
        ("FREQ=WEEKLY;BYDAY=XX;UNTIL=soon", "days of the week such as MO or -1FR, found \"BYDAY=XX\""),
        ("FREQ=DAILY;UNTIL=soon", "a day or time such as 20260301T100000Z, found \"UNTIL=soon\""),
        (
            "FREQ=DAILY;UNTIL=20261399",
            "a recurrence rule with an UNTIL that is a day or time, found \"FREQ=DAILY;UNTIL=20261399\"",
        ),
        ("FREQ=DAILY;COUNT=many", "a number from 1 on, found \"COUNT=many\""),
        ("FREQ=DAILY;INTERVAL=65537", "a number from 1 to 65535, found \"INTERVAL=65537\""),
        ("FREQ=MONTHLY;BYMONTHDAY=257", "days from 1 to 31 or -1 to -31, found \"BYMONTHDAY=257\""),
        ("now and then", "a recurrence rule such as FREQ=WEEKLY;BYDAY=MO, found \"now and then\""),
    ] {
        let (event, lost) = lost_of(&format!("{START}\nRRULE:{rule}"));
        assert_eq!(event.calendar.recurrence, None, "{rule}");
        let expected = format!("line 5: RRULE: expected {}", part.replace("20260301", "20240301"));
        assert_eq!(lost, [expected], "{rule}");
    }
    let (event, lost) = lost_of(&format!("{START}\nRRULE:FREQ=DAILY;UNTIL=99991231T235959Z"));
    assert_eq!(lost, [""; 0]);
    assert_eq!(event.calendar.recurrence.unwrap().until, Some(time("99991230T220000Z")));
}

#[test]
fn an_end_that_cannot_be_read_is_named() {
    for (end, reason) in [
        ("DTEND:late", "DTEND: expected a day or time such as 20240301T100000Z, found \"late\""),
        (
            "DTEND:20261005T070000Z",
            "DTEND: expected an end that is not before DTSTART, found \"20261005T070000Z\"",
        ),
        (
            "DTEND;TZID=Mars/Olympus:20261005T103000",
            "DTEND: the time zone \"Mars/Olympus\" is not known, and not defined in the file so that it can be read",
        ),
        ("DURATION:PT1H30", "DURATION: expected a length of time such as PT1H30M, found \"PT1H30\""),
        ("DURATION:-PT1H", "DURATION: expected a length of time such as PT1H30M, found \"-PT1H\""),
        (
            "DURATION:P4294967295W",
            "DURATION: expected a length of time such as PT1H30M, found \"P4294967295W\"",
        ),
    ] {
        let (event, lost) = lost_of(&format!("{START}\n{end}"));
        assert_eq!(event.calendar.end_time, event.calendar.start_time, "{end}");
        assert_eq!(lost, [format!("line 5: {reason}")]);
    }
    let (event, lost) = lost_of(&format!("{START}\nDTEND:late\nDURATION:PT1H"));
    assert_eq!(event.calendar.end_time, Some(time("20261005T083000Z")), "{lost:?}");
}

#[test]
fn a_time_that_names_no_zone_is_named() {
    let (event, lost) =
        lost_of("DTSTART:20261005T093000\nDTEND:20261005T103000\nRRULE:FREQ=DAILY\nEXDATE:20261006T093000");
    assert_eq!(event.calendar.start_time, Some(time("20261005T093000Z")));
    assert_eq!(lost, ["line 4: DTSTART: a time that names no zone, taken for one in UTC"], "once is enough");
    // Beside times that have a zone it is one of the same.
    let (event, lost) =
        lost_of(&format!("{START}\nDTEND:20261005T103000\nEXDATE:20261006T093000\nRRULE:FREQ=DAILY"));
    assert_eq!(event.calendar.end_time, Some(time("20261005T083000Z")));
    assert_eq!(event.calendar.exceptions.unwrap()[0].original_start(), Some(time("20261006T073000Z")));
    assert_eq!(
        lost,
        [
            "line 5: DTEND: a time that names no zone, taken for one in Europe/Stockholm",
            "line 6: EXDATE: a time that names no zone, taken for one in Europe/Stockholm",
        ]
    );
    assert_eq!(
        lost_of("DTSTART;VALUE=DATE:20261005\nDTEND;VALUE=DATE:20261006").1,
        [""; 0],
        "days are no times"
    );
    let mut settings = Settings::default();
    settings.zone = jiff::tz::db().get("Asia/Kolkata").unwrap();
    let text = fs::read_to_string(directory().join("13-floating-flags.ics")).unwrap();
    let event = parse(&text, &settings).next().unwrap().unwrap();
    assert_eq!(event.calendar.start_time, Some(time("20261201T023000Z")));
    assert_eq!(
        told(&event.lost),
        ["line 8: DTSTART: a time that names no zone, taken for one in Asia/Kolkata"]
    );
}

#[test]
fn dates_that_are_none_are_named_one_by_one() {
    let (event, lost) = lost_of(&format!(
        "{START}\nRRULE:FREQ=DAILY\nEXDATE;TZID=Europe/Stockholm:20261006T093000,never,\n  20261007T093000\nEXDATE:\nDTSTAMP:today"
    ));
    assert_eq!(event.calendar.exceptions.unwrap().len(), 2);
    let expected = |line, name, found| {
        format!("line {line}: {name}: expected a day or time such as 20240301T100000Z, found \"{found}\"")
    };
    assert_eq!(
        lost,
        [expected(6, "EXDATE", "never"), expected(8, "EXDATE", ""), expected(9, "DTSTAMP", "today")]
    );
}

#[test]
fn an_occurrence_that_is_at_no_time_is_left_out() {
    let series = format!("UID:1\n{START}\nRRULE:FREQ=DAILY\nEND:VEVENT\n");
    let changed = |id: &str, start: &str| {
        format!("BEGIN:VEVENT\nUID:1\nRECURRENCE-ID{id}\nDTSTART{start}\nSUMMARY:x\nEND:VEVENT\n")
    };
    let all = [
        series,
        changed(":sometime", ":20261006T093000Z"),
        changed(":20261007T073000Z", ":noon"),
        changed(";RANGE=THISANDFUTURE:20261008T073000Z", ":20261008T093000"),
        changed(":20261008T073000Z", ":20261008T100000Z"),
    ];
    let (event, lost) = lost_of(all.concat().trim_end().trim_end_matches("END:VEVENT").trim_end());
    let expected = "expected a day or time such as 20240301T100000Z, found";
    assert_eq!(
        told(&event.left_out),
        [
            format!("line 10: RECURRENCE-ID: {expected} \"sometime\""),
            format!("line 17: DTSTART: {expected} \"noon\"")
        ]
    );
    assert_eq!(
        lost,
        [
            "line 22: RANGE of RECURRENCE-ID: there is no place for it",
            "line 22: RECURRENCE-ID: another one in the file takes its place",
            "line 23: DTSTART: a time that names no zone, taken for one in Europe/Stockholm",
        ]
    );
    let exceptions = event.calendar.exceptions.unwrap();
    assert_eq!(exceptions.len(), 1);
    assert_eq!(exceptions[0].start_time, Some(OrEmpty::Value(time("20261008T100000Z"))));

    let (event, _) = lost_of(
        "UID:1\nDTSTART:soon\nEND:VEVENT\nBEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20261006T093000Z\nDTSTART:20261006T093000Z",
    );
    assert_eq!(told(&event.left_out), ["line 7: DTSTART of its series: there is none"]);
    let (event, lost) = lost_of(&format!("RECURRENCE-ID:never\n{START}"));
    assert_eq!(
        (event.calendar.instance_id, lost),
        (None, vec![format!("line 4: RECURRENCE-ID: {expected} \"never\"")])
    );
}

/// Devices show no occurrences of what does not occur again.
#[test]
fn an_occurrence_of_a_series_whose_rule_is_lost_is_an_event() {
    let changed = "BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID:20261006T093000Z\r\nDTSTART:20261006T113000Z\r\nEND:VEVENT\r\n";
    let series = "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261005T093000Z\r\nRRULE:FREQ=HOURLY\r\nEND:VEVENT\r\n";
    let events = events(&format!("BEGIN:VCALENDAR\r\n{changed}{series}END:VCALENDAR\r\n"));
    let times: Vec<_> =
        events.iter().map(|event| (event.calendar.start_time, event.calendar.instance_id)).collect();
    assert_eq!(
        times,
        [
            (Some(time("20261005T093000Z")), None),
            (Some(time("20261006T113000Z")), Some(time("20261006T093000Z")))
        ]
    );
    assert!(events.iter().all(|event| event.calendar.exceptions.is_none()));
}

#[test]
fn what_else_an_event_says_is_lost_by_name() {
    let (_, lost) = lost_of(&format!(
        "{START}\nPRIORITY:1\nCOMMENT:hm\nSUMMARY:one\nSUMMARY:two\nthis is no property\nSTATUS:MAYBE\nTRANSP:GLASS\n\
         GEO:here\nBEGIN:VALARM\nTRIGGER:soon\nEND:VALARM\nBEGIN:VLOCATION\nNAME:quay\nEND:VLOCATION\nand so on: and on"
    ));
    assert_eq!(
        lost,
        [
            "line 5: PRIORITY: there is no place for it",
            "line 6: COMMENT: there is no place for it",
            "line 8: SUMMARY: there is no place for it",
            "line 9: a line: expected a property in the form NAME:value, found \"this is no property\"",
            "line 10: STATUS: expected TENTATIVE, CONFIRMED or CANCELLED, found \"MAYBE\"",
            "line 11: TRANSP: expected OPAQUE or TRANSPARENT, found \"GLASS\"",
            "line 12: GEO: expected latitude and longitude such as 57.7;11.9, found \"here\"",
            "line 14: TRIGGER: expected a length of time such as -PT15M, or a time, found \"soon\"",
            "line 16: VLOCATION: there is no place for it",
            "line 19: and so on: there is no place for it",
        ]
    );
    let nothing =
        "PRIORITY:5\nSEQUENCE:1\nCREATED:20260101T000000Z\nLAST-MODIFIED:20260101T000000Z\nX-COLOUR:red";
    assert_eq!(lost_of(&format!("{START}\n{nothing}")).1, [""; 0]);
    let (event, lost) =
        lost_of(&format!("{START}\nBEGIN:VALARM\nTRIGGER:PT15M\nEND:VALARM\nBEGIN:VALARM\nEND:VALARM"));
    assert_eq!(event.calendar.reminder, None);
    assert_eq!(
        lost,
        ["line 6: TRIGGER: there is no place for it", "line 8: VALARM: there is no place for it"]
    );
}

/// Rules that come to an end, or are none for every year, are no zone that ActiveSync could have.
#[test]
fn a_zone_whose_clocks_change_by_no_rule_is_not_taken_for_one_without_change() {
    let observance = |kind: &str, start: &str, to: &str| {
        format!("BEGIN:{kind}\r\nDTSTART:{start}\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:{to}\r\nEND:{kind}\r\n")
    };
    let zone = observance("DAYLIGHT", "20260329T020000", "+0220")
        + &observance("STANDARD", "20261025T030000", "+0120");
    let start = |local: &str| {
        let text = format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Ours\r\n{zone}END:VTIMEZONE\r\nBEGIN:VEVENT\r\n\
             DTSTART;TZID=Ours:{local}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        events(&text).remove(0).calendar.start_time
    };
    assert_eq!(start("20260701T100000"), None);
    assert_eq!(start("20261201T100000"), Some(time("20261201T084000Z")));
}
