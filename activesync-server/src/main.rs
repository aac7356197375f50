//! The program: see `activesync-server --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    activesync_server::cli::run(std::env::args_os())
}
