//! Protocol versions as data files and keys write them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Path;

/// The versions and the names of their variants in `ProtocolVersion`, oldest first.
const KNOWN: [(&str, &str); 10] = [
    ("1.0", "V1_0"),
    ("2.0", "V2_0"),
    ("2.1", "V2_1"),
    ("2.5", "V2_5"),
    ("12.0", "V12_0"),
    ("12.1", "V12_1"),
    ("14.0", "V14_0"),
    ("14.1", "V14_1"),
    ("16.0", "V16_0"),
    ("16.1", "V16_1"),
];

/// A version, by its position among the known ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(usize);

impl Version {
    pub(crate) const FIRST: Self = Self(0);
    pub(crate) const LAST: Self = Self(KNOWN.len() - 1);

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        KNOWN.iter().position(|(name, _)| *name == text).map(Self).ok_or_else(|| {
            let names: Vec<_> = KNOWN.iter().map(|(name, _)| *name).collect();
            format!("`{text}` is no protocol version; the versions are {}", names.join(", "))
        })
    }

    fn name(self) -> &'static str {
        KNOWN[self.0].0
    }

    fn tokens(self, root: &Path) -> TokenStream {
        let variant = format_ident!("{}", KNOWN[self.0].1);
        quote!(#root::ProtocolVersion::#variant)
    }
}

/// A set of versions, as ranges that neither touch nor overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Versions(Vec<(Version, Version)>);

impl Versions {
    pub(crate) fn all() -> Self {
        Self::range(Version::FIRST, Version::LAST)
    }

    pub(crate) fn range(first: Version, last: Version) -> Self {
        Self(vec![(first, last)])
    }

    /// The column `versions`: `all`, `12.1-`, `2.0-12.1`, `2.5`, or several of these with commas between them.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text == "all" {
            return Ok(Self::all());
        }
        let mut within = [false; KNOWN.len()];
        for part in text.split(',') {
            let (first, last) = parse_range(part.trim())?;
            within[first.0..=last.0].fill(true);
        }
        Ok(Self::from_members(&within))
    }

    fn from_members(within: &[bool]) -> Self {
        let mut ranges: Vec<(Version, Version)> = Vec::new();
        for version in (0..within.len()).filter(|version| within[*version]).map(Version) {
            match ranges.last_mut() {
                Some((_, last)) if last.0 + 1 == version.0 => *last = version,
                _ => ranges.push((version, version)),
            }
        }
        Self(ranges)
    }

    /// An expression of type `VersionSet`.
    pub(crate) fn tokens(&self, root: &Path) -> TokenStream {
        let mut sets = self.0.iter().map(|(first, last)| match (*first, *last) {
            (Version::FIRST, Version::LAST) => quote!(#root::VersionSet::ALL),
            (first, Version::LAST) => {
                let first = first.tokens(root);
                quote!(#root::VersionSet::since(#first))
            }
            (Version::FIRST, last) => {
                let last = last.tokens(root);
                quote!(#root::VersionSet::until(#last))
            }
            (first, last) => {
                let (first, last) = (first.tokens(root), last.tokens(root));
                quote!(#root::VersionSet::range(#first, #last))
            }
        });
        let first = sets.next().unwrap_or_else(|| quote!(#root::VersionSet::EMPTY));
        sets.fold(first, |all, set| quote!(#all.union(#set)))
    }

    /// For people: `all versions`, `12.1 and later`.
    pub(crate) fn describe(&self) -> String {
        let ranges = self.0.iter().map(|(first, last)| match (*first, *last) {
            (Version::FIRST, Version::LAST) => "all versions".to_owned(),
            (first, Version::LAST) => format!("{} and later", first.name()),
            (first, last) if first == last => format!("{} only", first.name()),
            (first, last) => format!("{} to {}", first.name(), last.name()),
        });
        ranges.collect::<Vec<_>>().join(", ")
    }
}

fn parse_range(text: &str) -> Result<(Version, Version), String> {
    let Some((first, last)) = text.split_once('-') else {
        let version = Version::parse(text)?;
        return Ok((version, version));
    };
    let first = Version::parse(first)?;
    let last = if last.is_empty() { Version::LAST } else { Version::parse(last)? };
    if first > last {
        return Err(format!("the versions `{text}` end before they begin"));
    }
    Ok((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> String {
        let root: Path = syn::parse_quote!(w);
        Versions::parse(text).unwrap().tokens(&root).to_string().replace(' ', "")
    }

    #[test]
    fn ranges_become_sets() {
        assert_eq!(tokens("all"), "w::VersionSet::ALL");
        assert_eq!(tokens("1.0-"), "w::VersionSet::ALL");
        assert_eq!(tokens("12.1-"), "w::VersionSet::since(w::ProtocolVersion::V12_1)");
        assert_eq!(tokens("1.0-2.5"), "w::VersionSet::until(w::ProtocolVersion::V2_5)");
        assert_eq!(
            tokens("2.0-12.1"),
            "w::VersionSet::range(w::ProtocolVersion::V2_0,w::ProtocolVersion::V12_1)"
        );
        assert_eq!(
            tokens("1.0, 16.0-"),
            "w::VersionSet::until(w::ProtocolVersion::V1_0).union(w::VersionSet::since(w::ProtocolVersion::V16_0))"
        );
    }

    #[test]
    fn neighbours_are_one_range() {
        assert_eq!(Versions::parse("2.5,12.0-12.1,2.1").unwrap().describe(), "2.1 to 12.1");
        assert_eq!(Versions::parse("14.1,2.5").unwrap().describe(), "2.5 only, 14.1 only");
    }

    #[test]
    fn faults_say_what_is_wrong() {
        assert_eq!(
            Versions::parse("13.0-").unwrap_err(),
            "`13.0` is no protocol version; \
             the versions are 1.0, 2.0, 2.1, 2.5, 12.0, 12.1, 14.0, 14.1, 16.0, 16.1"
        );
        assert!(Versions::parse("").unwrap_err().starts_with("`` is no protocol version"));
        assert_eq!(Versions::parse("16.0-2.5").unwrap_err(), "the versions `16.0-2.5` end before they begin");
    }
}
