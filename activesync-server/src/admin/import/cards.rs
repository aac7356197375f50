//! Contacts and events in a file, taken apart before they are read: one that cannot be read costs no other.

use std::collections::BTreeMap;
use std::collections::hash_map::{Entry, HashMap};

use super::shortened;

/// What of a file can be read by itself: a vCard, or the `VEVENT`s of one event in a calendar of their own.
#[derive(Debug, PartialEq)]
pub(super) struct Card {
    /// The line where it begins, from 1.
    pub(super) line: usize,
    pub(super) text: String,
    /// What it was put together from: the first line of each piece, here and in the file.
    pieces: Vec<(usize, usize)>,
}

impl Card {
    /// Which line of the file a line of the text was.
    pub(super) fn line_in_file(&self, line: usize) -> usize {
        let piece = self.pieces.iter().rev().find(|(here, _)| *here <= line);
        piece.map_or(self.line, |(here, there)| there + (line - here))
    }
}

/// What cannot be read.
#[derive(Debug, PartialEq)]
pub(super) struct Broken {
    /// The line where it begins, from 1.
    pub(super) line: usize,
    pub(super) reason: String,
}

/// What is in a file.
#[derive(Debug, Default)]
pub(super) struct Cards {
    pub(super) found: Vec<Result<Card, Broken>>,
    /// Components of calendars that are no events, by their names: how many, and the line of the first.
    pub(super) others: BTreeMap<String, (usize, usize)>,
}

/// The vCards of a file.
pub(super) fn contacts(text: &str) -> Cards {
    let mut cards = Cards::default();
    let mut open: Option<Component<'_>> = None;
    let mut is_astray = false;
    for line in lines(text) {
        match (line.mark, open.take()) {
            (Mark::Begin(name), before) if is(name, "VCARD") => {
                cards.found.extend(before.map(|card| Err(card.unfinished())));
                open = Some(Component::begin(name, &line));
            }
            (Mark::End(name), Some(card)) if is(name, "VCARD") => {
                let text = text[card.start..line.end].to_owned();
                cards.found.push(Ok(Card { line: card.line, text, pieces: vec![(1, card.line)] }));
            }
            (_, Some(card)) => open = Some(card),
            (Mark::Blank, None) => {}
            (_, None) => {
                if !is_astray {
                    cards.found.push(Err(line.astray("BEGIN:VCARD")));
                }
                is_astray = true;
                continue;
            }
        }
        is_astray = false;
    }
    cards.found.extend(open.map(|card| Err(card.unfinished())));
    cards
}

/// The events of a file.
pub(super) fn events(text: &str) -> Cards {
    let mut reading = Calendars { text, cards: Cards::default(), calendar: None, open: None };
    let mut is_astray = false;
    for line in lines(text) {
        is_astray = match reading.line(&line) {
            Ok(()) => false,
            Err(_) if is_astray => true,
            Err(broken) => {
                reading.cards.found.push(Err(broken));
                true
            }
        };
    }
    reading.end_calendar();
    reading.cards
}

struct Calendars<'t> {
    text: &'t str,
    cards: Cards,
    calendar: Option<Calendar<'t>>,
    open: Option<Component<'t>>,
}

/// What a calendar has had so far.
#[derive(Default)]
struct Calendar<'t> {
    zones: Vec<Component<'t>>,
    events: Vec<Component<'t>>,
}

impl<'t> Calendars<'t> {
    /// Takes the next line; says so if it belongs nowhere.
    fn line(&mut self, line: &Line<'t>) -> Result<(), Broken> {
        match line.mark {
            Mark::Begin(name) if is(name, "VCALENDAR") => {
                self.end_calendar();
                self.calendar = Some(Calendar::default());
            }
            Mark::End(name) if is(name, "VCALENDAR") && self.calendar.is_some() => self.end_calendar(),
            Mark::Begin(name) => {
                let inner = self.open.as_mut().filter(|_| !OUTER.iter().any(|outer| is(name, outer)));
                if let Some(open) = inner {
                    open.inside.push(name);
                } else {
                    self.give_up();
                    self.open = Some(Component::begin(name, line));
                }
            }
            Mark::End(name) => return self.end_component(name, line),
            Mark::Text if self.open.is_none() && self.calendar.is_none() => {
                return Err(line.astray("BEGIN:VCALENDAR"));
            }
            Mark::Text if self.open.is_none() && !line.is_property() => {
                return Err(line.astray("a property of the calendar or BEGIN:VEVENT"));
            }
            Mark::Text => {
                if let Some(open) = &mut self.open {
                    open.property(line.text);
                }
            }
            Mark::Blank => {}
        }
        Ok(())
    }

    fn end_component(&mut self, name: &str, line: &Line<'t>) -> Result<(), Broken> {
        let Some(mut open) = self.open.take() else { return Err(line.astray("BEGIN:VEVENT")) };
        if !is(name, open.name) {
            if open.inside.last().is_some_and(|inner| is(name, inner)) {
                open.inside.pop();
            } else {
                let expected = format!("END:{}", open.inside.last().unwrap_or(&open.name));
                open.broken.get_or_insert_with(|| line.astray(&expected));
            }
            self.open = Some(open);
            return Ok(());
        }
        open.end = line.end;
        let calendar = self.calendar.get_or_insert_default();
        if let Some(broken) = open.broken {
            self.cards.found.push(Err(broken));
        } else if is(name, "VEVENT") {
            calendar.events.push(open);
        } else if is(name, "VTIMEZONE") {
            calendar.zones.push(open);
        } else {
            self.cards.others.entry(name.to_ascii_uppercase()).or_insert((0, open.line)).0 += 1;
        }
        Ok(())
    }

