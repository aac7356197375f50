//! Protocol versions, and sets of them.

use core::fmt;
use core::str::FromStr;

/// A version of the Exchange ActiveSync protocol, as the `MS-ASProtocolVersion` header names it.
///
/// [MS-ASHTTP] 2.2.1.1.2.6; 1.0 to 2.1 are older than the published specifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum ProtocolVersion {
    /// Mobile Information Server 2002, Pocket PC 2002.
    V1_0,
    /// Exchange Server 2003, Pocket PC 2003.
    V2_0,
    /// Exchange Server 2003 SP1.
    V2_1,
    /// Exchange Server 2003 SP2, Windows Mobile 5 with the messaging feature pack.
    V2_5,
    /// Exchange Server 2007.
    V12_0,
    /// Exchange Server 2007 SP1.
    V12_1,
    /// Exchange Server 2010.
    V14_0,
    /// Exchange Server 2010 SP1, 2013.
    V14_1,
    /// Exchange Server 2016.
    V16_0,
    /// Exchange Server 2016 and later, Exchange Online.
    V16_1,
}

impl ProtocolVersion {
    /// Every version, oldest first.
    pub const ALL: [Self; 10] = [
        Self::V1_0,
        Self::V2_0,
        Self::V2_1,
        Self::V2_5,
        Self::V12_0,
        Self::V12_1,
        Self::V14_0,
        Self::V14_1,
        Self::V16_0,
        Self::V16_1,
    ];

    /// The newest version.
    pub const LATEST: Self = Self::V16_1;

    /// The version as headers write it, `16.1`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1_0 => "1.0",
            Self::V2_0 => "2.0",
            Self::V2_1 => "2.1",
            Self::V2_5 => "2.5",
            Self::V12_0 => "12.0",
            Self::V12_1 => "12.1",
            Self::V14_0 => "14.0",
            Self::V14_1 => "14.1",
            Self::V16_0 => "16.0",
            Self::V16_1 => "16.1",
        }
    }

    /// The version times ten, the first byte of a base64 query: 161 for 16.1. [MS-ASHTTP] 2.2.1.1.1.1
    pub const fn number(self) -> u8 {
        match self {
            Self::V1_0 => 10,
            Self::V2_0 => 20,
            Self::V2_1 => 21,
            Self::V2_5 => 25,
            Self::V12_0 => 120,
            Self::V12_1 => 121,
            Self::V14_0 => 140,
            Self::V14_1 => 141,
            Self::V16_0 => 160,
            Self::V16_1 => 161,
        }
    }

    /// The version of a base64 query's first byte, if there is such a version.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.number() == number)
    }
}

impl fmt::Display for ProtocolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text is no version of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownVersion;

impl fmt::Display for UnknownVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "expected a protocol version, one of 1.0, 2.0, 2.1, 2.5, 12.0, 12.1, 14.0, 14.1, 16.0 and 16.1",
        )
    }
}

impl core::error::Error for UnknownVersion {}

impl FromStr for ProtocolVersion {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, UnknownVersion> {
        let text = text.trim();
        Self::ALL.into_iter().find(|version| version.as_str() == text).ok_or(UnknownVersion)
    }
}

/// A set of protocol versions, one bit each.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VersionSet(u16);

impl VersionSet {
    /// Every version, those that are yet to come among them.
    pub const ALL: Self = Self(u16::MAX);
    /// No version.
    pub const EMPTY: Self = Self(0);

    /// The one version.
    pub const fn only(version: ProtocolVersion) -> Self {
        Self(1 << version as u8)
    }

    /// `version` and all later ones.
    pub const fn since(version: ProtocolVersion) -> Self {
        Self(u16::MAX << version as u8)
    }

    /// `version` and all earlier ones.
    pub const fn until(version: ProtocolVersion) -> Self {
        Self(u16::MAX >> (15 - version as u8))
    }

    /// `first`, `last` and what lies between.
    pub const fn range(first: ProtocolVersion, last: ProtocolVersion) -> Self {
        Self::since(first).intersection(Self::until(last))
    }

    /// What is in either set.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both sets.
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether `version` is in the set.
    pub const fn contains(self, version: ProtocolVersion) -> bool {
        self.0 & (1 << version as u8) != 0
    }

    /// Whether no version is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The known versions of the set, oldest first.
    pub fn iter(self) -> impl Iterator<Item = ProtocolVersion> {
        ProtocolVersion::ALL.into_iter().filter(move |version| self.contains(*version))
    }
}

impl FromIterator<ProtocolVersion> for VersionSet {
    fn from_iter<I: IntoIterator<Item = ProtocolVersion>>(versions: I) -> Self {
        versions.into_iter().fold(Self::EMPTY, |set, version| set.union(Self::only(version)))
    }
}

impl fmt::Debug for VersionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(ProtocolVersion::as_str)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_their_bounds_say() {
        use ProtocolVersion as V;
        assert!(VersionSet::ALL.iter().eq(V::ALL));
        assert!(VersionSet::since(V::V14_0).iter().eq([V::V14_0, V::V14_1, V::V16_0, V::V16_1]));
        assert!(VersionSet::until(V::V2_1).iter().eq([V::V1_0, V::V2_0, V::V2_1]));
        assert!(VersionSet::range(V::V2_5, V::V12_1).iter().eq([V::V2_5, V::V12_0, V::V12_1]));
        assert!(VersionSet::range(V::V14_0, V::V2_5).is_empty());
    }

    #[test]
    fn text_and_number_name_the_same_version() {
        for version in ProtocolVersion::ALL {
            assert_eq!(version.as_str().parse(), Ok(version));
            assert_eq!(ProtocolVersion::from_number(version.number()), Some(version));
            let tenths: u8 = version.as_str().replace('.', "").parse().unwrap();
            assert_eq!(version.number(), tenths);
        }
        assert_eq!("16.2".parse::<ProtocolVersion>(), Err(UnknownVersion));
        assert_eq!(ProtocolVersion::from_number(26), None);
    }
}
