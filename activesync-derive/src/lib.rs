#![doc = include_str!("../README.md")]

mod errors;
mod pages;
mod versions;

use proc_macro::TokenStream;

/// Turns data files of code pages into modules of constants.
#[proc_macro]
pub fn code_pages(input: TokenStream) -> TokenStream {
    // Cargo names the folder of the crate that is being compiled; without cargo, paths are as rustc sees them.
    let base = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    pages::expand(input.into(), base.as_ref()).into()
}
