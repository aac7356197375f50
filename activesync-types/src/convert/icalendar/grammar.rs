//! How values have to be written: the parser takes what it can of those that are not, and drops the rest.

/// Whether it is a day or a time: `20240301`, `20240301T100000`, with `Z` or an offset.
pub(super) fn is_moment(text: &str) -> bool {
    let (day, time) = match text.split_once(['T', 't']) {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    is_digits(day, &[8]) && time.is_none_or(is_time)
}

fn is_time(time: &str) -> bool {
    let clock = match time.split_once(['+', '-']) {
        Some((clock, offset)) if is_digits(offset, &[4]) => clock,
        Some(_) => return false,
        None => time.strip_suffix(['Z', 'z']).unwrap_or(time),
    };
    is_digits(clock, &[4, 6])
}

fn is_digits(text: &str, lengths: &[usize]) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it is a length of time: `PT1H30M`, `-P1W`.
pub(super) fn is_duration(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text).to_ascii_uppercase();
    let Some(parts) = text.strip_prefix('P') else { return false };
    let (days, time) = parts.split_once('T').map_or((parts, None), |(days, time)| (days, Some(time)));
    let are_units = |text: &str, units: &str| {
        let numbers: Vec<&str> = text.split_inclusive(|unit: char| !unit.is_ascii_digit()).collect();
        numbers.iter().all(|part| {
            part.len() > 1
                && part.ends_with(|unit| units.contains(unit))
                && part[..part.len() - 1].parse::<u32>().is_ok()
        })
    };
    !(days.is_empty() && time.is_none_or(str::is_empty))
        && are_units(days, "WD")
        && time.is_none_or(|time| !time.is_empty() && are_units(time, "HMS"))
}

/// What is expected of a rule.
pub(super) const RULE: &str = "a recurrence rule such as FREQ=WEEKLY;BYDAY=MO";

/// The first part of a rule that cannot be read, with what is expected instead.
pub(super) fn fault(rule: &str) -> Option<(&'static str, &str)> {
    let (mut has_frequency, mut has_end) = (false, false);
    for part in rule.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let Some((name, values)) = part.split_once('=') else { return Some((RULE, part)) };
        let name = name.trim().to_ascii_uppercase();
        has_frequency |= name == "FREQ";
        // RFC 5545, 3.3.10: there is one of them at most. Which one was meant, nobody knows.
        if matches!(&*name, "COUNT" | "UNTIL") && std::mem::replace(&mut has_end, true) {
            return Some(("COUNT or UNTIL and not both", part));
        }
        let (expected, reads): (_, fn(&str) -> bool) = match &*name {
            "FREQ" => ("SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY", is_frequency),
            "UNTIL" => ("a day or time such as 20240301T100000Z", is_moment),
            "COUNT" => ("a number from 1 on", |value| is_number(value, 1, u32::MAX)),
            "INTERVAL" => ("a number from 1 to 65535", |value| is_number(value, 1, u32::from(u16::MAX))),
            "BYSECOND" => ("seconds from 0 to 60", |value| is_number(value, 0, 60)),
            "BYMINUTE" => ("minutes from 0 to 59", |value| is_number(value, 0, 59)),
            "BYHOUR" => ("hours from 0 to 23", |value| is_number(value, 0, 23)),
            "BYDAY" => ("days of the week such as MO or -1FR", is_day),
            "BYMONTHDAY" => ("days from 1 to 31 or -1 to -31", |value| is_ordinal(value, 31)),
            "BYYEARDAY" => ("days from 1 to 366 or -1 to -366", |value| is_ordinal(value, 366)),
            "BYWEEKNO" => ("weeks from 1 to 53 or -1 to -53", |value| is_ordinal(value, 53)),
            "BYMONTH" => ("months from 1 to 12", is_month),
            "BYSETPOS" => ("numbers from 1 to 366 or -1 to -366", |value| is_ordinal(value, 366)),
            "WKST" => ("a day of the week such as MO", is_weekday),
            "RSCALE" => ("the name of a calendar", |value| !value.is_empty()),
            "SKIP" => {
                ("OMIT, BACKWARD or FORWARD", |value| is_one_of(value, &["OMIT", "BACKWARD", "FORWARD"]))
            }
            _ => (RULE, |_| false),
        };
        let is_list = name.starts_with("BY");
        let reads_all =
            if is_list { values.split(',').all(|value| reads(value.trim())) } else { reads(values.trim()) };
        if !reads_all {
            return Some((expected, part));
        }
    }
    (!has_frequency).then_some((RULE, rule))
}

