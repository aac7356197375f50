//! What follows the `?` of a request (`[MS-ASHTTP]` 2.2.1.1.1).

use std::borrow::Cow;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use wbxml::IntoOwned;

pub use error::QueryError;

mod base64;
mod error;

/// The query of a request: plain (`Cmd=Sync&User=…`) or base64.
///
/// ```
/// use activesync_types::http::Query;
///
/// let plain = Query::parse("Cmd=Sync&User=ada&DeviceId=v140Device&DeviceType=SmartPhone")?;
/// let short = Query::parse("jAAJBAp2MTQwRGV2aWNlAApTbWFydFBob25l")?;
/// assert_eq!(plain.command, short.command);
/// assert_eq!(short.base64.unwrap().version.to_string(), "14.0");
/// # Ok::<(), activesync_types::http::QueryError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Query<'a> {
    /// The name of the command, as the client spells it.
    pub command: Cow<'a, str>,
    /// The user, for the server's log: who it is, the authentication says. `[MS-ASHTTP]` 2.2.1.1.1.2.2.
    pub user: Option<Cow<'a, str>>,
    /// The device, by a name that it never changes. `[MS-ASHTTP]` 2.2.1.1.1.2.3.
    ///
    /// In a base64 query it is bytes: text if they are printable ASCII, otherwise their hexadecimal form.
    pub device_id: Cow<'a, str>,
    /// The type of the device, which it never changes either. `[MS-ASHTTP]` 2.2.1.1.1.2.4.
    pub device_type: Cow<'a, str>,
    /// What belongs to the command.
    pub parameters: Parameters<'a>,
    /// What stands in headers when the query is plain; `None` for a plain query.
    pub base64: Option<Base64Head>,
}

/// What a base64 query says in place of headers (`[MS-ASHTTP]` 2.2.1.1.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Base64Head {
    /// The protocol version.
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::version))]
    pub version: wbxml::ProtocolVersion,
    /// The language of the client, as Windows numbers them: 0x0409 is US English.
    pub locale: u16,
    /// The current policy key.
    pub policy_key: Option<u32>,
}

impl IntoOwned for Base64Head {
    type Owned = Self;

    fn into_owned(self) -> Self {
        self
    }
}

/// The parameters of commands (`[MS-ASHTTP]` 2.2.1.1.1.1.3 and 2.2.1.1.1.2.5).
#[derive(Clone, Debug, Default, PartialEq, Eq, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Parameters<'a> {
    /// The attachment that GetAttachment fetches.
    pub attachment_name: Option<Cow<'a, str>>,
    /// The folder of the message that SmartForward and SmartReply are about; the folder of DeleteCollection and
    /// MoveCollection.
    pub collection_id: Option<Cow<'a, str>>,
    /// The name of a folder, in CreateCollection and MoveCollection; in no specification.
    pub collection_name: Option<Cow<'a, str>>,
    /// The message that SmartForward and SmartReply are about.
    pub item_id: Option<Cow<'a, str>>,
    /// The same, for a search result.
    pub long_id: Option<Cow<'a, str>>,
    /// The parent of a folder, in CreateCollection and MoveCollection; in no specification.
    pub parent_id: Option<Cow<'a, str>>,
    /// The occurrence that SmartForward and SmartReply are about.
    pub occurrence: Option<Cow<'a, str>>,
    /// Whether SendMail, SmartForward and SmartReply keep a copy in Sent Items; up to 12.1.
    pub save_in_sent: bool,
    /// Whether ItemOperations may answer in parts. A plain query has a header for it instead, and leaves it out.
    pub accept_multi_part: bool,
}

/// A parameter with a text value: its name in a plain query, its tag in a base64 one.
struct Field {
    name: &'static str,
    tag: u8,
}

const TEXT_FIELDS: [Field; 7] = [
    Field { name: "AttachmentName", tag: 0 },
    Field { name: "CollectionId", tag: 1 },
    Field { name: "CollectionName", tag: 2 },
    Field { name: "ItemId", tag: 3 },
    Field { name: "LongId", tag: 4 },
    Field { name: "ParentId", tag: 5 },
    Field { name: "Occurrence", tag: 6 },
];

impl<'a> Parameters<'a> {
    /// In the order of [`TEXT_FIELDS`].
    fn texts(&self) -> [&Option<Cow<'a, str>>; 7] {
        [
            &self.attachment_name,
            &self.collection_id,
            &self.collection_name,
            &self.item_id,
            &self.long_id,
            &self.parent_id,
            &self.occurrence,
        ]
    }

    /// In the order of [`TEXT_FIELDS`].
    fn texts_mut(&mut self) -> [&mut Option<Cow<'a, str>>; 7] {
        [
            &mut self.attachment_name,
            &mut self.collection_id,
            &mut self.collection_name,
            &mut self.item_id,
            &mut self.long_id,
            &mut self.parent_id,
            &mut self.occurrence,
        ]
    }
}

