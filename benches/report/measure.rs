//! Contenders take turns, so that whatever else the machine does hits all of them alike.

use std::fmt;
use std::time::Duration;

use crate::contest::{Bound, Contender, Contest, Goal};

/// How long a contender runs in its turn: long against the clock's resolution and the caches of the one before.
const TURN: Duration = Duration::from_millis(5);
/// How long a contest may last, if that leaves it the least number of rounds.
const CONTEST: Duration = Duration::from_secs(5);
const ROUNDS: std::ops::RangeInclusive<u32> = 15..=151;

/// The times of a contest, in nanoseconds a unit.
pub(crate) struct Measured {
    pub(crate) row: u8,
    pub(crate) work: &'static str,
    pub(crate) document: &'static str,
    pub(crate) goals: Vec<Goal>,
    times: Vec<(&'static str, Vec<f64>)>,
}

/// A ratio of medians.
#[derive(Clone, Copy)]
pub(crate) struct Ratio {
    /// The time of the first contender by that of another.
    pub(crate) of_times: f64,
    /// Half the range in which the middle half of the rounds lie, as a part of it.
    pub(crate) spread: f64,
}

impl Measured {
    /// The others, in the order in which they compete.
    pub(crate) fn peers(&self) -> impl Iterator<Item = &'static str> {
        self.times.iter().skip(1).map(|(name, _)| *name)
    }

    /// Our time by that of a peer, if it was measured.
    pub(crate) fn ratio(&self, against: &str) -> Option<Ratio> {
        let (_, ours) = self.times.first()?;
        let (_, theirs) = self.times.iter().skip(1).find(|(name, _)| *name == against)?;
        let by_round: Vec<f64> = ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect();
        let of_times = quantile(ours, 2) / quantile(theirs, 2);
        let spread = (quantile(&by_round, 3) - quantile(&by_round, 1)) / 2.0 / of_times;
        Some(Ratio { of_times, spread })
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}, {}, {}:", self.row, self.work, self.document)?;
        for (name, times) in &self.times {
            write!(f, " {name} {:.4} µs", quantile(times, 2) / 1e3)?;
        }
        for goal in &self.goals {
            if let Some(Ratio { of_times, spread }) = self.ratio(goal.against) {
                write!(f, "; {} ± {:.1} % of {}", Bound::AtMost(of_times), spread * 100.0, goal.against)?;
            }
        }
        Ok(())
    }
}

pub(crate) fn measure(mut contest: Contest) -> Measured {
    let turns: Vec<u64> = contest.contenders.iter_mut().map(times_in_a_turn).collect();
    let mut times: Vec<_> = contest.contenders.iter().map(|contender| (contender.name, Vec::new())).collect();
    let mut left = CONTEST;
    let mut round = 0;
    while round < *ROUNDS.start() || round < *ROUNDS.end() && !left.is_zero() {
        for turn in 0..turns.len() {
            // Each goes first now and then.
            let which = (turn + round as usize) % turns.len();
            let contender = &mut contest.contenders[which];
            let spent = contender.run(turns[which]);
            left = left.saturating_sub(spent);
            times[which].1.push(nanoseconds(spent, turns[which]) / f64::from(contender.units));
        }
        round += 1;
    }
    let Contest { row, work, document, goals, .. } = contest;
    Measured { row, work, document, goals, times }
}

/// Each contender works once.
pub(crate) fn try_once(mut contest: Contest) {
    for contender in &mut contest.contenders {
        contender.run(1);
    }
}

/// How often a contender can do its work in a turn. It is warm afterwards.
fn times_in_a_turn(contender: &mut Contender) -> u64 {
    let mut times = 1;
    loop {
        let spent = contender.run(times);
        if spent >= TURN || times == u64::MAX {
            let fits = TURN.as_secs_f64() / spent.as_secs_f64() * whole(times);
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a small number above 0"
            )]
            return (fits as u64).max(1);
        }
        times *= 2;
    }
}

fn nanoseconds(spent: Duration, times: u64) -> f64 {
    spent.as_secs_f64() * 1e9 / whole(times)
}

#[allow(clippy::cast_precision_loss, reason = "nothing runs that often in milliseconds")]
fn whole(times: u64) -> f64 {
    times as f64
}

/// A quarter of the values is below the first quantile, half of them below the second.
fn quantile(values: &[f64], quarters: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len() - 1;
    let (below, rest) = (last * quarters / 4, last * quarters % 4);
    let part = [0.0, 0.25, 0.5, 0.75][rest];
    sorted[below] + (sorted[(below + 1).min(last)] - sorted[below]) * part
}
