//! Where in a document an offset lies. Nothing is kept for it while reading goes well: the document is read again.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::Reader;
use crate::error::{Path, PathStep};
use crate::event::Event;
use crate::reader::name_in;

/// The elements that are open at `offset`. An element that begins at `offset` is open, one that ends there too.
pub(crate) fn find(reader: &Reader<'_>, offset: usize) -> Path {
    let mut open: Vec<Level> = alloc::vec![Level::default()];
    let mut reader = reader.again();
    let language = reader.document().3;
    while let Ok(Some(event)) = reader.next() {
        let token = reader.token_offset();
        if token > offset {
            break;
        }
        match event {
            Event::Start { tag, .. } => enter(&mut open, name_in(language, tag)),
            Event::Literal { name, .. } => enter(&mut open, Cow::Owned(name.into_owned())),
            Event::End if token < offset => {
                if open.len() > 1 {
                    open.pop();
                }
            }
            _ => {}
        }
        if token == offset {
            break;
        }
    }
    Path(open.into_iter().filter_map(|level| level.step).collect())
}

/// An open element, and how many children of each name it has had.
#[derive(Default)]
struct Level {
    step: Option<PathStep>,
    children: Vec<(Cow<'static, str>, usize)>,
}

fn enter(open: &mut Vec<Level>, name: Cow<'static, str>) {
    let Some(parent) = open.last_mut() else { return };
    let number = match parent.children.iter_mut().find(|(seen, _)| *seen == name) {
        Some((_, count)) => {
            *count += 1;
            *count
        }
        None => {
            // A hostile parent of many kinds of children is counted for its first kinds only.
            const KINDS: usize = 256;
            if parent.children.len() < KINDS {
                parent.children.push((name.clone(), 1));
            }
            1
        }
    };
    open.push(Level { step: Some(PathStep { name, number }), children: Vec::new() });
}
