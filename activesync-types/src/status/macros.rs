//! One table makes a status type.

/// The conversions between a status type and its number that are the same for all.
macro_rules! status_conversions {
    ($name:ident) => {
        impl $name {
            /// The number.
            pub const fn code(self) -> u16 {
                self.info().code
            }

            /// What it says, in a sentence.
            pub const fn meaning(self) -> &'static str {
                self.info().meaning
            }

            /// What to do next.
            pub const fn action(self) -> $crate::status::StatusAction {
                self.info().action
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, "{} (status {})", self.meaning(), self.code())
            }
        }

        impl<'de> ::wbxml::Decode<'de> for $name {
            fn decode(reader: &mut ::wbxml::Reader<'de>) -> ::wbxml::Result<Self> {
                reader.parse_text::<u16>("a status number").map(Self::from_code)
            }

            fn decode_optional(reader: &mut ::wbxml::Reader<'de>) -> ::wbxml::Result<Option<Self>> {
                reader.unless_empty()
            }
        }

        impl ::wbxml::Encode for $name {
            fn encode(&self, writer: &mut ::wbxml::Writer<'_>) -> ::wbxml::Result<()> {
                writer.display(&self.code())
            }
        }

        impl ::wbxml::IntoOwned for $name {
            type Owned = Self;

            fn into_owned(self) -> Self {
                self
            }
        }

        #[cfg(feature = "arbitrary")]
        impl<'a> ::arbitrary::Arbitrary<'a> for $name {
            fn arbitrary(u: &mut ::arbitrary::Unstructured<'a>) -> ::arbitrary::Result<Self> {
                u.int_in_range(0..=u16::from(u8::MAX)).map(Self::from_code)
            }
        }
    };
}

/// `code Variant Scope Action "meaning"`, a row a status. `common` adds the statuses of every command.
macro_rules! status {
    (
        $(#[$doc:meta])*
        $name:ident common { $($code:literal $variant:ident $scope:ident $action:ident $meaning:literal,)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("Status ", $code, ": ", $meaning, ".")] $variant,)*
            /// A status of every command; since 14.0.
            Common(CommonStatus),
            /// A number without a documented meaning.
            Other(u16),
        }

        impl $name {
            /// The status of a number.
            pub const fn from_code(code: u16) -> Self {
                match code {
                    $($code => Self::$variant,)*
                    _ => match CommonStatus::known(code) {
                        Some(status) => Self::Common(status),
                        None => Self::Other(code),
                    },
                }
            }

            /// All that is known of it.
            pub const fn info(self) -> StatusInfo {
                match self {
                    $(Self::$variant => StatusInfo {
                        code: $code,
                        meaning: $meaning,
                        scope: StatusScope::$scope,
                        action: StatusAction::$action,
                    },)*
                    Self::Common(status) => status.info(),
                    Self::Other(code) => $crate::status::macros::undocumented(code),
                }
            }

            /// The statuses of this command alone, those of every command left out.
            pub const OWN: &'static [Self] = &[$(Self::$variant),*];
        }

        impl From<CommonStatus> for $name {
            fn from(status: CommonStatus) -> Self {
                Self::from_code(status.code())
            }
        }

        status_conversions!($name);
    };
    (
        $(#[$doc:meta])*
        $name:ident { $($code:literal $variant:ident $scope:ident $action:ident $meaning:literal,)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("Status ", $code, ": ", $meaning, ".")] $variant,)*
            /// A number without a documented meaning.
            Other(u16),
        }

        impl $name {
            /// The status of a number.
            pub const fn from_code(code: u16) -> Self {
                match code {
                    $($code => Self::$variant,)*
                    _ => Self::Other(code),
                }
            }

            /// All that is known of it.
            pub const fn info(self) -> StatusInfo {
                match self {
                    $(Self::$variant => StatusInfo {
                        code: $code,
                        meaning: $meaning,
                        scope: StatusScope::$scope,
                        action: StatusAction::$action,
                    },)*
                    Self::Other(code) => $crate::status::macros::undocumented(code),
                }
            }

            /// All statuses with a documented meaning.
            pub const OWN: &'static [Self] = &[$(Self::$variant),*];
        }

        status_conversions!($name);
    };
}

use super::{StatusAction, StatusInfo, StatusScope};

pub(super) const fn undocumented(code: u16) -> StatusInfo {
    StatusInfo {
        code,
        meaning: "a status without a documented meaning",
        scope: StatusScope::Any,
        action: StatusAction::TellUser,
    }
}
