//! Where documents are written to, and where their long contents come from.

use std::future::{Future, poll_fn};
use std::io::{self, Read};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use wbxml::codepages::{airsync, email, email2};
use wbxml::string_table::StringTable;
use wbxml::{
    AsyncSink, AsyncSource, AsyncWriter, Error, ErrorKind, ProtocolVersion, Result, Sink, Tag, VersionSet,
    Writer,
};

const PIECE: usize = 16 << 10;

/// Runs a future that is woken by being polled.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..100_000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
    panic!("it waits for what never comes");
}

/// Is ready the second time that it is asked.
async fn once_later() {
    let mut asked = false;
    poll_fn(|_| if std::mem::replace(&mut asked, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// Keeps what it gets, and the sizes of the pieces; takes its time if it is to be awaited.
#[derive(Debug, Default)]
struct Pieces {
    bytes: Vec<u8>,
    sizes: Vec<usize>,
    flushes: usize,
}

impl Sink for Pieces {
    fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        self.bytes.extend_from_slice(bytes);
        self.sizes.push(bytes.len());
        Ok(())
    }
}

impl AsyncSink for Pieces {
    async fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        let (first, second) = bytes.split_at(bytes.len() / 2);
        self.bytes.extend_from_slice(first);
        once_later().await;
        self.bytes.extend_from_slice(second);
        self.sizes.push(bytes.len());
        Ok(())
    }

    async fn flush(&mut self) -> Result<()> {
        once_later().await;
        self.flushes += 1;
        Ok(())
    }
}

/// A source that gives a few bytes at a time, is interrupted between, and fails in the end if it is told to.
struct Trickle {
    left: usize,
    fails: bool,
    interrupted: bool,
    given: usize,
}

impl Trickle {
    fn of(left: usize) -> Self {
        Self { left, fails: false, interrupted: false, given: 0 }
    }

    fn then_fails(self) -> Self {
        Self { fails: true, ..self }
    }
}

impl Read for Trickle {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.interrupted = !self.interrupted;
        if self.interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if self.left == 0 && self.fails {
            return Err(io::Error::other("the disk is gone"));
        }
        let count = into.len().min(self.left).min(1000);
        into[..count].fill(0xAB);
        self.left -= count;
        self.given += count;
        Ok(count)
    }
}

impl AsyncSource for Trickle {
    async fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        once_later().await;
        self.interrupted = false;
        loop {
            match Read::read(self, into) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read.map_err(|error| Error::new(ErrorKind::Source(error.to_string()))),
            }
        }
    }
}

/// Elements in every form, so that some lie across a flush.
fn item(writer: &mut Writer<'_>, number: usize) -> Result<()> {
    writer.empty_element(airsync::MoreAvailable)?;
    writer.element(airsync::Status, &(number as u64))?;
    writer.start(email::Categories)?;
    writer.end_long()?;
    writer.start_with_attributes(email::Flag)?;
    writer.attribute(0, 5, "value")?;
    writer.end_attributes();
    writer.end()
}

fn whole(length: usize, items: usize) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    writer.header().unwrap();
    writer.start(airsync::Sync).unwrap();
    writer.element(airsync::SyncKey, &*"k".repeat(length)).unwrap();
    (0..items).for_each(|number| item(&mut writer, number).unwrap());
    writer.end().unwrap();
    writer.finish().unwrap()
}

async fn in_pieces<S: AsyncSink>(sink: S, length: usize, items: usize) -> Result<S> {
    let mut writer = AsyncWriter::new(Writer::new(Vec::new()), sink);
    writer.write(Writer::header).await?;
    writer.write(|writer| writer.start(airsync::Sync)).await?;
    writer.write(|writer| writer.element(airsync::SyncKey, &*"k".repeat(length))).await?;
    for number in 0..items {
        writer.write(|writer| item(writer, number)).await?;
    }
    writer.write(Writer::end).await?;
    writer.finish().await
}

#[test]
fn an_awaited_sink_gets_the_same_bytes_wherever_it_is_flushed() {
    for length in PIECE - 100..PIECE + 10 {
        let pieces = block_on(in_pieces(Pieces::default(), length, 10)).unwrap();
        assert!(pieces.bytes == whole(length, 10), "length {length}");
        assert_eq!(pieces.flushes, 1);
    }
    let bytes = block_on(in_pieces(Vec::new(), 3, 10)).unwrap();
    assert_eq!(bytes, whole(3, 10));
    // Through a reference too.
    let mut pieces = Pieces::default();
    block_on(in_pieces(&mut pieces, 3, 10)).unwrap();
    assert_eq!((pieces.bytes, pieces.flushes), (whole(3, 10), 1));
}

