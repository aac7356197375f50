use wbxml::codepages::airsync;

const KEY: wbxml::Tag = wbxml::Tag::new(0, 0x0B);

#[derive(wbxml::Decode)]
#[wbxml(page = airsync, tag = Sync)]
struct Sync {
    #[wbxml(Status)]
    status: u8,
    #[wbxml(SyncKey)]
    key: String,
    #[wbxml(self::KEY)]
    second: Option<String>,
}

#[derive(wbxml::Decode)]
#[wbxml(page = airsync, choice)]
enum Choice {
    #[wbxml(SyncKey)]
    First(String),
    #[wbxml(wbxml::codepages::airsync::SyncKey)]
    Second(String),
}

fn main() {}
