//! Reading typed values. Rows 5 and 6.

use std::hint::black_box;

use ::prost::Message as _;
use activesync_types::email::Email;
use activesync_types::sync::{ServerCommand, SyncResponse};

use super::{Contender, Contest};
use crate::documents;
use crate::peers::{postcard, prost, quick_xml, wbxml};

pub(crate) fn contests() -> Vec<Contest> {
    vec![borrowed(), owned()]
}

/// prost knows owned strings only, and is beside both.
fn borrowed() -> Contest {
    let document = documents::contacts();
    let value = wbxml::owned(document.bytes);
    let for_prost = value.encode_to_vec();
    let for_postcard = postcard::encode(&value, Vec::new());
    Contest::new(5, "typed, borrowed", document.name)
        .by(Contender::new("wbxml", move || drop(black_box(wbxml::borrowed(black_box(document.bytes))))))
        .by(Contender::new("prost", move || prost::owned(black_box(&for_prost))))
        .by(Contender::new("postcard", move || drop(black_box(postcard::borrowed(black_box(&for_postcard))))))
        .by(Contender::new("activesync-types", move || {
            wbxml::client(black_box(document.bytes), |contact| drop(black_box(contact)));
        }))
        .at_most(0.35, "prost")
        .at_most(0.9, "postcard")
}

fn owned() -> Contest {
    let document = documents::contacts();
    let value = wbxml::owned(document.bytes);
    let for_prost = value.encode_to_vec();
    let for_postcard = postcard::encode(&value, Vec::new());
    let xml = quick_xml::of(document.bytes);
    assert!(prost::owned(&for_prost) == value, "the same value");
    assert!(postcard::owned(&for_postcard) == value, "the same value");
    assert!(quick_xml::owned(&xml) == value, "the same value");
    Contest::new(6, "typed, owned", document.name)
        .by(Contender::new("wbxml", move || wbxml::owned(black_box(document.bytes))))
        .by(Contender::new("prost", move || prost::owned(black_box(&for_prost))))
        .by(Contender::new("postcard", move || postcard::owned(black_box(&for_postcard))))
        .by(Contender::new("quick-xml", move || quick_xml::owned(black_box(&xml))))
        .at_most(0.95, "prost")
        .faster(7.0, "quick-xml")
}

/// Beside nobody: a small, a typical and two large Sync answers, in the types of activesync-types.
pub(crate) fn sizes() -> Vec<Contest> {
    let contest = |document: documents::Document| {
        let contacts = document.name.contains("contact");
        Contest::new(0, "typed by size", document.name).by(Contender::new("activesync-types", move || {
            if contacts {
                wbxml::client(black_box(document.bytes), |contact| drop(black_box(contact)));
            } else {
                read_mail(black_box(document.bytes));
            }
        }))
    };
    documents::sizes().into_iter().map(contest).collect()
}

fn read_mail(document: &[u8]) {
    let answer: SyncResponse<'_> = ::wbxml::from_slice(document).expect("a good document");
    for command in answer.collections.iter().flat_map(|collection| &collection.commands) {
        let ServerCommand::Add(add) = command else { continue };
        drop(black_box(add.application_data.decode::<Email<'_>>().expect("a mail")));
    }
}
