use super::*;
use crate::airsyncbase::{AttachmentEntry, AttachmentMethod, Body, BodyType};
use crate::email::message_class;
use crate::sync::{MimeSupport, Truncation};

const MIXED: &[u8] = b"From: =?utf-8?q?Bo_=22B=22_=C3=85?= <bo@example.org>\r\n\
    Sender: Cy <cy@example.org>\r\n\
    To: Ada <ada@example.org>, (nobody) plain@example.org,\r\n friends: Dan <dan@example.org>, eve@example.org;\r\n\
    Cc: fay@example.org\r\n\
    Reply-To: bo@example.net, bo2@example.net\r\n\
    Subject: Re: =?utf-8?q?R=C3=A4kning?=\r\n & kvitto\r\n\
    Date: Thu, 29 Feb 2024 08:08:09 +0100\r\n\
    Message-ID: <1@example.org>\r\n\
    X-Priority: 1 (Highest)\r\n\
    MIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=m\r\n\r\n\
    --m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n\
    --a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhell\xC3\xB6\r\n\
    --a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>hell\xC3\xB6 <img src=\"cid:i@x\"></p>\r\n--a--\r\n\
    --m\r\nContent-Type: application/pdf; name=\"=?utf-8?q?r=C3=A4k.pdf?=\"\r\n\
    Content-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n\
    --m\r\nContent-Type: image/png\r\nContent-ID: <i@x>\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n\
    --m\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nbody\r\n\
    --m\r\nContent-Type: text/x-log; charset=iso-8859-1\r\nContent-Disposition: attachment; filename=l.log\r\n\r\n\xE4\r\n\
    --m--\r\n";

fn reference(number: u32) -> String {
    format!("ref-{number}")
}

fn wanted(preferences: &[BodyPreference]) -> Wanted {
    Wanted { body_preferences: preferences.to_vec(), ..Wanted::new(ProtocolVersion::V16_1) }
}

fn body(message: &[u8], wanted: &Wanted) -> Body<'static> {
    wbxml::IntoOwned::into_owned(Message::parse(message).unwrap().body(wanted))
}

