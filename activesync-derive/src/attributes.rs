//! The syntax of `#[wbxml(…)]`: a list of tags, literals and keys, some with a value.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Attribute, Lit, LitStr, Path, Token};

use crate::errors::Errors;
use crate::versions::{Version, Versions};

/// An entry of the list.
pub(crate) struct Item {
    pub(crate) name: Name,
    pub(crate) value: Option<Value>,
}

pub(crate) enum Name {
    Path(Path),
    Literal(Lit),
}

pub(crate) enum Value {
    Path(Path),
    Text(LitStr),
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = if input.peek(Lit) {
            Name::Literal(input.parse()?)
        } else {
            Name::Path(input.call(Path::parse_mod_style)?)
        };
        let value = input.parse::<Option<Token![=]>>()?.map(|_| input.parse()).transpose()?;
        Ok(Self { name, value })
    }
}

impl Parse for Value {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            input.parse().map(Self::Text)
        } else if input.peek(Lit) {
            Err(input.error("expected a path, or text in quotes such as \"14.0\""))
        } else {
            input.call(Path::parse_mod_style).map(Self::Path)
        }
    }
}

impl Item {
    /// The name, if it is a single word.
    pub(crate) fn word(&self) -> Option<String> {
        match &self.name {
            Name::Path(path) => path.get_ident().map(ToString::to_string),
            Name::Literal(_) => None,
        }
    }

    pub(crate) fn span(&self) -> Span {
        match &self.name {
            Name::Path(path) => path.span(),
            Name::Literal(literal) => literal.span(),
        }
    }

    /// The path after the `=` of a key.
    pub(crate) fn path_value(&self, example: &str) -> syn::Result<Path> {
        match &self.value {
            Some(Value::Path(path)) => Ok(path.clone()),
            _ => Err(self.error(format!("expected a path, `{example}`"))),
        }
    }

    pub(crate) fn no_value(&self) -> syn::Result<()> {
        match &self.value {
            None => Ok(()),
            Some(_) => Err(self.error("this takes no value")),
        }
    }

    fn version(&self, example: &str) -> syn::Result<Version> {
        match &self.value {
            Some(Value::Text(text)) => {
                Version::parse(&text.value()).map_err(|message| syn::Error::new(text.span(), message))
            }
            _ => Err(self.error(format!("expected a version, `{example}`"))),
        }
    }

    pub(crate) fn error(&self, message: impl std::fmt::Display) -> syn::Error {
        match &self.name {
            Name::Path(path) => syn::Error::new_spanned(path, message),
            Name::Literal(literal) => syn::Error::new_spanned(literal, message),
        }
    }
}

/// The entries of all `#[wbxml(…)]` on an item, and whether there are any.
pub(crate) fn items(attributes: &[Attribute], errors: &mut Errors) -> Option<Vec<Item>> {
    let mut all = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("wbxml")) {
        let all = all.get_or_insert_with(Vec::new);
        match attribute.parse_args_with(Punctuated::<Item, Token![,]>::parse_terminated) {
            Ok(items) => all.extend(items),
            Err(error) => errors.push(error),
        }
    }
    all
}

/// How the content of an element is mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mapping {
    List,
    Flag,
    Opaque,
    Text,
    Choice,
    Any,
}

impl Mapping {
    const ALL: [(&str, Self); 6] = [
        ("list", Self::List),
        ("flag", Self::Flag),
        ("opaque", Self::Opaque),
        ("text", Self::Text),
        ("choice", Self::Choice),
        ("any", Self::Any),
    ];

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, mapping)| *mapping)
    }

    pub(crate) fn word(self) -> &'static str {
        Self::ALL[self as usize].0
    }
}

const FIELD_KEYS: &str = "list, flag, opaque, text, choice, any, since and until";

/// The keys of a field, or of a variant of a choice.
#[derive(Default)]
pub(crate) struct FieldKeys {
    pub(crate) tag: Option<Path>,
    pub(crate) mapping: Option<(Mapping, Span)>,
    pub(crate) list_item: Option<Path>,
    since: Option<(Version, Span)>,
    until: Option<(Version, Span)>,
    /// Whether errors were found in them.
    pub(crate) wrong: bool,
}

impl FieldKeys {
    pub(crate) fn read(items: &[Item], errors: &mut Errors) -> Self {
        let mut keys = Self::default();
        for (position, item) in items.iter().enumerate() {
            if let Err(error) = keys.add(position, item) {
                errors.push(error);
            }
        }
        if let (Some((since, _)), Some((until, span))) = (keys.since, keys.until)
            && since > until
        {
            errors.push(syn::Error::new(span, "`until` comes before `since`"));
        }
        keys
    }

    fn add(&mut self, position: usize, item: &Item) -> syn::Result<()> {
        let word = item.word();
        if let Some(mapping) = word.as_deref().and_then(Mapping::parse) {
            return self.add_mapping(mapping, item);
        }
        match word.as_deref() {
            Some("since") => add_version(&mut self.since, item, "since = \"14.0\""),
            Some("until") => add_version(&mut self.until, item, "until = \"12.1\""),
            _ => self.add_tag(position, item),
        }
    }

