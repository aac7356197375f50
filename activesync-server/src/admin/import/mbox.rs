//! Mail after mail in one file, each behind a line that begins with `From `.

use std::io::BufRead;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Reads the mails of an mbox one by one.
pub(super) struct Reader<R> {
    source: R,
    /// The line that was read last; the separator of the next mail.
    line: Vec<u8>,
    /// Its number.
    number: usize,
    /// Bytes read so far.
    read: u64,
    state: State,
}

#[derive(PartialEq)]
enum State {
    Beginning,
    AtSeparator,
    End,
}

/// A mail in an mbox.
#[derive(Debug, PartialEq)]
pub(super) struct Entry {
    /// The line where it begins, from 1.
    pub(super) line: usize,
    /// The mail without the line before it and without quoting.
    pub(super) raw: Vec<u8>,
    /// The time in the line before it.
    pub(super) received: Option<Timestamp>,
    /// Where it ends in the file.
    pub(super) end: u64,
}

#[derive(Debug)]
pub(super) enum Fault {
    /// The file does not begin as an mbox does.
    NoMailbox,
    /// The file could not be read on.
    Io(std::io::Error),
}

impl<R: BufRead> Reader<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, line: Vec::new(), number: 0, read: 0, state: State::Beginning }
    }

    fn next_line(&mut self) -> Result<bool, Fault> {
        self.line.clear();
        let count = self.source.read_until(b'\n', &mut self.line).map_err(Fault::Io)?;
        self.number += 1;
        self.read += count as u64;
        Ok(count > 0)
    }

    fn entry(&mut self) -> Result<Option<Entry>, Fault> {
        if self.state == State::Beginning {
            // Blank lines before the first mail do no harm.
            loop {
                if !self.next_line()? {
                    return Ok(None);
                }
                if !self.line.trim_ascii().is_empty() {
                    break;
                }
            }
            if !self.line.starts_with(b"From ") {
                return Err(Fault::NoMailbox);
            }
            self.state = State::AtSeparator;
        }
        if self.state == State::End {
            return Ok(None);
        }
        let (line, received) = (self.number + 1, time(&self.line));
        let mut raw = Vec::new();
        let mut end = self.read;
        let mut after_blank = false;
        loop {
            if !self.next_line()? {
                self.state = State::End;
                break;
            }
            if after_blank && is_separator(&self.line) {
                break;
            }
            after_blank = self.line.trim_ascii().is_empty();
            raw.extend_from_slice(unquoted(&self.line));
            end = self.read;
        }
        // The blank line before a separator belongs to the mbox.
        if let Some(stripped) = raw.strip_suffix(b"\r\n\r\n").or_else(|| raw.strip_suffix(b"\n\n"))
            && after_blank
        {
            let length = stripped.len() + if raw.ends_with(b"\r\n\r\n") { 2 } else { 1 };
            raw.truncate(length);
        }
        Ok(Some(Entry { line, raw, received, end }))
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Entry, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.entry();
        if entry.is_err() {
            self.state = State::End;
        }
        entry.transpose()
    }
}

/// `From ` and somewhere a time of day: not everybody quotes lines of text that begin so.
fn is_separator(line: &[u8]) -> bool {
    line.starts_with(b"From ")
        && line.windows(5).any(|part| {
            let digit = |at: usize| part[at].is_ascii_digit();
            digit(0) && digit(1) && part[2] == b':' && digit(3) && digit(4)
        })
}

/// `>From` was `From`, `>>From` was `>From` and so on.
fn unquoted(line: &[u8]) -> &[u8] {
    let depth = line.iter().take_while(|byte| **byte == b'>').count();
    if depth > 0 && line[depth..].starts_with(b"From ") { &line[1..] } else { line }
}

/// The time in `From ada@example.org Sat Jan  3 01:05:34 1996`, in UTC as is the custom.
pub(super) fn time(line: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(line).ok()?;
    let words: Vec<&str> = text.split_whitespace().collect();
    // Some write a zone before or behind the year.
    let at = words.iter().position(|word| word.len() >= 5 && word.as_bytes()[2] == b':')?;
    let year = words
        .get(at + 1..)?
        .iter()
        .find(|word| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()))?;
    let [month, day] = words.get(at.checked_sub(2)?..at)? else { return None };
    let clock = words.get(at)?;
    let clock = if clock.len() == 5 { format!("{clock}:00") } else { (*clock).to_owned() };
    let time = DateTime::strptime("%b %d %H:%M:%S %Y", format!("{month} {day} {clock} {year}")).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(usize, String, Option<String>)> {
        let entries = Reader::new(text.as_bytes()).map(|entry| entry.unwrap());
        entries
            .map(|entry| {
                (
                    entry.line,
                    String::from_utf8(entry.raw).unwrap(),
                    entry.received.map(|time| time.to_string()),
                )
            })
            .collect()
    }

    #[test]
    fn mails_are_taken_apart_at_their_separators() {
        let mails = read(
            "From ada@example.org Sat Jan  3 01:05:34 1996\nSubject: one\n\nHello\n\n\
             From - Tue Mar 05 10:11:12 2024\nSubject: two\n\n>From here\n>>From there\n> From nowhere\nFrom inside\n\n\
             From the text, at no time\n\n\
             From bob Thu Feb 29 07:08:09 +0100 2024\nSubject: three\n",
        );
        assert_eq!(
            mails,
            [
                (2, "Subject: one\n\nHello\n".into(), Some("1996-01-03T01:05:34Z".into())),
                (
                    7,
                    "Subject: two\n\nFrom here\n>From there\n> From nowhere\nFrom inside\n\nFrom the text, at no time\n"
                        .into(),
                    Some("2024-03-05T10:11:12Z".into())
                ),
                (17, "Subject: three\n".into(), Some("2024-02-29T07:08:09Z".into())),
            ]
        );
    }

    #[test]
    fn the_last_byte_may_be_missing_and_lines_may_end_in_two() {
        assert_eq!(
            read("From a Sat Jan  3 01:05:34 1996\r\nA: b\r\n\r\nx\r\n\r\n")[0].1,
            "A: b\r\n\r\nx\r\n"
        );
        assert_eq!(read("From a\nA: b\n\nx")[0], (2, "A: b\n\nx".into(), None));
        assert_eq!(read("From a\n"), [(2, String::new(), None)]);
        assert!(read("").is_empty());
        assert!(read("\n\n").is_empty());
    }

    #[test]
    fn what_is_no_mbox_is_said_so_once() {
        let mut reader = Reader::new(&b"Subject: hello\n\nFrom a Sat Jan  3 01:05:34 1996\n"[..]);
        assert!(matches!(reader.next(), Some(Err(Fault::NoMailbox))));
        assert!(reader.next().is_none());
    }

    #[test]
    fn the_end_is_where_the_next_begins() {
        let text = b"From a 01:02\nA: b\n\nFrom b 01:02\nC: d\n";
        let ends: Vec<u64> = Reader::new(&text[..]).map(|entry| entry.unwrap().end).collect();
        assert_eq!(ends, [19, text.len() as u64]);
    }
}
