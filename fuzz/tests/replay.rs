//! All inputs that were kept, without libFuzzer: those of `corpus/`, which reach what can be reached, and those of
//! `regressions/`, which once broke a law.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

macro_rules! targets {
    ($($target:ident)*) => {
        const TARGETS: &[&str] = &[$(stringify!($target)),*];

        $(#[test]
        fn $target() {
            replay(stringify!($target), activesync_fuzz::$target);
        })*
    };
}

targets! { arbitrary_values events from_xml multipart push query rewrite to_xml typed values }

fn replay(target: &str, law: fn(&[u8])) {
    let inputs = inputs(&folder("corpus").join(target));
    assert!(!inputs.is_empty(), "there is a corpus");
    let kept = self::inputs(&folder("regressions").join(target));
    let broken: Vec<_> = inputs
        .iter()
        .chain(&kept)
        .filter(|path| {
            let input = fs::read(path).expect("the input can be read");
            catch_unwind(|| law(&input)).is_err()
        })
        .collect();
    assert!(broken.is_empty(), "the law is broken by {broken:#?}");
}

#[test]
fn every_target_is_replayed() {
    let programs: BTreeSet<_> = inputs(&folder("targets"))
        .iter()
        .filter_map(|path| path.file_stem()?.to_str().map(str::to_owned))
        .collect();
    assert!(programs.iter().eq(TARGETS), "{programs:?}");
}

/// The files in a folder, which need not be there, in order.
fn inputs(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}
