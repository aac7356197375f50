//! What a type with its keys means, checked.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Data, DataEnum, DeriveInput, Fields, Generics, Member, Path, Type};

use crate::attributes::{self, FieldKeys, Form, Mapping, TypeKeys};
use crate::errors::Errors;
use crate::types::{argument_of, is_named};
use crate::values::Values;
use crate::versions::Versions;

/// A type that derives `Decode` or `Encode`.
pub(crate) struct Model<'a> {
    pub(crate) input: &'a DeriveInput,
    pub(crate) root: Path,
    /// The element of its own.
    pub(crate) tag: Option<Tag>,
    pub(crate) body: Body<'a>,
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
    path: Path,
    pub(crate) span: Span,
}

impl Tag {
    /// A path as it was written; names without a path belong to `page`.
    fn resolve(path: Path, page: Option<&Path>) -> Self {
        let span = path.span();
        match (page, path.get_ident()) {
            (Some(page), Some(name)) => {
                let mut whole = page.clone();
                whole.segments.push(name.clone().into());
                Self { path: whole, span }
            }
            _ => Self { path, span },
        }
    }

    /// The name, for people.
    pub(crate) fn name(&self) -> String {
        self.path.segments.last().map(|last| last.ident.unraw().to_string()).unwrap_or_default()
    }

    /// The path without spaces; equal paths are equal tags.
    fn key(&self) -> String {
        self.path.to_token_stream().to_string().replace(' ', "")
    }
}

impl ToTokens for Tag {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.path.to_tokens(tokens);
    }
}

impl<'a> Model<'a> {
    /// Reads a type; an error a slip.
    pub(crate) fn read(input: &'a DeriveInput, errors: &mut Errors) -> Self {
        let keys = TypeKeys::read(&input.attrs, errors);
        check_generics(&input.generics, errors);
        let mut reader = BodyReader { keys: &keys, errors, tags: HashMap::new() };
        let body = reader.body(input);
        let tag = keys.tag.clone().map(|tag| Tag::resolve(tag, keys.page.as_ref()));
        if let (Some(tag), Some((Form::Choice, _))) = (&tag, keys.form) {
            errors.push(syn::Error::new(tag.span, "a choice has no tag of its own; its variants have"));
        }
        if let (Some(span), false) = (keys.deny_unknown, matches!(body, Body::Fields(..))) {
            errors.push(syn::Error::new(span, "`deny_unknown` is for structs with a field an element"));
        }
        Self { input, root: keys.root, tag, body }
    }
}

fn check_generics(generics: &Generics, errors: &mut Errors) {
    if let Some(second) = generics.lifetimes().nth(1) {
        let message = "one lifetime at most: that of the document which the value borrows from";
        errors.push(syn::Error::new(second.lifetime.span(), message));
    }
}

struct BodyReader<'k, 'e> {
    keys: &'k TypeKeys,
    errors: &'e mut Errors,
    /// The tags seen, and who has them.
    tags: HashMap<String, String>,
}

