//! Who asks: Basic authentication.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use tokio::sync::Semaphore;

use crate::backend::{Backend, BackendError, UserId};

/// A user name and a password, as the client sent them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) user: String,
    password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

impl Credentials {
    /// Those of the `Authorization` header; `None` if there are none, or not such that can be read.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(AUTHORIZATION)?.as_bytes();
        let (scheme, encoded) = value.split_at_checked(6)?;
        if !scheme.eq_ignore_ascii_case(b"basic ") {
            return None;
        }
        let pair = LENIENT.decode(encoded.trim_ascii()).ok()?;
        let colon = pair.iter().position(|&byte| byte == b':')?;
        Some(Self { user: text(&pair[..colon]), password: text(&pair[colon + 1..]) })
    }
}

/// Some devices leave the padding out.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// UTF-8, and what is not that is ISO-8859-1: Outlook sends it.
fn text(bytes: &[u8]) -> String {
    match str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}

/// Asks the backend, but not for too many at once: a check takes much memory and a whole core by design, and without a
/// bound anybody could exhaust both.
pub(crate) struct Logins {
    checks: Semaphore,
}

impl Logins {
    /// As many checks at a time as there are cores.
    pub(crate) fn new() -> Self {
        Self::at_most(std::thread::available_parallelism().map_or(1, usize::from))
    }

    fn at_most(checks: usize) -> Self {
        Self { checks: Semaphore::new(checks) }
    }

    /// The user whose credentials these are; `None` if they are wrong.
    pub(crate) async fn check(
        &self,
        backend: &Arc<dyn Backend>,
        credentials: Credentials,
    ) -> Result<Option<UserId>, BackendError> {
        let _permit = self.checks.acquire().await;
        let backend = Arc::clone(backend);
        let check = move || backend.authenticate(&credentials.user, &credentials.password);
        tokio::task::spawn_blocking(check).await.map_err(|panic| BackendError::Other(Box::new(panic)))?
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::Pin;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Poll, Waker};

    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::backend::memory::Memory;
    use crate::backend::{Mailbox, Result, Snapshot};
    use crate::push::ChangeHub;

    fn parse(value: &[u8]) -> Option<(String, String)> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, http::HeaderValue::from_bytes(value).unwrap());
        Credentials::from_headers(&headers).map(|credentials| (credentials.user, credentials.password))
    }

    fn basic(pair: &[u8]) -> Option<(String, String)> {
        parse(format!("Basic {}", STANDARD.encode(pair)).as_bytes())
    }

    #[test]
    fn name_and_password_may_be_utf_8_or_iso_8859_1() {
        let expected = Some(("jürgen".to_owned(), "geheim§".to_owned()));
        assert_eq!(basic("jürgen:geheim§".as_bytes()), expected);
        assert_eq!(basic(b"j\xFCrgen:geheim\xA7"), expected);
    }

    #[test]
    fn only_the_first_colon_parts() {
        assert_eq!(basic(b"HARBOUR\\ada:a:b"), Some(("HARBOUR\\ada".to_owned(), "a:b".to_owned())));
        assert_eq!(basic(b"ada:"), Some(("ada".to_owned(), String::new())));
    }

    #[test]
    fn the_scheme_has_no_case_and_padding_may_be_missing() {
        // RFC 7617 gives the first; "YWRhOng" is "ada:x" without the "=" at its end.
        assert!(parse(b"bAsIc QWxhZGRpbjpvcGVuIHNlc2FtZQ==").is_some());
        assert_eq!(parse(b"Basic YWRhOng"), Some(("ada".to_owned(), "x".to_owned())));
    }

    #[test]
    fn what_cannot_be_read_is_no_credentials() {
        for value in [&b"Basic"[..], b"Basic ", b"Basic !!!", b"Basic YWRh", b"Bearer abc", b"Digest x=y"] {
            assert_eq!(parse(value), None, "{}", String::from_utf8_lossy(value));
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let credentials = Credentials { user: "ada".into(), password: "open sesame".into() };
        assert!(!format!("{credentials:?}").contains("sesame"));
    }

    /// A backend that counts how often it was asked.
    struct Counting {
        memory: Memory,
        asked: Arc<AtomicUsize>,
    }

    impl Backend for Counting {
        fn authenticate(&self, name: &str, password: &str) -> Result<Option<UserId>> {
            self.asked.fetch_add(1, Ordering::SeqCst);
            self.memory.authenticate(name, password)
        }

        fn resolve(&self, address: &str) -> Result<Option<UserId>> {
            self.memory.resolve(address)
        }

        fn snapshot(&self, user: &UserId) -> Result<Box<dyn Snapshot + '_>> {
            self.memory.snapshot(user)
        }

        fn open(&self, user: &UserId) -> Result<Box<dyn Mailbox + '_>> {
            self.memory.open(user)
        }

        fn attach(&self, hub: Arc<ChangeHub>) -> Result<()> {
            self.memory.attach(hub)
        }
    }

    /// Asks a future for the first time.
    fn begin(future: Pin<&mut impl Future>) {
        assert!(matches!(future.poll(&mut Context::from_waker(Waker::noop())), Poll::Pending));
    }

    #[test]
    fn no_more_passwords_are_checked_at_a_time_than_the_limit() {
        // One thread does all checks, in the order in which they begin.
        let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
        let asked = Arc::<AtomicUsize>::default();
        let backend: Arc<dyn Backend> =
            Arc::new(Counting { memory: Memory::new(), asked: Arc::clone(&asked) });
        let logins = Logins::at_most(2);
        let ada = || Credentials { user: "ada".into(), password: "x".into() };
        runtime.block_on(async {
            let mut checks: Vec<_> = (0..3).map(|_| Box::pin(logins.check(&backend, ada()))).collect();
            for check in &mut checks {
                begin(check.as_mut());
            }
            // When this is done, so are the checks that began before it.
            tokio::task::spawn_blocking(|| ()).await.unwrap();
            assert_eq!(asked.load(Ordering::SeqCst), 2);
            for check in checks {
                assert!(check.await.unwrap().is_some());
            }
            assert_eq!(asked.load(Ordering::SeqCst), 3, "the third had to wait, no more");
        });
        assert!(Logins::new().checks.available_permits() < 10_000, "there is a limit by itself");
    }
}
