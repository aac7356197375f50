//! Comparing XML, and validating answers.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, thread};

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;
use tempfile::TempDir;

/// Validates an answer against the schemas of [`super::spec_dir`]; the fault is what xmllint says of it.
///
/// Says that it is valid where the schemas or xmllint are missing and [`super::needed`] lets that pass.
pub(crate) fn xmllint(xml: &str) -> Result<(), String> {
    let Some(spec) = super::spec_dir() else { return Ok(()) };
    match lint(xml, &spec.join("xsd/linked/all.xsd")) {
        Some(verdict) => verdict,
        None => super::needed(None, "the program xmllint (Debian: apt-get install libxml2-utils)")
            .unwrap_or(Ok(())),
    }
}

/// What xmllint says, or nothing where there is no xmllint.
fn lint(xml: &str, schema: &Path) -> Option<Result<(), String>> {
    let spawned = Command::new("xmllint")
        .args(["--noout", "--nonet", "--huge", "--schema"])
        .arg(schema)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match spawned {
        Err(fault) if fault.kind() == ErrorKind::NotFound => return None,
        other => other.expect("xmllint starts"),
    };
    let mut input = child.stdin.take().expect("standard input is a pipe");
    // It may fill its standard error before it has read all.
    let output = thread::scope(|scope| {
        // A failed write means that it gave up reading; it says why itself.
        scope.spawn(move || input.write_all(xml.as_bytes()));
        child.wait_with_output().expect("xmllint ends")
    });
    if output.status.success() {
        return Some(Ok(()));
    }
    // For each namespace that is no absolute URI the parser prints a warning of three lines.
    let said = String::from_utf8_lossy(&output.stderr);
    let faults = said.lines().filter(|line| line.contains("error")).collect::<Vec<_>>().join("\n");
    Some(Err(if faults.is_empty() { said.into_owned() } else { faults }))
}

/// Fails with the first difference between two documents that do not say the same.
#[track_caller]
pub(crate) fn assert_same_xml(found: &str, expected: &str) {
    let form = |xml: &str, whose: &str| {
        canonical_xml(xml)
            .unwrap_or_else(|fault| panic!("the {whose} XML is not well-formed: {fault}\n{xml}"))
    };
    let (found, expected) = (form(found, "found"), form(expected, "expected"));
    if found != expected {
        let mut lines = found.lines().zip(expected.lines()).enumerate();
        let at = lines.find(|(_, (left, right))| left != right).map_or_else(
            || "one ends where the other goes on".to_owned(),
            |(line, (left, right))| format!("line {}: found {left}, expected {right}", line + 1),
        );
        panic!("different XML, {at}\n--- found\n{found}--- expected\n{expected}");
    }
}

/// A form of the document in which two documents are equal when they say the same: a line for each start, text and end,
/// names with their namespaces, attributes sorted, no white space between elements, text to the letter but with CRLF as LF.
pub(crate) fn canonical_xml(xml: &str) -> Result<String, String> {
    let mut reader = NsReader::from_str(xml);
    let mut canonical = Canonical::default();
    loop {
        let event =
            reader.read_event().map_err(|fault| format!("byte {}: {fault}", reader.error_position()))?;
        match event {
            Event::Start(start) => canonical.start(&element(&reader, &start)?)?,
            Event::Empty(start) => {
                canonical.start(&element(&reader, &start)?)?;
                canonical.end()?;
            }
            Event::End(_) => canonical.end()?,
            Event::Text(text) => canonical.text.push_str(&text.xml10_content()),
            Event::CData(text) => canonical.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => canonical.text.push_str(&resolve(&reference)?),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => return canonical.finish(),
        }
    }
}

#[derive(Default)]
struct Canonical {
    lines: String,
    /// Text since the last start or end, which may come in pieces.
    text: String,
    /// For each open element, whether it has held an element so far.
    open: Vec<bool>,
    roots: usize,
}

impl Canonical {
    fn start(&mut self, element: &str) -> Result<(), String> {
        self.flush(true)?;
        match self.open.last_mut() {
            Some(has_child) => *has_child = true,
            None => self.roots += 1,
        }
        self.line(element);
        self.open.push(false);
        Ok(())
    }

    fn end(&mut self) -> Result<(), String> {
        let has_child = *self.open.last().expect("the reader refuses an end without a start");
        self.flush(has_child)?;
        self.open.pop();
        Ok(())
    }

