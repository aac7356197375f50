//! A code page of one's own, from a crate that is not this one, beside those of ActiveSync.

use wbxml_codepages::{ACTIVESYNC, Language, Tag, code_pages};

code_pages! {
    crate = wbxml_codepages;
    /// What routes are made of.
    pub acme = "examples/acme.tsv"
}

static WITH_ACME: Language = Language::extending(&ACTIVESYNC, "ActiveSync and Acme", &[&acme::PAGE]);

fn main() {
    assert_eq!(acme::Trace, Tag::new(200, 0x07));
    for tag in [acme::Route, acme::Hop, acme::Trace, wbxml_codepages::airsync::SyncKey] {
        let (page, row) = WITH_ACME.tag(tag).expect("both are in the language");
        println!(
            "page {:3} token {:#04x}: {}:{} ({:?})",
            page.number,
            tag.token(),
            page.name,
            row.name,
            row.content
        );
    }
}
