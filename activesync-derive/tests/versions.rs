//! What a version does not have is left out: by the tag, by `since` and `until`.

mod common;

use common::document;
use wbxml::codepages::{airsync, email, email2};
use wbxml::{Decode, Encode, EncodeElement, ProtocolVersion as V, Writer};

#[derive(Debug, Default, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, tag = Collection)]
struct Collection {
    /// 1.0 to 2.5
    #[wbxml(Truncation)]
    truncation: u8,
    /// 12.1 and later
    #[wbxml(Partial, flag)]
    partial: bool,
    /// 14.0 and later
    #[wbxml(email::Categories, list = email::Category)]
    categories: Vec<String>,
    /// 14.0 and later
    #[wbxml(email2::ConversationId, opaque)]
    conversation: Option<Vec<u8>>,
    /// 2.5 and later
    #[wbxml(MIMESupport, text)]
    mime: Option<u8>,
    #[wbxml(Class, until = "2.5")]
    old_class: Option<String>,
    #[wbxml(CollectionId, since = "2.0", until = "12.1")]
    id: Option<String>,
    #[wbxml(Commands, list, since = "14.1")]
    commands: Option<Vec<Command>>,
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[wbxml(page = airsync, choice)]
enum Command {
    #[wbxml(Add, since = "16.0")]
    Add(String),
    #[wbxml(SoftDelete)]
    SoftDelete,
}

fn full() -> Collection {
    Collection {
        truncation: 1,
        partial: true,
        categories: vec!["x".into()],
        conversation: Some(vec![7]),
        mime: Some(2),
        old_class: Some("o".into()),
        id: Some("i".into()),
        commands: Some(vec![Command::Add("a".into()), Command::SoftDelete]),
    }
}

#[track_caller]
fn written(version: V, body: &[u8]) {
    let bytes = wbxml::to_vec_version(&full(), version).unwrap();
    assert_eq!(bytes, document(body), "written {bytes:02X?}");
}

#[test]
fn each_version_gets_what_it_has() {
    written(V::V1_0, b"\x4F\x59\x031\0\x01\x50\x03o\0\x01\x01");
    written(V::V2_0, b"\x4F\x59\x031\0\x01\x50\x03o\0\x01\x52\x03i\0\x01\x01");
    written(V::V2_5, b"\x4F\x59\x031\0\x01\x62\x032\0\x01\x50\x03o\0\x01\x52\x03i\0\x01\x01");
    written(V::V12_0, b"\x4F\x62\x032\0\x01\x52\x03i\0\x01\x01");
    written(V::V12_1, b"\x4F\x26\x62\x032\0\x01\x52\x03i\0\x01\x01");
    let since_14_0 =
        b"\x4F\x26\x00\x02\x5B\x5C\x03x\0\x01\x01\x00\x16\x49\xC3\x01\x07\x01\x00\x00\x62\x032\0\x01";
    written(V::V14_0, &[&since_14_0[..], b"\x01"].concat());
    written(V::V14_1, &[&since_14_0[..], b"\x56\x21\x01\x01"].concat());
    written(V::V16_1, &[&since_14_0[..], b"\x56\x47\x03a\0\x01\x21\x01\x01"].concat());
}

#[test]
fn without_a_version_everything_is_written() {
    let bytes = wbxml::to_vec(&full()).unwrap();
    assert_eq!(wbxml::from_slice::<Collection>(&bytes).unwrap(), full());
}

#[test]
fn the_tag_s_version_can_be_demanded() {
    let refuse = |value: &dyn EncodeElement| {
        Writer::new(Vec::new()).version(V::V2_0).refuse_other_versions(true).encode(value)
    };
    let mut value = Collection { truncation: 1, ..Collection::default() };
    assert!(refuse(&value).is_ok());
    value.mime = Some(1);
    assert!(refuse(&value).unwrap_err().to_string().contains("MIMESupport"));
    let value = Collection { categories: vec!["x".into()], ..Collection::default() };
    assert!(refuse(&value).unwrap_err().to_string().contains("Categories"));
    let value = Collection { partial: true, ..Collection::default() };
    assert!(refuse(&value).unwrap_err().to_string().contains("Partial"));
    let value = Collection { conversation: Some(vec![]), ..Collection::default() };
    assert!(refuse(&value).unwrap_err().to_string().contains("ConversationId"));
}
