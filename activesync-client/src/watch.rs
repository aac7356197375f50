//! Waiting for changes.

use std::time::Duration;

use activesync_types::ping::{PingFolder, PingRequest, PingResponse};
use activesync_types::status::PingStatus;
use activesync_types::{Command, Ping};
use wbxml::{IntoOwned, ProtocolVersion};

use crate::client::{Answer, Client};
use crate::error::{Error, Result};
use crate::folders::Folder;
use crate::request::Call;

/// How long after the end of the interval the answer may come.
const GRACE: Duration = Duration::from_secs(30);

/// How often to ask servers that cannot tell by themselves, up to 2.1.
const POLL: Duration = Duration::from_mins(5);

impl Client {
    /// Waits until something changes in one of the folders, and gives those that did.
    ///
    /// The server answers when something happens (Ping), or when an interval ends; then the client asks again. The
    /// interval grows as long as the server and everything in between allow it, and shrinks when the connection is
    /// cut; what was learned is kept in the state. Up to 2.1 the client asks for estimates every five minutes.
    ///
    /// Drop the future to stop waiting. A folder that was never synchronized counts as changed. None at all means that
    /// folders were made, renamed or deleted, which [`known_folders`](Self::known_folders) shows by then.
    ///
    /// ```no_run
    /// # async fn example(client: activesync_client::Client) -> Result<(), activesync_client::Error> {
    /// let inbox = client.folders().await?.inbox()?;
    /// for folder in client.wait_for_changes([&inbox]).await? {
    ///     println!("something new in {}", folder.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Connection`] if the server cannot be reached several times in a row.
    pub async fn wait_for_changes(&self, folders: impl IntoIterator<Item = &Folder>) -> Result<Vec<Folder>> {
        let mut folders: Vec<Folder> = folders.into_iter().cloned().collect();
        if folders.is_empty() {
            return Err(Error::Setup("there is no folder to wait for".into()));
        }
        let new = self.never_synchronized(&folders).await?;
        if !new.is_empty() {
            return Ok(new);
        }
        if self.version() < ProtocolVersion::V2_5 {
            return self.poll(&folders).await;
        }
        let mut failures = 0;
        let mut hierarchy_read = false;
        loop {
            let answer = match self.ping(&folders).await {
                Ok(answer) => answer,
                // A server that could not be reached was asked several times already.
                Err(error) if is_cut(&error) => {
                    failures += 1;
                    if failures >= self.inner.config.attempts {
                        return Err(error);
                    }
                    tokio::time::sleep(self.inner.config.pause * 2_u32.pow(failures.min(16))).await;
                    continue;
                }
                Err(error) => return Err(error),
            };
            match answer.status {
                PingStatus::Changes => {
                    let changed =
                        |folder: &Folder| answer.folders.iter().any(|id| id.as_str() == folder.id.as_str());
                    let named: Vec<_> = folders.iter().filter(|folder| changed(folder)).cloned().collect();
                    return Ok(if named.is_empty() { folders } else { named });
                }
                PingStatus::NoChanges => failures = 0,
                PingStatus::HeartbeatOutOfRange if answer.heartbeat_interval.is_some() => {}
                PingStatus::TooManyFolders => match answer.max_folders.map(|most| most as usize) {
                    Some(most) if most > 0 && most < folders.len() => folders.truncate(most),
                    _ => return Err(Error::status(Ping::NAME, answer.status.info())),
                },
                PingStatus::FolderSyncRequired if !hierarchy_read => {
                    hierarchy_read = true;
                    let before = self.known_folders().await?;
                    let known = self.folders().await?;
                    if known != before {
                        return Ok(Vec::new());
                    }
                    folders.retain(|folder| known.iter().any(|other| other.id == folder.id));
                    if folders.is_empty() {
                        return Err(Error::status(Ping::NAME, answer.status.info()));
                    }
                }
                PingStatus::ServerError if failures + 1 < self.inner.config.attempts => {
                    failures += 1;
                    tokio::time::sleep(self.inner.config.pause * 2_u32.pow(failures.min(16))).await;
                }
                status => return Err(Error::status(Ping::NAME, status.info())),
            }
        }
    }

    async fn never_synchronized(&self, folders: &[Folder]) -> Result<Vec<Folder>> {
        let folders = folders.to_vec();
        self.with_store(move |store| {
            let mut new = Vec::new();
            for folder in folders {
                if crate::records::Collection::load(store, folder.id.as_str())?.is_initial() {
                    new.push(folder);
                }
            }
            Ok(new)
        })
        .await
    }

    /// One Ping. What it teaches about the interval is kept.
    async fn ping(&self, folders: &[Folder]) -> Result<PingResponse<'static>> {
        let command = Ping::NAME;
        let seconds = self.account().heartbeat.seconds();
        let watched =
            folders.iter().map(|folder| PingFolder::new(folder.id.as_str(), folder.class())).collect();
        let body = Ping::encode_request(&PingRequest::new(seconds, watched), self.version())
            .map_err(|source| Error::Request { command, source })?;
        let call = Call {
            content_type: Some(Ping::request_content_type(self.version())),
            silence: Some(Duration::from_secs(seconds.into()) + GRACE),
            // A cut connection says something: it is not repeated without a look at it.
            repeatable: false,
            ..Call::new(command, body)
        };
        let answer = match self.call(&call).await {
            Ok(answer) => answer,
            Err(error) => {
                if is_cut(&error) {
                    self.update_account(|account| account.heartbeat.was_cut()).await?;
                }
                return Err(error);
            }
        };
        let answer = Answer::<Ping>::new(answer.body).decode()?.into_owned();
        match (answer.status, answer.heartbeat_interval) {
            (PingStatus::NoChanges, _) => self.update_account(|account| account.heartbeat.held()).await?,
            (PingStatus::HeartbeatOutOfRange, Some(bound)) => {
                self.update_account(|account| account.heartbeat.bounded(bound)).await?;
            }
            _ => {}
        }
        Ok(answer)
    }

    async fn poll(&self, folders: &[Folder]) -> Result<Vec<Folder>> {
        loop {
            let estimates = self.estimate(folders).await?;
            let changed: Vec<_> = estimates
                .into_iter()
                .filter(|estimate| estimate.changes > 0)
                .map(|estimate| estimate.folder)
                .collect();
            if !changed.is_empty() {
                return Ok(changed);
            }
            tokio::time::sleep(POLL).await;
        }
    }
}

/// Whether the connection was there, and then was not.
fn is_cut(error: &Error) -> bool {
    let Error::Connection { source, .. } = error else { return false };
    source.downcast_ref::<crate::transport::Fault>().is_some_and(|fault| !fault.is_before_sending())
}
