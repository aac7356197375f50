//! Code pages and the languages that they make up.

use crate::{Details, Tag};

/// What a tag holds, as the column `content` of its data file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Content {
    /// Other elements.
    Container,
    /// Text with elements in it, where white space between them is text too.
    Mixed,
    /// Nothing: its presence is the message.
    Empty,
    /// Text.
    String,
    /// A number in decimal digits.
    Integer,
    /// `0` or `1`.
    Boolean,
    /// A date and time.
    DateTime,
    /// Bytes, sent as OPAQUE; base64 in XML.
    Opaque,
    /// Text sent as OPAQUE, such as a MIME message; text in XML as far as XML can carry it.
    OpaqueText,
    /// A number sent as OPAQUE of up to 4 bytes, the most significant first; decimal digits in XML.
    OpaqueInteger,
    /// A date and time that may be OPAQUE of 6 bytes, as Wireless Village packs it; `20310704T091530Z` in XML.
    OpaqueDateTime,
    /// A date and time sent as OPAQUE of two decimal digits a byte, zero bytes at the end left off; as
    /// `2031-02-03T04:05:06Z` in XML.
    PackedDateTime,
    /// Text, or bytes as OPAQUE; these are base64 in XML.
    StringOrOpaque,
    /// Text, elements, or a WBXML document of another language as OPAQUE, which is its elements in XML.
    Document,
    /// Text, elements, or nobody knows.
    Any,
}

/// A row of a code page.
#[derive(Clone, Copy, Debug)]
pub struct TagInfo {
    /// Page, token and versions.
    pub tag: Tag,
    /// The name as the specification spells it.
    pub name: &'static str,
    /// What the element holds.
    pub content: Content,
}

/// A code page: up to 59 tags of one XML namespace. Made by [`code_pages!`](crate::code_pages).
#[derive(Debug)]
pub struct CodePage {
    /// The number that SWITCH_PAGE names.
    pub number: u8,
    /// The name of the page, `AirSync`.
    pub name: &'static str,
    /// The XML namespace of its tags; empty for none.
    pub namespace: &'static str,
    /// The rows, by token.
    pub tags: &'static [TagInfo],
    index: &'static [u8; 64],
    by_name: &'static [u8],
}

impl CodePage {
    /// A page of `tags` sorted by token. `index` holds for each token the position of its row plus one, or zero;
    /// `by_name` the positions of the rows sorted by name (as bytes).
    ///
    /// [`code_pages!`](crate::code_pages) makes all three from a data file.
    pub const fn new(
        number: u8,
        name: &'static str,
        namespace: &'static str,
        tags: &'static [TagInfo],
        index: &'static [u8; 64],
        by_name: &'static [u8],
    ) -> Self {
        Self { number, name, namespace, tags, index, by_name }
    }

    /// The row of a token.
    pub fn get(&self, token: u8) -> Option<&'static TagInfo> {
        let position = self.index.get(usize::from(token))?.checked_sub(1)?;
        self.tags.get(usize::from(position))
    }

    /// The row of a name.
    pub fn find(&self, name: &str) -> Option<&'static TagInfo> {
        let row = |position: &u8| &self.tags[usize::from(*position)];
        let found = self.by_name.binary_search_by(|position| row(position).name.cmp(name)).ok()?;
        Some(row(&self.by_name[found]))
    }
}

/// An attribute start: a name, and the first characters of its value. WBXML 1.3, 5.8.3
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributeStart {
    /// The token, 0x05 to 0x7F.
    pub token: u8,
    /// The attribute's name.
    pub name: &'static str,
    /// What the value begins with.
    pub prefix: &'static str,
}

/// An attribute value token. WBXML 1.3, 5.8.3
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributeValue {
    /// The token, 0x85 to 0xFF.
    pub token: u8,
    /// The text that it stands for.
    pub value: &'static str,
}

/// A page of the attribute code space.
#[derive(Debug)]
pub struct AttributePage {
    /// The number that SWITCH_PAGE names inside an attribute list.
    pub number: u8,
    /// The attribute starts, by token.
    pub starts: &'static [AttributeStart],
    /// The value tokens, by token.
    pub values: &'static [AttributeValue],
}

