//! Elements that hold nothing but the names of other elements.

use wbxml::{Decode, Encode, IntoOwned, Reader, Tag, Writer};

/// The names of properties: the content of `Supported` (`[MS-ASCMD]` 2.2.3.179) and of `Schema`
/// (`[MS-ASCMD]` 2.2.3.158).
///
/// Each tag is written as an empty element. What a client puts inside of one is not kept; nor is a tag that
/// comes as a literal name. Tags that do not exist in the version being written are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TagList(pub Vec<Tag>);

impl TagList {
    /// Whether the property is named.
    pub fn contains(&self, tag: Tag) -> bool {
        self.0.contains(&tag)
    }
}

impl FromIterator<Tag> for TagList {
    fn from_iter<I: IntoIterator<Item = Tag>>(tags: I) -> Self {
        Self(tags.into_iter().collect())
    }
}

impl<const N: usize> From<[Tag; N]> for TagList {
    fn from(tags: [Tag; N]) -> Self {
        Self(tags.into())
    }
}

impl<'de> Decode<'de> for TagList {
    fn decode(reader: &mut Reader<'de>) -> wbxml::Result<Self> {
        let mut tags = Vec::new();
        while let Some(tag) = reader.child()? {
            reader.skip()?;
            if tag.token() != LITERAL {
                tags.push(tag);
            }
        }
        Ok(Self(tags))
    }
}

/// The token of an element whose name is text in the document; no property of the protocol is one.
const LITERAL: u8 = 0x04;

impl Encode for TagList {
    fn encode(&self, writer: &mut Writer<'_>) -> wbxml::Result<()> {
        for &tag in &self.0 {
            if writer.writes(tag) {
                writer.empty_element(tag)?;
            }
        }
        Ok(())
    }
}

impl IntoOwned for TagList {
    type Owned = Self;

    fn into_owned(self) -> Self {
        self
    }
}

#[cfg(feature = "arbitrary")]
impl<'a> arbitrary::Arbitrary<'a> for TagList {
    fn arbitrary(u: &mut arbitrary::Unstructured<'a>) -> arbitrary::Result<Self> {
        use wbxml::codepages::{calendar, contacts, contacts2};

        let mut tags = Vec::new();
        while u.arbitrary()? {
            let page = *u.choose(&[&calendar::PAGE, &contacts::PAGE, &contacts2::PAGE])?;
            tags.push(u.choose(page.tags)?.tag);
        }
        Ok(Self(tags))
    }
}
