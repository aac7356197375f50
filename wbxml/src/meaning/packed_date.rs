//! Dates of SI and EMN: two decimal digits a byte, zero bytes at the end left off.

use alloc::string::String;

/// Year, month and day; hour, minute and second may be left off.
const SHORTEST: usize = 4;
const LONGEST: usize = 7;

/// `20 31 02 03` is `2031-02-03T00:00:00Z`.
pub(super) fn read(bytes: &[u8]) -> Option<String> {
    let decimal = bytes.iter().all(|byte| byte >> 4 <= 9 && byte & 0x0F <= 9);
    if !decimal || !(SHORTEST..=LONGEST).contains(&bytes.len()) {
        return None;
    }
    let mut all = [0; LONGEST];
    all[..bytes.len()].copy_from_slice(bytes);
    let [century, year, month, day, hour, minute, second] = all;
    Some(alloc::format!(
        "{century:02x}{year:02x}-{month:02x}-{day:02x}T{hour:02x}:{minute:02x}:{second:02x}Z"
    ))
}

#[cfg(feature = "xml")]
pub(super) fn write(text: &str) -> Option<Vec<u8>> {
    const FORM: &[u8] = b"dddd-dd-ddTdd:dd:ddZ";
    let text = text.as_bytes();
    let fits = text.len() == FORM.len()
        && text
            .iter()
            .zip(FORM)
            .all(|(byte, form)| if *form == b'd' { byte.is_ascii_digit() } else { byte == form });
    if !fits {
        return None;
    }
    let digits: Vec<u8> = text.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0').collect();
    let (pairs, _) = digits.as_chunks::<2>();
    let mut bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    while bytes.len() > SHORTEST && bytes.last() == Some(&0) {
        bytes.pop();
    }
    Some(bytes)
}

#[cfg(all(test, feature = "xml"))]
mod tests {
    use super::{read, write};

    #[test]
    fn dates_lose_their_zeros_at_the_end() {
        for (bytes, text) in [
            (&[0x20, 0x31, 0x02, 0x03][..], "2031-02-03T00:00:00Z"),
            (&[0x20, 0x31, 0x02, 0x03, 0x04], "2031-02-03T04:00:00Z"),
            (&[0x20, 0x31, 0x02, 0x03, 0x00, 0x00, 0x06], "2031-02-03T00:00:06Z"),
            (&[0x20, 0x31, 0x02, 0x00], "2031-02-00T00:00:00Z"),
        ] {
            assert_eq!(read(bytes).as_deref(), Some(text));
            assert_eq!(write(text).as_deref(), Some(bytes));
        }
        // Zeros that need not be there.
        assert_eq!(read(&[0x20, 0x31, 0x02, 0x03, 0, 0, 0]).as_deref(), Some("2031-02-03T00:00:00Z"));
    }

    #[test]
    fn what_is_no_date() {
        for bytes in [&[][..], &[0x20, 0x31, 0x02], &[0x20, 0x31, 0x0A, 0x03], &[0xA0, 0, 0, 0], &[0x20; 8]] {
            assert_eq!(read(bytes), None, "{bytes:02X?}");
        }
        for text in ["", "2031-02-03", "2031-02-03T00:00:00", "2031-02-03T00:00:00+", "2031-02-03T0x:00:00Z"]
        {
            assert_eq!(write(text), None, "{text}");
        }
    }
}
