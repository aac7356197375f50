//! The notes of contacts and events: one body in the store, in the form that each client wants on the wire.

use std::borrow::Cow;

use activesync_types::airsyncbase::{Body, BodyPreference, BodyType};
use activesync_types::calendar::{Calendar, Exception};
use activesync_types::contacts::Contact;
use activesync_types::convert::clean;
use activesync_types::sync::SyncOptions;
use mail_parser::decoders::html::{html_to_text, text_to_html};
use wbxml::{OrEmpty, ProtocolVersion};

/// Brings what a client or a file says into the form of the store: complete notes in `body`, and nothing about how much
/// of them was sent.
pub fn store_contact(contact: &mut Contact<'static>) {
    store_body(&mut contact.body, &mut contact.legacy_body);
    contact.legacy_body_size = None;
    contact.legacy_body_truncated = None;
    contact.native_body_type = None;
    // Their rank in a cache is no part of a contact that is kept.
    contact.alias = None;
    contact.weighted_rank = None;
}

/// The same of an event; and places and occurrences are named for every version.
pub fn store_event(event: &mut Calendar<'static>) {
    store_body(&mut event.body, &mut event.legacy_body);
    event.legacy_body_truncated = None;
    event.native_body_type = None;
    if let Some(place) = event.location_name().map(|name| Cow::Owned(name.to_owned())) {
        event.set_location_name(place);
    }
    event.exceptions.iter_mut().flatten().for_each(store_exception);
}

/// The same of an occurrence.
pub(super) fn store_exception(exception: &mut Exception<'static>) {
    // Empty notes stay empty: they are not those of the series.
    if exception.body != Some(OrEmpty::Empty) {
        let mut body = exception.body.take().and_then(OrEmpty::value);
        store_body(&mut body, &mut exception.legacy_body);
        exception.body = body.map(OrEmpty::Value);
    }
    exception.legacy_body_truncated = None;
    if let Some(place) = exception.location_name().map(|name| Cow::Owned(name.to_owned())) {
        exception.set_location_name(place);
    }
    exception.instance_id = exception.original_start();
    exception.exception_start_time = exception.instance_id;
}

fn store_body(body: &mut Option<Body<'static>>, legacy: &mut Option<Cow<'static, str>>) {
    let legacy = legacy.take().map(Body::plain_text);
    *body = body.take().or(legacy).filter(|body| body.data.is_some()).map(|body| Body {
        body_type: body.body_type,
        data: body.data,
        ..Body::default()
    });
}

/// What a client wants of notes.
pub(super) struct Wants<'o> {
    version: ProtocolVersion,
    preferences: &'o [BodyPreference],
    /// The most characters, up to 2.5.
    limit: Option<usize>,
}

impl<'o> Wants<'o> {
    pub(super) fn of(version: ProtocolVersion, options: &'o SyncOptions<'_>) -> Self {
        let limit = options.truncation.and_then(activesync_types::sync::Truncation::limit);
        Self { version, preferences: &options.body_preferences, limit }
    }
}

/// Notes on their way to a client.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Sent {
    pub(super) body: Option<Body<'static>>,
    pub(super) native_body_type: Option<BodyType>,
    pub(super) legacy_body: Option<Cow<'static, str>>,
    pub(super) legacy_body_size: Option<u32>,
    pub(super) legacy_body_truncated: Option<bool>,
}

/// Stored notes in the form that a client wants.
pub(super) fn send(stored: Option<&Body<'_>>, wants: &Wants<'_>) -> Sent {
    let Some(body) = stored else { return Sent::default() };
    let text = clean(body.text().unwrap_or_default());
    if wants.version <= ProtocolVersion::V2_5 {
        return send_legacy(&form(body.body_type, &text, BodyType::PlainText), wants.limit);
    }
    Sent {
        body: Some(choose(body.body_type, &text, wants)),
        native_body_type: Some(body.body_type),
        ..Sent::default()
    }
}

