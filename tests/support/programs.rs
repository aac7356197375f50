//! The programs themselves, as processes that can be killed.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::{env, io};

const PACKAGES: [&str; 2] = ["activesync-server", "activesync-client"];

/// A program of the family, built from the sources as they are now.
pub(crate) fn program(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let directory = BUILT.get_or_init(|| {
        // This executable is in `deps` of the directory that has the programs.
        let here = env::current_exe().expect("the system tells");
        let directory = here.parent().and_then(Path::parent).expect("it is two directories deep").to_owned();
        // `cargo test --workspace` has built them by now; a test of this package alone has not.
        if !PACKAGES.iter().all(|name| is_fresh(&executable(&directory, name)).unwrap_or(false)) {
            build(&directory);
        }
        directory
    });
    executable(directory, name)
}

fn executable(directory: &Path, name: &str) -> PathBuf {
    directory.join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// Whether a program is newer than all that it is made of, which cargo lists in a file beside it.
fn is_fresh(program: &Path) -> io::Result<bool> {
    let built = fs::metadata(program)?.modified()?;
    let list = fs::read_to_string(program.with_extension("d"))?;
    let Some((_, sources)) = list.split_once(": ") else { return Ok(false) };
    // A space in a path is escaped by a backslash.
    for source in sources.trim().replace("\\ ", "\0").split(' ') {
        if fs::metadata(source.replace('\0', " "))?.modified()? > built {
            return Ok(false);
        }
    }
    Ok(true)
}

fn build(directory: &Path) {
    let profile = match directory.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--quiet", "--bins", "--profile", profile, "--target-dir"])
        .arg(directory.parent().expect("the profile's directory is in another"))
        .args(PACKAGES.iter().flat_map(|package| ["--package", package]))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("cargo starts");
    assert!(status.success(), "the programs cannot be built");
}

/// A process that ends with this value. What it says on standard error goes to a file.
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    pub(crate) fn start(command: &mut Command, log: &Path) -> Self {
        let file = File::options().create(true).append(true).open(log).expect("the log opens");
        let child = command.stderr(file).spawn().unwrap_or_else(|fault| panic!("{command:?}: {fault}"));
        Self { child, log: log.to_owned() }
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("it is our own child")
    }

    /// Kills it at once, wherever it is (SIGKILL). Whether it was still running.
    pub(crate) fn kill(&mut self) -> bool {
        let was_running = self.ended().is_none();
        // Fails when it has ended, which is as good.
        let _ = self.child.kill();
        self.child.wait().expect("it is our own child");
        was_running
    }

    /// What it and its predecessors said last.
    pub(crate) fn said(&self) -> String {
        let text = fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&text[text.len().saturating_sub(2_000)..]).into_owned()
    }

    fn take_stdout(&mut self) -> ChildStdout {
        self.child.stdout.take().expect("standard output is a pipe")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The server on a data directory.
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
    _stdout: BufReader<ChildStdout>,
}

impl Server {
    /// Starts it and waits until it listens.
    pub(crate) fn start(data: &Path, listen: SocketAddr, log: &Path) -> Self {
        let mut command = Command::new(program("activesync-server"));
        command.args(["serve", "--listen", &listen.to_string(), "--data"]).arg(data);
        let mut process = Process::start(command.stdin(Stdio::null()).stdout(Stdio::piped()), log);
        let mut stdout = BufReader::new(process.take_stdout());
        let mut line = String::new();
        stdout.read_line(&mut line).expect("its output is text");
        let address = line.trim().strip_prefix("listening on http://").and_then(|rest| rest.parse().ok());
        let address = address.unwrap_or_else(|| panic!("the server said {line:?}\n{}", process.said()));
        Self { process, address, _stdout: stdout }
    }
}

/// Runs a program to its end, with this on its standard input; what it printed.
#[track_caller]
pub(crate) fn run(command: &mut Command, input: &str) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|fault| panic!("{command:?}: {fault}"));
    // It may end without reading.
    let _ = child.stdin.take().expect("standard input is a pipe").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("it is our own child");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{errors}", output.status);
    String::from_utf8(output.stdout).expect("its output is text")
}
