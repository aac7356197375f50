//! The Email class: messages in mail folders, drafts, and the meeting requests inside of them. [MS-ASEMAIL]
//!
//! Every field is optional, since a `Change` holds only what changed. A field that some versions lack is left
//! out when one of these is written, so that a value may fill the fields of several versions at once: the body
//! of 2.5 ([`Email::legacy_body`], [`Email::mime_data`]) beside that of 12.0 and later ([`Email::body`]).

use std::borrow::Cow;

use wbxml::codepages::{
    airsyncbase, calendar, composemail, email, email2, meetingresponse, rightsmanagement, tasks,
};
use wbxml::{AnyElement, Bytes, Decode, Encode, IntoOwned, TextOrBytes};

use crate::airsyncbase::{AttachmentEntry, Body, BodyPart, BodyType, Location};
use crate::date_time::{CompactDateTime, DateTime};
use crate::enumerations::{BusyStatus, Importance, Sensitivity};
use crate::recurrence::{CalendarType, DaysOfWeek, FirstDayOfWeek, RecurrenceType};
use crate::rights_management::RightsManagementLicense;
use crate::time_zone::TimeZone;

/// A message. [MS-ASEMAIL] 2.2.2
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = email)]
pub struct Email<'a> {
    /// Primary recipients, addresses with commas between them; at most 32,768 characters. [MS-ASEMAIL] 2.2.2.79
    #[wbxml(To)]
    pub to: Option<Cow<'a, str>>,
    /// Secondary recipients, addresses with commas between them. [MS-ASEMAIL] 2.2.2.18
    #[wbxml(Cc)]
    pub cc: Option<Cow<'a, str>>,
    /// Hidden recipients of a draft. 16.0 and later. [MS-ASEMAIL] 2.2.2.9
    #[wbxml(email2::Bcc)]
    pub bcc: Option<Cow<'a, str>>,
    /// The author, or on whose behalf the message was sent; at most 32,768 characters. [MS-ASEMAIL] 2.2.2.36
    #[wbxml(From)]
    pub from: Option<Cow<'a, str>>,
    /// Subject. [MS-ASEMAIL] 2.2.2.75.1
    #[wbxml(Subject)]
    pub subject: Option<Cow<'a, str>>,
    /// Where replies go: addresses with semicolons between them. [MS-ASEMAIL] 2.2.2.66
    #[wbxml(ReplyTo)]
    pub reply_to: Option<Cow<'a, str>>,
    /// When the server received the message. [MS-ASEMAIL] 2.2.2.24
    #[wbxml(DateReceived)]
    pub date_received: Option<DateTime>,
    /// Names of the primary recipients, with semicolons between them. [MS-ASEMAIL] 2.2.2.29
    #[wbxml(DisplayTo)]
    pub display_to: Option<Cow<'a, str>>,
    /// The topic by which messages are threaded. 2.5 and later. [MS-ASEMAIL] 2.2.2.77
    #[wbxml(ThreadTopic)]
    pub thread_topic: Option<Cow<'a, str>>,
    /// How important the sender says the message is. [MS-ASEMAIL] 2.2.2.38
    #[wbxml(Importance)]
    pub importance: Option<Importance>,
    /// Whether the user has read the message. [MS-ASEMAIL] 2.2.2.58
    #[wbxml(Read)]
    pub read: Option<bool>,
    /// Attachments up to 2.5. [MS-ASEMAIL] 2.2.2.4.2
    #[wbxml(Attachments, list)]
    pub legacy_attachments: Vec<Attachment<'a>>,
    /// Attachments of 12.0 and later; requests of 16.0 and later add to a draft and delete from it. [MS-ASAIRS] 2.2.2.8
    #[wbxml(airsyncbase::Attachments, list)]
    pub attachments: Vec<AttachmentEntry<'a>>,
    /// The whole message in MIME, up to 2.5. [MS-ASEMAIL] 2.2.2.50
    #[wbxml(MIMEData)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::text_or_bytes))]
    pub mime_data: Option<TextOrBytes<'a>>,
    /// The size in bytes of the whole MIME message, up to 2.5. [MS-ASEMAIL] 2.2.2.51
    #[wbxml(MIMESize)]
    pub mime_size: Option<u32>,
    /// Whether `mime_data` is not all of the message, up to 2.5. [MS-ASEMAIL] 2.2.2.52
    #[wbxml(MIMETruncated)]
    pub mime_truncated: Option<bool>,
    /// The body as plain text, up to 2.5. [MS-ASEMAIL] 2.2.2.10.2
    #[wbxml(Body)]
    pub legacy_body: Option<Cow<'a, str>>,
    /// The size in characters of the whole body, up to 2.5. [MS-ASEMAIL] 2.2.2.12
    #[wbxml(BodySize)]
    pub legacy_body_size: Option<u32>,
    /// Whether `legacy_body` is not all of the body, up to 2.5. [MS-ASEMAIL] 2.2.2.13
    #[wbxml(BodyTruncated)]
    pub legacy_body_truncated: Option<bool>,
    /// The body of 12.0 and later. [MS-ASAIRS] 2.2.2.9
    #[wbxml(airsyncbase::Body)]
    pub body: Option<Body<'a>>,
    /// The new part of the message, without what it quotes. 14.1 and later. [MS-ASAIRS] 2.2.2.10
    #[wbxml(airsyncbase::BodyPart)]
    pub body_part: Option<BodyPart<'a>>,
    /// What kind of message it is, such as `IPM.Note`; see [`message_class`]. [MS-ASEMAIL] 2.2.2.49
    #[wbxml(MessageClass)]
    pub message_class: Option<Cow<'a, str>>,
    /// The meeting that the message asks to. [MS-ASEMAIL] 2.2.2.48
    #[wbxml(MeetingRequest)]
    pub meeting_request: Option<MeetingRequest<'a>>,
    /// The Windows code page of the message's text, such as `65001` for UTF-8. 2.5 and later. [MS-ASEMAIL] 2.2.2.40
    #[wbxml(InternetCPID)]
    pub internet_cpid: Option<Cow<'a, str>>,
    /// The follow-up flag; an empty one says that there is none. 12.0 and later. [MS-ASEMAIL] 2.2.2.34
    #[wbxml(Flag)]
    pub flag: Option<Flag<'a>>,
    /// `urn:content-classes:message` for all mail. 12.0 and later. [MS-ASEMAIL] 2.2.2.20
    #[wbxml(ContentClass)]
    pub content_class: Option<Cow<'a, str>>,
    /// The format in which the server has the body. 12.0 and later. [MS-ASAIRS] 2.2.2.32
    #[wbxml(airsyncbase::NativeBodyType)]
    pub native_body_type: Option<BodyType>,
    /// The telephone number to call back, of a voice message. 14.0 and later. [MS-ASEMAIL] 2.2.2.83
    #[wbxml(email2::UmCallerID)]
    pub um_caller_id: Option<Cow<'a, str>>,
    /// The user's notes to a voice message, at most 16,374 bytes. 14.0 and later. [MS-ASEMAIL] 2.2.2.84
    #[wbxml(email2::UmUserNotes)]
    pub um_user_notes: Option<Cow<'a, str>>,
    /// The conversation that the message is part of. 14.0 and later. [MS-ASEMAIL] 2.2.2.21
    #[wbxml(email2::ConversationId)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::some_bytes))]
    pub conversation_id: Option<Bytes<'a>>,
    /// The message's place in the conversation: five bytes of time for the first message and for each answer up to
    /// this one. 14.0 and later. [MS-ASEMAIL] 2.2.2.22
    #[wbxml(email2::ConversationIndex)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::some_bytes))]
    pub conversation_index: Option<Bytes<'a>>,
    /// What the user last did with the message. 14.0 and later. [MS-ASEMAIL] 2.2.2.44
    #[wbxml(email2::LastVerbExecuted)]
    pub last_verb_executed: Option<LastVerbExecuted>,
    /// When the user did it. 14.0 and later. [MS-ASEMAIL] 2.2.2.45
    #[wbxml(email2::LastVerbExecutionTime)]
    pub last_verb_execution_time: Option<DateTime>,
    /// Whether the user is a hidden recipient; only sent if so. 14.0 and later. [MS-ASEMAIL] 2.2.2.59
    #[wbxml(email2::ReceivedAsBcc)]
    pub received_as_bcc: Option<bool>,
    /// Who really sent the message, if not the one in `from`. 14.0 and later. [MS-ASEMAIL] 2.2.2.70
    #[wbxml(email2::Sender)]
    pub sender: Option<Cow<'a, str>>,
    /// The user's categories, at most 300; an empty list says that there are none. 14.0 and later. [MS-ASEMAIL] 2.2.2.16
    #[wbxml(Categories, list = Category)]
    pub categories: Option<Vec<Cow<'a, str>>>,
    /// The account that received the message, if not the user's primary one. 14.1 and later. [MS-ASEMAIL] 2.2.2.1
    #[wbxml(email2::AccountId)]
    pub account_id: Option<Cow<'a, str>>,
    /// Whether the message is a draft; answers only. 16.0 and later. [MS-ASEMAIL] 2.2.2.42
    #[wbxml(email2::IsDraft)]
    pub is_draft: Option<bool>,
    /// In an Add or Change: send the draft rather than keep it. 16.0 and later. [MS-ASEMAIL] 2.2.2.69
    #[wbxml(email2::Send, flag)]
    pub send: bool,
    /// What the reader may do with a protected message. 14.1 and later. [MS-ASRM] 2.2.2.14
    #[wbxml(rightsmanagement::RightsManagementLicense)]
    pub rights_management_license: Option<RightsManagementLicense<'a>>,
    /// Elements that the specification does not name here, as they came.
    #[wbxml(any)]
    #[cfg_attr(feature = "arbitrary", arbitrary(default))]
    pub other: Vec<AnyElement<'a>>,
}

