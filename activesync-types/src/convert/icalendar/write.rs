//! To iCalendar.

use calcard::common::PartialDateTime;
use calcard::icalendar::{
    ICalendar, ICalendarAction, ICalendarClassification, ICalendarComponent, ICalendarComponentType,
    ICalendarDuration, ICalendarEntry, ICalendarParameter, ICalendarProperty, ICalendarStatus,
    ICalendarTransparency, ICalendarValue, ICalendarValueType, Uri,
};
use jiff::tz::TimeZone as Zone;
use jiff::{Timestamp, civil};
use wbxml::OrEmpty;

use super::attendees::{attendee_entry, organizer_entry};
use super::read::other;
use super::rule::to_rule;
use super::zone;
use crate::airsyncbase::{Body, BodyType, Location};
use crate::calendar::{Attendee, Calendar, Exception, MeetingStatus};
use crate::convert::text::{html_to_text, to_card};
use crate::date_time::CompactDateTime;
use crate::enumerations::{BusyStatus, Sensitivity};
use crate::time_zone::TimeZone;

type P = ICalendarProperty;

/// The event, and each of its exceptions, as a calendar file.
#[must_use]
pub fn to_text(calendar: &Calendar<'_>) -> String {
    to_icalendar(calendar).to_string()
}

/// The event, and each of its exceptions, as `VEVENT`s with the time zone that they need.
#[must_use]
pub fn to_icalendar(calendar: &Calendar<'_>) -> ICalendar {
    let clock = Clock::of(calendar);
    let mut root = ICalendarComponent::new(ICalendarComponentType::VCalendar);
    root.add_property(P::Version, "2.0");
    root.add_property(P::Prodid, concat!("-//activesync//", env!("CARGO_PKG_VERSION"), "//EN"));
    let mut file = ICalendar { components: vec![root] };
    let uid = calendar.uid.as_deref().or(calendar.client_uid.as_deref());
    let mut master = clock.event(&Details::of(calendar), uid);
    clock.put_recurrence(&mut master, calendar);
    if let Some(instance) = calendar.instance_id {
        master.entries.push(clock.entry(P::RecurrenceId, instance));
    }
    push_event(&mut file, master, reminder(calendar.reminder));
    for exception in calendar.exceptions.iter().flatten().filter(|exception| !exception.is_deleted()) {
        let Some(occurrence) = exception.original_start() else { continue };
        let details = Details::of_exception(exception, calendar, occurrence);
        let mut event = clock.event(&details, uid);
        event.entries.push(clock.entry(P::RecurrenceId, occurrence));
        push_event(&mut file, event, reminder(exception.reminder.or(calendar.reminder)));
    }
    clock.define_zone(&mut file);
    file
}

/// How times of the event are written.
struct Clock {
    blob: TimeZone,
    zone: Zone,
    /// The name of the zone; none for UTC.
    tzid: Option<String>,
    is_named: bool,
    all_day: bool,
    year: i16,
}

impl Clock {
    fn of(calendar: &Calendar<'_>) -> Self {
        let year = calendar.start_time.map_or(1970, |start| start.date().year());
        let blob = calendar.timezone.unwrap_or_default();
        let zone = blob.to_zone();
        let changes = blob.standard_date.month != 0 && blob.daylight_date.month != 0;
        let is_utc = zone.is_none() || (blob.bias == 0 && blob.standard_bias == 0 && !changes);
        let name = if is_utc { None } else { blob.iana_name(year) };
        let is_named = name.is_some();
        let named = name.as_deref().and_then(|name| jiff::tz::db().get(name).ok());
        let own_name = Some(blob.standard_name.to_string()).filter(|name| !name.is_empty());
        Self {
            blob,
            zone: named.or(zone).unwrap_or(Zone::UTC),
            tzid: (!is_utc).then(|| name.or(own_name).unwrap_or_else(|| "Local".to_owned())),
            is_named,
            all_day: calendar.all_day_event == Some(true),
            year,
        }
    }

