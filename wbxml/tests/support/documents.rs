//! Documents of every kind of token, ordinary and odd, that a reader must accept.

use proptest::collection::vec;
use proptest::prelude::*;

/// Strings of the string table of generated documents, and their indexes.
pub(crate) const TABLE: &[u8] = b"name\0 Enter: \0a:b\0\0xmlns\0\xC3\xA9t\xC3\xA9\0 \r\n\0tail without end";
const INDEXES: [u32; 9] = [0, 2, 5, 14, 18, 19, 25, 31, 35];

/// A number, with up to two leading zero groups where 5 bytes have room for them.
pub(crate) fn number(value: u32, padding: usize) -> Vec<u8> {
    let mut bytes = vec![(value & 0x7F) as u8];
    let mut rest = value >> 7;
    while rest > 0 {
        bytes.insert(0, (rest & 0x7F) as u8 | 0x80);
        rest >>= 7;
    }
    for _ in 0..padding.min(5 - bytes.len()) {
        bytes.insert(0, 0x80);
    }
    bytes
}

/// Mostly none.
pub(crate) fn padding() -> impl Strategy<Value = usize> {
    prop_oneof![9 => Just(0), 1 => 1..3_usize]
}

pub(crate) fn index() -> BoxedStrategy<Vec<u8>> {
    (proptest::sample::select(&INDEXES[..]), padding())
        .prop_map(|(index, padding)| number(index, padding))
        .boxed()
}

/// Text without NUL: words, white space, line ends, markup, and what XML cannot hold.
pub(crate) fn text() -> BoxedStrategy<Vec<u8>> {
    let piece = prop_oneof![
        4 => "[a-zA-Z0-9]{1,8}",
        2 => "[ \t\r\n]{1,3}",
        1 => "[<>&\"']{1,3}",
        1 => "]]>",
        1 => "[\u{1}-\u{1F}]{1,2}",
        1 => "[\u{7F}-\u{10FFFF}]{1,3}",
        1 => Just("\u{FFFE}".to_owned()),
    ];
    vec(piece, 0..4).prop_map(|pieces| pieces.concat().into_bytes()).boxed()
}

pub(crate) fn opaque_bytes() -> BoxedStrategy<Vec<u8>> {
    prop_oneof![
        2 => vec(any::<u8>(), 0..12),
        2 => text(),
        2 => vec("[a-z]{0,6}", 0..4).prop_map(|lines| lines.join("\r\n").into_bytes()),
        1 => vec("[a-z]{0,6}", 0..4).prop_map(|lines| lines.join("\n").into_bytes()),
    ]
    .boxed()
}

/// `first`, then `then`.
pub(crate) fn joined<A: AsRef<[u8]>, B: AsRef<[u8]>>(first: A, then: B) -> Vec<u8> {
    [first.as_ref(), then.as_ref()].concat()
}

pub(crate) fn inline_string(token: u8) -> BoxedStrategy<Vec<u8>> {
    text().prop_map(move |text| [&[token], &*text, &[0]].concat()).boxed()
}

pub(crate) fn opaque() -> BoxedStrategy<Vec<u8>> {
    (opaque_bytes(), padding())
        .prop_map(|(bytes, padding)| {
            let length = number(u32::try_from(bytes.len()).unwrap(), padding);
            [&[0xC3], &*length, &*bytes].concat()
        })
        .boxed()
}

pub(crate) fn entity() -> BoxedStrategy<Vec<u8>> {
    let character = prop_oneof![Just('\0'), Just('\u{FFFF}'), Just('\n'), Just('<'), any::<char>()];
    (character, padding()).prop_map(|(c, padding)| joined([0x02], number(c.into(), padding))).boxed()
}

pub(crate) fn extension() -> BoxedStrategy<Vec<u8>> {
    prop_oneof![
        (0x40..=0x42_u8).prop_flat_map(inline_string),
        (0x80..=0x82_u8, any::<u32>(), padding())
            .prop_map(|(token, value, padding)| joined([token], number(value, padding))),
        (0xC0..=0xC2_u8).prop_map(|token| vec![token]),
    ]
    .boxed()
}

fn page() -> impl Strategy<Value = u8> {
    // Pages with attributes, with bytes, with text as bytes; unknown ones.
    prop_oneof![6 => 0..26_u8, 2 => Just(3_u8), 1 => Just(21_u8), 1 => Just(22_u8), 1 => any::<u8>()]
}

pub(crate) fn switch() -> BoxedStrategy<Vec<u8>> {
    page().prop_map(|page| vec![0x00, page]).boxed()
}

/// An attribute that the code pages have, or any.
fn attribute() -> BoxedStrategy<Vec<u8>> {
    let start = prop_oneof![
        3 => Just(vec![0x05]),
        2 => Just(vec![0x00, 0x03, 0x05]),
        1 => (0x05..=0x3F_u8).prop_map(|token| vec![token]),
        1 => (0x45..=0x7F_u8).prop_map(|token| vec![token]),
        1 => index().prop_map(|index| joined([0x04], index)),
        1 => (switch(), 0x05..=0x3F_u8).prop_map(|(switch, token)| joined(switch, [token])),
    ];
    let value = prop_oneof![
        4 => inline_string(0x03),
        1 => index().prop_map(|index| joined([0x83], index)),
        1 => entity(),
        1 => (0x85..=0xBF_u8).prop_map(|token| vec![token]),
        1 => (0xC5..=0xFF_u8).prop_map(|token| vec![token]),
        1 => opaque(),
        1 => extension(),
        1 => switch(),
    ];
    (start, prop_oneof![3 => Just(Vec::new()), 2 => vec(value, 0..3)])
        .prop_map(|(start, values)| joined(start, values.concat()))
        .boxed()
}

