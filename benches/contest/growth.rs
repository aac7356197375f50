//! What an element costs in large and in deep documents. Rows 14 and 15.

use std::hint::black_box;

use super::{Contender, Contest};
use crate::documents::{self, Document};
use crate::peers::wbxml;

pub(crate) fn contests() -> Vec<Contest> {
    let (few, many) = (documents::few_contacts(), documents::many_contacts());
    let growth = Contest::new(14, "growth, ns an element", many.name)
        .by(element_of("wbxml", many))
        .by(element_of(few.name, few))
        .at_most(1.25, few.name);
    let deepest = documents::nested("1,000,000 deep", 1_000_000);
    let deep = documents::nested("1,000 deep", 1_000);
    let usual = documents::nested("200 deep", 200);
    let depth = Contest::new(15, "depth, ns an element", deepest.name)
        .by(element_of("wbxml", deepest))
        .by(element_of(deep.name, deep))
        .by(element_of(usual.name, usual))
        .at_most(1.2, deep.name);
    vec![growth, depth]
}

fn element_of(name: &'static str, document: Document) -> Contender {
    let elements = wbxml::elements(document.bytes);
    Contender::new(name, move || wbxml::events_at_any_depth(black_box(document.bytes))).per(elements)
}