impl<'a> Query<'a> {
    /// Reads a query of either form. Parameters that nobody knows are passed over.
    ///
    /// # Errors
    /// If a part that every query has is missing, or a value is malformed.
    pub fn parse(query: &'a str) -> Result<Self, QueryError> {
        // Base64 has `=` at its end only, and no `&`.
        if query.contains('&') || query.trim_end_matches('=').contains('=') {
            Self::parse_plain(query)
        } else {
            base64::parse(query)
        }
    }

    fn parse_plain(query: &'a str) -> Result<Self, QueryError> {
        let mut parsed = Query::default();
        let (mut command, mut device_id, mut device_type) = (None, None, None);
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode("the name of a parameter", name)?;
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            let value = |known| decode(known, value);
            if is("Cmd") {
                command = Some(value("Cmd")?);
            } else if is("User") {
                parsed.user = Some(value("User")?);
            } else if is("DeviceId") {
                device_id = Some(value("DeviceId")?);
            } else if is("DeviceType") {
                device_type = Some(value("DeviceType")?);
            } else if is("SaveInSent") {
                parsed.parameters.save_in_sent = value("SaveInSent")?.eq_ignore_ascii_case("T");
            } else if let Some(index) = TEXT_FIELDS.iter().position(|field| is(field.name)) {
                *parsed.parameters.texts_mut()[index] = Some(value(TEXT_FIELDS[index].name)?);
            }
        }
        let required = |name, value: Option<Cow<'a, str>>| {
            value.filter(|value| !value.is_empty()).ok_or(QueryError::Missing(name))
        };
        parsed.command = required("Cmd", command)?;
        parsed.device_id = required("DeviceId", device_id)?;
        parsed.device_type = required("DeviceType", device_type)?;
        Ok(parsed)
    }

    /// The plain form. What a base64 query says beyond it belongs into headers.
    pub fn to_plain(&self) -> String {
        let mut query = String::new();
        let mut add = |name: &str, value: &str| {
            let separator = if query.is_empty() { "" } else { "&" };
            query.extend([separator, name, "="]);
            query.extend(utf8_percent_encode(value, RESERVED));
        };
        add("Cmd", &self.command);
        if let Some(user) = &self.user {
            add("User", user);
        }
        add("DeviceId", &self.device_id);
        add("DeviceType", &self.device_type);
        for (field, value) in TEXT_FIELDS.iter().zip(self.parameters.texts()) {
            if let Some(value) = value {
                add(field.name, value);
            }
        }
        if self.parameters.save_in_sent {
            add("SaveInSent", "T");
        }
        query
    }

    /// The base64 form, with what it says in place of headers.
    ///
    /// # Errors
    /// If the command has no number, or a value is longer than 255 bytes.
    pub fn to_base64(&self, head: Base64Head) -> Result<String, QueryError> {
        base64::write(self, head)
    }
}

/// All that RFC 3986 does not call unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn decode<'a>(name: &'static str, value: &'a str) -> Result<Cow<'a, str>, QueryError> {
    percent_decode_str(value).decode_utf8().map_err(|_| QueryError::NotUtf8(name))
}

impl fmt::Display for Query<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_plain())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_parameters_come_in_any_order_and_case() {
        let query = "user=ada%40example.org&deviceid=D1&DEVICETYPE=PocketPC&ItemId=rid%3A1&CollectionId=a+b&SaveInSent=T\
             &Extra=1&cmd=SmartReply";
        let parsed = Query::parse(query).unwrap();
        assert_eq!(parsed.command, "SmartReply");
        assert_eq!(parsed.user.as_deref(), Some("ada@example.org"));
        assert_eq!(parsed.device_id, "D1");
        assert_eq!(parsed.device_type, "PocketPC");
        assert_eq!(parsed.parameters.item_id.as_deref(), Some("rid:1"));
        assert_eq!(parsed.parameters.collection_id.as_deref(), Some("a+b"), "a plus sign is one");
        assert!(parsed.parameters.save_in_sent);
        assert_eq!(parsed.base64, None);
        assert_eq!(
            parsed.to_plain(),
            "Cmd=SmartReply&User=ada%40example.org&DeviceId=D1&DeviceType=PocketPC&CollectionId=a%2Bb\
             &ItemId=rid%3A1&SaveInSent=T"
        );
        assert_eq!(Query::parse(&parsed.to_plain()).unwrap(), parsed);
    }

    #[test]
    fn what_is_missing_is_named() {
        for (query, error) in [
            ("User=ada&DeviceId=D1&DeviceType=T", QueryError::Missing("Cmd")),
            ("Cmd=&DeviceId=D1&DeviceType=T", QueryError::Missing("Cmd")),
            ("Cmd=Sync&DeviceType=T", QueryError::Missing("DeviceId")),
            ("Cmd=Sync&DeviceId=D1", QueryError::Missing("DeviceType")),
            ("Cmd=Sync&DeviceId=%FF&DeviceType=T", QueryError::NotUtf8("DeviceId")),
        ] {
            assert_eq!(Query::parse(query), Err(error), "{query}");
        }
    }
}
