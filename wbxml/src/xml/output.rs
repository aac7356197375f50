//! Where XML goes: into a buffer, which is the result or is emptied into a writer again and again.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use quick_xml::events::Event as Xml;
use quick_xml::events::attributes::Attribute;

use crate::Result;
use crate::sink::failed;

/// A writer gets its bytes in pieces of about this size.
const FLUSH: usize = 16 << 10;

/// Text and bytes are taken in pieces of this size, so that a long one needs no second copy. A multiple of 3, for base64.
const PIECE: usize = 3 << 10;

/// Five bytes take the place of `&` and of a carriage return.
const LONGEST_ESCAPE: usize = 5;

/// Short pieces are copied by words, of which the last one may reach beyond their end.
const WORD: usize = size_of::<u64>();

pub(super) struct Output<'w> {
    /// What has been written, and beyond it bytes that do not count yet: a word is stored into them at once.
    buffer: Vec<u8>,
    written: usize,
    writer: Option<&'w mut dyn io::Write>,
    begun: bool,
}

impl<'w> Output<'w> {
    /// Keeps all of some XML, which will have about this length.
    pub(super) fn kept(length: usize) -> Self {
        Self { buffer: vec![0; length], written: 0, writer: None, begun: false }
    }

    pub(super) fn into(writer: &'w mut dyn io::Write) -> Self {
        let length = FLUSH + LONGEST_ESCAPE * PIECE + WORD;
        Self { writer: Some(writer), ..Self::kept(length) }
    }

    /// Whether anything has been written.
    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    /// Writes what is rare enough to go through quick-xml.
    pub(super) fn event(&mut self, event: Xml<'_>) -> Result<()> {
        let mut bytes = Vec::new();
        quick_xml::Writer::new(&mut bytes).write_event(event).map_err(|error| failed(&error))?;
        self.bytes(&bytes)
    }

    /// Begins a line that is indented by so many spaces.
    #[inline]
    pub(super) fn line(&mut self, spaces: usize) -> Result<()> {
        let out = self.room(1 + spaces)?;
        out[0] = b'\n';
        out[1..=spaces].fill(b' ');
        self.written += 1 + spaces;
        Ok(())
    }

    /// Writes a start tag, up to its attributes.
    pub(super) fn start(&mut self, name: &str) -> Result<()> {
        self.pieces([b"<", name.as_bytes(), b"", b""])
    }

    pub(super) fn attribute(&mut self, name: &str, value: &str) -> Result<()> {
        let Attribute { key, value } = Attribute::from((name, value));
        self.pieces([b" ", key.into_inner().as_bytes(), b"=\"", b""])?;
        self.bytes(value.as_bytes())?;
        self.bytes(b"\"")
    }

    pub(super) fn end_of_start(&mut self, has_content: bool) -> Result<()> {
        self.bytes(if has_content { b">" } else { b"/>" })
    }

    #[inline]
    pub(super) fn end(&mut self, name: &str) -> Result<()> {
        self.pieces([b"</", name.as_bytes(), b">", b""])
    }

    /// Writes a whole start tag, of a name and perhaps the default namespace in it.
    #[inline]
    pub(super) fn whole_start(&mut self, name: &str, namespace: Option<&str>, end: &[u8]) -> Result<()> {
        match namespace {
            None => self.pieces([b"<", name.as_bytes(), end, b""]),
            Some(namespace) => {
                self.pieces([b"<", name.as_bytes(), b" xmlns=\"", namespace.as_bytes()])?;
                self.pieces([b"\"", end, b"", b""])
            }
        }
    }

    /// Writes text up to the first character that XML does not have; gives the length that was read.
    ///
    /// The text is the first `length` bytes of `source`: what comes after them only helps to read whole words.
    #[inline]
    pub(super) fn text(&mut self, source: &[u8], length: usize) -> Result<usize> {
        let mut from = 0;
        while from < length {
            let piece = PIECE.min(length - from);
            let out = self.room(LONGEST_ESCAPE * piece + WORD)?;
            let Escaped { read, written, foreign } = escape(&source[from..], piece, out);
            self.written += written;
            from += read;
            if foreign {
                break;
            }
        }
        Ok(from)
    }