    fn event(&self, details: &Details<'_>, uid: Option<&str>) -> ICalendarComponent {
        let mut event = ICalendarComponent::new(ICalendarComponentType::VEvent);
        if let Some(uid) = uid {
            event.add_property(P::Uid, uid);
        }
        let stamp = details.dt_stamp.unwrap_or_default();
        event.add_property(P::Dtstamp, utc(stamp));
        if let Some(start) = details.start_time {
            event.entries.push(self.entry(P::Dtstart, start));
        }
        if let Some(end) = details.end_time {
            event.entries.push(self.entry(P::Dtend, end));
        }
        details.put(&mut event);
        event
    }

    fn put_recurrence(&self, event: &mut ICalendarComponent, calendar: &Calendar<'_>) {
        let Some(recurrence) = &calendar.recurrence else { return };
        let until = recurrence.until.map(|until| {
            // The end has the form of the start: a day, or a time in UTC.
            if self.all_day { day(self.local(until).date()) } else { utc(until) }
        });
        let Some(rule) = to_rule(recurrence, until) else { return };
        event.entries.push(ICalendarEntry::new(P::Rrule).with_value(rule));
        let deleted = calendar.exceptions.iter().flatten().filter(|exception| exception.is_deleted());
        for occurrence in deleted.filter_map(Exception::original_start) {
            event.entries.push(self.entry(P::Exdate, occurrence));
        }
    }

    /// A time of the event, or its day.
    fn entry(&self, name: P, time: CompactDateTime) -> ICalendarEntry {
        let entry = ICalendarEntry::new(name);
        if self.all_day {
            let value = day(self.local(time).date());
            return entry.with_param(ICalendarParameter::value(ICalendarValueType::Date)).with_value(value);
        }
        match &self.tzid {
            Some(tzid) => {
                entry.with_param(ICalendarParameter::tzid(tzid.clone())).with_value(local(self.local(time)))
            }
            None => entry.with_value(utc(time)),
        }
    }

    fn local(&self, time: CompactDateTime) -> civil::DateTime {
        self.zone.to_datetime(Timestamp::from(time))
    }

    fn define_zone(&self, file: &mut ICalendar) {
        let Some(tzid) = self.tzid.as_deref().filter(|_| !self.all_day) else { return };
        if self.is_named {
            file.add_missing_timezones();
        } else {
            zone::define(file, tzid, &self.blob, self.year);
        }
    }
}

/// What an event and an exception both have.
struct Details<'d> {
    start_time: Option<CompactDateTime>,
    end_time: Option<CompactDateTime>,
    dt_stamp: Option<CompactDateTime>,
    subject: Option<&'d str>,
    location_name: Option<&'d str>,
    location: Option<&'d Location<'d>>,
    busy_status: Option<BusyStatus>,
    sensitivity: Option<Sensitivity>,
    meeting_status: Option<MeetingStatus>,
    categories: &'d [std::borrow::Cow<'d, str>],
    body: Option<&'d Body<'d>>,
    legacy_body: Option<&'d str>,
    organizer: (Option<&'d str>, Option<&'d str>),
    attendees: &'d [Attendee<'d>],
    response_requested: bool,
    disallow_new_time_proposal: Option<bool>,
    reply_time: Option<CompactDateTime>,
    conf_link: Option<&'d str>,
    external_link: Option<&'d str>,
}

impl<'d> Details<'d> {
    fn of(calendar: &'d Calendar<'d>) -> Self {
        Self {
            start_time: calendar.start_time,
            end_time: calendar.end_time,
            dt_stamp: calendar.dt_stamp,
            subject: calendar.subject.as_deref(),
            location_name: calendar.location_name(),
            location: calendar.location.as_ref(),
            busy_status: calendar.busy_status,
            sensitivity: calendar.sensitivity,
            meeting_status: calendar.meeting_status,
            categories: calendar.categories.as_deref().unwrap_or_default(),
            body: calendar.body.as_ref(),
            legacy_body: calendar.legacy_body.as_deref(),
            organizer: (calendar.organizer_name.as_deref(), calendar.organizer_email.as_deref()),
            attendees: calendar.attendees.as_deref().unwrap_or_default(),
            response_requested: calendar.response_requested == Some(true),
            disallow_new_time_proposal: calendar.disallow_new_time_proposal,
            reply_time: calendar.appointment_reply_time,
            conf_link: calendar.online_meeting_conf_link.as_deref(),
            external_link: calendar.online_meeting_external_link.as_deref(),
        }
    }

