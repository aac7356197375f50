//! Writing: typed values as a server sends them, and XML.

use std::hint::black_box;

use activesync_types::contacts::Contact;
use activesync_types::email::Email;
use activesync_types::sync::{ServerAdd, ServerCommand, SyncResponse};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wbxml::{Encode, Fragment, IntoOwned, Writer};

use documents::{Document, Items};

mod documents;

fn typed(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("encode/typed");
    for document in documents::all() {
        group.throughput(Throughput::Bytes(document.bytes.len() as u64));
        match document.items {
            Items::Contacts => bench_typed::<Contact<'static>>(&mut group, &document, |data| {
                data.decode::<Contact<'_>>().expect("a contact").into_owned()
            }),
            Items::Mail => bench_typed::<Email<'static>>(&mut group, &document, |data| {
                data.decode::<Email<'_>>().expect("a mail").into_owned()
            }),
        }
    }
}

/// Items in memory become application data, then an answer in a buffer that is used again.
fn bench_typed<T: Encode>(
    group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>,
    document: &Document,
    item: impl Fn(&Fragment<'_>) -> T,
) {
    let answer: SyncResponse<'_> = wbxml::from_slice(&document.bytes).expect("a good document");
    let commands = &answer.collections[0].commands;
    let items: Vec<_> = commands
        .iter()
        .map(|command| match command {
            ServerCommand::Add(add) => (add.server_id.clone(), item(&add.application_data)),
            other => panic!("the document holds additions only, not {other:?}"),
        })
        .collect();
    let mut buffer = Vec::new();
    group.bench_function(document.name, |bencher| {
        bencher.iter(|| {
            let mut answer = answer.clone();
            answer.collections[0].commands = items
                .iter()
                .map(|(server_id, item)| {
                    ServerCommand::Add(ServerAdd {
                        class: None,
                        server_id: server_id.clone(),
                        application_data: Fragment::from_value(black_box(item), None).expect("a good item"),
                    })
                })
                .collect();
            buffer.clear();
            buffer = Writer::new(std::mem::take(&mut buffer)).encode(&answer).expect("a good answer");
            buffer.len()
        });
    });
    assert_eq!(buffer, document.bytes, "{}: what was measured is the document", document.name);
}

fn xml(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("encode/from XML");
    for document in documents::all() {
        let xml = wbxml::xml::to_xml(&document.bytes).expect("a good document");
        group.throughput(Throughput::Bytes(xml.len() as u64));
        group.bench_function(document.name, |bencher| {
            bencher.iter(|| wbxml::xml::from_xml(black_box(&xml)).expect("a good document").len());
        });
    }
}

criterion_group!(benches, typed, xml);
criterion_main!(benches);
