//! What a device says of itself, in Provision from 14.1 on and in Settings from 12.0 on.

use std::borrow::Cow;

use wbxml::codepages::settings;
use wbxml::{Decode, Encode, IntoOwned};

use crate::status::DeviceInformationStatus;

/// What a device says of itself (`[MS-ASCMD]` 2.2.3.45).
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = settings, tag = DeviceInformation)]
pub struct DeviceInformation<'a> {
    /// The properties. `[MS-ASCMD]` 2.2.3.167.
    #[wbxml(Set)]
    pub set: DeviceProperties<'a>,
}

impl<'a> From<DeviceProperties<'a>> for DeviceInformation<'a> {
    fn from(set: DeviceProperties<'a>) -> Self {
        Self { set }
    }
}

/// The properties of a device (`[MS-ASCMD]` 2.2.3.167): up to 1024 characters each. An empty one deletes the value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = settings, tag = Set)]
pub struct DeviceProperties<'a> {
    /// The model; required in a Provision request. `[MS-ASCMD]` 2.2.3.115.
    #[wbxml(Model)]
    pub model: Option<Cow<'a, str>>,
    /// The International Mobile Equipment Identity: 15 digits. `[MS-ASCMD]` 2.2.3.91.
    #[wbxml(IMEI)]
    pub imei: Option<Cow<'a, str>>,
    /// A name that means something to the user. `[MS-ASCMD]` 2.2.3.81.
    #[wbxml(FriendlyName)]
    pub friendly_name: Option<Cow<'a, str>>,
    /// The operating system. `[MS-ASCMD]` 2.2.3.127.
    #[wbxml(OS)]
    pub os: Option<Cow<'a, str>>,
    /// The language of the operating system. `[MS-ASCMD]` 2.2.3.128.
    #[wbxml(OSLanguage)]
    pub os_language: Option<Cow<'a, str>>,
    /// The device's telephone number. `[MS-ASCMD]` 2.2.3.134.
    #[wbxml(PhoneNumber)]
    pub phone_number: Option<Cow<'a, str>>,
    /// The client, as in the HTTP header; since 12.1. `[MS-ASCMD]` 2.2.3.190.
    #[wbxml(UserAgent)]
    pub user_agent: Option<Cow<'a, str>>,
    /// Whether the server may send SMS through the device; since 14.0. `[MS-ASCMD]` 2.2.3.60.
    #[wbxml(EnableOutboundSMS)]
    pub enable_outbound_sms: Option<bool>,
    /// The operator whose network the device is in; since 14.0. `[MS-ASCMD]` 2.2.3.113.
    #[wbxml(MobileOperator)]
    pub mobile_operator: Option<Cow<'a, str>>,
}

/// Whether the properties were taken (`[MS-ASCMD]` 2.2.3.45).
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = settings, tag = DeviceInformation)]
pub struct DeviceInformationResponse {
    /// Whether it worked. `[MS-ASCMD]` 2.2.3.177.15.
    #[wbxml(Status)]
    pub status: Option<DeviceInformationStatus>,
}
