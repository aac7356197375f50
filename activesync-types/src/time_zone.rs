//! The time zone of an event as ActiveSync carries it: the 172 bytes of a Windows `TIME_ZONE_INFORMATION`, in base64.
//!
//! It names no zone. It holds an offset and, if clocks are changed, two dates of the year with the offsets that
//! begin on them. [`TimeZone::from_zone`] makes one of an IANA zone for a given year, [`TimeZone::to_zone`] gives
//! `jiff` the rules inside, and [`TimeZone::iana_names`] finds the IANA zones whose clocks run the same that year.
//!
//! ```
//! use activesync_types::time_zone::TimeZone;
//!
//! let berlin = jiff::tz::db().get("Europe/Berlin")?;
//! let blob = TimeZone::from_zone(&berlin, 2024);
//! assert_eq!(blob.bias, -60);
//! assert_eq!((blob.daylight_date.month, blob.daylight_date.day), (3, 5)); // the last Sunday of March
//! assert_eq!(blob.iana_name(2024).as_deref(), Some("Europe/Berlin"));
//! assert_eq!(blob.to_string().parse(), Ok(blob));
//! # Ok::<(), jiff::Error>(())
//! ```

mod rules;
mod windows;

use core::fmt;
use core::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wbxml::{Decode, Encode, IntoOwned, Reader, Writer};

/// The length in bytes of the structure.
pub const LENGTH: usize = 172;

/// The offset of a zone from UTC, and when it changes. [MS-ASDTYPE] 2.7.6
///
/// The default is UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct TimeZone {
    /// Minutes to add to local time to get UTC: 480 for UTC-8, -60 for UTC+1.
    pub bias: i32,
    /// A name for standard time; often empty.
    pub standard_name: ZoneName,
    /// When standard time begins; all zero if clocks are never changed.
    pub standard_date: SystemTime,
    /// Minutes to add to `bias` in standard time; as a rule 0.
    pub standard_bias: i32,
    /// A name for daylight saving time; often empty.
    pub daylight_name: ZoneName,
    /// When daylight saving time begins; all zero if clocks are never changed.
    pub daylight_date: SystemTime,
    /// Minutes to add to `bias` in daylight saving time; as a rule -60.
    pub daylight_bias: i32,
}

/// When clocks change, as a Windows `SYSTEMTIME`, in the local time before the change.
///
/// With year 0, `day` counts: the first to fourth, or with 5 the last, `day_of_week` of `month`. With another year
/// it is a date that comes once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct SystemTime {
    /// Year; 0 for every year.
    pub year: u16,
    /// Month, 1 to 12; 0 for no date at all.
    pub month: u16,
    /// Day of the week, 0 (Sunday) to 6 (Saturday).
    pub day_of_week: u16,
    /// Which such day of the month, 1 to 5; with a year, the day of the month.
    pub day: u16,
    /// Hour.
    pub hour: u16,
    /// Minute.
    pub minute: u16,
    /// Second.
    pub second: u16,
    /// Millisecond.
    pub millisecond: u16,
}

/// A name inside of a [`TimeZone`]: up to 32 units of UTF-16, filled up with zeros.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct ZoneName(pub [u16; 32]);

/// What was read is no time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidTimeZone {
    /// The text is no base64.
    Base64,
    /// The decoded bytes are not as many as a time zone has.
    Length(usize),
}

impl TimeZone {
    /// A zone that never changes its clocks; the offset east of UTC is in minutes.
    #[must_use]
    pub fn fixed(minutes_east: i32) -> Self {
        Self { bias: -minutes_east, ..Self::default() }
    }

    /// Reads the structure.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; LENGTH]) -> Self {
        let mut input = Input(bytes);
        Self {
            bias: input.long(),
            standard_name: input.name(),
            standard_date: input.date(),
            standard_bias: input.long(),
            daylight_name: input.name(),
            daylight_date: input.date(),
            daylight_bias: input.long(),
        }
    }

    /// Writes the structure.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        let mut output = Output { bytes: &mut bytes, at: 0 };
        output.put(self.bias.to_le_bytes());
        output.period(&self.standard_name, &self.standard_date, self.standard_bias);
        output.period(&self.daylight_name, &self.daylight_date, self.daylight_bias);
        bytes
    }
}

/// Takes fields off the front of a structure that is as long as all of them together.
struct Input<'b>(&'b [u8]);

impl Input<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        match self.0.split_first_chunk() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => [0; N],
        }
    }

    fn long(&mut self) -> i32 {
        i32::from_le_bytes(self.take())
    }

    fn word(&mut self) -> u16 {
        u16::from_le_bytes(self.take())
    }

    fn name(&mut self) -> ZoneName {
        ZoneName(core::array::from_fn(|_| self.word()))
    }

    fn date(&mut self) -> SystemTime {
        SystemTime {
            year: self.word(),
            month: self.word(),
            day_of_week: self.word(),
            day: self.word(),
            hour: self.word(),
            minute: self.word(),
            second: self.word(),
            millisecond: self.word(),
        }
    }
}

struct Output<'b> {
    bytes: &'b mut [u8; LENGTH],
    at: usize,
}

