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
        let place = &mut self.tags[usize::from(hash(page.number, name))];
        match *place {
            Some(info) if info.tag.page() == page.number && info.name == name => Some(info),
            _ => {
                *place = page.find(name);
                *place
            }
        }
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