#[test]
fn an_element_that_began_before_a_flush_has_content_behind_it() {
    // The start ends at one position, and then its content.
    let mut writer = AsyncWriter::new(Writer::new(vec![0; PIECE]), Pieces::default());
    block_on(writer.write(|writer| writer.start(airsync::Sync))).unwrap();
    let text = "x".repeat(PIECE - 1);
    block_on(writer.write(|writer| {
        writer.text(&text)?;
        writer.end()
    }))
    .unwrap();
    let bytes = block_on(writer.finish()).unwrap().bytes;
    assert!(bytes[PIECE..] == [b"\x45\x03", text.as_bytes(), b"\0\x01"].concat());
}

#[test]
fn an_awaited_sink_gets_pieces_of_bounded_size() {
    let pieces = block_on(in_pieces(Pieces::default(), 3, 20_000)).unwrap();
    assert!(pieces.bytes.len() > 400_000);
    assert!(pieces.sizes.iter().all(|size| *size < PIECE + 100), "{:?}", pieces.sizes);
    assert!(pieces.sizes.len() <= pieces.bytes.len() / PIECE + 1, "{:?}", pieces.sizes);
}

#[test]
fn the_settings_and_the_buffer_of_the_writer_go_over() {
    const NEW: Tag = Tag::versioned(0, 0x1C, VersionSet::since(ProtocolVersion::V14_0));
    let table = StringTable::new(["text"]).unwrap();
    let writer = Writer::new(b"before".to_vec()).version(ProtocolVersion::V12_1).string_table(table);
    let mut writer = AsyncWriter::new(writer, Vec::new());
    block_on(async {
        writer.write(Writer::header).await?;
        writer.write(|writer| writer.start(airsync::Sync)).await?;
        writer.write(|writer| writer.element(NEW, "text")).await?;
        writer.write(|writer| writer.element(airsync::Status, "text")).await?;
        writer.write(Writer::end).await
    })
    .unwrap();
    let bytes = block_on(writer.finish()).unwrap();
    assert_eq!(bytes, b"before\x03\x01\x6A\x05text\0\x45\x4E\x83\x00\x01\x01");
}

/// Takes nothing, ever.
struct Stuck;

impl AsyncSink for Stuck {
    async fn write_all(&mut self, _: &[u8]) -> Result<()> {
        std::future::pending().await
    }
}

#[test]
fn what_was_abandoned_is_not_completed() {
    let mut writer = AsyncWriter::new(Writer::new(vec![0; PIECE]), Stuck);
    {
        let mut write = pin!(writer.write(Writer::header));
        assert!(write.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    let error = block_on(writer.write(Writer::header)).unwrap_err();
    assert!(error.to_string().contains("abandoned"), "{error}");
    let error = block_on(writer.opaque_from(0, &b""[..])).unwrap_err();
    assert!(error.to_string().contains("abandoned"), "{error}");
    assert!(matches!(block_on(writer.finish()).err().unwrap().kind(), ErrorKind::InvalidWrite(_)));
}

/// Fails.
struct Full;

impl AsyncSink for Full {
    async fn write_all(&mut self, _: &[u8]) -> Result<()> {
        Err(Error::new(ErrorKind::Sink("full".into())))
    }
}

#[test]
fn errors_of_an_async_writer() {
    let mut writer = AsyncWriter::new(Writer::new(vec![0; PIECE]), Full);
    assert_eq!(block_on(writer.write(|_| Ok(()))).unwrap_err().to_string(), "writing failed: full");
    let writer = AsyncWriter::new(Writer::new(vec![0]), Full);
    assert_eq!(block_on(writer.finish()).err().unwrap().to_string(), "writing failed: full");
    let mut writer = AsyncWriter::new(Writer::new(Vec::new()), Vec::new());
    let error = block_on(writer.write(|writer| writer.element(airsync::SyncKey, "\0"))).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NulInText);
    assert!(block_on(writer.write(|_| Ok(()))).is_err());
    let mut writer = AsyncWriter::new(Writer::new(Vec::new()), Vec::new());
    block_on(writer.write(|writer| writer.start(airsync::Sync))).unwrap();
    assert!(block_on(writer.finish()).unwrap_err().to_string().contains("still open"));
}

/// A task of a runtime with several threads can write.
#[test]
fn futures_can_be_sent() {
    fn sent<T: Send>(it: T) -> T {
        it
    }
    let mut writer = AsyncWriter::new(Writer::new(Vec::new()), Vec::new());
    let text = String::from("0");
    drop(sent(writer.write(|writer| writer.element(airsync::SyncKey, &text))));
    drop(sent(writer.opaque_from(0, &b""[..])));
    let writer = AsyncWriter::new(Writer::new(Vec::new()), Vec::new());
    drop(sent(writer.finish()));
}

fn opaque(length: usize) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    writer.start(email2::ConversationId).unwrap();
    writer.opaque(&vec![0xAB; length]).unwrap();
    writer.end().unwrap();
    writer.finish().unwrap()
}

