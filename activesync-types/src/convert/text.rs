//! Text as devices can take it.

use std::borrow::Cow;

/// The text without the characters that XML cannot hold, on which clients that turn WBXML into XML fail.
pub(crate) fn clean(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.chars().all(is_clean) {
        text
    } else {
        Cow::Owned(text.chars().filter(|c| is_clean(*c)).collect())
    }
}

/// The same on one line.
#[cfg(feature = "mail")]
pub(crate) fn clean_line(text: Cow<'_, str>) -> Cow<'_, str> {
    let text = clean(text);
    if text.contains(['\r', '\n', '\t']) {
        Cow::Owned(
            text.split(['\r', '\n', '\t']).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" "),
        )
    } else {
        text
    }
}

fn is_clean(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        other => other >= ' ',
    }
}

/// The largest index of at most `bytes` that lies between two characters.
#[cfg(feature = "mail")]
pub(crate) fn boundary(text: &str, bytes: usize) -> usize {
    let mut at = bytes.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_go_and_line_ends_stay() {
        assert!(matches!(clean(Cow::Borrowed("a\tb\r\nc")), Cow::Borrowed("a\tb\r\nc")));
        assert_eq!(clean(Cow::Borrowed("a\0b\u{1}c\u{FFFF}d")), "abcd");
    }

    #[cfg(feature = "mail")]
    #[test]
    fn a_line_has_no_line_ends() {
        assert_eq!(clean_line(Cow::Borrowed("a\r\n\tb\nc")), "a b c");
    }

    #[cfg(feature = "mail")]
    #[test]
    fn a_boundary_never_splits_a_character() {
        assert_eq!((boundary("aéb", 2), boundary("aéb", 3), boundary("aéb", 9)), (1, 3, 4));
    }
}
