//! The service: one request in, one answer out.

use std::convert::Infallible;
use std::future::Future;
use std::ops::RangeInclusive;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use activesync_types::http::ServerOptions;
use http::{Method, Request, Response, StatusCode, request};
use tokio::sync::watch;
use tower::Service;
use wbxml::ProtocolVersion;

use super::auth::{Credentials, Logins};
use super::encoding::Encoding;
use super::request::{Head, Refusal};
use super::response::{self, Failure};
use super::{Body, body, response::Reply};
use crate::backend::{Backend, BackendError, UserId};
use crate::commands::{self, Call, Policy};
use crate::deliver::{Relay, Sending};
use crate::push::ChangeHub;

/// The largest body of a request, unless [`ActiveSyncBuilder::max_request`] says otherwise.
const MAX_REQUEST: usize = 32 * 1024 * 1024;

/// ActiveSync over a [`Backend`]: a service for tower and axum, cheap to clone.
///
/// ```no_run
/// # use activesync_server::{ActiveSync, backend::Backend};
/// # fn app(store: impl Backend) -> Result<axum::Router, activesync_server::backend::BackendError> {
/// let service = ActiveSync::builder(store).build()?;
/// # Ok(
/// axum::Router::new().nest_service("/Microsoft-Server-ActiveSync", service)
/// # )
/// # }
/// ```
#[derive(Clone)]
pub struct ActiveSync {
    pub(crate) front: Arc<Front>,
}

/// What all requests share.
pub(crate) struct Front {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) hub: Arc<ChangeHub>,
    pub(crate) policy: Policy,
    pub(crate) relay: Option<Relay>,
    pub(crate) heartbeat: RangeInclusive<u32>,
    pub(crate) sending: Sending,
    versions: Vec<ProtocolVersion>,
    options: ServerOptions<'static>,
    logins: Logins,
    max_request: usize,
    ended: watch::Sender<bool>,
}

/// How an [`ActiveSync`] shall be.
#[must_use]
pub struct ActiveSyncBuilder {
    backend: Arc<dyn Backend>,
    versions: RangeInclusive<ProtocolVersion>,
    policy: Policy,
    relay: Option<Relay>,
    heartbeat: RangeInclusive<u32>,
    max_request: usize,
}

impl ActiveSyncBuilder {
    /// The protocol versions to speak; all of them if this is not called. 1.0 is never advertised: devices that want
    /// it do not ask.
    pub fn versions(mut self, versions: RangeInclusive<ProtocolVersion>) -> Self {
        self.versions = versions;
        self
    }

    /// What devices must agree to. Without it they are offered a policy that forbids nothing, and need not take it.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Where mail for recipients goes who are no users of the backend. Without it such mail is refused; if it is for
    /// users, too, they get it, and the sender gets a message that says who does not.
    pub fn relay(mut self, relay: Relay) -> Self {
        self.relay = Some(relay);
        self
    }

    /// How many seconds a Ping may hang; 60 to 3540 if this is not called.
    pub fn heartbeat(mut self, seconds: RangeInclusive<u32>) -> Self {
        self.heartbeat = seconds;
        self
    }

    /// The largest body of a request in bytes; 32 MiB if this is not called.
    pub fn max_request(mut self, bytes: usize) -> Self {
        self.max_request = bytes;
        self
    }

    /// The service. The backend is told to announce changes to it.
    ///
    /// # Errors
    /// If the backend cannot listen for changes.
    pub fn build(self) -> Result<ActiveSync, BackendError> {
        let versions: Vec<_> =
            ProtocolVersion::ALL.into_iter().filter(|version| self.versions.contains(version)).collect();
        let advertised: Vec<_> =
            versions.iter().copied().filter(|version| *version > ProtocolVersion::V1_0).collect();
        let hub = ChangeHub::new();
        self.backend.attach(Arc::clone(&hub))?;
        let front = Front {
            backend: self.backend,
            hub,
            policy: self.policy,
            relay: self.relay,
            heartbeat: self.heartbeat,
            sending: Sending::default(),
            options: ServerOptions::new(&advertised).with_commands(commands::is_implemented),
            versions,
            logins: Logins::new(),
            max_request: self.max_request,
            ended: watch::Sender::new(false),
        };
        Ok(ActiveSync { front: Arc::new(front) })
    }
}

impl ActiveSync {
    /// Begins with a backend.
    pub fn builder(backend: impl Backend) -> ActiveSyncBuilder {
        ActiveSyncBuilder {
            backend: Arc::new(backend),
            versions: ProtocolVersion::V1_0..=ProtocolVersion::LATEST,
            policy: Policy::default(),
            relay: None,
            heartbeat: 60..=3540,
            max_request: MAX_REQUEST,
        }
    }

    /// Answers the requests that wait for changes, now and from now on, as if their time was over.
    pub fn shut_down(&self) {
        self.front.ended.send_replace(true);
    }

