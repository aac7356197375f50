//! What arrived is what is in the files.
//!
//! What a file says is found out apart from the code that brought it here: messages are compared byte for byte, or part
//! by part with `mail-parser`; of contacts and events the lines of the file are read once more.

use activesync_client::Item;

use super::Tour;
use super::check::{Checks, Result};
use super::mirror::Mirror;
use super::report::{grouped, size};

mod contacts;
mod events;
mod mail;

/// What was compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Compared {
    /// Messages.
    pub messages: u64,
    /// Messages of these that came byte for byte; WBXML holds text, so that others came in another transfer encoding.
    pub same_bytes: u64,
    /// Attachments.
    pub attachments: u64,
    /// The bytes of the attachments.
    pub attachment_bytes: u64,
    /// Contacts.
    pub contacts: u64,
    /// Events and series of events.
    pub events: u64,
}

impl Compared {
    /// All items.
    pub fn items(self) -> u64 {
        self.messages + self.contacts + self.events
    }
}

impl Tour<'_> {
    /// Compares, and says what.
    pub(super) async fn compare_and_tell(&mut self, mirror: &Mirror) -> Result<Compared> {
        let compared = compare(mirror, &mut self.checks).await?;
        let Compared { messages, same_bytes, attachments, attachment_bytes, contacts, events } = compared;
        let others = messages - same_bytes;
        self.report.fact(
            "messages",
            format!(
                "{} byte for byte, {others} part by part (8-bit charsets travel in base64)",
                grouped(same_bytes)
            ),
        );
        self.report.fact(
            "attachments",
            format!("{attachments} fetched, {}, the same bytes", size(attachment_bytes)),
        );
        self.report.fact("contacts", format!("{contacts}: names, addresses, telephones, notes, pictures"));
        self.report.fact("events", format!("{events}: times and zones, recurrences, exceptions, attendees"));
        Ok(compared)
    }
}

/// Compares all items with the files, and none may be too many.
pub(super) async fn compare(mirror: &Mirror, checks: &mut Checks) -> Result<Compared> {
    let mut compared = Compared::default();
    mail::compare(mirror, checks, &mut compared).await?;
    let contacts: Result<Vec<_>, _> = mirror.items("Contacts").map(Item::contact).collect();
    compared.contacts = contacts::compare(&checks.done("contacts", contacts)?, checks)?;
    let events: Result<Vec<_>, _> = mirror.items("Calendar").map(Item::event).collect();
    compared.events = events::compare(&checks.done("events", events)?, checks)?;
    checks.equal("the number of items", &compared.items(), &mirror.len())?;
    Ok(compared)
}
