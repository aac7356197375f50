//! The new part of a message: what its sender wrote, without what it quotes.
//!
//! No header says where it ends. The marks are those that mail programs put before or around a quote; without
//! any, all of the message is new.

use std::borrow::Cow;

/// What begins the quote in HTML, in lower case.
const HTML_MARKS: [&str; 9] = [
    "<blockquote type=\"cite\"",
    "<blockquote class=\"gmail_quote\"",
    "<div class=\"gmail_quote",
    "<div class=\"yahoo_quoted\"",
    "<div class=\"moz-cite-prefix\"",
    "<div id=\"divrplyfwdmsg\"",
    "<div id=\"appendonsend\"",
    "<hr tabindex=\"-1\"",
    "-----original message-----",
];

/// The HTML up to the first quote.
pub(super) fn html(html: Cow<'_, str>) -> Cow<'_, str> {
    // Lower case in ASCII only, so that places stay the same.
    let lower = html.to_ascii_lowercase();
    let end = HTML_MARKS.iter().filter_map(|mark| lower.find(mark)).min();
    cut(html, end)
}

/// The lines before the first that is quoted, or that says that quotes follow.
pub(super) fn plain_text(text: Cow<'_, str>) -> Cow<'_, str> {
    let mut at = 0;
    let mut end = None;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        if trimmed.starts_with('>') || trimmed.eq_ignore_ascii_case("-----Original Message-----") {
            end = Some(before_attribution(&text, at));
            break;
        }
        at += line.len();
    }
    cut(text, end)
}

/// Leaves out the line `On Thursday, Bo wrote:` that stands right before a quote.
fn before_attribution(text: &str, quote: usize) -> usize {
    let before = text[..quote].trim_end();
    let line = before.rfind('\n').map_or(0, |end| end + 1);
    if before[line..].trim_end().ends_with(':') { line } else { quote }
}

fn cut(text: Cow<'_, str>, end: Option<usize>) -> Cow<'_, str> {
    match (text, end) {
        (Cow::Borrowed(text), Some(end)) => Cow::Borrowed(&text[..end]),
        (Cow::Owned(mut text), Some(end)) => {
            text.truncate(end);
            Cow::Owned(text)
        }
        (text, None) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_before_the_quote_are_new() {
        let text = "Yes.\r\n\r\nOn Thursday, Bo wrote:\r\n> Really?\r\n> Bo\r\n";
        assert_eq!(plain_text(text.into()), "Yes.\r\n\r\n");
        assert_eq!(plain_text("Nothing quoted: x > y\r\n".into()), "Nothing quoted: x > y\r\n");
        assert_eq!(plain_text("Look\r\n-----Original Message-----\r\nFrom: Bo\r\n".into()), "Look\r\n");
    }

    #[test]
    fn html_before_the_quote_is_new() {
        let answer = "<div>İa ja</div><DIV class=\"gmail_quote\"><blockquote>Really?</blockquote></div>";
        assert_eq!(html(answer.into()), "<div>İa ja</div>");
        assert_eq!(html("<p>All new</p>".into()), "<p>All new</p>");
    }
}
