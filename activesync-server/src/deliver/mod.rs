//! Mail on its way: to the server's own users, and by a relay to everybody else.
//!
//! A client that got no answer sends again. What was done already is known by marks in the mailboxes, written
//! together with what they stand for, so that nobody gets a message twice: a mark at the sender for what the relay took
//! and for the whole, a mark at each local recipient for what was put in the Inbox. The client is the queue: unless
//! all of it is done, it is told to send again.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use activesync_types::folder_hierarchy::FolderType;
use activesync_types::status::CommonStatus;
use jiff::Timestamp;
use lettre::Address;

use crate::backend::{BackendError, Content, Email, EmailMarks, FolderId, Mailbox, Snapshot, UserId};
use crate::commands::blocking;
use crate::http::{Failure, Front};

use bounce::Bounce;
use marks::{Identity, Stage};
use message::{Facts, Sender};

pub use relay::{Relay, RelayError};

mod bounce;
mod marks;
mod message;
mod relay;
#[cfg(test)]
mod tests;

/// A message that a user sends.
pub(crate) struct Outgoing {
    pub(crate) front: Arc<Front>,
    pub(crate) sender: UserId,
    pub(crate) device: String,
    /// The client's identifier of the message, by which a repeated one is known. Old clients have none.
    pub(crate) client_id: Option<String>,
    pub(crate) raw: Vec<u8>,
    pub(crate) save_in_sent: bool,
}

/// The messages that are on their way at the moment.
#[derive(Default)]
pub(crate) struct Sending(Mutex<HashSet<(UserId, Identity)>>);

impl Sending {
    /// `None` if the message is on its way already.
    fn begin(&self, sender: &UserId, identity: Identity) -> Option<InProgress<'_>> {
        let entry = (sender.clone(), identity);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(entry.clone()).then_some(InProgress { sending: self, entry })
    }
}

struct InProgress<'a> {
    sending: &'a Sending,
    entry: (UserId, Identity),
}

impl Drop for InProgress<'_> {
    fn drop(&mut self) {
        self.sending.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.entry);
    }
}

/// The most recipients of a message: each takes a search and a unit of work, and a single message must not keep the
/// server from all else, or from its end.
const MAX_RECIPIENTS: usize = 5_000;

/// What is to be done with a message.
struct Plan {
    identity: Identity,
    /// The message with the fields that the client left out.
    complete: Vec<u8>,
    subject: String,
    local: Vec<UserId>,
    remote: Vec<Address>,
    /// What no server can take: not addresses, or nobody's while there is no relay.
    hopeless: Vec<(String, String)>,
    relayed: bool,
    /// Whether a repetition has the same identity.
    is_lasting: bool,
}

/// Sends a message, or says why that is not possible; then it was not sent to anybody, or only to those who will not get
/// it again.
///
/// # Errors
/// Common statuses 107 (no message), 111 (try again), 113 (the sender's mailbox is full, and nobody has it), 115 (too
/// many recipients), 116 (nobody can get it), 118 (sent before), 119 (no recipients), 120 (the relay fails).
pub(crate) async fn send(outgoing: Outgoing) -> Result<(), Failure> {
    let outgoing = Arc::new(outgoing);
    let plan = Arc::new(blocking(&outgoing, plan).await?);
    let front = Arc::clone(&outgoing.front);
    let Some(_in_progress) = front.sending.begin(&outgoing.sender, plan.identity) else {
        return Err(CommonStatus::ServerErrorRetryLater.into());
    };
    let mut way = Way { somebody_has_it: plan.relayed, is_lasting: plan.is_lasting, ..Way::default() };
    if let Some(relay) = front.relay.as_ref().filter(|_| !plan.remote.is_empty() && !plan.relayed) {
        hand_over(relay, &outgoing, &plan, &mut way).await?;
    }
    blocking(&outgoing, move |outgoing| finish(outgoing, &plan, way)).await
}

/// How far a message has come in this request.
#[derive(Default)]
struct Way {
    somebody_has_it: bool,
    /// The message is known again when it comes again, and all that happened to it so far.
    is_lasting: bool,
    /// Who will not get it, and why, unless the sender was told already.
    undeliverable: Vec<(String, String)>,
}