const LENGTHS: [usize; 9] = [0, 1, 127, 128, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 1 << 20];

#[test]
fn opaque_content_comes_from_a_reader() {
    for length in LENGTHS {
        let mut pieces = Pieces::default();
        let mut writer = Writer::with_sink(&mut pieces);
        writer.start(email2::ConversationId).unwrap();
        writer.opaque_from(length as u64, Trickle::of(length)).unwrap();
        writer.end().unwrap();
        writer.finish().unwrap();
        assert!(pieces.bytes == opaque(length), "length {length}");
        assert!(pieces.sizes.iter().all(|size| *size <= 2 * PIECE), "length {length}: {:?}", pieces.sizes);

        let mut writer = Writer::new(Vec::new());
        writer.start(email2::ConversationId).unwrap();
        writer.opaque_from(length as u64, Trickle::of(length)).unwrap();
        writer.end().unwrap();
        assert!(writer.finish().unwrap() == opaque(length), "length {length}");
    }
}

#[test]
fn opaque_content_comes_from_an_awaited_source() {
    for length in LENGTHS {
        let mut writer = AsyncWriter::new(Writer::new(Vec::new()), Pieces::default());
        block_on(async {
            writer.write(|writer| writer.start(email2::ConversationId)).await?;
            writer.opaque_from(length as u64, Trickle::of(length)).await?;
            writer.write(Writer::end).await
        })
        .unwrap();
        let pieces = block_on(writer.finish()).unwrap();
        assert!(pieces.bytes == opaque(length), "length {length}");
        assert!(pieces.sizes.iter().all(|size| *size <= 2 * PIECE), "length {length}: {:?}", pieces.sizes);
        let mut writer = AsyncWriter::new(Writer::new(Vec::new()), Pieces::default());
        let bytes = vec![0xAB; length];
        block_on(writer.opaque_from(length as u64, &*bytes)).unwrap();
        assert!(block_on(writer.finish()).unwrap().bytes == opaque(length)[3..opaque(length).len() - 1]);
    }
}

#[test]
fn content_must_be_as_long_as_was_said() {
    let cases = [
        (5, Trickle::of(3), "the content ends after 3 of the 5 bytes that were announced"),
        (
            100_000,
            Trickle::of(99_999),
            "the content ends after 99999 of the 100000 bytes that were announced",
        ),
        (5, Trickle::of(6), "the content goes on after the 5 bytes that were announced"),
        (0, Trickle::of(1), "the content goes on after the 0 bytes that were announced"),
        (5, Trickle::of(3).then_fails(), "the content of the OPAQUE could not be read: the disk is gone"),
        (5, Trickle::of(5).then_fails(), "the content of the OPAQUE could not be read: the disk is gone"),
        (1 << 32, Trickle::of(1), "WBXML cannot hold 4 GiB in one piece"),
        (
            u64::from(u32::MAX),
            Trickle::of(1),
            "the content ends after 1 of the 4294967295 bytes that were announced",
        ),
    ];
    for (length, content, message) in cases {
        let again = Trickle { interrupted: false, ..content };
        let mut writer = Writer::new(Vec::new());
        writer.start(email2::ConversationId).unwrap();
        let error = writer.opaque_from(length, content).unwrap_err();
        assert_eq!(error.to_string(), message);
        // Nothing of it is left, and no memory was taken by the length that was claimed.
        writer.opaque(b"instead").unwrap();
        writer.end().unwrap();
        let bytes = writer.finish().unwrap();
        assert_eq!(bytes, b"\x00\x16\x49\xC3\x07instead\x01");
        assert!(bytes.capacity() < 1 << 20, "{}", bytes.capacity());

        let mut writer = AsyncWriter::new(Writer::new(Vec::new()), Vec::new());
        assert_eq!(block_on(writer.opaque_from(length, again)).unwrap_err().to_string(), message);
        assert!(block_on(writer.finish()).is_err());
    }
}

