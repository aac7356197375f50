//! What the client sends: additions, changes, deletions, fetches.

use std::borrow::Cow;
use std::collections::BTreeMap;

use activesync_types::ClientId;
use activesync_types::calendar::Calendar;
use activesync_types::contacts::Contact;
use activesync_types::date_time::{CompactDateTime, DateTime};
use activesync_types::email;
use activesync_types::folder_hierarchy::FolderType;
use activesync_types::status::SyncStatus;
use activesync_types::sync::{
    AddResponse, ChangeResponse, ClientAdd, ClientChange, ClientCommand, ClientDelete, CommandResponse,
    Conflict, DeleteResponse, Fetch, FetchResponse, SyncOptions,
};
use tracing::warn;
use wbxml::{Fragment, IntoOwned, ProtocolVersion};

use super::merge::{self, Managed};
use super::series::{Applied, AppliedAdd, AppliedChange, Digest, Entry, HasSet, Mark, digest};
use super::valid::{self, Invalid};
use super::{Session, event, find_item, notes, render, server_id, text};
use crate::backend::{
    BackendError, Content, ContentKind, EmailMarks, Folder, FolderId, Item, ItemId, Mailbox, Result, Revision,
};

/// Carries out the commands of a client on one folder.
pub(super) struct Apply<'a> {
    pub(super) mailbox: &'a mut dyn Mailbox,
    pub(super) session: &'a Session<'a>,
    pub(super) folder: &'a Folder,
    /// `None` for classes that hold nothing yet.
    pub(super) kind: Option<ContentKind>,
    pub(super) options: &'a SyncOptions<'a>,
    pub(super) supported: Option<&'a [u16]>,
    pub(super) deletes_as_moves: bool,
    /// What the client had when it sent the commands; then what it has with them.
    pub(super) has: HasSet,
    pub(super) applied: Applied,
    pub(super) unheard: BTreeMap<String, AppliedAdd>,
    /// Items that the client has to be told of first: its own version of them lost.
    pub(super) losers: Vec<ItemId>,
}

/// How a command failed: what the client is told.
enum Fault {
    Status(SyncStatus),
    Backend(BackendError),
}

impl From<BackendError> for Fault {
    fn from(error: BackendError) -> Self {
        match error {
            BackendError::NoItem(..) => Self::Status(SyncStatus::ObjectNotFound),
            BackendError::OtherClass(..) | BackendError::Unstorable(_) => {
                Self::Status(SyncStatus::ConversionError)
            }
            other => Self::Backend(other),
        }
    }
}

impl From<wbxml::Error> for Fault {
    fn from(error: wbxml::Error) -> Self {
        warn!(%error, "a client sent an item that cannot be read");
        Self::Status(SyncStatus::ConversionError)
    }
}

impl From<Invalid> for Fault {
    fn from(invalid: Invalid) -> Self {
        warn!(%invalid, "a client sent an item that other clients could not be told of");
        Self::Status(SyncStatus::ConversionError)
    }
}

impl From<SyncStatus> for Fault {
    fn from(status: SyncStatus) -> Self {
        Self::Status(status)
    }
}

/// The status of a command that went through or was refused; faults of the store end the whole request.
fn settle<T>(done: Result<T, Fault>) -> Result<Result<T, SyncStatus>> {
    match done {
        Ok(value) => Ok(Ok(value)),
        Err(Fault::Status(status)) => Ok(Err(status)),
        Err(Fault::Backend(error)) => Err(error),
    }
}

