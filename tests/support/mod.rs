//! What tests of this package share: the specification's facts, and how to compare XML.
//!
//! The facts lie beside the checkout, not in it. Where they (or a program) are missing, [`needed`] decides what that means.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub(crate) mod xml;

use std::path::{Path, PathBuf};
use std::{env, fs, io, thread};

/// The directory of the specification's facts, `../shared/spec`.
pub(crate) fn spec_dir() -> Option<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/spec");
    let found = directory.join("codepages.tsv").is_file().then_some(directory);
    needed(found, "the specification's facts, ../shared/spec beside the checkout")
}

/// Passes on what was found. Where it was not, a machine that checks the project fails, and anyone else is told.
pub(crate) fn needed<T>(found: Option<T>, what: &str) -> Option<T> {
    let must_be_here = env::var_os("CI").is_some_and(|ci| !ci.is_empty());
    // Unlike what `eprintln!` prints, this is seen even though the test passes.
    needed_here(found, what, must_be_here, &mut io::stderr())
}

pub(crate) fn needed_here<T>(
    found: Option<T>,
    what: &str,
    must_be_here: bool,
    notice: &mut impl io::Write,
) -> Option<T> {
    if found.is_none() {
        assert!(!must_be_here, "CI is set, but this is missing: {what}");
        let test = thread::current().name().unwrap_or("a test").to_owned();
        writeln!(notice, "\nSKIPPED {test}, which needs {what}").expect("standard error is open");
    }
    found
}

/// A document of `examples/`, as WBXML and as XML.
pub(crate) struct Example {
    /// The name of its two files, without their endings.
    pub(crate) name: String,
    /// `request`, `response` or `document`.
    pub(crate) kind: String,
    /// Whose document it is; "written here" for those that were made from the code pages.
    pub(crate) origin: String,
    /// The protocol versions that have every tag in it: `All`, `n/a`, or a list.
    pub(crate) versions: String,
    /// Whether [`xml::xmllint`] must accept it.
    pub(crate) schema_valid: bool,
    pub(crate) wbxml: Vec<u8>,
    pub(crate) xml: String,
}

/// Every document that `wbxml-examples.tsv` lists.
pub(crate) fn examples(spec: &Path) -> Vec<Example> {
    let documents = spec.join("examples");
    rows(&spec.join("wbxml-examples.tsv"))
        .into_iter()
        .map(|row| {
            let [name, kind, origin, versions, bytes, valid] =
                row.try_into().expect("wbxml-examples.tsv has six columns");
            let wbxml = from_hex(&read(&documents.join(format!("{name}.hex"))))
                .unwrap_or_else(|fault| panic!("{name}.hex: {fault}"));
            assert_eq!(wbxml.len().to_string(), bytes, "{name}.hex has not the length that is listed");
            let xml = read(&documents.join(format!("{name}.xml")));
            Example { name, kind, origin, versions, schema_valid: valid == "yes", wbxml, xml }
        })
        .collect()
}

/// The rows of a table with tabs between its columns, without the row of names.
pub(crate) fn rows(path: &Path) -> Vec<Vec<String>> {
    read(path).lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// The bytes of hexadecimal text; white space between digits means nothing.
pub(crate) fn from_hex(text: &str) -> Result<Vec<u8>, String> {
    let digits = text
        .chars()
        .enumerate()
        .filter(|(_, character)| !character.is_whitespace())
        .map(|(at, character)| match character.to_digit(16) {
            Some(digit) => Ok(u8::try_from(digit).expect("a digit is below 16")),
            None => Err(format!("{character:?} at character {at} is no hexadecimal digit")),
        })
        .collect::<Result<Vec<_>, _>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return Err("the last byte has one digit only".to_owned());
    }
    Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}
