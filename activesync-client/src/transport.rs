//! One HTTP request and its answer.

use std::error::Error as _;
use std::io::Read;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use activesync_types::http::ResponseHeaders;
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap};
use reqwest::{Method, RequestBuilder, Url};
use rustls::pki_types::CertificateDer;

use crate::certificates::{self, CertificateFault};
use crate::error::{Error, Result};

/// The path that servers have ActiveSync at.
const PATH: &str = "/Microsoft-Server-ActiveSync";

/// The address of a server: with ActiveSync's usual path if it has none.
pub(crate) fn address(text: &str) -> Result<Url> {
    let mut url = Url::parse(text).map_err(|error| {
        Error::Setup(format!("{text:?} is no address such as https://mail.example.org: {error}"))
    })?;
    if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() {
        return Err(Error::Setup(format!("{text:?} is no address that begins with https:// or http://")));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::Setup(
            "the address has a user name or password in it: give them by themselves".into(),
        ));
    }
    if matches!(url.path(), "" | "/") {
        url.set_path(PATH);
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// An HTTP client for an address, that trusts the system's certificates and these.
pub(crate) fn http_client(
    roots: &[CertificateDer<'static>],
    user_agent: &str,
    url: &Url,
) -> Result<reqwest::Client> {
    let mut tls = certificates::tls(roots, url.scheme() == "https")?;
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let mut builder = reqwest::Client::builder();
    // A proxy's loopback is not ours. Everywhere else the environment decides.
    if is_loopback(url) {
        builder = builder.no_proxy();
    }
    builder
        .tls_backend_preconfigured(tls)
        .user_agent(user_agent)
        // Credentials go nowhere but where this crate sends them.
        .redirect(reqwest::redirect::Policy::none())
        // Clients of 16.0 and later send back what they get. [MS-ASHTTP] 2.2.1.1.2.4
        .cookie_store(true)
        .connect_timeout(CONNECT_TIMEOUT)
        .build()
        .map_err(|error| Error::Setup(format!("no HTTP client can be made: {error}")))
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// A request, ready to go.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) login: (&'a str, &'a str),
    pub(crate) body: Bytes,
    /// How long the server may be silent.
    pub(crate) patience: Duration,
    /// The most bytes of an answer, compressed or not.
    pub(crate) limit: usize,
}

/// An answer with any HTTP status.
pub(crate) struct Incoming {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// Decompressed.
    pub(crate) body: Bytes,
    /// On the wire.
    pub(crate) received: usize,
    pub(crate) duration: Duration,
}

impl Incoming {
    /// The headers of the protocol.
    pub(crate) fn protocol(&self) -> ResponseHeaders<'_> {
        ResponseHeaders::read(
            self.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))),
        )
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("{0}")]
    Http(#[source] reqwest::Error),
    #[error("the certificate is refused: {0}")]
    Certificate(CertificateFault),
    #[error("what answers there does not speak TLS, as an address with https:// needs it")]
    NoTls,
    #[error("what answers there does not speak HTTP; if it speaks TLS, the address needs https://")]
    NoHttp,
    #[error("the server said nothing for {} seconds", .0.as_secs())]
    Silence(Duration),
    #[error("the answer claims to be compressed, but is not: {0}")]
    Compression(std::io::Error),
    #[error("the answer is too long")]
    TooLarge,
}

impl Fault {
    /// Whether the server cannot have seen the request.
    pub(crate) fn is_before_sending(&self) -> bool {
        match self {
            Self::Certificate(_) | Self::NoTls => true,
            Self::Http(error) => error.is_connect(),
            _ => false,
        }
    }
}

impl From<reqwest::Error> for Fault {
    fn from(error: reqwest::Error) -> Self {
        if let Some(fault) = CertificateFault::find(&error) {
            return Self::Certificate(fault);
        }
        match certificates::tls_error(&error) {
            Some(rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType)) => Self::NoTls,
            None if error.url().is_some_and(|url| url.scheme() == "http") && is_no_http(&error) => {
                Self::NoHttp
            }
            _ => Self::Http(error.without_url()),
        }
    }
}

/// A server of TLS answers HTTP with an alert.
fn is_no_http(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.downcast_ref().is_some_and(hyper::Error::is_parse) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Sends a request and reads the whole answer.
pub(crate) async fn exchange(http: &reqwest::Client, request: Outgoing<'_>) -> Result<Incoming, Fault> {
    let Outgoing { method, url, headers, login: (user, password), body, patience, limit } = request;
    let begin = Instant::now();
    let mut builder: RequestBuilder =
        http.request(method, url).basic_auth(user, Some(password)).header(ACCEPT_ENCODING, "gzip");
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    let mut answer = within(patience, builder.body(body).send()).await?;
    let status = answer.status().as_u16();
    let headers = answer.headers().clone();
    let mut wire = Vec::new();
    while let Some(chunk) = within(patience, answer.chunk()).await? {
        if chunk.len() > limit - wire.len() {
            return Err(Fault::TooLarge);
        }
        wire.extend_from_slice(&chunk);
    }
    let received = wire.len();
    let compressed = headers.get(CONTENT_ENCODING).is_some_and(|encoding| {
        let encoding = encoding.as_bytes();
        encoding.eq_ignore_ascii_case(b"gzip") || encoding.eq_ignore_ascii_case(b"x-gzip")
    });
    let body = if compressed && !wire.is_empty() { decompress(&wire, limit)? } else { wire };
    Ok(Incoming { status, headers, body: body.into(), received, duration: begin.elapsed() })
}

async fn within<T>(
    patience: Duration,
    future: impl Future<Output = Result<T, reqwest::Error>>,
) -> Result<T, Fault> {
    match tokio::time::timeout(patience, future).await {
        Ok(result) => result.map_err(Fault::from),
        Err(_) => Err(Fault::Silence(patience)),
    }
}

fn decompress(wire: &[u8], limit: usize) -> Result<Vec<u8>, Fault> {
    let mut body = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(wire).take(most).read_to_end(&mut body).map_err(Fault::Compression)?;
    if body.len() > limit { Err(Fault::TooLarge) } else { Ok(body) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_asked_without_a_proxy() {
        let loopback = |text: &str| is_loopback(&address(text).unwrap());
        for here in ["http://127.0.0.1:8080", "https://localhost", "https://LOCALHOST/x", "http://[::1]:80"] {
            assert!(loopback(here), "{here}");
        }
        for elsewhere in ["https://mail.example.org", "http://192.0.2.1", "https://localhost.example.org"] {
            assert!(!loopback(elsewhere), "{elsewhere}");
        }
    }
}