/// Values of [`Email::message_class`]; they compare without regard to case. [MS-ASEMAIL] 2.2.2.49
pub mod message_class {
    /// An ordinary message.
    pub const NOTE: &str = "IPM.Note";
    /// A message that is encrypted, and perhaps signed.
    pub const NOTE_SMIME: &str = "IPM.Note.SMIME";
    /// A message with a signature beside a readable body.
    pub const NOTE_SMIME_MULTIPART_SIGNED: &str = "IPM.Note.SMIME.MultipartSigned";
    /// A meeting request.
    pub const MEETING_REQUEST: &str = "IPM.Schedule.Meeting.Request";
    /// A meeting that was called off.
    pub const MEETING_CANCELED: &str = "IPM.Schedule.Meeting.Canceled";
    /// An attendee accepts.
    pub const MEETING_RESPONSE_POSITIVE: &str = "IPM.Schedule.Meeting.Resp.Pos";
    /// An attendee may come.
    pub const MEETING_RESPONSE_TENTATIVE: &str = "IPM.Schedule.Meeting.Resp.Tent";
    /// An attendee declines.
    pub const MEETING_RESPONSE_NEGATIVE: &str = "IPM.Schedule.Meeting.Resp.Neg";
    /// A message could not be delivered.
    pub const REPORT_NOT_DELIVERED: &str = "REPORT.IPM.NOTE.NDR";
    /// A message was delivered.
    pub const REPORT_DELIVERED: &str = "REPORT.IPM.NOTE.DR";
    /// A message is late.
    pub const REPORT_DELAYED: &str = "REPORT.IPM.NOTE.DELAYED";
    /// A message was read.
    pub const REPORT_READ: &str = "REPORT.IPM.NOTE.IPNRN";
    /// A message was deleted unread.
    pub const REPORT_NOT_READ: &str = "REPORT.IPM.NOTE.IPNNRN";
}

