//! The program `activesync-client`: see README.md.

use std::process::ExitCode;

use clap::Parser;

mod cli;

fn main() -> ExitCode {
    cli::run(cli::Arguments::parse())
}
