//! Bounds on what a document may ask for.

/// What a document may ask for at the most. The defaults are generous for real mail and small for an attacker.
///
/// ```
/// let limits = wbxml::Limits::default().depth(64).opaque(10 << 20);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Elements inside of elements.
    pub depth: u32,
    /// Elements in all.
    pub elements: u64,
    /// Bytes of the string table.
    pub string_table: usize,
    /// Bytes of one inline string, or of one attribute.
    pub text: usize,
    /// Bytes of one OPAQUE.
    pub opaque: usize,
    /// Bytes of text that references to the string table and entities make in all: a reference is short, what it
    /// stands for may be long.
    pub referenced_text: usize,
}

impl Limits {
    /// No bounds but those of the numbers.
    pub const NONE: Self = Self {
        depth: u32::MAX,
        elements: u64::MAX,
        string_table: usize::MAX,
        text: usize::MAX,
        opaque: usize::MAX,
        referenced_text: usize::MAX,
    };

    /// Sets the limit on elements inside of elements.
    #[must_use]
    pub const fn depth(mut self, depth: u32) -> Self {
        self.depth = depth;
        self
    }

    /// Sets the limit on elements in all.
    #[must_use]
    pub const fn elements(mut self, elements: u64) -> Self {
        self.elements = elements;
        self
    }

    /// Sets the limit on the bytes of the string table.
    #[must_use]
    pub const fn string_table(mut self, bytes: usize) -> Self {
        self.string_table = bytes;
        self
    }

    /// Sets the limit on the bytes of one inline string or attribute.
    #[must_use]
    pub const fn text(mut self, bytes: usize) -> Self {
        self.text = bytes;
        self
    }

    /// Sets the limit on the bytes of one OPAQUE.
    #[must_use]
    pub const fn opaque(mut self, bytes: usize) -> Self {
        self.opaque = bytes;
        self
    }

    /// Sets the limit on the bytes of text that references make.
    #[must_use]
    pub const fn referenced_text(mut self, bytes: usize) -> Self {
        self.referenced_text = bytes;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 256,
            elements: 10_000_000,
            string_table: 64 << 10,
            text: 256 << 20,
            opaque: 256 << 20,
            referenced_text: 16 << 20,
        }
    }
}
