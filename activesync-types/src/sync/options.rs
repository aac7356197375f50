//! What a client wants to receive of a collection, and in what form.

use wbxml::codepages::{airsync, airsyncbase, rightsmanagement};
use wbxml::{Decode, Encode, IntoOwned};

use crate::Class;
use crate::airsyncbase::{BodyPartPreference, BodyPreference};

/// `Options` of a collection (`[MS-ASCMD]` 2.2.3.125.6).
///
/// A server keeps them: a request without options means those of the last one that had some. Present ones
/// replace all that were before. There may be two, one for the SMS in a mail folder.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = airsync, tag = Options)]
pub struct SyncOptions<'a> {
    /// The class that these options are for; absent means the default class of the folder.
    /// `[MS-ASCMD]` 2.2.3.27.6.
    #[wbxml(Class, since = "14.0")]
    pub class: Option<Class<'a>>,
    /// How old an item may be. `[MS-ASCMD]` 2.2.3.68.2.
    #[wbxml(FilterType)]
    pub filter_type: Option<FilterType>,
    /// Where to cut the plain body; up to 2.5. `[MS-ASCMD]` 2.2.3.185.
    #[wbxml(Truncation)]
    pub truncation: Option<Truncation>,
    /// Where to cut the RTF body, on the scale of `truncation`; up to 2.5 and in no specification.
    #[wbxml(RTFTruncation)]
    pub rtf_truncation: Option<Truncation>,
    /// Who wins when both sides changed an item. `[MS-ASCMD]` 2.2.3.34.
    #[wbxml(Conflict)]
    pub conflict: Option<Conflict>,
    /// Which messages to send as MIME; since 2.5. `[MS-ASCMD]` 2.2.3.110.3.
    #[wbxml(MIMESupport)]
    pub mime_support: Option<MimeSupport>,
    /// Where to cut the MIME data; since 2.5. `[MS-ASCMD]` 2.2.3.111.
    #[wbxml(MIMETruncation)]
    pub mime_truncation: Option<MimeTruncation>,
    /// How many recipients of the recipient information cache to keep; since 14.0.
    /// `[MS-ASCMD]` 2.2.3.103.2.
    #[wbxml(MaxItems)]
    pub max_items: Option<u32>,
    /// The forms of body that the client can show, best first; since 12.0. `[MS-ASAIRS]` 2.2.2.12.
    #[wbxml(airsyncbase::BodyPreference)]
    pub body_preferences: Vec<BodyPreference>,
    /// The same for the part of a message that is new in its conversation; since 14.1.
    /// `[MS-ASAIRS]` 2.2.2.11.
    #[wbxml(airsyncbase::BodyPartPreference)]
    pub body_part_preferences: Vec<BodyPartPreference>,
    /// Whether the server opens messages under rights management; since 14.1. `[MS-ASRM]` 2.2.2.15.
    #[wbxml(rightsmanagement::RightsManagementSupport)]
    pub rights_management_support: Option<bool>,
}

/// How old an item may be to be synchronized (`[MS-ASCMD]` 2.2.3.68.2); also an upper bound of it, in a policy
/// (`[MS-ASPROV]` 2.2.2.31 and 2.2.2.33).
///
/// Mail allows `All` to `OneMonth`, calendars `All` and `TwoWeeks` to `SixMonths`, tasks `All` and
/// `IncompleteTasks`; for contacts it has no effect. Future and endless appointments are always in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum FilterType {
    /// No filter.
    #[default]
    #[wbxml(0)]
    All,
    /// One day back; mail.
    #[wbxml(1)]
    OneDay,
    /// Three days back; mail.
    #[wbxml(2)]
    ThreeDays,
    /// One week back; mail.
    #[wbxml(3)]
    OneWeek,
    /// Two weeks back; mail and calendar.
    #[wbxml(4)]
    TwoWeeks,
    /// One month back; mail and calendar.
    #[wbxml(5)]
    OneMonth,
    /// Three months back; calendar.
    #[wbxml(6)]
    ThreeMonths,
    /// Six months back; calendar.
    #[wbxml(7)]
    SixMonths,
    /// Only tasks that are not complete.
    #[wbxml(8)]
    IncompleteTasks,
    /// A value that the specification does not have.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] u32),
}

