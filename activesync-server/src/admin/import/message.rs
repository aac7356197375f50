//! What a file says about a mail besides its content.

use activesync_types::convert::mail::Message;
use activesync_types::email::LastVerbExecuted;
use jiff::Timestamp;
use mail_parser::{HeaderName, HeaderValue};

use super::header::{self, Beginning, NoMessage};
use super::{maildir, mbox};
use crate::backend::{Email, EmailMarks};

/// What is known before the message is read.
#[derive(Default)]
pub(super) struct Found {
    /// When it arrived, if the message itself does not say.
    pub(super) received: Option<Timestamp>,
    pub(super) marks: EmailMarks,
}

/// The mail.
pub(super) fn read(file: &[u8], found: Found) -> Result<Email, NoMessage> {
    let Beginning { message: raw, separator } = header::find(file)?;
    let raw = with_crlf(raw);
    let message = Message::parse(&raw)
        .map_err(|not_a_message| NoMessage { line: 1, reason: not_a_message.to_string() })?;
    let newest = message.mime().received_all().next().and_then(mail_parser::Received::date);
    let newest = newest
        .filter(mail_parser::DateTime::is_valid)
        .and_then(|date| Timestamp::from_second(date.to_timestamp()).ok());
    let received = newest
        .or_else(|| message.sent())
        .or_else(|| mbox::time(separator?))
        .or(found.received)
        .unwrap_or_default();
    let mut marks = found.marks;
    status(&message, &mut marks);
    Ok(Email { marks, ..Email::new(raw, received) })
}

/// `Status: RO` and `X-Status: AF`, which mailers write into an mbox.
fn status(message: &Message<'_>, marks: &mut EmailMarks) {
    let field = |name: &'static str| {
        message
            .mime()
            .header(HeaderName::Other(name.into()))
            .and_then(HeaderValue::as_text)
            .unwrap_or_default()
    };
    marks.read |= field("Status").contains('R');
    let more = field("X-Status");
    if more.contains('F') && marks.flag.is_none() {
        marks.flag = Some(maildir::flag());
    }
    if more.contains('A') && marks.last_verb == LastVerbExecuted::Unknown {
        marks.last_verb = LastVerbExecuted::ReplyToSender;
    }
}

/// With the line ends that mail has on its way; files often have others.
fn with_crlf(raw: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(raw.len() + raw.len() / 32);
    let mut before = 0;
    for &byte in raw {
        if byte == b'\n' && before != b'\r' {
            lines.push(b'\r');
        }
        lines.push(byte);
        before = byte;
    }
    lines
}

/// Text in UTF-8, in UTF-16 if a byte order mark says so, or else in Windows-1252, as old programs wrote it.
pub(super) fn text_of(bytes: Vec<u8>) -> String {
    if let Some(text) = utf16(&bytes) {
        return text;
    }
    let text = String::from_utf8(bytes).unwrap_or_else(|error| {
        mail_parser::decoders::charsets::map::charset_decoder(b"windows-1252").map_or_else(
            || String::from_utf8_lossy(error.as_bytes()).into_owned(),
            |decode| decode(error.as_bytes()),
        )
    });
    text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text)
}

/// What Outlook and others write on Windows.
fn utf16(bytes: &[u8]) -> Option<String> {
    let (bytes, unit): (_, fn([u8; 2]) -> u16) = match bytes {
        [0xFF, 0xFE, rest @ ..] => (rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => (rest, u16::from_be_bytes),
        _ => return None,
    };
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    Some(String::from_utf16_lossy(&units))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_arrived_when_its_last_server_said_or_when_it_was_sent() {
        let arrival = |text: &str| {
            let found = Found { received: Some("2001-01-01T00:00:00Z".parse().unwrap()), ..Found::default() };
            read(text.as_bytes(), found).unwrap().received.to_string()
        };
        let received = "Received: from a by b; Thu, 29 Feb 2024 08:00:00 +0100\r\n";
        let older = "Received: from c by a; Thu, 29 Feb 2024 06:59:00 +0000\r\n";
        let date = "Date: Wed, 28 Feb 2024 23:00:00 +0000\r\n";
        assert_eq!(arrival(&format!("{received}{older}{date}\r\n")), "2024-02-29T07:00:00Z");
        assert_eq!(arrival(&format!("{date}Subject: x\r\n\r\n")), "2024-02-28T23:00:00Z");
        assert_eq!(arrival("Subject: x\r\n\r\n"), "2001-01-01T00:00:00Z");
        assert_eq!(arrival("From a Sat Jan  3 01:05:34 1996\r\nSubject: x\r\n\r\n"), "1996-01-03T01:05:34Z");
    }

    #[test]
    fn marks_come_from_the_file_and_from_the_header() {
        let email = read(b"Status: RO\nX-Status: AF\nSubject: x\n\nHello\n", Found::default()).unwrap();
        assert!(email.marks.read && email.marks.flag.is_some());
        assert_eq!(email.marks.last_verb, LastVerbExecuted::ReplyToSender);
        assert_eq!(email.raw, b"Status: RO\r\nX-Status: AF\r\nSubject: x\r\n\r\nHello\r\n");
        let email = read(b"Status: O\nTo: x\n\n", Found::default()).unwrap();
        assert_eq!(email.marks, EmailMarks::default());
    }

    #[test]
    fn old_text_is_windows_1252() {
        assert_eq!(text_of(b"\xEF\xBB\xBFGr\xC3\xB6\xC3\x9Fe".to_vec()), "Größe");
        assert_eq!(text_of(b"Gr\xF6\xDFe \x80".to_vec()), "Größe €");
    }

    #[test]
    fn a_byte_order_mark_tells_utf_16() {
        assert_eq!(text_of(b"\xFF\xFEG\0\xF6\0\x3D\xD8\x00\xDE".to_vec()), "Gö😀");
        assert_eq!(text_of(b"\xFE\xFF\0G\0\xF6\0".to_vec()), "Gö", "but for half a character");
    }
}
