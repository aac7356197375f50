//! Documents as events.

use wbxml::string_table::{Policy, rewrite as with_table};
use wbxml::{ACTIVESYNC, Dump, Language, Reader};

use crate::document::{Reading, Seen, check_fault, language_of, read};

/// Bytes to events, in the language that they name and in ActiveSync. What strict reading gives is the beginning of what
/// lenient reading gives; every part of a document up to a place before its end is incomplete; the listing can be made.
pub fn events(document: &[u8]) {
    let named = language_of(document);
    check_events(document, named);
    if named.name != ACTIVESYNC.name {
        check_events(document, &ACTIVESYNC);
    }
    assert!(!Dump::new(document).language(named).to_string().is_empty());
}

fn check_events(document: &[u8], language: &'static Language) {
    let lenient = read(document, language, false);
    let strict = read(document, language, true);
    assert!(lenient.events.starts_with(&strict.events), "{lenient:?}\n{strict:?}");
    assert!(strict.fault.is_some() || lenient.fault.is_none(), "{lenient:?}\n{strict:?}");

    let Some(end) = lenient.root_end.filter(|_| lenient.fault.is_none()) else { return };
    for end in [end / 2, end - 1] {
        let part = read(&document[..end], language, false);
        let fault = part.fault.expect("a part is not all");
        assert!(fault.is_incomplete(), "{fault} after {end} bytes");
        assert!(lenient.events.starts_with(&part.events), "{lenient:?}\n{:?}", part.events);
    }
}

/// A document that can be read is written with another string table, and has the same events.
pub fn rewrite(document: &[u8]) {
    let before = read(document, &ACTIVESYNC, false);
    for policy in [Policy::Never, Policy::WhenItPays, Policy::Always] {
        match with_table(document, policy) {
            Ok(rewritten) => {
                assert_eq!(before.fault, None, "it was written though it cannot be read");
                let after = read(&rewritten, &ACTIVESYNC, false);
                assert_eq!(after.fault, None, "{policy:?}: {rewritten:02X?}");
                check_meaning(document, &before, &after);
                assert!(policy != Policy::WhenItPays || rewritten.len() <= document.len());
            }
            Err(fault) => {
                check_fault(&fault, document.len());
                assert!(before.fault.is_some(), "{policy:?}: {fault}");
            }
        }
    }
}

/// The events say the same, though attributes say it with other bytes. In another character set those of an extension in
/// an attribute, which are shown as digits, differ: then only the names of attributes count.
fn check_meaning(document: &[u8], before: &Reading<'_>, after: &Reading<'_>) {
    let header = Reader::new(document).header();
    let in_utf8 = header.is_ok_and(|header| [0, 3, 106].contains(&header.charset));
    let same = |(before, after): (&Seen<'_>, &Seen<'_>)| match (&before.spelt, &after.spelt) {
        (Some((before, _)), Some((after, _))) if !in_utf8 => before == after,
        (None, None) => before.event == after.event,
        (before, after) => before == after,
    };
    let matches =
        before.events.len() == after.events.len() && before.events.iter().zip(&after.events).all(same);
    assert!(matches, "{before:?}\n{after:?}");
}
