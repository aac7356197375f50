//! Provision: what a device must agree to (`[MS-ASPROV]`), and whether it did.
//!
//! Two rounds. The device asks and gets the policy with a temporary key; it reports that the policy is in force and
//! gets the key that its other requests carry. Both keys are drawn with the offer, so that a repeated report gets
//! the same answer.

use activesync_types::provision::{
    EasProvisionDoc, Policy as PolicyResponse, PolicyAcknowledgement, PolicyData, PolicyRequest, PolicyType,
    ProvisionRequest, ProvisionResponse,
};
use activesync_types::settings::{DeviceInformation, DeviceInformationResponse};
use activesync_types::status::{CommonStatus, DeviceInformationStatus, PolicyStatus, ProvisionStatus};
use activesync_types::{CommandInfo, PolicyKey, Provision};
use ring::digest::{SHA256, digest};
use wbxml::{OrEmpty, ProtocolVersion};

use super::Call;
use crate::backend::Snapshot;
use crate::http::{Failure, Reply};

/// What a device must agree to.
#[derive(Clone, Debug)]
pub struct Policy {
    document: EasProvisionDoc<'static>,
    required: bool,
}

/// No password, nothing forbidden, and nobody has to agree to it.
impl Default for Policy {
    fn default() -> Self {
        Self::offered(EasProvisionDoc { device_password_enabled: Some(false), ..EasProvisionDoc::default() })
    }
}

impl Policy {
    /// Devices that have not agreed to this are turned away until they do.
    pub fn required(document: EasProvisionDoc<'static>) -> Self {
        Self { document, required: true }
    }

    /// Devices get this when they ask, and need not ask.
    pub fn offered(document: EasProvisionDoc<'static>) -> Self {
        Self { document, required: false }
    }

    /// Whether devices are turned away that have not agreed.
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// Tells one policy from another.
    fn digest(&self) -> [u8; 32] {
        let mut result = [0; 32];
        result.copy_from_slice(digest(&SHA256, &wbxml::to_vec(&self.document).unwrap_or_default()).as_ref());
        result
    }

    fn data(&self, version: ProtocolVersion) -> PolicyData<'static> {
        if version < ProtocolVersion::V12_0 {
            PolicyData::Wap(wap_document(&self.document).into())
        } else {
            self.document.clone().into()
        }
    }
}

/// The password rules of a policy as devices of 2.5 understand them (`[MS-ASPROV]` 2.2.2.24.2). The names are those of
/// Windows Mobile.
fn wap_document(document: &EasProvisionDoc<'_>) -> String {
    let required = document.device_password_enabled == Some(true);
    // 0 demands a password, 1 does not.
    let mut inside = characteristic("SecurityPolicy", &parameter("4131", u32::from(!required)));
    if required {
        inside.push_str(&characteristic("Registry", &password_rules(document)));
    }
    format!("<wap-provisioningdoc>{inside}</wap-provisioningdoc>")
}

fn password_rules(document: &EasProvisionDoc<'_>) -> String {
    const POLICIES: &str = r"HKLM\Comm\Security\Policy\LASSD";
    const EVENT: &str = r"HKLM\Comm\Security\Policy\LASSD\AE\{50C13377-C66D-400C-889E-C316FC4AB374}";
    const PASSWORD: &str = r"HKLM\Comm\Security\Policy\LASSD\LAP\lap_pw";
    let mut rules = String::new();
    if let Some(OrEmpty::Value(seconds)) = document.max_inactivity_time_device_lock {
        let minutes = seconds.div_ceil(60);
        let parameters = parameter("AEFrequencyType", 1) + &parameter("AEFrequencyValue", minutes);
        rules.push_str(&characteristic(EVENT, &parameters));
    }
    if let Some(OrEmpty::Value(attempts)) = document.max_device_password_failed_attempts {
        rules.push_str(&characteristic(POLICIES, &parameter("DeviceWipeThreshold", attempts.into())));
    }
    let mut parameters = String::new();
    if let Some(OrEmpty::Value(length)) = document.min_device_password_length {
        parameters.push_str(&parameter("MinimumPasswordLength", length.into()));
    }
    // 0 wants letters and digits, 2 takes anything.
    let complexity = if document.alphanumeric_device_password_required == Some(true) { 0 } else { 2 };
    parameters.push_str(&parameter("PasswordComplexity", complexity));
    rules + &characteristic(PASSWORD, &parameters)
}

