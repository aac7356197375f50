//! A code page of one's own, `pages/acme.tsv`, and a type that speaks it.
//!
//! `cargo run -p activesync-derive --example acme`

use std::borrow::Cow;

use wbxml::{Decode, Encode, IntoOwned, ProtocolVersion};

wbxml::code_pages! { pub acme = "pages/acme.tsv" }

/// The way of a parcel.
#[derive(Debug, PartialEq, Encode, Decode, IntoOwned)]
#[wbxml(page = acme, tag = Route)]
pub struct Route<'a> {
    /// The places on the way.
    #[wbxml(Hop)]
    pub hops: Vec<Cow<'a, str>>,
    /// Where the parcel was seen last, counted from 1.
    #[wbxml(Trace)]
    pub trace: Option<u32>,
}

fn main() -> wbxml::Result<()> {
    let route = Route { hops: vec!["Hamburg".into(), "Bremen".into()], trace: Some(2) };

    let bytes = wbxml::to_vec(&route)?;
    println!("{} bytes: {bytes:02X?}", bytes.len());

    // `Trace` came with 14.0, as its row says.
    let old = wbxml::to_vec_version(&route, ProtocolVersion::V12_1)?;
    println!("{} bytes for 12.1: {old:02X?}", old.len());

    let read: Route<'_> = wbxml::from_slice(&bytes)?;
    println!("{} hops, seen last at {:?}", read.hops.len(), read.trace);
    let kept: Route<'static> = read.into_owned();
    assert_eq!(kept, route);

    // Page 200 is not one of ActiveSync's, but it has a name where a language holds it.
    println!("{}", acme::PAGE.find("Trace").map_or("no such tag", |row| row.name));
    Ok(())
}
