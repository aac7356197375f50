//! Attributes: an attribute start, then strings and value tokens. WBXML 1.3, 5.8.3

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt::Write as _;

use crate::error::ErrorKind;
use crate::event::Attribute;
use crate::header::Header;
use crate::token::{
    ENTITY, EXT_0, EXT_2, EXT_I_0, EXT_I_2, EXT_T_0, EXT_T_2, LITERAL, OPAQUE, STR_I, STR_T, SWITCH_PAGE,
};
use crate::{Language, Limits, charset, primitives};

type Fault = (ErrorKind, usize);

/// The part of an attribute that has been scanned: it need not be again when more bytes have come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scanned {
    /// In bytes from the attribute's start.
    length: usize,
    /// The attribute page in force behind it.
    page: u8,
}

/// What an attribute is read with.
pub(crate) struct Context<'c, 'h> {
    pub(crate) header: &'c Header<'h>,
    pub(crate) language: &'static Language,
    pub(crate) limits: &'c Limits,
    /// The bytes of text that references may still make.
    pub(crate) referenced_left: &'c mut usize,
}

impl Context<'_, '_> {
    /// Counts text that a reference makes, before the next one is looked at: a short document could ask for much work.
    fn count(&mut self, bytes: usize) -> Result<(), ErrorKind> {
        let value = self.limits.referenced_text as u64;
        let exceeded = ErrorKind::LimitExceeded { limit: "referenced_text", value };
        *self.referenced_left = self.referenced_left.checked_sub(bytes).ok_or(exceeded)?;
        Ok(())
    }
}

/// Finds the end of the attribute that begins at `start`, and the attribute page in force there. All strings in it are
/// good afterwards.
///
/// `scanned` is the part that was good before, when there were fewer bytes; after a fault, the part that is good now.
pub(crate) fn scan(
    input: &[u8],
    start: usize,
    page: u8,
    scanned: &mut Option<Scanned>,
    mut context: Context<'_, '_>,
) -> Result<(usize, u8), Fault> {
    let mut cursor = Cursor { input, position: start, header: context.header, limits: *context.limits };
    let mut page = match scanned.take() {
        Some(Scanned { length, page }) => {
            cursor.position += length;
            page
        }
        None => scan_start(&mut cursor, page, &mut context)?,
    };
    loop {
        let offset = cursor.position;
        let length = offset - start;
        let piece = match input.get(offset) {
            _ if length > context.limits.text => {
                Err(ErrorKind::LimitExceeded { limit: "text", value: context.limits.text as u64 })
            }
            None => Err(INCOMPLETE),
            Some(&token) if !is_value(token) => return Ok((offset, page)),
            Some(_) => scan_piece(&mut cursor, page, &mut context),
        };
        match piece {
            Ok(page_after) => page = page_after,
            Err(kind) => {
                *scanned = Some(Scanned { length, page });
                return Err((kind, offset));
            }
        }
    }
}

/// Scans the name that an attribute begins with; gives the page in force behind it.
fn scan_start(cursor: &mut Cursor<'_, '_>, mut page: u8, context: &mut Context<'_, '_>) -> Result<u8, Fault> {
    loop {
        let at = cursor.position;
        let fault = |kind| (kind, at);
        match cursor.byte().map_err(fault)? {
            SWITCH_PAGE => page = cursor.byte().map_err(fault)?,
            LITERAL => {
                let name = cursor.literal_name().map_err(fault)?;
                context.count(name.len()).map_err(fault)?;
                return Ok(page);
            }
            token @ (0x05..=0x3F | 0x45..=0x7F) => {
                let start = context.language.attribute_page(page).and_then(|page| page.start(token));
                context.count(start.map_or(0, |start| start.prefix.len())).map_err(fault)?;
                return Ok(page);
            }
            token => return Err(fault(ErrorKind::UnexpectedToken { token, expected: "an attribute" })),
        }
    }
}

/// Scans a piece of the value; gives the page in force behind it.
fn scan_piece(cursor: &mut Cursor<'_, '_>, page: u8, context: &mut Context<'_, '_>) -> Result<u8, ErrorKind> {
    let token = cursor.byte()?;
    let referenced = match cursor.piece(token)? {
        Piece::Page(number) => return Ok(number),
        Piece::Text(text) if token == STR_T => text.len(),
        Piece::Entity(character) => character.len_utf8(),
        Piece::Token(token) => {
            let value = context.language.attribute_page(page).and_then(|page| page.value(token));
            value.map_or(0, |value| value.value.len())
        }
        Piece::Text(_) | Piece::Opaque(_) | Piece::Extension => 0,
    };
    context.count(referenced)?;
    Ok(page)
}

