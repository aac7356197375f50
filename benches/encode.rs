//! Writing: typed values and events.

mod contest;
mod documents;
mod peers;
mod values;

fn main() {
    let mut contests = contest::encode::contests();
    contests.extend(contest::encode::sizes());
    contest::with_criterion(contests);
}
