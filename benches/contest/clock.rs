//! The clock of all contenders.

use std::time::Duration;

/// The time that a processor has worked for this thread: whatever else the machine does meanwhile is not in it.
#[cfg(unix)]
pub(super) fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("the time since the thread began")
}

/// The time of day, where there is nothing better at hand.
#[cfg(not(unix))]
pub(super) fn now() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}
