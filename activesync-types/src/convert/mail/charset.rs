//! Windows code pages of charsets.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::parsers::MessageStream;
use mail_parser::{HeaderValue, MessagePart, MimeHeaders as _, PartType};

use super::Message;

const UTF_8: &str = "65001";
const US_ASCII: &str = "20127";

/// Charsets by their names in MIME, and their code pages.
const CODE_PAGES: [(&str, &str); 45] = [
    ("ascii", US_ASCII),
    ("us-ascii", US_ASCII),
    ("utf-8", UTF_8),
    ("utf-7", "65000"),
    ("utf-16", "1200"),
    ("utf-16le", "1200"),
    ("utf-16be", "1201"),
    ("iso-8859-1", "28591"),
    ("iso-8859-2", "28592"),
    ("iso-8859-3", "28593"),
    ("iso-8859-4", "28594"),
    ("iso-8859-5", "28595"),
    ("iso-8859-6", "28596"),
    ("iso-8859-7", "28597"),
    ("iso-8859-8", "28598"),
    ("iso-8859-8-i", "38598"),
    ("iso-8859-9", "28599"),
    ("iso-8859-13", "28603"),
    ("iso-8859-15", "28605"),
    ("windows-874", "874"),
    ("windows-1250", "1250"),
    ("windows-1251", "1251"),
    ("windows-1252", "1252"),
    ("windows-1253", "1253"),
    ("windows-1254", "1254"),
    ("windows-1255", "1255"),
    ("windows-1256", "1256"),
    ("windows-1257", "1257"),
    ("windows-1258", "1258"),
    ("koi8-r", "20866"),
    ("koi8-u", "21866"),
    ("ibm850", "850"),
    ("ibm866", "866"),
    ("macintosh", "10000"),
    ("shift_jis", "932"),
    ("euc-jp", "51932"),
    ("iso-2022-jp", "50220"),
    ("gb2312", "936"),
    ("gbk", "936"),
    ("gb18030", "54936"),
    ("hz-gb-2312", "52936"),
    ("big5", "950"),
    ("ks_c_5601-1987", "949"),
    ("euc-kr", "51949"),
    ("iso-2022-kr", "50225"),
];

impl<'m> Message<'m> {
    /// The text of a part, which the parser decoded if it knows the charset.
    pub(super) fn decoded<'p>(&'p self, part: &MessagePart<'m>, text: &'p str) -> Cow<'p, str> {
        let charset = part.content_type().and_then(|found| found.attribute("charset"));
        let is_known = charset.is_some_and(|charset| {
            // Who states ASCII and writes more says nothing of what it is.
            code_page(charset) != US_ASCII && charset_decoder(charset.as_bytes()).is_some()
        });
        if is_known || text.is_ascii() {
            return Cow::Borrowed(text);
        }
        match self.raw(part) {
            Some(raw) => Cow::Owned(unstated(&raw).1.into_owned()),
            None => Cow::Borrowed(text),
        }
    }

    /// The code page of the text; UTF-8 if it is not known, which is also how the text is sent.
    pub(super) fn internet_cpid(&self) -> &'static str {
        let mime = self.mime();
        let text = mime.html_bodies().chain(mime.text_bodies());
        let charset = text
            .filter(|part| matches!(part.body, PartType::Text(_) | PartType::Html(_)))
            .find_map(|part| part.content_type()?.attribute("charset"));
        charset.map_or(UTF_8, code_page)
    }
}

/// Text that states no charset, and which it most likely is: UTF-8 if it is valid, else that of Western Europe.
pub(super) fn unstated(bytes: &[u8]) -> (&'static str, Cow<'_, str>) {
    match core::str::from_utf8(bytes) {
        Ok(text) => ("utf-8", Cow::Borrowed(text)),
        Err(_) => match charset_decoder(b"windows-1252") {
            Some(decode) => ("windows-1252", Cow::Owned(decode(bytes))),
            None => ("utf-8", String::from_utf8_lossy(bytes)),
        },
    }
}

