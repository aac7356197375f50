#![doc = include_str!("../README.md")]

mod attributes;
mod decode;
mod encode;
mod errors;
mod model;
mod owned;
mod pages;
mod read;
#[cfg(test)]
mod tests;
mod types;
mod values;
mod versions;

use proc_macro::TokenStream;
use syn::DeriveInput;

/// Turns page files into modules of constants and tables.
///
/// ```
/// wbxml::code_pages! {
///     /// The pages of Acme.
///     pub acme = "pages/acme.tsv"
/// }
///
/// assert_eq!(acme::Route, wbxml::Tag::new(200, 0x05));
/// assert_eq!(acme::PAGE.find("Hop").map(|row| row.tag), Some(acme::Hop));
/// ```
///
/// | entry | makes |
/// | --- | --- |
/// | `pub acme = "pages/acme.tsv"` | a module `acme` with a `Tag` for each row, and the table as `PAGE: CodePage` |
/// | the same with a file of attributes | a module with `PAGE: AttributePage` |
/// | `pub language ACME = "pages"` | a module for each file that `pages/language.tsv` lists, named after the page in lower case (or `attributes_0` after the number), and a `static ACME: Language` |
/// | `crate = path` | nothing; first in the call, it says where the types are if not in `::wbxml` |
///
/// Entries are separated by `;` and may have attributes. Paths begin at the folder of the crate's `Cargo.toml`.
/// The [front page](crate) describes the files.
///
/// Constants are named as the specification names the tags. Characters that no identifier has become `_`, and keywords
/// become raw: `move` is `r#move`.
///
/// A page beside those of another language:
///
/// ```
/// use wbxml::{ACTIVESYNC, Language};
///
/// wbxml::code_pages! { pub acme = "pages/acme.tsv" }
///
/// static ACME: Language = Language::extending(&ACTIVESYNC, "ActiveSync and Acme", &[&acme::PAGE]);
///
/// let (page, row) = ACME.tag(acme::Trace).expect("the page is in the language");
/// assert_eq!((page.name, row.name), ("Acme", "Trace"));
/// ```
#[proc_macro]
pub fn code_pages(input: TokenStream) -> TokenStream {
    // Cargo names the folder of the crate that is being compiled; without cargo, paths are as rustc sees them.
    let base = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    pages::expand(input.into(), base.as_ref()).into()
}

#[doc = include_str!("../docs/vocabulary.md")]
#[proc_macro_derive(Decode, attributes(wbxml))]
pub fn derive_decode(input: TokenStream) -> TokenStream {
    derive(input, decode::derive)
}

/// Implements `Encode`, `EncodeElement` for a type with a tag of its own and for a choice, and `Element` for the former.
///
/// Fields are written in their order; [`Decode`](derive@Decode) describes the keys.
/// An element that the version which is written does not have is left out, or refused if the writer is told to.
#[proc_macro_derive(Encode, attributes(wbxml))]
pub fn derive_encode(input: TokenStream) -> TokenStream {
    derive(input, encode::derive)
}

/// Implements `IntoOwned`: the same type for `'static`, with what was borrowed copied.
///
/// It needs no keys but `crate = path`, and is for any struct or enum with one lifetime, with several, or with none. A field whose type
/// says no lifetime and no type parameter is moved, and need not have the trait.
///
/// ```
/// use std::borrow::Cow;
/// use wbxml::IntoOwned;
///
/// #[derive(IntoOwned)]
/// struct Note<'a> {
///     text: Cow<'a, str>,
///     age: std::time::Duration,
/// }
///
/// let text = String::from("text");
/// let note = Note { text: Cow::Borrowed(&text), age: std::time::Duration::ZERO };
/// let kept: Note<'static> = note.into_owned();
/// drop(text);
/// assert_eq!(kept.text, "text");
/// ```
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
