//! The base64 form (`[MS-ASHTTP]` 2.2.1.1.1.1).

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use wbxml::ProtocolVersion;

use super::{Base64Head, Parameters, Query, QueryError, TEXT_FIELDS, decode};
use crate::CommandInfo;

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

const OPTIONS_TAG: u8 = 7;
const USER_TAG: u8 = 8;
const SAVE_IN_SENT: u8 = 0x01;
const ACCEPT_MULTI_PART: u8 = 0x02;

pub(super) fn parse(query: &str) -> Result<Query<'static>, QueryError> {
    let text = decode("the base64 query", query)?;
    let bytes = ENGINE.decode(text.as_bytes()).map_err(|_| QueryError::NotBase64)?;
    let mut bytes = Bytes { all: &bytes, offset: 0 };

    let number = bytes.byte("the protocol version")?;
    let code = bytes.byte("the command code")?;
    let locale = u16::from_le_bytes([bytes.byte("the locale")?, bytes.byte("the locale")?]);
    let device_id = id_text(bytes.counted("the device id")?);
    let policy_key = policy_key(bytes.counted("the policy key")?)?;
    let device_type = text_of("DeviceType", bytes.counted("the device type")?)?;

    let mut parameters = Parameters::default();
    let mut user = None;
    while !bytes.is_empty() {
        let tag = bytes.byte("a parameter")?;
        let value = bytes.counted("a parameter")?;
        if let Some(index) = TEXT_FIELDS.iter().position(|field| field.tag == tag) {
            *parameters.texts_mut()[index] = Some(text_of(TEXT_FIELDS[index].name, value)?);
        } else if tag == OPTIONS_TAG {
            let flags = value.first().copied().unwrap_or_default();
            parameters.save_in_sent = flags & SAVE_IN_SENT != 0;
            parameters.accept_multi_part = flags & ACCEPT_MULTI_PART != 0;
        } else if tag == USER_TAG {
            user = Some(text_of("User", value)?);
        }
    }

    if device_id.is_empty() {
        return Err(QueryError::Missing("DeviceId"));
    }
    let version = ProtocolVersion::from_number(number).ok_or(QueryError::UnknownVersion(number))?;
    let command = CommandInfo::by_code(code).ok_or(QueryError::UnknownCommand(code))?;
    Ok(Query {
        command: Cow::Borrowed(command.name),
        user,
        device_id: Cow::Owned(device_id),
        device_type,
        parameters,
        base64: Some(Base64Head { version, locale, policy_key }),
    })
}

pub(super) fn write(query: &Query<'_>, head: Base64Head) -> Result<String, QueryError> {
    let code = CommandInfo::by_name(&query.command)
        .and_then(|command| command.code)
        .ok_or_else(|| QueryError::NoCode(query.command.clone().into_owned()))?;
    let mut bytes = vec![head.version.number(), code];
    bytes.extend(head.locale.to_le_bytes());
    push_counted(&mut bytes, "DeviceId", query.device_id.as_bytes())?;
    match head.policy_key {
        Some(key) => push_counted(&mut bytes, "the policy key", &key.to_le_bytes())?,
        None => bytes.push(0),
    }
    push_counted(&mut bytes, "DeviceType", query.device_type.as_bytes())?;
    for (field, value) in TEXT_FIELDS.iter().zip(query.parameters.texts()) {
        if let Some(value) = value {
            bytes.push(field.tag);
            push_counted(&mut bytes, field.name, value.as_bytes())?;
        }
    }
    let flags = if query.parameters.save_in_sent { SAVE_IN_SENT } else { 0 }
        | if query.parameters.accept_multi_part { ACCEPT_MULTI_PART } else { 0 };
    if flags != 0 {
        bytes.extend([OPTIONS_TAG, 1, flags]);
    }
    if let Some(user) = &query.user {
        bytes.push(USER_TAG);
        push_counted(&mut bytes, "User", user.as_bytes())?;
    }
    Ok(ENGINE.encode(bytes))
}

fn policy_key(bytes: &[u8]) -> Result<Option<u32>, QueryError> {
    match bytes {
        [] => Ok(None),
        [a, b, c, d] => Ok(Some(u32::from_le_bytes([*a, *b, *c, *d]))),
        // The length came as one byte.
        other => Err(QueryError::PolicyKeyLength(u8::try_from(other.len()).unwrap_or(u8::MAX))),
    }
}

