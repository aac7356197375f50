//! String tables on writing: texts that stand in the header once and in the document by their index.
//!
//! The table stands before the content, so somebody must go over the content twice: [`StringTable::collect`] runs what
//! writes a document once to see its texts, [`Writer::encode_with_table`] does so for a value, [`rewrite`] for a
//! document that is there. A [`Writer`] without a table does no more than one pass and keeps nothing.
//!
//! ActiveSync has no string tables ([MS-ASWBXML] 2.1.3): devices refuse documents that have one. They are for the other
//! languages of WBXML.
//!
//! ```
//! use wbxml::{Writer, string_table::{Policy, StringTable}, codepages::contacts};
//!
//! let write = |writer: &mut Writer<'_>| {
//!     writer.header()?;
//!     writer.start(contacts::Categories)?;
//!     writer.element(contacts::Category, "Harbour")?;
//!     writer.element(contacts::Category, "Harbour")?;
//!     writer.end()
//! };
//! let table = StringTable::collect(Policy::WhenItPays, write)?;
//! assert_eq!(table.as_bytes(), b"Harbour\0");
//! let mut writer = Writer::new(Vec::new()).string_table(table);
//! write(&mut writer)?;
//! assert_eq!(writer.finish()?, b"\x03\x01\x6A\x08Harbour\0\x00\x01\x55\x56\x83\x00\x01\x56\x83\x00\x01\x01");
//! # Ok::<(), wbxml::Error>(())
//! ```

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cmp::{Ordering, Reverse};

use crate::error::{Error, ErrorKind, Result};
use crate::primitives::number_length;
use crate::{Limits, Reader, Writer, nul_search};

/// Which texts go to the string table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// None; a document that is rewritten keeps its table if names or extensions of it lean on it.
    #[default]
    Never,
    /// Those that make the document shorter.
    WhenItPays,
    /// All, as far as the limits of a reader allow.
    Always,
}

/// The strings of a header's table, and how to find them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StringTable {
    bytes: Vec<u8>,
    /// The indexes of the strings that text is written by, in the order of the strings.
    indexes: Vec<u32>,
}

impl StringTable {
    /// A table of these strings in this order. A string that stands in it already, or ends one that does, takes no
    /// room.
    ///
    /// # Errors
    /// If a string holds a NUL, or all of them are more than a reader takes by default.
    pub fn new(strings: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self> {
        let limit = Limits::default().string_table;
        let mut plan = Plan::default();
        for text in strings {
            let text = text.as_ref();
            if nul_search::is_in(text.as_bytes()) {
                return Err(Error::new(ErrorKind::NulInText));
            }
            let index = plan.index_of(text).unwrap_or_else(|| plan.add(text));
            if plan.bytes.len() > limit {
                return Err(Error::new(ErrorKind::LimitExceeded {
                    limit: "string_table",
                    value: limit as u64,
                }));
            }
            plan.indexes.push(index);
        }
        Ok(plan.table())
    }

    /// The table for what `write` writes, which is thrown away. Texts as a whole count, those of attributes too.
    ///
    /// Takes as much memory as the different texts of the document that would fit in a table.
    ///
    /// # Errors
    /// That of `write`.
    pub fn collect(policy: Policy, write: impl FnOnce(&mut Writer<'_>) -> Result<()>) -> Result<Self> {
        let texts = Writer::new(Vec::new()).texts(write)?;
        Ok(texts.table(policy, &Limits::default()))
    }

    /// The table as it stands in a header.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The index of a text that is written by the table.
    pub fn index(&self, text: &str) -> Option<u32> {
        let found = self.indexes.binary_search_by(|&index| compare(&self.bytes, index, text)).ok()?;
        self.indexes.get(found).copied()
    }
}

/// The string at an index of a table beside a text. Its NUL comes before every other byte.
fn compare(table: &[u8], index: u32, text: &str) -> Ordering {
    let tail = table.get(index as usize..).unwrap_or_default();
    let (string, rest) = tail.split_at(tail.len().min(text.len()));
    string.cmp(text.as_bytes()).then(if rest.first() == Some(&0) {
        Ordering::Equal
    } else {
        Ordering::Greater
    })
}

/// The document with another string table; the same bytes if it has none in the end and none was in the beginning.
/// Texts are written in UTF-8. Nothing else of the document changes.
///
/// With [`Policy::WhenItPays`] the result is never longer than the document. A table that names, processing
/// instructions, the public identifier or extensions lean on stays as it is, at the beginning of the new one; such a
/// document is given back unchanged if it is not in UTF-8, or if what it leans on is that it has no table.
///
/// # Errors
/// If the document cannot be read with the default limits.
pub fn rewrite(document: &[u8], policy: Policy) -> Result<Vec<u8>> {
    let mut sink = Nowhere;
    let mut first = Writer::with_sink(&mut sink).collecting();
    first.copy_document(document)?;
    let texts = first.into_texts();
    let header = Reader::new(document).header()?;
    if texts.leans_on_table && (header.string_table.is_empty() || !header.charset_is_utf8()) {
        return Ok(document.to_owned());
    }
    let texts =
        Texts { kept: if texts.leans_on_table { header.string_table } else { &[] }.to_owned(), ..texts };
    let rewritten = rewrite_with(document, texts.table(policy, &Limits::default()))?;
    Ok(if policy == Policy::WhenItPays && rewritten.len() > document.len() {
        document.to_owned()
    } else {
        rewritten
    })
}

/// The document with this string table instead of its own.
///
/// # Errors
/// If the document cannot be read with the default limits, or leans on its own table by more than text.
pub fn rewrite_with(document: &[u8], table: StringTable) -> Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::with_capacity(document.len())).string_table(table);
    writer.copy_document(document)?;
    writer.finish()
}

