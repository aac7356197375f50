//! Where a [`Writer`](crate::Writer) puts its bytes when it is not to keep them all.

use alloc::vec::Vec;

use crate::error::Result;
#[cfg(feature = "std")]
use crate::error::{Error, ErrorKind};

/// Takes bytes one buffer at a time.
pub trait Sink {
    /// Takes all of `bytes`.
    ///
    /// # Errors
    /// [`ErrorKind::Sink`](crate::ErrorKind::Sink) if it cannot.
    fn write_all(&mut self, bytes: &[u8]) -> Result<()>;
}

impl Sink for Vec<u8> {
    fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        self.extend_from_slice(bytes);
        Ok(())
    }
}

#[cfg(feature = "bytes")]
impl Sink for bytes::BytesMut {
    fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        self.extend_from_slice(bytes);
        Ok(())
    }
}

/// Any `std::io::Write` as a sink.
#[cfg(feature = "std")]
#[derive(Debug)]
pub struct IoSink<W>(pub W);

#[cfg(feature = "std")]
impl<W: std::io::Write> IoSink<W> {
    /// Flushes the writer, whose own buffer would lose its errors when it is dropped.
    pub(crate) fn flush(&mut self) -> Result<()> {
        self.0.flush().map_err(|error| failed(&error))
    }
}

#[cfg(feature = "std")]
impl<W: std::io::Write> Sink for IoSink<W> {
    fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.write_all(bytes).map_err(|error| failed(&error))
    }
}

#[cfg(feature = "std")]
pub(crate) fn failed(error: &std::io::Error) -> Error {
    use alloc::string::ToString as _;
    Error::new(ErrorKind::Sink(error.to_string()))
}

#[cfg(feature = "std")]
pub(crate) fn source_failed(error: &std::io::Error) -> Error {
    use alloc::string::ToString as _;
    Error::new(ErrorKind::Source(error.to_string()))
}
