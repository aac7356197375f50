//! The state of one device and folder: see the [module above](super).

use std::collections::BTreeMap;

use activesync_types::date_time::CompactDateTime;
use activesync_types::{LegacySyncKey, SyncKey};
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use wbxml::Fragment;

use super::state;
use crate::backend::{BackendError, FolderId, ItemId, Mailbox, Result, Revision, Snapshot};

/// How many answers to one key may be under way at a time. A client that waits for one answer at a time can have
/// got no other than one of the last few.
const CANDIDATES: usize = 4;

/// The state of a series.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Series {
    guid: u128,
    /// The counter of the last key that was given out.
    last: u32,
    base: u32,
    base_scan: Scan,
    /// Oldest first.
    candidates: Vec<Candidate>,
    /// What the client sent since the base.
    pub(super) applied: Applied,
    /// Additions before the client began anew of which it never heard: it may send them again.
    pub(super) unheard: BTreeMap<String, AppliedAdd>,
    /// What the client said once and means until it says otherwise.
    pub(super) settings: Settings,
}

/// How far the folder has been looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Scan {
    /// Changes up to this revision are dealt with, but for the backlog.
    pub(super) position: u64,
    /// Items up to the position with a revision below this one are still to be looked at.
    pub(super) backlog: u64,
    /// Items with a date (in microseconds) and number up to these that were there at the time have been taken away.
    pub(super) aged: Option<(i64, u64)>,
    /// The filter that this is under; `None` before the first look.
    pub(super) filter: Option<u32>,
    /// Items of which the client has another version than it should: to be sent before all others.
    pub(super) losers: Vec<u64>,
}

/// What an answer does to what the client has.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Candidate {
    counter: u32,
    scan: Scan,
    delta: Delta,
}

/// Items by number: what the client has of them then; `None` for not at all.
pub(super) type Delta = BTreeMap<u64, Option<Entry>>;

/// What the client has of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) revision: u64,
    pub(super) mark: Mark,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Mark {
    /// The client has this revision.
    Has,
    /// The client does not have the item, since this revision of it cannot be sent.
    Unsendable,
    /// The client itself moved the item here and knows its number. The content is still to be sent.
    Moved,
}

impl Entry {
    pub(super) fn has(revision: Revision) -> Self {
        Self { revision: revision.0, mark: Mark::Has }
    }
}

