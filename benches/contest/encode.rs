//! Writing. Rows 7 and 8.

use std::hint::black_box;
use std::mem;

use super::{Contender, Contest};
use crate::documents::{self, Document};
use crate::peers::libwbxml::Work;
use crate::peers::wbxml::Server;
use crate::peers::{libwbxml, postcard, prost, quick_xml, wbxml};
use crate::values::OwnedSync;

pub(crate) fn contests() -> Vec<Contest> {
    let mut contests = vec![typed()];
    for document in [documents::contacts(), documents::calendar(), documents::folders(), documents::mail()] {
        contests.push(
            Contest::new(8, "encode events", document.name)
                .by(with_wbxml(document))
                .by(libwbxml::contender(Work::Encode, &document))
                .faster(10.0, "libwbxml"),
        );
    }
    contests.push(opaque());
    contests
}

/// Everybody writes the same value into a buffer that is used again.
fn typed() -> Contest {
    let document = documents::contacts();
    let value: &'static OwnedSync = Box::leak(Box::new(wbxml::owned(document.bytes)));
    assert_eq!(wbxml::encode(value, Vec::new()), document.bytes, "the same document");
    let mut server = Server::of_contacts(document.bytes);
    assert_eq!(server.encode(Vec::new()), document.bytes, "the same document");
    let mut for_xml = String::new();
    quick_xml::encode(value, &mut for_xml);
    assert!(quick_xml::owned(&for_xml) == *value, "the same value");
    Contest::new(7, "encode typed", document.name)
        .by(warm("wbxml", |buffer| wbxml::encode(black_box(value), buffer)))
        .by(warm("prost", |mut buffer| {
            prost::encode(black_box(value), &mut buffer);
            buffer
        }))
        .by(warm("postcard", |buffer| postcard::encode(black_box(value), buffer)))
        .by(Contender::new("quick-xml", move || {
            for_xml.clear();
            quick_xml::encode(black_box(value), &mut for_xml);
            for_xml.len()
        }))
        .by(warm("activesync-types", move |buffer| server.encode(buffer)))
        .at_most(0.8, "prost")
        .faster(20.0, "quick-xml")
}

fn with_wbxml(document: Document) -> Contender {
    let events = wbxml::all_events(document.bytes);
    assert_eq!(wbxml::encode_events(&events, Vec::new()), document.bytes, "the same document");
    warm("wbxml", move |buffer| wbxml::encode_events(black_box(&events), buffer))
}

fn opaque() -> Contest {
    let message: &'static [u8] = documents::message(8 << 20).leak();
    let document = documents::send_mail("SendMail of 8 MB", message);
    Contest::new(8, "encode OPAQUE of 8 MB", document.name)
        .by(with_wbxml(document))
        .by(warm("memcpy", move |mut buffer| {
            buffer.extend_from_slice(black_box(message));
            buffer
        }))
        .at_most(1.15, "memcpy")
}

/// Into a buffer that keeps its memory and is empty each time.
fn warm(name: &'static str, mut work: impl FnMut(Vec<u8>) -> Vec<u8> + 'static) -> Contender {
    let mut buffer = work(Vec::new());
    Contender::new(name, move || {
        buffer.clear();
        buffer = work(mem::take(&mut buffer));
        buffer.len()
    })
}

/// Beside nobody: a small, a typical and two large Sync answers, from the types of activesync-types.
pub(crate) fn sizes() -> Vec<Contest> {
    let contest = |document: Document| {
        let contest = Contest::new(0, "encode by size", document.name);
        if document.name.contains("contact") {
            let mut server = Server::of_contacts(document.bytes);
            contest.by(warm("activesync-types", move |buffer| server.encode(buffer)))
        } else {
            let mut server = Server::of_mail(document.bytes);
            contest.by(warm("activesync-types", move |buffer| server.encode(buffer)))
        }
    };
    documents::sizes().into_iter().map(contest).collect()
}
