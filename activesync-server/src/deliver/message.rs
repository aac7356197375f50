//! What sending needs of a message: who gets it, and a few header fields more or less.
//!
//! The message itself stays as the client wrote it, byte for byte: it may be signed.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use mail_builder::headers::Header;
use mail_builder::headers::address::Address;
use mail_parser::{HeaderName, MessageParser};
use uuid::Uuid;

/// The recipients and the fields that identify a message.
pub(crate) struct Facts {
    /// The addresses of To, Cc and Bcc, each once.
    pub(crate) recipients: Vec<String>,
    pub(crate) from: Option<String>,
    pub(crate) message_id: Option<String>,
    pub(crate) subject: String,
    has_date: bool,
}

impl Facts {
    /// With no more than so many recipients. `None` if these bytes are not a message.
    pub(crate) fn of(raw: &[u8], most_recipients: usize) -> Option<Self> {
        let message = MessageParser::new().parse_headers(raw)?;
        let (mut recipients, mut known) = (Vec::new(), HashSet::new());
        let fields = message
            .headers()
            .iter()
            .filter(|header| matches!(header.name, HeaderName::To | HeaderName::Cc | HeaderName::Bcc));
        let lists = fields.filter_map(|header| header.value.as_address());
        for address in lists.flat_map(|list| list.iter()).filter_map(|address| address.address()) {
            if known.insert(address.to_ascii_lowercase()) {
                recipients.push(address.to_owned());
                if recipients.len() == most_recipients {
                    break;
                }
            }
        }
        Some(Self {
            recipients,
            from: message
                .from()
                .and_then(|from| from.first())
                .and_then(|from| from.address())
                .map(str::to_owned),
            message_id: message.message_id().map(str::to_owned),
            subject: message.subject().unwrap_or_default().to_owned(),
            has_date: message.date().is_some(),
        })
    }
}

/// Who sends.
pub(crate) struct Sender<'a> {
    pub(crate) name: &'a str,
    pub(crate) address: &'a str,
    /// Whether the address in From is one of the sender's.
    pub(crate) owns_from: bool,
}

/// The message with what RFC 5322 demands and the client left out: Date and Message-ID; and with the sender in From,
/// whoever the client wrote there (`[MS-ASCMD]` 2.2.1.17). Lines end with CR LF afterwards, as on any way of mail.
pub(crate) fn complete(raw: &[u8], facts: &Facts, sender: &Sender<'_>, now: Timestamp) -> Vec<u8> {
    let mut added = String::new();
    let mut rest = Cow::Borrowed(raw);
    if !sender.owns_from {
        added.push_str(&from_field(sender));
        rest = Cow::Owned(without(raw, &["From", "Sender"]));
    }
    if !facts.has_date
        && let Ok(date) = rfc2822::DateTimePrinter::new().timestamp_to_string(&now)
    {
        added.push_str("Date: ");
        added.push_str(&date);
        added.push_str("\r\n");
    }
    if facts.message_id.is_none() {
        let domain = sender.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        added.extend(["Message-ID: <", &Uuid::new_v4().to_string(), "@", domain, ">\r\n"]);
    }
    let mut complete = added.into_bytes();
    complete.extend_from_slice(&with_crlf(&rest));
    complete
}

fn from_field(sender: &Sender<'_>) -> String {
    let name = Some(sender.name).filter(|name| !name.is_empty());
    let mut field = b"From: ".to_vec();
    let written = field.len();
    Address::new_address(name, sender.address).write_header(&mut field, written);
    String::from_utf8_lossy(&field).into_owned()
}

/// The copy that recipients get: nobody learns of Bcc.
pub(crate) fn without_bcc(raw: &[u8]) -> Vec<u8> {
    without(raw, &["Bcc", "Resent-Bcc"])
}

/// The message without some fields of its header.
fn without(raw: &[u8], names: &[&str]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(raw.len());
    let mut end = 0;
    for field in (HeaderFields { raw, at: 0 }) {
        end = field.end;
        let bytes = &raw[field];
        let name = bytes.split(|&byte| byte == b':').next().unwrap_or_default().trim_ascii_end();
        if !names.iter().any(|unwanted| unwanted.as_bytes().eq_ignore_ascii_case(name)) {
            kept.extend_from_slice(bytes);
        }
    }
    kept.extend_from_slice(&raw[end..]);
    kept
}

/// The fields of a header, each with its continuation lines and line ends.
struct HeaderFields<'a> {
    raw: &'a [u8],
    at: usize,
}

impl HeaderFields<'_> {
    fn line_end(&self, from: usize) -> usize {
        self.raw[from..]
            .iter()
            .position(|&byte| byte == b'\n')
            .map_or(self.raw.len(), |found| from + found + 1)
    }
}

