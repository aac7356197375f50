//! A type with a slip does not make errors where it is used.
use wbxml::codepages::airsync;

#[derive(wbxml::Decode, wbxml::Encode, wbxml::IntoOwned)]
#[wbxml(page = airsync, tag = Sync)]
struct Sync {
    #[wbxml(Commands, list)]
    commands: Vec<Command>,
    #[wbxml(Options)]
    options: Options,
}

#[derive(wbxml::Decode, wbxml::Encode, wbxml::IntoOwned)]
#[wbxml(page = airsync, choice)]
enum Command {
    #[wbxml(Add, flag)]
    Add,
}

#[derive(wbxml::Decode, wbxml::Encode, wbxml::IntoOwned)]
#[wbxml(page = airsync)]
struct Options {
    class: String,
}

fn main() {
    let sync: Sync = wbxml::from_slice(&[]).unwrap();
    let _ = wbxml::to_vec(&sync);
}
