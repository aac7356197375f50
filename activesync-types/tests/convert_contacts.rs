//! vCards turned into contacts and back.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use activesync_types::airsyncbase::{Body, BodyType};
use activesync_types::contacts::Contact;
use activesync_types::convert::Loss;
use activesync_types::convert::vcard::{Card, parse, to_text};
use activesync_types::date_time::DateTime;
use activesync_types::sync::{CollectionResponse, ServerAdd, ServerCommand, SyncResponse};
use proptest::prelude::*;
use support::{spec_dir, validate};
use wbxml::{Fragment, OrEmpty, ProtocolVersion};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/contacts")
}

fn cards(text: &str) -> Vec<Card> {
    parse(text).map(Result::unwrap).collect()
}

fn file(name: &str) -> Vec<Card> {
    cards(&fs::read_to_string(directory().join(name)).unwrap())
}

fn all() -> Vec<(String, Card)> {
    let mut names: Vec<String> = fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names.into_iter().flat_map(|name| file(&name).into_iter().map(move |card| (name.clone(), card))).collect()
}

fn told(lost: &[Loss]) -> Vec<String> {
    lost.iter().map(ToString::to_string).collect()
}

/// A card of these lines.
fn card(lines: &str) -> Card {
    let lines = lines.replace('\n', "\r\n");
    cards(&format!("BEGIN:VCARD\r\nVERSION:3.0\r\n{lines}\r\nEND:VCARD\r\n")).remove(0)
}

fn day(text: &str) -> OrEmpty<DateTime> {
    OrEmpty::Value(text.parse().unwrap())
}

#[test]
fn what_a_contact_says_comes_back_from_vcard() {
    let cards = all();
    assert!(cards.len() >= 13, "{}", cards.len());
    for (name, card) in cards {
        let text = to_text(&card.contact);
        let again = self::cards(&text);
        assert_eq!(again.len(), 1, "{name}\n{text}");
        assert_eq!(again[0].contact, card.contact, "{name}\n{text}");
        assert!(again[0].lost.is_empty(), "{name}: {:?}", again[0].lost);
    }
}

#[test]
fn every_contact_makes_a_valid_answer() {
    let Some(spec) = spec_dir() else { return };
    for version in [ProtocolVersion::V12_1, ProtocolVersion::V14_1, ProtocolVersion::V16_1] {
        let mut collection = CollectionResponse::new("2", "5");
        for (number, (_, card)) in all().iter().enumerate() {
            let application_data = Fragment::from_value(&card.contact, Some(version)).unwrap();
            let server_id = format!("5:{number}").into();
            collection.commands.push(ServerCommand::Add(ServerAdd {
                class: None,
                server_id,
                application_data,
            }));
        }
        let bytes = wbxml::to_vec_version(&SyncResponse::from(vec![collection]), version).unwrap();
        let xml = wbxml::xml::to_xml(&bytes).unwrap();
        if let Err(fault) = validate(&spec, &xml) {
            panic!("{version}: {fault}");
        }
    }
}

#[test]
fn a_full_card() {
    let [card] = &file("bo-ekdahl.vcf")[..] else { panic!() };
    let contact = &card.contact;
    let expected = [
        (&contact.first_name, "Bo"),
        (&contact.middle_name, "Göran Valdemar"),
        (&contact.last_name, "Ekdahl"),
        (&contact.title, "Mr."),
        (&contact.suffix, "R.N."),
        (&contact.nick_name, "Knots"),
        (&contact.company_name, "Gullvik Harbour Works"),
        (&contact.department, "Harbour Office"),
        (&contact.job_title, "Harbour master"),
        (&contact.email1_address, "bo@example.org"),
        (&contact.email2_address, "bo.ekdahl@example.net"),
        (&contact.email3_address, "harbour.master@example.org"),
        (&contact.business_phone_number, "+46 31 390 06 01"),
        (&contact.business2_phone_number, "+46 31 390 06 02"),
        (&contact.business_fax_number, "+46 31 390 06 03"),
        (&contact.pager_number, "+46 31 390 06 04"),
        (&contact.mobile_phone_number, "+46 70 174 06 05"),
        (&contact.car_phone_number, "+46 70 174 06 06"),
        (&contact.home_phone_number, "+46 31 390 06 10"),
        (&contact.home2_phone_number, "+46 31 390 06 11"),
        (&contact.home_fax_number, "+46 31 390 06 12"),
        (&contact.office_location, "Harbour Office, 2nd floor"),
        (&contact.business_address_street, "Norra kajen 1"),
        (&contact.business_address_state, "Västkusten"),
        (&contact.home_address_postal_code, "456 79"),
        (&contact.other_address_city, "Gullvik"),
        (&contact.web_page, "https://www.example.org/harbour"),
        (&contact.spouse, "Berit Ekdahl"),
        (&contact.assistant_name, "Ada Lindqvist"),
        (&contact.manager_name, "The Council"),
        (&contact.im_address, "xmpp:bo@example.org"),
    ];
    for (found, expected) in expected {
        assert_eq!(found.as_deref(), Some(expected));
    }
    assert_eq!(contact.birthday, Some(day("1961-03-14")));
    assert_eq!(contact.anniversary, Some(day("1988-06-04")));
    assert_eq!(contact.categories.as_ref().unwrap().len(), 3);
    assert!(contact.body.as_ref().unwrap().text().unwrap().ends_with("hint: \\o/"));
    assert_eq!(
        told(&card.lost),
        [
            "line 10: ROLE: there is no place for it",
            "line 26: ADR: there is no place for all parts of it",
            "line 27: LABEL: there is no place for it",
        ]
    );
}

