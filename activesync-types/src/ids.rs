//! Identifiers: opaque strings that only their maker understands.
//!
//! Client and server store each other's identifiers as they came; the specification allows 64 characters
//! (40 for the `ClientId` of a message, 256 for a `LongId`). Nothing here enforces a length on reading.

use std::borrow::Cow;
use std::fmt;

use wbxml::{Decode, Encode, IntoOwned};

pub use legacy::{LegacySyncKey, NotALegacySyncKey, ReplicaId};

mod legacy;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, max $max:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, IntoOwned)]
        #[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
        pub struct $name<'a>(Cow<'a, str>);

        impl<'a> $name<'a> {
            /// The most characters that the specification allows.
            pub const MAX_CHARS: usize = $max;

            /// Takes the text as it is.
            pub fn new(text: impl Into<Cow<'a, str>>) -> Self {
                Self(text.into())
            }

            /// The identifier without copying it.
            pub const fn from_static(text: &'static str) -> $name<'static> {
                $name(Cow::Borrowed(text))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, borrowed if it was.
            pub fn into_inner(self) -> Cow<'a, str> {
                self.0
            }

            /// The same identifier, borrowing from this one.
            pub fn borrowed(&self) -> $name<'_> {
                $name(Cow::Borrowed(&self.0))
            }

            /// Within the length that the specification allows, and not empty.
            pub fn is_valid(&self) -> bool {
                !self.0.is_empty() && self.0.chars().nth(Self::MAX_CHARS).is_none()
            }
        }

        impl fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), self.0)
            }
        }

        impl fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name<'_> {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl<'a> From<&'a str> for $name<'a> {
            fn from(text: &'a str) -> Self {
                Self(Cow::Borrowed(text))
            }
        }

        impl From<String> for $name<'_> {
            fn from(text: String) -> Self {
                Self(Cow::Owned(text))
            }
        }

        impl<'a> From<Cow<'a, str>> for $name<'a> {
            fn from(text: Cow<'a, str>) -> Self {
                Self(text)
            }
        }

        impl<'a> From<&'a $name<'_>> for $name<'a> {
            fn from(id: &'a $name<'_>) -> Self {
                id.borrowed()
            }
        }

        impl PartialEq<str> for $name<'_> {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name<'_> {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }
    };
}

id! {
    /// The state of a collection or of the folder hierarchy, as the server knows it
    /// (`[MS-ASCMD]` 2.2.3.181). `0` starts over; every other key is the one last received.
    ///
    /// Up to 2.5 servers write `{GUID}N`: see [`LegacySyncKey`].
    SyncKey, max 64
}

impl SyncKey<'static> {
    /// `0`: no state yet, or start over.
    pub const INITIAL: Self = Self::from_static("0");
}

impl SyncKey<'_> {
    /// Whether this is the key that starts over.
    pub fn is_initial(&self) -> bool {
        self.0 == "0"
    }

    /// The parts of a key of the form `{GUID}N`; `None` for any other.
    pub fn legacy(&self) -> Option<LegacySyncKey> {
        self.0.parse().ok()
    }
}

impl From<LegacySyncKey> for SyncKey<'static> {
    fn from(key: LegacySyncKey) -> Self {
        Self(Cow::Owned(key.to_string()))
    }
}

id! {
    /// The server's identifier of a folder or an item (`[MS-ASCMD]` 2.2.3.166).
    ServerId, max 64
}

impl ServerId<'static> {
    /// `0`: as a `ParentId`, the root of the mailbox (`[MS-ASCMD]` 2.2.3.129).
    pub const ROOT: Self = Self::from_static("0");
}

id! {
    /// The [`ServerId`] of a folder, where a command names the folder to work on (`[MS-ASCMD]` 2.2.3.30).
    CollectionId, max 64
}

impl CollectionId<'static> {
    /// `RI`: the recipient information cache (`[MS-ASCMD]` 2.2.3.30.6).
    pub const RECIPIENT_INFORMATION: Self = Self::from_static("RI");
}

impl<'a> From<ServerId<'a>> for CollectionId<'a> {
    fn from(id: ServerId<'a>) -> Self {
        Self(id.0)
    }
}

impl<'a> From<CollectionId<'a>> for ServerId<'a> {
    fn from(id: CollectionId<'a>) -> Self {
        Self(id.0)
    }
}

id! {
    /// The client's own identifier of a new item, or of a message to send (`[MS-ASCMD]` 2.2.3.28).
    ///
    /// It stays the same when a request is repeated: by it the server knows an `Add` or a message again.
    /// A message may have 40 characters only.
    ClientId, max 64
}

id! {
    /// The server's identifier of a search result (`[MS-ASCMD]` 2.2.3.98).
    LongId, max 256
}

id! {
    /// The server's identifier of an attachment (`[MS-ASAIRS]` 2.2.2.24).
    FileReference, max 256
}

id! {
    /// The state of the policies on a device (`[MS-ASPROV]` 2.2.2.42): a 32-bit number as text.
    PolicyKey, max 64
}

impl PolicyKey<'_> {
    /// The number, as the HTTP header and the base64 query carry it; `None` if it is not one.
    pub fn number(&self) -> Option<u32> {
        self.0.parse().ok()
    }
}

impl From<u32> for PolicyKey<'static> {
    fn from(number: u32) -> Self {
        Self(Cow::Owned(number.to_string()))
    }
}
