//! Data files: a head of `key: value` lines, then tables with a line of column names and a row a line.

use std::collections::HashMap;

use super::edition::Edition;
use crate::versions::Versions;

/// What is wrong with a line, counted from 1.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) line: usize,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(line: usize, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }
}

/// What could be read of a file, and what could not.
pub(crate) type Parsed<T> = (Option<T>, Vec<Fault>);

/// A file of a code page, in either code space, or of the values of an extension token.
#[derive(Debug)]
pub(crate) enum PageFile {
    Tags(TagPage),
    Attributes(AttributePage),
    /// Numbers and the text that EXT_T_0 with them stands for, sorted by number.
    Values(Vec<(u32, String)>),
}

#[derive(Debug)]
pub(crate) struct TagPage {
    pub(crate) number: u8,
    pub(crate) name: String,
    pub(crate) namespace: String,
    /// Sorted by token.
    pub(crate) tags: Vec<TagRow>,
}

#[derive(Debug)]
pub(crate) struct TagRow {
    pub(crate) line: usize,
    pub(crate) token: u8,
    pub(crate) name: String,
    pub(crate) content: &'static ContentKind,
    pub(crate) versions: Versions,
}

/// What an element holds: the word of the data files, the variant of `Content`.
#[derive(Debug)]
pub(crate) struct ContentKind {
    pub(crate) word: &'static str,
    pub(crate) variant: &'static str,
}

const CONTENT_KINDS: [ContentKind; 15] = [
    ContentKind { word: "any", variant: "Any" },
    ContentKind { word: "container", variant: "Container" },
    ContentKind { word: "mixed", variant: "Mixed" },
    ContentKind { word: "empty", variant: "Empty" },
    ContentKind { word: "string", variant: "String" },
    ContentKind { word: "integer", variant: "Integer" },
    ContentKind { word: "boolean", variant: "Boolean" },
    ContentKind { word: "datetime", variant: "DateTime" },
    ContentKind { word: "opaque", variant: "Opaque" },
    ContentKind { word: "opaque-text", variant: "OpaqueText" },
    ContentKind { word: "opaque-integer", variant: "OpaqueInteger" },
    ContentKind { word: "opaque-datetime", variant: "OpaqueDateTime" },
    ContentKind { word: "packed-datetime", variant: "PackedDateTime" },
    ContentKind { word: "string-or-opaque", variant: "StringOrOpaque" },
    ContentKind { word: "document", variant: "Document" },
];

impl ContentKind {
    pub(crate) fn parse(word: &str) -> Result<&'static Self, String> {
        CONTENT_KINDS.iter().find(|kind| kind.word == word).ok_or_else(|| {
            let words: Vec<_> = CONTENT_KINDS.iter().map(|kind| kind.word).collect();
            format!("`{word}` is no kind of content; the kinds are {}", words.join(", "))
        })
    }
}

#[derive(Debug)]
pub(crate) struct AttributePage {
    pub(crate) number: u8,
    /// Token, name and prefix, sorted by token.
    pub(crate) starts: Vec<(u8, String, String)>,
    /// Token and value, sorted by token.
    pub(crate) values: Vec<(u8, String)>,
}

impl PageFile {
    /// Reads the rows of an edition, or of a page that is the same in all of them.
    pub(crate) fn parse(text: &str, edition: Option<&Edition>) -> Parsed<Self> {
        let mut file = Lines::split(text);
        let has = |key| file.head.contains_key(key);
        let page = match (has("page"), has("attribute-page"), has("extension-values")) {
            (true, false, false) => Some(Self::Tags(TagPage::read(&mut file, edition))),
            (false, true, false) => Some(Self::Attributes(AttributePage::read(&mut file, edition))),
            (false, false, true) => Some(Self::Values(read_values(&mut file, edition))),
            (false, false, false) => {
                file.fault(1, "the head needs the number of the page: `page: 200` (or `attribute-page: 0`)");
                None
            }
            _ => {
                file.fault(1, "a file holds one page: keep `page` or `attribute-page`");
                None
            }
        };
        file.finish(page)
    }
}

