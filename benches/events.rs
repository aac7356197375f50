//! Reading events.

mod contest;
mod documents;
mod peers;
mod values;

fn main() {
    let mut contests = contest::events::contests();
    contests.extend(contest::events::sizes());
    contest::with_criterion(contests);
}
