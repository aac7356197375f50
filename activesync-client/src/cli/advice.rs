//! What went wrong, said to a person at a terminal. The errors of the library speak to programs.

use std::path::Path;

use activesync_client::types::status::{CommonStatus, StatusAction};
use activesync_client::{CertificateFault, Error, StateError};

use super::text::{brief, few, without_middle};

/// One line for an error: what happened, and what to do.
pub(super) fn explain(error: &anyhow::Error) -> String {
    let ours = error.chain().enumerate().find_map(|(depth, cause)| Some((depth, text(cause)?)));
    match ours {
        // What was added to it says where.
        Some((depth, text)) => {
            let mut parts: Vec<String> = error.chain().take(depth).map(ToString::to_string).collect();
            parts.push(text);
            parts.join(": ")
        }
        None => format!("{error:#}"),
    }
}

/// What happened, without advice.
pub(super) fn cause(error: &Error) -> String {
    match error {
        Error::Connection { .. } => {
            let text = error.to_string();
            // Of which request it was the answer, only programs care.
            text.split_once(": ").map_or(text.as_str(), |(_, text)| text).to_owned()
        }
        Error::Status { command, info } => format!("{command}: {} (status {})", info.meaning, info.code),
        Error::Http { command, status } => format!("{command}: {} (HTTP {})", status.meaning(), status.0),
        Error::Busy { .. } => "the server is busy (HTTP 503)".to_owned(),
        Error::StartOver { .. } => "the server asks to start over".to_owned(),
        Error::NoVersions => "the server does not say which protocol versions it speaks".to_owned(),
        Error::NoProgress => "the server claims to have more but sends nothing".to_owned(),
        _ => error.to_string(),
    }
}

/// What happened, and what to do.
fn of(error: &Error) -> String {
    let happened = cause(error);
    match error {
        Error::Connection { .. } => format!("{happened}: check the address, and whether the server is up"),
        Error::Certificate { host, fault } => certificate(host, fault),
        Error::Status { info, .. } if info.code == CommonStatus::MessageRecipientUnresolved.info().code => {
            format!(
                "{happened}: check the addresses; to send to others than its own users the server may need a relay, \
                 which is its administrator's business"
            )
        }
        Error::Status { info, .. } => with(happened, info.action),
        Error::Http { status, .. } => with(happened, status.action()),
        Error::Busy { retry_after, .. } => {
            let when =
                retry_after.map_or_else(|| "later".to_owned(), |pause| format!("in {} s", pause.as_secs()));
            format!("{happened}: try again {when}")
        }
        Error::NoVersions => format!("{happened}: try again later, or name one with --protocol"),
        Error::Version { .. } => format!("{error}: name one of the server's with --protocol"),
        Error::NotInVersion { .. } => format!("{error}: name a later one with --protocol"),
        Error::StartOver { .. } => format!("{happened}: run the same again"),
        Error::NoProgress => format!("{happened}: try again later"),
        Error::ProvisionLoop { .. } => {
            "the server asks for its policies again although they were just accepted: ask its administrator"
                .to_owned()
        }
        Error::RemoteWipe { account_only } => {
            let what = if *account_only { "what it has of this account" } else { "its data" };
            format!(
                "the server's administrator wants this device to erase {what}: nothing is fetched any more, \
                 and nothing was erased; the files are yours to delete"
            )
        }
        Error::TooLarge { limit, .. } => {
            format!("the server's answer is longer than {limit} bytes: ask for less at once with --window")
        }
        Error::Malformed { .. } | Error::Unexpected { .. } => {
            format!("{error}; if it stays so, report it to whoever runs the server")
        }
        Error::Request { .. } => format!("{error}: this is a fault of activesync-client, please report it"),
        Error::State(fault) => state(fault),
        Error::NoFolder { name, known } => no_folder(name, known),
        Error::File { path, source } => file(path, source),
        _ => error.to_string(),
    }
}

