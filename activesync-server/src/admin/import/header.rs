//! What makes a file a message.
//!
//! A message begins with header fields (RFC 5322, 2.2), and one of them is of those that every mailer knows. Until that
//! one all lines have to be fields; what comes after it may have faults, as real mail has. Blank lines, a byte order
//! mark and the line of an mbox before it do no harm.

use super::shortened;

/// Fields of which a message has at least one.
const KNOWN: [&str; 22] = [
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "bcc",
    "apparently-to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "received",
    "return-path",
    "delivered-to",
    "mime-version",
    "content-type",
    "resent-from",
    "resent-to",
    "resent-date",
    "resent-message-id",
    "x-mailer",
];

/// Where a message begins.
#[derive(Debug, PartialEq)]
pub(super) struct Beginning<'r> {
    /// It, without what is before it.
    pub(super) message: &'r [u8],
    /// The line of an mbox that is before it.
    pub(super) separator: Option<&'r [u8]>,
}

/// Why it is no message.
#[derive(Debug, PartialEq)]
pub(super) struct NoMessage {
    /// The line that is no header field, from 1.
    pub(super) line: usize,
    pub(super) reason: String,
}

/// Finds the message in a file.
pub(super) fn find(file: &[u8]) -> Result<Beginning<'_>, NoMessage> {
    let mut message = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    let mut separator = None;
    let mut number = 1;
    while let Some(line) = first_line(message) {
        let is_separator = separator.is_none() && (line.starts_with(b"From ") || line.starts_with(b">From "));
        if is_separator {
            separator = Some(line);
        } else if !line.trim_ascii().is_empty() {
            break;
        }
        message = &message[line.len()..];
        number += 1;
    }
    // Where there is nothing, there is no line to name but the first.
    check(message, if message.is_empty() { 1 } else { number })?;
    Ok(Beginning { message, separator })
}

/// Whether there is a known field, and nothing else than fields before it.
fn check(message: &[u8], first: usize) -> Result<(), NoMessage> {
    let mut unknown = None;
    for (number, line) in (first..).zip(message.split_inclusive(|byte| *byte == b'\n')) {
        let is_continued = line.starts_with(b" ") || line.starts_with(b"\t");
        if line.trim_ascii().is_empty() {
            break;
        }
        if is_continued && unknown.is_some() {
            continue;
        }
        let Some(name) = name(line) else {
            let reason = format!(
                "expected a message, which begins with header fields such as \"Subject: hello\", found {}",
                shown(line)
            );
            return Err(NoMessage { line: number, reason });
        };
        if KNOWN.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes())) {
            return Ok(());
        }
        unknown.get_or_insert((number, line));
    }
    let (line, found) = unknown.map_or((first, "nothing".to_owned()), |(number, line)| (number, shown(line)));
    let reason =
        format!("expected a message, which has header fields such as From, Date or Subject, found {found}");
    Err(NoMessage { line, reason })
}

/// The name of a field (RFC 5322, 3.6.8); old programs have spaces before the colon.
fn name(line: &[u8]) -> Option<&[u8]> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = line[..colon].trim_ascii_end();
    (!name.is_empty() && name.iter().all(u8::is_ascii_graphic)).then_some(name)
}

fn first_line(text: &[u8]) -> Option<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').next()
}

fn shown(line: &[u8]) -> String {
    const MOST_BYTES: usize = 400;
    let line = line.trim_ascii_end();
    let text = String::from_utf8_lossy(line.get(..MOST_BYTES).unwrap_or(line));
    format!("{:?}", shortened(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_mail_begins_in_many_ways() {
        for good in [
            "Subject: x\n\n",
            "Received: from a\r\n\tby b;\r\n Thu, 29 Feb 2024 08:00:00 +0100\r\nFrom: a\r\n\r\nx",
            "X-Spam: no\nX-Long: a\n  b\n\tc: d\nSUBJECT : x\n\n",
            "subject:without a space, and without an end",
            "From: Bj\u{F6}rn\nfolded as it must not be\n\nHello",
            "Date: x\nand no more fields but text\n",
            "X-Empty:\nMessage-ID: <1@example.org>\n",
        ] {
            let found = find(good.as_bytes()).unwrap();
            assert_eq!(found, Beginning { message: good.as_bytes(), separator: None }, "{good:?}");
        }
        assert!(find(b"X-Name: Gr\xF6\xDFe\nTo: Gr\xF6\xDFe\n\n").is_ok(), "8-bit text in no charset");
    }

    #[test]
    fn what_is_before_the_message_is_no_part_of_it() {
        let found =
            find(b"\xEF\xBB\xBF\r\n\nFrom a Sat Jan  3 01:05:34 1996\nSubject: x\n\nFrom b\n").unwrap();
        assert_eq!(found.message, b"Subject: x\n\nFrom b\n");
        assert_eq!(found.separator, Some(&b"From a Sat Jan  3 01:05:34 1996\n"[..]));
    }

    #[test]
    fn what_is_no_message_is_refused_with_the_line() {
        for (bad, line, found) in [
            (&b""[..], 1, "found nothing"),
            (b"\n\n", 1, "found nothing"),
            (b"\n\nno field at all", 3, "found \"no field at all\""),
            (b"From a Sat Jan  3 01:05:34 1996\n\n", 1, "found nothing"),
            (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR: x", 1, "found \"\u{FFFD}PNG\""),
            (b"{\n  \"subject\": \"x\"\n}\n", 1, "found \"{\""),
            (b"{\"from\": 1}\n", 1, "found \"{\\\"from\\\": 1}\""),
            (b"<?xml version='1.0'?>\n<a xmlns:b='c'/>", 1, "found \"<?xml version='1.0'?>\""),
            (b"Note: buy milk\nLater: tea\n\nSubject: x\n", 1, "found \"Note: buy milk\""),
            (b"Note: buy milk\nand tea\nSubject: x\n", 2, "found \"and tea\""),
            (
                b"  folded: before there is a field\nSubject: x\n",
                1,
                "found \"  folded: before there is a field\"",
            ),
            (b": no name\nSubject: x\n", 1, "found \": no name\""),
            (b"10:30 tea\n11:00 work\n", 1, "found \"10:30 tea\""),
            (b"\xFF\xFES\0u\0b\0j\0e\0c\0t\0:\0", 1, "found"),
        ] {
            let fault = find(bad).unwrap_err();
            assert_eq!(fault.line, line, "{fault:?}");
            assert!(fault.reason.starts_with("expected a message, which "), "{fault:?}");
            assert!(fault.reason.contains(found), "{fault:?}");
        }
    }
}
