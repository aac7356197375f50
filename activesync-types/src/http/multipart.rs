//! The body of an ItemOperations answer with parts beside it (`[MS-ASCMD]` 2.2.1.10.1.1).

use std::fmt;

/// A multipart body: the WBXML of the answer, then the content that its `Part` elements name by number.
///
/// ```
/// use activesync_types::http::{MultiPart, write_multipart};
///
/// let body = write_multipart(&[b"the WBXML", b"hello"]).unwrap();
/// let parts = MultiPart::parse(&body)?;
/// assert_eq!(parts.document(), b"the WBXML");
/// assert_eq!(parts.part(1), Some(&b"hello"[..]));
/// # Ok::<(), activesync_types::http::MultiPartError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultiPart<'a> {
    parts: Vec<&'a [u8]>,
}

impl<'a> MultiPart<'a> {
    /// Finds the parts in a body. Nothing is copied.
    ///
    /// # Errors
    /// If the body has no parts, or one that is not within it.
    pub fn parse(body: &'a [u8]) -> Result<Self, MultiPartError> {
        let count = number(body, 0).ok_or(MultiPartError::Incomplete { needed: 4, found: body.len() })?;
        if count == 0 {
            return Err(MultiPartError::NoDocument);
        }
        let header = u64::from(count) * 8 + 4;
        // The count is a claim: it allocates nothing before the body is known to have room for it.
        let header_end = usize::try_from(header).ok().filter(|end| *end <= body.len());
        let header_end =
            header_end.ok_or(MultiPartError::Incomplete { needed: header, found: body.len() })?;
        let parts = (4..header_end).step_by(8).enumerate().map(|(part, at)| {
            let offset = number(body, at).unwrap_or_default() as usize;
            let length = number(body, at + 4).unwrap_or_default() as usize;
            let end = offset.checked_add(length).filter(|_| offset >= header_end);
            end.and_then(|end| body.get(offset..end)).ok_or(MultiPartError::OutOfRange {
                part,
                offset,
                length,
            })
        });
        Ok(Self { parts: parts.collect::<Result<_, _>>()? })
    }

    /// The WBXML of the answer.
    pub fn document(&self) -> &'a [u8] {
        self.parts[0]
    }

    /// A part by its number, as a `Part` element gives it. 0 is the document.
    pub fn part(&self, number: u32) -> Option<&'a [u8]> {
        self.parts.get(usize::try_from(number).ok()?).copied()
    }

    /// All parts, the document first.
    pub fn parts(&self) -> &[&'a [u8]] {
        &self.parts
    }
}

fn number(body: &[u8], at: usize) -> Option<u32> {
    body.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

/// What comes before the parts: their count, and the place and length of each. `None` if it is all together more
/// than 4 GB.
///
/// This is for bodies that are sent piece by piece; [`write_multipart`] makes a whole one.
pub fn multipart_header(lengths: &[usize]) -> Option<Vec<u8>> {
    let mut header = Vec::with_capacity(4 + 8 * lengths.len());
    header.extend(u32::try_from(lengths.len()).ok()?.to_le_bytes());
    let mut offset = u32::try_from(4 + 8 * lengths.len()).ok()?;
    for length in lengths {
        let length = u32::try_from(*length).ok()?;
        header.extend(offset.to_le_bytes());
        header.extend(length.to_le_bytes());
        offset = offset.checked_add(length)?;
    }
    Some(header)
}

/// A whole body: the WBXML first, then the parts. `None` if it is more than 4 GB.
pub fn write_multipart(parts: &[&[u8]]) -> Option<Vec<u8>> {
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let mut body = multipart_header(&lengths)?;
    for part in parts {
        body.extend_from_slice(part);
    }
    Some(body)
}

/// A body that is not multipart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MultiPartError {
    /// The body ends within the list of parts.
    Incomplete {
        /// How many bytes the list has.
        needed: u64,
        /// How many bytes the body has.
        found: usize,
    },
    /// There are no parts, not even the document.
    NoDocument,
    /// A part is not within the body.
    OutOfRange {
        /// Which part.
        part: usize,
        /// Where it is said to begin.
        offset: usize,
        /// How long it is said to be.
        length: usize,
    },
}

impl fmt::Display for MultiPartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete { needed, found } => {
                write!(f, "the list of parts needs {needed} bytes, the multipart body has {found}")
            }
            Self::NoDocument => f.write_str("the multipart body has no parts, not even the WBXML"),
            Self::OutOfRange { part, offset, length } => {
                write!(
                    f,
                    "part {part} claims {length} bytes at byte {offset} of the multipart body, which are not there"
                )
            }
        }
    }
}

impl std::error::Error for MultiPartError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_of_a_body_is_an_error() {
        let body = write_multipart(&[b"document", b"", b"part"]).unwrap();
        assert_eq!(MultiPart::parse(&body).unwrap().parts(), [&b"document"[..], b"", b"part"]);
        for length in 0..body.len() {
            assert!(MultiPart::parse(&body[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn claims_are_checked() {
        let claims = [u32::MAX.to_le_bytes().as_slice(), &[0; 16]].concat();
        assert_eq!(
            MultiPart::parse(&claims),
            Err(MultiPartError::Incomplete { needed: 34_359_738_364, found: 20 })
        );
        assert_eq!(MultiPart::parse(&[0; 4]), Err(MultiPartError::NoDocument));
        let one = |offset: u32, length: u32| {
            [1u32.to_le_bytes(), offset.to_le_bytes(), length.to_le_bytes(), *b"data"].concat()
        };
        assert_eq!(MultiPart::parse(&one(12, 4)).unwrap().document(), b"data");
        for (offset, length) in [(12, 5), (13, 4), (u32::MAX, 1), (12, u32::MAX), (0, 4), (11, 1)] {
            assert_eq!(
                MultiPart::parse(&one(offset, length)),
                Err(MultiPartError::OutOfRange { part: 0, offset: offset as usize, length: length as usize })
            );
        }
    }

    #[test]
    fn more_than_four_gigabytes_do_not_fit() {
        assert_eq!(multipart_header(&[u32::MAX as usize]), None);
        assert_eq!(multipart_header(&[u32::MAX as usize - 12]).unwrap().len(), 12);
    }
}
