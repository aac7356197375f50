//! Windows code pages of charsets.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::{MessagePart, MimeHeaders as _, PartType};

use super::Message;

const UTF_8: &str = "65001";

/// Charsets by their names in MIME, and their code pages.
const CODE_PAGES: [(&str, &str); 44] = [
    ("us-ascii", "20127"),
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
    /// The text of a part. Text that states no charset and is no UTF-8 is most likely of Western Europe.
    pub(super) fn decoded<'p>(&'p self, part: &MessagePart<'m>, text: &'p str) -> Cow<'p, str> {
        let stated = part.content_type().is_some_and(|found| found.has_attribute("charset"));
        if stated || !text.contains(char::REPLACEMENT_CHARACTER) {
            return Cow::Borrowed(text);
        }
        let raw = self.raw(part).filter(|raw| core::str::from_utf8(raw).is_err());
        match raw.zip(charset_decoder(b"windows-1252")) {
            Some((raw, decode)) => Cow::Owned(decode(&raw)),
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
    }

    #[test]
    fn the_code_page_is_that_of_the_body() {
        let message = b"Content-Type: text/plain; charset=\"ISO-8859-1\"\r\n\r\nr\xE4v";
        assert_eq!(Message::parse(message).unwrap().internet_cpid(), "28591");
        assert_eq!(Message::parse(b"Subject: x\r\n\r\ny").unwrap().internet_cpid(), UTF_8);
        assert_eq!(code_page("x-unheard-of"), UTF_8);
    }
}
