//! The command line.

use std::env::VarError;
use std::fmt;
use std::io::{BufRead, ErrorKind as IoErrorKind, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use activesync_client::{
    Client, ClientBuilder, Error, Folder, Folders, ProtocolVersion, SqliteState, StateError,
};
use anyhow::{Context, Result, bail};
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand};
use tracing_subscriber::filter::{EnvFilter, LevelFilter};

use text::{Count, WIDEST, brief, bytes, harmless};
use xml::XmlSize;

mod advice;
mod outage;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;
mod sync;
mod text;
mod watch;
mod xml;

/// Synchronize a mailbox over Exchange ActiveSync
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    connection: Connection,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
struct Connection {
    /// Address of the server, such as https://mail.example.org
    #[arg(long, global = true, value_name = "URL")]
    url: Option<String>,
    /// User, as the server knows them: ada, ada@example.org or EXAMPLE\ada
    #[arg(long, global = true, value_name = "NAME")]
    user: Option<String>,
    #[command(flatten)]
    password: PasswordSource,
    /// Protocol version, instead of the newest that the server has too
    #[arg(long, global = true, value_name = "V")]
    protocol: Option<ProtocolVersion>,
    /// Directory that remembers what was synchronized
    #[arg(long, global = true, value_name = "DIR")]
    state: Option<PathBuf>,
    /// PEM file with certificates to trust besides those of the system
    #[arg(long, global = true, value_name = "FILE")]
    ca_cert: Option<PathBuf>,
    /// Milliseconds until a request that got no answer is repeated; each further pause is twice as long
    #[arg(long, global = true, value_name = "MS", default_value_t = 500, hide = true)]
    retry_pause: u64,
    /// Send queries in their short form
    #[arg(long, global = true)]
    base64_query: bool,
}

