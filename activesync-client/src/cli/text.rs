//! Numbers and messages as people and protocols want them.

use std::fmt::{self, Write};

/// `12,345`
pub(crate) struct Count(pub(crate) u64);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let mut text = String::new();
        for (position, digit) in digits.chars().enumerate() {
            if position > 0 && (digits.len() - position).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        f.pad(&text)
    }
}

/// `812 bytes`, `14.2 kB`, `0.2 MB`, `14 MB`
pub(crate) fn bytes(count: u64) -> String {
    #[allow(clippy::cast_precision_loss, reason = "three digits are shown")]
    let scaled = |unit: u64| count as f64 / unit as f64;
    let shown = |value: f64, unit: &str| {
        if value < 9.95 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
    };
    match count {
        0..1_000 => format!("{count} bytes"),
        1_000..100_000 => shown(scaled(1_000), "kB"),
        100_000..1_000_000_000 => shown(scaled(1_000_000), "MB"),
        _ => shown(scaled(1_000_000_000), "GB"),
    }
}

/// What servers, files and people call something, in one line that does to a terminal what text does: control
/// characters and those that turn the direction of writing are escaped. What was escaped before stays the same.
pub(crate) fn harmless(text: impl fmt::Display) -> String {
    let mut harmless = Harmless(String::new());
    // Nothing fails that writes into memory.
    let _ = write!(harmless, "{text}");
    harmless.0
}

struct Harmless(String);

impl Write for Harmless {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            if c.is_control() || turns(c) {
                self.0.extend(c.escape_debug());
            } else {
                self.0.push(c);
            }
        }
        Ok(())
    }
}

/// Line ends of Unicode, and what Unicode calls `Bidi_Control`.
fn turns(c: char) -> bool {
    matches!(c,
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The widest that the path of a folder is shown where others are beside it.
pub(crate) const WIDEST: usize = 60;

/// The path of a folder, harmless and short enough to have others beside it.
pub(crate) fn brief(path: impl fmt::Display) -> String {
    without_middle(path, WIDEST)
}

/// A path, harmless and without its middle if it has more characters than this: its end says most.
pub(crate) fn without_middle(path: impl fmt::Display, most: usize) -> String {
    let path = harmless(path);
    let count = path.chars().count();
    if count <= most {
        return path;
    }
    let begin = most / 3;
    let end = path.chars().skip(count - (most - begin - 1));
    path.chars().take(begin).chain(['…']).chain(end).collect()
}

/// A list of folders that fits on a screen, by their paths.
pub(crate) fn few(paths: &[String]) -> String {
    const SHOWN: usize = 10;
    let shown: Vec<String> = paths.iter().take(SHOWN).map(brief).collect();
    let list = shown.join(", ");
    match paths.len() - shown.len() {
        0 => list,
        more => format!("{list} and {} more", Count(more as u64)),
    }
}

/// A message with the line ends that mail has. Those within binary parts do not matter: mail has none.
pub(crate) fn with_crlf(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + message.len() / 32);
    let mut before = 0;
    for &byte in message {
        if byte == b'\n' && before != b'\r' {
            out.push(b'\r');
        }
        out.push(byte);
        before = byte;
    }
    out
}

/// Whether the head of a message names somebody who shall get it.
pub(crate) fn has_recipient(message: &[u8]) -> bool {
    let head =
        message.windows(4).position(|window| window == b"\r\n\r\n").map_or(message, |end| &message[..end]);
    head.split(|byte| *byte == b'\n').any(|line| {
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
        line.contains(&b':')
            && [&b"to"[..], b"cc", b"bcc"]
                .iter()
                .any(|known| name.trim_ascii_end().eq_ignore_ascii_case(known))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_their_thousands_apart() {
        for (count, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(Count(count).to_string(), text);
        }
        assert_eq!(format!("{:>6}", Count(1_000)), " 1,000");
    }

    #[test]
    fn sizes_have_two_digits_or_more() {
        for (count, text) in [
            (812, "812 bytes"),
            (1_000, "1.0 kB"),
            (14_200, "14 kB"),
            (212_000, "0.2 MB"),
            (3_900_000, "3.9 MB"),
            (14_000_000, "14 MB"),
            (9_960_000, "10 MB"),
            (2_500_000_000, "2.5 GB"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        for (text, shown) in [
            ("\x1b]0;pwn\x07\x1b[2J", r"\u{1b}]0;pwn\u{7}\u{1b}[2J"),
            ("a\r\nb\tc\u{7f}\u{9b}", r"a\r\nb\tc\u{7f}\u{9b}"),
            (
                "\u{202e}fdp.exe\u{2066}\u{200f}\u{61c}\u{2028}",
                r"\u{202e}fdp.exe\u{2066}\u{200f}\u{61c}\u{2028}",
            ),
            (r"EXAMPLE\ada's „Über uns“ 日本 שלום", r"EXAMPLE\ada's „Über uns“ 日本 שלום"),
        ] {
            assert_eq!(harmless(text), shown);
            assert_eq!(harmless(harmless(text)), shown);
        }
    }

    #[test]
    fn long_paths_lose_their_middle() {
        let path = ["Archive", &"x".repeat(9_000), "Invoices of 2025"].join("/");
        let brief = brief(path);
        assert_eq!(brief.chars().count(), WIDEST);
        assert!(brief.starts_with("Archive/x") && brief.ends_with("x/Invoices of 2025"), "{brief}");
        assert_eq!(super::brief("Inbox/\n"), r"Inbox/\n");
    }

    #[test]
    fn line_ends_become_those_of_mail() {
        assert_eq!(with_crlf(b"a\nb\r\n\nc"), b"a\r\nb\r\n\r\nc");
    }

    #[test]
    fn recipients_are_found_in_the_head_only() {
        assert!(has_recipient(b"Subject: x\r\nTO : ada@example.org\r\n\r\n"));
        assert!(has_recipient(b"bcc: ada@example.org"));
        assert!(!has_recipient(b"Subject: x\r\n\r\nTo: ada@example.org\r\n"));
        assert!(!has_recipient(b"To the point\r\n"));
    }
}
