//! Reading typed values.

mod contest;
mod documents;
mod peers;
mod values;

fn main() {
    let mut contests = contest::typed::contests();
    contests.extend(contest::typed::sizes());
    contest::with_criterion(contests);
}
