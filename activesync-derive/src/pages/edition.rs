//! Editions: the versions of a document language other than ActiveSync, such as WML 1.1 to 1.3.

/// One edition of a language that has several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edition {
    name: String,
    number: Vec<u32>,
}

impl Edition {
    pub(crate) fn parse(name: &str) -> Result<Self, String> {
        let number: Option<Vec<u32>> = name.split('.').map(super::file::parse_number).collect();
        let number = number.ok_or_else(|| format!("`{name}` is no version, such as 1.2"))?;
        Ok(Self { name: name.to_owned(), number })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The text with the edition's name for `{version}`.
    pub(crate) fn fill(&self, text: &str) -> String {
        text.replace("{version}", &self.name)
    }

    /// Whether a cell `versions` has the edition: `all` or nothing, `1.2-`, `1.1-1.2`, `1.2`, or several of these with
    /// commas between them.
    pub(crate) fn is_among(&self, versions: &str) -> Result<bool, String> {
        if matches!(versions, "" | "all") {
            return Ok(true);
        }
        let mut found = false;
        for part in versions.split(',') {
            let (first, last) = part.trim().split_once('-').unwrap_or((part.trim(), part.trim()));
            let first = Self::parse(first)?;
            let last = if last.is_empty() { self.clone() } else { Self::parse(last)? };
            found |= first.number <= self.number && self.number <= last.number;
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::Edition;

    #[test]
    fn rows_say_of_which_editions_they_are() {
        let among = |versions| Edition::parse("1.2").unwrap().is_among(versions);
        for versions in ["", "all", "1.2", "1.1-", "1.1-1.3", "1.0, 1.2", "1.0-1.1,1.2-", "1.2-1.2"] {
            assert_eq!(among(versions), Ok(true), "{versions}");
        }
        for versions in ["1.1", "1.3-", "1.0-1.1", "1.10", "1"] {
            assert_eq!(among(versions), Ok(false), "{versions}");
        }
        assert_eq!(among("1.x"), Err("`1.x` is no version, such as 1.2".to_owned()));
        // Not by its digits as a text.
        assert_eq!(Edition::parse("1.10").unwrap().is_among("1.2-"), Ok(true));
    }
}
