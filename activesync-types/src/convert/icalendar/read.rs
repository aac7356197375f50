//! From iCalendar.

use std::borrow::Cow;

use calcard::common::PartialDateTime;
use calcard::icalendar::{
    ICalendar, ICalendarAction, ICalendarClassification, ICalendarComponent, ICalendarComponentType,
    ICalendarDuration, ICalendarEntry, ICalendarParameterName, ICalendarParameterValue, ICalendarProperty,
    ICalendarRelated, ICalendarStatus, ICalendarTransparency, ICalendarValue,
};
use jiff::civil;
use jiff::tz::TimeZone as Zone;
use jiff::{SignedDuration, Span, Timestamp};
use wbxml::OrEmpty;

use super::attendees::{Person, attendee, person, response, wants_answer};
use super::rule::from_rule;
use super::{Event, Settings, zone};
use crate::airsyncbase::{Body, BodyType, Location};
use crate::calendar::{Calendar, Exception, MeetingStatus, ResponseType};
use crate::convert::text::from_card;
use crate::date_time::CompactDateTime;
use crate::enumerations::{BusyStatus, Sensitivity};
use crate::time_zone::TimeZone;

type P = ICalendarProperty;

/// The events of a calendar: one for each `UID`, however many components it has.
pub fn from_icalendar(calendar: &ICalendar, settings: &Settings) -> Vec<Event> {
    let components: Vec<Component<'_>> = calendar
        .components
        .iter()
        .filter(|component| component.component_type == ICalendarComponentType::VEvent)
        .map(|inner| Component { calendar, inner, settings })
        .collect();
    let mut events = Vec::new();
    for component in &components {
        let overrides: Vec<&Component<'_>> = components
            .iter()
            .filter(|other| {
                other.is_override() && component.uid().is_some() && other.uid() == component.uid()
            })
            .collect();
        if !component.is_override() {
            events.push(component.event(&overrides));
        } else if !components.iter().any(|other| !other.is_override() && other.uid() == component.uid()) {
            events.push(component.orphan());
        }
    }
    events
}

/// A `VEVENT` in its calendar.
struct Component<'c> {
    calendar: &'c ICalendar,
    inner: &'c ICalendarComponent,
    settings: &'c Settings,
}

/// A time or a day as it is written, with its zone.
struct Moment {
    local: civil::DateTime,
    is_day: bool,
    zone: Zone,
}

impl Moment {
    fn timestamp(&self) -> Timestamp {
        self.zone.to_timestamp(self.local).unwrap_or_default()
    }
}

impl<'c> Component<'c> {
    fn event(&self, overrides: &[&Self]) -> Event {
        let mut event = self.basics();
        let start = self.moment(&P::Dtstart);
        if let Some(start) = &start {
            self.put_recurrence(&mut event, start);
            self.put_exceptions(&mut event, start, overrides);
        }
        event
    }

    /// An occurrence whose series is not in the file.
    fn orphan(&self) -> Event {
        let mut event = self.basics();
        event.calendar.instance_id = self.moment(&P::RecurrenceId).map(|moment| moment.timestamp().into());
        event
    }

    /// All but what makes it a series.
    fn basics(&self) -> Event {
        let mut calendar = Calendar {
            dt_stamp: self.moment(&P::Dtstamp).map(|moment| moment.timestamp().into()),
            subject: self.text(&P::Summary),
            uid: self.text(&P::Uid),
            location_text: self.text(&P::Location),
            location: self.location(),
            busy_status: Some(self.busy_status()),
            sensitivity: Some(self.sensitivity()),
            categories: self.categories(),
            online_meeting_external_link: self.text(&P::Url),
            online_meeting_conf_link: self.text(&other("X-MICROSOFT-ONLINEMEETINGCONFLINK")),
            disallow_new_time_proposal: Some(self.boolean("X-MICROSOFT-DISALLOW-COUNTER") == Some(true)),
            appointment_reply_time: self.reply_time(),
            ..Calendar::default()
        };
        if let Some(start) = self.moment(&P::Dtstart) {
            let end = self.end(&start);
            calendar.all_day_event =
                Some(start.is_day || self.boolean("X-MICROSOFT-CDO-ALLDAYEVENT") == Some(true));
            calendar.timezone = Some(TimeZone::from_zone(&start.zone, start.local.year()));
            calendar.start_time = Some(start.timestamp().into());
            calendar.end_time = Some(end.into());
            calendar.reminder = self.reminder(start.timestamp(), end).map(OrEmpty::Value);
        }
        self.put_body(&mut calendar);
        self.put_people(&mut calendar);
        Event { calendar, lost: self.lost() }
    }