    fn finish(mut self) -> Result<String, String> {
        self.flush(true)?;
        match (self.roots, self.open.is_empty()) {
            (1, true) => Ok(self.lines),
            (_, false) => Err("an element is not closed".to_owned()),
            (roots, true) => Err(format!("{roots} root elements")),
        }
    }

    /// White space beside an element is there for the reader's eye; in an element that holds nothing else, it is content.
    fn flush(&mut self, beside_element: bool) -> Result<(), String> {
        let text = std::mem::take(&mut self.text).replace("\r\n", "\n");
        let blank = text.chars().all(|character| matches!(character, ' ' | '\t' | '\r' | '\n'));
        if text.is_empty() || blank && beside_element {
            return Ok(());
        }
        if self.open.is_empty() {
            return Err(format!("text outside the root element: {text:?}"));
        }
        self.line(&format!("{text:?}"));
        Ok(())
    }

    fn line(&mut self, what: &str) {
        let depth = self.open.len();
        writeln!(self.lines, "{:indent$}{what}", "", indent = 2 * depth).expect("a String takes any text");
    }
}

/// `{AirSync}Sync {}version="1"`
fn element(reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> Result<String, String> {
    let (namespace, name) = reader.resolver().resolve_element(start.name());
    let mut line = format!("{{{}}}{}", uri(&namespace)?, name.into_inner());
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|fault| fault.to_string())?;
        if attribute.key.as_namespace_binding().is_none() {
            let (namespace, name) = reader.resolver().resolve_attribute(attribute.key);
            let value =
                attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|fault| fault.to_string())?;
            attributes.push(format!(" {{{}}}{}={value:?}", uri(&namespace)?, name.into_inner()));
        }
    }
    attributes.sort();
    line.extend(attributes);
    Ok(line)
}

fn uri<'a>(namespace: &ResolveResult<'a>) -> Result<&'a str, String> {
    match namespace {
        ResolveResult::Bound(Namespace(uri)) => Ok(uri),
        ResolveResult::Unbound => Ok(""),
        ResolveResult::Unknown(prefix) => Err(format!("prefix {prefix:?} is bound to no namespace")),
    }
}

fn resolve(reference: &BytesRef<'_>) -> Result<Cow<'static, str>, String> {
    let name = reference.xml10_content();
    match reference.resolve_char_ref() {
        Ok(Some(character)) => Ok(character.to_string().into()),
        Ok(None) => {
            resolve_predefined_entity(&name).map(Cow::Borrowed).ok_or(format!("unknown entity &{name};"))
        }
        Err(fault) => Err(format!("&{name};: {fault}")),
    }
}

/// Validates many answers at once, each with a name; the faults are what xmllint says, by those names.
pub(crate) fn xmllint_all(answers: &[(String, String)]) -> Vec<String> {
    let Some(spec) = super::spec_dir() else { return Vec::new() };
    let schema = spec.join("xsd/linked/all.xsd");
    let mut faults = Vec::new();
    // Reading the schemas takes longer than an answer does, and a command line has an end.
    for chunk in answers.chunks(500) {
        let directory = TempDir::new().expect("there is room for temporary files");
        let mut xmllint = Command::new("xmllint");
        xmllint.args(["--noout", "--nonet", "--huge", "--schema"]).arg(&schema).current_dir(&directory);
        for (number, (_, xml)) in chunk.iter().enumerate() {
            fs::write(directory.path().join(number.to_string()), xml)
                .expect("there is room for temporary files");
            xmllint.arg(number.to_string());
        }
        let output = match xmllint.output() {
            Err(fault) if fault.kind() == ErrorKind::NotFound => {
                super::needed::<()>(None, "the program xmllint (Debian: apt-get install libxml2-utils)");
                return Vec::new();
            }
            other => other.expect("xmllint starts"),
        };
        let before = faults.len();
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            // "7:3: element Body: Schemas validity error : …", and for each file "7 validates" or "7 fails to validate".
            let (file, said) = line.split_once([':', ' ']).unwrap_or((line, ""));
            let name = file.parse().ok().and_then(|number: usize| chunk.get(number)).map(|(name, _)| name);
            if let Some(name) = name.filter(|_| said.contains("error") || said.contains("fails")) {
                faults.push(format!("{name}: {said}"));
            }
        }
        assert!(
            output.status.success() || faults.len() > before,
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    faults
}
