//! From the rules of a zone to the structure, and back.

use core::fmt::Write as _;

use jiff::civil::{self, Weekday};
use jiff::tz::{Offset, TimeZone as Zone};
use jiff::{SignedDuration, Timestamp};

use super::{SystemTime, TimeZone, ZoneName, windows};

/// A change of clocks.
#[derive(Clone, Copy)]
struct Change {
    /// The local time at which the change comes, on the clock that is about to be changed.
    local: civil::DateTime,
    before: Offset,
    after: Offset,
}

impl TimeZone {
    /// The structure for a zone's clocks in the given year.
    ///
    /// It holds all of the zone's rules when clocks change there and back in the year, or never. Of what it cannot
    /// hold, this is kept: offsets to the minute; of more changes, the last forward and the last back; of a single
    /// change (a zone that gave daylight saving time up), the offset after it.
    ///
    /// The zone's IANA name goes into `standard_name` if it is short enough.
    #[must_use]
    pub fn from_zone(zone: &Zone, year: i16) -> Self {
        let changes = changes(zone, year);
        let forward = changes.iter().rfind(|change| change.after > change.before);
        let back = changes.iter().rfind(|change| change.after < change.before);
        let mut this = if let (Some(forward), Some(back)) = (forward, back) {
            let bias = -minutes(back.after);
            Self {
                bias,
                standard_date: date(back, zone, year),
                daylight_date: date(forward, zone, year),
                daylight_bias: -minutes(forward.after) - bias,
                ..Self::default()
            }
        } else {
            let offset = changes.last().map_or_else(
                || start_of(year).map_or(Offset::UTC, |start| zone.to_offset(start)),
                |change| change.after,
            );
            Self::fixed(minutes(offset))
        };
        if let Some(name) = zone.iana_name().filter(|name| name.len() < 32) {
            this.standard_name = ZoneName::new(name);
        }
        this
    }

    /// The rules inside, as `jiff` knows them; none if the numbers stand for no rules at all.
    #[must_use]
    pub fn to_zone(&self) -> Option<Zone> {
        let standard = self.bias.checked_add(self.standard_bias)?;
        let daylight = self.bias.checked_add(self.daylight_bias)?;
        let mut rules = String::from("<STD>");
        write_minutes(&mut rules, standard);
        if self.standard_date.month != 0 && self.daylight_date.month != 0 {
            rules.push_str("<DST>");
            write_minutes(&mut rules, daylight);
            self.daylight_date.write_rule(&mut rules)?;
            self.standard_date.write_rule(&mut rules)?;
        }
        Zone::posix(&rules).ok()
    }

    /// The name of an IANA zone whose clocks run like this in the given year, the most likely one.
    ///
    /// See [`TimeZone::iana_names`].
    #[must_use]
    pub fn iana_name(&self, year: i16) -> Option<String> {
        let zone = self.to_zone()?;
        if let Some(name) = self.named().filter(|name| runs_like(&zone, name, year)) {
            return Some(name);
        }
        // Most often one of these does, which saves looking at all zones.
        match windows::zones().find(|name| runs_like(&zone, name, year)) {
            Some(name) => Some(name.to_owned()),
            None => self.iana_names(year).into_iter().next(),
        }
    }

    /// The names of all IANA zones whose clocks run like this in the given year, the most likely first.
    ///
    /// First comes the zone that `standard_name` names, by its IANA or its Windows name; then the zones that stand
    /// for a Windows zone, those with many people first; then all others by their names.
    #[must_use]
    pub fn iana_names(&self, year: i16) -> Vec<String> {
        let Some(zone) = self.to_zone() else { return Vec::new() };
        let own_name = self.named();
        let mut names: Vec<String> = jiff::tz::db()
            .available()
            .map(|name| name.to_string())
            .filter(|name| runs_like(&zone, name, year))
            .collect();
        names.sort_by_cached_key(|name| {
            let odd = !name.contains('/') || name.starts_with("Etc/") || name.starts_with("US/");
            (own_name.as_ref() != Some(name), windows::rank(name), odd, name.clone())
        });
        names
    }

    /// The IANA zone that `standard_name` names.
    fn named(&self) -> Option<String> {
        let name = self.standard_name.to_string();
        match windows::iana_name(&name) {
            Some(iana) => Some(iana.to_owned()),
            None => {
                (!name.is_empty()).then(|| jiff::tz::db().get(&name).ok()?.iana_name().map(str::to_owned))?
            }
        }
    }
}

