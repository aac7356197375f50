//! Meetings: short strings, more structure, and pages that change.

use wbxml::codepages::{airsyncbase, calendar};
use wbxml::{Result, Writer};

use super::{sync_answer, text};

pub(super) fn answer(count: usize) -> Result<Vec<u8>> {
    // Structure of 172 bytes in base64; these say UTC.
    let time_zone = format!("{}==", "A".repeat(230));
    sync_answer("2", count, |writer, number| {
        let hour = 7 + number % 10;
        text(writer, calendar::Timezone, &time_zone)?;
        text(writer, calendar::AllDayEvent, "0")?;
        text(writer, calendar::BusyStatus, "2")?;
        text(writer, calendar::OrganizerName, "Åsa Lindström")?;
        text(writer, calendar::OrganizerEmail, "asa@example.org")?;
        text(writer, calendar::DtStamp, "20260228T070809Z")?;
        text(writer, calendar::StartTime, &format!("20260302T{hour:02}0000Z"))?;
        text(writer, calendar::EndTime, &format!("20260302T{hour:02}4500Z"))?;
        text(writer, calendar::Subject, &format!("Crane round {number}"))?;
        text(writer, calendar::UID, &format!("{number:032X}"))?;
        text(writer, calendar::Sensitivity, "0")?;
        text(writer, calendar::MeetingStatus, "1")?;
        text(writer, calendar::Reminder, "15")?;
        attendees(writer, number)?;
        recurrence(writer)?;
        writer.start(airsyncbase::Location)?;
        text(writer, airsyncbase::DisplayName, "Quay nine, Göteborg")?;
        writer.end()?;
        writer.start(airsyncbase::Body)?;
        text(writer, airsyncbase::Type, "1")?;
        text(writer, airsyncbase::Data, "Bring the grease and the long ladder.\r\n")?;
        writer.end()
    })
}

fn attendees(writer: &mut Writer<'_>, number: usize) -> Result<()> {
    writer.start(calendar::Attendees)?;
    for (name, address) in [
        ("Bo", "bo@example.org"),
        ("Émile Dubois", "emile@example.org"),
        ("Chidi Okafor", "chidi@example.org"),
    ] {
        writer.start(calendar::Attendee)?;
        text(writer, calendar::Email, address)?;
        text(writer, calendar::Name, name)?;
        text(writer, calendar::AttendeeStatus, ["0", "2", "3", "4"][number % 4])?;
        text(writer, calendar::AttendeeType, "1")?;
        writer.end()?;
    }
    writer.end()
}

fn recurrence(writer: &mut Writer<'_>) -> Result<()> {
    writer.start(calendar::Recurrence)?;
    text(writer, calendar::Type, "1")?;
    text(writer, calendar::Interval, "1")?;
    text(writer, calendar::DayOfWeek, "2")?;
    text(writer, calendar::Until, "20261231T235959Z")?;
    writer.end()
}
