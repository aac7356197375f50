//! The names that Windows gives to time zones.

/// A row a zone: the Windows name, a tab, the IANA zone that stands for it.
const TABLE: &str = include_str!("windows.tsv");

/// Windows and IANA names, the preferred zones first.
fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).skip(1).filter_map(|line| line.split_once('\t'))
}

/// The IANA zones that stand for Windows zones, the preferred ones first.
pub(super) fn zones() -> impl Iterator<Item = &'static str> {
    rows().map(|(_, iana)| iana)
}

/// The IANA zone that a Windows name stands for.
pub(super) fn iana_name(windows: &str) -> Option<&'static str> {
    rows().find(|(name, _)| name.eq_ignore_ascii_case(windows)).map(|(_, iana)| iana)
}

/// How far up in the table a zone stands; less is better, and no place is worst.
pub(super) fn rank(iana: &str) -> usize {
    rows().position(|(_, name)| name == iana).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_a_zone_that_exists() {
        assert!(rows().count() > 130);
        for (windows, iana) in rows() {
            assert!(jiff::tz::db().get(iana).is_ok(), "{windows}: {iana}");
        }
    }
}
