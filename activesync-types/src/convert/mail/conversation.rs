//! Which conversation a message belongs to, and where in it. [MS-ASCON] 2.2.2.3 and 2.2.2.4

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use mail_parser::HeaderValue;
use wbxml::Bytes;

use super::Message;

/// Reserved byte, five bytes of time, sixteen of identifier: how a `Thread-Index` begins.
const HEADER: usize = 22;
/// Length of each level after the header.
const LEVEL: usize = 5;

pub(super) struct Conversation {
    pub(super) id: Option<Bytes<'static>>,
    pub(super) index: Option<Bytes<'static>>,
}

impl Message<'_> {
    pub(super) fn conversation(&self) -> Conversation {
        if let Some(conversation) = self.thread_index() {
            return conversation;
        }
        Conversation {
            id: self.thread_root().map(|root| Bytes::from(digest(root.as_bytes()).to_vec())),
            index: self.sent().map(|sent| Bytes::from(time(sent).to_vec())),
        }
    }

    /// What Outlook and Exchange wrote into the message.
    fn thread_index(&self) -> Option<Conversation> {
        let packed: String = self.field("Thread-Index")?.split_ascii_whitespace().collect();
        let thread = STANDARD.decode(packed).ok()?;
        let id = thread.get(6..HEADER)?;
        let levels = thread.get(HEADER..)?.chunks_exact(LEVEL);
        let mut index = thread.get(1..6)?.to_vec();
        index.extend(levels.flatten());
        Some(Conversation { id: Some(Bytes::from(id.to_vec())), index: Some(Bytes::from(index)) })
    }

    /// The identifier of the message that began the conversation; of one without any, the topic.
    fn thread_root(&self) -> Option<&str> {
        first(self.mime().references())
            .or_else(|| first(self.mime().in_reply_to()))
            .or_else(|| self.mime().message_id())
            .or_else(|| self.mime().thread_name())
    }
}

fn first<'v>(ids: &'v HeaderValue<'_>) -> Option<&'v str> {
    match ids {
        HeaderValue::Text(id) => Some(id),
        HeaderValue::TextList(ids) => ids.first().map(AsRef::as_ref),
        _ => None,
    }
}

/// Five bytes of the time in Windows' own units, of 100 nanoseconds since 1601, without the highest and the two lowest.
fn time(sent: Timestamp) -> [u8; 5] {
    const UNIX_EPOCH: i128 = 116_444_736_000_000_000;
    let file_time = sent.as_nanosecond() / 100 + UNIX_EPOCH;
    let [_, high @ .., _, _] = u64::try_from(file_time).unwrap_or_default().to_be_bytes();
    high
}

/// FNV-1a in 128 bits. It only has to be the same for the same conversation, always and everywhere.
fn digest(bytes: &[u8]) -> [u8; 16] {
    const OFFSET: u128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013B;
    bytes.iter().fold(OFFSET, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME)).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_index_gives_identifier_and_times() {
        // Header 01, time C8 D0 A1 B2 C3, identifier 00 to 0F, one level.
        let mut thread = vec![0x01, 0xC8, 0xD0, 0xA1, 0xB2, 0xC3];
        thread.extend(0..16);
        thread.extend([9, 8, 7, 6, 5]);
        let mail = format!("Thread-Index: {}\r\n\r\n", STANDARD.encode(&thread));
        let conversation = Message::parse(mail.as_bytes()).unwrap().conversation();
        assert_eq!(conversation.id.unwrap()[..], (0..16).collect::<Vec<u8>>());
        assert_eq!(conversation.index.unwrap()[..], [0xC8, 0xD0, 0xA1, 0xB2, 0xC3, 9, 8, 7, 6, 5]);
    }

    #[test]
    fn answers_share_the_identifier_of_the_first_message() {
        let first = b"Message-ID: <a@example.org>\r\nDate: Thu, 29 Feb 2024 07:08:09 +0000\r\n\r\n";
        let answer = b"Message-ID: <c@example.org>\r\nReferences: <a@example.org> <b@example.org>\r\n\r\n";
        let other = b"Message-ID: <d@example.org>\r\n\r\n";
        let id = |bytes: &[u8]| Message::parse(bytes).unwrap().conversation().id.unwrap();
        assert_eq!(id(first), id(answer));
        assert_ne!(id(first), id(other));
        assert_eq!(id(first).len(), 16);
    }

    #[test]
    fn the_time_is_that_of_windows() {
        // 2024-02-29T07:08:09Z is 0x01DA6AE0_05AD7A80 in units of 100 nanoseconds since 1601.
        let sent: Timestamp = "2024-02-29T07:08:09Z".parse().unwrap();
        let file_time = (sent.as_second() + 11_644_473_600) * 10_000_000;
        assert_eq!(time(sent), file_time.to_be_bytes()[1..6]);
        assert_eq!(file_time.to_be_bytes()[0], 1);
    }

    #[test]
    fn the_digest_is_fnv_1a() {
        assert_eq!(u128::from_be_bytes(digest(b"")), 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D);
        assert_eq!(u128::from_be_bytes(digest(b"a")), 0xD228_CB69_6F1A_8CAF_7891_2B70_4E4A_8964);
    }
}
