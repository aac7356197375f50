//! Sync of one collection (`[MS-ASCMD]` 2.2.1.21).

use activesync_types::status::SyncStatus;
use activesync_types::sync::{
    ClientCommand, Collection, CollectionResponse, CommandResponse, ServerAdd, ServerChange, ServerCommand,
    ServerDelete, SoftDelete, SyncOptions,
};
use activesync_types::{Class, SyncKey};
use tracing::warn;
use wbxml::{Fragment, IntoOwned, ProtocolVersion};

use super::apply::Apply;
use super::scan::{Scope, Step, StepKind, Walk};
use super::series::{Delta, Fit, HasSet, Scan, Series, Settings};
use super::{Budget, Session, collection_id, find_folder, kind_of, render, server_id};
use crate::backend::{Content, Folder, FolderId, Mailbox, Result};

/// What came of synchronizing a collection.
#[derive(Debug)]
pub struct Synced {
    /// The answer for this collection.
    pub response: CollectionResponse<'static>,
    /// Whether the answer says anything. If it does not, the key is the old one, and the answer may be left out.
    pub is_news: bool,
    /// The folder, if there is one.
    pub folder: Option<FolderId>,
}

/// Synchronizes a collection: does what the client asks for and tells it what changed here.
///
/// What is wrong with the request is said by the status in the answer. Nothing of this counts before the mailbox is
/// committed, and it has to be committed before the answer goes out.
///
/// # Errors
/// If the backend fails. The mailbox is not to be committed then.
pub fn sync_collection(
    mailbox: &mut dyn Mailbox,
    session: &Session<'_>,
    request: &Collection<'_>,
    budget: &mut Budget,
) -> Result<Synced> {
    let Some(folder) = find_folder(mailbox, request.collection_id.as_ref(), request.class.as_ref())? else {
        // Not status 8, which Outlook does not understand for a folder.
        return Ok(failed(session, request, None, SyncStatus::HierarchyChanged));
    };
    let Some(class) = folder.class().filter(|class| request.class.as_ref().is_none_or(|said| said == class))
    else {
        return Ok(failed(session, request, Some(folder.id), SyncStatus::ProtocolError));
    };
    let options = options_for(&class, &request.options);
    if options.is_some_and(|options| options.filter_type.is_some_and(|filter| !filter.allowed_for(&class))) {
        return Ok(failed(session, request, Some(folder.id), SyncStatus::ProtocolError));
    }
    let done = if request.sync_key.is_initial() {
        start(mailbox, session, request, &folder)?
    } else {
        go_on(mailbox, session, request, &folder, &class, budget)?
    };
    let (sync_key, is_news, answer) = match done {
        Ok(Done { sync_key, is_news, answer }) => (sync_key, is_news, answer),
        Err(status) => return Ok(failed(session, request, Some(folder.id), status)),
    };
    let mut response = CollectionResponse::new(sync_key, collection_id(mailbox, session.version, folder.id));
    response.class = Some(class);
    response.responses = answer.responses;
    response.commands = answer.commands;
    response.more_available = answer.more_available;
    Ok(Synced { response, is_news, folder: Some(folder.id) })
}

struct Done {
    sync_key: SyncKey<'static>,
    is_news: bool,
    answer: Answer,
}

#[derive(Default)]
struct Answer {
    responses: Vec<CommandResponse<'static>>,
    commands: Vec<ServerCommand<'static>>,
    more_available: bool,
}

fn failed(
    session: &Session<'_>,
    request: &Collection<'_>,
    folder: Option<FolderId>,
    status: SyncStatus,
) -> Synced {
    let mut response = CollectionResponse::new(SyncKey::INITIAL, "");
    // A key that is not known any more is no use to the client; with all other faults it keeps its own.
    if status != SyncStatus::InvalidSyncKey {
        response.sync_key = request.sync_key.clone().into_owned();
    }
    response.class = request
        .class
        .clone()
        .filter(|_| session.version <= ProtocolVersion::V12_1)
        .map(IntoOwned::into_owned);
    response.collection_id = request.collection_id.clone().map(IntoOwned::into_owned);
    response.status = status;
    Synced { response, is_news: true, folder }
}

/// Key 0: the client has nothing.
fn start(
    mailbox: &mut dyn Mailbox,
    session: &Session<'_>,
    request: &Collection<'_>,
    folder: &Folder,
) -> Result<Result<Done, SyncStatus>> {
    if !request.commands.is_empty() {
        return Ok(Err(SyncStatus::ProtocolError));
    }
    let supported = request.supported.as_ref().map(|tags| tags.0.iter().map(|tag| tag.id()).collect());
    let settings = Settings { supported, ..remember(&Settings::default(), request)? };
    let series = Series::start(mailbox, session.device, folder.id, settings)?;
    Ok(Ok(Done { sync_key: series.key(), is_news: true, answer: Answer::default() }))
}