#[test]
fn pictures_are_kept_in_every_form() {
    for name in ["chidi-okonjo.vcf", "haruka-minase.vcf"] {
        let contact = &file(name)[0].contact;
        let picture = contact.picture.as_deref().unwrap();
        assert!(picture.starts_with("/9j/") || picture.starts_with("iVBORw0KGgo"), "{name}");
        assert!(picture.len() > 500, "{name}");
    }
    assert_eq!(
        card("FN:x\nPHOTO;ENCODING=b;TYPE=JPEG:AAECAwQ=").contact.picture.as_deref(),
        Some("AAECAwQ=")
    );
    let linked = card("FN:x\nPHOTO;VALUE=uri:https://example.org/x.jpg");
    assert_eq!(
        (linked.contact.picture, &told(&linked.lost)[..]),
        (None, &["line 4: PHOTO: there is no place for it".to_owned()][..])
    );
    let large = card(&format!("FN:x\nPHOTO;ENCODING=b:{}", "AAEC".repeat(13_000)));
    assert_eq!(large.contact.picture, None);
    assert_eq!(
        told(&large.lost),
        ["line 4: PHOTO: it has 39000 bytes, and the protocol takes 36864 (48 KiB in base64)"]
    );
}

#[test]
fn numbers_find_their_kind_and_never_another() {
    let contact = card("FN:x\nTEL;TYPE=CELL:1\nTEL;TYPE=CELL:2\nTEL;TYPE=WORK,FAX:3\nTEL;TYPE=FAX:4\nTEL:5");
    assert_eq!(contact.contact.mobile_phone_number.as_deref(), Some("1"));
    assert_eq!(contact.contact.business_fax_number.as_deref(), Some("3"));
    assert_eq!(contact.contact.home_phone_number.as_deref(), Some("5"));
    assert_eq!(
        told(&contact.lost),
        ["line 5: TEL: there is no place for it", "line 7: TEL: there is no place for it"]
    );
    // The preferred one comes first, wherever it stands.
    let contact = card("FN:x\nTEL;TYPE=WORK:1\nTEL;TYPE=WORK,PREF:2").contact;
    assert_eq!(contact.business_phone_number.as_deref(), Some("2"));
    assert_eq!(contact.business2_phone_number.as_deref(), Some("1"));
    let contact =
        card("FN:x\nEMAIL;PREF=2:b@example.org\nEMAIL;PREF=1:mailto:a@example.org\nEMAIL:c@example.org")
            .contact;
    let emails = [contact.email1_address, contact.email2_address, contact.email3_address];
    assert_eq!(emails.map(Option::unwrap), ["a@example.org", "b@example.org", "c@example.org"]);
    assert_eq!(
        card("FN:x\nTEL;VALUE=uri;TYPE=home:tel:+1-555").contact.home_phone_number.as_deref(),
        Some("+1-555")
    );
}

#[test]
fn a_name_is_made_where_there_is_none() {
    let contact = card("FN:Ada Augusta Byron").contact;
    assert_eq!(contact.first_name.as_deref(), Some("Ada Augusta"));
    assert_eq!(contact.last_name.as_deref(), Some("Byron"));
    assert_eq!(contact.file_as.as_deref(), Some("Byron, Ada Augusta"));
    let company = card("FN:Gullvik Ropeworks\nORG:Gullvik Ropeworks").contact;
    assert_eq!((company.company_name.as_deref(), company.last_name), (Some("Gullvik Ropeworks"), None));
    assert_eq!(company.file_as.as_deref(), Some("Gullvik Ropeworks"));
    let nameless = to_text(&Contact { email1_address: Some("x@example.org".into()), ..Contact::default() });
    assert!(nameless.contains("FN:x@example.org\r\n"), "{nameless}");
}

