//! Which version has which element of an item: what is written is held against each requirement that says so.

mod support;

use std::collections::BTreeSet;

use activesync_types::document_library::Document;
use activesync_types::email::Email;
use activesync_types::item_operations::ItemOperationsRequest;
use activesync_types::notes::Note;
use activesync_types::sync::SyncRequest;
use activesync_types::tasks::Task;
use arbitrary::{Arbitrary, Unstructured};
use support::{rows, spec_dir};
use wbxml::codepages::{airsyncbase, documentlibrary, notes, rightsmanagement, tasks};
use wbxml::{CodePage, Encode, EncodeElement, Event, Fragment, ProtocolVersion, Reader, Tag, to_vec_version};

#[test]
fn of_tasks() {
    let seeds = seeds();
    agree("MS-ASTASK", &tasks::PAGE, 155, &seeds, items::<Task<'_>>);
}

#[test]
fn of_notes() {
    let seeds = seeds();
    agree("MS-ASNOTE", &notes::PAGE, 30, &seeds, items::<Note<'_>>);
}

#[test]
fn of_documents() {
    let seeds = seeds();
    agree("MS-ASDOC", &documentlibrary::PAGE, 48, &seeds, items::<Document<'_>>);
}

#[test]
fn of_rights() {
    let seeds = seeds();
    agree("MS-ASRM", &rightsmanagement::PAGE, 110, &seeds, |seed, version| {
        let mut tags = items::<Email<'_>>(seed, version);
        tags.extend(message::<SyncRequest<'_>>(seed, version));
        tags.extend(message::<ItemOperationsRequest<'_>>(seed, version));
        tags
    });
}

/// The requirements of a specification that tell whether a version has an element hold, as many as there are.
fn agree<'s>(
    specification: &str,
    page: &CodePage,
    expected: usize,
    seeds: &'s [Vec<u8>],
    written: impl Fn(&'s [u8], ProtocolVersion) -> BTreeSet<Tag>,
) {
    let Some(spec) = spec_dir() else { return };
    let requirements = rows(&spec.join("requirements").join(specification).with_extension("tsv"));
    let mut count = 0;
    for version in ProtocolVersion::ALL {
        let written: BTreeSet<Tag> = seeds.iter().flat_map(|seed| written(seed, version)).collect();
        for row in &requirements {
            let Some((name, supported)) = requirement(&row[2], version) else { continue };
            let Some(tag) = tag(page, name) else { continue };
            assert_eq!(written.contains(&tag), supported, "{}: {}", row[0], row[2]);
            count += 1;
        }
    }
    assert_eq!(count, expected, "requirements");
}

/// The element and whether the version has it, of `[In Element] Protocol version 12.1 supports this [Element] element.`
fn requirement(text: &str, version: ProtocolVersion) -> Option<(&str, bool)> {
    let (element, rest) = text.strip_prefix("[In ")?.split_once("] Protocol version ")?;
    let (of, verb) = rest.split_once(' ')?;
    let name = element.split_once(" (").map_or(element, |(name, _)| name);
    (of == version.to_string()).then_some((name, !verb.starts_with("does not")))
}

/// The element's tag, unless no type here holds it.
fn tag(page: &CodePage, name: &str) -> Option<Tag> {
    match name {
        // Tasks has one of its own, which only 2.5 has.
        "Body" => Some(airsyncbase::Body),
        // The section is that of ExtractAllowed.
        "AllowBrowser" => Some(rightsmanagement::ExtractAllowed),
        // Of Settings, which has no types yet.
        "RightsManagementTemplate" | "RightsManagementTemplates" => None,
        _ => {
            let info = page.tags.iter().find(|info| info.name.eq_ignore_ascii_case(name));
            Some(info.unwrap_or_else(|| panic!("{name} is on the page {}", page.name)).tag)
        }
    }
}

fn items<'a, T: Arbitrary<'a> + Encode>(seed: &'a [u8], version: ProtocolVersion) -> BTreeSet<Tag> {
    let value = T::arbitrary(&mut Unstructured::new(seed)).unwrap();
    tags(Fragment::from_value(&value, Some(version)).unwrap().reader().unwrap())
}

fn message<'a, T: Arbitrary<'a> + EncodeElement>(seed: &'a [u8], version: ProtocolVersion) -> BTreeSet<Tag> {
    let value = T::arbitrary(&mut Unstructured::new(seed)).unwrap();
    to_vec_version(&value, version).map(|bytes| tags(Reader::new(&bytes))).unwrap_or_default()
}

fn tags(mut reader: Reader<'_>) -> BTreeSet<Tag> {
    let mut tags = BTreeSet::new();
    while let Some(event) = reader.next().unwrap() {
        if let Event::Start { tag, .. } = event {
            tags.insert(tag);
        }
    }
    tags
}

/// Bytes that look random but are always the same, without the NUL that text cannot hold.
fn seeds() -> Vec<Vec<u8>> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut byte = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u8::try_from(state >> 56).expect("8 bits").max(1)
    };
    (0..100).map(|_| (0..4096).map(|_| byte()).collect()).collect()
}
