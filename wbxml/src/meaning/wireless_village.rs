//! Numbers and dates of Wireless Village.

use alloc::string::String;

/// Up to 4 bytes, the most significant first. None at all are 0, as some write it.
pub(super) fn integer(bytes: &[u8]) -> Option<u32> {
    if bytes.len() > 4 {
        return None;
    }
    Some(bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

/// The fewest bytes, but one at least, of a number that is written as numbers are.
#[cfg(feature = "xml")]
pub(super) fn integer_bytes(text: &str) -> Option<Vec<u8>> {
    let number: u32 = text.parse().ok()?;
    if number.to_string() != text {
        return None;
    }
    let bytes = number.to_be_bytes();
    let from = bytes.iter().position(|byte| *byte != 0).unwrap_or(3);
    Some(bytes[from..].to_vec())
}

/// 6 bytes: 2 bits that are not used, 12 of the year, 4 month, 5 day, 5 hour, 6 minute, 6 second, and the letter of the
/// time zone, or 0 for none.
pub(super) fn date(bytes: &[u8]) -> Option<String> {
    let ([packed @ .., zone], 6) = (bytes, bytes.len()) else { return None };
    let packed = packed.iter().fold(0_u64, |packed, byte| packed << 8 | u64::from(*byte));
    let part = |from: u32, bits: u32| packed >> from & ((1 << bits) - 1);
    let zone = match *zone {
        0 => "",
        b'A'..=b'Z' => core::str::from_utf8(bytes.get(5..)?).ok()?,
        _ => return None,
    };
    if part(38, 2) != 0 {
        return None;
    }
    let (year, month, day) = (part(26, 12), part(22, 4), part(17, 5));
    let (hour, minute, second) = (part(12, 5), part(6, 6), part(0, 6));
    Some(alloc::format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}{zone}"))
}

#[cfg(all(test, feature = "xml"))]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_more_bytes_than_they_need() {
        for (text, bytes) in [
            ("0", &[0][..]),
            ("200", &[0xC8]),
            ("65535", &[0xFF, 0xFF]),
            ("70000", &[0x01, 0x11, 0x70]),
            ("4294967295", &[0xFF; 4]),
        ] {
            assert_eq!(integer_bytes(text).as_deref(), Some(bytes), "{text}");
            assert_eq!(integer(bytes), text.parse().ok());
        }
        assert_eq!((integer(&[]), integer(&[0, 0, 7]), integer(&[0; 5])), (Some(0), Some(7), None));
        for text in ["", "-1", "+1", "01", " 1", "4294967296", "1.0"] {
            assert_eq!(integer_bytes(text), None, "{text}");
        }
    }

    #[test]
    fn dates_are_taken_apart_bit_by_bit() {
        assert_eq!(date(&[0x1F, 0xBD, 0xC8, 0x93, 0xDE, 0x5A]).as_deref(), Some("20310704T091530Z"));
        assert_eq!(date(&[0x1F, 0xBF, 0x3F, 0x7E, 0xFA, 0x41]).as_deref(), Some("20311231T235958A"));
        assert_eq!(date(&[0x1F, 0xBD, 0xC8, 0x93, 0xDE, 0]).as_deref(), Some("20310704T091530"));
        for bytes in
            [&[][..], &[0; 5], &[0; 7], &[0x9F, 0xBD, 0xC8, 0x93, 0xDE, 0x5A], &[0, 0, 0, 0, 0, b'a']]
        {
            assert_eq!(date(bytes), None, "{bytes:02X?}");
        }
    }
}
