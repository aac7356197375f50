//! The Calendar class: appointments, meetings and series of them. [MS-ASCAL]
//!
//! Every field is optional, since a `Change` holds only what changed. A field that some versions lack is left
//! out when one of these is written, so that a value may fill the fields of several versions at once:
//! [`Calendar::location_text`] (up to 14.1) beside [`Calendar::location`] (16.0 and later).
//!
//! An [`Exception`] is an occurrence that differs from its series: what it does not say is as in the series, and what
//! it says to be empty ([`OrEmpty::Empty`]) it does not have.

use std::borrow::Cow;

use wbxml::codepages::{airsyncbase, calendar, meetingresponse};
use wbxml::{AnyElement, Decode, Encode, IntoOwned, OrEmpty};

use crate::airsyncbase::{AttachmentEntry, AttachmentMethod, Body, BodyType, Location};
use crate::date_time::{CompactDateTime, DateTime};
use crate::enumerations::{BusyStatus, Sensitivity};
use crate::recurrence::{CalendarType, DaysOfWeek, FirstDayOfWeek, RecurrenceType};
use crate::time_zone::TimeZone;

/// An event. [MS-ASCAL] 2.2.2
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = calendar)]
pub struct Calendar<'a> {
    /// The client's identifier of a new event, at most 300 characters; requests of 16.0 and later. [MS-ASCAL] 2.2.2.13
    #[wbxml(ClientUid)]
    pub client_uid: Option<Cow<'a, str>>,
    /// The time zone in which the event was made; absent for all-day events of 16.0 and later. [MS-ASCAL] 2.2.2.44
    #[wbxml(Timezone)]
    pub timezone: Option<TimeZone>,
    /// Whether it lasts whole days. [MS-ASCAL] 2.2.2.1
    #[wbxml(AllDayEvent)]
    pub all_day_event: Option<bool>,
    /// When it begins. [MS-ASCAL] 2.2.2.42
    #[wbxml(StartTime)]
    pub start_time: Option<CompactDateTime>,
    /// When it ends. [MS-ASCAL] 2.2.2.20
    #[wbxml(EndTime)]
    pub end_time: Option<CompactDateTime>,
    /// When it was made or last changed; not in requests of 16.0 and later. [MS-ASCAL] 2.2.2.18
    #[wbxml(DtStamp)]
    pub dt_stamp: Option<CompactDateTime>,
    /// Subject. [MS-ASCAL] 2.2.2.43
    #[wbxml(Subject)]
    pub subject: Option<Cow<'a, str>>,
    /// The event's identifier, at most 300 characters; not in requests of 16.0 and later. [MS-ASCAL] 2.2.2.46
    #[wbxml(UID)]
    pub uid: Option<Cow<'a, str>>,
    /// The organizer's name; not in requests of 16.0 and later. [MS-ASCAL] 2.2.2.36
    #[wbxml(OrganizerName)]
    pub organizer_name: Option<Cow<'a, str>>,
    /// The organizer's address; not in requests of 16.0 and later. [MS-ASCAL] 2.2.2.35
    #[wbxml(OrganizerEmail)]
    pub organizer_email: Option<Cow<'a, str>>,
    /// Where, up to 14.1. [MS-ASCAL] 2.2.2.27
    #[wbxml(Location)]
    pub location_text: Option<Cow<'a, str>>,
    /// Where, in 16.0 and later. [MS-ASAIRS] 2.2.2.28
    #[wbxml(airsyncbase::Location)]
    pub location: Option<Location<'a>>,
    /// How busy the user is during it. [MS-ASCAL] 2.2.2.9
    #[wbxml(BusyStatus)]
    pub busy_status: Option<BusyStatus>,
    /// How private it is. [MS-ASCAL] 2.2.2.41
    #[wbxml(Sensitivity)]
    pub sensitivity: Option<Sensitivity>,
    /// Minutes before the start to remind the user; empty for never. [MS-ASCAL] 2.2.2.38
    #[wbxml(Reminder)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub reminder: Option<OrEmpty<u32>>,
    /// Whether it is a meeting, whose it is, and whether it was called off. [MS-ASCAL] 2.2.2.28
    #[wbxml(MeetingStatus)]
    pub meeting_status: Option<MeetingStatus>,
    /// Who is invited; an empty list says nobody. [MS-ASCAL] 2.2.2.4
    #[wbxml(Attendees, list)]
    pub attendees: Option<Vec<Attendee<'a>>>,
    /// The user's categories, at most 300; an empty list says that there are none. [MS-ASCAL] 2.2.2.11
    #[wbxml(Categories, list = Category)]
    pub categories: Option<Vec<Cow<'a, str>>>,
    /// How it repeats; without any field, in requests of 16.0 and later: no more. [MS-ASCAL] 2.2.2.37
    #[wbxml(Recurrence)]
    pub recurrence: Option<Recurrence>,
    /// Occurrences that differ from the series. [MS-ASCAL] 2.2.2.22
    #[wbxml(Exceptions, list)]
    pub exceptions: Option<Vec<Exception<'a>>>,
    /// Attachments up to 2.5. Out of use; kept for old devices.
    #[wbxml(Attachments, list)]
    pub legacy_attachments: Vec<Attachment<'a>>,
    /// Attachments; requests add and delete. 16.0 and later. [MS-ASAIRS] 2.2.2.8
    #[wbxml(airsyncbase::Attachments, list, since = "16.0")]
    pub attachments: Vec<AttachmentEntry<'a>>,
    /// Notes as plain text, up to 2.5. [MS-ASCAL] 2.2.2.7.2
    #[wbxml(Body)]
    pub legacy_body: Option<Cow<'a, str>>,
    /// Whether `legacy_body` is not all of the notes, up to 2.5. [MS-ASCAL] 2.2.2.8
    #[wbxml(BodyTruncated)]
    pub legacy_body_truncated: Option<bool>,
    /// Notes as compressed RTF in base64, up to 2.5. Out of use; kept for old devices.
    #[wbxml(CompressedRTF)]
    pub compressed_rtf: Option<Cow<'a, str>>,
    /// Notes of 12.0 and later. [MS-ASAIRS] 2.2.2.9
    #[wbxml(airsyncbase::Body)]
    pub body: Option<Body<'a>>,
    /// The format in which the server has the notes. 12.0 and later. [MS-ASAIRS] 2.2.2.32
    #[wbxml(airsyncbase::NativeBodyType)]
    pub native_body_type: Option<BodyType>,
    /// Whether attendees may not propose another time. 14.0 and later. [MS-ASCAL] 2.2.2.17
    #[wbxml(DisallowNewTimeProposal)]
    pub disallow_new_time_proposal: Option<bool>,
    /// Whether the organizer wants an answer. 14.0 and later. [MS-ASCAL] 2.2.2.39
    #[wbxml(ResponseRequested)]
    pub response_requested: Option<bool>,
    /// When the user answered; answers of 14.0 and later. [MS-ASCAL] 2.2.2.2
    #[wbxml(AppointmentReplyTime)]
    pub appointment_reply_time: Option<CompactDateTime>,
    /// What the user answered; answers of 14.0 and later. [MS-ASCAL] 2.2.2.40
    #[wbxml(ResponseType)]
    pub response_type: Option<ResponseType>,
    /// The address of an online meeting; answers of 14.1 and later. [MS-ASCAL] 2.2.2.33
    #[wbxml(OnlineMeetingConfLink)]
    pub online_meeting_conf_link: Option<Cow<'a, str>>,
    /// The URL of an online meeting; answers of 14.1 and later. [MS-ASCAL] 2.2.2.34
    #[wbxml(OnlineMeetingExternalLink)]
    pub online_meeting_external_link: Option<Cow<'a, str>>,
    /// Which occurrence an orphan is: one whose series is not in the calendar. 16.0 and later. [MS-ASAIRS] 2.2.2.25
    #[wbxml(airsyncbase::InstanceId)]
    pub instance_id: Option<CompactDateTime>,
    /// Elements that the specification does not name here, as they came.
    #[wbxml(any)]
    #[cfg_attr(feature = "arbitrary", arbitrary(default))]
    pub other: Vec<AnyElement<'a>>,
}

