//! The command line of the server. It is a function, so that other programs can have it as a part of theirs.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::net::ToSocketAddrs;
use std::path::PathBuf;
use std::process::ExitCode;

use activesync_types::provision::EasProvisionDoc;
use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use tracing_subscriber::EnvFilter;
use wbxml::OrEmpty;

use crate::admin::{Importer, Progress};
use crate::http::{ActiveSync, Listener, tls_config};
use crate::store::{NewUser, Store};
use crate::{Policy, Relay};

/// An Exchange ActiveSync server with embedded storage.
#[derive(Debug, Parser)]
#[command(name = "activesync-server", version)]
struct Cli {
    #[command(subcommand)]
    command: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Run the server until it is told to stop (SIGTERM, Ctrl-C).
    Serve(Serve),
    /// Manage who may use the server.
    User {
        #[command(subcommand)]
        action: UserAction,
    },
    /// Put mail, contacts and events into a user's mailbox. What cannot be imported is named and makes exit status 1; all
    /// the rest is imported. What of an event or contact there is no place for, or cannot be read, is named as well, and
    /// leaves the exit status at 0. What was imported before is not imported again.
    Import(Import),
}

#[derive(Debug, Args)]
struct Data {
    /// The directory with users and mailboxes.
    #[arg(long, value_name = "DIR", env = "ACTIVESYNC_DATA")]
    data: PathBuf,
}

#[derive(Debug, Args)]
struct Serve {
    #[command(flatten)]
    data: Data,
    /// Where to listen: an address or a name of this machine, and a port; port 0 takes a free one, and the first line
    /// of output tells which.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080", value_parser = host_and_port)]
    listen: String,
    /// The certificate and those that it depends on, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Where mail for others than this server's users goes: smtps://USER:PASSWORD@HOST, smtp://HOST?tls=required.
    /// Without it these get nothing, and the sender is told.
    #[arg(long, value_name = "URL", env = "ACTIVESYNC_RELAY", hide_env_values = true)]
    relay: Option<String>,
    /// Turn devices away that have not taken the policy.
    #[arg(long)]
    require_policy: bool,
    /// The policy demands that the device has a password of at least so many characters. Includes --require-policy.
    #[arg(long, value_name = "CHARACTERS", value_parser = clap::value_parser!(u8).range(1..=16))]
    device_password: Option<u8>,
}

#[derive(Debug, Subcommand)]
enum UserAction {
    /// Add a user with an empty mailbox.
    Add {
        #[command(flatten)]
        data: Data,
        /// The name to log in with.
        name: String,
        /// The mail address; the name if that is one.
        #[arg(long, value_name = "ADDRESS")]
        address: Option<String>,
        /// The name that others see.
        #[arg(long, value_name = "NAME")]
        display_name: Option<String>,
        #[command(flatten)]
        password: PasswordSource,
    },
    /// List all users.
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Give a user another password.
    Password {
        #[command(flatten)]
        data: Data,
        /// The name to log in with.
        name: String,
        #[command(flatten)]
        password: PasswordSource,
    },
    /// Remove a user and the mailbox with all that is in it.
    Remove {
        #[command(flatten)]
        data: Data,
        /// The name to log in with.
        name: String,
    },
}

#[derive(Debug, Args)]
struct PasswordSource {
    /// Read the password from the first line of standard input instead of asking for it.
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
struct Import {
    #[command(flatten)]
    data: Data,
    /// Whose mailbox.
    #[arg(long, value_name = "NAME")]
    user: String,
    /// Files (.eml, mbox, .ics, .vcf, a mail of a Maildir) and directories of them; a Maildir is one, too.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// Runs the command line; the first argument is the program's name. Exit status 0 is success, 1 failure, 2 a wrong
/// command line.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Only fails when nobody reads it.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let done = match cli.command {
        Action::Serve(options) => serve(&options),
        Action::User { action } => user(action),
        Action::Import(options) => import(&options),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", told(&error));
            ExitCode::FAILURE
        }
    }
}

/// An error with its causes, but for those that it names itself.
fn told(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |said, cause| match said.as_str() {
        "" => cause,
        said if said.contains(&cause) => said.to_owned(),
        said => format!("{said}: {cause}"),
    })
}

fn serve(options: &Serve) -> anyhow::Result<ExitCode> {
    let filter = EnvFilter::builder().with_default_directive(tracing::Level::INFO.into()).from_env_lossy();
    // Another program that includes this may have a log of its own.
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let _ = log.with_ansi(io::stderr().is_terminal()).try_init();
    let runtime = tokio::runtime::Runtime::new().context("the program's threads cannot be started")?;
    runtime.block_on(run_server(options))?;
    Ok(ExitCode::SUCCESS)
}

async fn run_server(options: &Serve) -> anyhow::Result<()> {
    let store = Store::open(&options.data.data)?;
    let _lock = store.lock_for_serving()?;
    let has_users = !store.users()?.is_empty();
    let mut builder = ActiveSync::builder(store).policy(policy(options));
    if let Some(url) = &options.relay {
        builder = builder.relay(Relay::from_url(url)?);
    }
    let mut listener = listen(&options.listen, &builder.build()?)
        .with_context(|| format!("cannot listen on {}", options.listen))?;
    let address = listener.local_addr()?;
    let scheme = if let (Some(certificates), Some(key)) = (&options.tls_cert, &options.tls_key) {
        listener = listener.tls(tls_config(certificates, key)?);
        "https"
    } else {
        if !address.ip().is_loopback() {
            tracing::warn!(
                "passwords and mail cross the network unencrypted: use --tls-cert and --tls-key, or listen on \
                 127.0.0.1 behind a proxy that speaks TLS"
            );
        }
        "http"
    };
    if !has_users {
        tracing::warn!("there is no user yet: `user add` adds one, also while the server runs");
    }
    println!("listening on {scheme}://{address}");
    io::stdout().flush()?;
    listener.run(told_to_stop()).await?;
    Ok(())
}

