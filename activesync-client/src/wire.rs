//! What crossed the wire.

use std::collections::BTreeMap;
use std::time::Duration;

use wbxml::ProtocolVersion;

/// A request and its answer, as they were seen on the wire.
///
/// [`ClientBuilder::on_exchange`](crate::ClientBuilder::on_exchange) hands one out after each.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Exchange<'a> {
    /// The command; `OPTIONS` for the request of that method.
    pub command: &'a str,
    /// The protocol version of the request; `None` for `OPTIONS`.
    pub version: Option<ProtocolVersion>,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The body of the request.
    pub request: &'a [u8],
    /// The body of the answer, decompressed.
    pub response: &'a [u8],
    /// The bytes of the answer's body on the wire, which may be compressed.
    pub received: usize,
    /// From the begin of the request to the end of the answer.
    pub duration: Duration,
}

/// How much was said: bodies only, as they were on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// Requests that were answered.
    pub exchanges: u64,
    /// Bytes of requests.
    pub sent: u64,
    /// Bytes of answers.
    pub received: u64,
}

impl Traffic {
    /// Bytes in both directions.
    pub const fn total(self) -> u64 {
        self.sent + self.received
    }
}

/// The [`Traffic`] of each command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WireStatistics {
    commands: BTreeMap<String, Traffic>,
}

impl WireStatistics {
    /// The traffic of each command that was used, in the order of their names.
    pub fn commands(&self) -> impl Iterator<Item = (&str, Traffic)> {
        self.commands.iter().map(|(name, traffic)| (name.as_str(), *traffic))
    }

    /// The traffic of one command.
    pub fn of(&self, command: &str) -> Traffic {
        self.commands.get(command).copied().unwrap_or_default()
    }

    /// The traffic of all commands.
    pub fn total(&self) -> Traffic {
        self.commands.values().fold(Traffic::default(), |sum, each| Traffic {
            exchanges: sum.exchanges + each.exchanges,
            sent: sum.sent + each.sent,
            received: sum.received + each.received,
        })
    }

    pub(crate) fn add(&mut self, exchange: &Exchange<'_>) {
        let traffic = self.commands.entry(exchange.command.to_owned()).or_default();
        traffic.exchanges += 1;
        traffic.sent += exchange.request.len() as u64;
        traffic.received += exchange.received as u64;
    }
}
