//! How a client comes to be.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use activesync_types::Password;
use activesync_types::provision::{PolicyAcknowledgement, PolicyData};
use activesync_types::settings::DeviceProperties;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use wbxml::ProtocolVersion;

use crate::client::Client;
use crate::error::{Error, Result};
use crate::state::{MemoryState, StateStore};
use crate::transport;
use crate::wire::Exchange;

type Observer = Box<dyn Fn(&Exchange<'_>) + Send + Sync>;
type Judge = Box<dyn Fn(&PolicyData<'_>) -> PolicyAcknowledgement + Send + Sync>;

/// Sets up a [`Client`].
///
/// ```no_run
/// # async fn example() -> Result<(), activesync_client::Error> {
/// use activesync_client::{Client, SqliteState};
///
/// let client = Client::builder("https://mail.example.org")
///     .login("ada", "open sesame")
///     .state(SqliteState::open("ada.db")?)
///     .connect()
///     .await?;
/// println!("protocol version {}", client.version());
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct ClientBuilder {
    url: String,
    store: Arc<dyn StateStore>,
    roots: Vec<CertificateDer<'static>>,
    pub(crate) config: Config,
}

/// What does not change once the client is there.
pub(crate) struct Config {
    pub(crate) user: String,
    pub(crate) password: Password<'static>,
    pub(crate) device_id: Option<String>,
    pub(crate) device_type: Option<String>,
    pub(crate) device: DeviceProperties<'static>,
    pub(crate) version: Option<ProtocolVersion>,
    pub(crate) base64_query: bool,
    pub(crate) user_agent: String,
    pub(crate) silence: Duration,
    pub(crate) patience: Duration,
    pub(crate) attempts: u32,
    pub(crate) pause: Duration,
    pub(crate) answer_limit: usize,
    pub(crate) observers: Vec<Observer>,
    pub(crate) judge: Option<Judge>,
}

impl ClientBuilder {
    pub(crate) fn new(url: impl Into<String>) -> Self {
        let user_agent = concat!("activesync-client/", env!("CARGO_PKG_VERSION")).to_owned();
        let device = DeviceProperties {
            model: Some("activesync-client".into()),
            friendly_name: Some("activesync-client".into()),
            os: Some(std::env::consts::OS.into()),
            user_agent: Some(user_agent.clone().into()),
            ..DeviceProperties::default()
        };
        Self {
            url: url.into(),
            store: Arc::new(MemoryState::new()),
            roots: Vec::new(),
            config: Config {
                user: String::new(),
                password: Password::new(""),
                device_id: None,
                device_type: None,
                device,
                version: None,
                base64_query: false,
                user_agent,
                silence: Duration::from_mins(3),
                patience: Duration::from_mins(2),
                attempts: 4,
                pause: Duration::from_millis(500),
                answer_limit: 256 << 20,
                observers: Vec::new(),
                judge: None,
            },
        }
    }

    /// The user, as the server knows them (`ada`, `ada@example.org`, `EXAMPLE\ada`), and the password.
    pub fn login(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.config.user = user.into();
        self.config.password = Password::new(password.into());
        self
    }

    /// Where to keep the state. Without one it ends with the client.
    pub fn state(mut self, store: impl StateStore) -> Self {
        self.store = Arc::new(store);
        self
    }

    /// The identifier of the device: up to 32 letters and digits. It is kept in the state, and made up if there is
    /// none; with another one than before everything starts over.
    pub fn device_id(mut self, id: impl Into<String>) -> Self {
        self.config.device_id = Some(id.into());
        self
    }

    /// The type of the device, kept in the state like its identifier. The default is `activesync`.
    pub fn device_type(mut self, device_type: impl Into<String>) -> Self {
        self.config.device_type = Some(device_type.into());
        self
    }

    /// What the device says of itself from 14.1 on, when it provisions.
    pub fn device_properties(mut self, properties: DeviceProperties<'static>) -> Self {
        self.config.device = properties;
        self
    }

    /// The protocol version to use, instead of the newest that server and client have in common.
    pub fn version(mut self, version: ProtocolVersion) -> Self {
        self.config.version = Some(version);
        self
    }

    /// Whether to send queries in their short base64 form (from 12.1 on; older servers do not know it).
    /// `[MS-ASHTTP]` 2.2.1.1.1.1.
    pub fn base64_query(mut self, base64: bool) -> Self {
        self.config.base64_query = base64;
        self
    }

    /// Trusts the certificates in this PEM text besides those of the system: authorities, and servers' own, also those
    /// that are self-signed.
    ///
    /// # Errors
    /// If the text has no certificate, or a malformed one.
    pub fn add_root_certificates(mut self, pem: &[u8]) -> Result<Self> {
        let before = self.roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate
                .map_err(|error| Error::Setup(format!("the root certificate is not PEM: {error}")))?;
            self.roots.push(certificate);
        }
        if self.roots.len() == before {
            return Err(Error::Setup("the PEM text has no certificate".into()));
        }
        Ok(self)
    }

    /// The name of the program; it should stay the same. `[MS-ASHTTP]` 2.2.1.1.2.9.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.config.user_agent = user_agent.into();
        self.config.device.user_agent = Some(self.config.user_agent.clone().into());
        self
    }

    /// How long the server may be silent before a request counts as lost: 180 seconds unless set. Waiting for
    /// changes has its own time.
    pub fn timeout(mut self, silence: Duration) -> Self {
        self.config.silence = silence;
        self
    }

    /// The longest pause that the client makes when a busy server asks for one; 120 seconds unless set. A longer
    /// one is an error that tells its length.
    pub fn patience(mut self, longest: Duration) -> Self {
        self.config.patience = longest;
        self
    }

    /// How often a request is sent that gets no answer, and the pause after the first time, which doubles each
    /// time: 4 and half a second unless set. Only requests that can be repeated without harm are.
    pub fn attempts(mut self, attempts: u32, pause: Duration) -> Self {
        self.config.attempts = attempts.max(1);
        self.config.pause = pause;
        self
    }

    /// The longest answer in bytes that the client takes: 256 MB unless set.
    pub fn answer_limit(mut self, bytes: usize) -> Self {
        self.config.answer_limit = bytes;
        self
    }

    /// Calls a function after each request that was answered, with what crossed the wire.
    pub fn on_exchange(mut self, observer: impl Fn(&Exchange<'_>) + Send + Sync + 'static) -> Self {
        self.config.observers.push(Box::new(observer));
        self
    }

    /// Decides what became of the server's policies, when it asks for them to be applied. Without it the client
    /// answers that they were: to apply them is up to the program that it is part of.
    pub fn on_policy(
        mut self,
        judge: impl Fn(&PolicyData<'_>) -> PolicyAcknowledgement + Send + Sync + 'static,
    ) -> Self {
        self.config.judge = Some(Box::new(judge));
        self
    }

    /// Whether [`connect`](Self::connect) has what it needs, without asking the server.
    ///
    /// # Errors
    /// [`Error::Setup`] if the address is none, or the user is missing.
    pub fn check(&self) -> Result<()> {
        self.address().map(drop)
    }

    fn address(&self) -> Result<reqwest::Url> {
        let url = transport::address(&self.url)?;
        if self.config.user.is_empty() {
            return Err(Error::Setup("the user is missing: call `login`".into()));
        }
        Ok(url)
    }

    /// Asks the server what it can do (`OPTIONS`), and chooses the protocol version. Policies are taken when the
    /// server asks for them.
    ///
    /// # Errors
    /// [`Error::Unauthorized`], [`Error::Version`] and [`Error::NoVersions`] besides those of every request.
    pub async fn connect(self) -> Result<Client> {
        let url = self.address()?;
        let http = transport::http_client(&self.roots, &self.config.user_agent, &url)?;
        Client::connect(http, url, self.store, self.config).await
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("url", &self.url)
            .field("user", &self.config.user)
            .finish_non_exhaustive()
    }
}