fn characteristic(kind: &str, inside: &str) -> String {
    format!(r#"<characteristic type="{kind}">{inside}</characteristic>"#)
}

fn parameter(name: &str, value: u32) -> String {
    format!(r#"<parm name="{name}" value="{value}"/>"#)
}

/// Commands that a device may send before it agreed: `[MS-ASPROV]` 3.1.5.1 has no policy key in Ping.
pub(super) fn needs_policy(command: &CommandInfo) -> bool {
    !matches!(command.name, "Provision" | "Ping")
}

/// Whether the key of the request is that of the policy in force.
pub(super) fn check(call: &Call) -> Result<(), Failure> {
    let standing = Standing::load(&*call.snapshot()?, call)?;
    let status = match (call.head.policy_key, standing.accepted) {
        (None | Some(0), _) | (_, None) => CommonStatus::DeviceNotProvisioned,
        (Some(sent), Some(accepted)) if sent != accepted.key => CommonStatus::InvalidPolicyKey,
        (_, Some(accepted)) if accepted.policy != call.front.policy.digest() => CommonStatus::PolicyRefresh,
        _ => return Ok(()),
    };
    Err(status.into())
}

pub(super) fn run(call: &Call) -> Result<Reply, Failure> {
    let request = call.request::<Provision>()?;
    let response = if request.remote_wipe.is_some() || request.account_only_remote_wipe.is_some() {
        // Nobody ordered one.
        ProvisionResponse::new(ProvisionStatus::ProtocolError)
    } else {
        match request.policies.first() {
            None => ProvisionResponse::new(ProvisionStatus::Success),
            Some(policy) if policy.policy_type != PolicyType::of_version(call.version()) => {
                ProvisionResponse::with_policy(of(policy, PolicyStatus::UnknownPolicyType))
            }
            Some(policy) if policy.status.is_some() => acknowledge(call, policy)?,
            Some(policy) => offer(call, policy, &request)?,
        }
    };
    call.reply::<Provision>(&response)
}

fn offer<'a>(
    call: &Call,
    policy: &PolicyRequest<'a>,
    request: &ProvisionRequest<'_>,
) -> Result<ProvisionResponse<'a>, Failure> {
    let mut mailbox = call.mailbox()?;
    let mut standing = Standing::load(&*mailbox, call)?;
    let offered =
        Offered { key: new_key(), accepted: Accepted { key: new_key(), policy: call.front.policy.digest() } };
    standing.offered = Some(offered);
    mailbox.set_state(&call.state_key(STANDING), &standing.to_bytes())?;
    if let Some(information) = &request.device_information {
        let value = device_record(information);
        mailbox.set_state(&call.state_key(DEVICE), &value)?;
    }
    mailbox.commit()?;
    let mut response = ProvisionResponse::with_policy(PolicyResponse {
        policy_type: policy.policy_type.clone(),
        status: PolicyStatus::Success,
        policy_key: Some(PolicyKey::from(offered.key)),
        data: Some(call.front.policy.data(call.version())),
    });
    response.device_information = request
        .device_information
        .as_ref()
        .map(|_| DeviceInformationResponse { status: Some(DeviceInformationStatus::Success) });
    Ok(response)
}

fn acknowledge<'a>(call: &Call, policy: &PolicyRequest<'a>) -> Result<ProvisionResponse<'a>, Failure> {
    let mut mailbox = call.mailbox()?;
    let mut standing = Standing::load(&*mailbox, call)?;
    let sent = policy.policy_key.as_ref().and_then(PolicyKey::number);
    let Some(offered) = standing.offered.filter(|offered| Some(offered.key) == sent) else {
        return Ok(ProvisionResponse::with_policy(of(policy, PolicyStatus::WrongPolicyKey)));
    };
    let agreed =
        matches!(policy.status, Some(PolicyAcknowledgement::Success | PolicyAcknowledgement::Partial));
    if call.front.policy.required && !agreed {
        // The report is taken, but there is no key for it.
        return Ok(
            if policy.status == Some(PolicyAcknowledgement::ThirdParty)
                && call.version() >= ProtocolVersion::V14_0
            {
                ProvisionResponse::new(CommonStatus::ExternallyManagedDevicesNotAllowed.into())
            } else {
                ProvisionResponse::with_policy(of(policy, PolicyStatus::Success))
            },
        );
    }
    standing.accepted = Some(offered.accepted);
    mailbox.set_state(&call.state_key(STANDING), &standing.to_bytes())?;
    mailbox.commit()?;
    let mut response = of(policy, PolicyStatus::Success);
    response.policy_key = Some(PolicyKey::from(offered.accepted.key));
    Ok(ProvisionResponse::with_policy(response))
}

fn of<'a>(policy: &PolicyRequest<'a>, status: PolicyStatus) -> PolicyResponse<'a> {
    PolicyResponse { policy_type: policy.policy_type.clone(), status, policy_key: None, data: None }
}

