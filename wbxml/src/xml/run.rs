//! Text that goes on until an element begins or ends, or a hint comes.

/// The text of one piece is where it is in the XML; that of several is joined in a buffer, which is used again.
#[derive(Default)]
pub(super) struct Run<'x> {
    pub(super) form: Form,
    pub(super) only: &'x str,
    pub(super) joined: String,
}

/// How a run is written.
#[derive(Default)]
pub(super) enum Form {
    /// As the element's content asks for.
    #[default]
    Usual,
    Text,
    Table(Vec<u8>),
    Value(Vec<u8>),
    Entity,
    Opaque,
    Base64,
}

impl<'x> Run<'x> {
    /// Adds a piece of the XML.
    #[inline]
    pub(super) fn push(&mut self, piece: &'x str) {
        if self.only.is_empty() && self.joined.is_empty() {
            self.only = piece;
        } else {
            self.push_str(piece);
        }
    }

    #[inline]
    pub(super) fn push_str(&mut self, text: &str) {
        self.join();
        self.joined.push_str(text);
    }

    pub(super) fn push_char(&mut self, character: char) {
        self.join();
        self.joined.push(character);
    }

    #[inline]
    fn join(&mut self) {
        if !self.only.is_empty() {
            self.joined.push_str(self.only);
            self.only = "";
        }
    }
}
