//! The HTTP layer, held against `../shared/spec/http-query-examples.tsv` and a multipart body.

mod support;

use activesync_types::http::{Base64Head, MultiPart, Query, write_multipart};
use activesync_types::item_operations::{ItemOperationsResponse, ItemProperties};
use support::{read_hex, rows, spec_dir};

#[test]
fn worked_queries_come_back() {
    let Some(spec) = spec_dir() else { return };
    let examples = rows(&spec.join("http-query-examples.tsv"));
    assert_eq!(examples.len(), 5);
    for row in examples {
        let [name, _, command, version, locale, device_id, policy_key, device_type, parameters, base64, _] =
            row.try_into().unwrap();
        let mut expected = Query {
            command: command.into(),
            device_id: device_id.into(),
            device_type: device_type.into(),
            ..Query::default()
        };
        for parameter in parameters.split(' ').filter(|parameter| !parameter.is_empty()) {
            let (key, value) = parameter.split_once('=').unwrap();
            let text = Some(value.to_owned().into());
            match key {
                "CollectionId" => expected.parameters.collection_id = text,
                "ItemId" => expected.parameters.item_id = text,
                "User" => expected.user = text,
                "Options" => {
                    expected.parameters.save_in_sent = value == "0x01";
                    expected.parameters.accept_multi_part = value == "0x02";
                }
                other => panic!("{name} has a parameter {other}"),
            }
        }
        let head = Base64Head {
            version: version.parse().unwrap(),
            locale: u16::from_str_radix(locale.trim_start_matches("0x"), 16).unwrap(),
            policy_key: (!policy_key.is_empty()).then(|| policy_key.parse().unwrap()),
        };
        assert_eq!(expected.to_base64(head).unwrap(), base64, "{name}");
        expected.base64 = Some(head);
        assert_eq!(Query::parse(&base64).unwrap(), expected, "{name}");
    }
}

#[test]
fn a_worked_multipart_body_comes_back() {
    let Some(spec) = spec_dir() else { return };
    let body = read_hex(&spec.join("examples/http-multipart-body.hex"));
    let parts = MultiPart::parse(&body).unwrap();
    assert_eq!(parts.document(), read_hex(&spec.join("examples/itemoperations-multipart-response.hex")));

    let answer: ItemOperationsResponse<'_> = wbxml::from_slice(parts.document()).unwrap();
    let response = answer.response.unwrap();
    let properties = response.fetches[0].properties.as_ref().unwrap();
    let properties: ItemProperties<'_> = properties.decode().unwrap();
    assert_eq!(properties.part, Some(1));
    assert_eq!(parts.part(1), Some(&b"hello"[..]));
    assert_eq!(parts.part(2), None);

    assert_eq!(write_multipart(parts.parts()).unwrap(), body);
}
