//! Where XML goes: into a buffer, which is the result or is emptied into a writer again and again.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use quick_xml::events::Event as Xml;
use quick_xml::events::attributes::Attribute;

use super::escape::{BLOCK, LONGEST_ESCAPE, WORD, escape, marks_in_block, marks_in_word};
use super::markup::Markup;
use crate::Result;
use crate::reader::Leaf;
use crate::sink::failed;
use crate::token::END;

/// A writer gets its bytes in pieces of about this size.
const FLUSH: usize = 16 << 10;

/// Text and bytes are taken in pieces of this size, so that a long one needs no second copy. A multiple of 3, for base64.
const PIECE: usize = 3 << 10;

/// Up to this depth spaces are written all at once.
const INDENT: usize = 16;

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
        let length = FLUSH + LONGEST_ESCAPE * PIECE + 2 * BLOCK;
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
        self.written += put_line(self.room(1 + spaces + INDENT)?, spaces);
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

    /// Writes a start tag, on a line of its own if it is to be indented.
    #[inline]
    pub(super) fn plain_start(
        &mut self,
        markup: &Markup,
        indent: Option<usize>,
        declares: bool,
    ) -> Result<()> {
        let out = self.room(indent.unwrap_or_default() + 4 * Markup::ROOM)?;
        self.written += put_plain_start(out, markup, indent, declares);
        Ok(())
    }

    /// Writes an element that holds nothing but a string, on a line of its own if it is to be indented; gives the string's
    /// length. Nothing is written if the string is empty or its end not known, if the element does not end after it, or if
    /// XML does not have all of its characters.
    #[inline]
    pub(super) fn leaf(
        &mut self,
        markup: &Markup,
        indent: Option<usize>,
        declares: bool,
        leaf: &Leaf<'_>,
    ) -> Result<Option<usize>> {
        let Leaf { string, known, .. } = *leaf;
        let out = self.room(indent.unwrap_or_default() + LONGEST_ESCAPE * known + 4 * Markup::ROOM)?;
        let mut at = put_plain_start(out, markup, indent, declares);
        let (length, written) = escape::<WORD, 8>(string, known, &mut out[at..], |word| marks_in_word(*word));
        if length == 0 || length == known || !matches!(string[length..], [0, END, ..]) {
            return Ok(None);
        }
        at += written;
        at += markup.put_end(&mut out[at..]);
        self.written += at;
        Ok(Some(length))
    }

    /// Writes text up to the first character that XML does not have; gives the length that was read.
    ///
    /// The text is the first `length` bytes of `source`: what comes after them only helps to read whole words.
    #[inline]
    pub(super) fn text(&mut self, source: &[u8], length: usize) -> Result<usize> {
        let mut from = 0;
        while from < length {
            let piece = PIECE.min(length - from);
            let out = self.room(LONGEST_ESCAPE * piece + 2 * BLOCK)?;
            let (read, written) = escape::<BLOCK, 1>(&source[from..], piece, out, marks_in_block);
            self.written += written;
            from += read;
            if read < piece {
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
            at += put(&mut out[at..], piece);
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

#[inline]
fn put_plain_start(out: &mut [u8], markup: &Markup, indent: Option<usize>, declares: bool) -> usize {
    let at = indent.map_or(0, |spaces| put_line(out, spaces));
    at + markup.put_start(&mut out[at..], declares)
}

/// Puts a line end and spaces at the start of `out`, and gives their length. What comes after them there is lost.
#[inline]
fn put_line(out: &mut [u8], spaces: usize) -> usize {
    out[0] = b'\n';
    if spaces <= INDENT {
        out[1..=INDENT].fill(b' ');
    } else {
        out[1..=spaces].fill(b' ');
    }
    1 + spaces
}

/// Puts a short piece at the start of `out`, and gives its length. A call for each would cost more than the copying.
#[inline]
fn put(out: &mut [u8], piece: &[u8]) -> usize {
    let length = piece.len();
    match length {
        0..WORD => {
            for (to, from) in out.iter_mut().zip(piece) {
                *to = *from;
            }
        }
        WORD..=16 => put_ends::<WORD>(out, piece),
        17..=32 => put_ends::<16>(out, piece),
        _ => out[..length].copy_from_slice(piece),
    }
    length
}

/// Copies a piece that has not more than twice this length, and not less: its first and its last bytes.
#[inline]
fn put_ends<const LENGTH: usize>(out: &mut [u8], piece: &[u8]) {
    if let (Some(first), Some(last)) = (piece.first_chunk::<LENGTH>(), piece.last_chunk::<LENGTH>()) {
        out[..LENGTH].copy_from_slice(first);
        out[piece.len() - LENGTH..piece.len()].copy_from_slice(last);
    }
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
            output.start("A").unwrap();
            output.attribute("xmlns", "B").unwrap();
            output.end_of_start(true).unwrap();
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
