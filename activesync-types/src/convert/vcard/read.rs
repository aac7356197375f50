//! From vCard.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use calcard::vcard::{VCard, VCardEntry, VCardKind, VCardParameterName, VCardProperty, VCardValue};
use jiff::civil;
use wbxml::OrEmpty;

use super::Card;
use super::fields::{PLACES, TELEPHONES, Telephone, UNTYPED};
use crate::airsyncbase::{Body, BodyType};
use crate::contacts::Contact;
use crate::convert::lines::{Component, Line};
use crate::convert::loss::shortened;
use crate::convert::text::from_card;
use crate::convert::{Loss, Why};
use crate::date_time::DateTime;

type P = VCardProperty;
type Text = Cow<'static, str>;

/// The most bytes of a picture: 48 KiB in base64. [MS-ASCNTC] 2.2.2.58
const MOST_PICTURE: usize = 36 * 1024;

/// The contact of a vCard. What is lost has no lines, which a vCard that was read does not have.
pub fn from_vcard(card: &VCard) -> Card {
    read(card, None)
}

/// The same, with its lines.
pub(super) fn read(card: &VCard, lines: Option<&Component<'_>>) -> Card {
    let names = card.entries.iter().map(|entry| entry.name.as_str());
    let known = lines.map(|lines| lines.of(names)).unwrap_or_default();
    let known = known.into_iter().chain(std::iter::repeat(None));
    let lost = lines.into_iter().flat_map(Component::losses).collect();
    let mut reading = Reading { contact: Contact::default(), lost };
    let mut entries: Vec<(&VCardEntry, Option<&Line<'_>>)> = card.entries.iter().zip(known).collect();
    // Preferred addresses and numbers get the first places; a stable order keeps the rest as it is.
    entries.sort_by_key(|(entry, _)| preference(entry));
    for (entry, line) in entries {
        let why = unreadable(entry, line).or_else(|| reading.put(entry, line).err());
        if let Some(why) = why {
            let what = shortened(entry.name.as_str());
            reading.lost.push(Loss { line: line.map(|line| line.number), what, why });
        }
    }
    reading.finish(card)
}

/// Why nobody could make sense of a value.
fn unreadable(entry: &VCardEntry, line: Option<&Line<'_>>) -> Option<Why> {
    let value = || entry.values.first().and_then(VCardValue::as_text);
    let written = line.and_then(Line::value).or_else(value).unwrap_or_default();
    let is_date = match &entry.name {
        P::Bday | P::Anniversary => true,
        P::Other(name) => is_anniversary(name),
        _ => false,
    };
    if is_date
        && !(is_like_a_date(written) && (date(entry, line).is_some() || is_part_of_a_date(entry, written)))
    {
        return Some(Why::unreadable("a date such as 1815-12-10", written));
    }
    let is_broken = entry.name == P::Photo && line.is_some_and(Line::is_base64) && !is_base64(written);
    is_broken.then(|| Why::unreadable("a picture in base64", written))
}

fn is_like_a_date(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || b"-:+.TtZz ".contains(&byte))
}

/// A birthday without a year is one for vCard.
fn is_part_of_a_date(entry: &VCardEntry, written: &str) -> bool {
    let day = written.split(['T', 't']).next().unwrap_or_default();
    let has_all = day.bytes().filter(u8::is_ascii_digit).count() >= 8;
    let date = entry.values.first().and_then(VCardValue::as_partial_date_time);
    date.is_some_and(|date| date.year.is_none() || date.month.is_none() || date.day.is_none()) && !has_all
}

fn is_anniversary(name: &str) -> bool {
    ANNIVERSARIES.iter().any(|known| name.eq_ignore_ascii_case(known))
}

const UNTOLD: [P; 9] =
    [P::Version, P::Fn, P::Kind, P::Uid, P::Rev, P::Prodid, P::Source, P::Clientpidmap, P::Created];

