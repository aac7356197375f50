use wbxml::codepages::airsync;

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, tag = Sync)]
struct Sync {
    #[wbxml(SycnKey)]
    key: Option<String>,
    #[wbxml(airsync::Statsu)]
    status: u8,
}

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, choice)]
enum Command {
    #[wbxml(Ad)]
    Add(String),
}

fn main() {}
