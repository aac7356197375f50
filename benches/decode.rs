//! Reading: events, typed values, XML.

use std::hint::black_box;

use activesync_types::contacts::Contact;
use activesync_types::email::Email;
use activesync_types::sync::{ServerCommand, SyncResponse};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wbxml::{Event, Reader};

use documents::{Document, Items};

mod documents;

fn events(criterion: &mut Criterion) {
    each(criterion, "decode/events", |document| count(&document.bytes));
}

fn typed(criterion: &mut Criterion) {
    each(criterion, "decode/typed", read);
}

fn xml(criterion: &mut Criterion) {
    each(criterion, "decode/to XML", |document| {
        wbxml::xml::to_xml(&document.bytes).expect("a good document").len()
    });
}

fn each(criterion: &mut Criterion, name: &str, run: impl Fn(&Document) -> usize) {
    let mut group = criterion.benchmark_group(name);
    for document in documents::all() {
        group.throughput(Throughput::Bytes(document.bytes.len() as u64));
        group.bench_function(document.name, |bencher| bencher.iter(|| run(black_box(&document))));
    }
}

/// Every event is looked at, so that none is left out by the compiler.
fn count(bytes: &[u8]) -> usize {
    let mut reader = Reader::new(bytes);
    let mut sum = 0;
    while let Some(event) = reader.next().expect("a good document") {
        sum += match event {
            Event::Start { tag, .. } => usize::from(tag.id()),
            Event::Text(text) => text.len(),
            Event::End => 1,
            _ => 0,
        };
    }
    sum
}

/// The answer, and every item in it by its class.
fn read(document: &Document) -> usize {
    let answer: SyncResponse<'_> = wbxml::from_slice(&document.bytes).expect("a good document");
    let commands = answer.collections.iter().flat_map(|collection| &collection.commands);
    let mut read = 0;
    for command in commands {
        let ServerCommand::Add(add) = command else { continue };
        match document.items {
            Items::Contacts => drop(black_box(add.application_data.decode::<Contact<'_>>().unwrap())),
            Items::Mail => drop(black_box(add.application_data.decode::<Email<'_>>().unwrap())),
        }
        read += 1;
    }
    read
}

criterion_group!(benches, events, typed, xml);
criterion_main!(benches);
