//! The command line tool: looks into WBXML documents.

mod arguments;
mod input;
mod pages;

use std::io::{self, BufWriter, Write as _};
use std::process::ExitCode;

use arguments::{Arguments, Command, Names, Source};
use clap::Parser as _;
use input::{Input, read_text, read_wbxml};
use wbxml::codepages::languages;
use wbxml::string_table::{self, Policy};
use wbxml::xml::{Options, language_of};
use wbxml::{ACTIVESYNC, Dump, Error, ErrorKind, Event, Language, Limits, Reader};

/// The token that ends an element.
const END: u8 = 0x01;

/// Why the tool ends without having done what it was asked for.
enum Failure {
    /// The input is malformed: one line about it.
    BadInput(String),
    /// A file cannot be opened, or the result not written.
    Unable(String),
    /// Who reads the output has seen enough.
    ClosedPipe,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let (line, code) = match run(&arguments.command) {
        Ok(()) | Err(Failure::ClosedPipe) => return ExitCode::SUCCESS,
        Err(Failure::BadInput(line)) => (line, 1),
        Err(Failure::Unable(line)) => (line, 2),
    };
    // Where standard error is closed too, the exit status still tells.
    let _ = writeln!(io::stderr(), "{line}");
    ExitCode::from(code)
}

fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Decode { source, compact } => decode(source, *compact),
        Command::Encode { file, names, wbxml_version, string_table, strict, no_limits, hex } => {
            let mut options = Options::new().strict(*strict).limits(limits(*no_limits));
            if let Some(version) = *wbxml_version {
                options = options.wbxml_version(version);
            }
            encode(file, options, names, *string_table, *hex)
        }
        Command::Dump { source } => dump(source),
        Command::Check { source } => check(source),
        Command::Languages => list(),
    }
}

fn decode(source: &Source, compact: bool) -> Result<(), Failure> {
    let mut input = read_wbxml(&source.file, source.hex)?;
    let language = source.language_of(&input)?;
    if source.open_end && source.lacks_its_end(&input, language) {
        input.bytes.push(END);
    }
    let mut options =
        Options::new().language(language).strict(source.strict).limits(limits(source.no_limits));
    if compact {
        options = options.compact();
    }
    let mut output = Output { inner: BufWriter::new(io::stdout().lock()), fault: None };
    if let Err(error) = options.write_xml(&input.bytes, &mut output) {
        return Err(output.fault.take().map_or_else(|| input.failure(&error), Failure::from));
    }
    if compact {
        writeln!(output)?;
    }
    Ok(output.flush()?)
}

fn encode(
    file: &str,
    options: Options,
    names: &Names,
    string_table: Option<Policy>,
    hex: bool,
) -> Result<(), Failure> {
    let (name, xml) = read_text(file)?;
    let language = names.language.or_else(|| language_of(&xml)).unwrap_or(&ACTIVESYNC);
    let mut bytes = options
        .language(pages::extended(language, &names.pages)?)
        .from_xml(&xml)
        .map_err(|error| Failure::BadInput(printable(&format!("{name}: {error}{}", advice(&error)))))?;
    if let Some(policy) = string_table {
        bytes = string_table::rewrite(&bytes, policy).map_err(|error| {
            Failure::BadInput(printable(&format!("{name}: no string table can be made: {error}")))
        })?;
    }
    let mut output = BufWriter::new(io::stdout().lock());
    if hex {
        for row in bytes.chunks(16) {
            let digits: Vec<_> = row.iter().map(|byte| format!("{byte:02X}")).collect();
            writeln!(output, "{}", digits.join(" "))?;
        }
    } else {
        output.write_all(&bytes)?;
    }
    Ok(output.flush()?)
}

fn dump(source: &Source) -> Result<(), Failure> {
    let input = read_wbxml(&source.file, source.hex)?;
    let language = source.language_of(&input)?;
    let listing = Dump::new(&input.bytes)
        .language(language)
        .strict(source.strict)
        .open_end(source.open_end)
        .limits(limits(source.no_limits));
    let mut output = BufWriter::new(io::stdout().lock());
    write!(output, "{listing}")?;
    output.flush()?;
    read_through(&input, source, language).map(drop)
}