fn attribute_list() -> BoxedStrategy<Vec<u8>> {
    let list = prop_oneof![2 => vec(attribute(), 1..2), 1 => vec(attribute(), 0..4)];
    (list, prop_oneof![5 => Just(Vec::new()), 1 => switch()])
        .prop_map(|(attributes, switch)| [&*attributes.concat(), &*switch, &[0x01]].concat())
        .boxed()
}

pub(crate) fn instruction() -> BoxedStrategy<Vec<u8>> {
    attribute().prop_map(|attribute| [&[0x43], &*attribute, &[0x01]].concat()).boxed()
}

/// The tag of an element, its bits unset, and what names it.
fn name() -> BoxedStrategy<(Vec<u8>, u8, Vec<u8>)> {
    let switches = prop_oneof![4 => Just(Vec::new()), 4 => switch(), 1 => (switch(), switch()).prop_map(|(a, b)| joined(a, b))];
    prop_oneof![
        8 => (switches.clone(), 0x05..=0x1F_u8, Just(Vec::new())),
        2 => (switches.clone(), 0x05..=0x3F_u8, Just(Vec::new())),
        1 => (switches, Just(0x04_u8), index()),
    ]
    .boxed()
}

fn element(content: impl Strategy<Value = Option<Vec<u8>>>) -> impl Strategy<Value = Vec<u8>> {
    let attributes = prop_oneof![8 => Just(None), 1 => attribute_list().prop_map(Some)];
    (name(), attributes, content).prop_map(|((switches, token, index), attributes, content)| {
        let bits = if attributes.is_some() { 0x80 } else { 0 } | if content.is_some() { 0x40 } else { 0 };
        let mut bytes = switches;
        bytes.push(token | bits);
        bytes.extend(index);
        bytes.extend(attributes.unwrap_or_default());
        if let Some(content) = content {
            bytes.extend(content);
            bytes.push(0x01);
        }
        bytes
    })
}

fn nested() -> BoxedStrategy<Vec<u8>> {
    let leaf = prop_oneof![
        1 => Just(None),
        4 => inline_string(0x03).prop_map(Some),
        2 => opaque().prop_map(Some),
        1 => Just(Some(Vec::new())),
    ];
    element(leaf)
        .prop_recursive(4, 40, 5, |inner| {
            let item = prop_oneof![
                12 => inner,
                2 => inline_string(0x03),
                1 => index().prop_map(|index| joined([0x83], index)),
                1 => entity(),
                1 => opaque(),
                1 => extension(),
                1 => instruction(),
                1 => switch(),
            ];
            element(vec(item, 0..5).prop_map(|items| Some(items.concat())))
        })
        .boxed()
}

fn header(charset: u32) -> BoxedStrategy<Vec<u8>> {
    let public_id = prop_oneof![
        3 => padding().prop_map(|padding| number(1, padding)),
        1 => any::<u32>().prop_map(|id| if id == 0 { vec![0, 5] } else { number(id, 0) }),
    ];
    (0..=3_u8, public_id, padding(), padding())
        .prop_map(move |(version, public_id, first, second)| {
            let charset = if version == 0 { Vec::new() } else { number(charset, first) };
            let length = number(u32::try_from(TABLE.len()).unwrap(), second);
            [&[version], &*public_id, &*charset, &*length, TABLE].concat()
        })
        .boxed()
}

/// Whole documents, with and without a header and string table of their own.
pub(crate) fn document() -> impl Strategy<Value = Vec<u8>> {
    let charset = prop_oneof![6 => Just(106_u32), 1 => Just(3), 1 => Just(0)];
    let before = vec(prop_oneof![instruction(), switch()], 0..3);
    let after = vec(instruction(), 0..3);
    let rarely = |tokens: BoxedStrategy<Vec<Vec<u8>>>| prop_oneof![8 => Just(Vec::new()), 1 => tokens];
    (charset.prop_flat_map(header), rarely(before.boxed()), nested(), rarely(after.boxed()))
        .prop_map(|(header, before, root, after)| [header, before.concat(), root, after.concat()].concat())
}

/// Documents in ISO-8859-1, where each byte is a character.
pub(crate) fn latin1_document() -> impl Strategy<Value = Vec<u8>> {
    (header(4), nested()).prop_map(|(header, root)| joined(header, root))
}

/// Documents with the header of ActiveSync.
pub(crate) fn plain_document() -> impl Strategy<Value = Vec<u8>> {
    let text = vec("[ -~]{0,9}|[\t\r\nä€]{1,3}", 0..3).prop_map(|pieces| pieces.concat());
    let leaf = (0x05..=0x3F_u8, text).prop_map(|(token, text)| {
        if text.is_empty() {
            return vec![token];
        }
        [&[token | 0x40, 0x03], text.as_bytes(), &[0x00, 0x01]].concat()
    });
    let tree = leaf.prop_recursive(4, 40, 6, |inner| {
        (0x05..=0x3F_u8, vec(inner, 1..6))
            .prop_map(|(token, children)| [&[token | 0x40], &*children.concat(), &[0x01]].concat())
    });
    tree.prop_map(|root| joined([0x03, 0x01, 0x6A, 0x00], root))
}
