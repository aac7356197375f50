//! Real-looking mail, turned into what clients of each version ask for.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use activesync_types::airsyncbase::{BodyPartPreference, BodyPreference, BodyType};
use activesync_types::convert::mail::{Message, Wanted};
use activesync_types::email::{Email, InstanceType, MeetingMessageType, message_class};
use activesync_types::global_obj_id;
use activesync_types::sync::{
    CollectionResponse, MimeSupport, MimeTruncation, ServerAdd, ServerCommand, SyncResponse, Truncation,
};
use support::{read, spec_dir, validate};
use wbxml::{Fragment, ProtocolVersion};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mail")
}

fn file(name: &str) -> Vec<u8> {
    fs::read(directory().join(name)).unwrap()
}

/// All messages, in the order of their names.
fn files() -> Vec<(String, Vec<u8>)> {
    let mut names: Vec<String> = fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "expected.tsv")
        .collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), file(&name))).collect()
}

fn reference(number: u32) -> String {
    format!("5%3a7%3a{number}")
}

fn preferring(version: ProtocolVersion, preferences: &[BodyPreference]) -> Wanted {
    let mut wanted = Wanted::new(version);
    wanted.body_preferences = preferences.to_vec();
    wanted
}

#[test]
fn headers_and_texts_are_those_that_another_parser_finds() {
    let table = read(&directory().join("expected.tsv"));
    let rows: Vec<Vec<&str>> = table.lines().skip(2).map(|row| row.split('\t').collect()).collect();
    assert_eq!(rows.len(), files().len());
    for row in rows {
        let [name, subject, from, sent, beginning] = row[..] else { panic!("{row:?}") };
        let bytes = file(name);
        let message = Message::parse(&bytes).unwrap();
        let email = message.email(&Wanted::new(ProtocolVersion::V16_1), reference);
        assert_eq!(email.subject.as_deref().unwrap_or_default(), subject, "{name}");
        assert!(email.from.as_deref().unwrap_or_default().contains(from), "{name}: {:?}", email.from);
        let found = message.sent().map(|sent| sent.to_string()).unwrap_or_default();
        assert_eq!(found, sent, "{name}");
        let text = message.plain_text().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.starts_with(beginning), "{name}: {text}");
    }
}

#[test]
fn every_message_goes_through_the_wire_in_every_version() {
    let plain = BodyPreference::truncated(BodyType::PlainText, 100);
    let html = BodyPreference { preview: Some(80), ..BodyPreference::truncated(BodyType::Html, 200) };
    let whole_or_none = BodyPreference { all_or_none: Some(true), ..html };
    let mime = BodyPreference::truncated(BodyType::Mime, 1000);
    for (name, bytes) in files() {
        let message = Message::parse(&bytes).unwrap();
        for version in ProtocolVersion::ALL {
            for preferences in [&[][..], &[plain], &[html], &[whole_or_none, plain], &[html, mime]] {
                let mut wanted = preferring(version, preferences);
                wanted.mime_support = MimeSupport::Always;
                wanted.truncation = Some(Truncation::Chars512);
                wanted.mime_truncation = Some(MimeTruncation::Chars4096);
                wanted.body_part_preferences =
                    vec![BodyPartPreference { body_type: BodyType::Html, ..BodyPartPreference::default() }];
                let email = message.email(&wanted, reference);
                let fragment = Fragment::from_value(&email, Some(version)).unwrap();
                let read: Email<'_> = fragment.decode().unwrap();
                let again = Fragment::from_value(&read, Some(version)).unwrap();
                assert_eq!(again, fragment, "{name} {version}");
                let Some(body) = &read.body else { continue };
                let asked = preferences.iter().find(|asked| asked.body_type == body.body_type);
                let data = body.text().unwrap_or_default();
                if let Some(limit) = asked.and_then(|asked| asked.truncation_size) {
                    assert!(data.len() <= usize::try_from(limit).unwrap(), "{name}");
                }
                let size = usize::try_from(body.estimated_data_size.unwrap()).unwrap();
                assert_eq!(body.truncated == Some(true), data.len() < size, "{name}");
            }
        }
    }
}

