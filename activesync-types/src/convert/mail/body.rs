//! The body in the format and length that the client asked for.

use std::borrow::Cow;

use mail_parser::PartType;
use mail_parser::decoders::html::text_to_html;
use wbxml::ProtocolVersion;

use super::{Message, Wanted, boundary, clean};
use crate::airsyncbase::{Body, BodyPart, BodyPartStatus, BodyPreference, BodyType};
use crate::convert::text::html_to_text;
use crate::email::Email;
use crate::sync::{MimeSupport, MimeTruncation, Truncation};

impl Message<'_> {
    pub(super) fn put_bodies<'s>(&'s self, email: &mut Email<'s>, wanted: &Wanted) {
        if wanted.version <= ProtocolVersion::V2_5 {
            self.put_legacy_body(email, wanted);
            return;
        }
        email.native_body_type = Some(self.native_body_type());
        email.body = Some(self.body(wanted));
        email.body_part = self.body_part(wanted);
    }

    /// The format in which the message has its text.
    pub fn native_body_type(&self) -> BodyType {
        let html = self.mime().html_bodies().any(|part| matches!(part.body, PartType::Html(_)));
        if html { BodyType::Html } else { BodyType::PlainText }
    }

    /// The text of the message, made from HTML if it has no other.
    pub fn plain_text(&self) -> Cow<'_, str> {
        join(self.mime().text_bodies().filter_map(|part| match &part.body {
            PartType::Text(text) => Some(self.decoded(part, text)),
            PartType::Html(html) => Some(Cow::Owned(html_to_text(&self.decoded(part, html)))),
            _ => None,
        }))
    }

    /// The HTML of the message, made from plain text if it has no other.
    pub fn html(&self) -> Cow<'_, str> {
        join(self.mime().html_bodies().filter_map(|part| match &part.body {
            PartType::Html(html) => Some(self.decoded(part, html)),
            PartType::Text(text) => Some(Cow::Owned(text_to_html(&self.decoded(part, text)))),
            _ => None,
        }))
    }

    /// The body that fits the preferences best. [MS-ASAIRS] 2.2.2.12
    pub fn body(&self, wanted: &Wanted) -> Body<'_> {
        let preferences = self.by_fitness(wanted);
        for preference in &preferences {
            let text = self.text(preference.body_type);
            let limit = preference.truncation_size.map(|size| usize::try_from(size).unwrap_or(usize::MAX));
            let too_long = limit.is_some_and(|limit| text.len() > limit);
            if too_long && preference.all_or_none == Some(true) {
                continue;
            }
            let preview = self.preview(preference.preview, wanted.version);
            return Body { preview, ..body(preference.body_type, text, limit) };
        }
        // Nothing fits whole, and nothing else was to be sent.
        let body_type = preferences.first().map_or_else(|| self.native_body_type(), |first| first.body_type);
        let preview = preferences.iter().find_map(|preference| preference.preview);
        Body {
            body_type,
            estimated_data_size: Some(size(&self.text(body_type))),
            truncated: Some(true),
            preview: self.preview(preview, wanted.version),
            ..Body::default()
        }
    }

    /// The preferences that can be met, the best first: MIME where it may be sent, then the format that the message
    /// has, then the client's order.
    fn by_fitness(&self, wanted: &Wanted) -> Vec<BodyPreference> {
        let native = self.native_body_type();
        let mut fitting: Vec<BodyPreference> = wanted
            .body_preferences
            .iter()
            .copied()
            .filter(|preference| match preference.body_type {
                BodyType::Mime => self.goes_as_mime(wanted.mime_support),
                other => matches!(other, BodyType::PlainText | BodyType::Html),
            })
            .collect();
        fitting.sort_by_key(|preference| match preference.body_type {
            BodyType::Mime => 0,
            other if other == native => 1,
            _ => 2,
        });
        for preference in &mut fitting {
            if preference.body_type == BodyType::Mime && preference.truncation_size.is_none() {
                let limit = wanted.mime_truncation.and_then(MimeTruncation::limit);
                preference.truncation_size = limit.and_then(|limit| u32::try_from(limit).ok());
            }
        }
        if fitting.is_empty() {
            let asked = wanted.body_preferences.first().copied();
            let plain = BodyPreference::new(BodyType::PlainText);
            fitting.push(asked.map_or(plain, |asked| BodyPreference { body_type: native, ..asked }));
        }
        fitting
    }

    fn goes_as_mime(&self, support: MimeSupport) -> bool {
        match support {
            MimeSupport::Always => true,
            MimeSupport::SmimeOnly => self.is_smime(),
            MimeSupport::Never | MimeSupport::Other(_) => false,
        }
    }

    fn text(&self, body_type: BodyType) -> Cow<'_, str> {
        match body_type {
            BodyType::Mime => self.mime_text(),
            BodyType::Html => self.html(),
            _ => self.plain_text(),
        }
    }

    /// The new part of the message. [MS-ASAIRS] 2.2.2.10
    fn body_part(&self, wanted: &Wanted) -> Option<BodyPart<'_>> {
        let preferences = &wanted.body_part_preferences;
        let native = self.native_body_type();
        let by_type =
            |body_type| preferences.iter().find(move |preference| preference.body_type == body_type);
        let preference =
            by_type(native).or_else(|| by_type(BodyType::Html)).or_else(|| by_type(BodyType::PlainText))?;
        if wanted.version < ProtocolVersion::V14_1 {
            return None;
        }
        let text = match preference.body_type {
            BodyType::Html => super::unique::html(self.html()),
            _ => super::unique::plain_text(self.plain_text()),
        };
        let limit = preference.truncation_size.map(|size| usize::try_from(size).unwrap_or(usize::MAX));
        let too_long = limit.is_some_and(|limit| text.len() > limit);
        let limit = if too_long && preference.all_or_none == Some(true) { Some(0) } else { limit };
        let part = body(preference.body_type, text, limit);
        Some(BodyPart {
            status: BodyPartStatus::Success,
            body_type: part.body_type,
            estimated_data_size: part.estimated_data_size.unwrap_or_default(),
            truncated: part.truncated,
            data: part.data,
            preview: self.preview(preference.preview, wanted.version),
        })
    }

    fn preview(&self, characters: Option<u32>, version: ProtocolVersion) -> Option<Cow<'_, str>> {
        let characters = usize::try_from(characters.filter(|most| *most > 0)?.min(255)).ok()?;
        if version < ProtocolVersion::V14_0 {
            return None;
        }
        let text = self.plain_text();
        let mut preview = String::new();
        for word in text.split_whitespace() {
            if !preview.is_empty() {
                preview.push(' ');
            }
            preview.push_str(word);
            if preview.len() > characters * 4 {
                break;
            }
        }
        Some(Cow::Owned(preview.chars().take(characters).collect()))
    }

    fn put_legacy_body<'s>(&'s self, email: &mut Email<'s>, wanted: &Wanted) {
        if wanted.version == ProtocolVersion::V2_5 && self.goes_as_mime(wanted.mime_support) {
            let limit = wanted.mime_truncation.and_then(MimeTruncation::limit);
            let mime = body(BodyType::Mime, self.mime_text(), limit);
            email.mime_size = mime.estimated_data_size;
            email.mime_truncated = Some(mime.truncated == Some(true));
            email.mime_data = mime.data;
            return;
        }
        let text = self.plain_text();
        let limit = wanted.truncation.and_then(Truncation::limit);
        let cut = limit.and_then(|limit| text.char_indices().nth(limit)).map(|(at, _)| at);
        email.legacy_body_size = Some(u32::try_from(text.chars().count()).unwrap_or(u32::MAX));
        email.legacy_body_truncated = Some(cut.is_some());
        email.legacy_body = if cut == Some(0) { None } else { Some(cut_to(text, cut)) };
    }
}

