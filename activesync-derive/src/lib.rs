#![doc = include_str!("../README.md")]

mod attributes;
mod decode;
mod encode;
mod errors;
mod model;
mod owned;
mod pages;
mod read;
mod types;
mod values;
mod versions;

use proc_macro::TokenStream;
use syn::DeriveInput;

/// Turns data files of code pages into modules of constants.
#[proc_macro]
pub fn code_pages(input: TokenStream) -> TokenStream {
    // Cargo names the folder of the crate that is being compiled; without cargo, paths are as rustc sees them.
    let base = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    pages::expand(input.into(), base.as_ref()).into()
}

/// Implements `Decode`, and `DecodeElement` for a type with a tag of its own and for a choice.
#[proc_macro_derive(Decode, attributes(wbxml))]
pub fn derive_decode(input: TokenStream) -> TokenStream {
    derive(input, decode::derive)
}

/// Implements `Encode`, and `EncodeElement` and `Element` for a type with a tag of its own.
#[proc_macro_derive(Encode, attributes(wbxml))]
pub fn derive_encode(input: TokenStream) -> TokenStream {
    derive(input, encode::derive)
}

/// Implements `IntoOwned`.
#[proc_macro_derive(IntoOwned, attributes(wbxml))]
pub fn derive_into_owned(input: TokenStream) -> TokenStream {
    derive(input, owned::derive)
}

fn derive(input: TokenStream, expand: fn(&DeriveInput) -> proc_macro2::TokenStream) -> TokenStream {
    match syn::parse(input) {
        Ok(input) => expand(&input).into(),
        Err(error) => error.into_compile_error().into(),
    }
}