    fn put_body(&self, calendar: &mut Calendar<'static>) {
        let plain = self.text(&P::Description);
        let html = self
            .entries(&other("X-ALT-DESC"))
            .find(|entry| {
                let media_type = entry.parameter(&ICalendarParameterName::Fmttype);
                media_type
                    .and_then(ICalendarParameterValue::as_text)
                    .is_some_and(|found| found == "text/html")
            })
            .and_then(|entry| value_text(entry));
        let (body_type, data) = match (html, &plain) {
            (Some(html), _) => (BodyType::Html, html),
            (None, Some(plain)) => (BodyType::PlainText, plain.clone()),
            (None, None) => return,
        };
        calendar.native_body_type = Some(body_type);
        calendar.body =
            Some(Body { estimated_data_size: u32::try_from(data.len()).ok(), ..Body::new(body_type, data) });
        calendar.legacy_body = plain;
    }

    fn put_people(&self, calendar: &mut Calendar<'static>) {
        let organizer = self.entries(&P::Organizer).next().map(person);
        let attendees: Vec<_> = self.entries(&P::Attendee).map(attendee).collect();
        let is_user = |email: Option<&str>| {
            let user = self.settings.user.as_deref();
            email.zip(user).is_some_and(|(email, user)| email.eq_ignore_ascii_case(user))
        };
        let canceled = if self.status() == Some(&ICalendarStatus::Cancelled) { 4 } else { 0 };
        let meeting = organizer.is_some() || !attendees.is_empty();
        let is_own = organizer.as_ref().is_none_or(|organizer| is_user(organizer.email.as_deref()));
        let base = match (meeting, is_own) {
            (false, _) => MeetingStatus::APPOINTMENT,
            (true, true) => MeetingStatus::ORGANIZED,
            (true, false) => MeetingStatus::RECEIVED,
        };
        calendar.meeting_status = Some(MeetingStatus(base.0 | canceled));
        if meeting {
            let own = attendees.iter().find(|attendee| is_user(attendee.email.as_deref()));
            calendar.response_type = if is_own {
                Some(ResponseType::Organizer)
            } else {
                own.and_then(|own| own.attendee_status).map(response)
            };
            calendar.response_requested = Some(self.entries(&P::Attendee).any(wants_answer));
        }
        if let Some(Person { name, email }) = organizer {
            calendar.organizer_name = name.or_else(|| email.clone());
            calendar.organizer_email = email;
        }
        if !attendees.is_empty() {
            calendar.attendees = Some(attendees);
        }
    }

    fn put_recurrence(&self, event: &mut Event, start: &Moment) {
        for (position, entry) in self.entries(&P::Rrule).enumerate() {
            let Some(ICalendarValue::RecurrenceRule(rule)) = entry.values.first() else { continue };
            let until = rule.until.as_ref().and_then(|end| until(end, start));
            match from_rule(rule, start.local, until) {
                Some(recurrence) if position == 0 => event.calendar.recurrence = Some(recurrence),
                _ => event.lost.push(format!("RRULE:{rule}")),
            }
        }
    }