/// On the first of the addresses of a name that can be had: that of IPv6 may not be there.
fn listen(name: &str, service: &ActiveSync) -> io::Result<Listener> {
    let mut fault = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in name.to_socket_addrs()? {
        match Listener::bind(address, service.clone()) {
            Ok(listener) => return Ok(listener),
            Err(error) => fault = error,
        }
    }
    Err(fault)
}

/// What looks like one: names are resolved later.
fn host_and_port(text: &str) -> Result<String, String> {
    let parts = text.rsplit_once(':').filter(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    let is_ambiguous = |host: &str| host.contains(':') && !(host.starts_with('[') && host.ends_with(']'));
    match parts {
        Some((host, _)) if !is_ambiguous(host) => Ok(text.to_owned()),
        _ => {
            Err("expected a host and a port, such as 127.0.0.1:8080, localhost:8080 or [::1]:8080".to_owned())
        }
    }
}

fn policy(options: &Serve) -> Policy {
    match options.device_password {
        Some(length) => Policy::required(EasProvisionDoc {
            device_password_enabled: Some(true),
            min_device_password_length: Some(OrEmpty::Value(length)),
            ..EasProvisionDoc::default()
        }),
        None if options.require_policy => Policy::required(EasProvisionDoc {
            device_password_enabled: Some(false),
            ..EasProvisionDoc::default()
        }),
        None => Policy::default(),
    }
}

/// Ready on Ctrl-C and, where there is such a thing, SIGTERM.
async fn told_to_stop() {
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

fn user(action: UserAction) -> anyhow::Result<ExitCode> {
    match action {
        UserAction::Add { data, name, address, display_name, password } => {
            let store = Store::open(&data.data)?;
            let password = password.read(&name)?;
            store.add_user(&NewUser { name: name.clone(), address, display_name }, &password)?;
            println!("added {name}");
        }
        UserAction::List { data } => {
            let users = Store::open_existing(&data.data)?.users()?;
            let width = users.iter().map(|user| user.name.chars().count()).max().unwrap_or_default();
            for user in users {
                println!("{:width$}  {} <{}>", user.name, user.display_name, user.address);
            }
        }
        UserAction::Password { data, name, password } => {
            let store = Store::open_existing(&data.data)?;
            store.user(&name)?;
            store.set_password(&name, &password.read(&name)?)?;
            println!("changed the password of {name}");
        }
        UserAction::Remove { data, name } => {
            Store::open_existing(&data.data)?.remove_user(&name)?;
            println!("removed {name}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// How many of the files that are skipped are named.
const NAMED: u64 = 10;

fn import(options: &Import) -> anyhow::Result<ExitCode> {
    let store = Store::open_existing(&options.data.data)?;
    let user = store.user(&options.user)?;
    let style = "{wide_bar} {decimal_bytes}/{decimal_total_bytes}  {msg}  {elapsed}";
    let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template(style)?);
    let mut skipped = 0;
    let done =
        Importer::new(&store, &user).run(options.paths.iter().cloned(), &mut |progress| match progress {
            Progress::Found { bytes, .. } => bar.set_length(bytes),
            Progress::Done { bytes, items } => {
                bar.set_position(bytes);
                bar.set_message(count(items, "item"));
            }
            Progress::Fault(fault) => bar.suspend(|| eprintln!("{}", printable(fault))),
            Progress::Lost(loss) => bar.suspend(|| eprintln!("{}", printable(loss))),
            Progress::Skipped { path } => {
                skipped += 1;
                if skipped <= NAMED {
                    let path = printable(&path.display());
                    eprintln!("{path}: skipped: it is neither .eml, mbox, .ics nor .vcf");
                }
            }
        });
    bar.finish_and_clear();
    if skipped > NAMED {
        let more = count(skipped - NAMED, "more file");
        eprintln!("skipped as well, being neither .eml, mbox, .ics nor .vcf: {more}");
    }
    let report = match &done {
        Ok(report) => report,
        Err(stopped) => &stopped.report,
    };
    println!(
        "{}, {} and {} imported; there before: {}, duplicates: {}, not readable: {}, losses: {}",
        count(report.mails, "message"),
        count(report.contacts, "contact"),
        count(report.events, "event"),
        report.known,
        report.duplicates,
        report.faults,
        report.lost
    );
    let report = done.context("not all was imported; what was is known when the import is repeated")?;
    Ok(if report.faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Nothing that a terminal would obey, whatever names files have.
fn printable(text: &impl fmt::Display) -> String {
    text.to_string().chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

impl PasswordSource {
    fn read(&self, name: &str) -> anyhow::Result<String> {
        let password = if self.password_stdin {
            let mut line = String::new();
            io::stdin().read_line(&mut line).context("the password cannot be read")?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        } else {
            let ask = |prompt: String| {
                rpassword::prompt_password(prompt)
                    .context("cannot ask for a password: is there no terminal, use --password-stdin")
            };
            let password = ask(format!("Password for {name}: "))?;
            if ask("Again: ".to_owned())? != password {
                bail!("these are two different passwords");
            }
            password
        };
        if password.is_empty() {
            bail!("the password is empty");
        }
        Ok(password)
    }
}
