//! What languages have besides code pages.

use crate::Content;

/// What a language has besides its code pages. Made by [`code_pages!`](crate::code_pages) from the file `language.tsv`.
///
/// By hand: `Details { root: "si", ..Details::NONE }`, with [`Language::detailed`](crate::Language::detailed).
#[derive(Clone, Copy, Debug)]
pub struct Details {
    /// The version that the language's name ends with, `1.3`; empty for none.
    pub version: &'static str,
    /// Formal public identifiers that documents have for the same language.
    pub formal_public_id_aliases: &'static [&'static str],
    /// The address of the document type definition.
    pub system_id: &'static str,
    /// The name of the root element.
    pub root: &'static str,
    /// The media types of its WBXML documents.
    pub media_types: &'static [&'static str],
    /// The version of WBXML that is written unless another one is asked for: 3 for 1.3.
    pub wbxml_version: u8,
    /// `xmlns` is an attribute like others: elements are known by their names alone, whatever their namespace.
    pub xmlns_is_attribute: bool,
    /// An attribute start with a prefix stands for the whole value.
    pub whole_starts: bool,
    /// Extension tokens are variables, as in WML: EXT_I and EXT_T name one, `$(name:escape)`, `$(name:unesc)` and
    /// `$(name:noesc)`.
    pub variables: bool,
    /// Numbers, ascending, and the text that EXT_T_0 with them stands for.
    pub values: &'static [(u32, &'static str)],
    /// The names of the languages that [`Content::Document`] may hold.
    pub embeds: &'static [&'static str],
    /// The attributes that are not simply text.
    pub attributes: &'static [AttributeContent],
    /// Prefixes that are a part of the tags' names, and their namespaces. The first namespace of a prefix is the one to
    /// write.
    pub prefixes: &'static [(&'static str, &'static str)],
    /// Other names of tags, each with the tag's own name.
    pub aliases: &'static [(&'static str, &'static str)],
    /// Entities that its document type defines, and the text that they stand for.
    pub entities: &'static [(&'static str, &'static str)],
}

impl Details {
    /// Nothing of all that, and WBXML 1.3.
    pub const NONE: Self = Self {
        version: "",
        formal_public_id_aliases: &[],
        system_id: "",
        root: "",
        media_types: &[],
        wbxml_version: 3,
        xmlns_is_attribute: false,
        whole_starts: false,
        variables: false,
        values: &[],
        embeds: &[],
        attributes: &[],
        prefixes: &[],
        aliases: &[],
        entities: &[],
    };
}

/// An attribute that is not simply text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributeContent {
    /// The attribute's name.
    pub attribute: &'static str,
    /// What it holds.
    pub content: Content,
    /// Another attribute of the same element, and the value with which this row counts.
    pub when: Option<(&'static str, &'static str)>,
}
