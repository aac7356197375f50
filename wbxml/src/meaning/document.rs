//! Documents in documents: device information in an OPAQUE of SyncML.

use crate::header::{Header, PublicId};
use crate::walk::{TokenKind, Walker};
use crate::{Event, Language, Limits, Reader};

/// Documents in documents in documents are shown down to here; deeper ones are bytes.
pub(crate) const MOST_EMBEDDED: usize = 4;

/// A document that an OPAQUE of [`Content::Document`](crate::Content::Document) holds.
pub(crate) struct Embedded {
    pub(crate) language: &'static Language,
    /// What is left of the limits after it.
    pub(crate) limits_left: Limits,
}

/// The bytes as a document without a fault, in a language that can be told, within the limits.
pub(crate) fn embedded(
    bytes: &[u8],
    around: &'static Language,
    limits: Limits,
    strict: bool,
) -> Option<Embedded> {
    // Text does not begin like this, so that most of it costs no more than a look.
    if !matches!(bytes.first(), Some(0..=3)) {
        return None;
    }
    let mut reader = Reader::new(bytes).limits(limits).strict(strict);
    let header = reader.header().ok()?;
    let language = language(&header, around)?;
    // Where the header says nothing, the root has to.
    let mut is_told = header.language().is_some();
    let reader = Reader::new(bytes).limits(limits).strict(strict).language(language);
    let mut walker = Walker::new(bytes, reader);
    while let Some(token) = walker.next().ok()? {
        if let TokenKind::Event(Event::Start { tag, .. }) = token.kind
            && !is_told
        {
            let (_, info) = language.tag(tag)?;
            is_told = info.name == language.details().root;
            if !is_told {
                return None;
            }
        }
    }
    is_told.then(|| Embedded { language, limits_left: walker.reader().limits_left() })
}

/// The language of a document with this header in one of the language `around`: where the header says nothing, the one
/// that has no number.
pub(crate) fn language(header: &Header<'_>, around: &'static Language) -> Option<&'static Language> {
    header.language().or_else(|| {
        let mut embeds = around.details().embeds.iter().filter_map(|name| Language::by_name(name));
        embeds.find(|language| PublicId::Known(language.public_id) == header.public_id)
    })
}