    fn put_exceptions(&self, event: &mut Event, start: &Moment, overrides: &[&Self]) {
        let mut exceptions = Vec::new();
        for entry in self.entries(&P::Exdate) {
            for moment in self.moments(entry) {
                let deleted = Some(true);
                exceptions.push(Exception { deleted, ..Exception::of(occurrence(&moment, start)) });
            }
        }
        for other in overrides {
            if let Some(moment) = other.moment(&P::RecurrenceId) {
                let changed = other.basics();
                event.lost.extend(changed.lost);
                let occurrence = occurrence(&moment, start);
                let exception = exception(occurrence, changed.calendar, &event.calendar);
                exceptions.retain(|known: &Exception<'_>| known.original_start() != Some(occurrence));
                exceptions.push(exception);
            }
        }
        exceptions.sort_by_key(Exception::original_start);
        if !exceptions.is_empty() {
            event.calendar.exceptions = Some(exceptions);
        }
    }

    /// When the event ends: by its end, by its length, or by rule.
    fn end(&self, start: &Moment) -> Timestamp {
        if let Some(end) = self.moment(&P::Dtend) {
            return end.timestamp().max(start.timestamp());
        }
        let duration = self.entries(&P::Duration).next().and_then(|entry| match entry.values.first()? {
            ICalendarValue::Duration(duration) if !duration.neg => Some(duration),
            _ => None,
        });
        let end = match duration {
            Some(duration) => start.local.checked_add(nominal(duration)).ok().map(|local| {
                // Days are days of the calendar, the rest is time that passes.
                let exact = SignedDuration::from_secs(exact_seconds(duration));
                start.zone.to_timestamp(local).unwrap_or_default().saturating_add(exact).unwrap_or_default()
            }),
            None if start.is_day => {
                let next = start.local.checked_add(Span::new().days(1));
                next.ok().and_then(|local| start.zone.to_timestamp(local).ok())
            }
            None => None,
        };
        end.unwrap_or_else(|| start.timestamp())
    }

    /// Minutes before the start, from the alarm that shows something, else from the first.
    fn reminder(&self, start: Timestamp, end: Timestamp) -> Option<u32> {
        let alarms: Vec<_> = self.alarms().collect();
        let shows = |alarm: &&&ICalendarComponent| {
            let action = alarm.property(&P::Action).and_then(|action| action.values.first());
            matches!(action, Some(ICalendarValue::Action(ICalendarAction::Display | ICalendarAction::Audio)))
        };
        let alarm = alarms.iter().find(shows).or(alarms.first())?;
        let trigger = alarm.property(&P::Trigger)?;
        let at = match trigger.values.first()? {
            ICalendarValue::Duration(duration) => {
                let related = trigger.parameter(&ICalendarParameterName::Related);
                let from_end =
                    matches!(related, Some(ICalendarParameterValue::Related(ICalendarRelated::End)));
                let base = if from_end { end } else { start };
                base.checked_add(SignedDuration::from_secs(duration.as_seconds())).ok()?
            }
            ICalendarValue::PartialDateTime(time) => {
                self.settings.zone_of(time).to_timestamp(civil(time)?.0).ok()?
            }
            _ => return None,
        };
        u32::try_from(start.duration_since(at).as_mins()).ok()
    }

    fn alarms(&self) -> impl Iterator<Item = &'c ICalendarComponent> {
        let children = self.inner.component_ids.iter().filter_map(|id| self.calendar.component_by_id(*id));
        children.filter(|child| child.component_type == ICalendarComponentType::VAlarm)
    }

    fn busy_status(&self) -> BusyStatus {
        let microsoft =
            self.text(&other("X-MICROSOFT-CDO-BUSYSTATUS")).map(|status| status.to_ascii_uppercase());
        match microsoft.as_deref() {
            Some("FREE") => return BusyStatus::Free,
            Some("TENTATIVE") => return BusyStatus::Tentative,
            Some("BUSY") => return BusyStatus::Busy,
            Some("OOF") => return BusyStatus::OutOfOffice,
            Some("WORKINGELSEWHERE") => return BusyStatus::WorkingElsewhere,
            _ => {}
        }
        let transparency = self.entries(&P::Transp).next().and_then(|entry| entry.values.first());
        if let Some(ICalendarValue::Transparency(ICalendarTransparency::Transparent)) = transparency {
            return BusyStatus::Free;
        }
        if self.status() == Some(&ICalendarStatus::Tentative) {
            BusyStatus::Tentative
        } else {
            BusyStatus::Busy
        }
    }

    fn sensitivity(&self) -> Sensitivity {
        match self.entries(&P::Class).next().and_then(|entry| entry.values.first()) {
            None | Some(ICalendarValue::Classification(ICalendarClassification::Public)) => {
                Sensitivity::Normal
            }
            Some(ICalendarValue::Classification(ICalendarClassification::Confidential)) => {
                Sensitivity::Confidential
            }
            Some(ICalendarValue::Text(text)) if text.eq_ignore_ascii_case("X-PERSONAL") => {
                Sensitivity::Personal
            }
            // What is not known is to be taken for private.
            Some(_) => Sensitivity::Private,
        }
    }

