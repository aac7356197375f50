//! What kind of message it is.

use mail_parser::{ContentType, MessagePart, MimeHeaders as _, PartType};

use super::Message;
use crate::email::message_class;

impl<'m> Message<'m> {
    /// Whether the message is signed or encrypted with S/MIME.
    pub fn is_smime(&self) -> bool {
        matches!(self.message_class(), message_class::NOTE_SMIME | message_class::NOTE_SMIME_MULTIPART_SIGNED)
    }

    /// The message class.
    pub fn message_class(&self) -> &'static str {
        let root = self.mime().root_part().content_type();
        root.and_then(smime)
            .or_else(|| root.and_then(|root| self.report(root)))
            .or_else(|| self.calendar().map(|(method, text)| meeting(method, text)))
            .unwrap_or(message_class::NOTE)
    }

    /// The method and the text of the calendar inside of the message, if it asks something.
    pub(super) fn calendar(&self) -> Option<(&str, &str)> {
        self.mime().parts.iter().find_map(calendar)
    }

    fn report(&self, root: &ContentType<'m>) -> Option<&'static str> {
        if !is(root, "multipart", "report") {
            return None;
        }
        let status = |subtype| {
            let parts = self.mime().parts.iter();
            let is_status = move |part: &&MessagePart<'_>| part.is_content_type("message", subtype);
            parts
                .clone()
                .find(is_status)
                .map(|part| String::from_utf8_lossy(part.contents()).to_ascii_lowercase())
        };
        match root.attribute("report-type")?.to_ascii_lowercase().as_str() {
            "delivery-status" => {
                let status = status("delivery-status").unwrap_or_default();
                Some(match field(&status, "action") {
                    Some("delivered" | "relayed" | "expanded") => message_class::REPORT_DELIVERED,
                    Some("delayed") => message_class::REPORT_DELAYED,
                    _ => message_class::REPORT_NOT_DELIVERED,
                })
            }
            "disposition-notification" => {
                let status = status("disposition-notification").unwrap_or_default();
                let unread = field(&status, "disposition").is_some_and(|value| value.contains("deleted"));
                Some(if unread { message_class::REPORT_NOT_READ } else { message_class::REPORT_READ })
            }
            _ => None,
        }
    }
}

fn smime(root: &ContentType<'_>) -> Option<&'static str> {
    let pkcs7 = |value: &str, what: &str| {
        let value = value.to_ascii_lowercase();
        value == format!("pkcs7-{what}") || value == format!("x-pkcs7-{what}")
    };
    if is(root, "multipart", "signed") {
        let protocol = root.attribute("protocol")?.to_ascii_lowercase();
        let signature = protocol.strip_prefix("application/")?;
        return pkcs7(signature, "signature").then_some(message_class::NOTE_SMIME_MULTIPART_SIGNED);
    }
    let mime = root.ctype().eq_ignore_ascii_case("application") && pkcs7(root.subtype()?, "mime");
    mime.then_some(message_class::NOTE_SMIME)
}

fn calendar<'p>(part: &'p MessagePart<'_>) -> Option<(&'p str, &'p str)> {
    if !part.is_content_type("text", "calendar") {
        return None;
    }
    let (PartType::Text(text) | PartType::Html(text)) = &part.body else { return None };
    let method = part.content_type()?.attribute("method").or_else(|| field(text, "METHOD"))?;
    Some((method, text))
}

fn meeting(method: &str, text: &str) -> &'static str {
    match method.to_ascii_uppercase().as_str() {
        "REQUEST" => message_class::MEETING_REQUEST,
        "CANCEL" => message_class::MEETING_CANCELED,
        "REPLY" => {
            // A content line may be folded anywhere.
            let text = text.replace("\r\n ", "").replace("\n ", "").to_ascii_uppercase();
            let answer = text.split("PARTSTAT=").nth(1).unwrap_or_default();
            match answer.split([';', ':']).next() {
                Some("ACCEPTED") => message_class::MEETING_RESPONSE_POSITIVE,
                Some("TENTATIVE") => message_class::MEETING_RESPONSE_TENTATIVE,
                Some("DECLINED") => message_class::MEETING_RESPONSE_NEGATIVE,
                _ => message_class::NOTE,
            }
        }
        _ => message_class::NOTE,
    }
}

fn is(content_type: &ContentType<'_>, main: &str, sub: &str) -> bool {
    content_type.ctype().eq_ignore_ascii_case(main)
        && content_type.subtype().is_some_and(|found| found.eq_ignore_ascii_case(sub))
}

/// The value of the first line `name: value`.
pub(super) fn field<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
