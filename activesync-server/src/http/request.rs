//! From query and headers to a command, or the reason why not.

use std::borrow::Cow;

use activesync_types::CommandInfo;
use activesync_types::http::{Parameters, Query, QueryError, RequestHeaders};
use activesync_types::status::CommonStatus;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use http::{StatusCode, request};
use wbxml::{IntoOwned, ProtocolVersion};

/// What a request says before its body.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) command: &'static CommandInfo,
    /// The version that decides every element of the answer.
    pub(crate) version: ProtocolVersion,
    pub(crate) device: Device,
    pub(crate) policy_key: Option<u32>,
    pub(crate) parameters: Parameters<'static>,
    pub(crate) accept_multi_part: bool,
    pub(crate) content_type: Option<String>,
}

/// The device that asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Device {
    pub(crate) id: String,
    pub(crate) kind: String,
}

/// Why a request gets no further than its head.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// An HTTP status, and words for whoever debugs a client.
    Http(StatusCode, String),
    /// A status of every command; up to 12.1 the HTTP status in its place.
    Status(&'static CommandInfo, ProtocolVersion, CommonStatus),
}

impl Head {
    /// Reads it, for a server that has these versions and commands.
    pub(crate) fn read(
        parts: &request::Parts,
        versions: &[ProtocolVersion],
        commands: impl Fn(&CommandInfo) -> bool,
    ) -> Result<Self, Refusal> {
        let raw = parts.uri.query().unwrap_or_default();
        let mut headers = read_headers(parts)?;
        let query = read_query(raw)?;
        headers.merge(&query);
        let command = CommandInfo::by_name(&query.command).filter(|command| commands(command));
        let command = command.ok_or_else(|| unknown_command(&query.command))?;
        let version = version_for(command, headers.version(), versions);
        let version = match version {
            Err(refusal) if headers.protocol_version.is_none() => {
                return Err(no_version(command, &refusal, versions));
            }
            known => known?,
        };
        if !is_device_id(&query.device_id) {
            return Err(Refusal::Status(command, version, CommonStatus::DeviceIdMissingOrInvalid));
        }
        if query.device_type.is_empty() {
            return Err(Refusal::Status(command, version, CommonStatus::DeviceTypeMissingOrInvalid));
        }
        Ok(Self {
            command,
            version,
            device: Device { id: query.device_id.into_owned(), kind: query.device_type.into_owned() },
            policy_key: headers.policy_key,
            accept_multi_part: headers.accept_multi_part,
            content_type: headers.content_type.map(Cow::into_owned),
            parameters: query.parameters,
        })
    }
}

fn read_headers(parts: &request::Parts) -> Result<RequestHeaders<'_>, Refusal> {
    // What is no text is none of ours, and what is empty says nothing.
    let texts = parts.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let texts = texts.filter(|(_, value)| !value.trim().is_empty());
    RequestHeaders::read(texts).map_err(|error| Refusal::Http(StatusCode::BAD_REQUEST, error.to_string()))
}

fn unknown_command(name: &str) -> Refusal {
    let name: String = name.chars().take(40).collect();
    Refusal::Http(StatusCode::NOT_IMPLEMENTED, format!("this server has no command {name:?}"))
}

/// The query; a device identifier or type that it lacks is empty. From 14.0 on a status says so in an answer of the
/// command: the rest has to be known.
fn read_query(raw: &str) -> Result<Query<'static>, Refusal> {
    let error = match Query::parse(raw) {
        Ok(query) => return Ok(query.into_owned()),
        Err(error) => error,
    };
    let status = match &error {
        QueryError::UnknownCommand(_) => StatusCode::NOT_IMPLEMENTED,
        _ => StatusCode::BAD_REQUEST,
    };
    let QueryError::Missing(name @ ("DeviceId" | "DeviceType")) = error else {
        return Err(Refusal::Http(status, error.to_string()));
    };
    let completed = complete_plain(raw).or_else(|| complete_base64(raw));
    let mut query = completed.ok_or_else(|| Refusal::Http(status, error.to_string()))?;
    let missing = if name == "DeviceId" { &mut query.device_id } else { &mut query.device_type };
    *missing = Cow::default();
    Ok(query)
}

fn complete_plain(raw: &str) -> Option<Query<'static>> {
    Query::parse(&format!("{raw}&DeviceId=missing&DeviceType=missing")).ok().map(IntoOwned::into_owned)
}

