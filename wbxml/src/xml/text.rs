//! Text as XML can carry it.

use std::borrow::Cow;

/// Whether XML 1.0 has the character. XML 1.0, 2.2
pub(super) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Whether XML 1.0 has all the characters.
pub(super) fn is_xml_text(text: &str) -> bool {
    is_simple(text) || text.chars().all(is_xml_char)
}

/// Whether no character of the text is U+FFFE, U+FFFF, a control character other than a tab or line feed, or like one of the
/// first two: it is the same in XML and out of it.
#[inline]
pub(super) fn is_simple(text: &str) -> bool {
    let (words, rest) = text.as_bytes().as_chunks();
    words.iter().all(|word| is_simple_word(*word))
        && match text.as_bytes().last_chunk() {
            Some(last) => is_simple_word(*last),
            None => rest.iter().copied().all(is_simple_byte),
        }
}

#[inline]
fn is_simple_word(bytes: [u8; 8]) -> bool {
    const ONES: u64 = u64::MAX / 0xFF;
    let word = u64::from_le_bytes(bytes);
    let controls = word.wrapping_sub(ONES * 0x20) & !word;
    let other = word ^ (ONES * 0xEF);
    (controls | other.wrapping_sub(ONES) & !other) & (ONES << 7) == 0 || bytes.into_iter().all(is_simple_byte)
}

fn is_simple_byte(byte: u8) -> bool {
    // U+FFFE and U+FFFF begin with 0xEF.
    matches!(byte, b'\t' | b'\n' | b' '..) && byte != 0xEF
}

/// White space for XML, or nothing.
pub(super) fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
}

/// The lines of a message that ends all of them with CRLF; nothing if XML cannot carry it so.
pub(super) fn message_lines(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| is_xml_text(text))?;
    if memchr::memchr2(b'\r', b'\n', bytes).is_none() {
        return Some(Cow::Borrowed(text));
    }
    let lines = text.replace("\r\n", "\n");
    let ends = memchr::memchr_iter(b'\n', lines.as_bytes()).count();
    // Every line feed had its carriage return, and there is no other one.
    let all = !lines.contains('\r') && lines.len() + ends == text.len();
    all.then_some(Cow::Owned(lines))
}

/// The message of such lines: a line feed that has no carriage return gets one.
pub(super) fn message(lines: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(lines.len() + 64);
    let mut rest = lines.as_bytes();
    while let Some(end) = memchr::memchr(b'\n', rest) {
        let line = &rest[..end];
        bytes.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        bytes.extend_from_slice(b"\r\n");
        rest = &rest[end + 1..];
    }
    bytes.extend_from_slice(rest);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_with_crlf_throughout_are_lines() {
        for (bytes, lines) in [("", ""), ("a", "a"), ("a\r\n", "a\n"), ("\r\n\r\nb", "\n\nb")] {
            assert_eq!(message_lines(bytes.as_bytes()).as_deref(), Some(lines));
            assert_eq!(message(lines), bytes.as_bytes());
        }
        for bytes in ["a\n", "a\r", "a\r\nb\n", "a\r\r\n", "\u{1}", "\u{FFFE}"] {
            assert_eq!(message_lines(bytes.as_bytes()), None, "{bytes:?}");
        }
        assert_eq!(message_lines(b"\xFF"), None);
    }

    #[test]
    fn lines_from_elsewhere_may_have_their_carriage_returns() {
        assert_eq!(message("a\r\nb\nc\rd"), b"a\r\nb\r\nc\rd");
    }
}
