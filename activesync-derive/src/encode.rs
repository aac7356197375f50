//! `#[derive(Encode)]`

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{DeriveInput, Path, Type};

use crate::errors::Errors;
use crate::model::{Body, Content, Count, Field, Items, Kind, Model, Tag, Variant, VariantKind};
use crate::read;
use crate::types::ImplGenerics;
use crate::versions::Versions;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let model = read::read(input, &mut errors);
    if errors.is_empty() {
        return Derive::new(&model).expand();
    }
    let derive = Derive::new(&model);
    // Implementations without a body, so that one slip does not become an error wherever the type is used.
    let unreachable = quote!(::core::panic!("the type has errors"));
    let content = (!matches!(model.body, Body::Choice(_))).then(|| derive.encode_impl(&unreachable));
    let element = (model.tag.is_some() || content.is_none()).then(|| derive.element_impl(&unreachable));
    let errors = errors.into_compile_errors();
    quote!(#errors const _: () = { #content #element };)
}

struct Derive<'a> {
    model: &'a Model<'a>,
    root: &'a Path,
    generics: ImplGenerics<'a>,
    writer: Ident,
    this: Ident,
    site: Span,
}

impl<'a> Derive<'a> {
    fn new(model: &'a Model<'a>) -> Self {
        // Locals are out of reach of the user's paths; everything else is found where the derive stands.
        // Their names are odd because a constant of the same name would be taken for a pattern.
        let site = Span::mixed_site();
        let generics = ImplGenerics::new(&model.input.generics);
        let (writer, this) = (Ident::new("__writer", site), Ident::new("self", site));
        Self { model, root: &model.root, generics, writer, this, site }
    }

