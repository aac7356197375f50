use wbxml::codepages::airsync;

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, tag = Sync, rename = "Sync")]
struct Sync {
    #[wbxml(SyncKey, lst)]
    key: String,
    #[wbxml(Commands, list = "Add")]
    commands: Vec<String>,
    #[wbxml(1)]
    status: u8,
    #[wbxml(Class; text)]
    class: String,
}

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = "airsync", tag)]
struct Page {
    #[wbxml(airsync::SyncKey)]
    key: String,
}

fn main() {}
