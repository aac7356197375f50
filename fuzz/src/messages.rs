//! The types that are read and written, each as a request or an answer.

use activesync_types::Command;
use activesync_types::calendar::Calendar;
use activesync_types::contacts::Contact;
use activesync_types::email::Email;
use activesync_types::get_item_estimate::GetItemEstimateRequest;
use activesync_types::item_operations::ItemProperties;
use activesync_types::settings::{DeviceInformation, DeviceInformationResponse};
use arbitrary::Arbitrary;
use wbxml::codepages::airsync;
use wbxml::{Decode, Encode, IntoOwned};

/// An array of `$check!(command, side)` for each message that has a type, and for what stands inside of others.
macro_rules! for_each_message {
    ($check:ident) => {
        [
            $check!(Sync, Request),
            $check!(Sync, Response),
            $check!(SendMail, Request),
            $check!(SendMail, Response),
            $check!(GetHierarchy, Response),
            $check!(FolderSync, Request),
            $check!(FolderSync, Response),
            $check!(FolderCreate, Request),
            $check!(FolderCreate, Response),
            $check!(FolderDelete, Request),
            $check!(FolderDelete, Response),
            $check!(FolderUpdate, Request),
            $check!(FolderUpdate, Response),
            $check!(MoveItems, Request),
            $check!(MoveItems, Response),
            $check!(GetItemEstimate, Request),
            $check!(GetItemEstimate, Response),
            $check!(Ping, Request),
            $check!(Ping, Response),
            $check!(ItemOperations, Request),
            $check!(ItemOperations, Response),
            $check!(Provision, Request),
            $check!(Provision, Response),
            $check!(Information, Request),
            $check!(Information, Response),
            $check!(Mail, Request),
            $check!(Event, Request),
            $check!(Person, Request),
            $check!(Mail, Response),
        ]
    };
}

pub(crate) use for_each_message;

/// Brings a value to the form that is written.
macro_rules! in_one_form {
    (GetItemEstimate, Request, $value:expr) => {
        crate::messages::one_form($value)
    };
    ($command:ident, $side:ident, $value:expr) => {
        $value
    };
}

pub(crate) use in_one_form;

/// A collection to estimate is written in one of two forms, and what only the other has is left out.
pub(crate) fn one_form(mut request: GetItemEstimateRequest<'_>) -> GetItemEstimateRequest<'_> {
    for collection in &mut request.collections {
        if !collection.options.is_empty() || collection.conversation_mode.is_some() {
            collection.class = None;
            collection.filter_type = None;
        }
    }
    request
}

/// Not commands, but types that stand in pairs as if they were.
macro_rules! pairs {
    ($($name:ident: $request:ty, $response:ty;)*) => {$(
        pub(crate) struct $name;

        impl Command for $name {
            const NAME: &'static str = stringify!($name);
            type Request<'a> = $request;
            type Response<'a> = $response;
        }
    )*};
}

pairs! {
    Information: DeviceInformation<'a>, DeviceInformationResponse;
    Mail: MailItem<'a>, ItemProperties<'a>;
    Event: EventItem<'a>, EventItem<'a>;
    Person: PersonItem<'a>, PersonItem<'a>;
}

/// Items in the element that holds them.
macro_rules! items {
    ($($name:ident: $item:ident;)*) => {$(
        #[derive(Clone, Debug, PartialEq, Encode, Decode, IntoOwned, Arbitrary)]
        #[wbxml(page = airsync, tag = ApplicationData)]
        pub(crate) struct $name<'a>($item<'a>);
    )*};
}

items! {
    MailItem: Email;
    EventItem: Calendar;
    PersonItem: Contact;
}