    fn add_mapping(&mut self, mapping: Mapping, item: &Item) -> syn::Result<()> {
        let word = mapping.word();
        match self.mapping {
            Some((other, _)) if other == mapping => {
                return Err(item.error(format!("`{word}` stands here twice")));
            }
            Some((other, _)) => {
                return Err(item.error(format!("`{word}` and `{}` exclude each other", other.word())));
            }
            None => self.mapping = Some((mapping, item.span())),
        }
        if mapping == Mapping::List {
            self.list_item = item.value.as_ref().map(|_| item.path_value("list = Category")).transpose()?;
            return Ok(());
        }
        item.no_value()
    }

    fn add_tag(&mut self, position: usize, item: &Item) -> syn::Result<()> {
        let Name::Path(path) = &item.name else {
            return Err(item.error("a literal is for the variants of an enum with `#[wbxml(value)]`"));
        };
        let is_word = item.word().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_lowercase()));
        if position > 0 && is_word {
            let word = item.word().unwrap_or_default();
            return Err(item.error(format!("`{word}` is no key; the keys are {FIELD_KEYS}")));
        }
        if self.tag.is_some() {
            return Err(item.error("this has its tag already; it can have only one"));
        }
        if position > 0 {
            return Err(item.error("the tag comes first, before the keys"));
        }
        item.no_value()?;
        self.tag = Some(path.clone());
        Ok(())
    }

    pub(crate) fn mapping(&self) -> Option<Mapping> {
        self.mapping.map(|(mapping, _)| mapping)
    }

    /// The versions that `since` and `until` leave, if either is there.
    pub(crate) fn versions(&self) -> Option<Versions> {
        if self.since.is_none() && self.until.is_none() {
            return None;
        }
        let since = self.since.map_or(Version::FIRST, |(version, _)| version);
        let until = self.until.map_or(Version::LAST, |(version, _)| version);
        Some(Versions::range(since, until))
    }

    /// The place of `since` or `until`.
    pub(crate) fn versions_span(&self) -> Option<Span> {
        self.since.or(self.until).map(|(_, span)| span)
    }
}

fn add_version(slot: &mut Option<(Version, Span)>, item: &Item, example: &str) -> syn::Result<()> {
    if slot.is_some() {
        return Err(item.error(format!("`{}` stands here twice", item.word().unwrap_or_default())));
    }
    *slot = Some((item.version(example)?, item.span()));
    Ok(())
}

/// The keys of a type.
pub(crate) struct TypeKeys {
    /// The crate that holds the traits.
    pub(crate) root: Path,
    /// The module of constants where names without a path are looked up.
    pub(crate) page: Option<Path>,
    pub(crate) tag: Option<Path>,
    pub(crate) form: Option<(Form, Span)>,
    /// The integer of `value = u8`.
    pub(crate) integer: Option<Path>,
    pub(crate) deny_unknown: Option<Span>,
}

/// What a type is other than a structure of elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Choice,
    Value,
    Text,
}

impl Form {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Choice => "choice",
            Self::Value => "value",
            Self::Text => "text",
        }
    }
}

const TYPE_KEYS: &str = "page, tag, choice, value, text, deny_unknown and crate";

impl TypeKeys {
    pub(crate) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut keys = Self {
            root: syn::parse_quote!(::wbxml),
            page: None,
            tag: None,
            form: None,
            integer: None,
            deny_unknown: None,
        };
        let mut seen = Vec::new();
        for item in items(attributes, errors).unwrap_or_default() {
            let word = item.word().unwrap_or_default();
            if seen.contains(&word) {
                errors.push(item.error(format!("`{word}` stands here twice")));
            } else if let Err(error) = keys.add(&word, &item) {
                errors.push(error);
            } else {
                seen.push(word);
            }
        }
        keys
    }

    fn add(&mut self, word: &str, item: &Item) -> syn::Result<()> {
        match word {
            "crate" => self.root = item.path_value("crate = my_wbxml")?,
            "page" => self.page = Some(item.path_value("page = airsync")?),
            "tag" => self.tag = Some(item.path_value("tag = Sync")?),
            "deny_unknown" => {
                item.no_value()?;
                self.deny_unknown = Some(item.span());
            }
            "choice" => self.add_form(Form::Choice, item)?,
            "text" => self.add_form(Form::Text, item)?,
            "value" => {
                self.integer = item.value.as_ref().map(|_| item.path_value("value = u8")).transpose()?;
                self.add_form(Form::Value, item)?;
            }
            _ => return Err(item.error(format!("this is no key of a type; the keys are {TYPE_KEYS}"))),
        }
        Ok(())
    }

    fn add_form(&mut self, form: Form, item: &Item) -> syn::Result<()> {
        if let Some((other, _)) = self.form {
            return Err(item.error(format!("`{}` and `{}` exclude each other", form.word(), other.word())));
        }
        self.form = Some((form, item.span()));
        if form == Form::Value { Ok(()) } else { item.no_value() }
    }
}

/// The crate named by `#[wbxml(crate = …)]`, for a derive that needs no other key.
pub(crate) fn root(attributes: &[Attribute]) -> Path {
    // What is wrong with the keys is said by the derives that use them.
    TypeKeys::read(attributes, &mut Errors::default()).root
}
