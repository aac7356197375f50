//! The message that says that a message did not arrive (RFC 3464).

use std::io;

use mail_builder::MessageBuilder;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::{BodyPart, MimePart};

/// Who did not get what.
pub(super) struct Bounce<'a> {
    /// Who sent the message and gets this one.
    pub(super) sender: &'a str,
    pub(super) subject: &'a str,
    pub(super) message: &'a [u8],
    /// Recipients, each with the reason.
    pub(super) failed: &'a [(String, String)],
}

impl Bounce<'_> {
    pub(super) fn to_message(&self) -> io::Result<Vec<u8>> {
        let domain = self.sender.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        let postmaster = format!("postmaster@{domain}");
        let report = ContentType::new("multipart/report").attribute("report-type", "delivery-status");
        let parts = vec![
            MimePart::new("text/plain", BodyPart::Text(self.words().into())),
            MimePart::new("message/delivery-status", BodyPart::Text(self.status(domain).into()))
                .transfer_encoding("7bit"),
            MimePart::new("message/rfc822", BodyPart::Binary(self.message.into())).transfer_encoding("8bit"),
        ];
        MessageBuilder::new()
            .from(("Mail delivery", postmaster.as_str()))
            .to(self.sender)
            .subject(format!("Undelivered: {}", self.subject))
            .header("Auto-Submitted", Raw::new("auto-replied"))
            .body(MimePart::new(report, BodyPart::Multipart(parts)))
            .write_to_vec()
    }

    fn words(&self) -> String {
        let mut words = "Your message did not reach everybody. Those who did not get it:\r\n\r\n".to_owned();
        for (recipient, reason) in self.failed {
            words.extend([recipient, ": ", reason, "\r\n"]);
        }
        words.push_str("\r\nThe message is attached.\r\n");
        words
    }

    /// For programs.
    fn status(&self, domain: &str) -> String {
        let mut status = format!("Reporting-MTA: dns; {domain}\r\n");
        for (recipient, reason) in self.failed {
            let reason: String = reason.chars().map(|c| if c.is_ascii_graphic() { c } else { ' ' }).collect();
            let recipient = format!("\r\nFinal-Recipient: rfc822; {recipient}\r\n");
            let diagnosis = format!("Diagnostic-Code: x-local; {reason}\r\n");
            status.extend([&recipient, "Action: failed\r\nStatus: 5.0.0\r\n", &diagnosis]);
        }
        status
    }
}

#[cfg(test)]
mod tests {
    use mail_parser::{MessageParser, MimeHeaders};

    use super::*;

    #[test]
    fn people_and_programs_can_read_it() {
        let raw = b"From: ada@example.org\r\nSubject: gr\xC3\xBC\xC3\x9Fe\r\n\r\n.body\r\n";
        let failed = [("nobody@example.net".to_owned(), "no such\r\nuser".to_owned())];
        let bounce = Bounce { sender: "ada@example.org", subject: "grüße", message: raw, failed: &failed };
        let bytes = bounce.to_message().unwrap();
        let message = MessageParser::new().parse(&bytes).unwrap();
        assert_eq!(message.subject(), Some("Undelivered: grüße"));
        assert_eq!(message.from().unwrap().first().unwrap().address(), Some("postmaster@example.org"));
        assert!(message.body_text(0).unwrap().contains("nobody@example.net: no such"));
        let report = message.content_type().unwrap();
        assert_eq!((report.ctype(), report.subtype()), ("multipart", Some("report")));
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("Final-Recipient: rfc822; nobody@example.net\r\n"), "{text}");
        assert!(text.contains("Diagnostic-Code: x-local; no such  user\r\n"), "{text}");
        let inside = message.attachments().find_map(|part| part.message()).unwrap();
        assert_eq!(inside.body_text(0).unwrap().trim_end(), ".body");
    }
}
