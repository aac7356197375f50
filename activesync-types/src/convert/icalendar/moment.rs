//! Days, times and lengths of time.

use calcard::common::PartialDateTime;
use calcard::icalendar::{ICalendar, ICalendarDuration, ICalendarEntry, ICalendarValue};
use jiff::civil;
use jiff::tz::{Offset, TimeZone as Zone};
use jiff::{SignedDuration, Span, Timestamp};

use super::{grammar, zone};
use crate::convert::Why;
use crate::convert::lines::Line;
use crate::convert::loss::shortened;
use crate::date_time::CompactDateTime;

/// A time or a day as it is written, with its zone.
pub(super) struct Moment {
    pub(super) local: civil::DateTime,
    pub(super) is_day: bool,
    /// Whether it names no zone.
    pub(super) is_floating: bool,
    pub(super) zone: Zone,
    pub(super) timestamp: Timestamp,
}

/// What a property holds. Times that name no zone are in the one given.
pub(super) fn moments(
    calendar: &ICalendar,
    entry: &ICalendarEntry,
    line: Option<&Line<'_>>,
    floating: &Zone,
) -> Vec<Result<Moment, Why>> {
    if entry.values.is_empty() {
        return vec![Err(no_moment(""))];
    }
    let value = line.and_then(Line::value);
    let written: Vec<&str> = match entry.values.len() {
        1 => value.into_iter().collect(),
        _ => value.into_iter().flat_map(|value| value.split(',')).collect(),
    };
    let knows_all = written.len() == entry.values.len();
    let read = |(at, value): (usize, &ICalendarValue)| {
        let written = written.get(at).filter(|_| knows_all).map(|written| written.trim());
        let found = || written.or_else(|| value.as_text()).unwrap_or_default();
        let has_time = written.is_some_and(|written| written.contains(['T', 't']));
        value
            .as_partial_date_time()
            .filter(|value| written.is_none_or(grammar::is_moment) && (value.hour.is_some() || !has_time))
            .ok_or_else(|| no_moment(found()))
            .and_then(|value| {
                let (local, is_day) = civil(value).ok_or_else(|| no_moment(found()))?;
                moment(calendar, value, (local, is_day), entry.tz_id(), floating)?
                    .ok_or_else(|| Why::OutOfRange(shortened(found())))
            })
    };
    entry.values.iter().enumerate().map(read).collect()
}

fn no_moment(found: &str) -> Why {
    Why::unreadable("a day or time such as 20240301T100000Z", found)
}

/// None if it is later than a timestamp can be.
fn moment(
    calendar: &ICalendar,
    value: &PartialDateTime,
    (local, is_day): (civil::DateTime, bool),
    tzid: Option<&str>,
    floating: &Zone,
) -> Result<Option<Moment>, Why> {
    let known = || tzid.and_then(|tzid| zone::resolve(calendar, tzid, local));
    let (zone, is_floating) = match (offset(value), tzid) {
        (Some(offset), _) if !is_day => (offset, false),
        // A day is a day, whatever zone it names.
        _ if is_day => (known().unwrap_or_else(|| floating.clone()), false),
        (_, Some(tzid)) => (known().ok_or_else(|| Why::UnknownZone(tzid.to_owned()))?, false),
        (_, None) => (floating.clone(), true),
    };
    let timestamp = zone.to_timestamp(local).ok();
    Ok(timestamp.map(|timestamp| Moment { local, is_day, is_floating, zone, timestamp }))
}

/// The local time, and whether it is a whole day.
pub(super) fn civil(value: &PartialDateTime) -> Option<(civil::DateTime, bool)> {
    let number = |number: u8| i8::try_from(number).ok();
    let date = civil::Date::new(i16::try_from(value.year?).ok()?, number(value.month?)?, number(value.day?)?)
        .ok()?;
    let Some(hour) = value.hour else { return Some((date.to_datetime(civil::Time::midnight()), true)) };
    // A leap second is the second before it.
    let second = match value.second.unwrap_or_default() {
        60 => 59,
        second => second,
    };
    let time = civil::Time::new(number(hour)?, number(value.minute.unwrap_or_default())?, number(second)?, 0)
        .ok()?;
    Some((date.to_datetime(time), false))
}

/// The zone of a time that has its distance from UTC with it, most often none.
pub(super) fn offset(value: &PartialDateTime) -> Option<Zone> {
    let minutes = i32::from(value.tz_hour?) * 60 + i32::from(value.tz_minute.unwrap_or_default());
    let minutes = if value.tz_minus { -minutes } else { minutes };
    if minutes == 0 { Some(Zone::UTC) } else { Offset::from_seconds(minutes * 60).ok().map(Zone::fixed) }
}

/// The last time at which a series that begins at `start` may occur.
pub(super) fn until(end: &PartialDateTime, start: &Moment) -> Option<CompactDateTime> {
    let (local, is_day) = civil(end)?;
    // A day includes the occurrence on it, which begins at the time of the first one.
    let local = if is_day { local.date().to_datetime(start.local.time()) } else { local };
    let zone = offset(end).filter(|_| !is_day).unwrap_or_else(|| start.zone.clone());
    // The last hours of the year 9999, which mean for ever, are more than a timestamp has.
    Some(zone.to_timestamp(local).unwrap_or(Timestamp::MAX).into())
}

/// Which occurrence of the series a time names; a day names the occurrence on it.
pub(super) fn occurrence(moment: &Moment, start: &Moment) -> CompactDateTime {
    let of_day = || {
        let local = moment.local.date().to_datetime(start.local.time());
        start.zone.to_timestamp(local).ok()
    };
    let on_day = moment.is_day && !start.is_day;
    on_day.then(of_day).flatten().unwrap_or(moment.timestamp).into()
}

/// When something ends that begins at `start`; none for what is no length, or too long.
pub(super) fn after(start: &Moment, duration: &ICalendarDuration) -> Option<Timestamp> {
    // Days are days of the calendar, the rest is time that passes.
    let days = i64::from(duration.weeks) * 7 + i64::from(duration.days);
    let exact =
        i64::from(duration.hours) * 3600 + i64::from(duration.minutes) * 60 + i64::from(duration.seconds);
    let local = start.local.checked_add(Span::new().try_days(days).ok()?).ok()?;
    let end = start.zone.to_timestamp(local).ok()?.checked_add(SignedDuration::from_secs(exact)).ok()?;
    (!duration.neg || end == start.timestamp).then_some(end)
}