impl<'a> Calendar<'a> {
    /// The name of the place, whichever of the two elements holds it.
    pub fn location_name(&self) -> Option<&str> {
        location_name(self.location_text.as_deref(), self.location.as_ref())
    }

    /// Sets the name of the place in both elements, so that every version carries it.
    pub fn set_location_name(&mut self, name: impl Into<Cow<'a, str>>) {
        let name = name.into();
        self.location.get_or_insert_default().display_name = Some(name.clone());
        self.location_text = Some(name);
    }
}

fn location_name<'s>(text: Option<&'s str>, location: Option<&'s Location<'_>>) -> Option<&'s str> {
    location.and_then(|location| location.display_name.as_deref()).or(text)
}

/// An occurrence that differs from its series, or was taken out of it. [MS-ASCAL] 2.2.2.21
///
/// Up to 14.1 `exception_start_time` says which one it is, in 16.0 and later `instance_id` does; filling both
/// serves every version. A field that is absent is as in the series; one that is empty was deleted from this
/// occurrence, so that it takes nothing from the series. [MS-ASCAL] 3.1.5.3.1, 3.2.5.3.2
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = calendar, tag = Exception)]
pub struct Exception<'a> {
    /// Whether the occurrence does not take place. [MS-ASCAL] 2.2.2.16
    #[wbxml(Deleted)]
    pub deleted: Option<bool>,
    /// When the occurrence would begin were it no exception. Up to 14.1. [MS-ASCAL] 2.2.2.23
    #[wbxml(ExceptionStartTime)]
    pub exception_start_time: Option<CompactDateTime>,
    /// When the occurrence would begin were it no exception. 16.0 and later. [MS-ASAIRS] 2.2.2.25
    #[wbxml(airsyncbase::InstanceId)]
    pub instance_id: Option<CompactDateTime>,
    /// Subject. [MS-ASCAL] 2.2.2.43
    #[wbxml(Subject)]
    pub subject: Option<Cow<'a, str>>,
    /// When it begins. [MS-ASCAL] 2.2.2.42
    #[wbxml(StartTime)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub start_time: Option<OrEmpty<CompactDateTime>>,
    /// When it ends. [MS-ASCAL] 2.2.2.20
    #[wbxml(EndTime)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub end_time: Option<OrEmpty<CompactDateTime>>,
    /// Notes as plain text, up to 2.5. [MS-ASCAL] 2.2.2.7.2
    #[wbxml(Body)]
    pub legacy_body: Option<Cow<'a, str>>,
    /// Whether `legacy_body` is not all of the notes, up to 2.5. [MS-ASCAL] 2.2.2.8
    #[wbxml(BodyTruncated)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub legacy_body_truncated: Option<OrEmpty<bool>>,
    /// Notes of 12.0 and later. [MS-ASAIRS] 2.2.2.9
    #[wbxml(airsyncbase::Body)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub body: Option<OrEmpty<Body<'a>>>,
    /// Where, up to 14.1. [MS-ASCAL] 2.2.2.27
    #[wbxml(Location)]
    pub location_text: Option<Cow<'a, str>>,
    /// Where, in 16.0 and later. [MS-ASAIRS] 2.2.2.28
    #[wbxml(airsyncbase::Location)]
    pub location: Option<Location<'a>>,
    /// Attachments. 16.0 and later. [MS-ASAIRS] 2.2.2.8
    #[wbxml(airsyncbase::Attachments, list, since = "16.0")]
    pub attachments: Vec<AttachmentEntry<'a>>,
    /// The user's categories. [MS-ASCAL] 2.2.2.11
    #[wbxml(Categories, list = Category)]
    pub categories: Option<Vec<Cow<'a, str>>>,
    /// How private it is. [MS-ASCAL] 2.2.2.41
    #[wbxml(Sensitivity)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub sensitivity: Option<OrEmpty<Sensitivity>>,
    /// How busy the user is during it. [MS-ASCAL] 2.2.2.9
    #[wbxml(BusyStatus)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub busy_status: Option<OrEmpty<BusyStatus>>,
    /// Whether it lasts whole days; in 16.0 and later as in the series. [MS-ASCAL] 2.2.2.1
    #[wbxml(AllDayEvent)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub all_day_event: Option<OrEmpty<bool>>,
    /// Minutes before the start to remind the user; empty for never. [MS-ASCAL] 2.2.2.38
    #[wbxml(Reminder)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub reminder: Option<OrEmpty<u32>>,
    /// When the exception was made. [MS-ASCAL] 2.2.2.18
    #[wbxml(DtStamp)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub dt_stamp: Option<OrEmpty<CompactDateTime>>,
    /// Whether it is a meeting, whose it is, and whether it was called off. [MS-ASCAL] 2.2.2.28
    #[wbxml(MeetingStatus)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub meeting_status: Option<OrEmpty<MeetingStatus>>,
    /// Who is invited. 14.0 and later. [MS-ASCAL] 2.2.2.4
    #[wbxml(Attendees, list, since = "14.0")]
    pub attendees: Option<Vec<Attendee<'a>>>,
    /// When the user answered; answers of 14.0 and later. [MS-ASCAL] 2.2.2.2
    #[wbxml(AppointmentReplyTime)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub appointment_reply_time: Option<OrEmpty<CompactDateTime>>,
    /// What the user answered; answers of 14.0 and later. [MS-ASCAL] 2.2.2.40
    #[wbxml(ResponseType)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub response_type: Option<OrEmpty<ResponseType>>,
    /// The address of an online meeting; answers of 14.1 and later. [MS-ASCAL] 2.2.2.33
    #[wbxml(OnlineMeetingConfLink)]
    pub online_meeting_conf_link: Option<Cow<'a, str>>,
    /// The URL of an online meeting; answers of 14.1 and later. [MS-ASCAL] 2.2.2.34
    #[wbxml(OnlineMeetingExternalLink)]
    pub online_meeting_external_link: Option<Cow<'a, str>>,
}

