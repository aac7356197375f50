use activesync_types::calendar::{Calendar, Recurrence};
use activesync_types::date_time::CompactDateTime;
use activesync_types::recurrence::RecurrenceType;
use jiff::{SignedDuration, Timestamp};

use super::Content;

impl Content {
    /// The time from which a filter by age counts (`[MS-ASCMD]` 2.2.3.68.2): of a mail when it arrived, of an event when it
    /// is over, of a series when its last occurrence is over or a while later. `None` for what never ages: contacts and
    /// series without an end.
    pub fn date(&self) -> Option<Timestamp> {
        match self {
            Self::Email(email) => Some(email.received),
            Self::Contact(_) => None,
            Self::Event(event) => end_of_event(event),
        }
    }
}

fn end_of_event(event: &Calendar<'_>) -> Option<Timestamp> {
    let start = event.start_time.map(CompactDateTime::timestamp);
    let end = event.end_time.map(CompactDateTime::timestamp).max(start)?;
    let Some(recurrence) = &event.recurrence else { return Some(end) };
    let last = end_of_series(recurrence, start.unwrap_or(end), end)?;
    let moved = event.exceptions.iter().flatten().filter_map(|exception| exception.end_time?.value());
    moved.map(CompactDateTime::timestamp).chain([last]).max()
}

fn end_of_series(recurrence: &Recurrence, start: Timestamp, end: Timestamp) -> Option<Timestamp> {
    if let Some(until) = recurrence.until {
        return until.timestamp().checked_add(end.duration_since(start)).ok();
    }
    // No month is longer than 31 days, no year than 366. Too late does no harm.
    let days: u32 = match recurrence.recurrence_type.unwrap_or_default() {
        // Daily on certain days means weekly.
        RecurrenceType::Daily if recurrence.day_of_week.is_none() => 1,
        RecurrenceType::Daily | RecurrenceType::Weekly => 7,
        RecurrenceType::Monthly | RecurrenceType::MonthlyNth => 31,
        RecurrenceType::Yearly | RecurrenceType::YearlyNth => 366,
        RecurrenceType::Other(_) => return None,
    };
    let days =
        recurrence.occurrences?.checked_mul(recurrence.interval.unwrap_or(1).max(1))?.checked_mul(days)?;
    end.checked_add(SignedDuration::from_hours(24 * i64::from(days))).ok()
}

#[cfg(test)]
mod tests {
    use activesync_types::calendar::Exception;
    use activesync_types::contacts::Contact;
    use wbxml::OrEmpty;

    use super::*;
    use crate::backend::Email;

    fn date_of(event: Calendar<'static>) -> Option<String> {
        Content::Event(Box::new(event)).date().map(|date| date.to_string())
    }

    fn lunch() -> Calendar<'static> {
        Calendar {
            start_time: Some("20240301T120000Z".parse().unwrap()),
            end_time: Some("20240301T130000Z".parse().unwrap()),
            ..Calendar::default()
        }
    }

    fn every(recurrence_type: RecurrenceType, recurrence: Recurrence) -> Calendar<'static> {
        let recurrence = Recurrence { recurrence_type: Some(recurrence_type), ..recurrence };
        Calendar { recurrence: Some(recurrence), ..lunch() }
    }

    #[test]
    fn mail_ages_from_its_arrival_and_contacts_never_age() {
        let received = "2024-03-01T12:00:00Z".parse().unwrap();
        assert_eq!(Content::Email(Box::new(Email::new(*b"A: b\r\n", received))).date(), Some(received));
        assert_eq!(Content::Contact(Box::new(Contact::default())).date(), None);
    }

    #[test]
    fn an_event_ages_from_its_end() {
        assert_eq!(date_of(lunch()).unwrap(), "2024-03-01T13:00:00Z");
        assert_eq!(date_of(Calendar { end_time: None, ..lunch() }).unwrap(), "2024-03-01T12:00:00Z");
        assert_eq!(date_of(Calendar::default()), None);
    }

    #[test]
    fn a_series_ages_from_its_last_occurrence_or_later() {
        let until = Recurrence { until: Some("20240401T120000Z".parse().unwrap()), ..Recurrence::default() };
        assert_eq!(date_of(every(RecurrenceType::Weekly, until)).unwrap(), "2024-04-01T13:00:00Z");
        let moved = Exception {
            end_time: Some(OrEmpty::Value("20240501T130000Z".parse().unwrap())),
            ..Exception::default()
        };
        let with_exception =
            Calendar { exceptions: Some(vec![moved]), ..every(RecurrenceType::Weekly, until) };
        assert_eq!(date_of(with_exception).unwrap(), "2024-05-01T13:00:00Z");

        let three = Recurrence { occurrences: Some(3), interval: Some(2), ..Recurrence::default() };
        for (recurrence_type, not_before) in [
            (RecurrenceType::Daily, "2024-03-05T13:00:00Z"),
            (RecurrenceType::Weekly, "2024-03-29T13:00:00Z"),
            (RecurrenceType::Monthly, "2024-07-01T13:00:00Z"),
            (RecurrenceType::Yearly, "2028-03-01T13:00:00Z"),
        ] {
            let date = date_of(every(recurrence_type, three)).unwrap();
            assert!(date.as_str() >= not_before, "{recurrence_type:?}: {date}");
        }
    }

    #[test]
    fn a_series_without_end_never_ages() {
        assert_eq!(date_of(every(RecurrenceType::Weekly, Recurrence::default())), None);
        let absurd =
            Recurrence { occurrences: Some(u32::MAX), interval: Some(u32::MAX), ..Recurrence::default() };
        assert_eq!(date_of(every(RecurrenceType::Yearly, absurd)), None);
    }
}
