//! What the tool reads.

use std::fs::File;
use std::io::{self, Read as _};

use crate::{Failure, printable};

/// A document and where it came from.
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// A WBXML document.
pub(crate) fn read_wbxml(file: &str, hex: bool) -> Result<Input, Failure> {
    let Input { name, bytes } = read(file)?;
    if !hex {
        return Ok(Input { name, bytes });
    }
    match from_hex(&String::from_utf8_lossy(&bytes)) {
        Ok(bytes) => Ok(Input { name, bytes }),
        Err(fault) => Err(Failure::BadInput(printable(&format!("{name}: {fault}")))),
    }
}

/// A text file's name and text.
pub(crate) fn read_text(file: &str) -> Result<(String, String), Failure> {
    let Input { name, bytes } = read(file)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok((name, text)),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            let line = format!("{name}: byte {offset}: expected XML in UTF-8, found other bytes");
            Err(Failure::BadInput(printable(&line)))
        }
    }
}

fn read(file: &str) -> Result<Input, Failure> {
    let name = if file == "-" { "standard input" } else { file }.to_owned();
    let mut bytes = Vec::new();
    let done = if file == "-" {
        io::stdin().lock().read_to_end(&mut bytes)
    } else {
        File::open(file).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    match done {
        Ok(_) => Ok(Input { name, bytes }),
        Err(error) => Err(Failure::Unable(printable(&format!("{name}: {error}")))),
    }
}

/// The bytes of hexadecimal digits as people copy them: `03016a`, `03 01 6A`, `03:01:6a`, `0x03, 0x01`.
fn from_hex(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    for (number, line) in (1..).zip(text.lines()) {
        let mut column = 1;
        for group in line.split(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | '-')) {
            let digits = group.strip_prefix("0x").or_else(|| group.strip_prefix("0X")).unwrap_or(group);
            let from = column + group.chars().count() - digits.chars().count();
            push_bytes(&mut bytes, digits)
                .map_err(|(at, fault)| format!("line {number}, column {}: {fault}", from + at))?;
            column += group.chars().count() + 1;
        }
    }
    Ok(bytes)
}

/// The fault comes with the character at which it is.
fn push_bytes(bytes: &mut Vec<u8>, digits: &str) -> Result<(), (usize, String)> {
    let mut high = None;
    for (at, c) in digits.chars().enumerate() {
        let digit = c
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
            .ok_or_else(|| (at, format!("expected a hexadecimal digit, found {c:?}")))?;
        match high.take() {
            None => high = Some(digit),
            Some(high) => bytes.push(high << 4 | digit),
        }
    }
    match high {
        None => Ok(()),
        Some(_) => Err((digits.len() - 1, "a byte is two digits, here is one".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::from_hex;

    #[test]
    fn digits_as_people_copy_them() {
        for text in ["03016A", "03 01 6a\n", "03:01:6a", "0x03, 0x01,\r\n 0x6A", "0301\n\n 6A", "03-01-6a"] {
            assert_eq!(from_hex(text).as_deref(), Ok(&[3, 1, 0x6A][..]), "{text:?}");
        }
        assert_eq!(from_hex(""), Ok(Vec::new()));
    }

    #[test]
    fn a_fault_has_a_place() {
        let fault = |text| from_hex(text).unwrap_err();
        assert_eq!(fault("03\n01 6G"), "line 2, column 5: expected a hexadecimal digit, found 'G'");
        assert_eq!(fault("03 0x1"), "line 1, column 6: a byte is two digits, here is one");
    }
}
