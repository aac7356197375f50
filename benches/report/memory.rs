//! The rows that are no times: what `tests/allocations.rs` counts.

use std::process::{Command, Stdio};

use super::Line;

/// The lines that the test prints as `row 12 | what | goal | measured | met`.
///
/// It is a test so that it holds always; here it runs once more for its numbers.
pub(crate) fn allocations() -> Vec<Line> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["test", "--profile", "bench", "--test", "allocations"]);
    if cfg!(feature = "libwbxml") {
        // With other features all would be built once more.
        command.args(["--features", "libwbxml"]);
    }
    // What cargo tells the benches about this package, build scripts would take for news.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_PKG_") {
            command.env_remove(name);
        }
    }
    let output = command
        // One test after the other, so that their lines keep their order.
        .args(["--", "--nocapture", "--test-threads=1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .expect("start cargo");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "tests/allocations.rs fails:\n{printed}");
    printed.lines().filter_map(line).collect()
}

fn line(printed: &str) -> Option<Line> {
    let (_, cells) = printed.split_once("row ")?;
    let mut cells = cells.split(" | ").map(|cell| cell.trim().to_owned());
    Some(Line {
        row: cells.next()?.parse().ok()?,
        work: cells.next()?,
        against: String::new(),
        goal: cells.next()?,
        measured: cells.next()?,
        met: cells.next()? == "yes",
        of_the_goal: None,
    })
}
