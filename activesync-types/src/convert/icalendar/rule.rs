//! Between `RRULE` and [`Recurrence`].

use calcard::icalendar::{
    ICalendarDay, ICalendarFrequency, ICalendarMonth, ICalendarRecurrenceRule, ICalendarSkip,
    ICalendarWeekday,
};
use jiff::civil::{self, Weekday};

use crate::calendar::Recurrence;
use crate::date_time::CompactDateTime;
use crate::recurrence::{DaysOfWeek, FirstDayOfWeek, RecurrenceType};

/// The last week of the month.
const LAST: u32 = 5;

/// The recurrence of a series that begins at the given local time; none if there is none like that.
/// `until` is the end that the rule has, as a time in UTC.
pub(super) fn from_rule(
    rule: &ICalendarRecurrenceRule,
    start: civil::DateTime,
    until: Option<CompactDateTime>,
) -> Option<Recurrence> {
    if has_what_no_recurrence_has(rule) {
        return None;
    }
    let recurrence = Recurrence {
        interval: Some(u32::from(rule.interval.unwrap_or(1)).max(1)),
        occurrences: rule.count,
        until,
        first_day_of_week: rule.wkst.map(|day| weekday_from(day).into()),
        ..Recurrence::default()
    };
    match rule.freq {
        ICalendarFrequency::Daily => daily(rule, recurrence),
        ICalendarFrequency::Weekly => weekly(rule, start, recurrence),
        ICalendarFrequency::Monthly => monthly(rule, start, recurrence),
        ICalendarFrequency::Yearly => yearly(rule, start, recurrence),
        ICalendarFrequency::Hourly | ICalendarFrequency::Minutely | ICalendarFrequency::Secondly => None,
    }
}

fn has_what_no_recurrence_has(rule: &ICalendarRecurrenceRule) -> bool {
    let gregorian =
        rule.rscale.as_ref().is_none_or(|scale| *scale == calcard::common::CalendarScale::Gregorian);
    !(gregorian
        && rule.skip.as_ref().is_none_or(|skip| *skip == ICalendarSkip::Omit)
        && rule.bysecond.is_empty()
        && rule.byminute.is_empty()
        && rule.byhour.is_empty()
        && rule.byyearday.is_empty()
        && rule.byweekno.is_empty())
}

fn daily(rule: &ICalendarRecurrenceRule, recurrence: Recurrence) -> Option<Recurrence> {
    if !(rule.bymonth.is_empty() && rule.bymonthday.is_empty() && rule.bysetpos.is_empty()) {
        return None;
    }
    if rule.byday.is_empty() {
        return Some(Recurrence { recurrence_type: Some(RecurrenceType::Daily), ..recurrence });
    }
    // Every day that is one of these is each week on these.
    let days = (recurrence.interval == Some(1)).then(|| days(&rule.byday))??;
    Some(Recurrence { recurrence_type: Some(RecurrenceType::Weekly), day_of_week: Some(days), ..recurrence })
}

fn weekly(
    rule: &ICalendarRecurrenceRule,
    start: civil::DateTime,
    recurrence: Recurrence,
) -> Option<Recurrence> {
    if !(rule.bymonth.is_empty() && rule.bymonthday.is_empty() && rule.bysetpos.is_empty()) {
        return None;
    }
    let days = if rule.byday.is_empty() { start.weekday().into() } else { days(&rule.byday)? };
    Some(Recurrence {
        recurrence_type: Some(RecurrenceType::Weekly),
        day_of_week: Some(days),
        // Where weeks are passed over it matters, and iCalendar means Monday if it says nothing.
        first_day_of_week: recurrence
            .first_day_of_week
            .or((recurrence.interval != Some(1)).then(|| FirstDayOfWeek::from(Weekday::Monday))),
        ..recurrence
    })
}

