//! What server and client can both do: OPTIONS, and Provision.

use activesync_types::PolicyKey;
use activesync_types::http::ServerOptions;
use activesync_types::provision::{
    Policy, PolicyAcknowledgement, PolicyType, ProvisionRequest, ProvisionResponse, RemoteWipeStatus,
};
use activesync_types::status::{PolicyStatus, ProvisionStatus};
use activesync_types::{Command, Provision};
use wbxml::{IntoOwned, ProtocolVersion};

use crate::client::{Answer, Client};
use crate::error::{Error, Result};
use crate::request::{Call, OPTIONS};

impl Client {
    /// Asks the server which protocol versions and commands it has. Both lists may be empty: some servers forget
    /// to say it now and then.
    pub async fn options(&self) -> Result<ServerOptions<'static>> {
        let call = Call { repeatable: true, raw_answer: true, ..Call::new(OPTIONS, Vec::new()) };
        let answer = self.call(&call).await?;
        let options = answer.protocol().options;
        Ok(ServerOptions {
            versions: options.versions,
            commands: options.commands.into_iter().map(|command| command.into_owned().into()).collect(),
        })
    }

    /// Chooses the protocol version. With another one than before, everything starts over: keys and identifiers
    /// of one version mean nothing in another.
    pub(crate) async fn negotiate(&self) -> Result<()> {
        let remembered = self.account().version();
        let options = self.options_with_versions(remembered.or(self.inner.config.version).is_some()).await?;
        let version = choose(&options, self.inner.config.version, remembered)?;
        if remembered.is_some_and(|before| before != version) {
            tracing::info!(%version, "another protocol version than before: everything is synchronized again");
            self.start_over(false).await?;
        }
        if remembered != Some(version) {
            self.update_account(|account| account.version = Some(version.number())).await?;
        }
        Ok(())
    }

    /// An answer without versions is taken for a passing fault, unless there is a version to go on with.
    async fn options_with_versions(&self, can_do_without: bool) -> Result<ServerOptions<'static>> {
        let (mut pause, mut left) = (self.inner.config.pause, self.inner.config.attempts);
        loop {
            let options = self.options().await?;
            left -= 1;
            if !options.versions.is_empty() || can_do_without || left == 0 {
                return Ok(options);
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }

    /// Takes the server's policies: asks for them, applies them (see
    /// [`ClientBuilder::on_policy`](crate::ClientBuilder::on_policy)), and gets the key that other requests carry
    /// from then on. `[MS-ASPROV]` 3.1.5.1.
    ///
    /// There is no need to call it: the client does when the server asks.
    ///
    /// # Errors
    /// [`Error::RemoteWipe`] if the server orders the device to be erased.
    pub async fn provision(&self) -> Result<()> {
        let _one_at_a_time = self.inner.provisioning.lock().await;
        self.provision_now().await
    }

    /// Unless somebody else did since the key was read.
    pub(crate) async fn provision_unless_changed(&self, policy_key: Option<u32>) -> Result<()> {
        let _one_at_a_time = self.inner.provisioning.lock().await;
        if self.account().policy_key != policy_key {
            return Ok(());
        }
        self.provision_now().await
    }

    async fn provision_now(&self) -> Result<()> {
        let version = self.version();
        if version < ProtocolVersion::V2_5 {
            return Err(Error::NotInVersion { what: "Provision", version });
        }
        let policy_type = PolicyType::of_version(version);
        let request = ProvisionRequest::initial(policy_type.clone(), Some(self.inner.config.device.clone()));
        let answer = self.provision_round(&request, 0).await?;
        let Some(policy) = answer.policies.first().filter(|policy| policy.status != PolicyStatus::NoPolicy)
        else {
            return self.update_account(|account| account.policy_key = None).await;
        };
        let key = key_of(policy)?;
        let judgement = match (&self.inner.config.judge, &policy.data) {
            (Some(judge), Some(data)) => judge(data),
            _ => PolicyAcknowledgement::Success,
        };
        let request = ProvisionRequest::acknowledge(policy_type, PolicyKey::from(key), judgement);
        let answer = self.provision_round(&request, key).await?;
        let key = answer.policies.first().map(key_of).transpose()?;
        self.update_account(|account| account.policy_key = key).await
    }

    async fn provision_round(
        &self,
        request: &ProvisionRequest<'_>,
        policy_key: u32,
    ) -> Result<ProvisionResponse<'static>> {
        let command = Provision::NAME;
        let body = Provision::encode_request(request, self.version())
            .map_err(|source| Error::Request { command, source })?;
        let call = Call {
            content_type: Some(Provision::request_content_type(self.version())),
            repeatable: true,
            policy_key: Some(policy_key),
            ..Call::new(command, body)
        };
        let answer = Answer::<Provision>::new(self.call(&call).await?.body);
        let answer = answer.decode()?.into_owned();
        if answer.remote_wipe || answer.account_only_remote_wipe {
            return Err(Error::RemoteWipe { account_only: !answer.remote_wipe });
        }
        if answer.status != ProvisionStatus::Success {
            return Err(Error::status(command, answer.status.info()));
        }
        Ok(answer)
    }

    /// Tells the server what became of its order to erase the device ([`Error::RemoteWipe`]): all of it, or only
    /// the account. `[MS-ASPROV]` 3.1.5.1.2.
    pub async fn acknowledge_wipe(&self, account_only: bool, status: RemoteWipeStatus) -> Result<()> {
        let request = if account_only {
            ProvisionRequest::acknowledge_account_only_wipe(status)
        } else {
            ProvisionRequest::acknowledge_wipe(status)
        };
        match self.provision_round(&request, 0).await {
            // The order may stand until the server has seen the report.
            Ok(_) | Err(Error::RemoteWipe { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn choose(
    options: &ServerOptions<'_>,
    wanted: Option<ProtocolVersion>,
    remembered: Option<ProtocolVersion>,
) -> Result<ProtocolVersion> {
    let version = match wanted {
        _ if options.versions.is_empty() => return wanted.or(remembered).ok_or(Error::NoVersions),
        // Servers that speak it do not all say so: its clients never asked.
        Some(ProtocolVersion::V1_0) => wanted,
        Some(version) => options.versions.contains(&version).then_some(version),
        None => options.best(&ProtocolVersion::ALL),
    };
    version.ok_or_else(|| Error::Version {
        offered: options.versions.iter().map(ToString::to_string).collect(),
        wanted,
    })
}

fn key_of(policy: &Policy<'_>) -> Result<u32> {
    let command = Provision::NAME;
    if policy.status != PolicyStatus::Success {
        return Err(Error::status(command, policy.status.info()));
    }
    policy.policy_key.as_ref().and_then(PolicyKey::number).ok_or_else(|| Error::Unexpected {
        command,
        fault: "it has a policy, but no key that is a number".into(),
    })
}
