//! `sync`: folders become files.

use std::path::PathBuf;
use std::time::Duration;

use activesync_client::mirror::{Mirror, Tally};
use activesync_client::{Client, Folder, Folders};
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
    let tally = synchronize(client, &mirror, &folders, &chosen).await?;
    report(client, &tally, xml)
}

/// Whether a folder has anything to synchronize.
pub(super) fn keeps(client: &Client, folder: &Folder) -> bool {
    activesync_client::mirror::keeps(client.version(), folder)
}

/// Synchronizes folders one after the other, with a bar for each that something happens in.
pub(super) async fn synchronize(
    client: &Client,
    mirror: &Mirror,
    folders: &Folders,
    chosen: &[Folder],
) -> Result<Tally> {
    let estimates = client.estimate(chosen).await?;
    let widest = chosen.iter().map(|folder| folders.path(folder).chars().count()).max().unwrap_or(0);
    let mut total = Tally::default();
    for estimate in estimates {
        let bar = bar(&folders.path(&estimate.folder), widest, estimate.changes.into());
        let mut written = 0;
        let progress = |step: activesync_client::mirror::Progress| {
            written += step.bytes;
            bar.inc(step.items);
            // The estimate is the server's; mail that arrives meanwhile is not in it.
            bar.set_length(bar.length().unwrap_or(0).max(bar.position()));
            bar.set_message(bytes(written));
        };
        let tally = mirror.sync(folders, &estimate.folder, progress).await?;
        if bar.position() > 0 {
            bar.set_length(bar.position());
            bar.finish();
        } else {
            bar.finish_and_clear();
        }
        total.add(tally);
    }
    Ok(total)
}

fn bar(name: &str, widest: usize, estimate: u64) -> ProgressBar {
    let target =
        if super::is_watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(estimate), target);
    let template = "{prefix}  {bar:20}  {human_pos:>7}/{human_len:<7}  {msg:>9}  {elapsed_short}";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.progress_chars("██░").with_key(
        "elapsed_short",
        |state: &indicatif::ProgressState, w: &mut dyn std::fmt::Write| {
            let seconds = state.elapsed().as_secs();
            let _ = write!(w, "{}:{:02}", seconds / 60, seconds % 60);
        },
    ));
    bar.set_prefix(format!("{name:widest$}"));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Says what happened. Items that could not be kept make it a failure, after all others were.
pub(super) fn report(client: &Client, tally: &Tally, xml: &XmlSize) -> Result<()> {
    println!(
        "{} new, {} changed, {} deleted; {} on the wire (the same as XML: {})",
        Count(tally.added),
        Count(tally.changed),
        Count(tally.deleted),
        bytes(client.statistics().total().total()),
        bytes(xml.bytes()),
    );
    for failure in &tally.failed {
        eprintln!("not written: item {}: {}", failure.item, failure.reason);
    }
    if !tally.failed.is_empty() {
        bail!(
            "{} of the items could not be written as files; the others were",
            Count(tally.failed.len() as u64)
        );
    }
    Ok(())
}
