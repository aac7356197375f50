//! The table, as it is printed and as README.md has it.

use std::fmt;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::measure::Measured;
use super::plot;
use crate::contest::{Bound, Goal};

/// One goal, and what the contests say about it.
pub(crate) struct Line {
    pub(crate) row: u8,
    pub(crate) work: String,
    pub(crate) against: String,
    pub(crate) goal: String,
    pub(crate) measured: String,
    pub(crate) met: bool,
    /// The best and the worst, where 1 is the goal and less is better.
    pub(crate) of_the_goal: Option<(f64, f64)>,
}

impl Line {
    /// A line for each goal, over all documents that have it.
    pub(crate) fn of(all: &[Measured]) -> Vec<Self> {
        let mut goals: Vec<(u8, &str, Goal, Vec<f64>)> = Vec::new();
        for measured in all {
            for goal in &measured.goals {
                let Some(ratio) = measured.ratio(goal.against) else { continue };
                let same = goals.iter_mut().find(|(row, work, other, _)| {
                    *row == measured.row
                        && *work == measured.work
                        && other.against == goal.against
                        && other.bound == goal.bound
                });
                match same {
                    Some((.., ratios)) => ratios.push(ratio.of_times),
                    None => goals.push((measured.row, measured.work, *goal, vec![ratio.of_times])),
                }
            }
        }
        goals.into_iter().map(|(row, work, goal, ratios)| Self::new(row, work, goal, &ratios)).collect()
    }

    fn new(row: u8, work: &str, goal: Goal, ratios: &[f64]) -> Self {
        let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
        let most = ratios.iter().copied().fold(0.0, f64::max);
        let bounds = match goal.bound {
            Bound::AtMost(_) => [Bound::AtMost(least), Bound::AtMost(most)],
            Bound::Faster(_) => [Bound::Faster(1.0 / most), Bound::Faster(1.0 / least)],
        };
        let [low, high] = bounds.map(|bound| bound.to_string());
        let of_the_goal = match goal.bound {
            Bound::AtMost(ratio) => (least / ratio, most / ratio),
            Bound::Faster(ratio) => (least * ratio, most * ratio),
        };
        Self {
            row,
            work: work.to_owned(),
            against: goal.against.to_owned(),
            goal: match goal.bound {
                Bound::AtMost(_) => format!("at most {}", goal.bound),
                Bound::Faster(_) => format!("at least {}", goal.bound),
            },
            measured: if low == high { low } else { format!("{low} to {high}") },
            met: of_the_goal.1 <= 1.0,
            of_the_goal: Some(of_the_goal),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(ratio) => write!(f, "{ratio:.2}"),
            Self::Faster(ratio) if *ratio < 10.0 => write!(f, "{ratio:.1}x"),
            Self::Faster(ratio) => write!(f, "{ratio:.0}x"),
        }
    }
}

/// All of it as Markdown: where it was measured, a line for each goal, then each document by itself.
pub(crate) fn table(lines: &[Line], all: &[Measured]) -> String {
    let mut text = circumstances();
    text += "\n| # | what | against | goal | measured | met |\n| --- | --- | --- | --- | --- | --- |\n";
    for Line { row, work, against, goal, measured, met, .. } in lines {
        let met = if *met { "yes" } else { "**no**" };
        let _ = writeln!(text, "| {row} | {work} | {against} | {goal} | {measured} | {met} |");
    }
    text += "\nOur time by that of each peer, document by document:\n\n";
    text += "| # | what | document | ratios |\n| --- | --- | --- | --- |\n";
    for measured in all {
        let ratios: Vec<String> = measured
            .peers()
            .filter_map(|peer| {
                let ratio = measured.ratio(peer)?;
                Some(format!("{peer} {:.3} ± {:.0} %", ratio.of_times, ratio.spread * 100.0))
            })
            .collect();
        let Measured { row, work, document, .. } = measured;
        let _ = writeln!(text, "| {row} | {work} | {document} | {} |", ratios.join(", "));
    }
    text
}

/// Puts the table into README.md and the plot beside it.
pub(crate) fn write(table: &str, lines: &[Line]) {
    const BEGIN: &str = "<!-- measured -->\n";
    const END: &str = "<!-- /measured -->\n";
    let readme = directory().join("README.md");
    let text = fs::read_to_string(&readme).expect("benches/README.md");
    let (before, rest) = text.split_once(BEGIN).expect("a marker where the table begins");
    let (_, after) = rest.split_once(END).expect("a marker where the table ends");
    fs::write(&readme, format!("{before}{BEGIN}{table}{END}{after}")).expect("write benches/README.md");
    fs::write(directory().join("ratios.svg"), plot::svg(lines)).expect("write benches/ratios.svg");
}

fn circumstances() -> String {
    let date = jiff::Timestamp::now().strftime("%F");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let rustc = first_line(Command::new("rustc").arg("--version"));
    let mut peers: Vec<String> = ["postcard", "prost", "quick-xml", "memchr", "simdutf8"].map(locked).into();
    if cfg!(feature = "libwbxml") {
        let version = first_line(Command::new("pkg-config").args(["--modversion", "libwbxml2"]));
        peers.push(format!("libwbxml {version}"));
    }
    format!("Measured on {date}, on {cores} cores of {}, with {rustc}; {}.\n", processor(), peers.join(", "))
}

fn processor() -> String {
    let facts = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = facts.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.to_owned())
}

/// A package and its version, from Cargo.lock.
fn locked(package: &str) -> String {
    let lock = fs::read_to_string(directory().join("../Cargo.lock")).unwrap_or_default();
    let entry = format!("name = \"{package}\"\nversion = \"");
    let version = lock.split_once(&entry).and_then(|(_, rest)| rest.split_once('"'));
    format!("{package} {}", version.map_or("", |(version, _)| version))
}

fn first_line(command: &mut Command) -> String {
    let output = command.output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    output.unwrap_or_default().lines().next().unwrap_or_default().to_owned()
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches")
}
