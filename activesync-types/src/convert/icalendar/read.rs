//! From iCalendar.

use std::borrow::Cow;

use calcard::icalendar::{
    ICalendar, ICalendarAction, ICalendarClassification, ICalendarComponent, ICalendarComponentType,
    ICalendarEntry, ICalendarParameterName, ICalendarParameterValue, ICalendarProperty, ICalendarRelated,
    ICalendarStatus, ICalendarTransparency, ICalendarValue,
};
use jiff::tz::TimeZone as Zone;
use jiff::{SignedDuration, Span, Timestamp};
use wbxml::OrEmpty;

use super::attendees::{Person, attendee, person, response, wants_answer};
use super::exception::exception;
use super::lost::{Property, floating, kept, note_floating};
use super::moment::{self, Moment, moments};
use super::rule::from_rule;
use super::{Event, Settings, grammar};
use crate::airsyncbase::{Body, BodyType, Location};
use crate::calendar::{Calendar, Exception, MeetingStatus, ResponseType};
use crate::convert::lines::{self, Line};
use crate::convert::text::from_card;
use crate::convert::{Loss, Why};
use crate::date_time::CompactDateTime;
use crate::enumerations::{BusyStatus, Sensitivity};
use crate::time_zone::TimeZone;

type P = ICalendarProperty;

/// The events of a calendar: one for each `UID`, however many components it has. What is lost has no lines, which a
/// calendar that was read does not have.
pub fn from_icalendar(calendar: &ICalendar, settings: &Settings) -> Vec<Event> {
    read(calendar, &[], settings)
}

/// The same, with the lines of the components.
pub(super) fn read(calendar: &ICalendar, lines: &[lines::Component<'_>], settings: &Settings) -> Vec<Event> {
    let components: Vec<Component<'_>> = calendar
        .components
        .iter()
        .enumerate()
        .filter(|(_, component)| component.component_type == ICalendarComponentType::VEvent)
        .map(|(at, inner)| Component::new(calendar, inner, lines, at, settings))
        .collect();
    let mut events = Vec::new();
    for component in &components {
        let is_same = |other: &Component<'_>| component.uid().is_some() && other.uid() == component.uid();
        if !component.is_override() {
            let first = components.iter().find(|other| !other.is_override() && is_same(other));
            let is_first = first.is_some_and(|first| first.at == component.at);
            let overrides =
                components.iter().filter(|other| is_first && other.is_override() && is_same(other));
            let overrides: Vec<&Component<'_>> = overrides.collect();
            let event = component.event(&overrides);
            // What is no series has no occurrences.
            let is_single = event.calendar.recurrence.is_none() && event.calendar.start_time.is_some();
            events.push(event);
            if is_single {
                events.extend(overrides.iter().map(|component| component.orphan()));
            }
        } else if !components.iter().any(|other| !other.is_override() && is_same(other)) {
            events.push(component.orphan());
        }
    }
    events
}

/// A `VEVENT` in its calendar.
pub(super) struct Component<'c> {
    calendar: &'c ICalendar,
    inner: &'c ICalendarComponent,
    settings: &'c Settings,
    pub(super) properties: Vec<Property<'c>>,
    /// The lines of all components of the calendar, if they are known.
    pub(super) lines: &'c [lines::Component<'c>],
    /// Which of them this one is.
    at: usize,
}

