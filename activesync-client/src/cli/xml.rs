//! How large everything would have been as XML.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use activesync_client::Exchange;
use wbxml::xml::Options;

/// Counts what the bodies that crossed the wire would have had as XML, without spaces between elements.
#[derive(Clone, Debug, Default)]
pub(crate) struct XmlSize(Arc<AtomicU64>);

impl XmlSize {
    /// What sees the exchanges.
    pub(crate) fn observer(&self) -> impl Fn(&Exchange<'_>) + Send + Sync + 'static {
        let total = Arc::clone(&self.0);
        move |exchange| {
            let size = size(exchange.request) + size(exchange.response);
            total.fetch_add(size, Ordering::Relaxed);
        }
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A body that is no WBXML, like a message to send, is as large either way.
fn size(body: &[u8]) -> u64 {
    if body.is_empty() {
        return 0;
    }
    let mut counter = Counter(0);
    match Options::new().compact().write_xml(body, &mut counter) {
        Ok(()) => counter.0,
        Err(_) => body.len() as u64,
    }
}

struct Counter(u64);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_that_of_the_xml() {
        let body = b"\x03\x01\x6A\x00\x00\x07\x56\x52\x030\x00\x01\x01";
        let xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?><FolderSync xmlns=\"FolderHierarchy\"><SyncKey>0</SyncKey></FolderSync>";
        assert_eq!(size(body), xml.len() as u64);
        assert_eq!(size(b"Subject: x\r\n"), 12);
        assert_eq!(size(b""), 0);
    }
}
