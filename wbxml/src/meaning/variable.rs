//! The variables of WML: `$(name)`, with how they are escaped, in text and in attributes.

use core::fmt;

/// A variable, as one of the extension tokens 0 to 2 has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Variable<'a> {
    pub(crate) name: &'a str,
    /// 0 escaped, 1 unescaped, 2 as it is.
    pub(crate) mode: u8,
}

impl fmt::Display for Variable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            0 => "escape",
            1 => "unesc",
            _ => "noesc",
        };
        write!(f, "$({}:{mode})", self.name)
    }
}

#[cfg(feature = "xml")]
impl<'a> Variable<'a> {
    /// The variable with which the text begins, and the length of the text that it takes. A dollar sign that is meant
    /// is doubled in WML.
    pub(crate) fn parse(text: &'a str) -> Option<(Self, usize)> {
        let rest = text.strip_prefix('$')?;
        let Some(inside) = rest.strip_prefix('(') else {
            let name = &rest[..name_length(rest)?];
            return Some((Self { name, mode: 2 }, 1 + name.len()));
        };
        let length = name_length(inside)?;
        let (name, after) = inside.split_at(length);
        let (mode, after) = match after.strip_prefix(':') {
            None => (2, after),
            Some(after) => {
                let end = after.find(')')?;
                let mode = match &after[..end] {
                    "escape" | "e" => 0,
                    "unesc" | "u" => 1,
                    "noesc" | "n" => 2,
                    _ => return None,
                };
                (mode, &after[end..])
            }
        };
        let after = after.strip_prefix(')')?;
        Some((Self { name, mode }, text.len() - after.len()))
    }
}

/// The length of the name with which a text begins: a letter or underscore, then also digits.
#[cfg(feature = "xml")]
fn name_length(text: &str) -> Option<usize> {
    let is_start = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    if !text.bytes().next().is_some_and(is_start) {
        return None;
    }
    Some(text.bytes().position(|byte| !is_start(byte) && !byte.is_ascii_digit()).unwrap_or(text.len()))
}

#[cfg(all(test, feature = "xml"))]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_variable() {
        for (text, name, mode, length) in [
            ("$(who:escape)!", "who", 0, 13),
            ("$(who:e)", "who", 0, 8),
            ("$(who:unesc)", "who", 1, 12),
            ("$(who:u)", "who", 1, 8),
            ("$(_w1:noesc)", "_w1", 2, 12),
            ("$(w:n)", "w", 2, 6),
            ("$(who) is", "who", 2, 6),
            ("$who is", "who", 2, 4),
        ] {
            assert_eq!(Variable::parse(text), Some((Variable { name, mode }, length)), "{text}");
        }
        for text in
            ["", "$", "$$who", "$5", "$()", "$(5)", "$(who", "$(who:)", "$(who:other)", "$( who)", "who"]
        {
            assert_eq!(Variable::parse(text), None, "{text}");
        }
        assert_eq!(Variable { name: "a", mode: 1 }.to_string(), "$(a:unesc)");
    }
}
