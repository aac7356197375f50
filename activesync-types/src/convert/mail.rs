//! From a message of RFC 5322 and MIME to an [`Email`].
//!
//! [`Message::parse`] reads the bytes once; [`Message::email`] then makes what a client asked for, as often as
//! needed: for any version, body format and truncation. Attachments are numbered by their place in the message,
//! which never changes while its bytes do not; the caller turns the number into a `FileReference` and gets the
//! bytes back with [`Message::attachment`].
//!
//! ```
//! use activesync_types::airsyncbase::{BodyPreference, BodyType};
//! use activesync_types::convert::mail::{Message, Wanted};
//! use wbxml::ProtocolVersion;
//!
//! let message = Message::parse(b"From: Bo <bo@example.org>\r\nSubject: =?utf-8?q?R=C3=A4kning?=\r\n\r\nhello")?;
//! let mut wanted = Wanted::new(ProtocolVersion::V16_1);
//! wanted.body_preferences = vec![BodyPreference::truncated(BodyType::PlainText, 4)];
//! let email = message.email(&wanted, |number| format!("1:7:{number}"));
//! assert_eq!(email.subject.as_deref(), Some("Räkning"));
//! assert_eq!(email.from.as_deref(), Some("\"Bo\" <bo@example.org>"));
//! let body = email.body.unwrap();
//! assert_eq!((body.text().as_deref(), body.truncated, body.estimated_data_size), (Some("hell"), Some(true), Some(5)));
//! # Ok::<(), activesync_types::convert::mail::NotAMessage>(())
//! ```
//!
//! | of the message | in the [`Email`] |
//! | --- | --- |
//! | `To`, `Cc`, `Bcc`, `From`, `Reply-To`, `Sender` | the same, decoded; `sender` only if it is not `from` |
//! | the names in `To` | `display_to` |
//! | [`Wanted::received`], else the newest `Received`, else `Date` | `date_received` |
//! | `Thread-Topic`, else `Subject` without `Re:` and the like | `thread_topic` |
//! | `Importance`, `X-Priority`, `Priority` | `importance` |
//! | `Thread-Index`, else `Date`; and the first of `References` | `conversation_index`, `conversation_id` |
//! | the kind of message: S/MIME, report, meeting | `message_class` |
//! | charset of the text | `internet_cpid` |
//! | `text/plain` and `text/html`, each made from the other if need be | `body`, `body_part`, `legacy_body` |
//! | the message itself | the same, if the client wants MIME |
//! | a `text/calendar` part with a method | `meeting_request`, with the feature `icalendar` |
//!
//! Text that states no charset is read as UTF-8 if it is valid, else as windows-1252. Characters that XML 1.0 does not
//! have are left out of all text. The message as MIME goes out byte for byte, unless bytes in it are no UTF-8, or
//! characters that XML 1.0 does not have: then the parts that hold them are in base64, and are the same when decoded.
//!
//! What has no place there: all other header fields, alternatives that are neither plain text nor HTML, and what a
//! `winmail.dat` holds. A client that wants them asks for MIME.

mod attachments;
mod body;
mod charset;
mod class;
mod conversation;
#[cfg(feature = "icalendar")]
mod meeting;
mod mime;
mod unique;

use core::fmt;
use std::borrow::Cow;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use mail_parser::{Addr, Address, HeaderName, HeaderValue, MessageParser};
use wbxml::ProtocolVersion;

pub use self::attachments::AttachedFile;
use super::text::{boundary, clean, clean_line};
use crate::airsyncbase::{BodyPartPreference, BodyPreference};
use crate::date_time::DateTime;
use crate::email::Email;
use crate::enumerations::Importance;
use crate::sync::{MimeSupport, MimeTruncation, SyncOptions, Truncation};

/// The most characters of `To` and `From`. [MS-ASEMAIL] 2.2.2.79
const MOST_CHARACTERS: usize = 32_768;

/// A message that was read.
#[derive(Clone, Debug)]
pub struct Message<'m> {
    mime: mail_parser::Message<'m>,
}

/// The bytes hold no header field, so that they are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAMessage;

impl fmt::Display for NotAMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a message that begins with header fields, found none")
    }
}

impl core::error::Error for NotAMessage {}

