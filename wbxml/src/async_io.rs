//! Where an [`AsyncWriter`](crate::AsyncWriter) puts its bytes, and where it gets the content of an OPAQUE from. Nothing
//! here needs a runtime.

use alloc::vec::Vec;
use core::future::Future;

#[cfg(feature = "tokio")]
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::error::Result;

/// Takes bytes one buffer at a time, and lets the writer wait until it has. An `async fn` implements it.
pub trait AsyncSink {
    /// Takes all of `bytes`.
    ///
    /// # Errors
    /// [`ErrorKind::Sink`](crate::ErrorKind::Sink) if it cannot.
    fn write_all(&mut self, bytes: &[u8]) -> impl Future<Output = Result<()>> + Send;

    /// Passes on what it holds back itself, at the end of a document.
    ///
    /// # Errors
    /// [`ErrorKind::Sink`](crate::ErrorKind::Sink) if it cannot.
    fn flush(&mut self) -> impl Future<Output = Result<()>> + Send {
        core::future::ready(Ok(()))
    }
}

impl AsyncSink for Vec<u8> {
    async fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        self.extend_from_slice(bytes);
        Ok(())
    }
}

#[cfg(feature = "bytes")]
impl AsyncSink for bytes::BytesMut {
    async fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        self.extend_from_slice(bytes);
        Ok(())
    }
}

impl<S: AsyncSink + Send> AsyncSink for &mut S {
    async fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        S::write_all(self, bytes).await
    }

    async fn flush(&mut self) -> Result<()> {
        S::flush(self).await
    }
}

/// Gives bytes piece by piece.
pub trait AsyncSource {
    /// Puts some bytes at the beginning of `into`, and says how many; 0 at the end of what there is.
    ///
    /// # Errors
    /// [`ErrorKind::Source`](crate::ErrorKind::Source) if it cannot.
    fn read(&mut self, into: &mut [u8]) -> impl Future<Output = Result<usize>> + Send;
}

impl AsyncSource for &[u8] {
    async fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        let (now, later) = self.split_at(self.len().min(into.len()));
        into[..now.len()].copy_from_slice(now);
        *self = later;
        Ok(now.len())
    }
}

impl<S: AsyncSource + Send> AsyncSource for &mut S {
    async fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        S::read(self, into).await
    }
}

/// Whatever tokio writes to as an [`AsyncSink`], and whatever it reads from as an [`AsyncSource`].
#[cfg(feature = "tokio")]
#[derive(Debug)]
pub struct TokioIo<T>(pub T);

#[cfg(feature = "tokio")]
impl<T: AsyncWrite + Unpin + Send> AsyncSink for TokioIo<T> {
    async fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.write_all(bytes).await.map_err(|error| crate::sink::failed(&error))
    }

    async fn flush(&mut self) -> Result<()> {
        self.0.flush().await.map_err(|error| crate::sink::failed(&error))
    }
}

#[cfg(feature = "tokio")]
impl<T: AsyncRead + Unpin + Send> AsyncSource for TokioIo<T> {
    async fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        self.0.read(into).await.map_err(|error| crate::sink::source_failed(&error))
    }
}
