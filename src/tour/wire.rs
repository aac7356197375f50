//! What crossed the wire, and what it would have been as XML.

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::sync::{Arc, Mutex, PoisonError};

use activesync_client::types::http::MultiPart;
use activesync_client::{ClientBuilder, Exchange};
use wbxml::{Event, Reader, xml};

use super::Tour;
use super::check::Failure;
use super::report::{SIZE, count, grouped, size, smaller};

/// Sees what all clients of the tour exchange with the server.
#[derive(Clone, Default)]
pub(super) struct Wire {
    ledger: Arc<Mutex<Ledger>>,
}

/// What was exchanged.
#[derive(Clone, Default)]
struct Ledger {
    commands: BTreeMap<String, Amount>,
    /// A short document.
    example: Option<Vec<u8>>,
    /// The first body that did not become XML and itself again.
    fault: Option<String>,
}

/// Bytes of bodies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Amount {
    /// Requests with their answers.
    pub exchanges: u64,
    /// WBXML documents among the bodies.
    pub documents: u64,
    /// To the server.
    pub up: u64,
    /// From the server.
    pub down: u64,
    /// All of it as XML, without any indentation.
    pub xml: u64,
    /// What is the same in both: texts, messages, attachments.
    pub content: u64,
}

impl Amount {
    /// In both directions.
    pub fn total(self) -> u64 {
        self.up + self.down
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.exchanges += other.exchanges;
        self.documents += other.documents;
        self.up += other.up;
        self.down += other.down;
        self.xml += other.xml;
        self.content += other.content;
    }
}

impl Wire {
    /// From now on sees what a client exchanges.
    pub(super) fn watch(&self, client: ClientBuilder) -> ClientBuilder {
        let wire = self.clone();
        client.on_exchange(move |exchange| wire.note(exchange))
    }

    /// Bytes of all commands so far, in both directions.
    pub(super) fn bytes(&self) -> u64 {
        self.with(|ledger| ledger.commands.values().map(|amount| amount.total()).sum())
    }

    fn note(&self, exchange: &Exchange<'_>) {
        let mut amount = Amount {
            exchanges: 1,
            up: exchange.request.len() as u64,
            down: exchange.received as u64,
            ..Amount::default()
        };
        let mut fault = None;
        for body in [exchange.request, exchange.response] {
            match translate(body) {
                Ok(translated) => amount += translated,
                Err(error) => fault = Some(format!("{}: {error}", exchange.command)),
            }
        }
        self.with(|ledger| {
            ledger.fault = ledger.fault.take().or(fault);
            if exchange.command == "FolderSync" && ledger.example.is_none() {
                ledger.example = Some(exchange.request.to_vec());
            }
            *ledger.commands.entry(exchange.command.to_owned()).or_default() += amount;
        });
    }