/// What of a message a client wants.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Wanted {
    /// The version of the answer.
    pub version: ProtocolVersion,
    /// Formats of body, best first; 12.0 and later. None means plain text, whole.
    pub body_preferences: Vec<BodyPreference>,
    /// Formats of the new part of the message; 14.1 and later. None means that it is not sent.
    pub body_part_preferences: Vec<BodyPartPreference>,
    /// Which messages to send as MIME.
    pub mime_support: MimeSupport,
    /// Where to cut the body, up to 2.5.
    pub truncation: Option<Truncation>,
    /// Where to cut MIME, if no body preference says so.
    pub mime_truncation: Option<MimeTruncation>,
    /// When the message was received, if not as its header says.
    pub received: Option<Timestamp>,
}

impl Wanted {
    /// A whole plain text body in the form of the given version.
    #[must_use]
    pub fn new(version: ProtocolVersion) -> Self {
        Self {
            version,
            body_preferences: Vec::new(),
            body_part_preferences: Vec::new(),
            mime_support: MimeSupport::Never,
            truncation: None,
            mime_truncation: None,
            received: None,
        }
    }

    /// What the options of a Sync request ask for.
    #[must_use]
    pub fn of(version: ProtocolVersion, options: &SyncOptions<'_>) -> Self {
        Self {
            body_preferences: options.body_preferences.clone(),
            body_part_preferences: options.body_part_preferences.clone(),
            mime_support: options.mime_support.unwrap_or_default(),
            truncation: options.truncation,
            mime_truncation: options.mime_truncation,
            ..Self::new(version)
        }
    }
}

impl<'m> Message<'m> {
    /// Reads a message. Faults in it never fail, they make for less.
    ///
    /// # Errors
    /// If there is no header field at all.
    pub fn parse(bytes: &'m [u8]) -> Result<Self, NotAMessage> {
        let mut mime = MessageParser::default().parse(bytes).ok_or(NotAMessage)?;
        charset::read_eight_bit_fields(&mut mime);
        Ok(Self { mime })
    }

    /// The message as `mail-parser` knows it.
    pub fn mime(&self) -> &mail_parser::Message<'m> {
        &self.mime
    }

    /// The `Date` of the message.
    pub fn sent(&self) -> Option<Timestamp> {
        // `mail-parser` wants seconds or a zone in digits, which old programs leave out.
        self.mime.date().and_then(timestamp).or_else(|| {
            let date = self.mime.header_raw(HeaderName::Date)?;
            DateTimeParser::new().relaxed_weekday(true).parse_timestamp(date.trim()).ok()
        })
    }

    /// What the client wants of the message. `file_reference` names the attachment of a number.
    ///
    /// What a message does not know of itself is left to the caller: `read`, `flag`, `categories`,
    /// `last_verb_executed`, `is_draft`.
    pub fn email(&self, wanted: &Wanted, file_reference: impl FnMut(u32) -> String) -> Email<'_> {
        let mut email = self.header_fields();
        let received = wanted.received.or_else(|| self.received()).or_else(|| self.sent());
        email.date_received = received.map(DateTime::new);
        email.message_class = Some(Cow::Borrowed(self.message_class()));
        email.internet_cpid = Some(Cow::Borrowed(self.internet_cpid()));
        email.content_class = Some(Cow::Borrowed("urn:content-classes:message"));
        let conversation = self.conversation();
        email.conversation_id = conversation.id;
        email.conversation_index = conversation.index;
        self.put_bodies(&mut email, wanted);
        self.put_attachments(&mut email, wanted.version, file_reference);
        #[cfg(feature = "icalendar")]
        {
            email.meeting_request = self.meeting_request();
        }
        email
    }

    fn header_fields(&self) -> Email<'_> {
        let mime = &self.mime;
        let from = mime.from().map(|from| addresses(from, ", "));
        let sender = mime.sender().map(|sender| addresses(sender, ", "));
        Email {
            to: all(mime.all_to(), |address| addresses(address, ", ")),
            cc: all(mime.all_cc(), |address| addresses(address, ", ")),
            bcc: all(mime.all_bcc(), |address| addresses(address, ", ")),
            sender: sender.filter(|sender| Some(sender) != from.as_ref()).map(Cow::Owned),
            from: from.map(Cow::Owned),
            subject: mime.subject().map(|subject| clean_line(Cow::Borrowed(subject))),
            reply_to: mime.reply_to().map(|address| Cow::Owned(addresses(address, "; "))),
            display_to: all(mime.all_to(), names),
            thread_topic: self.thread_topic(),
            importance: Some(self.importance()),
            ..Email::default()
        }
    }

    /// When the last server on the way received the message.
    fn received(&self) -> Option<Timestamp> {
        timestamp(&self.mime.received_all().next()?.date()?)
    }

    fn thread_topic(&self) -> Option<Cow<'_, str>> {
        let topic = self.field("Thread-Topic").or_else(|| self.mime.thread_name())?;
        Some(clean_line(Cow::Borrowed(topic)))
    }

    fn importance(&self) -> Importance {
        let field = |name: HeaderName<'m>| self.mime.header(name).and_then(HeaderValue::as_text);
        let word = |text: &str| match text.trim().to_ascii_lowercase().as_str() {
            "high" | "urgent" => Some(Importance::High),
            "normal" | "non-urgent" => Some(Importance::Normal),
            "low" => Some(Importance::Low),
            _ => None,
        };
        let number = |text: &str| match text.trim().bytes().next() {
            Some(b'1' | b'2') => Some(Importance::High),
            Some(b'4' | b'5') => Some(Importance::Low),
            _ => None,
        };
        field(HeaderName::Importance)
            .and_then(word)
            .or_else(|| self.field("X-Priority").and_then(number))
            .or_else(|| self.field("X-MSMail-Priority").and_then(word))
            .or_else(|| field(HeaderName::Priority).and_then(word))
            .unwrap_or_default()
    }

    /// The text of a header field that `mail-parser` has no name for.
    fn field(&self, name: &'static str) -> Option<&str> {
        self.mime.header(HeaderName::Other(Cow::Borrowed(name)))?.as_text()
    }
}