fn send_legacy(text: &str, limit: Option<usize>) -> Sent {
    let end = limit.and_then(|limit| text.char_indices().nth(limit)).map_or(text.len(), |(end, _)| end);
    let cut = end < text.len();
    Sent {
        legacy_body: (end > 0).then(|| Cow::Owned(text[..end].to_owned())),
        legacy_body_size: cut.then(|| count(text.chars().count())),
        legacy_body_truncated: Some(cut),
        ..Sent::default()
    }
}

/// The stored format if the client wants it, else the first wanted that can be made; plain text if none is wanted.
fn choose(stored: BodyType, text: &str, wants: &Wants<'_>) -> Body<'static> {
    let possible = |wanted: BodyType| {
        wanted == stored || matches!(wanted, BodyType::PlainText | BodyType::Html) && is_text(stored)
    };
    let native = wants.preferences.iter().filter(|preference| preference.body_type == stored);
    let others = wants.preferences.iter().filter(|preference| preference.body_type != stored);
    let mut usable = native.chain(others).filter(|preference| possible(preference.body_type)).peekable();
    let first = usable.peek().map_or_else(|| BodyPreference::new(BodyType::PlainText), |first| **first);
    let fitting = usable.find_map(|preference| {
        let body = cut(&form(stored, text, preference.body_type), preference, wants.version);
        (body.truncated.is_none() || preference.all_or_none != Some(true)).then_some(body)
    });
    // Nothing of it rather than a part, where the client says so.
    fitting.unwrap_or_else(|| {
        let body = cut(&form(stored, text, first.body_type), &first, wants.version);
        if body.truncated.is_some() && first.all_or_none == Some(true) {
            Body { data: None, ..body }
        } else {
            body
        }
    })
}

fn cut(text: &str, preference: &BodyPreference, version: ProtocolVersion) -> Body<'static> {
    let most =
        preference.truncation_size.map_or(usize::MAX, |size| usize::try_from(size).unwrap_or(usize::MAX));
    let end = text.floor_char_boundary(most);
    let preview = preference.preview.filter(|_| version >= ProtocolVersion::V14_0).map(|characters| {
        let plain = form(preference.body_type, text, BodyType::PlainText);
        plain.chars().take(usize::try_from(characters.min(255)).unwrap_or(255)).collect::<String>().into()
    });
    Body {
        body_type: preference.body_type,
        estimated_data_size: Some(count(text.len())),
        truncated: (end < text.len()).then_some(true),
        data: (end > 0).then(|| text[..end].to_owned().into()),
        preview,
        ..Body::default()
    }
}

fn form(from: BodyType, text: &str, to: BodyType) -> Cow<'_, str> {
    match (from, to) {
        (BodyType::Html, BodyType::PlainText) => Cow::Owned(html_to_text(text)),
        (BodyType::PlainText, BodyType::Html) => Cow::Owned(text_to_html(text)),
        _ => Cow::Borrowed(text),
    }
}

