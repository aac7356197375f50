//! `#[derive(IntoOwned)]`

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::{Data, DeriveInput, Fields, GenericArgument, GenericParam, Generics, Path, Type};

use crate::attributes;
use crate::types::{ImplGenerics, depends_on};

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let derive = Derive {
        root: attributes::root(&input.attrs),
        generics: &input.generics,
        bounds: ImplGenerics::new(&input.generics),
        site: Span::mixed_site(),
    };
    derive.expand(input)
}

struct Derive<'a> {
    root: Path,
    generics: &'a Generics,
    bounds: ImplGenerics<'a>,
    site: Span,
}

impl Derive<'_> {
    fn expand(mut self, input: &DeriveInput) -> TokenStream {
        let site = self.site;
        let this = Ident::new("self", site);
        let ident = &input.ident;
        let body = match &input.data {
            Data::Struct(data) => {
                let (pattern, value) = self.fields(&data.fields);
                quote_spanned!(site=> let #ident #pattern = #this; #ident #value)
            }
            Data::Enum(data) if data.variants.is_empty() => quote_spanned!(site=> match #this {}),
            Data::Enum(data) => {
                let arms = data.variants.iter().map(|variant| {
                    let (pattern, value) = self.fields(&variant.fields);
                    let name = &variant.ident;
                    quote_spanned!(site=> #ident::#name #pattern => #ident::#name #value,)
                });
                let arms: Vec<_> = arms.collect();
                quote_spanned!(site=> match #this { #(#arms)* })
            }
            Data::Union(_) => {
                return syn::Error::new(ident.span(), "a union cannot be made to own what it holds")
                    .into_compile_error();
            }
        };
        for param in self.generics.type_params() {
            let param: Type = syn::parse_str(&param.ident.to_string()).expect("a parameter is a type");
            let root = &self.root;
            self.bounds.bound(&param, &quote!(#root::IntoOwned));
        }
        let (root, generics) = (&self.root, self.generics);
        self.bounds.bound_again(&|token| {
            let TokenTree::Ident(ident) = token else { return None };
            let known = generics.type_params().any(|param| param.ident == *ident);
            known.then(|| quote!(<#ident as #root::IntoOwned>::Owned))
        });
        let owned = self.owned_arguments();
        let (parameters, clause) = self.bounds.plain();
        let (_, arguments, _) = self.generics.split_for_impl();
        quote_spanned! {site=>
            #[allow(unused_qualifications)]
            const _: () = {
                #[automatically_derived]
                impl #parameters #root::IntoOwned for #ident #arguments #clause {
                    type Owned = #ident #owned;
                    fn into_owned(#this) -> #ident #owned { #body }
                }
            };
        }
    }

    /// A pattern that takes the fields apart, and an expression that puts their owned forms together.
    fn fields(&self, fields: &Fields) -> (TokenStream, TokenStream) {
        let (site, root) = (self.site, &self.root);
        let (mut patterns, mut values) = (Vec::new(), Vec::new());
        for (position, (field, member)) in fields.iter().zip(fields.members()).enumerate() {
            let local = Ident::new(&format!("__field_{position}"), site);
            patterns.push(quote!(#member: #local));
            let ty = &field.ty;
            values.push(if depends_on(ty, self.generics) {
                quote_spanned!(site=> #member: <#ty as #root::IntoOwned>::into_owned(#local))
            } else {
                quote_spanned!(site=> #member: #local)
            });
        }
        if matches!(fields, Fields::Unit) {
            return (TokenStream::new(), TokenStream::new());
        }
        (quote!({ #(#patterns),* }), quote!({ #(#values),* }))
    }

    /// The arguments of the type that owns: `'static` for a lifetime, `T::Owned` for a type.
    fn owned_arguments(&self) -> TokenStream {
        if self.generics.params.is_empty() {
            return TokenStream::new();
        }
        let root = &self.root;
        let arguments = self.generics.params.iter().map(|param| -> GenericArgument {
            match param {
                GenericParam::Lifetime(_) => syn::parse_quote!('static),
                GenericParam::Type(ty) => {
                    let ident = &ty.ident;
                    syn::parse_quote!(<#ident as #root::IntoOwned>::Owned)
                }
                GenericParam::Const(constant) => {
                    let ident = format_ident!("{}", constant.ident);
                    syn::parse_quote!(#ident)
                }
            }
        });
        quote!(<#(#arguments),*>)
    }
}
