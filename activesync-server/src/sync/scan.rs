//! What the server has to tell: the differences between a folder and what the client has of it.

use std::collections::VecDeque;

use activesync_types::sync::FilterType;
use jiff::Timestamp;

use super::filter;
use super::series::{Entry, HasSet, Mark, Scan};
use crate::backend::{ContentKind, FolderId, ItemChange, ItemId, Result, Revision, Snapshot};

/// How many changes are read from the backend at a time.
const BATCH: usize = 256;

/// One thing to tell the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) item: ItemId,
    pub(super) revision: Revision,
    pub(super) kind: StepKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StepKind {
    Add,
    /// With the whole content.
    Change,
    /// Of a mail, of which only the marks changed.
    Mark,
    Delete,
    SoftDelete,
}

/// Walks over the differences. What is taken is noted in the has-set; the walk can end anywhere.
pub(super) struct Walk<'w> {
    mailbox: &'w dyn Snapshot,
    folder: FolderId,
    kind: Option<ContentKind>,
    cutoff: Option<Timestamp>,
    moved_items_are_changes: bool,
    pub(super) has: HasSet,
    pub(super) scan: Scan,
    phase: Phase,
    batch: VecDeque<ItemChange>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Items that got too old since the last time. Before all else: once another phase decides by the cutoff, the scan has
    /// to tell when the clock went back behind it.
    Aged,
    /// Items of which the client has another version than it should.
    Losers,
    /// Changes since the position.
    Feed,
    /// Items that were there before the position, newest first, so that a new device shows today's mail at once.
    Backlog,
    Done,
}

/// What is to be looked at.
pub(super) struct Scope {
    pub(super) folder: FolderId,
    /// `None` for classes that hold nothing yet.
    pub(super) kind: Option<ContentKind>,
    pub(super) filter: FilterType,
    pub(super) now: Timestamp,
    pub(super) moved_items_are_changes: bool,
}

impl<'w> Walk<'w> {
    pub(super) fn new(mailbox: &'w dyn Snapshot, scope: &Scope, has: HasSet, scan: Scan) -> Result<Self> {
        let filter = if scope.kind == Some(ContentKind::Contact) { FilterType::All } else { scope.filter };
        let cutoff = filter::cutoff(filter, scope.now);
        let mut walk = Self {
            mailbox,
            folder: scope.folder,
            kind: scope.kind,
            cutoff,
            moved_items_are_changes: scope.moved_items_are_changes,
            has,
            scan,
            phase: Phase::Aged,
            batch: VecDeque::new(),
        };
        walk.apply_filter(filter)?;
        Ok(walk)
    }

    /// Under another filter, or when the clock went back, everything is to be looked at again.
    fn apply_filter(&mut self, filter: FilterType) -> Result<()> {
        let cutoff = self.cutoff.map(Timestamp::as_microsecond);
        let went_back = cutoff.is_some_and(|cutoff| self.scan.aged.is_some_and(|(aged, _)| cutoff < aged));
        if self.scan.filter.is_none() {
            self.scan.position = self.mailbox.revision(self.folder)?.0;
        }
        if self.scan.filter != Some(filter.code()) || went_back {
            self.scan.filter = Some(filter.code());
            self.scan.backlog = self.scan.position + 1;
            // What is too old by now, the backlog finds.
            self.scan.aged = cutoff.map(|cutoff| (cutoff, 0));
        }
        Ok(())
    }

    /// The next thing to tell, which stays the next until it is taken or passed over.
    pub(super) fn peek(&mut self) -> Result<Option<Step>> {
        loop {
            let Some(change) = self.look()? else {
                match self.phase {
                    Phase::Aged => self.phase = Phase::Losers,
                    Phase::Losers => self.phase = Phase::Feed,
                    Phase::Feed => self.phase = Phase::Backlog,
                    Phase::Backlog | Phase::Done => {
                        self.phase = Phase::Done;
                        return Ok(None);
                    }
                }
                continue;
            };
            let entry = self.has.get(self.mailbox, change.item)?;
            if let Some(kind) = self.compare(&change, entry) {
                return Ok(Some(Step { item: change.item, revision: change.revision, kind }));
            }
            // Nobody needs to know of it any more, or nobody ever had it.
            if entry.is_some() && change.present.is_none() {
                self.has.set(change.item, None);
            }
            self.advance(&change);
        }
    }

