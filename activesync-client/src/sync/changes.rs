//! Changes one by one.

use std::collections::VecDeque;

use futures_util::Stream;
use futures_util::stream::try_unfold;

use super::{Change, Windows};
use crate::error::{Error, Result};

/// The changes of a folder, one by one.
///
/// The state moves on when the first change of the next window is asked for, or the end is reached: what was
/// yielded since is yielded again if the program ends before. A change that was dealt with twice must not do more
/// than one that was dealt with once; one that was never dealt with does not happen.
#[derive(Debug)]
#[must_use]
pub struct Changes {
    windows: Windows,
    window: VecDeque<Change>,
}

impl Changes {
    pub(super) fn new(windows: Windows) -> Self {
        Self { windows, window: VecDeque::new() }
    }

    /// The next change; `None` when the server has no more for now. To ask says that the changes before are dealt
    /// with.
    ///
    /// # Errors
    /// Whatever goes wrong with a request. The next synchronization goes on where this one was.
    pub async fn try_next(&mut self) -> Result<Option<Change>> {
        loop {
            if let Some(change) = self.window.pop_front() {
                return Ok(Some(change));
            }
            match self.windows.next().await? {
                Some(window) => self.window = window.changes.into(),
                None => return Ok(None),
            }
        }
    }

    /// The same as a [`Stream`].
    pub fn into_stream(self) -> impl Stream<Item = Result<Change, Error>> + Send {
        try_unfold(self, async |mut changes| Ok(changes.try_next().await?.map(|change| (change, changes))))
    }
}
