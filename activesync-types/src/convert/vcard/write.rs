//! To vCard.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use calcard::common::{Data, PartialDateTime};
use calcard::vcard::{
    VCard, VCardEntry, VCardParameter, VCardProperty, VCardType, VCardValue, VCardValueType, VCardVersion,
};
use wbxml::OrEmpty;

use super::fields::{PLACES, TELEPHONES};
use crate::airsyncbase::{Body, BodyType};
use crate::contacts::Contact;
use crate::convert::text::{html_to_text, to_card};
use crate::date_time::DateTime;

type P = VCardProperty;

/// The contact as a vCard file of version 4.0.
#[must_use]
pub fn to_text(contact: &Contact<'_>) -> String {
    let mut text = String::new();
    // Writing to a string never fails.
    let _ = to_vcard(contact).write_to(&mut text, VCardVersion::V4_0);
    text
}

/// The contact as a vCard of version 4.0.
#[must_use]
pub fn to_vcard(contact: &Contact<'_>) -> VCard {
    let mut card = Card { entries: Vec::new() };
    card.put_name(contact);
    card.put_work(contact);
    card.put_addresses(contact);
    card.put_people(contact);
    for (name, date) in [(P::Bday, contact.birthday), (P::Anniversary, contact.anniversary)] {
        if let Some(OrEmpty::Value(date)) = date {
            card.entries.push(VCardEntry::new(name).with_value(VCardValue::PartialDateTime(day(date))));
        }
    }
    card.put(P::Url, contact.web_page.as_deref());
    card.put_notes(contact);
    card.put_list(P::Categories, contact.categories.as_deref().unwrap_or_default());
    card.put_picture(contact.picture.as_deref().unwrap_or_default());
    card.put(other("X-CUSTOMER-ID"), contact.customer_id.as_deref());
    card.put(other("X-GOVERNMENT-ID"), contact.government_id.as_deref());
    card.put(other("X-ACCOUNT-NAME"), contact.account_name.as_deref());
    VCard { entries: card.entries }
}

struct Card {
    entries: Vec<VCardEntry>,
}