fn plan(outgoing: &Outgoing) -> Result<Plan, Failure> {
    let backend = &outgoing.front.backend;
    let facts = Facts::of(&outgoing.raw, MAX_RECIPIENTS + 1).ok_or(CommonStatus::InvalidMime)?;
    if facts.recipients.is_empty() {
        return Err(CommonStatus::MessageHasNoRecipient.into());
    }
    if facts.recipients.len() > MAX_RECIPIENTS {
        tracing::warn!(user = %outgoing.sender, limit = MAX_RECIPIENTS, "a message is refused: too many recipients");
        return Err(CommonStatus::SendQuotaExceeded.into());
    }
    let owns_from = match &facts.from {
        Some(address) => backend.resolve(address)?.as_ref() == Some(&outgoing.sender),
        None => false,
    };
    let identity = Identity::of(&outgoing.device, outgoing.client_id.as_deref(), facts.message_id.as_deref());
    let (mut local, mut remote, mut hopeless) = (Vec::new(), Vec::new(), Vec::new());
    for recipient in &facts.recipients {
        match (backend.resolve(recipient)?, recipient.parse::<Address>()) {
            (Some(user), _) if local.contains(&user) => {}
            (Some(user), _) => local.push(user),
            (None, Ok(address)) if outgoing.front.relay.is_some() => remote.push(address),
            (None, Ok(_)) => {
                hopeless.push((
                    recipient.clone(),
                    "this server has no relay: it delivers to its own users only".into(),
                ));
            }
            (None, Err(error)) => hopeless.push((recipient.clone(), error.to_string())),
        }
    }
    if local.is_empty() && remote.is_empty() {
        if outgoing.front.relay.is_none() {
            tracing::warn!(
                user = %outgoing.sender,
                "a message is refused: it is for nobody who is a user here, and mail for others needs a relay \
                 (`serve --relay URL`)"
            );
        }
        return Err(CommonStatus::MessageRecipientUnresolved.into());
    }
    let mailbox = backend.snapshot(&outgoing.sender)?;
    let stage = identity.stage(&*mailbox, marks::SENT)?;
    if stage == Some(Stage::Done) {
        return Err(CommonStatus::MessagePreviouslySent.into());
    }
    let sender = Sender { name: mailbox.display_name(), address: mailbox.address(), owns_from };
    Ok(Plan {
        identity,
        complete: message::complete(&outgoing.raw, &facts, &sender, Timestamp::now()),
        subject: facts.subject,
        local,
        remote,
        hopeless,
        relayed: stage == Some(Stage::Relayed),
        is_lasting: outgoing.client_id.is_some() || facts.message_id.is_some(),
    })
}

