//! What a type with its keys means, checked.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::ext::IdentExt as _;
use syn::{DeriveInput, Member, Path, Type};

use crate::values::Values;
use crate::versions::Versions;

/// A type that derives `Decode` or `Encode`.
pub(crate) struct Model<'a> {
    pub(crate) input: &'a DeriveInput,
    pub(crate) root: Path,
    /// The element of its own.
    pub(crate) tag: Option<Tag>,
    pub(crate) body: Body<'a>,
    /// The module of constants.
    pub(crate) page: Option<Path>,
    /// Every tag within, those of fields that are wrong in other ways among them.
    pub(crate) tags: Vec<Tag>,
}

pub(crate) enum Body<'a> {
    /// Child elements.
    Fields(Vec<Field<'a>>, Unknown),
    /// The content of the one field.
    Transparent(Member, &'a Type, Content),
    /// One of several elements.
    Choice(Vec<Variant<'a>>),
    /// One of several values.
    Values(Values<'a>),
    /// Text, through `FromStr` and `Display`.
    Text,
}

/// What becomes of children that nobody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    Skip,
    Deny,
}

pub(crate) struct Field<'a> {
    pub(crate) member: Member,
    pub(crate) ty: &'a Type,
    pub(crate) kind: Kind<'a>,
    pub(crate) versions: Option<Versions>,
}

pub(crate) enum Kind<'a> {
    Element { tag: Tag, content: Content, count: Count, item: &'a Type },
    List { tag: Tag, items: Items<'a>, optional: bool },
    Flag { tag: Tag },
    Choice { count: Count, item: &'a Type },
    Any { item: &'a Type },
}

/// The items of a list.
pub(crate) struct Items<'a> {
    /// The `Vec`.
    pub(crate) ty: &'a Type,
    pub(crate) item: &'a Type,
    /// The element of each item, if the items are no elements themselves.
    pub(crate) tag: Option<Tag>,
}

/// How a value becomes the content of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Plain,
    Opaque,
    Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    One,
    Optional,
    Many,
}

pub(crate) struct Variant<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) kind: VariantKind<'a>,
    pub(crate) versions: Option<Versions>,
}

pub(crate) enum VariantKind<'a> {
    Empty { tag: Tag },
    Element { tag: Tag, content: Content, ty: &'a Type },
    List { tag: Tag, items: Items<'a> },
    Any { ty: &'a Type },
}

/// A path to the constant of a tag.
#[derive(Clone)]
pub(crate) struct Tag {
    /// The path as it was written.
    pub(crate) written: Path,
    path: Path,
}

impl Tag {
    /// Names without a path belong to `page`.
    pub(crate) fn resolve(written: Path, page: Option<&Path>) -> Self {
        let path = match (page, written.get_ident()) {
            (Some(page), Some(name)) => {
                let mut whole = page.clone();
                whole.segments.push(name.clone().into());
                whole
            }
            _ => written.clone(),
        };
        Self { written, path }
    }

    /// The name, for people.
    pub(crate) fn name(&self) -> String {
        self.path.segments.last().map(|last| last.ident.unraw().to_string()).unwrap_or_default()
    }

    /// The path without spaces; equal paths are equal tags.
    pub(crate) fn key(&self) -> String {
        self.path.to_token_stream().to_string().replace(' ', "")
    }

    /// The place of the name.
    fn span(&self) -> Span {
        self.path.segments.last().map_or_else(Span::call_site, |last| last.ident.span())
    }
}

impl ToTokens for Tag {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.path.to_tokens(tokens);
    }
}

/// The constants of the tags of a type, for `match`: `__ID_0`, `__ID_1`, … in the order of `tags`.
///
/// That no two are equal is seen when the constants are made.
pub(crate) fn tag_constants(root: &Path, tags: &[&Tag]) -> TokenStream {
    if tags.is_empty() {
        return TokenStream::new();
    }
    let count = tags.len();
    let constants = tags.iter().enumerate().map(|(position, tag)| {
        let (name, root) = (tag_constant(position), at(root.to_token_stream(), tag.span()));
        let message = format!("the element `{}` has the page and token of one before it", tag.name());
        quote_spanned!(tag.span()=> const #name: ::core::primitive::u16 = #root::__private::id(&__TAGS, #position, #message);)
    });
    quote_spanned! {Span::mixed_site()=>
        const __TAGS: [#root::Tag; #count] = [#(#tags),*];
        #(#constants)*
    }
}

/// The tokens as if they stood at `span`.
fn at(tokens: TokenStream, span: Span) -> TokenStream {
    let moved = tokens.into_iter().map(|mut token: TokenTree| {
        token.set_span(token.span().located_at(span));
        token
    });
    moved.collect()
}

pub(crate) fn tag_constant(position: usize) -> Ident {
    format_ident!("__ID_{position}")
}

/// "A", "A or B", "A, B or C"
pub(crate) fn alternatives(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
