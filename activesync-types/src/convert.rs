//! Items from and to the formats that the rest of the world uses, each behind a feature.
//!
//! | feature | module | turns |
//! | --- | --- | --- |
//! | `mail` | `mail` | a message of RFC 5322 and MIME into an [`Email`](crate::email::Email), and finds its attachments |
//! | `vcard` | `vcard` | a vCard into a [`Contact`](crate::contacts::Contact), and back |
//! | `icalendar` | `icalendar` | an iCalendar into a [`Calendar`](crate::calendar::Calendar), and back |

use core::fmt;

#[cfg(feature = "icalendar")]
pub mod icalendar;
#[cfg(any(feature = "vcard", feature = "icalendar"))]
mod lines;
#[cfg(any(feature = "vcard", feature = "icalendar"))]
mod loss;
#[cfg(any(feature = "vcard", feature = "icalendar"))]
pub use self::loss::{Loss, Why};
#[cfg(feature = "mail")]
pub mod mail;
#[cfg(any(feature = "mail", feature = "vcard", feature = "icalendar"))]
mod text;
#[cfg(any(feature = "mail", feature = "vcard", feature = "icalendar"))]
pub use self::text::clean;
#[cfg(feature = "vcard")]
pub mod vcard;

/// Something in a file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// The number of the line, from 1, if it is known.
    pub line: Option<usize>,
    /// What was found.
    pub found: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "cannot read {:?}", self.found)
    }
}

impl core::error::Error for Unreadable {}

/// The number of the line that holds the beginning of `found`.
#[cfg(any(feature = "vcard", feature = "icalendar"))]
fn line_of(text: &str, found: &str) -> Option<usize> {
    let found = found.lines().next()?.trim_end();
    text.lines().position(|line| !found.is_empty() && line.starts_with(found)).map(|before| before + 1)
}
