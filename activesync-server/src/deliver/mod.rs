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
}

/// Sends a message, or says why that is not possible; then it was not sent to anybody, or only to those who will not get
/// it again.
///
/// # Errors
/// Common statuses 107 (no message), 111 (try again), 113 (the sender's mailbox is full), 116 (nobody can get it),
/// 118 (sent before), 119 (no recipients), 120 (the relay fails).
pub(crate) async fn send(outgoing: Outgoing) -> Result<(), Failure> {
    let outgoing = Arc::new(outgoing);
    let plan = Arc::new(blocking(&outgoing, plan).await?);
    let front = Arc::clone(&outgoing.front);
    let Some(_in_progress) = front.sending.begin(&outgoing.sender, plan.identity) else {
        return Err(CommonStatus::ServerErrorRetryLater.into());
    };
    if let Some(relay) = front.relay.as_ref().filter(|_| !plan.remote.is_empty() && !plan.relayed) {
        hand_over(relay, &outgoing, &plan).await?;
    }
    blocking(&outgoing, move |outgoing| finish(outgoing, &plan)).await
}

fn plan(outgoing: &Outgoing) -> Result<Plan, Failure> {
    let backend = &outgoing.front.backend;
    let facts = Facts::of(&outgoing.raw).ok_or(CommonStatus::InvalidMime)?;
    if facts.recipients.is_empty() {
        return Err(CommonStatus::MessageHasNoRecipient.into());
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
    })
}

/// To the relay. What it refuses for good comes back to the sender.
async fn hand_over(relay: &Relay, outgoing: &Arc<Outgoing>, plan: &Arc<Plan>) -> Result<(), Failure> {
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
    let refused: Vec<_> = outcome
        .refused
        .into_iter()
        .chain(outcome.failed)
        .map(|(address, reason)| (address.to_string(), reason))
        .collect();
    let plan = Arc::clone(plan);
    blocking(outgoing, move |outgoing| {
        let mut mailbox = outgoing.front.backend.open(&outgoing.sender)?;
        bounce(&mut *mailbox, &plan, &refused)?;
        plan.identity.mark(&mut *mailbox, marks::SENT, Stage::Relayed)?;
        Ok(mailbox.commit()?)
    })
    .await
}

/// To the Inboxes of users, and to the sender's own folders.
fn finish(outgoing: &Outgoing, plan: &Plan) -> Result<(), Failure> {
    let delivered = message::without_bcc(&plan.complete);
    let mut undeliverable = plan.hopeless.clone();
    for recipient in &plan.local {
        match put_in_inbox(outgoing, plan, recipient, &delivered) {
            Ok(()) => {}
            Err(error @ (BackendError::Full | BackendError::NoUser(_))) => {
                undeliverable.push((recipient.to_string(), error.to_string()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let mut mailbox = outgoing.front.backend.open(&outgoing.sender)?;
    bounce(&mut *mailbox, plan, &undeliverable)?;
    if outgoing.save_in_sent {
        let sent = folder(&*mailbox, FolderType::SentItems)?;
        let marks = EmailMarks { read: true, ..EmailMarks::default() };
        let copy = Email { marks, ..Email::new(plan.complete.clone(), Timestamp::now()) };
        mailbox.create_item(sent, &Content::Email(Box::new(copy)))?;
    }
    plan.identity.mark(&mut *mailbox, marks::SENT, Stage::Done)?;
    Ok(mailbox.commit()?)
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
