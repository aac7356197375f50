//! Dates and times in the two forms that the wire knows.
//!
//! Mail, contacts and tasks write `2024-02-29T07:08:09.000Z` ([`DateTime`]); calendar items, notes, and the end
//! of a recurrence that is not a task's, write `20240301T090000Z` ([`CompactDateTime`]). Devices mix the two up,
//! so that each type reads both and writes its own. All times are UTC.
//!
//! ```
//! use activesync_types::date_time::{CompactDateTime, DateTime};
//!
//! let received: DateTime = "2024-02-29T07:08:09.000Z".parse()?;
//! let start: CompactDateTime = received.into();
//! assert_eq!(start.to_string(), "20240229T070809Z");
//! assert_eq!(start, "2024-02-29T07:08:09Z".parse()?);
//! # Ok::<(), activesync_types::date_time::InvalidDateTime>(())
//! ```

use core::fmt;
use core::str::FromStr;

use jiff::tz::TimeZone as Zone;
use jiff::{SignedDuration, Timestamp, civil};
use wbxml::{Decode, Encode, IntoOwned, Reader, Writer};

/// A point in time to the millisecond, written `2024-02-29T07:08:09.000Z`. [MS-ASDTYPE] 2.3
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(Timestamp);

/// A point in time to the second, written `20240301T090000Z`. [MS-ASDTYPE] 2.7.5
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CompactDateTime(Timestamp);

/// What was read is no date in any form that ActiveSync or its devices use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidDateTime;

impl fmt::Display for InvalidDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a date like 2024-02-29T07:08:09.000Z or 20240229T070809Z")
    }
}

impl core::error::Error for InvalidDateTime {}

macro_rules! date_time {
    ($name:ident, $milliseconds:literal, $expected:literal) => {
        impl $name {
            /// The given time, cut to the precision of the wire form and to the years 0 to 9999 that it can write.
            pub fn new(timestamp: Timestamp) -> Self {
                Self(representable(timestamp, $milliseconds))
            }

            /// The time as `jiff` knows it.
            pub const fn timestamp(self) -> Timestamp {
                self.0
            }

            /// Midnight (UTC) of a day: birthdays, and all-day events of 16.0 and later.
            pub fn midnight(date: civil::Date) -> Self {
                Zone::UTC.to_timestamp(date.at(0, 0, 0, 0)).map_or_else(|_| Self::default(), Self::new)
            }

            /// The day (UTC).
            pub fn date(self) -> civil::Date {
                Zone::UTC.to_datetime(self.0).date()
            }
        }

        impl From<Timestamp> for $name {
            fn from(timestamp: Timestamp) -> Self {
                Self::new(timestamp)
            }
        }

        impl From<$name> for Timestamp {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidDateTime;

            fn from_str(text: &str) -> Result<Self, InvalidDateTime> {
                parse(text).map(Self::new)
            }
        }

        impl<'de> Decode<'de> for $name {
            fn decode(reader: &mut Reader<'de>) -> wbxml::Result<Self> {
                reader.parse_text($expected)
            }

            fn decode_optional(reader: &mut Reader<'de>) -> wbxml::Result<Option<Self>> {
                reader.unless_empty()
            }
        }

        impl Encode for $name {
            fn encode(&self, writer: &mut Writer<'_>) -> wbxml::Result<()> {
                writer.display(self)
            }
        }

        impl IntoOwned for $name {
            type Owned = Self;

            fn into_owned(self) -> Self {
                self
            }
        }

        #[cfg(feature = "arbitrary")]
        impl arbitrary::Arbitrary<'_> for $name {
            fn arbitrary(u: &mut arbitrary::Unstructured<'_>) -> arbitrary::Result<Self> {
                let millisecond = u.int_in_range(-62_167_219_200_000_i64..=253_402_200_000_000)?;
                Ok(Self::new(Timestamp::from_millisecond(millisecond).unwrap_or_default()))
            }
        }
    };
}

date_time!(DateTime, 1, "a date like 2024-02-29T07:08:09.000Z");
date_time!(CompactDateTime, 1000, "a date like 20240229T070809Z");

impl From<CompactDateTime> for DateTime {
    fn from(value: CompactDateTime) -> Self {
        Self(value.0)
    }
}

impl From<DateTime> for CompactDateTime {
    fn from(value: DateTime) -> Self {
        Self::new(value.0)
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = Zone::UTC.to_datetime(self.0);
        let (year, month, day) = (t.year(), t.month(), t.day());
        let (hour, minute, second, millisecond) = (t.hour(), t.minute(), t.second(), t.millisecond());
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
    }
}

impl fmt::Display for CompactDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = Zone::UTC.to_datetime(self.0);
        let (year, month, day, hour, minute, second) =
            (t.year(), t.month(), t.day(), t.hour(), t.minute(), t.second());
        write!(f, "{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
    }
}

/// Rounds down to a whole number of `step` milliseconds, within the years that four digits can write.
fn representable(timestamp: Timestamp, step: i64) -> Timestamp {
    let year_0 = Zone::UTC.to_timestamp(civil::date(0, 1, 1).at(0, 0, 0, 0)).unwrap_or(Timestamp::MIN);
    let milliseconds = timestamp.duration_since(year_0).max(SignedDuration::ZERO).as_millis();
    let whole = milliseconds - milliseconds.rem_euclid(i128::from(step));
    year_0 + SignedDuration::from_millis(i64::try_from(whole).unwrap_or(i64::MAX))
}

/// Either wire form, with or without a fraction, a zone (UTC if there is none) or a time (midnight if there is none).
fn parse(text: &str) -> Result<Timestamp, InvalidDateTime> {
    let text = text.trim();
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Ok(timestamp);
    }
    let local = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let local: civil::DateTime = local.parse().map_err(|_| InvalidDateTime)?;
    Zone::UTC.to_timestamp(local).map_err(|_| InvalidDateTime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_reads_both_and_writes_its_own() {
        for text in ["2024-02-29T07:08:09.123Z", "20240229T070809.123Z", " 2024-02-29T08:08:09.123+01:00 "] {
            let dashed: DateTime = text.parse().unwrap();
            assert_eq!(dashed.to_string(), "2024-02-29T07:08:09.123Z", "{text}");
            let compact: CompactDateTime = text.parse().unwrap();
            assert_eq!(compact.to_string(), "20240229T070809Z", "{text}");
        }
    }

    #[test]
    fn a_missing_time_is_midnight_and_a_missing_zone_is_utc() {
        for text in ["20240301", "2024-03-01", "2024-03-01Z", "20240301T000000", "2024-03-01T00:00:00"] {
            assert_eq!(text.parse::<CompactDateTime>().unwrap().to_string(), "20240301T000000Z", "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["", "Z", "yesterday", "2023-02-29T00:00:00Z", "20241301T000000Z", "20240301T250000Z"] {
            assert_eq!(text.parse::<DateTime>(), Err(InvalidDateTime), "{text}");
        }
    }

    #[test]
    fn times_before_1970_round_down_like_all_others() {
        let half_past: DateTime = "1815-12-10T00:00:00.500Z".parse().unwrap();
        assert_eq!(CompactDateTime::from(half_past).to_string(), "18151210T000000Z");
        assert_eq!(DateTime::new(Timestamp::MIN).to_string(), "0000-01-01T00:00:00.000Z");
        assert_eq!(CompactDateTime::new(Timestamp::MAX).to_string(), "99991230T220000Z");
    }
}
