//! Mail in numbers: every message different, the same for the same seed.

use std::fmt::Write as _;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};

/// A message, and what it is known by.
pub(crate) struct Letter {
    /// Without angle brackets.
    pub(crate) message_id: String,
    /// With LF as line end.
    pub(crate) text: String,
}

/// So many messages of sizes from a few hundred bytes to some tens of thousands, plain, HTML and with attachments, in
/// many scripts.
pub(crate) fn letters(seed: u64, count: usize) -> Vec<Letter> {
    let random = &mut StdRng::seed_from_u64(seed);
    (0..count).map(|number| letter(random, number)).collect()
}

const PEOPLE: [(&str, &str); 6] = [
    ("Ada Lindqvist", "ada@example.org"),
    ("=?utf-8?Q?Bj=C3=B6rn_=C3=85s?=", "bjorn@example.com"),
    ("=?utf-8?B?5Y2X6aKo?=", "minami@example.net"),
    ("\"Okonjo, Chidi\"", "chidi@example.com"),
    ("", "no-reply@example.org"),
    ("=?iso-8859-1?Q?Andr=E9?=", "andre@example.net"),
];

const WORDS: [&str; 16] = [
    "harbour",
    "crane",
    "tide",
    "räksmörgås",
    "Ærø",
    "Wassertiefe",
    "prévisions",
    "порт",
    "λιμάνι",
    "港湾",
    "ميناء",
    "נמל",
    "🚢",
    "e\u{301}tage",
    "naïve",
    "From",
];

fn letter(random: &mut StdRng, number: usize) -> Letter {
    let message_id = format!("{number:04}.{:016x}@letters.example.org", random.next_u64());
    let (name, address) = PEOPLE.choose(random).expect("there are some");
    let mut text = String::new();
    let (day, hour) = (1 + number % 28, number % 24);
    let _ = write!(
        text,
        "Message-ID: <{message_id}>\nDate: {day} Oct 2026 {hour:02}:{:02}:00 +0200\nFrom: {name} <{address}>\n\
         To: ada@example.org\nSubject: =?utf-8?B?{}?=\nMIME-Version: 1.0\n",
        number % 60,
        base64(format!("№ {number}: {}", words(random, 3)).as_bytes()),
    );
    match number % 4 {
        0 => plain(random, &mut text),
        1 => html(random, &mut text),
        2 => with_attachment(random, &mut text),
        _ => quoted_printable(random, &mut text),
    }
    Letter { message_id, text }
}

fn plain(random: &mut StdRng, text: &mut String) {
    text.push_str("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n");
    for _ in 0..random.random_range(1..40) {
        text.push_str(&words(random, 8));
        text.push('\n');
    }
    // One in a mailbox file must not end the message.
    text.push_str("From here on nothing is left to say.\n\n.\n");
}

fn html(random: &mut StdRng, text: &mut String) {
    text.push_str("Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n");
    let body = format!("<html><body><p>{}</p></body></html>\n", words(random, 400).replace(' ', "&#32;"));
    lines(text, &base64(body.as_bytes()));
}

fn with_attachment(random: &mut StdRng, text: &mut String) {
    let size = random.random_range(0..24_000);
    let mut bytes = vec![0; size];
    random.fill_bytes(&mut bytes);
    text.push_str("Content-Type: multipart/mixed; boundary=\"=_b\"\n\nA preamble.\n--=_b\n");
    text.push_str("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n");
    let _ = writeln!(text, "{}\n--=_b", words(random, 20));
    text.push_str("Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n");
    text.push_str("Content-Disposition: attachment; filename*=utf-8''m%C3%A4tning.bin\n\n");
    lines(text, &base64(&bytes));
    text.push_str("--=_b--\n");
}

fn quoted_printable(random: &mut StdRng, text: &mut String) {
    text.push_str(
        "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n",
    );
    for _ in 0..random.random_range(1..10) {
        let _ = writeln!(text, "R=E4ksm=F6rg=E5s {:08x} =\nsoft", random.next_u32());
    }
}

fn words(random: &mut StdRng, count: usize) -> String {
    let words: Vec<_> = (0..count).map(|_| *WORDS.choose(random).expect("there are some")).collect();
    words.join(" ")
}

fn lines(text: &mut String, base64: &str) {
    for line in base64.as_bytes().chunks(76) {
        text.push_str(std::str::from_utf8(line).expect("base64 is ASCII"));
        text.push('\n');
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
