//! The whole message as text, in which form WBXML carries it.

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_parser::{Encoding, HeaderName, MessagePart, PartType};

use super::{Message, clean};

/// Bytes of a line of base64.
const LINE: usize = 57;

impl<'m> Message<'m> {
    /// The message as it is if it is UTF-8; otherwise with those parts in base64 that are not.
    pub(super) fn mime_text(&self) -> Cow<'_, str> {
        match core::str::from_utf8(self.mime().raw_message()) {
            Ok(text) => clean(Cow::Borrowed(text)),
            Err(_) => clean(Cow::Owned(self.re_encoded())),
        }
    }

    fn re_encoded(&self) -> String {
        let raw = self.mime().raw_message();
        let mut parts: Vec<&MessagePart<'m>> =
            self.mime().parts.iter().filter(|part| is_eight_bit(part, raw)).collect();
        parts.sort_by_key(|part| part.offset_header);
        let mut text = String::with_capacity(raw.len() * 3 / 2);
        let mut copied = 0;
        for part in parts {
            let [header, body, end] =
                [part.offset_header, part.offset_body, part.offset_end].map(|at| at as usize);
            let Some(before) = raw.get(copied..header) else { continue };
            text.push_str(&String::from_utf8_lossy(before));
            push_header(&mut text, part, raw);
            for line in raw[body..end].chunks(LINE) {
                text.push_str(&STANDARD.encode(line));
                text.push_str("\r\n");
            }
            copied = end;
        }
        text.push_str(&String::from_utf8_lossy(raw.get(copied..).unwrap_or_default()));
        text
    }
}

/// Whether the part holds bytes that are no UTF-8, and may be put into base64.
fn is_eight_bit(part: &MessagePart<'_>, raw: &[u8]) -> bool {
    let leaf = !matches!(part.body, PartType::Multipart(_) | PartType::Message(_));
    let body = raw.get(part.offset_body as usize..part.offset_end as usize);
    leaf && part.encoding == Encoding::None && body.is_some_and(|body| core::str::from_utf8(body).is_err())
}

/// The header of the part, its transfer encoding replaced.
fn push_header(text: &mut String, part: &MessagePart<'_>, raw: &[u8]) {
    for header in &part.headers {
        if header.name != HeaderName::ContentTransferEncoding {
            let line = &raw[header.offset_field as usize..header.offset_end as usize];
            text.push_str(&String::from_utf8_lossy(line));
        }
    }
    // Writing to a string never fails.
    let _ = write!(text, "Content-Transfer-Encoding: base64\r\n\r\n");
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
}
