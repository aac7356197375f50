//! Mail as HTML, shown in the list with all that a list shows.

use wbxml::Result;
use wbxml::codepages::{airsyncbase, email};

use super::{sync_answer, text};

pub(super) fn answer(count: usize, body: usize) -> Result<Vec<u8>> {
    let sentence =
        "<p>The crane on quay nine creaks again; could you look at it before Räkneholm sails?</p>\r\n";
    let body = sentence.repeat(body / sentence.len() + 1);
    sync_answer("1", count, |writer, number| {
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