#[test]
fn every_message_makes_a_valid_answer() {
    let Some(spec) = spec_dir() else { return };
    let preference = BodyPreference { preview: Some(50), ..BodyPreference::truncated(BodyType::Html, 500) };
    for version in [ProtocolVersion::V12_1, ProtocolVersion::V14_1, ProtocolVersion::V16_1] {
        let mut collection = CollectionResponse::new("2", "5");
        for (number, (_, bytes)) in files().iter().enumerate() {
            let message = Message::parse(bytes).unwrap();
            let email = message.email(&preferring(version, &[preference]), reference);
            let application_data = Fragment::from_value(&email, Some(version)).unwrap();
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
fn a_whole_message_is_the_file_itself() {
    for (name, bytes) in files() {
        let Ok(text) = std::str::from_utf8(&bytes) else { continue };
        if text.contains(is_control) {
            continue;
        }
        let message = Message::parse(&bytes).unwrap();
        let mut wanted = preferring(ProtocolVersion::V16_1, &[BodyPreference::new(BodyType::Mime)]);
        wanted.mime_support = MimeSupport::Always;
        assert_eq!(message.body(&wanted).data.unwrap(), text, "{name}");
    }
}

/// What XML cannot hold, such as the escapes of ISO-2022-JP.
fn is_control(character: char) -> bool {
    character < ' ' && !"\t\r\n".contains(character)
}

#[test]
fn what_text_cannot_hold_still_says_the_same_as_a_whole_message() {
    let is_text = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok_and(|text| !text.contains(is_control));
    let mut others: Vec<_> = files().into_iter().filter(|(_, bytes)| !is_text(bytes)).collect();
    assert!(!others.is_empty());
    let japanese = b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1B$B%F%9%H\x1B(B";
    assert_eq!(Message::parse(japanese).unwrap().plain_text(), "テスト");
    others.push(("ISO-2022-JP".into(), japanese.to_vec()));
    for (name, bytes) in &others {
        let message = Message::parse(bytes).unwrap();
        let mut wanted = preferring(ProtocolVersion::V16_1, &[BodyPreference::new(BodyType::Mime)]);
        wanted.mime_support = MimeSupport::Always;
        let body = message.body(&wanted);
        let text = body.text().unwrap();
        assert!(!text.contains(is_control), "{name}");
        let again = Message::parse(text.as_bytes()).unwrap();
        assert_eq!(again.plain_text().trim_end(), message.plain_text().trim_end(), "{name}");
    }
}

#[test]
fn classes_are_told_apart() {
    for (name, class) in [
        ("01-welcome-aboard.eml", message_class::NOTE),
        ("08-invitation-quay-walk.eml", message_class::MEETING_REQUEST),
        ("09-accepted-quay-walk.eml", message_class::MEETING_RESPONSE_POSITIVE),
        ("10-cancelled-crane-dance.eml", message_class::MEETING_CANCELED),
        ("20-signed-policy-smime.eml", message_class::NOTE_SMIME_MULTIPART_SIGNED),
        ("21-secret-recipe-pgp.eml", message_class::NOTE),
        ("22-undelivered.eml", message_class::REPORT_NOT_DELIVERED),
        ("23-read-receipt.eml", message_class::REPORT_READ),
    ] {
        assert_eq!(Message::parse(&file(name)).unwrap().message_class(), class, "{name}");
    }
}

#[test]
fn names_of_files_are_read_in_every_form_and_lead_nowhere() {
    let bytes = file("19-attachments-with-names.eml");
    let message = Message::parse(&bytes).unwrap();
    let names: Vec<String> = message.attachments().map(|file| file.display_name.into_owned()).collect();
    assert_eq!(
        names,
        [
            "Tidvatten för Gullvik – hösten 2026.csv",
            "Kajavgifter – ä, ö och å.pdf",
            "Kölista.txt",
            "the \"quoted\"; semi; name \\ slash.txt",
            "tide-table.csv",
            "attachment-7.bin",
        ]
    );
}

#[test]
fn pictures_in_the_text_are_inline_and_a_forwarded_message_is_whole() {
    let bytes = file("07-crane-photos.eml");
    let message = Message::parse(&bytes).unwrap();
    let pictures: Vec<_> = message.attachments().collect();
    assert!(pictures.iter().all(|picture| picture.is_inline && picture.content_id.is_some()));
    assert_eq!(pictures[0].bytes[..4], [0x89, b'P', b'N', b'G']);

    let bytes = file("11-fwd-one-container-too-many.eml");
    let message = Message::parse(&bytes).unwrap();
    let forwarded = message.attachments().next().unwrap();
    assert!(forwarded.is_message);
    assert_eq!(forwarded.content_type, "message/rfc822");
    let inner = Message::parse(&forwarded.bytes).unwrap();
    assert_eq!(inner.mime().subject(), Some("One container too many"));
    assert_eq!(inner.attachments().count(), 1);
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains(std::str::from_utf8(&forwarded.bytes).unwrap()));
}

#[test]
fn a_thread_is_one_conversation() {
    let id = |name: &str| {
        let bytes = file(name);
        let message = Message::parse(&bytes).unwrap();
        let email = message.email(&Wanted::new(ProtocolVersion::V16_1), reference);
        email.conversation_id.unwrap().to_vec()
    };
    let first = id("02-seal-in-the-dry-dock.eml");
    assert_eq!(id("03-re-seal-in-the-dry-dock.eml"), first);
    assert_eq!(id("04-re-seal-from-the-museum.eml"), first);
    assert_eq!(id("36-emoji-and-combining.eml"), first);
    assert_ne!(id("01-welcome-aboard.eml"), first);
}

#[test]
fn an_invitation_holds_its_meeting() {
    let bytes = file("08-invitation-quay-walk.eml");
    let message = Message::parse(&bytes).unwrap();
    let email = message.email(&Wanted::new(ProtocolVersion::V14_1), reference);
    let meeting = email.meeting_request.unwrap();
    assert_eq!(meeting.start_time.unwrap().to_string(), "2026-11-26T12:00:00.000Z");
    assert_eq!(meeting.end_time.unwrap().to_string(), "2026-11-26T13:30:00.000Z");
    assert_eq!(meeting.instance_type, Some(InstanceType::Single));
    assert_eq!(meeting.location_text.as_deref(), Some("North quay, pile 42"));
    assert_eq!(meeting.organizer.as_deref(), Some("bo@example.org"));
    assert_eq!(meeting.response_requested, Some(true));
    assert_eq!(meeting.time_zone.unwrap().iana_name(2026).as_deref(), Some("Europe/Stockholm"));
    assert_eq!(meeting.meeting_message_type, Some(MeetingMessageType::InitialRequest));
    let update = String::from_utf8(bytes.clone()).unwrap().replace("SEQUENCE:0", "SEQUENCE:1");
    let update = Message::parse(update.as_bytes()).unwrap();
    let updated = update.email(&Wanted::new(ProtocolVersion::V14_1), reference).meeting_request.unwrap();
    assert_eq!(updated.meeting_message_type, Some(MeetingMessageType::FullUpdate));
    let uid = global_obj_id::to_uid(meeting.global_obj_id.as_deref().unwrap());
    assert_eq!(uid.as_deref(), meeting.uid.as_deref());
    // The request is in the message; the file beside it is an attachment like any other.
    let names: Vec<_> = message.attachments().map(|file| file.display_name.into_owned()).collect();
    assert_eq!(names, ["invite.ics"]);
}
