//! The messages for slips: `tests/ui/*.rs` with what the compiler says beside each.
//!
//! The words are partly rustc's own and change with it, so they are compared on the oldest supported version only,
//! which the manifest names. `TRYBUILD=overwrite cargo test --test ui` writes them anew.

use std::process::Command;

#[test]
fn slips_have_one_clear_message_each() {
    let supported = env!("CARGO_PKG_RUST_VERSION");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("rustc says its version").stdout;
    let version = String::from_utf8(version).expect("the version is text");
    if !version.contains(&format!(" {supported}.")) {
        println!("SKIPPED: the messages are those of rustc {supported}, this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