#[test]
fn no_more_than_one_byte_is_read_ahead() {
    let mut content = Trickle::of(100);
    Writer::new(Vec::new()).opaque_from(50, &mut content).unwrap_err();
    assert_eq!(content.given, 51);
    // What follows on a socket is left there.
    let mut content = Trickle::of(100);
    Writer::new(Vec::new()).opaque_from(50, (&mut content).take(50)).unwrap();
    assert_eq!(content.given, 50);
    let mut content = Trickle::of(100);
    let mut writer = AsyncWriter::new(Writer::new(Vec::new()), Vec::new());
    block_on(writer.opaque_from(50, &mut content)).unwrap_err();
    assert_eq!(content.given, 51);
}

#[cfg(feature = "bytes")]
#[test]
fn bytes_mut_is_a_sink() {
    let mut sink = bytes::BytesMut::new();
    let mut writer = Writer::with_sink(&mut sink);
    writer.opaque_element(email2::ConversationId, &[0xAB; 300]).unwrap();
    writer.finish().unwrap();
    assert_eq!(sink, opaque(300));
    let sink = block_on(in_pieces(bytes::BytesMut::new(), 3, 10)).unwrap();
    assert_eq!(sink, whole(3, 10));
}

#[cfg(feature = "tokio")]
#[test]
fn what_tokio_writes_to_is_a_sink_and_what_it_reads_from_a_source() {
    use wbxml::TokioIo;

    // It holds everything back until it is flushed.
    let mut bytes = Vec::new();
    let buffered = tokio::io::BufWriter::with_capacity(1 << 20, &mut bytes);
    block_on(in_pieces(TokioIo(buffered), 3, 10)).unwrap();
    assert_eq!(bytes, whole(3, 10));

    let mut writer = AsyncWriter::new(Writer::new(Vec::new()), TokioIo(Vec::new()));
    let content = vec![0xAB; 50_000];
    block_on(async {
        writer.write(|writer| writer.start(email2::ConversationId)).await?;
        writer.opaque_from(50_000, TokioIo(&*content)).await?;
        writer.write(Writer::end).await
    })
    .unwrap();
    assert!(block_on(writer.finish()).unwrap().0 == opaque(50_000));

    // A pipe whose other end is closed.
    let (ours, theirs) = tokio::io::duplex(10);
    drop(theirs);
    let error = block_on(in_pieces(TokioIo(ours), 3, 1)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Sink(_)), "{error}");
}

/// Its bytes are those of any text, wherever it is in the buffer; and a NUL in it is found before anything of it is
/// written.
#[test]
fn long_text_goes_by_the_buffer() {
    for length in [0, 1, PIECE - 1, PIECE, 3 * PIECE] {
        let text = "t".repeat(length);
        let inside: &[u8] = if length == 0 { b"" } else { &[b"\x03", text.as_bytes(), b"\0"].concat() };
        let end: &[u8] = if length == 0 { b"\x0B" } else { b"\x01" };
        let start: &[u8] = if length == 0 { b"" } else { b"\x4B" };
        let expected = [b"\x03\x01\x6A\x00\x45", start, inside, end, b"\x01"].concat();

        let mut pieces = SyncPieces::default();
        let mut writer = Writer::with_sink(&mut pieces);
        writer.header().unwrap();
        writer.start(airsync::Sync).unwrap();
        writer.element(airsync::SyncKey, &*text).unwrap();
        writer.end().unwrap();
        writer.finish().unwrap();
        assert!(pieces.0.concat() == expected, "{length} in an element");

        let mut writer = AsyncWriter::new(Writer::new(Vec::new()), Pieces::default());
        block_on(async {
            writer.write(Writer::header).await?;
            writer.write(|writer| writer.start(airsync::Sync)).await?;
            writer.write(|writer| writer.start(airsync::SyncKey)).await?;
            writer.text(&text).await?;
            writer.write(Writer::end).await?;
            writer.write(Writer::end).await
        })
        .unwrap();
        let pieces = block_on(writer.finish()).unwrap();
        assert!(pieces.bytes == expected, "{length} awaited");
        assert!(
            length < PIECE || pieces.sizes.contains(&length),
            "{length} in one piece: {:?}",
            pieces.sizes
        );
    }

    let nul = "t".repeat(PIECE) + "\0";
    let mut pieces = SyncPieces::default();
    let error = Writer::with_sink(&mut pieces).text(&nul).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NulInText);
    assert!(pieces.0.is_empty());
    let mut writer = AsyncWriter::new(Writer::new(Vec::new()), Pieces::default());
    assert_eq!(*block_on(writer.text(&nul)).unwrap_err().kind(), ErrorKind::NulInText);
    assert!(block_on(writer.text("again")).is_err(), "the document cannot be completed");
}

#[derive(Default)]
struct SyncPieces(Vec<Vec<u8>>);

impl Sink for SyncPieces {
    fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.push(bytes.to_vec());
        Ok(())
    }
}