/// A body of at most so many bytes.
fn body(body_type: BodyType, text: Cow<'_, str>, limit: Option<usize>) -> Body<'_> {
    let estimated_data_size = Some(size(&text));
    let cut = limit.filter(|limit| text.len() > *limit).map(|limit| match body_type {
        BodyType::Html => html_boundary(&text, limit),
        _ => boundary(&text, limit),
    });
    Body {
        body_type,
        estimated_data_size,
        truncated: cut.map(|_| true),
        data: if cut == Some(0) { None } else { Some(cut_to(text, cut).into()) },
        ..Body::default()
    }
}

fn cut_to(text: Cow<'_, str>, end: Option<usize>) -> Cow<'_, str> {
    match (text, end) {
        (text, None) => text,
        (Cow::Borrowed(text), Some(end)) => Cow::Borrowed(&text[..end]),
        (Cow::Owned(mut text), Some(end)) => {
            text.truncate(end);
            Cow::Owned(text)
        }
    }
}

/// The same as [`boundary`], and not inside of a tag or an entity.
fn html_boundary(html: &str, bytes: usize) -> usize {
    let mut end = boundary(html, bytes);
    let open = html[..end].rfind('<');
    if open > html[..end].rfind('>') {
        end = open.unwrap_or(end);
    }
    if let Some(entity) = html[..end].rfind('&') {
        let inside = &html[entity..end];
        if inside.len() < 10 && inside[1..].bytes().all(|byte| byte == b'#' || byte.is_ascii_alphanumeric()) {
            end = entity;
        }
    }
    end
}

fn size(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// All texts, clean, with a line end between two.
fn join<'t>(texts: impl Iterator<Item = Cow<'t, str>>) -> Cow<'t, str> {
    let mut texts = texts.map(clean);
    let mut whole = texts.next().unwrap_or_default();
    for text in texts {
        let whole = whole.to_mut();
        if !whole.ends_with('\n') {
            whole.push_str("\r\n");
        }
        whole.push_str(&text);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_cut_before_what_is_begun() {
        let html = "<p>a&amp;b</p>";
        let cut = |bytes| &html[..html_boundary(html, bytes)];
        assert_eq!(cut(2), "");
        assert_eq!(cut(4), "<p>a");
        assert_eq!(cut(6), "<p>a");
        assert_eq!(cut(9), "<p>a&amp;");
        assert_eq!(cut(12), "<p>a&amp;b");
        assert_eq!(cut(99), html);
    }

    #[test]
    fn an_ampersand_that_begins_no_entity_stays() {
        let html = "a & b c d";
        assert_eq!(html_boundary(html, 4), 4);
    }
}