/// What the program says of an error, if it is one of those that need it.
fn text(cause: &(dyn std::error::Error + 'static)) -> Option<String> {
    cause.downcast_ref().map(of).or_else(|| cause.downcast_ref().map(state))
}

fn no_folder(name: &str, known: &[String]) -> String {
    let list = if known.is_empty() { "none".to_owned() } else { few(known) };
    let advice = if list.ends_with(" more") { "; `activesync-client folders` lists them all" } else { "" };
    format!("there is no folder {}; there are: {list}{advice}", brief(name))
}

/// A path that is too long for a system is too long for a person, too.
pub(super) fn file(path: &Path, fault: &std::io::Error) -> String {
    format!("{}: {fault}", without_middle(path.display(), 200))
}

fn certificate(host: &str, fault: &CertificateFault) -> String {
    let advice = match fault {
        CertificateFault::SelfSigned => "if it is the right one, trust it with --ca-cert FILE, its PEM file",
        CertificateFault::UnknownIssuer => "if it is the right one, trust its authority with --ca-cert FILE",
        CertificateFault::WrongName { names } if !names.is_empty() => "use that name in --url",
        CertificateFault::NotValidYet { .. } => "check the clock",
        _ => "the server needs a new one",
    };
    format!("the certificate of {host} is refused: {fault}; {advice}")
}

fn state(fault: &StateError) -> String {
    match fault {
        StateError::InUse { path } => format!(
            "{}: another activesync-client synchronizes with this state: end it, or choose another with --state",
            path.display()
        ),
        StateError::Foreign { path } => format!(
            "{}: this is no state of activesync-client: choose another directory with --state",
            path.display()
        ),
        StateError::OtherUser { found, expected } => format!(
            "the state belongs to the user {found}, not to {expected}: choose another directory with --state"
        ),
        StateError::Damaged { .. } => {
            format!("{fault}: choose another directory with --state, and start over")
        }
        _ => fault.to_string(),
    }
}

fn with(text: String, action: StatusAction) -> String {
    let advice = match action {
        StatusAction::Retry => "try again later",
        StatusAction::Sync
        | StatusAction::Resync
        | StatusAction::ResendFull
        | StatusAction::FolderSync
        | StatusAction::FolderResync => "run the same again",
        StatusAction::Provision => "run the same again; if it stays so, ask the server's administrator",
        StatusAction::ChangeVersion => "name another version with --protocol",
        StatusAction::AskCredentials => "check the name and the password",
        StatusAction::ObserveLimit | StatusAction::FixRequest => {
            "this is a fault of activesync-client or of the server, please report it"
        }
        _ => return text,
    };
    format!("{text}: {advice}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use activesync_client::HttpStatus;
    use activesync_client::types::status::{FolderSyncStatus, PingStatus, SyncStatus};

    use super::*;

    /// An error of each kind whose words for programs mean nothing at a terminal.
    fn some() -> Vec<Error> {
        let command = "Sync";
        let mut errors = vec![
            Error::RemoteWipe { account_only: false },
            Error::RemoteWipe { account_only: true },
            Error::NoVersions,
            Error::StartOver { command },
            Error::ProvisionLoop { command },
            Error::TooLarge { command, limit: 5 },
            Error::NoProgress,
            Error::Busy { command, retry_after: Some(Duration::from_secs(5)), reason: None },
        ];
        errors.extend(
            [
                CertificateFault::SelfSigned,
                CertificateFault::UnknownIssuer,
                CertificateFault::WrongName { names: vec!["a".into()] },
                CertificateFault::Expired { since: Duration::from_hours(48) },
            ]
            .map(|fault| Error::Certificate { host: "mail.example.org".into(), fault }),
        );
        errors.extend((400..=599).map(|status| Error::Http { command, status: HttpStatus(status) }));
        errors.extend((1..=20).flat_map(|code| {
            [
                SyncStatus::from_code(code).info(),
                FolderSyncStatus::from_code(code).info(),
                PingStatus::from_code(code).info(),
            ]
            .map(|info| Error::Status { command, info })
        }));
        errors.extend(
            (100..=180).map(|code| Error::Status { command, info: SyncStatus::from_code(code).info() }),
        );
        errors
    }

    #[test]
    fn a_person_is_not_told_to_call_functions() {
        for error in some() {
            let text = explain(&error.into());
            for word in [
                "call ",
                "`acknowledge",
                "tell the user",
                "ask the user",
                "and repeat",
                "repeat the request after",
                "add_root",
                "\n",
            ] {
                assert!(!text.contains(word), "{word}: {text}");
            }
        }
    }

    #[test]
    fn a_folder_that_is_not_there_does_not_fill_the_screen() {
        let known: Vec<String> = (0..1_200).map(|n| format!("{}/{n}", "x".repeat(9_000))).collect();
        let error = Error::NoFolder { name: "Nope".into(), known };
        let library = error.to_string();
        assert!(library.contains("/9 and 1190 more") && !library.contains("/10"), "{}", library.len());
        let text = explain(&error.into());
        assert!(text.starts_with("there is no folder Nope; there are: xxx"), "{text}");
        assert!(text.ends_with("/9 and 1,190 more; `activesync-client folders` lists them all"), "{text}");
        assert!(text.len() < 1_000, "{text}");
    }

    #[test]
    fn what_to_do_is_said_in_options_of_the_program() {
        for (error, says) in [
            (Error::TooLarge { command: "Sync", limit: 5 }, "--window"),
            (Error::NoVersions, "--protocol"),
            (StateError::InUse { path: "state.db".into() }.into(), "--state"),
            (StateError::OtherUser { found: "ada".into(), expected: "bob".into() }.into(), "--state"),
            (Error::Certificate { host: "h".into(), fault: CertificateFault::SelfSigned }, "--ca-cert"),
        ] {
            let text = explain(&error.into());
            assert!(text.contains(says), "{text}");
        }
        let text = explain(&anyhow::Error::from(Error::NoVersions).context("cert.pem"));
        assert!(text.starts_with("cert.pem: the server does not say"), "{text}");
    }
}
