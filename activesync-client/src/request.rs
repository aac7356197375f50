//! A request on its way, with all that can happen to it: policies, busy servers, moved mailboxes, lost answers.

use std::sync::PoisonError;
use std::time::Duration;

use activesync_types::http::{
    Base64Head, CONTENT_TYPE_MULTIPART, Parameters, Query, RequestHeaders, is_wbxml,
};
use activesync_types::status::{CommonStatus, StatusAction};
use bytes::Bytes;
use reqwest::{Method, Url};
use wbxml::{ProtocolVersion, Reader};

use crate::client::Client;
use crate::error::{Error, HttpStatus, Result};
use crate::transport::{self, Fault, Incoming, Outgoing};
use crate::wire::Exchange;

/// A request of a command, before it is known where it goes.
pub(crate) struct Call<'a> {
    pub(crate) command: &'static str,
    pub(crate) parameters: Parameters<'a>,
    /// The media type of the body; none is sent when the body is empty.
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: Bytes,
    /// How long the server may be silent, if not as long as usual.
    pub(crate) silence: Option<Duration>,
    /// Whether it does no harm to send it twice.
    pub(crate) repeatable: bool,
    /// The policy key to send instead of the current one.
    pub(crate) policy_key: Option<u32>,
    /// The answer may be something else than WBXML: an attachment.
    pub(crate) raw_answer: bool,
}

impl Call<'_> {
    pub(crate) fn new(command: &'static str, body: Vec<u8>) -> Self {
        Self {
            command,
            parameters: Parameters::default(),
            content_type: None,
            body: body.into(),
            silence: None,
            repeatable: false,
            policy_key: None,
            raw_answer: false,
        }
    }
}

/// Whether a request that got no answer may be sent again. The server knows repeated keys and, from 14.0 on,
/// repeated messages; a second FolderCreate or MoveItems would be answered by an error.
pub(crate) fn repeatable(command: &str, version: ProtocolVersion) -> bool {
    match command {
        "Sync" | "FolderSync" | "GetHierarchy" | "GetItemEstimate" | "GetAttachment" | "ItemOperations"
        | "Ping" | "Provision" | "Search" | "Find" | "Settings" | "ResolveRecipients" | "ValidateCert" => {
            true
        }
        "SendMail" => version >= ProtocolVersion::V14_0,
        _ => false,
    }
}

/// How often the client follows a moved mailbox before it takes it for a circle.
const REDIRECTS: u32 = 5;

impl Client {
    /// Sends a request until there is an answer with HTTP status 200.
    pub(crate) async fn call(&self, call: &Call<'_>) -> Result<Incoming> {
        let mut provisioned = false;
        loop {
            let policy_key = self.account().policy_key;
            let answer = self.answered(call, &self.outgoing(call)?).await?;
            let provision = answer.status == 449 || asks_to_provision(&answer);
            if !provision || call.command == "Provision" {
                return self.accept(call, answer).await;
            }
            if provisioned {
                return Err(Error::ProvisionLoop { command: call.command });
            }
            Box::pin(self.provision_unless_changed(policy_key)).await?;
            provisioned = true;
        }
    }

    /// Checks an answer: its HTTP status, its media type, whether it says to start over.
    async fn accept(&self, call: &Call<'_>, answer: Incoming) -> Result<Incoming> {
        if answer.status != 200 {
            return Err(self.refused(call.command, &answer));
        }
        let headers = answer.protocol();
        if let Some(versions) = headers.restart.clone()
            && !self.is_initial_folder_sync(call)
        {
            tracing::info!(command = call.command, "the server asks to start over");
            self.start_over(false).await?;
            if let Some(version) = versions.into_iter().max().filter(|_| self.inner.config.version.is_none())
            {
                self.update_account(|account| account.version = Some(version.number())).await?;
            }
            return Err(Error::StartOver { command: call.command });
        }
        let media_type = headers.content_type.as_deref().unwrap_or_default();
        let fits =
            is_wbxml(media_type) || media_type.starts_with(CONTENT_TYPE_MULTIPART) || media_type.is_empty();
        if !fits && !call.raw_answer && !answer.body.is_empty() {
            let fault = format!("its media type is {media_type}: is there a proxy in between?");
            return Err(Error::Unexpected { command: call.command, fault });
        }
        Ok(answer)
    }

    /// The answer to FolderSync with key 0 has the header that asks to start over without that meaning.
    fn is_initial_folder_sync(&self, call: &Call<'_>) -> bool {
        call.command == "FolderSync" && self.account().folder_key == "0"
    }

