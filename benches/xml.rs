//! WBXML to XML and back.

mod contest;
mod documents;
mod peers;
mod values;

fn main() {
    let mut contests = contest::xml::contests();
    contests.extend(contest::xml::sizes());
    contest::with_criterion(contests);
}
