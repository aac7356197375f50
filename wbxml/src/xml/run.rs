//! Text that goes on until an element begins or ends, or a hint comes.

/// The text of one piece is where it is in the XML; that of several is joined in a buffer, which is used again.
#[derive(Default)]
pub(super) struct Run<'x> {
    pub(super) form: Form,
    only: &'x str,
    joined: String,
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
        if self.text().is_empty() {
            self.only = piece;
        } else {
            self.push_str(piece);
        }
    }

    pub(super) fn push_str(&mut self, text: &str) {
        self.joined.push_str(std::mem::take(&mut self.only));
        self.joined.push_str(text);
    }

    pub(super) fn push_char(&mut self, character: char) {
        self.joined.push_str(std::mem::take(&mut self.only));
        self.joined.push(character);
    }

    #[inline]
    pub(super) fn text(&self) -> &str {
        if self.joined.is_empty() { self.only } else { &self.joined }
    }

    /// Nothing has come, and nothing was said about what comes.
    #[inline]
    pub(super) fn is_nothing(&self) -> bool {
        matches!(self.form, Form::Usual) && self.text().is_empty()
    }

    /// For the next text, without the need for a new buffer.
    #[inline]
    pub(super) fn emptied(mut self) -> Self {
        self.joined.clear();
        Self { form: Form::Usual, only: "", joined: self.joined }
    }
}
