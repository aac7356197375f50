//! How much there is to synchronize.

use activesync_types::get_item_estimate::{EstimateCollection, GetItemEstimateRequest};
use activesync_types::status::{GetItemEstimateStatus, StatusAction};
use activesync_types::sync::FilterType;
use activesync_types::{Command, GetItemEstimate};

use crate::client::Client;
use crate::error::{Error, Result};
use crate::folders::Folder;
use crate::records::Collection;
use crate::state::Batch;

/// How many changes a folder has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Estimate {
    /// The folder.
    pub folder: Folder,
    /// The changes that synchronizing would bring, as the server counts them.
    pub changes: u32,
}

impl Client {
    /// Asks how many changes the folders have, in one request. A folder that was never synchronized counts with all
    /// its items.
    pub async fn estimate(&self, folders: impl IntoIterator<Item = &Folder>) -> Result<Vec<Estimate>> {
        self.estimate_filtered(folders.into_iter().map(|folder| (folder, FilterType::All))).await
    }

    pub(crate) async fn estimate_filtered(
        &self,
        folders: impl IntoIterator<Item = (&Folder, FilterType)>,
    ) -> Result<Vec<Estimate>> {
        let folders: Vec<(Folder, FilterType)> =
            folders.into_iter().map(|(folder, filter)| (folder.clone(), filter)).collect();
        let mut at_once = Vec::new();
        for (folder, filter) in &folders {
            at_once.push(self.sync(folder).filter(*filter).windows().prime().await?);
        }
        let mut again = true;
        loop {
            let answers = self.ask_for_estimates(&folders).await?;
            let unknown: Vec<_> = answers
                .iter()
                .zip(&folders)
                .filter(
                    |(answer, _)| matches!(answer, Err(status) if status.action() == StatusAction::Resync),
                )
                .map(|(_, (folder, filter))| (folder, *filter))
                .collect();
            if unknown.is_empty() || !again {
                return folders
                    .iter()
                    .zip(answers)
                    .zip(at_once)
                    .map(|(((folder, _), answer), at_once)| {
                        let changes =
                            answer.map_err(|status| Error::status(GetItemEstimate::NAME, status.info()))?;
                        Ok(Estimate { folder: folder.clone(), changes: changes.max(at_once) })
                    })
                    .collect();
            }
            again = false;
            for (folder, filter) in unknown {
                self.start_collection_over(folder).await?;
                self.sync(folder).filter(filter).windows().prime().await?;
            }
        }
    }

    /// One answer for each folder, in their order.
    async fn ask_for_estimates(
        &self,
        folders: &[(Folder, FilterType)],
    ) -> Result<Vec<Result<u32, GetItemEstimateStatus>>> {
        if folders.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<String> = folders.iter().map(|(folder, _)| folder.id.as_str().to_owned()).collect();
        let records = self
            .with_store(move |store| {
                ids.iter().map(|id| Collection::load(store, id)).collect::<Result<Vec<_>, _>>()
            })
            .await?;
        let collections: Vec<_> = folders
            .iter()
            .zip(&records)
            .map(|((folder, filter), record)| EstimateCollection {
                collection_id: folder.collection_id(),
                ..EstimateCollection::new(record.key(), "").filter(folder.class(), *filter)
            })
            .collect();
        let response = self.send::<GetItemEstimate>(&GetItemEstimateRequest::from(collections)).await?;
        if let Some(status) = response.status.filter(|status| *status != GetItemEstimateStatus::Success) {
            return Err(Error::status(GetItemEstimate::NAME, status.info()));
        }
        let mut answers = response.responses.into_iter();
        folders
            .iter()
            .map(|(folder, _)| {
                // The answers come in the order of the question; old ones do not all say what they are about.
                let Some(answer) = answers.next() else {
                    let fault = format!("it does not count {}", folder.name);
                    return Err(Error::Unexpected { command: GetItemEstimate::NAME, fault });
                };
                let estimate = answer.collection.and_then(|collection| collection.estimate);
                Ok(match answer.status {
                    GetItemEstimateStatus::Success => Ok(estimate.unwrap_or(0)),
                    status => Err(status),
                })
            })
            .collect()
    }

    async fn start_collection_over(&self, folder: &Folder) -> Result<()> {
        let id = folder.id.as_str().to_owned();
        self.with_store(move |store| {
            let mut collection = Collection::load(store, &id)?;
            collection.start_over();
            let mut batch = Batch::new();
            collection.save(&mut batch, &id);
            store.write(&batch)
        })
        .await
    }
}