/// What strict mode does not let pass in an attribute that [`scan`] did, and its place in the attribute's bytes.
pub(crate) fn quirk(attribute: &Attribute<'_>, header: &Header<'_>) -> Option<Fault> {
    let mut cursor = Cursor { input: attribute.bytes, position: 0, header, limits: Limits::NONE };
    loop {
        let place = cursor.position;
        let token = cursor.byte().ok()?;
        let index = match token {
            LITERAL | STR_T => cursor.parse(primitives::mb_u_int32).ok()?,
            // The start of the attribute.
            0x05..=0x3F | 0x45..=0x7F => continue,
            _ => {
                cursor.piece(token).ok()?;
                continue;
            }
        };
        if header.string_table.is_empty() {
            return Some((ErrorKind::InvalidStringIndex { index, table: 0 }, place));
        }
        if charset::is_open_in_table(header, index) {
            return Some((ErrorKind::OpenTableString(index), place));
        }
    }
}

const INCOMPLETE: ErrorKind = ErrorKind::Incomplete { reading: "an attribute", needed: None, left: 0 };

fn is_value(token: u8) -> bool {
    matches!(token, SWITCH_PAGE | ENTITY | STR_I | EXT_I_0..=EXT_I_2 | EXT_T_0..=EXT_T_2 | STR_T)
        || matches!(token, 0x85..=0xBF | EXT_0..=EXT_2 | OPAQUE | 0xC5..)
}

/// A piece of an attribute's value.
enum Piece<'a> {
    Text(Cow<'a, str>),
    Entity(char),
    Token(u8),
    Opaque(&'a [u8]),
    Extension,
    Page(u8),
}

struct Cursor<'a, 'h> {
    input: &'a [u8],
    position: usize,
    header: &'h Header<'a>,
    limits: Limits,
}

impl<'a> Cursor<'a, '_> {
    fn byte(&mut self) -> Result<u8, ErrorKind> {
        let byte = *self.input.get(self.position).ok_or(INCOMPLETE)?;
        self.position += 1;
        Ok(byte)
    }

    fn parse<T>(
        &mut self,
        parser: impl nom::Parser<&'a [u8], Output = T, Error = primitives::Fault<'a>>,
    ) -> Result<T, ErrorKind> {
        let rest = &self.input[self.position..];
        let (rest, value) = primitives::parse(parser, rest).map_err(|fault| fault.kind)?;
        self.position = self.input.len() - rest.len();
        Ok(value)
    }

    fn table_string(&mut self) -> Result<Cow<'a, str>, ErrorKind> {
        let index = self.parse(primitives::mb_u_int32)?;
        charset::table_string(self.header, index)
    }

    /// Nokia phones write LITERAL 0 without a string table, and mean `xmlns`.
    fn literal_name(&mut self) -> Result<Cow<'a, str>, ErrorKind> {
        match self.parse(primitives::mb_u_int32)? {
            0 if self.header.string_table.is_empty() => Ok(Cow::Borrowed("xmlns")),
            index => charset::table_string(self.header, index),
        }
    }

    fn inline_string(&mut self) -> Result<Cow<'a, str>, ErrorKind> {
        let (charset, limit) = (self.header.charset, self.limits.text);
        let bytes = self.parse(|input| charset::terminated_string(input, charset, limit))?;
        charset::decode(bytes, charset)
    }

    /// The piece that `token`, just read, begins.
    fn piece(&mut self, token: u8) -> Result<Piece<'a>, ErrorKind> {
        Ok(match token {
            SWITCH_PAGE => Piece::Page(self.byte()?),
            STR_I => Piece::Text(self.inline_string()?),
            STR_T => Piece::Text(self.table_string()?),
            ENTITY => {
                let code = self.parse(primitives::mb_u_int32)?;
                Piece::Entity(char::from_u32(code).ok_or(ErrorKind::InvalidEntity(code))?)
            }
            OPAQUE => Piece::Opaque(self.parse(primitives::opaque(self.limits.opaque))?),
            EXT_I_0..=EXT_I_2 => {
                self.inline_string()?;
                Piece::Extension
            }
            EXT_T_0..=EXT_T_2 => {
                self.parse(primitives::mb_u_int32)?;
                Piece::Extension
            }
            EXT_0..=EXT_2 => Piece::Extension,
            _ => Piece::Token(token),
        })
    }
}

