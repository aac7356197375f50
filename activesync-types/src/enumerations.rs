//! Values that more than one item class uses.
//!
//! Every enumeration is open: a number that no specification names is kept in `Other` and written back.

use wbxml::{Decode, Encode, IntoOwned, ProtocolVersion};

/// How important the sender says a message or task is. [MS-ASEMAIL] 2.2.2.38
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum Importance {
    /// Low.
    #[wbxml(0)]
    Low,
    /// Normal: what a reader assumes when the element is absent.
    #[default]
    #[wbxml(1)]
    Normal,
    /// High.
    #[wbxml(2)]
    High,
    /// A number without a meaning in the specification.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] i32),
}

/// How private an item is. [MS-ASCAL] 2.2.2.41, [MS-ASEMAIL] 2.2.2.71
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum Sensitivity {
    /// Normal: what a reader assumes when the element is absent.
    #[default]
    #[wbxml(0)]
    Normal,
    /// Personal.
    #[wbxml(1)]
    Personal,
    /// Private.
    #[wbxml(2)]
    Private,
    /// Confidential.
    #[wbxml(3)]
    Confidential,
    /// A number without a meaning in the specification.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] i32),
}

/// Whether somebody is free during an event. [MS-ASCAL] 2.2.2.9, [MS-ASEMAIL] 2.2.2.14
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum BusyStatus {
    /// Not known; only in answers of 16.0 and later.
    #[wbxml(-1)]
    Unknown,
    /// Free.
    #[wbxml(0)]
    Free,
    /// Tentative.
    #[wbxml(1)]
    Tentative,
    /// Busy: what a reader assumes when the element is absent.
    #[default]
    #[wbxml(2)]
    Busy,
    /// Out of office.
    #[wbxml(3)]
    OutOfOffice,
    /// Working elsewhere; only in answers of 16.0 and later.
    #[wbxml(4)]
    WorkingElsewhere,
    /// A number without a meaning in the specification.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] i32),
}

impl BusyStatus {
    /// The value that an answer of this version may hold: up to 14.1, `WorkingElsewhere` is `Free` and
    /// `Unknown` is `Busy`, the default.
    #[must_use]
    pub fn for_version(self, version: ProtocolVersion) -> Self {
        match self {
            Self::WorkingElsewhere if version < ProtocolVersion::V16_0 => Self::Free,
            Self::Unknown if version < ProtocolVersion::V16_0 => Self::Busy,
            same => same,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_16_0_have_a_stand_in_below() {
        let old = ProtocolVersion::V14_1;
        assert_eq!(BusyStatus::WorkingElsewhere.for_version(old), BusyStatus::Free);
        assert_eq!(BusyStatus::Unknown.for_version(old), BusyStatus::Busy);
        assert_eq!(BusyStatus::OutOfOffice.for_version(old), BusyStatus::OutOfOffice);
        assert_eq!(
            BusyStatus::WorkingElsewhere.for_version(ProtocolVersion::V16_0),
            BusyStatus::WorkingElsewhere
        );
    }
}
