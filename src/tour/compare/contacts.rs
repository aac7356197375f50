//! Contacts.

use std::borrow::Cow;

use activesync_client::types::airsyncbase::Body;
use activesync_client::types::contacts::Contact;
use activesync_client::types::date_time::DateTime;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use wbxml::OrEmpty;

use crate::tour::check::{Checks, Result};
use crate::tour::lines::{Component, Line};
use crate::tour::sample;

/// Compares each contact of the files with one that arrived; gives their number.
pub(super) fn compare(arrived: &[Contact<'_>], checks: &mut Checks) -> Result<u64> {
    let mut compared = 0;
    for file in sample::contacts() {
        for card in Component::parse(file.bytes) {
            let expected = identity_of(&card);
            let found = arrived.iter().find(|contact| identity(contact) == expected);
            let contact = checks.there(format_args!("the contact {expected:?} of {}", file.name), found)?;
            compare_one(&card, contact, file.name, checks)?;
            compared += 1;
        }
    }
    Ok(compared)
}

fn compare_one(card: &Component, contact: &Contact<'_>, name: &str, checks: &mut Checks) -> Result<()> {
    let mut text = |what: &str, expected: Option<String>, found: &Option<Cow<'_, str>>| {
        checks.equal(format_args!("{what} of {name}:"), &expected.as_deref(), &found.as_deref())
    };
    text("the title", card.text("TITLE"), &contact.job_title)?;
    text("the web page", card.text("URL"), &contact.web_page)?;
    let organization = card.first("ORG").map(|line| line.split(';')).unwrap_or_default();
    text("the company", organization.first().cloned(), &contact.company_name)?;
    text("the department", organization.get(1).cloned(), &contact.department)?;
    let note = contact.body.as_ref().map_or_else(|| contact.legacy_body.clone(), Body::text);
    let note = note.map(|note| Cow::Owned(note.replace("\r\n", "\n")));
    text("the note", card.text("NOTE"), &note)?;

    let expected: Vec<_> = card.all("EMAIL").take(3).map(Line::text).collect();
    let found = [&contact.email1_address, &contact.email2_address, &contact.email3_address];
    let found: Vec<_> = found.into_iter().flatten().map(|address| bare(address)).collect();
    checks.equal(format_args!("mail addresses of {name}:"), &expected, &found)?;
    let telephones = telephones(contact);
    for telephone in card.all("TEL").map(telephone) {
        checks.ensure(
            telephones.contains(&telephone.as_str()),
            || format!("the telephone {telephone} of {name}"),
            || format!("{telephones:?}"),
        )?;
    }
    let expected = card.first("CATEGORIES").map(|line| line.split(',')).unwrap_or_default();
    let found = contact.categories.clone().unwrap_or_default();
    checks.equal(format_args!("the categories of {name}:"), &expected, &found)?;
    let found = contact.birthday.and_then(OrEmpty::value).map(DateTime::date);
    checks.equal(format_args!("the birthday of {name}:"), &birthday(card), &found)?;
    let expected = card.first("PHOTO").map(|photo| {
        let encoded = photo.raw.rsplit_once(',').map_or(photo.raw.as_str(), |(_, encoded)| encoded);
        STANDARD.decode(encoded)
    });
    let found = contact.picture.as_ref().map(|picture| STANDARD.decode(&**picture));
    checks.ensure(
        expected == found && !matches!(expected, Some(Err(_))),
        || format!("the picture of {name}"),
        || "another one, or none",
    )
}

/// The family name and the given name; of a company its name.
fn identity_of(card: &Component) -> (String, String) {
    let name = card.first("N").map(|line| line.split(';')).unwrap_or_default();
    let part = |index: usize| name.get(index).cloned().unwrap_or_default();
    if part(0).is_empty() && part(1).is_empty() {
        return (card.text("ORG").unwrap_or_default(), String::new());
    }
    (part(0), part(1))
}

fn identity(contact: &Contact<'_>) -> (String, String) {
    let text = |text: &Option<Cow<'_, str>>| text.as_deref().unwrap_or_default().to_owned();
    match (text(&contact.last_name), text(&contact.first_name)) {
        (last, first) if last.is_empty() && first.is_empty() => (text(&contact.company_name), String::new()),
        name => name,
    }
}

/// An address may have a name before it.
fn bare(address: &str) -> String {
    let address = address.rsplit_once('<').map_or(address, |(_, address)| address);
    address.trim_end_matches('>').to_owned()
}

fn telephone(line: &Line) -> String {
    let number = line.text();
    number.strip_prefix("tel:").unwrap_or(&number).to_owned()
}

fn telephones<'c>(contact: &'c Contact<'_>) -> Vec<&'c str> {
    let fields = [
        &contact.mobile_phone_number,
        &contact.home_phone_number,
        &contact.home2_phone_number,
        &contact.business_phone_number,
        &contact.business2_phone_number,
        &contact.home_fax_number,
        &contact.business_fax_number,
        &contact.car_phone_number,
        &contact.pager_number,
        &contact.radio_phone_number,
        &contact.assistant_phone_number,
        &contact.company_main_phone,
    ];
    fields.into_iter().filter_map(|field| field.as_deref()).collect()
}

/// A birthday that is a whole date; one in words or without a year has no place in a contact.
fn birthday(card: &Component) -> Option<Date> {
    let day = card.first("BDAY").filter(|line| line.parameter("VALUE") != Some("text"))?;
    let day = day.raw.split('T').next()?.replace('-', "");
    (day.len() == 8).then(|| Date::strptime("%Y%m%d", &day).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use activesync_types::convert::vcard;

    use super::*;

    fn arrived() -> Vec<Contact<'static>> {
        let text = |file: sample::SampleFile| std::str::from_utf8(file.bytes).unwrap();
        sample::contacts()
            .into_iter()
            .flat_map(|file| vcard::parse(text(file)))
            .map(|card| card.unwrap().contact)
            .collect()
    }

    #[test]
    fn contacts_like_the_files_are_accepted() {
        let mut checks = Checks::new("Comparison");
        assert_eq!(compare(&arrived(), &mut checks).unwrap(), 13);
        assert!(checks.held() > 100, "{}", checks.held());
    }

    type Change = fn(&mut Contact<'_>);

    #[test]
    fn whatever_differs_is_found() {
        let changes: [(&str, Change); 7] = [
            ("the note of bo-ekdahl.vcf", |bo| (bo.body, bo.legacy_body) = (None, None)),
            ("the telephone +46 31 390 06 11 of bo-ekdahl.vcf", |bo| bo.home2_phone_number = None),
            ("mail addresses of bo-ekdahl.vcf", |bo| bo.email3_address = None),
            ("the birthday of bo-ekdahl.vcf", |bo| bo.birthday = None),
            ("the categories of bo-ekdahl.vcf", |bo| bo.categories = None),
            ("the picture of bo-ekdahl.vcf", |bo| bo.picture = Some("AAAA".into())),
            ("the contact (\"Ekdahl\", \"Bo\") of bo-ekdahl.vcf", |bo| bo.first_name = None),
        ];
        for (expected, change) in changes {
            let mut contacts = arrived();
            change(contacts.iter_mut().find(|contact| contact.first_name.as_deref() == Some("Bo")).unwrap());
            let failure = compare(&contacts, &mut Checks::new("Comparison")).unwrap_err();
            assert!(failure.expected.starts_with(expected), "{failure}");
        }
    }
}
