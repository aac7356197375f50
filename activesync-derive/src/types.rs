//! What the derives can know of types and generics: their spelling.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, GenericParam, Generics, Lifetime, PathArguments, Type, WherePredicate};

/// `T` if the type is spelled `name<T>`, under whatever path.
pub(crate) fn argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    match ty {
        Type::Group(group) => argument_of(&group.elem, name),
        Type::Paren(paren) => argument_of(&paren.elem, name),
        Type::Path(path) if path.qself.is_none() => {
            let last = path.path.segments.last().filter(|last| last.ident == name)?;
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
            match (arguments.args.first(), arguments.args.len()) {
                (Some(GenericArgument::Type(argument)), 1) => Some(argument),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether the type is spelled `name`, under whatever path.
pub(crate) fn is_named(ty: &Type, name: &str) -> bool {
    match ty {
        Type::Group(group) => is_named(&group.elem, name),
        Type::Paren(paren) => is_named(&paren.elem, name),
        Type::Path(path) => {
            path.qself.is_none()
                && path
                    .path
                    .segments
                    .last()
                    .is_some_and(|last| last.ident == name && last.arguments.is_none())
        }
        _ => false,
    }
}

/// The name of the type for a message: its last word.
pub(crate) fn short_name(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default(),
        _ => ty.to_token_stream().to_string(),
    }
}

/// Whether the type says any of the lifetimes and type parameters of `generics`.
pub(crate) fn depends_on(ty: &Type, generics: &Generics) -> bool {
    let names: Vec<_> = generics
        .params
        .iter()
        .filter_map(|param| match param {
            GenericParam::Lifetime(lifetime) => Some(lifetime.lifetime.ident.to_string()),
            GenericParam::Type(ty) => Some(ty.ident.to_string()),
            GenericParam::Const(_) => None,
        })
        .collect();
    says_any(ty.to_token_stream(), &names)
}

/// Whether the type says any of the type parameters of `generics`.
pub(crate) fn is_generic(ty: &Type, generics: &Generics) -> bool {
    let names: Vec<_> = generics.type_params().map(|param| param.ident.to_string()).collect();
    !names.is_empty() && says_any(ty.to_token_stream(), &names)
}

fn says_any(tokens: TokenStream, names: &[String]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => names.iter().any(|name| ident == name),
        TokenTree::Group(group) => says_any(group.stream(), names),
        _ => false,
    })
}

fn replace(tokens: TokenStream, become_of: &dyn Fn(&TokenTree) -> Option<TokenStream>) -> TokenStream {
    let replaced = tokens.into_iter().map(|token| match (become_of(&token), token) {
        (Some(tokens), _) => tokens,
        (None, TokenTree::Group(group)) => {
            let inner = replace(group.stream(), become_of);
            TokenTree::Group(Group::new(group.delimiter(), inner)).into()
        }
        (None, token) => token.into(),
    });
    replaced.collect()
}

/// The generics of an impl of a trait for a type.
pub(crate) struct ImplGenerics<'a> {
    generics: &'a Generics,
    bounds: Vec<WherePredicate>,
}

impl<'a> ImplGenerics<'a> {
    pub(crate) fn new(generics: &'a Generics) -> Self {
        Self { generics, bounds: Vec::new() }
    }

    /// Bounds a type that says a type parameter; what is known of other types, rustc sees by itself.
    pub(crate) fn bound(&mut self, ty: &Type, bound: &TokenStream) {
        if is_generic(ty, self.generics) {
            self.bounds.push(syn::parse_quote!(#ty: #bound));
        }
    }

    /// Bounds what the parameters become by what bounds the parameters themselves.
    pub(crate) fn bound_again(&mut self, become_of: &dyn Fn(&TokenTree) -> Option<TokenStream>) {
        let clause = self.generics.where_clause.iter().flat_map(|clause| clause.predicates.iter().cloned());
        let parameters = self.generics.type_params().filter(|param| !param.bounds.is_empty());
        let inline = parameters.map(|param| -> WherePredicate {
            let (ident, bounds) = (&param.ident, &param.bounds);
            syn::parse_quote!(#ident: #bounds)
        });
        for predicate in inline.chain(clause) {
            let again = replace(predicate.to_token_stream(), become_of);
            self.bounds.push(syn::parse_quote!(#again));
        }
    }

    /// The lifetime of the input: the type's own, or `'de`.
    pub(crate) fn input_lifetime(&self) -> Lifetime {
        self.own_lifetime().unwrap_or_else(|| syn::parse_quote!('de))
    }

    pub(crate) fn own_lifetime(&self) -> Option<Lifetime> {
        self.generics.lifetimes().next().map(|param| param.lifetime.clone())
    }

    /// What follows `impl`, with the lifetime of the input among the parameters, and the where clause.
    pub(crate) fn for_input(&self) -> (TokenStream, TokenStream) {
        let mut generics = self.generics.clone();
        if self.own_lifetime().is_none() {
            generics.params.insert(0, syn::parse_quote!('de));
        }
        self.split(&generics)
    }

    /// What follows `impl`, and the where clause.
    pub(crate) fn plain(&self) -> (TokenStream, TokenStream) {
        self.split(self.generics)
    }

    fn split(&self, generics: &Generics) -> (TokenStream, TokenStream) {
        let mut generics = generics.clone();
        if !self.bounds.is_empty() {
            generics.make_where_clause().predicates.extend(self.bounds.iter().cloned());
        }
        let (parameters, _, clause) = generics.split_for_impl();
        (parameters.to_token_stream(), clause.to_token_stream())
    }
}