/// By what other programs call it.
const ANNIVERSARIES: [&str; 4] =
    ["X-ANNIVERSARY", "X-EVOLUTION-ANNIVERSARY", "X-MS-ANNIVERSARY", "X-KADDRESSBOOK-X-ANNIVERSARY"];

fn is_base64(text: &str) -> bool {
    let text = text.trim().trim_end_matches('=');
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/ \t".contains(&byte))
}

struct Reading {
    contact: Contact<'static>,
    lost: Vec<Loss>,
}

impl Reading {
    /// An error says that the contact has no place for it, or not for all.
    fn put(&mut self, entry: &VCardEntry, line: Option<&Line<'_>>) -> Result<(), Why> {
        let contact = &mut self.contact;
        let kept = match &entry.name {
            P::N => {
                let [last, first, middle, title, suffix] = components(entry);
                let slots = [
                    (&mut contact.last_name, last),
                    (&mut contact.first_name, first),
                    (&mut contact.middle_name, middle),
                    (&mut contact.title, title),
                    (&mut contact.suffix, suffix),
                ];
                return put_parts(slots, is_all(entry, 5));
            }
            P::Nickname => put(&mut contact.nick_name, text(entry)),
            P::Org => {
                let [company, department] = components(entry);
                let slots = [(&mut contact.company_name, company), (&mut contact.department, department)];
                return put_parts(slots, is_all(entry, 2));
            }
            P::Title => put(&mut contact.job_title, text(entry)),
            P::Email => {
                let slots =
                    [&mut contact.email1_address, &mut contact.email2_address, &mut contact.email3_address];
                put_first(slots, text(entry).map(|email| without_scheme(email, "mailto:")))
            }
            P::Impp => put_first(im_addresses(contact), text(entry)),
            P::Tel => self.put_telephone(entry),
            P::Adr => return self.put_address(entry),
            P::Url => put(&mut contact.web_page, text(entry)),
            P::Bday => put_date(&mut contact.birthday, entry, line),
            P::Anniversary => put_date(&mut contact.anniversary, entry, line),
            P::Photo => match picture(entry) {
                Some(picture) if picture.len() > MOST_PICTURE => {
                    return Err(Why::TooLarge { found: picture.len(), most: MOST_PICTURE });
                }
                picture => {
                    let picture = picture.map(|picture| Cow::Owned(STANDARD.encode(picture)));
                    picture.is_some() && put(&mut contact.picture, picture)
                }
            },
            P::Categories => {
                extend(&mut contact.categories, entry);
                true
            }
            P::Note => self.put_note(entry),
            P::Related => self.put_related(entry),
            P::Other(name) => self.put_other(&name.to_ascii_uppercase(), entry, line),
            // Read elsewhere, or of no interest for people.
            name => UNTOLD.contains(name),
        };
        if kept { Ok(()) } else { Err(Why::NoPlace) }
    }

    fn put_telephone(&mut self, entry: &VCardEntry) -> bool {
        let types = types(entry);
        let has = |kind: &&Telephone| kind.types.iter().all(|word| types.iter().any(|found| found == word));
        let free = |contact: &mut Contact<'static>, kind: &&Telephone| (kind.slot)(contact).is_none();
        let Some(number) = text(entry).map(|number| without_scheme(number, "tel:")) else { return true };
        let fitting = TELEPHONES.iter().filter(has);
        let untyped = UNTYPED.iter().filter(|_| !TELEPHONES.iter().any(|kind| has(&kind)));
        let first_kind = fitting.clone().next().map(|kind| kind.types);
        // A second mobile telephone is rather none than one at home.
        let kind = fitting
            .filter(|kind| Some(kind.types) == first_kind)
            .chain(untyped)
            .find(|kind| free(&mut self.contact, kind));
        match kind {
            Some(kind) => put((kind.slot)(&mut self.contact), Some(number)),
            None => false,
        }
    }