    fn location(&self) -> Option<Location<'static>> {
        let display_name = self.text(&P::Location);
        let geo = self.entries(&P::Geo).next().map(|entry| &entry.values[..]);
        let (latitude, longitude) = match geo {
            Some([latitude, longitude]) => (latitude.as_float(), longitude.as_float()),
            _ => (None, None),
        };
        if display_name.is_none() && latitude.is_none() {
            return None;
        }
        Some(Location { display_name, latitude, longitude, ..Location::default() })
    }

    fn categories(&self) -> Option<Vec<Cow<'static, str>>> {
        let categories: Vec<_> = self
            .entries(&P::Categories)
            .flat_map(|entry| entry.values.iter().filter_map(ICalendarValue::as_text))
            .filter(|category| !category.is_empty())
            .map(from_card)
            .collect();
        (!categories.is_empty()).then_some(categories)
    }

    fn reply_time(&self) -> Option<CompactDateTime> {
        let property = other("X-MICROSOFT-CDO-REPLYTIME");
        self.text(&property)
            .and_then(|text| text.parse().ok())
            .or_else(|| self.moment(&property).map(|moment| moment.timestamp().into()))
    }

    fn lost(&self) -> Vec<String> {
        let mut lost: Vec<String> = self
            .inner
            .entries
            .iter()
            .filter(|entry| matches!(entry.name, P::Rdate | P::Attach | P::Exrule))
            .map(|entry| entry.name.as_str().to_owned())
            .collect();
        lost.extend(self.alarms().skip(1).map(|_| "VALARM".to_owned()));
        lost
    }

    fn is_override(&self) -> bool {
        self.inner.has_property(&P::RecurrenceId)
    }

    fn uid(&self) -> Option<&str> {
        self.inner.uid()
    }

    fn status(&self) -> Option<&ICalendarStatus> {
        self.inner.status()
    }

    fn boolean(&self, name: &'static str) -> Option<bool> {
        let property = other(name);
        let value = self.entries(&property).next()?.values.first()?;
        value.as_boolean().or_else(|| Some(value.as_text()?.eq_ignore_ascii_case("TRUE")))
    }

    fn entries<'n: 'c>(&'n self, name: &'n P) -> impl Iterator<Item = &'n ICalendarEntry> {
        self.inner.entries.iter().filter(move |entry| entry.name == *name)
    }

    fn text(&self, name: &P) -> Option<Cow<'static, str>> {
        value_text(self.inner.property(name)?).filter(|text| !text.is_empty())
    }

    fn moment(&self, name: &P) -> Option<Moment> {
        self.moments(self.inner.property(name)?).into_iter().next()
    }

    fn moments(&self, entry: &ICalendarEntry) -> Vec<Moment> {
        let zone = entry.tz_id().and_then(|tzid| zone::resolve(self.calendar, tzid));
        entry
            .values
            .iter()
            .filter_map(ICalendarValue::as_partial_date_time)
            .filter_map(|value| {
                let (local, is_day) = civil(value)?;
                let zone = if is_utc(value) && !is_day { Some(Zone::UTC) } else { zone.clone() };
                Some(Moment { local, is_day, zone: zone.unwrap_or_else(|| self.settings.zone.clone()) })
            })
            .collect()
    }
}

impl Settings {
    fn zone_of(&self, value: &PartialDateTime) -> Zone {
        if is_utc(value) { Zone::UTC } else { self.zone.clone() }
    }
}

/// The last time at which a series that begins at `start` may occur.
fn until(end: &PartialDateTime, start: &Moment) -> Option<CompactDateTime> {
    let (local, is_day) = civil(end)?;
    // A day includes the occurrence on it, which begins at the time of the first one.
    let local = if is_day { local.date().to_datetime(start.local.time()) } else { local };
    let zone = if !is_day && is_utc(end) { &Zone::UTC } else { &start.zone };
    Some(zone.to_timestamp(local).ok()?.into())
}

/// Which occurrence of the series a time names; a day names the occurrence on it.
fn occurrence(moment: &Moment, start: &Moment) -> CompactDateTime {
    if moment.is_day && !start.is_day {
        let local = moment.local.date().to_datetime(start.local.time());
        return start.zone.to_timestamp(local).unwrap_or_default().into();
    }
    moment.timestamp().into()
}

