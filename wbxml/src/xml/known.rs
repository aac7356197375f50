//! Tags by their names: those that were looked up of late are found at once.

use crate::{CodePage, Language, TagInfo};

/// Of a language in which a namespace tells the page.
pub(super) struct Known<'x> {
    language: &'static Language,
    /// The namespace that was asked for last, and its page.
    page: Option<(&'x str, &'static CodePage)>,
    tags: [Option<&'static TagInfo>; 256],
}

impl<'x> Known<'x> {
    pub(super) fn new(language: &'static Language) -> Self {
        Self { language, page: None, tags: [None; 256] }
    }

    /// The tag of a name, if a code page has it.
    #[inline]
    pub(super) fn find(&mut self, namespace: &'x str, name: &str) -> Option<&'static TagInfo> {
        let page = match self.page {
            Some((known, page)) if std::ptr::eq(known, namespace) || *known == *namespace => page,
            _ => self.page.insert((namespace, self.language.page_of(namespace)?)).1,
        };
        let is_it = |info: &&TagInfo| info.tag.page() == page.number && is_same(info.name, name);
        let place = usize::from(hash(page.number, name));
        if let Some(info) = self.tags[place].filter(is_it) {
            return Some(info);
        }
        // Two that share a place have another one beside it.
        let beside = place ^ 1;
        let found = self.tags[beside].filter(is_it).or_else(|| page.find(name));
        if let Some(other) = self.tags[place] {
            self.tags[beside] = Some(other);
        }
        self.tags[place] = found;
        found
    }
}

/// `==`, for which short names are not worth a call.
#[inline]
fn is_same(one: &str, other: &str) -> bool {
    let ends = |name: &str| Some((*name.as_bytes().first_chunk::<8>()?, *name.as_bytes().last_chunk::<8>()?));
    match one.len() {
        length if length != other.len() => false,
        8..=16 => ends(one) == ends(other),
        _ => one == other,
    }
}

#[inline]
fn hash(page: u8, name: &str) -> u8 {
    let name = name.as_bytes();
    let word = match (name.first_chunk::<4>(), name.last_chunk::<4>()) {
        (Some(first), Some(last)) => u32::from_le_bytes(*first) ^ u32::from_le_bytes(*last).rotate_left(15),
        _ => name.iter().fold(0, |word, byte| word << 8 | u32::from(*byte)),
    };
    (word ^ u32::from(page)).wrapping_mul(0x9E37_79B1).to_be_bytes()[0]
}
