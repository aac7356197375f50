//! Text without the characters that XML 1.0 cannot hold: devices that turn WBXML into XML fail on an item with one.

use std::borrow::Cow;

use wbxml::codepages::Content;
use wbxml::{Encode, Event, Fragment, Tag, Writer};

/// Whether XML 1.0 has the character (2.2 of it).
pub(crate) fn is_clean(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        other => other >= ' ',
    }
}

/// The item that a client sent, without these characters in any text of it.
///
/// # Errors
/// If the item is malformed.
pub(super) fn clean<'d>(data: &'d Fragment<'d>) -> wbxml::Result<Cow<'d, Fragment<'d>>> {
    if has_only_clean(data)? {
        return Ok(Cow::Borrowed(data));
    }
    Fragment::from_value(&Clean(data), None).map(Cow::Owned)
}

fn has_only_clean(data: &Fragment<'_>) -> wbxml::Result<bool> {
    let mut reader = data.reader()?;
    let mut tag = None;
    while let Some(event) = reader.next()? {
        let clean = match &event {
            Event::Text(text) => text.chars().all(is_clean),
            Event::Entity(character) => is_clean(*character),
            Event::Opaque(bytes) => opaque_text(tag, bytes).is_none_or(|text| text.chars().all(is_clean)),
            Event::Start { tag: begun, .. } => {
                tag = Some(*begun);
                true
            }
            _ => true,
        };
        if !clean {
            return Ok(false);
        }
    }
    Ok(true)
}

struct Clean<'d>(&'d Fragment<'d>);

impl Encode for Clean<'_> {
    fn encode(&self, writer: &mut Writer<'_>) -> wbxml::Result<()> {
        let mut reader = self.0.reader()?;
        let mut depth = 0_u32;
        let mut tag = None;
        while let Some(event) = reader.next()? {
            match &event {
                Event::End if depth == 0 => break,
                Event::End => depth -= 1,
                Event::Start { tag: begun, .. } => {
                    tag = Some(*begun);
                    depth += 1;
                }
                Event::Text(text) => {
                    writer.text(&cleaned(text))?;
                    continue;
                }
                Event::Entity(character) if !is_clean(*character) => continue,
                Event::Opaque(bytes) => {
                    if let Some(text) = opaque_text(tag, bytes) {
                        writer.text(&cleaned(text))?;
                        continue;
                    }
                }
                _ => {}
            }
            writer.event(&event)?;
        }
        Ok(())
    }
}

/// Bytes that stand where text belongs.
fn opaque_text(tag: Option<Tag>, bytes: &[u8]) -> Option<&str> {
    let content = wbxml::ACTIVESYNC.tag(tag?)?.1.content;
    if content == Content::Opaque { None } else { str::from_utf8(bytes).ok() }
}

fn cleaned(text: &str) -> String {
    text.chars().filter(|character| is_clean(*character)).collect()
}

#[cfg(test)]
mod tests {
    use wbxml::codepages::{contacts, email2};

    use super::*;

    /// Text in all forms that WBXML has for it, and bytes.
    struct Item;

    impl Encode for Item {
        fn encode(&self, writer: &mut Writer<'_>) -> wbxml::Result<()> {
            writer.start(contacts::FileAs)?;
            writer.text("a\u{1}b")?;
            writer.entity('\u{2}')?;
            writer.entity('é')?;
            writer.opaque(b"c\x03d\xEF\xBF\xBF\r\n")?;
            writer.end()?;
            writer.start(contacts::Categories)?;
            writer.start(contacts::Category)?;
            writer.text("\u{4}")?;
            writer.end()?;
            writer.end()?;
            writer.opaque_element(email2::ConversationId, b"\x05\x00")
        }
    }

    #[test]
    fn every_form_of_text_is_cleaned_and_bytes_are_not() {
        let item = Fragment::from_value(&Item, None).unwrap();
        let cleaned = clean(&item).unwrap();
        let mut reader = cleaned.reader().unwrap();
        let mut texts = String::new();
        let mut bytes = Vec::new();
        while let Some(event) = reader.next().unwrap() {
            match event {
                Event::Text(text) => texts.push_str(&text),
                Event::Entity(character) => texts.push(character),
                Event::Opaque(opaque) => bytes.extend_from_slice(opaque),
                _ => {}
            }
        }
        assert_eq!((texts.as_str(), &bytes[..]), ("abécd\r\n", &b"\x05\x00"[..]));
    }

    #[test]
    fn what_is_clean_stays_as_it_is() {
        let item = Fragment::from_value(&Item, None).unwrap();
        let cleaned = clean(&item).unwrap();
        assert!(matches!(clean(&cleaned).unwrap(), Cow::Borrowed(_)));
    }
}
