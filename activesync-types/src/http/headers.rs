//! The headers of requests and answers.

use std::borrow::Cow;
use std::fmt;

use wbxml::{IntoOwned, ProtocolVersion};

use super::{Query, ServerOptions};

/// The media type of a WBXML body (`[MS-ASHTTP]` 2.2.1.1.2.3).
pub const CONTENT_TYPE_WBXML: &str = "application/vnd.ms-sync.wbxml";
/// The media type of an ItemOperations answer with parts: see [`MultiPart`](super::MultiPart).
pub const CONTENT_TYPE_MULTIPART: &str = "application/vnd.ms-sync.multipart";
/// The media type of the body of SendMail, SmartForward and SmartReply up to 12.1.
pub const CONTENT_TYPE_MESSAGE: &str = "message/rfc822";

/// Whether a media type is that of a WBXML body: in full, or `application/vnd.ms-sync` for short; parameters do not
/// count.
pub fn is_wbxml(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    ["application/vnd.ms-sync.wbxml", "application/vnd.ms-sync"]
        .iter()
        .any(|known| media_type.eq_ignore_ascii_case(known))
}

/// The headers of a request that the protocol gives a meaning (`[MS-ASHTTP]` 2.2.1.1.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct RequestHeaders<'a> {
    /// `MS-ASProtocolVersion`; a base64 query says it instead.
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::optional_version))]
    pub protocol_version: Option<ProtocolVersion>,
    /// `X-MS-PolicyKey`; a base64 query says it instead.
    pub policy_key: Option<u32>,
    /// `MS-ASAcceptMultiPart: T`; a base64 query says it instead.
    pub accept_multi_part: bool,
    /// `Content-Type`.
    pub content_type: Option<Cow<'a, str>>,
    /// `User-Agent`.
    pub user_agent: Option<Cow<'a, str>>,
    /// `Accept-Language`: the language of searches.
    pub accept_language: Option<Cow<'a, str>>,
}

impl<'a> RequestHeaders<'a> {
    /// Takes the headers of the protocol from all headers of a request.
    ///
    /// # Errors
    /// If a header of the protocol is malformed.
    pub fn read(headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, HeaderError> {
        let mut read = Self::default();
        for (name, value) in headers {
            let value = value.trim();
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            if is("MS-ASProtocolVersion") {
                let version = value.parse().map_err(|_| HeaderError::new("MS-ASProtocolVersion", value))?;
                read.protocol_version = Some(version);
            } else if is("X-MS-PolicyKey") {
                let key = value.parse().map_err(|_| HeaderError::new("X-MS-PolicyKey", value))?;
                read.policy_key = Some(key);
            } else if is("MS-ASAcceptMultiPart") {
                read.accept_multi_part = value.eq_ignore_ascii_case("T");
            } else if is("Content-Type") {
                read.content_type = Some(Cow::Borrowed(value));
            } else if is("User-Agent") {
                read.user_agent = Some(Cow::Borrowed(value));
            } else if is("Accept-Language") {
                read.accept_language = Some(Cow::Borrowed(value));
            }
        }
        Ok(read)
    }

    /// Takes over what a base64 query says in place of headers.
    pub fn merge(&mut self, query: &Query<'_>) {
        if let Some(head) = query.base64 {
            self.protocol_version = Some(head.version);
            self.policy_key = head.policy_key;
            self.accept_multi_part = query.parameters.accept_multi_part;
        }
    }

    /// The version of the request: 1.0 where nothing says it, since clients of 1.0 do not know the header.
    pub fn version(&self) -> ProtocolVersion {
        self.protocol_version.unwrap_or(ProtocolVersion::V1_0)
    }

    /// The headers to send, names and values.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        let mut add = |name, value: Option<String>| pairs.extend(value.map(|value| (name, value)));
        add("MS-ASProtocolVersion", self.protocol_version.map(|version| version.to_string()));
        add("X-MS-PolicyKey", self.policy_key.map(|key| key.to_string()));
        add("MS-ASAcceptMultiPart", self.accept_multi_part.then(|| "T".to_owned()));
        add("Content-Type", self.content_type.as_deref().map(str::to_owned));
        add("User-Agent", self.user_agent.as_deref().map(str::to_owned));
        add("Accept-Language", self.accept_language.as_deref().map(str::to_owned));
        pairs
    }
}

