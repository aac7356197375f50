//! Attachments of a message: what is said about them, and what they hold.

use std::borrow::Cow;

use mail_parser::{Encoding, MessagePart, MimeHeaders as _, PartType};
use wbxml::ProtocolVersion;

use super::{Message, clean_line};
use crate::airsyncbase::{Attachment, AttachmentEntry, AttachmentMethod};
use crate::email::{self, Email};

/// An attachment with what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttachedFile<'m> {
    /// Its place in the message: the same for as long as the message has the same bytes.
    pub number: u32,
    /// The name to show; made up if it has none.
    pub display_name: Cow<'m, str>,
    /// Its media type.
    pub content_type: String,
    /// Its bytes, decoded.
    pub bytes: Cow<'m, [u8]>,
    /// The name by which an HTML body refers to it, without angle brackets.
    pub content_id: Option<Cow<'m, str>>,
    /// The URI by which an HTML body refers to it.
    pub content_location: Option<Cow<'m, str>>,
    /// Whether the body shows it in place.
    pub is_inline: bool,
    /// Whether it is a message.
    pub is_message: bool,
}

impl<'m> Message<'m> {
    /// All attachments, in their order in the message.
    pub fn attachments(&self) -> impl Iterator<Item = AttachedFile<'_>> {
        self.mime().attachments.iter().filter_map(|number| self.attachment(*number))
    }

    /// The attachment of a number; none if that part of the message is no attachment.
    pub fn attachment(&self, number: u32) -> Option<AttachedFile<'_>> {
        if !self.mime().attachments.contains(&number) {
            return None;
        }
        let part = self.mime().part(number)?;
        // The request of a meeting is in the message already, and so is what its sender wrote about it.
        if part.is_content_type("text", "calendar")
            && part.attachment_name().is_none()
            && self.calendar().is_some()
        {
            return None;
        }
        let content_id = part.content_id().map(|id| clean_line(Cow::Borrowed(id.trim_matches(['<', '>']))));
        Some(AttachedFile {
            number,
            display_name: display_name(number, part),
            content_type: content_type(part),
            bytes: self.bytes(part),
            is_inline: self.is_inline(part, content_id.as_deref()),
            content_id,
            content_location: part.content_location().map(|uri| clean_line(Cow::Borrowed(uri))),
            is_message: matches!(part.body, PartType::Message(_)),
        })
    }

    pub(super) fn put_attachments<'s>(
        &'s self,
        email: &mut Email<'s>,
        version: ProtocolVersion,
        mut file_reference: impl FnMut(u32) -> String,
    ) {
        for file in self.attachments() {
            let reference = Cow::Owned(file_reference(file.number));
            let size = Some(u32::try_from(file.bytes.len()).unwrap_or(u32::MAX));
            let method =
                if file.is_message { AttachmentMethod::EmbeddedMessage } else { AttachmentMethod::Normal };
            if version <= ProtocolVersion::V2_5 {
                email.legacy_attachments.push(email::Attachment {
                    att_name: Some(reference),
                    att_size: size,
                    att_method: Some(method),
                    display_name: Some(file.display_name),
                    att_oid: file.content_id,
                    att_removed: None,
                });
            } else {
                email.attachments.push(AttachmentEntry::Attachment(Attachment {
                    display_name: Some(file.display_name),
                    file_reference: reference,
                    method: Some(method),
                    estimated_data_size: size,
                    content_id: file.content_id,
                    content_location: file.content_location,
                    is_inline: file.is_inline.then_some(true),
                    ..Attachment::default()
                }));
            }
        }
    }

    fn bytes<'p>(&'p self, part: &'p MessagePart<'m>) -> Cow<'p, [u8]> {
        match &part.body {
            // Of a message that is not encoded the parser keeps the place only.
            PartType::Message(_) if part.encoding == Encoding::None => {
                let place = part.offset_body as usize..part.offset_end as usize;
                Cow::Borrowed(self.mime().raw_message().get(place).unwrap_or_default())
            }
            // Text was turned into UTF-8, and a file is to come out as it went in.
            PartType::Text(text) | PartType::Html(text) => match self.raw(part) {
                Some(raw) => Cow::Owned(raw),
                None => Cow::Borrowed(text.as_bytes()),
            },
            _ => Cow::Borrowed(part.contents()),
        }
    }

    /// The bytes of a part before its charset was applied.
    pub(super) fn raw(&self, part: &MessagePart<'_>) -> Option<Vec<u8>> {
        let body = self.mime().raw_message().get(part.offset_body as usize..part.offset_end as usize)?;
        match part.encoding {
            Encoding::None => Some(body.to_vec()),
            Encoding::Base64 => mail_parser::decoders::base64::base64_decode(body),
            Encoding::QuotedPrintable => {
                mail_parser::decoders::quoted_printable::quoted_printable_decode(body)
            }
        }
    }

    fn is_inline(&self, part: &MessagePart<'_>, content_id: Option<&str>) -> bool {
        let inline = part.content_disposition().is_some_and(mail_parser::ContentType::is_inline);
        let cited = content_id.is_some_and(|id| {
            let cited = format!("cid:{id}");
            self.mime()
                .html_bodies()
                .any(|body| body.text_contents().is_some_and(|html| html.contains(&cited)))
        });
        cited || (inline && (content_id.is_some() || part.content_location().is_some()))
    }
}

fn content_type(part: &MessagePart<'_>) -> String {
    let unsaid = if part.is_message() { "message/rfc822" } else { "application/octet-stream" };
    part.content_type().map_or_else(
        || unsaid.to_owned(),
        |found| {
            format!("{}/{}", found.ctype(), found.subtype().unwrap_or("octet-stream")).to_ascii_lowercase()
        },
    )
}

fn display_name<'p>(number: u32, part: &'p MessagePart<'_>) -> Cow<'p, str> {
    // A path says where the file was, and must not say where it goes.
    let name = part.attachment_name().and_then(|name| name.rsplit('/').find(|name| !name.trim().is_empty()));
    if let Some(name) = name.filter(|name| !matches!(name.trim(), "." | "..")) {
        return clean_line(Cow::Borrowed(name.trim()));
    }
    if let PartType::Message(message) = &part.body {
        let subject = message.subject().filter(|subject| !subject.is_empty()).unwrap_or("message");
        return Cow::Owned(format!("{}.eml", clean_line(Cow::Borrowed(subject))));
    }
    let extension = match content_type(part).as_str() {
        "image/jpeg" => "jpg",
        "image/svg+xml" => "svg",
        "text/plain" | "message/delivery-status" | "message/disposition-notification" => "txt",
        "text/calendar" => "ics",
        "text/vcard" | "text/x-vcard" => "vcf",
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => "p7m",
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => "p7s",
        other => {
            let sub = other.rsplit_once('/').map_or("", |(_, sub)| sub);
            let plain = (2..=5).contains(&sub.len()) && sub.bytes().all(|byte| byte.is_ascii_alphanumeric());
            return Cow::Owned(format!("attachment-{number}.{}", if plain { sub } else { "bin" }));
        }
    };
    Cow::Owned(format!("attachment-{number}.{extension}"))
}
