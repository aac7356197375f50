//! `sync`: folders become files.

use std::path::PathBuf;
use std::time::Duration;

use activesync_client::mirror::{Mirror, Progress, Tally};
use activesync_client::{Client, Error, Folder, Folders};
use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::text::{Count, bytes};
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
    let mut tally = Tally::default();
    synchronize(client, &mirror, &folders, &chosen, &mut tally, terminal).await?;
    report(client, &tally, xml)
}

/// Whether a folder has anything to synchronize.
pub(super) fn keeps(client: &Client, folder: &Folder) -> bool {
    activesync_client::mirror::keeps(client.version(), folder)
}

/// Synchronizes folders one after the other, with a bar for each that something happens in. Its length is what the
/// server estimates.
pub(super) async fn synchronize(
    client: &Client,
    mirror: &Mirror,
    folders: &Folders,
    chosen: &[Folder],
    tally: &mut Tally,
    target: impl Fn() -> ProgressDrawTarget,
) -> Result<(), Error> {
    let estimates = client.estimate(chosen).await?;
    let widest = chosen.iter().map(|folder| folders.path(folder).chars().count()).max().unwrap_or(0);
    for estimate in estimates {
        let mut bar = Bar::new(&folders.path(&estimate.folder), widest, estimate.changes.into(), target());
        let progress = |step: Progress| bar.advance(step.items, step.bytes);
        mirror.sync_into(folders, &estimate.folder, tally, progress).await?;
        bar.finish();
    }
    Ok(())
}

/// Where bars are drawn, if somebody is watching.
pub(super) fn terminal() -> ProgressDrawTarget {
    if super::is_watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}

/// How far a folder is. Where nothing is expected there is no bar until something comes.
struct Bar {
    drawn: ProgressBar,
    written: u64,
    /// Where to draw it once something comes.
    later: Option<ProgressDrawTarget>,
}

impl Bar {
    fn new(name: &str, widest: usize, estimate: u64, target: ProgressDrawTarget) -> Self {
        let template = "{prefix}  {bar:20}  {human_pos:>7}/{human_len:<7}  {msg:>9}  {elapsed_short}";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let style = style.progress_chars("██░").with_key(
            "elapsed_short",
            |state: &indicatif::ProgressState, w: &mut dyn std::fmt::Write| {
                let seconds = state.elapsed().as_secs();
                let _ = write!(w, "{}:{:02}", seconds / 60, seconds % 60);
            },
        );
        let bar = ProgressBar::with_draw_target(Some(estimate), ProgressDrawTarget::hidden());
        bar.set_style(style);
        bar.set_prefix(format!("{name:widest$}"));
        let mut new = Self { drawn: bar, written: 0, later: Some(target) };
        if estimate > 0 {
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
        self.drawn.set_length(self.drawn.length().unwrap_or(0).max(self.drawn.position()));
        self.drawn.set_message(bytes(self.written));
    }

    fn finish(self) {
        if self.drawn.position() > 0 {
            self.drawn.set_length(self.drawn.position());
            self.drawn.finish();
        } else {
            self.drawn.finish_and_clear();
        }
    }
}

/// Says what happened. Items that could not be kept make it a failure, after all others were.
pub(super) fn report(client: &Client, tally: &Tally, xml: &XmlSize) -> Result<()> {
    super::say(format_args!(
        "{} new, {} changed, {} deleted; {} on the wire (the same as XML: {})",
        Count(tally.added),
        Count(tally.changed),
        Count(tally.deleted),
        bytes(client.statistics().total().total()),
        bytes(xml.bytes()),
    ))?;
    for failure in &tally.failed {
        eprintln!("not whole: item {}: {}", failure.item, failure.reason);
    }
    if !tally.failed.is_empty() {
        bail!(
            "{} of the items could not be written, or not whole; the others were",
            Count(tally.failed.len() as u64)
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests;
