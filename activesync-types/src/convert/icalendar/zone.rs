//! Time zones by the names that calendar files have for them, or by their definitions in the file.

use std::str::FromStr as _;

use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarDay, ICalendarEntry, ICalendarFrequency,
    ICalendarMonth, ICalendarProperty, ICalendarRecurrenceRule, ICalendarValue,
};
use jiff::civil;
use jiff::tz::TimeZone as Zone;

use super::rule::{weekday_from, weekday_to};
use crate::time_zone::{SystemTime, TimeZone, ZoneName};

/// The zone of a `TZID`, for a local time.
pub(super) fn resolve(calendar: &ICalendar, tzid: &str, local: civil::DateTime) -> Option<Zone> {
    named(tzid).or_else(|| {
        let definition = calendar
            .timezones()
            .find(|definition| text(definition, &ICalendarProperty::Tzid) == Some(tzid))?;
        let known = definition.timezone().and_then(|(_, zone)| named(&zone.name()?));
        known.or_else(|| defined(calendar, definition, local)?.to_zone())
    })
}

/// A zone by its IANA name, with anything before it, or by its Windows name.
fn named(name: &str) -> Option<Zone> {
    let database = jiff::tz::db();
    let tails = name.match_indices('/').map(|(at, _)| &name[at + 1..]);
    if let Some(zone) = [name].into_iter().chain(tails).find_map(|name| database.get(name).ok()) {
        return Some(zone);
    }
    database.get(&Tz::from_str(name).ok()?.name()?).ok()
}

/// The zone that a `VTIMEZONE` defines: its newest rules for either kind of time. None if these are no rules by which
/// clocks change each year, unless they have not changed any more since before the local time.
fn defined(
    calendar: &ICalendar,
    definition: &ICalendarComponent,
    local: civil::DateTime,
) -> Option<TimeZone> {
    let newest = |kind: ICalendarComponentType| {
        let children = definition.component_ids.iter().filter_map(|id| calendar.component_by_id(*id));
        children.filter(|child| child.component_type == kind).max_by_key(|child| start(child))
    };
    let standard = newest(ICalendarComponentType::Standard)?;
    let bias = -offset_to(standard)?;
    let mut zone = TimeZone { bias, ..TimeZone::default() };
    zone.standard_name = ZoneName::new(text(definition, &ICalendarProperty::Tzid).unwrap_or_default());
    let Some(daylight) = newest(ICalendarComponentType::Daylight) else { return Some(zone) };
    if let Some((from, to)) = date(daylight).zip(date(standard)) {
        zone.daylight_date = from;
        zone.standard_date = to;
        zone.daylight_bias = -offset_to(daylight)? - bias;
        return Some(zone);
    }
    let is_over = start(daylight) < start(standard) && start(standard).is_some_and(|since| since <= local);
    (is_over && ends(daylight) && ends(standard)).then_some(zone)
}

/// Whether it begins once, or a number of times.
fn ends(observance: &ICalendarComponent) -> bool {
    let rule = observance.property(&ICalendarProperty::Rrule).map(|rule| rule.values.first());
    rule.is_none_or(|rule| match rule {
        Some(ICalendarValue::RecurrenceRule(rule)) => rule.until.is_some() || rule.count.is_some(),
        _ => false,
    })
}

/// When the observance begins each year; none if it begins once.
fn date(observance: &ICalendarComponent) -> Option<SystemTime> {
    let start = start(observance)?;
    let rule = observance.property(&ICalendarProperty::Rrule)?.values.first()?;
    let ICalendarValue::RecurrenceRule(rule) = rule else { return None };
    let [ICalendarDay { ordwk, weekday }] = rule.byday[..] else { return None };
    let month = rule.bymonth.first().map_or(start.month().unsigned_abs(), ICalendarMonth::month);
    let nth = match ordwk {
        Some(-1) => 5,
        Some(nth @ 1..=4) => nth.unsigned_abs(),
        // The Sunday on or after the 8th is the second one.
        None => u16::from((rule.bymonthday.first()?.unsigned_abs().checked_sub(1)?) / 7 + 1),
        Some(_) => return None,
    };
    let word = |number: i8| u16::from(number.unsigned_abs());
    Some(SystemTime {
        year: 0,
        month: u16::from(month),
        day_of_week: word(weekday_from(weekday).to_sunday_zero_offset()),
        day: nth,
        hour: word(start.hour()),
        minute: word(start.minute()),
        second: word(start.second()),
        millisecond: 0,
    })
}

