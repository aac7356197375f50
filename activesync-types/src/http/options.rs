//! What a server can do, as it says in the answer to OPTIONS.

use std::borrow::Cow;

use wbxml::{IntoOwned, ProtocolVersion};

use crate::CommandInfo;

/// The versions and commands of a server (`[MS-ASHTTP]` 2.2.2.1.2.3 and 2.2.2.1.2.4).
///
/// Now and then a server answers without these headers: then both lists are empty, and what it said before holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerOptions<'a> {
    /// The versions, oldest first. Those that this crate does not know are left out.
    pub versions: Vec<ProtocolVersion>,
    /// The names of the commands.
    pub commands: Vec<Cow<'a, str>>,
}

impl ServerOptions<'static> {
    /// A server of these versions, with all commands that any of them has.
    pub fn new(versions: &[ProtocolVersion]) -> Self {
        let commands = crate::COMMANDS
            .iter()
            .filter(|command| versions.iter().any(|version| command.versions.contains(*version)))
            .map(|command| Cow::Borrowed(command.name))
            .collect();
        let mut versions = versions.to_vec();
        versions.sort_unstable();
        versions.dedup();
        Self { versions, commands }
    }
}

impl<'a> ServerOptions<'a> {
    /// Only the commands that the server speaks.
    #[must_use]
    pub fn with_commands(mut self, speaks: impl Fn(&CommandInfo) -> bool) -> Self {
        self.commands.retain(|name| CommandInfo::by_name(name).is_some_and(&speaks));
        self
    }

    /// The newest version that both sides have.
    ///
    /// ```
    /// # use activesync_types::http::ServerOptions;
    /// use wbxml::ProtocolVersion;
    ///
    /// let server = ServerOptions::new(&[ProtocolVersion::V12_1, ProtocolVersion::V14_1]);
    /// assert_eq!(server.best(&ProtocolVersion::ALL), Some(ProtocolVersion::V14_1));
    /// assert_eq!(server.best(&[ProtocolVersion::V16_1]), None);
    /// ```
    pub fn best(&self, ours: &[ProtocolVersion]) -> Option<ProtocolVersion> {
        self.versions.iter().copied().filter(|version| ours.contains(version)).max()
    }

    /// Whether the server has a command; letter case does not matter.
    pub fn has_command(&self, name: &str) -> bool {
        self.commands.iter().any(|command| command.eq_ignore_ascii_case(name))
    }

    pub(super) fn parse_versions(list: &str) -> Vec<ProtocolVersion> {
        let mut versions: Vec<_> = list.split(',').filter_map(|version| version.parse().ok()).collect();
        versions.sort_unstable();
        versions.dedup();
        versions
    }

    pub(super) fn parse_commands(list: &'a str) -> Vec<Cow<'a, str>> {
        list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(Cow::Borrowed).collect()
    }

    /// The value of `MS-ASProtocolVersions`.
    pub fn versions_header(&self) -> Option<String> {
        (!self.versions.is_empty()).then(|| join_versions(&self.versions))
    }

    /// The value of `MS-ASProtocolCommands`.
    pub fn commands_header(&self) -> Option<String> {
        (!self.commands.is_empty()).then(|| self.commands.join(","))
    }
}

impl IntoOwned for ServerOptions<'_> {
    type Owned = ServerOptions<'static>;

    fn into_owned(self) -> ServerOptions<'static> {
        ServerOptions { versions: self.versions, commands: self.commands.into_owned() }
    }
}

pub(super) fn join_versions(versions: &[ProtocolVersion]) -> String {
    versions.iter().map(|version| version.as_str()).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of `[MS-ASHTTP]` 2.2.4.1.2.
    const COMMANDS: &str = "Sync,SendMail,SmartForward,SmartReply,GetAttachment,GetHierarchy,CreateCollection,\
                            DeleteCollection,MoveCollection,FolderSync,FolderCreate,FolderDelete,FolderUpdate,\
                            MoveItems,GetItemEstimate,MeetingResponse,Search,Settings,Ping,ItemOperations,Provision,\
                            ResolveRecipients,ValidateCert,Find";

    #[test]
    fn a_server_of_all_versions_lists_all_commands_in_the_usual_order() {
        let versions: Vec<_> = ServerOptions::parse_versions("2.5,12.0,12.1,14.0,14.1,16.0,16.1,17.0");
        assert_eq!(versions.len(), 7);
        let server = ServerOptions::new(&versions).with_commands(|command| command.name != "Notify");
        assert_eq!(server.commands_header().as_deref(), Some(COMMANDS));
        assert_eq!(server.versions_header().as_deref(), Some("2.5,12.0,12.1,14.0,14.1,16.0,16.1"));
        assert_eq!(ServerOptions::parse_commands(COMMANDS), server.commands);
    }

    #[test]
    fn a_new_server_has_no_old_commands() {
        let server = ServerOptions::new(&[ProtocolVersion::V14_1]);
        assert!(
            server.has_command("sync") && !server.has_command("GetAttachment") && !server.has_command("Find")
        );
    }

    #[test]
    fn an_answer_without_headers_has_no_versions() {
        let server = ServerOptions::default();
        assert_eq!((server.versions_header(), server.commands_header()), (None, None));
        assert_eq!(server.best(&ProtocolVersion::ALL), None);
    }
}
