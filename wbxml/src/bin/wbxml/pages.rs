//! Code pages that the user brings, in files like those of `wbxml-codepages`. What is read of them stays in memory up to
//! the end of the program, as tables of languages do.

use wbxml::{AttributePage, AttributeStart, AttributeValue, CodePage, Content, Language, Tag, TagInfo};

use crate::input::read_text;
use crate::{Failure, printable};

/// The language with the pages of these files, which come before its own of the same number.
pub(crate) fn extended(language: &'static Language, files: &[String]) -> Result<&'static Language, Failure> {
    if files.is_empty() {
        return Ok(language);
    }
    let (mut pages, mut attribute_pages) = (Vec::<&CodePage>::new(), Vec::<&AttributePage>::new());
    for file in files {
        let (name, text) = read_text(file)?;
        let fault = |fault: &str| Failure::Unable(printable(&format!("{name}: {fault}")));
        let taken = |number| fault(&format!("page {number} is in an earlier file already"));
        match parse(&text).map_err(|message| fault(&message))? {
            Page::Tags(page) if pages.iter().any(|other| other.number == page.number) => {
                return Err(taken(page.number));
            }
            Page::Attributes(page) if attribute_pages.iter().any(|other| other.number == page.number) => {
                return Err(taken(page.number));
            }
            Page::Tags(page) => pages.push(Box::leak(Box::new(page))),
            Page::Attributes(page) => attribute_pages.push(Box::leak(Box::new(page))),
        }
    }
    let mut extended = Language::extending(language, language.name, pages.leak());
    extended.attribute_pages = attribute_pages.leak();
    Ok(Box::leak(Box::new(extended)))
}

#[derive(Debug)]
enum Page {
    Tags(CodePage),
    Attributes(AttributePage),
}

/// A message begins with the line that it is about.
fn parse(text: &str) -> Result<Page, String> {
    let file = File::split(text)?;
    match (file.number("page")?, file.number("attribute-page")?) {
        (Some(number), None) => tags(&file, number).map(Page::Tags),
        (None, Some(number)) => attributes(&file, number).map(Page::Attributes),
        _ => Err("line 1: expected the number of a page, `page: 200` or `attribute-page: 0`".to_owned()),
    }
}

fn tags(file: &File<'_>, number: u8) -> Result<CodePage, String> {
    let name = file.head("name").ok_or("line 1: the head needs `name: …`")?;
    let namespace = file.head("namespace").unwrap_or(name);
    let mut tags = Vec::new();
    for table in &file.tables {
        for row in &table.rows {
            let name = table.required(row, "name")?;
            let content = match table.cell(row, "content").trim() {
                "" => Content::Any,
                word => content(word).ok_or_else(|| {
                    format!("line {}: `{word}` is no kind of content, such as container or string", row.line)
                })?,
            };
            let tag = Tag::new(number, table.token(row, |token| matches!(token, 0x05..=0x3F))?);
            tags.push((row.line, TagInfo { tag, name: name.to_owned().leak(), content }));
        }
    }
    let tags = by_token(tags, |tag| tag.tag.token())?;
    let mut index = [0; 64];
    for (position, tag) in (1..).zip(&tags) {
        index[usize::from(tag.tag.token())] = position;
    }
    // A page has no more than 59 tokens.
    let mut by_name: Vec<u8> = (0..).take(tags.len()).collect();
    by_name.sort_by_key(|position| tags[usize::from(*position)].name);
    let (name, namespace) = (name.to_owned().leak(), namespace.to_owned().leak());
    Ok(CodePage::new(number, name, namespace, tags.leak(), Box::leak(Box::new(index)), by_name.leak()))
}

fn attributes(file: &File<'_>, number: u8) -> Result<AttributePage, String> {
    let (mut starts, mut values) = (Vec::new(), Vec::new());
    for table in &file.tables {
        for row in &table.rows {
            if table.columns.contains(&"value") {
                let token = table.token(row, |token| matches!(token, 0x85..=0xBF | 0xC5..=0xFF))?;
                let value = table.cell(row, "value").to_owned().leak();
                values.push((row.line, AttributeValue { token, value }));
            } else {
                let token = table.token(row, |token| matches!(token, 0x05..=0x3F | 0x45..=0x7F))?;
                let name = table.required(row, "attribute")?.to_owned().leak();
                let prefix = table.cell(row, "prefix").to_owned().leak();
                starts.push((row.line, AttributeStart { token, name, prefix }));
            }
        }
    }
    let starts = by_token(starts, |start| start.token)?.leak();
    Ok(AttributePage { number, starts, values: by_token(values, |value| value.token)?.leak() })
}

/// Rows in the order of their tokens, each of which may occur once.
fn by_token<T>(mut rows: Vec<(usize, T)>, token: impl Fn(&T) -> u8) -> Result<Vec<T>, String> {
    rows.sort_by_key(|(line, row)| (token(row), *line));
    match rows.windows(2).find(|two| token(&two[0].1) == token(&two[1].1)) {
        Some(two) => Err(format!(
            "line {}: the token 0x{:02X} stands in line {} already",
            two[1].0,
            token(&two[1].1),
            two[0].0
        )),
        None => Ok(rows.into_iter().map(|(_, row)| row).collect()),
    }
}

fn content(word: &str) -> Option<Content> {
    Some(match word {
        "any" => Content::Any,
        "container" => Content::Container,
        "mixed" => Content::Mixed,
        "empty" => Content::Empty,
        "string" => Content::String,
        "integer" => Content::Integer,
        "boolean" => Content::Boolean,
        "datetime" => Content::DateTime,
        "opaque" => Content::Opaque,
        "opaque-text" => Content::OpaqueText,
        "opaque-integer" => Content::OpaqueInteger,
        "opaque-datetime" => Content::OpaqueDateTime,
        "packed-datetime" => Content::PackedDateTime,
        "string-or-opaque" => Content::StringOrOpaque,
        "document" => Content::Document,
        _ => return None,
    })
}

/// A head of `key: value` lines, then tables with a line of column names and a row a line.
struct File<'a> {
    head: Vec<(usize, &'a str, &'a str)>,
    tables: Vec<Table<'a>>,
}