impl<'a> Exception<'a> {
    /// The change of the occurrence that would begin at the given time, for every version; without any change yet.
    #[must_use]
    pub fn of(occurrence: CompactDateTime) -> Self {
        Self { exception_start_time: Some(occurrence), instance_id: Some(occurrence), ..Self::default() }
    }

    /// When the occurrence would begin were it no exception, whichever of the two elements holds it.
    pub fn original_start(&self) -> Option<CompactDateTime> {
        self.instance_id.or(self.exception_start_time)
    }

    /// Whether the occurrence does not take place.
    pub fn is_deleted(&self) -> bool {
        self.deleted == Some(true)
    }

    /// The name of the place, whichever of the two elements holds it.
    pub fn location_name(&self) -> Option<&str> {
        location_name(self.location_text.as_deref(), self.location.as_ref())
    }

    /// Sets the name of the place in both elements, so that every version carries it.
    pub fn set_location_name(&mut self, name: impl Into<Cow<'a, str>>) {
        let name = name.into();
        self.location.get_or_insert_default().display_name = Some(name.clone());
        self.location_text = Some(name);
    }
}

/// Somebody, or a room, that is invited. [MS-ASCAL] 2.2.2.3
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = calendar, tag = Attendee)]
pub struct Attendee<'a> {
    /// Name. Required by the specification, yet absent from what some devices send. [MS-ASCAL] 2.2.2.30
    #[wbxml(Name)]
    pub name: Option<Cow<'a, str>>,
    /// Address. Required by the specification, yet absent from what some devices send. [MS-ASCAL] 2.2.2.19
    #[wbxml(Email)]
    pub email: Option<Cow<'a, str>>,
    /// What they answered; not in requests of 16.0 and later. 12.0 and later. [MS-ASCAL] 2.2.2.5
    #[wbxml(AttendeeStatus)]
    pub attendee_status: Option<AttendeeStatus>,
    /// Whether they must come, may come, or are a room or device. 12.0 and later. [MS-ASCAL] 2.2.2.6
    #[wbxml(AttendeeType)]
    pub attendee_type: Option<AttendeeType>,
    /// The start that they propose. 16.1. [MS-ASCMD] 2.2.3.141
    #[wbxml(meetingresponse::ProposedStartTime)]
    pub proposed_start_time: Option<DateTime>,
    /// The end that they propose. 16.1. [MS-ASCMD] 2.2.3.140
    #[wbxml(meetingresponse::ProposedEndTime)]
    pub proposed_end_time: Option<DateTime>,
}

