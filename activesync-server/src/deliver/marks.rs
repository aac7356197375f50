//! What is known of messages that were sent before.
//!
//! A mark is an entry of the state table, `sent/<day>/<identity>`. Days make old ones easy to find: after a
//! week nobody repeats a message.

use jiff::Timestamp;
use ring::digest::{Context, SHA256};

use crate::backend::{Mailbox, Result, Snapshot, UserId};

/// Marks at the sender.
pub(super) const SENT: &str = "sent";
/// Marks at a recipient.
pub(super) const RECEIVED: &str = "received";

const DAYS: i64 = 7;

/// What makes a message the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Identity([u8; 32]);

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The relay took it; the server's own users may not have it.
    Relayed = 1,
    /// All who can get it have it.
    Done = 2,
}

impl Identity {
    /// By the client's identifier, or else by the Message-ID; without either no two messages are the same.
    pub(super) fn of(device: &str, client_id: Option<&str>, message_id: Option<&str>) -> Self {
        let unique = uuid::Uuid::new_v4().to_string();
        let (kind, id) = match (client_id, message_id) {
            (Some(id), _) => ("client", id),
            (None, Some(id)) => ("message", id),
            (None, None) => ("none", unique.as_str()),
        };
        Self::hash(&[kind, device, id])
    }

    /// The same message, as one from a certain sender.
    pub(super) fn from(self, sender: &UserId) -> Self {
        Self::hash(&[&hex(&self.0), sender.as_str()])
    }

    fn hash(parts: &[&str]) -> Self {
        let mut context = Context::new(&SHA256);
        for part in parts {
            context.update(&part.len().to_le_bytes());
            context.update(part.as_bytes());
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        Self(hash)
    }

    fn key(self, place: &str, day: i64) -> Vec<u8> {
        format!("{place}/{day:06}/{}", hex(&self.0)).into_bytes()
    }

    /// How far the message has come; `None` if it is new.
    pub(super) fn stage(self, mailbox: &dyn Snapshot, place: &str) -> Result<Option<Stage>> {
        let today = today();
        for day in (today - DAYS..=today).rev() {
            match mailbox.state(&self.key(place, day))?.as_deref() {
                Some([FORMAT, 1]) => return Ok(Some(Stage::Relayed)),
                Some(_) => return Ok(Some(Stage::Done)),
                None => {}
            }
        }
        Ok(None)
    }

    /// Notes it, and forgets what is old.
    pub(super) fn mark(self, mailbox: &mut dyn Mailbox, place: &str, stage: Stage) -> Result<()> {
        let today = today();
        let prefix = format!("{place}/");
        while let Some((key, _)) = mailbox.states(prefix.as_bytes(), None, 1)?.pop() {
            let day = str::from_utf8(&key).ok().and_then(|key| key.split('/').nth(1)?.parse::<i64>().ok());
            match day {
                Some(day) if day >= today - DAYS => break,
                Some(day) => mailbox.remove_states(format!("{place}/{day:06}/").as_bytes())?,
                None => mailbox.remove_state(&key)?,
            }
        }
        mailbox.set_state(&self.key(place, today), &[FORMAT, stage as u8])
    }
}

const FORMAT: u8 = 1;

fn today() -> i64 {
    Timestamp::now().as_second().div_euclid(24 * 60 * 60)
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xF)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clients_identifier_comes_before_the_message_id() {
        let same = Identity::of("d1", Some("1"), Some("<a@b>"));
        assert_eq!(same, Identity::of("d1", Some("1"), None));
        assert_ne!(same, Identity::of("d2", Some("1"), None), "devices count for themselves");
        assert_ne!(same, Identity::of("d1", None, Some("1")));
        assert_eq!(Identity::of("d1", None, Some("<a@b>")), Identity::of("d1", None, Some("<a@b>")));
        assert_ne!(Identity::of("d1", None, None), Identity::of("d1", None, None));
        assert_ne!(same.from(&UserId::new("ada")), same.from(&UserId::new("bob")));
    }
}
