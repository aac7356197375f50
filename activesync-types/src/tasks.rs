//! The Tasks class: what is to be done, and until when. 2.5 and later. [MS-ASTASK]
//!
//! Every field is optional, since a `Change` holds only what changed. The notes of 2.5 ([`Task::legacy_body`]) stand
//! beside those of 12.0 and later ([`Task::body`]); the version that is written decides which go out.
//!
//! The dates of start and end come twice: in UTC, and in the user's local time although written with a Z.

use std::borrow::Cow;

use wbxml::codepages::{airsyncbase, tasks};
use wbxml::{AnyElement, Decode, Encode, IntoOwned};

use crate::airsyncbase::{Body, BodyType};
use crate::date_time::DateTime;
use crate::enumerations::{Importance, Sensitivity};
use crate::recurrence::{CalendarType, DaysOfWeek, FirstDayOfWeek, RecurrenceType};

/// A task. [MS-ASTASK] 2.2.2
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = tasks)]
pub struct Task<'a> {
    /// Subject. [MS-ASTASK] 2.2.2.27
    #[wbxml(Subject)]
    pub subject: Option<Cow<'a, str>>,
    /// Notes as plain text, 2.5 only. [MS-ASTASK] 2.2.2
    #[wbxml(Body)]
    pub legacy_body: Option<Cow<'a, str>>,
    /// The size in characters of the whole notes, 2.5 only. [MS-ASTASK] 2.2.2
    #[wbxml(BodySize)]
    pub legacy_body_size: Option<u32>,
    /// Whether `legacy_body` is not all of the notes, 2.5 only. [MS-ASTASK] 2.2.2
    #[wbxml(BodyTruncated)]
    pub legacy_body_truncated: Option<bool>,
    /// Notes as compressed RTF in base64, up to 12.1. Out of use; kept for old devices.
    #[wbxml(CompressedRTF)]
    pub compressed_rtf: Option<Cow<'a, str>>,
    /// How important it is; a number without a meaning is to be given back as it came. [MS-ASTASK] 2.2.2.14
    #[wbxml(Importance)]
    pub importance: Option<Importance>,
    /// When to begin, in UTC. [MS-ASTASK] 2.2.2.32
    #[wbxml(UtcStartDate)]
    pub utc_start_date: Option<DateTime>,
    /// When to begin, in the user's local time although written with a Z. [MS-ASTASK] 2.2.2.26
    #[wbxml(StartDate)]
    pub start_date: Option<DateTime>,
    /// When to have it done, in UTC. [MS-ASTASK] 2.2.2.31
    #[wbxml(UtcDueDate)]
    pub utc_due_date: Option<DateTime>,
    /// When to have it done, in the user's local time although written with a Z. [MS-ASTASK] 2.2.2.12
    #[wbxml(DueDate)]
    pub due_date: Option<DateTime>,
    /// The user's categories, at most 300; an empty list says that there are none. [MS-ASTASK] 2.2.2.5
    #[wbxml(Categories, list = Category)]
    pub categories: Option<Vec<Cow<'a, str>>>,
    /// How it repeats. [MS-ASTASK] 2.2.2.20
    #[wbxml(Recurrence)]
    pub recurrence: Option<Recurrence>,
    /// Whether it is done; required by the specification of a whole task. [MS-ASTASK] 2.2.2.7
    #[wbxml(Complete)]
    pub complete: Option<bool>,
    /// When it was done; answers always have it beside a true `complete`. [MS-ASTASK] 2.2.2.8
    #[wbxml(DateCompleted)]
    pub date_completed: Option<DateTime>,
    /// How private it is. [MS-ASTASK] 2.2.2.24
    #[wbxml(Sensitivity)]
    pub sensitivity: Option<Sensitivity>,
    /// When to remind the user. [MS-ASTASK] 2.2.2.23
    #[wbxml(ReminderTime)]
    pub reminder_time: Option<DateTime>,
    /// Whether to remind the user at `reminder_time`; a reader takes absence for no. [MS-ASTASK] 2.2.2.22
    #[wbxml(ReminderSet)]
    pub reminder_set: Option<bool>,
    /// When it was flagged: the order among tasks. 12.0 and later. [MS-ASTASK] 2.2.2.19
    ///
    /// The text of the specification has it in the [`Flag`](crate::email::Flag) of a mail only, its schema here too.
    #[wbxml(OrdinalDate)]
    pub ordinal_date: Option<DateTime>,
    /// The order among tasks of the same `ordinal_date`; what is said there of its place holds here too. 12.0 and
    /// later. [MS-ASTASK] 2.2.2.28
    #[wbxml(SubOrdinalDate)]
    pub sub_ordinal_date: Option<Cow<'a, str>>,
    /// Notes of 12.0 and later. [MS-ASTASK] 2.2.2.1.1, [MS-ASAIRS] 2.2.2.9
    #[wbxml(airsyncbase::Body)]
    pub body: Option<Body<'a>>,
    /// The format in which the server has the notes. 12.0 and later. [MS-ASAIRS] 2.2.2.32
    #[wbxml(airsyncbase::NativeBodyType)]
    pub native_body_type: Option<BodyType>,
    /// Elements that the specification does not name here, as they came.
    #[wbxml(any)]
    #[cfg_attr(feature = "arbitrary", arbitrary(default))]
    pub other: Vec<AnyElement<'a>>,
}

