//! What memory allows: each byte is looked at once for its NUL, each byte of text once for being UTF-8.

use wbxml::Event;

use super::wbxml::all_events;

/// All text of a document in one piece.
pub(crate) fn text_of(document: &'static [u8]) -> Vec<u8> {
    let mut all = Vec::new();
    for event in all_events(document) {
        if let Event::Text(text) = event {
            all.extend_from_slice(text.as_bytes());
        }
    }
    all
}

pub(crate) fn look(document: &[u8], text: &[u8]) -> usize {
    let ends: usize = memchr::memchr_iter(0, document).sum();
    ends + simdutf8::basic::from_utf8(text).expect("text").len()
}