impl<'a> Attendee<'a> {
    /// Somebody with a name and an address.
    pub fn new(name: impl Into<Cow<'a, str>>, email: impl Into<Cow<'a, str>>) -> Self {
        Self { name: Some(name.into()), email: Some(email.into()), ..Self::default() }
    }
}

/// What an attendee answered. [MS-ASCAL] 2.2.2.5
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum AttendeeStatus {
    /// Not known.
    #[default]
    #[wbxml(0)]
    ResponseUnknown,
    /// May come.
    #[wbxml(2)]
    Tentative,
    /// Will come.
    #[wbxml(3)]
    Accept,
    /// Will not come.
    #[wbxml(4)]
    Decline,
    /// Has not answered.
    #[wbxml(5)]
    NotResponded,
    /// A number without a meaning in the specification.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] i32),
}

/// Whether an attendee must come. [MS-ASCAL] 2.2.2.6
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum AttendeeType {
    /// Must come.
    #[default]
    #[wbxml(1)]
    Required,
    /// May come.
    #[wbxml(2)]
    Optional,
    /// A room or device.
    #[wbxml(3)]
    Resource,
    /// A number without a meaning in the specification.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] i32),
}

/// Whether an event is a meeting, whose it is, and whether it was called off: the sum of bits. [MS-ASCAL] 2.2.2.28
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct MeetingStatus(pub u8);