/// An attachment up to 2.5; GetAttachment fetches what it holds. [MS-ASEMAIL] 2.2.2.3
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = email, tag = Attachment)]
pub struct Attachment<'a> {
    /// The server's name for the attachment, with which it is fetched. [MS-ASEMAIL] 2.2.2.6
    #[wbxml(AttName)]
    pub att_name: Option<Cow<'a, str>>,
    /// Its size in bytes; an estimate. [MS-ASEMAIL] 2.2.2.8
    #[wbxml(AttSize)]
    pub att_size: Option<u32>,
    /// What kind of attachment it is. [MS-ASEMAIL] 2.2.2.5
    #[wbxml(AttMethod)]
    pub att_method: Option<crate::airsyncbase::AttachmentMethod>,
    /// The name to show. [MS-ASEMAIL] 2.2.2.28
    #[wbxml(DisplayName)]
    pub display_name: Option<Cow<'a, str>>,
    /// The name by which an HTML body refers to it. [MS-ASEMAIL] 2.2.2.7
    #[wbxml(AttOid)]
    pub att_oid: Option<Cow<'a, str>>,
    /// Whether the attachment was taken out of the message. Out of use; kept for old devices.
    #[wbxml(AttRemoved)]
    pub att_removed: Option<bool>,
}

/// What the user last did with a message. [MS-ASEMAIL] 2.2.2.44
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum LastVerbExecuted {
    /// Not known.
    #[default]
    #[wbxml(0)]
    Unknown,
    /// Replied to the sender.
    #[wbxml(1)]
    ReplyToSender,
    /// Replied to all.
    #[wbxml(2)]
    ReplyToAll,
    /// Forwarded it.
    #[wbxml(3)]
    Forward,
    /// A number without a meaning in the specification.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] i32),
}