/// `[MS-ASHTTP]` 2.2.1.1.1.1: version, command and locale are 4 bytes; device identifier, policy key and device type
/// follow, each after its length.
fn complete_base64(raw: &str) -> Option<Query<'static>> {
    // As the value of a parameter it loses its escapes.
    let unescaped = format!("Cmd={raw}&DeviceId=missing&DeviceType=missing");
    let text = Query::parse(&unescaped).ok()?.command;
    let bytes = STANDARD_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
    let completed = [bytes.get(..4)?, b"\x07missing\x00\x07missing"].concat();
    Query::parse(&STANDARD_NO_PAD.encode(completed)).ok().map(IntoOwned::into_owned)
}

/// The version to answer in: that of the request, if the server speaks it and it has the command.
fn version_for(
    command: &'static CommandInfo,
    version: ProtocolVersion,
    spoken: &[ProtocolVersion],
) -> Result<ProtocolVersion, Refusal> {
    if !spoken.contains(&version) {
        return Err(Refusal::Status(command, version, CommonStatus::VersionNotSupported));
    }
    if command.versions.contains(version) {
        return Ok(version);
    }
    if version == ProtocolVersion::V1_0 && command.name.starts_with("Folder") {
        return Err(Refusal::Http(
            StatusCode::NOT_IMPLEMENTED,
            format!("{} is newer than version 1.0", command.name),
        ));
    }
    // Devices of Exchange 2003's time call what the server lists, whatever version they chose.
    let legacy = ProtocolVersion::ALL.iter().copied().take_while(|other| *other <= ProtocolVersion::V2_5);
    let first = legacy.filter(|other| *other > version).find(|other| command.versions.contains(*other));
    match first {
        Some(first) if spoken.contains(&first) => Ok(first),
        // These two have no body that could carry a status.
        _ if matches!(command.name, "GetAttachment" | "GetHierarchy") => Err(Refusal::Http(
            StatusCode::NOT_IMPLEMENTED,
            format!("{} ended with version 12.1", command.name),
        )),
        _ => Err(Refusal::Status(command, version, CommonStatus::VersionNotSupported)),
    }
}

/// Who leaves the version out is most likely no device of 2002, but a client that is being written.
fn no_version(command: &CommandInfo, refusal: &Refusal, spoken: &[ProtocolVersion]) -> Refusal {
    let status = match refusal {
        Refusal::Http(status, _) => *status,
        // How version 1.0 is told so.
        Refusal::Status(..) => StatusCode::HTTP_VERSION_NOT_SUPPORTED,
    };
    let spoken = spoken.iter().filter(|version| **version > ProtocolVersion::V1_0);
    let spoken: Vec<_> = spoken.map(ToString::to_string).collect();
    let words = format!(
        "the header MS-ASProtocolVersion is missing, which means version 1.0, and {} cannot be had in that: send \
         the header; this server speaks {}",
        command.name,
        spoken.join(", ")
    );
    Refusal::Http(status, words)
}

/// `[MS-ASHTTP]` 2.2.1.1.1.2.3: no commas or special characters. Android asks as `validate` before it is set up.
fn is_device_id(id: &str) -> bool {
    (1..=MAX_DEVICE_ID).contains(&id.len()) && id.chars().all(|c| c.is_alphanumeric() || "-_.:{}".contains(c))
}

