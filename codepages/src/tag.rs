//! A tag: a token on a code page.

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::VersionSet;

/// A tag as WBXML knows it: the number of a code page and a token on it.
///
/// Two tags are equal when page and token are; [`versions`](Self::versions) plays no part.
/// The constants of the code pages know their versions, a tag that comes out of a document does not.
#[derive(Clone, Copy)]
pub struct Tag {
    id: u16,
    versions: VersionSet,
}

impl Tag {
    /// The token that stands for a name in the string table. WBXML 1.3, 7.1
    pub const LITERAL: u8 = 0x04;

    /// The tag of a token (0x00 to 0x3F, without the content and attribute bits) on a page, for all versions.
    pub const fn new(page: u8, token: u8) -> Self {
        Self::versioned(page, token, VersionSet::ALL)
    }

    /// The same, known to some versions of the protocol only.
    pub const fn versioned(page: u8, token: u8, versions: VersionSet) -> Self {
        Self { id: u16::from_be_bytes([page, token]), versions }
    }

    /// `page << 8 | token`, to match on.
    pub const fn id(self) -> u16 {
        self.id
    }

    /// The code page's number.
    pub const fn page(self) -> u8 {
        self.id.to_be_bytes()[0]
    }

    /// The token on the page.
    pub const fn token(self) -> u8 {
        self.id.to_be_bytes()[1]
    }

    /// The protocol versions that know this tag; all of them for a tag that was read from a document.
    pub const fn versions(self) -> VersionSet {
        self.versions
    }
}

impl PartialEq for Tag {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Tag {}

impl PartialOrd for Tag {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Tag {
    fn cmp(&self, other: &Self) -> Ordering {
        self.id.cmp(&other.id)
    }
}

impl Hash for Tag {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

/// The name that the ActiveSync code pages give the tag, `AirSync:SyncKey`, or its numbers.
impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match crate::ACTIVESYNC.tag(*self) {
            Some((page, info)) => write!(f, "{}:{}", page.name, info.name),
            None => write!(f, "page {} token 0x{:02X}", self.page(), self.token()),
        }
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tag({self})")
    }
}