#[test]
fn header_fields_become_elements() {
    let message = Message::parse(MIXED).unwrap();
    let email = message.email(&Wanted::new(ProtocolVersion::V16_1), reference);
    assert_eq!(
        email.to.as_deref(),
        Some(
            r#""Ada" <ada@example.org>, "nobody" <plain@example.org>, "Dan" <dan@example.org>, eve@example.org"#
        )
    );
    assert_eq!(email.display_to.as_deref(), Some("Ada; nobody; Dan; eve@example.org"));
    assert_eq!(email.from.as_deref(), Some(r#""Bo \"B\" Å" <bo@example.org>"#));
    assert_eq!(email.sender.as_deref(), Some(r#""Cy" <cy@example.org>"#));
    assert_eq!(email.cc.as_deref(), Some("fay@example.org"));
    assert_eq!(email.bcc, None);
    assert_eq!(email.reply_to.as_deref(), Some("bo@example.net; bo2@example.net"));
    assert_eq!(email.subject.as_deref(), Some("Re: Räkning & kvitto"));
    assert_eq!(email.thread_topic.as_deref(), Some("Räkning & kvitto"));
    assert_eq!(email.date_received.unwrap().to_string(), "2024-02-29T07:08:09.000Z");
    assert_eq!(email.importance, Some(Importance::High));
    assert_eq!(email.internet_cpid.as_deref(), Some("65001"));
    assert_eq!(email.message_class.as_deref(), Some("IPM.Note"));
    assert_eq!(email.content_class.as_deref(), Some("urn:content-classes:message"));
    assert_eq!(email.native_body_type, Some(BodyType::Html));
    assert_eq!(email.conversation_id.unwrap().len(), 16);
    assert_eq!(email.conversation_index.unwrap().len(), 5);
}

#[test]
fn the_time_of_receipt_is_the_callers_or_the_newest_trace() {
    let mail = b"Received: from a by b; Thu, 29 Feb 2024 10:00:00 +0000\r\n\
        Received: from c by a; Thu, 29 Feb 2024 09:00:00 +0000\r\nDate: Thu, 29 Feb 2024 08:00:00 +0000\r\n\r\n";
    let message = Message::parse(mail).unwrap();
    let mut wanted = Wanted::new(ProtocolVersion::V16_1);
    let received = |wanted: &Wanted| message.email(wanted, reference).date_received.unwrap().to_string();
    assert_eq!(received(&wanted), "2024-02-29T10:00:00.000Z");
    wanted.received = Some("2024-03-01T00:00:00Z".parse().unwrap());
    assert_eq!(received(&wanted), "2024-03-01T00:00:00.000Z");
}

#[test]
fn attachments_are_listed_and_come_out_as_they_went_in() {
    let message = Message::parse(MIXED).unwrap();
    let email = message.email(&Wanted::new(ProtocolVersion::V12_0), reference);
    let listed: Vec<_> = email.attachments.iter().filter_map(AttachmentEntry::attachment).collect();
    let names: Vec<_> = listed.iter().filter_map(|attachment| attachment.display_name.as_deref()).collect();
    assert_eq!(names, ["räk.pdf", "attachment-5.png", "inner.eml", "l.log"]);
    assert_eq!(listed[0].estimated_data_size, Some(5));
    assert_eq!(listed[0].is_inline, None);
    assert_eq!(listed[1].is_inline, Some(true));
    assert_eq!(listed[1].content_id.as_deref(), Some("i@x"));
    assert_eq!(listed[2].method, Some(AttachmentMethod::EmbeddedMessage));

    let bytes: Vec<_> = message.attachments().map(|file| file.bytes.into_owned()).collect();
    assert_eq!(bytes[0], b"hello");
    assert_eq!(bytes[1], [0, 1, 2]);
    assert_eq!(bytes[2], b"Subject: inner\r\n\r\nbody");
    assert_eq!(bytes[3], [0xE4]);
    for (attachment, file) in listed.iter().zip(message.attachments()) {
        assert_eq!(attachment.file_reference, format!("ref-{}", file.number));
        assert_eq!(message.attachment(file.number), Some(file));
    }
    assert_eq!(message.attachment(0), None);
    assert_eq!(message.attachment(99), None);
}

#[test]
fn attachments_up_to_2_5_have_their_own_form() {
    let message = Message::parse(MIXED).unwrap();
    let email = message.email(&Wanted::new(ProtocolVersion::V2_5), reference);
    assert!(email.attachments.is_empty());
    assert_eq!(email.legacy_attachments.len(), 4);
    assert_eq!(email.legacy_attachments[0].att_size, Some(5));
    assert!(email.legacy_attachments[0].att_name.as_ref().unwrap().starts_with("ref-"));
}

#[test]
fn the_format_that_the_message_has_goes_before_the_clients_order() {
    let plain = BodyPreference::new(BodyType::PlainText);
    let html = BodyPreference::new(BodyType::Html);
    let got = body(MIXED, &wanted(&[plain, html]));
    assert_eq!(got.body_type, BodyType::Html);
    assert_eq!(got.text().as_deref(), Some("<p>hellö <img src=\"cid:i@x\"></p>"));
    let got = body(MIXED, &wanted(&[plain]));
    assert_eq!((got.body_type, got.text().as_deref()), (BodyType::PlainText, Some("hellö")));
    let got = body(b"Subject: x\r\n\r\na < b", &wanted(&[html]));
    assert_eq!(got.body_type, BodyType::Html);
    assert!(got.text().unwrap().contains("a &lt; b"));
    let rtf = BodyPreference::new(BodyType::Rtf);
    assert_eq!(body(MIXED, &wanted(&[rtf])).body_type, BodyType::Html);
    assert_eq!(body(MIXED, &wanted(&[])).body_type, BodyType::PlainText);
}

#[test]
fn bodies_are_cut_between_characters_and_say_how_long_they_were() {
    let cut = |bytes| body(MIXED, &wanted(&[BodyPreference::truncated(BodyType::PlainText, bytes)]));
    let got = cut(5);
    assert_eq!(
        (got.text().as_deref(), got.truncated, got.estimated_data_size),
        (Some("hell"), Some(true), Some(6))
    );
    let got = cut(6);
    assert_eq!((got.text().as_deref(), got.truncated), (Some("hellö"), None));
    let got = cut(0);
    assert_eq!((got.data, got.truncated, got.estimated_data_size), (None, Some(true), Some(6)));
}

#[test]
fn all_or_none_falls_back_on_the_next_format() {
    let html = BodyPreference { all_or_none: Some(true), ..BodyPreference::truncated(BodyType::Html, 10) };
    let plain = BodyPreference::truncated(BodyType::PlainText, 4);
    let got = body(MIXED, &wanted(&[html, plain]));
    assert_eq!((got.body_type, got.text().as_deref()), (BodyType::PlainText, Some("hell")));
    let got = body(MIXED, &wanted(&[html]));
    assert_eq!((got.body_type, got.data, got.truncated), (BodyType::Html, None, Some(true)));
    let without_size = BodyPreference { truncation_size: None, ..html };
    assert!(body(MIXED, &wanted(&[without_size])).data.is_some());
}

#[test]
fn mime_is_sent_to_who_may_have_it() {
    let mime = BodyPreference::new(BodyType::Mime);
    let mut wanted = wanted(&[BodyPreference::new(BodyType::Html), mime]);
    let simple = b"Subject: x\r\n\r\nbody\r\n";
    let smime = b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n";
    assert_eq!(body(simple, &wanted).body_type, BodyType::Html);
    wanted.mime_support = MimeSupport::SmimeOnly;
    assert_eq!(body(simple, &wanted).body_type, BodyType::Html);
    assert_eq!(body(smime, &wanted).body_type, BodyType::Mime);
    wanted.mime_support = MimeSupport::Always;
    let got = body(simple, &wanted);
    assert_eq!(got.text().as_deref(), Some("Subject: x\r\n\r\nbody\r\n"));
    assert_eq!(got.estimated_data_size, Some(20));
}

#[test]
fn a_preview_is_the_beginning_of_the_text_on_one_line() {
    let mut preference = BodyPreference::truncated(BodyType::Html, 1);
    preference.preview = Some(9);
    let mail = "Content-Type: text/plain; charset=utf-8\r\n\r\nçe\r\n\r\n que  j'ai".as_bytes();
    let mut wanted = wanted(&[preference]);
    assert_eq!(body(mail, &wanted).preview.as_deref(), Some("çe que j'"));
    wanted.version = ProtocolVersion::V12_1;
    assert_eq!(body(mail, &wanted).preview, None);
}

#[test]
fn the_new_part_is_sent_where_it_was_asked_for() {
    let mail = b"Content-Type: text/html\r\n\r\n<p>Yes</p><div class=\"gmail_quote\">Really?</div>";
    let mut wanted = Wanted::new(ProtocolVersion::V14_1);
    let part = |wanted: &Wanted| {
        let message = Message::parse(mail).unwrap();
        wbxml::IntoOwned::into_owned(message.email(wanted, reference)).body_part
    };
    assert_eq!(part(&wanted), None);
    wanted.body_part_preferences =
        vec![BodyPartPreference { body_type: BodyType::Html, ..Default::default() }];
    let got = part(&wanted).unwrap();
    assert_eq!((got.text().as_deref(), got.estimated_data_size), (Some("<p>Yes</p>"), 10));
    wanted.version = ProtocolVersion::V14_0;
    assert_eq!(part(&wanted), None);
}

#[test]
fn bodies_up_to_2_5_have_their_own_form() {
    let mut wanted = Wanted::new(ProtocolVersion::V2_5);
    wanted.truncation = Some(Truncation::Chars512);
    let mail = format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{}", "é".repeat(600));
    let message = Message::parse(mail.as_bytes()).unwrap();
    let email = message.email(&wanted, reference);
    assert_eq!(email.body, None);
    assert_eq!(email.legacy_body.as_ref().unwrap().chars().count(), 512);
    assert_eq!((email.legacy_body_size, email.legacy_body_truncated), (Some(600), Some(true)));

    wanted.mime_support = MimeSupport::Always;
    let email = message.email(&wanted, reference);
    assert_eq!(email.legacy_body, None);
    assert_eq!(email.mime_data.unwrap(), mail.as_str());
    assert_eq!(
        (email.mime_size, email.mime_truncated),
        (Some(u32::try_from(mail.len()).unwrap()), Some(false))
    );

    wanted.version = ProtocolVersion::V2_1;
    let email = message.email(&wanted, reference);
    assert_eq!((email.mime_data, email.legacy_body.is_some()), (None, true));
}

#[test]
fn the_class_says_what_kind_of_message_it_is() {
    let report = |kind: &str, part: &str, field: &str| {
        format!(
            "Content-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n--b\r\n\r\nSorry\r\n\
             --b\r\nContent-Type: message/{part}\r\n\r\n{field}\r\n--b--\r\n"
        )
    };
    let meeting = |method: &str, more: &str| {
        format!(
            "Content-Type: text/calendar; method={method}\r\n\r\nBEGIN:VCALENDAR\r\n{more}\r\nEND:VCALENDAR\r\n"
        )
    };
    for (mail, class) in [
        ("Subject: x\r\n\r\ny".to_owned(), message_class::NOTE),
        (
            "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=b\r\n\r\n--b--\r\n".into(),
            message_class::NOTE_SMIME_MULTIPART_SIGNED,
        ),
        (
            "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=b\r\n\r\n--b--\r\n".into(),
            message_class::NOTE,
        ),
        ("Content-Type: application/x-pkcs7-mime\r\n\r\n".into(), message_class::NOTE_SMIME),
        (
            report("delivery-status", "delivery-status", "Reporting-MTA: dns;x\r\n\r\nAction: failed"),
            message_class::REPORT_NOT_DELIVERED,
        ),
        (
            report("delivery-status", "delivery-status", "Reporting-MTA: dns;x\r\n\r\nAction: delayed"),
            message_class::REPORT_DELAYED,
        ),
        (
            report("delivery-status", "delivery-status", "Reporting-MTA: dns;x\r\n\r\nAction: delivered"),
            message_class::REPORT_DELIVERED,
        ),
        (
            report("disposition-notification", "disposition-notification", "Disposition: manual-action/x; displayed"),
            message_class::REPORT_READ,
        ),
        (
            report("disposition-notification", "disposition-notification", "Disposition: manual-action/x; deleted"),
            message_class::REPORT_NOT_READ,
        ),
        (meeting("REQUEST", ""), message_class::MEETING_REQUEST),
        (meeting("CANCEL", ""), message_class::MEETING_CANCELED),
        (meeting("REPLY", "ATTENDEE;PARTSTAT=DECL\r\n INED:mailto:a@b"), message_class::MEETING_RESPONSE_NEGATIVE),
        (meeting("REPLY", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b"), message_class::MEETING_RESPONSE_POSITIVE),
    ] {
        assert_eq!(Message::parse(mail.as_bytes()).unwrap().message_class(), class, "{mail}");
    }
}

#[test]
fn recipients_stop_where_the_element_has_no_more_room() {
    let list: Vec<String> = (0..3000).map(|number| format!("person-{number}@example.org")).collect();
    let mail = format!("To: {}\r\n\r\n", list.join(",\r\n "));
    let message = Message::parse(mail.as_bytes()).unwrap();
    let to = message.email(&Wanted::new(ProtocolVersion::V16_1), reference).to.unwrap();
    assert!(to.len() <= MOST_CHARACTERS && to.len() > MOST_CHARACTERS - 60);
    assert!(to.ends_with("@example.org"));
}

#[test]
fn nothing_fails_but_bytes_without_a_header() {
    assert_eq!(Message::parse(b"").unwrap_err(), NotAMessage);
    for mail in [
        &b"Subject: x"[..],
        b"\r\n\r\n",
        b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n",
        b":\r\n\r\n",
    ] {
        if let Ok(message) = Message::parse(mail) {
            message.email(&Wanted::new(ProtocolVersion::V14_1), reference);
        }
    }
}