    pub(super) fn base64(&mut self, bytes: &[u8]) -> Result<()> {
        for piece in bytes.chunks(PIECE) {
            let out = self.room(piece.len().div_ceil(3) * 4)?;
            // There is room for all of it.
            self.written += BASE64.encode_slice(piece, out).unwrap_or_default();
        }
        Ok(())
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        for piece in bytes.chunks(PIECE) {
            self.room(piece.len())?[..piece.len()].copy_from_slice(piece);
            self.written += piece.len();
        }
        Ok(())
    }

    #[inline]
    fn pieces(&mut self, pieces: [&[u8]; 4]) -> Result<()> {
        let length: usize = pieces.iter().map(|piece| piece.len()).sum();
        let out = self.room(length + WORD)?;
        let mut at = 0;
        for piece in pieces {
            put(&mut out[at..], piece);
            at += piece.len();
        }
        self.written += length;
        Ok(())
    }

    /// Where the next bytes go: that many at least.
    #[inline]
    fn room(&mut self, length: usize) -> Result<&mut [u8]> {
        self.begun = true;
        if self.buffer.len() - self.written < length {
            self.make_room(length)?;
        }
        Ok(&mut self.buffer[self.written..])
    }

    #[cold]
    fn make_room(&mut self, length: usize) -> Result<()> {
        self.empty()?;
        let least = self.written + length;
        if self.buffer.len() < least {
            self.buffer.resize(least.max(2 * self.buffer.len()), 0);
        }
        Ok(())
    }

    /// Gives the writer what there is.
    fn empty(&mut self) -> Result<()> {
        if let Some(writer) = &mut self.writer {
            let written = std::mem::take(&mut self.written);
            writer.write_all(&self.buffer[..written]).map_err(|error| failed(&error))?;
        }
        Ok(())
    }

    /// Gives the rest to the writer, or all of the XML back.
    pub(super) fn finish(mut self) -> Result<Vec<u8>> {
        self.empty()?;
        if let Some(writer) = &mut self.writer {
            writer.flush().map_err(|error| failed(&error))?;
        }
        self.buffer.truncate(self.written);
        Ok(self.buffer)
    }
}

/// Copies a short piece to the start of `out`. A call for each would cost more than the copying.
#[inline]
fn put(out: &mut [u8], piece: &[u8]) {
    let length = piece.len();
    match (piece.first_chunk::<WORD>(), piece.last_chunk::<WORD>()) {
        (Some(first), Some(last)) if length <= 2 * WORD => {
            out[..WORD].copy_from_slice(first);
            out[length - WORD..length].copy_from_slice(last);
        }
        (None, _) => {
            for (to, from) in out.iter_mut().zip(piece) {
                *to = *from;
            }
        }
        _ => out[..length].copy_from_slice(piece),
    }
}

struct Escaped {
    read: usize,
    written: usize,
    /// It stopped at a character that XML does not have.
    foreign: bool,
}

/// Escapes the first `length` bytes of `source` into `out`, which has room for the longest form of all of them and a
/// word more.
#[inline]
fn escape(source: &[u8], length: usize, out: &mut [u8]) -> Escaped {
    let (mut from, mut to) = (0, 0);
    loop {
        // Whole words, also the last one if there are bytes after the text.
        while from < length
            && let Some(word) = source.get(from..).and_then(|rest| rest.first_chunk())
        {
            out[to..to + WORD].copy_from_slice(word);
            let left = length - from;
            let marks = marks(u64::from_le_bytes(*word));
            let clean = if marks == 0 { WORD } else { marks.trailing_zeros() as usize / 8 };
            from += clean.min(left);
            to += clean.min(left);
            if clean < WORD {
                break;
            }
        }
        if from >= length {
            return Escaped { read: from, written: to, foreign: false };
        }
        match escape_one(&source[from..], &mut out[to..]) {
            Some((read, written)) => {
                from += read;
                to += written;
            }
            None => return Escaped { read: from, written: to, foreign: true },
        }
    }
}

