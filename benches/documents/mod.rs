//! The documents that benches and tests read and write, made here so that they need no file: answers of 16.1.

#![allow(dead_code, reason = "each bench and test uses a part of it")]

mod calendar;
mod contacts;
mod folders;
mod mail;
mod nested;
mod send_mail;

use wbxml::codepages::airsync;
use wbxml::{Result, Tag, Writer};

pub(crate) use nested::nested;

/// A document, and what to call it in a report.
#[derive(Clone, Copy)]
pub(crate) struct Document {
    pub(crate) name: &'static str,
    /// Kept for as long as the program runs, so that what borrows from it may be kept too.
    pub(crate) bytes: &'static [u8],
}

impl Document {
    fn new(name: &'static str, bytes: Result<Vec<u8>>) -> Self {
        Self { name, bytes: bytes.expect("a good document").leak() }
    }
}

/// A FolderSync answer.
pub(crate) fn folders() -> Document {
    Document::new("40 folders", folders::answer(40))
}

/// A Sync answer of one contact.
pub(crate) fn one_contact() -> Document {
    Document::new("1 contact", contacts::answer(1))
}

/// A Sync answer.
pub(crate) fn few_contacts() -> Document {
    Document::new("64 contacts", contacts::answer(64))
}

/// A Sync answer as large as servers make them: 512 items is the largest window.
pub(crate) fn contacts() -> Document {
    Document::new("512 contacts", contacts::answer(512))
}

/// A document larger than a processor's caches.
pub(crate) fn many_contacts() -> Document {
    Document::new("32,768 contacts", contacts::answer(32_768))
}

/// A Sync answer of meetings with attendees, every week.
pub(crate) fn calendar() -> Document {
    Document::new("512 calendar items", calendar::answer(512))
}

/// A Sync answer of short mail.
pub(crate) fn mail() -> Document {
    Document::new("25 mails of 1 kB", mail::answer(25, 1_000))
}

/// A Sync answer of newsletters.
pub(crate) fn html_mail() -> Document {
    Document::new("100 mails of 50 kB HTML", mail::answer(100, 50_000))
}

/// A small, a typical and two large Sync answers.
pub(crate) fn sizes() -> [Document; 4] {
    [one_contact(), mail(), contacts(), html_mail()]
}

/// A Sync answer of any size, for what is said about all sizes.
pub(crate) fn contacts_of(count: usize) -> Vec<u8> {
    contacts::answer(count).expect("a good document")
}

/// A Sync answer of any size, for what is said about all sizes.
pub(crate) fn mail_of(count: usize, body: usize) -> Vec<u8> {
    mail::answer(count, body).expect("a good document")
}

/// A SendMail request with an opaque message.
pub(crate) fn send_mail(name: &'static str, message: &[u8]) -> Document {
    Document::new(name, send_mail::request(message))
}

/// The same, of any size.
pub(crate) fn send_mail_of(message: &[u8]) -> Vec<u8> {
    send_mail::request(message).expect("a good document")
}

/// A message of that many bytes.
pub(crate) fn message(bytes: usize) -> Vec<u8> {
    send_mail::message(bytes)
}

/// A Sync answer with as many additions, whose application data `item` writes.
fn sync_answer(
    collection: &str,
    count: usize,
    item: impl Fn(&mut Writer<'_>, usize) -> Result<()>,
) -> Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::new());
    writer.header()?;
    writer.start(airsync::Sync)?;
    writer.start(airsync::Collections)?;
    writer.start(airsync::Collection)?;
    text(&mut writer, airsync::SyncKey, "2")?;
    text(&mut writer, airsync::CollectionId, collection)?;
    text(&mut writer, airsync::Status, "1")?;
    writer.start(airsync::Commands)?;
    for number in 0..count {
        writer.start(airsync::Add)?;
        text(&mut writer, airsync::ServerId, &format!("{collection}:{number}"))?;
        writer.start(airsync::ApplicationData)?;
        item(&mut writer, number)?;
        writer.end()?;
        writer.end()?;
    }
    for _ in 0..4 {
        writer.end()?;
    }
    writer.finish()
}

fn text(writer: &mut Writer<'_>, tag: Tag, text: &str) -> Result<()> {
    writer.element(tag, text)
}
