//! The data files of the languages other than ActiveSync, held against the tables of `../shared/spec/languages`: row by
//! row, both ways.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use support::{rows, spec_dir};
use wbxml_codepages::{ACTIVESYNC, Content, Language, Tag, languages};

/// Folder of the facts, version there, name here.
const LANGUAGES: [(&str, &str, &str); 29] = [
    ("si", "1.0", "SI 1.0"),
    ("sl", "1.0", "SL 1.0"),
    ("co", "1.0", "CO 1.0"),
    ("emn", "1.0", "EMN 1.0"),
    // The header does not tell 1.0 from 1.1, which has all of it.
    ("prov", "1.1", "PROV 1.1"),
    ("wml", "1.0", "WML 1.0"),
    ("wml", "1.1", "WML 1.1"),
    ("wml", "1.2", "WML 1.2"),
    ("wml", "1.3", "WML 1.3"),
    ("wta", "1.0", "WTA 1.0"),
    ("wta-wml", "1.2", "WTA-WML 1.2"),
    ("channel", "1.1", "Channel 1.1"),
    ("channel", "1.2", "Channel 1.2"),
    ("syncml", "1.0", "SyncML 1.0"),
    ("syncml", "1.1", "SyncML 1.1"),
    ("syncml", "1.2", "SyncML 1.2"),
    ("syncml", "1.0", "MetInf 1.0"),
    ("syncml", "1.1", "MetInf 1.1"),
    ("syncml", "1.2", "MetInf 1.2"),
    ("devinf", "1.0", "DevInf 1.0"),
    ("devinf", "1.1", "DevInf 1.1"),
    ("devinf", "1.2", "DevInf 1.2"),
    ("dmddf", "1.2", "DMDDF 1.2"),
    ("drmrel", "1.0", "DRMREL 1.0"),
    ("ota", "7.0", "OTA 7.0"),
    ("ota-syncset", "7.0", "OTA-SyncSet 7.0"),
    ("wv-csp", "1.1", "WV-CSP 1.1"),
    ("wv-csp", "1.2", "WV-CSP 1.2"),
    ("conml", "1.0", "ConML 1.0"),
];

fn all() -> impl Iterator<Item = (&'static str, &'static str, &'static Language)> {
    LANGUAGES.into_iter().map(|(folder, version, name)| {
        let language = Language::by_name(name).unwrap_or_else(|| panic!("there is no language {name}"));
        assert_eq!(language.name, name);
        (folder, version, language)
    })
}

#[test]
fn every_language_has_its_facts() {
    let listed: Vec<_> = all().map(|(_, _, language)| language.name).collect();
    let held: Vec<_> = languages().iter().map(|language| language.name).collect();
    assert_eq!(held[0], "ActiveSync");
    assert_eq!(listed.iter().collect::<BTreeSet<_>>(), held[1..].iter().collect::<BTreeSet<_>>());
    let Some(facts) = facts() else { return };
    for (number, formal, language) in public_ids(&facts) {
        if language.starts_with('(') || number <= 1 {
            continue;
        }
        let found =
            Language::by_public_id(number).unwrap_or_else(|| panic!("none has the number {number:#X}"));
        assert_eq!(Language::by_formal_public_id(&formal).map(|language| language.name), Some(found.name));
        let folder = language.trim_end_matches(" (page 1)");
        assert!(
            all().any(|(of, _, known)| of == folder && known.name == found.name),
            "{formal}: {}",
            found.name
        );
    }
}

#[test]
fn every_row_is_there_and_no_other() {
    let Some(facts) = facts() else { return };
    for (folder, version, language) in all() {
        let table = |name: &str| table(&facts.join(folder).join(name), version);
        let mut expected = Tokens::new();
        for row in table("tags.tsv") {
            // A language of its own here, of page 1 there.
            if language.name.starts_with("MetInf") && row["page"] == "0" {
                continue;
            }
            let namespace = row["xmlns"].replace("{version}", version);
            let namespace = if row["tag"].contains(':') { String::new() } else { namespace };
            let content = content(folder, &row["tag"], &row["content"]);
            expected.insert(key(&row, "tag"), format!("{} {{{namespace}}} {content:?}", row["tag"]));
        }
        if language.name == "SyncML 1.2" {
            // Its device management has the page of DMDDF.
            for row in self::table(&facts.join("dmddf/tags.tsv"), version) {
                let content = content("dmddf", &row["tag"], &row["content"]);
                expected.insert(key(&row, "tag"), format!("{} {{{}}} {content:?}", row["tag"], row["xmlns"]));
            }
        }
        for row in table("attributes.tsv") {
            expected.insert(key(&row, "start"), format!("{}={}", row["name"], row["value_prefix"]));
        }
        for row in table("values.tsv") {
            expected.insert(key(&row, "value"), row["value"].clone());
        }
        if folder == "wv-csp" {
            for row in table("extensions.tsv") {
                assert_eq!(row["token"], "0x80", "only EXT_T_0 has values");
                expected.insert(("extension", 0, number(&row["index"])), row["value"].clone());
            }
        }
        let found = tokens(language);
        for (key, row) in &expected {
            assert_eq!(found.get(key), Some(row), "{} {key:?}", language.name);
        }
        for (key, row) in &found {
            assert!(expected.contains_key(key), "{} {key:?} {row} is not in the facts", language.name);
        }
    }
}