struct Table<'a> {
    columns: Vec<&'a str>,
    rows: Vec<Row<'a>>,
}

struct Row<'a> {
    line: usize,
    cells: Vec<&'a str>,
}

impl<'a> File<'a> {
    fn split(text: &'a str) -> Result<Self, String> {
        let mut file = Self { head: Vec::new(), tables: Vec::new() };
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        for (line, content) in (1..).zip(text.lines()) {
            if content.starts_with('#') || content.trim().is_empty() {
                continue;
            }
            let cells: Vec<_> = content.split('\t').collect();
            if cells[0].trim() == "token" {
                let columns = cells.iter().map(|cell| cell.trim()).collect();
                file.tables.push(Table { columns, rows: Vec::new() });
            } else if let Some(table) = file.tables.last_mut() {
                table.rows.push(Row { line, cells });
            } else if let Some((key, value)) = content.split_once(':') {
                file.head.push((line, key.trim(), value.trim()));
            } else {
                return Err(format!(
                    "line {line}: expected `key: value`, or a line of column names, `token` and others with tabs between them"
                ));
            }
        }
        if file.tables.iter().all(|table| table.rows.is_empty()) {
            return Err(
                "line 1: the page has no rows: a table begins with the columns `token` and `name`".to_owned()
            );
        }
        Ok(file)
    }

    fn head(&self, key: &str) -> Option<&'a str> {
        self.head.iter().find(|(_, known, _)| *known == key).map(|(.., value)| *value)
    }

    fn number(&self, key: &str) -> Result<Option<u8>, String> {
        let Some((line, _, value)) = self.head.iter().find(|(_, known, _)| *known == key) else {
            return Ok(None);
        };
        let number = number(value)
            .ok_or_else(|| format!("line {line}: `{key}` is a number from 0 to 255, not `{value}`"))?;
        Ok(Some(number))
    }
}