/// Some devices send text, others the 16 bytes of a GUID.
fn id_text(bytes: &[u8]) -> String {
    if bytes.iter().all(u8::is_ascii_graphic) {
        return bytes.iter().copied().map(char::from).collect();
    }
    let digit = |value| char::from_digit(u32::from(value), 16).expect("4 bits are one digit");
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xF)]).collect()
}

fn text_of(name: &'static str, bytes: &[u8]) -> Result<Cow<'static, str>, QueryError> {
    String::from_utf8(bytes.to_vec()).map(Cow::Owned).map_err(|_| QueryError::NotUtf8(name))
}

fn push_counted(bytes: &mut Vec<u8>, name: &'static str, value: &[u8]) -> Result<(), QueryError> {
    bytes.push(u8::try_from(value.len()).map_err(|_| QueryError::TooLong(name))?);
    bytes.extend_from_slice(value);
    Ok(())
}

struct Bytes<'a> {
    all: &'a [u8],
    offset: usize,
}

impl<'a> Bytes<'a> {
    fn is_empty(&self) -> bool {
        self.offset == self.all.len()
    }

    fn byte(&mut self, part: &'static str) -> Result<u8, QueryError> {
        let byte = self.all.get(self.offset).copied();
        let byte = byte.ok_or(QueryError::Truncated { part, offset: self.offset })?;
        self.offset += 1;
        Ok(byte)
    }

    fn counted(&mut self, part: &'static str) -> Result<&'a [u8], QueryError> {
        let offset = self.offset;
        let length = usize::from(self.byte(part)?);
        let value = self.all.get(self.offset..self.offset + length);
        self.offset += length;
        value.ok_or(QueryError::Truncated { part, offset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_bytes(bytes: &[u8]) -> Result<Query<'static>, QueryError> {
        parse(&ENGINE.encode(bytes))
    }

    #[test]
    fn every_cut_is_an_error_that_says_where() {
        let whole = b"\xA1\x00\x09\x04\x05dev01\x04\x60\x48\xEA\x4D\x04test\x07\x01\x02";
        assert!(of_bytes(whole).is_ok());
        for length in 0..whole.len() {
            match of_bytes(&whole[..length]) {
                Err(QueryError::Truncated { offset, .. }) => assert!(offset <= length, "{length}"),
                // Parameters are optional.
                Ok(_) => assert_eq!(length, whole.len() - 3),
                Err(other) => panic!("{length}: {other}"),
            }
        }
    }

    #[test]
    fn numbers_without_a_meaning_are_named() {
        assert_eq!(of_bytes(b"\x82\x00\x09\x04\x01d\x00\x01t"), Err(QueryError::UnknownVersion(130)));
        assert_eq!(of_bytes(b"\xA1\x63\x09\x04\x01d\x00\x01t"), Err(QueryError::UnknownCommand(99)));
        assert_eq!(of_bytes(b"\xA1\x00\x09\x04\x01d\x02ab\x01t"), Err(QueryError::PolicyKeyLength(2)));
        assert_eq!(of_bytes(b"\xA1\x00\x09\x04\x00\x00\x01t"), Err(QueryError::Missing("DeviceId")));
        assert_eq!(of_bytes(b"\xA1\x00\x09\x04\x01d\x00\x01\xFF"), Err(QueryError::NotUtf8("DeviceType")));
        assert_eq!(parse("not base64!"), Err(QueryError::NotBase64));
    }

    #[test]
    fn escapes_and_missing_padding_are_read() {
        let padded = "oQkdBAVkZXYwMQRgSOpNBHRlc3Q=";
        let query = parse(padded).unwrap();
        assert_eq!(parse("oQkdBAVkZXYwMQRgSOpNBHRlc3Q%3D").unwrap(), query);
        assert_eq!(parse("oQkdBAVkZXYwMQRgSOpNBHRlc3Q").unwrap(), query);
    }

    #[test]
    fn a_device_id_of_bytes_becomes_hexadecimal() {
        let query = of_bytes(b"\xA1\x00\x09\x04\x03\x00\xAB\x41\x00\x01t").unwrap();
        assert_eq!(query.device_id, "00ab41");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let head = Base64Head { version: ProtocolVersion::V16_1, locale: 0x0409, policy_key: None };
        let query = Query { command: "Notify".into(), ..Query::default() };
        assert_eq!(query.to_base64(head), Err(QueryError::NoCode("Notify".into())));
        let query = Query { command: "Sync".into(), device_id: "d".repeat(256).into(), ..Query::default() };
        assert_eq!(query.to_base64(head), Err(QueryError::TooLong("DeviceId")));
    }
}
