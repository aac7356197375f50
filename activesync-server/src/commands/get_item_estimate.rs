//! GetItemEstimate (`[MS-ASCMD]` 2.2.1.9).

use activesync_types::get_item_estimate::{EstimateCollection, EstimateResponse, GetItemEstimateResponse};
use activesync_types::status::{CommonStatus, GetItemEstimateStatus};
use activesync_types::sync::FilterType;
use activesync_types::{Class, CollectionId, GetItemEstimate};
use wbxml::{IntoOwned, ProtocolVersion};

use super::Call;
use crate::backend::{self, Snapshot};
use crate::http::{Failure, Reply};
use crate::sync::{self, Session};

pub(super) fn run(call: &Call) -> Result<Reply, Failure> {
    let request = call.request::<GetItemEstimate>()?;
    if request.collections.is_empty() {
        return Err(CommonStatus::InvalidXml.into());
    }
    let mailbox = call.snapshot()?;
    let session = call.session();
    let responses = request.collections.iter().map(|collection| estimate(&*mailbox, &session, collection));
    let responses = responses.collect::<backend::Result<_>>()?;
    call.reply::<GetItemEstimate>(&GetItemEstimateResponse { status: None, responses })
}

fn estimate(
    mailbox: &dyn Snapshot,
    session: &Session<'_>,
    collection: &EstimateCollection<'_>,
) -> backend::Result<EstimateResponse<'static>> {
    let asked = collection.collection_id.clone().map(IntoOwned::into_owned);
    let Some(folder) = sync::find_folder(mailbox, asked.as_ref(), collection.class.as_ref())? else {
        let id = asked.unwrap_or(CollectionId::from_static(""));
        return Ok(EstimateResponse::failed(id, GetItemEstimateStatus::InvalidCollection));
    };
    let id = asked.unwrap_or_else(|| sync::collection_id(mailbox, session.version, folder.id));
    let mut response =
        match sync::estimate(mailbox, session, &folder, &collection.sync_key, filter(collection))? {
            Ok(count) => EstimateResponse::new(id, count),
            Err(status) => EstimateResponse::failed(id, status),
        };
    if session.version <= ProtocolVersion::V2_5
        && let Some(estimate) = &mut response.collection
    {
        estimate.class = folder.class();
    }
    Ok(response)
}

/// The filter for the default class of the folder; `None` to count with that of the last Sync.
fn filter(collection: &EstimateCollection<'_>) -> Option<FilterType> {
    let options = collection.options.iter().find(|options| options.class != Some(Class::Sms));
    options.and_then(|options| options.filter_type).or(collection.filter_type)
}
