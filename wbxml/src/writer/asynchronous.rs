//! The writer into a sink that makes it wait.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use super::opaque::{too_few, too_many};
use super::{FLUSH, NO_TAG, State, Strings, Writer, invalid};
use crate::error::Result;
use crate::{AsyncSink, AsyncSource};

/// Writes a document piece by piece into an [`AsyncSink`].
///
/// A piece is what one call of [`write`](Self::write) writes. It is encoded into a buffer at once, without waiting;
/// when the buffer holds 16 KiB or more, the sink gets it, and the writer waits for the sink. So the largest piece
/// bounds the memory: write a long answer item by item, long text with [`text`](Self::text), and long bytes with
/// [`opaque_from`](Self::opaque_from).
///
/// A future of this writer that is dropped before it is done may have given the sink a part of its bytes: the document
/// cannot be completed then, and all that follows is an error.
///
/// ```
/// use wbxml::{AsyncWriter, Writer, codepages::folderhierarchy::*};
///
/// # async fn answer() -> wbxml::Result<()> {
/// let mut writer = AsyncWriter::new(Writer::new(Vec::new()), Vec::new());
/// writer
///     .write(|writer| {
///         writer.header()?;
///         writer.start(FolderSync)?;
///         writer.start(Changes)
///     })
///     .await?;
/// for name in ["Inbox", "Drafts"] {
///     writer.write(|writer| writer.element(DisplayName, name)).await?;
/// }
/// writer
///     .write(|writer| {
///         writer.end()?;
///         writer.end()
///     })
///     .await?;
/// let bytes: Vec<u8> = writer.finish().await?;
/// assert_eq!(bytes, b"\x03\x01\x6A\x00\x00\x07\x56\x4E\x47\x03Inbox\0\x01\x47\x03Drafts\0\x01\x01\x01");
/// # Ok(())
/// # }
/// # let mut answer = std::pin::pin!(answer());
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # assert!(matches!(answer.as_mut().poll(&mut context), std::task::Poll::Ready(Ok(()))));
/// # use std::future::Future as _;
/// ```
pub struct AsyncWriter<S> {
    buffer: Vec<u8>,
    strings: Option<Box<Strings>>,
    state: State,
    sink: S,
    /// A call has begun and not ended.
    busy: bool,
}

impl<S: AsyncSink> AsyncWriter<S> {
    /// A writer into `sink` with the buffer and the settings of `writer`. What that has in its buffer goes first; a sink
    /// of its own gets nothing any more.
    pub fn new(writer: Writer<'_>, sink: S) -> Self {
        let Writer { buffer, strings, state, .. } = writer;
        Self { buffer, strings, state, sink, busy: false }
    }

    /// Writes a piece of the document. The sink gets it before the future is done if the buffer is full, or later.
    ///
    /// # Errors
    /// That of `write`, and that of the sink.
    pub async fn write(&mut self, write: impl FnOnce(&mut Writer<'static>) -> Result<()>) -> Result<()> {
        self.begin()?;
        self.now(write)?;
        self.flush_if_long().await?;
        self.busy = false;
        Ok(())
    }

    /// Writes text as an inline string, or nothing for empty text. Long text goes to the sink by the buffer.
    ///
    /// # Errors
    /// If the text holds a NUL, or the sink fails.
    pub async fn text(&mut self, text: &str) -> Result<()> {
        if text.len() < FLUSH {
            return self.write(|writer| writer.text(text)).await;
        }
        self.begin()?;
        let is_written = |writer: &mut Writer<'static>| writer.begin_long_text(text);
        if self.now(is_written)? {
            self.sink.write_all(&self.buffer).await?;
            self.forget_buffer();
            self.sink.write_all(text.as_bytes()).await?;
            self.buffer.push(0);
        }
        self.busy = false;
        Ok(())
    }

    /// Writes `length` bytes of a source as OPAQUE. They pass through the buffer in pieces of 16 KiB. The source must be
    /// at its end after them, and is asked.
    ///
    /// # Errors
    /// If the source fails, or has more or fewer bytes, if they are 4 GiB or more, or the sink fails. The document
    /// cannot be completed then.
    pub async fn opaque_from(&mut self, length: u64, mut content: impl AsyncSource) -> Result<()> {
        self.begin()?;
        self.now(|writer| writer.opaque_head(length))?;
        let mut left = length;
        while left > 0 {
            self.flush_if_long().await?;
            let filled = self.buffer.len();
            let piece = usize::try_from(left).unwrap_or(FLUSH).min(FLUSH);
            self.buffer.resize(filled + piece, 0);
            let got = content.read(&mut self.buffer[filled..]).await?.min(piece);
            self.buffer.truncate(filled + got);
            left -= got as u64;
            if got == 0 {
                return Err(too_few(length, length - left));
            }
        }
        if content.read(&mut [0]).await? > 0 {
            return Err(too_many(length));
        }
        self.flush_if_long().await?;
        self.busy = false;
        Ok(())
    }

    /// Ends the document: the sink gets what is left, is flushed, and is given back.
    ///
    /// # Errors
    /// If an element is open, or the sink fails.
    pub async fn finish(mut self) -> Result<S> {
        self.begin()?;
        self.state.finish()?;
        self.sink.write_all(&self.buffer).await?;
        self.sink.flush().await?;
        Ok(self.sink)
    }

    /// Begins a call. One that fails or is dropped leaves its mark.
    fn begin(&mut self) -> Result<()> {
        if self.busy {
            return Err(invalid(
                "writing has failed or was abandoned before: the document cannot be completed",
            ));
        }
        self.busy = true;
        Ok(())
    }

    fn now<T>(&mut self, write: impl FnOnce(&mut Writer<'static>) -> Result<T>) -> Result<T> {
        let mut writer = Writer {
            buffer: core::mem::take(&mut self.buffer),
            strings: self.strings.take(),
            state: self.state,
            ..Writer::new(Vec::new())
        };
        let written = write(&mut writer);
        (self.buffer, self.strings, self.state) = (writer.buffer, writer.strings, writer.state);
        written
    }

    async fn flush_if_long(&mut self) -> Result<()> {
        if self.buffer.len() >= FLUSH {
            self.sink.write_all(&self.buffer).await?;
            self.forget_buffer();
        }
        Ok(())
    }

    fn forget_buffer(&mut self) {
        self.buffer.clear();
        (self.state.last_tag, self.state.content_from) = (NO_TAG, NO_TAG);
    }
}

impl<S> fmt::Debug for AsyncWriter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncWriter")
            .field("buffered", &self.buffer.len())
            .field("depth", &self.state.depth)
            .finish_non_exhaustive()
    }
}
