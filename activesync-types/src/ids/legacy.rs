//! The identifiers that Exchange 2003 gave to clients of 1.0 to 2.5.
//!
//! No specification describes them; the forms are those of captured conversations.

use std::fmt;
use std::str::FromStr;

use super::{CollectionId, ServerId};

/// A [`SyncKey`](super::SyncKey) of 1.0 to 2.5: `{F1252269-B8CE-422E-8109-8DE067B7B0BA}3`.
///
/// The GUID stays for the life of a partnership and collection, the counter grows by one with each state
/// that the server accepts. Key 0 starts a new GUID at 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct LegacySyncKey {
    /// Which series of keys this belongs to.
    pub guid: u128,
    /// The place in the series.
    pub counter: u32,
}

impl LegacySyncKey {
    /// The first key of a series.
    pub const fn first(guid: u128) -> Self {
        Self { guid, counter: 1 }
    }

    /// The key that follows; `None` when the counter is used up and a new series has to start.
    pub fn next(self) -> Option<Self> {
        Some(Self { counter: self.counter.checked_add(1)?, ..self })
    }
}

impl fmt::Display for LegacySyncKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let g = self.guid;
        write!(
            f,
            "{{{:08X}-{:04X}-{:04X}-{:04X}-{:012X}}}{}",
            g >> 96,
            (g >> 80) & 0xFFFF,
            (g >> 64) & 0xFFFF,
            (g >> 48) & 0xFFFF,
            g & 0xFFFF_FFFF_FFFF,
            self.counter
        )
    }
}

/// The text is not of the form `{GUID}N`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotALegacySyncKey;

impl fmt::Display for NotALegacySyncKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a synchronization key of the form {GUID}N, as servers write it up to 2.5")
    }
}

impl std::error::Error for NotALegacySyncKey {}

impl FromStr for LegacySyncKey {
    type Err = NotALegacySyncKey;

    fn from_str(text: &str) -> Result<Self, NotALegacySyncKey> {
        let (guid, counter) =
            text.strip_prefix('{').and_then(|rest| rest.split_once('}')).ok_or(NotALegacySyncKey)?;
        let guid = parse_guid(guid).ok_or(NotALegacySyncKey)?;
        if counter.is_empty() || !counter.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotALegacySyncKey);
        }
        Ok(Self { guid, counter: counter.parse().map_err(|_| NotALegacySyncKey)? })
    }
}

fn parse_guid(text: &str) -> Option<u128> {
    let mut groups = text.split('-');
    let mut guid = 0u128;
    for digits in [8, 4, 4, 4, 12] {
        let group = groups.next().filter(|group| group.len() == digits)?;
        guid = (guid << (4 * digits)) | u128::from(parse_hex(group)?);
    }
    groups.next().is_none().then_some(guid)
}

fn parse_hex(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u64::from_str_radix(text, 16).ok()
}

/// What both a `CollectionId` and the `ServerId` of an item say up to 2.5: which replica, and a counter.
///
/// A collection is `ef23694f89d86f40bad1e46d83415b4a-281d`, an item
/// `rid:ef23694f89d86f40bad1e46d83415b4a000000004962`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct ReplicaId {
    /// The GUID of the store that the folder or item was made in.
    pub replica: u128,
    /// The counter within the store; 48 bits are used.
    pub counter: u64,
}

impl ReplicaId {
    /// The largest counter that fits in an item's identifier.
    pub const MAX_COUNTER: u64 = 0xFFFF_FFFF_FFFF;

