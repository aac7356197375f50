//! The documents that the benches read and write, made here so that they need no file: Sync answers of 16.1.

use wbxml::codepages::{airsync, airsyncbase, contacts, email};
use wbxml::{Result, Tag, Writer};

/// A document, and what to call it in the report.
pub(crate) struct Document {
    pub(crate) name: &'static str,
    pub(crate) items: Items,
    pub(crate) bytes: Vec<u8>,
}

/// The class of a document's items.
#[derive(Clone, Copy)]
pub(crate) enum Items {
    Contacts,
    Mail,
}

/// A Sync answer with one contact, one with 25 mails of 1 kB, one with 512 contacts, one with 100 mails of 50 kB.
pub(crate) fn all() -> Vec<Document> {
    let document = |name, items, bytes: Result<Vec<u8>>| Document {
        name,
        items,
        bytes: bytes.expect("a good document"),
    };
    vec![
        document("small: 1 contact", Items::Contacts, contacts_answer(1)),
        document("typical: 25 mails of 1 kB", Items::Mail, mail_answer(25, 1_000)),
        document("large: 512 contacts", Items::Contacts, contacts_answer(512)),
        document("large: 100 mails of 50 kB", Items::Mail, mail_answer(100, 50_000)),
    ]
}

fn contacts_answer(count: usize) -> Result<Vec<u8>> {
    answer("5", count, |writer, number| {
        let first = ["Ada", "Åsa", "Bo", "Chidi", "Dagny", "Émile"][number % 6];
        let last = ["Exempel", "Lindström", "Okafor", "Dubois", "Hägg"][number % 5];
        text(writer, contacts::FirstName, first)?;
        text(writer, contacts::LastName, last)?;
        text(writer, contacts::FileAs, &format!("{last}, {first}"))?;
        text(writer, contacts::Email1Address, &format!("\"{first}\" <{number}@example.org>"))?;
        text(writer, contacts::MobilePhoneNumber, &format!("+46 70 000 {number:04}"))?;
        text(writer, contacts::BusinessPhoneNumber, &format!("+46 8 000 {number:04}"))?;
        text(writer, contacts::CompanyName, "Harbour & Sons")?;
        text(writer, contacts::JobTitle, "Crane operator")?;
        text(writer, contacts::HomeAddressStreet, &format!("Kajgatan {number}"))?;
        text(writer, contacts::HomeAddressCity, "Göteborg")?;
        text(writer, contacts::HomeAddressPostalCode, "411 01")?;
        text(writer, contacts::Birthday, "1815-12-10T00:00:00.000Z")?;
        writer.start(contacts::Categories)?;
        text(writer, contacts::Category, "Friends")?;
        text(writer, contacts::Category, "Harbour")?;
        writer.end()
    })
}

fn mail_answer(count: usize, body: usize) -> Result<Vec<u8>> {
    let sentence =
        "<p>The crane on quay nine creaks again; could you look at it before Räkneholm sails?</p>\r\n";
    let body = sentence.repeat(body / sentence.len() + 1);
    answer("1", count, |writer, number| {
        text(writer, email::To, "\"Ada\" <ada@example.org>, \"Harbour office\" <office@example.org>")?;
        text(writer, email::From, &format!("\"Bo {number}\" <bo@example.org>"))?;
        text(writer, email::Subject, &format!("Re: the crane on quay nine ({number})"))?;
        text(writer, email::DateReceived, "2026-02-28T07:08:09.000Z")?;
        text(writer, email::DisplayTo, "Ada; Harbour office")?;
        text(writer, email::ThreadTopic, "the crane on quay nine")?;
        text(writer, email::Importance, "1")?;
        text(writer, email::Read, "0")?;
        writer.start(airsyncbase::Body)?;
        text(writer, airsyncbase::Type, "2")?;
        text(writer, airsyncbase::EstimatedDataSize, &body.len().to_string())?;
        text(writer, airsyncbase::Data, &body)?;
        writer.end()?;
        text(writer, email::MessageClass, "IPM.Note")?;
        text(writer, email::InternetCPID, "65001")?;
        writer.start(email::Flag)?;
        writer.end()?;
        text(writer, email::ContentClass, "urn:content-classes:message")?;
        text(writer, airsyncbase::NativeBodyType, "2")
    })
}

fn answer(
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