/// The follow-up flag of a message: that it is a task, and until when. 12.0 and later. [MS-ASEMAIL] 2.2.2.34
///
/// Without any field it says that the message has no flag, or in a request that its flag be removed.
/// `start_date`, `due_date`, `utc_start_date` and `utc_due_date` are either all set or all absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = email, tag = Flag)]
pub struct Flag<'a> {
    /// The subject of the task, as a rule that of the message. [MS-ASEMAIL] 2.2.2.75.2
    #[wbxml(tasks::Subject)]
    pub subject: Option<Cow<'a, str>>,
    /// Whether the flag is set, done or cleared. [MS-ASEMAIL] 2.2.2.74
    #[wbxml(Status)]
    pub status: Option<FlagStatus>,
    /// What is to be done, as a rule `Flag for follow up`. [MS-ASEMAIL] 2.2.2.35
    #[wbxml(FlagType)]
    pub flag_type: Option<Cow<'a, str>>,
    /// The day on which it was done; goes with `complete_time`. [MS-ASEMAIL] 2.2.2.23
    #[wbxml(tasks::DateCompleted)]
    pub date_completed: Option<DateTime>,
    /// When it was marked as done. [MS-ASEMAIL] 2.2.2.19
    #[wbxml(CompleteTime)]
    pub complete_time: Option<DateTime>,
    /// When to begin, in the user's local time although written with a Z. [MS-ASEMAIL] 2.2.2.72
    #[wbxml(tasks::StartDate)]
    pub start_date: Option<DateTime>,
    /// When to have it done, in the user's local time although written with a Z. [MS-ASEMAIL] 2.2.2.31
    #[wbxml(tasks::DueDate)]
    pub due_date: Option<DateTime>,
    /// `start_date` in UTC. [MS-ASEMAIL] 2.2.2.87
    #[wbxml(tasks::UtcStartDate)]
    pub utc_start_date: Option<DateTime>,
    /// `due_date` in UTC. [MS-ASEMAIL] 2.2.2.86
    #[wbxml(tasks::UtcDueDate)]
    pub utc_due_date: Option<DateTime>,
    /// Whether to remind the user at `reminder_time`. [MS-ASEMAIL] 2.2.2.64
    #[wbxml(tasks::ReminderSet)]
    pub reminder_set: Option<bool>,
    /// When to remind the user. [MS-ASEMAIL] 2.2.2.65
    #[wbxml(tasks::ReminderTime)]
    pub reminder_time: Option<DateTime>,
    /// When the flag was set: the order among tasks. [MS-ASEMAIL] 2.2.2.56
    #[wbxml(tasks::OrdinalDate)]
    pub ordinal_date: Option<DateTime>,
    /// The order among tasks of the same `ordinal_date`. [MS-ASEMAIL] 2.2.2.76
    #[wbxml(tasks::SubOrdinalDate)]
    pub sub_ordinal_date: Option<Cow<'a, str>>,
}

impl Flag<'_> {
    /// Whether the message is flagged, be it done or not.
    pub fn is_set(&self) -> bool {
        !matches!(self.status, None | Some(FlagStatus::Cleared))
    }
}

/// Whether a flag is set. [MS-ASEMAIL] 2.2.2.74
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum FlagStatus {
    /// There is none.
    #[wbxml(0)]
    Cleared,
    /// What it asked for is done.
    #[wbxml(1)]
    Complete,
    /// It is set.
    #[default]
    #[wbxml(2)]
    Active,
    /// A number without a meaning in the specification.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] i32),
}

