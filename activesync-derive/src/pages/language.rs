//! The file `language.tsv` of a document language.

use super::edition::Edition;
use super::file::{ContentKind, Fault, Lines, Parsed, Row, Table, parse_number};

/// A language, or one edition of it.
#[derive(Debug)]
pub(crate) struct LanguageFile {
    pub(crate) name: String,
    pub(crate) public_id: u32,
    pub(crate) formal_public_id: String,
    /// The names of the page files, each with its line.
    pub(crate) pages: Vec<(usize, String)>,
    pub(crate) details: Details,
}

/// What some languages have besides code pages, as `Details` of the crate of the types has it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Details {
    pub(crate) version: String,
    pub(crate) formal_public_id_aliases: Vec<String>,
    pub(crate) system_id: String,
    pub(crate) root: String,
    pub(crate) media_types: Vec<String>,
    /// The second digit of the WBXML version, where it is not 1.3.
    pub(crate) wbxml: Option<u8>,
    pub(crate) xmlns_is_attribute: bool,
    pub(crate) whole_starts: bool,
    pub(crate) variables: bool,
    pub(crate) embeds: Vec<String>,
    pub(crate) attributes: Vec<AttributeContent>,
    pub(crate) prefixes: Vec<(String, String)>,
    pub(crate) aliases: Vec<(String, String)>,
    pub(crate) entities: Vec<(String, char)>,
}

/// An attribute that is no plain text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AttributeContent {
    pub(crate) attribute: String,
    /// The variant of `Content`.
    pub(crate) content: &'static str,
    /// Another attribute of the element, and the value that it must have.
    pub(crate) when: Option<(String, String)>,
}

const KEYS: &str = "language, public-id, formal-public-id, formal-public-id-alias, system-id, root, media-type, \
                    wbxml, xmlns, attribute-starts, extensions and embeds";

impl LanguageFile {
    /// Reads the edition that the call names, or a language without editions.
    pub(crate) fn parse(text: &str, edition: Option<&Edition>) -> Parsed<Self> {
        let mut file = Lines::split(text);
        let mut name = file.take_required("language");
        let mut tables = std::mem::take(&mut file.tables);
        let editions =
            tables.iter().position(|table| table.columns[0] == "version").map(|at| tables.remove(at));
        let own = |key: &str| edition_cell(editions.as_ref(), edition, key);
        let mut details = Details::default();
        details.read_head(&mut file, edition);
        let mut take =
            |key: &str| own(key).or_else(|| file.take(key).map(|(line, value)| (line, value.to_owned())));
        let public_id = take("public-id");
        let formal_public_id = take("formal-public-id").unwrap_or_default().1;
        let aliases = take("formal-public-id-alias").unwrap_or_default().1;
        details.formal_public_id_aliases = list(&aliases);
        details.system_id = take("system-id").unwrap_or_default().1;
        file.refuse_other_keys(KEYS);
        check_edition(&mut file, editions.as_ref(), edition);
        if let Some(edition) = edition {
            name = format!("{name} {}", edition.name());
            edition.name().clone_into(&mut details.version);
        } else if let Some((_, version)) = name.rsplit_once(' ') {
            version.clone_into(&mut details.version);
        }
        let public_id = number(&mut file, public_id);
        let mut pages = Vec::new();
        for table in tables {
            match table.columns[0] {
                "page" => read_pages(&mut file, &table, edition, &mut pages),
                _ => details.read_table(&mut file, &table),
            }
        }
        if pages.is_empty() && file.faults.is_empty() {
            file.fault(1, "the language has no pages: name their files, a line each, below a line `page`");
        }
        file.refuse_repeated(&mut pages, "page", Clone::clone);
        file.finish(Some(Self { name, public_id, formal_public_id, pages, details }))
    }
}

/// What the row of the edition has in a column, and its line.
fn edition_cell(
    table: Option<&Table<'_>>,
    edition: Option<&Edition>,
    column: &str,
) -> Option<(usize, String)> {
    let (table, edition) = (table?, edition?);
    let row = table.rows.iter().find(|row| table.cell(row, "version") == Some(edition.name()))?;
    // A column that the table has is not sought in the head.
    table
        .columns
        .contains(&column)
        .then(|| (row.line, table.cell(row, column).unwrap_or_default().to_owned()))
}

fn check_edition(file: &mut Lines<'_>, table: Option<&Table<'_>>, edition: Option<&Edition>) {
    let Some(table) = table else {
        if let Some(edition) = edition {
            let message = format!("the language has no versions: leave out `version \"{}\"`", edition.name());
            file.fault(1, message);
        }
        return;
    };
    file.check_columns(
        table,
        &["version"],
        &["public-id", "formal-public-id", "formal-public-id-alias", "system-id"],
    );
    let names: Vec<_> = table.rows.iter().filter_map(|row| table.cell(row, "version")).collect();
    if !edition.is_some_and(|edition| names.contains(&edition.name())) {
        let names = names.join(", ");
        file.fault(
            table.line,
            format!("name one of the versions {names} in the call: `= \"…\" version \"…\"`"),
        );
    }
}

