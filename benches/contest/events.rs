//! Reading events. Rows 1, 2, 3, 4 and 11.

use std::hint::black_box;

use super::{Contender, Contest};
use crate::documents::{self, Document};
use crate::peers::libwbxml::Work;
use crate::peers::{by_hand, libwbxml, memory, postcard, quick_xml, wbxml};

pub(crate) fn contests() -> Vec<Contest> {
    let short = [documents::contacts(), documents::calendar(), documents::folders()];
    let (mail, html) = (documents::mail(), documents::html_mail());
    let mut contests = Vec::new();
    for document in short {
        contests.push(
            contest(1, "events, short strings", document)
                .by(with_postcard(document))
                .by(what_memory_allows(document))
                .at_most(0.85, "postcard")
                .at_most(1.9, "memory"),
        );
    }
    contests.push(
        contest(2, "events, long strings", html)
            .by(with_postcard(html))
            .by(what_memory_allows(html))
            .at_most(1.15, "postcard")
            .at_most(1.1, "memory"),
    );
    let by_goal = [("events, short strings", 15.0, short.as_slice()), ("events, short mail", 10.0, &[mail])];
    for (work, ratio, documents) in by_goal {
        for &document in documents {
            contests.push(
                contest(3, work, document)
                    .by(libwbxml::contender(Work::Events, &document))
                    .by(with_quick_xml(document))
                    .faster(ratio, "libwbxml")
                    .faster(6.0, "quick-xml"),
            );
        }
    }
    contests.push(opaque());
    for document in short.into_iter().chain([mail, html]) {
        by_hand::assert_agrees(document.bytes);
        contests.push(
            contest(11, "events, nom", document)
                .by(Contender::new("by hand", move || by_hand::events(black_box(document.bytes))))
                .at_most(1.1, "by hand"),
        );
    }
    by_hand::assert_agrees_on_damage(documents::one_contact().bytes);
    by_hand::assert_agrees_on_damage(
        documents::send_mail("a short SendMail", b"Subject: \xFF\r\n\r\n").bytes,
    );
    by_hand::assert_agrees(documents::nested("300 deep, which is too deep", 300).bytes);
    contests
}

/// Beside nobody: a small, a typical and two large Sync answers.
pub(crate) fn sizes() -> Vec<Contest> {
    documents::sizes().into_iter().map(|document| contest(0, "events by size", document)).collect()
}

fn contest(row: u8, work: &'static str, document: Document) -> Contest {
    Contest::new(row, work, document.name)
        .by(Contender::new("wbxml", move || wbxml::events(black_box(document.bytes))))
}

/// The message is passed on as it lies there, so that its length must not matter.
fn opaque() -> Contest {
    let long = documents::send_mail("SendMail of 8 MB", &documents::message(8 << 20));
    let short = documents::send_mail("SendMail of 8 bytes", &documents::message(8));
    contest(4, "OPAQUE of 8 MB", long)
        .by(Contender::new("8 bytes", move || wbxml::events(black_box(short.bytes))))
        .at_most(2.0, "8 bytes")
}

fn with_postcard(document: Document) -> Contender {
    let encoded = postcard::of(document.bytes);
    assert_eq!(postcard::events(&encoded), wbxml::events(document.bytes), "the same events");
    Contender::new("postcard", move || postcard::events(black_box(&encoded)))
}

fn what_memory_allows(document: Document) -> Contender {
    let text = memory::text_of(document.bytes);
    Contender::new("memory", move || memory::look(black_box(document.bytes), black_box(&text)))
}

fn with_quick_xml(document: Document) -> Contender {
    let xml = quick_xml::of(document.bytes);
    Contender::new("quick-xml", move || quick_xml::events(black_box(&xml)))
}
