//! Where in XML a fault lies. Nothing is kept for it while reading goes well: the XML is read again.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::XmlFault;
use crate::path::Trail;
use crate::{Error, ErrorKind, Path};

/// A piece of markup or text.
#[derive(Clone, Copy)]
pub(super) struct Place<'x> {
    pub(super) xml: &'x str,
    /// The offset of its first byte.
    pub(super) at: usize,
}

impl Place<'_> {
    #[cold]
    pub(super) fn error(self, fault: XmlFault) -> Error {
        let before = self.xml.get(..self.at).unwrap_or(self.xml);
        let line = 1 + memchr::memchr_iter(b'\n', before.as_bytes()).count();
        let column = 1 + before.chars().rev().take_while(|c| *c != '\n').count();
        Error::at(ErrorKind::Xml { line, column, fault }, self.at, self.path())
    }

    /// The error, found while writing, with its place in the XML.
    #[cold]
    pub(super) fn put(self, error: Error) -> Error {
        match error.kind() {
            ErrorKind::Sink(_) => error,
            kind => Error::at(kind.clone(), self.at, self.path()),
        }
    }

    /// The elements that are open here; one that begins or ends here is open.
    fn path(self) -> Path {
        let mut reader = Reader::from_str(self.xml);
        reader.config_mut().expand_empty_elements = true;
        let mut trail = Trail::new();
        loop {
            let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            match reader.read_event() {
                Ok(Event::Start(start)) if at <= self.at => {
                    trail.enter(start.local_name().into_inner().to_owned().into());
                }
                Ok(Event::End(_)) if at < self.at => trail.leave(),
                Ok(Event::Eof) | Err(_) => break,
                _ => {}
            }
            if at >= self.at {
                break;
            }
        }
        trail.path()
    }
}
