//! What the macros say and write, without a compiler.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{DeriveInput, parse_quote};

use crate::{decode, encode, owned};

fn words(tokens: TokenStream) -> Vec<String> {
    let words = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Group(group) => words(group.stream()),
        TokenTree::Ident(ident) => vec![ident.to_string()],
        _ => Vec::new(),
    });
    words.collect()
}

fn all_derives(input: &DeriveInput) -> TokenStream {
    let (decode, encode, owned) = (decode::derive(input), encode::derive(input), owned::derive(input));
    quote!(#decode #encode #owned)
}

/// A type for each thing that is derived.
fn every_form() -> [DeriveInput; 6] {
    [
        parse_quote! {
            #[wbxml(crate = wire, page = p, tag = Tag)]
            struct Fields<'a, T> {
                #[wbxml(A)] required: T,
                #[wbxml(B, since = "2.5")] optional: Option<u8>,
                #[wbxml(C)] repeated: Vec<u16>,
                #[wbxml(D, list)] list: Vec<T>,
                #[wbxml(E, list = F)] items: Option<Vec<T>>,
                #[wbxml(F, flag)] flag: bool,
                #[wbxml(G, opaque)] opaque: Option<T>,
                #[wbxml(H, text)] text: Vec<T>,
                #[wbxml(choice)] choice: T,
                #[wbxml(choice)] choices: Vec<T>,
                #[wbxml(any)] any: Vec<Any<'a>>,
            }
        },
        parse_quote! {
            #[wbxml(crate = wire, page = p, choice)]
            enum Choice<'a, T> {
                #[wbxml(A)] Empty,
                #[wbxml(B)] Content(T),
                #[wbxml(C, list)] List(Vec<T>),
                #[wbxml(D, list = A, until = "2.5")] Items(Vec<T>),
                #[wbxml(E, opaque)] Opaque(T),
                #[wbxml(F, text)] Text(T),
                #[wbxml(any)] Any(Any<'a>),
            }
        },
        parse_quote! {
            #[wbxml(crate = wire, value, tag = p::Tag)]
            enum Numbers { #[wbxml(1)] One, #[wbxml(other)] Other(u8) }
        },
        parse_quote! {
            #[wbxml(crate = wire, value)]
            enum Names { #[wbxml("one")] One }
        },
        parse_quote! {
            #[wbxml(crate = wire)]
            struct Newtype<T>(#[wbxml(opaque)] T);
        },
        parse_quote! {
            #[wbxml(crate = wire, text)]
            struct Text<T> { within: T }
        },
    ]
}

#[test]
fn a_renamed_crate_is_meant_everywhere() {
    for input in every_form() {
        let words = words(all_derives(&input));
        assert!(
            !words.iter().any(|word| word == "wbxml" || word == "compile_error"),
            "{}: {words:?}",
            input.ident
        );
        assert!(words.iter().any(|word| word == "wire"));
    }
}

#[test]
fn no_allocation_is_named() {
    // Users may have neither `std` nor `alloc` in scope.
    for input in every_form() {
        let words = words(all_derives(&input));
        assert!(!words.iter().any(|word| word == "std" || word == "alloc"), "{}: {words:?}", input.ident);
    }
}

#[test]
fn every_impl_is_marked_as_derived() {
    for input in every_form() {
        let words = words(all_derives(&input));
        let count = |wanted: &str| words.iter().filter(|word| *word == wanted).count();
        assert_eq!(count("automatically_derived"), count("impl"), "{}", input.ident);
        assert!(count("impl") >= 2, "{}", input.ident);
    }
}

#[test]
fn all_errors_are_reported_by_either_derive() {
    let input: DeriveInput = parse_quote! {
        #[wbxml(page = p, deny_unknown = 1)]
        struct Wrong<'a, 'b> {
            none: u8,
            #[wbxml(A, since = "3")] version: u8,
            #[wbxml(B, list, flag)] conflict: Vec<u8>,
            #[wbxml(C, flag)] flag: u8,
        }
    };
    for tokens in [decode::derive(&input), encode::derive(&input)] {
        let errors = words(tokens).iter().filter(|word| *word == "compile_error").count();
        assert_eq!(errors, 6);
    }
}
