//! The whole message as text, in which form WBXML carries it: devices read no OPAQUE where a body is.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, HeaderName, MessagePart, MimeHeaders as _, PartType};

use super::Message;
use super::charset::unstated;
use crate::convert::text::{clean, is_clean};

/// Bytes of a line of base64.
const LINE: usize = 57;

impl<'m> Message<'m> {
    /// The message byte for byte if it is text that XML can hold; otherwise with those parts in base64 that are not,
    /// each of which has the same bytes as before when it is decoded.
    pub(super) fn mime_text(&self) -> Cow<'_, str> {
        match core::str::from_utf8(self.mime().raw_message()) {
            Ok(text) if text.chars().all(is_clean) => Cow::Borrowed(text),
            _ => Cow::Owned(self.re_encoded()),
        }
    }

    fn re_encoded(&self) -> String {
        let raw = self.mime().raw_message();
        let mut parts = self.leaves();
        parts.sort_by_key(|part| part.offset_header);
        let mut text = String::with_capacity(raw.len() * 3 / 2);
        let mut copied = 0;
        for part in parts {
            let [header, body, end] =
                [part.offset_header, part.offset_body, part.offset_end].map(|at| at as usize);
            let Some((before, body)) = raw.get(copied..header).zip(raw.get(body..end)) else { continue };
            let Some(content) = content_to_encode(part, body) else { continue };
            push_lines(&mut text, before);
            push_header(&mut text, part, raw, &content);
            for line in content.chunks(LINE) {
                text.push_str(&STANDARD.encode(line));
                text.push_str("\r\n");
            }
            copied = end;
        }
        push_lines(&mut text, raw.get(copied..).unwrap_or_default());
        text
    }

    /// The parts that hold no others, also those of attached messages. Of an encoded message there is only the whole.
    fn leaves(&self) -> Vec<&MessagePart<'m>> {
        let mut leaves = Vec::new();
        let mut messages = vec![self.mime()];
        while let Some(message) = messages.pop() {
            for part in &message.parts {
                match &part.body {
                    PartType::Multipart(_) => {}
                    PartType::Message(inner) if part.encoding == Encoding::None => messages.push(inner),
                    _ => leaves.push(part),
                }
            }
        }
        leaves
    }
}

/// The content of a part if it has to be put into base64.
fn content_to_encode<'b>(part: &MessagePart<'_>, body: &'b [u8]) -> Option<Cow<'b, [u8]>> {
    if core::str::from_utf8(body).is_ok_and(|text| text.chars().all(is_clean)) {
        return None;
    }
    match part.encoding {
        Encoding::None => Some(Cow::Borrowed(body)),
        Encoding::QuotedPrintable => quoted_printable_decode(body).map(Cow::Owned),
        // What is no base64 in it means nothing.
        Encoding::Base64 => None,
    }
}

/// The header of a part that was put into base64. Text without a charset gets the one that it is read in.
fn push_header(text: &mut String, part: &MessagePart<'_>, raw: &[u8], content: &[u8]) {
    let is_text = matches!(part.body, PartType::Text(_) | PartType::Html(_)) && !part.is_encoding_problem;
    let stated = part.content_type().is_some_and(|found| found.has_attribute("charset"));
    let charset = (is_text && !stated).then(|| unstated(content).0);
    let mut missing_type = charset.map(|charset| format!("Content-Type: text/plain; charset={charset}\r\n"));
    for header in &part.headers {
        let line = raw.get(header.offset_field as usize..header.offset_end as usize).unwrap_or_default();
        match (&header.name, charset) {
            (HeaderName::ContentTransferEncoding, _) => {}
            (HeaderName::ContentType, Some(charset)) if missing_type.take().is_some() => {
                let kept = text.len();
                push_lines(text, line);
                let end = text[kept..].trim_end_matches([';', ' ', '\t', '\r', '\n']).len();
                text.truncate(kept + end);
                text.push_str("; charset=");
                text.push_str(charset);
                text.push_str("\r\n");
            }
            _ => push_lines(text, line),
        }
    }
    let is_whole = part.offset_header == 0;
    if is_whole && !part.headers.iter().any(|header| header.name == HeaderName::MimeVersion) {
        text.push_str("MIME-Version: 1.0\r\n");
    }
    text.extend(missing_type);
    text.push_str("Content-Transfer-Encoding: base64\r\n\r\n");
}

