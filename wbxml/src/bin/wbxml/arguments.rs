//! The command line, which is also the manual.

use clap::{Args, Parser, Subcommand};
use wbxml::Language;
use wbxml::string_table::Policy;

/// Looks into WBXML, the binary XML of Exchange ActiveSync, SyncML, WAP and others.
#[derive(Parser)]
#[command(
    version,
    about,
    long_about = "Looks into WBXML, the binary XML of Exchange ActiveSync: the bodies of the requests and answers \
                  of phones, tablets and mail programs, as a proxy or packet capture shows them.",
    after_help = "\
Start with `wbxml decode FILE`. If it stops at a fault, `wbxml dump FILE` shows the bytes up to there. Where elements
have numbers for names, `--language` or `--pages` may know them.

Exit status: 0 good; 1 the input is malformed, with one line on standard error; 2 wrong usage, a fault in a file of
code pages, or a file that cannot be read or written.",
    after_long_help = "\
EXAMPLES
  wbxml decode body.wbxml                    the XML of a captured body
  wbxml dump body.wbxml | less               every byte of it, with offset, meaning and nesting
  echo 03016a0000075652033000 0101 | wbxml decode --hex
                                             the same for bytes copied as hexadecimal digits
  base64 -d body.txt | wbxml decode          for base64, as HAR files have it; gunzip for Content-Encoding: gzip
  wbxml check body.wbxml && echo good        for scripts
  wbxml decode body.wbxml > body.xml; edit body.xml; wbxml encode body.xml > changed.wbxml
                                             unchanged XML becomes the same bytes again
  wbxml decode --language ota settings.bin   a document that does not say what it is
  wbxml decode --pages acme.tsv body.wbxml   with names for the elements of a vendor
  wbxml decode --open-end body.wbxml         without the END of its root, which some devices leave off

CODE PAGES OF YOUR OWN
  A file has a head and a table, with a tab between the columns. What an element holds (container, string, integer,
  opaque ...; any if nothing is said) decides how bytes in it are shown:

    page: 200
    name: Acme

    token   name    content
    0x05    Route   container
    0x06    Hop     string

  A page of attributes has `attribute-page: 0` as its head, and tables with the columns token, attribute and prefix, or
  token and value. The documentation of the Rust crate wbxml-codepages has all of it.

LANGUAGES
  A document names its language by a public identifier, and XML by its document type declaration, or the root element
  and its namespace. What names none of those that `wbxml languages` lists is taken for ActiveSync.

READING THE XML
  An element's namespace is its code page; it stands where it changes. Bytes in elements of bytes, such as
  ConversationId, are base64. A MIME message is text whose line feeds are CRLF in WBXML. An element that no code
  page has is <_0x05 xmlns=\"wbxml:page:200\">. Processing instructions <?wbxml ...?> keep what is out of the
  ordinary in the bytes, such as text in two pieces or redundant page switches: leave them where they are. The
  documentation of the Rust module wbxml::xml lists them. Dates, numbers and documents that a language packs into
  bytes are shown as what they are, variables of WML as $(name:escape).

EXIT STATUS
  0  good
  1  the input is malformed: one line on standard error says where (byte and element, or line and column) and why
  2  wrong usage, a fault in a file of code pages, or a file that cannot be read or written"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// WBXML to XML
    #[command(
        long_about = "Writes a WBXML document as indented XML. Of a malformed one it writes what comes before \
                            the fault."
    )]
    Decode {
        #[command(flatten)]
        source: Source,
        /// No line ends and spaces between elements
        #[arg(long)]
        compact: bool,
    },
    /// XML to WBXML
    #[command(
        long_about = "Writes XML as WBXML. XML that `wbxml decode` wrote becomes the same bytes again. Names \
                            may have any prefixes; the namespaces are those of the code pages, such as AirSync."
    )]
    Encode {
        /// The XML file; - or nothing for standard input
        #[arg(value_name = "FILE", default_value = "-", hide_default_value = true)]
        file: String,
        #[command(flatten)]
        names: Names,
        /// The version of WBXML to write
        #[arg(long, value_name = "1.0…1.3", value_parser = wbxml_version)]
        wbxml_version: Option<u8>,
        /// Which texts go to the string table: never, when-it-pays or always; unless said, those that the XML says.
        /// ActiveSync has no string tables
        #[arg(long, value_name = "POLICY", value_parser = policy)]
        string_table: Option<Policy>,
        /// Write hexadecimal digits instead of bytes
        #[arg(long)]
        hex: bool,
        /// Refuse elements by number, and text where only elements belong
        #[arg(long)]
        strict: bool,
        /// Read XML of any depth, as memory allows
        #[arg(long)]
        no_limits: bool,
    },
    /// An annotated listing: offset, bytes, meaning, nesting
    #[command(
        long_about = "Lists every byte of a document with its offset and meaning, indented by nesting. A \
                            malformed document is listed up to the fault. Strings and bytes that do not fit go on in \
                            rows of their own."
    )]
    Dump {
        #[command(flatten)]
        source: Source,
    },
    /// Whether a document is well-formed; if not, where the fault is
    #[command(
        long_about = "Says whether a document is well-formed. If not, it says at which byte and in which \
                            element the fault is, and what it is. Elements that no code page has are no fault, \
                            except with --strict."
    )]
    Check {
        #[command(flatten)]
        source: Source,
    },
    /// The languages that are known
    #[command(long_about = "Lists the languages with their names, public identifiers and root elements.")]
    Languages,
}

#[derive(Args)]
pub(crate) struct Source {
    /// The WBXML file; - or nothing for standard input
    #[arg(value_name = "FILE", default_value = "-", hide_default_value = true)]
    pub(crate) file: String,
    #[command(flatten)]
    pub(crate) names: Names,
    /// The input is hexadecimal digits; white space, colons, commas, dashes and 0x between them do not count
    #[arg(long)]
    pub(crate) hex: bool,
    /// Refuse tags that no code page has
    #[arg(long)]
    pub(crate) strict: bool,
    /// Take a document whose last END is missing, as some devices leave it off
    #[arg(long)]
    pub(crate) open_end: bool,
    /// Read documents of any depth and length, as memory allows
    #[arg(long)]
    pub(crate) no_limits: bool,
}

/// What gives tokens their names.
#[derive(Args)]
pub(crate) struct Names {
    /// The language, whatever the input names; `wbxml languages` lists them
    #[arg(long, value_name = "NAME", value_parser = language)]
    pub(crate) language: Option<&'static Language>,
    /// A code page of your own, which comes before one of the same number; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) pages: Vec<String>,
}

fn policy(name: &str) -> Result<Policy, &'static str> {
    match name {
        "never" => Ok(Policy::Never),
        "when-it-pays" => Ok(Policy::WhenItPays),
        "always" => Ok(Policy::Always),
        _ => Err("the policies are never, when-it-pays and always"),
    }
}

fn language(name: &str) -> Result<&'static Language, &'static str> {
    Language::by_name(name).ok_or("`wbxml languages` lists the names")
}

fn wbxml_version(version: &str) -> Result<u8, &'static str> {
    match version {
        "1.0" => Ok(0),
        "1.1" => Ok(1),
        "1.2" => Ok(2),
        "1.3" => Ok(3),
        _ => Err("the versions are 1.0, 1.1, 1.2 and 1.3"),
    }
}
