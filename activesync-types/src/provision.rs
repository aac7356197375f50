//! Provision: the security policies of a device, and the order to wipe it (`[MS-ASPROV]`); since 2.5.
//!
//! Two rounds: the client asks and gets the policies with a key; it applies them, acknowledges with that key,
//! and gets the key that its other requests carry from then on.
//!
//! ```
//! use activesync_types::PolicyKey;
//! use activesync_types::provision::{PolicyAcknowledgement, PolicyType, ProvisionRequest};
//! use activesync_types::settings::DeviceProperties;
//!
//! let device = DeviceProperties { model: Some("example".into()), ..DeviceProperties::default() };
//! let first = ProvisionRequest::initial(PolicyType::EasProvisioningWbxml, Some(device));
//! # let key = PolicyKey::from(1307199584);
//! let second = ProvisionRequest::acknowledge(PolicyType::EasProvisioningWbxml, key, PolicyAcknowledgement::Success);
//! # assert!(first.device_information.is_some() && second.device_information.is_none());
//! ```

use std::borrow::Cow;

use wbxml::codepages::{provision, settings};
use wbxml::{Decode, Encode, IntoOwned, ProtocolVersion};

use crate::PolicyKey;
use crate::settings::{DeviceInformation, DeviceInformationResponse, DeviceProperties};
use crate::status::{PolicyStatus, ProvisionStatus};

pub use crate::status::{PolicyAcknowledgement, RemoteWipeStatus};
pub use document::{
    AllowBluetooth, EasProvisionDoc, EncryptionAlgorithm, EncryptionNegotiation, PolicyData,
    SignatureAlgorithm,
};

mod document;

/// Asks for policies, acknowledges them, or reports on a wipe (`[MS-ASPROV]` 2.2.2.44).
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = provision, tag = Provision)]
pub struct ProvisionRequest<'a> {
    /// In the first request, from 14.1 on; not before. `[MS-ASPROV]` 2.2.2.53.
    #[wbxml(settings::DeviceInformation, since = "14.1")]
    pub device_information: Option<DeviceInformation<'a>>,
    /// The policies; none in the report on a wipe. `[MS-ASPROV]` 2.2.2.40.
    #[wbxml(Policies, list)]
    pub policies: Vec<PolicyRequest<'a>>,
    /// The report on a wipe. `[MS-ASPROV]` 2.2.2.45.
    #[wbxml(RemoteWipe)]
    pub remote_wipe: Option<RemoteWipe>,
    /// The report on a wipe of the account; since 16.1. `[MS-ASPROV]` 2.2.2.1.
    #[wbxml(AccountOnlyRemoteWipe)]
    pub account_only_remote_wipe: Option<RemoteWipe>,
}

impl<'a> ProvisionRequest<'a> {
    /// The first request.
    pub fn initial(policy_type: PolicyType<'a>, device: Option<DeviceProperties<'a>>) -> Self {
        Self {
            device_information: device.map(DeviceInformation::from),
            policies: vec![PolicyRequest { policy_type, policy_key: None, status: None }],
            ..Self::default()
        }
    }

    /// The second request: what became of the policies of a key.
    pub fn acknowledge(
        policy_type: PolicyType<'a>,
        policy_key: impl Into<PolicyKey<'a>>,
        status: PolicyAcknowledgement,
    ) -> Self {
        let policy = PolicyRequest { policy_type, policy_key: Some(policy_key.into()), status: Some(status) };
        Self { policies: vec![policy], ..Self::default() }
    }

    /// What became of a wipe.
    pub fn acknowledge_wipe(status: RemoteWipeStatus) -> Self {
        Self { remote_wipe: Some(RemoteWipe { status: Some(status) }), ..Self::default() }
    }

    /// What became of a wipe of the account.
    pub fn acknowledge_account_only_wipe(status: RemoteWipeStatus) -> Self {
        Self { account_only_remote_wipe: Some(RemoteWipe { status: Some(status) }), ..Self::default() }
    }
}