    /// As the identifier of a folder.
    pub fn to_collection_id(self) -> CollectionId<'static> {
        CollectionId::from(format!("{:032x}-{:x}", self.replica, self.counter))
    }

    /// As the identifier of an item; `None` if the counter has more than 48 bits.
    pub fn to_server_id(self) -> Option<ServerId<'static>> {
        (self.counter <= Self::MAX_COUNTER)
            .then(|| ServerId::from(format!("rid:{:032x}{:012x}", self.replica, self.counter)))
    }

    /// From the identifier of a folder; `None` if it has another form.
    pub fn from_collection_id(id: &CollectionId<'_>) -> Option<Self> {
        let (replica, counter) = id.as_str().split_once('-')?;
        Some(Self { replica: parse_replica(replica)?, counter: parse_hex(counter)? })
    }

    /// From the identifier of an item; `None` if it has another form.
    pub fn from_server_id(id: &ServerId<'_>) -> Option<Self> {
        let digits = id.as_str().strip_prefix("rid:").filter(|digits| digits.len() == 44)?;
        let (replica, counter) = digits.split_at_checked(32)?;
        Some(Self { replica: parse_replica(replica)?, counter: parse_hex(counter)? })
    }
}

fn parse_replica(text: &str) -> Option<u128> {
    let (high, low) = text.split_at_checked(16).filter(|(_, low)| low.len() == 16)?;
    Some((u128::from(parse_hex(high)?) << 64) | u128::from(parse_hex(low)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SyncKey;

    // The three identifiers are those of a conversation captured in July 2005.
    #[test]
    fn a_captured_key_splits_and_joins() {
        let key = SyncKey::from("{F1252269-B8CE-422E-8109-8DE067B7B0BA}3");
        let parts = key.legacy().unwrap();
        assert_eq!(parts, LegacySyncKey { guid: 0xF125_2269_B8CE_422E_8109_8DE0_67B7_B0BA, counter: 3 });
        assert_eq!(SyncKey::from(parts), key);
        assert_eq!(SyncKey::from(parts.next().unwrap()), "{F1252269-B8CE-422E-8109-8DE067B7B0BA}4");
        let lower: LegacySyncKey = "{f1252269-b8ce-422e-8109-8de067b7b0ba}3".parse().unwrap();
        assert_eq!(lower, parts, "letter case does not matter when comparing");
        assert_eq!(LegacySyncKey { counter: u32::MAX, ..parts }.next(), None);
    }

    #[test]
    fn other_keys_are_not_legacy_keys() {
        for text in [
            "0",
            "1",
            "",
            "{}1",
            "{F1252269-B8CE-422E-8109-8DE067B7B0BA}",
            "{F1252269-B8CE-422E-8109-8DE067B7B0BA}x",
            "{F1252269-B8CE-422E-8109-8DE067B7B0BA}+1",
            "{F1252269-B8CE-422E-8109-8DE067B7B0BA}4294967296",
            "{F1252269-B8CE-422E-8109-8DE067B7B0B}3",
            "{F1252269-B8CE-422E-8109-8DE067B7B0BA-00}3",
            "{+1252269-B8CE-422E-8109-8DE067B7B0BA}3",
            "F1252269-B8CE-422E-8109-8DE067B7B0BA3",
        ] {
            assert_eq!(SyncKey::from(text).legacy(), None, "{text}");
        }
    }

    #[test]
    fn captured_folder_and_item_ids_split_and_join() {
        let folder = CollectionId::from("ef23694f89d86f40bad1e46d83415b4a-281d");
        let item = ServerId::from("rid:ef23694f89d86f40bad1e46d83415b4a000000004962");
        let replica = 0xef23_694f_89d8_6f40_bad1_e46d_8341_5b4a;
        let of_folder = ReplicaId::from_collection_id(&folder).unwrap();
        let of_item = ReplicaId::from_server_id(&item).unwrap();
        assert_eq!(of_folder, ReplicaId { replica, counter: 0x281d });
        assert_eq!(of_item, ReplicaId { replica, counter: 0x4962 });
        assert_eq!(of_folder.to_collection_id(), folder);
        assert_eq!(of_item.to_server_id(), Some(item));
        assert_eq!(ReplicaId { replica, counter: 1 << 48 }.to_server_id(), None);
        assert_eq!(ReplicaId::from_server_id(&ServerId::from("1:7")), None);
        assert_eq!(ReplicaId::from_collection_id(&CollectionId::from("5")), None);
        assert_eq!(ReplicaId::from_server_id(&ServerId::new("é".repeat(24))), None);
    }
}
