//! A socket in front of the service: TLS, time limits, and an end without broken answers.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use http::StatusCode;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem};
use tower::Service;

use super::ActiveSync;

/// The path that devices ask for.
pub const PATH: &str = "/Microsoft-Server-ActiveSync";

/// How long a client may take for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How long requests may go on after the end was asked for. Hanging ones are answered at once.
const GRACE: Duration = Duration::from_secs(10);

/// A bound socket that serves ActiveSync at [`PATH`] and nothing else.
///
/// ```no_run
/// # async fn serve(service: activesync_server::ActiveSync) -> Result<(), Box<dyn std::error::Error>> {
/// use activesync_server::Listener;
///
/// let listener = Listener::bind("127.0.0.1:0".parse()?, service)?;
/// println!("listening on http://{}", listener.local_addr()?);
/// listener.run(async { drop(tokio::signal::ctrl_c().await) }).await?;
/// # Ok(())
/// # }
/// ```
pub struct Listener {
    socket: TcpListener,
    service: ActiveSync,
    tls: Option<Arc<ServerConfig>>,
}

impl Listener {
    /// Takes an address; port 0 lets the system choose one.
    ///
    /// # Errors
    /// If the address is taken or not one of this machine.
    pub fn bind(address: SocketAddr, service: ActiveSync) -> io::Result<Self> {
        Ok(Self { socket: TcpListener::bind(address)?, service, tls: None })
    }

    /// Speaks TLS only.
    #[must_use]
    pub fn tls(mut self, config: Arc<ServerConfig>) -> Self {
        self.tls = Some(config);
        self
    }

    /// The address that was taken.
    ///
    /// # Errors
    /// If the system does not tell.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Serves until `end` is ready; then takes no more connections, answers what hangs, and waits for the rest.
    ///
    /// # Errors
    /// If the socket fails.
    pub async fn run(self, end: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let handle = Handle::new();
        let service = self.service.clone();
        let ending = handle.clone();
        let watch = tokio::spawn(async move {
            end.await;
            service.shut_down();
            ending.graceful_shutdown(Some(GRACE));
        });
        let app = Router::new()
            .fallback(route)
            .with_state(self.service)
            .into_make_service_with_connect_info::<SocketAddr>();
        let mut server =
            axum_server::from_tcp(self.socket)?.handle(handle).first_request_timeout(HEAD_TIMEOUT);
        server.http_builder().http1().header_read_timeout(HEAD_TIMEOUT);
        let result = match self.tls {
            Some(config) => {
                server.acceptor(RustlsAcceptor::new(RustlsConfig::from_config(config))).serve(app).await
            }
            None => server.serve(app).await,
        };
        watch.abort();
        result
    }
}

/// Not a route of the router, since devices do not agree on the case of the path.
async fn route(State(mut service): State<ActiveSync>, request: Request) -> Response {
    let path = request.uri().path();
    if !path.strip_suffix('/').unwrap_or(path).eq_ignore_ascii_case(PATH) {
        return StatusCode::NOT_FOUND.into_response();
    }
    // It is always ready.
    match service.call(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file could not be read, or holds nothing of the kind.
    #[error("{path}: expected {expected} in PEM: {source}")]
    File {
        /// The file.
        path: String,
        /// What it should hold.
        expected: &'static str,
        /// What is wrong with it.
        source: pem::Error,
    },
    /// Certificate and key do not fit, or are of a kind that is not supported.
    #[error("certificate and key: {0}")]
    Config(#[from] rustls::Error),
}

/// The configuration for a chain of certificates and a key, each in a PEM file.
///
/// # Errors
/// If a file cannot be read, or certificate and key do not fit.
pub fn tls_config(certificates: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let fault = |path: &Path, expected| {
        let path = path.display().to_string();
        move |source| TlsError::File { path, expected, source }
    };
    let chain: Vec<_> = CertificateDer::pem_file_iter(certificates)
        .and_then(Iterator::collect)
        .and_then(|chain: Vec<_>| if chain.is_empty() { Err(pem::Error::NoItemsFound) } else { Ok(chain) })
        .map_err(fault(certificates, "a chain of certificates"))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(fault(key, "a private key"))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