impl SystemTime {
    /// Appends the date in the form of a POSIX time zone; none if it stands for no date.
    fn write_rule(&self, rules: &mut String) -> Option<()> {
        let valid = (1..=12).contains(&self.month) && self.day_of_week < 7;
        let date = if self.year == 0 && valid && (1..=5).contains(&self.day) {
            format!(",M{}.{}.{}", self.month, self.day, self.day_of_week)
        } else {
            // Leap days are not counted, so that the same day comes every year.
            let day = |word| i8::try_from(word).ok();
            let date =
                civil::Date::new(i16::try_from(self.year).ok()?, day(self.month)?, day(self.day)?).ok()?;
            format!(",J{}", date.day_of_year_no_leap().unwrap_or(59))
        };
        rules.push_str(&date);
        if (self.hour, self.minute) == (23, 59) && self.second == 59 && self.millisecond > 0 {
            // Windows cannot say 24:00 and means it.
            rules.push_str("/24");
            return Some(());
        }
        write!(rules, "/{}:{:02}:{:02}", self.hour, self.minute, self.second).ok()
    }
}

fn write_minutes(rules: &mut String, minutes: i32) {
    let sign = if minutes < 0 { "-" } else { "" };
    let minutes = minutes.unsigned_abs();
    // Writing to a string never fails.
    let _ = write!(rules, "{sign}{}:{:02}", minutes / 60, minutes % 60);
}

/// Whether the clocks of both zones show the same all through the year.
fn runs_like(zone: &Zone, name: &str, year: i16) -> bool {
    let Ok(other) = jiff::tz::db().get(name) else { return false };
    let Some((start, end)) = start_of(year).zip(start_of(year.saturating_add(1))) else { return false };
    let moment = SignedDuration::from_secs(1);
    [zone, &other]
        .into_iter()
        .flat_map(|zone| zone.following(start).map(|change| change.timestamp()).take_while(|at| *at < end))
        .chain([start])
        .flat_map(|at| [at, at - moment])
        .all(|at| zone.to_offset(at) == other.to_offset(at))
}

/// The changes of clocks in a year, in order.
fn changes(zone: &Zone, year: i16) -> Vec<Change> {
    let Some((start, end)) = start_of(year).zip(start_of(year.saturating_add(1))) else { return Vec::new() };
    let moment = SignedDuration::from_nanos(1);
    zone.following(start - moment)
        .take_while(|change| change.timestamp() < end)
        .map(|change| {
            let before = zone.to_offset(change.timestamp() - moment);
            Change { local: before.to_datetime(change.timestamp()), before, after: change.offset() }
        })
        .filter(|change| change.before != change.after)
        .collect()
}

fn start_of(year: i16) -> Option<Timestamp> {
    Zone::UTC.to_timestamp(civil::Date::new(year, 1, 1).ok()?.at(0, 0, 0, 0)).ok()
}

/// The change as a rule that holds for the given year, and for those around it if it can.
fn date(change: &Change, zone: &Zone, year: i16) -> SystemTime {
    let local = change.local;
    let word = |number: i8| u16::from(number.unsigned_abs());
    let (nth, last) = place(local);
    let nth = if nth == 4 && last && !is_always_fourth(change, zone, year) { 5 } else { nth };
    SystemTime {
        year: 0,
        month: word(local.month()),
        day_of_week: word(local.weekday().to_sunday_zero_offset()),
        day: word(nth),
        hour: word(local.hour()),
        minute: word(local.minute()),
        second: word(local.second()),
        millisecond: local.millisecond().unsigned_abs(),
    }
}

/// Which weekday of its kind in the month it is, and whether it is the last one.
fn place(local: civil::DateTime) -> (i8, bool) {
    ((local.day() - 1) / 7 + 1, local.day() + 7 > local.date().days_in_month())
}

/// Whether a change on a fourth and last weekday is on the fourth in other years where these are two.
fn is_always_fourth(change: &Change, zone: &Zone, year: i16) -> bool {
    let same = |other: &Change, day: Weekday| {
        other.local.month() == change.local.month()
            && other.local.weekday() == day
            && (other.after > other.before) == (change.after > change.before)
    };
    (1..=7)
        .flat_map(|years| [year.saturating_add(years), year.saturating_sub(years)])
        .flat_map(|year| changes(zone, year))
        .filter(|other| same(other, change.local.weekday()))
        .map(|other| place(other.local))
        .find(|place| *place != (4, true))
        .is_some_and(|(nth, _)| nth == 4)
}