#[test]
fn what_identifies_a_language_is_that_of_the_facts() {
    let Some(facts) = facts() else { return };
    for (folder, version, language) in all().filter(|(_, _, language)| !language.name.starts_with("MetInf")) {
        let details = language.details();
        let facts = table(&facts.join(folder).join("language.tsv"), version);
        let values = |key: &str| -> Vec<&str> {
            facts.iter().filter(|row| row["key"] == key).map(|row| row["value"].as_str()).collect()
        };
        let number = values("public_id")[0];
        let number = if number.starts_with("none") { 1 } else { self::number(number) };
        assert_eq!(language.public_id, number, "{}", language.name);
        assert_eq!(vec![language.formal_public_id], values("formal_public_id"), "{}", language.name);
        assert_eq!(vec![details.system_id], values("system_id"), "{}", language.name);
        assert_eq!(vec![details.root], values("root"), "{}", language.name);
        assert_eq!(details.media_types, values("media_type_wbxml"), "{}", language.name);
        assert_eq!(details.variables, matches!(folder, "wml" | "wta-wml"), "{}", language.name);
        for alias in values("formal_public_id_alias") {
            assert_eq!(Language::by_formal_public_id(alias).map(|found| found.name), Some(language.name));
        }
        for media_type in values("media_type_wbxml") {
            let found = Language::by_media_type(media_type).expect("a media type");
            assert_eq!(found.details().root.to_lowercase(), details.root.to_lowercase(), "{media_type}");
        }
        for (key, count) in
            [("attribute_type:", details.attributes.len()), ("entity:", details.entities.len())]
        {
            let stated = facts.iter().filter(|row| row["key"].starts_with(key)).count();
            // WTA-WML has the entities of WML, on whose page it builds.
            let stated = if folder == "wta-wml" && key == "entity:" { 2 } else { stated };
            assert_eq!(stated, count, "{} {key}", language.name);
        }
    }
    assert_eq!(Language::by_formal_public_id("-//OMA//DTD EMN 1.0//EN").unwrap().name, "EMN 1.0");
}

#[test]
fn a_root_element_leads_to_its_language() {
    for (namespace, root, expected) in [
        ("", "si", "SI 1.0"),
        ("", "WML", "WML 1.0"),
        ("", "wml", "WML 1.3"),
        ("SYNCML:SYNCML1.1", "SyncML", "SyncML 1.1"),
        ("syncml:devinf", "DevInf", "DevInf 1.2"),
        ("syncml:dmddf1.2", "MgmtTree", "DMDDF 1.2"),
        ("http://odrl.net/1.1/ODRL-EX", "rights", "DRMREL 1.0"),
        ("http://www.wireless-village.org/CSP1.1", "WV-CSP-Message", "WV-CSP 1.1"),
        ("http://www.openmobilealliance.org/DTD/WV-CSP1.2", "WV-CSP-Message", "WV-CSP 1.2"),
        ("", "WV-CSP-Message", "WV-CSP 1.2"),
        ("", "SyncSettings", "OTA-SyncSet 7.0"),
        ("AirSync", "Sync", "ActiveSync"),
        ("FolderHierarchy", "FolderSync", "ActiveSync"),
    ] {
        let found = Language::by_root(namespace, root).map(|language| language.name);
        assert_eq!(found, Some(expected), "{{{namespace}}}{root}");
    }
    for (namespace, root) in [("", "html"), ("", "rights"), ("SYNCML:SYNCML1.3", "SyncML"), ("x", "si")] {
        assert!(Language::by_root(namespace, root).is_none(), "{{{namespace}}}{root}");
    }
}

