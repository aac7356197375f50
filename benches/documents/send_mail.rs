//! Mail on its way out.

use wbxml::codepages::composemail;
use wbxml::{Result, Writer};

use super::text;

pub(super) fn request(message: &[u8]) -> Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::new());
    writer.header()?;
    writer.start(composemail::SendMail)?;
    text(&mut writer, composemail::ClientId, "633916348086136194")?;
    writer.empty_element(composemail::SaveInSentItems)?;
    writer.opaque_element(composemail::Mime, message)?;
    writer.end()?;
    writer.finish()
}

/// A plain message, cut where the size says.
pub(super) fn message(bytes: usize) -> Vec<u8> {
    let head = "From: bo@example.org\r\nTo: ada@example.org\r\nSubject: the crane on quay nine\r\n\r\n";
    let line = "It creaks again; could you look at it before the next ship sails? Thank you, Bo.\r\n";
    let mut message = head.as_bytes().to_vec();
    while message.len() < bytes {
        message.extend_from_slice(line.as_bytes());
    }
    message.truncate(bytes);
    message
}