/// The identity of what a client sent.
pub(super) type Digest = [u8; 16];

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Applied {
    /// Additions by `ClientId`.
    pub(super) adds: BTreeMap<String, AppliedAdd>,
    /// The last other command of each item.
    pub(super) changes: BTreeMap<u64, AppliedChange>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct AppliedAdd {
    pub(super) digest: Digest,
    pub(super) item: u64,
    pub(super) revision: u64,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct AppliedChange {
    pub(super) digest: Digest,
    /// The revision that it made; of a deletion the one before.
    pub(super) revision: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Settings {
    /// The last `Options`, as a document.
    pub(super) options: Vec<Vec<u8>>,
    /// The tags in `Supported`, if it was there.
    pub(super) supported: Option<Vec<u16>>,
    /// The client knows `DeletesAsMoves`.
    pub(super) deletes_as_moves: bool,
}

/// How a key fits a series.
pub(super) enum Fit {
    /// The client has what the base says; an answer may have been lost.
    Base,
    /// The client got this answer.
    Candidate(usize),
    /// None of the keys that are good.
    None,
}

impl Series {
    /// Begins anew: the client has nothing. What the state table still has of an older series goes.
    pub(super) fn start(
        mailbox: &mut dyn Mailbox,
        device: &str,
        folder: FolderId,
        settings: Settings,
    ) -> Result<Self> {
        let mut unheard = BTreeMap::new();
        if let Some(old) = Self::load(mailbox, device, folder)? {
            mailbox.remove_states(&has_prefix(old.guid))?;
            unheard = old.unheard;
            unheard.extend(old.applied.adds);
        }
        let first = LegacySyncKey::first(uuid::Uuid::new_v4().as_u128());
        let series = Self {
            guid: first.guid,
            last: first.counter,
            base: first.counter,
            base_scan: Scan::default(),
            candidates: Vec::new(),
            applied: Applied::default(),
            unheard,
            settings,
        };
        series.save(mailbox, device, folder)?;
        Ok(series)
    }

    pub(super) fn load(mailbox: &dyn Snapshot, device: &str, folder: FolderId) -> Result<Option<Self>> {
        mailbox.state(&series_key(device, folder))?.map(|stored| state::decode(&stored)).transpose()
    }

    pub(super) fn save(&self, mailbox: &mut dyn Mailbox, device: &str, folder: FolderId) -> Result<()> {
        mailbox.set_state(&series_key(device, folder), &state::encode(self)?)
    }

    /// Where a key that the client sent belongs.
    pub(super) fn fit(&self, key: &SyncKey<'_>) -> Fit {
        match key.legacy() {
            // The numbers are used up: the client begins anew.
            _ if self.last == u32::MAX => Fit::None,
            Some(key) if key.guid == self.guid && key.counter == self.base => Fit::Base,
            Some(key) if key.guid == self.guid => {
                let found = self.candidates.iter().position(|candidate| candidate.counter == key.counter);
                found.map_or(Fit::None, Fit::Candidate)
            }
            _ => Fit::None,
        }
    }

    /// The client got an answer: it becomes the base.
    pub(super) fn acknowledge(&mut self, mailbox: &mut dyn Mailbox, index: usize) -> Result<()> {
        let Some(candidate) = self.candidates.drain(..).nth(index) else { return Ok(()) };
        self.base = candidate.counter;
        self.base_scan = candidate.scan;
        self.applied = Applied::default();
        self.settle(mailbox, candidate.delta)
    }

    /// Writes to the base what needs no acknowledgement, or has it.
    pub(super) fn settle(&mut self, mailbox: &mut dyn Mailbox, delta: Delta) -> Result<()> {
        for (item, entry) in delta {
            let key = has_key(self.guid, ItemId(item));
            match entry {
                Some(entry) => mailbox.set_state(&key, &state::encode(&entry)?)?,
                None => mailbox.remove_state(&key)?,
            }
        }
        Ok(())
    }

    /// Makes an answer and gives it a key.
    pub(super) fn answer(&mut self, scan: Scan, delta: Delta) -> Result<SyncKey<'static>> {
        let last = LegacySyncKey { guid: self.guid, counter: self.last };
        let next =
            last.next().ok_or_else(|| BackendError::Other("the synchronization key is used up".into()))?;
        self.last = next.counter;
        if self.candidates.len() == CANDIDATES {
            self.candidates.remove(0);
        }
        self.candidates.push(Candidate { counter: next.counter, scan, delta });
        Ok(next.into())
    }

    /// How far the folder had been looked at for what the client has.
    pub(super) fn scan(&self) -> &Scan {
        &self.base_scan
    }

    /// The folder has been looked at further, without a need to tell the client anything.
    pub(super) fn set_scan(&mut self, scan: Scan) {
        self.base_scan = scan;
    }

    /// The key of the base.
    pub(super) fn key(&self) -> SyncKey<'static> {
        LegacySyncKey { guid: self.guid, counter: self.base }.into()
    }

    /// What the client has according to the base.
    pub(super) fn has(&self) -> HasSet {
        HasSet { guid: self.guid, delta: Delta::new() }
    }

    /// What the client has if it got the given answer, and how far the folder had been looked at for it.
    pub(super) fn with_answer(&self, index: usize) -> (HasSet, Scan) {
        match self.candidates.get(index) {
            Some(answer) => (HasSet { guid: self.guid, delta: answer.delta.clone() }, answer.scan.clone()),
            None => (self.has(), self.base_scan.clone()),
        }
    }

    /// The same for the last answer, which is probably the one that the client has.
    pub(super) fn latest(&self) -> (HasSet, Scan) {
        self.with_answer(self.candidates.len().wrapping_sub(1))
    }

    /// Notes in the base and in every answer that the client knows something of an item.
    pub(super) fn note(&mut self, mailbox: &mut dyn Mailbox, item: ItemId, entry: Entry) -> Result<()> {
        for candidate in &mut self.candidates {
            candidate.delta.insert(item.0, Some(entry));
        }
        self.settle(mailbox, Delta::from([(item.0, Some(entry))]))
    }
}

/// What the client has, with what the answer that is being made does to it.
#[derive(Clone, Debug)]
pub(super) struct HasSet {
    guid: u128,
    pub(super) delta: Delta,
}

impl HasSet {
    pub(super) fn get(&self, mailbox: &dyn Snapshot, item: ItemId) -> Result<Option<Entry>> {
        match self.delta.get(&item.0) {
            Some(entry) => Ok(*entry),
            None => {
                mailbox.state(&has_key(self.guid, item))?.map(|stored| state::decode(&stored)).transpose()
            }
        }
    }

    pub(super) fn set(&mut self, item: ItemId, entry: Option<Entry>) {
        self.delta.insert(item.0, entry);
    }
}

/// The identity of a command: what it is, and what it holds.
pub(super) fn digest(
    command: &str,
    instance: Option<CompactDateTime>,
    data: Option<&Fragment<'_>>,
) -> Digest {
    let mut context = Context::new(&SHA256);
    context.update(command.as_bytes());
    if let Some(instance) = instance {
        context.update(instance.to_string().as_bytes());
    }
    if let Some(data) = data {
        context.update(&[0, data.page()]);
        context.update(data.as_bytes());
    }
    let mut digest = Digest::default();
    digest.copy_from_slice(&context.finish().as_ref()[..16]);
    digest
}

/// Forgets all that is kept for a device; it has to begin anew.
///
/// # Errors
/// If the backend fails.
pub fn forget_device(mailbox: &mut dyn Mailbox, device: &str) -> Result<()> {
    let prefix = series_prefix(device);
    loop {
        let states = mailbox.states(&prefix, None, 100)?;
        if states.is_empty() {
            break;
        }
        for (key, stored) in states {
            let series: Series = state::decode(&stored)?;
            mailbox.remove_states(&has_prefix(series.guid))?;
            mailbox.remove_state(&key)?;
        }
    }
    mailbox.remove_state(&hierarchy_key(device))
}

/// Forgets what a device had of a folder.
pub(super) fn forget_series(mailbox: &mut dyn Mailbox, device: &str, folder: FolderId) -> Result<()> {
    if let Some(series) = Series::load(mailbox, device, folder)? {
        mailbox.remove_states(&has_prefix(series.guid))?;
        mailbox.remove_state(&series_key(device, folder))?;
    }
    Ok(())
}

fn series_prefix(device: &str) -> Vec<u8> {
    [b"sync\0", device.as_bytes(), b"\0"].concat()
}

fn series_key(device: &str, folder: FolderId) -> Vec<u8> {
    [series_prefix(device).as_slice(), &folder.0.to_be_bytes()].concat()
}

fn has_prefix(guid: u128) -> Vec<u8> {
    [&b"has\0"[..], &guid.to_be_bytes()].concat()
}

fn has_key(guid: u128, item: ItemId) -> Vec<u8> {
    [has_prefix(guid).as_slice(), &item.0.to_be_bytes()].concat()
}

/// The key of what a device knows of the folder hierarchy.
pub(super) fn hierarchy_key(device: &str) -> Vec<u8> {
    [b"hierarchy\0", device.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series() -> Series {
        let scan =
            |position| Scan { position, backlog: 300, aged: Some((-1, 2)), filter: Some(5), losers: vec![7] };
        let add = AppliedAdd { digest: [1; 16], item: 8, revision: 9 };
        Series {
            guid: 0xF125_2269_B8CE_422E_8109_8DE0_67B7_B0BA,
            last: 4,
            base: 3,
            base_scan: scan(10),
            candidates: vec![Candidate {
                counter: 4,
                scan: scan(11),
                delta: Delta::from([
                    (1, Some(Entry::has(Revision(2)))),
                    (2, Some(Entry { revision: 3, mark: Mark::Unsendable })),
                    (3, Some(Entry { revision: 4, mark: Mark::Moved })),
                    (4, None),
                ]),
            }],
            applied: Applied {
                adds: BTreeMap::from([("a".to_owned(), add)]),
                changes: BTreeMap::from([(5, AppliedChange { digest: [2; 16], revision: 6 })]),
            },
            unheard: BTreeMap::from([("b".to_owned(), add)]),
            settings: Settings {
                options: vec![vec![3, 1]],
                supported: Some(vec![0x0105]),
                deletes_as_moves: true,
            },
        }
    }

    /// Written by the first version. When the shape changes these bytes have to stay readable: under another format
    /// byte, see [`state`].
    const STORED: &str = "\
        01bae1debd86bce38481dd88f28cb79a91a5e20304030aac020101020105010701040bac020101020105010704010102\
        000201030103010402040001016101010101010101010101010101010101080901050202020202020202020202020202\
        020206010162010101010101010101010101010101010809010203010101850201\
    ";

    #[test]
    fn what_is_stored_stays_readable() {
        let bytes = state::encode(&series()).unwrap();
        let hex: String = bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        assert_eq!(hex, STORED);
        let read: Series = state::decode(&bytes).unwrap();
        assert_eq!(format!("{read:?}"), format!("{:?}", series()));
    }

    #[test]
    fn other_formats_and_broken_state_are_said_to_be_so() {
        let mut bytes = state::encode(&series()).unwrap();
        bytes[0] = 2;
        assert!(matches!(state::decode::<Series>(&bytes), Err(BackendError::Corrupt(_))));
        assert!(matches!(state::decode::<Series>(&bytes[..0]), Err(BackendError::Corrupt(_))));
        bytes[0] = 1;
        assert!(matches!(state::decode::<Series>(&bytes[..20]), Err(BackendError::Corrupt(_))));
    }

    #[test]
    fn a_series_whose_numbers_are_used_up_has_no_good_key() {
        let mut series = series();
        assert!(matches!(series.fit(&series.key()), Fit::Base));
        series.last = u32::MAX;
        assert!(matches!(series.fit(&series.key()), Fit::None));
    }
}
