//! The guided tour: what the crates of this repository do, shown and checked on this machine.
//!
//! It starts a server with a sample mailbox, synchronizes that with the client, compares what arrived with the files,
//! sends a message and sees it arrive by Ping, lets two devices disagree about a contact, and tells what crossed the
//! wire. [`walk`] does that on a [`Stage`]; [`main`] is the command line.

use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use activesync_client::Client;
use clap::Parser;
use wbxml::ProtocolVersion;

pub use check::Failure;
pub use compare::Compared;
pub use report::Report;
pub use stage::{Place, Stage, User};
pub use wire::Amount;

use check::{Checks, Result};
use mirror::Mirror;
use report::{count, duration, grouped};
use wire::Wire;

mod check;
mod compare;
mod conflict;
mod lines;
mod mirror;
mod push;
mod report;
mod sample;
mod serve;
mod stage;
mod versions;
mod wire;

/// A guided tour of the activesync crates: a server with a sample mailbox, a client that synchronizes it, and a
/// comparison of the two. Exit status 0 says that all of it worked.
#[derive(Debug, Parser)]
#[command(name = "activesync", version)]
struct Options {
    /// Only set up the server and the account, say how to add it to a phone, and leave the server running until
    /// Ctrl-C.
    #[arg(long)]
    serve: bool,
    /// Where the server listens; port 0 takes a free one. For other devices: 0.0.0.0:8080.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Keep users and mailboxes in this new directory; a temporary one is removed in the end.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// The longest that the tour may take: something hangs if it takes longer.
const LIMIT: Duration = Duration::from_mins(5);

/// The command line; the first argument is the program's name. Exit status 0 is success, 1 a step that failed, 2 a
/// wrong command line.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let options = match Options::try_parse_from(arguments) {
        Ok(options) => options,
        Err(error) => {
            let printed = !matches!(error.print(), Err(fault) if fault.kind() != io::ErrorKind::BrokenPipe);
            return match error.exit_code() {
                0 if !printed => ExitCode::FAILURE,
                status => ExitCode::from(u8::try_from(status).unwrap_or(2)),
            };
        }
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the program's threads cannot be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nFAILED in step {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<()> {
    let mut report = Report::stdout();
    let place = Place { listen: options.listen, keep: options.keep };
    let stage = Stage::set_up(&place, &mut report)?;
    if options.serve {
        return serve::until_interrupted(stage, &mut report).await;
    }
    let walked = tokio::select! {
        walked = walk(&stage, &mut report) => walked,
        () = interrupted() => Err(Checks::new("Ctrl-C").failure("the end of the tour", "an interruption")),
    };
    // Also after a failure: what is temporary goes.
    let closed = stage.close().await;
    let outcome = walked?;
    closed?;
    report.text(&outcome.to_string());
    report.check()
}

/// Ready on Ctrl-C and, where there is such a thing, SIGTERM.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => return,
                _ = tokio::signal::ctrl_c() => return,
            }
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// What the tour found.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// Checks that held.
    pub checks: u64,
    /// What was compared with the files, at the newest version.
    pub compared: Compared,
    /// From sending a message to the end of the Ping of who gets it.
    pub wake: Duration,
    /// What crossed the wire.
    pub wire: Amount,
    /// How long it took, without setting up the stage.
    pub took: Duration,
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\nAll of it worked: {} checks in {}.", grouped(self.checks), duration(self.took))
    }
}

/// What the steps share.
struct Tour<'t> {
    stage: &'t Stage,
    report: &'t mut Report,
    checks: Checks,
    wire: Wire,
}

/// Takes the tour on a stage that was just set up, and tells about it.
///
/// # Errors
/// [`Failure`] at the first check that does not hold.
pub async fn walk(stage: &Stage, report: &mut Report) -> Result<Outcome, Failure> {
    let mut tour = Tour { stage, report, checks: Checks::new(CONNECTION), wire: Wire::default() };
    let walked = tokio::time::timeout(LIMIT, tour.steps()).await;
    let late = || tour.checks.failure(format!("an end within {}", duration(LIMIT)), "none");
    walked.unwrap_or_else(|_| Err(late()))
}

const CONNECTION: &str = "Connection";

impl Tour<'_> {
    async fn steps(&mut self) -> Result<Outcome> {
        let began = Instant::now();
        self.step(CONNECTION, "options, policy, folders");
        let client = self.connect(self.stage.ada(), None).await?;
        let mut mirror = self.introduce(client).await?;

        self.step("Synchronization", "everything, for the first time");
        self.synchronize(&mut mirror).await?;

        self.step("Comparison", "what arrived is what the files say");
        let compared = self.compare_and_tell(&mirror).await?;

        self.step("Versions", "the same all over again, as older devices speak");
        self.other_versions(compared).await?;

        self.step("Push", "a message to somebody who waits for it");
        let wake = self.push(&mut mirror).await?;

        self.step("Conflict", "two devices of Ada's change the same contact");
        self.conflicts(&mut mirror).await?;
        self.same_on_both_sides(&mut mirror).await?;

        self.step("Wire", "what all of this was, in bytes of HTTP bodies");
        let wire = self.tell_what_crossed_the_wire()?;
        Ok(Outcome { checks: self.checks.held(), compared, wake, wire, took: began.elapsed() })
    }

    fn step(&mut self, title: &'static str, about: &str) {
        self.checks.begin(title);
        self.report.heading(title, about);
    }

    /// A device of a user, which the server has never seen.
    async fn connect(&mut self, user: &User, version: Option<ProtocolVersion>) -> Result<Client> {
        let client = Client::builder(self.stage.url()).login(user.name, &user.password);
        let client = match version {
            Some(version) => client.version(version),
            None => client,
        };
        let client = self.wire.watch(client).connect().await;
        let client = self.checks.done(format_args!("{} to log in", user.name), client)?;
        let wanted = version.unwrap_or(ProtocolVersion::LATEST);
        self.checks.equal("the protocol version", &wanted, &client.version())?;
        Ok(client)
    }

    /// What server and client say of themselves, and the folders.
    async fn introduce(&mut self, client: Client) -> Result<Mirror> {
        let options = self.checks.done("the server's options", client.options().await)?;
        let versions: Vec<_> = options.versions.iter().map(ToString::to_string).collect();
        self.report
            .fact("versions", format!("{}; this client takes {}", versions.join(" "), client.version()));
        let commands: Vec<_> = options.commands.iter().map(ToString::to_string).collect();
        for (index, some) in commands.chunks(7).enumerate() {
            self.report.fact(if index == 0 { "commands" } else { "" }, some.join(" "));
        }
        self.checks.done("a policy", client.provision().await)?;
        self.report.fact("policy", "asked for, and agreed to");
        let mirror = Mirror::of(client, &mut self.checks).await?;
        self.report.fact("folders", count(mirror.folders.iter().count() as u64, "folder"));
        Ok(mirror)
    }
}
