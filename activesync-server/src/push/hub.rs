use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::backend::{FolderId, UserId};

/// Where committed changes are announced, and where requests wait for them.
///
/// A wait costs an entry in a table: no thread, no timer, no question to the store. An announcement wakes exactly those
/// who watch what changed.
///
/// ```
/// # use activesync_server::push::{ChangeHub, Changed, Watched};
/// # use activesync_server::backend::{FolderId, UserId};
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let hub = ChangeHub::new();
/// let ada = UserId::new("ada");
/// // Subscribe first and look at the mailbox then: no change is missed in between.
/// let inbox = hub.subscribe(&ada, Watched::folders([FolderId(1)]));
/// hub.announce(&ada, &Changed::folder(FolderId(1)));
/// inbox.changed().await;
/// # }
/// ```
#[derive(Debug, Default)]
pub struct ChangeHub {
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    next_number: u64,
    users: HashMap<UserId, HashMap<u64, Waiter>>,
}

#[derive(Debug)]
struct Waiter {
    watched: Watched,
    wake: Arc<Notify>,
}

impl ChangeHub {
    /// A hub without anybody waiting.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Begins to listen. Changes announced from now on are not missed, even before the first
    /// [`changed`](Subscription::changed).
    pub fn subscribe(self: &Arc<Self>, user: &UserId, watched: Watched) -> Subscription {
        let wake = Arc::new(Notify::new());
        let mut waiting = self.lock();
        let number = waiting.next_number;
        waiting.next_number += 1;
        let waiter = Waiter { watched, wake: Arc::clone(&wake) };
        waiting.users.entry(user.clone()).or_default().insert(number, waiter);
        drop(waiting);
        Subscription { hub: Arc::clone(self), user: user.clone(), number, wake }
    }

    /// Wakes those who wait for any of these changes.
    pub fn announce(&self, user: &UserId, changed: &Changed) {
        if let Some(waiters) = self.lock().users.get(user) {
            waiters
                .values()
                .filter(|waiter| waiter.watched.sees(changed))
                .for_each(|waiter| waiter.wake.notify_one());
        }
    }

    /// Wakes everybody: something changed, and nobody knows what; or the server is about to stop.
    pub fn announce_all(&self) {
        self.lock().users.values().flat_map(HashMap::values).for_each(|waiter| waiter.wake.notify_one());
    }

    /// How many are listening.
    pub fn waiting(&self) -> usize {
        self.lock().users.values().map(HashMap::len).sum()
    }

    /// The table is whole between any two statements: a panic elsewhere does no harm to it.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who listens for changes, until dropped.
#[derive(Debug)]
pub struct Subscription {
    hub: Arc<ChangeHub>,
    user: UserId,
    number: u64,
    wake: Arc<Notify>,
}

impl Subscription {
    /// Waits for an announcement since the subscription or since the last return of this. Several may come as one:
    /// look at the mailbox to learn what changed.
    ///
    /// It is safe to drop the future, as in a `select!`, and to call this again: no announcement gets lost.
    pub async fn changed(&self) {
        self.wake.notified().await;
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut waiting = self.hub.lock();
        if let Some(waiters) = waiting.users.get_mut(&self.user) {
            waiters.remove(&self.number);
            if waiters.is_empty() {
                waiting.users.remove(&self.user);
            }
        }
    }
}

/// What somebody listens for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// Changes to the items of these folders.
    pub folders: BTreeSet<FolderId>,
    /// Changes to the folder hierarchy.
    pub hierarchy: bool,
}

impl Watched {
    /// The items of these folders, and not the hierarchy.
    pub fn folders(folders: impl IntoIterator<Item = FolderId>) -> Self {
        Self { folders: folders.into_iter().collect(), hierarchy: false }
    }

    /// The hierarchy too.
    pub fn and_hierarchy(self) -> Self {
        Self { hierarchy: true, ..self }
    }

    fn sees(&self, changed: &Changed) -> bool {
        changed.everything
            || (self.hierarchy && changed.hierarchy)
            || changed.folders.iter().any(|folder| self.folders.contains(folder))
    }
}

/// What a unit of work changed in a mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Items of these folders.
    pub folders: BTreeSet<FolderId>,
    /// The folder hierarchy.
    pub hierarchy: bool,
    /// Something; it is not known what.
    pub everything: bool,
}

impl Changed {
    /// Items of one folder.
    pub fn folder(folder: FolderId) -> Self {
        Self { folders: BTreeSet::from([folder]), ..Self::default() }
    }

    /// Something; it is not known what.
    pub fn everything() -> Self {
        Self { everything: true, ..Self::default() }
    }

    /// Whether nothing changed that anybody could wait for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn woken(subscription: &Subscription) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        pin!(subscription.changed()).poll(&mut context) == Poll::Ready(())
    }

    #[test]
    fn only_those_who_watch_what_changed_are_woken() {
        let hub = ChangeHub::new();
        let (ada, bob) = (UserId::new("ada"), UserId::new("bob"));
        let inbox = hub.subscribe(&ada, Watched::folders([FolderId(1)]));
        let calendar = hub.subscribe(&ada, Watched::folders([FolderId(2), FolderId(3)]));
        let hierarchy = hub.subscribe(&ada, Watched::default().and_hierarchy());
        let other = hub.subscribe(&bob, Watched::folders([FolderId(1)]).and_hierarchy());

        hub.announce(&ada, &Changed::folder(FolderId(1)));
        assert_eq!([&inbox, &calendar, &hierarchy, &other].map(woken), [true, false, false, false]);
        hub.announce(&ada, &Changed { hierarchy: true, ..Changed::folder(FolderId(3)) });
        assert_eq!([&inbox, &calendar, &hierarchy, &other].map(woken), [false, true, true, false]);
        hub.announce(&ada, &Changed::everything());
        assert_eq!([&inbox, &calendar, &hierarchy, &other].map(woken), [true, true, true, false]);
        hub.announce_all();
        assert_eq!([&inbox, &calendar, &hierarchy, &other].map(woken), [true; 4]);
    }

    #[test]
    fn what_is_announced_between_two_waits_is_not_missed_and_comes_once() {
        let hub = ChangeHub::new();
        let ada = UserId::new("ada");
        let inbox = hub.subscribe(&ada, Watched::folders([FolderId(1)]));
        hub.announce(&ada, &Changed::folder(FolderId(1)));
        hub.announce(&ada, &Changed::folder(FolderId(1)));
        assert!(woken(&inbox));
        assert!(!woken(&inbox), "two announcements came as one");
        // A wait that is given up takes nothing with it.
        assert!(!woken(&inbox));
        hub.announce(&ada, &Changed::folder(FolderId(1)));
        assert!(woken(&inbox));
    }

    #[tokio::test]
    async fn a_sleeping_wait_wakes() {
        let hub = ChangeHub::new();
        let ada = UserId::new("ada");
        let inbox = hub.subscribe(&ada, Watched::folders([FolderId(1)]));
        let waiting = tokio::spawn(async move { inbox.changed().await });
        tokio::task::yield_now().await;
        hub.announce(&ada, &Changed::folder(FolderId(1)));
        waiting.await.unwrap();
    }

    #[test]
    fn who_stopped_listening_leaves_nothing_behind() {
        let hub = ChangeHub::new();
        let ada = UserId::new("ada");
        let first = hub.subscribe(&ada, Watched::default());
        let second = hub.subscribe(&ada, Watched::default());
        assert_eq!(hub.waiting(), 2);
        drop(first);
        drop(second);
        assert_eq!(hub.waiting(), 0);
        assert!(hub.lock().users.is_empty());
    }
}
