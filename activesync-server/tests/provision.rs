//! Policies and the keys that prove them.

mod common;

use activesync_server::Policy;
use activesync_types::folder_hierarchy::FolderSyncRequest;
use activesync_types::provision::{
    EasProvisionDoc, PolicyAcknowledgement, PolicyData, PolicyType, ProvisionRequest, RemoteWipeStatus,
};
use activesync_types::settings::DeviceProperties;
use activesync_types::status::{PolicyStatus, ProvisionStatus};
use activesync_types::{FolderSync, PolicyKey, Provision, SyncKey};
use common::{Device, Server};
use wbxml::{OrEmpty, ProtocolVersion};

fn strict(length: u8) -> Policy {
    Policy::required(EasProvisionDoc {
        device_password_enabled: Some(true),
        min_device_password_length: Some(OrEmpty::Value(length)),
        ..EasProvisionDoc::default()
    })
}

async fn folder_sync(device: &Device<'_>) -> (u16, Option<u16>) {
    let answer = device.call::<FolderSync>(&FolderSyncRequest::new(SyncKey::INITIAL)).await;
    (answer.status, answer.first_status())
}

/// The temporary key that comes with the policy.
async fn ask(device: &Device<'_>) -> u32 {
    let version = device.version.unwrap();
    let properties = DeviceProperties { model: Some("test".into()), ..DeviceProperties::default() };
    let request = ProvisionRequest::initial(PolicyType::of_version(version), Some(properties));
    let answer = device.call::<Provision>(&request).await;
    let response = answer.decode::<Provision>();
    assert_eq!(response.status, ProvisionStatus::Success);
    assert_eq!(response.device_information.is_some(), version >= ProtocolVersion::V14_1);
    let policy = &response.policies[0];
    assert_eq!(policy.status, PolicyStatus::Success);
    match policy.data.as_ref().unwrap() {
        PolicyData::Eas(document) => assert_eq!(document.device_password_enabled, Some(true)),
        PolicyData::Wap(text) => {
            assert!(version <= ProtocolVersion::V2_5);
            assert!(text.contains(r#"<parm name="4131" value="0"/>"#), "{text}");
        }
    }
    let key = policy.policy_key.as_ref().and_then(PolicyKey::number).unwrap();
    assert_ne!(key, 0, "iOS 4 takes no key that says that there is none");
    key
}

async fn agree(device: &Device<'_>, key: u32, status: PolicyAcknowledgement) -> (PolicyStatus, Option<u32>) {
    let policy_type = PolicyType::of_version(device.version.unwrap());
    let answer = device.call::<Provision>(&ProvisionRequest::acknowledge(policy_type, key, status)).await;
    let response = answer.decode::<Provision>();
    let policy = &response.policies[0];
    (policy.status, policy.policy_key.as_ref().and_then(PolicyKey::number))
}

#[tokio::test]
async fn devices_are_turned_away_until_they_agree_in_the_way_of_their_version() {
    for version in
        [ProtocolVersion::V2_5, ProtocolVersion::V12_1, ProtocolVersion::V14_0, ProtocolVersion::V16_1]
    {
        let server = Server::start_with(|builder| builder.policy(strict(4)));
        let device = server.device("ada", version);
        let refused =
            |status| if version < ProtocolVersion::V14_0 { (449, None) } else { (200, Some(status)) };

        assert_eq!(folder_sync(&device).await, refused(142), "without a key");
        device.set_policy_key(Some(0));
        assert_eq!(folder_sync(&device).await, refused(142), "with the key that says there is none");
        let temporary = ask(&device).await;
        device.set_policy_key(Some(temporary));
        assert_eq!(folder_sync(&device).await, refused(142), "the temporary key is for the report only");
        let (status, key) = agree(&device, temporary, PolicyAcknowledgement::Success).await;
        assert_eq!(status, PolicyStatus::Success);
        assert_ne!(key, Some(temporary));
        device.set_policy_key(key);
        assert_eq!(folder_sync(&device).await, (200, Some(1)));
        device.set_policy_key(key.map(|key| key ^ 1));
        assert_eq!(folder_sync(&device).await, refused(144), "a key that nobody gave");

        let (_, again) = agree(&device, temporary, PolicyAcknowledgement::Success).await;
        assert_eq!(again, key, "a report whose answer was lost");
    }
}

#[tokio::test]
async fn keys_are_kept_for_each_device_and_over_restarts() {
    let server = Server::start_with(|builder| builder.policy(strict(4)));
    let device = server.device("ada", ProtocolVersion::V16_1);
    let temporary = ask(&device).await;
    let (_, key) = agree(&device, temporary, PolicyAcknowledgement::Success).await;
    let mut other = server.device("ada", ProtocolVersion::V16_1);
    other.id = "another".into();
    other.set_policy_key(key);
    assert_eq!(folder_sync(&other).await, (200, Some(142)));

    let directory = server.into_directory().await;
    let server = Server::start_in(directory, |builder| builder.policy(strict(4)));
    let device = server.device("ada", ProtocolVersion::V16_1);
    device.set_policy_key(key);
    assert_eq!(folder_sync(&device).await, (200, Some(1)));

    let directory = server.into_directory().await;
    let server = Server::start_in(directory, |builder| builder.policy(strict(6)));
    let device = server.device("ada", ProtocolVersion::V16_1);
    device.set_policy_key(key);
    assert_eq!(folder_sync(&device).await, (200, Some(143)), "the policy is another one");
}

#[tokio::test]
async fn devices_that_do_not_agree_get_no_key() {
    let server = Server::start_with(|builder| builder.policy(strict(4)));
    let device = server.device("ada", ProtocolVersion::V16_1);
    let temporary = ask(&device).await;
    assert_eq!(
        agree(&device, temporary ^ 1, PolicyAcknowledgement::Success).await,
        (PolicyStatus::WrongPolicyKey, None)
    );
    assert_eq!(
        agree(&device, temporary, PolicyAcknowledgement::NotApplied).await,
        (PolicyStatus::Success, None)
    );
    let request = ProvisionRequest::acknowledge(
        PolicyType::EasProvisioningWbxml,
        temporary,
        PolicyAcknowledgement::ThirdParty,
    );
    assert_eq!(device.call::<Provision>(&request).await.decode::<Provision>().status.code(), 145);
    assert_eq!(folder_sync(&device).await, (200, Some(142)));
    let (status, key) = agree(&device, temporary, PolicyAcknowledgement::Partial).await;
    assert_eq!(status, PolicyStatus::Success);
    assert!(key.is_some());
}

#[tokio::test]
async fn a_policy_of_another_type_is_not_known() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V16_1);
    let request = ProvisionRequest::initial(PolicyType::WapProvisioningXml, None);
    let answer = device.call::<Provision>(&request).await;
    assert_eq!(answer.decode::<Provision>().policies[0].status, PolicyStatus::UnknownPolicyType);
}

#[tokio::test]
async fn nobody_has_to_agree_where_nothing_is_required_but_may() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V16_1);
    assert_eq!(folder_sync(&device).await, (200, Some(1)));
    let request = ProvisionRequest::initial(PolicyType::EasProvisioningWbxml, None);
    let answer = device.call::<Provision>(&request).await;
    let response = answer.decode::<Provision>();
    let Some(PolicyData::Eas(document)) = &response.policies[0].data else { panic!("{response:?}") };
    assert_eq!(document.device_password_enabled, Some(false));
    let temporary = response.policies[0].policy_key.as_ref().and_then(PolicyKey::number).unwrap();
    let (_, key) = agree(&device, temporary, PolicyAcknowledgement::Success).await;
    device.set_policy_key(key);
    assert_eq!(folder_sync(&device).await, (200, Some(1)));
}

#[tokio::test]
async fn a_wipe_that_nobody_ordered_is_not_reported() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V16_1);
    let request = ProvisionRequest::acknowledge_wipe(RemoteWipeStatus::Success);
    assert_eq!(
        device.call::<Provision>(&request).await.decode::<Provision>().status,
        ProvisionStatus::ProtocolError
    );
}
