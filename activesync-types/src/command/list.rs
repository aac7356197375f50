//! All commands, as data.

use wbxml::{ProtocolVersion, VersionSet};

/// What is known of a command without its types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommandInfo {
    /// The name in the query of the request, and in the header `MS-ASProtocolCommands`.
    pub name: &'static str,
    /// The number in a base64 query. `[MS-ASHTTP]` 2.2.1.1.1.1.2.
    pub code: Option<u8>,
    /// The versions that have it.
    pub versions: VersionSet,
}

impl CommandInfo {
    /// The command of a name; letter case does not matter.
    pub fn by_name(name: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| command.name.eq_ignore_ascii_case(name))
    }

    /// The command of a number in a base64 query.
    pub fn by_code(code: u8) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| command.code == Some(code))
    }

    /// The commands of a version, in the order in which servers list them.
    pub fn of_version(version: ProtocolVersion) -> impl Iterator<Item = &'static Self> {
        COMMANDS.iter().filter(move |command| command.versions.contains(version))
    }
}

/// All commands, in the order in which servers list them.
///
/// `Autodiscover` is not one: it has its own address and is no WBXML. `CreateCollection`, `DeleteCollection`,
/// `MoveCollection` and `Notify` are in no specification; the numbers 5 to 8 and the versions of these are
/// inferred.
pub static COMMANDS: &[CommandInfo] = &[
    command("Sync", Some(0), VersionSet::ALL),
    command("SendMail", Some(1), VersionSet::ALL),
    command("SmartForward", Some(2), VersionSet::ALL),
    command("SmartReply", Some(3), VersionSet::ALL),
    command("GetAttachment", Some(4), VersionSet::until(ProtocolVersion::V12_1)),
    command("GetHierarchy", Some(5), VersionSet::until(ProtocolVersion::V12_1)),
    command("CreateCollection", Some(6), VersionSet::until(ProtocolVersion::V2_5)),
    command("DeleteCollection", Some(7), VersionSet::until(ProtocolVersion::V2_5)),
    command("MoveCollection", Some(8), VersionSet::until(ProtocolVersion::V2_5)),
    command("FolderSync", Some(9), VersionSet::since(ProtocolVersion::V2_0)),
    command("FolderCreate", Some(10), VersionSet::since(ProtocolVersion::V2_0)),
    command("FolderDelete", Some(11), VersionSet::since(ProtocolVersion::V2_0)),
    command("FolderUpdate", Some(12), VersionSet::since(ProtocolVersion::V2_0)),
    command("MoveItems", Some(13), VersionSet::ALL),
    command("GetItemEstimate", Some(14), VersionSet::ALL),
    command("MeetingResponse", Some(15), VersionSet::ALL),
    command("Search", Some(16), VersionSet::since(ProtocolVersion::V2_5)),
    command("Settings", Some(17), VersionSet::since(ProtocolVersion::V12_0)),
    command("Ping", Some(18), VersionSet::since(ProtocolVersion::V2_5)),
    command("ItemOperations", Some(19), VersionSet::since(ProtocolVersion::V12_0)),
    command("Provision", Some(20), VersionSet::since(ProtocolVersion::V2_5)),
    command("ResolveRecipients", Some(21), VersionSet::since(ProtocolVersion::V2_5)),
    command("ValidateCert", Some(22), VersionSet::since(ProtocolVersion::V2_5)),
    command("Find", Some(23), VersionSet::since(ProtocolVersion::V16_1)),
    command("Notify", None, VersionSet::range(ProtocolVersion::V2_0, ProtocolVersion::V2_5)),
];

const fn command(name: &'static str, code: Option<u8>, versions: VersionSet) -> CommandInfo {
    CommandInfo { name, code, versions }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The table of `[MS-ASHTTP]` 2.2.1.1.1.1.2; 5 to 8 are not in it.
    #[test]
    fn numbers_are_those_of_the_specification() {
        let table = "0 Sync 1 SendMail 2 SmartForward 3 SmartReply 4 GetAttachment 9 FolderSync 10 FolderCreate \
                     11 FolderDelete 12 FolderUpdate 13 MoveItems 14 GetItemEstimate 15 MeetingResponse 16 Search \
                     17 Settings 18 Ping 19 ItemOperations 20 Provision 21 ResolveRecipients 22 ValidateCert 23 Find";
        let mut words = table.split(' ');
        let mut count = 0;
        while let (Some(code), Some(name)) = (words.next(), words.next()) {
            let command = CommandInfo::by_code(code.parse().unwrap()).unwrap();
            assert_eq!(command.name, name);
            assert_eq!(CommandInfo::by_name(&name.to_lowercase()), Some(command));
            count += 1;
        }
        assert_eq!(count, 20);
        assert_eq!(CommandInfo::by_code(24), None);
        assert_eq!(CommandInfo::by_name("Autodiscover"), None);
    }

    #[test]
    fn each_version_has_its_commands() {
        let has = |version, name| CommandInfo::of_version(version).any(|command| command.name == name);
        assert!(has(ProtocolVersion::V1_0, "GetHierarchy") && !has(ProtocolVersion::V1_0, "FolderSync"));
        assert!(has(ProtocolVersion::V2_0, "Notify") && !has(ProtocolVersion::V12_0, "Notify"));
        assert!(!has(ProtocolVersion::V2_1, "Ping") && has(ProtocolVersion::V2_5, "Ping"));
        assert!(
            !has(ProtocolVersion::V2_5, "ItemOperations") && has(ProtocolVersion::V12_0, "ItemOperations")
        );
        assert!(
            has(ProtocolVersion::V12_1, "GetAttachment") && !has(ProtocolVersion::V14_0, "GetAttachment")
        );
        assert!(!has(ProtocolVersion::V16_0, "Find") && has(ProtocolVersion::V16_1, "Find"));
        for version in ProtocolVersion::ALL {
            assert!(has(version, "Sync") && has(version, "SendMail"), "{version}");
        }
    }
}