impl MeetingStatus {
    /// An appointment of the user alone.
    pub const APPOINTMENT: Self = Self(0);
    /// A meeting that the user organizes.
    pub const ORGANIZED: Self = Self(1);
    /// A meeting to which somebody else invited the user.
    pub const RECEIVED: Self = Self(3);
    /// A meeting that the user organized and called off.
    pub const ORGANIZED_CANCELED: Self = Self(5);
    /// A meeting to which somebody else had invited the user, and which was called off.
    pub const RECEIVED_CANCELED: Self = Self(7);

    /// Whether it is a meeting rather than an appointment.
    #[must_use]
    pub const fn is_meeting(self) -> bool {
        self.0 & 1 != 0
    }

    /// Whether somebody else organizes it.
    #[must_use]
    pub const fn is_received(self) -> bool {
        self.0 & 2 != 0
    }

    /// Whether it was called off.
    #[must_use]
    pub const fn is_canceled(self) -> bool {
        self.0 & 4 != 0
    }
}

/// What the user answered to a meeting request. [MS-ASCAL] 2.2.2.40
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum ResponseType {
    /// Nothing that is known.
    #[default]
    #[wbxml(0)]
    None,
    /// The user is the organizer.
    #[wbxml(1)]
    Organizer,
    /// May come.
    #[wbxml(2)]
    Tentative,
    /// Will come.
    #[wbxml(3)]
    Accepted,
    /// Will not come.
    #[wbxml(4)]
    Declined,
    /// Has not answered.
    #[wbxml(5)]
    NotResponded,
    /// A number without a meaning in the specification.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] i32),
}