    fn put_address(&mut self, entry: &VCardEntry) -> Result<(), Why> {
        let types = types(entry);
        let [box_number, extended, street, city, state, code, country] = components(entry);
        let kind =
            PLACES.iter().find(|place| place.kind.is_none_or(|kind| types.iter().any(|found| found == kind)));
        let place = kind.ok_or(Why::NoPlace)?;
        let slots = (place.slots)(&mut self.contact);
        if slots.iter().any(|slot| slot.is_some()) {
            return Err(Why::NoPlace);
        }
        let at_work = place.kind == Some("work");
        let (street, office) = match (street, extended) {
            (street, extended) if at_work => (street, extended),
            (Some(street), Some(extended)) => (Some(Cow::Owned(format!("{extended}\r\n{street}"))), None),
            (street, extended) => (street.or(extended), None),
        };
        for (slot, value) in slots.into_iter().zip([street, city, state, code, country]) {
            put(slot, value);
        }
        let has_office = put(&mut self.contact.office_location, office);
        if has_office && box_number.is_none() && is_all(entry, 7) { Ok(()) } else { Err(Why::Partly) }
    }

    fn put_note(&mut self, entry: &VCardEntry) -> bool {
        let Some(note) = text(entry) else { return true };
        let notes = match self.contact.legacy_body.take() {
            Some(before) => Cow::Owned(format!("{before}\r\n{note}")),
            None => note,
        };
        self.contact.legacy_body = Some(notes);
        true
    }

    fn put_related(&mut self, entry: &VCardEntry) -> bool {
        let types = types(entry);
        let is = |word: &str| types.iter().any(|found| found == word);
        let contact = &mut self.contact;
        if is("spouse") {
            put(&mut contact.spouse, text(entry))
        } else if is("child") {
            extend(&mut contact.children, entry);
            true
        } else if is("agent") {
            put(&mut contact.assistant_name, text(entry))
        } else {
            false
        }
    }

    /// Properties that are in no standard, by what is common.
    fn put_other(&mut self, name: &str, entry: &VCardEntry, line: Option<&Line<'_>>) -> bool {
        let contact = &mut self.contact;
        match name {
            "X-EVOLUTION-FILE-AS" => put(&mut contact.file_as, text(entry)),
            "X-PHONETIC-FIRST-NAME" => put(&mut contact.yomi_first_name, text(entry)),
            "X-PHONETIC-LAST-NAME" => put(&mut contact.yomi_last_name, text(entry)),
            "X-PHONETIC-ORG" => put(&mut contact.yomi_company_name, text(entry)),
            "X-SPOUSE" | "X-EVOLUTION-SPOUSE" | "X-MS-SPOUSE" | "X-KADDRESSBOOK-X-SPOUSESNAME" => {
                put(&mut contact.spouse, text(entry))
            }
            "X-ASSISTANT"
            | "X-EVOLUTION-ASSISTANT"
            | "X-MS-ASSISTANT"
            | "X-KADDRESSBOOK-X-ASSISTANTSNAME" => put(&mut contact.assistant_name, text(entry)),
            "X-MANAGER" | "X-EVOLUTION-MANAGER" | "X-MS-MANAGER" | "X-KADDRESSBOOK-X-MANAGERSNAME" => {
                put(&mut contact.manager_name, text(entry))
            }
            name if is_anniversary(name) => put_date(&mut contact.anniversary, entry, line),
            "X-MS-CHILD" => {
                extend(&mut contact.children, entry);
                true
            }
            "X-AIM" | "X-GADUGADU" | "X-GROUPWISE" | "X-ICQ" | "X-JABBER" | "X-MS-IMADDRESS" | "X-MSN"
            | "X-SKYPE" | "X-YAHOO" => put_first(im_addresses(contact), text(entry)),
            "X-CUSTOMER-ID" => put(&mut contact.customer_id, text(entry)),
            "X-GOVERNMENT-ID" => put(&mut contact.government_id, text(entry)),
            "X-ACCOUNT-NAME" => put(&mut contact.account_name, text(entry)),
            // Of no standard.
            name => name.starts_with("X-"),
        }
    }

