//! OPAQUE: bytes that are there, and bytes that come from a reader.

#[cfg(feature = "std")]
use std::{io, vec::Vec};

#[cfg(feature = "std")]
use super::FLUSH;
use super::{Writer, invalid, too_long};
use crate::error::{Error, Result};
use crate::token::OPAQUE;

impl Writer<'_> {
    /// Writes bytes as OPAQUE.
    ///
    /// # Errors
    /// If they are 4 GiB or more, or the sink fails.
    pub fn opaque(&mut self, bytes: &[u8]) -> Result<()> {
        self.opaque_head(bytes.len() as u64)?;
        if bytes.len() >= self.flush_at {
            return self.by_the_buffer(bytes);
        }
        self.buffer.extend_from_slice(bytes);
        self.flush_if_long()
    }

    /// Writes `length` bytes of a reader as OPAQUE. They pass through the buffer in pieces of 16 KiB.
    ///
    /// The reader must be at its end after them, and is asked: where another message follows, as on a socket, say
    /// [`content.take(length)`](io::Read::take).
    ///
    /// # Errors
    /// If the reader fails ([`ErrorKind::Source`](crate::ErrorKind::Source)) or has more or fewer bytes
    /// ([`ErrorKind::InvalidWrite`](crate::ErrorKind::InvalidWrite)), if they are 4 GiB or more, or the sink fails.
    /// The document cannot be completed then; without a sink nothing of the OPAQUE is written.
    #[cfg(feature = "std")]
    pub fn opaque_from(&mut self, length: u64, content: impl io::Read) -> Result<()> {
        let from = self.buffer.len();
        let copied = self.copy_opaque(length, content);
        if copied.is_err() && self.sink.is_none() {
            self.buffer.truncate(from);
        }
        copied
    }

    #[cfg(feature = "std")]
    fn copy_opaque(&mut self, length: u64, mut content: impl io::Read) -> Result<()> {
        use io::Read as _;

        let failed = |error: io::Error| crate::sink::source_failed(&error);
        self.opaque_head(length)?;
        let mut left = length;
        while left > 0 {
            let piece = left.min(FLUSH as u64);
            let got = content.by_ref().take(piece).read_to_end(&mut self.buffer).map_err(failed)? as u64;
            left -= got;
            if got < piece {
                return Err(too_few(length, length - left));
            }
            self.flush_if_long()?;
        }
        // Not a short read into an array, which could be interrupted.
        let mut more = Vec::new();
        if content.take(1).read_to_end(&mut more).map_err(failed)? > 0 {
            Err(too_many(length))
        } else {
            Ok(())
        }
    }

    /// The beginning of an OPAQUE.
    pub(super) fn opaque_head(&mut self, length: u64) -> Result<()> {
        let length = u32::try_from(length).map_err(|_| too_long())?;
        self.buffer.push(OPAQUE);
        self.number(length);
        Ok(())
    }
}

#[cold]
pub(super) fn too_few(length: u64, got: u64) -> Error {
    invalid(alloc::format!("the content ends after {got} of the {length} bytes that were announced"))
}

#[cold]
pub(super) fn too_many(length: u64) -> Error {
    invalid(alloc::format!("the content goes on after the {length} bytes that were announced"))
}
