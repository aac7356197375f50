//! `sync`: folders become files.

use std::collections::HashSet;
use std::io::ErrorKind as Kind;
use std::path::PathBuf;
use std::time::Duration;

use activesync_client::mirror::{Mirror, Progress, Tally};
use activesync_client::{Client, Error, Estimate, Folder, Folders};
use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::advice;
use super::text::{Count, brief, bytes};
use super::xml::XmlSize;

pub(super) async fn run(
    client: &Client,
    names: &[String],
    out: PathBuf,
    window: u32,
    xml: &XmlSize,
) -> Result<()> {
    let folders = client.folders().await?;
    let chosen = super::choose(&folders, names, |folder| keeps(client, folder))?;
    let mirror = Mirror::open(client, out).await?.window(window);
    mirror.arrange(&folders).await?;
    let mut total = Total::default();
    synchronize(client, &mirror, &folders, &chosen, &mut total, terminal).await?;
    report(client, &total, xml)
}

/// What was done, and what could not be.
#[derive(Default)]
pub(super) struct Total {
    pub(super) tally: Tally,
    /// The folders whose directory or files cannot be written, by their identifiers.
    unwritten: HashSet<String>,
}

impl Total {
    /// Sets a folder aside if it is one that cannot be written; any other error is for all of them.
    pub(super) fn take(
        &mut self,
        folders: &Folders,
        folder: &Folder,
        done: Result<(), Error>,
    ) -> Result<(), Error> {
        const TOLD: usize = 10;
        let Err(Error::File { path, source }) = &done else { return done };
        if matches!(source.kind(), Kind::StorageFull | Kind::QuotaExceeded | Kind::ReadOnlyFilesystem) {
            return done;
        }
        if self.unwritten.insert(folder.id.to_string()) && self.unwritten.len() <= TOLD {
            let folder = brief(folders.path(folder));
            super::note(format_args!("not written: folder {folder}: {}", advice::file(path, source)));
        }
        Ok(())
    }

    /// Whether the files of a folder can be written, as far as is known.
    pub(super) fn is_written(&self, folder: &Folder) -> bool {
        !self.unwritten.contains(folder.id.as_str())
    }
}

/// Whether a folder has anything to synchronize.
pub(super) fn keeps(client: &Client, folder: &Folder) -> bool {
    activesync_client::mirror::keeps(client.version(), folder)
}

/// Synchronizes folders one after the other, with a bar for each that something happens in. Its length is what the
/// server estimates, if it does.
pub(super) async fn synchronize(
    client: &Client,
    mirror: &Mirror,
    folders: &Folders,
    chosen: &[Folder],
    total: &mut Total,
    target: impl Fn() -> ProgressDrawTarget,
) -> Result<(), Error> {
    let estimates = estimates(client, chosen).await?;
    let path = |folder| brief(folders.path(folder));
    let widest = chosen.iter().map(|folder| path(folder).chars().count()).max().unwrap_or(0);
    for (position, folder) in chosen.iter().enumerate() {
        let estimate = estimates.get(position).map(|estimate| estimate.changes.into());
        let mut bar = Bar::new(&path(folder), widest, estimate, target());
        let progress = |step: Progress| bar.advance(step.items, step.bytes);
        let done = mirror.sync_into(folders, folder, &mut total.tally, progress).await;
        bar.finish();
        total.take(folders, folder, done)?;
    }
    Ok(())
}

/// The estimates for these folders, or none: they are for the bars, and what is wrong with them alone ends nothing.
async fn estimates(client: &Client, chosen: &[Folder]) -> Result<Vec<Estimate>, Error> {
    match client.estimate(chosen).await {
        Err(
            fault @ (Error::Connection { .. }
            | Error::Malformed { .. }
            | Error::Unexpected { .. }
            | Error::TooLarge { .. }
            | Error::Status { .. }
            | Error::Http { .. }),
        ) => {
            tracing::info!(%fault, "there is no estimate");
            Ok(Vec::new())
        }
        estimates => estimates,
    }
}

/// Where bars are drawn, if somebody is watching.
pub(super) fn terminal() -> ProgressDrawTarget {
    if super::is_watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}

/// How far a folder is. Where nothing is expected there is no bar until something comes; where nobody knows what to
/// expect, it has no length.
struct Bar {
    drawn: ProgressBar,
    written: u64,
    /// Where to draw it once something comes.
    later: Option<ProgressDrawTarget>,
}

impl Bar {
    fn new(name: &str, widest: usize, estimate: Option<u64>, target: ProgressDrawTarget) -> Self {
        let template = match estimate {
            Some(_) => "{prefix}  {bar:20}  {human_pos:>7}/{human_len:<7}  {msg:>9}  {elapsed_short}",
            None => "{prefix}  {spinner:20}  {human_pos:>7}          {msg:>9}  {elapsed_short}",
        };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let style = style.progress_chars("██░").with_key(
            "elapsed_short",
            |state: &indicatif::ProgressState, w: &mut dyn std::fmt::Write| {
                let seconds = state.elapsed().as_secs();
                let _ = write!(w, "{}:{:02}", seconds / 60, seconds % 60);
            },
        );
        let bar = ProgressBar::with_draw_target(estimate, ProgressDrawTarget::hidden());
        bar.set_style(style);
        bar.set_prefix(format!("{name:widest$}"));
        let mut new = Self { drawn: bar, written: 0, later: Some(target) };
        if estimate != Some(0) {
            new.show();
        }
        new
    }

    fn show(&mut self) {
        if let Some(target) = self.later.take() {
            self.drawn.set_draw_target(target);
            self.drawn.enable_steady_tick(Duration::from_millis(200));
        }
    }

    fn advance(&mut self, items: u64, written: u64) {
        self.show();
        self.written += written;
        self.drawn.inc(items);
        // The estimate is the server's; mail that arrives meanwhile is not in it.
        if let Some(length) = self.drawn.length() {
            self.drawn.set_length(length.max(self.drawn.position()));
        }
        self.drawn.set_message(bytes(self.written));
    }

    fn finish(self) {
        if self.drawn.position() > 0 {
            if self.drawn.length().is_some() {
                self.drawn.set_length(self.drawn.position());
            }
            self.drawn.finish();
        } else {
            self.drawn.finish_and_clear();
        }
    }
}

/// Says what happened. What could not be kept makes it a failure, after all the rest was.
pub(super) fn report(client: &Client, Total { tally, unwritten }: &Total, xml: &XmlSize) -> Result<()> {
    super::say(format_args!(
        "{} new, {} changed, {} deleted; {} on the wire (the same as XML: {})",
        Count(tally.added),
        Count(tally.changed),
        Count(tally.deleted),
        bytes(client.statistics().total().total()),
        bytes(xml.bytes()),
    ))?;
    for failure in &tally.failed {
        super::note(format_args!("not whole: item {}: {}", failure.item, failure.reason));
    }
    let count = |number: usize| Count(number as u64);
    match (unwritten.len(), tally.failed.len()) {
        (0, 0) => Ok(()),
        (0, items) => {
            bail!("{} of the items could not be written, or not whole; the others were", count(items))
        }
        (folders, 0) => bail!("{} of the folders could not be written; the others were", count(folders)),
        (folders, items) => bail!(
            "{} of the folders and {} of the items could not be written, or not whole; the others were",
            count(folders),
            count(items)
        ),
    }
}

#[cfg(test)]
mod tests;