/// Lines outside of any content: a header may be 8-bit by mistake, each line in its own way.
fn push_lines(text: &mut String, bytes: &[u8]) {
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        text.push_str(&clean(unstated(line).1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_in_utf_8_stays_as_it_is() {
        let message = "Subject: ä\r\n\r\nö\r\n".as_bytes();
        let message = Message::parse(message).unwrap();
        assert!(matches!(message.mime_text(), Cow::Borrowed("Subject: ä\r\n\r\nö\r\n")));
    }

    #[test]
    fn eight_bit_parts_are_put_into_base64_and_mean_the_same() {
        let mut bytes = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
            --x\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
            r\xE4ksm\xF6rg\xE5s\r\n--x\r\nContent-Type: text/plain\r\n\r\nplain\r\n--x\r\n\
            Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=a.bin\r\n\
            Content-Transfer-Encoding: binary\r\n\r\n"
            .to_vec();
        bytes.extend((0..=255).filter(|byte| !b"\r\n-".contains(byte)));
        bytes.extend(b"\r\n--x--\r\n");
        let before = Message::parse(&bytes).unwrap();
        let text = before.mime_text().into_owned();
        assert!(
            text.contains("charset=iso-8859-1\r\nContent-Transfer-Encoding: base64\r\n\r\ncuRrc232cmflcw=="),
            "{text}"
        );
        assert!(!text.contains("8bit"));
        let after = Message::parse(text.as_bytes()).unwrap();
        assert_eq!(after.plain_text().trim_end(), before.plain_text().trim_end());
        assert!(after.plain_text().starts_with("räksmörgås"));
        let [before, after] =
            [&before, &after].map(|message| message.attachments().next().unwrap().bytes.into_owned());
        assert_eq!(before, after);
        assert_eq!(after.len(), 253);
    }

    /// The message as text, and read again.
    fn again(bytes: &[u8]) -> (String, Message<'static>) {
        let text = Message::parse(bytes).unwrap().mime_text().into_owned();
        assert!(text.chars().all(is_clean), "{text:?}");
        let mime = mail_parser::MessageParser::default().parse(text.as_bytes()).unwrap().into_owned();
        (text, Message { mime })
    }

    #[test]
    fn eight_bit_text_without_a_charset_gets_the_one_that_it_is_shown_in() {
        let (text, message) = again(b"Subject: x\r\n\r\nr\xE4v\r\n");
        let header = "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=windows-1252\r\n\
            Content-Transfer-Encoding: base64\r\n\r\n";
        assert_eq!(text, format!("{header}cuR2DQo=\r\n"));
        assert_eq!(message.plain_text(), "räv\r\n");

        let mail = b"MIME-Version: 1.0\r\nContent-Type: text/html;\r\n format=flowed; \r\n\r\n<p>r\xE4v</p>";
        let (text, message) = again(mail);
        assert!(
            text.contains("Content-Type: text/html;\r\n format=flowed; charset=windows-1252\r\n"),
            "{text}"
        );
        assert_eq!(message.html(), "<p>räv</p>");
    }

    #[test]
    fn control_characters_are_put_into_base64_and_stay() {
        let body = b"page\x0Cpage\0\x1B[0m \xC3\xA4";
        let (text, message) = again(&[b"Subject: x\r\n\r\n", &body[..]].concat());
        assert!(text.contains("charset=utf-8"), "{text}");
        assert_eq!(message.mime().parts[0].contents(), body);
        // As text they are dropped.
        assert_eq!(message.plain_text(), "pagepage[0m ä");
    }

    #[test]
    fn what_an_attached_message_holds_is_put_into_base64_in_it() {
        let mail =
            b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n\
            Subject: inner\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n\xC4\xC1\r\n--x\r\n\
            Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
            =41\x0C\r\n--x--\r\n";
        let (text, message) = again(mail);
        assert!(
            text.contains("charset=koi8-r\r\nContent-Transfer-Encoding: base64\r\n\r\nxME=\r\n"),
            "{text}"
        );
        assert!(!text.contains("quoted-printable"), "{text}");
        let PartType::Message(inner) = &message.mime().parts[1].body else { panic!("{text}") };
        assert_eq!(inner.body_text(0).unwrap(), "да");
        assert_eq!(message.mime().parts[2].contents(), b"A\x0C");
    }

    #[test]
    fn each_line_of_a_header_is_read_by_itself() {
        let mail = b"Subject: r\xE4v\r\nFrom: \xC3\xA4\x01 <a@example.org>\r\n\r\nbody";
        let (text, message) = again(mail);
        assert_eq!(text, "Subject: räv\r\nFrom: ä <a@example.org>\r\n\r\nbody");
        assert_eq!(message.mime().subject(), Some("räv"));
    }
}
