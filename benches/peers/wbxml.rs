//! The work itself.

use activesync_types::contacts::Contact;
use activesync_types::email::Email;
use activesync_types::sync::{ServerAdd, ServerCommand, SyncResponse};
use wbxml::{Encode, Event, Fragment, Limits, Reader, Writer};

use crate::values::{BorrowedSync, OwnedSync};

/// Every event is looked at, so that none is left out by the compiler; the other contenders do the same.
pub(crate) fn events(document: &[u8]) -> usize {
    read(Reader::new(document))
}

pub(crate) fn events_at_any_depth(document: &[u8]) -> usize {
    read(Reader::new(document).limits(Limits::NONE))
}

fn read(mut reader: Reader<'_>) -> usize {
    let mut sum = 0;
    while let Some(event) = reader.next().expect("a good document") {
        sum += look_at(&event);
    }
    sum
}

#[inline]
pub(crate) fn look_at(event: &Event<'_>) -> usize {
    match event {
        Event::Start { tag, .. } => usize::from(tag.id()),
        Event::Text(text) => text.len(),
        Event::Opaque(bytes) => bytes.len(),
        Event::End => 1,
        _ => 0,
    }
}

pub(crate) fn all_events(document: &'static [u8]) -> Vec<Event<'static>> {
    let mut reader = Reader::new(document).limits(Limits::NONE);
    std::iter::from_fn(|| reader.next().expect("a good document")).collect()
}

pub(crate) fn elements(document: &'static [u8]) -> u32 {
    let starts =
        all_events(document).into_iter().filter(|event| matches!(event, Event::Start { .. })).count();
    u32::try_from(starts).expect("not that many")
}

pub(crate) fn encode_events(events: &[Event<'_>], buffer: Vec<u8>) -> Vec<u8> {
    let mut writer = Writer::new(buffer);
    writer.header().expect("memory takes everything");
    for event in events {
        writer.event(event).expect("an event as it was read");
    }
    writer.finish().expect("a whole document")
}

pub(crate) fn borrowed(document: &[u8]) -> BorrowedSync<'_> {
    wbxml::from_slice(document).expect("a good document")
}

pub(crate) fn owned(document: &[u8]) -> OwnedSync {
    wbxml::from_slice(document).expect("a good document")
}

pub(crate) fn encode(value: &OwnedSync, buffer: Vec<u8>) -> Vec<u8> {
    Writer::new(buffer).encode(value).expect("a good value")
}

/// The types of activesync-types as a client uses them: the answer, then each item by its class, which costs a
/// second reading of the items and knows 70 fields instead of 13.
pub(crate) fn client(document: &[u8], mut seen: impl FnMut(Contact<'_>)) {
    let answer: SyncResponse<'_> = wbxml::from_slice(document).expect("a good document");
    for command in answer.collections.iter().flat_map(|collection| &collection.commands) {
        let ServerCommand::Add(add) = command else { continue };
        seen(add.application_data.decode().expect("a contact"));
    }
}

/// The other way, as a server uses them: items become application data, then an answer.
pub(crate) struct Server<T> {
    answer: SyncResponse<'static>,
    items: Vec<T>,
}

impl Server<Contact<'static>> {
    pub(crate) fn of_contacts(document: &'static [u8]) -> Self {
        Self::new(document, |data| data.decode().expect("a contact"))
    }
}

impl Server<Email<'static>> {
    pub(crate) fn of_mail(document: &'static [u8]) -> Self {
        Self::new(document, |data| data.decode().expect("a mail"))
    }
}

impl<T: Encode> Server<T> {
    fn new(document: &'static [u8], item: impl Fn(&'static Fragment<'static>) -> T) -> Self {
        let answer: SyncResponse<'_> = wbxml::from_slice(document).expect("a good document");
        let answer: &SyncResponse<'_> = Box::leak(Box::new(answer));
        let items = answer.collections[0].commands.iter().map(|command| match command {
            ServerCommand::Add(add) => item(&add.application_data),
            other => panic!("the documents hold additions only, not {other:?}"),
        });
        Self { items: items.collect(), answer: answer.clone() }
    }

    pub(crate) fn encode(&mut self, buffer: Vec<u8>) -> Vec<u8> {
        for (command, item) in self.answer.collections[0].commands.iter_mut().zip(&self.items) {
            let ServerCommand::Add(ServerAdd { application_data, .. }) = command else { continue };
            *application_data = Fragment::from_value(item, None).expect("a good item");
        }
        Writer::new(buffer).encode(&self.answer).expect("a good answer")
    }
}