    /// What the exception says, and for the rest what the series says.
    fn of_exception(
        exception: &'d Exception<'d>,
        series: &'d Calendar<'d>,
        occurrence: CompactDateTime,
    ) -> Self {
        let own = Self::of(series);
        let start_time = exception.start_time.and_then(OrEmpty::value).unwrap_or(occurrence);
        let length = own
            .end_time
            .zip(own.start_time)
            .map(|(end, start)| Timestamp::from(end).duration_since(Timestamp::from(start)));
        let usual_end = length.and_then(|length| Timestamp::from(start_time).checked_add(length).ok());
        let has_body = exception.body.is_some() || exception.legacy_body.is_some();
        let has_place = exception.location_name().is_some();
        Self {
            start_time: Some(start_time),
            end_time: exception.end_time.and_then(OrEmpty::value).or(usual_end.map(CompactDateTime::from)),
            dt_stamp: exception.dt_stamp.map_or(own.dt_stamp, OrEmpty::value),
            subject: exception.subject.as_deref().or(own.subject),
            location_name: exception.location_name().or(own.location_name),
            location: if has_place { exception.location.as_ref() } else { own.location },
            busy_status: exception.busy_status.map_or(own.busy_status, OrEmpty::value),
            sensitivity: exception.sensitivity.map_or(own.sensitivity, OrEmpty::value),
            meeting_status: exception.meeting_status.map_or(own.meeting_status, OrEmpty::value),
            categories: exception.categories.as_deref().unwrap_or(own.categories),
            body: if has_body { exception.body.as_ref().and_then(OrEmpty::as_value) } else { own.body },
            legacy_body: if has_body { exception.legacy_body.as_deref() } else { own.legacy_body },
            attendees: exception.attendees.as_deref().unwrap_or(own.attendees),
            reply_time: exception.appointment_reply_time.map_or(own.reply_time, OrEmpty::value),
            conf_link: exception.online_meeting_conf_link.as_deref().or(own.conf_link),
            external_link: exception.online_meeting_external_link.as_deref().or(own.external_link),
            ..own
        }
    }

    fn put(&self, event: &mut ICalendarComponent) {
        put_text(event, P::Summary, self.subject);
        put_text(event, P::Location, self.location_name);
        if let Some((latitude, longitude)) =
            self.location.and_then(|place| place.latitude.zip(place.longitude))
        {
            let values = vec![ICalendarValue::Float(latitude), ICalendarValue::Float(longitude)];
            event.entries.push(ICalendarEntry::new(P::Geo).with_values(values));
        }
        self.put_body(event);
        self.put_status(event);
        if let Some(class) = self.sensitivity.and_then(class) {
            event.entries.push(ICalendarEntry::new(P::Class).with_value(class));
        }
        if !self.categories.is_empty() {
            let values =
                self.categories.iter().map(|category| ICalendarValue::Text(to_card(category))).collect();
            event.entries.push(ICalendarEntry::new(P::Categories).with_values(values));
        }
        let (name, email) = self.organizer;
        event.entries.extend(organizer_entry(name, email));
        let attendees = self.attendees.iter();
        event
            .entries
            .extend(attendees.filter_map(|attendee| attendee_entry(attendee, self.response_requested)));
        if let Some(link) = self.external_link {
            let link = ICalendarValue::Uri(Uri::Location(link.to_owned()));
            event.entries.push(ICalendarEntry::new(P::Url).with_value(link));
        }
        put_text(event, other("X-MICROSOFT-ONLINEMEETINGCONFLINK"), self.conf_link);
        if self.disallow_new_time_proposal == Some(true) {
            put_text(event, other("X-MICROSOFT-DISALLOW-COUNTER"), Some("TRUE"));
        }
        let reply_time = self.reply_time.map(|time| time.to_string());
        put_text(event, other("X-MICROSOFT-CDO-REPLYTIME"), reply_time.as_deref());
    }

    fn put_body(&self, event: &mut ICalendarComponent) {
        let text = self.body.and_then(Body::text);
        let data = self.body.map(|body| body.body_type).zip(text.as_deref());
        let made;
        let plain = match data {
            Some((BodyType::Html, html)) => {
                let media_type = ICalendarParameter::fmttype("text/html".to_owned());
                let entry =
                    ICalendarEntry::new(other("X-ALT-DESC")).with_param(media_type).with_value(to_card(html));
                event.entries.push(entry);
                made = html_to_text(html);
                Some(self.legacy_body.unwrap_or(&made))
            }
            Some((BodyType::PlainText, plain)) => Some(plain),
            _ => self.legacy_body,
        };
        put_text(event, P::Description, plain);
    }

