//! Elements in elements.

use wbxml::codepages::search;
use wbxml::{Limits, Result, Writer};

use super::Document;

/// A document of that depth.
pub(crate) fn nested(name: &'static str, depth: u32) -> Document {
    Document::new(name, document(depth))
}

fn document(depth: u32) -> Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::new()).limits(Limits::NONE);
    writer.header()?;
    for _ in 0..depth - 1 {
        writer.start(search::And)?;
    }
    // Something has to be in there, or it would have no end of its own.
    writer.empty_element(search::And)?;
    for _ in 0..depth - 1 {
        writer.end()?;
    }
    writer.finish()
}
