//! XML without its choices: names with their namespaces, sorted attributes, exact text.

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

/// A line an element start, end or text. White space between elements of a parent without text does not count.
pub(crate) fn canonical(xml: &str) -> Vec<String> {
    let mut reader = NsReader::from_str(xml);
    reader.config_mut().enable_all_checks(true);
    reader.config_mut().expand_empty_elements = true;
    let mut lines: Vec<String> = Vec::new();
    let mut text = String::new();
    loop {
        let event = reader.read_event().unwrap_or_else(|fault| panic!("{fault} in:\n{xml}"));
        match event {
            Event::Text(piece) => text += &piece.xml10_content(),
            Event::CData(piece) => text += &piece.xml10_content(),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().expect("a character") {
                Some(c) => text.push(c),
                None => text += resolve_predefined_entity(&reference).expect("a predefined entity"),
            },
            Event::Start(start) => {
                flush(&mut text, &mut lines, false);
                let (namespace, local) = reader.resolver().resolve_element(start.name());
                let namespace = match namespace {
                    ResolveResult::Bound(namespace) => namespace.0,
                    ResolveResult::Unbound => "",
                    ResolveResult::Unknown(prefix) => panic!("the prefix {prefix} is not declared"),
                };
                let mut attributes: Vec<String> = start
                    .attributes()
                    .map(|attribute| attribute.expect("an attribute"))
                    .filter(|attribute| attribute.key.as_namespace_binding().is_none())
                    .map(|attribute| {
                        let value = attribute.normalized_value(XmlVersion::Implicit1_0).expect("a value");
                        format!(" {}={value:?}", attribute.key.0)
                    })
                    .collect();
                attributes.sort();
                lines.push(format!("<{{{namespace}}}{}{}", local.into_inner(), attributes.concat()));
            }
            Event::End(_) => {
                let leaf = lines.last().is_some_and(|line| line.starts_with('<'));
                flush(&mut text, &mut lines, leaf);
                lines.push(">".to_owned());
            }
            Event::Eof => return lines,
            _ => {}
        }
    }
}

fn flush(text: &mut String, lines: &mut Vec<String>, keep: bool) {
    if keep && !text.is_empty() || !text.trim().is_empty() {
        lines.push(format!("{text:?}"));
    }
    text.clear();
}
