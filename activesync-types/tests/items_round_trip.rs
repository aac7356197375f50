//! Items made from random bytes: written and read they are the same, and so are their bytes after a detour through XML;
//! what a version leaves of them is the same when it is written again in that version; every tag of their code pages is
//! written by some type; and damaged items never do worse than fail.

use std::collections::BTreeSet;

use activesync_types::airsyncbase::{BodyPartPreference, BodyPreference};
use activesync_types::calendar::Calendar;
use activesync_types::contacts::Contact;
use activesync_types::document_library::Document;
use activesync_types::email::Email;
use activesync_types::gal::GalEntry;
use activesync_types::notes::Note;
use activesync_types::tasks::Task;
use arbitrary::{Arbitrary, Unstructured};
use proptest::collection::vec;
use proptest::prelude::*;
use wbxml::codepages::airsync;
use wbxml::{ACTIVESYNC, Decode, Encode, Event, IntoOwned, ProtocolVersion, Reader, Tag};

macro_rules! items {
    ($($name:ident, $test:ident: $item:ident;)*) => {$(
        /// The item in the element that holds it.
        #[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned, Arbitrary)]
        #[wbxml(page = airsync, tag = ApplicationData)]
        struct $name<'a>($item<'a>);

        proptest! {
            #[test]
            fn $test(seed in seed(), place in any::<prop::sample::Index>(), byte in any::<u8>()) {
                let value: $name<'_> = value_of(&seed);
                let bytes = wbxml::to_vec(&value).unwrap();
                let read: $name<'_> = Reader::new(&bytes).strict(true).decode().unwrap();
                prop_assert_eq!(&read, &value);
                let owned = read.into_owned();
                prop_assert_eq!(&owned, &value);

                let xml = wbxml::xml::to_xml(&bytes).unwrap();
                prop_assert_eq!(wbxml::xml::from_xml(&xml).unwrap(), &bytes[..], "{}", xml);

                for version in ProtocolVersion::ALL {
                    let bytes = wbxml::to_vec_version(&value, version).unwrap();
                    prop_assert!(tags(&bytes).iter().all(|tag| tag.versions().contains(version)));
                    let of_version: $name<'_> = Reader::new(&bytes).strict(true).decode().unwrap();
                    prop_assert_eq!(wbxml::to_vec_version(&of_version, version).unwrap(), bytes);
                }

                let mut damaged = bytes;
                let at = place.index(damaged.len());
                damaged[at] = byte;
                let _ = wbxml::from_slice::<$name<'_>>(&damaged);
                let _ = wbxml::from_slice::<$name<'_>>(&damaged[..at]);
            }
        }
    )*};
}

items! {
    AnEmail, an_email: Email;
    AnEvent, an_event: Calendar;
    AContact, a_contact: Contact;
    ATask, a_task: Task;
    ANote, a_note: Note;
    ADocument, a_document: Document;
    AGalEntry, a_gal_entry: GalEntry;
}

/// Bytes to make values from. Strings are taken from them as they are, and WBXML cannot hold a NUL.
fn seed() -> impl Strategy<Value = Vec<u8>> {
    vec(1_u8.., 0..2048)
}

fn value_of<'a, T: Arbitrary<'a>>(seed: &'a [u8]) -> T {
    T::arbitrary(&mut Unstructured::new(seed)).expect("any bytes make a value")
}

/// The tags in a document, with what the code pages say of them.
fn tags(bytes: &[u8]) -> BTreeSet<Tag> {
    let mut reader = Reader::new(bytes);
    let mut tags = BTreeSet::new();
    while let Some(event) = reader.next().unwrap() {
        if let Event::Start { tag, .. } = event {
            tags.insert(ACTIVESYNC.tag(tag).expect("a tag of ActiveSync").1.tag);
        }
    }
    tags
}

/// Contacts, Email, Calendar, Tasks, Contacts2, GAL, AirSyncBase, DocumentLibrary, Email2, Notes.
const PAGES: [u8; 10] = [1, 2, 4, 9, 12, 16, 17, 19, 22, 23];

#[test]
fn every_tag_has_a_home() {
    let mut written = BTreeSet::new();
    for seed in seeds() {
        written.extend(tags(&wbxml::to_vec(&value_of::<AnEmail<'_>>(&seed)).unwrap()));
        written.extend(tags(&wbxml::to_vec(&value_of::<AnEvent<'_>>(&seed)).unwrap()));
        written.extend(tags(&wbxml::to_vec(&value_of::<AContact<'_>>(&seed)).unwrap()));
        written.extend(tags(&wbxml::to_vec(&value_of::<ATask<'_>>(&seed)).unwrap()));
        written.extend(tags(&wbxml::to_vec(&value_of::<ANote<'_>>(&seed)).unwrap()));
        written.extend(tags(&wbxml::to_vec(&value_of::<ADocument<'_>>(&seed)).unwrap()));
        written.extend(tags(&wbxml::to_vec(&value_of::<AGalEntry<'_>>(&seed)).unwrap()));
        written.extend(tags(&wbxml::to_vec(&value_of::<BodyPreference>(&seed)).unwrap()));
        written.extend(tags(&wbxml::to_vec(&value_of::<BodyPartPreference>(&seed)).unwrap()));
    }
    let mut homeless = Vec::new();
    for number in PAGES {
        let page = ACTIVESYNC.page(number).unwrap();
        let missing = page.tags.iter().filter(|info| !written.contains(&info.tag));
        homeless.extend(missing.map(|info| format!("{}:{}", page.name, info.name)));
    }
    assert_eq!(homeless, Vec::<String>::new());
}

/// Bytes that look random but are always the same, without the NUL that text cannot hold.
fn seeds() -> Vec<Vec<u8>> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut byte = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u8::try_from(state >> 56).expect("8 bits").max(1)
    };
    (0..200).map(|_| (0..4096).map(|_| byte()).collect()).collect()
}
