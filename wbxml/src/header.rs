//! The head of a document: version, public identifier, character set, string table. WBXML 1.3, 5.4 to 5.7

use crate::{Language, charset};

/// The public identifier of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicId {
    /// A number from the registry; 1 is "unknown or missing", which ActiveSync uses.
    Known(u32),
    /// The index in the string table at which a formal public identifier stands.
    StringTable(u32),
}

/// The head of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header<'a> {
    /// The version byte: 3 for WBXML 1.3.
    pub version: u8,
    /// The public identifier.
    pub public_id: PublicId,
    /// The character set's MIBenum of the IANA registry: 106 for UTF-8, 0 for unknown. WBXML 1.0 has none.
    pub charset: u32,
    /// The string table: strings one after the other, each ended by a NUL.
    pub string_table: &'a [u8],
}

impl Header<'static> {
    /// What ActiveSync sends: WBXML 1.3, unknown public identifier, UTF-8, no string table.
    pub const ACTIVESYNC: Self =
        Self { version: 3, public_id: PublicId::Known(1), charset: charset::UTF_8, string_table: &[] };
}

impl Header<'_> {
    /// The language of the public identifier, among those that are built in (see the feature `languages`); none if the
    /// identifier is not known, or says that it is not.
    ///
    /// ```
    /// // <si/>
    /// let header = wbxml::Reader::new(b"\x02\x05\x6A\x00\x05").header()?;
    /// # #[cfg(feature = "languages")]
    /// assert_eq!(header.language().unwrap().name, "SI 1.0");
    /// # Ok::<(), wbxml::Error>(())
    /// ```
    pub fn language(&self) -> Option<&'static Language> {
        match self.public_id {
            PublicId::Known(number) => Language::by_public_id(number),
            PublicId::StringTable(index) => {
                Language::by_formal_public_id(&charset::table_string(self, index).ok()?)
            }
        }
    }

    /// Whether strings are UTF-8 or a part of it.
    pub(crate) fn charset_is_utf8(&self) -> bool {
        matches!(self.charset, charset::UTF_8 | charset::US_ASCII | charset::UNKNOWN)
    }
}
