//! Messages put together from their parts, where the server does not give them whole (before 2.5).

use std::borrow::Cow;

use activesync_types::airsyncbase::{Body, BodyType};
use activesync_types::email::Email;
use activesync_types::enumerations::Importance;
use bytes::Bytes;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;

/// What is attached to a message.
pub(super) struct Attached {
    pub(super) name: String,
    pub(super) content_type: Option<String>,
    pub(super) bytes: Bytes,
}

/// A message of RFC 5322 from what the server says of it.
pub(super) fn rebuild(id: &str, email: &Email<'_>, attached: Vec<Attached>) -> Vec<u8> {
    let mut message = MessageBuilder::new().message_id(message_id(id, email));
    if let Some(from) = email.from.as_deref().and_then(addresses) {
        message = message.from(from);
    }
    if let Some(to) = email.to.as_deref().and_then(addresses) {
        message = message.to(to);
    }
    if let Some(cc) = email.cc.as_deref().and_then(addresses) {
        message = message.cc(cc);
    }
    if let Some(reply_to) = email.reply_to.as_deref().and_then(addresses) {
        message = message.reply_to(reply_to);
    }
    if let Some(subject) = email.subject.as_deref() {
        message = message.subject(subject.to_owned());
    }
    // When it was sent is not known.
    message = message.date(email.date_received.map_or(0, |date| date.timestamp().as_second()));
    message = match email.importance {
        Some(Importance::Low) => message.header("Importance", mail_builder::headers::raw::Raw::new("low")),
        Some(Importance::High) => message.header("Importance", mail_builder::headers::raw::Raw::new("high")),
        _ => message,
    };
    let body = email.body.as_ref();
    let modern = body.and_then(Body::text).map(Cow::into_owned);
    let text = modern.or_else(|| email.legacy_body.as_deref().map(str::to_owned)).unwrap_or_default();
    message = match body.map(|body| body.body_type) {
        Some(BodyType::Html) => message.html_body(text),
        _ => message.text_body(text),
    };
    for Attached { name, content_type, bytes } in attached {
        let content_type = content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
        message = message.attachment(content_type, name, bytes.to_vec());
    }
    // Writing to memory does not fail.
    message.write_to_vec().unwrap_or_default()
}

/// The same for the same message each time: the real one is not known.
fn message_id(id: &str, email: &Email<'_>) -> String {
    let id = id.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let date = email.date_received.map_or(0, |date| date.timestamp().as_second());
    format!("{id}.{date}@rebuilt.invalid")
}

/// Addresses with commas or semicolons between them: `"Exempel, Ada" <ada@example.org>, grace@example.org`.
fn addresses(list: &str) -> Option<Address<'static>> {
    let all: Vec<Address<'static>> = split(list).filter_map(address).collect();
    (!all.is_empty()).then(|| Address::new_list(all))
}

fn split(list: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    list.split(move |c: char| {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' | ';' => return !quoted,
            _ => {}
        }
        false
    })
}

fn address(text: &str) -> Option<Address<'static>> {
    let text = text.trim();
    let (name, email) = match text.rsplit_once('<') {
        Some((name, rest)) => (name.trim(), rest.trim_end_matches('>').trim()),
        None => ("", text),
    };
    let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
    let name = name.replace("\\\"", "\"").replace("\\\\", "\\");
    let name = (!name.is_empty()).then_some(name);
    (!email.is_empty()).then(|| Address::new_address(name, email.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_put_together_the_same_way_each_time() {
        let email = Email {
            from: Some("\"Exempel, Ada\" <ada@example.org>".into()),
            to: Some("grace@example.org; Åsa <asa@example.org>".into()),
            subject: Some("Grüße".into()),
            date_received: Some("2003-11-05T07:08:09.000Z".parse().unwrap()),
            legacy_body: Some(Cow::Borrowed("Hello,\r\nthere.\r\n")),
            ..Email::default()
        };
        let attached = || {
            let bytes = Bytes::from_static(b"\x00\xFF");
            vec![Attached { name: "data.bin".into(), content_type: None, bytes }]
        };
        let text = String::from_utf8(rebuild("5:1", &email, attached())).unwrap();
        for line in [
            "From: \"Exempel, Ada\" <ada@example.org>",
            "Date: Wed, 5 Nov 2003 07:08:09 +0000",
            "Content-Type: multipart/mixed;",
            "Message-ID: <5-1.1068016089@rebuilt.invalid>",
        ] {
            assert!(text.contains(line), "{line} is missing in:\n{text}");
        }
        assert!(text.contains("<grace@example.org>") && text.contains("<asa@example.org>"), "{text}");
        assert!(text.contains("Hello,") && text.contains("AP8="), "{text}");
        assert!(text.is_ascii(), "other characters are encoded");
    }

    #[test]
    fn lists_of_addresses_split_where_no_quotes_are() {
        let parts: Vec<_> = split(r#""a, \"b;" <x@y>, z@w;"#).map(str::trim).collect();
        assert_eq!(parts, [r#""a, \"b;" <x@y>"#, "z@w", ""]);
        assert_eq!(addresses(" ; "), None);
    }
}