    /// A component that has no end when something else begins.
    fn give_up(&mut self) {
        self.cards.found.extend(self.open.take().map(|open| Err(open.unfinished())));
    }

    fn end_calendar(&mut self) {
        self.give_up();
        let Some(Calendar { zones, events }) = self.calendar.take() else { return };
        // A series is several components of one identifier.
        let mut series: Vec<Vec<Component<'_>>> = Vec::new();
        let mut known = HashMap::new();
        for event in events {
            match known.entry(event.id.clone()) {
                Entry::Occupied(at) if !event.id.is_empty() => {
                    let at: &usize = at.get();
                    series[*at].push(event);
                }
                entry => {
                    entry.insert_entry(series.len());
                    series.push(vec![event]);
                }
            }
        }
        self.cards.found.extend(series.iter().map(|events| Ok(whole(self.text, &zones, events))));
    }
}

/// Events with the time zones that they name, as a calendar.
fn whole(text: &str, zones: &[Component<'_>], events: &[Component<'_>]) -> Card {
    let part = |component: &Component<'_>| &text[component.start..component.end];
    let mut whole = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n");
    let mut next_line = 3;
    let mut pieces = Vec::new();
    let said: String = events.iter().map(part).map(unfolded).collect();
    for component in zones.iter().filter(|zone| !zone.id.is_empty() && said.contains(&zone.id)).chain(events)
    {
        let part = part(component);
        pieces.push((next_line, component.line));
        next_line += part.lines().count();
        whole.push_str(part);
        if !part.ends_with('\n') {
            whole.push_str("\r\n");
        }
    }
    whole.push_str("END:VCALENDAR\r\n");
    Card { line: events.first().map_or(1, |event| event.line), text: whole, pieces }
}

/// What is in a calendar and in nothing else.
const OUTER: [&str; 6] = ["VEVENT", "VTIMEZONE", "VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY"];

/// From `BEGIN` to `END`.
struct Component<'t> {
    name: &'t str,
    line: usize,
    start: usize,
    end: usize,
    /// What has begun inside of it and not ended.
    inside: Vec<&'t str>,
    /// Its `UID` or `TZID`.
    id: String,
    is_id: bool,
    /// What ended in it without having begun.
    broken: Option<Broken>,
}

impl<'t> Component<'t> {
    fn begin(name: &'t str, line: &Line<'t>) -> Self {
        Self {
            name,
            line: line.number,
            start: line.start,
            end: line.end,
            inside: Vec::new(),
            id: String::new(),
            is_id: false,
            broken: None,
        }
    }

    /// A line of it.
    fn property(&mut self, line: &str) {
        if let Some(more) = line.strip_prefix([' ', '\t']) {
            if self.is_id {
                self.id.push_str(more.trim_end_matches(['\r', '\n']));
            }
            return;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let name = name.split(';').next().unwrap_or_default();
        // Alarms have identifiers of their own.
        self.is_id = self.inside.is_empty() && self.id.is_empty() && (is(name, "UID") || is(name, "TZID"));
        if self.is_id {
            value.trim_end_matches(['\r', '\n']).clone_into(&mut self.id);
        }
    }

    fn unfinished(&self) -> Broken {
        Broken { line: self.line, reason: format!("BEGIN:{0} has no END:{0}", self.name) }
    }
}

struct Line<'t> {
    number: usize,
    start: usize,
    end: usize,
    text: &'t str,
    mark: Mark<'t>,
}

#[derive(Clone, Copy)]
enum Mark<'t> {
    Begin(&'t str),
    End(&'t str),
    Blank,
    Text,
}

impl Line<'_> {
    /// Whether it may be a property, or go on with one.
    fn is_property(&self) -> bool {
        self.text.contains(':') || self.text.starts_with([' ', '\t'])
    }

    fn astray(&self, expected: &str) -> Broken {
        let reason = format!("expected {expected}, found {:?}", shortened(self.text.trim_end()));
        Broken { line: self.number, reason }
    }
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut end = 0;
    text.split_inclusive('\n').enumerate().map(move |(before, text)| {
        let start = end;
        end += text.len();
        Line { number: before + 1, start, end, text, mark: mark(text) }
    })
}

fn mark(line: &str) -> Mark<'_> {
    match line.split_once(':') {
        Some((word, name)) if is(word, "BEGIN") => Mark::Begin(name.trim()),
        Some((word, name)) if is(word, "END") => Mark::End(name.trim()),
        _ if line.trim().is_empty() => Mark::Blank,
        _ => Mark::Text,
    }
}

fn is(name: &str, expected: &str) -> bool {
    name.eq_ignore_ascii_case(expected)
}

fn unfolded(text: &str) -> String {
    text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "")
}
