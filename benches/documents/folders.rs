//! The folders of a mailbox.

use wbxml::codepages::folderhierarchy;
use wbxml::{Result, Writer};

use super::text;

pub(super) fn answer(count: usize) -> Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::new());
    writer.header()?;
    writer.start(folderhierarchy::FolderSync)?;
    text(&mut writer, folderhierarchy::Status, "1")?;
    text(&mut writer, folderhierarchy::SyncKey, "1")?;
    writer.start(folderhierarchy::Changes)?;
    text(&mut writer, folderhierarchy::Count, &count.to_string())?;
    for number in 0..count {
        let name = ["Inbox", "Skickat", "Kranar", "Fartyg & last", "Möten"][number % 5];
        writer.start(folderhierarchy::Add)?;
        text(&mut writer, folderhierarchy::ServerId, &number.to_string())?;
        text(&mut writer, folderhierarchy::ParentId, &(number / 5).to_string())?;
        text(&mut writer, folderhierarchy::DisplayName, &format!("{name} {number}"))?;
        text(&mut writer, folderhierarchy::Type, "12")?;
        writer.end()?;
    }
    writer.end()?;
    writer.end()?;
    writer.finish()
}