impl Iterator for HeaderFields<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        if matches!(self.raw.get(start..)?, [] | [b'\n', ..] | [b'\r', b'\n', ..]) {
            return None;
        }
        let mut end = self.line_end(start);
        while matches!(self.raw.get(end), Some(b' ' | b'\t')) {
            end = self.line_end(end);
        }
        self.at = end;
        Some(start..end)
    }
}

/// Bare line feeds become line ends; SMTP and S/MIME know no other ones.
fn with_crlf(raw: &[u8]) -> Cow<'_, [u8]> {
    let is_bare = |at: &usize| raw[*at] == b'\n' && (*at == 0 || raw[*at - 1] != b'\r');
    let bare = (0..raw.len()).filter(is_bare).count();
    if bare == 0 {
        return Cow::Borrowed(raw);
    }
    let mut ended = Vec::with_capacity(raw.len() + bare);
    for (at, byte) in raw.iter().enumerate() {
        if is_bare(&at) {
            ended.push(b'\r');
        }
        ended.push(*byte);
    }
    Cow::Owned(ended)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: Sender<'static> = Sender { name: "Ada Lovelace", address: "ada@example.org", owns_from: true };

    fn now() -> Timestamp {
        "2026-11-23T18:00:00Z".parse().unwrap()
    }

    #[test]
    fn recipients_are_those_of_all_three_fields_each_once() {
        let raw = b"To: Bob <bob@example.org>, =?utf-8?q?J=C3=BCrgen?= <j@example.net>\r\n\
                    Cc: friends: carol@example.org, BOB@example.org;\r\nBcc:\r\n dora@example.org\r\n\r\nTo: x@y\r\n";
        let facts = Facts::of(raw, 10).unwrap();
        assert_eq!(
            facts.recipients,
            ["bob@example.org", "j@example.net", "carol@example.org", "dora@example.org"]
        );
    }

    #[test]
    fn bcc_goes_with_its_continuation_lines_and_nothing_else_does() {
        let raw =
            b"Subject: a\r\n bcc: not a field\r\nbCC : x@y,\r\n\tz@y\r\nTo: b@c\r\n\r\nBcc: in the body\r\n";
        let expected = b"Subject: a\r\n bcc: not a field\r\nTo: b@c\r\n\r\nBcc: in the body\r\n";
        assert_eq!(without_bcc(raw), expected);
        assert_eq!(without_bcc(b"To: a\nBcc: b\n\nbody"), b"To: a\n\nbody");
        assert_eq!(without_bcc(b"Bcc: b"), b"");
        assert_eq!(without_bcc(b"\r\nBcc: b"), b"\r\nBcc: b");
    }

    #[test]
    fn what_is_missing_is_added_and_what_is_there_stays() {
        let raw = b"To: b@c\n\nbody\r\n";
        let sender = Sender { owns_from: false, ..ADA };
        let complete = complete(raw, &Facts::of(raw, 10).unwrap(), &sender, now());
        let message = MessageParser::new().parse(&complete).unwrap();
        assert_eq!(message.from().unwrap().first().unwrap().address(), Some("ada@example.org"));
        assert_eq!(message.from().unwrap().first().unwrap().name(), Some("Ada Lovelace"));
        assert_eq!(message.date().unwrap().to_rfc3339(), "2026-11-23T18:00:00Z");
        assert!(message.message_id().unwrap().ends_with("@example.org"));
        assert!(complete.ends_with(b"To: b@c\r\n\r\nbody\r\n"), "{}", String::from_utf8_lossy(&complete));

        let raw = b"From: a.l@example.org\r\nDate: Mon, 23 Nov 2026 19:00:00 +0100\r\nMessage-ID: <1@x>\r\n\r\n\xFF\r\n";
        assert_eq!(super::complete(raw, &Facts::of(raw, 10).unwrap(), &ADA, now()), raw);
    }

    #[test]
    fn nobody_writes_in_the_name_of_another() {
        let raw = b"From: king@example.org\r\nSender: queen@example.org\r\nDate: Mon, 23 Nov 2026 19:00:00 +0100\r\n\
                    Message-ID: <1@x>\r\n\r\n";
        let sender = Sender { owns_from: false, ..ADA };
        let text = String::from_utf8(complete(raw, &Facts::of(raw, 10).unwrap(), &sender, now())).unwrap();
        assert!(text.starts_with("From: \"Ada Lovelace\" <ada@example.org>\r\nDate"), "{text}");
        assert!(!text.contains("king") && !text.contains("queen"), "{text}");
    }
}
