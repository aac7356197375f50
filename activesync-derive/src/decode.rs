//! `#[derive(Decode)]`

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, Lifetime, Member, Path, Type};

use crate::errors::Errors;
use crate::model::{
    Body, Content, Count, Field, Items, Kind, Model, Tag, Unknown, Variant, VariantKind, alternatives,
    tag_constant, tag_constants,
};
use crate::read;
use crate::types::{ImplGenerics, short_name};

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let model = read::read(input, &mut errors);
    if errors.is_empty() {
        return Derive::new(&model).expand();
    }
    let stub = stub(&model);
    let errors = errors.into_compile_errors();
    quote!(#errors #stub)
}

/// Implementations without a body, so that one slip does not become an error wherever the type is used.
fn stub(model: &Model<'_>) -> TokenStream {
    let Model { root, page, tags, .. } = model;
    let derive = Derive::new(model);
    let unreachable = quote!(::core::panic!("the type has errors"));
    let decode = derive.decode_impl(&unreachable, None);
    let element = derive.element_impl(&quote!(false), &unreachable, "");
    // The names of tags are checked all the same, and their imports are in use.
    let page = page.as_ref().map(|page| quote!(#[allow(unused_imports)] use #page as __page;));
    quote!(const _: () = { #decode #element #page const _: &[#root::Tag] = &[#(#tags),*]; };)
}

struct Derive<'a> {
    model: &'a Model<'a>,
    root: &'a Path,
    generics: ImplGenerics<'a>,
    lifetime: Lifetime,
    reader: Ident,
    tag: Ident,
    site: Span,
}

impl<'a> Derive<'a> {
    fn new(model: &'a Model<'a>) -> Self {
        // Locals are out of reach of the user's paths; everything else is found where the derive stands.
        // Their names are odd because a constant of the same name would be taken for a pattern.
        let site = Span::mixed_site();
        let generics = ImplGenerics::new(&model.input.generics);
        let lifetime = generics.input_lifetime();
        let (reader, tag) = (Ident::new("__reader", site), Ident::new("__tag", site));
        Self { model, root: &model.root, generics, lifetime, reader, tag, site }
    }

    fn expand(mut self) -> TokenStream {
        let model = self.model;
        let root = self.root;
        let mut tags: Vec<&Tag> = Vec::new();
        let mut methods = TokenStream::new();
        let implementation = match &model.body {
            Body::Choice(variants) => self.choice(variants, &mut tags),
            Body::Fields(fields, unknown) => {
                let body = self.fields(fields, *unknown, &mut tags);
                self.decode_impl(&body, None)
            }
            Body::Transparent(member, ty, content) => {
                let value = self.content(*content, ty);
                let Member::Unnamed(_) = member else { return TokenStream::new() };
                let ok = quote_spanned!(self.site=> ::core::result::Result::Ok(Self(#value)));
                let (reader, lifetime) = (&self.reader, &self.lifetime);
                let optional = (*content == Content::Plain).then(|| {
                    let inner = quote!(<#ty as #root::Decode<#lifetime>>);
                    quote_spanned!(self.site=> ::core::result::Result::Ok(#inner::decode_optional(#reader)?.map(Self)))
                });
                self.decode_impl(&ok, optional)
            }
            Body::Values(values) => {
                let parts = values.decode(&model.input.ident, &self.reader);
                methods = self.inherent_impl(&parts.methods);
                let reader = &self.reader;
                let optional =
                    parts.is_never_empty.then(|| quote_spanned!(self.site=> #reader.unless_empty()));
                self.decode_impl(&parts.body, optional)
            }
            Body::Text => {
                let (reader, expected) = (&self.reader, valid(&model.input.ident.to_string()));
                let body = quote_spanned!(self.site=> #reader.parse_text::<Self>(#expected));
                let optional =
                    quote_spanned!(self.site=> #root::__private::text_unless_empty(#reader, #expected));
                self.decode_impl(&body, Some(optional))
            }
        };
        let element = model.tag.as_ref().map(|tag| self.own_element(tag));
        let constants = tag_constants(root, &tags);
        quote! {
            #[allow(unused_qualifications)]
            const _: () = { #constants #implementation #element #methods };
        }
    }

    /// With the body of `decode`, and that of `decode_optional` if it is its own.
    fn decode_impl(&self, body: &TokenStream, optional: Option<TokenStream>) -> TokenStream {
        if matches!(self.model.body, Body::Choice(_)) {
            return TokenStream::new();
        }
        let Self { root, lifetime, reader, .. } = self;
        let (parameters, ty, clause) = self.header();
        let optional = optional.map(|body| {
            quote_spanned! {self.site=>
                fn decode_optional(#reader: &mut #root::Reader<#lifetime>)
                    -> #root::Result<::core::option::Option<Self>> { #body }
            }
        });
        quote_spanned! {self.site=>
            #[automatically_derived]
            impl #parameters #root::Decode<#lifetime> for #ty #clause {
                fn decode(#reader: &mut #root::Reader<#lifetime>) -> #root::Result<Self> { #body }
                #optional
            }
        }
    }

    fn element_impl(&self, accepts: &TokenStream, body: &TokenStream, expected: &str) -> TokenStream {
        if self.model.tag.is_none() && !matches!(self.model.body, Body::Choice(_)) {
            return TokenStream::new();
        }
        let Self { root, lifetime, reader, tag, .. } = self;
        let (parameters, ty, clause) = self.header();
        quote_spanned! {self.site=>
            #[automatically_derived]
            impl #parameters #root::DecodeElement<#lifetime> for #ty #clause {
                fn accepts(#tag: #root::Tag) -> ::core::primitive::bool { #accepts }
                fn decode_element(#tag: #root::Tag, #reader: &mut #root::Reader<#lifetime>) -> #root::Result<Self> {
                    #body
                }
                fn expected() -> &'static ::core::primitive::str { #expected }
            }
        }
    }

    fn inherent_impl(&self, methods: &TokenStream) -> TokenStream {
        let generics = &self.model.input.generics;
        let (parameters, arguments, clause) = generics.split_for_impl();
        let ident = &self.model.input.ident;
        quote!(#[automatically_derived] impl #parameters #ident #arguments #clause { #methods })
    }

    fn header(&self) -> (TokenStream, TokenStream, TokenStream) {
        let (parameters, clause) = self.generics.for_input();
        let ident = &self.model.input.ident;
        let (_, arguments, _) = self.model.input.generics.split_for_impl();
        (parameters, quote!(#ident #arguments), clause)
    }

    /// The type as the element that it names.
    fn own_element(&self, own: &Tag) -> TokenStream {
        let Self { root, lifetime, reader, tag, .. } = self;
        let accepts = quote_spanned!(self.site=> #tag.id() == #own.id());
        let body = quote_spanned! {self.site=>
            let _ = #tag;
            <Self as #root::Decode<#lifetime>>::decode(#reader)
        };
        self.element_impl(&accepts, &body, &own.name())
    }

    fn fields(&mut self, fields: &'a [Field<'a>], unknown: Unknown, tags: &mut Vec<&'a Tag>) -> TokenStream {
        let site = self.site;
        let mut parts = FieldParts::default();
        for (position, field) in fields.iter().enumerate() {
            let local = Ident::new(&format!("__field_{position}"), site);
            self.field(field, &local, unknown, tags, &mut parts);
        }
        let FieldParts { locals, arms, guarded, any, finish } = parts;
        let Self { reader, tag, .. } = self;
        let otherwise = match (any, unknown) {
            (Some(any), _) => any,
            (None, Unknown::Skip) => quote_spanned!(site=> #reader.unknown(#tag)),
            (None, Unknown::Deny) => {
                let expected = expected_children(fields);
                quote_spanned!(site=> ::core::result::Result::Err(#reader.unexpected(#tag, #expected)))
            }
        };
        let child = if arms.is_empty() && guarded.is_empty() {
            otherwise
        } else {
            quote_spanned!(site=> match #tag.id() { #(#arms)* #(#guarded)* _ => #otherwise, })
        };
        // What `?` would do takes the compiler longer.
        quote_spanned! {site=>
            #(#locals)*
            while let ::core::option::Option::Some(#tag) = #reader.child()? {
                if let ::core::result::Result::Err(__error) = #child {
                    return ::core::result::Result::Err(__error);
                }
            }
            ::core::result::Result::Ok(Self { #(#finish,)* })
        }
    }

    fn field(
        &mut self,
        field: &'a Field<'a>,
        local: &Ident,
        unknown: Unknown,
        tags: &mut Vec<&'a Tag>,
        parts: &mut FieldParts,
    ) {
        let (site, root) = (self.site, self.root);
        let Field { member, ty, kind, .. } = field;
        let (reader, tag) = (self.reader.clone(), self.tag.clone());
        let position = tags.len();
        let arm = |own: &Tag, helper: &str, item: &Type, arguments: TokenStream| {
            let (constant, helper, name) = (tag_constant(position), format_ident!("{helper}"), own.name());
            quote_spanned! {site=>
                #constant => #root::__private::#helper::<#item>(#reader, #tag, #name, #arguments &mut #local),
            }
        };
        match kind {
            Kind::Element { tag: own, content, count: Count::Many, item } => {
                tags.push(own);
                self.bound(*content, item);
                let constant = tag_constant(position);
                let call = match content {
                    Content::Plain => quote_spanned!(site=> many::<#item>(#reader, &mut #local)),
                    Content::Opaque => quote_spanned!(site=> many_opaque::<#item>(#reader, &mut #local)),
                    Content::Text => {
                        let expected = valid(&short_name(item));
                        quote_spanned!(site=> many_text::<#item>(#reader, #expected, &mut #local))
                    }
                };
                parts.arms.push(quote_spanned!(site=> #constant => #root::__private::#call,));
                parts.many(site, local, ty, member);
            }
            Kind::Element { tag: own, content, count, item } => {
                tags.push(own);
                self.bound(*content, item);
                parts.arms.push(match content {
                    Content::Plain if *count == Count::Optional => arm(own, "optional", item, quote!()),
                    Content::Plain => arm(own, "one", item, quote!()),
                    Content::Opaque => arm(own, "one_opaque", item, quote!()),
                    Content::Text => {
                        let expected = valid(&short_name(item));
                        let helper = if *count == Count::Optional { "optional_text" } else { "one_text" };
                        arm(own, helper, item, quote!(#expected,))
                    }
                });
                let name = own.name();
                let missing = quote_spanned!(site=> #reader.missing(__TAGS[#position], #name));
                parts.one(site, local, item, (member, *count), &missing);
            }
            Kind::Flag { tag: own } => {
                tags.push(own);
                let (constant, name) = (tag_constant(position), own.name());
                parts.locals.push(quote_spanned!(site=> let mut #local = false;));
                parts.arms.push(quote_spanned! {site=>
                    #constant => #root::__private::flag(#reader, #tag, #name, &mut #local),
                });
                parts.finish.push(quote_spanned!(site=> #member: #local));
            }
            Kind::List { tag: own, items, optional } => {
                tags.push(own);
                self.bound_items(items);
                let deny = unknown == Unknown::Deny;
                parts.arms.push(match &items.tag {
                    None => arm(own, "one_list", items.item, quote!(#deny,)),
                    Some(item) => {
                        let name = item.name();
                        arm(own, "one_list_of", items.item, quote!(#deny, (#item, #name),))
                    }
                });
                parts.one(site, local, items.ty, (member, Count::Optional), &TokenStream::new());
                if !optional {
                    parts.finish.pop();
                    parts.finish.push(quote_spanned!(site=> #member: #local.unwrap_or_default()));
                }
            }
            Kind::Choice { count, item } => {
                let element = self.element_of(item);
                let helper = if *count == Count::Many {
                    parts.many(site, local, ty, member);
                    quote!(many_of)
                } else {
                    let missing = quote_spanned! {site=>
                        #root::__private::missing_choice(#reader, #element::expected())
                    };
                    parts.one(site, local, item, (member, *count), &missing);
                    quote!(one_of)
                };
                parts.guarded.push(quote_spanned! {site=>
                    _ if #element::accepts(#tag) => #root::__private::#helper::<#item>(#reader, #tag, &mut #local),
                });
            }
            Kind::Any { item } => {
                // For its bound.
                self.element_of(item);
                parts.many(site, local, ty, member);
                parts.any = Some(
                    quote_spanned!(site=> #root::__private::many_of::<#item>(#reader, #tag, &mut #local)),
                );
            }
        }
    }

    fn choice(&mut self, variants: &'a [Variant<'a>], tags: &mut Vec<&'a Tag>) -> TokenStream {
        let site = self.site;
        let (reader, tag) = (self.reader.clone(), self.tag.clone());
        let mut arms = Vec::new();
        let mut any = None;
        let mut names = Vec::new();
        for Variant { ident, kind, .. } in variants {
            let (own, value) = match kind {
                VariantKind::Empty { tag } => (tag, quote_spanned!(site=> { #reader.skip()?; Self::#ident })),
                VariantKind::Element { tag, content, ty } => {
                    let value = self.content(*content, ty);
                    (tag, quote_spanned!(site=> Self::#ident(#value)))
                }
                VariantKind::List { tag, items } => {
                    let ty = items.ty;
                    let list = self.list(items);
                    let value = quote_spanned! {site=> {
                        let mut __items: #ty = ::core::default::Default::default();
                        #list?;
                        Self::#ident(__items)
                    }};
                    (tag, value)
                }
                VariantKind::Any { ty } => {
                    let element = self.element_of(ty);
                    any = Some(quote_spanned!(site=> Self::#ident(#element::decode_element(#tag, #reader)?)));
                    continue;
                }
            };
            let constant = tag_constant(tags.len());
            tags.push(own);
            names.push(own.name());
            arms.push(quote_spanned!(site=> #constant => #value,));
        }
        let constants = (0..tags.len()).map(tag_constant);
        let accepts = if any.is_some() {
            quote_spanned!(site=> { let _ = #tag; true })
        } else {
            quote_spanned!(site=> ::core::matches!(#tag.id(), #(#constants)|*))
        };
        let expected = if any.is_some() { "an element".to_owned() } else { alternatives(&names) };
        let otherwise = any.unwrap_or_else(
            || quote_spanned!(site=> return ::core::result::Result::Err(#reader.unexpected(#tag, #expected))),
        );
        let body = quote_spanned! {site=>
            ::core::result::Result::Ok(match #tag.id() { #(#arms)* _ => #otherwise, })
        };
        self.element_impl(&accepts, &body, &expected)
    }

    /// An expression for the content of the element that began last.
    fn content(&mut self, content: Content, ty: &Type) -> TokenStream {
        self.bound(content, ty);
        let (site, root) = (self.site, self.root);
        let Self { reader, lifetime, .. } = self;
        match content {
            Content::Plain => quote_spanned!(site=> <#ty as #root::Decode<#lifetime>>::decode(#reader)?),
            Content::Opaque => quote_spanned!(site=> #root::__private::opaque::<#ty>(#reader)?),
            Content::Text => {
                let expected = valid(&short_name(ty));
                quote_spanned!(site=> #reader.parse_text::<#ty>(#expected)?)
            }
        }
    }

    /// An expression that reads the items of a list into `__items`.
    fn list(&mut self, items: &Items<'_>) -> TokenStream {
        self.bound_items(items);
        let (site, root, reader) = (self.site, self.root, &self.reader);
        let Items { item, tag, .. } = items;
        match tag {
            None => quote_spanned!(site=> #root::__private::list::<#item>(#reader, false, &mut __items)),
            Some(tag) => {
                let name = tag.name();
                quote_spanned! {site=>
                    #root::__private::list_of::<#item>(#reader, false, (#tag, #name), &mut __items)
                }
            }
        }
    }

    /// The type as an element.
    fn element_of(&mut self, ty: &Type) -> TokenStream {
        let Self { root, lifetime, .. } = self;
        self.generics.bound(ty, &quote!(#root::DecodeElement<#lifetime>));
        quote!(<#ty as #root::DecodeElement<#lifetime>>)
    }

    fn bound_items(&mut self, items: &Items<'_>) {
        if items.tag.is_some() {
            self.bound(Content::Plain, items.item);
        } else {
            self.element_of(items.item);
        }
    }

    fn bound(&mut self, content: Content, ty: &Type) {
        let Self { root, lifetime, .. } = self;
        let bound = match content {
            Content::Plain => quote!(#root::Decode<#lifetime>),
            Content::Opaque => quote!(#root::OpaqueContent<#lifetime>),
            Content::Text => quote!(::core::str::FromStr),
        };
        self.generics.bound(ty, &bound);
    }
}

/// What the fields of a struct become.
#[derive(Default)]
struct FieldParts {
    locals: Vec<TokenStream>,
    /// A tag of a field.
    arms: Vec<TokenStream>,
    /// A tag of a choice.
    guarded: Vec<TokenStream>,
    any: Option<TokenStream>,
    finish: Vec<TokenStream>,
}

impl FieldParts {
    /// A field of a `Vec`.
    fn many(&mut self, site: Span, local: &Ident, ty: &Type, member: &Member) {
        self.locals.push(quote_spanned!(site=> let mut #local: #ty = ::core::default::Default::default();));
        self.finish.push(quote_spanned!(site=> #member: #local));
    }

    /// A field of one value, or of none.
    fn one(&mut self, site: Span, local: &Ident, ty: &Type, field: (&Member, Count), missing: &TokenStream) {
        self.locals.push(quote_spanned! {site=>
            let mut #local: ::core::option::Option<#ty> = ::core::option::Option::None;
        });
        let (member, count) = field;
        self.finish.push(if count == Count::One {
            quote_spanned! {site=>
                #member: match #local {
                    ::core::option::Option::Some(__value) => __value,
                    ::core::option::Option::None => return ::core::result::Result::Err(#missing),
                }
            }
        } else {
            quote_spanned!(site=> #member: #local)
        });
    }
}

fn expected_children(fields: &[Field<'_>]) -> String {
    let names: Vec<_> = fields
        .iter()
        .filter_map(|field| match &field.kind {
            Kind::Element { tag, .. } | Kind::List { tag, .. } | Kind::Flag { tag } => Some(tag.name()),
            Kind::Choice { item, .. } => Some(short_name(item)),
            Kind::Any { .. } => None,
        })
        .collect();
    alternatives(&names)
}

fn valid(ty: &str) -> String {
    format!("a valid `{ty}`")
}