fn is_frequency(value: &str) -> bool {
    is_one_of(value, &["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
}

fn is_number(value: &str, least: u32, most: u32) -> bool {
    value.parse().is_ok_and(|number| (least..=most).contains(&number))
}

fn is_ordinal(value: &str, most: u32) -> bool {
    is_number(value.strip_prefix(['+', '-']).unwrap_or(value), 1, most)
}

fn is_month(value: &str) -> bool {
    is_number(value.strip_suffix(['L', 'l']).unwrap_or(value), 1, 13)
        && (value.ends_with(['L', 'l']) || value != "13")
}

fn is_day(value: &str) -> bool {
    value
        .len()
        .checked_sub(2)
        .and_then(|at| value.split_at_checked(at))
        .is_some_and(|(ordinal, day)| is_weekday(day) && (ordinal.is_empty() || is_ordinal(ordinal, 53)))
}

fn is_weekday(value: &str) -> bool {
    is_one_of(value, &["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
}

fn is_one_of(value: &str, words: &[&str]) -> bool {
    words.iter().any(|word| value.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_days_and_times() {
        for good in
            ["20240301", "20240301T100000", "20240301T100000Z", "20240301t1000z", "20240301T100000+0530"]
        {
            assert!(is_moment(good), "{good}");
        }
        for bad in [
            "",
            "soon",
            "2024033",
            "20240301T",
            "20240301T1",
            "20240301T100000 o'clock",
            "2024-03-01",
            "２0240301",
        ] {
            assert!(!is_moment(bad), "{bad}");
        }
    }

    #[test]
    fn durations_have_a_unit_for_each_number() {
        for good in ["P1W", "PT1H30M", "-P1DT2H", "+PT0S", "P15DT5H0M20S"] {
            assert!(is_duration(good), "{good}");
        }
        for bad in ["", "P", "PT", "1H", "PT1", "PT1H30", "P1H", "PTH", "PT99999999999S", "PT1H soon"] {
            assert!(!is_duration(bad), "{bad}");
        }
    }

    #[test]
    fn of_a_rule_the_part_is_named_that_cannot_be_read() {
        for good in [
            "FREQ=DAILY",
            "freq=weekly;byday=mo, tu;",
            "FREQ=YEARLY;BYMONTH=2;BYDAY=-1SU;COUNT=3;INTERVAL=2;WKST=SU",
            "FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20241218T083000Z",
            "FREQ=HOURLY;BYHOUR=9,10;BYMINUTE=0;BYSECOND=0;BYSETPOS=-1;BYYEARDAY=1;BYWEEKNO=53;RSCALE=GREGORIAN;SKIP=OMIT",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for (bad, part) in [
            ("FREQ=SOMETIMES", "FREQ=SOMETIMES"),
            ("FREQ=WEEKLY;BYDAY=XX;UNTIL=soon", "BYDAY=XX"),
            ("FREQ=WEEKLY;UNTIL=soon", "UNTIL=soon"),
            ("FREQ=DAILY;COUNT=-5", "COUNT=-5"),
            ("FREQ=DAILY;COUNT=0", "COUNT=0"),
            ("FREQ=DAILY;INTERVAL=65537", "INTERVAL=65537"),
            ("FREQ=DAILY;INTERVAL=0", "INTERVAL=0"),
            ("FREQ=DAILY;COUNT=5;UNTIL=20310201T000000Z", "UNTIL=20310201T000000Z"),
            ("FREQ=MONTHLY;BYMONTHDAY=300", "BYMONTHDAY=300"),
            ("FREQ=YEARLY;BYMONTH=13;BYMONTHDAY=1", "BYMONTH=13"),
            ("FREQ=WEEKLY;BYDAY=MO,,TU", "BYDAY=MO,,TU"),
            ("FREQ=DAILY;EVERY=OTHER", "EVERY=OTHER"),
            ("every day", "every day"),
            ("COUNT=3", "COUNT=3"),
        ] {
            assert_eq!(fault(bad).map(|(_, found)| found), Some(part), "{bad}");
        }
    }
}
