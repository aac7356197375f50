//! The law for the other languages: for every document that the reader accepts, the way to XML and back gives the same
//! bytes, whatever is in place of a date, a number, a variable or a document.

#![cfg(all(feature = "xml", feature = "languages"))]

mod support;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use support::canonical::canonical;
use support::documents::{
    TABLE, entity, extension, index, inline_string, instruction, joined, number, opaque, opaque_bytes,
    switch, text,
};
use support::language_examples;
use wbxml::codepages::languages;
use wbxml::xml::Options;
use wbxml::{Dump, Language, Reader};

/// Holds the law for `bytes`, in all forms of the XML.
#[track_caller]
fn law(bytes: &[u8], language: &'static Language) {
    if !reads(Reader::new(bytes).language(language)) {
        return;
    }
    let options = Options::new().language(language);
    let strict =
        reads(Reader::new(bytes).language(language).strict(true)).then(|| options.clone().strict(true));
    for options in [options.clone(), options.compact().declaration(false)].into_iter().chain(strict) {
        let xml = options.to_xml(bytes).unwrap_or_else(|fault| panic!("{fault}\n{bytes:02X?}"));
        canonical(&xml);
        match options.from_xml(&xml) {
            Ok(back) => {
                assert!(back == bytes, "{}: {bytes:02X?}\nbecame\n{xml}\nbecame\n{back:02X?}", language.name);
            }
            Err(fault) => panic!("{}: {fault}\n{bytes:02X?}\nbecame\n{xml}", language.name),
        }
    }
}