/// The meeting that a message asks to. Answers only; the children have this order on the wire. [MS-ASEMAIL] 2.2.2.48
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = email, tag = MeetingRequest)]
pub struct MeetingRequest<'a> {
    /// Whether it lasts whole days. [MS-ASEMAIL] 2.2.2.2
    #[wbxml(AllDayEvent)]
    pub all_day_event: Option<bool>,
    /// When it begins. [MS-ASEMAIL] 2.2.2.73
    #[wbxml(StartTime)]
    pub start_time: Option<DateTime>,
    /// When the event was made or last changed. [MS-ASEMAIL] 2.2.2.30
    #[wbxml(DtStamp)]
    pub dt_stamp: Option<DateTime>,
    /// When it ends. [MS-ASEMAIL] 2.2.2.32
    #[wbxml(EndTime)]
    pub end_time: Option<DateTime>,
    /// Whether it is single, a series, or one of a series. [MS-ASEMAIL] 2.2.2.39
    #[wbxml(InstanceType)]
    pub instance_type: Option<InstanceType>,
    /// Where, up to 14.1; at most 32,768 characters. [MS-ASEMAIL] 2.2.2.46
    #[wbxml(Location)]
    pub location_text: Option<Cow<'a, str>>,
    /// Where, in 16.0 and later. [MS-ASAIRS] 2.2.2.28
    #[wbxml(airsyncbase::Location)]
    pub location: Option<Location<'a>>,
    /// The organizer's address. [MS-ASEMAIL] 2.2.2.57
    #[wbxml(Organizer)]
    pub organizer: Option<Cow<'a, str>>,
    /// Which occurrence of a series it is about: the time at which that one began before any change. [MS-ASEMAIL] 2.2.2.61
    #[wbxml(RecurrenceId)]
    pub recurrence_id: Option<DateTime>,
    /// Seconds before the start to remind the user. [MS-ASEMAIL] 2.2.2.63
    #[wbxml(Reminder)]
    pub reminder: Option<u32>,
    /// Whether the organizer wants an answer. [MS-ASEMAIL] 2.2.2.67
    #[wbxml(ResponseRequested)]
    pub response_requested: Option<bool>,
    /// How the series repeats. [MS-ASEMAIL] 2.2.2.62
    #[wbxml(Recurrences, list)]
    pub recurrences: Vec<Recurrence>,
    /// How private it is. [MS-ASEMAIL] 2.2.2.71
    #[wbxml(Sensitivity)]
    pub sensitivity: Option<Sensitivity>,
    /// How busy the user is during it. [MS-ASEMAIL] 2.2.2.14
    #[wbxml(BusyStatus)]
    pub busy_status: Option<BusyStatus>,
    /// The time zone in which it was made. [MS-ASEMAIL] 2.2.2.78
    #[wbxml(TimeZone)]
    pub time_zone: Option<TimeZone>,
    /// The meeting's identifier in base64, up to 14.1; see [`global_obj_id`](crate::global_obj_id). [MS-ASEMAIL] 2.2.2.37
    #[wbxml(GlobalObjId)]
    pub global_obj_id: Option<Cow<'a, str>>,
    /// Whether attendees may not propose another time. 14.0 and later. [MS-ASEMAIL] 2.2.2.27
    #[wbxml(DisallowNewTimeProposal)]
    pub disallow_new_time_proposal: Option<bool>,
    /// What the message does to the meeting. 14.1 and later. [MS-ASEMAIL] 2.2.2.47
    #[wbxml(email2::MeetingMessageType)]
    pub meeting_message_type: Option<MeetingMessageType>,
    /// The meeting's identifier in 16.0 and later. [MS-ASCAL] 2.2.2.46
    #[wbxml(calendar::UID, since = "16.0")]
    pub uid: Option<Cow<'a, str>>,
    /// The start that an attendee proposes. 16.1. [MS-ASCMD] 2.2.3.141
    #[wbxml(meetingresponse::ProposedStartTime)]
    pub proposed_start_time: Option<DateTime>,
    /// The end that an attendee proposes. 16.1. [MS-ASCMD] 2.2.3.140
    #[wbxml(meetingresponse::ProposedEndTime)]
    pub proposed_end_time: Option<DateTime>,
    /// To whom the request was forwarded. 16.0 and later. [MS-ASCMD] 2.2.3.79
    #[wbxml(composemail::Forwardees, list)]
    pub forwardees: Vec<Forwardee<'a>>,
}

/// Somebody to whom a meeting request is forwarded. 16.0 and later. [MS-ASCMD] 2.2.3.78
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = composemail, tag = Forwardee)]
pub struct Forwardee<'a> {
    /// Name.
    #[wbxml(Name)]
    pub name: Option<Cow<'a, str>>,
    /// Address.
    #[wbxml(Email)]
    pub email: Cow<'a, str>,
}

/// Whether a meeting is single, a series, or one of a series. [MS-ASEMAIL] 2.2.2.39
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum InstanceType {
    /// A single event.
    #[default]
    #[wbxml(0)]
    Single,
    /// A series.
    #[wbxml(1)]
    Master,
    /// One occurrence of a series.
    #[wbxml(2)]
    Instance,
    /// An occurrence that differs from its series.
    #[wbxml(3)]
    Exception,
    /// An occurrence of a series that is not in the user's calendar.
    #[wbxml(4)]
    Orphan,
    /// A number without a meaning in the specification.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] i32),
}

