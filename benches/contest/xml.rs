//! WBXML to XML and back. Rows 9 and 10.

use std::hint::black_box;

use super::{Contender, Contest};
use crate::documents::{self, Document};
use crate::peers::libwbxml::Work;
use crate::peers::{libwbxml, quick_xml};

pub(crate) fn contests() -> Vec<Contest> {
    let mut contests = Vec::new();
    for document in documents() {
        contests.push(
            Contest::new(9, "WBXML to XML", document.name)
                .by(to_xml(document))
                .by(reading(document))
                .by(libwbxml::contender(Work::ToXml, &document))
                .at_most(0.35, "quick-xml")
                .faster(15.0, "libwbxml"),
        );
    }
    for document in documents() {
        contests.push(
            Contest::new(10, "XML to WBXML", document.name)
                .by(from_xml(document))
                .by(reading(document))
                .by(libwbxml::contender(Work::FromXml, &document))
                .at_most(1.35, "quick-xml")
                .faster(6.0, "libwbxml"),
        );
    }
    contests
}

fn documents() -> [Document; 5] {
    [
        documents::contacts(),
        documents::calendar(),
        documents::folders(),
        documents::mail(),
        documents::html_mail(),
    ]
}

fn to_xml(document: Document) -> Contender {
    let options = quick_xml::options();
    Contender::new("wbxml", move || options.to_xml(black_box(document.bytes)).expect("a good document"))
}

fn from_xml(document: Document) -> Contender {
    let (options, xml) = (quick_xml::options(), quick_xml::of(document.bytes));
    assert_eq!(options.from_xml(&xml).as_deref(), Ok(document.bytes), "the same document");
    Contender::new("wbxml", move || options.from_xml(black_box(&xml)).expect("good XML"))
}

/// Only reading the events of that XML.
fn reading(document: Document) -> Contender {
    let xml = quick_xml::of(document.bytes);
    Contender::new("quick-xml", move || quick_xml::events(black_box(&xml)))
}

/// Beside nobody: a small, a typical and two large Sync answers.
pub(crate) fn sizes() -> Vec<Contest> {
    let contest = |document: Document| Contest::new(0, "XML by size", document.name).by(to_xml(document));
    documents::sizes().into_iter().map(contest).collect()
}