    /// The client is told.
    pub(super) fn take(&mut self, step: Step) {
        let entry = match step.kind {
            StepKind::Add | StepKind::Change | StepKind::Mark => Some(Entry::has(step.revision)),
            StepKind::Delete | StepKind::SoftDelete => None,
        };
        self.finish(step, entry);
    }

    /// The client is not told, since the item as it is cannot be sent.
    pub(super) fn pass_over(&mut self, step: Step) {
        // One that it has in an older version it keeps, and has to be told when that is deleted.
        let mark = if step.kind == StepKind::Add { Mark::Unsendable } else { Mark::Has };
        self.finish(step, Some(Entry { revision: step.revision.0, mark }));
    }

    fn finish(&mut self, step: Step, entry: Option<Entry>) {
        self.has.set(step.item, entry);
        if let Some(change) = self.batch.front().copied() {
            self.advance(&change);
        }
    }

    /// What to look at next in this phase.
    fn look(&mut self) -> Result<Option<ItemChange>> {
        if self.batch.is_empty() {
            let batch = match (self.phase, self.cutoff) {
                (Phase::Losers, _) => match self.scan.losers.first() {
                    Some(&item) => {
                        let item = ItemId(item);
                        let gone = ItemChange { item, revision: Revision::default(), present: None };
                        vec![self.mailbox.summary(self.folder, item)?.unwrap_or(gone)]
                    }
                    None => Vec::new(),
                },
                (Phase::Feed, _) => self.mailbox.changes(self.folder, Revision(self.scan.position), BATCH)?,
                (Phase::Aged, Some(cutoff)) => {
                    let (date, item) = self.scan.aged.unwrap_or((cutoff.as_microsecond(), 0));
                    let after = Timestamp::from_microsecond(date).unwrap_or(Timestamp::MIN);
                    let batch = self.mailbox.dated(self.folder, (after, ItemId(item)), cutoff, BATCH)?;
                    if batch.is_empty() {
                        self.scan.aged = Some((cutoff.as_microsecond(), 0));
                    }
                    batch
                }
                (Phase::Backlog, _) if self.scan.backlog > 0 => {
                    let batch = self.mailbox.backlog(self.folder, Revision(self.scan.backlog), BATCH)?;
                    if batch.is_empty() {
                        self.scan.backlog = 0;
                    }
                    batch
                }
                (Phase::Aged | Phase::Backlog | Phase::Done, _) => Vec::new(),
            };
            self.batch.extend(batch);
        }
        Ok(self.batch.front().copied())
    }

    /// The first of the batch is dealt with.
    fn advance(&mut self, change: &ItemChange) {
        self.batch.pop_front();
        match self.phase {
            Phase::Losers => {
                self.scan.losers.remove(0);
            }
            Phase::Feed => self.scan.position = change.revision.0,
            Phase::Aged => {
                if let Some(date) = change.present.and_then(|present| present.date) {
                    self.scan.aged = Some((date.as_microsecond(), change.item.0));
                }
            }
            Phase::Backlog => self.scan.backlog = change.revision.0,
            Phase::Done => {}
        }
    }

    fn compare(&self, change: &ItemChange, entry: Option<Entry>) -> Option<StepKind> {
        let client_has = entry.filter(|entry| entry.mark != Mark::Unsendable);
        let wanted = change.present.filter(|present| {
            self.kind == Some(present.kind)
                && present.date.is_none_or(|date| self.cutoff.is_none_or(|cutoff| date >= cutoff))
        });
        match (wanted, entry) {
            (None, _) => {
                client_has?;
                Some(if change.present.is_some() { StepKind::SoftDelete } else { StepKind::Delete })
            }
            (Some(_), None) => Some(StepKind::Add),
            (Some(present), Some(entry)) => match entry.mark {
                Mark::Moved if self.moved_items_are_changes => Some(StepKind::Change),
                Mark::Moved => Some(StepKind::Add),
                _ if entry.revision >= change.revision.0 => None,
                Mark::Unsendable => Some(StepKind::Add),
                Mark::Has if entry.revision >= present.content_revision.0 => Some(StepKind::Mark),
                Mark::Has => Some(StepKind::Change),
            },
        }
    }
}