impl TagPage {
    fn read(file: &mut Lines<'_>, edition: Option<&Edition>) -> Self {
        let number = file.take_number("page", u8::MAX.into()).unwrap_or_default();
        let name = file.take_required("name");
        let namespace = match file.take("namespace") {
            Some((_, value)) => edition.map_or_else(|| value.to_owned(), |edition| edition.fill(value)),
            None => name.clone(),
        };
        file.refuse_other_keys("page, name and namespace");
        let mut tags = Vec::new();
        for table in std::mem::take(&mut file.tables) {
            file.check_columns(&table, &["token", "name"], &["content", "versions"]);
            for row in &table.rows {
                if file.is_in(&table, row, edition) {
                    let tag = TagRow::read(&table, row, edition).map_err(|message| (row.line, message));
                    file.keep(tag, &mut tags);
                }
            }
        }
        if tags.is_empty() && file.faults.is_empty() {
            file.fault(1, "the page has no tags: a table begins with the columns `token` and `name`, a tab between them");
        }
        file.refuse_repeated(&mut tags, "token", |row| (row.line, format!("0x{:02X}", row.token)));
        file.refuse_repeated(&mut tags, "name", |row| (row.line, row.name.clone()));
        tags.sort_by_key(|row| row.token);
        Self { number, name, namespace, tags }
    }
}

impl TagRow {
    fn read(table: &Table<'_>, row: &Row<'_>, edition: Option<&Edition>) -> Result<Self, String> {
        let token = parse_token(table.required(row, "token")?, &[0x05..=0x3F])?;
        let name = table.required(row, "name")?;
        let mut letters = name.chars();
        let first_fits = letters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        if !first_fits || !letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')) {
            return Err(format!("`{name}` is no name for a tag"));
        }
        let word = table.cell(row, "content").filter(|word| !word.is_empty()).unwrap_or("any");
        let content = ContentKind::parse(word)?;
        let versions = table.cell(row, "versions").filter(|versions| !versions.is_empty()).unwrap_or("all");
        // Those of an edition of another language have been looked at, and are not those of ActiveSync.
        let versions = if edition.is_some() { Versions::all() } else { Versions::parse(versions)? };
        Ok(Self { line: row.line, token, name: name.to_owned(), content, versions })
    }
}

impl AttributePage {
    fn read(file: &mut Lines<'_>, edition: Option<&Edition>) -> Self {
        let number = file.take_number("attribute-page", u8::MAX.into()).unwrap_or_default();
        file.take("name");
        file.refuse_other_keys("attribute-page and name");
        let (mut starts, mut values) = (Vec::new(), Vec::new());
        for table in std::mem::take(&mut file.tables) {
            if table.columns.contains(&"value") {
                file.check_columns(&table, &["token", "value"], versions_column(edition));
                for row in &table.rows {
                    if !file.is_in(&table, row, edition) {
                        continue;
                    }
                    let value = read_attribute_value(&table, row).map_err(|message| (row.line, message));
                    file.keep(value, &mut values);
                }
            } else {
                let optional = [&["prefix"], versions_column(edition)].concat();
                file.check_columns(&table, &["token", "attribute"], &optional);
                for row in &table.rows {
                    if !file.is_in(&table, row, edition) {
                        continue;
                    }
                    let start = read_attribute_start(&table, row).map_err(|message| (row.line, message));
                    file.keep(start, &mut starts);
                }
            }
        }
        file.refuse_repeated(&mut starts, "token", |(line, (token, ..))| (*line, format!("0x{token:02X}")));
        file.refuse_repeated(&mut values, "token", |(line, (token, _))| (*line, format!("0x{token:02X}")));
        let mut starts: Vec<_> = starts.into_iter().map(|(_, start)| start).collect();
        let mut values: Vec<_> = values.into_iter().map(|(_, value)| value).collect();
        starts.sort_by_key(|start: &(u8, String, String)| start.0);
        values.sort_by_key(|value: &(u8, String)| value.0);
        Self { number, starts, values }
    }
}

type Numbered<T> = (usize, T);

fn read_attribute_start(table: &Table<'_>, row: &Row<'_>) -> Result<Numbered<(u8, String, String)>, String> {
    let token = parse_token(table.required(row, "token")?, &[0x05..=0x3F, 0x45..=0x7F])?;
    let name = table.required(row, "attribute")?;
    let prefix = table.raw_cell(row, "prefix").unwrap_or_default();
    Ok((row.line, (token, name.to_owned(), prefix.to_owned())))
}

fn read_attribute_value(table: &Table<'_>, row: &Row<'_>) -> Result<Numbered<(u8, String)>, String> {
    let token = parse_token(table.required(row, "token")?, &[0x85..=0xBF, 0xC5..=0xFF])?;
    let value = table.raw_cell(row, "value").filter(|value| !value.is_empty());
    Ok((row.line, (token, value.ok_or("the row lacks its `value`")?.to_owned())))
}

