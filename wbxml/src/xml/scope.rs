//! The namespaces that are in force where an element begins.

use std::borrow::Cow;

use quick_xml::events::BytesStart;
use quick_xml::events::attributes::Attributes;
use quick_xml::name::{Namespace, NamespaceError, NamespaceResolver, QName, ResolveResult};

/// The default namespace is kept beside the prefixes: nearly all elements have no other.
pub(super) struct Scope<'x> {
    defaults: Vec<&'x str>,
    /// The part of a start tag that declared a default namespace last, and the namespace.
    last: (&'x str, &'x str),
    prefixes: NamespaceResolver,
    open: Vec<Level>,
}

/// What the start tag of an element that is open has besides its name.
#[derive(Clone, Copy)]
struct Level {
    default: bool,
    prefixes: bool,
}

impl<'x> Scope<'x> {
    /// With so many declarations of prefixes in force at most.
    pub(super) fn new(most: usize) -> Self {
        let mut prefixes = NamespaceResolver::default();
        prefixes.set_max_namespace_bindings(most);
        Self { defaults: Vec::new(), last: ("", ""), prefixes, open: Vec::new() }
    }

    /// An element begins whose start tag has this content. Says whether it has no attributes, other than perhaps the
    /// declaration of a default namespace.
    #[inline]
    pub(super) fn enter(&mut self, start: &BytesStart<'_>, content: &'x str) -> Result<bool, NamespaceError> {
        let rest = content.get(start.name().as_ref().len()..).unwrap_or_default();
        if rest.is_empty() {
            self.open.push(Level { default: false, prefixes: false });
            return Ok(true);
        }
        if rest != self.last.0 {
            let Some(namespace) = only_default(rest) else {
                self.enter_with_attributes(start, content)?;
                return Ok(false);
            };
            self.last = (rest, namespace);
        }
        self.defaults.push(self.last.1);
        self.open.push(Level { default: true, prefixes: false });
        Ok(true)
    }

    fn enter_with_attributes(
        &mut self,
        start: &BytesStart<'_>,
        content: &'x str,
    ) -> Result<(), NamespaceError> {
        self.prefixes.push(start)?;
        let mut attributes = Attributes::new(content, start.name().as_ref().len());
        let default = attributes.with_checks(false).flatten().find(|attribute| attribute.key.0 == "xmlns");
        // What is read from a string is borrowed from it.
        let default = default.and_then(|attribute| match attribute.value {
            Cow::Borrowed(namespace) => Some(namespace),
            Cow::Owned(_) => None,
        });
        self.open.push(Level { default: default.is_some(), prefixes: true });
        self.defaults.extend(default);
        Ok(())
    }

    /// The element that began last ends.
    #[inline]
    pub(super) fn leave(&mut self) {
        let Some(level) = self.open.pop() else { return };
        if level.default {
            self.defaults.pop();
        }
        if level.prefixes {
            self.prefixes.pop();
        }
    }

    /// The default namespace, empty for none.
    #[inline]
    pub(super) fn default(&self) -> &'x str {
        self.defaults.last().copied().unwrap_or_default()
    }

    /// The namespace of an element, empty for none, and its name without a prefix; or a prefix that is not declared.
    pub(super) fn resolve<'s, 'n>(&'s self, name: QName<'n>) -> Result<(&'s str, &'n str), String> {
        let (local, prefix) = name.decompose();
        if prefix.is_none() {
            return Ok((self.default(), local.into_inner()));
        }
        match self.prefixes.resolve_prefix(prefix, false) {
            ResolveResult::Bound(Namespace(namespace)) => Ok((namespace, local.into_inner())),
            ResolveResult::Unbound => Ok(("", local.into_inner())),
            ResolveResult::Unknown(prefix) => Err(prefix),
        }
    }
}

/// The namespace, if this part of a start tag is only ` xmlns="…"` with nothing in it to be resolved.
fn only_default(rest: &str) -> Option<&str> {
    let namespace = rest.strip_prefix(" xmlns=\"")?.strip_suffix('"')?;
    namespace.bytes().all(|byte| byte > b' ' && !matches!(byte, b'"' | b'&' | b'<')).then_some(namespace)
}
