//! Events and series of events.

use std::collections::BTreeSet;

use activesync_client::types::airsyncbase::Body;
use activesync_client::types::calendar::{Calendar, Exception, Recurrence};
use activesync_client::types::date_time::CompactDateTime;
use activesync_client::types::recurrence::RecurrenceType;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use wbxml::OrEmpty;

use crate::tour::check::{Checks, Result};
use crate::tour::lines::{Component, Line};
use crate::tour::sample;

/// Compares each event of the files with one that arrived; gives their number.
pub(super) fn compare(arrived: &[Calendar<'_>], checks: &mut Checks) -> Result<u64> {
    let mut compared = 0;
    for file in sample::events() {
        for calendar in Component::parse(file.bytes) {
            for (event, changed) in series(&calendar) {
                let subject = event.text("SUMMARY").unwrap_or_default();
                let found = arrived.iter().find(|event| event.subject.as_deref() == Some(&*subject));
                let found = checks.there(format_args!("the event {subject:?} of {}", file.name), found)?;
                compare_one(event, &changed, found, file.name, checks)?;
                compared += 1;
            }
        }
    }
    Ok(compared)
}

/// Each event with the occurrences that differ from it.
fn series(calendar: &Component) -> Vec<(&Component, Vec<&Component>)> {
    let is_occurrence = |event: &&Component| event.first("RECURRENCE-ID").is_some();
    let of = |event: &Component| {
        let id = event.text("UID");
        calendar
            .all_children("VEVENT")
            .filter(is_occurrence)
            .filter(|other| other.text("UID") == id)
            .collect()
    };
    let events = calendar.all_children("VEVENT").filter(|event| !is_occurrence(event));
    events.map(|event| (event, of(event))).collect()
}

fn compare_one(
    event: &Component,
    changed: &[&Component],
    found: &Calendar<'_>,
    name: &str,
    checks: &mut Checks,
) -> Result<()> {
    let location = found.location.as_ref().map_or(&found.location_text, |location| &location.display_name);
    checks.equal(
        format_args!("the location in {name}:"),
        &event.text("LOCATION").as_deref(),
        &location.as_deref(),
    )?;
    let body = found.body.as_ref().map_or_else(|| found.legacy_body.clone(), Body::text);
    compare_description(event, body.as_deref().unwrap_or_default(), name, checks)?;
    let attendees = found.attendees.as_ref().map_or(0, Vec::len);
    checks.equal(format_args!("attendees in {name}:"), &event.all("ATTENDEE").count(), &attendees)?;

    compare_times(event, found, name, checks)?;
    compare_recurrence(event, found.recurrence.as_ref(), name, checks)?;
    compare_exceptions(event, changed, found, name, checks)
}

/// The same text; of one that is there as HTML too the same words, since the plain text may be made of the HTML.
fn compare_description(event: &Component, found: &str, name: &str, checks: &mut Checks) -> Result<()> {
    let expected = event.text("DESCRIPTION").unwrap_or_default();
    let what = format!("the description in {name}:");
    if event.first("X-ALT-DESC").is_none() {
        return checks.equal(what, expected.trim_end(), found.replace("\r\n", "\n").trim_end());
    }
    let is_word = |word: &&str| word.chars().all(char::is_alphabetic);
    let missing = expected.split_whitespace().filter(is_word).find(|word| !found.contains(word));
    checks.ensure(missing.is_none(), || format!("{what} {expected:?}"), || found.to_owned())
}

fn compare_times(event: &Component, found: &Calendar<'_>, name: &str, checks: &mut Checks) -> Result<()> {
    let start = checks.there(format_args!("a start in {name}"), event.first("DTSTART").and_then(When::of))?;
    let end = event.first("DTEND").and_then(When::of).or_else(|| start.after(&event.text("DURATION")?));
    let end = checks.there(format_args!("an end in {name}"), end.or_else(|| start.end_of_day()))?;
    let all_day = matches!(start, When::Day(_));
    checks.equal(format_args!("all day in {name}:"), &all_day, &found.all_day_event.unwrap_or(false))?;
    for (what, expected, found) in [("start", start, found.start_time), ("end", end, found.end_time)] {
        let found = checks.there(format_args!("the {what} in {name}"), found)?.timestamp();
        checks.ensure(
            expected.is(found),
            || format!("the {what} in {name} at {expected:?}"),
            || found.to_string(),
        )?;
    }
    Ok(())
}

fn compare_recurrence(
    event: &Component,
    found: Option<&Recurrence>,
    name: &str,
    checks: &mut Checks,
) -> Result<()> {
    let Some(rule) = event.first("RRULE") else {
        return checks.ensure(
            found.is_none(),
            || format!("no recurrence in {name}"),
            || format!("{found:?}"),
        );
    };
    let found = checks.there(format_args!("a recurrence in {name}"), found)?;
    let part = |key: &str| rule.raw.split(';').find_map(|part| part.strip_prefix(key)?.strip_prefix('='));
    let fits = matches!(
        (part("FREQ").unwrap_or_default(), found.recurrence_type.unwrap_or_default()),
        ("DAILY", RecurrenceType::Daily)
            | ("WEEKLY", RecurrenceType::Weekly)
            | ("MONTHLY", RecurrenceType::Monthly | RecurrenceType::MonthlyNth)
            | ("YEARLY", RecurrenceType::Yearly | RecurrenceType::YearlyNth)
    );
    checks.ensure(fits, || format!("{} in {name}", rule.raw), || format!("{found:?}"))?;
    let number = |key: &str| part(key).and_then(|number| number.parse::<u32>().ok());
    let what = format!("the interval in {name}:");
    checks.equal(what, &number("INTERVAL").unwrap_or(1), &found.interval.unwrap_or(1))?;
    checks.equal(format_args!("occurrences in {name}:"), &number("COUNT"), &found.occurrences)?;
    checks.equal(
        format_args!("an end of the series in {name}:"),
        &part("UNTIL").is_some(),
        &found.until.is_some(),
    )
}

fn compare_exceptions(
    event: &Component,
    changed: &[&Component],
    found: &Calendar<'_>,
    name: &str,
    checks: &mut Checks,
) -> Result<()> {
    let all = found.exceptions.as_deref().unwrap_or_default();
    let (gone, moved): (Vec<_>, Vec<_>) = all.iter().partition(|exception| exception.is_deleted());
    let expected = event.all("EXDATE").flat_map(When::all).filter_map(When::instant).collect();
    checks.equal::<BTreeSet<_>, _>(format_args!("left out in {name}:"), &expected, &originals(&gone))?;
    let original = |event: &&Component| When::of(event.first("RECURRENCE-ID")?)?.instant();
    let expected = changed.iter().filter_map(original).collect();
    checks.equal::<BTreeSet<_>, _>(format_args!("changed in {name}:"), &expected, &originals(&moved))?;
    let series_subject = found.subject.as_ref();
    for event in changed {
        let start = event.first("DTSTART").and_then(When::of).and_then(When::instant);
        let found = moved.iter().find(|exception| {
            exception.start_time.and_then(OrEmpty::value).map(CompactDateTime::timestamp) == start
        });
        let found = checks.there(format_args!("a changed occurrence in {name} at {start:?}"), found)?;
        // What an exception does not say is as in the series.
        let subject = found.subject.as_ref().or(series_subject);
        checks.equal(
            format_args!("a changed occurrence in {name} to have the subject"),
            &event.text("SUMMARY").as_deref(),
            &subject.map(|subject| &**subject),
        )?;
    }
    Ok(())
}

/// When the exceptions would be, were they none.
fn originals(exceptions: &[&Exception<'_>]) -> BTreeSet<Timestamp> {
    let original = |exception: &&Exception<'_>| exception.exception_start_time.or(exception.instance_id);
    exceptions.iter().filter_map(original).map(CompactDateTime::timestamp).collect()
}

/// A time as a file says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    At(Timestamp),
    Day(Date),
}

impl When {
    fn of(line: &Line) -> Option<Self> {
        Self::all(line).next()
    }

    fn all(line: &Line) -> impl Iterator<Item = Self> {
        line.raw.split(',').filter_map(|value| {
            if let Some(utc) = value.strip_suffix('Z') {
                return Some(Self::At(TimeZone::UTC.to_timestamp(date_time(utc)?).ok()?));
            }
            if value.len() == 8 {
                return Some(Self::Day(Date::strptime("%Y%m%d", value).ok()?));
            }
            let zone = zone(line.parameter("TZID"))?;
            Some(Self::At(zone.to_timestamp(date_time(value)?).ok()?))
        })
    }

    fn instant(self) -> Option<Timestamp> {
        match self {
            Self::At(time) => Some(time),
            Self::Day(_) => None,
        }
    }

    fn after(self, duration: &str) -> Option<Self> {
        let duration: SignedDuration = duration.parse().ok()?;
        Some(match self {
            Self::At(time) => Self::At(time.checked_add(duration).ok()?),
            Self::Day(date) => Self::Day(date.checked_add(duration).ok()?),
        })
    }

    fn end_of_day(self) -> Option<Self> {
        match self {
            Self::At(_) => None,
            Self::Day(date) => Some(Self::Day(date.tomorrow().ok()?)),
        }
    }

    /// A day begins at midnight of some zone on earth.
    fn is(self, found: Timestamp) -> bool {
        match self {
            Self::At(time) => time == found,
            Self::Day(date) => {
                let midnight = TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0));
                midnight.is_ok_and(|midnight| {
                    midnight.duration_since(found).abs() <= SignedDuration::from_hours(14)
                })
            }
        }
    }
}