impl IntoOwned for RequestHeaders<'_> {
    type Owned = RequestHeaders<'static>;

    fn into_owned(self) -> RequestHeaders<'static> {
        RequestHeaders {
            protocol_version: self.protocol_version,
            policy_key: self.policy_key,
            accept_multi_part: self.accept_multi_part,
            content_type: self.content_type.into_owned(),
            user_agent: self.user_agent.into_owned(),
            accept_language: self.accept_language.into_owned(),
        }
    }
}

/// The headers of an answer that the protocol gives a meaning (`[MS-ASHTTP]` 2.2.2.1.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseHeaders<'a> {
    /// `Content-Type`.
    pub content_type: Option<Cow<'a, str>>,
    /// `MS-Server-ActiveSync`: the version of the server, free text.
    pub server: Option<Cow<'a, str>>,
    /// `MS-ASProtocolVersions` and `MS-ASProtocolCommands`.
    pub options: ServerOptions<'a>,
    /// `X-MS-RP`: drop all data and synchronize again with one of these versions. The answer to FolderSync with
    /// key 0 has it without that meaning.
    pub restart: Option<Vec<ProtocolVersion>>,
    /// `X-MS-Location`, with HTTP status 451: the address to use from now on.
    pub location: Option<Cow<'a, str>>,
    /// `X-MS-Credentials-Expire`: in how many days the password expires; 0 is less than one.
    pub credentials_expire: Option<u32>,
    /// `X-MS-Credential-Service-Url`: where to change it.
    pub credential_service_url: Option<Cow<'a, str>>,
    /// `X-MS-ASThrottle`: why the device is held back.
    pub throttle: Option<Cow<'a, str>>,
    /// `Retry-After`, with HTTP status 503: seconds.
    pub retry_after: Option<u32>,
}

impl<'a> ResponseHeaders<'a> {
    /// Takes the headers of the protocol from all headers of an answer. What is malformed counts as absent: an answer
    /// is worth more than its headers.
    pub fn read(headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut read = Self::default();
        for (name, value) in headers {
            let value = value.trim();
            let text = Some(Cow::Borrowed(value));
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            if is("Content-Type") {
                read.content_type = text;
            } else if is("MS-Server-ActiveSync") {
                read.server = text;
            } else if is("MS-ASProtocolVersions") {
                read.options.versions = ServerOptions::parse_versions(value);
            } else if is("MS-ASProtocolCommands") {
                read.options.commands = ServerOptions::parse_commands(value);
            } else if is("X-MS-RP") {
                read.restart = Some(ServerOptions::parse_versions(value));
            } else if is("X-MS-Location") {
                read.location = text;
            } else if is("X-MS-Credentials-Expire") {
                read.credentials_expire = value.parse().ok();
            } else if is("X-MS-Credential-Service-Url") {
                read.credential_service_url = text;
            } else if is("X-MS-ASThrottle") {
                read.throttle = text;
            } else if is("Retry-After") {
                read.retry_after = value.parse().ok();
            }
        }
        read
    }

    /// The headers to send, names and values.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        let mut add = |name, value: Option<String>| pairs.extend(value.map(|value| (name, value)));
        add("Content-Type", self.content_type.as_deref().map(str::to_owned));
        add("MS-Server-ActiveSync", self.server.as_deref().map(str::to_owned));
        add("MS-ASProtocolVersions", self.options.versions_header());
        add("MS-ASProtocolCommands", self.options.commands_header());
        add("X-MS-RP", self.restart.as_deref().map(super::options::join_versions));
        add("X-MS-Location", self.location.as_deref().map(str::to_owned));
        add("X-MS-Credentials-Expire", self.credentials_expire.map(|days| days.to_string()));
        add("X-MS-Credential-Service-Url", self.credential_service_url.as_deref().map(str::to_owned));
        add("X-MS-ASThrottle", self.throttle.as_deref().map(str::to_owned));
        add("Retry-After", self.retry_after.map(|seconds| seconds.to_string()));
        pairs
    }
}

