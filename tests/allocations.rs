//! What reading and writing ask of the allocator, counted. `cargo bench --bench ratios` puts what this prints into
//! the table of `benches/README.md`.

#[path = "../benches/documents/mod.rs"]
mod documents;

use std::borrow::Cow;
use std::hint::black_box;
use std::io;
use std::mem::MaybeUninit;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use activesync_types::compose_mail::SendMailRequest;
use activesync_types::contacts::Contact;
use activesync_types::email::Email;
use activesync_types::folder_hierarchy::{Folder, FolderSyncResponse};
use activesync_types::sync::{CollectionResponse, ServerCommand, SyncResponse};
use allocation_counter::measure;
use wbxml::codepages::{airsyncbase, itemoperations};
use wbxml::xml::Options;
use wbxml::{
    AsyncSink, AsyncSource, AsyncWriter, Decode, EncodeElement, Event, IoSink, Limits, Reader, Writer,
};

use documents::Document;

#[test]
fn reading_events_allocates_nothing() {
    let documents = [
        documents::folders(),
        documents::contacts(),
        documents::calendar(),
        documents::mail(),
        documents::html_mail(),
        documents::send_mail("SendMail", &documents::message(1 << 20)),
        documents::nested("200 deep", 200),
    ];
    for document in documents {
        let counted = measure(|| {
            let mut reader = Reader::new(document.bytes);
            while let Some(event) = reader.next().expect("a good document") {
                black_box(event);
            }
        });
        assert_eq!(counted.count_total, 0, "{}", document.name);
    }
    row(12, "allocations, events", "0", "0", true);
}

#[test]
fn writing_into_a_warm_buffer_allocates_nothing() {
    for document in [documents::contacts(), documents::calendar(), documents::html_mail()] {
        let answer: SyncResponse<'_> = wbxml::from_slice(document.bytes).unwrap();
        writes_into_its_document(document, &answer);
        let events = events(document.bytes);
        let buffer = Vec::with_capacity(document.bytes.len());
        let mut written = Vec::new();
        let counted = measure(|| {
            let mut writer = Writer::new(buffer);
            writer.header().unwrap();
            for event in &events {
                writer.event(event).unwrap();
            }
            written = writer.finish().unwrap();
        });
        assert_eq!((written.as_slice(), counted.count_total), (document.bytes, 0), "{}", document.name);
    }
    let document = documents::folders();
    writes_into_its_document(document, &wbxml::from_slice::<FolderSyncResponse<'_>>(document.bytes).unwrap());
    let document = documents::send_mail("SendMail", &documents::message(1 << 20));
    writes_into_its_document(document, &wbxml::from_slice::<SendMailRequest<'_>>(document.bytes).unwrap());

    // Items themselves, which an answer only holds as bytes.
    let contacts = items::<Contact<'_>>(documents::contacts());
    let mails = items::<Email<'_>>(documents::html_mail());
    let counted = |write: &dyn Fn(&mut Writer<'_>)| {
        let mut writer = Writer::new(Vec::with_capacity(16 << 20));
        measure(|| write(&mut writer)).count_total
    };
    assert_eq!(counted(&|writer| contacts.iter().for_each(|item| writer.element(DATA, item).unwrap())), 0);
    assert_eq!(counted(&|writer| mails.iter().for_each(|item| writer.element(DATA, item).unwrap())), 0);
    row(12, "allocations, encode into a warm buffer", "0", "0", true);
}

/// Content from a reader, and a sink that is awaited.
#[test]
fn writing_from_a_reader_and_into_an_awaited_sink_allocates_nothing() {
    let message = documents::message(1 << 20);
    let document = documents::send_mail("SendMail", &message);
    let events = events(document.bytes);

    let buffer = Vec::with_capacity(document.bytes.len());
    let mut written = Vec::new();
    let counted = measure(|| {
        let mut writer = Writer::new(buffer);
        writer.header().unwrap();
        for event in &events {
            write_opaque_from(&mut writer, event);
        }
        written = writer.finish().unwrap();
    });
    assert_eq!((written.as_slice(), counted.count_total), (document.bytes, 0), "{}", document.name);
    row(12, "allocations, OPAQUE from a reader", "0", "0", true);

    for document in [document, documents::contacts(), documents::html_mail()] {
        let events = self::events(document.bytes);
        // Text goes through the buffer as a whole, OPAQUE in pieces.
        let (buffer, written) = (Vec::with_capacity(128 << 10), Vec::with_capacity(document.bytes.len()));
        let mut finished = Vec::new();
        let counted = measure(|| finished = ready(write_awaited(Writer::new(buffer), written, &events)));
        assert_eq!((finished.as_slice(), counted.count_total), (document.bytes, 0), "{}", document.name);
    }
    row(12, "allocations, AsyncWriter with a warm buffer", "0", "0", true);
}

fn write_opaque_from(writer: &mut Writer<'_>, event: &Event<'_>) {
    match event {
        Event::Opaque(bytes) => writer.opaque_from(bytes.len() as u64, *bytes).unwrap(),
        event => writer.event(event).unwrap(),
    }
}

async fn write_awaited<S: AsyncSink>(writer: Writer<'_>, sink: S, events: &[Event<'_>]) -> S {
    let mut writer = AsyncWriter::new(writer, sink);
    writer.write(Writer::header).await.unwrap();
    for event in events {
        write_event(&mut writer, event).await;
    }
    writer.finish().await.unwrap()
}

async fn write_event<S: AsyncSink>(writer: &mut AsyncWriter<S>, event: &Event<'_>) {
    match event {
        Event::Opaque(bytes) => writer.opaque_from(bytes.len() as u64, Slice(bytes)).await.unwrap(),
        Event::Text(text) => writer.text(text).await.unwrap(),
        event => writer.write(|writer| writer.event(event)).await.unwrap(),
    }
}

struct Slice<'a>(&'a [u8]);

