//! Names of files and directories.

/// The longest name that all usual file systems take, extension and temporary suffix included.
const LONGEST: usize = 200;

/// The name of an item's file, without extension: its identifier, with what file systems do not take, or do not
/// keep apart, as `%` and two digits. Different identifiers have different names, whatever the letter case.
///
/// `None` if it would be too long; identifiers have 64 characters at most. `[MS-ASCMD]` 2.2.3.166
pub(super) fn stem(id: &str) -> Option<String> {
    let mut stem = String::with_capacity(id.len());
    for (position, byte) in id.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => stem.push(char::from(byte)),
            b'.' if position > 0 => stem.push('.'),
            _ => stem.extend(['%', digit(byte >> 4), digit(byte & 0xF)]),
        }
    }
    (!stem.is_empty() && stem.len() <= LONGEST).then_some(stem)
}

fn digit(nibble: u8) -> char {
    char::from_digit(nibble.into(), 16).unwrap_or('0')
}

/// The name of a folder's directory: its own, as far as file systems take it.
pub(super) fn directory(name: &str) -> String {
    let mut safe: String = name
        .chars()
        .map(|c| match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            c if c.is_control() => '_',
            c => c,
        })
        .take(60)
        .collect();
    if safe.starts_with('.') {
        safe.replace_range(..1, "_");
    }
    let end = safe.trim_end_matches(['.', ' ']).len();
    safe.truncate(end);
    if safe.trim().is_empty() { "_".to_owned() } else { safe }
}

/// The same with an identifier behind it, cut to what file systems take.
pub(super) fn with_identifier(name: &str, id: &str) -> String {
    /// In bytes.
    const LONGEST: usize = 255;
    let name = directory(name);
    let end = name.floor_char_boundary(LONGEST.saturating_sub(id.len() + " ()".len()));
    format!("{} ({id})", &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_have_names_of_their_own() {
        assert_eq!(stem("5:12").unwrap(), "5%3a12");
        assert_eq!(stem("rid:ef23694f").unwrap(), "rid%3aef23694f");
        assert_eq!(stem("../../etc/passwd").unwrap(), "%2e.%2f..%2fetc%2fpasswd");
        assert_eq!(stem("a").unwrap().to_lowercase(), "a");
        assert_eq!(stem("A").unwrap(), "%41");
        assert_eq!(stem("ä\0").unwrap(), "%c3%a4%00");
        assert_eq!(stem(""), None);
        assert_eq!(stem(&"x".repeat(201)), None);
        assert!(stem(&"5".repeat(64)).is_some());
    }

    #[test]
    fn names_with_identifiers_are_short_enough() {
        assert_eq!(with_identifier("a/b", "5%3a1"), "a_b (5%3a1)");
        let long = with_identifier(&"\u{1F4C1}".repeat(60), &"1".repeat(200));
        assert_eq!(long, format!("{} ({})", "\u{1F4C1}".repeat(13), "1".repeat(200)));
    }

    #[test]
    fn directories_stay_within_their_parent() {
        for (name, safe) in [
            ("Inbox", "Inbox"),
            ("R/D: \"plans\"", "R_D_ _plans_"),
            ("..", "_"),
            (".hidden", "_hidden"),
            ("Über uns ", "Über uns"),
            ("\u{1}\n", "__"),
            ("", "_"),
            ("a.", "a"),
        ] {
            assert_eq!(directory(name), safe);
        }
    }
}