fn monthly(
    rule: &ICalendarRecurrenceRule,
    start: civil::DateTime,
    recurrence: Recurrence,
) -> Option<Recurrence> {
    if !rule.bymonth.is_empty() {
        return None;
    }
    Some(match day(rule, start)? {
        Day::OfMonth(day) => Recurrence {
            recurrence_type: Some(RecurrenceType::Monthly),
            day_of_month: Some(day),
            ..recurrence
        },
        Day::Nth(week, days) => Recurrence {
            recurrence_type: Some(RecurrenceType::MonthlyNth),
            week_of_month: Some(week),
            day_of_week: Some(days),
            ..recurrence
        },
    })
}

fn yearly(
    rule: &ICalendarRecurrenceRule,
    start: civil::DateTime,
    recurrence: Recurrence,
) -> Option<Recurrence> {
    let month = match rule.bymonth[..] {
        [] if rule.byday.is_empty() => start.month().unsigned_abs(),
        [month] if !month.is_leap() => month.month(),
        _ => return None,
    };
    let month_of_year = Some(u32::from(month));
    Some(match day(rule, start)? {
        Day::OfMonth(day) => Recurrence {
            recurrence_type: Some(RecurrenceType::Yearly),
            day_of_month: Some(day),
            month_of_year,
            ..recurrence
        },
        Day::Nth(week, days) => Recurrence {
            recurrence_type: Some(RecurrenceType::YearlyNth),
            week_of_month: Some(week),
            day_of_week: Some(days),
            month_of_year,
            ..recurrence
        },
    })
}

/// A day of a month.
enum Day {
    OfMonth(u32),
    /// The first to fourth, or with [`LAST`] the last, of these days.
    Nth(u32, DaysOfWeek),
}

fn day(rule: &ICalendarRecurrenceRule, start: civil::DateTime) -> Option<Day> {
    let position = match rule.bysetpos[..] {
        [] => None,
        [position] => Some(week(position)?),
        _ => return None,
    };
    match (&rule.bymonthday[..], &rule.byday[..], position) {
        ([], [], None) => Some(Day::OfMonth(u32::from(start.day().unsigned_abs()))),
        ([day @ 1..=31], [], None) => Some(Day::OfMonth(u32::from(day.unsigned_abs()))),
        ([-1], [], None) => Some(Day::Nth(LAST, DaysOfWeek::ANY)),
        ([], [ICalendarDay { ordwk: Some(nth), weekday }], None) => {
            Some(Day::Nth(week(i32::from(*nth))?, weekday_from(*weekday).into()))
        }
        ([], days_of_week, Some(position)) => {
            let days = days(days_of_week)?;
            let has_meaning = days.0.is_power_of_two()
                || [DaysOfWeek::WEEKDAYS, DaysOfWeek::WEEKEND, DaysOfWeek::ANY].contains(&days);
            has_meaning.then_some(Day::Nth(position, days))
        }
        _ => None,
    }
}

fn week(position: i32) -> Option<u32> {
    match position {
        -1 => Some(LAST),
        nth @ 1..=4 => Some(nth.unsigned_abs()),
        _ => None,
    }
}

fn days(days: &[ICalendarDay]) -> Option<DaysOfWeek> {
    if days.iter().any(|day| day.ordwk.is_some()) {
        return None;
    }
    Some(days.iter().map(|day| weekday_from(day.weekday)).collect())
}

