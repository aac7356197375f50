//! The order of elements, where the specification spells it out.

mod support;

use std::cell::RefCell;

use activesync_types::sync::SyncRequest;
use arbitrary::{Arbitrary, Unstructured};
use proptest::collection::vec;
use proptest::prelude::*;
use support::{read, spec_dir};
use wbxml::codepages::airsync;
use wbxml::{ACTIVESYNC, Event, ProtocolVersion, Reader, Tag};

/// `1.SyncKey 2.CollectionId …`, from the requirement that servers enforce (`[MS-ASCMD]` 2.2.3.29.2).
fn specified_order() -> Option<Vec<Tag>> {
    let requirements = read(&spec_dir()?.join("requirements/MS-ASCMD.tsv"));
    let line = requirements.lines().find(|line| line.contains("1.SyncKey 2.CollectionId"));
    let (_, list) = line.expect("the requirement is in the table").split_once("1.SyncKey").unwrap();
    let list = format!("1.SyncKey{list}");
    let names = list.split(['\t', ' ']).map_while(|item| item.split_once('.').map(|(_, name)| name));
    let tags: Vec<Tag> =
        names.map(|name| ACTIVESYNC.find("AirSync", name).unwrap_or_else(|| panic!("{name}")).tag).collect();
    assert_eq!(tags.len(), 9);
    Some(tags)
}

/// The children of each `Collection`.
fn collections(document: &[u8]) -> Vec<Vec<Tag>> {
    let mut collections: Vec<Vec<Tag>> = Vec::new();
    let mut open = Vec::new();
    let mut reader = Reader::new(document);
    while let Some(event) = reader.next().unwrap() {
        match event {
            Event::Start { tag, .. } => {
                if open.last() == Some(&airsync::Collection) {
                    collections.last_mut().unwrap().push(tag);
                } else if open.last() == Some(&airsync::Collections) {
                    collections.push(Vec::new());
                }
                open.push(tag);
            }
            Event::End => {
                open.pop();
            }
            _ => {}
        }
    }
    collections
}

#[test]
fn collections_are_written_in_the_order_that_servers_enforce() {
    let Some(order) = specified_order() else { return };
    let place = |tag: &Tag| order.iter().position(|known| known == tag);
    let seen = RefCell::new(vec![false; order.len()]);
    proptest!(|(seed in vec(1_u8.., 256..2048))| {
        let request = SyncRequest::arbitrary(&mut Unstructured::new(&seed)).unwrap();
        let document = wbxml::to_vec_version(&request, ProtocolVersion::V16_1).unwrap();
        for children in collections(&document) {
            let places: Vec<_> = children.iter().map(|tag| place(tag).expect("a listed element")).collect();
            prop_assert!(places.is_sorted(), "{children:?}");
            for place in places {
                seen.borrow_mut()[place] = true;
            }
        }
    });
    assert_eq!(seen.into_inner(), [true; 9], "elements that were written at all");
}