/// A sink that keeps nothing.
pub(crate) struct Nowhere;

impl crate::Sink for Nowhere {
    fn write_all(&mut self, _: &[u8]) -> Result<()> {
        Ok(())
    }
}

/// The texts of a document, and how often each occurs.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    counts: BTreeMap<Box<str>, usize>,
    /// The bytes of text that references make which no policy changes.
    pub(crate) referenced: usize,
    /// Names or extensions lean on the document's own table.
    pub(crate) leans_on_table: bool,
    /// What the table must begin with.
    kept: Vec<u8>,
}

impl Texts {
    pub(crate) fn count(&mut self, text: &str) {
        if let Some(count) = self.counts.get_mut(text) {
            *count += 1;
        } else if text.len() < Limits::default().string_table {
            self.counts.insert(text.into(), 1);
        }
    }

    pub(crate) fn table(self, policy: Policy, limits: &Limits) -> StringTable {
        let mut plan = Plan::default();
        for string in self.kept.split_inclusive(|byte| *byte == 0) {
            plan.add_bytes(string.strip_suffix(&[0]).unwrap_or(string));
        }
        let kept = plan.bytes.len();
        if policy == Policy::Never {
            return plan.table();
        }
        // What is referred to most gets the shortest indexes; of those, what others end with goes first.
        let mut texts: Vec<_> = self.counts.into_iter().collect();
        texts.sort_by_key(|(text, count)| Reverse((*count, text.len())));
        let mut referenced_left = limits.referenced_text.saturating_sub(self.referenced);
        let mut gain = 0;
        for (text, count) in &texts {
            let found = plan.index_of(text);
            let index = found.unwrap_or(plan.end());
            let cost = if found.is_some() { 0 } else { text.len() + 1 };
            let saved = count * inline_length(text).saturating_sub(reference_length(index));
            let taken = match policy {
                Policy::Never => false,
                Policy::WhenItPays => saved > cost,
                Policy::Always => saved > 0,
            };
            let referenced = count * text.len();
            if taken && referenced <= referenced_left && plan.bytes.len() + cost <= limits.string_table {
                let index = found.unwrap_or_else(|| plan.add(text));
                plan.indexes.push(index);
                referenced_left -= referenced;
                gain += saved.saturating_sub(cost);
            }
        }
        let head = |length: usize| number_length(u32::try_from(length).unwrap_or(u32::MAX));
        if policy == Policy::WhenItPays && gain <= head(plan.bytes.len()) - head(kept) {
            plan.bytes.truncate(kept);
            plan.indexes.clear();
        }
        plan.table()
    }
}

/// The bytes of a text where it stands.
pub(crate) fn inline_length(text: &str) -> usize {
    text.len() + 2
}

/// The bytes of a reference to the table.
pub(crate) fn reference_length(index: u32) -> usize {
    1 + number_length(index)
}

/// A table that grows.
#[derive(Default)]
struct Plan {
    bytes: Vec<u8>,
    indexes: Vec<u32>,
    /// The strings backwards, and the indexes of their ends: what a string ends with begins it here.
    backwards: BTreeMap<Vec<u8>, usize>,
}

impl Plan {
    fn index_of(&self, text: &str) -> Option<u32> {
        let key: Vec<u8> = text.bytes().rev().collect();
        let (string, end) = self.backwards.range(key.clone()..).next()?;
        if string.starts_with(&key) { u32::try_from(end - key.len()).ok() } else { None }
    }

    fn end(&self) -> u32 {
        u32::try_from(self.bytes.len()).unwrap_or(u32::MAX)
    }

    fn add(&mut self, text: &str) -> u32 {
        let index = self.end();
        self.add_bytes(text.as_bytes());
        index
    }

    fn add_bytes(&mut self, string: &[u8]) {
        self.bytes.extend_from_slice(string);
        self.backwards.insert(string.iter().rev().copied().collect(), self.bytes.len());
        self.bytes.push(0);
    }

    fn table(self) -> StringTable {
        let Self { bytes, mut indexes, .. } = self;
        let string = |index: u32| {
            let tail = bytes.get(index as usize..).unwrap_or_default();
            tail.split(|byte| *byte == 0).next().unwrap_or_default()
        };
        indexes.sort_by(|a, b| string(*a).cmp(string(*b)));
        StringTable { bytes, indexes }
    }
}