impl Output<'_> {
    fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        self.bytes[self.at..self.at + N].copy_from_slice(&bytes);
        self.at += N;
    }

    fn period(&mut self, name: &ZoneName, date: &SystemTime, bias: i32) {
        for unit in name.0 {
            self.put(unit.to_le_bytes());
        }
        let SystemTime { year, month, day_of_week, day, hour, minute, second, millisecond } = *date;
        for word in [year, month, day_of_week, day, hour, minute, second, millisecond] {
            self.put(word.to_le_bytes());
        }
        self.put(bias.to_le_bytes());
    }
}

impl ZoneName {
    /// The name, cut to the 31 units that leave room for the closing zero.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut units = [0; 32];
        let mut used = 0;
        for character in name.chars() {
            if used + character.len_utf16() > 31 {
                break;
            }
            used += character.encode_utf16(&mut units[used..]).len();
        }
        Self(units)
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = self.0.iter().copied().take_while(|unit| *unit != 0);
        for character in char::decode_utf16(units) {
            fmt::Write::write_char(f, character.unwrap_or(char::REPLACEMENT_CHARACTER))?;
        }
        Ok(())
    }
}

impl fmt::Debug for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.to_bytes()))
    }
}

/// Reads base64. Of a structure that is cut off after the bias, the rest is zero.
impl FromStr for TimeZone {
    type Err = InvalidTimeZone;

    fn from_str(text: &str) -> Result<Self, InvalidTimeZone> {
        let packed: String = text.split_ascii_whitespace().collect();
        let bytes = STANDARD.decode(packed).map_err(|_| InvalidTimeZone::Base64)?;
        let mut whole = [0; LENGTH];
        match whole.get_mut(..bytes.len()) {
            Some(given) if given.len() >= size_of::<i32>() => given.copy_from_slice(&bytes),
            _ => return Err(InvalidTimeZone::Length(bytes.len())),
        }
        Ok(Self::from_bytes(&whole))
    }
}

impl fmt::Display for InvalidTimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Base64 => f.write_str("expected the base64 of a time zone"),
            Self::Length(found) => write!(f, "expected a time zone of {LENGTH} bytes, found {found}"),
        }
    }
}

impl core::error::Error for InvalidTimeZone {}

impl<'de> Decode<'de> for TimeZone {
    fn decode(reader: &mut Reader<'de>) -> wbxml::Result<Self> {
        reader.parse_text("a time zone: 172 bytes in base64")
    }

    fn decode_optional(reader: &mut Reader<'de>) -> wbxml::Result<Option<Self>> {
        reader.unless_empty()
    }
}

impl Encode for TimeZone {
    fn encode(&self, writer: &mut Writer<'_>) -> wbxml::Result<()> {
        writer.display(self)
    }
}

impl IntoOwned for TimeZone {
    type Owned = Self;

    fn into_owned(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_lie_where_windows_has_them() {
        let zone = TimeZone {
            bias: 0x0403_0201,
            standard_name: ZoneName::new("A"),
            standard_date: SystemTime { year: 1, millisecond: 2, ..SystemTime::default() },
            standard_bias: -1,
            daylight_name: ZoneName::new("B"),
            daylight_date: SystemTime { month: 3, ..SystemTime::default() },
            daylight_bias: -60,
        };
        let bytes = zone.to_bytes();
        assert_eq!(bytes[..4], [1, 2, 3, 4]);
        assert_eq!((bytes[4], bytes[68], bytes[82]), (b'A', 1, 2));
        assert_eq!(bytes[84..88], [0xFF; 4]);
        assert_eq!((bytes[88], bytes[154]), (b'B', 3));
        assert_eq!(bytes[168..], [0xC4, 0xFF, 0xFF, 0xFF]);
        assert_eq!(TimeZone::from_bytes(&bytes), zone);
    }

    #[test]
    fn a_name_is_cut_between_characters() {
        let name = format!("{}😀", "x".repeat(30));
        assert_eq!(ZoneName::new(&name).to_string(), "x".repeat(30));
        assert_eq!(ZoneName::new("Mitteleuropäische Zeit").to_string(), "Mitteleuropäische Zeit");
    }

    #[test]
    fn a_wrong_blob_says_what_is_wrong() {
        assert_eq!("!".parse::<TimeZone>(), Err(InvalidTimeZone::Base64));
        assert_eq!("AAAA".parse::<TimeZone>(), Err(InvalidTimeZone::Length(3)));
        assert_eq!(InvalidTimeZone::Length(3).to_string(), "expected a time zone of 172 bytes, found 3");
    }

    #[test]
    fn what_is_cut_off_is_zero() {
        let bytes = TimeZone::fixed(60).to_bytes();
        assert_eq!(STANDARD.encode(&bytes[..169]).parse(), Ok(TimeZone::fixed(60)));
        assert_eq!(STANDARD.encode(&bytes[..4]).parse(), Ok(TimeZone::fixed(60)));
        assert_eq!(STANDARD.encode([0; 173]).parse::<TimeZone>(), Err(InvalidTimeZone::Length(173)));
    }

    #[test]
    fn line_breaks_inside_are_passed_over() {
        let text = TimeZone::fixed(60).to_string();
        let broken = format!("{}\r\n{}", &text[..76], &text[76..]);
        assert_eq!(broken.parse(), Ok(TimeZone::fixed(60)));
    }
}
