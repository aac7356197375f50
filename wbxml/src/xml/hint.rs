//! The processing instructions that keep what XML has no word for. The table of them is in the module's docs.

use std::fmt;
use std::fmt::Write as _;

/// The target of the processing instructions.
pub(super) const TARGET: &str = "wbxml";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Hint {
    Header(Vec<u8>),
    Page(Vec<u8>),
    Literal(Vec<u8>),
    Attributes(Vec<u8>),
    Content,
    Text,
    Table(Vec<u8>),
    Value(Vec<u8>),
    Document(Vec<u8>),
    Entity,
    Opaque,
    Base64,
    Char(Vec<u8>),
    Bytes(Vec<u8>),
}

impl Hint {
    /// The hint of a processing instruction's content: a word, and bytes in hexadecimal digits.
    pub(super) fn parse(content: &str) -> Option<Self> {
        let content = content.trim();
        let (word, digits) = content.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((content, ""));
        let bytes = from_hex(digits)?;
        let with_bytes: fn(Vec<u8>) -> Self = match word {
            "header" => Self::Header,
            "page" => Self::Page,
            "literal" => Self::Literal,
            "attributes" => Self::Attributes,
            "table" => Self::Table,
            "value" => Self::Value,
            "document" => Self::Document,
            "char" => Self::Char,
            "bytes" => Self::Bytes,
            _ if !bytes.is_empty() => return None,
            "content" => return Some(Self::Content),
            "text" => return Some(Self::Text),
            "entity" => return Some(Self::Entity),
            "opaque" => return Some(Self::Opaque),
            "base64" => return Some(Self::Base64),
            _ => return None,
        };
        (!bytes.is_empty()).then(|| with_bytes(bytes))
    }
}

/// What stands between `<?` and `?>`.
impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, bytes): (_, &[u8]) = match self {
            Self::Header(bytes) => ("header", bytes),
            Self::Page(bytes) => ("page", bytes),
            Self::Literal(bytes) => ("literal", bytes),
            Self::Attributes(bytes) => ("attributes", bytes),
            Self::Content => ("content", &[]),
            Self::Text => ("text", &[]),
            Self::Table(bytes) => ("table", bytes),
            Self::Value(bytes) => ("value", bytes),
            Self::Document(bytes) => ("document", bytes),
            Self::Entity => ("entity", &[]),
            Self::Opaque => ("opaque", &[]),
            Self::Base64 => ("base64", &[]),
            Self::Char(bytes) => ("char", bytes),
            Self::Bytes(bytes) => ("bytes", bytes),
        };
        write!(f, "{TARGET} {word}")?;
        if !bytes.is_empty() {
            f.write_char(' ')?;
        }
        bytes.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

/// The bytes of hexadecimal digits; white space between them does not count.
pub(crate) fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(digits.len() / 2);
    let mut high = None;
    for digit in digits.chars().filter(|c| !c.is_ascii_whitespace()) {
        let digit = u8::try_from(digit.to_digit(16)?).ok()?;
        match high.take() {
            None => high = Some(digit),
            Some(high) => bytes.push(high << 4 | digit),
        }
    }
    high.is_none().then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_displayed_is_parsed() {
        for hint in [
            Hint::Header(vec![3, 1, 0x6A, 0]),
            Hint::Page(vec![0, 5]),
            Hint::Literal(vec![0x80, 5]),
            Hint::Attributes(vec![1]),
            Hint::Content,
            Hint::Text,
            Hint::Table(vec![9]),
            Hint::Value(vec![0x80, 9]),
            Hint::Document(vec![3, 1, 0x6A, 0]),
            Hint::Entity,
            Hint::Opaque,
            Hint::Base64,
            Hint::Char(vec![0xEF, 0xBF, 0xBE]),
            Hint::Bytes(vec![0xC0]),
        ] {
            let shown = hint.to_string();
            assert_eq!(Hint::parse(shown.strip_prefix(TARGET).unwrap()), Some(hint), "{shown}");
        }
        assert_eq!(Hint::parse("header 03 01 6A\n00"), Some(Hint::Header(vec![3, 1, 0x6A, 0])));
    }

    #[test]
    fn what_is_no_hint_is_refused() {
        for content in ["", "page", "page 5", "page 0g", "text 05", "colour 05", "Text"] {
            assert_eq!(Hint::parse(content), None, "{content}");
        }
    }
}
