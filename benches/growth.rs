//! What an element costs in large and in deep documents.

mod contest;
mod documents;
mod peers;
mod values;

fn main() {
    contest::with_criterion(contest::growth::contests());
}
