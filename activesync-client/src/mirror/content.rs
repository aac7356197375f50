//! What the file of an item holds.

use activesync_types::Class;
use activesync_types::airsyncbase::{AttachmentEntry, BodyType};
use activesync_types::convert::{icalendar, vcard};
use activesync_types::email::Email;
use wbxml::{ProtocolVersion, TextOrBytes};

use super::eml::{self, Attached};
use crate::client::Client;
use crate::error::{Error, Result};
use crate::folders::Folder;
use crate::sync::Item;

pub(super) enum Content {
    File {
        extension: &'static str,
        bytes: Vec<u8>,
        /// What the server did not give, and why.
        missing: Vec<String>,
    },
    /// A message of which only the marks changed: read, flag, categories.
    MarksOnly,
    /// A class that has no kind of file.
    Unknown(Class<'static>),
}

pub(super) async fn of(client: &Client, folder: &Folder, item: &Item) -> Result<Content> {
    match &item.class {
        Class::Email => message(client, folder, item).await,
        Class::Contacts => {
            let contact = item.contact()?;
            Ok(whole_file("vcf", vcard::to_text(&contact).into_bytes()))
        }
        Class::Calendar => {
            let event = item.event()?;
            Ok(whole_file("ics", icalendar::to_text(&event).into_bytes()))
        }
        other => Ok(Content::Unknown(other.clone())),
    }
}

async fn message(client: &Client, folder: &Folder, item: &Item) -> Result<Content> {
    let email = item.email()?;
    if let Some(mime) = whole_mime(&email) {
        return Ok(whole_file("eml", mime.to_vec()));
    }
    if is_marks_only(&email) {
        return Ok(Content::MarksOnly);
    }
    let mime = email.body.as_ref().is_some_and(|body| body.body_type == BodyType::Mime);
    if mime && client.version() >= ProtocolVersion::V12_0 {
        // The server cut it, in spite of what it was asked.
        let whole = client.fetch_item(folder, &item.id, BodyType::Mime).await?;
        let whole = whole.email()?;
        if let Some(mime) = whole_mime(&whole) {
            return Ok(whole_file("eml", mime.to_vec()));
        }
    }
    let (attached, missing) = attachments(client, &email).await?;
    let bytes = eml::rebuild(item.id.as_str(), &email, attached);
    Ok(Content::File { extension: "eml", bytes, missing })
}

fn whole_file(extension: &'static str, bytes: Vec<u8>) -> Content {
    Content::File { extension, bytes, missing: Vec::new() }
}

fn whole_mime<'a>(email: &'a Email<'_>) -> Option<&'a [u8]> {
    let body =
        email.body.as_ref().filter(|body| body.body_type == BodyType::Mime && body.truncated != Some(true));
    let modern = body.and_then(|body| body.data.as_ref());
    let legacy = email.mime_data.as_ref().filter(|_| email.mime_truncated != Some(true));
    modern.or(legacy).map(TextOrBytes::as_bytes)
}

/// A message has a sender, a subject or a body; a change of its marks has none of these.
fn is_marks_only(email: &Email<'_>) -> bool {
    email.from.is_none()
        && email.subject.is_none()
        && email.date_received.is_none()
        && email.body.is_none()
        && email.legacy_body.is_none()
        && email.mime_data.is_none()
}

/// Fetches what is attached. An attachment that cannot be had is left out of the message rather than the message; says
/// which.
async fn attachments(client: &Client, email: &Email<'_>) -> Result<(Vec<Attached>, Vec<String>)> {
    let modern = email
        .attachments
        .iter()
        .filter_map(AttachmentEntry::attachment)
        .map(|attachment| (Some(&*attachment.file_reference), attachment.display_name.as_deref()));
    let legacy = email
        .legacy_attachments
        .iter()
        .map(|attachment| (attachment.att_name.as_deref(), attachment.display_name.as_deref()));
    let (mut attached, mut missing) = (Vec::new(), Vec::new());
    for (reference, name) in modern.chain(legacy) {
        let Some(reference) = reference else { continue };
        let name = name.unwrap_or("attachment");
        match client.fetch_attachment(reference).await {
            Ok(content) => attached.push(Attached {
                name: name.to_owned(),
                content_type: content.content_type,
                bytes: content.bytes,
            }),
            Err(Error::Http { status, .. }) => {
                missing.push(format!("its attachment {name}: {} (HTTP {})", status.meaning(), status.0));
            }
            Err(Error::Status { info, .. }) => {
                missing.push(format!("its attachment {name}: {} (status {})", info.meaning, info.code));
            }
            Err(error) => return Err(error),
        }
    }
    Ok((attached, missing))
}
