//! The names of tags in XML, also of those that no code page has.

use std::borrow::Cow;

use crate::{Content, Language, Tag};

/// The namespace of a code page by number: `wbxml:page:200`.
const NUMBERED: &str = "wbxml:page:";

/// The name of an element that the string table names and XML cannot.
pub(super) const LITERAL: &str = "_literal";

/// A tag as an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) namespace: Cow<'static, str>,
    pub(super) local: Cow<'static, str>,
}

/// Translates between tags and names.
#[derive(Clone, Copy)]
pub(super) struct Names {
    language: &'static Language,
    /// No two pages have the same namespace, and namespaces count: a page's names need no second look.
    distinct: bool,
    /// There are prefixes that are a part of the names.
    has_prefixes: bool,
}

impl Names {
    pub(super) fn new(language: &'static Language) -> Self {
        let details = language.details();
        let has_prefixes = !details.prefixes.is_empty();
        let distinct = language.has_distinct_namespaces() && !details.xmlns_is_attribute;
        Self { language, distinct, has_prefixes }
    }

    /// Whether a tag has no name but the one on its page.
    pub(super) fn are_plain(self) -> bool {
        self.distinct && !self.has_prefixes
    }

    pub(super) fn language(self) -> &'static Language {
        self.language
    }

    /// The name for which [`find`](Self::find) finds this tag, on its own page, and what it holds.
    #[inline]
    pub(super) fn describe(self, tag: Tag) -> (Name, Content) {
        let Some((page, info)) = self.language.tag(tag) else { return (self.numbered(tag), Content::Any) };
        if self.are_plain() {
            let name = Name { namespace: Cow::Borrowed(page.namespace), local: Cow::Borrowed(info.name) };
            return (name, info.content);
        }
        (self.other_name(tag, page.namespace, info.name), info.content)
    }

    /// The same without what it holds.
    pub(super) fn name(self, tag: Tag) -> Name {
        self.describe(tag).0
    }

    #[cold]
    fn other_name(self, tag: Tag, namespace: &'static str, name: &'static str) -> Name {
        if !self.distinct && self.find_known(namespace, name, tag.page()) != Some(tag) {
            return self.numbered(tag);
        }
        let (namespace, local) = match self.prefix(name) {
            Some(number) => {
                let (prefix, namespace) = self.language.details().prefixes[number];
                (namespace, &name[prefix.len() + 1..])
            }
            None => (namespace, name),
        };
        Name { namespace: Cow::Borrowed(namespace), local: Cow::Borrowed(local) }
    }

    /// A name made of the tag's numbers.
    #[cold]
    fn numbered(self, tag: Tag) -> Name {
        let namespace = match self.language.page(tag.page()) {
            Some(page) if self.distinct && self.language.tag(tag).is_none() => Cow::Borrowed(page.namespace),
            _ => Cow::Owned(format!("{NUMBERED}{}", tag.page())),
        };
        Name { namespace, local: Cow::Owned(format!("_0x{:02X}", tag.token())) }
    }

    /// Whether `find` finds the tag by its name from any page, or from this one.
    pub(super) fn is_found(self, name: &Name, tag: Tag, page: u8) -> bool {
        self.distinct || self.find(&name.namespace, &name.local, page) == Some(tag)
    }

    /// The number of the prefix that is a part of a tag's name.
    fn prefix(self, name: &str) -> Option<usize> {
        let (prefix, _) = name.split_once(':')?;
        let prefixes = self.language.details().prefixes;
        prefixes.iter().position(|(known, _)| *known == prefix).filter(|number| *number < 64)
    }

    /// The tag's name with its prefix, if it has one, and one that is declared.
    pub(super) fn prefixed(self, tag: Tag, declared: u64) -> Option<&'static str> {
        let (_, info) = self.language.tag(tag)?;
        let number = self.prefix(info.name)?;
        (declared >> number & 1 == 1).then_some(info.name)
    }

    /// What a tag holds.
    pub(super) fn content(self, tag: Tag) -> Content {
        self.language.tag(tag).map_or(Content::Any, |(_, info)| info.content)
    }

    /// The tag of a name; on `page`, if there are several of it.
    #[inline]
    pub(super) fn find(self, namespace: &str, local: &str, page: u8) -> Option<Tag> {
        self.find_known(namespace, local, page).or_else(|| self.find_other(namespace, local, page))
    }

    #[cold]
    fn find_other(self, namespace: &str, local: &str, page: u8) -> Option<Tag> {
        let details = self.language.details();
        if let Some((_, name)) = details.aliases.iter().find(|(alias, _)| *alias == local)
            && let Some(tag) = self.find_known(namespace, name, page)
        {
            return Some(tag);
        }
        for (prefix, known) in details.prefixes {
            if *known == namespace
                && let Some(tag) = self.find_known("", &format!("{prefix}:{local}"), page)
            {
                return Some(tag);
            }
        }
        let page = match namespace.strip_prefix(NUMBERED) {
            Some(number) => number.parse().ok()?,
            None => pages(self.language).find(|page| page.namespace == namespace)?.number,
        };
        Some(Tag::new(page, numbered(local)?))
    }

    #[inline]
    fn find_known(self, namespace: &str, local: &str, page: u8) -> Option<Tag> {
        let namespace = if !self.distinct
            && self.language.details().xmlns_is_attribute
            && !namespace.starts_with(NUMBERED)
        {
            ""
        } else {
            namespace
        };
        if !self.distinct
            && let Some(known) = self.language.page(page).filter(|known| known.namespace == namespace)
            && let Some(info) = known.find(local)
        {
            return Some(info.tag);
        }
        self.language.find(namespace, local).map(|info| info.tag)
    }

    /// The bit of the prefix that an attribute of this name declares.
    pub(super) fn declared_prefix(self, attribute: &str) -> u64 {
        let prefixes = self.language.details().prefixes;
        let Some(prefix) = attribute.strip_prefix("xmlns:").filter(|_| !prefixes.is_empty()) else {
            return 0;
        };
        match prefixes.iter().position(|(known, _)| *known == prefix) {
            Some(number) if number < 64 => 1 << number,
            _ => 0,
        }
    }

    /// The languages of documents in documents of this one.
    pub(super) fn embeds(self) -> impl Iterator<Item = &'static Language> {
        self.language.details().embeds.iter().filter_map(|name| Language::by_name(name))
    }

    /// The language of a document in this one that begins with an element of this name, which is none of its own.
    pub(super) fn embedded(self, namespace: &str, local: &str) -> Option<&'static Language> {
        self.embeds().find(|language| {
            language.details().root == local
                && language.find(namespace, local).is_some()
                && self.language.find(namespace, local).is_none()
        })
    }

    /// The namespace of a code page that differs from this one in its letters' case only.
    pub(super) fn in_other_case(self, namespace: &str) -> Option<&'static str> {
        pages(self.language).map(|page| page.namespace).find(|known| known.eq_ignore_ascii_case(namespace))
    }

    /// Whether the namespace is that of a code page.
    pub(super) fn has_namespace(self, namespace: &str) -> bool {
        namespace.starts_with(NUMBERED) || pages(self.language).any(|page| page.namespace == namespace)
    }

    /// The name of the known element that someone may have meant.
    pub(super) fn similar(self, namespace: &str, local: &str) -> Option<String> {
        if let Some(page) = pages(self.language).find(|page| page.namespace == namespace)
            && let Some(near) = nearest(local, page.tags.iter().map(|info| info.name))
        {
            return Some(near.to_owned());
        }
        let with_name = || pages(self.language).filter(|page| page.find(local).is_some());
        let near = nearest(namespace, with_name().map(|page| page.namespace));
        let page = near
            .and_then(|near| with_name().find(|page| page.namespace == near))
            .or_else(|| with_name().next())?;
        Some(format!("{{{}}}{local}", page.namespace))
    }
}

