//! Whose certificates are trusted: those that the system trusts, and those that the user gave.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme,
};
use rustls_platform_verifier::Verifier;

use crate::error::{Error, Result};

/// Why the certificate of a server is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateFault {
    /// It vouches for itself, and nobody has said that it is to be trusted.
    #[error("it is self-signed")]
    SelfSigned,
    /// It was issued by an authority that is not trusted, or the server leaves out those in between.
    #[error("this machine does not trust the authority that issued it")]
    UnknownIssuer,
    /// Its time is over.
    #[error("it expired {}", Span(since, "ago"))]
    Expired {
        /// For how long.
        since: Duration,
    },
    /// Its time has not come.
    #[error("it is not valid yet, only in {}", Span(until, "by the clock of this machine"))]
    NotValidYet {
        /// For how long.
        until: Duration,
    },
    /// It is that of another server.
    #[error("it is not for this server: {}", Names(names))]
    WrongName {
        /// The names that it is for.
        names: Vec<String>,
    },
    /// Its authority has called it back.
    #[error("it was revoked")]
    Revoked,
    /// Something else.
    #[error("{0}")]
    Other(String),
}

impl CertificateFault {
    /// Whether it helps to trust the certificate itself, or the authority that issued it.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::SelfSigned | Self::UnknownIssuer)
    }

    /// What a failed connection says of the server's certificate.
    pub(crate) fn find(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        match tls_error(error)? {
            rustls::Error::InvalidCertificate(fault) => Some(Self::from(fault)),
            _ => None,
        }
    }
}

/// What TLS says of a failed connection.
pub(crate) fn tls_error<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // The source of such an error is that of the error in it.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

impl From<&CertificateError> for CertificateFault {
    fn from(error: &CertificateError) -> Self {
        let between =
            |from: &UnixTime, to: &UnixTime| Duration::from_secs(to.as_secs().saturating_sub(from.as_secs()));
        match error {
            CertificateError::UnknownIssuer => Self::UnknownIssuer,
            CertificateError::Expired => Self::Expired { since: Duration::ZERO },
            CertificateError::ExpiredContext { time, not_after } => {
                Self::Expired { since: between(not_after, time) }
            }
            CertificateError::NotValidYet => Self::NotValidYet { until: Duration::ZERO },
            CertificateError::NotValidYetContext { time, not_before } => {
                Self::NotValidYet { until: between(time, not_before) }
            }
            CertificateError::NotValidForName => Self::WrongName { names: Vec::new() },
            CertificateError::NotValidForNameContext { presented, .. } => {
                Self::WrongName { names: presented.iter().map(|name| plain(name)).collect() }
            }
            CertificateError::Revoked => Self::Revoked,
            CertificateError::Other(OtherError(other)) => {
                other.downcast_ref().cloned().unwrap_or_else(|| Self::Other(other.to_string()))
            }
            other => Self::Other(other.to_string()),
        }
    }
}

/// The name in `DnsName("mail.example.org")` or `IpAddress(192.0.2.1)`.
fn plain(name: &str) -> String {
    let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(name);
    inner.trim_matches('"').to_owned()
}

struct Names<'a>(&'a [String]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            // A common name does not count any more.
            return f.write_str("it has no name of a server in it (subjectAltName)");
        }
        write!(f, "it is for {}", self.0.join(", "))
    }
}

struct Span<'a>(&'a Duration, &'static str);

impl fmt::Display for Span<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(span, suffix) = self;
        let (count, unit) = match span.as_secs() {
            seconds @ 86_400.. => (seconds / 86_400, "day"),
            seconds @ 3_600.. => (seconds / 3_600, "hour"),
            seconds => (seconds / 60, "minute"),
        };
        write!(f, "{count} {unit}{} {suffix}", if count == 1 { "" } else { "s" })
    }
}

/// Verifies like the system. A machine without any certificates can still do without TLS, or with those it was given.
pub(crate) fn tls(given: &[CertificateDer<'static>], secure: bool) -> Result<ClientConfig> {
    let unusable =
        |what: &str, error: &dyn fmt::Display| Error::Setup(format!("{what} cannot be used: {error}"));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable("TLS", &error))?;
    let mut roots = RootCertStore::empty();
    for root in given {
        roots.add(root.clone()).map_err(|error| unusable("a root certificate", &error))?;
    }
    match Verifier::new_with_extra_roots(given.to_vec(), Arc::clone(&provider)) {
        Ok(system) => {
            let verifier = Trust { system, given: given.to_vec(), roots, provider };
            Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
        }
        Err(error) if secure && roots.is_empty() => Err(unusable("the system's root certificates", &error)),
        Err(_) => Ok(builder.with_root_certificates(roots).with_no_client_auth()),
    }
}

/// Trusts whom the system trusts, and the very certificates that were given.
#[derive(Debug)]
struct Trust {
    system: Verifier,
    given: Vec<CertificateDer<'static>>,
    roots: RootCertStore,
    provider: Arc<CryptoProvider>,
}

impl Trust {
    /// A server's own certificate was given, and may be one that the rules for authorities have no place for: what
    /// `openssl req -x509` makes is that of an authority, which must not be a server's too.
    fn verify_given(
        &self,
        certificate: &CertificateDer<'_>,
        server: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let certificate = ParsedCertificate::try_from(certificate)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        match verify_server_cert_signed_by_trust_anchor(&certificate, &self.roots, &[], now, algorithms) {
            // Both come after its dates are found to be right.
            Err(error) if is_authority(&error) || is_unknown(&error) => {}
            verified => verified?,
        }
        verify_server_name(&certificate, server)?;
        Ok(ServerCertVerified::assertion())
    }
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.given.contains(certificate) {
            return self.verify_given(certificate, server, now);
        }
        self.system.verify_server_cert(certificate, intermediates, server, ocsp, now).map_err(|error| {
            let unknown = is_unknown(&error) || is_namesake(&error);
            if (unknown || is_authority(&error)) && vouches_for_itself(certificate) {
                CertificateError::Other(OtherError(Arc::new(CertificateFault::SelfSigned))).into()
            } else if unknown {
                CertificateError::UnknownIssuer.into()
            } else {
                error
            }
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.system.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.system.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.system.supported_verify_schemes()
    }
}

fn is_unknown(error: &rustls::Error) -> bool {
    matches!(error, rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer))
}

/// An authority of that name is trusted, but has another key: its certificate was made anew, for one.
fn is_namesake(error: &rustls::Error) -> bool {
    matches!(error, rustls::Error::InvalidCertificate(CertificateError::BadSignature))
}

fn is_authority(error: &rustls::Error) -> bool {
    let rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(other))) = error else {
        return false;
    };
    matches!(other.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
}

fn vouches_for_itself(certificate: &CertificateDer<'_>) -> bool {
    webpki::EndEntityCert::try_from(certificate)
        .is_ok_and(|certificate| certificate.issuer() == certificate.subject())
}
