//! What tests of this package share: the specification's facts, which lie beside the checkout.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, io, thread};

/// The directory of the specification's facts, `../shared/spec` from the root of the checkout. Where it is missing,
/// a machine that checks the project fails, and anyone else is told that the test was skipped.
pub(crate) fn spec_dir() -> Option<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/spec");
    if directory.join("codepages.tsv").is_file() {
        return Some(directory);
    }
    skip("the specification's facts, ../shared/spec beside the checkout");
    None
}

fn skip(missing: &str) {
    assert!(env::var_os("CI").is_none_or(|ci| ci.is_empty()), "CI is set, but this is missing: {missing}");
    let test = thread::current().name().unwrap_or("a test").to_owned();
    // Unlike what `eprintln!` prints, this is seen even though the test passes.
    writeln!(io::stderr(), "\nSKIPPED {test}, which needs {missing}").expect("standard error is open");
}

/// Holds an answer against the schemas with xmllint; the fault is what it says.
pub(crate) fn validate(spec: &Path, xml: &str) -> Result<(), String> {
    let spawned = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(spec.join("xsd/linked/all.xsd"))
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match spawned {
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => {
            skip("the program xmllint (Debian: apt-get install libxml2-utils)");
            return Ok(());
        }
        other => other.expect("xmllint starts"),
    };
    let mut input = child.stdin.take().expect("standard input is a pipe");
    let output = thread::scope(|scope| {
        // A failed write means that it gave up reading; it says why itself.
        scope.spawn(move || input.write_all(xml.as_bytes()));
        child.wait_with_output().expect("xmllint ends")
    });
    let said = String::from_utf8_lossy(&output.stderr);
    // It warns of each namespace that is no absolute URI.
    let faults: Vec<_> = said.lines().filter(|line| line.contains("error")).collect();
    if output.status.success() { Ok(()) } else { Err(faults.join("\n")) }
}

/// The rows of a table with tabs between its columns, without the row of names.
pub(crate) fn rows(path: &Path) -> Vec<Vec<String>> {
    read(path).lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// The bytes of a file of hexadecimal digits.
pub(crate) fn read_hex(path: &Path) -> Vec<u8> {
    let digits: Vec<u8> = read(path)
        .chars()
        .filter(|character| !character.is_whitespace())
        .map(|digit| {
            u8::try_from(digit.to_digit(16).expect("a hexadecimal digit")).expect("a digit is below 16")
        })
        .collect();
    let (pairs, rest) = digits.as_chunks::<2>();
    assert!(rest.is_empty(), "{}: the last byte has one digit only", path.display());
    pairs.iter().map(|[high, low]| high << 4 | low).collect()
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}