    fn with<T>(&self, look: impl FnOnce(&mut Ledger) -> T) -> T {
        look(&mut self.ledger.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a body is.
enum Body<'b> {
    /// A document, and bytes beside it.
    Document(&'b [u8], usize),
    /// None of that: messages and attachments of the old versions, and nothing at all.
    Other,
}

fn kind_of(body: &[u8]) -> Body<'_> {
    // The header of every ActiveSync document; the beginning of a multipart is the number of its parts in four bytes.
    let is_document = |bytes: &[u8]| bytes.starts_with(b"\x03\x01\x6A");
    if is_document(body) {
        return Body::Document(body, 0);
    }
    match MultiPart::parse(body) {
        Ok(parts) if is_document(parts.document()) => {
            Body::Document(parts.document(), body.len() - parts.document().len())
        }
        _ => Body::Other,
    }
}

/// The sizes of a body as XML and of the content in it.
fn translate(body: &[u8]) -> Result<Amount, String> {
    let Body::Document(document, beside) = kind_of(body) else {
        return Ok(Amount { xml: body.len() as u64, content: body.len() as u64, ..Amount::default() });
    };
    let text = xml::Options::new().compact().to_xml(document).map_err(|error| error.to_string())?;
    let again = xml::from_xml(&text).map_err(|error| error.to_string())?;
    if again != document {
        return Err("a document that becomes XML and then other bytes than before".to_owned());
    }
    let content = content(document).map_err(|error| error.to_string())?;
    Ok(Amount {
        documents: 1,
        xml: (text.len() + beside) as u64,
        content: content + beside as u64,
        ..Amount::default()
    })
}

/// The bytes of all texts and opaque contents.
fn content(document: &[u8]) -> wbxml::Result<u64> {
    let mut reader = Reader::new(document);
    let mut bytes = 0;
    while let Some(event) = reader.next()? {
        bytes += match event {
            Event::Text(text) => text.len(),
            Event::Opaque(opaque) => opaque.len(),
            _ => 0,
        } as u64;
    }
    Ok(bytes)
}

impl Tour<'_> {
    /// A table of the commands.
    pub(super) fn tell_what_crossed_the_wire(&mut self) -> Result<Amount, Failure> {
        let Ledger { commands, example, fault } = self.wire.with(|ledger| ledger.clone());
        if let Some(fault) = fault {
            return Err(self.checks.failure("documents that become XML and the same bytes again", fault));
        }
        let head = ["count", "up", "down", "as XML", "smaller by"].map(str::to_owned);
        self.report.text(&row("command", head));
        let mut all = Amount::default();
        for (command, amount) in &commands {
            self.report.text(&amount_row(command, *amount));
            all += *amount;
        }
        self.report.text(&amount_row("together", all));
        let (markup, xml) = (all.total().saturating_sub(all.content), all.xml.saturating_sub(all.content));
        self.checks.ensure(markup < xml, || format!("less than {} of XML", size(xml)), || size(markup))?;
        self.report.fact(
            "without content",
            format!("{} rather than {}: {} smaller", size(markup), size(xml), smaller(xml, markup)),
        );
        let documents = count(all.documents, "document");
        self.report.fact("there and back", format!("{documents} became XML, and that the same bytes again"));
        if let Some(example) = example {
            let xml = xml::Options::new().compact().declaration(false).to_xml(&example);
            let bytes: Vec<_> = example.iter().map(|byte| format!("{byte:02x}")).collect();
            self.report.fact("an example", self.checks.done("XML", xml)?);
            self.report.fact("", bytes.join(" "));
        }
        Ok(all)
    }
}

fn amount_row(command: &str, amount: Amount) -> String {
    let bytes = |bytes| if bytes == 0 { "-".to_owned() } else { size(bytes) };
    let Amount { exchanges, up, down, xml, .. } = amount;
    row(command, [grouped(exchanges), bytes(up), bytes(down), bytes(xml), smaller(xml, amount.total())])
}

fn row(command: &str, cells: [String; 5]) -> String {
    let [count, up, down, xml, saved] = cells;
    format!("    {command:<18}{count:>6}{up:>SIZE$}{down:>SIZE$}{xml:>SIZE$}{saved:>12}")
}

#[cfg(test)]
mod tests {
    use activesync_client::types::http::write_multipart;

    use super::*;

    /// FolderSync with key 0.
    const DOCUMENT: &[u8] = b"\x03\x01\x6A\x00\x00\x07\x56\x52\x030\x00\x01\x01";

    #[test]
    fn documents_are_counted_as_xml_and_everything_else_as_it_is() {
        let xml = r#"<?xml version="1.0" encoding="utf-8"?><FolderSync xmlns="FolderHierarchy"><SyncKey>0</SyncKey></FolderSync>"#;
        let amount = translate(DOCUMENT).unwrap();
        assert_eq!((amount.documents, amount.xml, amount.content), (1, xml.len() as u64, 1));
        for other in [&b""[..], b"Subject: Tides\r\n\r\n", b"\x03\x00\x00\x00"] {
            let amount = translate(other).unwrap();
            assert_eq!((amount.documents, amount.xml), (0, other.len() as u64));
        }
    }

    #[test]
    fn what_lies_beside_a_document_counts_as_content() {
        let body = write_multipart(&[DOCUMENT, b"12345"]).unwrap();
        let [alone, amount] = [DOCUMENT, &body].map(|body| translate(body).unwrap());
        assert_eq!(amount.documents, 1);
        let beside = (body.len() - DOCUMENT.len()) as u64;
        assert_eq!((amount.xml - alone.xml, amount.content - alone.content), (beside, beside));
    }

    #[test]
    fn a_document_that_breaks_off_is_a_fault() {
        assert!(translate(&DOCUMENT[..DOCUMENT.len() - 1]).is_err());
    }
}
