use wbxml::codepages::airsync;

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, tag = Sync)]
struct Sync {
    #[wbxml(SyncKey)]
    key: String,
    #[wbxml(Status)]
    status: u8,
    #[wbxml(airsync::SyncKey)]
    second: Option<String>,
}

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, choice)]
enum Command {
    #[wbxml(Add)]
    Add(String),
    #[wbxml(Add)]
    Second(String),
}

fn main() {}
