//! What is particular to events: what every client has to be told, and single occurrences of a series.

use std::borrow::Cow;

use activesync_types::calendar::{Attendee, Calendar, Exception, MeetingStatus, Recurrence};
use activesync_types::date_time::CompactDateTime;
use activesync_types::enumerations::{BusyStatus, Sensitivity};
use activesync_types::time_zone::TimeZone;
use jiff::Timestamp;
use wbxml::{OrEmpty, ProtocolVersion};

use crate::backend::{ItemId, Snapshot};

/// Adds what clients need of an event and the one who made it need not have said.
///
/// Android drops events without an organizer.
pub(super) fn complete(
    event: &mut Calendar<'_>,
    mailbox: &dyn Snapshot,
    item: ItemId,
    version: ProtocolVersion,
) {
    if event.organizer_email.is_none() {
        event.organizer_email = Some(Cow::Owned(mailbox.address().to_owned()));
        event.organizer_name.get_or_insert_with(|| Cow::Owned(mailbox.display_name().to_owned()));
    }
    let all_day = *event.all_day_event.get_or_insert(false);
    // Since 16.0 the days of an event that lasts whole days are those of wherever the user is.
    if all_day && version >= ProtocolVersion::V16_0 {
        event.timezone = None;
    } else {
        event.timezone.get_or_insert_with(|| TimeZone::fixed(0));
    }
    let start = *event.start_time.get_or_insert_default();
    event.end_time.get_or_insert(start);
    event.dt_stamp.get_or_insert(start);
    event.uid.get_or_insert_with(|| Cow::Owned(format!("{:032x}-{item}", mailbox.replica())));
    event.subject.get_or_insert_default();
    event.sensitivity.get_or_insert(Sensitivity::Normal);
    event.busy_status.get_or_insert(BusyStatus::Busy);
    event.meeting_status.get_or_insert(MeetingStatus::APPOINTMENT);
    // The client's name for an event is its own.
    event.client_uid = None;
    // Devices send other numbers; what they get is one that stands for a day.
    if let Some(recurrence) = &mut event.recurrence {
        recurrence.first_day_of_week = recurrence.first_day_of_week.filter(|day| day.weekday().is_some());
    }
    let of_exceptions = event.exceptions.iter_mut().flatten().filter_map(|other| other.attendees.as_mut());
    for attendee in of_exceptions.chain(&mut event.attendees).flatten() {
        complete_attendee(attendee);
    }
}

/// The specification demands both of every attendee.
fn complete_attendee(attendee: &mut Attendee<'_>) {
    let email = attendee.email.get_or_insert_default();
    attendee.name.get_or_insert_with(|| email.clone());
}

/// A `Recurrence` without anything in it, with which a client of 16.0 and later says that an event repeats no more.
pub(super) fn end_series(event: &mut Calendar<'_>) {
    if event.recurrence == Some(Recurrence::default()) {
        event.recurrence = None;
        event.exceptions = None;
    }
}

/// Sets the times that a new event does not have (`[MS-ASCAL]` 3.2.4.4); false if that makes no event.
pub(super) fn put_times(event: &mut Calendar<'_>, now: Timestamp) -> bool {
    const HALF_HOUR: i64 = 1800;
    // Up, as the specification's example has it: at 18:03 it is 18:30.
    let rounded = |halves: i64| {
        let halves = (now.as_second() + HALF_HOUR - 1).div_euclid(HALF_HOUR) + halves;
        Timestamp::from_second(halves * HALF_HOUR).map(CompactDateTime::new).unwrap_or_default()
    };
    match (event.start_time, event.end_time) {
        (None, Some(end)) if end < rounded(0) => return false,
        (Some(start), None) if start.timestamp() > now => return false,
        (start, end) => {
            event.start_time = start.or(Some(rounded(0)));
            event.end_time = end.or(Some(rounded(1)));
        }
    }
    true
}

/// Sets one occurrence of a series, in place of what was said of it before.
pub(super) fn put_exception(event: &mut Calendar<'static>, exception: Exception<'static>) {
    let exceptions = event.exceptions.get_or_insert_default();
    let start = exception.original_start();
    exceptions.retain(|other| other.original_start() != start);
    exceptions.push(exception);
}

/// What a client of 16.0 and later says of one occurrence, on top of what was said of it before.
pub(super) fn changed_occurrence(
    event: &Calendar<'static>,
    occurrence: CompactDateTime,
    said: Calendar<'static>,
) -> Exception<'static> {
    let before = event.exceptions.iter().flatten().find(|other| other.original_start() == Some(occurrence));
    let before =
        before.filter(|before| !before.is_deleted()).cloned().unwrap_or_else(|| Exception::of(occurrence));
    Exception {
        deleted: None,
        subject: said.subject.or(before.subject),
        start_time: said.start_time.map(OrEmpty::Value).or(before.start_time),
        end_time: said.end_time.map(OrEmpty::Value).or(before.end_time),
        body: said.body.map(OrEmpty::Value).or(before.body),
        location: said.location.or(before.location),
        location_text: said.location_text.or(before.location_text),
        categories: said.categories.or(before.categories),
        sensitivity: said.sensitivity.map(OrEmpty::Value).or(before.sensitivity),
        busy_status: said.busy_status.map(OrEmpty::Value).or(before.busy_status),
        all_day_event: said.all_day_event.map(OrEmpty::Value).or(before.all_day_event),
        reminder: said.reminder.or(before.reminder),
        dt_stamp: said.dt_stamp.map(OrEmpty::Value).or(before.dt_stamp),
        meeting_status: said.meeting_status.map(OrEmpty::Value).or(before.meeting_status),
        attendees: said.attendees.or(before.attendees),
        ..before
    }
}

/// An occurrence that does not take place.
pub(super) fn deleted_occurrence(occurrence: CompactDateTime) -> Exception<'static> {
    Exception { deleted: Some(true), ..Exception::of(occurrence) }
}