/// What the client said once and means until it says otherwise.
fn remember(before: &Settings, request: &Collection<'_>) -> Result<Settings> {
    let mut settings = before.clone();
    if !request.options.is_empty() {
        let documents = request.options.iter().map(wbxml::to_vec).collect::<Result<_, _>>();
        settings.options = documents.map_err(|error| crate::backend::BackendError::Other(Box::new(error)))?;
    }
    settings.deletes_as_moves |= request.deletes_as_moves.is_some();
    Ok(settings)
}

/// The options for the items of a class, or for all.
fn options_for<'o, 'a>(class: &Class<'_>, options: &'o [SyncOptions<'a>]) -> Option<&'o SyncOptions<'a>> {
    options.iter().find(|options| options.class.as_ref().is_none_or(|of| of == class))
}

/// The options that hold for a folder until the client says otherwise.
pub(super) fn kept_options(settings: &Settings, class: &Class<'_>) -> SyncOptions<'static> {
    let kept: Vec<SyncOptions<'static>> = settings
        .options
        .iter()
        .filter_map(|document| wbxml::from_slice::<SyncOptions<'_>>(document).ok())
        .map(IntoOwned::into_owned)
        .collect();
    options_for(class, &kept).cloned().unwrap_or_default()
}

fn go_on(
    mailbox: &mut dyn Mailbox,
    session: &Session<'_>,
    request: &Collection<'_>,
    folder: &Folder,
    class: &Class<'_>,
    budget: &mut Budget,
) -> Result<Result<Done, SyncStatus>> {
    let Some(mut series) = Series::load(mailbox, session.device, folder.id)? else {
        return Ok(Err(SyncStatus::InvalidSyncKey));
    };
    let mut is_changed = match series.fit(&request.sync_key) {
        Fit::None => return Ok(Err(SyncStatus::InvalidSyncKey)),
        Fit::Base => false,
        Fit::Candidate(index) => {
            series.acknowledge(mailbox, index)?;
            true
        }
    };
    let settings = remember(&series.settings, request)?;
    is_changed |= settings != series.settings;
    series.settings = settings;
    let options = kept_options(&series.settings, class);

    let (applied, has, mut scan) = apply(mailbox, session, request, folder, class, &options, &mut series)?;
    let mut answer = Answer { responses: applied, ..Answer::default() };
    let mut delta = has.delta.clone();
    if wants_changes(session, request) {
        let scope = scope(session, folder.id, class, &options);
        let window = usize::try_from(request.effective_window_size()).unwrap_or(usize::MAX).min(budget.items);
        let walk = Walk::new(mailbox, &scope, has, scan)?;
        let mut filling = Filling { session, folder: folder.id, options: &options, window, budget };
        (delta, scan) = filling.fill(mailbox, walk, &mut answer)?;
    }

    let is_news = !request.commands.is_empty() || !answer.commands.is_empty() || answer.more_available;
    let sync_key = if is_news {
        series.answer(scan, delta)?
    } else {
        // What was looked at and need not be told is done with, whether or not this answer arrives.
        is_changed |= *series.scan() != scan || !delta.is_empty();
        series.set_scan(scan);
        series.settle(mailbox, delta)?;
        series.key()
    };
    if is_news || is_changed {
        series.save(mailbox, session.device, folder.id)?;
    }
    Ok(Ok(Done { sync_key, is_news, answer }))
}

/// Does what the client asks for.
fn apply(
    mailbox: &mut dyn Mailbox,
    session: &Session<'_>,
    request: &Collection<'_>,
    folder: &Folder,
    class: &Class<'_>,
    options: &SyncOptions<'_>,
    series: &mut Series,
) -> Result<(Vec<CommandResponse<'static>>, HasSet, Scan)> {
    let supported = series.settings.supported.clone();
    let mut apply = Apply {
        mailbox,
        session,
        folder,
        kind: kind_of(class),
        options,
        supported: supported.as_deref(),
        deletes_as_moves: deletes_as_moves(session, request, &series.settings),
        has: series.has(),
        applied: std::mem::take(&mut series.applied),
        unheard: std::mem::take(&mut series.unheard),
        losers: Vec::new(),
    };
    let mut responses = Vec::new();
    for command in &request.commands {
        responses.extend(apply.run(command)?);
    }
    let Apply { has, applied, unheard, losers, .. } = apply;
    (series.applied, series.unheard) = (applied, unheard);
    let mut scan = series.scan().clone();
    for loser in losers {
        if !scan.losers.contains(&loser.0) {
            scan.losers.push(loser.0);
        }
    }
    Ok((responses, has, scan))
}

/// Absent means that deleted items are kept (`[MS-ASCMD]` 2.2.3.43). Clients up to 2.5 that know the element mean the
/// opposite when they leave it out; those that never send it are not to lose anything.
fn deletes_as_moves(session: &Session<'_>, request: &Collection<'_>, settings: &Settings) -> bool {
    match request.deletes_as_moves {
        Some(flag) => flag.is_set(),
        None => session.version > ProtocolVersion::V2_5 || !settings.deletes_as_moves,
    }
}

/// Clients up to 2.5 that send something and want something say so.
fn wants_changes(session: &Session<'_>, request: &Collection<'_>) -> bool {
    let sends = request.commands.iter().any(|command| !matches!(command, ClientCommand::Fetch(_)));
    match request.get_changes {
        None if session.version <= ProtocolVersion::V2_5 => !sends,
        _ => request.wants_changes(),
    }
}

/// What a folder is to be compared with.
pub(super) fn scope(
    session: &Session<'_>,
    folder: FolderId,
    class: &Class<'_>,
    options: &SyncOptions<'_>,
) -> Scope {
    Scope {
        folder,
        kind: kind_of(class),
        filter: options.filter_type.unwrap_or_default(),
        now: session.now,
        moved_items_are_changes: session.quirks.moved_items_are_changes,
    }
}

/// An answer that is being filled.
struct Filling<'f> {
    session: &'f Session<'f>,
    folder: FolderId,
    options: &'f SyncOptions<'f>,
    window: usize,
    budget: &'f mut Budget,
}

impl Filling<'_> {
    /// Fills the answer as far as window and budget allow.
    fn fill(
        &mut self,
        mailbox: &dyn Mailbox,
        mut walk: Walk<'_>,
        answer: &mut Answer,
    ) -> Result<(Delta, Scan)> {
        while let Some(step) = walk.peek()? {
            if answer.commands.len() >= self.window {
                answer.more_available = true;
                break;
            }
            let Some((command, size)) = self.command(mailbox, step)? else {
                walk.pass_over(step);
                continue;
            };
            if size > self.budget.bytes && !answer.commands.is_empty() {
                answer.more_available = true;
                break;
            }
            self.budget.bytes = self.budget.bytes.saturating_sub(size);
            answer.commands.push(command);
            walk.take(step);
        }
        self.budget.items = self.budget.items.saturating_sub(answer.commands.len());
        Ok((walk.has.delta, walk.scan))
    }

    /// What tells the client of a step, and how much of it there is; `None` if it cannot be told.
    fn command(&self, mailbox: &dyn Mailbox, step: Step) -> Result<Option<(ServerCommand<'static>, usize)>> {
        let version = self.session.version;
        let server_id = server_id(mailbox, version, self.folder, step.item)?;
        let command = match step.kind {
            StepKind::SoftDelete if version >= ProtocolVersion::V2_1 => {
                ServerCommand::SoftDelete(SoftDelete { server_id })
            }
            StepKind::Delete | StepKind::SoftDelete => {
                ServerCommand::Delete(ServerDelete { class: None, server_id })
            }
            StepKind::Add | StepKind::Change | StepKind::Mark => {
                let Some(application_data) = self.data(mailbox, step)? else { return Ok(None) };
                let size = application_data.as_bytes().len();
                let command = if step.kind == StepKind::Add {
                    ServerCommand::Add(ServerAdd { class: None, server_id, application_data })
                } else {
                    ServerCommand::Change(ServerChange { class: None, server_id, application_data })
                };
                return Ok(Some((command, size)));
            }
        };
        Ok(Some((command, 0)))
    }

    fn data(&self, mailbox: &dyn Mailbox, step: Step) -> Result<Option<Fragment<'static>>> {
        let item = match mailbox.item(self.folder, step.item) {
            Ok(Some(item)) => item,
            Ok(None) => return Ok(None),
            Err(crate::backend::BackendError::Corrupt(error)) => {
                warn!(folder = %self.folder, item = %step.item, %error, "an item is set aside");
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let data = match (&item.content, step.kind) {
            (Content::Email(email), StepKind::Mark) => render::marks(self.session.version, email),
            _ => render::application_data(mailbox, self.session.version, self.folder, &item, self.options),
        };
        Ok(match data {
            Ok(data) => Some(data),
            Err(error) => {
                warn!(folder = %self.folder, item = %step.item, %error, "an item is set aside");
                None
            }
        })
    }
}