fn check(source: &Source) -> Result<(), Failure> {
    let input = read_wbxml(&source.file, source.hex)?;
    let elements = read_through(&input, source, source.language_of(&input)?)?;
    let (name, length) = (printable(&input.name), input.bytes.len());
    let s = |count: u64| if count == 1 { "" } else { "s" };
    Ok(writeln!(io::stdout(), "{name}: well-formed, {length} bytes, {elements} element{}", s(elements))?)
}

/// A row a language: name, public identifier, root element, formal public identifier.
fn list() -> Result<(), Failure> {
    let mut output = BufWriter::new(io::stdout().lock());
    for language in languages() {
        let number = match language.public_id {
            1 => "-".to_owned(),
            number => format!("0x{number:02X}"),
        };
        let (name, root, formal) = (language.name, language.details().root, language.formal_public_id);
        writeln!(output, "{}", format!("{name:16} {number:7} {root:20} {formal}").trim_end())?;
    }
    Ok(output.flush()?)
}

/// The number of elements of a document without a fault.
fn read_through(input: &Input, source: &Source, language: &'static Language) -> Result<u64, Failure> {
    let mut reader = source.reader(input, language);
    let mut elements = 0;
    loop {
        match reader.next() {
            Ok(Some(Event::Start { .. } | Event::Literal { .. })) => elements += 1,
            Ok(Some(_)) => {}
            Ok(None) => return Ok(elements),
            Err(error) => return Err(input.failure(&error)),
        }
    }
}

fn limits(none: bool) -> Limits {
    if none { Limits::NONE } else { Limits::default() }
}

/// What to do about an error, where there is something.
fn advice(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::LimitExceeded { .. } => " (--no-limits)",
        _ => "",
    }
}

impl Source {
    /// The language that was asked for, or the one that the document names, or ActiveSync.
    fn language_of(&self, input: &Input) -> Result<&'static Language, Failure> {
        let named = || Reader::new(&input.bytes).header().ok()?.language();
        let language = self.names.language.or_else(named).unwrap_or(&ACTIVESYNC);
        pages::extended(language, &self.names.pages)
    }

    fn reader<'a>(&self, input: &'a Input, language: &'static Language) -> Reader<'a> {
        Reader::new(&input.bytes)
            .language(language)
            .strict(self.strict)
            .open_end(self.open_end)
            .limits(limits(self.no_limits))
    }

    /// Whether it is good but for the END of its root.
    fn lacks_its_end(&self, input: &Input, language: &'static Language) -> bool {
        let is_good = |mut reader: Reader<'_>| {
            loop {
                match reader.next() {
                    Ok(Some(_)) => {}
                    Ok(None) => return true,
                    Err(_) => return false,
                }
            }
        };
        let reader = self.reader(input, language);
        is_good(reader.clone()) && !is_good(reader.open_end(false))
    }
}

impl Input {
    /// `FILE: byte 141, Sync/Collections/Collection[2]/WindowSize: OPAQUE claims 80 bytes, 2 are left`
    fn failure(&self, error: &Error) -> Failure {
        let offset = error.offset().map(|offset| format!(": byte {offset}")).unwrap_or_default();
        let path = match error.path() {
            path if path.is_empty() => String::new(),
            path => format!(", {path}"),
        };
        let line = format!("{}{offset}{path}: {}{}", self.name, error.kind(), advice(error));
        Failure::BadInput(printable(&line))
    }
}

/// Standard output, and the error that it gave, of which the library keeps the text only.
struct Output<W> {
    inner: W,
    fault: Option<io::Error>,
}

impl<W: io::Write> Output<W> {
    fn keep<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let kind = error.kind();
            self.fault = Some(error);
            kind.into()
        })
    }
}

impl<W: io::Write> io::Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes);
        self.keep(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.inner.flush();
        self.keep(flushed)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Unable(format!("standard output: {error}")),
        }
    }
}

/// One line, whatever names a document holds, and nothing that a terminal would obey.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
