//! The meeting that a message asks to.

use crate::calendar::Calendar;
use crate::convert::icalendar::{Settings, parse};
use crate::date_time::DateTime;
use crate::email::{InstanceType, MeetingMessageType, MeetingRequest, message_class};
use crate::global_obj_id;
use wbxml::OrEmpty;

use super::Message;
use super::class::field;

impl Message<'_> {
    /// What the calendar inside of the message asks, if it asks to a meeting or calls it off.
    pub(super) fn meeting_request(&self) -> Option<MeetingRequest<'static>> {
        let (_, text) = self.calendar()?;
        let sequence = field(text, "SEQUENCE").and_then(|sequence| sequence.parse::<u32>().ok());
        let meeting_message_type = match self.message_class() {
            message_class::MEETING_REQUEST if sequence.is_none_or(|sequence| sequence == 0) => {
                MeetingMessageType::InitialRequest
            }
            message_class::MEETING_REQUEST => MeetingMessageType::FullUpdate,
            message_class::MEETING_CANCELED => MeetingMessageType::Unspecified,
            _ => return None,
        };
        let settings = Settings::default();
        let event = parse(text, &settings).find_map(Result::ok)?;
        Some(MeetingRequest { meeting_message_type: Some(meeting_message_type), ..request(event.calendar) })
    }
}

fn request(event: Calendar<'static>) -> MeetingRequest<'static> {
    let instance_type = match (event.instance_id, &event.recurrence) {
        (Some(_), _) => InstanceType::Exception,
        (None, Some(_)) => InstanceType::Master,
        (None, None) => InstanceType::Single,
    };
    let occurrence = event.instance_id.map(crate::date_time::CompactDateTime::date);
    MeetingRequest {
        all_day_event: event.all_day_event,
        start_time: event.start_time.map(DateTime::from),
        dt_stamp: event.dt_stamp.map(DateTime::from),
        end_time: event.end_time.map(DateTime::from),
        instance_type: Some(instance_type),
        location_text: event.location_text,
        location: event.location,
        organizer: event.organizer_email,
        recurrence_id: event.instance_id.map(DateTime::from),
        // Minutes in an event, seconds in a request.
        reminder: event.reminder.and_then(OrEmpty::value).map(|minutes| minutes.saturating_mul(60)),
        response_requested: event.response_requested,
        recurrences: event.recurrence.map(Into::into).into_iter().collect(),
        sensitivity: event.sensitivity,
        busy_status: event.busy_status,
        time_zone: event.timezone,
        global_obj_id: event.uid.as_deref().map(|uid| global_obj_id::from_uid(uid, occurrence).into()),
        disallow_new_time_proposal: Some(event.disallow_new_time_proposal == Some(true)),
        uid: event.uid,
        ..MeetingRequest::default()
    }
}