fn start(observance: &ICalendarComponent) -> Option<civil::DateTime> {
    let start = observance.property(&ICalendarProperty::Dtstart)?.values.first()?;
    super::moment::civil(start.as_partial_date_time()?).map(|(local, _)| local)
}

/// Minutes east of UTC.
fn offset_to(observance: &ICalendarComponent) -> Option<i32> {
    let offset =
        observance.property(&ICalendarProperty::Tzoffsetto)?.values.first()?.as_partial_date_time()?;
    let minutes = i32::from(offset.tz_hour?) * 60 + i32::from(offset.tz_minute.unwrap_or_default());
    Some(if offset.tz_minus { -minutes } else { minutes })
}

fn text<'c>(component: &'c ICalendarComponent, name: &ICalendarProperty) -> Option<&'c str> {
    component.property(name)?.values.first()?.as_text()
}

/// Defines a zone that has no IANA name.
pub(super) fn define(calendar: &mut ICalendar, tzid: &str, zone: &TimeZone, year: i16) {
    let parent = calendar.components.len();
    let mut definition = ICalendarComponent::new(ICalendarComponentType::VTimezone);
    definition.add_property(ICalendarProperty::Tzid, tzid);
    calendar.components.push(definition);
    let standard = -(zone.bias + zone.standard_bias);
    let daylight = -(zone.bias + zone.daylight_bias);
    let changes = zone.standard_date.month != 0 && zone.daylight_date.month != 0;
    let before = if changes { daylight } else { standard };
    let mut observances =
        vec![observance(ICalendarComponentType::Standard, before, standard, &zone.standard_date, year)];
    if changes {
        let kind = ICalendarComponentType::Daylight;
        observances.push(observance(kind, standard, daylight, &zone.daylight_date, year));
    }
    for observance in observances {
        let id = u32::try_from(calendar.components.len()).unwrap_or(u32::MAX);
        calendar.components.push(observance);
        calendar.components[parent].component_ids.push(id);
    }
    let id = u32::try_from(parent).unwrap_or(u32::MAX);
    calendar.components[0].component_ids.insert(0, id);
}

fn observance(
    kind: ICalendarComponentType,
    from: i32,
    to: i32,
    date: &SystemTime,
    year: i16,
) -> ICalendarComponent {
    let mut observance = ICalendarComponent::new(kind);
    observance.add_property(ICalendarProperty::Tzoffsetfrom, offset(from));
    observance.add_property(ICalendarProperty::Tzoffsetto, offset(to));
    let start = first_change(date, year).unwrap_or(civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
    let start = super::write::local(start);
    observance.add_property(ICalendarProperty::Dtstart, start);
    if date.month != 0 && date.year == 0 {
        let weekday = i8::try_from(date.day_of_week)
            .ok()
            .and_then(|day| civil::Weekday::from_sunday_zero_offset(day).ok());
        let rule = ICalendarRecurrenceRule {
            freq: ICalendarFrequency::Yearly,
            bymonth: vec![ICalendarMonth::new(u8::try_from(date.month).unwrap_or(1), false)],
            byday: vec![ICalendarDay {
                ordwk: Some(if date.day >= 5 { -1 } else { date.day.cast_signed() }),
                weekday: weekday_to(weekday.unwrap_or(civil::Weekday::Sunday)),
            }],
            ..ICalendarRecurrenceRule::default()
        };
        observance.entries.push(ICalendarEntry::new(ICalendarProperty::Rrule).with_value(rule));
    }
    observance
}

/// The local time of the change in the year before the event.
fn first_change(date: &SystemTime, year: i16) -> Option<civil::DateTime> {
    let number = |word: u16| i8::try_from(word).ok();
    let weekday = civil::Weekday::from_sunday_zero_offset(number(date.day_of_week)?).ok()?;
    let month = civil::Date::new(year - 1, number(date.month)?, 1).ok()?;
    let nth = if date.day >= 5 { -1 } else { number(date.day)? };
    let day = month.nth_weekday_of_month(nth, weekday).ok()?;
    day.to_datetime(civil::Time::new(number(date.hour)?, number(date.minute)?, number(date.second)?, 0).ok()?)
        .into()
}

fn offset(minutes: i32) -> PartialDateTime {
    let number = |minutes: u32| u8::try_from(minutes).unwrap_or_default();
    PartialDateTime {
        tz_hour: Some(number(minutes.unsigned_abs() / 60)),
        tz_minute: Some(number(minutes.unsigned_abs() % 60)),
        tz_minus: minutes < 0,
        ..PartialDateTime::default()
    }
}
