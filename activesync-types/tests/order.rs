//! The order of elements, where the specification spells it out.

mod support;

use std::cell::RefCell;

use activesync_types::document_library::Document;
use activesync_types::gal::GalEntry;
use activesync_types::notes::Note;
use activesync_types::sync::SyncRequest;
use activesync_types::tasks::Task;
use arbitrary::{Arbitrary, Unstructured};
use proptest::collection::vec;
use proptest::prelude::*;
use support::{read, spec_dir};
use wbxml::codepages::airsync;
use wbxml::{ACTIVESYNC, Encode, Event, Fragment, ProtocolVersion, Reader, Tag};

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

#[test]
fn items_are_written_in_the_order_of_their_schemas() {
    in_order("Tasks", 33, |seed| item::<Task<'_>>(seed));
    in_order("Notes", 5, |seed| item::<Note<'_>>(seed));
    in_order("DocumentLibrary", 8, |seed| item::<Document<'_>>(seed));
    in_order("GAL", 14, |seed| item::<GalEntry<'_>>(seed));
}

/// The elements of a namespace stand in the order in which its schema names them: `expected` is how many it names.
fn in_order(namespace: &str, expected: usize, item: impl Fn(&[u8]) -> Fragment<'static>) {
    let Some(spec) = spec_dir() else { return };
    let schema = read(&spec.join("xsd").join(namespace).with_extension("xsd"));
    let names = schema.split("<xs:element").skip(1).filter_map(|element| {
        let (_, name) = element.split_once('>')?.0.split_once("name=\"")?;
        Some(name.split_once('"')?.0)
    });
    let mut order: Vec<Tag> = Vec::new();
    for name in names {
        let tag = ACTIVESYNC.find(namespace, name).unwrap_or_else(|| panic!("{name}")).tag;
        assert!(!order.contains(&tag), "{name} is named twice");
        order.push(tag);
    }
    assert_eq!(order.len(), expected, "elements of {namespace}");

    let seen = RefCell::new(vec![false; expected]);
    proptest!(|(seed in vec(1_u8.., 4096))| {
        let fragment = item(&seed);
        let (mut reader, mut places) = (fragment.reader().unwrap(), Vec::new());
        while let Some(event) = reader.next().unwrap() {
            if let Event::Start { tag, .. } = event
                && let Some(place) = order.iter().position(|known| *known == tag)
            {
                places.push(place);
                seen.borrow_mut()[place] = true;
            }
        }
        prop_assert!(places.is_sorted(), "{places:?}");
    });
    assert_eq!(seen.into_inner(), vec![true; expected], "elements that were written at all");
}

fn item<'a, T: Arbitrary<'a> + Encode>(seed: &'a [u8]) -> Fragment<'static> {
    let value = T::arbitrary(&mut Unstructured::new(seed)).unwrap();
    Fragment::from_value(&value, None).unwrap()
}