/// How an event repeats. [MS-ASCAL] 2.2.2.37
///
/// `recurrence_type` decides which of the others count; it is absent in an empty element, with which a client of
/// 16.0 and later turns a series into a single event. `until` and `occurrences` exclude each other; without
/// either, the series has no end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = calendar, tag = Recurrence)]
pub struct Recurrence {
    /// The unit. [MS-ASCAL] 2.2.2.45
    #[wbxml(Type)]
    pub recurrence_type: Option<RecurrenceType>,
    /// How many units lie between occurrences, 0 to 999; 0 and absent mean 1. [MS-ASCAL] 2.2.2.25
    #[wbxml(Interval)]
    pub interval: Option<u32>,
    /// Which week of the month, 1 to 4, or 5 for the last. [MS-ASCAL] 2.2.2.48
    #[wbxml(WeekOfMonth)]
    pub week_of_month: Option<u32>,
    /// The days of the week. [MS-ASCAL] 2.2.2.15
    #[wbxml(DayOfWeek)]
    pub day_of_week: Option<DaysOfWeek>,
    /// The month, 1 to 12. [MS-ASCAL] 2.2.2.29
    #[wbxml(MonthOfYear)]
    pub month_of_year: Option<u32>,
    /// The last time at which it may occur. [MS-ASCAL] 2.2.2.47
    #[wbxml(Until)]
    pub until: Option<CompactDateTime>,
    /// How often it occurs, at most 999. [MS-ASCAL] 2.2.2.32
    #[wbxml(Occurrences)]
    pub occurrences: Option<u32>,
    /// The day of the month, 1 to 31. [MS-ASCAL] 2.2.2.14
    #[wbxml(DayOfMonth)]
    pub day_of_month: Option<u32>,
    /// The calendar system. 14.0 and later. [MS-ASCAL] 2.2.2.10
    #[wbxml(CalendarType)]
    pub calendar_type: Option<CalendarType>,
    /// Whether it occurs in the leap month. 14.0 and later. [MS-ASCAL] 2.2.2.26
    #[wbxml(IsLeapMonth)]
    pub is_leap_month: Option<bool>,
    /// The day with which a week begins. 14.1 and later. [MS-ASCAL] 2.2.2.24
    #[wbxml(FirstDayOfWeek)]
    pub first_day_of_week: Option<FirstDayOfWeek>,
}

/// An attachment of an event up to 2.5. Out of use; kept for old devices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = calendar, tag = Attachment)]
pub struct Attachment<'a> {
    /// The server's name for the attachment.
    #[wbxml(AttName)]
    pub att_name: Option<Cow<'a, str>>,
    /// Its size in bytes; an estimate.
    #[wbxml(AttSize)]
    pub att_size: Option<u32>,
    /// What kind of attachment it is.
    #[wbxml(AttMethod)]
    pub att_method: Option<AttachmentMethod>,
    /// The name to show.
    #[wbxml(DisplayName)]
    pub display_name: Option<Cow<'a, str>>,
    /// The name by which a body refers to it.
    #[wbxml(AttOid)]
    pub att_oid: Option<Cow<'a, str>>,
    /// Whether the attachment was taken out of the event.
    #[wbxml(AttRemoved)]
    pub att_removed: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meeting_status_is_read_as_bits() {
        for (status, meeting, received, canceled) in [
            (0, false, false, false),
            (1, true, false, false),
            (3, true, true, false),
            (5, true, false, true),
            (7, true, true, true),
            (9, true, false, false),
            (11, true, true, false),
            (13, true, false, true),
            (15, true, true, true),
        ] {
            let status = MeetingStatus(status);
            assert_eq!(
                (status.is_meeting(), status.is_received(), status.is_canceled()),
                (meeting, received, canceled),
                "{status:?}"
            );
        }
    }
}
