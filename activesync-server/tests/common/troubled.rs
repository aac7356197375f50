//! A backend that fails when it is told to.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use activesync_server::backend::{Backend, BackendError, Mailbox, Result, Snapshot, UserId};
use activesync_server::push::ChangeHub;
use activesync_server::store::Store;

/// A store that has the trouble of a number.
pub(crate) struct Troubled {
    pub(crate) store: Store,
    pub(crate) trouble: Arc<Trouble>,
}

/// What shall fail.
#[derive(Default)]
pub(crate) struct Trouble {
    /// Everything.
    pub(crate) all: AtomicU8,
    /// The units of work of a user, so many of them.
    pub(crate) of: Mutex<Option<(UserId, u8, usize)>>,
}

impl Trouble {
    fn of(&self, user: &UserId) -> u8 {
        match &mut *self.of.lock().unwrap() {
            Some((of, trouble, left)) if of == user && *left > 0 => {
                *left -= 1;
                *trouble
            }
            _ => NONE,
        }
    }
}

pub(crate) const NONE: u8 = 0;
pub(crate) const BUSY: u8 = 1;
pub(crate) const FULL: u8 = 2;
pub(crate) const CORRUPT: u8 = 3;
pub(crate) const NO_USER: u8 = 4;
pub(crate) const PANIC: u8 = 5;

impl Troubled {
    fn check(user: &UserId, trouble: u8) -> Result<()> {
        match trouble {
            BUSY => Err(BackendError::Busy),
            FULL => Err(BackendError::Full),
            CORRUPT => Err(BackendError::Corrupt("rust".into())),
            NO_USER => Err(BackendError::NoUser(user.clone())),
            PANIC => panic!("a fault in the backend"),
            _ => Ok(()),
        }
    }
}

impl Backend for Troubled {
    fn authenticate(&self, name: &str, password: &str) -> Result<Option<UserId>> {
        self.store.authenticate(name, password)
    }

    fn resolve(&self, address: &str) -> Result<Option<UserId>> {
        self.store.resolve(address)
    }

    fn snapshot(&self, user: &UserId) -> Result<Box<dyn Snapshot + '_>> {
        Self::check(user, self.trouble.all.load(Ordering::SeqCst))?;
        self.store.snapshot(user)
    }

    fn open(&self, user: &UserId) -> Result<Box<dyn Mailbox + '_>> {
        Self::check(user, self.trouble.all.load(Ordering::SeqCst))?;
        Self::check(user, self.trouble.of(user))?;
        self.store.open(user)
    }

    fn attach(&self, hub: Arc<ChangeHub>) -> Result<()> {
        self.store.attach(hub)
    }
}