fn date_time(value: &str) -> Option<DateTime> {
    DateTime::strptime("%Y%m%dT%H%M%S", value).ok()
}

/// What names no zone is in that of the reader, which is UTC on this server.
fn zone(name: Option<&str>) -> Option<TimeZone> {
    match name {
        None => Some(TimeZone::UTC),
        Some("W. Europe Standard Time") => TimeZone::get("Europe/Berlin").ok(),
        Some(name) => TimeZone::get(name).ok(),
    }
}

#[cfg(test)]
mod tests {
    use activesync_types::convert::icalendar::{self, Settings};

    use super::*;

    fn arrived() -> Vec<Calendar<'static>> {
        let settings = Settings::default();
        let events = |file: sample::SampleFile| -> Vec<_> {
            let text = std::str::from_utf8(file.bytes).unwrap();
            icalendar::parse(text, &settings).map(|event| event.unwrap().calendar).collect()
        };
        sample::events().into_iter().flat_map(events).collect()
    }

    #[test]
    fn events_like_the_files_are_accepted() {
        let mut checks = Checks::new("Comparison");
        assert_eq!(compare(&arrived(), &mut checks).unwrap(), 17);
        assert!(checks.held() > 150, "{}", checks.held());
    }

    type Change = fn(&mut Calendar<'_>);

    #[test]
    fn whatever_differs_is_found() {
        let changes: [(&str, Change); 6] = [
            ("the start in 04", |event| event.start_time = event.end_time),
            ("the end in 04", |event| event.end_time = event.start_time),
            ("the location in 04", |event| (event.location, event.location_text) = (None, None)),
            ("a recurrence in 04", |event| event.recurrence = None),
            ("left out in 04", |event| event.exceptions.as_mut().unwrap().retain(|one| !one.is_deleted())),
            ("changed in 04", |event| event.exceptions.as_mut().unwrap().truncate(2)),
        ];
        for (expected, change) in changes {
            let mut events = arrived();
            let briefing = events.iter_mut().find(|event| event.subject.as_deref() == Some("Pilot briefing"));
            change(briefing.unwrap());
            let failure = compare(&events, &mut Checks::new("Comparison")).unwrap_err();
            assert!(failure.expected.starts_with(expected), "{failure}");
        }
    }
}