#[derive(Debug, Args)]
struct PasswordSource {
    /// Read the password from the first line of standard input
    #[arg(long, global = true)]
    password_stdin: bool,
    /// Read the password from this environment variable
    #[arg(long, global = true, value_name = "VAR")]
    password_env: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show which protocol versions and commands the server has
    Options,
    /// List the folders of the mailbox
    Folders,
    /// Show how many changes there are to synchronize
    Estimate {
        /// Folders, by name or path; all unless given
        folders: Vec<String>,
    },
    /// Fetch messages (.eml), contacts (.vcf) and events (.ics); again: what has changed since
    Sync {
        /// Folders, by name or path; all unless given
        folders: Vec<String>,
        /// Directory for the files, one directory in it for each folder
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// The most changes to ask for at once
        #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=512))]
        window: u32,
    },
    /// Send a message
    Send {
        /// File with the message; - for standard input
        file: PathBuf,
    },
    /// Wait for changes, and synchronize when something arrives
    Watch {
        /// Folders, by name or path; all unless given
        folders: Vec<String>,
        /// Directory for the files; the one of the last sync unless given
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

/// Runs the program: 0 when it worked, 1 when not. Wrong usage has ended with 2 by now.
pub(crate) fn run(arguments: Arguments) -> ExitCode {
    log();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    match runtime.block_on(execute(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

/// What goes on is for those who ask for it with `RUST_LOG`: what a person has to know, the program says itself.
fn log() {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::OFF.into()).from_env_lossy();
    let colours = is_watched() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
}

/// Writes a line to standard output.
fn say(line: fmt::Arguments<'_>) -> Result<(), Error> {
    let fault = |source| Error::File { path: "standard output".into(), source };
    writeln!(std::io::stdout().lock(), "{}", harmless(line)).map_err(fault)
}

/// Writes a line to standard error, which may be closed.
fn note(line: fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stderr().lock(), "{}", harmless(line));
}

fn fail(error: &anyhow::Error) -> ExitCode {
    if matches!(error.downcast_ref(), Some(Error::File { source, .. }) if source.kind() == IoErrorKind::BrokenPipe)
    {
        // Who reads has read enough, as `head` does.
        return ExitCode::SUCCESS;
    }
    note(format_args!("error: {}", advice::explain(error)));
    ExitCode::FAILURE
}

async fn execute(Arguments { connection, command }: Arguments) -> Result<()> {
    let xml = XmlSize::default();
    let connection = connection.read(&xml)?;
    match command {
        Command::Options => options(&connection.beside_others().await?).await,
        Command::Folders => folders(connection).await,
        Command::Estimate { folders } => estimate(&connection.alone().await?, &folders).await,
        Command::Sync { folders, out, window } => {
            sync::run(&connection.alone().await?, &folders, out, window, &xml).await
        }
        Command::Send { file } => {
            let message = read_message(&file)?;
            send(&connection.beside_others().await?, message).await
        }
        Command::Watch { folders, out } => {
            let pause = connection.pause;
            watch::run(&connection.alone().await?, &folders, out, pause, &xml).await
        }
    }
}

/// A client that knows all but its state.
struct Ready {
    builder: ClientBuilder,
    state: PathBuf,
    /// The first pause when the server does not answer.
    pause: Duration,
}

impl Ready {
    /// A client that has the state for itself: only so it can synchronize.
    async fn alone(self) -> Result<Client> {
        let state = self.lock().await?;
        Ok(self.builder.state(state).connect().await?)
    }

    /// A process that was killed may need a moment to be gone.
    async fn lock(&self) -> Result<SqliteState, StateError> {
        for _ in 1..ATTEMPTS {
            match SqliteState::open(&self.state) {
                Err(StateError::InUse { .. }) => tokio::time::sleep(self.pause).await,
                done => return done,
            }
        }
        SqliteState::open(&self.state)
    }

    /// A client that synchronizes nothing, and needs not have the state for itself. Only the first one does, which
    /// makes the device up.
    async fn beside_others(self) -> Result<Client> {
        match SqliteState::glance(&self.state)? {
            Some(copy) => Ok(self.builder.state(copy).connect().await?),
            None => self.alone().await,
        }
    }
}

/// How often a request is sent before the server counts as away.
const ATTEMPTS: u32 = 4;

impl Connection {
    fn read(self, xml: &XmlSize) -> Result<Ready> {
        let given = |value: &'_ Option<String>| value.clone().filter(|value| !value.is_empty());
        let url = &given(&self.url).unwrap_or_else(|| missing("--url <URL>"));
        let user = &given(&self.user).unwrap_or_else(|| missing("--user <NAME>"));
        let password = self.password.read()?;
        let state = self.state.clone().map_or_else(|| default_state(url, user), Ok)?;
        let pause = Duration::from_millis(self.retry_pause);
        let mut builder = Client::builder(url)
            .login(user, password)
            .attempts(ATTEMPTS, pause)
            .base64_query(self.base64_query)
            .on_exchange(xml.observer());
        if let Err(error) = builder.check() {
            wrong_usage(ErrorKind::ValueValidation, &format!("--url <URL>: {error}"));
        }
        if let Some(version) = self.protocol {
            builder = builder.version(version);
        }
        if let Some(file) = &self.ca_cert {
            let pem = std::fs::read(file).with_context(|| file.display().to_string())?;
            builder = builder.add_root_certificates(&pem).with_context(|| file.display().to_string())?;
        }
        Ok(Ready { builder, state: state.join("state.db"), pause })
    }
}

/// Options that may stand before or after the command cannot be required, or exclude each other, in the usual way.
fn wrong_usage(kind: ErrorKind, message: &str) -> ! {
    Arguments::command().error(kind, message).exit()
}

fn missing(option: &str) -> ! {
    wrong_usage(ErrorKind::MissingRequiredArgument, &format!("the option {option} is required"))
}

impl PasswordSource {
    fn read(&self) -> Result<String> {
        if self.password_stdin && self.password_env.is_some() {
            wrong_usage(
                ErrorKind::ArgumentConflict,
                "there can be only one of --password-stdin and --password-env <VAR>",
            );
        }
        if self.password_stdin {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line).context("the password cannot be read")?;
            return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
        }
        let Some(variable) = &self.password_env else { missing("--password-stdin or --password-env <VAR>") };
        // Not the fault itself, which shows what is no UTF-8.
        let wrong = |fault| {
            let what = if fault == VarError::NotPresent { "not set" } else { "not UTF-8" };
            let message = format!("--password-env {variable}: the environment variable is {what}");
            wrong_usage(ErrorKind::ValueValidation, &message)
        };
        Ok(std::env::var(variable).unwrap_or_else(wrong))
    }
}

/// A directory for each user and server, where the system wants such things to be.
fn default_state(url: &str, user: &str) -> Result<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = variable("XDG_STATE_HOME")
        .or_else(|| variable("LOCALAPPDATA"))
        .or_else(|| variable("HOME").map(|home| home.join(".local/state")));
    let Some(base) = base else { bail!("there is no home directory to keep the state in: give --state DIR") };
    let host = url.split("://").last().unwrap_or(url).split('/').next().unwrap_or(url);
    let safe = |text: &str| text.replace(|c: char| !c.is_ascii_alphanumeric() && !"-._@".contains(c), "_");
    Ok(base.join("activesync-client").join(format!("{}@{}", safe(user), safe(host))))
}

async fn options(client: &Client) -> Result<()> {
    let options = client.options().await?;
    let list = |names: Vec<String>| if names.is_empty() { "not said".to_owned() } else { names.join(", ") };
    say(format_args!("versions  {}", list(options.versions.iter().map(ToString::to_string).collect())))?;
    say(format_args!("commands  {}", list(options.commands.iter().map(ToString::to_string).collect())))?;
    say(format_args!("in use    {}", client.version()))?;
    Ok(())
}

async fn folders(ready: Ready) -> Result<()> {
    let folders = match SqliteState::open(&ready.state) {
        Err(in_use @ StateError::InUse { .. }) => {
            let copy = SqliteState::glance(&ready.state)?.ok_or(in_use)?;
            note(format_args!(
                "another activesync-client synchronizes with this state: these are the folders that it knows"
            ));
            ready.builder.state(copy).connect().await?.known_folders().await?
        }
        state => ready.builder.state(state?).connect().await?.folders().await?,
    };
    let rows: Vec<_> = folders
        .iter()
        .map(|folder| {
            // Whole, since it is what names the folder.
            let path = harmless(folders.path(folder));
            (path, format!("{:?}", folder.folder_type), harmless(&folder.id))
        })
        .collect();
    let wide = |column: fn(&(String, String, String)) -> &String| {
        rows.iter().map(|row| column(row).chars().count()).max().unwrap_or(0).min(WIDEST)
    };
    let (path, kind) = (wide(|row| &row.0), wide(|row| &row.1));
    for row in &rows {
        say(format_args!("{:path$}  {:kind$}  {}", row.0, row.1, row.2))?;
    }
    Ok(())
}

async fn estimate(client: &Client, names: &[String]) -> Result<()> {
    let folders = client.folders().await?;
    let chosen = choose(&folders, names, |folder| sync::keeps(client, folder))?;
    let estimates = client.estimate(&chosen).await?;
    let path = |folder| brief(folders.path(folder));
    let widest = chosen.iter().map(|folder| path(folder).chars().count()).max().unwrap_or(0).max(5);
    let mut total = 0;
    for estimate in &estimates {
        total += u64::from(estimate.changes);
        say(format_args!(
            "{:widest$}  {:>9}",
            path(&estimate.folder),
            Count(estimate.changes.into()).to_string()
        ))?;
    }
    say(format_args!("{:widest$}  {:>9}", "total", Count(total).to_string()))?;
    Ok(())
}

fn read_message(file: &Path) -> Result<Vec<u8>> {
    let mut message = Vec::new();
    if file.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut message).context("standard input")?;
    } else {
        message = std::fs::read(file).with_context(|| file.display().to_string())?;
    }
    let message = text::with_crlf(&message);
    if !text::has_recipient(&message) {
        bail!("{}: the message has no To, Cc or Bcc: nobody would get it", file.display());
    }
    Ok(message)
}

async fn send(client: &Client, message: Vec<u8>) -> Result<()> {
    let length = message.len() as u64;
    client.send_mail(message).await?;
    say(format_args!("sent, {}", bytes(length)))?;
    Ok(())
}

/// The folders of these names, or all that pass.
fn choose(
    folders: &Folders,
    names: &[String],
    passes: impl Fn(&Folder) -> bool,
) -> Result<Vec<Folder>, Error> {
    if names.is_empty() {
        return Ok(folders.iter().filter(|folder| passes(folder)).cloned().collect());
    }
    names.iter().map(|name| folders.find(name)).collect()
}

/// Whether a person is watching who would like to see progress.
fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}