/// How a task repeats. [MS-ASTASK] 2.2.2.20
///
/// `recurrence_type` decides which of the others count. If `until` and `occurrences` are both there, `occurrences`
/// counts ([MS-ASTASK] 3.2.5.3.4); without either, the series has no end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = tasks, tag = Recurrence)]
pub struct Recurrence {
    /// The unit; a request without it fails. [MS-ASTASK] 2.2.2.29
    #[wbxml(Type)]
    pub recurrence_type: Option<RecurrenceType>,
    /// When the series begins, in the user's local time although written with a Z. A request without it fails; some
    /// servers leave it out of answers of 14.0. [MS-ASTASK] 2.2.2.25
    #[wbxml(Start)]
    pub start: Option<DateTime>,
    /// The last time at which it may occur: other than in events, written like all dates of a task.
    /// [MS-ASTASK] 2.2.2.30
    #[wbxml(Until)]
    pub until: Option<DateTime>,
    /// How often it occurs, at most 255. [MS-ASTASK] 2.2.2.18
    #[wbxml(Occurrences)]
    pub occurrences: Option<u32>,
    /// How many units lie between occurrences, 0 to 999. [MS-ASTASK] 2.2.2.15
    #[wbxml(Interval)]
    pub interval: Option<u32>,
    /// The days of the week. [MS-ASTASK] 2.2.2.10
    #[wbxml(DayOfWeek)]
    pub day_of_week: Option<DaysOfWeek>,
    /// The day of the month, 1 to 31. [MS-ASTASK] 2.2.2.9
    #[wbxml(DayOfMonth)]
    pub day_of_month: Option<u32>,
    /// Which week of the month, 1 to 4, or 5 for the last. [MS-ASTASK] 2.2.2.33
    #[wbxml(WeekOfMonth)]
    pub week_of_month: Option<u32>,
    /// The month, 1 to 12. [MS-ASTASK] 2.2.2.17
    #[wbxml(MonthOfYear)]
    pub month_of_year: Option<u32>,
    /// Whether it comes again once it is done, counted from then; a reader takes absence for no. [MS-ASTASK] 2.2.2.21
    #[wbxml(Regenerate)]
    pub regenerate: Option<bool>,
    /// Whether it is one occurrence of a series that goes on elsewhere, such as one that was done: 0 for no, which a
    /// reader takes absence for, any other number up to 255 for yes. [MS-ASTASK] 2.2.2.11
    #[wbxml(DeadOccur)]
    pub dead_occur: Option<u32>,
    /// The calendar system. 14.0 and later. [MS-ASTASK] 2.2.2.4
    #[wbxml(CalendarType)]
    pub calendar_type: Option<CalendarType>,
    /// Whether it occurs in the leap month. 14.0 and later. [MS-ASTASK] 2.2.2.16
    #[wbxml(IsLeapMonth)]
    pub is_leap_month: Option<bool>,
    /// The day with which a week begins; answers always have it in a weekly recurrence. 14.1 and later.
    /// [MS-ASTASK] 2.2.2.13
    #[wbxml(FirstDayOfWeek)]
    pub first_day_of_week: Option<FirstDayOfWeek>,
}

impl Recurrence {
    /// Whether it is one occurrence of a series that goes on elsewhere, whichever number says so.
    #[must_use]
    pub fn is_dead_occurrence(&self) -> bool {
        self.dead_occur.is_some_and(|number| number != 0)
    }
}
