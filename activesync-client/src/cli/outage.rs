//! A server that is away for a while, and how long to wait until it is asked again.

use std::time::{Duration, Instant};

use activesync_client::Error;

/// The longest pause of one's own; a server may ask for a longer one.
const LONGEST: Duration = Duration::from_mins(5);

/// The longest pause that a server can ask for.
const LONGEST_ASKED: Duration = Duration::from_hours(1);

/// The outages of a server. Pauses start small, and each is twice the one before.
#[derive(Debug)]
pub(super) struct Outage {
    first: Duration,
    next: Duration,
    is_on: bool,
    /// When the last one was over.
    ended: Option<Instant>,
}

impl Outage {
    pub(super) fn new(first: Duration) -> Self {
        Self { first, next: first, is_on: false, ended: None }
    }

    /// Whether there is one, and nothing that waiting does not mend.
    pub(super) fn is(error: &Error) -> bool {
        error.is_transient() || matches!(error, Error::StartOver { .. })
    }

    /// The pause after an error, and whether it is the first of this outage.
    pub(super) fn pause(&mut self, error: &Error, now: Instant) -> (Duration, bool) {
        // A server that fails again at once is not asked more often than before.
        if self.ended.take().is_some_and(|ended| now.saturating_duration_since(ended) > self.next) {
            self.next = self.first;
        }
        let asked = match error {
            Error::Busy { retry_after, .. } => retry_after.unwrap_or_default().min(LONGEST_ASKED),
            _ => Duration::ZERO,
        };
        let pause = self.next.max(asked);
        self.next = (self.next * 2).min(LONGEST);
        (pause, !std::mem::replace(&mut self.is_on, true))
    }

    /// The server answers. Whether it did not before.
    pub(super) fn end(&mut self, now: Instant) -> bool {
        let was_on = std::mem::replace(&mut self.is_on, false);
        if was_on {
            self.ended = Some(now);
        }
        was_on
    }
}

#[cfg(test)]
mod tests {
    use activesync_client::{CertificateFault, HttpStatus};

    use super::*;

    fn refused() -> Error {
        let source = Box::new(std::io::Error::from(std::io::ErrorKind::ConnectionRefused));
        Error::Connection { command: "Ping", host: "mail.example.org".into(), source }
    }

    fn pauses(outage: &mut Outage, count: usize, now: Instant) -> Vec<u64> {
        (0..count).map(|_| outage.pause(&refused(), now).0.as_secs()).collect()
    }

    #[test]
    fn pauses_grow_to_minutes_and_start_small_with_the_next_outage() {
        let mut outage = Outage::new(Duration::from_secs(1));
        let now = Instant::now();
        assert_eq!(pauses(&mut outage, 11, now), [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert!(outage.end(now));
        assert_eq!(pauses(&mut outage, 2, now), [300, 300], "it was there for no time");
        assert!(outage.end(now));
        assert_eq!(pauses(&mut outage, 2, now + Duration::from_mins(6)), [1, 2]);
    }

    #[test]
    fn an_outage_is_told_once() {
        let mut outage = Outage::new(Duration::from_secs(1));
        let now = Instant::now();
        assert!(!outage.end(now), "there was none");
        let told: Vec<bool> = (0..3).map(|_| outage.pause(&refused(), now).1).collect();
        assert_eq!(told, [true, false, false]);
        assert!(outage.end(now) && !outage.end(now));
        assert!(outage.pause(&refused(), now).1);
    }

    #[test]
    fn a_busy_server_gets_the_pause_that_it_asks_for_within_bounds() {
        let busy = |seconds| Error::Busy {
            command: "Sync",
            retry_after: Some(Duration::from_secs(seconds)),
            reason: None,
        };
        let mut outage = Outage::new(Duration::from_secs(1));
        let now = Instant::now();
        assert_eq!(outage.pause(&busy(900), now).0, Duration::from_mins(15));
        assert_eq!(outage.pause(&busy(0), now).0, Duration::from_secs(2));
        assert_eq!(outage.pause(&busy(u64::MAX), now).0, Duration::from_hours(1));
    }

    #[test]
    fn what_waiting_does_not_mend_is_no_outage() {
        let http = |status| Error::Http { command: "Sync", status: HttpStatus(status) };
        for error in [refused(), http(500), http(502), http(504), Error::StartOver { command: "Sync" }] {
            assert!(Outage::is(&error), "{error}");
        }
        for error in [
            Error::Unauthorized { user: "ada".into() },
            Error::Certificate { host: "mail.example.org".into(), fault: CertificateFault::SelfSigned },
            Error::NoFolder { name: "Inbox".into(), known: vec![] },
            Error::RemoteWipe { account_only: false },
            http(403),
            http(404),
        ] {
            assert!(!Outage::is(&error), "{error}");
        }
    }
}
