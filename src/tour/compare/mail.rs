//! Messages and their attachments.

use std::borrow::Cow;

use activesync_client::Item;
use activesync_client::types::airsyncbase::AttachmentEntry;
use activesync_client::types::email::Email;
use mail_parser::{Encoding, Message, MessageParser, MessagePart, MimeHeaders as _, PartType};
use wbxml::TextOrBytes;

use super::Compared;
use crate::tour::check::{Checks, Result};
use crate::tour::mirror::Mirror;
use crate::tour::sample::{self, SampleFile};

pub(super) async fn compare(mirror: &Mirror, checks: &mut Checks, compared: &mut Compared) -> Result<()> {
    for file in sample::messages() {
        let name = format!("{}/{}", file.folder, file.name);
        let sent =
            checks.there(format_args!("a message in {name}"), MessageParser::default().parse(file.bytes))?;
        let arrived = find(mirror, file, &sent, checks)?;
        compared.messages += 1;
        compared.same_bytes += u64::from(arrived.mime.as_bytes() == file.bytes);
        let subject = arrived.email.subject.as_deref().unwrap_or_default();
        let expected = sent.subject().unwrap_or_default();
        checks.equal(format_args!("{name} to have the subject"), &words(expected), &words(subject))?;
        let read_by_others = sent.from().and_then(|from| from.first()?.address()).unwrap_or_default();
        let from = arrived.email.from.as_deref().unwrap_or_default();
        checks.ensure(
            from.contains(read_by_others),
            || format!("{name} to be from {read_by_others}"),
            || from.to_owned(),
        )?;
        compare_attachments(mirror, &name, &sent, &arrived.email, checks, compared).await?;
    }
    Ok(())
}

/// A message that arrived.
struct Arrived<'m> {
    email: Email<'m>,
    /// The message as a whole.
    mime: TextOrBytes<'m>,
}

/// Finds the message of a file: the same bytes, or the same in all parts.
fn find<'m>(
    mirror: &'m Mirror,
    file: SampleFile,
    sent: &Message<'_>,
    checks: &mut Checks,
) -> Result<Arrived<'m>> {
    let mut alike = None;
    for item in mirror.items(file.folder) {
        let arrived = read(item, checks)?;
        if arrived.mime.as_bytes() == file.bytes {
            return Ok(arrived);
        }
        let parsed = MessageParser::default().parse(arrived.mime.as_bytes());
        if parsed.is_some_and(|parsed| parts(&parsed) == parts(sent) && headers(&parsed) == headers(sent)) {
            alike = Some(arrived);
        }
    }
    // Text that is UTF-8 has no reason to change.
    let alike = alike.filter(|_| std::str::from_utf8(file.bytes).is_err());
    checks.there(format_args!("the message of {}/{}", file.folder, file.name), alike)
}

fn read<'m>(item: &'m Item, checks: &mut Checks) -> Result<Arrived<'m>> {
    let mut email = checks.done("a message", item.email())?;
    // `Body` from 12.0 on, `MIMEData` before.
    let body = email.body.as_mut().and_then(|body| body.data.take());
    let mime = checks.there("a message as a whole", body.or_else(|| email.mime_data.take()))?;
    Ok(Arrived { email, mime })
}

/// The bytes of each part, decoded but for the charset.
fn parts(message: &Message<'_>) -> Vec<(String, Vec<u8>)> {
    let kind = |part: &MessagePart<'_>| {
        part.content_type().map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()))
    };
    let bytes = |part| content(message, part).into_owned();
    message.parts.iter().map(|part| (kind(part).unwrap_or_default(), bytes(part))).collect()
}

/// The header fields at the top, but for how the message is encoded: what is put into base64 also says its charset.
fn headers(message: &Message<'_>) -> Vec<(String, String)> {
    message
        .headers_raw()
        .filter(|(name, _)| {
            let encoding = ["Content-Transfer-Encoding", "Content-Type"];
            !encoding.iter().any(|of| name.eq_ignore_ascii_case(of))
        })
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Fetches the attachments, which must be those of the file.
async fn compare_attachments(
    mirror: &Mirror,
    name: &str,
    sent: &Message<'_>,
    email: &Email<'_>,
    checks: &mut Checks,
    compared: &mut Compared,
) -> Result<()> {
    let expected: Vec<_> = sent.attachments().filter(|part| is_file(part)).collect();
    let references = references(email);
    checks.equal(format_args!("attachments of {name}:"), &expected.len(), &references.len())?;
    for (part, reference) in expected.into_iter().zip(references) {
        let fetched = mirror.client.fetch_attachment(reference).await;
        let fetched = checks.done(format_args!("attachment {reference} of {name}"), fetched)?;
        let bytes = content(sent, part);
        checks.ensure(
            *bytes == *fetched.bytes,
            || format!("{} bytes of attachment {reference} of {name}", bytes.len()),
            || format!("{} bytes that differ", fetched.bytes.len()),
        )?;
        compared.attachments += 1;
        compared.attachment_bytes += bytes.len() as u64;
    }
    Ok(())
}

/// The requests of meetings are no files, unless somebody gave them a name.
fn is_file(part: &MessagePart<'_>) -> bool {
    !part.is_content_type("text", "calendar") || part.attachment_name().is_some()
}

fn references<'e>(email: &'e Email<'_>) -> Vec<&'e str> {
    let legacy = email.legacy_attachments.iter().filter_map(|attachment| attachment.att_name.as_deref());
    let modern = email.attachments.iter().filter_map(|entry| match entry {
        AttachmentEntry::Attachment(attachment) => Some(&*attachment.file_reference),
        _ => None,
    });
    legacy.chain(modern).collect()
}

/// The bytes of an attachment. Of text `mail-parser` has the characters, but a file is bytes.
fn content<'p>(message: &'p Message<'_>, part: &'p MessagePart<'_>) -> Cow<'p, [u8]> {
    let place = part.offset_body as usize..part.offset_end as usize;
    let raw = message.raw_message().get(place).unwrap_or_default();
    match (&part.body, part.encoding) {
        (PartType::Text(_) | PartType::Html(_) | PartType::Message(_), Encoding::None) => raw.into(),
        (PartType::Text(_) | PartType::Html(_), Encoding::Base64) => {
            mail_parser::decoders::base64::base64_decode(raw).unwrap_or_default().into()
        }
        (PartType::Text(_) | PartType::Html(_), Encoding::QuotedPrintable) => {
            mail_parser::decoders::quoted_printable::quoted_printable_decode(raw).unwrap_or_default().into()
        }
        _ => part.contents().into(),
    }
}

/// Folded lines come with any white space.
fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}
