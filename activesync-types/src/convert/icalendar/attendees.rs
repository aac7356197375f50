//! Organizer and attendees.

use std::borrow::Cow;

use calcard::icalendar::{
    ICalendarEntry, ICalendarParameter, ICalendarParameterName, ICalendarParameterValue,
    ICalendarParticipationRole, ICalendarParticipationStatus, ICalendarProperty, ICalendarUserTypes,
    ICalendarValue, Uri,
};

use crate::calendar::{Attendee, AttendeeStatus, AttendeeType, ResponseType};
use crate::convert::text::from_card;

/// Name and address of an organizer or attendee.
pub(super) struct Person {
    pub(super) name: Option<Cow<'static, str>>,
    pub(super) email: Option<Cow<'static, str>>,
}

pub(super) fn person(entry: &ICalendarEntry) -> Person {
    let email = entry.calendar_address().or_else(|| {
        let email = entry.parameter(&ICalendarParameterName::Email)?;
        email.as_text()
    });
    let name = entry.parameter(&ICalendarParameterName::Cn).and_then(ICalendarParameterValue::as_text);
    Person { name: name.map(from_card), email: email.map(from_card) }
}

pub(super) fn attendee(entry: &ICalendarEntry) -> Attendee<'static> {
    let Person { name, email } = person(entry);
    Attendee {
        // Clients show the name and require it.
        name: name.or_else(|| email.clone()),
        email,
        attendee_status: Some(status(entry)),
        attendee_type: Some(kind(entry)),
        ..Attendee::default()
    }
}

fn status(entry: &ICalendarEntry) -> AttendeeStatus {
    match entry.parameter(&ICalendarParameterName::Partstat) {
        Some(ICalendarParameterValue::Partstat(status)) => match status {
            ICalendarParticipationStatus::Accepted => AttendeeStatus::Accept,
            ICalendarParticipationStatus::Declined => AttendeeStatus::Decline,
            ICalendarParticipationStatus::Tentative => AttendeeStatus::Tentative,
            ICalendarParticipationStatus::NeedsAction => AttendeeStatus::NotResponded,
            _ => AttendeeStatus::ResponseUnknown,
        },
        Some(_) => AttendeeStatus::ResponseUnknown,
        None => AttendeeStatus::NotResponded,
    }
}

fn kind(entry: &ICalendarEntry) -> AttendeeType {
    if let Some(ICalendarParameterValue::Cutype(ICalendarUserTypes::Room | ICalendarUserTypes::Resource)) =
        entry.parameter(&ICalendarParameterName::Cutype)
    {
        return AttendeeType::Resource;
    }
    match entry.parameter(&ICalendarParameterName::Role) {
        Some(ICalendarParameterValue::Role(
            ICalendarParticipationRole::OptParticipant | ICalendarParticipationRole::NonParticipant,
        )) => AttendeeType::Optional,
        _ => AttendeeType::Required,
    }
}

pub(super) fn wants_answer(entry: &ICalendarEntry) -> bool {
    entry.parameter(&ICalendarParameterName::Rsvp).and_then(ICalendarParameterValue::as_bool) == Some(true)
}

/// What the user answered, from what the attendee with the user's address did.
pub(super) fn response(status: AttendeeStatus) -> ResponseType {
    match status {
        AttendeeStatus::Accept => ResponseType::Accepted,
        AttendeeStatus::Decline => ResponseType::Declined,
        AttendeeStatus::Tentative => ResponseType::Tentative,
        AttendeeStatus::NotResponded => ResponseType::NotResponded,
        AttendeeStatus::ResponseUnknown | AttendeeStatus::Other(_) => ResponseType::None,
    }
}

pub(super) fn organizer_entry(name: Option<&str>, email: Option<&str>) -> Option<ICalendarEntry> {
    let entry = ICalendarEntry::new(ICalendarProperty::Organizer).with_value(address(email.or(name)?));
    Some(entry.with_param_opt(name.map(|name| ICalendarParameter::cn(name.to_owned()))))
}

pub(super) fn attendee_entry(attendee: &Attendee<'_>, wants_answer: bool) -> Option<ICalendarEntry> {
    let email = attendee.email.as_deref().or(attendee.name.as_deref())?;
    let mut entry = ICalendarEntry::new(ICalendarProperty::Attendee).with_value(address(email));
    if let Some(kind) = attendee.attendee_type {
        if kind == AttendeeType::Resource {
            entry.add_param(ICalendarParameter::cutype(ICalendarUserTypes::Resource));
        }
        entry.add_param(ICalendarParameter::role(match kind {
            AttendeeType::Optional => ICalendarParticipationRole::OptParticipant,
            AttendeeType::Resource => ICalendarParticipationRole::NonParticipant,
            AttendeeType::Required | AttendeeType::Other(_) => ICalendarParticipationRole::ReqParticipant,
        }));
    }
    let status = match attendee.attendee_status {
        Some(AttendeeStatus::Accept) => Some(ICalendarParticipationStatus::Accepted),
        Some(AttendeeStatus::Decline) => Some(ICalendarParticipationStatus::Declined),
        Some(AttendeeStatus::Tentative) => Some(ICalendarParticipationStatus::Tentative),
        Some(AttendeeStatus::NotResponded) => Some(ICalendarParticipationStatus::NeedsAction),
        Some(AttendeeStatus::ResponseUnknown | AttendeeStatus::Other(_)) | None => None,
    };
    if let Some(status) = status {
        entry.add_param(ICalendarParameter::partstat(status));
    }
    if wants_answer {
        entry.add_param(ICalendarParameter::rsvp(true));
    }
    if let Some(name) = attendee.name.as_deref() {
        entry.add_param(ICalendarParameter::cn(name.to_owned()));
    }
    Some(entry)
}

fn address(email: &str) -> ICalendarValue {
    ICalendarValue::Uri(Uri::Location(format!("mailto:{email}")))
}
