//! Contacts: many short strings, some of them not ASCII.

use wbxml::Result;
use wbxml::codepages::contacts;

use super::{sync_answer, text};

pub(super) fn answer(count: usize) -> Result<Vec<u8>> {
    sync_answer("5", count, |writer, number| {
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