/// The rule of a recurrence; none if its type or something that the type needs is missing.
/// `until` has already the form that goes with the start.
pub(super) fn to_rule(
    recurrence: &Recurrence,
    until: Option<calcard::common::PartialDateTime>,
) -> Option<ICalendarRecurrenceRule> {
    let interval = recurrence.interval.filter(|interval| *interval > 1);
    let rule = ICalendarRecurrenceRule {
        interval: interval.and_then(|interval| u16::try_from(interval).ok()),
        count: recurrence.occurrences.filter(|_| until.is_none()),
        until,
        wkst: recurrence.first_day_of_week.and_then(FirstDayOfWeek::weekday).map(weekday_to),
        ..ICalendarRecurrenceRule::default()
    };
    let days = recurrence.day_of_week.filter(|days| days.iter().next().is_some());
    let month =
        || u8::try_from(recurrence.month_of_year?).ok().map(|month| vec![ICalendarMonth::new(month, false)]);
    let month_day = || i8::try_from(recurrence.day_of_month?).ok().map(|day| vec![day]);
    match recurrence.recurrence_type? {
        RecurrenceType::Daily => Some(match days {
            Some(days) => {
                ICalendarRecurrenceRule { freq: ICalendarFrequency::Weekly, byday: plain(days), ..rule }
            }
            None => ICalendarRecurrenceRule { freq: ICalendarFrequency::Daily, ..rule },
        }),
        RecurrenceType::Weekly => Some(ICalendarRecurrenceRule {
            freq: ICalendarFrequency::Weekly,
            byday: days.map(plain).unwrap_or_default(),
            ..rule
        }),
        RecurrenceType::Monthly => Some(ICalendarRecurrenceRule {
            freq: ICalendarFrequency::Monthly,
            bymonthday: month_day()?,
            ..rule
        }),
        RecurrenceType::MonthlyNth => {
            nth(ICalendarRecurrenceRule { freq: ICalendarFrequency::Monthly, ..rule }, recurrence, days)
        }
        RecurrenceType::Yearly => Some(ICalendarRecurrenceRule {
            freq: ICalendarFrequency::Yearly,
            bymonth: month()?,
            bymonthday: month_day()?,
            ..rule
        }),
        RecurrenceType::YearlyNth => {
            let rule =
                ICalendarRecurrenceRule { freq: ICalendarFrequency::Yearly, bymonth: month()?, ..rule };
            nth(rule, recurrence, days)
        }
        RecurrenceType::Other(_) => None,
    }
}

fn nth(
    rule: ICalendarRecurrenceRule,
    recurrence: &Recurrence,
    days: Option<DaysOfWeek>,
) -> Option<ICalendarRecurrenceRule> {
    let week = recurrence.week_of_month?;
    let days = days?;
    let position = if week >= LAST { -1 } else { i16::try_from(week).ok()? };
    if days == DaysOfWeek::ANY {
        return Some(ICalendarRecurrenceRule { bymonthday: vec![i8::try_from(position).ok()?], ..rule });
    }
    let byday = plain(days);
    Some(match byday[..] {
        [ICalendarDay { weekday, .. }] => {
            ICalendarRecurrenceRule { byday: vec![ICalendarDay { ordwk: Some(position), weekday }], ..rule }
        }
        _ => ICalendarRecurrenceRule { byday, bysetpos: vec![i32::from(position)], ..rule },
    })
}

fn plain(days: DaysOfWeek) -> Vec<ICalendarDay> {
    days.iter().map(|day| ICalendarDay { ordwk: None, weekday: weekday_to(day) }).collect()
}

pub(super) fn weekday_from(day: ICalendarWeekday) -> Weekday {
    match day {
        ICalendarWeekday::Sunday => Weekday::Sunday,
        ICalendarWeekday::Monday => Weekday::Monday,
        ICalendarWeekday::Tuesday => Weekday::Tuesday,
        ICalendarWeekday::Wednesday => Weekday::Wednesday,
        ICalendarWeekday::Thursday => Weekday::Thursday,
        ICalendarWeekday::Friday => Weekday::Friday,
        ICalendarWeekday::Saturday => Weekday::Saturday,
    }
}

