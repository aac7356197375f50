//! The guided tour: `cargo run --release`, or with `-- --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    activesync::tour::main(std::env::args_os())
}