/// Reads header fields again that are 8-bit and no UTF-8, of which the parser makes no text.
pub(super) fn read_eight_bit_fields(mime: &mut mail_parser::Message<'_>) {
    let raw = &mime.raw_message;
    for header in mime.parts.iter_mut().flat_map(|part| &mut part.headers) {
        let field = raw.get(header.offset_start as usize..header.offset_end as usize).unwrap_or_default();
        if core::str::from_utf8(field).is_ok() {
            continue;
        }
        let text = unstated(field).1;
        let mut stream = MessageStream::new(text.as_bytes());
        let value = match &header.value {
            HeaderValue::Text(_) => stream.parse_unstructured(),
            HeaderValue::Address(_) => stream.parse_address(),
            HeaderValue::ContentType(_) => stream.parse_content_type(),
            _ => continue,
        };
        header.value = value.into_owned();
    }
}

fn code_page(charset: &str) -> &'static str {
    let known = |(name, _): &&(&str, &str)| name.eq_ignore_ascii_case(charset.trim());
    CODE_PAGES.iter().find(known).map_or(UTF_8, |(_, code_page)| code_page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_without_a_charset_is_not_garbled() {
        let message = Message::parse(b"Subject: x\r\n\r\nm\xE1quina n\xBA 3").unwrap();
        assert_eq!(message.plain_text(), "máquina nº 3");
        let message = Message::parse("Subject: x\r\n\r\nmáquina".as_bytes()).unwrap();
        assert_eq!(message.plain_text(), "máquina");
        // Euro and quotation marks are in windows-1252, and not in ISO 8859-1.
        let message = Message::parse(b"Subject: x\r\n\r\n\x80 \x93\x94").unwrap();
        assert_eq!(message.plain_text(), "€ “”");
    }

    #[test]
    fn a_charset_that_cannot_be_true_counts_as_none() {
        for charset in ["us-ascii", "ASCII", "x-unheard-of"] {
            let mail = |text: &[u8]| {
                let head = format!("Content-Type: text/plain; charset={charset}\r\n\r\n");
                let mail = [head.as_bytes(), text].concat();
                Message::parse(&mail).unwrap().plain_text().into_owned()
            };
            assert_eq!(mail("räv".as_bytes()), "räv", "{charset}");
            assert_eq!(mail(b"r\xE4v"), "räv", "{charset}");
        }
    }

    #[test]
    fn eight_bit_header_fields_are_text_too() {
        let mail = b"Subject: r\xE4v\r\n =?utf-8?q?=C3=B6?=\r\nFrom: \xC5sa <asa@example.org>\r\nTo: \xC3\x85ke <ake@example.org>\r\n\
            Content-Type: application/x-y; name=\"\xE5.z\"\r\n\r\nx";
        let message = Message::parse(mail).unwrap();
        let email = message
            .email(&crate::convert::mail::Wanted::new(wbxml::ProtocolVersion::V16_1), |_| String::new());
        assert_eq!(email.subject.as_deref(), Some("räv ö"));
        assert_eq!(email.from.as_deref(), Some("\"Åsa\" <asa@example.org>"));
        assert_eq!(email.to.as_deref(), Some("\"Åke\" <ake@example.org>"));
        assert_eq!(message.attachments().next().unwrap().display_name, "å.z");
    }

    #[test]
    fn the_code_page_is_that_of_the_body() {
        let message = b"Content-Type: text/plain; charset=\"ISO-8859-1\"\r\n\r\nr\xE4v";
        assert_eq!(Message::parse(message).unwrap().internet_cpid(), "28591");
        assert_eq!(Message::parse(b"Subject: x\r\n\r\ny").unwrap().internet_cpid(), UTF_8);
        assert_eq!(code_page("x-unheard-of"), UTF_8);
    }
}
