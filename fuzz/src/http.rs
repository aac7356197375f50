//! What comes by HTTP beside the documents.

use std::str;

use activesync_types::http::{
    MultiPart, Query, QueryError, RequestHeaders, ResponseHeaders, write_multipart,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A query and headers. The first line is the query, as it stands there and as the bytes of a base64 one; the others
/// are headers. What was read is written and read again.
pub fn query(input: &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    check_query(&STANDARD.encode(input));
    let (Ok(query), Ok(headers)) = (str::from_utf8(&input[..end]), str::from_utf8(&input[end..])) else {
        return;
    };
    check_query(query);
    let headers: Vec<(&str, &str)> = headers.lines().filter_map(|line| line.split_once(':')).collect();
    check_headers(&headers);
}

fn check_query(text: &str) {
    let query = match Query::parse(text) {
        Ok(query) => query,
        Err(fault) => {
            check_message(&fault.to_string());
            return;
        }
    };
    // A plain query says less, and is refused without a device type; with one in base64 a server answers by its status.
    let mut plain = query.clone();
    plain.base64 = None;
    plain.parameters.accept_multi_part = false;
    let written = query.to_plain();
    if query.device_type.is_empty() {
        assert_eq!(Query::parse(&written), Err(QueryError::Missing("DeviceType")), "{written}");
    } else {
        assert_eq!(Query::parse(&written).as_ref(), Ok(&plain), "{written}");
    }
    if let Some(head) = query.base64 {
        match query.to_base64(head) {
            Ok(written) => assert_eq!(Query::parse(&written).as_ref(), Ok(&query), "{written}"),
            // Bytes that are no text are twice as many digits.
            Err(fault) => assert!(query.device_id.len() > 255, "{fault}"),
        }
        let mut headers = RequestHeaders::default();
        headers.merge(&query);
        assert_eq!(headers.version(), head.version);
    }
}

fn check_headers(headers: &[(&str, &str)]) {
    match RequestHeaders::read(headers.iter().copied()) {
        Ok(read) => {
            let pairs = read.to_pairs();
            let again = RequestHeaders::read(pairs.iter().map(|(name, value)| (*name, &**value)));
            assert_eq!(again, Ok(read));
        }
        Err(fault) => check_message(&fault.to_string()),
    }
    let read = ResponseHeaders::read(headers.iter().copied());
    let pairs = read.to_pairs();
    assert_eq!(ResponseHeaders::read(pairs.iter().map(|(name, value)| (*name, &**value))), read);
}

/// A multipart body: its parts written are a body of the same parts.
pub fn multipart(body: &[u8]) {
    match MultiPart::parse(body) {
        Ok(parts) => {
            assert_eq!(parts.part(0), Some(parts.document()));
            let written = write_multipart(parts.parts()).expect("it is far below 4 GB");
            assert_eq!(MultiPart::parse(&written).as_ref(), Ok(&parts));
        }
        Err(fault) => check_message(&fault.to_string()),
    }
}

fn check_message(said: &str) {
    assert!(!said.is_empty() && !said.contains(['\n', '\r']), "{said:?}");
}