/// The attribute's name; `_0x05` for a token that the language does not have.
pub(crate) fn name<'a>(attribute: &Attribute<'a>, header: &Header<'a>, language: &Language) -> Cow<'a, str> {
    let (start, _) = start(attribute, header);
    match start {
        Start::Literal(name) => name,
        Start::Token(page, token) => match language.attribute_page(page).and_then(|page| page.start(token)) {
            Some(start) => Cow::Borrowed(start.name),
            None => Cow::Owned(alloc::format!("_0x{token:02X}")),
        },
    }
}

/// The attribute's value as text.
pub(crate) fn value<'a>(attribute: &Attribute<'a>, header: &Header<'a>, language: &Language) -> Cow<'a, str> {
    let mut value: Cow<'a, str> = Cow::Borrowed("");
    pieces(attribute, header, language, |_, piece| match piece {
        Shown::Page(_) => {}
        Shown::Text(text) if value.is_empty() => value = text,
        Shown::Text(text) => value.to_mut().push_str(&text),
        Shown::Hex(bytes) | Shown::Opaque(bytes) | Shown::Extension(bytes) => {
            for byte in bytes {
                // Writing to a String cannot fail.
                let _ = write!(value.to_mut(), "{byte:02X}");
            }
        }
    });
    value
}

/// A piece of an attribute's value, as far as it can be shown.
pub(crate) enum Shown<'a> {
    Text(Cow<'a, str>),
    /// A token that the language does not have.
    Hex(&'a [u8]),
    Opaque(&'a [u8]),
    /// The bytes of an extension token and what comes with it.
    Extension(&'a [u8]),
    /// A switch of the page.
    Page(u8),
}

/// Calls `show` with the pieces of the value one after the other, each with the offset in the attribute's bytes at which
/// it ends. The first one is what the attribute start stands for.
pub(crate) fn pieces<'a>(
    attribute: &Attribute<'a>,
    header: &Header<'a>,
    language: &Language,
    mut show: impl FnMut(usize, Shown<'a>),
) {
    let (start, mut cursor) = start(attribute, header);
    let mut page = attribute.page;
    let mut prefix = "";
    if let Start::Token(number, token) = start {
        page = number;
        if let Some(start) = language.attribute_page(number).and_then(|page| page.start(token)) {
            prefix = start.prefix;
        }
    }
    show(cursor.position, Shown::Text(Cow::Borrowed(prefix)));
    while let Ok(token) = cursor.byte() {
        let from = cursor.position - 1;
        // The reader has scanned the attribute before: there are no faults left in it.
        let Ok(piece) = cursor.piece(token) else { return };
        match piece {
            Piece::Page(number) => {
                page = number;
                show(cursor.position, Shown::Page(number));
            }
            Piece::Text(text) => show(cursor.position, Shown::Text(text)),
            Piece::Entity(character) => {
                show(cursor.position, Shown::Text(Cow::Owned(String::from(character))));
            }
            Piece::Token(token) => match language.attribute_page(page).and_then(|page| page.value(token)) {
                Some(value) => show(cursor.position, Shown::Text(Cow::Borrowed(value.value))),
                None => show(cursor.position, Shown::Hex(&attribute.bytes[from..cursor.position])),
            },
            Piece::Opaque(bytes) => show(cursor.position, Shown::Opaque(bytes)),
            Piece::Extension => {
                show(cursor.position, Shown::Extension(&attribute.bytes[from..cursor.position]));
            }
        }
    }
}

enum Start<'a> {
    Token(u8, u8),
    Literal(Cow<'a, str>),
}

fn start<'a, 'h>(attribute: &Attribute<'a>, header: &'h Header<'a>) -> (Start<'a>, Cursor<'a, 'h>) {
    let mut cursor = Cursor { input: attribute.bytes, position: 0, header, limits: Limits::NONE };
    let mut page = attribute.page;
    let start = loop {
        match cursor.byte() {
            Ok(SWITCH_PAGE) => page = cursor.byte().unwrap_or(page),
            Ok(LITERAL) => break Start::Literal(cursor.literal_name().unwrap_or_default()),
            Ok(token) => break Start::Token(page, token),
            Err(_) => break Start::Literal(Cow::Borrowed("")),
        }
    };
    (start, cursor)
}