/// Escapes the first character, or some of its bytes; gives the lengths read and written.
fn escape_one(text: &[u8], out: &mut [u8]) -> Option<(usize, usize)> {
    let byte = text[0];
    let escaped: &[u8] = match byte {
        b'<' => b"&lt;",
        b'>' => b"&gt;",
        b'&' => b"&amp;",
        // A bare one would be read as a line end.
        b'\r' => b"&#13;",
        b'\t' | b'\n' => &[byte],
        // U+FFFE and U+FFFF
        0xEF if matches!(text, [_, 0xBF, 0xBE | 0xBF, ..]) => return None,
        _ if byte < b' ' => return None,
        _ => &[byte],
    };
    put(out, escaped);
    Some((1, escaped.len()))
}

/// The high bit of each byte that may not go into XML as it is (markup, control characters, and what may begin U+FFFE
/// and U+FFFF), up to the first of them at least.
#[inline]
fn marks(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xFF;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let is = |byte: u8| zero(word ^ (ONES * u64::from(byte)));
    // `<` and `>` differ in one bit, by which both become `>`.
    let angle = zero((word | ONES * 0x02) ^ (ONES * u64::from(b'>')));
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (angle | control | is(b'&') | is(0xEF)) & (ONES << 7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::text::is_xml_text;

    fn escaped(text: &str) -> (String, usize) {
        let mut output = Output::kept(0);
        let read = output.text(text.as_bytes(), text.len()).unwrap();
        (String::from_utf8(output.finish().unwrap()).unwrap(), read)
    }

    #[test]
    fn every_character_at_every_place_of_a_word() {
        for c in
            (0..=0x2FF).chain(0xFFF0..=0x1000F).chain([0xD7FF, 0xE000, 0x10_FFFF]).filter_map(char::from_u32)
        {
            for before in 0..9 {
                let text = format!("{}{c}{}", "x".repeat(before), "y".repeat(9 - before));
                let (shown, read) = escaped(&text);
                if is_xml_text(&text) {
                    let expected = quick_xml::escape::partial_escape(&text).replace('\r', "&#13;");
                    assert_eq!((shown, read), (expected, text.len()), "{c:?} after {before}");
                } else {
                    assert_eq!((shown, read), ("x".repeat(before), before), "{c:?} after {before}");
                }
            }
        }
    }

    #[test]
    fn what_comes_after_the_text_does_not_count() {
        let mut output = Output::kept(0);
        assert_eq!(output.text(b"a<b\x00\x01<\x01\x02\x03\x04\x05\x06", 3), Ok(3));
        assert_eq!(output.finish().unwrap(), b"a&lt;b");
    }

    #[test]
    fn a_writer_gets_the_same_in_pieces() {
        let long = "ä&\r".repeat(FLUSH);
        let mut pieces = Pieces::default();
        let mut output = Output::into(&mut pieces);
        let mut kept = Output::kept(0);
        for output in [&mut output, &mut kept] {
            output.whole_start("A", Some("B"), b">").unwrap();
            output.text(long.as_bytes(), long.len()).unwrap();
            output.base64(long.as_bytes()).unwrap();
            output.end("A").unwrap();
        }
        assert_eq!(output.finish().unwrap(), b"");
        let kept = kept.finish().unwrap();
        let expected = format!("<A xmlns=\"B\">{}{}</A>", "ä&amp;&#13;".repeat(FLUSH), BASE64.encode(&long));
        assert!(kept == expected.as_bytes(), "the text is as it should be");
        assert!(pieces.all == kept, "and the same in pieces");
        assert!(pieces.longest <= 2 * FLUSH, "a piece of {} bytes", pieces.longest);
    }

    #[derive(Default)]
    struct Pieces {
        all: Vec<u8>,
        longest: usize,
    }

    impl io::Write for Pieces {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.all.extend_from_slice(bytes);
            self.longest = self.longest.max(bytes.len());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}
