//! A document in pieces.

use wbxml::{Error, Event, Limits, PushReader, Reader};

use crate::document::{check_fault, check_same_fault, language_of};

/// A document in pieces gives the events and the fault of the whole, however it is cut.
///
/// The first byte says how to read (0x80 strict, 0x40 with small limits) and, in its lower four bits, how many bytes
/// with the lengths of pieces follow; these lengths come again and again until the document, which is the rest, ends.
pub fn push(input: &[u8]) {
    let Some((&how, rest)) = input.split_first() else { return };
    let Some((lengths, document)) = rest.split_at_checked(usize::from(how & 0x0F)) else { return };
    let strict = how & 0x80 != 0;
    let limits = if how & 0x40 == 0 {
        Limits::default()
    } else {
        Limits::default().depth(4).elements(16).string_table(32).text(12).opaque(12).referenced_text(48)
    };
    let language = language_of(document);

    let reader = Reader::new(document).language(language).strict(strict).limits(limits);
    let whole = read_whole(reader);
    let pushed = PushReader::new().language(language).strict(strict).limits(limits);
    let pieces = read_pieces(pushed, Pieces { document, lengths, next: 0 }, document.len());
    assert_eq!(whole.0, pieces.0);
    check_same_fault(whole.1.as_ref(), pieces.1.as_ref());
}

/// Events as they display for debugging, with the names and values of attributes, and the fault in the end.
type Said = (Vec<String>, Option<Error>);

fn read_whole(mut reader: Reader<'_>) -> Said {
    let mut said = Vec::new();
    loop {
        match reader.next() {
            Ok(Some(event)) => said.push(match &event {
                Event::Attribute(attribute) | Event::ProcessingInstruction(attribute) => {
                    let (name, value) = (reader.attribute_name(attribute), reader.attribute_value(attribute));
                    format!("{event:?} {name:?}={value:?}")
                }
                _ => format!("{event:?}"),
            }),
            Ok(None) => return (said, None),
            Err(fault) => return (said, Some(fault)),
        }
    }
}

fn read_pieces(mut reader: PushReader, pieces: Pieces<'_>, length: usize) -> Said {
    let mut said = Vec::new();
    for piece in pieces {
        let mut events = reader.push(piece);
        loop {
            match events.next() {
                Ok(Some(event)) => said.push(match &event {
                    Event::Attribute(attribute) | Event::ProcessingInstruction(attribute) => {
                        let (name, value) =
                            (events.attribute_name(attribute), events.attribute_value(attribute));
                        format!("{event:?} {name:?}={value:?}")
                    }
                    _ => format!("{event:?}"),
                }),
                Ok(None) => break,
                Err(fault) => {
                    check_fault(&fault, length);
                    assert_eq!(events.next(), Err(fault.clone()), "it comes again at every call");
                    return (said, Some(fault));
                }
            }
        }
    }
    (said, reader.finish().err())
}

/// The pieces of a document: of these lengths in turn, or the whole if they come to nothing.
struct Pieces<'d> {
    document: &'d [u8],
    lengths: &'d [u8],
    next: usize,
}

impl<'d> Iterator for Pieces<'d> {
    type Item = &'d [u8];

    fn next(&mut self) -> Option<&'d [u8]> {
        if self.document.is_empty() {
            return None;
        }
        let whole = self.lengths.iter().all(|length| *length == 0);
        let length =
            if whole { self.document.len() } else { self.lengths[self.next % self.lengths.len()].into() };
        self.next += 1;
        let (piece, rest) = self.document.split_at(length.min(self.document.len()));
        self.document = rest;
        Some(piece)
    }
}