impl IntoOwned for ResponseHeaders<'_> {
    type Owned = ResponseHeaders<'static>;

    fn into_owned(self) -> ResponseHeaders<'static> {
        ResponseHeaders {
            content_type: self.content_type.into_owned(),
            server: self.server.into_owned(),
            options: self.options.into_owned(),
            restart: self.restart,
            location: self.location.into_owned(),
            credentials_expire: self.credentials_expire,
            credential_service_url: self.credential_service_url.into_owned(),
            throttle: self.throttle.into_owned(),
            retry_after: self.retry_after,
        }
    }
}

/// A header of the protocol with a value that it cannot have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderError {
    /// The header.
    pub name: &'static str,
    /// The value, shortened.
    pub value: String,
}

impl HeaderError {
    fn new(name: &'static str, value: &str) -> Self {
        Self { name, value: value.chars().take(40).collect() }
    }
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expected = match self.name {
            "X-MS-PolicyKey" => "a number of 32 bits",
            _ => "a protocol version, 1.0 to 16.1",
        };
        write!(f, "{}: expected {expected}, found {:?}", self.name, self.value)
    }
}

impl std::error::Error for HeaderError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_read_what_they_wrote() {
        let headers = RequestHeaders {
            protocol_version: Some(ProtocolVersion::V16_1),
            policy_key: Some(3_942_919_513),
            accept_multi_part: true,
            content_type: Some(CONTENT_TYPE_WBXML.into()),
            user_agent: Some("test/1".into()),
            accept_language: Some("sv".into()),
        };
        let pairs = headers.to_pairs();
        assert_eq!(pairs[0], ("MS-ASProtocolVersion", "16.1".to_owned()));
        let lower: Vec<(String, String)> =
            pairs.into_iter().map(|(name, value)| (name.to_lowercase(), format!(" {value} "))).collect();
        let read = RequestHeaders::read(lower.iter().map(|(name, value)| (&**name, &**value)));
        assert_eq!(read.clone(), Ok(headers.clone()));
        assert_eq!(read.unwrap().into_owned(), headers);
        assert_eq!(RequestHeaders::read([]).unwrap().version(), ProtocolVersion::V1_0);
    }

    #[test]
    fn malformed_request_headers_are_named() {
        let error = RequestHeaders::read([("ms-asprotocolversion", "15.0")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "MS-ASProtocolVersion: expected a protocol version, 1.0 to 16.1, found \"15.0\""
        );
        assert_eq!(RequestHeaders::read([("X-MS-PolicyKey", "-1")]).unwrap_err().name, "X-MS-PolicyKey");
    }

    #[test]
    fn a_base64_query_overrides_headers() {
        let query = Query::parse("jRMJBAVkZXYwMQAEdGVzdAcBAggDYWRh").unwrap();
        let mut headers = RequestHeaders::read([("MS-ASProtocolVersion", "12.1")]).unwrap();
        headers.merge(&query);
        assert_eq!(headers.version(), ProtocolVersion::V14_1);
        assert!(headers.accept_multi_part);
    }

    #[test]
    fn answers_read_what_they_wrote() {
        let headers = ResponseHeaders {
            content_type: Some(CONTENT_TYPE_MULTIPART.into()),
            server: Some("16.1".into()),
            options: ServerOptions::new(&[ProtocolVersion::V14_1, ProtocolVersion::V16_1]),
            restart: Some(vec![ProtocolVersion::V16_1]),
            location: Some("https://other.example.org/Microsoft-Server-ActiveSync".into()),
            credentials_expire: Some(0),
            credential_service_url: Some("https://example.org/password".into()),
            throttle: Some("UnknownCommandFrequency".into()),
            retry_after: Some(120),
        };
        let pairs = headers.to_pairs();
        let read = ResponseHeaders::read(pairs.iter().map(|(name, value)| (*name, &**value)));
        assert_eq!(read, headers);
        assert_eq!(read.into_owned(), headers);
        assert_eq!(ResponseHeaders::read([("Retry-After", "soon")]), ResponseHeaders::default());
    }

    #[test]
    fn media_types_have_two_names() {
        assert!(
            is_wbxml("application/vnd.ms-sync.wbxml") && is_wbxml("Application/vnd.ms-sync; charset=utf-8")
        );
        assert!(!is_wbxml("application/vnd.ms-sync.multipart") && !is_wbxml("text/plain") && !is_wbxml(""));
    }
}
