//! Where in a document an offset lies. Nothing is kept for it while reading goes well: the document is read again.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::Reader;
use crate::error::{Path, PathStep};
use crate::event::Event;
use crate::reader::name_in;

/// The elements that are open at `offset`. An element that begins at `offset` is open, one that ends there too.
pub(crate) fn find(reader: &Reader<'_>, offset: usize) -> Path {
    let mut trail = Trail::new();
    let mut reader = reader.again();
    let language = reader.document().3;
    while let Ok(Some(event)) = reader.next() {
        let token = reader.token_offset();
        if token > offset {
            break;
        }
        match event {
            Event::Start { tag, .. } => trail.enter(name_in(language, tag)),
            Event::Literal { name, .. } => trail.enter(Cow::Owned(name.into_owned())),
            Event::End if token < offset => trail.leave(),
            _ => {}
        }
        if token == offset {
            break;
        }
    }
    trail.path()
}

/// The elements that are open, with their numbers among siblings of the same name.
pub(crate) struct Trail(Vec<Level>);

/// An open element, and how many children of each name it has had.
#[derive(Default)]
struct Level {
    step: Option<PathStep>,
    children: Vec<(Cow<'static, str>, usize)>,
}

impl Trail {
    pub(crate) fn new() -> Self {
        // What is around the root.
        Self(alloc::vec![Level::default()])
    }

    pub(crate) fn enter(&mut self, name: Cow<'static, str>) {
        // A hostile parent of many kinds of children is counted for its first kinds only.
        const KINDS: usize = 256;
        let Some(parent) = self.0.last_mut() else { return };
        let mut number = 1;
        if let Some((_, count)) = parent.children.iter_mut().find(|(seen, _)| *seen == name) {
            *count += 1;
            number = *count;
        } else if parent.children.len() < KINDS {
            parent.children.push((name.clone(), number));
        }
        self.0.push(Level { step: Some(PathStep { name, number }), children: Vec::new() });
    }

    pub(crate) fn leave(&mut self) {
        if self.0.len() > 1 {
            self.0.pop();
        }
    }

    pub(crate) fn path(self) -> Path {
        Path(self.0.into_iter().filter_map(|level| level.step).collect())
    }
}
