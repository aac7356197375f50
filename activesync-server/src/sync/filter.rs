//! The filter by age.

use activesync_types::sync::FilterType;
use jiff::{SignedDuration, Timestamp};

const HOUR: i64 = 3600;

/// Items with a date before this are not synchronized; `None` if all are.
///
/// It moves with the clock in steps of an hour, and is never later than what was asked for.
pub(super) fn cutoff(filter: FilterType, now: Timestamp) -> Option<Timestamp> {
    let days = match filter {
        FilterType::OneDay => 1,
        FilterType::ThreeDays => 3,
        FilterType::OneWeek => 7,
        FilterType::TwoWeeks => 14,
        // The longest that a month, three and six of them can be.
        FilterType::OneMonth => 31,
        FilterType::ThreeMonths => 92,
        FilterType::SixMonths => 184,
        FilterType::All | FilterType::IncompleteTasks | FilterType::Other(_) => return None,
    };
    let then = now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN);
    Some(Timestamp::from_second(then.as_second().div_euclid(HOUR) * HOUR).unwrap_or(Timestamp::MIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cutoff_lies_so_many_days_back_on_the_hour() {
        let now = "2024-07-31T10:59:59Z".parse().unwrap();
        for (filter, expected) in [
            (FilterType::OneDay, "2024-07-30T10:00:00Z"),
            (FilterType::ThreeDays, "2024-07-28T10:00:00Z"),
            (FilterType::OneWeek, "2024-07-24T10:00:00Z"),
            (FilterType::TwoWeeks, "2024-07-17T10:00:00Z"),
            (FilterType::OneMonth, "2024-06-30T10:00:00Z"),
            (FilterType::ThreeMonths, "2024-04-30T10:00:00Z"),
            (FilterType::SixMonths, "2024-01-29T10:00:00Z"),
        ] {
            assert_eq!(cutoff(filter, now).unwrap().to_string(), expected, "{filter:?}");
        }
        assert_eq!(cutoff(FilterType::All, now), None);
        assert!(cutoff(FilterType::SixMonths, Timestamp::MIN).is_some());
    }
}
