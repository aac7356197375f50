//! Items from and to the formats that the rest of the world uses, each behind a feature.
//!
//! | feature | module | turns |
//! | --- | --- | --- |
//! | `mail` | [`mail`](self::mail) | a message of RFC 5322 and MIME into an [`Email`](crate::email::Email), and finds its attachments |
//! | `vcard` | [`vcard`](self::vcard) | a vCard into a [`Contact`](crate::contacts::Contact), and back |
//! | `icalendar` | [`icalendar`](self::icalendar) | an iCalendar into a [`Calendar`](crate::calendar::Calendar), and back |

#[cfg(feature = "icalendar")]
pub mod icalendar;
#[cfg(feature = "mail")]
pub mod mail;
#[cfg(any(feature = "mail", feature = "vcard", feature = "icalendar"))]
mod text;
#[cfg(feature = "vcard")]
pub mod vcard;