impl BodyReader<'_, '_> {
    fn body<'a>(&mut self, input: &'a DeriveInput) -> Body<'a> {
        match (&input.data, self.keys.form) {
            (Data::Struct(data), None) => self.structure(&data.fields),
            (Data::Enum(data), Some((Form::Choice, _))) => self.choice(data),
            (Data::Enum(data), Some((Form::Value, _))) => {
                Body::Values(Values::read(data, self.keys.integer.as_ref(), self.errors))
            }
            (Data::Struct(data), Some((Form::Text, _))) => {
                self.text(data.fields.iter().map(|field| &field.attrs))
            }
            (Data::Enum(data), Some((Form::Text, _))) => {
                self.text(data.variants.iter().map(|variant| &variant.attrs))
            }
            (Data::Struct(_), Some((form, span))) => {
                self.error(span, format!("`{}` is for enums", form.word()));
                Body::Text
            }
            (Data::Enum(_), None) => {
                let message = "an enum needs `#[wbxml(choice)]` (one of several elements), \
                    `#[wbxml(value)]` (one of several values) or `#[wbxml(text)]` (through FromStr and Display)";
                self.error(input.ident.span(), message);
                Body::Text
            }
            (Data::Union(_), _) => {
                self.error(input.ident.span(), "a union has no form in WBXML");
                Body::Text
            }
        }
    }

    fn text<'i, 'a>(&mut self, fields: impl Iterator<Item = &'i Vec<syn::Attribute>>) -> Body<'a> {
        for attributes in fields {
            for item in attributes::items(attributes, self.errors).unwrap_or_default() {
                self.errors.push(
                    item.error("a type with `#[wbxml(text)]` is text as a whole; it has no keys within"),
                );
            }
        }
        Body::Text
    }

    fn structure<'a>(&mut self, fields: &'a Fields) -> Body<'a> {
        if let Fields::Unnamed(unnamed) = fields
            && let (Some(field), 1) = (unnamed.unnamed.first(), unnamed.unnamed.len())
        {
            let items = attributes::items(&field.attrs, self.errors).unwrap_or_default();
            let before = self.errors.len();
            let keys = FieldKeys::read(items, self.errors);
            if keys.tag.is_none() && !matches!(keys.mapping, Some((Mapping::Choice | Mapping::Any, _))) {
                return self.transparent(&field.ty, &keys, self.errors.len() > before);
            }
            let field = self.field(field, Member::from(0), keys);
            return Body::Fields(field.into_iter().collect(), self.unknown());
        }
        let read = fields.iter().zip(fields.members()).filter_map(|(field, member)| {
            let Some(items) = attributes::items(&field.attrs, self.errors) else {
                let name = member_name(&member);
                let message = format!("the field `{name}` needs its element: `#[wbxml(Tag)]`");
                self.error(member_span(field), message);
                return None;
            };
            let keys = FieldKeys::read(items, self.errors);
            self.field(field, member, keys)
        });
        let fields: Vec<_> = read.collect();
        let mut any = None;
        for field in &fields {
            if let Kind::Any { item } = field.kind
                && let Some(first) = any.replace(&field.member)
            {
                let message = format!("`{}` takes whatever is not named here already", member_name(first));
                self.error(item.span(), message);
            }
        }
        Body::Fields(fields, self.unknown())
    }

    fn unknown(&self) -> Unknown {
        if self.keys.deny_unknown.is_some() { Unknown::Deny } else { Unknown::Skip }
    }

    fn transparent<'a>(&mut self, ty: &'a Type, keys: &FieldKeys, failed: bool) -> Body<'a> {
        let content = match keys.mapping {
            None => Content::Plain,
            Some((Mapping::Opaque, _)) => Content::Opaque,
            Some((Mapping::Text, _)) => Content::Text,
            Some((mapping, span)) => {
                let word = mapping.word();
                self.error(span, format!("`{word}` needs the tag of its element: `#[wbxml(Tag, {word})]`"));
                Content::Plain
            }
        };
        if let Some(span) = keys.versions_span() {
            self.error(span, "`since` and `until` need the tag of their element: `#[wbxml(Tag, …)]`");
        }
        let plural = argument_of(ty, "Option").or_else(|| argument_of(ty, "Vec"));
        if !failed && plural.is_some() && !(content == Content::Opaque && is_bytes(ty)) {
            let message = "a type with one field has the content of that field, and this has no content of its own; \
                name its element, `#[wbxml(Tag)]`";
            self.error(ty.span(), message);
        }
        Body::Transparent(Member::from(0), ty, content)
    }

    fn field<'a>(&mut self, field: &'a syn::Field, member: Member, keys: FieldKeys) -> Option<Field<'a>> {
        let ty = &field.ty;
        let versions = keys.versions();
        let user = format!("the field `{}`", member_name(&member));
        let kind = match (keys.tag, keys.mapping) {
            (Some(tag), Some((mapping @ (Mapping::Choice | Mapping::Any), _))) => {
                let message =
                    format!("`{}` has no tag of its own: `#[wbxml({})]`", mapping.word(), mapping.word());
                self.error(tag.span(), message);
                return None;
            }
            (None, Some((Mapping::Choice, _))) => {
                let (count, item) = count(ty);
                Kind::Choice { count, item }
            }
            (None, Some((Mapping::Any, _))) => {
                let Some(item) = argument_of(ty, "Vec") else {
                    self.error(ty.span(), "`any` needs a `Vec<AnyElement>`");
                    return None;
                };
                Kind::Any { item }
            }
            (None, Some((mapping, span))) => {
                let word = mapping.word();
                self.error(span, format!("`{word}` needs the tag before it: `#[wbxml(Tag, {word})]`"));
                return None;
            }
            (None, None) => {
                // What was wrong with the keys has been said.
                if self.errors.is_empty() {
                    self.error(member_span(field), format!("{user} needs its element: `#[wbxml(Tag)]`"));
                }
                return None;
            }
            (Some(tag), mapping) => {
                let tag = self.tag(tag, user);
                self.element(tag, mapping.map(|(mapping, _)| mapping), keys.list_item, ty)?
            }
        };
        Some(Field { member, ty, kind, versions })
    }

    fn element<'a>(
        &mut self,
        tag: Tag,
        mapping: Option<Mapping>,
        list_item: Option<Path>,
        ty: &'a Type,
    ) -> Option<Kind<'a>> {
        match mapping {
            Some(Mapping::List) => {
                let optional = argument_of(ty, "Option");
                let items = self.items(optional.unwrap_or(ty), list_item)?;
                Some(Kind::List { tag, items, optional: optional.is_some() })
            }
            Some(Mapping::Flag) => {
                if !is_named(ty, "bool") {
                    let message = "`flag` needs a `bool`; where an empty element, `0` and `1` differ, \
                        leave `flag` out and use an `Option<Flag>`";
                    self.error(ty.span(), message);
                }
                Some(Kind::Flag { tag })
            }
            Some(Mapping::Opaque) if is_bytes(ty) => {
                Some(Kind::Element { tag, content: Content::Opaque, count: Count::One, item: ty })
            }
            _ => {
                let content = content(mapping);
                let (count, item) = count(ty);
                self.check_item(content, count, item)?;
                Some(Kind::Element { tag, content, count, item })
            }
        }
    }

    /// Refuses what reads well and means something else.
    fn check_item(&mut self, content: Content, count: Count, item: &Type) -> Option<()> {
        if content == Content::Plain && count == Count::Many && is_named(item, "u8") {
            let message =
                "this would be an element for each number; bytes need `opaque`, or the type `Bytes`";
            self.error(item.span(), message);
            return None;
        }
        if let (Count::Optional, Some(_)) = (count, argument_of(item, "Vec"))
            && !(content == Content::Opaque && is_bytes(item))
        {
            let message = "`Option<Vec<…>>` is for `list`, where the wrapper element can be there and empty; \
                repeated elements need a `Vec`";
            self.error(item.span(), message);
            return None;
        }
        Some(())
    }

    fn items<'a>(&mut self, ty: &'a Type, tag: Option<Path>) -> Option<Items<'a>> {
        let Some(item) = argument_of(ty, "Vec") else {
            self.error(ty.span(), "`list` needs a `Vec<…>` or an `Option<Vec<…>>`");
            return None;
        };
        Some(Items { ty, item, tag: tag.map(|tag| Tag::resolve(tag, self.keys.page.as_ref())) })
    }

    fn choice<'a>(&mut self, data: &'a DataEnum) -> Body<'a> {
        let variants: Vec<_> = data.variants.iter().filter_map(|variant| self.variant(variant)).collect();
        let mut any = None;
        for variant in &variants {
            if let VariantKind::Any { ty } = variant.kind
                && let Some(first) = any.replace(variant.ident)
            {
                self.error(ty.span(), format!("`{first}` takes whatever is not named here already"));
            }
        }
        Body::Choice(variants)
    }

    fn variant<'a>(&mut self, variant: &'a syn::Variant) -> Option<Variant<'a>> {
        let ident = &variant.ident;
        let before = self.errors.len();
        let keys =
            attributes::items(&variant.attrs, self.errors).map(|items| FieldKeys::read(items, self.errors));
        let keys = keys.unwrap_or_default();
        let ty = match &variant.fields {
            Fields::Unit => None,
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                fields.unnamed.first().map(|field| &field.ty)
            }
            fields => {
                self.error(
                    fields.span(),
                    "a variant of a choice holds one value, or nothing for an empty element",
                );
                return None;
            }
        };
        let versions = keys.versions();
        let kind = match (keys.tag, keys.mapping.map(|(mapping, _)| mapping), ty) {
            (None, Some(Mapping::Any), Some(ty)) => VariantKind::Any { ty },
            (None, Some(Mapping::Any), None) => {
                self.error(ident.span(), "`any` needs a place for the element: `Other(AnyElement<'a>)`");
                return None;
            }
            (None, ..) => {
                if self.errors.len() == before {
                    self.error(
                        ident.span(),
                        format!("the variant `{ident}` needs its element: `#[wbxml(Tag)]`"),
                    );
                }
                return None;
            }
            (Some(tag), Some(mapping @ (Mapping::Any | Mapping::Choice | Mapping::Flag)), _) => {
                let message = format!("`{}` does not go with the tag of a variant", mapping.word());
                self.error(tag.span(), message);
                return None;
            }
            (Some(tag), mapping, ty) => {
                let tag = self.tag(tag, format!("the variant `{ident}`"));
                match (mapping, ty) {
                    (None, None) => VariantKind::Empty { tag },
                    (Some(mapping), None) => {
                        let message = format!("`{}` needs a value: `{ident}(…)`", mapping.word());
                        self.error(ident.span(), message);
                        return None;
                    }
                    (Some(Mapping::List), Some(ty)) => {
                        VariantKind::List { tag, items: self.items(ty, keys.list_item)? }
                    }
                    (mapping, Some(ty)) => VariantKind::Element { tag, content: content(mapping), ty },
                }
            }
        };
        Some(Variant { ident, kind, versions })
    }

    /// A tag of this type, which none may have twice.
    fn tag(&mut self, path: Path, user: String) -> Tag {
        let tag = Tag::resolve(path, self.keys.page.as_ref());
        if let Some(first) = self.tags.get(&tag.key()) {
            let message = format!("{first} has the tag `{}` already", tag.name());
            self.error(tag.span, message);
        } else {
            self.tags.insert(tag.key(), user);
        }
        tag
    }

    fn error(&mut self, span: Span, message: impl std::fmt::Display) {
        self.errors.push(syn::Error::new(span, message));
    }
}

