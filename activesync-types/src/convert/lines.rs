//! The lines of vCards and iCalendars. The parser gives values and neither says where they stood nor how they were
//! written, so that this is looked up here.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use super::{Loss, Why};

/// A line, with those that continue it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// Its number, from 1.
    pub(super) number: usize,
    text: Cow<'t, str>,
}

/// A component: what stands between a `BEGIN` and its `END`, but for what other components inside of it have.
#[derive(Debug)]
pub(super) struct Component<'t> {
    /// The number of the line of its `BEGIN`.
    #[cfg_attr(not(feature = "icalendar"), allow(dead_code))]
    pub(super) begin: usize,
    lines: Vec<Line<'t>>,
}

/// The outermost components of a text, each with those inside of it in the order in which they begin.
#[cfg(feature = "icalendar")]
pub(super) fn calendars(text: &str) -> Vec<Vec<Component<'_>>> {
    let mut found: Vec<Vec<Component<'_>>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for line in lines(text) {
        if line.is_mark("BEGIN") {
            if open.is_empty() {
                found.push(Vec::new());
            }
            if let Some(components) = found.last_mut() {
                open.push(components.len());
                components.push(Component { begin: line.number, lines: Vec::new() });
            }
        } else if line.is_mark("END") {
            open.pop();
        } else if let Some(at) = open.last()
            && let Some(component) = found.last_mut().and_then(|components| components.get_mut(*at))
        {
            component.lines.push(line);
        }
    }
    found
}

/// The vCards of a text. There are none inside of others.
#[cfg(feature = "vcard")]
pub(super) fn cards(text: &str) -> Vec<Component<'_>> {
    let mut found: Vec<Component<'_>> = Vec::new();
    let mut is_open = false;
    for line in lines(text) {
        let begins = line.is_mark("BEGIN");
        if begins && !is_open {
            found.push(Component { begin: line.number, lines: Vec::new() });
            is_open = true;
        } else if begins || line.is_mark("END") {
            is_open = false;
        } else if is_open && let Some(card) = found.last_mut() {
            card.lines.push(line);
        }
    }
    found
}

impl<'t> Component<'t> {
    /// The lines of properties, which the parser has found in this order.
    pub(super) fn of<'l>(&'l self, properties: impl Iterator<Item = &'l str>) -> Vec<Option<&'l Line<'t>>> {
        let mut by_name: HashMap<String, VecDeque<&Line<'t>>> = HashMap::new();
        for line in &self.lines {
            by_name.entry(line.name().to_ascii_uppercase()).or_default().push_back(line);
        }
        properties.map(|name| by_name.get_mut(&name.to_ascii_uppercase())?.pop_front()).collect()
    }

    /// The lines that are no properties, which the parser passes over.
    pub(super) fn losses(&self) -> impl Iterator<Item = Loss> {
        let astray = self.lines.iter().filter(|line| line.value().is_none() || line.name().is_empty());
        astray.map(|line| Loss {
            line: Some(line.number),
            what: "a line".to_owned(),
            why: Why::unreadable("a property in the form NAME:value", &line.text),
        })
    }
}

impl Line<'_> {
    /// The name of the property, without the group that it may be in.
    fn name(&self) -> &str {
        let name = self.head().split(';').next().unwrap_or_default();
        name.rsplit('.').next().unwrap_or_default().trim()
    }

    /// The value as it is written.
    pub(super) fn value(&self) -> Option<&str> {
        self.text.get(self.head().len() + 1..)
    }

    /// Whether the value is said to be in base64.
    pub(super) fn is_base64(&self) -> bool {
        let head = self.head().to_ascii_uppercase();
        head.split(';').any(|parameter| matches!(parameter, "ENCODING=B" | "ENCODING=BASE64" | "BASE64"))
    }

    fn is_quoted_printable(&self) -> bool {
        self.head().to_ascii_uppercase().contains("QUOTED-PRINTABLE")
    }

    /// What stands before the value. A colon in quotes does not end it.
    fn head(&self) -> &str {
        let mut is_quoted = false;
        let end = self.text.find(|character| {
            is_quoted ^= character == '"';
            character == ':' && !is_quoted
        });
        &self.text[..end.unwrap_or(self.text.len())]
    }

    fn is_mark(&self, mark: &str) -> bool {
        self.name().eq_ignore_ascii_case(mark) && self.value().is_some()
    }

    /// Whether the next line of the file belongs to this one, and how much of it.
    fn continuation<'n>(&self, next: &'n str) -> Option<&'n str> {
        if let Some(folded) = next.strip_prefix([' ', '\t']) {
            return Some(folded);
        }
        let is_soft = self.text.ends_with('=') && self.is_quoted_printable();
        // Some old programs do not fold base64.
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        let is_more = !next.is_empty() && next.bytes().all(is_base64) && self.is_base64();
        (is_soft || is_more).then_some(next)
    }
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let physical = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let mut physical = physical.enumerate().peekable();
    std::iter::from_fn(move || {
        let (before, text) = physical.find(|(_, line)| !line.trim().is_empty())?;
        let mut line = Line { number: before + 1, text: Cow::Borrowed(text) };
        while let Some((_, more)) = physical.peek().copied()
            && let Some(more) = line.continuation(more)
        {
            line.text.to_mut().push_str(more);
            physical.next();
        }
        Some(line)
    })
}

#[cfg(all(test, feature = "icalendar", feature = "vcard"))]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_known_by_its_number_and_as_it_was_written() {
        let text = "\u{FEFF}BEGIN:VCALENDAR\r\nX:1\r\nBEGIN:VEVENT\r\nSUMMARY;X=\"a:b\":c\r\n  d\r\nrubbish\r\n\r\nEXDATE:1\r\n\
            BEGIN:VALARM\r\nEXDATE:2\r\nEND:VALARM\r\nexdate:3\r\nEND:VEVENT\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR\r\n";
        let [first, second] = &calendars(text)[..] else { panic!() };
        assert_eq!(first.iter().map(|component| component.begin).collect::<Vec<_>>(), [1, 3, 9]);
        assert_eq!(second[0].begin, 15);
        let found = first[1].of(["EXDATE", "SUMMARY", "EXDATE", "EXDATE"].into_iter());
        let found: Vec<_> = found.iter().map(|line| line.map(|line| (line.number, line.value()))).collect();
        assert_eq!(found, [Some((8, Some("1"))), Some((4, Some("c d"))), Some((12, Some("3"))), None]);
        let losses: Vec<_> = first[1].losses().map(|loss| loss.to_string()).collect();
        assert_eq!(losses, ["line 6: a line: expected a property in the form NAME:value, found \"rubbish\""]);
    }

    #[test]
    fn lines_of_old_cards_go_on_without_folding() {
        let text = "BEGIN:VCARD\r\nNOTE;ENCODING=QUOTED-PRINTABLE:a=\r\nb: c\r\nitem1.PHOTO;BASE64:AAAA\r\nBBBB\r\n\r\nTEL:1\r\nEND:VCARD\r\nBEGIN:VCARD\r\n";
        let [card, next] = &cards(text)[..] else { panic!() };
        let found = card.of(["NOTE", "PHOTO", "TEL"].into_iter());
        let found: Vec<_> = found.into_iter().flatten().map(|line| (line.number, line.value())).collect();
        assert_eq!(found, [(2, Some("a=b: c")), (4, Some("AAAABBBB")), (7, Some("1"))]);
        assert_eq!(card.losses().count(), 0);
        assert_eq!(next.begin, 9);
    }
}
