//! What is measured: the same work by several contenders on the same document.

#![allow(dead_code, reason = "each bench uses a part of it")]

mod clock;
pub(crate) mod encode;
pub(crate) mod events;
pub(crate) mod growth;
pub(crate) mod typed;
pub(crate) mod xml;

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;

/// Contenders on one document, ours first.
pub(crate) struct Contest {
    /// The row of the table in README.md and what it is about; 0 if it has none.
    pub(crate) row: u8,
    pub(crate) work: &'static str,
    pub(crate) document: &'static str,
    pub(crate) contenders: Vec<Contender>,
    pub(crate) goals: Vec<Goal>,
}

pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// What one run is divided by, where contenders have different amounts of the same work.
    pub(crate) units: u32,
    run: Box<dyn FnMut(u64) -> Duration>,
}

/// What the first contender promises beside another.
#[derive(Clone, Copy)]
pub(crate) struct Goal {
    pub(crate) against: &'static str,
    pub(crate) bound: Bound,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Bound {
    /// Its time is at most so many times that of the other.
    AtMost(f64),
    /// It is at least so many times as fast as the other.
    Faster(f64),
}

impl Contest {
    pub(crate) fn new(row: u8, work: &'static str, document: &'static str) -> Self {
        Self { row, work, document, contenders: Vec::new(), goals: Vec::new() }
    }

    /// Adds a contender.
    #[must_use]
    pub(crate) fn by(mut self, contender: impl Into<Option<Contender>>) -> Self {
        self.contenders.extend(contender.into());
        self
    }

    /// Promises to take at most `ratio` times what another takes.
    #[must_use]
    pub(crate) fn at_most(mut self, ratio: f64, against: &'static str) -> Self {
        self.goals.push(Goal { against, bound: Bound::AtMost(ratio) });
        self
    }

    /// Promises to be at least `ratio` times as fast as another.
    #[must_use]
    pub(crate) fn faster(mut self, ratio: f64, against: &'static str) -> Self {
        self.goals.push(Goal { against, bound: Bound::Faster(ratio) });
        self
    }

    fn group(&self) -> String {
        match self.row {
            0 => self.work.to_owned(),
            row => format!("row {row}: {}", self.work),
        }
    }
}

impl Contender {
    /// Something that does the work once when it is called.
    pub(crate) fn new<T>(name: &'static str, mut work: impl FnMut() -> T + 'static) -> Self {
        Self::timed(name, move |times| {
            let start = clock::now();
            for _ in 0..times {
                black_box(work());
            }
            clock::now().saturating_sub(start)
        })
    }

    /// Something that does the work as often as it is told and takes the time itself.
    pub(crate) fn timed(name: &'static str, run: impl FnMut(u64) -> Duration + 'static) -> Self {
        Self { name, units: 1, run: Box::new(run) }
    }

    #[must_use]
    pub(crate) fn per(mut self, units: u32) -> Self {
        self.units = units;
        self
    }

    pub(crate) fn run(&mut self, times: u64) -> Duration {
        (self.run)(times)
    }
}

/// Each contest as a group of criterion, for a look at one thing at a time: `cargo bench --bench events -- "row 1"`.
pub(crate) fn with_criterion(contests: Vec<Contest>) {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(30)
        .configure_from_args();
    for contest in contests {
        let mut group = criterion.benchmark_group(contest.group());
        for mut contender in contest.contenders {
            group.bench_function(format!("{}/{}", contest.document, contender.name), |bencher| {
                bencher.iter_custom(|times| contender.run(times));
            });
        }
    }
    criterion.final_summary();
}