impl Apply<'_> {
    /// Carries out a command; what the client has to be told of it.
    pub(super) fn run(&mut self, command: &ClientCommand<'_>) -> Result<Option<CommandResponse<'static>>> {
        Ok(match command {
            ClientCommand::Add(add) => {
                let client_id = add.client_id.clone().into_owned();
                let done = self.add(add);
                Some(CommandResponse::Add(match settle(done)? {
                    Ok(item) => AddResponse::added(client_id, self.server_id(item)?),
                    Err(status) => AddResponse::failed(client_id, status),
                }))
            }
            ClientCommand::Change(change) => {
                let done = self.change(change);
                settle(done)?.err().map(|status| {
                    CommandResponse::Change(ChangeResponse {
                        class: None,
                        server_id: change.server_id.clone().into_owned(),
                        instance_id: change.instance_id,
                        status,
                        application_data: None,
                    })
                })
            }
            ClientCommand::Delete(delete) => {
                let done = self.delete(delete);
                settle(done)?.err().map(|status| {
                    CommandResponse::Delete(DeleteResponse {
                        server_id: delete.server_id.clone().into_owned(),
                        instance_id: delete.instance_id,
                        status,
                    })
                })
            }
            ClientCommand::Fetch(fetch) => {
                let done = self.fetch(fetch);
                let (status, application_data) = match settle(done)? {
                    Ok(data) => (SyncStatus::Success, Some(data)),
                    Err(status) => (status, None),
                };
                let server_id = Some(fetch.server_id.clone().into_owned());
                Some(CommandResponse::Fetch(FetchResponse { server_id, status, application_data }))
            }
        })
    }

    fn add(&mut self, add: &ClientAdd<'_>) -> Result<ItemId, Fault> {
        let digest = digest("Add", None, Some(&add.application_data));
        self.hear_again(&add.client_id, digest)?;
        let known = self.applied.adds.get(add.client_id.as_str()).copied();
        if let Some(known) = known.filter(|known| known.digest == digest) {
            let item = ItemId(known.item);
            self.has.set(item, Some(Entry::has(Revision(known.revision))));
            return Ok(item);
        }
        if let Some(class) = &add.class
            && super::kind_of(class) != self.kind
        {
            return Err(SyncStatus::ConversionError.into());
        }
        let data = text::clean(&add.application_data)?;
        let content = match self.kind {
            Some(ContentKind::Contact) => Self::new_contact(&data)?,
            Some(ContentKind::Event) => self.new_event(&data)?,
            Some(ContentKind::Email) | None => return Err(SyncStatus::ConversionError.into()),
        };
        let (item, revision) = match known {
            Some(known) => match self.add_again(known, &content)? {
                Some(revision) => (ItemId(known.item), revision),
                None => return Ok(ItemId(known.item)),
            },
            None => self.mailbox.create_item(self.folder.id, &content)?,
        };
        let applied = AppliedAdd { digest, item: item.0, revision: revision.0 };
        self.applied.adds.insert(add.client_id.as_str().to_owned(), applied);
        self.has.set(item, Some(Entry::has(revision)));
        Ok(item)
    }

    /// An addition that was made before the client began anew is not made again. Only the same content counts: the name
    /// alone may by now be that of another item.
    fn hear_again(&mut self, client_id: &ClientId<'_>, digest: Digest) -> Result<()> {
        let found = self.unheard.get(client_id.as_str()).copied().filter(|unheard| unheard.digest == digest);
        if let Some(mut unheard) = found {
            self.unheard.remove(client_id.as_str());
            // The client may have got the item meanwhile, in a newer version.
            if let Some(has) = self.has.get(self.mailbox, ItemId(unheard.item))? {
                unheard.revision = unheard.revision.max(has.revision);
            }
            self.applied.adds.entry(client_id.as_str().to_owned()).or_insert(unheard);
        }
        Ok(())
    }

    /// The same addition with other content: the user went on editing while the answer was lost. `None` if the edit
    /// lost against somebody else's.
    fn add_again(&mut self, known: AppliedAdd, content: &Content) -> Result<Option<Revision>> {
        let item = ItemId(known.item);
        let there = self.mailbox.summary(self.folder.id, item)?;
        if let Some(there) = there
            && (there.revision.0 <= known.revision || self.client_wins())
        {
            return self.mailbox.update_item(self.folder.id, item, content).map(Some);
        }
        // A deletion wins over everything. The client is told of either.
        self.has.set(item, Some(Entry::has(Revision(known.revision))));
        if there.is_some() {
            self.losers.push(item);
        }
        Ok(None)
    }

    fn new_contact(data: &Fragment<'_>) -> Result<Content, Fault> {
        let mut contact = data.decode::<Contact<'_>>()?.into_owned();
        valid::contact(&contact)?;
        notes::store_contact(&mut contact);
        Ok(Content::Contact(Box::new(contact)))
    }

    fn new_event(&self, data: &Fragment<'_>) -> Result<Content, Fault> {
        let mut event = Self::read_event(data)?;
        if !event::put_times(&mut event, self.session.now) {
            return Err(SyncStatus::ConversionError.into());
        }
        // From 16.0 on clients leave both to the server.
        event.dt_stamp.get_or_insert(CompactDateTime::new(self.session.now));
        event.uid.get_or_insert_with(|| Cow::Owned(uuid::Uuid::new_v4().simple().to_string()));
        valid::event(&event)?;
        Ok(Content::Event(Box::new(event)))
    }

    fn read_event(data: &Fragment<'_>) -> Result<Calendar<'static>, Fault> {
        let mut event = data.decode::<Calendar<'_>>()?.into_owned();
        let said = event.exceptions.iter().flatten().map(|exception| &exception.attachments);
        // Attachments of events cannot be kept yet: refused rather than lost.
        if said.chain([&event.attachments]).any(|attachments| !attachments.is_empty()) {
            return Err(SyncStatus::ConversionError.into());
        }
        notes::store_event(&mut event);
        Ok(event)
    }

    fn change(&mut self, change: &ClientChange<'_>) -> Result<(), Fault> {
        let item = self.item(&change.server_id)?;
        let digest = digest("Change", change.instance_id, Some(&change.application_data));
        if self.is_repeated(item, digest)? {
            return Ok(());
        }
        let known = self.known(item)?;
        let stored = self.mailbox.item(self.folder.id, item)?.ok_or(SyncStatus::ObjectNotFound)?;
        let meant = match self.meant(&stored, change) {
            Ok(meant) => meant,
            Err(fault) => {
                // The client shows what the server does not have: it gets the server's version back.
                self.return_to(item, known);
                return Err(fault);
            }
        };
        let conflict = stored.revision.0 > known.revision;
        if meant == stored.content {
            // Nothing to do, and no conflict about it. Of what else changed here the client is still to be told.
            if !conflict {
                self.has.set(item, Some(Entry::has(stored.revision)));
            }
            self.note(item, digest, Revision(known.revision));
            return Ok(());
        }
        if conflict && !self.client_wins() {
            self.return_to(item, known);
            return Err(SyncStatus::Conflict.into());
        }
        let revision = match &meant {
            Content::Email(email) => self.mailbox.mark_email(self.folder.id, item, &email.marks)?,
            other => self.mailbox.update_item(self.folder.id, item, other)?,
        };
        self.has.set(item, Some(Entry::has(revision)));
        self.note(item, digest, revision);
        Ok(())
    }

    /// The item as the client wants it to be.
    fn meant(&self, stored: &Item, change: &ClientChange<'_>) -> Result<Content, Fault> {
        let managed = Managed { version: self.session.version, supported: self.supported };
        let data = text::clean(&change.application_data)?;
        Ok(match &stored.content {
            Content::Email(email) => {
                let said: email::Email<'_> = data.decode()?;
                let is_edited = said.subject.is_some() || said.body.is_some() || said.to.is_some();
                if change.send || (email.draft && is_edited) {
                    return Err(SyncStatus::ConversionError.into());
                }
                let mut email = email.clone();
                put_marks(&mut email.marks, said);
                Content::Email(email)
            }
            Content::Contact(old) => {
                let mut new = data.decode::<Contact<'_>>()?.into_owned();
                valid::contact(&new)?;
                notes::store_contact(&mut new);
                let mut contact = merge::contact(old, new, &managed)?;
                notes::store_contact(&mut contact);
                Content::Contact(Box::new(contact))
            }
            Content::Event(old) => {
                let said = Self::read_event(&data)?;
                let event = if let Some(occurrence) = change.instance_id {
                    let mut event = (**old).clone();
                    let exception = event::changed_occurrence(old, occurrence, said);
                    event::put_exception(&mut event, exception);
                    event
                } else {
                    let mut event = merge::event(old, &said, &managed)?;
                    if self.session.version >= ProtocolVersion::V16_0 {
                        event::end_series(&mut event);
                    }
                    event
                };
                valid::event(&event)?;
                Content::Event(Box::new(event))
            }
        })
    }

    fn delete(&mut self, delete: &ClientDelete<'_>) -> Result<(), Fault> {
        let item = self.item(&delete.server_id)?;
        let digest = digest("Delete", delete.instance_id, None);
        if let Some(occurrence) = delete.instance_id {
            return self.delete_occurrence(item, occurrence, digest);
        }
        let repeated = self.applied.changes.get(&item.0).is_some_and(|applied| applied.digest == digest);
        let known = self.has.get(self.mailbox, item)?;
        self.has.set(item, None);
        // Deleted here as well: both sides agree.
        let Some(there) = self.mailbox.summary(self.folder.id, item)? else {
            return if known.is_some() || repeated { Ok(()) } else { Err(SyncStatus::ObjectNotFound.into()) };
        };
        if repeated {
            // It was deleted, and somebody brought it back.
            return Ok(());
        }
        // A deletion wins over a change, whoever made it ([MS-ASCMD] 2.2.3.34).
        match self.trash()? {
            Some(trash) => {
                self.mailbox.move_item(self.folder.id, item, trash)?;
            }
            None => {
                self.mailbox.delete_item(self.folder.id, item)?;
            }
        }
        self.note(item, digest, there.revision);
        Ok(())
    }

    fn delete_occurrence(
        &mut self,
        item: ItemId,
        occurrence: CompactDateTime,
        digest: Digest,
    ) -> Result<(), Fault> {
        if self.is_repeated(item, digest)? {
            return Ok(());
        }
        let known = self.known(item)?;
        let stored = self.mailbox.item(self.folder.id, item)?.ok_or(SyncStatus::ObjectNotFound)?;
        let Content::Event(mut event) = stored.content else {
            return Err(SyncStatus::ConversionError.into());
        };
        event::put_exception(&mut event, event::deleted_occurrence(occurrence));
        let revision = self.mailbox.update_item(self.folder.id, item, &Content::Event(event))?;
        // Whatever else changed about the series, the client does not have it yet.
        if stored.revision.0 <= known.revision {
            self.has.set(item, Some(Entry::has(revision)));
        }
        self.note(item, digest, revision);
        Ok(())
    }

    fn fetch(&mut self, fetch: &Fetch<'_>) -> Result<Fragment<'static>, Fault> {
        let item = self.item(&fetch.server_id)?;
        let item = self.mailbox.item(self.folder.id, item)?.ok_or(SyncStatus::ObjectNotFound)?;
        let whole = render::whole(self.options);
        render::application_data(self.mailbox, self.session.version, self.folder.id, &item, &whole).map_err(
            |error| {
                warn!(folder = %self.folder.id, item = %item.id, %error, "an item cannot be sent");
                SyncStatus::ConversionError.into()
            },
        )
    }

    /// Where deleted items go; `None` when they are to go for good.
    fn trash(&self) -> Result<Option<FolderId>> {
        if !self.deletes_as_moves {
            return Ok(None);
        }
        let folders = self.mailbox.folders()?;
        let Some(trash) = folders.iter().find(|folder| folder.kind == FolderType::DeletedItems) else {
            return Ok(None);
        };
        // What is in there already has nowhere else to go.
        let mut at = Some(self.folder.id);
        while let Some(id) = at {
            if id == trash.id {
                return Ok(None);
            }
            at = folders.iter().find(|folder| folder.id == id).and_then(|folder| folder.parent);
        }
        Ok(Some(trash.id))
    }

    fn item(&self, id: &activesync_types::ServerId<'_>) -> Result<ItemId, Fault> {
        find_item(self.mailbox, self.folder.id, id).ok_or(Fault::Status(SyncStatus::ObjectNotFound))
    }

    /// The client sends what it sent before: its answer was lost. It is done, and stays done.
    fn is_repeated(&mut self, item: ItemId, digest: Digest) -> Result<bool> {
        let Some(applied) =
            self.applied.changes.get(&item.0).copied().filter(|applied| applied.digest == digest)
        else {
            return Ok(false);
        };
        if self.has.get(self.mailbox, item)?.is_some() {
            self.has.set(item, Some(Entry::has(Revision(applied.revision))));
        }
        Ok(true)
    }

    fn client_wins(&self) -> bool {
        self.options.conflict == Some(Conflict::ClientWins)
    }

    /// The last revision that the client has seen, or made itself.
    fn known(&self, item: ItemId) -> Result<Entry, Fault> {
        let known = self.has.get(self.mailbox, item)?.filter(|known| known.mark != Mark::Unsendable);
        let known = known.ok_or(SyncStatus::ObjectNotFound)?;
        let own = self.applied.changes.get(&item.0).map_or(0, |applied| applied.revision);
        Ok(Entry { revision: known.revision.max(own), ..known })
    }

    /// The client gets the server's version, whichever it had.
    fn return_to(&mut self, item: ItemId, known: Entry) {
        self.has.set(item, Some(Entry { revision: 0, ..known }));
        self.losers.push(item);
    }

    fn note(&mut self, item: ItemId, digest: Digest, revision: Revision) {
        self.applied.changes.insert(item.0, AppliedChange { digest, revision: revision.0 });
    }

    fn server_id(&self, item: ItemId) -> Result<activesync_types::ServerId<'static>> {
        server_id(self.mailbox, self.session.version, self.folder.id, item)
    }
}

fn put_marks(marks: &mut EmailMarks, said: email::Email<'_>) {
    if let Some(read) = said.read {
        marks.read = read;
    }
    if let Some(flag) = said.flag {
        marks.flag = flag.is_set().then(|| flag.into_owned());
    }
    if let Some(categories) = said.categories {
        marks.categories = categories.into_iter().map(Cow::into_owned).collect();
    }
    if let Some(verb) = said.last_verb_executed {
        marks.last_verb = verb;
        marks.last_verb_time = said.last_verb_execution_time.map(DateTime::timestamp);
    }
}
