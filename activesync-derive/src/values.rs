//! Enums of values: numbers or names, closed or with a variant for the others.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{DataEnum, Fields, Lit, LitStr, Path, Type};

use crate::attributes::{self, Item, Name};
use crate::errors::Errors;
use crate::model::alternatives;
use crate::types::{ImplGenerics, short_name};

/// An enum with `#[wbxml(value)]`.
pub(crate) struct Values<'a> {
    pub(crate) wire: Wire,
    /// The variants with their values.
    known: Vec<(&'a Ident, Value)>,
    /// The variant that holds every other value, and the type in it.
    other: Option<(&'a Ident, &'a Type)>,
}

/// What stands in the document.
pub(crate) enum Wire {
    /// Digits; the type of the code.
    Integer(TokenStream),
    Text,
}

enum Value {
    Integer(i128, Span),
    Text(LitStr),
}

impl Value {
    fn read(literal: &Lit) -> syn::Result<Self> {
        match literal {
            Lit::Int(number) if number.suffix().is_empty() => {
                Ok(Self::Integer(number.base10_parse()?, number.span()))
            }
            Lit::Str(text) => Ok(Self::Text(text.clone())),
            _ => Err(syn::Error::new(literal.span(), "expected a number without suffix, or text in quotes")),
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Integer(number, _) => number.to_string(),
            Self::Text(text) => format!("{:?}", text.value()),
        }
    }
}

/// As an expression and as a pattern.
impl ToTokens for Value {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Integer(number, span) => {
                let mut digits = Literal::u128_unsuffixed(number.unsigned_abs());
                digits.set_span(*span);
                if *number < 0 {
                    quote_spanned!(*span=> -).to_tokens(tokens);
                }
                digits.to_tokens(tokens);
            }
            Self::Text(text) => text.to_tokens(tokens),
        }
    }
}

impl<'a> Values<'a> {
    pub(crate) fn read(
        ident: &Ident,
        data: &'a DataEnum,
        integer: Option<&Path>,
        errors: &mut Errors,
    ) -> Self {
        let before = errors.len();
        let mut reader = Reader { known: Vec::new(), other: None };
        for variant in &data.variants {
            if let Err(error) = reader.variant(variant, errors) {
                errors.push(error);
            }
        }
        let Reader { known, other } = reader;
        if known.is_empty() && errors.len() == before {
            errors.say(ident, "an enum of values needs a variant with a value: `#[wbxml(1)]`");
        }
        let texts = known.iter().find(|(_, value)| matches!(value, Value::Text(_)));
        let numbers = known.iter().find(|(_, value)| matches!(value, Value::Integer(..)));
        if let (Some((text, _)), Some((number, _))) = (texts, numbers) {
            let message =
                format!("`{text}` is text and `{number}` a number; the values of an enum are all of a kind");
            errors.push(syn::Error::new(text.span(), message));
        }
        let wire = if texts.is_some() {
            if let Some(integer) = integer {
                errors
                    .push(syn::Error::new_spanned(integer, "the values are text, which has no integer type"));
            }
            Wire::Text
        } else {
            if let (Some((_, ty)), Some(integer)) = (other, integer) {
                let message =
                    format!("the numbers are of the type that `other` holds, `{}`", ty.to_token_stream());
                errors.push(syn::Error::new_spanned(integer, message));
            }
            let negative =
                known.iter().any(|(_, value)| matches!(value, Value::Integer(number, _) if *number < 0));
            Wire::Integer(match (other, integer) {
                (Some((_, ty)), _) => ty.to_token_stream(),
                (None, Some(integer)) => integer.to_token_stream(),
                (None, None) if negative => quote!(::core::primitive::i32),
                (None, None) => quote!(::core::primitive::u32),
            })
        };
        Self { wire, known, other }
    }
}

struct Reader<'a> {
    known: Vec<(&'a Ident, Value)>,
    other: Option<(&'a Ident, &'a Type)>,
}

impl<'a> Reader<'a> {
    fn variant(&mut self, variant: &'a syn::Variant, errors: &mut Errors) -> syn::Result<()> {
        let ident = &variant.ident;
        let need = || {
            format!(
                "the variant `{ident}` needs its value: `#[wbxml(1)]`, `#[wbxml(\"text\")]` or `#[wbxml(other)]`"
            )
        };
        let items = attributes::items(&variant.attrs, errors).unwrap_or_default();
        let [item] = items.as_slice() else {
            return Err(match items.get(1) {
                Some(second) => second.error("a variant has one value"),
                None => syn::Error::new(ident.span(), need()),
            });
        };
        item.no_value()?;
        match &item.name {
            Name::Literal(literal) => self.known_variant(variant, Value::read(literal)?, literal.span()),
            Name::Path(_) if item.word().as_deref() == Some("other") => self.other_variant(variant, item),
            Name::Path(_) => Err(item.error(need())),
        }
    }

    fn known_variant(&mut self, variant: &'a syn::Variant, value: Value, span: Span) -> syn::Result<()> {
        if !matches!(variant.fields, Fields::Unit) {
            let message =
                format!("`{}` is its value already, so it can hold none; only `other` does", variant.ident);
            return Err(syn::Error::new_spanned(&variant.fields, message));
        }
        if let Some((first, _)) = self.known.iter().find(|(_, known)| known.describe() == value.describe()) {
            return Err(syn::Error::new(span, format!("`{first}` is {} already", value.describe())));
        }
        self.known.push((&variant.ident, value));
        Ok(())
    }

