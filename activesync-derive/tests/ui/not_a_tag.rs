use wbxml::codepages::airsync;

const NAME: &str = "Name";

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, tag = Sync)]
struct Sync {
    #[wbxml(self::NAME)]
    name: String,
    #[wbxml(airsnyc::Status)]
    status: u8,
}

fn main() {}