    fn finish(mut self, card: &VCard) -> Card {
        let contact = &mut self.contact;
        if let Some(full) = card.property(&P::Fn).and_then(text) {
            name_from(contact, full, is_organization(card), card.property(&P::N).is_some());
        }
        if contact.file_as.is_none() {
            contact.file_as = file_as(contact);
        }
        if let Some(notes) = contact.legacy_body.clone() {
            contact.native_body_type = Some(BodyType::PlainText);
            contact.legacy_body_size = u32::try_from(notes.chars().count()).ok();
            contact.body = Some(Body {
                estimated_data_size: u32::try_from(notes.len()).ok(),
                ..Body::plain_text(notes)
            });
        }
        self.lost.sort_by_key(|loss| loss.line);
        Card { contact: self.contact, lost: self.lost }
    }
}

fn is_organization(card: &VCard) -> bool {
    let kind = card.property(&P::Kind).and_then(|kind| kind.values.first());
    matches!(kind, Some(VCardValue::Kind(VCardKind::Org)))
}

/// Takes the name apart where the vCard does not.
fn name_from(contact: &mut Contact<'static>, full: Text, organization: bool, has_empty_name: bool) {
    if contact.first_name.is_some() || contact.last_name.is_some() {
        return;
    }
    if organization || contact.company_name.as_ref() == Some(&full) {
        contact.company_name.get_or_insert(full);
        return;
    }
    // The name has to be something, and may have been taken from one of these.
    let stand_ins = [&contact.file_as, &contact.nick_name, &contact.email1_address];
    if stand_ins.into_iter().any(|stand_in| stand_in.as_ref() == Some(&full)) && has_empty_name {
        return;
    }
    let mut words: Vec<&str> = full.split_whitespace().collect();
    if words.len() > 1 {
        contact.last_name = words.pop().map(|last| Cow::Owned(last.to_owned()));
    }
    contact.first_name = Some(Cow::Owned(words.join(" ")));
}

/// `Last, First`, or what there is of it, or the company.
fn file_as(contact: &Contact<'static>) -> Option<Text> {
    match (&contact.last_name, &contact.first_name) {
        (Some(last), Some(first)) => Some(Cow::Owned(format!("{last}, {first}"))),
        (Some(name), None) | (None, Some(name)) => Some(name.clone()),
        (None, None) => contact.company_name.clone().or_else(|| contact.email1_address.clone()),
    }
}

/// Fills an empty place; false if it was taken by something else.
fn put(slot: &mut Option<Text>, value: Option<Text>) -> bool {
    match (&slot, value) {
        (_, None) => true,
        (None, value) => {
            *slot = value;
            true
        }
        (Some(known), Some(value)) => *known == value,
    }
}

/// The same for the parts of one value; `is_all` if it has no more of them.
fn put_parts<const N: usize>(parts: [(&mut Option<Text>, Option<Text>); N], is_all: bool) -> Result<(), Why> {
    let given = parts.into_iter().filter(|(_, value)| value.is_some());
    let kept: Vec<bool> = given.map(|(slot, value)| put(slot, value)).collect();
    match kept.iter().filter(|kept| **kept).count() {
        count if count == kept.len() && is_all => Ok(()),
        0 => Err(Why::NoPlace),
        _ => Err(Why::Partly),
    }
}

fn extend(list: &mut Option<Vec<Text>>, entry: &VCardEntry) {
    let found: Vec<Text> = texts(entry).collect();
    if !found.is_empty() {
        list.get_or_insert_default().extend(found);
    }
}

fn put_first<const N: usize>(slots: [&mut Option<Text>; N], value: Option<Text>) -> bool {
    let Some(value) = value else { return true };
    slots.into_iter().any(|slot| put(slot, Some(value.clone())))
}

