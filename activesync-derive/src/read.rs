//! Reads a type and its keys, and says what is wrong with them.

use std::collections::HashMap;
use std::fmt::Display;

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::{Attribute, Data, DataEnum, DeriveInput, Fields, Generics, Member, Path, Type};

use crate::attributes::{self, FieldKeys, Form, Mapping, TypeKeys};
use crate::errors::Errors;
use crate::model::{Body, Content, Count, Field, Items, Kind, Model, Tag, Unknown, Variant, VariantKind};
use crate::types::{argument_of, is_named};
use crate::values::Values;

/// Reads a type; an error a slip.
pub(crate) fn read<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Model<'a> {
    let keys = TypeKeys::read(&input.attrs, errors);
    check_generics(&input.generics, errors);
    let mut reader = BodyReader { keys: &keys, errors, tags: Vec::new(), users: HashMap::new() };
    let body = reader.body(input);
    let tags = reader.tags;
    let tag = keys.tag.clone().map(|tag| Tag::resolve(tag, keys.page.as_ref()));
    if let (Some(tag), Some((Form::Choice, _))) = (&tag, keys.form) {
        errors.say(&tag.written, "a choice has no tag of its own; its variants have");
    }
    if let (Some(span), false) = (keys.deny_unknown, matches!(body, Body::Fields(..))) {
        errors.push(syn::Error::new(span, "`deny_unknown` is for structs with a field an element"));
    }
    Model { input, root: keys.root, tag, body, page: keys.page, tags }
}

fn check_generics(generics: &Generics, errors: &mut Errors) {
    if let Some(second) = generics.lifetimes().nth(1) {
        let message = "one lifetime at most: that of the document which the value borrows from";
        errors.say(&second.lifetime, message);
    }
}

struct BodyReader<'k, 'e> {
    keys: &'k TypeKeys,
    errors: &'e mut Errors,
    tags: Vec<Tag>,
    /// Who has a tag.
    users: HashMap<String, String>,
}

