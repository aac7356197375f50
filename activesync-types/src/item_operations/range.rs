use std::fmt;
use std::str::FromStr;

use wbxml::IntoOwned;

/// Bytes `m-n` of an item, counted from 0, both ends included (`[MS-ASCMD]` 2.2.3.143.2).
///
/// ```
/// # use activesync_types::item_operations::Range;
/// let range: Range = "0-99".parse()?;
/// assert_eq!(range.len(), 100);
/// assert_eq!(range, Range::new(0, 99).unwrap());
/// # Ok::<(), activesync_types::item_operations::InvalidRange>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, IntoOwned)]
pub struct Range {
    first: u32,
    last: u32,
}

impl Range {
    /// The largest number that fits in the nine digits that the specification allows.
    pub const MAX: u32 = 999_999_999;

    /// From the first byte to the last; `None` if there is none between them, or a number is above
    /// [`Range::MAX`].
    pub const fn new(first: u32, last: u32) -> Option<Self> {
        if first <= last && last <= Self::MAX { Some(Self { first, last }) } else { None }
    }

    /// The first byte.
    pub const fn first(self) -> u32 {
        self.first
    }

    /// The last byte.
    pub const fn last(self) -> u32 {
        self.last
    }

    /// How many bytes: at least one.
    #[expect(clippy::len_without_is_empty, reason = "a range is never empty")]
    pub const fn len(self) -> u32 {
        self.last - self.first + 1
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.first, self.last)
    }
}

/// The text is not a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidRange;

impl fmt::Display for InvalidRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a range is m-n: the first and the last byte, each at most 999999999, m not above n")
    }
}

impl std::error::Error for InvalidRange {}

impl FromStr for Range {
    type Err = InvalidRange;

    fn from_str(text: &str) -> Result<Self, InvalidRange> {
        let (first, last) = text.split_once('-').ok_or(InvalidRange)?;
        let number = |digits: &str| {
            let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            if plain { digits.parse().map_err(|_| InvalidRange) } else { Err(InvalidRange) }
        };
        Self::new(number(first)?, number(last)?).ok_or(InvalidRange)
    }
}

#[cfg(feature = "arbitrary")]
impl<'a> arbitrary::Arbitrary<'a> for Range {
    fn arbitrary(u: &mut arbitrary::Unstructured<'a>) -> arbitrary::Result<Self> {
        let first = u.int_in_range(0..=Self::MAX)?;
        Ok(Self { first, last: u.int_in_range(first..=Self::MAX)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_two_numbers_in_order() {
        assert_eq!("5-5".parse(), Ok(Range { first: 5, last: 5 }));
        assert_eq!("0-999999999".parse(), Ok(Range { first: 0, last: 999_999_999 }));
        for bad in ["", "-", "5", "5-", "-5", "6-5", "a-b", "0-1000000000", "+1-2", " 1-2", "1-2-3", "1--2"] {
            assert_eq!(bad.parse::<Range>(), Err(InvalidRange), "{bad}");
        }
    }
}
