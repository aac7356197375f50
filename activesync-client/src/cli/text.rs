//! Numbers and messages as people and protocols want them.

use std::fmt;

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
