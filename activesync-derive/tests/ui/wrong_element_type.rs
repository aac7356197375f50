use wbxml::codepages::airsync;

struct Foreign;

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, tag = Sync)]
struct Sync {
    #[wbxml(Commands, list)]
    commands: Vec<String>,
    #[wbxml(choice)]
    choice: Option<Foreign>,
    #[wbxml(any)]
    any: Vec<String>,
}

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, choice)]
enum Command {
    #[wbxml(Add)]
    Add(Foreign),
    #[wbxml(any)]
    Other(String),
}

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, tag = Collection)]
struct Content {
    /// A choice is an element, not the content of one.
    #[wbxml(Commands)]
    commands: Vec<Command>,
}

fn main() {}