fn all<'m: 'a, 'a>(
    fields: impl Iterator<Item = &'a Address<'m>>,
    write: impl Fn(&Address<'m>) -> String,
) -> Option<Cow<'static, str>> {
    let lists: Vec<String> = fields.map(write).filter(|list| !list.is_empty()).collect();
    (!lists.is_empty()).then(|| Cow::Owned(lists.join(", ")))
}

/// All addresses, as many as the specification has room for.
fn addresses(field: &Address<'_>, between: &str) -> String {
    let mut list = String::new();
    let mut characters = 0;
    for address in field.iter().filter_map(address) {
        characters += address.chars().count() + between.len();
        if characters > MOST_CHARACTERS {
            break;
        }
        if !list.is_empty() {
            list.push_str(between);
        }
        list.push_str(&address);
    }
    list
}

/// `"Name" <address>`, or what there is of it.
fn address(entry: &Addr<'_>) -> Option<String> {
    let name = name(entry).filter(|name| !name.is_empty());
    match (name, entry.address()) {
        (Some(name), Some(address)) => {
            let name = name.replace('\\', "\\\\").replace('"', "\\\"");
            Some(format!("\"{name}\" <{}>", clean_line(Cow::Borrowed(address))))
        }
        (None, Some(address)) => Some(clean_line(Cow::Borrowed(address)).into_owned()),
        (Some(name), None) => Some(format!("\"{name}\"")),
        (None, None) => None,
    }
}

fn names(field: &Address<'_>) -> String {
    let names: Vec<Cow<'_, str>> = field
        .iter()
        .filter_map(|entry| {
            name(entry).filter(|name| !name.is_empty()).or_else(|| entry.address().map(Cow::Borrowed))
        })
        .collect();
    names.join("; ")
}

fn name<'a>(entry: &'a Addr<'_>) -> Option<Cow<'a, str>> {
    entry.name().map(|name| clean_line(Cow::Borrowed(name.trim())))
}

fn timestamp(date: &mail_parser::DateTime) -> Option<Timestamp> {
    if !date.is_valid() {
        return None;
    }
    Timestamp::from_second(date.to_timestamp()).ok()
}

#[cfg(test)]
mod tests;
