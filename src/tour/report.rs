//! What the tour says: aligned lines, and bars where there is a terminal to draw them.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::check::{Checks, Result};

/// Where the tour tells what it does.
pub struct Report {
    out: Box<dyn Write + Send>,
    /// Bars are drawn, and headings are bold.
    terminal: bool,
    headings: u32,
    /// The first line that could not be written, and why.
    fault: Option<io::Error>,
}

impl Report {
    /// On standard output; with progress bars if that is a terminal.
    pub fn stdout() -> Self {
        Self { out: Box::new(io::stdout()), terminal: io::stdout().is_terminal(), headings: 0, fault: None }
    }

    /// As plain lines.
    pub fn plain(out: impl Write + Send + 'static) -> Self {
        Self { out: Box::new(out), terminal: false, headings: 0, fault: None }
    }

    /// The next part of the tour.
    pub(super) fn heading(&mut self, title: &str, about: &str) {
        self.headings += 1;
        let number = self.headings;
        let (bold, plain) = if self.terminal { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
        self.text(&format!("\n{bold}{number:>2}  {title:<LABEL$}{plain}{about}"));
    }

    /// A fact, under its name.
    pub(super) fn fact(&mut self, name: &str, value: impl Display) {
        self.text(&format!("    {name:<LABEL$}{value}"));
    }

    /// A line as it is.
    pub(super) fn text(&mut self, line: &str) {
        let written = writeln!(self.out, "{line}").and_then(|()| self.out.flush());
        if let Err(fault) = written {
            self.fault.get_or_insert(fault);
        }
    }

    /// Fails if something could not be written, but not if who reads has read enough, as `head` does.
    pub(super) fn check(&mut self) -> Result<()> {
        match self.fault.take() {
            Some(fault) if fault.kind() != io::ErrorKind::BrokenPipe => {
                Checks::new("Report").done("to write what the tour tells", Err(fault))
            }
            _ => Ok(()),
        }
    }

    /// Shows how far something is; what it was is a line when it is done.
    pub(super) fn progress(&self, name: &str, total: u64) -> Progress {
        let target = if self.terminal { ProgressDrawTarget::stdout() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total), target)
            .with_style(style())
            .with_prefix(format!("{name:<LABEL$}"));
        Progress { bar, name: name.to_owned(), terminal: self.terminal }
    }
}

/// Something that goes on.
pub(super) struct Progress {
    bar: ProgressBar,
    name: String,
    terminal: bool,
}

impl Progress {
    /// One more is done, and `bytes` have come so far.
    pub(super) fn advance(&self, bytes: u64) {
        self.bar.inc(1);
        self.bar.set_message(size(bytes));
    }

    /// It is done.
    pub(super) fn finish(self, report: &mut Report, kind: &str, bytes: u64) {
        let (done, took) = (self.bar.position(), self.bar.elapsed());
        self.bar.finish_and_clear();
        let bar = if self.terminal { format!("{}  ", "█".repeat(BAR)) } else { String::new() };
        let (counted, size, took) = (count(done, kind), size(bytes), duration(took));
        report.fact(&self.name, format!("{bar}{counted:<COUNT$}{size:>SIZE$}{took:>SIZE$}"));
    }
}

/// The width of names.
const LABEL: usize = 20;
/// The width of a bar.
const BAR: usize = 20;
/// The width of a number of things.
const COUNT: usize = 12;
/// The width of an amount.
pub(super) const SIZE: usize = 10;

fn style() -> ProgressStyle {
    ProgressStyle::with_template("    {prefix}{bar:20}  {pos}/{len}  {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("██░")
}

/// A number of things: `1 message`, `2,000 messages`.
pub(super) fn count(number: u64, kind: &str) -> String {
    format!("{} {kind}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// A number with its digits in groups.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// An amount of bytes, in units of which a person has an idea.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..10_000 => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
        10_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", grouped(bytes / 1_000_000), bytes % 1_000_000 / 100_000),
    }
}

/// How much less the one is than the other, in percent.
pub(super) fn smaller(than: u64, is: u64) -> String {
    let saved = than.saturating_sub(is) * 100;
    saved.checked_div(than).map_or_else(String::new, |percent| format!("{percent} %"))
}

/// A time.
pub(super) fn duration(time: Duration) -> String {
    match time.as_millis() {
        0 => format!("{} µs", time.as_micros()),
        millis @ 1..1_000 => format!("{millis} ms"),
        millis => format!("{}.{} s", millis / 1_000, millis % 1_000 / 100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_for_people() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(
            [0, 999, 1_000, 9_999, 10_000, 1_250_000].map(size),
            ["0 B", "999 B", "1.0 kB", "9.9 kB", "10 kB", "1.2 MB"]
        );
        assert_eq!([count(1, "event"), count(2_000, "message")], ["1 event", "2,000 messages"]);
        assert_eq!([smaller(200, 50), smaller(0, 0), smaller(50, 200)], ["75 %", "", "0 %"]);
        let times = [40, 1_500, 2_345_000].map(Duration::from_micros);
        assert_eq!(times.map(duration), ["40 µs", "1 ms", "2.3 s"]);
    }
}
