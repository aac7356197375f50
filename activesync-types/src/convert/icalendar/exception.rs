//! An occurrence that differs from its series.

use std::borrow::Cow;

use wbxml::OrEmpty;

use crate::airsyncbase::{Body, Location};
use crate::calendar::{Calendar, Exception, ResponseType};
use crate::date_time::CompactDateTime;

/// What of an occurrence differs from its series.
pub(super) fn exception(
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