impl BodyReader<'_, '_> {
    fn body<'a>(&mut self, input: &'a DeriveInput) -> Body<'a> {
        let ident = &input.ident;
        match (&input.data, self.keys.form) {
            (Data::Struct(data), None) => self.structure(&data.fields),
            (Data::Enum(data), Some((Form::Choice, _))) => self.choice(ident, data),
            (Data::Enum(data), Some((Form::Value, _))) => {
                Body::Values(Values::read(ident, data, self.keys.integer.as_ref(), self.errors))
            }
            (Data::Struct(data), Some((Form::Text, _))) => {
                self.text(data.fields.iter().map(|field| &field.attrs))
            }
            (Data::Enum(data), Some((Form::Text, _))) => {
                self.text(data.variants.iter().map(|variant| &variant.attrs))
            }
            (Data::Struct(_), Some((form, span))) => {
                self.errors.push(syn::Error::new(span, format!("`{}` is for enums", form.word())));
                Body::Text
            }
            (Data::Enum(_), None) => {
                let message = "an enum needs `#[wbxml(choice)]` (one of several elements), \
                    `#[wbxml(value)]` (one of several values) or `#[wbxml(text)]` (through FromStr and Display)";
                self.error(ident, message);
                Body::Text
            }
            (Data::Union(_), _) => {
                self.error(ident, "a union has no form in WBXML");
                Body::Text
            }
        }
    }

    fn text<'i, 'a>(&mut self, within: impl Iterator<Item = &'i Vec<Attribute>>) -> Body<'a> {
        for attributes in within {
            for item in attributes::items(attributes, self.errors).unwrap_or_default() {
                let message = "a type with `#[wbxml(text)]` is text as a whole; it has no keys within";
                self.errors.push(item.error(message));
            }
        }
        Body::Text
    }

    fn structure<'a>(&mut self, fields: &'a Fields) -> Body<'a> {
        if let (Fields::Unnamed(_), Some(field), 1) = (fields, fields.iter().next(), fields.len()) {
            let keys = self.keys_of(&field.attrs).unwrap_or_default();
            if keys.tag.is_none() && !matches!(keys.mapping, Some((Mapping::Choice | Mapping::Any, _))) {
                return self.transparent(&field.ty, &keys);
            }
            let field = self.field(field, Member::from(0), keys);
            return Body::Fields(field.into_iter().collect(), self.unknown());
        }
        let mut read: Vec<Field<'_>> = Vec::new();
        for (field, member) in fields.iter().zip(fields.members()) {
            let keys = self.keys_of(&field.attrs).unwrap_or_default();
            read.extend(self.field(field, member, keys));
        }
        self.check_any(read.iter().filter_map(|field| match field.kind {
            Kind::Any { item } => Some((member_name(&field.member), item)),
            _ => None,
        }));
        Body::Fields(read, self.unknown())
    }

    /// The keys of a field or variant, if it has any.
    fn keys_of(&mut self, attributes: &[Attribute]) -> Option<FieldKeys> {
        let before = self.errors.len();
        let items = attributes::items(attributes, self.errors)?;
        let mut keys = FieldKeys::read(&items, self.errors);
        keys.wrong = self.errors.len() > before;
        Some(keys)
    }

    fn unknown(&self) -> Unknown {
        if self.keys.deny_unknown.is_some() { Unknown::Deny } else { Unknown::Skip }
    }

    fn transparent<'a>(&mut self, ty: &'a Type, keys: &FieldKeys) -> Body<'a> {
        let content = content(keys.mapping());
        if let Some((mapping @ (Mapping::List | Mapping::Flag), span)) = keys.mapping {
            let word = mapping.word();
            let message = format!("`{word}` needs the tag of its element: `#[wbxml(Tag, {word})]`");
            self.errors.push(syn::Error::new(span, message));
        } else if (argument_of(ty, "Option").is_some() || argument_of(ty, "Vec").is_some())
            && !(content == Content::Opaque && is_bytes(ty))
        {
            let message = "a type with one field has the content of that field, and this has no content of its own; \
                name its element, `#[wbxml(Tag)]`";
            self.error(ty, message);
        }
        if let Some(span) = keys.versions_span() {
            let message = "`since` and `until` need the tag of their element: `#[wbxml(Tag, …)]`";
            self.errors.push(syn::Error::new(span, message));
        }
        Body::Transparent(Member::from(0), ty, content)
    }

    fn field<'a>(&mut self, field: &'a syn::Field, member: Member, keys: FieldKeys) -> Option<Field<'a>> {
        let ty = &field.ty;
        let versions = keys.versions();
        let user = format!("the field `{}`", member_name(&member));
        let mapping = keys.mapping();
        let kind = match (keys.tag, mapping) {
            (Some(tag), Some(mapping @ (Mapping::Choice | Mapping::Any))) => {
                let word = mapping.word();
                self.error(&tag, format!("`{word}` has no tag of its own: `#[wbxml({word})]`"));
                return None;
            }
            (Some(tag), mapping) => {
                let tag = self.tag(tag, user);
                self.element(tag, mapping, keys.list_item, ty)?
            }
            (None, Some(Mapping::Choice)) => {
                let (count, item) = count(ty);
                Kind::Choice { count, item }
            }
            (None, Some(Mapping::Any)) => {
                let Some(item) = argument_of(ty, "Vec") else {
                    self.error(ty, "`any` needs a `Vec<AnyElement>`");
                    return None;
                };
                Kind::Any { item }
            }
            (None, _) => {
                let place =
                    field.ident.as_ref().map_or_else(|| ty.to_token_stream(), ToTokens::to_token_stream);
                self.no_tag(&place, &user, mapping, keys.wrong);
                return None;
            }
        };
        Some(Field { member, ty, kind, versions })
    }

    /// Says that a tag is missing, unless the keys are wrong anyway.
    fn no_tag(&mut self, place: &impl ToTokens, user: &str, mapping: Option<Mapping>, wrong: bool) {
        if !wrong {
            let keys = mapping.map(|mapping| format!(", {}", mapping.word())).unwrap_or_default();
            self.error(place, format!("{user} needs the tag of its element: `#[wbxml(Tag{keys})]`"));
        }
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
                    self.error(ty, message);
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
            self.error(item, message);
            return None;
        }
        if count == Count::Optional
            && argument_of(item, "Vec").is_some()
            && !(content == Content::Opaque && is_bytes(item))
        {
            let message = "`Option<Vec<…>>` is for `list`, where the wrapper element can be there and empty; \
                repeated elements need a `Vec`";
            self.error(item, message);
            return None;
        }
        Some(())
    }

    fn items<'a>(&mut self, ty: &'a Type, tag: Option<Path>) -> Option<Items<'a>> {
        let Some(item) = argument_of(ty, "Vec") else {
            self.error(ty, "`list` needs a `Vec<…>` or an `Option<Vec<…>>`");
            return None;
        };
        Some(Items { ty, item, tag: tag.map(|tag| Tag::resolve(tag, self.keys.page.as_ref())) })
    }

    fn choice<'a>(&mut self, ident: &Ident, data: &'a DataEnum) -> Body<'a> {
        if data.variants.is_empty() {
            self.error(ident, "a choice needs a variant");
        }
        let variants: Vec<_> = data.variants.iter().filter_map(|variant| self.variant(variant)).collect();
        self.check_any(variants.iter().filter_map(|variant| match variant.kind {
            VariantKind::Any { ty } => Some((variant.ident.to_string(), ty)),
            _ => None,
        }));
        Body::Choice(variants)
    }

    fn variant<'a>(&mut self, variant: &'a syn::Variant) -> Option<Variant<'a>> {
        let ident = &variant.ident;
        let keys = self.keys_of(&variant.attrs).unwrap_or_default();
        let ty = match &variant.fields {
            Fields::Unit => None,
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                fields.unnamed.first().map(|field| &field.ty)
            }
            fields => {
                self.error(fields, "a variant of a choice holds one value, or nothing for an empty element");
                return None;
            }
        };
        let versions = keys.versions();
        let kind = match (keys.tag.clone(), keys.mapping(), ty) {
            (None, Some(Mapping::Any), Some(ty)) => VariantKind::Any { ty },
            (None, Some(Mapping::Any), None) => {
                self.error(ident, "`any` needs a place for the element: `Other(AnyElement<'a>)`");
                return None;
            }
            (None, mapping, _) => {
                self.no_tag(ident, &format!("the variant `{ident}`"), mapping, keys.wrong);
                return None;
            }
            (Some(tag), Some(mapping @ (Mapping::Any | Mapping::Choice | Mapping::Flag)), _) => {
                self.error(&tag, format!("`{}` does not go with the tag of a variant", mapping.word()));
                return None;
            }
            (Some(tag), mapping, ty) => self.tagged_variant(ident, tag, mapping, &keys, ty)?,
        };
        Some(Variant { ident, kind, versions })
    }

    fn tagged_variant<'a>(
        &mut self,
        ident: &Ident,
        tag: Path,
        mapping: Option<Mapping>,
        keys: &FieldKeys,
        ty: Option<&'a Type>,
    ) -> Option<VariantKind<'a>> {
        let tag = self.tag(tag, format!("the variant `{ident}`"));
        match (mapping, ty) {
            (None, None) => Some(VariantKind::Empty { tag }),
            (Some(mapping), None) => {
                self.error(ident, format!("`{}` needs a value: `{ident}(…)`", mapping.word()));
                None
            }
            (Some(Mapping::List), Some(ty)) => {
                Some(VariantKind::List { tag, items: self.items(ty, keys.list_item.clone())? })
            }
            (mapping, Some(ty)) => Some(VariantKind::Element { tag, content: content(mapping), ty }),
        }
    }

    /// A tag of this type, which none may have twice.
    fn tag(&mut self, path: Path, user: String) -> Tag {
        let tag = Tag::resolve(path, self.keys.page.as_ref());
        if let Some(first) = self.users.get(&tag.key()) {
            let message = format!("{first} has the tag `{}` already", tag.name());
            self.error(&tag.written, message);
        } else {
            self.users.insert(tag.key(), user);
            self.tags.push(tag.clone());
        }
        tag
    }

    /// Only one can take the rest.
    fn check_any<'t>(&mut self, mut takers: impl Iterator<Item = (String, &'t Type)>) {
        let Some((first, _)) = takers.next() else { return };
        for (_, ty) in takers {
            self.error(ty, format!("`{first}` takes whatever is not named here already"));
        }
    }

    fn error(&mut self, place: &impl ToTokens, message: impl Display) {
        self.errors.say(place, message);
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
