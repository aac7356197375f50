//! Document type declarations: they name the language. Entities that they declare are not read.

use quick_xml::events::Event;
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

use crate::Language;

/// What stands after `<!DOCTYPE` for a document of this language; nothing if there is nothing to name it by.
pub(super) fn declaration(language: &'static Language) -> Option<String> {
    let (root, formal, system) =
        (language.details().root, language.formal_public_id, language.details().system_id);
    match (root.is_empty(), formal.is_empty(), system.is_empty()) {
        (true, ..) | (_, true, true) => None,
        (_, false, _) => Some(format!("{root} PUBLIC \"{formal}\" \"{system}\"")),
        (_, true, false) => Some(format!("{root} SYSTEM \"{system}\"")),
    }
}

/// Whether declarations of its own are in it.
pub(super) fn has_declarations(doctype: &str) -> bool {
    doctype.contains('[')
}

/// The built-in language of XML (see the feature `languages`): that of its document type declaration, or else of the
/// root element. Where neither names one of them, there is none; the XML may be malformed then, too.
///
/// ```
/// let language = wbxml::xml::language_of("<Sync xmlns='AirSync'/>").unwrap();
/// assert_eq!(language.name, "ActiveSync");
/// ```
pub fn language_of(xml: &str) -> Option<&'static Language> {
    let mut reader = NsReader::from_str(xml);
    let mut declared = None;
    loop {
        match reader.read_event().ok()? {
            Event::DocType(doctype) => declared = of_declaration(&doctype),
            Event::Start(start) | Event::Empty(start) => {
                let (namespace, name) = reader.resolver().resolve_element(start.name());
                let namespace = match namespace {
                    ResolveResult::Bound(Namespace(namespace)) => namespace,
                    _ => "",
                };
                return declared.or_else(|| Language::by_root(namespace, name.into_inner()));
            }
            Event::Eof => return declared,
            _ => {}
        }
    }
}

fn of_declaration(doctype: &str) -> Option<&'static Language> {
    let mut literals = Literals(doctype);
    if doctype.split_whitespace().nth(1) == Some("PUBLIC") {
        let formal: Vec<_> = literals.next()?.split_whitespace().collect();
        if let Some(language) = Language::by_formal_public_id(&formal.join(" ")) {
            return Some(language);
        }
    }
    Language::by_system_id(literals.next()?)
}

/// The texts in quotation marks.
struct Literals<'x>(&'x str);

impl<'x> Iterator for Literals<'x> {
    type Item = &'x str;

    fn next(&mut self) -> Option<&'x str> {
        let from = self.0.find(['"', '\''])?;
        let (mark, rest) = self.0[from..].split_at(1);
        let (literal, rest) = rest.split_once(mark)?;
        self.0 = rest;
        Some(literal)
    }
}

#[cfg(all(test, feature = "languages"))]
mod tests {
    use super::*;

    #[test]
    fn the_declaration_names_the_language() {
        for (xml, expected) in [
            ("<!DOCTYPE wml PUBLIC '-//WAPFORUM//DTD WML 1.1//EN' \"x\"><wml/>", Some("WML 1.1")),
            ("<!DOCTYPE wml PUBLIC '-//WAPFORUM//DTD\n WML 1.1//EN' 'x'><wml/>", Some("WML 1.1")),
            (
                "<?xml version='1.0'?>\n<!-- --><!DOCTYPE a SYSTEM \"characteristic-list.dtd\"><a/>",
                Some("OTA 7.0"),
            ),
            ("<!DOCTYPE si PUBLIC 'unknown' 'http://www.wapforum.org/DTD/si.dtd'><x/>", Some("SI 1.0")),
            ("<!DOCTYPE si PUBLIC 'unknown' 'unknown'><sl/>", Some("SL 1.0")),
            ("<!DOCTYPE sl><sl/>", Some("SL 1.0")),
            ("<x:SyncML xmlns:x='SYNCML:SYNCML1.1'>", Some("SyncML 1.1")),
            ("<html/>", None),
            ("text", None),
            ("<!DOCTYPE", None),
        ] {
            assert_eq!(language_of(xml).map(|language| language.name), expected, "{xml}");
        }
    }
}