fn read_values(file: &mut Lines<'_>, edition: Option<&Edition>) -> Vec<(u32, String)> {
    if let Some((line, token)) = file.take("extension-values")
        && token != "EXT_T_0"
    {
        file.fault(line, format!("`extension-values` are those of EXT_T_0, not of `{token}`"));
    }
    file.refuse_other_keys("extension-values");
    let mut values = Vec::new();
    for table in std::mem::take(&mut file.tables) {
        file.check_columns(&table, &["index", "value"], versions_column(edition));
        for row in &table.rows {
            if file.is_in(&table, row, edition) {
                let value = read_value(&table, row).map_err(|message| (row.line, message));
                file.keep(value, &mut values);
            }
        }
    }
    file.refuse_repeated(&mut values, "index", |(line, (index, _))| (*line, format!("0x{index:02X}")));
    let mut values: Vec<_> = values.into_iter().map(|(_, value)| value).collect();
    values.sort();
    values
}

fn read_value(table: &Table<'_>, row: &Row<'_>) -> Result<Numbered<(u32, String)>, String> {
    let index = table.required(row, "index")?;
    let index = parse_number(index).ok_or_else(|| format!("`{index}` is no number"))?;
    Ok((row.line, (index, table.required(row, "value")?.to_owned())))
}

/// Rows of attributes and values have versions only where their language has editions.
fn versions_column(edition: Option<&Edition>) -> &'static [&'static str] {
    if edition.is_some() { &["versions"] } else { &[] }
}

/// A file in lines: its head, its tables, and the faults found so far.
pub(crate) struct Lines<'a> {
    head: HashMap<&'a str, (usize, &'a str)>,
    pub(crate) tables: Vec<Table<'a>>,
    pub(crate) faults: Vec<Fault>,
}

pub(crate) struct Table<'a> {
    pub(crate) line: usize,
    pub(crate) columns: Vec<&'a str>,
    pub(crate) rows: Vec<Row<'a>>,
}

pub(crate) struct Row<'a> {
    pub(crate) line: usize,
    cells: Vec<&'a str>,
}

/// The first columns of the tables there are: a line that begins with one begins a table.
const FIRST_COLUMNS: [&str; 8] =
    ["token", "page", "version", "attribute", "prefix", "alias", "entity", "index"];

impl<'a> Lines<'a> {
    pub(crate) fn split(text: &'a str) -> Self {
        let mut file = Self { head: HashMap::new(), tables: Vec::new(), faults: Vec::new() };
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        for (line, content) in (1..).zip(text.lines()) {
            if !content.starts_with('#') && !content.trim().is_empty() {
                file.add(line, content);
            }
        }
        file
    }

    fn add(&mut self, line: usize, content: &'a str) {
        let cells: Vec<_> = content.split('\t').collect();
        if FIRST_COLUMNS.contains(&cells[0].trim()) {
            let columns = cells.iter().map(|cell| cell.trim()).collect();
            self.tables.push(Table { line, columns, rows: Vec::new() });
        } else if let Some(table) = self.tables.last_mut() {
            if cells.len() > table.columns.len() {
                let message = format!("{} cells in a table of {} columns", cells.len(), table.columns.len());
                self.fault(line, message);
            } else {
                table.rows.push(Row { line, cells });
            }
        } else if let Some((key, value)) = content.split_once(':') {
            let (key, value) = (key.trim(), value.trim());
            if let Some((first, _)) = self.head.insert(key, (line, value)) {
                self.fault(line, format!("`{key}` stands in line {first} already"));
            }
        } else {
            self.fault(line, "expected `key: value`, or the line of column names that begins a table");
        }
    }

    pub(crate) fn take(&mut self, key: &str) -> Option<(usize, &'a str)> {
        self.head.remove(key)
    }

    pub(crate) fn take_required(&mut self, key: &str) -> String {
        match self.take(key) {
            Some((_, value)) if !value.is_empty() => value.to_owned(),
            found => {
                self.fault(found.map_or(1, |(line, _)| line), format!("the head needs `{key}: …`"));
                String::new()
            }
        }
    }