    /// How many requests wait for changes at the moment.
    pub fn waiting(&self) -> usize {
        self.front.hub.waiting()
    }

    async fn answer<B>(self, request: Request<B>) -> Response<Body>
    where
        B: http_body::Body + Send,
        B::Data: Send,
    {
        let began = Instant::now();
        let (parts, body) = request.into_parts();
        let mut line = LogLine::default();
        let response = self.front.respond(&parts, body, &mut line).await;
        line.write(&parts, &response, began.elapsed());
        response
    }
}

impl<B> Service<Request<B>> for ActiveSync
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move { Ok(service.answer(request).await) })
    }
}

impl Front {
    async fn respond<B>(
        self: &Arc<Self>,
        parts: &request::Parts,
        body: B,
        line: &mut LogLine,
    ) -> Response<Body>
    where
        B: http_body::Body + Send,
        B::Data: Send,
    {
        if parts.method != Method::OPTIONS && parts.method != Method::POST {
            return response::http_status(StatusCode::METHOD_NOT_ALLOWED, "expected OPTIONS or POST");
        }
        let user = match self.log_in(parts, line).await {
            Ok(user) => user,
            Err(refusal) => return refusal,
        };
        if parts.method == Method::OPTIONS {
            return response::options(&self.options);
        }
        let head = match Head::read(parts, &self.versions, commands::is_implemented) {
            Ok(head) => head,
            Err(Refusal::Http(status, words)) => return line.refuse(status, words),
            Err(Refusal::Status(command, version, status)) => {
                line.refused = Some(status.to_string());
                return response::failure(command, version, Failure::Status(status));
            }
        };
        line.head = Some(head.clone());
        let encoding = match Encoding::of(&parts.headers) {
            Ok(encoding) => encoding,
            Err(words) => return line.refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, words),
        };
        let body = match body::read(&parts.headers, body, self.max_request).await {
            Ok(body) => {
                line.received = body.len();
                encoding.unpack(body, self.max_request).await
            }
            Err(refusal) => Err(refusal),
        };
        let body = match body {
            Ok(body) => body,
            Err((status, words)) => return line.refuse(status, words.to_owned()),
        };
        let (command, version) = (head.command, head.version);
        match commands::run(Call { front: Arc::clone(self), user, head, body }).await {
            Ok(reply) => self.reply(reply),
            Err(failure) => response::failure(command, version, failure),
        }
    }

    fn reply(&self, reply: Reply) -> Response<Body> {
        response::reply(reply, &self.options)
    }

    async fn log_in(&self, parts: &request::Parts, line: &mut LogLine) -> Result<UserId, Response<Body>> {
        let refused = || response::http_status(StatusCode::UNAUTHORIZED, "");
        let credentials = Credentials::from_headers(&parts.headers).ok_or_else(refused)?;
        line.user.clone_from(&credentials.user);
        match self.logins.check(&self.backend, credentials).await {
            Ok(Some(user)) => Ok(user),
            Ok(None) => Err(refused()),
            Err(BackendError::Busy) => Err(response::http_status(StatusCode::SERVICE_UNAVAILABLE, "")),
            Err(error) => {
                tracing::error!(%error, "credentials cannot be checked");
                Err(response::http_status(StatusCode::INTERNAL_SERVER_ERROR, ""))
            }
        }
    }

    /// Whether the service is to end.
    pub(crate) fn is_ended(&self) -> bool {
        *self.ended.borrow()
    }

    /// Ready when the service is to end.
    pub(crate) async fn ended(&self) {
        // Fails when the sender is gone, which this holds.
        let _ = self.ended.subscribe().wait_for(|ended| *ended).await;
    }
}

/// What the log says of a request: who, what and how long, and nothing of what was in it.
#[derive(Default)]
struct LogLine {
    user: String,
    head: Option<Head>,
    received: usize,
    /// Why it got no further.
    refused: Option<String>,
}

impl LogLine {
    /// An answer that says why there is no other.
    fn refuse(&mut self, status: StatusCode, words: String) -> Response<Body> {
        let response = response::http_status(status, &words);
        self.refused = Some(words);
        response
    }

    fn write(&self, parts: &request::Parts, response: &Response<Body>, took: Duration) {
        let peer = parts.extensions.get::<axum::extract::ConnectInfo<std::net::SocketAddr>>();
        let peer = peer.map(|peer| tracing::field::display(peer.0));
        let sent = http_body::Body::size_hint(response.body()).exact();
        tracing::info!(
            peer,
            user = self.user,
            method = %parts.method,
            command = self.head.as_ref().map(|head| head.command.name),
            version = self.head.as_ref().map(|head| head.version.as_str()),
            device = self.head.as_ref().map(|head| head.device.id.as_str()),
            kind = self.head.as_ref().map(|head| head.device.kind.as_str()),
            status = response.status().as_u16(),
            received = self.received,
            sent,
            ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            refused = self.refused.as_deref(),
            "request"
        );
    }
}