/// To the relay. What it refuses for good comes back to the sender.
async fn hand_over(
    relay: &Relay,
    outgoing: &Arc<Outgoing>,
    plan: &Arc<Plan>,
    way: &mut Way,
) -> Result<(), Failure> {
    let sender = {
        let outgoing = Arc::clone(outgoing);
        blocking(&outgoing, |outgoing| {
            Ok(outgoing.front.backend.snapshot(&outgoing.sender)?.address().to_owned())
        })
        .await?
    };
    let Ok(sender) = sender.parse::<Address>() else {
        tracing::error!(user = %outgoing.sender, "the user's own address cannot send mail");
        return Err(CommonStatus::MailSubmissionFailed.into());
    };
    let message = message::without_bcc(&plan.complete);
    let outcome = relay.send(&sender, plan.remote.clone(), &message).await;
    for (recipient, reason) in outcome.refused.iter().chain(&outcome.failed) {
        tracing::warn!(domain = recipient.domain(), reason, "the relay does not take a message");
    }
    if outcome.may_repeat() {
        return Err(CommonStatus::MailSubmissionFailed.into());
    }
    let refused = outcome.refused.into_iter().chain(outcome.failed);
    let refused: Vec<_> = refused.map(|(address, reason)| (address.to_string(), reason)).collect();
    way.somebody_has_it |= refused.len() < plan.remote.len();
    let noted = {
        let (plan, refused) = (Arc::clone(plan), refused.clone());
        blocking(outgoing, move |outgoing| Ok(note_relayed(outgoing, &plan, &refused))).await?
    };
    match noted {
        Ok(()) => Ok(()),
        Err(error) if way.somebody_has_it => {
            tracing::warn!(user = %outgoing.sender, %error, "it cannot be noted that the relay took a message");
            way.is_lasting = false;
            way.undeliverable = refused;
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

fn note_relayed(outgoing: &Outgoing, plan: &Plan, refused: &[(String, String)]) -> Result<(), BackendError> {
    let mut mailbox = outgoing.front.backend.open(&outgoing.sender)?;
    bounce(&mut *mailbox, plan, refused)?;
    plan.identity.mark(&mut *mailbox, marks::SENT, Stage::Relayed)?;
    mailbox.commit()
}

/// To the Inboxes of users, and to the sender's own folders.
fn finish(outgoing: &Outgoing, plan: &Plan, way: Way) -> Result<(), Failure> {
    let delivered = message::without_bcc(&plan.complete);
    let Way { mut somebody_has_it, is_lasting, mut undeliverable } = way;
    undeliverable.extend_from_slice(&plan.hopeless);
    for recipient in &plan.local {
        match put_in_inbox(outgoing, plan, recipient, &delivered) {
            Ok(()) => somebody_has_it = true,
            Err(error @ (BackendError::Full | BackendError::NoUser(_))) => {
                undeliverable.push((recipient.to_string(), error.to_string()));
            }
            Err(error) if !somebody_has_it || (is_lasting && matches!(error, BackendError::Busy)) => {
                return Err(error.into());
            }
            Err(error) => {
                tracing::error!(user = %recipient, %error, "a mailbox does not take a message");
                undeliverable.push((recipient.to_string(), "the mailbox does not take it now".into()));
            }
        }
    }
    let mut kept = Kept { copy: outgoing.save_in_sent, report: !undeliverable.is_empty() };
    loop {
        match keep(outgoing, plan, kept, &undeliverable) {
            Ok(()) => return Ok(()),
            Err(error) if !somebody_has_it => return Err(error.into()),
            Err(error) => {
                tracing::warn!(
                    user = %outgoing.sender,
                    %error,
                    copy = kept.copy,
                    unreached = undeliverable.len(),
                    "a message was sent, but the sender's mailbox does not take what belongs there"
                );
                match kept.less() {
                    Some(less) if !matches!(error, BackendError::Busy) => kept = less,
                    _ => return Ok(()),
                }
            }
        }
    }
}

/// What the sender's mailbox keeps of a message beside the mark.
#[derive(Clone, Copy)]
struct Kept {
    copy: bool,
    report: bool,
}

impl Kept {
    /// What needs less room.
    fn less(self) -> Option<Self> {
        match self {
            Self { copy: true, .. } => Some(Self { copy: false, ..self }),
            Self { report: true, .. } => Some(Self { report: false, ..self }),
            _ => None,
        }
    }
}

fn keep(
    outgoing: &Outgoing,
    plan: &Plan,
    kept: Kept,
    undeliverable: &[(String, String)],
) -> Result<(), BackendError> {
    let mut mailbox = outgoing.front.backend.open(&outgoing.sender)?;
    if kept.report {
        bounce(&mut *mailbox, plan, undeliverable)?;
    }
    if kept.copy {
        let sent = folder(&*mailbox, FolderType::SentItems)?;
        let marks = EmailMarks { read: true, ..EmailMarks::default() };
        let copy = Email { marks, ..Email::new(plan.complete.clone(), Timestamp::now()) };
        mailbox.create_item(sent, &Content::Email(Box::new(copy)))?;
    }
    plan.identity.mark(&mut *mailbox, marks::SENT, Stage::Done)?;
    mailbox.commit()
}

fn put_in_inbox(
    outgoing: &Outgoing,
    plan: &Plan,
    recipient: &UserId,
    message: &[u8],
) -> Result<(), BackendError> {
    let mut mailbox = outgoing.front.backend.open(recipient)?;
    let identity = plan.identity.from(&outgoing.sender);
    if identity.stage(&*mailbox, marks::RECEIVED)?.is_some() {
        return Ok(());
    }
    let inbox = folder(&*mailbox, FolderType::Inbox)?;
    mailbox.create_item(inbox, &Content::Email(Box::new(Email::new(message, Timestamp::now()))))?;
    identity.mark(&mut *mailbox, marks::RECEIVED, Stage::Done)?;
    mailbox.commit()
}

/// Tells the sender who did not get the message.
fn bounce(mailbox: &mut dyn Mailbox, plan: &Plan, failed: &[(String, String)]) -> Result<(), BackendError> {
    if failed.is_empty() {
        return Ok(());
    }
    let bounce =
        Bounce { sender: mailbox.address(), subject: &plan.subject, message: &plan.complete, failed };
    let raw = bounce.to_message().map_err(|error| BackendError::Other(error.into()))?;
    let inbox = folder(mailbox, FolderType::Inbox)?;
    mailbox.create_item(inbox, &Content::Email(Box::new(Email::new(raw, Timestamp::now()))))?;
    Ok(())
}

/// The folder of a mailbox that is for this.
fn folder(mailbox: &dyn Snapshot, kind: FolderType) -> Result<FolderId, BackendError> {
    let folder = mailbox.folders()?.into_iter().find(|folder| folder.kind == kind);
    folder
        .map(|folder| folder.id)
        .ok_or_else(|| BackendError::Corrupt(format!("the mailbox has no {kind:?}")))
}
