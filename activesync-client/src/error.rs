//! What can go wrong between a client and its server, and what to do then.

use std::fmt;
use std::time::Duration;

use activesync_types::status::{StatusAction, StatusInfo};
use wbxml::ProtocolVersion;

use crate::certificates::CertificateFault;
use crate::state::StateError;

/// What this crate's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong. [`action`](Error::action) says what to do next.
///
/// `Display` is one line for a person, and says what to do where there is something to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server cannot be reached, or the connection broke and repeating the request did not help.
    #[error("{command}: no answer from {host}: {}", RootCause(&**source))]
    Connection {
        /// The command.
        command: &'static str,
        /// The host that was asked.
        host: String,
        /// What happened.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The certificate of the server is refused. To ask again does not help.
    #[error("the certificate of {host} is refused: {fault}{}", trust(fault))]
    Certificate {
        /// The host that was asked.
        host: String,
        /// What is wrong with it.
        fault: CertificateFault,
    },
    /// The answer is not what the protocol says: malformed WBXML, or not the elements that belong there.
    #[error("{command}: the answer is malformed: {source}")]
    Malformed {
        /// The command.
        command: &'static str,
        /// What is wrong, with the offset of the byte and the path of the element.
        source: wbxml::Error,
    },
    /// The answer is none of the protocol: not the media type, not the parts that it should have.
    #[error("{command}: the answer is not one of ActiveSync: {fault}")]
    Unexpected {
        /// The command.
        command: &'static str,
        /// What is wrong.
        fault: String,
    },
    /// The request cannot be written.
    #[error("{command}: the request cannot be written: {source}")]
    Request {
        /// The command.
        command: &'static str,
        /// What is wrong with it.
        source: wbxml::Error,
    },
    /// The server answered with a status that is not success.
    #[error("{command}: {info}")]
    Status {
        /// The command.
        command: &'static str,
        /// The status, what it means, and what to do.
        info: StatusInfo,
    },
    /// The server answered with an HTTP status that is not success.
    #[error("{command}: {status}")]
    Http {
        /// The command.
        command: &'static str,
        /// The status, what it means here, and what to do.
        status: HttpStatus,
    },
    /// The user name or the password is wrong (HTTP 401).
    #[error("the server does not accept the password of {user} (HTTP 401): check the name and the password")]
    Unauthorized {
        /// The user.
        user: String,
    },
    /// The password has expired (HTTP 457).
    #[error("the password of {user} has expired (HTTP 457): choose a new one{}", at(change_at.as_ref()))]
    PasswordExpired {
        /// The user.
        user: String,
        /// The page where the user can do that.
        change_at: Option<String>,
    },
    /// The server asks for a pause that is longer than the client is willing to wait (HTTP 503).
    #[error("{command}: the server is busy (HTTP 503): repeat the request {}", after(*retry_after))]
    Busy {
        /// The command.
        command: &'static str,
        /// How long it wants to be left alone, if it said.
        retry_after: Option<Duration>,
        /// Why the device is throttled, if the server said.
        reason: Option<String>,
    },
    /// The mailbox is on another server, and the client cannot follow (HTTP 451).
    #[error("the mailbox is on another server (HTTP 451), but {fault}")]
    Redirect {
        /// Where it is, if the server said.
        location: Option<String>,
        /// Why the client did not go there.
        fault: &'static str,
    },
    /// The answer to `OPTIONS` did not say which versions the server speaks, which some servers do for a while.
    #[error("the server does not say which protocol versions it speaks: try again later, or give a version")]
    NoVersions,
    /// Server and client have no version in common, or not the one that was asked for.
    #[error("the server speaks protocol version {}, but not {}", List(offered), Wanted(*wanted))]
    Version {
        /// What the server offers, as it wrote it.
        offered: Vec<String>,
        /// The only one that the client was allowed to use, if there was one.
        wanted: Option<ProtocolVersion>,
    },
    /// The server asked the client to drop its state and start over. The state is reset: synchronize again.
    #[error("{command}: the server asks to start over: synchronize the folders and their items again")]
    StartOver {
        /// The command that was answered so.
        command: &'static str,
    },
    /// The server keeps asking for policies although the client has just taken them.
    #[error("{command}: the server asks for its policies again although the device has just accepted them")]
    ProvisionLoop {
        /// The command.
        command: &'static str,
    },
    /// The server ordered the device to erase its data.
    #[error("the server orders the device to erase {}: do so, then call `acknowledge_wipe`",
        if *.account_only { "the account's data" } else { "all its data" })]
    RemoteWipe {
        /// Only the data of this account.
        account_only: bool,
    },
    /// An answer is longer than the client takes.
    #[error(
        "{command}: the answer is longer than {limit} bytes: raise the limit, or ask for smaller windows"
    )]
    TooLarge {
        /// The command.
        command: &'static str,
        /// The most bytes that it takes.
        limit: usize,
    },
    /// There is no such folder.
    #[error("there is no folder {name}; there are: {}", Few(known))]
    NoFolder {
        /// What was looked for.
        name: String,
        /// The folders that there are.
        known: Vec<String>,
    },
    /// The protocol version in use does not have what was asked for.
    #[error("protocol version {version} has no {what}")]
    NotInVersion {
        /// What was asked for.
        what: &'static str,
        /// The version.
        version: ProtocolVersion,
    },
    /// The server says that it has more to send, again and again, but sends nothing.
    #[error("Sync: the server claims to have more changes but sends none: synchronize again later")]
    NoProgress,
    /// The state cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The client was set up with something that cannot work.
    #[error("{0}")]
    Setup(String),
    /// A directory has the files of another account.
    #[error("{}: the files in it are those of {found}, not of {expected}: choose another directory", path.display())]
    OtherAccount {
        /// The directory.
        path: std::path::PathBuf,
        /// Whose they are: user and server.
        found: String,
        /// Whose they should be.
        expected: String,
    },
    /// A file cannot be written or read.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: std::path::PathBuf,
        /// What happened.
        source: std::io::Error,
    },
}