    fn put_status(&self, event: &mut ICalendarComponent) {
        if self.meeting_status.is_some_and(MeetingStatus::is_canceled) {
            event.entries.push(ICalendarEntry::new(P::Status).with_value(ICalendarStatus::Cancelled));
        } else if self.busy_status == Some(BusyStatus::Tentative) {
            event.entries.push(ICalendarEntry::new(P::Status).with_value(ICalendarStatus::Tentative));
        }
        let Some(busy) = self.busy_status else { return };
        let name = match busy {
            BusyStatus::Free => "FREE",
            BusyStatus::Tentative => "TENTATIVE",
            BusyStatus::Busy => "BUSY",
            BusyStatus::OutOfOffice => "OOF",
            BusyStatus::WorkingElsewhere => "WORKINGELSEWHERE",
            BusyStatus::Unknown | BusyStatus::Other(_) => return,
        };
        let transparent = matches!(busy, BusyStatus::Free | BusyStatus::WorkingElsewhere);
        let transparency =
            if transparent { ICalendarTransparency::Transparent } else { ICalendarTransparency::Opaque };
        event.entries.push(ICalendarEntry::new(P::Transp).with_value(transparency));
        put_text(event, other("X-MICROSOFT-CDO-BUSYSTATUS"), Some(name));
    }
}

fn class(sensitivity: Sensitivity) -> Option<ICalendarValue> {
    match sensitivity {
        Sensitivity::Normal => Some(ICalendarClassification::Public.into()),
        Sensitivity::Private => Some(ICalendarClassification::Private.into()),
        Sensitivity::Confidential => Some(ICalendarClassification::Confidential.into()),
        // Who does not know the word must take it for private.
        Sensitivity::Personal => Some("X-PERSONAL".into()),
        Sensitivity::Other(_) => None,
    }
}

fn put_text(event: &mut ICalendarComponent, name: P, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        event.add_property(name, to_card(text));
    }
}

fn reminder(reminder: Option<OrEmpty<u32>>) -> Option<u32> {
    reminder.and_then(OrEmpty::value)
}

fn push_event(file: &mut ICalendar, mut event: ICalendarComponent, reminder: Option<u32>) {
    let id = u32::try_from(file.components.len()).unwrap_or(u32::MAX);
    if let Some(minutes) = reminder {
        event.component_ids.push(id + 1);
        let summary = event.property(&P::Summary).and_then(|summary| summary.values.first()?.as_text());
        let description = summary.unwrap_or("Reminder").to_owned();
        file.components.push(event);
        file.components.push(alarm(minutes, description));
    } else {
        file.components.push(event);
    }
    file.components[0].component_ids.push(id);
}

fn alarm(minutes: u32, description: String) -> ICalendarComponent {
    let mut alarm = ICalendarComponent::new(ICalendarComponentType::VAlarm);
    alarm.add_property(P::Action, ICalendarAction::Display);
    alarm.add_property(P::Description, description);
    alarm.add_property(
        P::Trigger,
        ICalendarDuration { neg: minutes > 0, minutes, ..ICalendarDuration::default() },
    );
    alarm
}

fn utc(time: CompactDateTime) -> PartialDateTime {
    let zulu = local(Zone::UTC.to_datetime(Timestamp::from(time)));
    PartialDateTime { tz_hour: Some(0), tz_minute: Some(0), ..zulu }
}

pub(super) fn local(time: civil::DateTime) -> PartialDateTime {
    let number = |number: i8| Some(number.unsigned_abs());
    PartialDateTime {
        hour: number(time.hour()),
        minute: number(time.minute()),
        second: number(time.second()),
        ..day(time.date())
    }
}

fn day(date: civil::Date) -> PartialDateTime {
    PartialDateTime {
        year: Some(date.year().unsigned_abs()),
        month: Some(date.month().unsigned_abs()),
        day: Some(date.day().unsigned_abs()),
        ..PartialDateTime::default()
    }
}
