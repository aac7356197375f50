//! libwbxml, the C library, in a program of its own that times itself: calling C needs `unsafe`, which the packages of
//! this workspace forbid. The program is compiled when it is first needed, so that nothing but measuring with the
//! feature `libwbxml` asks for the library.

use std::cell::RefCell;
use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::rc::Rc;
use std::sync::OnceLock;
use std::time::Duration;

use wbxml::Event;

use super::wbxml::all_events;
use crate::contest::Contender;
use crate::documents::Document;

#[derive(Clone, Copy)]
pub(crate) enum Work {
    Events,
    /// A tree of its own becomes a document.
    Encode,
    ToXml,
    /// From the XML that it makes itself, which has its own idea of namespaces.
    FromXml,
}

/// libwbxml at this work, if the feature is on.
///
/// # Panics
/// If there is no libwbxml or no C compiler, or if it does not read in the document what is in there.
pub(crate) fn contender(work: Work, document: &Document) -> Option<Contender> {
    if !cfg!(feature = "libwbxml") {
        return None;
    }
    let program = Rc::new(RefCell::new(Program::start(work, document)));
    Some(Contender::timed("libwbxml", move |times| program.borrow_mut().run(times)))
}

struct Program {
    process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Program {
    fn start(work: Work, document: &Document) -> Self {
        let file = directory().join("document.wbxml");
        fs::write(&file, document.bytes).expect("write the document");
        let mut process = Command::new(compiled())
            .arg(match work {
                Work::Events => "events",
                Work::Encode => "encode",
                Work::ToXml => "to-xml",
                Work::FromXml => "from-xml",
            })
            .arg(file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("start the program that was just compiled");
        let input = process.stdin.take().expect("a pipe");
        let output = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let mut program = Self { process, input, output };
        let seen = program.answer();
        let expected = facts(document.bytes);
        assert!(
            seen.starts_with(&expected) && !seen.ends_with(" 0"),
            "libwbxml sees in {} elements, ends, bytes, and makes {seen}; expected {expected}",
            document.name
        );
        program
    }

    fn run(&mut self, times: u64) -> Duration {
        writeln!(self.input, "{times}").expect("libwbxml still runs");
        Duration::from_nanos(self.answer().parse().expect("nanoseconds"))
    }

    fn answer(&mut self) -> String {
        self.output.next().expect("libwbxml still runs").expect("text")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It would end by itself once its input is closed, which happens after this.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Elements, ends, and bytes of content, as the program prints them.
fn facts(document: &'static [u8]) -> String {
    let (mut elements, mut ends, mut bytes) = (0, 0, 0);
    for event in all_events(document) {
        match event {
            Event::Start { .. } => elements += 1,
            Event::End => ends += 1,
            Event::Text(text) => bytes += text.len(),
            Event::Opaque(opaque) => bytes += opaque.len(),
            _ => {}
        }
    }
    format!("{elements} {ends} {bytes} ")
}

fn compiled() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/libwbxml.c");
        let program = directory().join("libwbxml-peer");
        let compiler = env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        let status = Command::new(&compiler)
            .args(["-O2", "-Wall", "-Wextra", "-I/usr/include/libwbxml-1.0", "-o"])
            .args([&program, &source])
            .args(["-lwbxml2", "-lexpat"])
            .status();
        match status {
            Ok(status) if status.success() => program,
            other => panic!(
                "{compiler} cannot compile benches/peers/libwbxml.c ({other:?}): install libwbxml2-dev, or leave \
                 out --features libwbxml"
            ),
        }
    })
}

/// Where the program and its documents lie while the bench runs.
fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}
