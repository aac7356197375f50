//! What is wrong with XML.

use std::fmt;

/// What is wrong with XML that is to become WBXML.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum XmlFault {
    /// It is not well-formed.
    Syntax(String),
    /// A document type declaration with declarations in it, which are not processed: they could define entities without
    /// bound.
    DocumentType,
    /// An entity other than the five that XML defines.
    UnknownEntity(String),
    /// A character that XML 1.0 does not have.
    InvalidCharacter(char),
    /// A namespace prefix that is not declared.
    UnknownPrefix(String),
    /// An element that the code pages do not have.
    UnknownElement {
        /// Its namespace; empty for none.
        namespace: String,
        /// Its name.
        name: String,
        /// Whether a code page has the namespace.
        namespace_known: bool,
        /// What may have been meant: a name in the same namespace, or `{namespace}name`.
        similar: Option<String>,
    },
    /// An attribute that the code pages do not have.
    UnknownAttribute {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// More attributes than an element may have here.
    TooManyAttributes(usize),
    /// Text between elements, refused in strict mode.
    UnexpectedText(String),
    /// Text that is not base64, in an element that holds bytes.
    InvalidBase64(String),
    /// Text with a character that the document's character set does not have, or a NUL.
    NotInCharset(String),
    /// A hint `<?wbxml …?>` that is none, or cannot stand here; says what would do.
    InvalidHint(&'static str),
    /// What a hint says and what the XML shows differ.
    HintDiffers {
        /// What the hint says.
        hint: String,
        /// What the XML shows.
        shown: String,
    },
}

impl fmt::Display for XmlFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(fault) => f.write_str(fault),
            Self::DocumentType => f.write_str(
                "declarations in a document type declaration are not read: remove what is in its brackets",
            ),
            Self::UnknownEntity(name) => {
                write!(f, "unknown entity &{name};: write the character itself, or &#…; with its number")
            }
            Self::InvalidCharacter(c) => {
                write!(
                    f,
                    "XML has no character U+{:04X}: write <?wbxml char …?> with its bytes",
                    u32::from(*c)
                )
            }
            Self::UnknownPrefix(prefix) => write!(f, "the namespace prefix {prefix} is not declared"),
            Self::UnknownElement { namespace, name, namespace_known, similar } => {
                f.write_str("unknown element ")?;
                if !namespace.is_empty() {
                    write!(f, "{{{namespace}}}")?;
                }
                f.write_str(name)?;
                match similar {
                    Some(similar) => write!(f, ": did you mean {similar}?"),
                    None if namespace.is_empty() => f.write_str(": it needs the namespace of a code page"),
                    None if !namespace_known => write!(f, ": no code page has the namespace {namespace}"),
                    None => Ok(()),
                }
            }
            Self::UnknownAttribute { name, value } => write!(f, "unknown attribute {name}=\"{value}\""),
            Self::TooManyAttributes(most) => write!(f, "more than {most} attributes on one element"),
            Self::UnexpectedText(text) => write!(f, "expected elements only, found the text {text:?}"),
            Self::InvalidBase64(fault) => {
                write!(f, "the element holds bytes, which are written in base64: {fault}")
            }
            Self::NotInCharset(text) => {
                write!(f, "the document's character set does not have all characters of {text:?}")
            }
            Self::InvalidHint(expected) => write!(f, "this <?wbxml …?> cannot stand here: {expected}"),
            Self::HintDiffers { hint, shown } => write!(
                f,
                "a <?wbxml …?> stands for {hint:?}, the XML shows {shown:?}: remove the one that is wrong"
            ),
        }
    }
}