impl AttributePage {
    /// The attribute start of a token.
    pub fn start(&self, token: u8) -> Option<&'static AttributeStart> {
        let found = self.starts.binary_search_by_key(&token, |start| start.token).ok()?;
        Some(&self.starts[found])
    }

    /// The value of a token.
    pub fn value(&self, token: u8) -> Option<&'static AttributeValue> {
        let found = self.values.binary_search_by_key(&token, |value| value.token).ok()?;
        Some(&self.values[found])
    }
}

/// A document language: its public identifiers and code pages.
#[derive(Debug)]
pub struct Language {
    /// A name for people.
    pub name: &'static str,
    /// The public identifier's number in the header; 1 is "unknown or missing".
    pub public_id: u32,
    /// The formal public identifier, `-//WAPFORUM//DTD SI 1.0//EN`; empty for none.
    pub formal_public_id: &'static str,
    /// The code pages of its tags.
    pub pages: &'static [&'static CodePage],
    /// The code pages of its attributes.
    pub attribute_pages: &'static [&'static AttributePage],
    base: Option<&'static Language>,
    details: &'static Details,
    distinct: bool,
}

impl Language {
    /// A language of its own.
    pub const fn new(
        name: &'static str,
        public_id: u32,
        formal_public_id: &'static str,
        pages: &'static [&'static CodePage],
        attribute_pages: &'static [&'static AttributePage],
    ) -> Self {
        Self {
            name,
            public_id,
            formal_public_id,
            pages,
            attribute_pages,
            base: None,
            details: &Details::NONE,
            distinct: are_distinct(pages, &[]),
        }
    }

    /// `base` with `pages` added, which come before pages of the same number or namespace in `base`.
    pub const fn extending(
        base: &'static Language,
        name: &'static str,
        pages: &'static [&'static CodePage],
    ) -> Self {
        Self {
            name,
            public_id: base.public_id,
            formal_public_id: base.formal_public_id,
            pages,
            attribute_pages: &[],
            base: Some(base),
            details: base.details,
            distinct: base.distinct && are_distinct(pages, base.pages),
        }
    }

    /// The same with details.
    #[must_use]
    pub const fn detailed(self, details: &'static Details) -> Self {
        Self { details, ..self }
    }

    /// What it has besides code pages.
    pub const fn details(&self) -> &'static Details {
        self.details
    }

    /// Whether no two pages have the same XML namespace, so that a namespace tells which page is meant.
    pub const fn has_distinct_namespaces(&self) -> bool {
        self.distinct
    }

    /// The page of that number.
    pub fn page(&self, number: u8) -> Option<&'static CodePage> {
        // Pages that count up from 0 are found where they stand.
        match self.pages.get(usize::from(number)) {
            Some(page) if page.number == number => Some(page),
            _ => {
                self.layers().find_map(|layer| layer.pages.iter().copied().find(|page| page.number == number))
            }
        }
    }

    /// The page of an XML namespace; the first, if there are several.
    pub fn page_of(&self, namespace: &str) -> Option<&'static CodePage> {
        self.layers().flat_map(|layer| layer.pages).copied().find(|page| page.namespace == namespace)
    }

    /// A tag's page and row.
    pub fn tag(&self, tag: Tag) -> Option<(&'static CodePage, &'static TagInfo)> {
        let page = self.page(tag.page())?;
        Some((page, page.get(tag.token())?))
    }

    /// The row of a name in an XML namespace.
    pub fn find(&self, namespace: &str, name: &str) -> Option<&'static TagInfo> {
        self.layers()
            .flat_map(|layer| layer.pages)
            .filter(|page| page.namespace == namespace)
            .find_map(|page| page.find(name))
    }

    /// The attribute page of that number.
    pub fn attribute_page(&self, number: u8) -> Option<&'static AttributePage> {
        self.layers()
            .find_map(|layer| layer.attribute_pages.iter().copied().find(|page| page.number == number))
    }

    fn layers(&self) -> impl Iterator<Item = &Self> {
        core::iter::successors(Some(self), |layer| layer.base)
    }
}

/// Whether the pages have different namespaces, also from those of `others`.
const fn are_distinct(pages: &[&CodePage], others: &[&CodePage]) -> bool {
    let mut one = 0;
    while one < pages.len() {
        let mut other = one + 1;
        while other < pages.len() + others.len() {
            let page = if other < pages.len() { pages[other] } else { others[other - pages.len()] };
            if is_same(pages[one].namespace.as_bytes(), page.namespace.as_bytes()) {
                return false;
            }
            other += 1;
        }
        one += 1;
    }
    true
}

/// `==`, which no constant can be made with.
const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}
