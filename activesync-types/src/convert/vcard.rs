//! Between vCard (RFC 6350, and the 3.0 and 2.1 before it) and [`Contact`].
//!
//! [`parse`] reads a file, [`from_vcard`] what `calcard` has read, [`to_vcard`] and [`to_text`] go back, to 4.0.
//!
//! ```
//! use activesync_types::convert::vcard::{parse, to_text};
//!
//! let file = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ada Exempel\r\nN:Exempel;Ada;;;\r\nTEL;TYPE=cell:+46 1\r\nEND:VCARD\r\n";
//! let card = parse(file).next().unwrap()?;
//! assert!(card.lost.is_empty());
//! assert_eq!(card.contact.mobile_phone_number.as_deref(), Some("+46 1"));
//! assert!(to_text(&card.contact).contains("N:Exempel;Ada;;;\r\n"));
//! # Ok::<(), activesync_types::convert::Unreadable>(())
//! ```
//!
//! | vCard | [`Contact`] |
//! | --- | --- |
//! | `N`, else `FN` | `last_name`, `first_name`, `middle_name`, `title`, `suffix` |
//! | `X-EVOLUTION-FILE-AS`, else made of the name | `file_as` |
//! | `NICKNAME`, `BDAY`, `ANNIVERSARY`, `URL`, `PHOTO`, `CATEGORIES` | `nick_name`, `birthday`, `anniversary`, `web_page`, `picture`, `categories` |
//! | `ORG` with its first unit, `TITLE` | `company_name`, `department`, `job_title` |
//! | `EMAIL`, `IMPP`, the preferred ones first | `email1_address` to `email3_address`, `im_address` to `im_address3` |
//! | `TEL` by its types | the telephone and fax numbers |
//! | `ADR` by its types; the extended address at work | the addresses; `office_location` |
//! | `RELATED` of type spouse, child, agent | `spouse`, `children`, `assistant_name` |
//! | `X-EVOLUTION-MANAGER` | `manager_name` |
//! | `X-PHONETIC-FIRST-NAME`, `…-LAST-NAME`, `…-ORG` | `yomi_first_name`, `yomi_last_name`, `yomi_company_name` |
//! | `NOTE` | `body` and `legacy_body` |
//! | `X-CUSTOMER-ID`, `X-GOVERNMENT-ID`, `X-ACCOUNT-NAME` | the same |
//!
//! Read as well: what other programs write for some of these, such as `X-SPOUSE`, `X-AIM` or `X-ANNIVERSARY`.
//!
//! What cannot be said in a [`Contact`], and is named in [`Card::lost`] with its line: more than three e-mail or
//! messaging addresses, more telephones or addresses of a kind than it has room for, post office boxes, units inside
//! of units of a company, dates without a year, pictures that are only linked or of more than 36 KB, `GENDER`, `LANG`,
//! `ROLE` and all other properties of a standard, second values of what comes once. Named as well is what cannot be
//! read, such as a `BDAY` that is no date. Unnamed go: `UID`, `REV`, `PRODID`, `SOURCE` and `X-` properties of others.
//! What cannot be said in vCard: `alias` and `weighted_rank`, which are no part of a contact that is kept, names
//! before an e-mail address, and formats of notes.

mod fields;
mod read;
mod write;

use calcard::{Entry, Parser};

use super::{Loss, Unreadable, line_of, lines};
use crate::contacts::Contact;

pub use self::read::from_vcard;
pub use self::write::{to_text, to_vcard};

/// A contact that was read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Card {
    /// The contact.
    pub contact: Contact<'static>,
    /// What of it there is no place for in a [`Contact`], and what of it cannot be read.
    pub lost: Vec<Loss>,
}

/// Reads the contacts of a file, and goes on after what it cannot read.
pub fn parse(text: &str) -> impl Iterator<Item = Result<Card, Unreadable>> + use<'_> {
    let mut parser = Parser::new(text);
    let mut lines = lines::cards(text).into_iter();
    std::iter::from_fn(move || match parser.entry() {
        Entry::Eof => None,
        Entry::VCard(card) => Some(Ok(read::read(&card, lines.next().as_ref()))),
        Entry::InvalidLine(line) => Some(Err(Unreadable { line: line_of(text, &line), found: line })),
        Entry::ICalendar(_) => Some(Err(Unreadable { line: None, found: "a calendar".to_owned() })),
        other => Some(Err(Unreadable { line: None, found: format!("{other:?}") })),
    })
}