    /// Sends a request until there is an answer that is neither "busy" nor "elsewhere".
    async fn answered(&self, call: &Call<'_>, first: &Prepared) -> Result<Incoming> {
        let mut prepared = first.clone();
        let (mut pause, mut busy, mut redirects) = (self.inner.config.pause, 0, 0);
        loop {
            let answer = self.attempt(call, &prepared).await?;
            match answer.status {
                301 | 302 | 307 | 308 | 451 => {
                    redirects += 1;
                    if redirects > REDIRECTS {
                        return Err(redirect(None, "the servers send the client in a circle"));
                    }
                    prepared.url = self.follow(&answer, &prepared.url).await?;
                }
                503 => {
                    busy += 1;
                    let asked =
                        answer.protocol().retry_after.map(|seconds| Duration::from_secs(seconds.into()));
                    let wait = asked.unwrap_or(pause);
                    if busy >= self.inner.config.attempts || wait > self.inner.config.patience {
                        return Err(self.refused(call.command, &answer));
                    }
                    tracing::info!(command = call.command, ?wait, "the server is busy");
                    tokio::time::sleep(wait).await;
                    pause *= 2;
                }
                _ => return Ok(answer),
            }
        }
    }

    /// Sends a request until there is an answer.
    async fn attempt(&self, call: &Call<'_>, prepared: &Prepared) -> Result<Incoming> {
        let config = &self.inner.config;
        let mut prepared = prepared.clone();
        let mut pause = config.pause;
        let mut left = config.attempts;
        loop {
            let request = Outgoing {
                method: prepared.method.clone(),
                url: prepared.url.clone(),
                headers: prepared.headers.clone(),
                login: (&config.user, config.password.reveal()),
                body: call.body.clone(),
                patience: call.silence.unwrap_or(config.silence),
                limit: config.answer_limit,
            };
            let fault = match transport::exchange(&self.inner.http, request).await {
                Ok(answer) => {
                    self.observe(call, &answer, prepared.version);
                    return Ok(answer);
                }
                Err(Fault::TooLarge) => {
                    return Err(Error::TooLarge { command: call.command, limit: config.answer_limit });
                }
                Err(fault) => fault,
            };
            left -= 1;
            if fault.is_before_sending() && self.forget_location(&mut prepared.url).await? {
                continue;
            }
            let host = prepared.url.host_str().unwrap_or_default().to_owned();
            let fault = match fault {
                // It will not be another one the next time.
                Fault::Certificate(fault) => return Err(Error::Certificate { host, fault }),
                fault => fault,
            };
            let may_repeat = call.repeatable || fault.is_before_sending();
            if left == 0 || !may_repeat {
                return Err(Error::Connection { command: call.command, host, source: Box::new(fault) });
            }
            tracing::info!(command = call.command, %fault, ?pause, "no answer; the request is repeated");
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }

    fn observe(&self, call: &Call<'_>, answer: &Incoming, version: Option<ProtocolVersion>) {
        let exchange = Exchange {
            command: call.command,
            version,
            status: answer.status,
            request: &call.body,
            response: &answer.body,
            received: answer.received,
            duration: answer.duration,
        };
        self.inner.statistics.lock().unwrap_or_else(PoisonError::into_inner).add(&exchange);
        for observer in &self.inner.config.observers {
            observer(&exchange);
        }
    }

    /// Address and headers of a request.
    fn outgoing(&self, call: &Call<'_>) -> Result<Prepared> {
        let account = self.account();
        let mut url = match &account.location {
            Some((origin, target)) if *origin == self.inner.url.as_str() => transport::address(target)?,
            _ => self.inner.url.clone(),
        };
        if call.command == OPTIONS {
            return Ok(Prepared { method: Method::OPTIONS, url, headers: Vec::new(), version: None });
        }
        let version = account.version().unwrap_or(ProtocolVersion::LATEST);
        let policy_key = call.policy_key.or(account.policy_key);
        let query = Query {
            command: call.command.into(),
            user: Some(self.inner.config.user.as_str().into()),
            device_id: account.device_id.as_str().into(),
            device_type: account.device_type.as_str().into(),
            parameters: call.parameters.clone(),
            base64: None,
        };
        let mut headers = RequestHeaders {
            content_type: call.content_type.filter(|_| !call.body.is_empty()).map(Into::into),
            ..RequestHeaders::default()
        };
        let head = Base64Head { version, locale: US_ENGLISH, policy_key };
        let short = self.inner.config.base64_query && version >= ProtocolVersion::V12_1;
        if let Some(query) = short.then(|| query.to_base64(head).ok()).flatten() {
            url.set_query(Some(&query));
        } else {
            url.set_query(Some(&query.to_plain()));
            headers.protocol_version = Some(version);
            headers.accept_multi_part = call.parameters.accept_multi_part;
            // 0 says that there is none yet. [MS-ASPROV] 3.1.5.1
            headers.policy_key = (version >= ProtocolVersion::V2_5).then_some(policy_key.unwrap_or(0));
        }
        Ok(Prepared { method: Method::POST, url, headers: headers.to_pairs(), version: Some(version) })
    }

    /// The mailbox is elsewhere: finds out where, and remembers.
    async fn follow(&self, answer: &Incoming, from: &Url) -> Result<Url> {
        let headers = answer.protocol();
        let location = headers.location.as_deref().or_else(|| answer.header("location"));
        let Some(location) = location else {
            return Err(redirect(None, "does not say on which: ask for the address of the server"));
        };
        let target = from.join(location).ok().and_then(|target| transport::address(target.as_str()).ok());
        let Some(mut target) = target else {
            return Err(redirect(Some(location), "what it gives is no address"));
        };
        if from.scheme() == "https" && target.scheme() != "https" {
            return Err(redirect(Some(location), "the password would go there without encryption"));
        }
        tracing::info!(%target, "the mailbox is elsewhere");
        let origin = self.inner.url.as_str().to_owned();
        self.update_account(|account| account.location = Some((origin, target.as_str().to_owned()))).await?;
        target.set_query(from.query());
        Ok(target)
    }

    /// Back to the address that the user gave, if the one that a server gave does not answer.
    async fn forget_location(&self, url: &mut Url) -> Result<bool> {
        if self.account().location.take().is_none() {
            return Ok(false);
        }
        self.update_account(|_| ()).await?;
        let mut original = self.inner.url.clone();
        original.set_query(url.query());
        *url = original;
        Ok(true)
    }

    fn refused(&self, command: &'static str, answer: &Incoming) -> Error {
        let headers = answer.protocol();
        let user = self.inner.config.user.clone();
        match answer.status {
            401 => Error::Unauthorized { user },
            457 => Error::PasswordExpired {
                user,
                change_at: headers.credential_service_url.map(std::borrow::Cow::into_owned),
            },
            503 => Error::Busy {
                command,
                retry_after: headers.retry_after.map(|seconds| Duration::from_secs(seconds.into())),
                reason: headers.throttle.map(std::borrow::Cow::into_owned),
            },
            status => Error::Http { command, status: HttpStatus(status) },
        }
    }
}

/// The command that stands for the HTTP method of that name.
pub(crate) const OPTIONS: &str = "OPTIONS";

/// As Windows numbers languages.
const US_ENGLISH: u16 = 0x0409;

/// A request that knows where it goes.
#[derive(Clone)]
struct Prepared {
    method: Method,
    url: Url,
    headers: Vec<(&'static str, String)>,
    version: Option<ProtocolVersion>,
}

fn redirect(location: Option<&str>, fault: &'static str) -> Error {
    Error::Redirect { location: location.map(str::to_owned), fault }
}

/// From 14.0 on the status in the body says what HTTP status 449 said before.
fn asks_to_provision(answer: &Incoming) -> bool {
    answer.status == 200
        && global_status(&answer.body)
            .and_then(CommonStatus::known)
            .is_some_and(|status| status.action() == StatusAction::Provision)
}

/// The `Status` directly below the root of a short answer: long ones have something better to say.
fn global_status(body: &[u8]) -> Option<u16> {
    const SHORT: usize = 1024;
    if body.is_empty() || body.len() > SHORT {
        return None;
    }
    let mut reader = Reader::new(body);
    reader.child().ok()??;
    while let Some(tag) = reader.child().ok()? {
        if wbxml::ACTIVESYNC.tag(tag).is_some_and(|(_, info)| info.name == "Status") {
            return reader.text().ok()?.parse().ok();
        }
        reader.skip().ok()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_of_a_whole_answer_is_found_in_any_command() {
        // FolderHierarchy:FolderSync/Status 142
        assert_eq!(global_status(b"\x03\x01\x6A\x00\x00\x07\x56\x4C\x03142\x00\x01\x01"), Some(142));
        // AirSync:Sync/Status 144
        assert_eq!(global_status(b"\x03\x01\x6A\x00\x45\x4E\x03144\x00\x01\x01"), Some(144));
        // AirSync:Sync/Collections/Collection/Status 1 is not that of the whole.
        assert_eq!(global_status(b"\x03\x01\x6A\x00\x45\x5C\x4F\x4E\x031\x00\x01\x01\x01\x01"), None);
        assert_eq!(global_status(b""), None);
        assert_eq!(global_status(b"\x03\x01\x6A\x00\x45\x4E\x03"), None);
    }

    #[test]
    fn what_would_happen_twice_is_not_repeated() {
        assert!(
            !repeatable("SendMail", ProtocolVersion::V12_1) && repeatable("SendMail", ProtocolVersion::V14_0)
        );
        assert!(
            !repeatable("FolderCreate", ProtocolVersion::V16_1)
                && !repeatable("MoveItems", ProtocolVersion::V16_1)
        );
        assert!(
            !repeatable("AcmeRoute", ProtocolVersion::V16_1) && repeatable("Sync", ProtocolVersion::V1_0)
        );
    }
}
