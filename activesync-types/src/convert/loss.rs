//! What a file says and an item does not.

use core::fmt;

/// Something in a file that is not in the item that was read from it, or not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loss {
    /// The number of the line where it begins, from 1, if it is known.
    pub line: Option<usize>,
    /// The property or component, by its name: `DTEND`. A rule has its value with it, unless that cannot be read.
    pub what: String,
    /// Why it was lost.
    pub why: Why,
}

/// Why something in a file was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The item has no place for it.
    NoPlace,
    /// The item has no place for all parts of it; the others are there.
    Partly,
    /// There is none, and there has to be one.
    Missing,
    /// Another one, further down in the file, says something else of the same.
    Replaced,
    /// Its value cannot be read.
    Unreadable {
        /// What can be.
        expected: &'static str,
        /// What was found, shortened if it is long.
        found: String,
    },
    /// A day or time beyond those that can be told, which end with 9999-12-30T22:00:00Z.
    OutOfRange(String),
    /// It is larger than the protocol takes.
    TooLarge {
        /// How many bytes it has.
        found: usize,
        /// How many it may have.
        most: usize,
    },
    /// It is in a time zone of this name, which is not known and not defined in the file, or in a way that cannot be
    /// read.
    UnknownZone(String),
    /// It is not lost, but a time that names no zone: it was taken for one in this zone.
    Floating(String),
}

impl Why {
    pub(super) fn unreadable(expected: &'static str, found: &str) -> Self {
        Self::Unreadable { expected, found: shortened(found.trim()) }
    }
}

/// What was found may be anything.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 80;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "{}: {}", self.what, self.why)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPlace => f.write_str("there is no place for it"),
            Self::Partly => f.write_str("there is no place for all parts of it"),
            Self::Missing => f.write_str("there is none"),
            Self::Replaced => f.write_str("another one in the file takes its place"),
            Self::Unreadable { expected, found } => write!(f, "expected {expected}, found {found:?}"),
            Self::OutOfRange(found) => {
                write!(f, "expected a day or time no later than 9999-12-30T22:00:00Z, found {found:?}")
            }
            Self::TooLarge { found, most } => {
                write!(
                    f,
                    "it has {found} bytes, and the protocol takes {most} ({} KiB in base64)",
                    most / 3 * 4 / 1024
                )
            }
            Self::UnknownZone(name) => {
                write!(
                    f,
                    "the time zone {name:?} is not known, and not defined in the file so that it can be read"
                )
            }
            Self::Floating(zone) => write!(f, "a time that names no zone, taken for one in {zone}"),
        }
    }
}
