//! What kind of items a folder holds, or an item is.

use std::borrow::Cow;

use wbxml::{Decode, Encode, IntoOwned};

/// The content class of a collection or an item (`[MS-ASCMD]` 2.2.3.27).
///
/// Up to 12.1 it names the kind of a collection; from 14.0 on it is a child of `Options`, and of an item
/// whose class is not that of its folder (an SMS in a mail folder).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum Class<'a> {
    /// Mail, `[MS-ASEMAIL]`: [`Email`](crate::email::Email).
    #[wbxml("Email")]
    Email,
    /// Appointments, `[MS-ASCAL]`: [`Calendar`](crate::calendar::Calendar).
    #[wbxml("Calendar")]
    Calendar,
    /// Contacts, `[MS-ASCNTC]`: [`Contact`](crate::contacts::Contact).
    #[wbxml("Contacts")]
    Contacts,
    /// Tasks, `[MS-ASTASK]`; since 2.5: [`Task`](crate::tasks::Task).
    #[wbxml("Tasks")]
    Tasks,
    /// Text messages, `[MS-ASMS]`; since 14.0. They are made of elements of mail: [`Email`](crate::email::Email).
    #[wbxml("SMS")]
    Sms,
    /// Notes, `[MS-ASNOTE]`; since 14.0: [`Note`](crate::notes::Note).
    #[wbxml("Notes")]
    Notes,
    /// A class that this crate does not know.
    #[wbxml(other)]
    Other(
        #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_text))]
        Cow<'a, str>,
    ),
}