    fn other_variant(&mut self, variant: &'a syn::Variant, item: &Item) -> syn::Result<()> {
        let Fields::Unnamed(fields) = &variant.fields else {
            return Err(item.error(
                "`other` holds the value that has no variant: `Other(u32)` or `Other(Cow<'a, str>)`",
            ));
        };
        let (Some(field), 1) = (fields.unnamed.first(), fields.unnamed.len()) else {
            return Err(syn::Error::new_spanned(fields, "`other` holds one value"));
        };
        if let Some((first, _)) = self.other {
            return Err(item.error(format!("`{first}` holds the other values already")));
        }
        self.other = Some((&variant.ident, &field.ty));
        Ok(())
    }
}

/// What the derive of one trait makes of an enum of values.
pub(crate) struct Parts {
    /// The body of the trait's method.
    pub(crate) body: TokenStream,
    /// Methods of the enum itself.
    pub(crate) methods: TokenStream,
    /// Whether an empty element is no value.
    pub(crate) is_never_empty: bool,
}

impl Values<'_> {
    fn known_parts(&self) -> (Vec<&Ident>, Vec<&Value>) {
        self.known.iter().map(|(ident, value)| (*ident, value)).unzip()
    }

    /// Lists the values, unless they are too many for a line.
    fn expected(&self, ident: &Ident) -> String {
        const MOST: usize = 12;
        if self.known.len() > MOST {
            return format!("a value of `{ident}`");
        }
        let names: Vec<_> = self.known.iter().map(|(_, value)| value.describe()).collect();
        alternatives(&names)
    }

    /// Reads from `reader`.
    pub(crate) fn decode(&self, ident: &Ident, reader: &Ident) -> Parts {
        let site = Span::mixed_site();
        let (variants, values) = self.known_parts();
        let expected = self.expected(ident);
        let has_empty =
            self.known.iter().any(|(_, value)| matches!(value, Value::Text(text) if text.value().is_empty()));
        match (&self.wire, self.other) {
            (Wire::Integer(integer), Some((other, ty))) => Parts {
                is_never_empty: true,
                body: {
                    let expected = format!("{expected}, or another `{}`", short_name(ty));
                    quote_spanned!(site=> #reader.parse_text::<#integer>(#expected).map(Self::from_code))
                },
                methods: quote_spanned! {site=>
                    /// The variant of a number.
                    #[must_use]
                    pub const fn from_code(code: #integer) -> Self {
                        match code { #(#values => Self::#variants,)* __other => Self::#other(__other) }
                    }
                },
            },
            (Wire::Integer(integer), None) => Parts {
                is_never_empty: true,
                body: quote_spanned! {site=>
                    let __code = #reader.parse_text::<#integer>(#expected)?;
                    match Self::from_code(__code) {
                        ::core::option::Option::Some(__value) => ::core::result::Result::Ok(__value),
                        ::core::option::Option::None => ::core::result::Result::Err(#reader.invalid(#expected, __code)),
                    }
                },
                methods: quote_spanned! {site=>
                    /// The variant of a number, if there is one.
                    #[must_use]
                    pub const fn from_code(code: #integer) -> ::core::option::Option<Self> {
                        ::core::option::Option::Some(match code {
                            #(#values => Self::#variants,)*
                            _ => return ::core::option::Option::None,
                        })
                    }
                },
            },
            (Wire::Text, Some((other, ty))) => Parts {
                is_never_empty: false,
                body: quote_spanned! {site=>
                    let __text = #reader.text()?;
                    ::core::result::Result::Ok(match &*__text {
                        #(#values => Self::#variants,)*
                        _ => Self::#other(<#ty as ::core::convert::From<_>>::from(__text)),
                    })
                },
                methods: TokenStream::new(),
            },
            (Wire::Text, None) => Parts {
                is_never_empty: !has_empty,
                body: quote_spanned! {site=>
                    let __text = #reader.text()?;
                    match Self::from_name(&__text) {
                        ::core::option::Option::Some(__value) => ::core::result::Result::Ok(__value),
                        ::core::option::Option::None => ::core::result::Result::Err(#reader.invalid(#expected, __text)),
                    }
                },
                methods: quote_spanned! {site=>
                    /// The variant of a name, if there is one.
                    #[must_use]
                    pub fn from_name(name: &::core::primitive::str) -> ::core::option::Option<Self> {
                        ::core::option::Option::Some(match name {
                            #(#values => Self::#variants,)*
                            _ => return ::core::option::Option::None,
                        })
                    }
                },
            },
        }
    }

    /// Writes to `writer`.
    pub(crate) fn encode(&self, writer: &Ident, generics: &mut ImplGenerics<'_>) -> Parts {
        let site = Span::mixed_site();
        let (variants, values) = self.known_parts();
        let this = Ident::new("self", site);
        match &self.wire {
            Wire::Integer(integer) => {
                let other =
                    self.other.map(|(other, _)| quote_spanned!(site=> Self::#other(__other) => *__other,));
                Parts {
                    is_never_empty: false,
                    body: quote_spanned!(site=> #writer.display(&Self::code(#this))),
                    methods: quote_spanned! {site=>
                        /// The number that stands for the value.
                        #[must_use]
                        pub const fn code(&#this) -> #integer {
                            match #this { #(Self::#variants => #values,)* #other }
                        }
                    },
                }
            }
            Wire::Text => {
                let other = self.other.map(|(other, ty)| {
                    generics.bound(ty, &quote!(::core::convert::AsRef<::core::primitive::str>));
                    quote_spanned!(site=> Self::#other(__other) => ::core::convert::AsRef::<::core::primitive::str>::as_ref(__other),)
                });
                Parts {
                    is_never_empty: false,
                    body: quote_spanned!(site=> #writer.text(Self::as_str(#this))),
                    methods: quote_spanned! {site=>
                        /// The name that stands for the value.
                        #[must_use]
                        pub fn as_str(&#this) -> &::core::primitive::str {
                            match #this { #(Self::#variants => #values,)* #other }
                        }
                    },
                }
            }
        }
    }
}