/// What a meeting message does to the meeting. [MS-ASEMAIL] 2.2.2.47
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum MeetingMessageType {
    /// A silent update, or unspecified.
    #[default]
    #[wbxml(0)]
    Unspecified,
    /// The first request.
    #[wbxml(1)]
    InitialRequest,
    /// A full update.
    #[wbxml(2)]
    FullUpdate,
    /// An update for information only.
    #[wbxml(3)]
    InformationalUpdate,
    /// A newer message about the meeting came after this one.
    #[wbxml(4)]
    Outdated,
    /// The delegator's copy of the request.
    #[wbxml(5)]
    DelegatorsCopy,
    /// The request was delegated and must not be answered.
    #[wbxml(6)]
    Delegated,
    /// A number without a meaning in the specification.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] i32),
}

/// How the meeting of a request repeats; the children have this order on the wire. [MS-ASEMAIL] 2.2.2.60
///
/// `From` turns it into the [`calendar::Recurrence`](crate::calendar::Recurrence) of an event, and back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = email, tag = Recurrence)]
pub struct Recurrence {
    /// The unit. [MS-ASEMAIL] 2.2.2.80
    #[wbxml(Type)]
    pub recurrence_type: Option<RecurrenceType>,
    /// How many units lie between occurrences. [MS-ASEMAIL] 2.2.2.41
    #[wbxml(Interval)]
    pub interval: Option<u32>,
    /// The last time at which it may occur. [MS-ASEMAIL] 2.2.2.85
    #[wbxml(Until)]
    pub until: Option<CompactDateTime>,
    /// How often it occurs. [MS-ASEMAIL] 2.2.2.55
    #[wbxml(Occurrences)]
    pub occurrences: Option<u32>,
    /// Which week of the month, 1 to 4, or 5 for the last. [MS-ASEMAIL] 2.2.2.88
    #[wbxml(WeekOfMonth)]
    pub week_of_month: Option<u32>,
    /// The day of the month, 1 to 31. [MS-ASEMAIL] 2.2.2.25
    #[wbxml(DayOfMonth)]
    pub day_of_month: Option<u32>,
    /// The days of the week. [MS-ASEMAIL] 2.2.2.26
    #[wbxml(DayOfWeek)]
    pub day_of_week: Option<DaysOfWeek>,
    /// The month, 1 to 12. [MS-ASEMAIL] 2.2.2.53
    #[wbxml(MonthOfYear)]
    pub month_of_year: Option<u32>,
    /// The calendar system. 14.0 and later. [MS-ASEMAIL] 2.2.2.15
    #[wbxml(email2::CalendarType)]
    pub calendar_type: Option<CalendarType>,
    /// Whether it occurs in the leap month. 14.0 and later. [MS-ASEMAIL] 2.2.2.43
    #[wbxml(email2::IsLeapMonth)]
    pub is_leap_month: Option<bool>,
    /// The day with which a week begins. 14.1 and later. [MS-ASEMAIL] 2.2.2.33
    #[wbxml(email2::FirstDayOfWeek)]
    pub first_day_of_week: Option<FirstDayOfWeek>,
}

impl From<crate::calendar::Recurrence> for Recurrence {
    fn from(event: crate::calendar::Recurrence) -> Self {
        Self {
            recurrence_type: event.recurrence_type,
            interval: event.interval,
            until: event.until,
            occurrences: event.occurrences,
            week_of_month: event.week_of_month,
            day_of_month: event.day_of_month,
            day_of_week: event.day_of_week,
            month_of_year: event.month_of_year,
            calendar_type: event.calendar_type,
            is_leap_month: event.is_leap_month,
            first_day_of_week: event.first_day_of_week,
        }
    }
}

impl From<Recurrence> for crate::calendar::Recurrence {
    fn from(request: Recurrence) -> Self {
        Self {
            recurrence_type: request.recurrence_type,
            interval: request.interval,
            until: request.until,
            occurrences: request.occurrences,
            week_of_month: request.week_of_month,
            day_of_month: request.day_of_month,
            day_of_week: request.day_of_week,
            month_of_year: request.month_of_year,
            calendar_type: request.calendar_type,
            is_leap_month: request.is_leap_month,
            first_day_of_week: request.first_day_of_week,
        }
    }
}