fn is_text(body_type: BodyType) -> bool {
    matches!(body_type, BodyType::PlainText | BodyType::Html)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use activesync_types::sync::Truncation;

    use super::*;

    fn sent(stored: &Body<'_>, version: ProtocolVersion, options: &SyncOptions<'_>) -> Sent {
        send(Some(stored), &Wants::of(version, options))
    }

    #[test]
    fn old_clients_get_plain_text_of_so_many_characters() {
        let body = Body::plain_text("Größe".repeat(200));
        let options = SyncOptions { truncation: Some(Truncation::Chars512), ..SyncOptions::default() };
        let cut = sent(&body, ProtocolVersion::V2_5, &options);
        assert_eq!(cut.legacy_body.as_ref().unwrap().chars().count(), 512);
        assert_eq!((cut.legacy_body_size, cut.legacy_body_truncated), (Some(1000), Some(true)));
        assert_eq!(cut.body, None);
        let whole = sent(&body, ProtocolVersion::V2_5, &SyncOptions::default());
        assert_eq!(whole.legacy_body, body.text());
        assert_eq!((whole.legacy_body_size, whole.legacy_body_truncated), (None, Some(false)));
        let nothing = SyncOptions { truncation: Some(Truncation::All), ..SyncOptions::default() };
        assert_eq!(sent(&body, ProtocolVersion::V2_5, &nothing).legacy_body, None);
        let html = Body::new(BodyType::Html, "<p>one &amp; two</p>");
        let text = sent(&html, ProtocolVersion::V2_0, &SyncOptions::default()).legacy_body.unwrap();
        assert_eq!(text.trim(), "one & two");
    }

    #[test]
    fn new_clients_get_a_format_that_they_prefer_cut_between_characters() {
        let plain = Body::plain_text("Größe und mehr");
        let with = |preferences: &[BodyPreference]| {
            let options = SyncOptions { body_preferences: preferences.to_vec(), ..SyncOptions::default() };
            sent(&plain, ProtocolVersion::V16_1, &options).body.unwrap()
        };
        let html = BodyPreference::new(BodyType::Html);
        assert_eq!(with(&[]).data, plain.data);
        assert_eq!(
            with(&[html, BodyPreference::new(BodyType::PlainText)]).body_type,
            BodyType::PlainText,
            "native"
        );
        assert_eq!(with(&[BodyPreference::new(BodyType::Rtf), html]).body_type, BodyType::Html);
        assert_eq!(with(&[BodyPreference::new(BodyType::Rtf)]).body_type, BodyType::PlainText);

        let cut =
            with(&[BodyPreference { preview: Some(3), ..BodyPreference::truncated(BodyType::PlainText, 3) }]);
        assert_eq!((cut.text().as_deref(), cut.truncated), (Some("Gr"), Some(true)));
        assert_eq!((cut.estimated_data_size, cut.preview.as_deref()), (Some(16), Some("Grö")));
        let all_or_none =
            BodyPreference { all_or_none: Some(true), ..BodyPreference::truncated(BodyType::PlainText, 3) };
        assert_eq!(with(&[all_or_none]).data, None);
        assert_eq!(with(&[all_or_none, html]).body_type, BodyType::Html, "the next that fits");
    }

    #[test]
    fn notes_that_are_no_text_are_kept_and_sent_as_what_there_is_of_it() {
        let odd = Body::new(BodyType::PlainText, &b"a\0b\x0C \xE4\r\n"[..]);
        let mut contact = Contact { body: Some(odd.clone()), ..Contact::default() };
        store_contact(&mut contact);
        assert_eq!(contact.body.as_ref().unwrap().data, odd.data);
        let options = SyncOptions::default();
        let new = sent(&odd, ProtocolVersion::V16_1, &options).body.unwrap();
        assert!(matches!(new.data, Some(wbxml::TextOrBytes::Text(text)) if text == "ab \u{FFFD}\r\n"));
        let old = sent(&odd, ProtocolVersion::V2_5, &options).legacy_body.unwrap();
        assert_eq!(old, "ab \u{FFFD}\r\n");
    }

    #[test]
    fn the_store_keeps_one_body_whatever_the_version_of_the_client() {
        let mut old = Contact {
            legacy_body: Some("notes".into()),
            legacy_body_size: Some(5),
            legacy_body_truncated: Some(false),
            ..Contact::default()
        };
        let mut new = Contact { body: Some(Body::plain_text("notes")), ..Contact::default() };
        store_contact(&mut old);
        store_contact(&mut new);
        assert_eq!(old, new);
        assert_eq!(old.body.unwrap().data.unwrap(), "notes");
    }

    #[test]
    fn places_and_occurrences_are_named_for_every_version() {
        let mut event = Calendar {
            location_text: Some("Room 1".into()),
            exceptions: Some(vec![Exception {
                exception_start_time: Some("20240301T090000Z".parse().unwrap()),
                ..Exception::default()
            }]),
            ..Calendar::default()
        };
        store_event(&mut event);
        assert_eq!(event.location.unwrap().display_name.unwrap(), "Room 1");
        let exception = &event.exceptions.unwrap()[0];
        assert_eq!(exception.instance_id, exception.exception_start_time);
    }

    #[test]
    fn notes_deleted_from_an_occurrence_are_not_those_of_the_series() {
        let mut exception = Exception { body: Some(OrEmpty::Empty), ..Exception::default() };
        store_exception(&mut exception);
        assert_eq!(exception.body, Some(OrEmpty::Empty));
    }
}
