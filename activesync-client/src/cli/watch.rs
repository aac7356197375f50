//! `watch`: what arrives is fetched at once, for as long as nobody ends it.

use std::convert::Infallible;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use activesync_client::mirror::Mirror;
use activesync_client::{Client, Error, Folder, Folders};
use anyhow::{Result, bail};

use super::outage::Outage;
use super::sync::Total;
use super::text::{Count, brief, few};
use super::xml::XmlSize;
use super::{advice, sync};

pub(super) async fn run(
    client: &Client,
    names: &[String],
    out: Option<PathBuf>,
    first_pause: Duration,
    xml: &XmlSize,
) -> Result<()> {
    let Some(out) = out.or_else(|| Mirror::last_directory(client)) else {
        bail!("nothing was synchronized yet: give --out DIR, the directory for the files");
    };
    let mut watch = Watch {
        client,
        names,
        mirror: Mirror::open(client, out).await?,
        folders: Folders::default(),
        watched: Vec::new(),
        announced: String::new(),
        outage: Outage::new(first_pause),
        total: Total::default(),
    };
    tokio::select! {
        ended = watch.run() => { let Err(error) = ended; return Err(error.into()) }
        // A request that is cut short here is repeated next time, as after a kill.
        _ = tokio::signal::ctrl_c() => {}
    }
    if super::is_watched() {
        super::note(format_args!(""));
    }
    sync::report(client, &watch.total, xml)
}

struct Watch<'a> {
    client: &'a Client,
    /// The folders that were asked for; all if there are none.
    names: &'a [String],
    mirror: Mirror,
    folders: Folders,
    /// The folders that are watched, once they are known.
    watched: Vec<Folder>,
    /// Their names, as they were told last.
    announced: String,
    outage: Outage,
    total: Total,
}

impl Watch<'_> {
    /// Goes on until something happens that waiting does not mend.
    async fn run(&mut self) -> Result<Infallible, Error> {
        loop {
            let Err(error) = self.go().await;
            match error {
                error if Outage::is(&error) => {
                    let (pause, first) = self.outage.pause(&error, Instant::now());
                    if first {
                        let cause = advice::cause(&error);
                        super::note(format_args!("{cause}; waiting until the server is back"));
                    }
                    tokio::time::sleep(pause).await;
                }
                // It was deleted while it was synchronized. The others stay.
                Error::NoFolder { .. } if !self.watched.is_empty() => {}
                error => return Err(error),
            }
        }
    }

    async fn go(&mut self) -> Result<Infallible, Error> {
        self.read_hierarchy().await?;
        self.catch_up().await?;
        if self.outage.end(Instant::now()) {
            super::note(format_args!("the server is back"));
        }
        loop {
            self.leave_out()?;
            self.announce()?;
            for folder in self.client.wait_for_changes(&self.watched).await? {
                self.fetch(&folder).await?;
            }
            self.read_hierarchy().await?;
        }
    }

    /// Fetches what happened while nobody watched.
    async fn catch_up(&mut self) -> Result<(), Error> {
        if self.announced.is_empty() {
            let (client, total) = (self.client, &mut self.total);
            sync::synchronize(client, &self.mirror, &self.folders, &self.watched, total, sync::terminal)
                .await?;
            return Ok(());
        }
        for folder in self.watched.clone() {
            self.fetch(&folder).await?;
        }
        Ok(())
    }

    async fn fetch(&mut self, folder: &Folder) -> Result<(), Error> {
        let before = counts(&self.total);
        let done = self.mirror.sync_into(&self.folders, folder, &mut self.total.tally, |_| ()).await;
        let after = counts(&self.total);
        if after != before {
            let [added, changed, deleted] = std::array::from_fn(|kind| Count(after[kind] - before[kind]));
            let path = brief(self.folders.path(folder));
            super::say(format_args!("{path}: {added} new, {changed} changed, {deleted} deleted"))?;
        }
        self.total.take(&self.folders, folder, done)
    }

    /// Reads which folders there are, and which of them to watch.
    async fn read_hierarchy(&mut self) -> Result<(), Error> {
        self.folders = self.client.folders().await?;
        self.mirror.arrange(&self.folders).await?;
        if !self.names.is_empty() {
            // Those that were named stay the same when they are renamed.
            let before = std::mem::take(&mut self.watched);
            let is_left = |folder: &&Folder| before.iter().any(|known| known.id == folder.id);
            self.watched = self.folders.iter().filter(is_left).cloned().collect();
        }
        if self.names.is_empty() || self.watched.is_empty() {
            self.watched = super::choose(&self.folders, self.names, |folder| self.mirror.keeps(folder))?;
        }
        Ok(())
    }

    /// Of a folder that cannot be written the server would tell again and again.
    fn leave_out(&mut self) -> Result<(), Error> {
        self.watched.retain(|folder| self.total.is_written(folder));
        if self.watched.is_empty() {
            return Err(Error::Setup("there is no folder to wait for whose files can be written".into()));
        }
        Ok(())
    }

    fn announce(&mut self) -> Result<(), Error> {
        let paths: Vec<_> = self.watched.iter().map(|folder| self.folders.path(folder)).collect();
        let all = paths.join(", ");
        if all != self.announced {
            super::say(format_args!("watching {}", few(&paths)))?;
            self.announced = all;
        }
        Ok(())
    }
}

fn counts(Total { tally, .. }: &Total) -> [u64; 3] {
    [tally.added, tally.changed, tally.deleted]
}

#[cfg(test)]
mod tests {
    use activesync_client::types::folder_hierarchy::FolderType;

    use super::*;
    use crate::cli::support::mailbox::Mailbox;
    use crate::cli::support::{Fake, Reply};

    #[tokio::test]
    async fn what_came_before_an_interruption_counts() {
        let mut mailbox = Mailbox::default();
        let inbox = mailbox.add_folder("Inbox", FolderType::Inbox);
        for n in 0..5 {
            mailbox.put(&inbox, &format!("message {n}"));
        }
        // Key 0 and two windows go well, then the server fails once.
        let mut answers = 0;
        let fake = Fake::start("16.1", move |seen| {
            answers += u32::from(seen.command == "Sync");
            if answers == 4 { Reply::status(500) } else { mailbox.answer(seen) }
        })
        .await;
        let client = fake.client().attempts(1, Duration::ZERO).connect().await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let mut watch = Watch {
            client: &client,
            names: &[],
            mirror: Mirror::open(&client, directory.path()).await.unwrap().window(2),
            folders: Folders::default(),
            watched: Vec::new(),
            announced: String::new(),
            outage: Outage::new(Duration::ZERO),
            total: Total::default(),
        };
        watch.read_hierarchy().await.unwrap();
        let fault = watch.catch_up().await.unwrap_err();
        assert!(Outage::is(&fault), "{fault}");
        assert_eq!(watch.total.tally.added, 4, "two windows of two");
        // Those who watch already are told of each folder.
        watch.announced = "Inbox".to_owned();
        watch.catch_up().await.unwrap();
        assert_eq!(watch.total.tally.added, 5);
    }
}