    pub(crate) fn take_number<N: TryFrom<u32>>(&mut self, key: &str, most: u32) -> Option<N> {
        let Some((line, value)) = self.take(key) else {
            self.fault(1, format!("the head needs `{key}: …`"));
            return None;
        };
        let number = parse_number(value).and_then(|number| N::try_from(number).ok());
        if number.is_none() {
            self.fault(line, format!("`{key}` is a number from 0 to {most}, not `{value}`"));
        }
        number
    }

    pub(crate) fn refuse_other_keys(&mut self, known: &str) {
        let mut others: Vec<_> = self.head.drain().collect();
        others.sort_by_key(|(_, (line, _))| *line);
        for (key, (line, _)) in others {
            self.fault(line, format!("`{key}` is no key of this head; the keys are {known}"));
        }
    }

    pub(crate) fn check_columns(&mut self, table: &Table<'_>, required: &[&str], optional: &[&str]) {
        for column in required.iter().filter(|column| !table.columns.contains(column)) {
            self.fault(table.line, format!("the table lacks the column `{column}`"));
        }
        for (position, column) in table.columns.iter().enumerate() {
            if !required.contains(column) && !optional.contains(column) {
                let known = [required, optional].concat().join(", ");
                self.fault(
                    table.line,
                    format!("`{column}` is no column of this table; the columns are {known}"),
                );
            } else if table.columns[..position].contains(column) {
                self.fault(table.line, format!("two columns are named `{column}`"));
            }
        }
    }

    /// Whether a row is of the edition; a fault in its versions is reported.
    pub(crate) fn is_in(&mut self, table: &Table<'a>, row: &Row<'a>, edition: Option<&Edition>) -> bool {
        let (Some(edition), Some(versions)) = (edition, table.cell(row, "versions")) else { return true };
        match edition.is_among(versions) {
            Ok(is_in) => is_in,
            Err(message) => {
                self.fault(row.line, message);
                false
            }
        }
    }

    pub(crate) fn keep<T>(&mut self, row: Result<T, (usize, String)>, rows: &mut Vec<T>) {
        match row {
            Ok(row) => rows.push(row),
            Err((line, message)) => self.fault(line, message),
        }
    }

    /// Takes out the rows whose key an earlier row has.
    pub(crate) fn refuse_repeated<T>(
        &mut self,
        rows: &mut Vec<T>,
        what: &str,
        key: impl Fn(&T) -> (usize, String),
    ) {
        let mut seen = HashMap::new();
        rows.retain(|row| {
            let (line, key) = key(row);
            if let Some(first) = seen.get(&key) {
                self.fault(line, format!("the {what} {key} stands in line {first} already"));
                return false;
            }
            seen.insert(key, line);
            true
        });
    }

    pub(crate) fn fault(&mut self, line: usize, message: impl Into<String>) {
        self.faults.push(Fault::new(line, message));
    }

    pub(crate) fn finish<T>(mut self, file: Option<T>) -> Parsed<T> {
        self.faults.sort_by_key(|fault| fault.line);
        (file, self.faults)
    }
}

impl<'a> Table<'a> {
    /// The cell with the spaces at its ends, which belong to an attribute's value.
    fn raw_cell(&self, row: &Row<'a>, column: &str) -> Option<&'a str> {
        let position = self.columns.iter().position(|name| *name == column)?;
        row.cells.get(position).copied()
    }

    pub(crate) fn cell(&self, row: &Row<'a>, column: &str) -> Option<&'a str> {
        self.raw_cell(row, column).map(str::trim)
    }

    pub(crate) fn required(&self, row: &Row<'a>, column: &str) -> Result<&'a str, String> {
        let cell = self.cell(row, column).filter(|cell| !cell.is_empty());
        cell.ok_or_else(|| format!("the row lacks its `{column}`"))
    }
}

fn parse_token(text: &str, allowed: &[std::ops::RangeInclusive<u8>]) -> Result<u8, String> {
    let ranges: Vec<_> =
        allowed.iter().map(|range| format!("0x{:02X} to 0x{:02X}", range.start(), range.end())).collect();
    parse_number(text)
        .and_then(|number| u8::try_from(number).ok())
        .filter(|token| allowed.iter().any(|range| range.contains(token)))
        .ok_or_else(|| format!("expected a token, {}, not `{text}`", ranges.join(" or ")))
}

pub(crate) fn parse_number(text: &str) -> Option<u32> {
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    // from_str_radix takes a sign too.
    let all_digits = digits.chars().all(|c| c.is_digit(radix));
    u32::from_str_radix(digits, radix).ok().filter(|_| all_digits)
}
