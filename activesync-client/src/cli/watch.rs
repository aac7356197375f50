//! `watch`: what arrives is fetched at once, for as long as nobody ends it.

use std::convert::Infallible;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use activesync_client::mirror::{Mirror, Tally};
use activesync_client::{Client, Error, Folder, Folders};
use anyhow::{Result, bail};

use super::outage::Outage;
use super::text::Count;
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
        total: Tally::default(),
    };
    tokio::select! {
        ended = watch.run() => { let Err(error) = ended; return Err(error.into()) }
        // A request that is cut short here is repeated next time, as after a kill.
        _ = tokio::signal::ctrl_c() => {}
    }
    if super::is_watched() {
        eprintln!();
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
    total: Tally,
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
                        eprintln!("{}; waiting until the server is back", advice::cause(&error));
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
            eprintln!("the server is back");
        }
        loop {
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
            let tally =
                sync::synchronize(self.client, &self.mirror, &self.folders, &self.watched, sync::terminal)
                    .await?;
            self.total.add(tally);
            return Ok(());
        }
        for folder in self.watched.clone() {
            self.fetch(&folder).await?;
        }
        Ok(())
    }

    async fn fetch(&mut self, folder: &Folder) -> Result<(), Error> {
        let tally = self.mirror.sync(&self.folders, folder, |_| ()).await?;
        if tally.changes() > 0 {
            super::say(format_args!(
                "{}: {} new, {} changed, {} deleted",
                self.folders.path(folder),
                Count(tally.added),
                Count(tally.changed),
                Count(tally.deleted)
            ))?;
        }
        self.total.add(tally);
        Ok(())
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

    fn announce(&mut self) -> Result<(), Error> {
        let paths: Vec<_> = self.watched.iter().map(|folder| self.folders.path(folder)).collect();
        let list = paths.join(", ");
        if list != self.announced {
            super::say(format_args!("watching {list}"))?;
            self.announced = list;
        }
        Ok(())
    }
}