/// More than any device uses; the identifier is part of keys in the store.
const MAX_DEVICE_ID: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str, headers: &[(&str, &str)]) -> Result<Head, Refusal> {
        let mut request = http::Request::post(format!("/Microsoft-Server-ActiveSync?{query}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let spoken: Vec<_> =
            ProtocolVersion::ALL.into_iter().filter(|v| *v != ProtocolVersion::V14_0).collect();
        Head::read(&parts, &spoken, |command| command.name != "Find")
    }

    fn of_version(command: &str, version: &str) -> Result<ProtocolVersion, Refusal> {
        let query = format!("Cmd={command}&User=ada&DeviceId=d1&DeviceType=test");
        read(&query, &[("MS-ASProtocolVersion", version)]).map(|head| head.version)
    }

    fn status(refusal: Result<ProtocolVersion, Refusal>) -> u16 {
        match refusal.unwrap_err() {
            Refusal::Http(status, _) => status.as_u16(),
            Refusal::Status(_, _, status) => status.code(),
        }
    }

    #[test]
    fn both_forms_of_the_query_say_the_same() {
        let plain = read(
            "Cmd=FolderSync&User=ada&DeviceId=dev01&DeviceType=test",
            &[("MS-ASProtocolVersion", "16.1"), ("X-MS-PolicyKey", "1307199584")],
        )
        .unwrap();
        // The second of the worked queries in shared/spec/http-query-examples.tsv.
        let base64 = read("oQkdBAVkZXYwMQRgSOpNBHRlc3Q=", &[]).unwrap();
        for head in [&plain, &base64] {
            assert_eq!((head.command.name, head.version), ("FolderSync", ProtocolVersion::V16_1));
            assert_eq!(head.device, Device { id: "dev01".into(), kind: "test".into() });
            assert_eq!(head.policy_key, Some(1_307_199_584));
        }
    }

    #[test]
    fn without_a_version_it_is_1_0() {
        let head = read("Cmd=GetHierarchy&User=ada&DeviceId=d1&DeviceType=PocketPC", &[]).unwrap();
        assert_eq!(head.version, ProtocolVersion::V1_0);
    }

    #[test]
    fn a_version_that_is_missed_is_asked_for() {
        let ask = |command: &str| read(&format!("Cmd={command}&User=ada&DeviceId=d1&DeviceType=t"), &[]);
        // The statuses are those of shared/spec/legacy.md for a device of 1.0.
        for (command, expected) in [("FolderSync", 501), ("ItemOperations", 505)] {
            let Err(Refusal::Http(status, words)) = ask(command) else { panic!("{command} was not refused") };
            assert_eq!(status.as_u16(), expected, "{command}");
            for part in
                ["MS-ASProtocolVersion is missing", command, "2.0, 2.1, 2.5, 12.0, 12.1, 14.1, 16.0, 16.1"]
            {
                assert!(words.contains(part), "{words}");
            }
        }
        let said = of_version("FolderSync", "1.0").unwrap_err();
        assert!(matches!(&said, Refusal::Http(_, words) if !words.contains("missing")), "{said:?}");
    }

    #[test]
    fn empty_headers_say_nothing() {
        let head = read("Cmd=Sync&DeviceId=d1&DeviceType=t", &[("X-MS-PolicyKey", "")]).unwrap();
        assert_eq!(head.policy_key, None);
    }

    #[test]
    fn a_command_is_refused_in_versions_that_lack_it() {
        assert_eq!(of_version("ItemOperations", "12.0"), Ok(ProtocolVersion::V12_0));
        assert_eq!(status(of_version("ItemOperations", "2.5")), 138);
        assert_eq!(of_version("GetHierarchy", "12.1"), Ok(ProtocolVersion::V12_1));
        assert_eq!(status(of_version("GetHierarchy", "14.1")), 501);
        assert_eq!(status(of_version("GetAttachment", "16.1")), 501);
        assert_eq!(of_version("FolderSync", "2.0"), Ok(ProtocolVersion::V2_0));
        assert_eq!(status(of_version("FolderSync", "1.0")), 501);
        assert_eq!(status(of_version("FolderSync", "14.0")), 138, "the server does not speak it");
        assert_eq!(of_version("Ping", "2.1"), Ok(ProtocolVersion::V2_5), "tolerated");
        assert_eq!(status(of_version("Find", "16.1")), 501, "the server does not have it");
        assert_eq!(status(of_version("Frobnicate", "16.1")), 501);
    }

    #[test]
    fn what_is_missing_is_told_as_the_version_can() {
        let missing = |query| read(query, &[("MS-ASProtocolVersion", "14.1")]).unwrap_err();
        let is = |refusal: Refusal, expected| {
            assert!(
                matches!(&refusal, Refusal::Status(command, ProtocolVersion::V14_1, status)
                if command.name == "Sync" && *status == expected),
                "{refusal:?}"
            );
        };
        is(missing("Cmd=Sync&User=ada&DeviceType=t"), CommonStatus::DeviceIdMissingOrInvalid);
        is(missing("Cmd=Sync&User=ada&DeviceId=a,b&DeviceType=t"), CommonStatus::DeviceIdMissingOrInvalid);
        is(missing("Cmd=Sync&User=ada&DeviceId=d1"), CommonStatus::DeviceTypeMissingOrInvalid);
        for query in ["User=ada&DeviceId=d1&DeviceType=t", "", "Cmd=%FF&x=y", "jAAJBAp2MTQw"] {
            assert!(matches!(missing(query), Refusal::Http(StatusCode::BAD_REQUEST, _)), "{query}");
        }
        let version =
            read("Cmd=Sync&DeviceId=d1&DeviceType=t", &[("MS-ASProtocolVersion", "15.0")]).unwrap_err();
        assert!(matches!(version, Refusal::Http(StatusCode::BAD_REQUEST, _)), "{version:?}");
    }

    #[test]
    fn android_validates_under_a_name_of_its_own() {
        let head =
            read("Cmd=FolderSync&DeviceId=validate&DeviceType=Android", &[("MS-ASProtocolVersion", "2.5")]);
        assert_eq!(head.unwrap().device.id, "validate");
    }
}
