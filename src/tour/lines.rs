//! Just enough of the formats of contacts and events (RFC 6350, RFC 5545) to know what a file says, written apart from
//! the code that the server imports with: what arrives is compared with this.

/// What stands between a `BEGIN` and its `END`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) name: String,
    pub(super) lines: Vec<Line>,
    pub(super) children: Vec<Component>,
}

/// A content line, `NAME;PARAMETER=VALUE:VALUE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// In upper case, without the group before it.
    pub(super) name: String,
    parameters: Vec<(String, String)>,
    /// As it is written.
    pub(super) raw: String,
}

impl Component {
    /// The components at the top of a file.
    pub(super) fn parse(file: &[u8]) -> Vec<Self> {
        let text = String::from_utf8_lossy(file).replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
        let mut open = vec![Self::default()];
        for line in text.lines().filter_map(Line::parse) {
            match line.name.as_str() {
                "BEGIN" => open.push(Self { name: line.raw.to_ascii_uppercase(), ..Self::default() }),
                "END" => {
                    if let (Some(closed), Some(parent)) = (open.pop(), open.last_mut()) {
                        parent.children.push(closed);
                    }
                }
                _ => {
                    if let Some(current) = open.last_mut() {
                        current.lines.push(line);
                    }
                }
            }
        }
        open.into_iter().next().unwrap_or_default().children
    }

    /// The children of a name.
    pub(super) fn all_children<'c>(&'c self, name: &'c str) -> impl Iterator<Item = &'c Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The lines of a name.
    pub(super) fn all<'c>(&'c self, name: &'c str) -> impl Iterator<Item = &'c Line> {
        self.lines.iter().filter(move |line| line.name == name)
    }

    /// The first line of a name.
    pub(super) fn first(&self, name: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.name == name)
    }

    /// The text of the first line of a name.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.first(name).map(Line::text)
    }
}

impl Line {
    fn parse(line: &str) -> Option<Self> {
        let colon = unquoted(line, ':').next()?;
        let (head, raw) = (line.get(..colon)?, line.get(colon + 1..)?);
        let ends = unquoted(head, ';').chain([head.len()]);
        let mut begin = 0;
        let mut head = ends.filter_map(|end| head.get(std::mem::replace(&mut begin, end + 1)..end));
        let name = head.next()?;
        let name = name.rsplit_once('.').map_or(name, |(_, name)| name).to_ascii_uppercase();
        let parameters = head
            .filter_map(|parameter| parameter.split_once('='))
            .map(|(name, value)| (name.to_ascii_uppercase(), value.trim_matches('"').to_owned()))
            .collect();
        Some(Self { name, parameters, raw: raw.to_owned() })
    }

    /// The value of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The value as text.
    pub(super) fn text(&self) -> String {
        unescaped(&self.raw)
    }

    /// The value as a list, or as the parts of a name: as texts.
    pub(super) fn split(&self, separator: char) -> Vec<String> {
        let mut parts = vec![String::new()];
        let mut escaped = false;
        for character in self.raw.chars() {
            if character == separator && !escaped {
                parts.push(String::new());
            } else if let Some(part) = parts.last_mut() {
                part.push(character);
            }
            escaped = character == '\\' && !escaped;
        }
        parts.iter().map(|part| unescaped(part)).collect()
    }
}

/// Where a character stands that is not between quotes.
fn unquoted(text: &str, wanted: char) -> impl Iterator<Item = usize> {
    let mut quoted = false;
    text.char_indices().filter_map(move |(index, character)| {
        quoted ^= character == '"';
        (character == wanted && !quoted).then_some(index)
    })
}

fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n' | 'N') => text.push('\n'),
                Some(other) => text.push(other),
                None => text.push('\\'),
            },
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_unfolded_and_unescaped() {
        let file = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nORGANIZER;CN=\"A: B;C\":mailto:a@exa\r\n mple.org\r\n\
            item1.SUMMARY:one\\, two\\; three\\nfour\\\\n\r\nCATEGORIES:a\\,b,c\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let calendars = Component::parse(file.as_bytes());
        let [calendar] = &calendars[..] else { panic!("{calendars:?}") };
        let event = calendar.all_children("VEVENT").next().unwrap();
        let organizer = event.first("ORGANIZER").unwrap();
        assert_eq!(
            (organizer.parameter("CN"), organizer.raw.as_str()),
            (Some("A: B;C"), "mailto:a@example.org")
        );
        assert_eq!(event.text("SUMMARY").unwrap(), "one, two; three\nfour\\n");
        assert_eq!(event.first("CATEGORIES").unwrap().split(','), ["a,b", "c"]);
    }
}