/// Not 0, which says that there is none.
fn new_key() -> u32 {
    loop {
        let [a, b, c, d, ..] = *uuid::Uuid::new_v4().as_bytes();
        let key = u32::from_be_bytes([a, b, c, d]);
        if key != 0 {
            return key;
        }
    }
}

const STANDING: &str = "policy";
const DEVICE: &str = "device";

/// The form of the values below.
const FORMAT: u8 = 1;

fn device_record(information: &DeviceInformation<'_>) -> Vec<u8> {
    let mut value = vec![FORMAT];
    value.extend(wbxml::to_vec(information).unwrap_or_default());
    value
}

/// How a device stands to the policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Standing {
    offered: Option<Offered>,
    accepted: Option<Accepted>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Offered {
    /// The temporary key.
    key: u32,
    /// What is accepted with it.
    accepted: Accepted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Accepted {
    key: u32,
    policy: [u8; 32],
}

impl Standing {
    fn load(mailbox: &dyn Snapshot, call: &Call) -> Result<Self, Failure> {
        let value = mailbox.state(&call.state_key(STANDING))?;
        // What cannot be read makes the device ask again, which mends it.
        Ok(value.and_then(|value| Self::from_bytes(&value)).unwrap_or_default())
    }

    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = vec![FORMAT, u8::from(self.offered.is_some()), u8::from(self.accepted.is_some())];
        let mut add = |accepted: Accepted| {
            bytes.extend(accepted.key.to_be_bytes());
            bytes.extend(accepted.policy);
        };
        if let Some(accepted) = self.accepted {
            add(accepted);
        }
        if let Some(offered) = self.offered {
            add(offered.accepted);
            bytes.extend(offered.key.to_be_bytes());
        }
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        fn number<'a>(bytes: &mut &'a [u8]) -> Option<u32> {
            let (number, rest): (&'a [u8; 4], _) = bytes.split_first_chunk()?;
            *bytes = rest;
            Some(u32::from_be_bytes(*number))
        }
        fn accepted(bytes: &mut &[u8]) -> Option<Accepted> {
            let key = number(bytes)?;
            let (policy, rest) = bytes.split_first_chunk()?;
            let accepted = Accepted { key, policy: *policy };
            *bytes = rest;
            Some(accepted)
        }
        let ([FORMAT, has_offered, has_accepted], mut bytes) = bytes.split_first_chunk()? else {
            return None;
        };
        let mut standing = Self::default();
        if *has_accepted == 1 {
            standing.accepted = Some(accepted(&mut bytes)?);
        }
        if *has_offered == 1 {
            let accepted = accepted(&mut bytes)?;
            standing.offered = Some(Offered { accepted, key: number(&mut bytes)? });
        }
        bytes.is_empty().then_some(standing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standings_come_back_as_they_went() {
        let accepted = Accepted { key: 7, policy: [9; 32] };
        let offered = Offered { key: 8, accepted: Accepted { key: 10, policy: [11; 32] } };
        for standing in [
            Standing::default(),
            Standing { accepted: Some(accepted), offered: None },
            Standing { accepted: None, offered: Some(offered) },
            Standing { accepted: Some(accepted), offered: Some(offered) },
        ] {
            let bytes = standing.to_bytes();
            assert_eq!(Standing::from_bytes(&bytes), Some(standing));
            assert_eq!(Standing::from_bytes(&bytes[..bytes.len() - 1]), None);
        }
        assert_eq!(Standing::from_bytes(&[2, 0, 0]), None, "of another format");
    }

    // The names and numbers are those of Windows Mobile's documentation: 4131 is 0 where a password is required.
    #[test]
    fn devices_of_2_5_get_the_password_rules_in_their_own_form() {
        let free = wap_document(&EasProvisionDoc::default());
        assert_eq!(
            free,
            "<wap-provisioningdoc><characteristic type=\"SecurityPolicy\"><parm name=\"4131\" value=\"1\"/>\
             </characteristic></wap-provisioningdoc>"
        );
        let strict = wap_document(&EasProvisionDoc {
            device_password_enabled: Some(true),
            min_device_password_length: Some(OrEmpty::Value(6)),
            max_device_password_failed_attempts: Some(OrEmpty::Value(8)),
            ..EasProvisionDoc::default()
        });
        for part in [
            r#"<parm name="4131" value="0"/>"#,
            r#"<parm name="DeviceWipeThreshold" value="8"/>"#,
            r#"<parm name="MinimumPasswordLength" value="6"/>"#,
            r#"<characteristic type="HKLM\Comm\Security\Policy\LASSD\LAP\lap_pw">"#,
        ] {
            assert!(strict.contains(part), "{strict}");
        }
    }
}
