//! The server that mail for others goes to.

use std::fmt;
use std::time::Duration;

use lettre::address::{Address, Envelope};
use lettre::transport::smtp::{self, AsyncSmtpTransport};
use lettre::{AsyncTransport, Tokio1Executor};

const TIMEOUT: Duration = Duration::from_secs(30);

/// An SMTP server that takes mail for recipients elsewhere.
#[derive(Clone)]
pub struct Relay {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl fmt::Debug for Relay {
    // The transport holds the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay").finish_non_exhaustive()
    }
}

/// The address of a relay is malformed.
#[derive(Debug, thiserror::Error)]
#[error(
    "the relay: expected smtps://USER:PASSWORD@HOST, smtp://HOST:PORT?tls=required or smtp://HOST:PORT: {0}"
)]
pub struct RelayError(smtp::Error);

impl Relay {
    /// From an address: `smtps://USER:PASSWORD@HOST[:PORT]` for TLS, `smtp://…?tls=required` for STARTTLS, and
    /// `smtp://HOST[:PORT]` for no encryption at all. User and password are percent-encoded, and may be left out.
    ///
    /// # Errors
    /// If the address is malformed.
    pub fn from_url(url: &str) -> Result<Self, RelayError> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(RelayError)?;
        Ok(Self { transport: builder.timeout(Some(TIMEOUT)).build() })
    }

    /// Hands a message on. One refused recipient does not keep it from the others.
    pub(crate) async fn send(&self, from: &Address, to: Vec<Address>, message: &[u8]) -> Handover {
        let mut outcome = Handover::default();
        match self.attempt(from, to.clone(), message).await {
            Ok(()) => return outcome,
            Err(error) if error.is_permanent() && to.len() > 1 => {}
            Err(error) => {
                outcome.add(to, &error);
                return outcome;
            }
        }
        // SMTP refuses recipients before it takes the message: nobody has it yet.
        for recipient in to {
            if let Err(error) = self.attempt(from, vec![recipient.clone()], message).await {
                outcome.add(vec![recipient], &error);
            } else {
                outcome.taken += 1;
            }
        }
        outcome
    }

    async fn attempt(&self, from: &Address, to: Vec<Address>, message: &[u8]) -> Result<(), smtp::Error> {
        let Ok(envelope) = Envelope::new(Some(from.clone()), to) else {
            return Ok(()); // It fails without recipients only.
        };
        self.transport.send_raw(&envelope, message).await.map(drop)
    }
}

/// What became of a message.
#[derive(Debug, Default)]
pub(crate) struct Handover {
    /// How many single recipients the relay took.
    taken: usize,
    /// Recipients whom the relay does not take, and what it said.
    pub(crate) refused: Vec<(Address, String)>,
    /// Recipients for whom it may be tried again later, and why it failed.
    pub(crate) failed: Vec<(Address, String)>,
}

impl Handover {
    /// Whether nothing was handed over, and it may be tried again later.
    pub(crate) fn may_repeat(&self) -> bool {
        !self.failed.is_empty() && self.taken == 0 && self.refused.is_empty()
    }

    fn add(&mut self, recipients: Vec<Address>, error: &smtp::Error) {
        let list = if error.is_permanent() { &mut self.refused } else { &mut self.failed };
        list.extend(recipients.into_iter().map(|recipient| (recipient, error.to_string())));
    }
}
