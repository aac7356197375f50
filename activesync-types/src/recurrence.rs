//! What the recurrences of events, tasks and meeting requests have in common.
//!
//! Each class has its own `Recurrence` element on its own code page
//! ([`calendar::Recurrence`](crate::calendar::Recurrence), [`email::Recurrence`](crate::email::Recurrence),
//! [`tasks::Recurrence`](crate::tasks::Recurrence)); the values inside are the same.

use core::fmt;
use core::ops::{BitOr, BitOrAssign};

use jiff::civil::Weekday;
use wbxml::{Decode, Encode, IntoOwned};

/// The unit of a recurrence, which decides which other elements it has. [MS-ASCAL] 2.2.2.45
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum RecurrenceType {
    /// Every `Interval` days; with `DayOfWeek`, on those days of each week.
    #[default]
    #[wbxml(0)]
    Daily,
    /// On the days in `DayOfWeek`, every `Interval` weeks.
    #[wbxml(1)]
    Weekly,
    /// On the day `DayOfMonth`, every `Interval` months.
    #[wbxml(2)]
    Monthly,
    /// On the `WeekOfMonth`th `DayOfWeek`, every `Interval` months.
    #[wbxml(3)]
    MonthlyNth,
    /// On the day `DayOfMonth` of the month `MonthOfYear`, every `Interval` years.
    #[wbxml(5)]
    Yearly,
    /// On the `WeekOfMonth`th `DayOfWeek` of the month `MonthOfYear`, every `Interval` years.
    #[wbxml(6)]
    YearlyNth,
    /// A number without a meaning in the specification.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] i32),
}

/// A set of weekdays: the sum of one bit a day. [MS-ASCAL] 2.2.2.15
///
/// In a recurrence by the nth day of a month three sums mean more than their days: [`DaysOfWeek::WEEKDAYS`],
/// [`DaysOfWeek::WEEKEND`] and [`DaysOfWeek::ANY`] count working days, days of the weekend and any days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct DaysOfWeek(pub u16);

impl DaysOfWeek {
    /// Sunday.
    pub const SUNDAY: Self = Self(1);
    /// Monday.
    pub const MONDAY: Self = Self(2);
    /// Tuesday.
    pub const TUESDAY: Self = Self(4);
    /// Wednesday.
    pub const WEDNESDAY: Self = Self(8);
    /// Thursday.
    pub const THURSDAY: Self = Self(16);
    /// Friday.
    pub const FRIDAY: Self = Self(32);
    /// Saturday.
    pub const SATURDAY: Self = Self(64);
    /// Monday to Friday.
    pub const WEEKDAYS: Self = Self(62);
    /// Saturday and Sunday.
    pub const WEEKEND: Self = Self(65);
    /// All seven days; in a monthly or yearly recurrence, the day itself rather than a weekday.
    pub const ANY: Self = Self(127);

    /// Whether all of `days` are in the set.
    #[must_use]
    pub const fn contains(self, days: Self) -> bool {
        self.0 & days.0 == days.0
    }

    /// The days in the set, Sunday first; bits that stand for no day are passed over.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        (0..7)
            .filter(move |bit| self.0 & (1 << bit) != 0)
            .map(|bit| sunday_based(bit).unwrap_or(Weekday::Sunday))
    }
}

impl From<Weekday> for DaysOfWeek {
    fn from(day: Weekday) -> Self {
        Self(1 << day.to_sunday_zero_offset())
    }
}

impl FromIterator<Weekday> for DaysOfWeek {
    fn from_iter<I: IntoIterator<Item = Weekday>>(days: I) -> Self {
        days.into_iter().fold(Self(0), |set, day| set | day.into())
    }
}

impl BitOr for DaysOfWeek {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for DaysOfWeek {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl fmt::Display for DaysOfWeek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The day with which a week begins, 0 (Sunday) to 6 (Saturday). [MS-ASCAL] 2.2.2.24
///
/// Devices send other numbers too; they are kept, and [`FirstDayOfWeek::weekday`] is `None` for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct FirstDayOfWeek(pub i32);

impl FirstDayOfWeek {
    /// The weekday, if the number stands for one.
    #[must_use]
    pub fn weekday(self) -> Option<Weekday> {
        i8::try_from(self.0).ok().and_then(sunday_based)
    }
}

impl From<Weekday> for FirstDayOfWeek {
    fn from(day: Weekday) -> Self {
        Self(i32::from(day.to_sunday_zero_offset()))
    }
}

/// The calendar system in which a recurrence counts months and years. [MS-ASCAL] 2.2.2.10
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum CalendarType {
    /// The calendar of the user's settings.
    #[default]
    #[wbxml(0)]
    Default,
    /// Gregorian.
    #[wbxml(1)]
    Gregorian,
    /// Gregorian (United States).
    #[wbxml(2)]
    GregorianUs,
    /// Japanese Emperor Era.
    #[wbxml(3)]
    JapaneseEmperorEra,
    /// Taiwan.
    #[wbxml(4)]
    Taiwan,
    /// Korean Tangun Era.
    #[wbxml(5)]
    KoreanTangunEra,
    /// Hijri (Arabic Lunar).
    #[wbxml(6)]
    Hijri,
    /// Thai.
    #[wbxml(7)]
    Thai,
    /// Hebrew Lunar.
    #[wbxml(8)]
    HebrewLunar,
    /// Gregorian (Middle East French).
    #[wbxml(9)]
    GregorianMiddleEastFrench,
    /// Gregorian (Arabic).
    #[wbxml(10)]
    GregorianArabic,
    /// Gregorian (Transliterated English).
    #[wbxml(11)]
    GregorianTransliteratedEnglish,
    /// Gregorian (Transliterated French).
    #[wbxml(12)]
    GregorianTransliteratedFrench,
    /// Japanese Lunar.
    #[wbxml(14)]
    JapaneseLunar,
    /// Chinese Lunar.
    #[wbxml(15)]
    ChineseLunar,
    /// Korean Lunar.
    #[wbxml(20)]
    KoreanLunar,
    /// A reserved number (13, 16 to 19, 21 to 23), or one that the specification does not have.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] i32),
}

fn sunday_based(offset: i8) -> Option<Weekday> {
    Weekday::from_sunday_zero_offset(offset).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_bits_from_sunday_up() {
        let days: DaysOfWeek = [Weekday::Monday, Weekday::Friday].into_iter().collect();
        assert_eq!(days, DaysOfWeek::MONDAY | DaysOfWeek::FRIDAY);
        assert_eq!(days.0, 34);
        assert!(DaysOfWeek::WEEKDAYS.contains(days));
        assert!(!DaysOfWeek::WEEKEND.contains(days));
        assert_eq!(DaysOfWeek::WEEKEND.iter().collect::<Vec<_>>(), [Weekday::Sunday, Weekday::Saturday]);
        assert_eq!(DaysOfWeek(0xFFFF).iter().count(), 7);
    }

    #[test]
    fn a_first_day_out_of_range_is_no_weekday() {
        assert_eq!(FirstDayOfWeek(0).weekday(), Some(Weekday::Sunday));
        assert_eq!(FirstDayOfWeek::from(Weekday::Saturday), FirstDayOfWeek(6));
        assert_eq!(FirstDayOfWeek(7).weekday(), None);
        assert_eq!(FirstDayOfWeek(-1).weekday(), None);
        assert_eq!(FirstDayOfWeek(256).weekday(), None);
    }
}
