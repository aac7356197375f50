//! How long to let the server wait before it says that nothing has changed.

use serde::{Deserialize, Serialize};

/// An interval that finds its own length: as long as the server, and everything in between, lets it be.
///
/// Long intervals save battery and traffic, but proxies and firewalls cut connections on which nothing happens.
/// So the interval grows while it holds, and shrinks when the connection is lost. What was learned is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Heartbeat {
    seconds: u32,
    /// The server's own bounds, or the widest that the protocol allows.
    shortest: u32,
    longest: u32,
    /// The shortest interval that was cut off: the next one stays below it.
    cut: Option<u32>,
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self { seconds: 480, shortest: 60, longest: 3540, cut: None }
    }
}

impl Heartbeat {
    /// The interval to ask for.
    pub(crate) fn seconds(self) -> u32 {
        self.seconds
    }

    /// It passed, and the answer came: the next one may be half as long again.
    pub(crate) fn held(&mut self) {
        let below_cut = self.cut.map_or(u32::MAX, |cut| cut.saturating_sub(STEP));
        self.set((self.seconds + self.seconds / 2).min(below_cut.max(self.seconds)));
    }

    /// The connection was lost while it ran.
    pub(crate) fn was_cut(&mut self) {
        self.cut = Some(self.cut.map_or(self.seconds, |cut| cut.min(self.seconds)));
        self.set(self.seconds / 3 * 2);
    }

    /// The server does not allow it, and says what it does: the nearest bound.
    pub(crate) fn bounded(&mut self, bound: u32) {
        if bound > self.seconds {
            self.shortest = bound;
            self.longest = self.longest.max(bound);
        } else {
            self.longest = bound;
            self.shortest = self.shortest.min(bound);
        }
        self.set(bound);
    }

    fn set(&mut self, seconds: u32) {
        self.seconds = seconds.clamp(self.shortest, self.longest);
    }
}

/// How far to stay below an interval that was cut off.
const STEP: u32 = 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_while_it_holds_up_to_the_longest() {
        let mut heartbeat = Heartbeat::default();
        let mut last = heartbeat.seconds();
        for _ in 0..10 {
            heartbeat.held();
            assert!(heartbeat.seconds() > last || last == 3540);
            last = heartbeat.seconds();
        }
        assert_eq!(last, 3540);
    }

    #[test]
    fn it_settles_below_the_interval_that_was_cut_off() {
        let mut heartbeat = Heartbeat::default();
        // A firewall that cuts after 300 seconds.
        for _ in 0..50 {
            if heartbeat.seconds() > 300 { heartbeat.was_cut() } else { heartbeat.held() }
        }
        assert!((200..=300).contains(&heartbeat.seconds()), "{heartbeat:?}");
        let settled = heartbeat;
        heartbeat.held();
        assert_eq!(heartbeat, settled);
    }

    #[test]
    fn it_keeps_to_the_bounds_of_the_server() {
        let mut heartbeat = Heartbeat::default();
        heartbeat.bounded(240);
        assert_eq!(heartbeat.seconds(), 240);
        heartbeat.held();
        assert_eq!(heartbeat.seconds(), 240, "no longer than the server allows");
        for _ in 0..10 {
            heartbeat.was_cut();
        }
        heartbeat.bounded(90);
        assert_eq!(heartbeat.seconds(), 90);
        heartbeat.was_cut();
        assert_eq!(heartbeat.seconds(), 90, "no shorter than the server allows");
        // A server may have bounds beyond those that we assume.
        heartbeat.bounded(30);
        assert_eq!(heartbeat.seconds(), 30);
    }

    #[test]
    fn cut_off_again_and_again_it_does_not_vanish() {
        let mut heartbeat = Heartbeat::default();
        for _ in 0..100 {
            heartbeat.was_cut();
        }
        assert_eq!(heartbeat.seconds(), 60);
    }
}