/// The token of `_0x05`.
fn numbered(local: &str) -> Option<u8> {
    let digits = local.strip_prefix("_0x").filter(|digits| digits.len() == 2)?;
    u8::from_str_radix(digits, 16).ok().filter(|token| (0x05..=0x3F).contains(token))
}

fn pages(language: &'static Language) -> impl Iterator<Item = &'static crate::CodePage> {
    (0..=u8::MAX).filter_map(|number| language.page(number))
}

/// The word that differs least, if it differs little.
fn nearest(word: &str, words: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    // Distance takes time in the product of the lengths.
    const LONGEST: usize = 64;
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    words
        .map(|known| (strsim::damerau_levenshtein(&word, &known.to_lowercase()), known))
        .filter(|(distance, known)| distance * 3 <= known.len().max(3))
        .min()
        .map(|(_, known)| known)
}

/// Whether a string can be the name of an element or attribute, without a prefix.
pub(super) fn is_ncname(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(is_name_start)
        && characters.all(|c| is_name_start(c) || is_name_part(c))
        && !name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("xml"))
}

// XML 1.0, 2.3, without the colon.
fn is_name_start(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | '_' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

fn is_name_part(c: char) -> bool {
    matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ACTIVESYNC;

    #[test]
    fn every_tag_is_found_by_its_name() {
        let names = Names::new(&ACTIVESYNC);
        for page in 0..=u8::MAX {
            for token in 0x05..=0x3F {
                let tag = Tag::new(page, token);
                let Name { namespace, local } = names.name(tag);
                assert_eq!(names.find(&namespace, &local, page), Some(tag), "{{{namespace}}}{local}");
                assert!(is_ncname(&local), "{local}");
            }
        }
    }

    #[test]
    fn slips_are_recognised() {
        let names = Names::new(&ACTIVESYNC);
        assert_eq!(names.similar("Email", "Subjekt").as_deref(), Some("Subject"));
        assert_eq!(names.similar("AirSync", "syncKey").as_deref(), Some("SyncKey"));
        assert_eq!(names.similar("", "FolderSync").as_deref(), Some("{FolderHierarchy}FolderSync"));
        assert_eq!(names.similar("Emial", "Subject").as_deref(), Some("{Email}Subject"));
        assert_eq!(names.similar("Email", "Quux"), None);
        assert_eq!(names.similar("Email", &"x".repeat(1 << 20)), None);
    }

    #[test]
    fn names_that_are_none() {
        for name in ["", "1a", "a b", "a:b", "xmlns", "XmlThing", "a\u{0}", "-a"] {
            assert!(!is_ncname(name), "{name:?}");
        }
    }
}
