//! Turns data files into constants and tables.

use std::fmt::Write as _;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Attribute, Path, Visibility};

use super::file::{AttributePage, TagPage, TagRow};
use super::language::{AttributeContent, Details};

/// What a module made of a data file is called, who sees it, and where it takes the types from.
pub(crate) struct Place<'a> {
    pub(crate) attributes: &'a [Attribute],
    pub(crate) visibility: &'a Visibility,
    pub(crate) name: Ident,
    /// The crate of the types, as the module sees it.
    pub(crate) root: &'a Path,
}

/// A module with a constant a tag and the page's tables.
pub(crate) fn tag_page(page: &TagPage, place: &Place<'_>) -> TokenStream {
    let Place { attributes, visibility, name: module, root } = place;
    let TagPage { number, name, namespace, tags } = page;
    let constants = tags.iter().map(|row| tag_constant(page, row, root));
    let rows = tags.iter().map(|row| {
        let (constant, name) = (constant_name(&row.name, Span::call_site()), &row.name);
        let content = format_ident!("{}", row.content.variant);
        quote!(#root::TagInfo { tag: #constant, name: #name, content: #root::Content::#content })
    });
    let mut index = [0_u8; 64];
    for (position, row) in (1..).zip(tags) {
        index[usize::from(row.token)] = position;
    }
    let mut by_name: Vec<usize> = (0..tags.len()).collect();
    by_name.sort_by_key(|position| tags[*position].name.as_bytes());
    let index = index.into_iter().map(Literal::u8_unsuffixed);
    let by_name = by_name.into_iter().map(Literal::usize_unsuffixed);
    let docs = format!("The tags of code page {number}, `{name}`.");
    let page_docs = format!("Code page {number}, `{name}`, with the XML namespace `{namespace}`.");
    quote! {
        #[doc = #docs]
        #(#attributes)*
        #[allow(dead_code, non_upper_case_globals, unreachable_pub)]
        #visibility mod #module {
            #(#constants)*
            #[doc = #page_docs]
            pub static PAGE: #root::CodePage = #root::CodePage::new(
                #number, #name, #namespace, &[#(#rows),*], &[#(#index),*], &[#(#by_name),*],
            );
        }
    }
}

fn tag_constant(page: &TagPage, row: &TagRow, root: &Path) -> TokenStream {
    let TagRow { token, name, content, versions, .. } = row;
    let mut docs = format!("`{}:{name}`: token 0x{token:02X}, content {}", page.name, content.word);
    // Writing to a String cannot fail.
    let _ = write!(docs, ", {}.", versions.describe());
    let (page, constant, versions) =
        (page.number, constant_name(name, Span::call_site()), versions.tokens(root));
    let token = Literal::u8_unsuffixed(*token);
    quote! {
        #[doc = #docs]
        pub const #constant: #root::Tag = #root::Tag::versioned(#page, #token, #versions);
    }
}

/// A module with the page's tables.
pub(crate) fn attribute_page(page: &AttributePage, place: &Place<'_>) -> TokenStream {
    let Place { attributes, visibility, name: module, root } = place;
    let AttributePage { number, starts, values } = page;
    let starts = starts.iter().map(
        |(token, name, prefix)| quote!(#root::AttributeStart { token: #token, name: #name, prefix: #prefix }),
    );
    let values =
        values.iter().map(|(token, value)| quote!(#root::AttributeValue { token: #token, value: #value }));
    let docs = format!("Code page {number} of the attributes.");
    quote! {
        #[doc = #docs]
        #(#attributes)*
        #[allow(dead_code, unreachable_pub)]
        #visibility mod #module {
            #[doc = #docs]
            pub static PAGE: #root::AttributePage =
                #root::AttributePage { number: #number, starts: &[#(#starts),*], values: &[#(#values),*] };
        }
    }
}

/// The call that gives a language its details; nothing if it has none.
pub(crate) fn details(details: &Details, values: &[(u32, String)], root: &Path) -> TokenStream {
    let version_only = Details { version: details.version.clone(), ..Details::default() };
    if values.is_empty() && *details == version_only {
        return TokenStream::new();
    }
    let Details {
        version, system_id, root: root_element, xmlns_is_attribute, whole_starts, variables, ..
    } = details;
    let Details { formal_public_id_aliases, media_types, embeds, .. } = details;
    let wbxml = Literal::u8_unsuffixed(details.wbxml.unwrap_or(3));
    let attributes = details.attributes.iter().map(|AttributeContent { attribute, content, when }| {
        let content = format_ident!("{content}");
        let when = if let Some((other, value)) = when {
            quote!(::core::option::Option::Some((#other, #value)))
        } else {
            quote!(::core::option::Option::None)
        };
        quote!(#root::AttributeContent { attribute: #attribute, content: #root::Content::#content, when: #when })
    });
    let pairs = |pairs: &[(String, String)]| -> Vec<_> {
        pairs.iter().map(|(first, second)| quote!((#first, #second))).collect()
    };
    let (prefixes, aliases) = (pairs(&details.prefixes), pairs(&details.aliases));
    let entities = details.entities.iter().map(|(name, character)| {
        let text = character.to_string();
        quote!((#name, #text))
    });
    let values = values.iter().map(|(index, value)| quote!((#index, #value)));
    quote! {
        .detailed(&#root::Details {
            version: #version,
            formal_public_id_aliases: &[#(#formal_public_id_aliases),*],
            system_id: #system_id,
            root: #root_element,
            media_types: &[#(#media_types),*],
            wbxml_version: #wbxml,
            xmlns_is_attribute: #xmlns_is_attribute,
            whole_starts: #whole_starts,
            variables: #variables,
            values: &[#(#values),*],
            embeds: &[#(#embeds),*],
            attributes: &[#(#attributes),*],
            prefixes: &[#(#prefixes),*],
            aliases: &[#(#aliases),*],
            entities: &[#(#entities),*],
        })
    }
}

/// The identifier for a name of the specification: what no identifier can hold becomes `_`, keywords get `r#`.
pub(crate) fn constant_name(name: &str, span: Span) -> Ident {
    let mut text: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if text.starts_with(|c: char| c.is_ascii_digit()) || text.is_empty() {
        text.insert(0, '_');
    }
    match text.as_str() {
        // These can't be raw identifiers.
        "self" | "Self" | "super" | "crate" | "_" => Ident::new(&format!("{text}_"), span),
        _ => match syn::parse_str::<Ident>(&text) {
            Ok(_) => Ident::new(&text, span),
            Err(_) => Ident::new_raw(&text, span),
        },
    }
}

/// The module for a page's name.
pub(crate) fn module_name(name: &str) -> Ident {
    constant_name(&name.to_lowercase(), Span::call_site())
}
