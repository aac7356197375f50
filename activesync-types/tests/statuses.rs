//! Statuses, held against `../shared/spec/status-codes.tsv`: every number of the commands whose types are here, with the
//! versions and scope that it has there, and none besides.

mod support;

use std::collections::BTreeSet;

use activesync_types::status::{
    CommonStatus, DeviceInformationStatus, FolderCreateStatus, FolderDeleteStatus, FolderSyncStatus,
    FolderUpdateStatus, GetItemEstimateStatus, ItemOperationsStatus, MoveItemsStatus, PingStatus,
    PolicyAcknowledgement, PolicyStatus, ProvisionStatus, RemoteWipeStatus, StatusAction, StatusInfo,
    StatusScope, SyncStatus,
};
use support::{rows, spec_dir};
use wbxml::ProtocolVersion;

/// All statuses of a type, and what the type makes of any number.
struct Known {
    own: Vec<StatusInfo>,
    info: fn(u16) -> StatusInfo,
}

macro_rules! known {
    ($status:ident) => {
        Known {
            own: $status::OWN.iter().map(|status| status.info()).collect(),
            info: |code| $status::from_code(code).info(),
        }
    };
}

/// The type for a row's command and element; `None` for commands without types yet.
fn known(command: &str, element: &str) -> Option<Known> {
    Some(match (command, element) {
        ("Sync", _) => known!(SyncStatus),
        ("FolderSync", _) => known!(FolderSyncStatus),
        ("FolderCreate", _) => known!(FolderCreateStatus),
        ("FolderDelete", _) => known!(FolderDeleteStatus),
        ("FolderUpdate", _) => known!(FolderUpdateStatus),
        ("GetItemEstimate", _) => known!(GetItemEstimateStatus),
        ("ItemOperations", _) => known!(ItemOperationsStatus),
        ("MoveItems", _) => known!(MoveItemsStatus),
        ("Ping", _) => known!(PingStatus),
        ("Provision", "Provision") => known!(ProvisionStatus),
        ("Provision", "Policy (response)") => known!(PolicyStatus),
        ("Provision", "Policy (request)") => known!(PolicyAcknowledgement),
        ("Provision", "RemoteWipe (request)" | "AccountOnlyRemoteWipe (request)") => known!(RemoteWipeStatus),
        ("Settings", "other than DevicePassword and Settings") => known!(DeviceInformationStatus),
        _ => return None,
    })
}

#[test]
fn every_status_of_the_table_is_known_and_no_other() {
    let Some(spec) = spec_dir() else { return };
    let table = rows(&spec.join("status-codes.tsv"));
    let mut groups = BTreeSet::new();
    let mut checked = 0;
    for row in &table {
        let (command, element, scope) = (row[0].as_str(), row[1].as_str(), row[4].as_str());
        let Some(known) = known(command, element) else { continue };
        groups.insert((command, element));
        let code: u16 = row[2].parse().unwrap();
        let info = (known.info)(code);
        assert_eq!(info.code, code, "{command} {element} {code}");
        assert!(info.meaning != (known.info)(9999).meaning, "{command} {element} {code} has no meaning");
        // What is above 100 has one entry for all commands.
        if code < 100 {
            assert_eq!(scope_name(info.scope), scope, "scope of {command} {element} {code}");
        }
        checked += 1;
    }
    assert_eq!(checked, 101, "rows of the table for these commands");

    for (command, element) in groups {
        for info in known(command, element).unwrap().own {
            let code = info.code.to_string();
            assert!(
                table.iter().any(|row| row[0] == command && row[1] == element && row[2] == code),
                "{command} {element} has no status {code}"
            );
        }
    }
}

fn scope_name(scope: StatusScope) -> &'static str {
    match scope {
        StatusScope::Global => "global",
        StatusScope::Item => "item",
        StatusScope::Policy => "policy",
        StatusScope::Any => "global or item",
        other => panic!("{other:?} has no name in the table"),
    }
}

#[test]
fn every_common_status_has_the_name_version_and_http_status_of_the_table() {
    let Some(spec) = spec_dir() else { return };
    let table = rows(&spec.join("status-codes.tsv"));
    let common: Vec<_> = table.iter().filter(|row| row[0] == "(common)").collect();
    assert_eq!(common.len(), CommonStatus::ALL.len());
    for (row, status) in common.into_iter().zip(CommonStatus::ALL) {
        let code: u16 = row[2].parse().unwrap();
        assert_eq!(status.code(), code);
        assert_eq!(CommonStatus::from_code(code), *status);

        let (name, meaning) = row[3].split_once(": ").unwrap();
        let plain = |name: &str| name.replace('_', "").to_lowercase();
        assert_eq!(plain(&format!("{status:?}")), plain(name));

        let first = row[5].split(',').next().unwrap();
        assert_eq!(status.since(), first.parse::<ProtocolVersion>().unwrap(), "first version of {name}");

        let http = meaning.split_once("12.1 and older: HTTP ").map(|(_, rest)| {
            let first = rest.split_once(' ').map_or(rest, |(first, _)| first);
            let number = first.trim_end_matches(',');
            number.parse::<u16>().unwrap()
        });
        // A device without a policy key gets 403 for a wipe; one that has a key, which is the rule, 449.
        let http = if code == 140 { Some(449) } else { http };
        assert_eq!(status.http_status(), http, "HTTP status of {name}");
    }
}

#[test]
fn numbers_without_a_meaning_survive() {
    for code in [0, 2, 10, 157, 158, 180, 185, 200, u16::MAX] {
        assert_eq!(SyncStatus::from_code(code), SyncStatus::Other(code));
        assert_eq!(SyncStatus::from_code(code).code(), code);
        assert_eq!(SyncStatus::from_code(code).action(), StatusAction::TellUser);
    }
}

#[test]
fn only_success_needs_nothing_to_be_done() {
    let succeeds = SyncStatus::OWN.iter().filter(|status| status.is_success());
    assert_eq!(succeeds.copied().collect::<Vec<_>>(), [SyncStatus::Success]);
    let goes_on = SyncStatus::OWN.iter().filter(|status| status.action() == StatusAction::Continue);
    assert_eq!(goes_on.copied().collect::<Vec<_>>(), [SyncStatus::Success]);
    assert!(MoveItemsStatus::from_code(3).is_success() && !MoveItemsStatus::from_code(1).is_success());
    assert!(PingStatus::NoChanges.is_success() && PingStatus::Changes.is_success());
}

#[test]
fn a_status_says_what_to_do() {
    assert_eq!(
        ProvisionStatus::from_code(142).info().to_string(),
        "the server requires a policy that this device does not have (status 142): call `Provision` and repeat"
    );
    assert_eq!(SyncStatus::Success.info().to_string(), "success (status 1)");
}