pub(super) fn weekday_to(day: Weekday) -> ICalendarWeekday {
    match day {
        Weekday::Sunday => ICalendarWeekday::Sunday,
        Weekday::Monday => ICalendarWeekday::Monday,
        Weekday::Tuesday => ICalendarWeekday::Tuesday,
        Weekday::Wednesday => ICalendarWeekday::Wednesday,
        Weekday::Thursday => ICalendarWeekday::Thursday,
        Weekday::Friday => ICalendarWeekday::Friday,
        Weekday::Saturday => ICalendarWeekday::Saturday,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(rule: &str) -> ICalendarRecurrenceRule {
        let text =
            format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:{rule}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
        let calendar = calcard::icalendar::ICalendar::parse(&text).unwrap();
        match &calendar.components[1].entries[0].values[0] {
            calcard::icalendar::ICalendarValue::RecurrenceRule(rule) => *rule.clone(),
            other => panic!("{other:?}"),
        }
    }

    /// Thursday.
    const START: civil::DateTime = civil::DateTime::constant(2024, 2, 29, 10, 0, 0, 0);

    #[test]
    fn what_both_can_say_is_the_same_after_both_ways() {
        for rule in [
            "FREQ=DAILY",
            "FREQ=DAILY;INTERVAL=3;COUNT=7",
            "FREQ=WEEKLY;BYDAY=TH",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=SU",
            "FREQ=MONTHLY;BYMONTHDAY=31",
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            "FREQ=MONTHLY;BYDAY=2TU",
            "FREQ=MONTHLY;BYDAY=-1FR;INTERVAL=6",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
            "FREQ=MONTHLY;BYDAY=SU,SA;BYSETPOS=-1",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
            "FREQ=YEARLY;BYMONTH=8;BYDAY=3SA;COUNT=2",
            "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=-1",
        ] {
            let rule = parsed(rule);
            let recurrence = from_rule(&rule, START, None).unwrap_or_else(|| panic!("{rule:?}"));
            assert_eq!(to_rule(&recurrence, None), Some(rule));
        }
    }

    #[test]
    fn what_a_rule_takes_from_its_start_is_said() {
        let weekly = from_rule(&parsed("FREQ=WEEKLY"), START, None).unwrap();
        assert_eq!(weekly.day_of_week, Some(DaysOfWeek::THURSDAY));
        let monthly = from_rule(&parsed("FREQ=MONTHLY"), START, None).unwrap();
        assert_eq!(monthly.day_of_month, Some(29));
        let yearly = from_rule(&parsed("FREQ=YEARLY"), START, None).unwrap();
        assert_eq!((yearly.month_of_year, yearly.day_of_month), (Some(2), Some(29)));
        let fortnightly = from_rule(&parsed("FREQ=WEEKLY;INTERVAL=2"), START, None).unwrap();
        assert_eq!(fortnightly.first_day_of_week, Some(FirstDayOfWeek(1)));
        let working_days = from_rule(&parsed("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR"), START, None).unwrap();
        assert_eq!(working_days.recurrence_type, Some(RecurrenceType::Weekly));
        assert_eq!(working_days.day_of_week, Some(DaysOfWeek::WEEKDAYS));
    }

    #[test]
    fn what_only_rules_can_say_is_refused() {
        for rule in [
            "FREQ=HOURLY",
            "FREQ=DAILY;BYHOUR=9,17",
            "FREQ=DAILY;INTERVAL=2;BYDAY=MO",
            "FREQ=WEEKLY;BYMONTHDAY=13",
            "FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=FORWARD;BYMONTHDAY=31",
            "FREQ=MONTHLY;BYMONTHDAY=1,15",
            "FREQ=MONTHLY;BYMONTHDAY=-2",
            "FREQ=MONTHLY;BYDAY=5MO",
            "FREQ=MONTHLY;BYDAY=-2MO",
            "FREQ=MONTHLY;BYDAY=MO",
            "FREQ=MONTHLY;BYDAY=1MO,3MO",
            "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1",
            "FREQ=YEARLY;BYWEEKNO=20",
            "FREQ=YEARLY;BYMONTH=1,7",
            "FREQ=YEARLY;BYDAY=20MO",
            "FREQ=YEARLY;BYYEARDAY=100",
        ] {
            assert_eq!(from_rule(&parsed(rule), START, None), None, "{rule}");
        }
    }

    #[test]
    fn a_daily_recurrence_with_days_is_weekly() {
        let recurrence = Recurrence {
            recurrence_type: Some(RecurrenceType::Daily),
            day_of_week: Some(DaysOfWeek::MONDAY),
            ..Recurrence::default()
        };
        assert_eq!(to_rule(&recurrence, None), Some(parsed("FREQ=WEEKLY;BYDAY=MO")));
        let incomplete =
            Recurrence { recurrence_type: Some(RecurrenceType::Monthly), ..Recurrence::default() };
        assert_eq!(to_rule(&incomplete, None), None);
        assert_eq!(to_rule(&Recurrence::default(), None), None);
    }
}