impl Error {
    /// What to do next, for a program to decide.
    pub fn action(&self) -> StatusAction {
        match self {
            Self::Status { info, .. } => info.action,
            Self::Http { status, .. } => status.action(),
            Self::Connection { .. } | Self::Busy { .. } | Self::NoVersions | Self::NoProgress => {
                StatusAction::Retry
            }
            Self::Unauthorized { .. } => StatusAction::AskCredentials,
            Self::StartOver { .. } => StatusAction::FolderResync,
            Self::Version { .. } | Self::NotInVersion { .. } => StatusAction::ChangeVersion,
            Self::Request { .. } | Self::Setup(_) | Self::NoFolder { .. } => StatusAction::FixRequest,
            _ => StatusAction::TellUser,
        }
    }

    /// Whether the same may work in a while.
    pub fn is_transient(&self) -> bool {
        self.action() == StatusAction::Retry
    }

    pub(crate) fn status(command: &'static str, info: StatusInfo) -> Self {
        Self::Status { command, info }
    }
}

/// An HTTP status, and what it says in this protocol (`[MS-ASHTTP]` 2.2.2.1.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HttpStatus(pub u16);

impl HttpStatus {
    /// What it says.
    pub const fn meaning(self) -> &'static str {
        match self.0 {
            400 => "the server finds the request malformed",
            403 => "the user may not use ActiveSync, or not with this device",
            404 => "there is no ActiveSync at this address",
            405 => "the server does not take such requests at this address",
            413 => "the request is too large for the server: too long a message, or too many recipients",
            449 => "the server requires policies that this device does not have",
            456 => "the account is blocked",
            500 => "the server failed",
            501 => "the server does not have this command",
            502 => "the server does not reach the one that has the mailbox",
            503 => "the server is busy",
            504 => "a proxy gave up waiting for the server",
            505 => "the server does not speak this protocol version",
            507 => "the mailbox is full",
            _ => "the server answered with an error",
        }
    }

    /// What to do next.
    pub const fn action(self) -> StatusAction {
        match self.0 {
            400 | 405 | 501 => StatusAction::FixRequest,
            401 => StatusAction::AskCredentials,
            408 | 429 | 500 | 502..=504 => StatusAction::Retry,
            449 => StatusAction::Provision,
            505 => StatusAction::ChangeVersion,
            _ => StatusAction::TellUser,
        }
    }
}

impl fmt::Display for HttpStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (HTTP {})", self.meaning(), self.0)?;
        match self.action().advice() {
            Some(advice) => write!(f, ": {advice}"),
            None => Ok(()),
        }
    }
}

/// The cause at the end of the chain is what a person understands: "Connection refused".
struct RootCause<'a>(&'a (dyn std::error::Error + 'static));

impl fmt::Display for RootCause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut error = self.0;
        while let Some(cause) = error.source() {
            error = cause;
        }
        fmt::Display::fmt(error, f)
    }
}

struct List<'a>(&'a [String]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        f.write_str(&self.0.join(", "))
    }
}

/// Not all of them, since mailboxes have thousands of folders.
struct Few<'a>(&'a [String]);

impl fmt::Display for Few<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        let shown = self.0.get(..SHOWN).unwrap_or(self.0);
        List(shown).fmt(f)?;
        match self.0.len() - shown.len() {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

struct Wanted(Option<ProtocolVersion>);

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(version) => version.fmt(f),
            None => f.write_str("any that this client speaks"),
        }
    }
}

fn trust(fault: &CertificateFault) -> &'static str {
    if fault.is_unknown() { ": if it is the right one, give it to `add_root_certificates`" } else { "" }
}

fn at(page: Option<&String>) -> String {
    page.map(|page| format!(" at {page}")).unwrap_or_default()
}

fn after(pause: Option<Duration>) -> String {
    pause.map_or_else(|| "after a while".to_owned(), |pause| format!("after {} seconds", pause.as_secs()))
}
