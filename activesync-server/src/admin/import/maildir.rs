//! Maildir, and the Maildirs that Maildir++ has inside.

use std::path::Path;

use activesync_types::email::{Flag, FlagStatus, LastVerbExecuted};
use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::{GeneralPurpose, general_purpose::NO_PAD};

use crate::backend::EmailMarks;

/// Programs that copy a Maildir may leave out what is empty, such as `new`.
pub(super) fn is_one(path: &Path) -> bool {
    path.join("cur").is_dir()
}

/// Whether a file is a mail of a Maildir: it is in `cur` or `new`, or it has its marks in its name, as only these have.
pub(super) fn is_mail(path: &Path) -> bool {
    let directory = path.canonicalize().ok().and_then(|real| Some(real.parent()?.file_name()?.to_owned()));
    directory.is_some_and(|name| name == "cur" || name == "new") || flags(path).is_some()
}

/// The folders that a directory named like `.Work.Harbour` means: one inside the other.
pub(super) fn folder_names(name: &str) -> Option<Vec<String>> {
    let names: Vec<String> = name.strip_prefix('.')?.split('.').map(decode_name).collect();
    names.iter().all(|name| !name.is_empty()).then_some(names)
}

/// What the end of a file's name says: `…:2,FRS`.
pub(super) fn marks(path: &Path) -> EmailMarks {
    let flags = flags(path);
    let has = |flag| flags.as_ref().is_some_and(|flags| flags.contains(flag));
    let last_verb = if has('P') {
        LastVerbExecuted::Forward
    } else if has('R') {
        LastVerbExecuted::ReplyToSender
    } else {
        LastVerbExecuted::Unknown
    };
    EmailMarks { read: has('S'), flag: has('F').then(flag), last_verb, ..EmailMarks::default() }
}

fn flags(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy();
    let (before, flags) = name.rsplit_once("2,")?;
    // Where a colon cannot be in a name, something else takes its place.
    before.ends_with([':', ';', '!', '_']).then(|| flags.to_owned())
}

/// A follow-up flag as clients set it.
pub(super) fn flag() -> Flag<'static> {
    Flag { status: Some(FlagStatus::Active), flag_type: Some("Flag for follow up".into()), ..Flag::default() }
}

/// Names are in the UTF-7 of IMAP (RFC 3501, 5.1.3). What is not stays as it is.
fn decode_name(name: &str) -> String {
    try_decode(name).unwrap_or_else(|| name.to_owned())
}

fn try_decode(name: &str) -> Option<String> {
    let mut decoded = String::new();
    let mut rest = name;
    while let Some((plain, encoded)) = rest.split_once('&') {
        let (encoded, after) = encoded.split_once('-')?;
        decoded.push_str(plain);
        if encoded.is_empty() {
            decoded.push('&');
        } else {
            let bytes = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD).decode(encoded).ok()?;
            let units: Vec<u16> =
                bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            decoded.push_str(&String::from_utf16(&units).ok()?);
        }
        rest = after;
    }
    decoded.push_str(rest);
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_named_in_the_utf_7_of_imap() {
        assert_eq!(folder_names(".Work.Harbour").unwrap(), ["Work", "Harbour"]);
        assert_eq!(folder_names(".Entw&APw-rfe").unwrap(), ["Entwürfe"]);
        assert_eq!(folder_names(".R&-D").unwrap(), ["R&D"]);
        assert_eq!(folder_names(".&ZeVnLIqe-").unwrap(), ["日本語"]);
        assert_eq!(folder_names(".A&x").unwrap(), ["A&x"], "not encoded at all");
        assert_eq!(folder_names("Work"), None);
        assert_eq!(folder_names(".Work..Harbour"), None);
    }

    #[test]
    fn marks_are_in_the_name() {
        let marked = marks(Path::new("cur/1700000000.M1P2.host:2,FRS"));
        assert!(marked.read && marked.flag.is_some());
        assert_eq!(marked.last_verb, LastVerbExecuted::ReplyToSender);
        assert_eq!(
            marks(Path::new("cur/1700000000.M1P2.host;2,S")),
            EmailMarks { read: true, ..EmailMarks::default() }
        );
        assert_eq!(marks(Path::new("new/1700000002,S=99.host")), EmailMarks::default());
        assert_eq!(marks(Path::new("cur/1700000000.host:2,")), EmailMarks::default());
    }
}
