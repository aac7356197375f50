//! What everything that reads documents can be told.

use crate::{ACTIVESYNC, Language, Limits};

#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) strict: bool,
    pub(crate) open_end: bool,
    pub(crate) limits: Limits,
    pub(crate) language: &'static Language,
}

impl Settings {
    pub(crate) fn new() -> Self {
        Self { strict: false, open_end: false, limits: Limits::default(), language: &ACTIVESYNC }
    }
}

/// The methods that set them, for a type that has `fn set(self, impl FnOnce(&mut Settings)) -> Self`.
macro_rules! setters {
    () => {
        /// Sets whether what is unknown, doubled or out of place is refused.
        #[must_use]
        pub fn strict(self, strict: bool) -> Self {
            self.set(|settings| settings.strict = strict)
        }

        /// Sets whether the END of the root element may be missing, as some devices leave it off; strict mode refuses
        /// that all the same.
        ///
        /// Off unless asked for: such a document looks like one that was cut off between two children of its root, an
        /// answer without its changes for example.
        #[must_use]
        pub fn open_end(self, open_end: bool) -> Self {
            self.set(|settings| settings.open_end = open_end)
        }

        /// Sets the limits on what is read, which begin to count anew.
        #[must_use]
        pub fn limits(self, limits: Limits) -> Self {
            self.set(|settings| settings.limits = limits).count_anew()
        }

        /// Sets the language, whose code pages name the elements in errors and listings, are what strict mode checks
        /// tags against, and give attributes their text.
        #[must_use]
        pub fn language(self, language: &'static Language) -> Self {
            self.set(|settings| settings.language = language)
        }
    };
}
pub(crate) use setters;
