//! `wbxml` in a program that has no std at all: its panic handler would not link beside that of std, whoever brought std in.
//! Memory comes from the C library's malloc. The exit status is the number of the check that failed.

#![no_std]
#![no_main]

extern crate alloc;

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use libc_alloc::LibcAlloc;
use wbxml::codepages::{contacts, folderhierarchy};
use wbxml::string_table::{self, Policy, StringTable};
use wbxml::{
    AsyncSource, AsyncWriter, Decode, Dump, Encode, ErrorKind, Event, IntoOwned, PushReader, Reader, Result,
    Writer,
};

#[global_allocator]
static MALLOC: LibcAlloc = LibcAlloc;

#[link(name = "c")]
unsafe extern "C" {
    safe fn abort() -> !;
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    abort()
}

// What std has for unwinding, which `alloc` names though nothing unwinds here.

#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() -> ! {
    abort()
}

/// What the C library calls.
#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    let checks: &[fn() -> Result<bool>] = &[
        decodes,
        encodes,
        typed,
        in_pieces,
        with_a_string_table,
        awaited,
        says_what_is_wrong,
        lists,
        #[cfg(feature = "bytes")]
        into_bytes,
        #[cfg(feature = "charsets")]
        other_character_sets,
        #[cfg(feature = "languages")]
        other_languages,
    ];
    let failed = checks.iter().position(|check| check() != Ok(true));
    failed.map_or(0, |failed| i32::try_from(failed + 1).unwrap_or(i32::MAX))
}

/// `<FolderSync xmlns="FolderHierarchy"><SyncKey>0</SyncKey></FolderSync>`
const BODY: &[u8] = b"\x03\x01\x6A\x00\x00\x07\x56\x52\x030\x00\x01\x01";
const SHOWN: &str = "<FolderHierarchy:FolderSync><FolderHierarchy:SyncKey>0</></>";

fn show(event: &Event<'_>) -> String {
    match event {
        Event::Start { tag, .. } => format!("<{tag}>"),
        Event::Text(text) => text.to_string(),
        Event::End => "</>".to_string(),
        other => format!("{other:?}"),
    }
}

fn decodes() -> Result<bool> {
    let mut reader = Reader::new(BODY);
    let mut shown = String::new();
    while let Some(event) = reader.next()? {
        shown += &show(&event);
    }
    Ok(shown == SHOWN)
}

fn encodes() -> Result<bool> {
    let mut writer = Writer::new(Vec::new());
    writer.header()?;
    writer.start(folderhierarchy::FolderSync)?;
    writer.element(folderhierarchy::SyncKey, "0")?;
    writer.end()?;
    Ok(writer.finish()? == BODY)
}

#[derive(Debug, PartialEq, Decode, Encode, IntoOwned)]
#[wbxml(page = folderhierarchy, tag = FolderSync)]
struct FolderSync<'a> {
    #[wbxml(SyncKey)]
    sync_key: Cow<'a, str>,
    #[wbxml(Status)]
    status: Option<u8>,
}

fn typed() -> Result<bool> {
    let request: FolderSync<'_> = wbxml::from_slice(BODY)?;
    let borrows = matches!(request.sync_key, Cow::Borrowed("0"));
    Ok(borrows && wbxml::to_vec(&request.into_owned())? == BODY)
}

fn in_pieces() -> Result<bool> {
    let mut reader = PushReader::new();
    let mut shown = String::new();
    for byte in BODY.chunks(1) {
        let mut events = reader.push(byte);
        while let Some(event) = events.next()? {
            shown += &show(&event);
        }
    }
    reader.finish()?;
    Ok(shown == SHOWN)
}

fn with_a_string_table() -> Result<bool> {
    let write = |writer: &mut Writer<'_>| {
        writer.header()?;
        writer.start(contacts::Categories)?;
        writer.element(contacts::Category, "Harbour")?;
        writer.element(contacts::Category, "Harbour")?;
        writer.end()
    };
    let mut writer = Writer::new(Vec::new()).string_table(StringTable::collect(Policy::WhenItPays, write)?);
    write(&mut writer)?;
    let with = writer.finish()?;
    let mut writer = Writer::new(Vec::new());
    write(&mut writer)?;
    let without = writer.finish()?;
    Ok(with == b"\x03\x01\x6A\x08Harbour\0\x00\x01\x55\x56\x83\x00\x01\x56\x83\x00\x01\x01"
        && string_table::rewrite(&without, Policy::Always)? == with
        && string_table::rewrite(&with, Policy::Never)? == without)
}

struct Zeros;

impl AsyncSource for Zeros {
    async fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        into.fill(0);
        Ok(into.len())
    }
}

/// Nothing here waits: one poll is enough.
fn awaited() -> Result<bool> {
    let writing = pin!(async {
        let mut writer = AsyncWriter::new(Writer::new(Vec::new()), Vec::new());
        writer.write(|writer| writer.header().and_then(|()| writer.start(contacts::Picture))).await?;
        let endless = writer.opaque_from(1 << 20, Zeros).await;
        Ok(endless.is_err() && writer.finish().await.is_err())
    });
    match writing.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => Ok(false),
    }
}

fn says_what_is_wrong() -> Result<bool> {
    let error = wbxml::from_slice::<FolderSync<'_>>(&BODY[..10]).expect_err("it is cut off");
    let expected = "FolderSync/SyncKey at byte 8: the document ends inside of a string";
    Ok(matches!(error.kind(), ErrorKind::Incomplete { .. }) && error.to_string() == expected)
}

fn lists() -> Result<bool> {
    Ok(Dump::new(BODY).to_string().ends_with("000c  01                 </FolderSync>\n"))
}

#[cfg(feature = "bytes")]
fn into_bytes() -> Result<bool> {
    let mut bytes = bytes::BytesMut::new();
    let mut writer = Writer::with_sink(&mut bytes);
    writer.header()?;
    writer.start(folderhierarchy::FolderSync)?;
    writer.element(folderhierarchy::SyncKey, "0")?;
    writer.end()?;
    writer.finish()?;
    Ok(bytes == BODY)
}

#[cfg(feature = "charsets")]
fn other_character_sets() -> Result<bool> {
    let mut reader = Reader::new(b"\x03\x01\x08\x00\x45\x03\xBF\x00\x01"); // ISO-8859-5
    reader.next()?;
    Ok(reader.next()? == Some(Event::Text("П".into())))
}

#[cfg(feature = "languages")]
fn other_languages() -> Result<bool> {
    let language = Reader::new(b"\x02\x05\x6A\x00\x05").header()?.language();
    Ok(language.is_some_and(|language| language.name == "SI 1.0"))
}