fn content(mapping: Option<Mapping>) -> Content {
    match mapping {
        Some(Mapping::Opaque) => Content::Opaque,
        Some(Mapping::Text) => Content::Text,
        _ => Content::Plain,
    }
}

fn count(ty: &Type) -> (Count, &Type) {
    if let Some(item) = argument_of(ty, "Option") {
        (Count::Optional, item)
    } else if let Some(item) = argument_of(ty, "Vec") {
        (Count::Many, item)
    } else {
        (Count::One, ty)
    }
}

/// `Vec<u8>`
fn is_bytes(ty: &Type) -> bool {
    argument_of(ty, "Vec").is_some_and(|item| is_named(item, "u8"))
}

fn member_name(member: &Member) -> String {
    match member {
        Member::Named(name) => name.unraw().to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    }
}

fn member_span(field: &syn::Field) -> Span {
    field.ident.as_ref().map_or_else(|| field.ty.span(), Ident::span)
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
        let name = tag_constant(position);
        let message = format!("the element `{}` has the page and token of one before it", tag.name());
        quote_spanned!(tag.span=> const #name: u16 = #root::__private::id(&__TAGS, #position, #message);)
    });
    let site = Span::mixed_site();
    quote_spanned! {site=>
        const __TAGS: [#root::Tag; #count] = [#(#tags),*];
        #(#constants)*
    }
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
