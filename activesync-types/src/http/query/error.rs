use std::fmt;

/// A query that is none.
///
/// Up to 12.1 a server answers it with HTTP status 400, and 501 for an unknown command; from 14.0 on the common
/// statuses 108, 109, 137 and 138 say more.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueryError {
    /// A parameter that every query has is missing or empty.
    Missing(&'static str),
    /// The value of a parameter is not UTF-8.
    NotUtf8(&'static str),
    /// It is neither the plain form nor base64.
    NotBase64,
    /// The base64 form ends within a part.
    Truncated {
        /// The part.
        part: &'static str,
        /// Where it begins, in the bytes that the base64 stands for.
        offset: usize,
    },
    /// The number of the protocol version is not that of one.
    UnknownVersion(u8),
    /// The number of the command is not that of one.
    UnknownCommand(u8),
    /// A policy key has 4 bytes, or none.
    PolicyKeyLength(u8),
    /// To be written: the base64 form has no number for this command. Use the plain form.
    NoCode(String),
    /// To be written: the value has more than 255 bytes. Use the plain form.
    TooLong(&'static str),
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "the query has no {name}"),
            Self::NotUtf8(name) => write!(f, "{name} in the query is not UTF-8"),
            Self::NotBase64 => f.write_str("the query is neither name=value pairs nor base64"),
            Self::Truncated { part, offset } => {
                write!(f, "the base64 query ends within {part}, which begins at byte {offset}")
            }
            Self::UnknownVersion(number) => write!(f, "no protocol version has the number {number}"),
            Self::UnknownCommand(code) => write!(f, "no command has the number {code}"),
            Self::PolicyKeyLength(length) => {
                write!(f, "expected a policy key of 4 bytes or none, found one of {length}")
            }
            Self::NoCode(command) => {
                write!(f, "a base64 query has no number for the command {command}: use the plain form")
            }
            Self::TooLong(name) => {
                write!(f, "{name} is longer than the 255 bytes of a base64 query: use the plain form")
            }
        }
    }
}

impl std::error::Error for QueryError {}
