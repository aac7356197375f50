//! `code_pages!`: data files become modules of constants.

mod call;
mod edition;
mod emit;
mod file;
mod language;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path as FilePath, PathBuf};

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{LitStr, Path};

use self::call::Call;
use self::edition::Edition;
use self::emit::Place;
use self::file::{Fault, PageFile, Parsed, TagPage};
use self::language::LanguageFile;
use crate::errors::Errors;

/// Expands a call; the paths in it are relative to `base`.
pub(crate) fn expand(input: TokenStream, base: &FilePath) -> TokenStream {
    let call: Call = match syn::parse2(input) {
        Ok(call) => call,
        Err(error) => return error.into_compile_error(),
    };
    let mut errors = Errors::default();
    let modules: Vec<_> = call
        .entries
        .iter()
        .map(|entry| {
            let mut source = Source { base, at: &entry.path, errors: &mut errors, files: Vec::new() };
            let items = if entry.language {
                source.language(entry, &call.root)
            } else {
                source.page(entry, &call.root)
            };
            let files = &source.files;
            quote!(#items #(const _: &[u8] = ::core::include_bytes!(#files);)*)
        })
        .collect();
    let errors = errors.into_compile_errors();
    quote!(#(#modules)* #errors)
}

/// Reads the files of an entry and reports what is wrong with them at its path.
struct Source<'a> {
    base: &'a FilePath,
    at: &'a LitStr,
    errors: &'a mut Errors,
    /// Every file read, so that an edit builds the crate again.
    files: Vec<String>,
}

impl Source<'_> {
    fn page(&mut self, entry: &call::Entry, root: &Path) -> Option<TokenStream> {
        let mut file = self.page_file(&self.at.value(), None)?;
        if let PageFile::Values(_) = file {
            self.faults(
                &self.at.value(),
                &[Fault::new(1, "values belong to a language: name them in its `language.tsv`")],
            );
            return None;
        }
        Some(self.module(&mut file, &self.at.value(), entry, entry.name.clone(), root))
    }

    fn language(&mut self, entry: &call::Entry, root: &Path) -> Option<TokenStream> {
        let folder = self.at.value();
        let file = format!("{folder}/language.tsv");
        let edition = entry.edition.as_ref();
        let language = self.checked(&file, |text| LanguageFile::parse(text, edition))?;
        let (mut modules, mut tags, mut attributes, mut values) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut modules_seen, mut numbers_seen) = (HashMap::new(), HashMap::new());
        for (line, page) in &language.pages {
            let page_file = format!("{folder}/{page}");
            let Some(mut parsed) = self.page_file(&page_file, edition) else { continue };
            let (space, number, name) = match &parsed {
                PageFile::Values(list) => {
                    values.extend(list.iter().cloned());
                    continue;
                }
                PageFile::Tags(tags) => ("page", tags.number, emit::module_name(&tags.name)),
                PageFile::Attributes(page) => {
                    ("attribute page", page.number, format_ident!("attributes_{}", page.number))
                }
            };
            if let Some(other) = numbers_seen.insert((space, number), page) {
                self.faults(&file, &[Fault::new(*line, format!("{other} is {space} {number} already"))]);
                continue;
            }
            if let Some(other) = modules_seen.insert(name.clone(), page) {
                self.faults(&file, &[Fault::new(*line, format!("{other} makes a module `{name}` already"))]);
                continue;
            }
            modules.push(self.module(&mut parsed, &page_file, entry, name.clone(), root));
            match parsed {
                PageFile::Tags(_) => tags.push(name),
                PageFile::Attributes(_) => attributes.push(name),
                PageFile::Values(_) => {}
            }
        }
        let LanguageFile { name, public_id, formal_public_id, .. } = &language;
        let (attributes_of_static, visibility, constant) =
            (&entry.attributes, &entry.visibility, &entry.name);
        let docs = format!("The language {name}: its public identifiers and code pages.");
        let root = &root;
        let details = emit::details(&language.details, &values, root);
        Some(quote! {
            #(#modules)*
            #[doc = #docs]
            #(#attributes_of_static)*
            #visibility static #constant: #root::Language = #root::Language::new(
                #name, #public_id, #formal_public_id, &[#(&#tags::PAGE),*], &[#(&#attributes::PAGE),*],
            )#details;
        })
    }

    fn module(
        &mut self,
        file: &mut PageFile,
        path: &str,
        entry: &call::Entry,
        name: Ident,
        root: &Path,
    ) -> TokenStream {
        // What is said of a language is not said of each of its pages.
        let attributes = if entry.language { &[] } else { entry.attributes.as_slice() };
        let root = call::seen_from_within(root);
        let place = Place { attributes, visibility: &entry.visibility, name, root: &root };
        match file {
            PageFile::Tags(page) => {
                self.faults(path, &take_collisions(page));
                emit::tag_page(page, &place)
            }
            PageFile::Attributes(page) => emit::attribute_page(page, &place),
            PageFile::Values(_) => TokenStream::new(),
        }
    }

    fn page_file(&mut self, path: &str, edition: Option<&Edition>) -> Option<PageFile> {
        self.checked(path, |text| PageFile::parse(text, edition))
    }

    /// What is good in a file that has faults is made use of, so that a fault is one error.
    fn checked<T>(&mut self, path: &str, parse: impl Fn(&str) -> Parsed<T>) -> Option<T> {
        let text = self.read(path)?;
        let (file, faults) = parse(&text);
        self.faults(path, &faults);
        file
    }

    fn read(&mut self, path: &str) -> Option<String> {
        let full: PathBuf = self.base.join(path);
        match std::fs::read_to_string(&full) {
            Ok(text) => {
                self.files.push(full.to_string_lossy().into_owned());
                Some(text)
            }
            Err(error) => {
                let message = format!("cannot read {path}, looked for at {}: {error}", full.display());
                self.errors.push(syn::Error::new(self.at.span(), message));
                None
            }
        }
    }

    fn faults(&mut self, path: &str, faults: &[Fault]) {
        for Fault { line, message } in faults {
            self.errors.push(syn::Error::new(self.at.span(), format!("{path}:{line}: {message}")));
        }
    }
}

/// Takes out the rows whose names differ from others in the file, but not as identifiers.
fn take_collisions(page: &mut TagPage) -> Vec<Fault> {
    let mut seen = HashMap::from([("PAGE".to_owned(), "the static `PAGE`".to_owned())]);
    let mut faults = Vec::new();
    page.tags.retain(|row| {
        let constant = emit::constant_name(&row.name, proc_macro2::Span::call_site()).to_string();
        match seen.entry(constant) {
            Entry::Vacant(free) => {
                free.insert(format!("`{}`", row.name));
                true
            }
            Entry::Occupied(other) => {
                let message = format!("`{}` and {} make the same constant", row.name, other.get());
                faults.push(Fault::new(row.line, message));
                false
            }
        }
    });
    faults
}
