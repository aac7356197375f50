//! `watch`: what arrives is fetched at once.

use std::path::PathBuf;

use activesync_client::mirror::{Mirror, Tally};
use activesync_client::{Client, Folder, Folders};
use anyhow::{Result, bail};

use super::sync;
use super::text::Count;
use super::xml::XmlSize;

pub(super) async fn run(
    client: &Client,
    names: &[String],
    out: Option<PathBuf>,
    xml: &XmlSize,
) -> Result<()> {
    let Some(out) = out.or_else(|| Mirror::last_directory(client)) else {
        bail!("nothing was synchronized yet: give --out DIR, the directory for the files");
    };
    let mut total = Tally::default();
    tokio::select! {
        ended = watch(client, names, out, &mut total) => ended?,
        // A request that is cut short here is repeated next time, as after a kill.
        _ = tokio::signal::ctrl_c() => {}
    }
    if super::is_watched() {
        eprintln!();
    }
    sync::report(client, &total, xml)
}

async fn watch(client: &Client, names: &[String], out: PathBuf, total: &mut Tally) -> Result<()> {
    let mut folders = client.folders().await?;
    let mut watched = super::choose(&folders, names, |folder| sync::keeps(client, folder))?;
    let mirror = Mirror::open(client, out).await?;
    mirror.arrange(&folders).await?;
    total.add(sync::synchronize(client, &mirror, &folders, &watched).await?);
    println!("watching {}", list(&folders, &watched));
    loop {
        let changed = client.wait_for_changes(&watched).await?;
        for folder in &changed {
            let tally = mirror.sync(&folders, folder, |_| ()).await?;
            if tally.changes() > 0 {
                println!(
                    "{}: {} new, {} changed, {} deleted",
                    folders.path(folder),
                    Count(tally.added),
                    Count(tally.changed),
                    Count(tally.deleted)
                );
            }
            total.add(tally);
        }
        let now = client.folders().await?;
        if now != folders {
            mirror.arrange(&now).await?;
            watched = if names.is_empty() {
                now.iter().filter(|folder| mirror.keeps(folder)).cloned().collect()
            } else {
                now.iter()
                    .filter(|folder| watched.iter().any(|known| known.id == folder.id))
                    .cloned()
                    .collect()
            };
            folders = now;
        }
    }
}

fn list(folders: &Folders, watched: &[Folder]) -> String {
    watched.iter().map(|folder| folders.path(folder)).collect::<Vec<_>>().join(", ")
}
