//! postcard: the events of a document, and its typed values, in postcard's own encoding.

use serde::{Deserialize, Serialize};
use wbxml::Event as Wbxml;

use super::wbxml::all_events;
use crate::values::{OwnedSync, PlainSync};

/// What a [`wbxml::Event`] of an ActiveSync document says.
#[derive(Serialize, Deserialize)]
enum Event<'a> {
    Start { tag: u16, has_content: bool },
    Text(&'a str),
    Opaque(&'a [u8]),
    End,
}

/// The events of a document, one after the other.
pub(crate) fn of(document: &'static [u8]) -> Vec<u8> {
    let mut encoded = Vec::new();
    for event in &all_events(document) {
        let event = match event {
            Wbxml::Start { tag, has_content } => Event::Start { tag: tag.id(), has_content: *has_content },
            Wbxml::Text(text) => Event::Text(text),
            Wbxml::Opaque(bytes) => Event::Opaque(bytes),
            Wbxml::End => Event::End,
            other => panic!("the documents have no {other:?}"),
        };
        encoded = postcard::to_extend(&event, encoded).expect("memory takes everything");
    }
    encoded
}

pub(crate) fn events(mut encoded: &[u8]) -> usize {
    let mut sum = 0;
    while !encoded.is_empty() {
        let (event, rest) = postcard::take_from_bytes(encoded).expect("postcard's own encoding");
        encoded = rest;
        sum += match event {
            Event::Start { tag, .. } => usize::from(tag),
            Event::Text(text) => text.len(),
            Event::Opaque(bytes) => bytes.len(),
            Event::End => 1,
        };
    }
    sum
}

pub(crate) fn encode(value: &OwnedSync, buffer: Vec<u8>) -> Vec<u8> {
    postcard::to_extend(value, buffer).expect("memory takes everything")
}

pub(crate) fn borrowed(encoded: &[u8]) -> PlainSync<'_> {
    postcard::from_bytes(encoded).expect("postcard's own encoding")
}

pub(crate) fn owned(encoded: &[u8]) -> OwnedSync {
    postcard::from_bytes(encoded).expect("postcard's own encoding")
}