impl<'c> Component<'c> {
    fn new(
        calendar: &'c ICalendar,
        inner: &'c ICalendarComponent,
        lines: &'c [lines::Component<'c>],
        at: usize,
        settings: &'c Settings,
    ) -> Self {
        let names = inner.entries.iter().map(|entry| entry.name.as_str());
        let known = lines.get(at).map(|component| component.of(names)).unwrap_or_default();
        let known = known.into_iter().chain(std::iter::repeat(None));
        let properties =
            inner.entries.iter().zip(known).map(|(entry, line)| Property { entry, line }).collect();
        Self { calendar, inner, settings, properties, lines, at }
    }

    fn event(&self, overrides: &[&Self]) -> Event {
        let start = self.start(&self.settings.zone);
        let mut event = self.basics(&start);
        if let Ok(start) = &start {
            self.put_recurrence(&mut event, start);
            let has_occurrences = event.calendar.recurrence.is_some();
            self.put_exceptions(&mut event, start, if has_occurrences { overrides } else { &[] });
        } else {
            let without = overrides.iter().map(|other| other.missing("DTSTART of its series"));
            event.left_out.extend(without);
        }
        event.in_order()
    }

    /// An occurrence whose series is not in the file, or cannot be said.
    fn orphan(&self) -> Event {
        let start = self.start(&self.settings.zone);
        let mut event = self.basics(&start);
        let floating = start.as_ref().map_or(&self.settings.zone, |start| &start.zone);
        if let Some(property) = self.property(&P::RecurrenceId)
            && let Some(moment) = kept(self.moment(property, floating), &mut event.lost)
        {
            if let Ok(start) = &start {
                note_floating(&moment, start, property, &mut event.lost);
            }
            event.calendar.instance_id = Some(moment.timestamp.into());
        }
        event.in_order()
    }

    fn start(&self, floating: &Zone) -> Result<Moment, Loss> {
        let property = self.property(&P::Dtstart).ok_or_else(|| self.missing("DTSTART"))?;
        self.moment(property, floating)
    }

    /// All but what makes it a series.
    fn basics(&self, start: &Result<Moment, Loss>) -> Event {
        let mut lost = self.lost();
        let dt_stamp = self.property(&P::Dtstamp);
        let dt_stamp = dt_stamp.and_then(|property| kept(self.moment(property, &Zone::UTC), &mut lost));
        let mut calendar = Calendar {
            dt_stamp: dt_stamp.map(|moment| moment.timestamp.into()),
            subject: self.text(&P::Summary),
            uid: self.text(&P::Uid),
            location_text: self.text(&P::Location),
            location: self.location(&mut lost),
            busy_status: Some(self.busy_status(&mut lost)),
            sensitivity: Some(self.sensitivity()),
            categories: self.categories(),
            online_meeting_external_link: self.text(&P::Url),
            online_meeting_conf_link: self.text(&other("X-MICROSOFT-ONLINEMEETINGCONFLINK")),
            disallow_new_time_proposal: Some(self.boolean("X-MICROSOFT-DISALLOW-COUNTER") == Some(true)),
            appointment_reply_time: self.reply_time(),
            ..Calendar::default()
        };
        match start {
            Ok(start) => {
                if start.is_floating {
                    lost.extend(self.property(&P::Dtstart).map(|property| property.lost(floating(start))));
                }
                let end = self.end(start, &mut lost);
                calendar.all_day_event =
                    Some(start.is_day || self.boolean("X-MICROSOFT-CDO-ALLDAYEVENT") == Some(true));
                calendar.timezone = Some(TimeZone::from_zone(&start.zone, start.local.year()));
                calendar.start_time = Some(start.timestamp.into());
                calendar.end_time = Some(end.into());
                calendar.reminder = self.reminder(start.timestamp, end, &mut lost).map(OrEmpty::Value);
            }
            Err(unknown) => lost.push(unknown.clone()),
        }
        self.put_body(&mut calendar);
        self.put_people(&mut calendar);
        Event { calendar, lost, left_out: Vec::new() }
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
        for (position, property) in self.properties(&P::Rrule).enumerate() {
            if let Some((expected, found)) = property.line.and_then(Line::value).and_then(grammar::fault) {
                event.lost.push(property.lost(Why::unreadable(expected, found)));
                continue;
            }
            let Some(ICalendarValue::RecurrenceRule(rule)) = property.entry.values.first() else {
                event.lost.push(property.unreadable(grammar::RULE));
                continue;
            };
            let until = rule.until.as_ref().map(|end| moment::until(end, start));
            if until == Some(None) {
                event.lost.push(property.unreadable("a recurrence rule with an UNTIL that is a day or time"));
                continue;
            }
            match from_rule(rule, start.local, until.flatten()) {
                Some(recurrence) if position == 0 => event.calendar.recurrence = Some(recurrence),
                _ => event.lost.push(Loss { what: format!("RRULE:{rule}"), ..property.lost(Why::NoPlace) }),
            }
        }
    }

    fn put_exceptions(&self, event: &mut Event, start: &Moment, overrides: &[&Self]) {
        let mut exceptions: Vec<(Property<'_>, Exception<'static>)> = Vec::new();
        for property in self.properties(&P::Exdate) {
            for moment in self.moments(property, &start.zone) {
                let Some(moment) = kept(moment, &mut event.lost) else { continue };
                note_floating(&moment, start, property, &mut event.lost);
                let exception = Exception::of(moment::occurrence(&moment, start));
                exceptions.push((property, Exception { deleted: Some(true), ..exception }));
            }
        }
        for other in overrides {
            let Some(property) = other.property(&P::RecurrenceId) else { continue };
            let own_start = other.start(&start.zone);
            let moment = match (other.moment(property, &start.zone), &own_start) {
                (Ok(moment), Ok(_)) => moment,
                (Err(loss), _) => {
                    event.left_out.push(loss);
                    continue;
                }
                (_, Err(loss)) => {
                    event.left_out.push(loss.clone());
                    continue;
                }
            };
            let changed = other.basics(&own_start);
            event.lost.extend(changed.lost);
            note_floating(&moment, start, property, &mut event.lost);
            let occurrence = moment::occurrence(&moment, start);
            let exception = exception(occurrence, changed.calendar, &event.calendar);
            exceptions.retain(|(property, known)| {
                let is_other = known.original_start() != Some(occurrence);
                if !is_other {
                    event.lost.push(property.lost(Why::Replaced));
                }
                is_other
            });
            exceptions.push((property, exception));
        }
        let mut exceptions: Vec<_> = exceptions.into_iter().map(|(_, exception)| exception).collect();
        exceptions.sort_by_key(Exception::original_start);
        if !exceptions.is_empty() {
            event.calendar.exceptions = Some(exceptions);
        }
    }

    /// When the event ends: by its end, by its length, or by rule.
    fn end(&self, start: &Moment, lost: &mut Vec<Loss>) -> Timestamp {
        let duration = self.property(&P::Duration);
        if let Some(property) = self.property(&P::Dtend)
            && let Some(end) = kept(self.moment(property, &start.zone), lost)
        {
            note_floating(&end, start, property, lost);
            if end.timestamp >= start.timestamp {
                lost.extend(duration.map(|duration| duration.lost(Why::NoPlace)));
                return end.timestamp;
            }
            lost.push(property.unreadable("an end that is not before DTSTART"));
        }
        if let Some(property) = duration {
            let is_written =
                property.line.and_then(Line::value).is_none_or(|text| grammar::is_duration(text.trim()));
            let end = match property.entry.values.first() {
                Some(ICalendarValue::Duration(duration)) if is_written => moment::after(start, duration),
                _ => None,
            };
            match end {
                Some(end) => return end,
                None => lost.push(property.unreadable("a length of time such as PT1H30M")),
            }
        }
        let next_day = || start.zone.to_timestamp(start.local.checked_add(Span::new().days(1)).ok()?).ok();
        let end = if start.is_day { next_day() } else { None };
        end.unwrap_or(start.timestamp)
    }

    /// Minutes before the start, from the alarm that shows something, else from the first.
    fn reminder(&self, start: Timestamp, end: Timestamp, lost: &mut Vec<Loss>) -> Option<u32> {
        let alarms: Vec<_> = self.alarms().collect();
        let shows = |alarm: &&(usize, &ICalendarComponent)| {
            let action = alarm.1.property(&P::Action).and_then(|action| action.values.first());
            matches!(action, Some(ICalendarValue::Action(ICalendarAction::Display | ICalendarAction::Audio)))
        };
        let &(at, alarm) = alarms.iter().find(shows).or(alarms.first())?;
        lost.extend(alarms.iter().filter(|other| other.0 != at).map(|other| self.lost_inside(*other)));
        let alarm = Self::new(self.calendar, alarm, self.lines, at, self.settings);
        lost.extend(alarm.own_lines().into_iter().flat_map(lines::Component::losses));
        let Some(trigger) = alarm.property(&P::Trigger) else {
            lost.push(alarm.missing("TRIGGER"));
            return None;
        };
        let Some(at) = alarm.trigger(trigger, start, end) else {
            lost.push(trigger.unreadable("a length of time such as -PT15M, or a time"));
            return None;
        };
        let minutes = u32::try_from(start.duration_since(at).as_mins()).ok().filter(|_| at <= start);
        if minutes.is_none() {
            lost.push(trigger.lost(Why::NoPlace));
        }
        minutes
    }

    fn trigger(&self, trigger: Property<'_>, start: Timestamp, end: Timestamp) -> Option<Timestamp> {
        match trigger.entry.values.first()? {
            ICalendarValue::Duration(duration) => {
                let is_written =
                    trigger.line.and_then(Line::value).is_none_or(|text| grammar::is_duration(text.trim()));
                let related = trigger.entry.parameter(&ICalendarParameterName::Related);
                let from_end =
                    matches!(related, Some(ICalendarParameterValue::Related(ICalendarRelated::End)));
                let base = if from_end { end } else { start };
                base.checked_add(SignedDuration::from_secs(duration.as_seconds())).ok().filter(|_| is_written)
            }
            ICalendarValue::PartialDateTime(_) => {
                self.moment(trigger, &self.settings.zone).ok().map(|moment| moment.timestamp)
            }
            _ => None,
        }
    }

    /// The components inside, with their places in the calendar.
    pub(super) fn inside(&self) -> impl Iterator<Item = (usize, &'c ICalendarComponent)> {
        let ids = self.inner.component_ids.iter();
        ids.filter_map(|id| Some((usize::try_from(*id).ok()?, self.calendar.component_by_id(*id)?)))
    }

    fn alarms(&self) -> impl Iterator<Item = (usize, &'c ICalendarComponent)> {
        self.inside().filter(|(_, inner)| inner.component_type == ICalendarComponentType::VAlarm)
    }

    fn busy_status(&self, lost: &mut Vec<Loss>) -> BusyStatus {
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
        if let Some(transparency) = self.property(&P::Transp) {
            match transparency.entry.values.first() {
                Some(ICalendarValue::Transparency(ICalendarTransparency::Transparent)) => {
                    return BusyStatus::Free;
                }
                Some(ICalendarValue::Transparency(_)) => {}
                _ => lost.push(transparency.unreadable("OPAQUE or TRANSPARENT")),
            }
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

    fn location(&self, lost: &mut Vec<Loss>) -> Option<Location<'static>> {
        let display_name = self.text(&P::Location);
        let geo = self.property(&P::Geo);
        let place = geo.and_then(|geo| match &geo.entry.values[..] {
            [latitude, longitude] => latitude.as_float().zip(longitude.as_float()),
            _ => None,
        });
        if let (Some(geo), None) = (geo, place) {
            lost.push(geo.unreadable("latitude and longitude such as 57.7;11.9"));
        }
        let (latitude, longitude) = place.unzip();
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
            .or_else(|| Some(self.moment(self.property(&property)?, &Zone::UTC).ok()?.timestamp.into()))
    }

    pub(super) fn own_lines(&self) -> Option<&'c lines::Component<'c>> {
        self.lines.get(self.at)
    }

    fn is_override(&self) -> bool {
        self.inner.has_property(&P::RecurrenceId)
    }

    fn uid(&self) -> Option<&str> {
        self.inner.uid()
    }

    pub(super) fn status(&self) -> Option<&ICalendarStatus> {
        self.inner.status()
    }

    fn boolean(&self, name: &'static str) -> Option<bool> {
        let property = other(name);
        let value = self.entries(&property).next()?.values.first()?;
        value.as_boolean().or_else(|| Some(value.as_text()?.eq_ignore_ascii_case("TRUE")))
    }

    fn properties<'n: 'c>(&'n self, name: &'n P) -> impl Iterator<Item = Property<'n>> {
        self.properties.iter().copied().filter(move |property| property.entry.name == *name)
    }

    fn property(&self, name: &P) -> Option<Property<'c>> {
        self.properties.iter().copied().find(|property| property.entry.name == *name)
    }

    fn entries<'n: 'c>(&'n self, name: &'n P) -> impl Iterator<Item = &'n ICalendarEntry> {
        self.properties(name).map(|property| property.entry)
    }

    fn text(&self, name: &P) -> Option<Cow<'static, str>> {
        value_text(self.inner.property(name)?).filter(|text| !text.is_empty())
    }

    fn moment(&self, property: Property<'_>, floating: &Zone) -> Result<Moment, Loss> {
        let first = self.moments(property, floating).into_iter().next();
        first.unwrap_or_else(|| Err(property.lost(Why::Missing)))
    }

    fn moments(&self, property: Property<'_>, floating: &Zone) -> Vec<Result<Moment, Loss>> {
        let found = moments(self.calendar, property.entry, property.line, floating);
        found.into_iter().map(|moment| moment.map_err(|why| property.lost(why))).collect()
    }
}

fn value_text(entry: &ICalendarEntry) -> Option<Cow<'static, str>> {
    entry.values.first()?.as_text().map(from_card)
}

pub(super) fn other(name: &'static str) -> ICalendarProperty {
    ICalendarProperty::Other(name.to_owned())
}
