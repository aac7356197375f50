//! The identifier of a meeting inside of a meeting request, up to 14.1. [MS-ASEMAIL] 2.2.2.37
//!
//! It wraps the `UID` of the event (16.0 and later send that one instead) in a structure of Outlook's. An
//! identifier that Outlook made itself is its own `UID`, in hexadecimal.

use core::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;

/// How every identifier begins.
const CLASS_ID: [u8; 16] = [0x04, 0, 0, 0, 0x82, 0, 0xE0, 0, 0x74, 0xC5, 0xB7, 0x10, 0x1A, 0x82, 0xE0, 0x08];
/// Where the length of the data stands, after class, date of the instance, time of making and reserved bytes.
const BYTE_COUNT: usize = 36;
/// Where the data begins.
const DATA: usize = 40;
/// How the data begins if it holds a foreign `UID`.
const FOREIGN: [u8; 12] = *b"vCal-Uid\x01\0\0\0";

/// The identifier, in base64, of the event with the given `UID`, or of the occurrence of a series on a day.
#[must_use]
pub fn from_uid(uid: &str, occurrence: Option<Date>) -> String {
    let mut id = outlook(uid).unwrap_or_else(|| foreign(uid));
    if let Some(day) = occurrence {
        let [high, low] = day.year().to_be_bytes();
        id[16..20].copy_from_slice(&[high, low, day.month().unsigned_abs(), day.day().unsigned_abs()]);
    }
    STANDARD.encode(id)
}

/// The `UID` of the event that an identifier in base64 names; none if it is no such identifier.
///
/// All occurrences of a series have the same `UID`.
#[must_use]
pub fn to_uid(global_obj_id: &str) -> Option<String> {
    let packed: String = global_obj_id.split_ascii_whitespace().collect();
    let mut id = STANDARD.decode(packed).ok()?;
    let data = data(&id)?;
    if let Some(uid) = data.strip_prefix(&FOREIGN) {
        let uid = uid.strip_suffix(&[0]).unwrap_or(uid);
        return String::from_utf8(uid.to_vec()).ok();
    }
    id[16..20].fill(0);
    let mut uid = String::with_capacity(id.len() * 2);
    for byte in id {
        // Writing to a string never fails.
        let _ = write!(uid, "{byte:02X}");
    }
    Some(uid)
}

fn data(id: &[u8]) -> Option<&[u8]> {
    let rest = id.get(DATA..)?;
    let count = u32::from_le_bytes(*id.get(BYTE_COUNT..)?.first_chunk()?);
    id.starts_with(&CLASS_ID).then_some(rest)?.get(..usize::try_from(count).ok()?)
}

/// The structure itself, if the `UID` is one in hexadecimal as Outlook writes it.
fn outlook(uid: &str) -> Option<Vec<u8>> {
    let digits = uid.as_bytes().chunks_exact(2);
    if !digits.remainder().is_empty() || !uid.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F')) {
        return None;
    }
    let id: Option<Vec<u8>> =
        digits.map(|pair| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok()).collect();
    id.filter(|id| data(id).is_some())
}

fn foreign(uid: &str) -> Vec<u8> {
    let count = u32::try_from(FOREIGN.len() + uid.len() + 1).unwrap_or(u32::MAX);
    let mut id = CLASS_ID.to_vec();
    id.resize(BYTE_COUNT, 0);
    id.extend(count.to_le_bytes());
    id.extend(FOREIGN);
    id.extend(uid.as_bytes());
    id.push(0);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_uid_comes_back() {
        let id = from_uid("{81412D3C-2A24-4E9D-B20E-11F7BBE92799}", None);
        let bytes = STANDARD.decode(&id).unwrap();
        assert_eq!(bytes[..16], CLASS_ID);
        assert_eq!(bytes[16..36], [0; 20]);
        assert_eq!(bytes[36..40], 51_u32.to_le_bytes());
        assert_eq!(bytes.len(), 40 + 51);
        assert_eq!(
            id,
            "BAAAAIIA4AB0xbcQGoLgCAAAAAAAAAAAAAAAAAAAAAAAAAAAMwAAAHZDYWwtVWlkAQAAAHs4MTQxMkQzQy0yQTI0LTRFOUQt\
             QjIwRS0xMUY3QkJFOTI3OTl9AA=="
        );
        assert_eq!(to_uid(&id).as_deref(), Some("{81412D3C-2A24-4E9D-B20E-11F7BBE92799}"));
    }

    #[test]
    fn an_outlook_uid_is_the_structure_in_hexadecimal() {
        let uid = "040000008200E00074C5B7101A82E00800000000A0A712A0C2C5C5010000000000000000100000000102030405060708090A0B0C0D0E0F10";
        let id = from_uid(uid, None);
        assert_eq!(STANDARD.decode(&id).unwrap().len(), uid.len() / 2);
        assert_eq!(to_uid(&id).as_deref(), Some(uid));
    }

    #[test]
    fn an_occurrence_has_its_day_inside_and_the_uid_of_its_series() {
        let id = from_uid("a@example.org", Some(jiff::civil::date(2004, 12, 31)));
        assert_eq!(STANDARD.decode(&id).unwrap()[16..20], [0x07, 0xD4, 12, 31]);
        assert_eq!(to_uid(&id).as_deref(), Some("a@example.org"));
    }

    #[test]
    fn what_is_no_identifier_has_no_uid() {
        assert_eq!(to_uid(""), None);
        assert_eq!(to_uid("not base64"), None);
        assert_eq!(to_uid(&STANDARD.encode([0; 60])), None);
        let mut long = STANDARD.decode(from_uid("a", None)).unwrap();
        long[36..40].fill(0xFF);
        assert_eq!(to_uid(&STANDARD.encode(long)), None);
    }
}
