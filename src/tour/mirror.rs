//! What the client has of a mailbox.

use std::collections::{BTreeMap, BTreeSet};

use activesync_client::types::{Class, ServerId};
use activesync_client::{Change, Client, Folder, Folders, Item};
use activesync_server::backend::{Backend as _, Revision};
use activesync_server::sync::server_id;
use wbxml::{Fragment, ProtocolVersion};

use super::Tour;
use super::check::{Checks, Result};
use super::report::{count, size};

/// A copy of a mailbox, as a client gets it.
pub(super) struct Mirror {
    pub(super) client: Client,
    pub(super) folders: Folders,
    /// The items by the path of their folder and their identifier.
    items: BTreeMap<String, BTreeMap<String, Item>>,
}

impl Mirror {
    /// The folders, and nothing in them yet.
    pub(super) async fn of(client: Client, checks: &mut Checks) -> Result<Self> {
        let folders = checks.done("the folders", client.folders().await)?;
        Ok(Self { client, folders, items: BTreeMap::new() })
    }

    /// The folders whose items this tour is about.
    pub(super) fn synchronized_folders(&self) -> Vec<Folder> {
        let ours = [Class::Email, Class::Contacts, Class::Calendar];
        self.folders.iter().filter(|folder| ours.contains(&folder.class())).cloned().collect()
    }

    /// The items of the folder with a path.
    pub(super) fn items(&self, path: &str) -> impl Iterator<Item = &Item> {
        self.items.get(path).into_iter().flat_map(BTreeMap::values)
    }

    /// How many items all folders have.
    pub(super) fn len(&self) -> u64 {
        self.items.values().map(|items| items.len() as u64).sum()
    }

    /// Synchronizes all folders; gives the number of changes.
    pub(super) async fn synchronize_all(&mut self, checks: &mut Checks) -> Result<u64> {
        let mut changes = 0;
        for folder in self.synchronized_folders() {
            changes += self.synchronize(&folder, checks, |_| ()).await?;
        }
        Ok(changes)
    }

    /// Synchronizes a folder; gives the number of changes.
    pub(super) async fn synchronize(
        &mut self,
        folder: &Folder,
        checks: &mut Checks,
        mut seen: impl FnMut(&Change),
    ) -> Result<u64> {
        let path = self.folders.path(folder);
        let mut changes = self.client.sync(folder).changes();
        let mut number = 0;
        while let Some(change) = checks.done(format_args!("changes of {path}"), changes.try_next().await)? {
            seen(&change);
            self.apply(&path, change, checks)?;
            number += 1;
        }
        Ok(number)
    }

    /// The item as it is after a change of this device's own, which the server does not send back.
    pub(super) fn rewrite(&mut self, path: &str, id: &ServerId<'_>, data: Fragment<'static>) {
        if let Some(item) = self.items.get_mut(path).and_then(|items| items.get_mut(id.as_str())) {
            item.data = data;
        }
    }

    /// Does what the server says; what it says must make sense.
    pub(super) fn apply(&mut self, path: &str, change: Change, checks: &mut Checks) -> Result<()> {
        let items = self.items.entry(path.to_owned()).or_default();
        match change {
            Change::Added(item) => {
                let known = items.insert(item.id.to_string(), item).map(|item| item.id.to_string());
                checks.equal(format_args!("each item of {path} once, not again"), &None, &known)
            }
            Change::Changed(item) => {
                let known = items.insert(item.id.to_string(), item).is_some();
                checks.ensure(known, || format!("changes in {path} of items that are there"), || "another")
            }
            Change::Deleted(id) | Change::SoftDeleted(id) => {
                let known = items.remove(id.as_str()).is_some();
                checks.ensure(known, || format!("deletions in {path} of items that are there"), || "another")
            }
            _ => Ok(()),
        }
    }
}

impl Tour<'_> {
    /// Everything, with a bar for each folder; and once more, which must cost next to nothing.
    pub(super) async fn synchronize(&mut self, mirror: &mut Mirror) -> Result<()> {
        let folders = mirror.synchronized_folders();
        let estimates = self.checks.done("estimates", mirror.client.estimate(&folders).await)?;
        let mut empty = mirror.folders.iter().count() as u64;
        for estimate in estimates.into_iter().filter(|estimate| estimate.changes > 0) {
            let folder = &estimate.folder;
            let path = mirror.folders.path(folder);
            let progress = self.report.progress(&path, estimate.changes.into());
            let mut bytes = 0;
            let count = |change: &Change| {
                if let Change::Added(item) = change {
                    bytes += item.data.as_bytes().len() as u64;
                }
                progress.advance(bytes);
            };
            let changes = mirror.synchronize(folder, &mut self.checks, count).await?;
            let what = format!("as many changes of {path} as estimated:");
            self.checks.equal(what, &u64::from(estimate.changes), &changes)?;
            progress.finish(self.report, kind(folder), bytes);
            empty -= 1;
        }
        self.report.fact("others", count(empty, "empty folder"));

        let before = self.wire.bytes();
        let changes = mirror.synchronize_all(&mut self.checks).await?;
        self.checks.equal("changes in the second synchronization:", &0, &changes)?;
        let bytes = size(self.wire.bytes() - before);
        self.report
            .fact("once more", format!("nothing new in {}, {bytes}", count(folders.len() as u64, "folder")));
        Ok(())
    }

    /// Takes what is still new; then the client has exactly the items that the server has.
    pub(super) async fn same_on_both_sides(&mut self, mirror: &mut Mirror) -> Result<()> {
        mirror.synchronize_all(&mut self.checks).await?;
        let here: BTreeSet<String> = mirror.items.values().flat_map(BTreeMap::keys).cloned().collect();
        let there = self.identifiers_at_server(mirror.client.version());
        let there = self.checks.done("a look into the store", there)?;
        self.checks.equal("the identifiers of the items:", &there, &here)?;
        let (items, folders) = (count(here.len() as u64, "item"), mirror.folders.iter().count());
        self.report.fact("client, server", format!("the same {items} in {folders} folders"));
        Ok(())
    }

    fn identifiers_at_server(
        &self,
        version: ProtocolVersion,
    ) -> activesync_server::backend::Result<BTreeSet<String>> {
        let mailbox = self.stage.store().snapshot(&self.stage.ada().id)?;
        let mut identifiers = BTreeSet::new();
        for folder in mailbox.folders()? {
            let changes = mailbox.changes(folder.id, Revision(0), usize::MAX)?;
            for change in changes.into_iter().filter(|change| change.present.is_some()) {
                identifiers.insert(server_id(&*mailbox, version, folder.id, change.item)?.to_string());
            }
        }
        Ok(identifiers)
    }
}

/// What is in a folder, in words.
pub(super) fn kind(folder: &Folder) -> &'static str {
    match folder.class() {
        Class::Contacts => "contact",
        Class::Calendar => "event",
        _ => "message",
    }
}