    fn expand(mut self) -> TokenStream {
        let model = self.model;
        let site = self.site;
        let mut methods = TokenStream::new();
        let implementation = match &model.body {
            Body::Choice(variants) => {
                let body = self.choice(variants);
                self.element_impl(&body)
            }
            Body::Fields(fields, _) if fields.is_empty() => {
                let writer = &self.writer;
                let body = quote_spanned!(site=> let _ = #writer; ::core::result::Result::Ok(()));
                self.encode_impl(&body)
            }
            Body::Fields(fields, _) => {
                let fields: Vec<_> = fields.iter().map(|field| self.field(field)).collect();
                let body = quote_spanned! {site=>
                    #(#fields)*
                    ::core::result::Result::Ok(())
                };
                self.encode_impl(&body)
            }
            Body::Transparent(member, ty, content) => {
                let this = &self.this;
                let value = quote_spanned!(site=> &#this.#member);
                let body = self.content(*content, ty, &value);
                self.encode_impl(&body)
            }
            Body::Values(values) => {
                let parts = values.encode(&self.writer, &mut self.generics);
                methods = self.inherent_impl(&parts.methods);
                self.encode_impl(&parts.body)
            }
            Body::Text => {
                let Self { writer, this, .. } = &self;
                let body = quote_spanned!(site=> #writer.display(#this));
                self.encode_impl(&body)
            }
        };
        let element = model.tag.as_ref().map(|tag| self.own_element(tag));
        quote! {
            #[allow(unused_qualifications)]
            const _: () = { #implementation #element #methods };
        }
    }

    fn encode_impl(&self, body: &TokenStream) -> TokenStream {
        self.trait_impl(&quote!(Encode), &quote!(encode), body)
    }

    fn element_impl(&self, body: &TokenStream) -> TokenStream {
        self.trait_impl(&quote!(EncodeElement), &quote!(encode_element), body)
    }

    fn trait_impl(&self, name: &TokenStream, method: &TokenStream, body: &TokenStream) -> TokenStream {
        let Self { root, writer, this, .. } = self;
        let (parameters, ty, clause) = self.header();
        quote_spanned! {self.site=>
            #[automatically_derived]
            impl #parameters #root::#name for #ty #clause {
                fn #method(&#this, #writer: &mut #root::Writer<'_>) -> #root::Result<()> { #body }
            }
        }
    }

    fn inherent_impl(&self, methods: &TokenStream) -> TokenStream {
        let (parameters, arguments, clause) = self.model.input.generics.split_for_impl();
        let ident = &self.model.input.ident;
        quote!(#[automatically_derived] impl #parameters #ident #arguments #clause { #methods })
    }

    fn header(&self) -> (TokenStream, TokenStream, TokenStream) {
        let (parameters, clause) = self.generics.plain();
        let ident = &self.model.input.ident;
        let (_, arguments, _) = self.model.input.generics.split_for_impl();
        (parameters, quote!(#ident #arguments), clause)
    }

    /// The type as the element that it names.
    fn own_element(&self, tag: &Tag) -> TokenStream {
        let Self { root, writer, this, .. } = self;
        let element = self.element_impl(&quote_spanned!(self.site=> #writer.element(#tag, #this)));
        let (parameters, arguments, clause) = self.model.input.generics.split_for_impl();
        let (ident, name) = (&self.model.input.ident, tag.name());
        quote_spanned! {self.site=>
            #element
            #[automatically_derived]
            impl #parameters #root::Element for #ident #arguments #clause {
                const TAG: #root::Tag = #tag;
                const NAME: &'static ::core::primitive::str = #name;
            }
        }
    }

    /// A statement that writes a field.
    fn field(&mut self, field: &Field<'_>) -> TokenStream {
        let Field { member, kind, versions, .. } = field;
        let (site, root) = (self.site, self.root);
        let (writer, this) = (self.writer.clone(), self.this.clone());
        let value = quote!(#this.#member);
        let write = match kind {
            Kind::Element { tag, content: Content::Plain, count: Count::One, item } => {
                self.bound(Content::Plain, item);
                quote_spanned!(site=> #writer.element::<#item>(#tag, &#value))
            }
            Kind::Element { tag, content: Content::Plain, count: Count::Optional, item } => {
                self.bound(Content::Plain, item);
                quote_spanned!(site=> #root::__private::write_optional::<#item>(#writer, #tag, #value.as_ref()))
            }
            Kind::Element { tag, content: Content::Plain, count: Count::Many, item } => {
                self.bound(Content::Plain, item);
                quote_spanned!(site=> #root::__private::write_many::<#item>(#writer, #tag, &#value))
            }
            Kind::Element { tag, content, count, item } => {
                return self.each(*count, &value, versions.as_ref(), |this, value| {
                    this.element(tag, *content, item, value)
                });
            }
            Kind::Flag { tag } => {
                quote_spanned!(site=> #root::__private::write_flag(#writer, #tag, #value))
            }
            Kind::List { tag, items, optional } => {
                let count = if *optional { Count::Optional } else { Count::One };
                let list = |this: &mut Self, value: &TokenStream| this.list(tag, items, value);
                let statement = self.each(count, &value, versions.as_ref(), list);
                return if *optional {
                    statement
                } else {
                    quote_spanned!(site=> if !#value.is_empty() { #statement })
                };
            }
            Kind::Choice { count: Count::Many, item } | Kind::Any { item } => {
                self.generics.bound(item, &quote!(#root::EncodeElement));
                quote_spanned!(site=> #root::__private::write_many_of::<#item>(#writer, &#value))
            }
            Kind::Choice { count, item } => {
                return self
                    .each(*count, &value, versions.as_ref(), |this, value| this.whole_element(item, value));
            }
        };
        self.statement(versions.as_ref(), &write)
    }

    /// A statement that writes `field` or, if it is there, what is in it.
    fn each(
        &mut self,
        count: Count,
        field: &TokenStream,
        versions: Option<&Versions>,
        write: impl FnOnce(&mut Self, &TokenStream) -> TokenStream,
    ) -> TokenStream {
        let site = self.site;
        let inner = quote_spanned!(site=> __value);
        let target = if count == Count::One { quote_spanned!(site=> &#field) } else { inner.clone() };
        let write = write(self, &target);
        let statement = self.statement(versions, &write);
        match count {
            Count::One => statement,
            Count::Optional => {
                quote_spanned!(site=> if let ::core::option::Option::Some(#inner) = &#field { #statement })
            }
            Count::Many => quote_spanned!(site=> for #inner in &#field { #statement }),
        }
    }

    /// A statement that writes, if the version allows, and leaves with an error.
    fn statement(&self, versions: Option<&Versions>, write: &TokenStream) -> TokenStream {
        let site = self.site;
        // What `?` would do takes the compiler longer.
        let statement = quote_spanned! {site=>
            if let ::core::result::Result::Err(__error) = #write {
                return ::core::result::Result::Err(__error);
            }
        };
        let Some(versions) = versions else { return statement };
        let (writer, set) = (&self.writer, versions.tokens(self.root));
        quote_spanned!(site=> if #writer.writes_versions(#set) { #statement })
    }

    fn choice(&mut self, variants: &[Variant<'_>]) -> TokenStream {
        let site = self.site;
        let (writer, this) = (self.writer.clone(), self.this.clone());
        let value = quote_spanned!(site=> __value);
        let mut arms = Vec::new();
        for Variant { ident, kind, versions } in variants {
            let write = match kind {
                VariantKind::Empty { tag } => quote_spanned!(site=> #writer.empty_element(#tag)),
                VariantKind::Element { tag, content, ty } => self.element(tag, *content, ty, &value),
                VariantKind::List { tag, items } => self.list(tag, items, &value),
                VariantKind::Any { ty } => self.whole_element(ty, &value),
            };
            let write = match versions {
                None => write,
                Some(versions) => {
                    let set = versions.tokens(self.root);
                    quote_spanned! {site=>
                        if #writer.writes_versions(#set) { #write } else { ::core::result::Result::Ok(()) }
                    }
                }
            };
            let value = (!matches!(kind, VariantKind::Empty { .. })).then(|| quote!((#value)));
            arms.push(quote_spanned!(site=> Self::#ident #value => #write,));
        }
        quote_spanned!(site=> match #this { #(#arms)* })
    }

    /// An expression that writes an element whose content is `value`, a reference.
    fn element(&mut self, tag: &Tag, content: Content, ty: &Type, value: &TokenStream) -> TokenStream {
        let (site, root, writer) = (self.site, self.root, self.writer.clone());
        self.bound(content, ty);
        match content {
            Content::Plain => quote_spanned!(site=> #writer.element::<#ty>(#tag, #value)),
            Content::Opaque => {
                quote_spanned!(site=> #root::__private::write_opaque::<#ty>(#writer, #tag, #value))
            }
            Content::Text => {
                quote_spanned!(site=> #root::__private::write_text::<#ty>(#writer, #tag, #value))
            }
        }
    }

    /// An expression that writes `value`, a reference, as content.
    fn content(&mut self, content: Content, ty: &Type, value: &TokenStream) -> TokenStream {
        let (site, root, writer) = (self.site, self.root, self.writer.clone());
        self.bound(content, ty);
        match content {
            Content::Plain => quote_spanned!(site=> <#ty as #root::Encode>::encode(#value, #writer)),
            Content::Opaque => quote_spanned!(site=> #writer.opaque(#root::OpaqueContent::as_opaque(#value))),
            Content::Text => quote_spanned!(site=> #writer.display(#value)),
        }
    }

    fn bound(&mut self, content: Content, ty: &Type) {
        let root = self.root;
        let bound = match content {
            Content::Plain => quote!(#root::Encode),
            Content::Opaque => self.generics.own_lifetime().map_or_else(
                || quote!(for<'any> #root::OpaqueContent<'any>),
                |own| quote!(#root::OpaqueContent<#own>),
            ),
            Content::Text => quote!(::core::fmt::Display),
        };
        self.generics.bound(ty, &bound);
    }

    fn whole_element(&mut self, ty: &Type, value: &TokenStream) -> TokenStream {
        let (root, writer) = (self.root, &self.writer);
        self.generics.bound(ty, &quote!(#root::EncodeElement));
        quote_spanned!(self.site=> <#ty as #root::EncodeElement>::encode_element(#value, #writer))
    }

    fn list(&mut self, tag: &Tag, items: &Items<'_>, value: &TokenStream) -> TokenStream {
        let (site, root, writer) = (self.site, self.root, &self.writer);
        let Items { item, tag: item_tag, .. } = items;
        if let Some(item_tag) = item_tag {
            self.generics.bound(item, &quote!(#root::Encode));
            quote_spanned!(site=> #root::__private::write_list_of::<#item>(#writer, #tag, #item_tag, #value))
        } else {
            self.generics.bound(item, &quote!(#root::EncodeElement));
            quote_spanned!(site=> #root::__private::write_list::<#item>(#writer, #tag, #value))
        }
    }
}
