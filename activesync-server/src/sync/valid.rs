//! What an item of a client has to be so that clients can be told of it: numbers that have a meaning, and an end that
//! is not before the start.
//!
//! Types keep a number without a meaning and write it back, so that nothing is lost of what is passed on. What is stored
//! goes out to every device of the user, and some fail on a folder with such an item for ever.

use std::ops::RangeInclusive;

use activesync_types::airsyncbase::BodyType;
use activesync_types::calendar::{
    Attendee, AttendeeStatus, AttendeeType, Calendar, Exception, MeetingStatus, Recurrence, ResponseType,
};
use activesync_types::contacts::Contact;
use activesync_types::date_time::CompactDateTime;
use activesync_types::enumerations::{BusyStatus, Sensitivity};
use activesync_types::recurrence::{CalendarType, RecurrenceType};
use wbxml::OrEmpty;

/// An item that cannot be stored, and why.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{element}: expected {expected}, found {found}")]
pub(crate) struct Invalid {
    element: &'static str,
    expected: &'static str,
    found: String,
}

type Valid = Result<(), Invalid>;

/// The most occurrences of a series that may differ from it.
const MAX_EXCEPTIONS: usize = 1000;

/// The most characters of an identifier (`[MS-ASCAL]` 2.2.2.46).
const LONGEST_UID: usize = 300;

/// The most categories of an item (`[MS-ASCAL]` 2.2.2.11).
const MAX_CATEGORIES: usize = 300;

pub(crate) fn contact(contact: &Contact<'_>) -> Valid {
    body_type(contact.body.as_ref().map(|body| body.body_type))
}

pub(crate) fn event(event: &Calendar<'_>) -> Valid {
    if let Some(recurrence) = &event.recurrence {
        self::recurrence(recurrence)?;
    }
    if let Some(uid) = &event.uid {
        at_most("UID", "at most 300 characters", uid.chars().count(), LONGEST_UID)?;
    }
    times(event.start_time, event.end_time)?;
    body_type(event.body.as_ref().map(|body| body.body_type))?;
    meeting(event.meeting_status, event.busy_status, event.sensitivity, event.response_type)?;
    people(event.attendees.as_deref(), event.categories.as_ref().map(Vec::len))?;
    let exceptions = event.exceptions.as_deref().unwrap_or_default();
    at_most("Exceptions", "at most 1000", exceptions.len(), MAX_EXCEPTIONS)?;
    exceptions.iter().try_for_each(|exception| self::exception(exception, event))
}

fn exception(exception: &Exception<'_>, event: &Calendar<'_>) -> Valid {
    // Alone, either of them moves the occurrence, whose other end the series gives.
    if let (Some(OrEmpty::Value(start)), Some(OrEmpty::Value(end))) =
        (exception.start_time, exception.end_time)
    {
        times(Some(start), Some(end))?;
    }
    let body = exception.body.as_ref().and_then(OrEmpty::as_value);
    body_type(body.map(|body| body.body_type))?;
    meeting(
        exception.meeting_status.and_then(OrEmpty::value).or(event.meeting_status),
        exception.busy_status.and_then(OrEmpty::value),
        exception.sensitivity.and_then(OrEmpty::value),
        exception.response_type.and_then(OrEmpty::value),
    )?;
    people(exception.attendees.as_deref(), exception.categories.as_ref().map(Vec::len))
}

fn times(start: Option<CompactDateTime>, end: Option<CompactDateTime>) -> Valid {
    match (start, end) {
        (Some(start), Some(end)) if end < start => Err(Invalid {
            element: "EndTime",
            expected: "no time before StartTime",
            found: format!("{end} before {start}"),
        }),
        _ => Ok(()),
    }
}

fn recurrence(recurrence: &Recurrence) -> Valid {
    match recurrence.recurrence_type {
        None => return invalid("Recurrence", "a Type", &"none"),
        Some(RecurrenceType::Other(other)) => return invalid("Type", "0, 1, 2, 3, 5 or 6", &other),
        Some(_) => {}
    }
    within("Interval", "0 to 999", recurrence.interval, 0..=999)?;
    within("Occurrences", "0 to 999", recurrence.occurrences, 0..=999)?;
    within("WeekOfMonth", "1 to 5", recurrence.week_of_month, 1..=5)?;
    within("DayOfWeek", "1 to 127", recurrence.day_of_week.map(|days| days.0.into()), 1..=127)?;
    within("MonthOfYear", "1 to 12", recurrence.month_of_year, 1..=12)?;
    within("DayOfMonth", "1 to 31", recurrence.day_of_month, 1..=31)?;
    match recurrence.calendar_type {
        Some(CalendarType::Other(other)) if !(0..=23).contains(&other) => {
            invalid("CalendarType", "0 to 23", &other)
        }
        _ => Ok(()),
    }
}

fn meeting(
    status: Option<MeetingStatus>,
    busy: Option<BusyStatus>,
    sensitivity: Option<Sensitivity>,
    response: Option<ResponseType>,
) -> Valid {
    if let Some(status) = status.filter(|status| !matches!(status.0, 0 | 1 | 3 | 5 | 7 | 9 | 11 | 13 | 15)) {
        return invalid("MeetingStatus", "0 or an odd number up to 15", &status.0);
    }
    if let Some(BusyStatus::Other(other)) = busy {
        return invalid("BusyStatus", "0 to 3", &other);
    }
    if let Some(Sensitivity::Other(other)) = sensitivity {
        return invalid("Sensitivity", "0 to 3", &other);
    }
    if let Some(ResponseType::Other(other)) = response {
        return invalid("ResponseType", "0 to 5", &other);
    }
    Ok(())
}

fn people(attendees: Option<&[Attendee<'_>]>, categories: Option<usize>) -> Valid {
    for attendee in attendees.unwrap_or_default() {
        if let Some(AttendeeStatus::Other(other)) = attendee.attendee_status {
            return invalid("AttendeeStatus", "0, 2, 3, 4 or 5", &other);
        }
        if let Some(AttendeeType::Other(other)) = attendee.attendee_type {
            return invalid("AttendeeType", "1, 2 or 3", &other);
        }
    }
    at_most("Categories", "at most 300", categories.unwrap_or_default(), MAX_CATEGORIES)
}

fn body_type(body_type: Option<BodyType>) -> Valid {
    match body_type {
        Some(BodyType::Other(other)) => invalid("Body, Type", "1 to 4", &other),
        _ => Ok(()),
    }
}

fn within(
    element: &'static str,
    expected: &'static str,
    found: Option<u32>,
    range: RangeInclusive<u32>,
) -> Valid {
    match found.filter(|found| !range.contains(found)) {
        Some(found) => invalid(element, expected, &found),
        None => Ok(()),
    }
}

fn at_most(element: &'static str, expected: &'static str, found: usize, most: usize) -> Valid {
    if found > most { invalid(element, expected, &found) } else { Ok(()) }
}

fn invalid(element: &'static str, expected: &'static str, found: &impl ToString) -> Valid {
    Err(Invalid { element, expected, found: found.to_string() })
}