fn minutes(offset: Offset) -> i32 {
    offset.seconds() / 60
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Zone {
        jiff::tz::db().get(name).unwrap()
    }

    #[test]
    fn western_europe_changes_on_last_sundays() {
        let blob = TimeZone::from_zone(&zone("Europe/Berlin"), 2024);
        assert_eq!((blob.bias, blob.standard_bias, blob.daylight_bias), (-60, 0, -60));
        let sunday = SystemTime { day: 5, ..SystemTime::default() };
        assert_eq!(blob.daylight_date, SystemTime { month: 3, hour: 2, ..sunday });
        assert_eq!(blob.standard_date, SystemTime { month: 10, hour: 3, ..sunday });
    }

    #[test]
    fn pacific_time_changes_on_the_second_and_the_first_sunday() {
        let blob = TimeZone::from_zone(&zone("America/Los_Angeles"), 2024);
        assert_eq!((blob.bias, blob.daylight_bias), (480, -60));
        assert_eq!((blob.daylight_date.month, blob.daylight_date.day), (3, 2));
        assert_eq!((blob.standard_date.month, blob.standard_date.day), (11, 1));
    }

    #[test]
    fn ireland_has_its_daylight_saving_time_in_summer() {
        let blob = TimeZone::from_zone(&zone("Europe/Dublin"), 2024);
        assert_eq!((blob.bias, blob.daylight_bias, blob.daylight_date.month), (0, -60, 3));
    }

    #[test]
    fn the_south_begins_the_year_with_daylight_saving_time() {
        let blob = TimeZone::from_zone(&zone("Australia/Lord_Howe"), 2024);
        assert_eq!((blob.bias, blob.daylight_bias), (-630, -30));
        assert_eq!((blob.daylight_date.month, blob.standard_date.month), (10, 4));
    }

    #[test]
    fn a_name_of_either_kind_picks_among_zones_that_run_alike() {
        let stockholm = TimeZone::from_zone(&zone("Europe/Stockholm"), 2024);
        assert_eq!(stockholm.iana_name(2024).as_deref(), Some("Europe/Stockholm"));
        let nameless = TimeZone { standard_name: ZoneName::default(), ..stockholm };
        assert_eq!(nameless.iana_name(2024).as_deref(), Some("Europe/Berlin"));
        let romance = TimeZone { standard_name: ZoneName::new("Romance Standard Time"), ..stockholm };
        assert_eq!(romance.iana_name(2024).as_deref(), Some("Europe/Paris"));
        let lying = TimeZone { standard_name: ZoneName::new("Asia/Tokyo"), ..stockholm };
        assert_eq!(lying.iana_name(2024).as_deref(), Some("Europe/Berlin"));
    }

    #[test]
    fn every_zone_that_the_structure_can_hold_comes_back_in_every_year() {
        let (mut held, mut not_held) = (0, Vec::new());
        for name in jiff::tz::db().available() {
            let zone = zone(name.as_str());
            for year in [1999, 2007, 2016, 2024, 2025, 2030] {
                let blob = TimeZone::from_zone(&zone, year);
                assert_eq!(TimeZone::from_bytes(&blob.to_bytes()), blob);
                let back = blob.to_zone().unwrap();
                let there_and_back = match changes(&zone, year)[..] {
                    [] => true,
                    [one, other] => one.before == other.after && one.after == other.before,
                    _ => false,
                };
                if there_and_back {
                    held += 1;
                    let whole_minutes = zone.to_offset(start_of(year).unwrap()).seconds() % 60 == 0;
                    assert!(
                        !whole_minutes || runs_like(&back, name.as_str(), year),
                        "{name} {year} {blob:?}"
                    );
                } else {
                    not_held.push((name.to_string(), year));
                }
            }
        }
        assert!(held > 1000, "{held}");
        assert!(not_held.len() * 20 < held, "{not_held:?}");
    }

    #[test]
    fn midnight_at_the_end_of_a_day_is_meant_by_its_last_millisecond() {
        let date = SystemTime {
            month: 10,
            day_of_week: 6,
            day: 3,
            hour: 23,
            minute: 59,
            second: 59,
            millisecond: 999,
            ..SystemTime::default()
        };
        let standard_date = SystemTime { month: 3, ..date };
        let blob = TimeZone {
            bias: 180,
            daylight_bias: -60,
            daylight_date: date,
            standard_date,
            ..TimeZone::default()
        };
        let start: Timestamp = "2024-10-20T03:00:00Z".parse().unwrap();
        let zone = blob.to_zone().unwrap();
        assert_eq!(zone.to_offset(start).seconds(), -2 * 3600);
        assert_eq!(zone.to_offset(start - SignedDuration::from_secs(1)).seconds(), -3 * 3600);
    }

    #[test]
    fn numbers_without_meaning_give_no_rules() {
        assert!(TimeZone { bias: i32::MAX, standard_bias: 1, ..TimeZone::default() }.to_zone().is_none());
        assert!(TimeZone::fixed(100_000).to_zone().is_none());
        let broken = SystemTime { month: 13, ..SystemTime::default() };
        let blob = TimeZone { standard_date: broken, daylight_date: broken, ..TimeZone::default() };
        assert!(blob.to_zone().is_none());
        assert!(blob.iana_names(2024).is_empty());
    }
}