#[test]
fn dates_without_a_year_have_no_place() {
    let card = card("FN:x\nBDAY:--0203");
    assert_eq!(card.contact.birthday, None);
    assert_eq!(told(&card.lost), ["line 4: BDAY: there is no place for it"]);
    assert_eq!(self::card("FN:x\nBDAY:1972-01-26T23:00:00Z").contact.birthday, Some(day("1972-01-26")));
    let modern = |date: &str| {
        cards(&format!("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:x\r\nBDAY:{date}\r\nEND:VCARD\r\n")).remove(0)
    };
    // RFC 6350 has no dashes in whole dates, but files have them.
    for date in ["18151210", "1815-12-10", "1815-12-10T23:00:00+0200"] {
        assert_eq!(modern(date).contact.birthday, Some(day("1815-12-10")), "{date}");
    }
    assert_eq!(
        told(&modern("1815-02-30").lost),
        ["line 4: BDAY: expected a date such as 1815-12-10, found \"1815-02-30\""]
    );
    assert_eq!(told(&modern("1815-12").lost), ["line 4: BDAY: there is no place for it"]);
    let cleared = Contact { birthday: Some(OrEmpty::Empty), ..Contact::default() };
    assert!(!to_text(&cleared).contains("BDAY"));
}

#[test]
fn old_versions_are_read() {
    let text = "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=85berg;Bo\r\n\
        TEL;WORK;VOICE:1\r\nADR;HOME:;;Storgatan 1;Lund;;223 50;Sverige\r\nEND:VCARD\r\n";
    let contact = cards(text).remove(0).contact;
    assert_eq!(contact.last_name.as_deref(), Some("Åberg"));
    assert_eq!(contact.business_phone_number.as_deref(), Some("1"));
    assert_eq!(contact.home_address_street.as_deref(), Some("Storgatan 1"));
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_read() {
    let text = "BEGIN:VCARD\r\nFN:Ada\r\nEND:VCARD\r\nrubbish\r\nBEGIN:VCARD\r\nFN:Bo\r\nEND:VCARD\r\n";
    let found: Vec<_> = parse(text).collect();
    let names: Vec<_> =
        found.iter().flatten().map(|card| card.contact.first_name.as_deref().unwrap()).collect();
    assert_eq!(names, ["Ada", "Bo"]);
    let fault = found.iter().find_map(|found| found.as_ref().err()).unwrap();
    assert_eq!(fault.to_string(), "line 4: cannot read \"rubbish\"");
}

#[test]
fn all_that_both_can_say_goes_both_ways() {
    let text = |text: &'static str| Some(text.into());
    let notes = "a\r\nb, c; \\";
    let contact = Contact {
        first_name: text("Ada"),
        middle_name: text("Augusta"),
        last_name: text("Byron, Countess"),
        suffix: text("Jr."),
        title: text("Dr."),
        file_as: text("The Countess"),
        yomi_first_name: text("エイダ"),
        yomi_last_name: text("バイロン"),
        yomi_company_name: text("カイシャ"),
        email1_address: text("1@example.org"),
        email2_address: text("2@example.org"),
        email3_address: text("3@example.org"),
        mobile_phone_number: text("1"),
        home_phone_number: text("2"),
        home2_phone_number: text("3"),
        business_phone_number: text("4"),
        business2_phone_number: text("5"),
        home_fax_number: text("6"),
        business_fax_number: text("7"),
        car_phone_number: text("8"),
        pager_number: text("9"),
        radio_phone_number: text("10"),
        assistant_phone_number: text("11"),
        company_main_phone: text("12"),
        mms: text("13"),
        company_name: text("Engines; Ltd"),
        department: text("Research"),
        job_title: text("Programmer"),
        office_location: text("Room 1"),
        assistant_name: text("Cy"),
        manager_name: text("Charles"),
        business_address_street: text("Street 1\r\nDoor 2"),
        business_address_city: text("London"),
        business_address_state: text("-"),
        business_address_postal_code: text("W1"),
        business_address_country: text("UK"),
        home_address_city: text("Lund"),
        other_address_country: text("Sverige"),
        web_page: text("https://example.org/"),
        spouse: text("William"),
        birthday: Some(day("1815-12-10")),
        anniversary: Some(day("1835-07-08")),
        categories: Some(vec!["A, B".into(), "C".into()]),
        children: Some(vec!["Byron".into(), "Anne".into()]),
        picture: text("AAECAwT/"),
        nick_name: text("A."),
        im_address: text("xmpp:1@example.org"),
        im_address2: text("two"),
        im_address3: text("three"),
        account_name: text("X"),
        customer_id: text("Y"),
        government_id: text("Z"),
        legacy_body: text(notes),
        legacy_body_size: Some(10),
        body: Some(Body { estimated_data_size: Some(10), ..Body::plain_text(notes) }),
        native_body_type: Some(BodyType::PlainText),
        ..Contact::default()
    };
    let text = to_text(&contact);
    let back = cards(&text).remove(0);
    assert_eq!(back.contact, contact, "{text}");
    assert!(back.lost.is_empty(), "{:?}", back.lost);
}

#[test]
fn notes_in_html_become_plain() {
    let body = Body::new(BodyType::Html, "<p>one</p><div>two &amp; three</div>");
    let text = to_text(&Contact { body: Some(body), ..Contact::default() });
    assert!(text.contains("NOTE:one\\ntwo & three\r\n"), "{text}");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(BEGIN:VCARD\r\n|END:VCARD\r\n|(N|FN|ORG|ADR|TEL|BDAY|PHOTO|X-[A-Z]{1,5}|IMPP|NOTE)\
        (;[A-Z]{1,5}(=[a-z,\"]{0,6})?){0,2}:[ -~]{0,30}\r\n|[ -~]{0,30}\r\n){0,15}") {
        for card in parse(&text).flatten() {
            let _ = to_text(&card.contact);
            let _ = Fragment::from_value(&card.contact, None).unwrap();
        }
    }

    #[test]
    fn any_contact_can_be_written_and_read(seed in proptest::collection::vec(1_u8.., 0..2048)) {
        use arbitrary::Arbitrary as _;
        let contact = Contact::arbitrary(&mut arbitrary::Unstructured::new(&seed)).unwrap();
        let text = to_text(&contact);
        let found: Vec<_> = parse(&text).collect();
        prop_assert!(found.iter().all(Result::is_ok), "{}", text);
        prop_assert_eq!(found.len(), 1);
        // What vCard has made of it stays as it is.
        let first = found[0].as_ref().unwrap().contact.clone();
        let again = cards(&to_text(&first)).remove(0);
        prop_assert_eq!(again.contact, first, "{}", text);
    }
}

#[test]
fn what_cannot_be_read_of_a_card_is_named_with_its_line() {
    let lost = |lines: &str| told(&card(lines).lost);
    assert_eq!(
        lost(
            "FN:x\nBDAY:1980-02-30\nANNIVERSARY:the other day\nX-ANNIVERSARY:1980-02-28 or so\nwithout a colon"
        ),
        [
            "line 4: BDAY: expected a date such as 1815-12-10, found \"1980-02-30\"",
            "line 5: ANNIVERSARY: expected a date such as 1815-12-10, found \"the other day\"",
            "line 6: X-ANNIVERSARY: expected a date such as 1815-12-10, found \"1980-02-28 or so\"",
            "line 7: a line: expected a property in the form NAME:value, found \"without a colon\"",
        ]
    );
    let broken = card("FN:x\nPHOTO;ENCODING=b:no picture!");
    assert_eq!(broken.contact.picture, None);
    assert_eq!(told(&broken.lost), ["line 4: PHOTO: expected a picture in base64, found \"no picture!\""]);
}

#[test]
fn what_has_no_place_is_named_in_the_order_of_the_file() {
    let lines = "FN:x\nHOBBY:knots\nORG:Harbour;Quay;Crane\nitem1.TITLE:a\nTITLE:b\nTEL;PREF=2:1\nGENDER:F\nX-SHOE:44\nUID:1\nLABEL:Quay 1";
    let card = card(lines);
    assert_eq!(
        told(&card.lost),
        [
            "line 4: HOBBY: there is no place for it",
            "line 5: ORG: there is no place for all parts of it",
            "line 7: TITLE: there is no place for it",
            "line 9: GENDER: there is no place for it",
            "line 12: LABEL: there is no place for it",
        ]
    );
    assert_eq!(card.contact.department.as_deref(), Some("Quay"));
}