impl Card {
    fn put(&mut self, name: P, text: Option<&str>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.entries.push(VCardEntry::new(name).with_value(to_card(text)));
        }
    }

    fn put_list(&mut self, name: P, texts: &[std::borrow::Cow<'_, str>]) {
        if !texts.is_empty() {
            let values = texts.iter().map(|text| VCardValue::Text(to_card(text))).collect();
            self.entries.push(VCardEntry::new(name).with_values(values));
        }
    }

    /// A value of several parts, unless all are empty.
    fn put_parts(&mut self, name: P, parts: &[Option<&str>], types: &[&str]) {
        if parts.iter().any(|part| part.is_some_and(|part| !part.is_empty())) {
            let values =
                parts.iter().map(|part| VCardValue::Text(to_card(part.unwrap_or_default()))).collect();
            let mut entry = VCardEntry::new(name).with_values(values);
            put_types(&mut entry, types);
            self.entries.push(entry);
        }
    }

    fn put_name(&mut self, contact: &Contact<'_>) {
        let [title, first, middle, last, suffix] =
            [&contact.title, &contact.first_name, &contact.middle_name, &contact.last_name, &contact.suffix]
                .map(|part| part.as_deref().filter(|part| !part.is_empty()));
        let full: Vec<&str> = [title, first, middle, last, suffix].into_iter().flatten().collect();
        let full = full.join(" ");
        let names = [&contact.company_name, &contact.file_as, &contact.nick_name, &contact.email1_address];
        let stand_in = names.into_iter().find_map(|name| name.as_deref().filter(|name| !name.is_empty()));
        // FN is required, whatever there is.
        let shown = if full.is_empty() { stand_in.unwrap_or_default() } else { &full };
        self.entries.push(VCardEntry::new(P::Fn).with_value(to_card(shown)));
        // Written even if all of it is empty, which says that FN is a stand-in.
        let parts = [last, first, middle, title, suffix]
            .map(|part| VCardValue::Text(to_card(part.unwrap_or_default())));
        self.entries.push(VCardEntry::new(P::N).with_values(parts.into()));
        self.put(other("X-EVOLUTION-FILE-AS"), contact.file_as.as_deref());
        self.put(P::Nickname, contact.nick_name.as_deref());
        self.put(other("X-PHONETIC-FIRST-NAME"), contact.yomi_first_name.as_deref());
        self.put(other("X-PHONETIC-LAST-NAME"), contact.yomi_last_name.as_deref());
    }

    fn put_work(&mut self, contact: &Contact<'_>) {
        let (company, department) = (contact.company_name.as_deref(), contact.department.as_deref());
        match department {
            Some(_) => self.put_parts(P::Org, &[company, department], &[]),
            None => self.put(P::Org, company),
        }
        self.put(other("X-PHONETIC-ORG"), contact.yomi_company_name.as_deref());
        self.put(P::Title, contact.job_title.as_deref());
    }

    fn put_addresses(&mut self, contact: &Contact<'_>) {
        for email in [&contact.email1_address, &contact.email2_address, &contact.email3_address] {
            self.put(P::Email, email.as_deref().map(bare_address));
        }
        for address in [&contact.im_address, &contact.im_address2, &contact.im_address3] {
            self.put(P::Impp, address.as_deref());
        }
        for kind in &TELEPHONES {
            let Some(number) = (kind.get)(contact).filter(|number| !number.is_empty()) else { continue };
            // The fax at work is in the table twice, for those who leave out where it is.
            if kind.types == ["fax"] {
                continue;
            }
            let mut entry = VCardEntry::new(P::Tel).with_value(to_card(number));
            put_types(&mut entry, kind.types);
            self.entries.push(entry);
        }
        for place in &PLACES {
            let [street, city, state, code, country] = (place.get)(contact);
            let office = contact.office_location.as_deref().filter(|_| place.kind == Some("work"));
            let types: Vec<&str> = place.kind.into_iter().collect();
            self.put_parts(P::Adr, &[None, office, street, city, state, code, country], &types);
        }
    }

    fn put_people(&mut self, contact: &Contact<'_>) {
        self.put_related(VCardType::Spouse, contact.spouse.as_deref());
        for child in contact.children.iter().flatten() {
            self.put_related(VCardType::Child, Some(child));
        }
        self.put_related(VCardType::Agent, contact.assistant_name.as_deref());
        self.put(other("X-EVOLUTION-MANAGER"), contact.manager_name.as_deref());
    }

    fn put_related(&mut self, kind: VCardType, name: Option<&str>) {
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            let entry = VCardEntry::new(P::Related)
                .with_param(VCardParameter::typ(kind))
                .with_param(VCardParameter::value(VCardValueType::Text))
                .with_value(to_card(name));
            self.entries.push(entry);
        }
    }

    fn put_notes(&mut self, contact: &Contact<'_>) {
        let text = contact.body.as_ref().and_then(Body::text);
        let body = contact.body.as_ref().map(|body| body.body_type).zip(text.as_deref());
        match body {
            Some((BodyType::PlainText, notes)) => self.put(P::Note, Some(notes)),
            Some((BodyType::Html, notes)) => self.put(P::Note, Some(&html_to_text(notes))),
            _ => self.put(P::Note, contact.legacy_body.as_deref()),
        }
    }

    fn put_picture(&mut self, picture: &str) {
        let packed: String = picture.split_ascii_whitespace().collect();
        let Ok(data) = STANDARD.decode(packed) else { return };
        if data.is_empty() {
            return;
        }
        let content_type = Some(media_type(&data).to_owned());
        let value = VCardValue::Binary(Data { content_type, data });
        self.entries.push(VCardEntry::new(P::Photo).with_value(value));
    }
}

fn put_types(entry: &mut VCardEntry, types: &[&str]) {
    for word in types {
        entry.add_param(VCardParameter::typ((*word).to_owned()));
    }
}

/// The address alone, of `"Ada" <ada@example.org>`.
fn bare_address(email: &str) -> &str {
    match email.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')) {
        Some((address, _)) if !address.is_empty() => address,
        _ => email,
    }
}

fn day(date: DateTime) -> PartialDateTime {
    let date = date.date();
    PartialDateTime {
        year: Some(date.year().unsigned_abs()),
        month: Some(date.month().unsigned_abs()),
        day: Some(date.day().unsigned_abs()),
        ..PartialDateTime::default()
    }
}

fn media_type(picture: &[u8]) -> &'static str {
    match picture {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'B', b'M', ..] => "image/bmp",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        _ => "image/jpeg",
    }
}

fn other(name: &'static str) -> VCardProperty {
    VCardProperty::Other(name.to_owned())
}
