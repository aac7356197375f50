//! Text that must not reach a log.

use std::borrow::Cow;
use std::fmt;

use wbxml::{Decode, Encode, IntoOwned};

/// A password. `Debug` does not show it.
///
/// ```
/// # use activesync_types::Password;
/// let password = Password::new("open sesame");
/// assert_eq!(format!("{password:?}"), "Password(..)");
/// assert_eq!(password.reveal(), "open sesame");
/// ```
#[derive(Clone, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Password<'a>(Cow<'a, str>);

impl<'a> Password<'a> {
    /// Takes the text as it is.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}
