//! What of a `VEVENT` is lost, and where it was.

use calcard::icalendar::{
    ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarParameterName, ICalendarProperty,
    ICalendarValue,
};

use super::Event;
use super::moment::Moment;
use super::read::Component;
use crate::convert::lines::{self, Line};
use crate::convert::loss::shortened;
use crate::convert::{Loss, Why};

type P = ICalendarProperty;

/// Properties that an event has a place for, once.
const ONCE: [P; 15] = [
    P::Uid,
    P::Dtstamp,
    P::Dtstart,
    P::Dtend,
    P::Duration,
    P::RecurrenceId,
    P::Summary,
    P::Description,
    P::Location,
    P::Geo,
    P::Organizer,
    P::Status,
    P::Class,
    P::Transp,
    P::Url,
];

/// Properties that may come several times.
const SEVERAL: [P; 4] = [P::Exdate, P::Rrule, P::Attendee, P::Categories];

/// Properties that only programs want to know.
const UNTOLD: [P; 6] = [P::Sequence, P::Created, P::LastModified, P::Prodid, P::Version, P::Method];

/// A property, and the line that it was.
#[derive(Clone, Copy)]
pub(super) struct Property<'c> {
    pub(super) entry: &'c ICalendarEntry,
    pub(super) line: Option<&'c Line<'c>>,
}

impl Property<'_> {
    pub(super) fn lost(self, why: Why) -> Loss {
        Loss { line: self.line.map(|line| line.number), what: shortened(self.entry.name.as_str()), why }
    }

    pub(super) fn unreadable(self, expected: &'static str) -> Loss {
        let value = || self.entry.values.first().and_then(ICalendarValue::as_text);
        let written = self.line.and_then(Line::value).or_else(value).unwrap_or_default();
        self.lost(Why::unreadable(expected, written))
    }
}

impl Component<'_> {
    /// What there is no place for, or no sense in, at first sight.
    pub(super) fn lost(&self) -> Vec<Loss> {
        let mut lost: Vec<Loss> = self.own_lines().into_iter().flat_map(lines::Component::losses).collect();
        let mut known: Vec<&P> = Vec::new();
        for property in &self.properties {
            let name = &property.entry.name;
            if ONCE.contains(name) && !known.contains(&name) {
                known.push(name);
                lost.extend(self.lost_of(*property));
            } else if !(SEVERAL.contains(name)
                || UNTOLD.contains(name)
                || is_foreign(name)
                || is_normal(*property))
            {
                lost.push(property.lost(Why::NoPlace));
            }
        }
        let strangers =
            self.inside().filter(|(_, inner)| inner.component_type != ICalendarComponentType::VAlarm);
        lost.extend(strangers.map(|stranger| self.lost_inside(stranger)));
        lost
    }

    /// What is lost of a property that there is a place for.
    fn lost_of(&self, property: Property<'_>) -> Option<Loss> {
        match property.entry.name {
            P::Status if self.status().is_none() => {
                Some(property.unreadable("TENTATIVE, CONFIRMED or CANCELLED"))
            }
            P::RecurrenceId if property.entry.parameter(&ICalendarParameterName::Range).is_some() => {
                let what = "RANGE of RECURRENCE-ID".to_owned();
                Some(Loss { what, ..property.lost(Why::NoPlace) })
            }
            _ => None,
        }
    }

    /// A component inside that there is no place for.
    pub(super) fn lost_inside(&self, (at, inner): (usize, &ICalendarComponent)) -> Loss {
        let line = self.lines.get(at).map(|lines| lines.begin);
        Loss { line, what: inner.component_type.as_str().to_owned(), why: Why::NoPlace }
    }

    pub(super) fn missing(&self, what: &str) -> Loss {
        let line = self.own_lines().map(|lines| lines.begin);
        Loss { line, what: what.to_owned(), why: Why::Missing }
    }
}

impl Event {
    /// What was lost in the order of the file.
    pub(super) fn in_order(mut self) -> Self {
        self.lost.sort_by_key(|loss| loss.line);
        self.left_out.sort_by_key(|loss| loss.line);
        self
    }
}

pub(super) fn kept<T>(found: Result<T, Loss>, lost: &mut Vec<Loss>) -> Option<T> {
    found.map_err(|loss| lost.push(loss)).ok()
}

/// A time without a zone in an event that has one. Where the event itself has none, that was said once.
pub(super) fn note_floating(moment: &Moment, start: &Moment, property: Property<'_>, lost: &mut Vec<Loss>) {
    if moment.is_floating && !start.is_floating {
        lost.push(property.lost(floating(moment)));
    }
}

pub(super) fn floating(moment: &Moment) -> Why {
    let zone = moment.zone.iana_name().unwrap_or("the zone that was set for such times");
    Why::Floating(zone.to_owned())
}

/// Whether it is in no standard.
fn is_foreign(name: &P) -> bool {
    matches!(name, P::Other(name) if name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("X-")))
}

/// Whether it says that the event is as important as any other.
fn is_normal(property: Property<'_>) -> bool {
    property.entry.name == P::Priority
        && matches!(property.entry.values.first(), Some(ICalendarValue::Integer(0 | 5)))
}