impl AsyncSource for Slice<'_> {
    async fn read(&mut self, into: &mut [u8]) -> wbxml::Result<usize> {
        let (now, later) = self.0.split_at(self.0.len().min(into.len()));
        into[..now.len()].copy_from_slice(now);
        self.0 = later;
        Ok(now.len())
    }
}

struct Nowhere;

impl AsyncSink for Nowhere {
    async fn write_all(&mut self, _: &[u8]) -> wbxml::Result<()> {
        Ok(())
    }
}

/// What a future gives that has nothing to wait for.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}

const DATA: wbxml::Tag = wbxml::codepages::airsync::ApplicationData;

#[track_caller]
fn writes_into_its_document(document: Document, value: &impl EncodeElement) {
    let buffer = Vec::with_capacity(document.bytes.len());
    let mut written = Vec::new();
    let counted = measure(|| written = Writer::new(buffer).encode(value).unwrap());
    assert_eq!((written.as_slice(), counted.count_total), (document.bytes, 0), "{}", document.name);
}

/// How often the lists allocate is found with lists of as many items of the same size. Of what is in the documents,
/// only the lists named here have items.
#[test]
fn borrowed_values_allocate_their_lists_and_nothing_else() {
    let document = documents::contacts();
    let answer = measure(|| drop(wbxml::from_slice::<SyncResponse<'_>>(document.bytes).unwrap()));
    let expected = list::<CollectionResponse<'_>>(1) + list::<ServerCommand<'_>>(512);
    assert_eq!(answer.count_total, expected, "an answer of 512 items");

    let read: SyncResponse<'_> = wbxml::from_slice(document.bytes).unwrap();
    let data = fragments(&read);
    let contacts = measure(|| data.iter().for_each(|data| drop(data.decode::<Contact<'_>>().unwrap())));
    assert_eq!(contacts.count_total, 512 * list::<Cow<'_, str>>(2), "512 contacts, of two categories each");

    let html_mail = documents::html_mail();
    let read: SyncResponse<'_> = wbxml::from_slice(html_mail.bytes).unwrap();
    let data = fragments(&read);
    let mails = measure(|| data.iter().for_each(|data| drop(data.decode::<Email<'_>>().unwrap())));
    assert_eq!(mails.count_total, 0, "100 mails without a list");

    let folders = documents::folders();
    let counted = measure(|| drop(wbxml::from_slice::<FolderSyncResponse<'_>>(folders.bytes).unwrap()));
    assert_eq!(counted.count_total, list::<Folder<'_>>(40), "40 folders");

    let mail = documents::send_mail("SendMail", &documents::message(1 << 20));
    let counted = measure(|| drop(wbxml::from_slice::<SendMailRequest<'_>>(mail.bytes).unwrap()));
    assert_eq!(counted.count_total, 0, "a message");
    row(12, "allocations, typed and borrowed", "only its lists", "only its lists", true);
}

fn list<T>(items: usize) -> u64 {
    let counted = measure(|| {
        let mut list = Vec::<MaybeUninit<T>>::new();
        (0..items).for_each(|_| list.push(MaybeUninit::uninit()));
        black_box(&list);
    });
    counted.count_total
}

fn fragments<'a>(answer: &'a SyncResponse<'a>) -> Vec<&'a wbxml::Fragment<'a>> {
    let commands = &answer.collections[0].commands;
    let data = commands.iter().map(|command| match command {
        ServerCommand::Add(add) => &add.application_data,
        other => panic!("the documents hold additions only, not {other:?}"),
    });
    data.collect()
}

fn items<T: Decode<'static>>(document: Document) -> Vec<T> {
    let answer: SyncResponse<'static> = wbxml::from_slice(document.bytes).unwrap();
    let answer: &'static SyncResponse<'static> = Box::leak(Box::new(answer));
    fragments(answer).into_iter().map(|data| data.decode().unwrap()).collect()
}

fn events(document: &'static [u8]) -> Vec<Event<'static>> {
    let mut reader = Reader::new(document);
    std::iter::from_fn(|| reader.next().unwrap()).collect()
}

/// The promise, for documents of any size.
const PROMISED: u64 = 64 << 10;
const SIZES: [usize; 3] = [1_000_000, 10_000_000, 100_000_000];

#[test]
fn writing_into_a_sink_keeps_a_bounded_part() {
    is_bounded("streaming encode, events of contacts", contacts, event_by_event);
    is_bounded("streaming encode, typed answer of contacts", contacts, typed);
    is_bounded("streaming encode, typed answer of mail of 50 kB", mails, typed);
    is_bounded("streaming encode, one OPAQUE of that size", one_opaque, event_by_event);
    is_bounded("streaming encode, one OPAQUE of that size from a reader", one_opaque, opaque_from);
    is_bounded("AsyncWriter, events of contacts", contacts, awaited);
    is_bounded("AsyncWriter, one OPAQUE of that size from a source", one_opaque, awaited);
    is_bounded("streaming encode, events of mail of 50 kB", mails, event_by_event);
    is_bounded("streaming encode, one text of that size", one_text, event_by_event);
    is_bounded("AsyncWriter, one text of that size", one_text, awaited);
}

#[test]
fn writing_xml_keeps_a_bounded_part() {
    is_bounded("WBXML to XML, contacts", contacts, to_xml);
    is_bounded("WBXML to XML, mail of 50 kB", mails, to_xml);
    is_bounded("WBXML to XML, one OPAQUE of that size", one_opaque, to_xml);
    is_bounded("WBXML to XML, one text of that size", one_text, to_xml);
}

/// Each open element is remembered, for its end.
#[test]
fn writing_xml_keeps_little_of_each_open_element() {
    let peaks = [1_000, 1_000_000].map(|depth| {
        let peak = to_xml(documents::nested("deep", depth).bytes);
        assert!(peak <= PROMISED + 128 * u64::from(depth), "{peak} bytes at a depth of {depth}");
        peak
    });
    let goal = "64 KiB + 128 B a level";
    row(13, "peak memory, WBXML to XML, 1,000 and 1,000,000 deep", goal, &sizes(&peaks), true);
}

type Documents = fn(usize) -> Vec<u8>;

fn is_bounded(what: &str, documents: Documents, peak_of: fn(&[u8]) -> u64) {
    let peaks = SIZES.map(|size| {
        let document = documents(size);
        let peak = peak_of(&document);
        assert!(peak <= PROMISED, "{what}: {peak} bytes for a document of {size}");
        peak
    });
    row(13, &format!("peak memory, {what}"), "64 KiB at 1, 10 and 100 MB", &sizes(&peaks), true);
}

fn sizes(peaks: &[u64]) -> String {
    let size = |&peak: &u64| match peak.div_ceil(1 << 10) {
        kib @ ..1_024 => format!("{kib} KiB"),
        kib => format!("{} MiB", kib.div_ceil(1 << 10)),
    };
    peaks.iter().map(size).collect::<Vec<_>>().join(", ")
}

fn event_by_event(document: &[u8]) -> u64 {
    streamed(document, |writer, event| writer.event(event).unwrap())
}

fn opaque_from(document: &[u8]) -> u64 {
    streamed(document, write_opaque_from)
}

fn streamed(document: &[u8], write: impl Fn(&mut Writer<'_>, &Event<'_>)) -> u64 {
    peak(|| {
        let mut reader = Reader::new(document);
        let mut sink = IoSink(io::sink());
        let mut writer = Writer::with_sink(&mut sink);
        writer.header().unwrap();
        while let Some(event) = reader.next().unwrap() {
            write(&mut writer, &event);
        }
        writer.finish().unwrap();
    })
}

fn awaited(document: &[u8]) -> u64 {
    peak(|| {
        ready(async {
            let mut reader = Reader::new(document);
            let mut writer = AsyncWriter::new(Writer::new(Vec::new()), Nowhere);
            writer.write(Writer::header).await.unwrap();
            while let Some(event) = reader.next().unwrap() {
                write_event(&mut writer, &event).await;
            }
            writer.finish().await.unwrap();
        });
    })
}

fn typed(document: &[u8]) -> u64 {
    let answer: SyncResponse<'_> = wbxml::from_slice(document).unwrap();
    peak(|| wbxml::to_writer(io::sink(), &answer).unwrap())
}

fn to_xml(document: &[u8]) -> u64 {
    peak(|| Options::new().limits(Limits::NONE).write_xml(document, io::sink()).unwrap())
}

/// The most bytes that were allocated at a time.
fn peak(work: impl FnOnce()) -> u64 {
    measure(work).bytes_max
}

fn contacts(size: usize) -> Vec<u8> {
    let each = documents::contacts_of(1_000).len() / 1_000;
    documents::contacts_of(size / each)
}

fn mails(size: usize) -> Vec<u8> {
    documents::mail_of(size / 50_000, 50_000)
}

fn one_opaque(size: usize) -> Vec<u8> {
    documents::send_mail_of(&documents::message(size))
}

fn one_text(size: usize) -> Vec<u8> {
    let text = String::from_utf8(documents::message(size)).unwrap();
    let mut writer = Writer::new(Vec::new());
    writer.header().unwrap();
    writer.start(itemoperations::ItemOperations).unwrap();
    writer.element(airsyncbase::Data, text.as_str()).unwrap();
    writer.end().unwrap();
    writer.finish().unwrap()
}

fn row(row: u8, what: &str, goal: &str, measured: &str, met: bool) {
    println!("row {row} | {what} | {goal} | {measured} | {}", if met { "yes" } else { "no" });
}