impl FilterType {
    /// Whether the specification allows this filter for a collection of the class.
    pub fn allowed_for(self, class: &Class<'_>) -> bool {
        use FilterType::{
            All, IncompleteTasks, OneDay, OneMonth, OneWeek, SixMonths, ThreeDays, ThreeMonths, TwoWeeks,
        };
        match class {
            Class::Email | Class::Sms => {
                matches!(self, All | OneDay | ThreeDays | OneWeek | TwoWeeks | OneMonth)
            }
            Class::Calendar => matches!(self, All | TwoWeeks | OneMonth | ThreeMonths | SixMonths),
            Class::Tasks => matches!(self, All | IncompleteTasks),
            // Ignored without an error.
            Class::Contacts | Class::Notes | Class::Other(_) => !matches!(self, FilterType::Other(_)),
        }
    }
}

/// Where a plain body is cut, up to 2.5 (`[MS-ASCMD]` 2.2.3.185). Absent means not at all.
///
/// Bodies of appointments, contacts and tasks cannot be fetched once they were cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum Truncation {
    /// No body at all.
    #[wbxml(0)]
    All,
    /// 512 characters.
    #[wbxml(1)]
    Chars512,
    /// 1,024 characters.
    #[wbxml(2)]
    Chars1024,
    /// 2,048 characters.
    #[wbxml(3)]
    Chars2048,
    /// 5,120 characters.
    #[wbxml(4)]
    Chars5120,
    /// 10,240 characters.
    #[wbxml(5)]
    Chars10240,
    /// 20,480 characters.
    #[wbxml(6)]
    Chars20480,
    /// 51,200 characters.
    #[wbxml(7)]
    Chars51200,
    /// 102,400 characters.
    #[wbxml(8)]
    Chars102400,
    /// The whole body.
    #[wbxml(9)]
    None,
    /// A value that the specification does not have.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] u32),
}

impl Truncation {
    /// How many characters are left; `None` when nothing is cut. An unknown value cuts nothing.
    pub const fn limit(self) -> Option<usize> {
        match self {
            Self::All => Some(0),
            Self::Chars512 => Some(512),
            Self::Chars1024 => Some(1_024),
            Self::Chars2048 => Some(2_048),
            Self::Chars5120 => Some(5_120),
            Self::Chars10240 => Some(10_240),
            Self::Chars20480 => Some(20_480),
            Self::Chars51200 => Some(51_200),
            Self::Chars102400 => Some(102_400),
            Self::None | Self::Other(_) => None,
        }
    }
}

/// Where MIME data is cut (`[MS-ASCMD]` 2.2.3.111). The sizes are approximate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum MimeTruncation {
    /// No body at all.
    #[wbxml(0)]
    All,
    /// 4,096 characters.
    #[wbxml(1)]
    Chars4096,
    /// 5,120 characters.
    #[wbxml(2)]
    Chars5120,
    /// 7,168 characters.
    #[wbxml(3)]
    Chars7168,
    /// 10,240 characters.
    #[wbxml(4)]
    Chars10240,
    /// 20,480 characters.
    #[wbxml(5)]
    Chars20480,
    /// 51,200 characters.
    #[wbxml(6)]
    Chars51200,
    /// 102,400 characters.
    #[wbxml(7)]
    Chars102400,
    /// All of it.
    #[wbxml(8)]
    None,
    /// A value that the specification does not have.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] u32),
}

impl MimeTruncation {
    /// How many characters are left; `None` when nothing is cut. An unknown value cuts nothing.
    pub const fn limit(self) -> Option<usize> {
        match self {
            Self::All => Some(0),
            Self::Chars4096 => Some(4_096),
            Self::Chars5120 => Some(5_120),
            Self::Chars7168 => Some(7_168),
            Self::Chars10240 => Some(10_240),
            Self::Chars20480 => Some(20_480),
            Self::Chars51200 => Some(51_200),
            Self::Chars102400 => Some(102_400),
            Self::None | Self::Other(_) => None,
        }
    }
}

/// Who wins when client and server changed the same item (`[MS-ASCMD]` 2.2.3.34); for a whole collection.
///
/// A deletion always wins over a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum Conflict {
    /// The client's item replaces the server's.
    #[wbxml(0)]
    ClientWins,
    /// The server's item stays, and the client's change is answered with status 7. This is the default.
    #[default]
    #[wbxml(1)]
    ServerWins,
    /// A value that the specification does not have.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] u32),
}

/// Which messages come as MIME (`[MS-ASCMD]` 2.2.3.110).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum MimeSupport {
    /// None. This is the default.
    #[default]
    #[wbxml(0)]
    Never,
    /// S/MIME messages; all others have a regular body.
    #[wbxml(1)]
    SmimeOnly,
    /// All messages.
    #[wbxml(2)]
    Always,
    /// A value that the specification does not have.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] u32),
}