fn put_date(slot: &mut Option<OrEmpty<DateTime>>, entry: &VCardEntry, line: Option<&Line<'_>>) -> bool {
    let Some(date) = date(entry, line) else { return false };
    let date = OrEmpty::Value(DateTime::midnight(date));
    *slot.get_or_insert(date) == date
}

fn date(entry: &VCardEntry, line: Option<&Line<'_>>) -> Option<civil::Date> {
    let value = entry.values.first()?;
    let Some(found) = value.as_partial_date_time() else {
        return value.as_text()?.parse::<DateTime>().ok().map(DateTime::date);
    };
    let number = |number: u8| i8::try_from(number).ok();
    let date = || {
        civil::Date::new(i16::try_from(found.year?).ok()?, number(found.month?)?, number(found.day?)?).ok()
    };
    // Of 1815-12-10 in a vCard of 4.0, which has no dashes, the parser gives no day.
    date().or_else(|| line?.value()?.trim().get(..10)?.parse().ok())
}

fn im_addresses<'c>(contact: &'c mut Contact<'static>) -> [&'c mut Option<Text>; 3] {
    [&mut contact.im_address, &mut contact.im_address2, &mut contact.im_address3]
}

/// The picture, if it is in the vCard.
fn picture(entry: &VCardEntry) -> Option<&[u8]> {
    let bytes = match entry.values.first()? {
        VCardValue::Binary(data) => &data.data[..],
        VCardValue::Text(text) if text.contains("://") => return None,
        // A picture whose bytes happen to be text.
        VCardValue::Text(text) => text.as_bytes(),
        _ => return None,
    };
    (!bytes.is_empty()).then_some(bytes)
}

fn preference(entry: &VCardEntry) -> u32 {
    let pref = entry.parameters(&VCardParameterName::Pref).find_map(|value| match value.as_integer()? {
        calcard::common::IanaType::Iana(preference) => Some(preference),
        calcard::common::IanaType::Other(_) => None,
    });
    pref.unwrap_or_else(|| if types(entry).iter().any(|word| word == "pref") { 1 } else { 101 })
}

/// The types in lower case.
fn types(entry: &VCardEntry) -> Vec<String> {
    let types = entry.parameters(&VCardParameterName::Type);
    types.filter_map(|value| value.as_text()).map(str::to_ascii_lowercase).collect()
}

/// The parts of a structured value, those that are empty as none.
fn components<const N: usize>(entry: &VCardEntry) -> [Option<Text>; N] {
    core::array::from_fn(|at| match entry.values.get(at)? {
        VCardValue::Component(parts) => owned(&parts.join(" ")),
        value => owned(value.as_text()?),
    })
}

/// Whether a structured value has nothing behind its first parts.
fn is_all(entry: &VCardEntry, parts: usize) -> bool {
    let mut rest = entry.values.iter().skip(parts);
    rest.all(|part| part.as_text().is_some_and(|part| part.trim().is_empty()))
}

fn text(entry: &VCardEntry) -> Option<Text> {
    let mut texts = texts(entry);
    let first = texts.next()?;
    // A value that another program has not escaped falls apart at its commas.
    Some(texts.fold(first, |whole, part| Cow::Owned(format!("{whole},{part}"))))
}

fn texts(entry: &VCardEntry) -> impl Iterator<Item = Text> {
    entry.values.iter().filter_map(VCardValue::as_text).filter_map(owned)
}

fn owned(text: &str) -> Option<Text> {
    let text = from_card(text);
    let text = text.trim();
    (!text.is_empty()).then(|| Cow::Owned(text.to_owned()))
}

fn without_scheme(uri: Text, scheme: &str) -> Text {
    match uri.get(..scheme.len()) {
        Some(start) if start.eq_ignore_ascii_case(scheme) => Cow::Owned(uri[scheme.len()..].to_owned()),
        _ => uri,
    }
}
