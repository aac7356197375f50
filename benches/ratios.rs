//! Everything against its peers in one run, as ratios of medians: the table and the plot of README.md.
//!
//! ```text
//! cargo bench --bench ratios --features libwbxml              measures and prints the table
//! cargo bench --bench ratios --features libwbxml -- --write   and writes it into benches/README.md
//! cargo bench --bench ratios -- 5 7                           measures these rows only, without libwbxml
//! ```

mod contest;
mod documents;
mod peers;
mod report;
mod values;

use std::process::ExitCode;

use contest::Contest;
use report::Line;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rows: Vec<u8> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let write = arguments.iter().any(|argument| argument == "--write");
    if write && (!rows.is_empty() || !cfg!(feature = "libwbxml")) {
        eprintln!(
            "--write wants all rows and --features libwbxml: a table with holes would take the place of a whole one"
        );
        return ExitCode::from(2);
    }
    // `cargo test --benches` asks whether it works, not how fast.
    let measures = arguments.iter().any(|argument| argument == "--bench");
    let wanted = |row: u8| rows.is_empty() || rows.contains(&row);

    // First, since it may have to be built.
    let mut lines = Vec::new();
    if measures && (wanted(12) || wanted(13)) {
        lines.extend(report::allocations());
    }
    let mut all_measured = Vec::new();
    for contests in CONTESTS {
        for contest in contests().into_iter().filter(|contest| wanted(contest.row)) {
            if !measures {
                report::try_once(contest);
                continue;
            }
            let measured = report::measure(contest);
            eprintln!("{measured}");
            all_measured.push(measured);
        }
    }
    if !measures {
        return ExitCode::SUCCESS;
    }
    lines.extend(Line::of(&all_measured));
    lines.sort_by_key(|line| line.row);
    let table = report::table(&lines, &all_measured);
    println!("{table}");
    if write {
        report::write(&table, &lines);
    }
    ExitCode::SUCCESS
}

/// One after the other, since each has its documents in memory and libwbxml running.
const CONTESTS: [fn() -> Vec<Contest>; 5] = [
    contest::events::contests,
    contest::typed::contests,
    contest::encode::contests,
    contest::xml::contests,
    contest::growth::contests,
];
