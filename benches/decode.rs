//! Reading: events, typed values, XML.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use wbxml::{Event, Reader};

mod documents;

fn events(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode/events");
    for document in documents::all() {
        group.throughput(Throughput::Bytes(document.bytes.len() as u64));
        group.bench_function(document.name, |bencher| bencher.iter(|| count(black_box(&document.bytes))));
    }
}

/// Every event is looked at, so that none is left out by the compiler.
fn count(bytes: &[u8]) -> usize {
    let mut reader = Reader::new(bytes);
    let mut sum = 0;
    while let Some(event) = reader.next().expect("the bench's own document") {
        sum += match event {
            Event::Start { tag, .. } => usize::from(tag.id()),
            Event::Text(text) => text.len(),
            Event::End => 1,
            _ => 0,
        };
    }
    sum
}

criterion_group!(benches, events);
criterion_main!(benches);
