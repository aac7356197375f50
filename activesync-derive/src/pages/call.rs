//! The syntax of a call: `crate = path; pub page = "file.tsv"; pub language NAME = "folder" version "1.2"`.

use proc_macro2::Span;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, LitStr, Path, PathSegment, Token, Visibility};

use super::edition::Edition;

pub(crate) struct Call {
    /// The crate that holds the types.
    pub(crate) root: Path,
    pub(crate) entries: Vec<Entry>,
}

pub(crate) struct Entry {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    /// A folder with a `language.tsv`, not a page file.
    pub(crate) language: bool,
    pub(crate) name: Ident,
    pub(crate) path: LitStr,
    /// The edition of a language that has several.
    pub(crate) edition: Option<Edition>,
}

impl Parse for Call {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut root = None;
        if input.peek(Token![crate]) && input.peek2(Token![=]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            root = Some(input.call(Path::parse_mod_style)?);
            if !input.is_empty() {
                input.parse::<Token![;]>()?;
            }
        }
        let entries: Punctuated<Entry, Token![;]> = Punctuated::parse_terminated(input)?;
        if entries.is_empty() {
            return Err(input.error("expected a page, `pub acme = \"pages/acme.tsv\"`"));
        }
        let root = root.unwrap_or_else(|| syn::parse_quote!(::wbxml));
        Ok(Self { root, entries: entries.into_iter().collect() })
    }
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let first: Ident = input.parse()?;
        let language = first == "language" && input.peek(Ident::peek_any);
        let name = if language { input.parse()? } else { first };
        input.parse::<Token![=]>()?;
        let path = input.parse()?;
        let mut edition = None;
        if language && input.peek(Ident) {
            let word: Ident = input.parse()?;
            if word != "version" {
                return Err(syn::Error::new(word.span(), "expected `version \"1.2\"`, `;` or the end"));
            }
            let version: LitStr = input.parse()?;
            let parsed = Edition::parse(&version.value());
            edition = Some(parsed.map_err(|message| syn::Error::new(version.span(), message))?);
        }
        Ok(Self { attributes, visibility, language, name, path, edition })
    }
}

/// The same path from a module further in.
pub(crate) fn seen_from_within(path: &Path) -> Path {
    let relative = path.leading_colon.is_none()
        && path.segments.first().is_some_and(|first| first.ident == "self" || first.ident == "super");
    let mut path = path.clone();
    if relative {
        let outer = PathSegment::from(Ident::new("super", Span::call_site()));
        let inner = path.segments.into_iter().skip_while(|segment| segment.ident == "self");
        path.segments = std::iter::once(outer).chain(inner).collect();
    }
    path
}
