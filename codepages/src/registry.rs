//! The languages that there are, and how a document names its own.

use crate::Language;

#[cfg(feature = "languages")]
use crate::languages::ALL;
#[cfg(not(feature = "languages"))]
static ALL: &[&Language] = &[&crate::ACTIVESYNC];

/// The languages of this crate: ActiveSync, and with the feature `languages` all others, the versions of one in order.
pub fn languages() -> &'static [&'static Language] {
    ALL
}

impl Language {
    /// The language of a number in the header of a document. 1, "unknown or missing", is that of none.
    pub fn by_public_id(number: u32) -> Option<&'static Self> {
        languages().iter().copied().find(|language| number > 1 && language.public_id == number)
    }

    /// The language of a formal public identifier, `-//WAPFORUM//DTD SI 1.0//EN`, in a string table or document type
    /// declaration.
    pub fn by_formal_public_id(identifier: &str) -> Option<&'static Self> {
        languages().iter().copied().find(|language| {
            !identifier.is_empty()
                && (language.formal_public_id == identifier
                    || language.details().formal_public_id_aliases.contains(&identifier))
        })
    }

    /// The language whose document type definition has this address.
    pub fn by_system_id(address: &str) -> Option<&'static Self> {
        let has = |language: &&'static Self| !address.is_empty() && language.details().system_id == address;
        languages().iter().copied().find(has)
    }

    /// The language of a root element. Where versions differ in nothing that shows here, it is the newest one.
    pub fn by_root(namespace: &str, name: &str) -> Option<&'static Self> {
        let mut found: Option<&'static Self> = None;
        for &language in languages() {
            let details = language.details();
            if details.root.is_empty() {
                // ActiveSync, which has a root for every command.
                if language.find(namespace, name).is_some() {
                    return Some(language);
                }
            } else if language.has_root(namespace, name) {
                // The namespace may tell the version, though it has no part in the names.
                let is_told = |known: &Self| namespace.ends_with(known.details().version);
                if !details.xmlns_is_attribute || is_told(language) || !found.is_some_and(is_told) {
                    found = Some(language);
                }
            }
        }
        found
    }

    fn has_root(&self, namespace: &str, name: &str) -> bool {
        let details = self.details();
        if let Some((prefix, local)) = details.root.split_once(':') {
            return local == name && details.prefixes.contains(&(prefix, namespace));
        }
        details.root == name && (details.xmlns_is_attribute || self.find(namespace, name).is_some())
    }

    /// The language of a media type, `application/vnd.wap.sic`; the newest one, since it names no version. Parameters
    /// after a semicolon do not count.
    pub fn by_media_type(media_type: &str) -> Option<&'static Self> {
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        let has = |language: &&'static Self| {
            language.details().media_types.iter().any(|known| known.eq_ignore_ascii_case(media_type))
        };
        languages().iter().copied().rev().find(has)
    }

    /// The language of a name as people write it: `WML 1.3`, `wml-1.3`; `wml` is the newest version.
    pub fn by_name(name: &str) -> Option<&'static Self> {
        let all = languages().iter().copied();
        let is = |known: &str| {
            known.len() == name.len()
                && known.bytes().zip(name.bytes()).all(|(known, given)| {
                    known.eq_ignore_ascii_case(&given) || known == b' ' && matches!(given, b'-' | b'_')
                })
        };
        all.clone().find(|language| is(language.name)).or_else(|| {
            all.rev().find(|language| language.name.rsplit_once(' ').is_some_and(|(plain, _)| is(plain)))
        })
    }
}
