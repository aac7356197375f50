use wbxml::codepages::airsync;

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, tag = Sync)]
struct Sync {
    #[wbxml(SyncKey)]
    key: String,
    status: u8,
    #[wbxml()]
    class: String,
    #[wbxml(list)]
    commands: Vec<Command>,
    #[wbxml(since = "14.0")]
    wait: u8,
}

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, choice)]
enum Command {
    Add(String),
    #[wbxml(opaque)]
    Delete(Vec<u8>),
}

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(value)]
enum Value {
    #[wbxml(1)]
    One,
    Two,
}

#[derive(wbxml::Decode, wbxml::Encode)]
enum Form {
    A,
}

fn main() {}