/// A policy that the client asks for or acknowledges (`[MS-ASPROV]` 2.2.2.41).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = provision, tag = Policy)]
pub struct PolicyRequest<'a> {
    /// The form of the policy. `[MS-ASPROV]` 2.2.2.43.
    #[wbxml(PolicyType)]
    pub policy_type: PolicyType<'a>,
    /// Which policy is acknowledged. `[MS-ASPROV]` 2.2.2.42.
    #[wbxml(PolicyKey)]
    pub policy_key: Option<PolicyKey<'a>>,
    /// What became of it. `[MS-ASPROV]` 2.2.2.54.1.
    #[wbxml(Status)]
    pub status: Option<PolicyAcknowledgement>,
}

/// The report on a wipe (`[MS-ASPROV]` 2.2.2.45 and 2.2.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = provision)]
pub struct RemoteWipe {
    /// Whether it worked; the specification requires it. `[MS-ASPROV]` 2.2.2.54.3.
    #[wbxml(Status)]
    pub status: Option<RemoteWipeStatus>,
}

/// Policies, or the order to wipe (`[MS-ASPROV]` 2.2.2.44).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = provision, tag = Provision)]
pub struct ProvisionResponse<'a> {
    /// Whether the properties of the device were taken; from 14.1 on, if the request had some.
    /// `[MS-ASPROV]` 2.2.2.53.
    #[wbxml(settings::DeviceInformation, since = "14.1")]
    pub device_information: Option<DeviceInformationResponse>,
    /// Whether it worked. `[MS-ASPROV]` 2.2.2.54.2.
    #[wbxml(Status)]
    pub status: ProvisionStatus,
    /// The policies. `[MS-ASPROV]` 2.2.2.40.
    #[wbxml(Policies, list)]
    pub policies: Vec<Policy<'a>>,
    /// The device shall erase itself, then report. `[MS-ASPROV]` 2.2.2.45.
    #[wbxml(RemoteWipe, flag)]
    pub remote_wipe: bool,
    /// The device shall erase the account, then report; since 16.1. `[MS-ASPROV]` 2.2.2.1.
    #[wbxml(AccountOnlyRemoteWipe, flag)]
    pub account_only_remote_wipe: bool,
}

impl<'a> ProvisionResponse<'a> {
    /// A status alone.
    pub fn new(status: ProvisionStatus) -> Self {
        Self {
            device_information: None,
            status,
            policies: Vec::new(),
            remote_wipe: false,
            account_only_remote_wipe: false,
        }
    }

    /// It worked, and this is the policy.
    pub fn with_policy(policy: Policy<'a>) -> Self {
        Self { policies: vec![policy], ..Self::new(ProvisionStatus::Success) }
    }
}

/// A policy (`[MS-ASPROV]` 2.2.2.41).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = provision, tag = Policy)]
pub struct Policy<'a> {
    /// The form of `data`. `[MS-ASPROV]` 2.2.2.43.
    #[wbxml(PolicyType)]
    pub policy_type: PolicyType<'a>,
    /// Whether there is one. `[MS-ASPROV]` 2.2.2.54.1.
    #[wbxml(Status)]
    pub status: PolicyStatus,
    /// After the first request a key for the acknowledgement, after that the one to use.
    /// `[MS-ASPROV]` 2.2.2.42.
    #[wbxml(PolicyKey)]
    pub policy_key: Option<PolicyKey<'a>>,
    /// The policy; not in the answer to an acknowledgement. `[MS-ASPROV]` 2.2.2.24.
    #[wbxml(Data)]
    pub data: Option<PolicyData<'a>>,
}

/// The form of a policy (`[MS-ASPROV]` 2.2.2.43).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum PolicyType<'a> {
    /// XML in the text of `Data`; 2.5.
    #[wbxml("MS-WAP-Provisioning-XML")]
    WapProvisioningXml,
    /// An [`EasProvisionDoc`]; since 12.0.
    #[wbxml("MS-EAS-Provisioning-WBXML")]
    EasProvisioningWbxml,
    /// A form that this crate does not know.
    #[wbxml(other)]
    Other(
        #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_text))]
        Cow<'a, str>,
    ),
}

impl PolicyType<'static> {
    /// The form that a version uses.
    pub fn of_version(version: ProtocolVersion) -> Self {
        if version < ProtocolVersion::V12_0 { Self::WapProvisioningXml } else { Self::EasProvisioningWbxml }
    }
}