fn number(file: &mut Lines<'_>, cell: Option<(usize, String)>) -> u32 {
    let Some((line, text)) = cell else {
        file.fault(1, "the head needs `public-id: …`");
        return 0;
    };
    parse_number(&text).unwrap_or_else(|| {
        file.fault(line, format!("`public-id` is a number from 0 to {}, not `{text}`", u32::MAX));
        0
    })
}

fn read_pages<'a>(
    file: &mut Lines<'a>,
    table: &Table<'a>,
    edition: Option<&Edition>,
    pages: &mut Vec<(usize, String)>,
) {
    file.check_columns(table, &["page"], if edition.is_some() { &["versions"] } else { &[] });
    for row in &table.rows {
        if file.is_in(table, row, edition) {
            let page = table.required(row, "page").map(|name| (row.line, name.to_owned()));
            file.keep(page.map_err(|message| (row.line, message)), pages);
        }
    }
}

impl Details {
    fn read_head(&mut self, file: &mut Lines<'_>, edition: Option<&Edition>) {
        let mut text = |key: &str| file.take(key).map_or("", |(_, value)| value);
        text("root").clone_into(&mut self.root);
        self.media_types = list(text("media-type"));
        let embeds = text("embeds");
        self.embeds = list(&edition.map_or_else(|| embeds.to_owned(), |edition| edition.fill(embeds)));
        self.xmlns_is_attribute = file.take_word("xmlns", "attribute");
        self.whole_starts = file.take_word("attribute-starts", "whole");
        self.variables = file.take_word("extensions", "variables");
        if let Some((line, version)) = file.take("wbxml") {
            let digit =
                version.strip_prefix("1.").and_then(parse_number).and_then(|digit| u8::try_from(digit).ok());
            self.wbxml = digit.filter(|digit| *digit <= 3);
            if self.wbxml.is_none() {
                file.fault(line, format!("`wbxml` is a version from 1.0 to 1.3, not `{version}`"));
            }
        }
    }

    fn read_table<'a>(&mut self, file: &mut Lines<'a>, table: &Table<'a>) {
        match table.columns[0] {
            "attribute" => {
                file.check_columns(table, &["attribute", "content"], &["when"]);
                read_rows(file, table, &mut self.attributes, AttributeContent::read);
            }
            "prefix" => read_pairs(file, table, ["prefix", "namespace"], &mut self.prefixes),
            "alias" => read_pairs(file, table, ["alias", "name"], &mut self.aliases),
            "entity" => {
                file.check_columns(table, &["entity", "character"], &[]);
                read_rows(file, table, &mut self.entities, |table, row| {
                    let number = table.required(row, "character")?;
                    let character = parse_number(number).and_then(char::from_u32);
                    let character =
                        character.ok_or_else(|| format!("`{number}` is no number of a character"))?;
                    Ok((table.required(row, "entity")?.to_owned(), character))
                });
            }
            column => file.fault(table.line, format!("a language has no table of `{column}`")),
        }
    }
}

impl AttributeContent {
    fn read(table: &Table<'_>, row: &Row<'_>) -> Result<Self, String> {
        let content = ContentKind::parse(table.required(row, "content")?)?.variant;
        let when = match table.cell(row, "when").filter(|when| !when.is_empty()) {
            None => None,
            Some(when) => {
                let (attribute, value) = when
                    .split_once('=')
                    .ok_or_else(|| format!("`when` is `ATTRIBUTE=value`, not `{when}`"))?;
                Some((attribute.to_owned(), value.to_owned()))
            }
        };
        Ok(Self { attribute: table.required(row, "attribute")?.to_owned(), content, when })
    }
}

fn read_pairs<'a>(
    file: &mut Lines<'a>,
    table: &Table<'a>,
    columns: [&str; 2],
    pairs: &mut Vec<(String, String)>,
) {
    file.check_columns(table, &columns, &[]);
    read_rows(file, table, pairs, |table, row| {
        Ok((table.required(row, columns[0])?.to_owned(), table.required(row, columns[1])?.to_owned()))
    });
}

fn read_rows<'a, T>(
    file: &mut Lines<'a>,
    table: &Table<'a>,
    into: &mut Vec<T>,
    read: impl Fn(&Table<'a>, &Row<'a>) -> Result<T, String>,
) {
    for row in &table.rows {
        file.keep(read(table, row).map_err(|message| (row.line, message)), into);
    }
}

impl Lines<'_> {
    /// Whether the head has a key, whose value can be one word only.
    fn take_word(&mut self, key: &str, word: &str) -> bool {
        let Some((line, value)) = self.take(key) else { return false };
        if value != word {
            self.faults.push(Fault::new(line, format!("`{key}` is `{word}` or not there, not `{value}`")));
        }
        true
    }
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}