/// What of an occurrence differs from its series.
fn exception(
    occurrence: CompactDateTime,
    changed: Calendar<'static>,
    series: &Calendar<'static>,
) -> Exception<'static> {
    fn differing<T: PartialEq>(new: Option<T>, series: Option<&T>) -> Option<T> {
        new.filter(|new| Some(new) != series)
    }
    fn or_empty<T: PartialEq>(new: Option<T>, series: Option<&T>) -> Option<OrEmpty<T>> {
        match (new, series) {
            (None, Some(_)) => Some(OrEmpty::Empty),
            (new, series) => differing(new, series).map(OrEmpty::Value),
        }
    }
    // What the series has and the occurrence has not is to be empty, since absent means as in the series.
    let text = |new: Option<Cow<'static, str>>, series: Option<&Cow<'static, str>>| match series {
        Some(series) if new.is_none() && !series.is_empty() => Some(Cow::Borrowed("")),
        series => differing(new, series),
    };
    let reminder = match (changed.reminder, series.reminder) {
        (None, Some(OrEmpty::Value(_))) => Some(OrEmpty::Empty),
        (new, series) => differing(new, series.as_ref()),
    };
    // The schema demands a type even of notes that are none.
    let body = match (changed.body, &series.body) {
        (None, Some(_)) => Some(OrEmpty::Value(Body::plain_text(""))),
        (new, series) => differing(new, series.as_ref()).map(OrEmpty::Value),
    };
    let location = match (changed.location, &series.location) {
        (None, Some(_)) => Some(Location::named("")),
        (new, series) => differing(new, series.as_ref()),
    };
    let categories = match (changed.categories, &series.categories) {
        (None, Some(_)) => Some(Vec::new()),
        (new, series) => differing(new, series.as_ref()),
    };
    Exception {
        start_time: changed.start_time.map(OrEmpty::Value),
        end_time: changed.end_time.map(OrEmpty::Value),
        dt_stamp: or_empty(changed.dt_stamp, series.dt_stamp.as_ref()),
        subject: text(changed.subject, series.subject.as_ref()),
        location_text: text(changed.location_text, series.location_text.as_ref()),
        location,
        busy_status: or_empty(changed.busy_status, series.busy_status.as_ref()),
        sensitivity: or_empty(changed.sensitivity, series.sensitivity.as_ref()),
        all_day_event: or_empty(changed.all_day_event, series.all_day_event.as_ref()),
        reminder,
        meeting_status: or_empty(changed.meeting_status, series.meeting_status.as_ref()),
        attendees: differing(changed.attendees, series.attendees.as_ref()),
        categories,
        body,
        legacy_body: text(changed.legacy_body, series.legacy_body.as_ref()),
        appointment_reply_time: or_empty(
            changed.appointment_reply_time,
            series.appointment_reply_time.as_ref(),
        ),
        // The schema has no empty one: what is no meeting has no answer.
        response_type: differing(
            changed.response_type.or(series.response_type.is_some().then_some(ResponseType::None)),
            series.response_type.as_ref(),
        )
        .map(OrEmpty::Value),
        online_meeting_conf_link: differing(
            changed.online_meeting_conf_link,
            series.online_meeting_conf_link.as_ref(),
        ),
        online_meeting_external_link: differing(
            changed.online_meeting_external_link,
            series.online_meeting_external_link.as_ref(),
        ),
        ..Exception::of(occurrence)
    }
}

/// The local time, and whether it is a whole day.
pub(super) fn civil(value: &PartialDateTime) -> Option<(civil::DateTime, bool)> {
    let number = |number: u8| i8::try_from(number).ok();
    let date = civil::Date::new(i16::try_from(value.year?).ok()?, number(value.month?)?, number(value.day?)?)
        .ok()?;
    let Some(hour) = value.hour else { return Some((date.to_datetime(civil::Time::midnight()), true)) };
    // A leap second is the second before it.
    let second = value.second.unwrap_or_default().min(59);
    let time = civil::Time::new(number(hour)?, number(value.minute.unwrap_or_default())?, number(second)?, 0)
        .ok()?;
    Some((date.to_datetime(time), false))
}

fn is_utc(value: &PartialDateTime) -> bool {
    value.tz_hour == Some(0) && value.tz_minute.unwrap_or_default() == 0
}

fn nominal(duration: &ICalendarDuration) -> Span {
    let days = i64::from(duration.weeks) * 7 + i64::from(duration.days);
    Span::new().try_days(days).unwrap_or_default()
}

fn exact_seconds(duration: &ICalendarDuration) -> i64 {
    i64::from(duration.hours) * 3600 + i64::from(duration.minutes) * 60 + i64::from(duration.seconds)
}

fn value_text(entry: &ICalendarEntry) -> Option<Cow<'static, str>> {
    entry.values.first()?.as_text().map(from_card)
}

pub(super) fn other(name: &'static str) -> ICalendarProperty {
    ICalendarProperty::Other(name.to_owned())
}
