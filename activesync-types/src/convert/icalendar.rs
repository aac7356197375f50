//! Between iCalendar (RFC 5545) and [`Calendar`].
//!
//! [`parse`] reads a file, [`from_icalendar`] what `calcard` has read, [`to_icalendar`] and [`to_text`] go back.
//! A series and the occurrences that differ from it are several `VEVENT`s in the one and one item with exceptions
//! in the other.
//!
//! ```
//! use activesync_types::convert::icalendar::{Settings, parse, to_text};
//!
//! let file = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1@example.org\r\nSUMMARY:Planning\r\n\
//!     DTSTART;TZID=Europe/Berlin:20240301T100000\r\nDURATION:PT30M\r\nRRULE:FREQ=WEEKLY;BYDAY=FR;COUNT=5\r\n\
//!     EXDATE;TZID=Europe/Berlin:20240308T100000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
//! let event = parse(file, &Settings::default()).next().unwrap()?;
//! assert!(event.lost.is_empty());
//! let calendar = event.calendar;
//! assert_eq!(calendar.start_time.unwrap().to_string(), "20240301T090000Z");
//! assert!(calendar.exceptions.as_ref().unwrap()[0].is_deleted());
//! assert!(to_text(&calendar).contains("DTSTART;TZID=Europe/Berlin:20240301T100000\r\n"));
//! # Ok::<(), activesync_types::convert::Unreadable>(())
//! ```
//!
//! | iCalendar | [`Calendar`] |
//! | --- | --- |
//! | `UID`, `SUMMARY`, `DTSTAMP`, `URL` | `uid`, `subject`, `dt_stamp`, `online_meeting_external_link` |
//! | `DTSTART` and its zone, `DTEND` or `DURATION` | `start_time`, `timezone`, `end_time`; days: `all_day_event` |
//! | `RRULE` | `recurrence` |
//! | `EXDATE`; a `VEVENT` with `RECURRENCE-ID` | `exceptions`; alone: an item with `instance_id` |
//! | `DESCRIPTION`; `X-ALT-DESC` in HTML | `body` and `legacy_body`; `body` in HTML |
//! | `LOCATION`, `GEO` | `location_text`, `location` |
//! | `ORGANIZER`, `ATTENDEE` with its answer, role and kind, `RSVP` | `organizer_name`, `organizer_email`, `attendees`, `response_requested` |
//! | `STATUS`, `TRANSP`, `X-MICROSOFT-CDO-BUSYSTATUS` | `meeting_status`, `busy_status` |
//! | `CLASS`, `CATEGORIES` | `sensitivity`, `categories` |
//! | the first `VALARM` | `reminder` |
//! | `X-MICROSOFT-DISALLOW-COUNTER`, `X-MICROSOFT-CDO-REPLYTIME` | `disallow_new_time_proposal`, `appointment_reply_time` |
//! | `X-MICROSOFT-ONLINEMEETINGCONFLINK` | `online_meeting_conf_link` |
//!
//! What cannot be said in a [`Calendar`], and is named in [`Event::lost`] with its line: rules that are no recurrence
//! of ActiveSync (several month days, weeks of the year, the last but one weekday, hours), `RDATE`, alarms after the
//! first, `ATTACH`, `COMMENT` and all other properties of a standard, second values of what comes once. Named as well
//! is what cannot be read, such as a `DTEND` that is no time or before `DTSTART`; the event is as if it were not there.
//! Occurrences that differ from a series whose rule is lost become events of their own.
//!
//! Unnamed go: `SEQUENCE`, `CREATED`, `LAST-MODIFIED`, a normal `PRIORITY`, `SENT-BY` and delegation, and `X-` properties of others.
//! What cannot be said in iCalendar: attachments, proposed times, the parts of a `location` but its name and its
//! place on earth, calendar systems other than Gregorian.

mod attendees;
mod exception;
mod grammar;
mod lost;
mod moment;
mod read;
mod rule;
mod write;
mod zone;

use calcard::{Entry, Parser};
use jiff::tz::TimeZone as Zone;

use super::{Loss, Unreadable, line_of, lines};
use crate::calendar::Calendar;

pub use self::read::from_icalendar;
pub use self::write::{to_icalendar, to_text};

/// What a calendar file does not say of itself.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// The zone of days, and of times that name none. UTC unless set.
    ///
    /// A time that names no zone (a floating one) means that time of day wherever one is. ActiveSync has only points
    /// in time, so that such a time is taken for one in this zone, which is named in [`Event::lost`].
    pub zone: Zone,
    /// The address of the user, which decides who is the organizer of a meeting and what the user answered.
    pub user: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { zone: Zone::UTC, user: None }
    }
}

/// An event that was read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// The event. It has no `start_time` if that cannot be known; then one of those that were lost is `DTSTART`.
    pub calendar: Calendar<'static>,
    /// What of it there is no place for in a [`Calendar`], what of it cannot be read, and times that name no zone.
    pub lost: Vec<Loss>,
    /// Occurrences that differ from the series and are left out, since when they are cannot be known: for each of
    /// them what of it would have said so.
    pub left_out: Vec<Loss>,
}

/// Reads the events of a file, and goes on after what it cannot read.
pub fn parse<'t>(
    text: &'t str,
    settings: &'t Settings,
) -> impl Iterator<Item = Result<Event, Unreadable>> + use<'t> {
    let mut parser = Parser::new(text);
    let mut lines = lines::calendars(text).into_iter();
    std::iter::from_fn(move || match parser.entry() {
        Entry::Eof => None,
        Entry::ICalendar(calendar) => {
            let known = lines.next().filter(|lines| lines.len() == calendar.components.len());
            Some(read::read(&calendar, &known.unwrap_or_default(), settings).into_iter().map(Ok).collect())
        }
        Entry::InvalidLine(line) => Some(vec![Err(Unreadable { line: line_of(text, &line), found: line })]),
        Entry::VCard(_) => Some(vec![Err(Unreadable { line: None, found: "a contact".to_owned() })]),
        other => Some(vec![Err(Unreadable { line: None, found: format!("{other:?}") })]),
    })
    .flatten()
}
