//! The `ComposeMail` namespace: SendMail (`[MS-ASCMD]` 2.2.1.17).
//!
//! Up to 12.1 the body of the request is the message itself, and `SaveInSent` a parameter of the query; from
//! 14.0 on it is a [`SendMailRequest`]. [`SendMail`](crate::SendMail) reads and writes both.

use std::borrow::Cow;

use wbxml::codepages::{composemail, rightsmanagement};
use wbxml::{Bytes, Decode, Encode, IntoOwned};

use crate::ClientId;
use crate::status::SendMailStatus;

/// A message to send (`[MS-ASCMD]` 2.2.3.162).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = composemail, tag = SendMail)]
pub struct SendMailRequest<'a> {
    /// The client's identifier of the message: 1 to 40 characters. A server that knows it already answers with
    /// status 118 and does not send again. Messages up to 12.1 have none: then it is empty.
    /// `[MS-ASCMD]` 2.2.3.28.1.
    #[wbxml(ClientId)]
    pub client_id: ClientId<'a>,
    /// The account to send from, else the primary one; since 14.1. `[MS-ASCMD]` 2.2.3.3.1.
    #[wbxml(AccountId)]
    pub account_id: Option<Cow<'a, str>>,
    /// A copy goes to Sent Items. `[MS-ASCMD]` 2.2.3.157.
    #[wbxml(SaveInSentItems, flag)]
    pub save_in_sent_items: bool,
    /// The message. `[MS-ASCMD]` 2.2.3.109.
    #[wbxml(Mime, opaque)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::bytes))]
    pub mime: Bytes<'a>,
    /// The rights template to protect the message with; since 14.1. `[MS-ASRM]` 2.2.2.19.
    #[wbxml(rightsmanagement::TemplateID)]
    pub template_id: Option<Cow<'a, str>>,
}

impl<'a> SendMailRequest<'a> {
    /// A message that is kept in Sent Items.
    pub fn new(client_id: impl Into<ClientId<'a>>, mime: impl Into<Cow<'a, [u8]>>) -> Self {
        Self {
            client_id: client_id.into(),
            account_id: None,
            save_in_sent_items: true,
            mime: Bytes(mime.into()),
            template_id: None,
        }
    }

    /// The body of a request up to 12.1, which holds no more than the message.
    pub fn from_mime(mime: &'a [u8]) -> Self {
        Self { save_in_sent_items: false, ..Self::new("", mime) }
    }
}

/// Why a message was not sent (`[MS-ASCMD]` 2.2.3.162).
///
/// The default value is success, which goes out without a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = composemail, tag = SendMail)]
pub struct SendMailResponse {
    /// One of the common statuses; absent if the message was sent. `[MS-ASCMD]` 2.2.3.177.14.
    #[wbxml(Status)]
    pub status: Option<SendMailStatus>,
}

impl SendMailResponse {
    /// The message was not sent.
    pub fn failed(status: impl Into<SendMailStatus>) -> Self {
        Self { status: Some(status.into()) }
    }
}