#[test]
fn names_are_taken_as_people_write_them() {
    for (name, expected) in [
        ("si", "SI 1.0"),
        ("wml", "WML 1.3"),
        ("WML 1.1", "WML 1.1"),
        ("wml-1.1", "WML 1.1"),
        ("wta-wml", "WTA-WML 1.2"),
        ("activesync", "ActiveSync"),
        ("ota", "OTA 7.0"),
        ("syncml_1.0", "SyncML 1.0"),
    ] {
        assert_eq!(Language::by_name(name).map(|language| language.name), Some(expected), "{name}");
    }
    for name in ["", "wml-2.0", "1.0", "html"] {
        assert!(Language::by_name(name).is_none(), "{name}");
    }
    assert!(Language::by_public_id(1).is_none() && Language::by_public_id(0).is_none());
    assert!(Language::by_formal_public_id("").is_none() && Language::by_system_id("").is_none());
    assert_eq!(ACTIVESYNC.details().root, "");
}

/// Kind of token, page, number; and what it stands for.
type Tokens = BTreeMap<(&'static str, u8, u32), String>;

fn tokens(language: &Language) -> Tokens {
    let mut tokens = Tokens::new();
    for page in language.pages {
        for info in page.tags {
            let row = format!("{} {{{}}} {:?}", info.name, page.namespace, info.content);
            tokens.insert(("tag", page.number, info.tag.token().into()), row);
            assert_eq!(language.tag(Tag::new(page.number, info.tag.token())).unwrap().1.name, info.name);
        }
    }
    for page in language.attribute_pages {
        for start in page.starts {
            let row = format!("{}={}", start.name, start.prefix);
            tokens.insert(("start", page.number, start.token.into()), row);
        }
        for value in page.values {
            tokens.insert(("value", page.number, value.token.into()), value.value.to_owned());
        }
    }
    for (index, value) in language.details().values {
        tokens.insert(("extension", 0, *index), (*value).to_owned());
    }
    tokens
}

/// What the facts call the content, and where the notes say more than they do.
fn content(folder: &str, tag: &str, fact: &str) -> Content {
    match (folder, tag, fact) {
        ("syncml", "Data", "any") => Content::Document,
        ("syncml", "NextNonce", "string") => Content::StringOrOpaque,
        ("wv-csp", _, "integer") => Content::OpaqueInteger,
        ("wv-csp", _, "datetime") => Content::OpaqueDateTime,
        (_, _, "" | "any") => Content::Any,
        (_, _, "container") => Content::Container,
        (_, _, "mixed") => Content::Mixed,
        (_, _, "empty") => Content::Empty,
        (_, _, "string") => Content::String,
        (_, _, "boolean") => Content::Boolean,
        (_, _, "opaque") => Content::Opaque,
        (_, _, "string or opaque") => Content::StringOrOpaque,
        other => panic!("what is {other:?}?"),
    }
}

fn facts() -> Option<PathBuf> {
    Some(spec_dir()?.join("languages"))
}

fn public_ids(facts: &Path) -> impl Iterator<Item = (u32, String, String)> {
    rows(&facts.join("public-ids.tsv")).into_iter().map(|row| {
        let [id, formal, language] = row.try_into().expect("public-ids.tsv has three columns");
        (number(&id), formal, language)
    })
}

/// The rows of a version, by the names of the columns; none where there is no such table.
fn table(path: &Path, version: &str) -> Vec<BTreeMap<String, String>> {
    let Ok(text) = std::fs::read_to_string(path) else { return Vec::new() };
    let mut lines = text.lines().map(|line| line.split('\t'));
    let columns: Vec<_> = lines.next().expect("a line of names").collect();
    lines
        .map(|cells| {
            let cells = cells.map(str::to_owned).chain(std::iter::repeat(String::new()));
            columns.iter().map(|column| (*column).to_owned()).zip(cells).collect::<BTreeMap<_, _>>()
        })
        .filter(|row| row["versions"].split(',').any(|known| known == version))
        .collect()
}

fn key(row: &BTreeMap<String, String>, kind: &'static str) -> (&'static str, u8, u32) {
    (kind, row["page"].parse().expect("a page"), number(&row["token"]))
}

fn number(text: &str) -> u32 {
    text.strip_prefix("0x").and_then(|hex| u32::from_str_radix(hex, 16).ok()).expect("a number")
}
