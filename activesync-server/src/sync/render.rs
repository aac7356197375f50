//! Items on their way to a client: the `ApplicationData` for a version and for what the client wants.

use std::borrow::Cow;

use activesync_types::airsyncbase::{Body, BodyPreference};
use activesync_types::convert::mail::{Message, NotAMessage, Wanted};
use activesync_types::date_time::DateTime;
use activesync_types::email;
use activesync_types::sync::SyncOptions;
use wbxml::{Fragment, OrEmpty, ProtocolVersion};

use super::ids::{FileId, file_reference};
use super::{event, notes};
use crate::backend::{Content, Email, EmailMarks, FolderId, Item, Snapshot};

/// An item cannot be sent. It is set aside; the rest of the folder goes on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unsendable {
    /// It is no message.
    #[error(transparent)]
    NotAMessage(#[from] NotAMessage),
    /// It holds what WBXML cannot hold.
    #[error(transparent)]
    Wbxml(#[from] wbxml::Error),
}

/// An item of a folder as a client wants it.
///
/// # Errors
/// If the item cannot be sent at all.
pub fn application_data(
    mailbox: &dyn Snapshot,
    version: ProtocolVersion,
    folder: FolderId,
    item: &Item,
    options: &SyncOptions<'_>,
) -> Result<Fragment<'static>, Unsendable> {
    let data = match &item.content {
        Content::Email(email) => {
            let message = Message::parse(&email.raw)?;
            let mut wanted = Wanted::of(version, options);
            wanted.received = Some(email.received);
            let number = |number| file_reference(FileId { folder, item: item.id, number }).into_owned();
            let mut data = message.email(&wanted, number);
            put_marks(&mut data, &email.marks);
            if version >= ProtocolVersion::V16_0 {
                data.is_draft = Some(email.draft);
            }
            Fragment::from_value(&data, Some(version))?
        }
        Content::Contact(contact) => {
            let mut contact = (**contact).clone();
            let body = contact.body.take();
            let sent = notes::send(body.as_ref(), &notes::Wants::of(version, options));
            contact.body = sent.body;
            contact.native_body_type = sent.native_body_type;
            contact.legacy_body = sent.legacy_body;
            contact.legacy_body_size = sent.legacy_body_size;
            contact.legacy_body_truncated = sent.legacy_body_truncated;
            let data = Fragment::from_value(&contact, Some(version))?;
            if data.is_empty() {
                // Of a contact without anything: the schema demands an element.
                contact.file_as = Some(Cow::Borrowed(""));
                Fragment::from_value(&contact, Some(version))?
            } else {
                data
            }
        }
        Content::Event(event) => {
            let mut event = (**event).clone();
            let wants = notes::Wants::of(version, options);
            let body = event.body.take();
            let sent = notes::send(body.as_ref(), &wants);
            event.body = sent.body;
            event.native_body_type = sent.native_body_type;
            event.legacy_body = sent.legacy_body;
            event.legacy_body_truncated = sent.legacy_body_truncated;
            for exception in event.exceptions.iter_mut().flatten() {
                if exception.body == Some(OrEmpty::Empty) {
                    // The schema demands a type even of notes that are none.
                    let nothing = Body { estimated_data_size: Some(0), ..Body::default() };
                    exception.body = Some(OrEmpty::Value(nothing));
                    exception.legacy_body = Some(Cow::Borrowed(""));
                    continue;
                }
                let body = exception.body.take().and_then(OrEmpty::value);
                let sent = notes::send(body.as_ref(), &wants);
                exception.body = sent.body.map(OrEmpty::Value);
                exception.legacy_body = sent.legacy_body;
                exception.legacy_body_truncated = sent.legacy_body_truncated.map(OrEmpty::Value);
            }
            event::complete(&mut event, mailbox, item.id, version);
            Fragment::from_value(&event, Some(version))?
        }
    };
    Ok(data)
}

/// Only the marks of a mail, for a client that has the rest.
pub(super) fn marks(version: ProtocolVersion, email: &Email) -> Result<Fragment<'static>, Unsendable> {
    let mut data = email::Email::default();
    put_marks(&mut data, &email.marks);
    Ok(Fragment::from_value(&data, Some(version))?)
}

fn put_marks(data: &mut email::Email<'_>, marks: &EmailMarks) {
    data.read = Some(marks.read);
    // An empty flag says that there is none.
    data.flag = Some(marks.flag.clone().unwrap_or_default());
    data.categories = Some(marks.categories.iter().map(|category| category.clone().into()).collect());
    if let Some(time) = marks.last_verb_time {
        data.last_verb_executed = Some(marks.last_verb);
        data.last_verb_execution_time = Some(DateTime::new(time));
    }
}

/// Options under which nothing is cut.
pub(super) fn whole<'o>(options: &SyncOptions<'o>) -> SyncOptions<'o> {
    let uncut = |preference: &BodyPreference| BodyPreference { truncation_size: None, ..*preference };
    SyncOptions {
        truncation: None,
        mime_truncation: None,
        body_preferences: options.body_preferences.iter().map(uncut).collect(),
        ..options.clone()
    }
}