fn reads(mut reader: Reader<'_>) -> bool {
    loop {
        match reader.next() {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

/// Text that means something somewhere: variables, values, numbers, dates.
fn meaningful() -> BoxedStrategy<String> {
    let piece = prop_oneof![
        select(&["$(a:escape)", "$(name:unesc)", "$(b)", "$c", "$$", "$", "$(", ":noesc)"][..])
            .prop_map(str::to_owned),
        select(&["T", "F", "IM", "http://", "text/plain", "www.", ".com/", ".org", "HTTP-", "BASIC"][..])
            .prop_map(str::to_owned),
        select(&["0", "200", "007", "4294967296", "2031-02-03T04:05:00Z", "20310704T091530Z"][..])
            .prop_map(str::to_owned),
        select(&[" ", "\n", "a", "AAEC", "ICON", "xmlns", "http://odrl.net/1.1/ODRL-EX"][..])
            .prop_map(str::to_owned),
    ];
    vec(piece, 0..4).prop_map(|pieces| pieces.concat()).boxed()
}

/// Bytes that are a date, a number or a document somewhere, or nearly.
fn meaning(depth: usize) -> BoxedStrategy<Vec<u8>> {
    let digits = vec(
        prop_oneof![8 => (0..=9_u8, 0..=9_u8).prop_map(|(high, low)| high << 4 | low), 1 => any::<u8>()],
        3..9,
    );
    let date = (vec(any::<u8>(), 5), select(&[0_u8, b'Z', b'A', b'a'][..])).prop_map(|(mut bytes, zone)| {
        bytes[0] &= 0x3F;
        bytes.push(zone);
        bytes
    });
    let plain = prop_oneof![digits, date, vec(any::<u8>(), 0..6), opaque_bytes()].boxed();
    if depth == 0 {
        return plain;
    }
    let embedded = select(languages()).prop_flat_map(move |language| document(language, depth - 1));
    prop_oneof![2 => plain, 2 => embedded].boxed()
}

fn content(language: &'static Language, depth: usize) -> BoxedStrategy<Vec<u8>> {
    let bytes = meaning(depth)
        .prop_map(|bytes| [&[0xC3], &*number(u32::try_from(bytes.len()).unwrap(), 0), &*bytes].concat());
    let values: Vec<u32> = language.details().values.iter().map(|(index, _)| *index).chain([0, 5]).collect();
    prop_oneof![
        4 => meaningful().prop_map(|text| [&[0x03], text.as_bytes(), &[0]].concat()),
        1 => inline_string(0x03),
        3 => bytes,
        1 => opaque(),
        1 => extension(),
        2 => (0x40..=0x42_u8, select(&["a", "name", "", "b)", "\u{1}", "$"][..]))
            .prop_map(|(token, name)| [&[token], name.as_bytes(), &[0]].concat()),
        2 => (0x80..=0x82_u8, index()).prop_map(|(token, index)| joined([token], index)),
        2 => select(values).prop_map(|index| joined([0x80], number(index, 0))),
        1 => entity(),
        1 => index().prop_map(|index| joined([0x83], index)),
        1 => instruction(),
    ]
    .boxed()
}

/// Attributes of the language, mostly.
fn attributes(language: &'static Language) -> BoxedStrategy<Vec<u8>> {
    let pages = language.attribute_pages;
    let mut starts: Vec<Vec<u8>> = vec![vec![0x05], vec![0x06]];
    let mut values: Vec<Vec<u8>> = vec![vec![0x85]];
    for page in pages {
        starts.extend(page.starts.iter().map(|start| vec![0x00, page.number, start.token]));
        starts.extend(page.starts.iter().map(|start| vec![start.token]));
        values.extend(page.values.iter().map(|value| vec![value.token]));
        values.extend(page.values.iter().map(|value| vec![0x00, page.number, value.token]));
    }
    let value = prop_oneof![
        2 => select(values),
        4 => content(language, 0),
    ];
    let attribute =
        (select(starts), vec(value, 0..3)).prop_map(|(start, values)| joined(start, values.concat()));
    (vec(attribute, 1..4), prop_oneof![4 => Just(Vec::new()), 1 => switch()])
        .prop_map(|(attributes, switch)| [attributes.concat(), switch, vec![0x01]].concat())
        .boxed()
}

fn document(language: &'static Language, depth: usize) -> BoxedStrategy<Vec<u8>> {
    let mut names: Vec<(Vec<u8>, u8)> = Vec::new();
    for page in language.pages {
        for info in page.tags {
            names.push((vec![0x00, page.number], info.tag.token()));
            names.push((Vec::new(), info.tag.token()));
        }
    }
    let odd = (prop_oneof![Just(Vec::new()), switch()], 0x05..=0x3F_u8);
    // What has a meaning should come often.
    let mut meant: Vec<(Vec<u8>, u8)> = vec![names[0].clone()];
    for info in language.pages.iter().flat_map(|page| page.tags) {
        use wbxml::Content as C;
        let tag = info.tag;
        match info.content {
            C::Document => meant.extend(vec![(vec![0x00, tag.page()], tag.token()); 4]),
            C::Opaque | C::OpaqueInteger | C::OpaqueDateTime | C::StringOrOpaque | C::Mixed => {
                meant.push((vec![0x00, tag.page()], tag.token()));
            }
            _ => {}
        }
    }
    let name = prop_oneof![8 => select(names), 8 => select(meant), 1 => odd].boxed();
    let list = prop_oneof![3 => Just(None), 2 => attributes(language).prop_map(Some)].boxed();
    let content = content(language, depth);
    let element = move |inside: BoxedStrategy<Option<Vec<u8>>>| {
        (name.clone(), list.clone(), inside).prop_map(|((switch, token), list, inside)| {
            let bits = if list.is_some() { 0x80 } else { 0 } | if inside.is_some() { 0x40 } else { 0 };
            let end = if inside.is_some() { vec![0x01] } else { Vec::new() };
            [switch, vec![token | bits], list.unwrap_or_default(), inside.unwrap_or_default(), end].concat()
        })
    };
    let leaf = prop_oneof![1 => Just(None), 4 => content.clone().prop_map(Some)].boxed();
    let tree = element(leaf).prop_recursive(3, 16, 4, move |inner| {
        let item = prop_oneof![3 => inner, 2 => content.clone()];
        element(vec(item, 0..4).prop_map(|items| Some(items.concat())).boxed()).boxed()
    });
    let id = language.public_id;
    let header =
        (0..=3_u8, prop_oneof![3 => Just(number(id, 0)), 1 => Just(vec![0x01]), 1 => Just(vec![0x00, 0x02])])
            .prop_flat_map(|(version, id)| {
                let charset = if version == 0 { Vec::new() } else { vec![0x6A] };
                let table = joined(number(u32::try_from(TABLE.len()).unwrap(), 0), TABLE);
                prop_oneof![Just(table), Just(vec![0x00])]
                    .prop_map(move |table| [vec![version], id.clone(), charset.clone(), table].concat())
            });
    (header, prop_oneof![8 => Just(Vec::new()), 1 => switch(), 1 => instruction()], tree)
        .prop_map(|(header, before, root)| [header, before, root].concat())
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 2000 } else { 40_000 }))]

    #[test]
    fn every_language_comes_back((language, bytes) in select(languages()).prop_flat_map(|language| {
        (Just(language), document(language, 2))
    })) {
        law(&bytes, language);
    }

    #[test]
    fn documents_in_documents_come_back((language, bytes) in select(&["syncml-1.0", "syncml-1.1", "syncml-1.2"][..])
        .prop_map(|name| Language::by_name(name).expect("a language"))
        .prop_flat_map(|language| {
            let inside = select(languages()).prop_flat_map(|language| document(language, 1));
            (Just(language), vec(inside, 1..3))
        })
        .prop_map(|(language, inside)| {
            let data = inside.into_iter().map(|bytes| {
                [&[0x4F, 0xC3], &*number(u32::try_from(bytes.len()).unwrap(), 0), &*bytes, &[0x01]].concat()
            });
            let data: Vec<_> = data.collect();
            let id = number(language.public_id, 0);
            (language, [vec![0x03], id, vec![0x6A, 0x00, 0x6D], data.concat(), vec![0x01]].concat())
        })
    ) {
        law(&bytes, language);
    }

    #[test]
    fn changed_examples_come_back(
        number in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        with in prop_oneof![any::<u8>(), Just(0x00), Just(0x03), Just(0x80), Just(0xC3)],
        text in text(),
        cut in 0..3_usize,
    ) {
        let examples = language_examples();
        if !examples.is_empty() {
            let example = number.get(examples);
            let mut bytes = example.wbxml.clone();
            let at = at.index(bytes.len());
            match cut {
                0 => bytes[at] = with,
                1 => { bytes.splice(at..at, text); }
                _ => { bytes.remove(at); }
            }
            if let Ok(header) = Reader::new(&bytes).header() {
                law(&bytes, header.language().unwrap_or(&wbxml::ACTIVESYNC));
            }
            // A listing never fails.
            let _ = Dump::new(&bytes).to_string();
        }
    }
}
