//! Text as devices can take it.

use std::borrow::Cow;

/// The text without the characters that XML 1.0 cannot hold, on which clients that turn WBXML into XML fail.
pub fn clean(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.chars().all(is_clean) {
        text
    } else {
        Cow::Owned(text.chars().filter(|c| is_clean(*c)).collect())
    }
}

/// A text of a vCard or iCalendar, cleaned and with the line ends that bodies have.
#[cfg(any(feature = "vcard", feature = "icalendar"))]
pub(crate) fn from_card(text: &str) -> Cow<'static, str> {
    let text = clean(Cow::Borrowed(text));
    Cow::Owned(if text.contains(['\r', '\n']) { lines(&text).join("\r\n") } else { text.into_owned() })
}

/// A text for a vCard or iCalendar, which know one line end only.
#[cfg(any(feature = "vcard", feature = "icalendar"))]
pub(crate) fn to_card(text: &str) -> String {
    lines(text).join("\n")
}

/// The lines, whichever way they end.
#[cfg(any(feature = "vcard", feature = "icalendar"))]
fn lines(text: &str) -> Vec<&str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r')).collect()
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

pub(crate) fn is_clean(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        other => other >= ' ',
    }
}

/// HTML as plain text, a line for each block.
pub(crate) fn html_to_text(html: &str) -> String {
    let text = mail_parser::decoders::html::html_to_text(&with_breaks(html));
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_none_or(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    while lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    lines.join("\r\n")
}

/// The parser knows of no block but the paragraph.
fn with_breaks(html: &str) -> String {
    const BLOCKS: [&str; 17] = [
        "address",
        "article",
        "blockquote",
        "div",
        "dd",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "pre",
        "section",
        "table",
        "tr",
    ];
    let mut broken = String::with_capacity(html.len() + html.len() / 8);
    let mut pieces = html.split("</");
    broken.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let name =
            piece.split(|character: char| !character.is_ascii_alphanumeric()).next().unwrap_or_default();
        if BLOCKS.iter().any(|block| block.eq_ignore_ascii_case(name)) {
            broken.push_str("<br>");
        } else if name.eq_ignore_ascii_case("td") || name.eq_ignore_ascii_case("th") {
            broken.push(' ');
        }
        broken.push_str("</");
        broken.push_str(piece);
    }
    broken
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

    #[cfg(any(feature = "vcard", feature = "icalendar"))]
    #[test]
    fn line_ends_go_there_and_back() {
        assert_eq!(from_card("a\nb\r\n\nc\0\rd"), "a\r\nb\r\n\r\nc\r\nd");
        assert_eq!(to_card("a\r\nb\n"), "a\nb\n");
    }

    #[test]
    fn blocks_of_html_are_lines() {
        let html = "<style>p {}</style><h1>No. 46</h1><DIV>Good <b>day</b> &amp; wind</DIV><div><div></div></div>\
            <table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table><p>End</p>";
        assert_eq!(html_to_text(html), "No. 46\r\nGood day & wind\r\n\r\na b\r\nc\r\n\r\nEnd");
        assert_eq!(html_to_text("plain"), "plain");
        assert_eq!(html_to_text(""), "");
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
