//! Text as XML has it: markup, and what would not be read as it was written, becomes references.

/// Five bytes take the place of `&` and of a carriage return.
pub(super) const LONGEST_ESCAPE: usize = 5;

/// Short text is looked at by words, long text by blocks.
pub(super) const WORD: usize = 8;
pub(super) const BLOCK: usize = 32;

/// Escapes the first `length` bytes of `source`, up to the first character that XML does not have, into `out`, which has
/// room for the longest form of all of them and two chunks more; gives the lengths read and written.
///
/// It goes by chunks; `marks` gives `BITS` bits for each byte of one, of which the highest is set if it may not go into XML
/// as it is.
#[inline]
pub(super) fn escape<const CHUNK: usize, const BITS: usize>(
    source: &[u8],
    length: usize,
    out: &mut [u8],
    marks: impl Fn(&[u8; CHUNK]) -> u64,
) -> (usize, usize) {
    let (mut from, mut to) = (0, 0);
    while from < length {
        let rest = &source[from..];
        let size = CHUNK.min(length - from);
        let chunk = chunk_of(rest);
        out[to..to + CHUNK].copy_from_slice(&chunk);
        let mut marks = marks(&chunk) & (u64::MAX >> (u64::BITS as usize - BITS * size));
        // The bytes before this one have been dealt with.
        let mut done = 0;
        while marks != 0 {
            let marked = marks.trailing_zeros() as usize / BITS;
            marks &= marks - 1;
            to += marked - done;
            let Escape { bytes, length } = &ESCAPES[usize::from(chunk[marked])];
            let mut length = usize::from(*length);
            if length == 0 {
                match rest[marked..] {
                    // All in this row are characters but U+FFFE and U+FFFF.
                    [0xEF, second, third, ..] if second != 0xBF || third < 0xBE => length = 1,
                    _ => return (from + marked, to),
                }
            }
            out[to..to + ESCAPE].copy_from_slice(bytes);
            to += length;
            done = marked + 1;
            out[to..to + CHUNK].copy_from_slice(&chunk_of::<CHUNK>(&rest[done..]));
        }
        to += size - done;
        from += size;
    }
    (length, to)
}

/// The first bytes, filled up with zeros.
#[inline]
fn chunk_of<const CHUNK: usize>(bytes: &[u8]) -> [u8; CHUNK] {
    match bytes.first_chunk() {
        Some(chunk) => *chunk,
        None => last_chunk_of(bytes),
    }
}

#[inline(never)]
fn last_chunk_of<const CHUNK: usize>(bytes: &[u8]) -> [u8; CHUNK] {
    let mut chunk = [0; CHUNK];
    chunk[..bytes.len()].copy_from_slice(bytes);
    chunk
}

/// What takes the place of a marked byte; of length 0 if that is not known from it alone.
#[derive(Clone, Copy)]
struct Escape {
    bytes: [u8; ESCAPE],
    length: u8,
}

const ESCAPE: usize = 7;

static ESCAPES: [Escape; 256] = {
    let mut escapes = [Escape { bytes: [0; ESCAPE], length: 0 }; 256];
    // A bare carriage return would be read as a line end.
    let known: [(u8, &[u8]); 7] = [
        (b'<', b"&lt;"),
        (b'>', b"&gt;"),
        (b'&', b"&amp;"),
        (b'\r', b"&#13;"),
        (b'\n', b"\n"),
        (b'\t', b"\t"),
        (0xEF, b"\xEF"),
    ];
    let mut row = 0;
    while row < known.len() {
        let (byte, bytes) = known[row];
        let escape = &mut escapes[byte as usize];
        let mut at = 0;
        while at < bytes.len() {
            escape.bytes[at] = bytes[at];
            at += 1;
            escape.length += 1;
        }
        if byte == 0xEF {
            escape.length = 0;
        }
        row += 1;
    }
    escapes
};

/// The marks of a word, for short text: the high bit of each byte that may not go into XML as it is, which is markup,
/// control characters, and what may begin U+FFFE and U+FFFF.
#[inline]
pub(super) fn marks_in_word(word: [u8; WORD]) -> u64 {
    const ONES: u64 = u64::MAX / 0xFF;
    const LOW: u64 = ONES * 0x7F;
    let word = u64::from_le_bytes(word);
    // Seven bits of each byte, to which 0x7F can be added without a carry: that reaches the eighth unless they are 0.
    let low = word & LOW;
    let differs = |low: u64, byte: u8| (low ^ (ONES * u64::from(byte & 0x7F))) + LOW;
    // `<` and `>` differ in one bit, by which both become `>`.
    let angle = differs(low | (ONES * 0x02), b'>');
    let control = (low & (ONES * 0x60)) + LOW;
    let ascii = !(angle & control & differs(low, b'&') | word);
    let other = !differs(low, 0xEF) & word;
    (ascii | other) & !LOW
}

/// The same of many bytes, for long text, a bit each.
#[inline]
pub(super) fn marks_in_block(block: &[u8; BLOCK]) -> u64 {
    let flags = flags(block);
    let (words, _) = flags.as_chunks::<WORD>();
    words.iter().rev().fold(0, |bits, word| {
        // Each flag is shifted to its own bit of the highest byte.
        let word = u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080);
        bits << 8 | word >> 56
    })
}

/// A 1 for each such byte. They are compared all at once as long as this is a function of its own.
#[inline(never)]
fn flags(block: &[u8; BLOCK]) -> [u8; BLOCK] {
    let mut flags = [0; BLOCK];
    for (flag, &byte) in flags.iter_mut().zip(block) {
        // `<` and `>` differ in one bit.
        *flag = u8::from(byte < b' ')
            | u8::from(byte | 2 == b'>')
            | u8::from(byte == b'&')
            | u8::from(byte == 0xEF);
    }
    flags
}
