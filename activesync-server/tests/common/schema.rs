//! Answers against the schemas of Microsoft's interoperability tests, where they and xmllint are at hand.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use wbxml::ProtocolVersion;

/// Whether the schemas can judge an answer: they are those of 16.1. A `Class` in a collection is older, and so are
/// policies as text.
pub(super) fn covers(xml: &str, version: ProtocolVersion) -> bool {
    version >= ProtocolVersion::V12_0 && (version >= ProtocolVersion::V14_0 || !xml.contains("<Class"))
}

/// Fails with what xmllint says.
pub(super) fn validate(answers: &[String]) {
    if let Some(faults) = faults(answers) {
        panic!("{faults}");
    }
}

/// What xmllint says, if it finds a fault.
pub(crate) fn faults(answers: &[String]) -> Option<String> {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/spec/xsd/linked/all.xsd");
    if answers.is_empty() {
        return None;
    }
    if !schema.is_file() {
        return missing("the schemas, ../shared/spec/xsd beside the checkout");
    }
    let directory = TempDir::new().unwrap();
    let mut xmllint = Command::new("xmllint");
    xmllint.args(["--noout", "--nonet", "--schema"]).arg(schema);
    for (number, answer) in answers.iter().enumerate() {
        let path = directory.path().join(format!("{number}.xml"));
        fs::write(&path, answer).unwrap();
        xmllint.arg(path);
    }
    let Ok(output) = xmllint.output() else {
        return missing("xmllint");
    };
    if output.status.success() {
        return None;
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let faults: Vec<_> =
        said.lines().filter(|line| line.contains("error") || line.contains("fails")).collect();
    let is_faulty = |number: usize| faults.iter().any(|line| line.contains(&format!("/{number}.xml")));
    let documents =
        answers.iter().enumerate().filter(|(number, _)| is_faulty(*number)).map(|(_, xml)| xml.as_str());
    Some(format!("{}\n{}", faults.join("\n"), documents.collect::<String>()))
}

/// A machine that checks the project fails, and anyone else is told.
fn missing(what: &str) -> Option<String> {
    assert!(env::var_os("CI").is_none_or(|ci| ci.is_empty()), "CI is set, but this is missing: {what}");
    eprintln!("SKIPPED: answers are not held against the schemas, which needs {what}");
    None
}