impl<'a> Table<'a> {
    /// With the spaces at its ends, which belong to an attribute's value.
    fn cell(&self, row: &Row<'a>, column: &str) -> &'a str {
        let position = self.columns.iter().position(|name| *name == column);
        position.and_then(|position| row.cells.get(position).copied()).unwrap_or_default()
    }

    fn required(&self, row: &Row<'a>, column: &str) -> Result<&'a str, String> {
        match self.cell(row, column).trim() {
            "" => Err(format!("line {}: the row lacks its `{column}`", row.line)),
            cell => Ok(cell),
        }
    }

    fn token(&self, row: &Row<'a>, fits: fn(u8) -> bool) -> Result<u8, String> {
        let cell = self.required(row, "token")?;
        number(cell)
            .filter(|token| fits(*token))
            .ok_or_else(|| format!("line {}: expected a token of this table, not `{cell}`", row.line))
    }
}

fn number(text: &str) -> Option<u8> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u8::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::{env, fs};

    use wbxml::{ACTIVESYNC, CodePage, Language};

    use super::{Page, parse};

    /// The same files, read by the macro that made the tables.
    #[test]
    fn pages_of_the_built_in_languages_are_read_as_they_were_compiled() {
        let si = Language::by_name("SI").unwrap();
        let prov = Language::by_name("PROV").unwrap();
        for (folder, language) in [("activesync", &ACTIVESYNC), ("si", si), ("prov", prov)] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../codepages/pages").join(folder);
            let mut count = 0;
            let files = match fs::read_dir(folder) {
                // The crate by itself, without the repository around it.
                Err(_) if env::var_os("CI").is_none() => return,
                found => found.unwrap(),
            };
            for file in files {
                let text = fs::read_to_string(file.unwrap().path()).unwrap();
                if text.contains("\nlanguage:") || text.starts_with("language:") {
                    continue;
                }
                count += 1;
                match parse(&text).unwrap() {
                    Page::Tags(page) => same(&page, language.page(page.number).unwrap()),
                    Page::Attributes(page) => {
                        let compiled = language.attribute_page(page.number).unwrap();
                        assert_eq!((page.starts, page.values), (compiled.starts, compiled.values));
                    }
                }
            }
            assert_eq!(count, language.pages.len() + language.attribute_pages.len(), "{}", language.name);
        }
    }

    fn same(page: &CodePage, compiled: &CodePage) {
        assert_eq!((page.name, page.namespace), (compiled.name, compiled.namespace));
        assert_eq!(page.tags.len(), compiled.tags.len(), "{}", page.name);
        for (tag, expected) in page.tags.iter().zip(compiled.tags) {
            assert_eq!((tag.tag, tag.name, tag.content), (expected.tag, expected.name, expected.content));
            assert_eq!(page.get(tag.tag.token()).unwrap().name, tag.name);
            assert_eq!(page.find(tag.name).unwrap().tag, tag.tag);
        }
    }

    #[test]
    fn a_fault_has_its_line() {
        let head = "page: 200\nname: Acme\n\ntoken\tname\tcontent\n";
        for (text, expected) in [
            (
                String::new(),
                "line 1: the page has no rows: a table begins with the columns `token` and `name`",
            ),
            (
                "what is this".to_owned(),
                "line 1: expected `key: value`, or a line of column names, `token` and others with tabs between them",
            ),
            (
                format!("name: Acme\n{}", &head[22..]) + "0x05\tA\n",
                "line 1: expected the number of a page, `page: 200` or `attribute-page: 0`",
            ),
            (head.replace("200", "256") + "0x05\tA\n", "line 1: `page` is a number from 0 to 255, not `256`"),
            (format!("{head}0x05\n"), "line 5: the row lacks its `name`"),
            (format!("{head}0x04\tA\n"), "line 5: expected a token of this table, not `0x04`"),
            (
                format!("{head}0x05\tA\ttext\n"),
                "line 5: `text` is no kind of content, such as container or string",
            ),
            (format!("{head}0x05\tA\n5\tB\n"), "line 6: the token 0x05 stands in line 5 already"),
            (head.replace("name: Acme", "") + "0x05\tA\n", "line 1: the head needs `name: …`"),
            (
                "attribute-page: 0\ntoken\tvalue\n0x05\ta\n".to_owned(),
                "line 3: expected a token of this table, not `0x05`",
            ),
        ] {
            assert_eq!(parse(&text).unwrap_err(), expected, "{text}");
        }
    }
}
